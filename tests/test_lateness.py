"""Deadlines and what lateness costs: nothing unless it is said, and the points before and after wherever it is."""

from __future__ import annotations

import contextlib
from datetime import timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import DeadlineError
from grader.lateness import (
    LMS_SAYS,
    Deadline,
    LateRule,
    Per,
    dated,
    late_mark,
    late_words,
    penalised,
    read_deadline,
    read_rule,
    uncounted,
)
from grader.marks import decided
from grader.model import (
    CheckResult,
    Execution,
    ExecutionStatus,
    GraderInfo,
    QuestionResult,
    Result,
    Status,
    Verdict,
)

CET = timezone(timedelta(hours=1))
DEADLINE = read_deadline("2026-11-20T23:59+01:00")


def result(points: float = 9.0) -> Result:
    check = CheckResult("q1.a", Verdict.PASS, points, 10.0, "")
    question = QuestionResult("q1", Verdict.PASS, points, 10.0, (check,))
    return Result(
        1, "anna", (), (), Status.GRADED, points, 10.0, (question,), (),
        Execution(ExecutionStatus.SKIPPED), GraderInfo("0", "lab", "r"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T23:59+01:00", "2026-11-20T23:59:59+01:00"),
        ("2026-11-20 23:59 +0100", "2026-11-20T23:59:59+01:00"),
        ("2026-11-20T23:59:30Z", "2026-11-20T23:59:30+00:00"),
        ("2026-07-20 12:00 Europe/Stockholm", "2026-07-20T12:00:59+02:00"),
        ("2026-11-20 UTC", "2026-11-20T23:59:59+00:00"),
        ("2026-11-20T9:05-05:00", "2026-11-20T09:05:59-05:00"),
    ],
)
def test_deadlines_as_people_write_them(text: str, moment: str) -> None:
    assert read_deadline(text) == Deadline(moment)


def test_without_a_zone_it_is_this_computers_and_says_so() -> None:
    assert read_deadline("2026-11-20 23:59", zone=CET) == Deadline("2026-11-20T23:59:59+01:00", assumed=True)
    assert read_deadline("2026-11-20").assumed


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "20/11/2026", "2026-13-01", "2026-11-20T25:00", "2026-11-20 23:59 Nowhere/Land", "2026-11-20T23:59+99:00"],
)  # fmt: skip
def test_what_is_no_deadline_is_said_with_what_to_write(text: str) -> None:
    with pytest.raises(DeadlineError, match="write 2026-11-20T23:59"):
        read_deadline(text)


@given(st.text(max_size=40))
def test_any_text_is_a_deadline_or_refused(text: str) -> None:
    with contextlib.suppress(DeadlineError):
        assert read_deadline(text).at.tzinfo is not None


@pytest.mark.parametrize(
    ("submitted", "lms", "late"),
    [
        ("2026-11-20T23:59:59+01:00", False, False),
        ("2026-11-20T22:59:59+00:00", False, False),
        ("2026-11-21T00:00:00+01:00", False, True),
        ("2026-11-20T23:59:59", False, False),  # without a zone: the deadline's
        ("2026-11-21T00:10", False, True),
        ("2026-11-20T12:00:00", True, False),  # the deadline is later than the one that the LMS knows
        ("", True, True),
        ("", False, False),
        ("Friday", True, True),
        ("2026-11-21", False, False),  # a day alone says nothing for certain
    ],
)
def test_late_is_what_the_deadline_or_else_the_lms_says(submitted: str, lms: bool, late: bool) -> None:
    found = dated(result(), lms_late=lms, submitted_at=submitted, deadline=DEADLINE)
    assert (found.late, bool(found.late_reason), found.submitted_at) == (late, late, submitted)


def test_the_reason_says_by_how_much() -> None:
    found = dated(result(), lms_late=False, submitted_at="2026-11-23T02:30:00+01:00", deadline=DEADLINE)
    assert found.late_reason == "Handed in 2 days 2 hours after the deadline (2026-11-20 23:59 +01:00)."
    assert dated(result(), lms_late=True, submitted_at="", deadline=None).late_reason == LMS_SAYS


def late_by(span: timedelta, points: float = 9.0) -> Result:
    at = (DEADLINE.at + span).isoformat()
    return dated(result(points), lms_late=False, submitted_at=at, deadline=DEADLINE)


@pytest.mark.parametrize(
    ("rule", "span", "left"),
    [
        (None, timedelta(days=3), 9.0),
        (LateRule(1), timedelta(0), 9.0),
        (LateRule(1), timedelta(minutes=1), 8.0),
        (LateRule(1), timedelta(days=1), 8.0),
        (LateRule(1), timedelta(days=1, seconds=1), 7.0),
        (LateRule(1, at_most=3), timedelta(days=30), 6.0),
        (LateRule(1), timedelta(days=30), 0.0),
        (LateRule(0.5, per=Per.HOUR), timedelta(minutes=61), 8.0),
        (LateRule(2, per=Per.ONCE), timedelta(days=9), 7.0),
        (LateRule(10, share=True), timedelta(days=2), 7.0),
    ],
)
def test_a_rule_takes_points_off_what_stands(rule: LateRule | None, span: timedelta, left: float) -> None:
    standing = decided(penalised(late_by(span), DEADLINE, rule))
    assert standing.points == left
    assert standing.questions[0].points == 9.0, "what was earned stays to be seen"
    assert decided(penalised(penalised(standing, DEADLINE, rule), DEADLINE, None)).points == 9.0


def test_points_before_and_after_are_in_the_words() -> None:
    standing = decided(penalised(late_by(timedelta(hours=30)), DEADLINE, LateRule(1)))
    assert late_words(standing).endswith("Late work loses points: 9 - 2 = 7.")
    assert late_mark(standing) == "late: 9 - 2 = 7"
    assert late_words(result()) == late_mark(result()) == ""
    short = decided(penalised(late_by(timedelta(days=3), points=1.0), DEADLINE, LateRule(1)))
    assert late_words(short).endswith("1 - 1 = 0."), "never below nought"


def test_how_late_nobody_knows_costs_nothing_and_is_told() -> None:
    unknown = dated(result(), lms_late=True, submitted_at="", deadline=DEADLINE)
    rule = LateRule(1)
    assert penalised(unknown, DEADLINE, rule).late_points == 0
    assert uncounted(penalised(unknown, DEADLINE, rule), rule)
    once = LateRule(1, per=Per.ONCE)
    assert penalised(unknown, None, once).late_points == -1
    assert not uncounted(penalised(unknown, None, once), once)


def test_rules_as_they_are_said() -> None:
    assert read_rule("-1", Per.DAY, None, by="t", at="n") == LateRule(1, by="t", at="n")
    assert read_rule("12,5 %", Per.ONCE, 50, by="", at="") == LateRule(12.5, True, Per.ONCE, 50)
    assert read_rule("0", Per.DAY, None, by="", at="") is None
    assert str(LateRule(10, True, at_most=30)) == "10% of the maximum off for each begun day, 30% at most"
    for wrong in ("", "many", "150%", "nan"):
        with pytest.raises(DeadlineError):
            read_rule(wrong, Per.DAY, None, by="", at="")


def test_the_new_fields_read_lines_of_before() -> None:
    line = msgspec.json.decode(result().to_json())
    for name in ("submitted_at", "late_reason", "late_points"):
        del line[name]
    assert Result.from_json(msgspec.json.encode(line)) == result()
