"""GitHub Classroom: the result of one runner, as the autograding reporter reads it from the workflow.

Format from the reporter's source: base64 of JSON; it adds up ``tests[].score``, compares with ``max_score``
and keeps fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader import atomic_file
from grader.export.options import ExportOptions, ExportReport
from grader.export.selection import select
from grader.model import QuestionResult, Result, Verdict


def export_github_classroom(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """``classroom_result.json`` in the folder `out`; of several results, one in a folder each.

    A result for review counts with what is sure so far, if `include_review` is set.
    """
    selection = select(results, options)
    files: list[Path] = []
    for result in selection.chosen:
        folder = out if len(results) == 1 else out / result.submission
        files.append(folder / "classroom_result.json")
        atomic_file.write(
            files[-1], msgspec.json.format(msgspec.json.encode(runner_result(result)), indent=1)
        )
    return ExportReport(files=tuple(files), rows=len(files), withheld=selection.withheld)


def runner_result(result: Result) -> dict[str, Any]:
    """The fields of a runner's result, one test a question, with what the student may read."""
    complete = all(question.verdict is Verdict.PASS for question in result.questions)
    return {
        "version": 1,
        "status": "pass" if complete else "fail",
        "max_score": result.max,
        "tests": [_test(question) for question in result.questions],
    }


def _test(question: QuestionResult) -> dict[str, Any]:
    messages = [
        f"{check.message} {check.hint}".strip()
        for check in question.checks
        if check.verdict is not Verdict.PASS and (check.message or check.hint)
    ]
    if question.verdict is Verdict.REVIEW:
        messages.insert(0, "A person will look at this before it counts.")
    return {
        "name": f"{question.id.upper()} {question.title}".strip(),
        "status": "pass" if question.verdict is Verdict.PASS else "fail",
        "message": "\n".join(messages),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "score": question.points,
    }
