"""Results as grading makes them, for the tests of what people read."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from grader.model import (
    Chart,
    CheckResult,
    Evidence,
    Execution,
    ExecutionStatus,
    FileInfo,
    FileKind,
    Flag,
    GraderInfo,
    QuestionResult,
    Result,
    Series,
    Status,
    Student,
    Verdict,
    question_verdict,
)

SIZES = (1.0, 10.0, 100.0, 1000.0, 60000.0)
ROWS = (
    "1       118     0.8124",
    "10      13      0.8251",
    "100     3       0.8185",
    "1000    1       0.7097",
    "60000   1       0.1000",
)
NOT_RUN = Execution(ExecutionStatus.SKIPPED, note="No notebook was handed in.")
CHOSEN = "Judging by the table, 100 is the batch size that we would start with."


def charts() -> tuple[Chart, ...]:
    band = Series(
        "plausible after one epoch",
        SIZES,
        (0.82, 0.83, 0.816, 0.72, 0.1),
        (0.80, 0.81, 0.80, 0.69, 0.05),
        (0.85, 0.85, 0.83, 0.74, 0.15),
    )
    own = Series("your figures", SIZES, (0.8124, 0.8251, 0.8185, 0.7097, 0.1))
    times = Series("your figures", SIZES, (118.0, 13.0, 3.0, 1.0, 1.0))
    return (
        Chart("Training accuracy", "batch size", "accuracy", (band, own), log_x=True),
        Chart("Training time", "batch size", "seconds", (times,), log_x=True, log_y=True),
    )


def question(own: str, title: str, *checks: CheckResult, pictures: tuple[Chart, ...] = ()) -> QuestionResult:
    return QuestionResult(
        own,
        question_verdict(checks),
        sum(check.points for check in checks),
        sum(check.max for check in checks),
        checks,
        title,
        pictures,
    )


def result(
    submission: str,
    *questions: QuestionResult,
    students: tuple[Student, ...] = (Student("alban123", "Alba Nyberg"), Student("berol456", "Bertil Öst")),
    status: Status = Status.GRADED,
    flags: tuple[Flag, ...] = (),
    files: tuple[FileInfo, ...] = (FileInfo("report.md", FileKind.REPORT, "0" * 64),),
    execution: Execution = NOT_RUN,
) -> Result:
    return Result(
        1,
        submission,
        students,
        files,
        status,
        sum(question.points for question in questions),
        sum(question.max for question in questions),
        questions,
        flags,
        execution,
        GraderInfo("0.1.0", "an-assignment", "ab" * 32),
    )


GRADIENT = question(
    "q1",
    "The gradient computation",
    CheckResult(
        "q1.expression",
        Verdict.PASS,
        3,
        3,
        "The gradient is computed of the right node.",
        evidence=(Evidence("report.md", "line 10", "gradient = tape.gradient(loss, parameters)"),),
        title="The gradient is computed of the right node.",
    ),
)
PARAMETERS = question(
    "q2",
    "The parameters of the first layer",
    CheckResult(
        "q2.derivation",
        Verdict.PASS,
        3,
        3,
        "The maths shows where the number comes from.",
        evidence=(Evidence("report.md", "line 37", "28 * 28 * 128 + 128 = 100480"),),
        title="The maths is shown.",
    ),
)
BATCHES = question(
    "q3",
    "Batch sizes",
    CheckResult(
        "q3.table",
        Verdict.PASS,
        1.5,
        1.5,
        "All five are there.",
        evidence=tuple(Evidence("report.md", "line 41", row) for row in ROWS),
        title="The table is complete.",
    ),
    CheckResult("q3.plausible", Verdict.PASS, 0.5, 0.5, "They are plausible.", title="Plausible figures."),
    CheckResult(
        "q3.plot",
        Verdict.MISSING,
        0,
        1,
        "No plot of the two curves was found.",
        title="Both curves are plotted.",
        hint="Plot time and accuracy; a logarithmic axis helps.",
    ),
    CheckResult(
        "q3.choice",
        Verdict.PASS,
        1,
        1,
        "Batch size 100 is chosen.",
        evidence=(Evidence("report.md", "line 50", CHOSEN),),
        title="One size is chosen.",
    ),
    pictures=charts(),
)
WRONG_GRADIENT = question(
    "q1",
    "The gradient computation",
    CheckResult(
        "q1.expression",
        Verdict.FAIL,
        0,
        3,
        "The gradient is taken of the data `examples_y`.",
        staff="STAFF-ONLY source=examples_y",
        evidence=(Evidence("report.pdf", "page 1, line 14", "tape.gradient(examples_y, parameters)"),),
        title="The gradient is computed of the right node.",
        hint="What shall training make smaller?",
    ),
    CheckResult("q1.loop", Verdict.NOT_RUN, 0, 0, "", title="The loop reaches the minimum."),
)
UNREAD_PARAMETERS = question(
    "q2",
    "The parameters of the first layer",
    CheckResult(
        "q2.derivation",
        Verdict.REVIEW,
        0,
        3,
        "There is an equation that is only a picture.",
        staff="STAFF-ONLY read at 0.61 confidence",
        evidence=(Evidence("report.pdf", "page 2", "[picture of an equation]"),),
        title="The maths is shown.",
    ),
)
BROKEN_BATCHES = question(
    "q3",
    "Batch sizes",
    CheckResult(
        "q3.table",
        Verdict.ERROR,
        0,
        1.5,
        "",
        staff="Traceback (most recent call last):\n  File 'STAFF-ONLY.py', line 3\nZeroDivisionError: division by zero",
        title="The table is complete.",
    ),
    CheckResult("q3.plausible", Verdict.NOT_RUN, 0, 0.5, "", title="Plausible figures."),
    CheckResult(
        "q3.plot", Verdict.PARTIAL, 0.5, 1, "One curve only.", title="Both curves.", hint="And the other?"
    ),
    CheckResult("q3.choice", Verdict.PASS, 1, 1, "Batch size 10 is chosen.", title="One size is chosen."),
)
FLAGS = (
    Flag("not-reset", "STAFF-ONLY not reset.", (Evidence("report.pdf", "page 3", "\n".join(ROWS)),)),
    Flag("copied", "STAFF-ONLY figures as those of `davpr227`."),
)


@pytest.fixture
def seed() -> Result:
    return result("alban123-berol456", GRADIENT, PARAMETERS, BATCHES)


@pytest.fixture
def troubled() -> Result:
    return result(
        "cecar789",
        WRONG_GRADIENT,
        UNREAD_PARAMETERS,
        BROKEN_BATCHES,
        students=(Student("cecar789", "Cecilia <b>Carl</b>"),),
        status=Status.ERROR,
        flags=FLAGS,
        files=(
            FileInfo("report.pdf", FileKind.REPORT, "0" * 64),
            FileInfo(
                "figures \u202e.zip", FileKind.OTHER, "1" * 64, "Archives in a submission are not opened."
            ),
        ),
        execution=Execution(
            ExecutionStatus.TIMEOUT, 61.2, 3, "tf-keras", ("STAFF-ONLY-layer",), "Cell 24 was still running."
        ),
    )


@pytest.fixture
def waiting() -> Result:
    return result("dandu321", GRADIENT, UNREAD_PARAMETERS, BATCHES, status=Status.REVIEW)


@pytest.fixture
def class_of(seed: Result, troubled: Result, waiting: Result) -> Callable[[int], list[Result]]:
    """Makes a class of so many submissions, always the same."""

    def make(count: int) -> list[Result]:
        chance = random.Random(1)
        made = [seed, troubled, waiting]
        for number in range(count - len(made)):
            second = chance.choice([PARAMETERS, PARAMETERS, UNREAD_PARAMETERS])
            made.append(
                result(
                    f"stu{number:03d}",
                    chance.choice([GRADIENT, GRADIENT, WRONG_GRADIENT]),
                    second,
                    BATCHES,
                    students=(Student(f"stuab{number:03d}", f"Student {number}"),),
                    status=Status.REVIEW if second is UNREAD_PARAMETERS else Status.GRADED,
                    flags=FLAGS[:1] if chance.random() < 0.1 else (),
                )
            )
        return made

    return make
