"""What a result comes to with its decisions: properties of the marks, whatever was decided."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.marks import (
    DECIDABLE,
    by_student,
    checked,
    decided,
    evidence_digest,
    open_checks,
    open_points,
    points_of,
    reported,
)
from grader.model import (
    CheckResult,
    Decision,
    Evidence,
    Execution,
    ExecutionStatus,
    FileInfo,
    FileKind,
    GraderInfo,
    QuestionResult,
    Result,
    Status,
    Student,
    Verdict,
    question_verdict,
)
from grader.page_data import PageData, Passage


def check(
    name: str, verdict: Verdict, points: float, most: float, depends: tuple[str, ...] = ()
) -> CheckResult:
    evidence = (Evidence("report.pdf", "page 1", f"words of {name}"),)
    return CheckResult(name, verdict, points, most, f"message of {name}", evidence=evidence, depends=depends)


def result(*checks: CheckResult, students: tuple[str, ...] = ("anna",)) -> Result:
    question = QuestionResult(
        "q1",
        question_verdict(checks),
        sum(one.points for one in checks),
        sum(one.max for one in checks),
        checks,
    )
    return Result(
        1, "anna", tuple(Student(name) for name in students), (FileInfo("report.pdf", FileKind.REPORT, "aa"),),
        Status.REVIEW, question.points, question.max, (question,), (), Execution(ExecutionStatus.SKIPPED),
        GraderInfo("0", "lab", "r"),
    )  # fmt: skip


DOUBT = result(
    check("q1.a", Verdict.REVIEW, 0, 2),
    check("q1.b", Verdict.NOT_RUN, 0, 1, ("q1.a",)),
    check("q1.c", Verdict.PASS, 1, 1),
)


def said(what: Result, name: str, verdict: Verdict, points: float | None = None, **more: str) -> Decision:
    return Decision(name, verdict, points, evidence=evidence_digest(what, name), **more)


def test_a_decision_stands_over_the_automatic_verdict_and_what_waited_for_it_is_open() -> None:
    whole = reported(DOUBT, [said(DOUBT, "q1.a", Verdict.PASS)])
    assert [one.verdict for one in whole.questions[0].checks] == [
        Verdict.REVIEW,
        Verdict.NOT_RUN,
        Verdict.PASS,
    ]
    assert whole.points == 3
    assert whole.status is Status.REVIEW, "nobody has looked at what depended on it"
    assert [one.check.id for one in open_checks(whole)] == ["q1.b"]
    assert open_points(whole) == 1
    both = reported(DOUBT, [said(DOUBT, "q1.a", Verdict.PASS), said(DOUBT, "q1.b", Verdict.FAIL)])
    assert (both.points, both.status, open_checks(both)) == (3, Status.GRADED, ())


def test_what_waits_for_an_open_check_is_open_too() -> None:
    assert open_points(DOUBT) == 3


def test_the_newest_of_two_decisions_counts() -> None:
    whole = reported(DOUBT, [said(DOUBT, "q1.a", Verdict.PASS), said(DOUBT, "q1.a", Verdict.PARTIAL, 0.5)])
    assert decided(whole).questions[0].checks[0].points == 0.5


def test_a_question_can_be_decided_as_a_whole() -> None:
    whole = reported(DOUBT, [said(DOUBT, "q1", Verdict.PARTIAL, 2.5)])
    assert (whole.points, whole.status, open_checks(whole), open_points(whole)) == (2.5, Status.GRADED, (), 0)


def test_changed_evidence_opens_the_check_again_and_shows_what_was_decided() -> None:
    decision = said(DOUBT, "q1.a", Verdict.PASS)
    (question,) = DOUBT.questions
    first, *others = question.checks
    changed = msgspec.structs.replace(first, evidence=(Evidence("report.pdf", "page 1", "other words"),))
    after = msgspec.structs.replace(
        DOUBT, questions=(msgspec.structs.replace(question, checks=(changed, *others)),)
    )
    whole = reported(after, [decision])
    assert [one.valid for one in whole.decisions] == [False]
    (again,) = open_checks(whole)
    assert again.before is not None
    assert again.before.verdict is Verdict.PASS
    assert whole.points == 1


def test_the_same_evidence_graded_by_another_rubric_leaves_the_decision() -> None:
    decision = said(DOUBT, "q1.a", Verdict.PASS)
    again = msgspec.structs.replace(DOUBT, grader=GraderInfo("1", "lab", "another"))
    assert checked(again, [decision])[0].valid


def test_another_picture_of_the_page_is_other_evidence() -> None:
    page = PageData((Passage("q1.a", "page 1", picture="11"),))
    other = PageData((Passage("q1.a", "page 1", picture="22"),))
    assert evidence_digest(DOUBT, "q1.a", page) != evidence_digest(DOUBT, "q1.a", other)
    assert evidence_digest(DOUBT, "q1.c", page) == evidence_digest(DOUBT, "q1.c", other)


def test_where_there_is_no_passage_all_files_are_the_evidence() -> None:
    bare = result(msgspec.structs.replace(check("q1.a", Verdict.MISSING, 0, 2), evidence=()))
    newer = msgspec.structs.replace(bare, files=(FileInfo("report.pdf", FileKind.REPORT, "bb"),))
    assert evidence_digest(bare, "q1.a") != evidence_digest(newer, "q1.a")


def test_one_of_a_group_can_have_a_mark_of_their_own() -> None:
    pair = result(check("q1.a", Verdict.REVIEW, 0, 2), students=("anna", "bo"))
    whole = reported(pair, [said(pair, "q1.a", Verdict.PASS), said(pair, "q1.a", Verdict.FAIL, student="bo")])
    assert {one.students[0].id: one.points for one in by_student(whole)} == {"anna": 2, "bo": 0}
    assert whole.points == 2
    assert [one.students for one in by_student(reported(pair, [said(pair, "q1.a", Verdict.PASS)]))] == [
        pair.students
    ]


@pytest.mark.parametrize(
    ("verdict", "given_points", "words"),
    [
        (Verdict.REVIEW, None, "not for a person to say"),
        (Verdict.NOT_RUN, None, "not for a person to say"),
        (Verdict.PARTIAL, None, "needs its points"),
        (Verdict.PASS, 3.0, "not between"),
        (Verdict.FAIL, -1.0, "not between"),
        (Verdict.PASS, float("nan"), "not between"),
    ],
)
def test_points_that_cannot_be(verdict: Verdict, given_points: float | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        points_of(verdict, 2.0, given_points)


VERDICTS = st.sampled_from(DECIDABLE)


@given(
    st.lists(
        st.tuples(st.sampled_from(["q1.a", "q1.b", "q1.c", "q1"]), VERDICTS, st.floats(0, 1)), max_size=8
    )
)
def test_whatever_is_decided_the_sums_hold(choices: list[tuple[str, Verdict, float]]) -> None:
    most = {"q1.a": 2.0, "q1.b": 1.0, "q1.c": 1.0, "q1": 4.0}
    decisions = [said(DOUBT, name, verdict, round(share * most[name], 2)) for name, verdict, share in choices]
    whole = reported(DOUBT, decisions)
    effective = decided(whole)
    assert whole.points == effective.points == round(sum(one.points for one in effective.questions), 2)
    assert 0 <= whole.points <= whole.max
    assert whole.questions == DOUBT.questions, "the automatic verdicts stay as they were"
    assert (whole.status is Status.GRADED) == (not open_checks(whole))
    assert Result.from_json(whole.to_json()) == whole
