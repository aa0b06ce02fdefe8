"""The contract's words: verdicts of questions, and results that survive a round trip."""

import itertools

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import ResultFormatError
from grader.model import (
    CheckResult,
    Evidence,
    Execution,
    ExecutionStatus,
    GraderInfo,
    QuestionResult,
    Result,
    Status,
    Student,
    Verdict,
    json_schema,
    question_verdict,
)


def check(verdict: Verdict, points: float = 0.0, most: float = 1.0) -> CheckResult:
    return CheckResult("c", verdict, points, most, "")


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([check(Verdict.PASS, 1), check(Verdict.PASS, 1)], Verdict.PASS),
        ([check(Verdict.PASS, 1), check(Verdict.FAIL)], Verdict.PARTIAL),
        ([check(Verdict.PASS, 1), check(Verdict.REVIEW)], Verdict.REVIEW),
        ([check(Verdict.PASS, 1), check(Verdict.REVIEW, 0, 0)], Verdict.PASS),
        ([check(Verdict.MISSING), check(Verdict.NOT_RUN)], Verdict.MISSING),
        ([check(Verdict.MISSING), check(Verdict.FAIL)], Verdict.FAIL),
        ([check(Verdict.ERROR), check(Verdict.REVIEW)], Verdict.ERROR),
        ([check(Verdict.PARTIAL, 0.5), check(Verdict.MISSING)], Verdict.PARTIAL),
    ],
)
def test_the_verdict_of_a_question(checks: list[CheckResult], expected: Verdict) -> None:
    assert all(question_verdict(order) is expected for order in itertools.permutations(checks))


@settings(deadline=None)
@given(st.text(), st.text(), st.floats(0, 10))
def test_results_survive_a_round_trip(text: str, name: str, points: float) -> None:
    one = CheckResult(
        "c", Verdict.PASS, points, 10.0, text, evidence=(Evidence("report.md", "line 1", text),)
    )
    questions = (QuestionResult("q", Verdict.PASS, points, 10.0, (one,)),)
    result = Result(
        1,
        "one",
        (Student("a", name),),
        (),
        Status.GRADED,
        points,
        10.0,
        questions,
        (),
        Execution(ExecutionStatus.SKIPPED),
        GraderInfo("0", "a", "r"),
    )
    line = result.to_json()
    assert b"\n" not in line
    assert Result.from_json(line) == result
    jsonschema.validate(msgspec.json.decode(line), json_schema())


def test_lines_that_are_no_results_are_named() -> None:
    for line in ("", "{}", "[1]", '{"schema": 1}'):
        with pytest.raises(ResultFormatError, match="not a result"):
            Result.from_json(line)
