"""A result as its student may see it: nothing that is for staff, and hints no nearer than asked for."""

from __future__ import annotations

import msgspec

from grader.model import CheckResult, Result


def for_student(result: Result, steps: int = 1) -> Result:
    """The result without what only staff may see, with hints in so many `steps`."""
    questions = tuple(
        msgspec.structs.replace(
            question, checks=tuple(_for_student(check, steps) for check in question.checks)
        )
        for question in result.questions
    )
    return msgspec.structs.replace(result, questions=questions, flags=())


def _for_student(check: CheckResult, steps: int) -> CheckResult:
    return msgspec.structs.replace(
        check,
        staff="",
        hint=check.hint if steps else "",
        more_hints=check.more_hints[: max(steps - 1, 0)],
    )
