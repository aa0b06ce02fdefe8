"""The words for verdicts and for how a run ended, the same on pages and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from grader.model import CheckResult, Execution, ExecutionStatus, QuestionResult, Status, Value, Verdict
from grader.translations import Phrasebook, phrasebook

ENGLISH: Final = phrasebook("en")
VERDICTS: Final = tuple(Verdict)  # in the order in which they are counted and drawn


class Wording(Value, frozen=True):
    """A verdict as a reader meets it: a sign and words, so that colour is never all there is."""

    sign: str
    student: str
    staff: str
    meaning: str


WORDING: Final[Mapping[Verdict, Wording]] = {
    Verdict.PASS: Wording("✓", "right", "pass", ""),
    Verdict.PARTIAL: Wording("◐", "partly right", "partial", ""),
    Verdict.FAIL: Wording("✗", "not right yet", "fail", ""),
    Verdict.MISSING: Wording("○", "not found", "missing", "Looked for everywhere in what was handed in."),
    Verdict.REVIEW: Wording(
        "?",
        "a teacher will look",
        "review",
        "The program could not judge this for certain. A teacher will look at this; it has cost you nothing.",
    ),
    Verdict.NOT_RUN: Wording(
        "–", "not looked at", "not run", "This depends on something above that could not be confirmed."
    ),
    Verdict.ERROR: Wording(
        "!",
        "our error",
        "error",
        "Something went wrong in the grader, through no fault of yours. It has cost you nothing and will be graded again.",
    ),
}

# A draft is between the student and the program: nobody waits for it.
DRAFT_WORDING: Final[Mapping[Verdict, Wording]] = {
    **WORDING,
    Verdict.MISSING: Wording("○", "not found", "missing", "Looked for everywhere in these files."),
    Verdict.REVIEW: Wording(
        "?",
        "not certain",
        "review",
        "The program cannot judge this for certain. Once you hand it in, a person looks at it; it costs you nothing.",
    ),
    Verdict.ERROR: Wording(
        "!", "our error", "error", "Something went wrong in the grader, through no fault of yours."
    ),
}

STATUS_SENTENCE: Final[Mapping[Status, str]] = {
    Status.GRADED: "",
    Status.REVIEW: "A teacher will look at what is marked “?”. Until then it has cost you nothing: these are the points so far.",
    Status.ERROR: "Something went wrong in the grader, through no fault of yours. Your work will be graded again; these points do not count.",
}

DRAFT_SENTENCE: Final[Mapping[Status, str]] = {
    Status.GRADED: "",
    Status.REVIEW: "What is marked “?” could not be judged for certain; it has cost you nothing.",
    Status.ERROR: "Something went wrong in the grader, through no fault of yours; these points do not count.",
}

_RUN: Final[Mapping[ExecutionStatus, str]] = {
    ExecutionStatus.OK: "Your notebook was run from start to end.",
    ExecutionStatus.FAILED: "Your notebook was run, and at least one of its cells stopped with an error.",
    ExecutionStatus.TIMEOUT: "Your notebook took longer than it may and was stopped. What ran before that still counts.",
    ExecutionStatus.MEMORY: "Your notebook needed more memory than it may use and was stopped. What ran before that still counts.",
    ExecutionStatus.DIED: "Your notebook's kernel ended before the notebook did. What ran before that still counts.",
    ExecutionStatus.FLOOD: "Your notebook printed more than can be kept, so its output was cut off.",
    ExecutionStatus.SKIPPED: "No notebook was run; what is said here comes from what you handed in as it stands.",
    ExecutionStatus.ERROR: "Your notebook could not be run, through no fault of yours. It has cost you nothing.",
}


def wording(book: Phrasebook, *, draft: bool = False) -> Mapping[Verdict, Wording]:
    """The words for verdicts in the language of `book`, those of a `draft` or of what was handed in."""
    return {
        verdict: msgspec.structs.replace(one, student=book.say(one.student), meaning=book.say(one.meaning))
        for verdict, one in (DRAFT_WORDING if draft else WORDING).items()
    }


def run_sentence(execution: Execution, book: Phrasebook = ENGLISH) -> str:
    """How the notebook's run ended, in plain words, and how long it took."""
    sentence = _RUN[execution.status]
    if execution.lacks and execution.status is ExecutionStatus.OK:
        sentence = "Your notebook was run, but for what needs a package that this machine has not."
    if execution.status is ExecutionStatus.SKIPPED or execution.seconds <= 0:
        return book.say(sentence)
    ran = duration(execution.seconds, book)
    took = (
        book.put("It ran in {0} parts, each from a fresh start, for {1}.", str(execution.segments), ran)
        if execution.segments > 1
        else book.put("It ran for {0}.", ran)
    )
    return f"{book.say(sentence)} {took}"


def duration(seconds: float, book: Phrasebook = ENGLISH) -> str:
    """A time span as one says it: ``0.8 seconds``, ``12 seconds``, ``3 minutes``."""
    if seconds < 0.95:
        return book.put("{0} seconds", book.figure(f"{max(seconds, 0.1):.1f}"))
    if seconds < 1.5:
        return book.put("1 second")
    if seconds < 120:
        return book.put("{0} seconds", f"{seconds:.0f}")
    return book.put("{0} minutes", f"{seconds / 60:.0f}")


def points(value: float) -> str:
    """Points without needless zeros: ``3``, ``1.5``, ``0.25``."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:.3g}"


def concerns_student(check: CheckResult) -> bool:
    """Whether a check has something to tell: a remark without points that found nothing has not."""
    return check.max > 0 or check.verdict not in {Verdict.MISSING, Verdict.NOT_RUN}


def to_mend(question: QuestionResult) -> tuple[CheckResult, ...]:
    """The checks of a question that lost points and that the student can put right."""
    mendable = {Verdict.FAIL, Verdict.PARTIAL, Verdict.MISSING}
    return tuple(check for check in question.checks if check.max > 0 and check.verdict in mendable)
