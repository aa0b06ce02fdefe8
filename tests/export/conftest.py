"""Results to export, made as the grader makes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.model import (
    SCHEMA_VERSION,
    CheckResult,
    Evidence,
    Execution,
    ExecutionStatus,
    Flag,
    GraderInfo,
    QuestionResult,
    Result,
    Status,
    Student,
    Verdict,
)


@pytest.fixture
def samples() -> Path:
    return Path(__file__).parent / "samples"


@pytest.fixture
def downloads() -> Path:
    return Path(__file__).parents[1] / "intake" / "samples"


def a_result(
    submission: str,
    *students: Student | str,
    points: float = 8.5,
    most: float = 10.0,
    status: Status = Status.GRADED,
) -> Result:
    check = CheckResult(
        id="q1.expression",
        verdict=Verdict.PASS,
        points=3.0,
        max=3.0,
        message="The gradient is of the loss.",
        staff="SECRET for staff",
        evidence=(Evidence(source="report.pdf", where="page 1", excerpt="tape.gradient(loss, parameters)"),),
    )
    doubt = CheckResult(
        id="q2.chain",
        verdict=Verdict.PARTIAL,
        points=points - 3,
        max=7.0,
        message="No bias.",
        hint="Count the biases.",
    )
    questions = (
        QuestionResult(id="q1", verdict=Verdict.PASS, points=3.0, max=3.0, checks=(check,), title="gradient"),
        QuestionResult(
            id="q2",
            verdict=Verdict.REVIEW if status is Status.REVIEW else Verdict.PARTIAL,
            points=points - 3,
            max=most - 3,
            checks=(doubt,),
            title="parameters",
        ),
    )
    return Result(
        schema=SCHEMA_VERSION,
        submission=submission,
        students=tuple(Student(id=one) if isinstance(one, str) else one for one in students),
        files=(),
        status=status,
        points=points,
        max=most,
        questions=questions,
        flags=(Flag(id="not-reset", message="SECRET flag"),),
        execution=Execution(status=ExecutionStatus.OK, seconds=41.7),
        grader=GraderInfo(version="0", assignment="lab", rubric="r"),
    )


@pytest.fixture
def result() -> Callable[..., Result]:
    return a_result
