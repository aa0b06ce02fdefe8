"""Whether an assignment judges its own samples as declared, and what its samples leave untried."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from grader.authoring.mutants import mutants
from grader.authoring.samples import Declared, Label, Sample
from grader.checks.assignment import Assignment
from grader.checks.toolkit.manual import BY_HAND
from grader.grading.grading import grade
from grader.grading.notebook_runner import NotebookRunner, RunSettings
from grader.model import CheckResult, FileKind, Result, Value, Verdict

MOST_MUTANTS: Final = 300
_TEXTS: Final = frozenset((".md", ".markdown", ".txt", ".tex"))
_NOTHING: Final = frozenset((Verdict.MISSING, Verdict.NOT_RUN))
_NO_PASS: Final = frozenset(Verdict) - {Verdict.PASS, Verdict.ERROR}


class Misjudged(Value, frozen=True):
    """A check that came to another verdict than its sample declares; `passage` is what it looked at."""

    sample: str
    check: str
    declared: str
    given: Verdict
    message: str
    passage: str = ""


class Survivor(Value, frozen=True):
    """A right answer made wrong with which every check still passes: `was` became `now`."""

    sample: str
    check: str
    was: str
    now: str


class Verification(Value, frozen=True):
    """`graded` samples by label, what was misjudged, what an empty page or the hints alone would get, what was not tried.

    `unfailed` are checks with points that no sample fails, `unpassed` those that none passes.
    """

    graded: dict[str, int]
    checks: int
    misjudged: tuple[Misjudged, ...] = ()
    given_away: tuple[Misjudged, ...] = ()
    survivors: tuple[Survivor, ...] = ()
    mutants: int = 0
    unfailed: tuple[str, ...] = ()
    unpassed: tuple[str, ...] = ()

    @property
    def as_declared(self) -> bool:
        """Whether every sample came to what it declares, and nothing gives an answer away."""
        return not self.misjudged and not self.given_away


def verify(
    assignment: Assignment,
    samples: Sequence[Sample],
    workspace: Path,
    *,
    settings: RunSettings | None = None,
    execute: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Grades all samples as students' work is graded; notebooks are run if `execute` and the assignment says how."""
    known = [check.id for question in assignment.questions for check in question.checks]
    unknown = sorted({one.check for sample in samples for one in sample.declared} - set(known))
    misjudged = [
        Misjudged(
            sample.name,
            check,
            "",
            Verdict.ERROR,
            f"there is no check {check!r}; there are {', '.join(known)}",
        )
        for sample in samples
        for check in unknown
        if any(one.check == check for one in sample.declared)
    ]
    by_hand = frozenset(
        check.id
        for question in assignment.questions
        for check in question.checks
        if getattr(check.function, BY_HAND, False)
    )
    survivors: list[Survivor] = []
    tried = 0
    passing, failing = set[str](), set[str]()
    counts = dict.fromkeys((label.value for label in Label), 0)
    with NotebookRunner(assignment, settings or RunSettings()) as runner:
        runs = execute and assignment.notebook is not None

        def graded(sample: Sample) -> Result:
            submission = sample.submission(workspace)
            notebook = any(file.kind is FileKind.NOTEBOOK for file in submission.files)
            return grade(
                submission,
                assignment,
                rubric="",
                run=runner.run if runs and notebook else None,
                executor=runner.executor if runs else None,
            ).result

        for sample in samples:
            progress(sample.name)
            counts[sample.label] += 1
            checks = _checks(graded(sample))
            misjudged += _misjudged(sample, checks, by_hand)
            passing |= {check.id for check in checks if check.verdict is Verdict.PASS}
            failing |= {
                check.id
                for check in checks
                if check.verdict in {Verdict.FAIL, Verdict.MISSING, Verdict.PARTIAL}
            }
            text = _text_of(sample)
            if sample.label is not Label.RIGHT or text is None:
                continue
            for mutant_of, check in [(passage, one) for one in checks for passage in _passages(one)]:
                for mutant in mutants(text, mutant_of):
                    if tried >= MOST_MUTANTS:
                        break
                    tried += 1
                    made = _sample(f"mutant-{tried}", mutant.text)
                    again = {one.id for one in _checks(graded(made)) if one.verdict is Verdict.PASS}
                    shutil.rmtree(workspace / made.name, ignore_errors=True)
                    if {one.id for one in checks if one.verdict is Verdict.PASS} <= again:
                        survivors.append(Survivor(sample.name, check.id, mutant.was, mutant.now))
        given_away = [
            one
            for name, text in _without_answers(assignment)
            for one in _misjudged(
                _sample(name, text, Label.HOSTILE), _checks(graded(_sample(name, text))), by_hand
            )
        ]
    carrying = [
        check.id
        for question in assignment.questions
        for check in question.checks
        if check.points and check.id not in by_hand
    ]
    return Verification(
        {label: count for label, count in counts.items() if count},
        len(known),
        tuple(misjudged),
        tuple(given_away),
        tuple(dict.fromkeys(survivors)),
        tried,
        tuple(check for check in carrying if check not in failing),
        tuple(check for check in carrying if check not in passing),
    )


def _checks(result: Result) -> list[CheckResult]:
    return [check for question in result.questions for check in question.checks]


def _sample(name: str, text: str, label: Label = Label.WRONG) -> Sample:
    return Sample(name, label, (), text=text)


def _misjudged(
    sample: Sample, checks: Sequence[CheckResult], by_hand: frozenset[str] = frozenset()
) -> list[Misjudged]:
    """The checks of a sample that are not as declared; where nothing is declared, as its label says."""
    found = []
    declared = {one.check: one for one in sample.declared}
    for check in checks:
        wanted = declared.get(check.id) or (None if check.id in by_hand else _by_label(sample.label, check))
        if wanted is None or check.verdict in wanted.verdicts:
            continue
        passage = check.evidence[0].excerpt if check.evidence else ""
        found.append(
            Misjudged(
                sample.name, check.id, wanted.words, check.verdict, check.staff or check.message, passage
            )
        )
    if (
        sample.label is Label.WRONG
        and not declared
        and all(check.verdict is Verdict.PASS for check in checks if check.max)
    ):
        found.append(
            Misjudged(
                sample.name, "", "something not pass", Verdict.PASS, "Every check of a wrong answer passes."
            )
        )
    return found


def _by_label(label: Label, check: CheckResult) -> Declared | None:
    match label:
        case Label.RIGHT if check.max:
            return Declared(check.id, frozenset((Verdict.PASS,)), "pass (a right answer)")
        case Label.EMPTY if check.max:
            return Declared(check.id, _NOTHING, "missing (an empty answer)")
        case Label.HOSTILE if check.max:
            return Declared(check.id, _NO_PASS, "not pass")
        case _:
            return Declared(check.id, frozenset(Verdict) - {Verdict.ERROR}, "no error")


def _passages(check: CheckResult) -> list[str]:
    """What a passing check with points rests on."""
    if check.verdict is not Verdict.PASS or not check.max:
        return []
    return list(dict.fromkeys(one.excerpt for one in check.evidence if one.excerpt.strip()))


def _text_of(sample: Sample) -> str | None:
    """The text of a sample that is one text, so that it can be changed."""
    if sample.text is not None:
        return sample.text
    if len(sample.files) == 1 and sample.files[0].suffix.lower() in _TEXTS:
        return sample.files[0].read_text("utf-8", errors="replace")
    return None


def _without_answers(assignment: Assignment) -> list[tuple[str, str]]:
    """Pages that hold no answer: nothing; what students are told anyway."""
    told = [
        f"# Question {question.text.number}\n\n"
        + "\n\n".join("\n\n".join((check.title, *check.hints)) for check in question.checks)
        for question in assignment.questions
    ]
    headings = [f"# Question {question.text.number}: {question.title}" for question in assignment.questions]
    return [
        ("an empty page", " \n"),
        ("the questions' headings", "\n\n".join(headings)),
        ("the checks' titles and hints", "\n\n".join(told)),
    ]
