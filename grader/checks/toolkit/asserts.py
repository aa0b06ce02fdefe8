"""`asserts`: test code that runs behind the student's own code, all of it in the sandbox, as autograders do.

A `probe` with fresh inputs says more: what is compared here is compared where the student's code has run before. It is for
tests that exist already, such as nbgrader's and Otter's.
"""

from __future__ import annotations

import ast
import secrets
from typing import Final

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.finding import Finding, failed, missing, passed, review
from grader.checks.listings import python_of_cell
from grader.checks.toolkit.places import nothing
from grader.documents.core.document import Block, BlockKind
from grader.model import ExecutionStatus

SECONDS: Final = 30.0
_OURS: Final = frozenset(
    ("ImportError", "ModuleNotFoundError", "FileNotFoundError", "OSError", "PermissionError", "MemoryError")
)
_LEFT_OPEN: Final = frozenset(("NameError", "NotImplementedError"))


def asserts(test: str, *, called: str = "test") -> CheckFunction:
    """A check that `test` raises nothing behind the student's code. Raises `ValueError` for a test that is no Python."""
    try:
        ast.parse(test)
    except SyntaxError as problem:
        raise ValueError(f"takes Python code as test: {problem}") from problem

    def judge(answer: Answer) -> Finding:
        own = [
            block for block in answer.everything if block.kind is BlockKind.CODE and not _is_test(block, test)
        ]
        if not own:
            return nothing(answer, "code")
        shown = [block.evidence() for block in [*(one for one in own if one in answer.section), own[-1]][:1]]
        if answer.executor is None:
            return review(
                "A person will look at your code.",
                shown,
                staff="It could not be run: this way of grading runs no code.",
            )
        from grader.execution import Profile  # noqa: PLC0415 - only where code is run

        token = secrets.token_hex(16)
        cells = [
            _guarded(block)
            for document in answer.documents
            for block in document.blocks
            if _runs(block, test)
        ]
        run = answer.executor().run_code(
            [*cells, test], "inputs['token']", Profile("default"), inputs={"token": token}, seconds=SECONDS
        )
        if run.status is ExecutionStatus.OK and run.value == token:
            return passed(f"The {called} finds nothing wrong.", shown)
        if run.status is not ExecutionStatus.FAILED or run.error is None:
            return review(
                "A person will look at your code.",
                shown,
                staff=f"Run with the test: {run.status}. {run.note}",
            )
        what = f"{run.error.name}: {run.error.message}"
        if run.error.name in _LEFT_OPEN:
            return missing("What is asked for is not defined, or left open.", staff=what)
        if run.error.name in _OURS:
            return review("A person will look at your code.", shown, staff=f"The test met {what}")
        return failed(f"The {called} finds something that is not right.", shown, staff=what)

    return judge


def _runs(block: Block, test: str) -> bool:
    return block.kind is BlockKind.CODE and not block.unseen and not _is_test(block, test)


def _is_test(block: Block, test: str) -> bool:
    """Whether a cell is the test itself, as it was handed out."""
    return "".join(block.text.split()) == "".join(test.split())


def _guarded(block: Block) -> str:
    """A cell that goes wrong alone: what stands in others is defined all the same."""
    return f"try:\n    exec({python_of_cell(block.text)!r}, globals())\nexcept Exception:\n    pass"
