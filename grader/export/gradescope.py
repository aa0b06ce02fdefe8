"""Gradescope's ``results.json``: one test a question, with what the student may read, nothing of the staff's.

Format: Gradescope's autograder specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.export.cells import number_cell
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import Plan
from grader.export.recipients import Recipient
from grader.model import QuestionResult, Result, Status, Student, Verdict

_VISIBILITY = "after_published"
_REVIEW = "A person will look at this before it counts."


def export_gradescope(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``results.json`` in the folder `out`; of several results, ``<submission>/results.json`` each.

    Uses of `settings` ``visibility`` (``after_published`` if not given).
    """
    plan = Plan(results, options)
    visibility = options.settings.get("visibility", _VISIBILITY)
    for result in plan.results:
        folder = out if len(results) == 1 else out / result.submission
        content = msgspec.json.format(msgspec.json.encode(results_json(result, visibility)), indent=1)
        plan.write(folder / "results.json", content)
        plan.go(
            Recipient(result, result.students[0] if result.students else Student(id="")),
            number_cell(result.points),
        )
    return plan.report()


def results_json(result: Result, visibility: str = _VISIBILITY) -> dict[str, Any]:
    """The fields of ``results.json``; standard output stays hidden, since it may hold what is for staff.

    A result for review says so; its points are what is sure so far.
    """
    review = result.status is Status.REVIEW
    return {
        "score": result.points,
        "execution_time": round(result.execution.seconds),
        "output": _REVIEW if review else "",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [_test(number, question, visibility) for number, question in enumerate(result.questions, 1)],
        "leaderboard": [],
        "extra_data": {"submission": result.submission, "status": str(result.status)},
    }


def _test(number: int, question: QuestionResult, visibility: str) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": f"{question.id.upper()} {question.title}".strip(),
        "number": str(number),
        "score": question.points,
        "max_score": question.max,
        "output": _output(question),
        "output_format": "text",
        "tags": [question.id],
        "visibility": visibility,  # a test's own goes before that of the whole
        "extra_data": {"verdict": str(question.verdict)},
    }
    if question.verdict is not Verdict.REVIEW:  # without a status Gradescope goes by the score alone
        test["status"] = "passed" if question.verdict is Verdict.PASS else "failed"
    return test


def _output(question: QuestionResult) -> str:
    lines = [_REVIEW] if question.verdict is Verdict.REVIEW else []
    for check in question.checks:
        lines.append(f"{check.verdict}: {check.message}" if check.message else str(check.verdict))
        if check.hint and check.verdict is not Verdict.PASS:
            lines.append(f"  Hint: {check.hint}")
    return "\n".join(lines)
