"""`probe`: a student's function, run by itself with inputs that nobody could know, against the reference's values.

The function is taken out of the notebook or the report with the imports and constants that it needs, and runs in the
sandbox, in a process that runs nothing else. What comes back is compared outside of it.
"""

from __future__ import annotations

import ast
import math
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.code import clean
from grader.checks.finding import Finding, failed, passed, review
from grader.checks.listings import python_of_cell
from grader.checks.toolkit.places import nothing, possible_blocks
from grader.documents.core.document import Block, BlockKind
from grader.model import ExecutionStatus

SECONDS: Final = 20.0
ROUNDS: Final = 8
_DEFINES: Final = re.compile(r"\bdef\s+\w|\blambda\b")
Inputs: TypeAlias = Callable[[int], Sequence[Any]]
"""From a seed, the arguments of one call, as JSON values."""


def probe(
    function: str,
    *,
    inputs: Inputs,
    expected: Callable[..., Any],
    within: float = 1e-6,
    prelude: str = "",
    rounds: int = ROUNDS,
) -> CheckFunction:
    """A check that the student's `function` gives what `expected` gives, for `rounds` fresh `inputs`.

    `within` is relative, for numbers. `prelude` is code that runs first. Raises `ValueError` for settings that make no sense.
    """
    if not function.isidentifier():
        raise ValueError("takes the name of a function")

    def judge(answer: Answer) -> Finding:
        found = [
            (block, source)
            for block in possible_blocks(answer)
            if block.kind in {BlockKind.CODE, BlockKind.PROSE, BlockKind.OUTPUT}
            and (source := _definition(block, function)) is not None
        ]
        broken = [
            block
            for block in possible_blocks(answer)
            if re.search(rf"\b{function}\b", block.text) and _DEFINES.search(block.text)
        ]
        if not found and broken:
            return review(
                f"Your function {function} could not be read as Python; a person will look.",
                [broken[0].evidence(_head(broken[0], function))],
                staff="There is a definition that is no Python.",
            )
        if not found:
            return nothing(answer, f"function {function}")
        block, _ = found[-1]
        shown = [block.evidence(_head(block, function))]
        if answer.executor is None:
            return review(
                f"A person will look at your function {function}.",
                shown,
                staff="It could not be run: this way of grading runs no code.",
            )
        # Imported here: an assignment without a probe needs nothing of what runs code.
        from grader.execution import Profile  # noqa: PLC0415

        seed = secrets.randbits(48)
        calls = [list(inputs(seed + at)) for at in range(rounds)]
        cells = [prelude, *_imports(answer), *(source for _, source in found)]
        run = answer.executor().run_code(
            cells,
            f"[{function}(*one) for one in inputs['calls']]",
            Profile("default"),
            inputs={"calls": calls},
            seconds=SECONDS,
        )
        if run.status is ExecutionStatus.FAILED:
            what = run.error.name if run.error is not None else "an error"
            if run.error is not None and run.error.name in {
                "NameError",
                "ImportError",
                "ModuleNotFoundError",
            }:
                return review(
                    f"Run by itself your function {function} lacks something; a person will look.",
                    shown,
                    staff=f"Run by itself (seed {seed}) it raises {what}: {run.error.message}",
                )
            return failed(
                f"Run with other inputs your function {function} raises {what}.", shown, staff=f"Seed {seed}."
            )
        if run.status is not ExecutionStatus.OK:
            return review(
                f"A person will look at your function {function}.",
                shown,
                staff=f"Run by itself: {run.status}. {run.note}",
            )
        values = run.value if isinstance(run.value, list) else []
        right = [expected(*arguments) for arguments in calls]
        wrong = [
            at for at, value in enumerate(right) if at >= len(values) or not _alike(values[at], value, within)
        ]
        if not wrong:
            return passed(
                f"Run with other inputs your function {function} gives the right values.",
                shown,
                staff=f"Seed {seed}.",
            )
        wrapped = [value[0] if isinstance(value, list) and value else value for value in values]
        if len(wrapped) == len(right) and all(
            _alike(one, value, within) for one, value in zip(wrapped, right, strict=True)
        ):
            return review(
                f"Your function {function} gives more than was asked for; a person will look.",
                shown,
                staff=f"Seed {seed}: the right value stands first in what it returns.",
            )
        return failed(
            f"Run with other inputs your function {function} gives other values than it should.",
            shown,
            staff=f"Seed {seed}: {len(wrong)} of {rounds} differ, as for {calls[wrong[0]]!r:.300}.",
        )

    return judge


def _definition(block: Block, function: str) -> str | None:
    """The source of the function in a block of code; None where it is not defined there."""
    tree = _tree(block)
    if tree is None:
        return None
    kept = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom) or _is_constant(node)
    ]
    if not any(_name(node) == function for node in kept):
        return None
    return "\n".join(ast.unparse(node) for node in kept)


def _is_constant(node: ast.stmt) -> bool:
    """Whether it names a number, a text or a short function."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Lambda)


def _imports(answer: Answer) -> list[str]:
    """The imports, constants and functions of all code: what one cell needs may stand in another. Each fails alone."""
    found: list[str] = []
    for block in answer.everything:
        tree = _tree(block) if block.kind is BlockKind.CODE else None
        for node in tree.body if tree is not None else ():
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.append(f"try:\n    {ast.unparse(node)}\nexcept ImportError:\n    pass")
            elif isinstance(node, ast.FunctionDef) or _is_constant(node):
                found.append(ast.unparse(node))
    return list(dict.fromkeys(found))[:100]


def _tree(block: Block) -> ast.Module | None:
    try:
        return ast.parse(python_of_cell(clean(block.text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _head(block: Block, function: str) -> str:
    """The line that defines it, and what follows."""
    at = block.text.find(function)
    start = block.text.rfind("\n", 0, max(at, 0)) + 1
    return block.text[start : start + 400]


def _is_rounded(found: float, wanted: float) -> bool:
    """Whether a number is the wanted one, rounded to the three to eight decimals that it shows."""
    decimals = len(repr(float(found)).partition(".")[2])
    return 3 <= decimals <= 8 and abs(found - wanted) <= 0.51 * 10.0**-decimals


def _alike(found: Any, wanted: Any, within: float) -> bool:
    match wanted:
        case bool() | str() | None:
            return bool(found == wanted) and isinstance(found, bool) == isinstance(wanted, bool)
        case int() | float():
            return (
                isinstance(found, int | float)
                and not isinstance(found, bool)
                and (
                    math.isclose(found, wanted, rel_tol=within, abs_tol=within) or _is_rounded(found, wanted)
                )
            )
        case list() | tuple():
            return (
                isinstance(found, list)
                and len(found) == len(wanted)
                and all(_alike(one, other, within) for one, other in zip(found, wanted, strict=True))
            )
        case dict():
            return (
                isinstance(found, dict)
                and found.keys() == {str(key) for key in wanted}
                and all(_alike(found[str(key)], value, within) for key, value in wanted.items())
            )
        case _:
            return False
