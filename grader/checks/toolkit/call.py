"""`call`: a function is called with the right arguments, by position or by name, under any alias."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.claims import Stance, stance_at
from grader.checks.code import Call, clean, find_calls, parse_expression
from grader.checks.finding import Finding, failed, passed, review
from grader.checks.toolkit.places import nothing, possible_blocks
from grader.documents.core.document import Block, BlockKind

_CODE: Final = frozenset((BlockKind.CODE,))


def call(
    method: str,
    *,
    arguments: Sequence[str] = (),
    parameters: Sequence[str] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
    called: str = "",
) -> CheckFunction:
    """A check that ``something.method(arguments)`` is called.

    `arguments` are expressions in their order, `parameters` the names under which they may be given instead, `aliases`
    other names that stand for one in an argument. Raises `ValueError` for settings that make no sense.
    """
    if not method.isidentifier():
        raise ValueError('takes the method\'s bare name, as in method = "gradient"')
    allowed = aliases or {}
    wanted = [_accepted(argument, allowed) for argument in arguments]
    named = tuple(parameters) or tuple("" for _ in arguments)
    if len(named) < len(wanted):
        raise ValueError("takes as many parameters as arguments")
    what = called or f"call of {method}"

    def given(one: Call) -> list[str | None]:
        return [one.argument(at, named[at]) for at in range(len(wanted))]

    def judge(answer: Answer) -> Finding:
        right: list[tuple[Block, Call]] = []
        wrong: list[tuple[Block, Call]] = []
        doubtful: list[tuple[Block, Call]] = []
        for block in possible_blocks(answer):
            text = clean(block.text)
            for one in find_calls(block.text, method):
                if one.commented or stance_at(text, one.start, one.end)[0] is not Stance.ASSERTED:
                    continue
                if not one.parsed or block.ocr:
                    doubtful.append((block, one))
                elif all(
                    have is not None and _same(have) in accepted
                    for have, accepted in zip(given(one), wanted, strict=True)
                ):
                    right.append((block, one))
                else:
                    wrong.append((block, one))
        code_wrong = [one for one in wrong if one[0].kind in _CODE]
        if right and not code_wrong:
            return passed(f"The {what} is right.", [right[0][0].evidence(right[0][1].text)])
        if right or doubtful:
            shown = [block.evidence(one.text) for block, one in (*right[:1], *code_wrong[:1], *doubtful[:1])]
            return review(
                f"There are several calls; a person will look at the {what}.",
                shown,
                staff="Calls that differ, or cannot be read.",
            )
        if wrong:
            block, one = (code_wrong or wrong)[-1]
            return failed(f"The {what} is given something else than it needs.", [block.evidence(one.text)])
        return nothing(answer, what)

    return judge


def _accepted(argument: str, aliases: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The forms that an argument may have: with each of its names under each alias."""
    tree = parse_expression(argument)
    if tree is None:
        raise ValueError(f"takes Python expressions as arguments, not {argument!r}")
    forms = {ast.unparse(tree)}
    for name, others in aliases.items():
        for other in others:
            forms |= {ast.unparse(_renamed(form, name, other)) for form in list(forms)}
    return frozenset(forms)


def _renamed(form: str, name: str, other: str) -> ast.expr:
    tree = ast.parse(form, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            node.id = other
    return tree


def _same(source: str) -> str:
    tree = parse_expression(source)
    return ast.unparse(tree) if tree is not None else source
