"""Grades one submission: read its files, split them by question, run the checks, sum up. Touches no store."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from grader import __version__
from grader.checks.answer import Answer
from grader.checks.assignment import Assignment, Check, Question
from grader.checks.finding import Finding
from grader.documents.core.document import BlockKind, Document
from grader.documents.sections import Sections, split
from grader.grading.authorship import with_authors
from grader.grading.check_guard import OUR_FAULT, guarded
from grader.grading.no_reports import by_name, named, no_reports, with_notes
from grader.grading.picture_choice import with_pictures
from grader.grading.run_flags import changed_cells, run_flags
from grader.grading.submission_reading import read_submission, sha256
from grader.grading.unread_files import MAX_NOTE, held_open
from grader.grading.unseen_text import visible, with_unseen_text
from grader.model import (
    SCHEMA_VERSION,
    CheckResult,
    Execution,
    ExecutionStatus,
    FileInfo,
    FileKind,
    Flag,
    GraderInfo,
    QuestionResult,
    Result,
    Status,
    Submission,
    SubmittedFile,
    Value,
    Verdict,
    question_verdict,
)
from grader.page_data import PlotMarks
from grader.stopwatch import timed
from grader.translations.detection import ENGLISH, language_of

if TYPE_CHECKING:
    from grader.execution import Executor, NotebookRun

_POINTS_DIGITS: Final = 2
_LONGEST_TRACE: Final = 2_000  # characters, of the end


class Judged(Value, frozen=True):
    """A result and what it was made from, for whoever shows it to a person."""

    result: Result
    documents: tuple[Document, ...]
    run: NotebookRun | None = None
    marks: Mapping[str, tuple[PlotMarks, ...]] = msgspec.field(default_factory=dict)  # by check


def grade(
    submission: Submission,
    assignment: Assignment,
    *,
    rubric: str,
    run: Callable[[SubmittedFile], tuple[NotebookRun | None, Execution]] | None = None,
    executor: Callable[[], Executor] | None = None,
) -> Judged:
    """The result of one submission. `run` executes its notebook; without it notebooks are read but not run.

    `executor` gives checks the means to run trusted code with a student's answer in it. Pictures are read only
    where the text alone left something open. Never raises: a check that breaks becomes an `error` verdict, and where
    anything else of ours or of the assignment's breaks (its plan for notebooks, what it handed out), all of them do.
    """
    try:
        with timed("checks"):
            return _graded(submission, assignment, rubric, run, executor)
    except (Exception, SystemExit):
        what = traceback.format_exc(limit=-6)[-_LONGEST_TRACE:]
        return Judged(failed_result(submission, assignment, rubric, what), ())


def _graded(
    submission: Submission,
    assignment: Assignment,
    rubric: str,
    run: Callable[[SubmittedFile], tuple[NotebookRun | None, Execution]] | None,
    executor: Callable[[], Executor] | None,
) -> Judged:
    with timed("reading"):
        handed_in = read_submission(submission)
    empty = no_reports(
        submission.files,
        visible(handed_in.documents),
        assignment,
        lambda document: _answers(document, assignment),
    )
    notes = by_name(empty)
    documents = tuple(document for document in handed_in.documents if document.name not in notes)
    executed: NotebookRun | None = None
    execution = Execution(ExecutionStatus.SKIPPED, note="Notebooks were not run.")
    notebooks = [file for file in submission.files if file.kind is FileKind.NOTEBOOK]
    notebook = next((file for file in notebooks if file.name not in notes), None)
    if notebook is None:
        note = f"It was not run: {notes[notebooks[0].name]}" if notebooks else "No notebook was handed in."
        execution = Execution(ExecutionStatus.SKIPPED, note=note)
    elif run is not None:
        with timed("kernel"):
            executed, execution = run(notebook)
    noticed = (
        *run_flags(executed, notebook.name if notebook else ""),
        *changed_cells(visible(documents), assignment),
    )
    noticed += tuple(Flag("several-people", said) for said in submission.remarks)
    seen = visible(documents)
    sections = _sections(seen, assignment)
    findings: dict[str, Finding] = {}
    questions, flags = judge(
        seen, assignment, sections=sections, run=executed, executor=executor, findings=findings
    )

    def judging(
        found: tuple[Document, ...], changed: Collection[str] | None
    ) -> tuple[Sections, Sequence[QuestionResult]]:
        nonlocal sections, questions, flags
        shown = visible(found)
        sections = _sections(shown, assignment)
        for check in _to_judge_anew(assignment, changed):
            findings.pop(check, None)
        questions, flags = judge(
            shown, assignment, sections=sections, run=executed, executor=executor, findings=findings
        )
        return sections, questions

    documents = with_pictures(documents, sections, questions, judging)
    questions, hidden = with_unseen_text(
        questions, documents, lambda shown: judge(shown, assignment, run=executed, executor=executor)[0]
    )
    if empty and not documents:
        questions = named(questions, empty)
    noticed += tuple(one.flag() for one in empty)
    if handed_in.unread:
        questions = held_open(questions, handed_in.unread)
        noticed += (Flag("unread-file", " ".join(handed_in.unread)[:MAX_NOTE]),)
    signed, doubts = with_authors(submission, visible(handed_in.documents), assignment.accounts)
    result = assemble(
        signed,
        with_notes(handed_in.files, notes),
        questions,
        (*noticed, *hidden, *doubts, *flags),
        execution,
        assignment,
        rubric,
        language=_language(documents, sections, assignment),
    )
    left = tuple(document for document in handed_in.documents if document.name in notes)
    marks = {check: finding.marks for check, finding in findings.items()}
    return Judged(result, (*documents, *left), executed, marks)


def _to_judge_anew(assignment: Assignment, changed: Collection[str] | None) -> set[str]:
    """The checks of the questions that changed, all if that is None, and of those that depend on them."""
    anew: set[str] = set()
    for question in assignment.questions:
        own = {check.id for check in question.checks}
        leaning = any(anew.intersection(check.depends) for check in question.checks)
        if changed is None or question.id in changed or leaning:
            anew |= own
    return anew


def _answers(document: Document, assignment: Assignment) -> bool:
    """Whether any check takes something in a document for an answer."""
    questions, _ = judge(visible([document]), assignment)
    nothing = {Verdict.MISSING, Verdict.NOT_RUN}
    return any(check.verdict not in nothing for question in questions for check in question.checks)


def _language(documents: Sequence[Document], sections: Sections, assignment: Assignment) -> str:
    """The language of what the student wrote; what was handed out says nothing of it."""
    given = {id(block) for block in sections.given}
    own = (
        block.text
        for document in documents
        for block in document.blocks
        if block.kind in {BlockKind.PROSE, BlockKind.HEADING, BlockKind.TABLE}
        and id(block) not in given
        and not block.unseen
    )
    return language_of(own, assignment.languages or (ENGLISH,))


def _sections(documents: Sequence[Document], assignment: Assignment) -> Sections:
    questions = [question.text for question in assignment.questions]
    return split(documents, questions, assignment.instructions, assignment.given())


def judge(
    documents: Sequence[Document],
    assignment: Assignment,
    *,
    sections: Sections | None = None,
    run: NotebookRun | None = None,
    executor: Callable[[], Executor] | None = None,
    findings: dict[str, Finding] | None = None,
) -> tuple[tuple[QuestionResult, ...], tuple[Flag, ...]]:
    """Runs all checks on what was read, split by question already or here.

    `findings` takes what each check found; those that are in it already stand, and their checks are not run again.
    """
    sections = sections or _sections(documents, assignment)
    findings = {} if findings is None else findings
    standing = dict(findings)
    findings.clear()  # a check sees what was found before it, and no more
    shared: dict[object, object] = {}
    flags: list[Flag] = []
    results = []
    for question in assignment.questions:
        answer = Answer(question.id, documents, sections, findings, shared, run, executor)
        checks = []
        for check in question.checks:
            finding = standing.get(check.id) or guarded(check, answer, findings)
            findings[check.id] = finding
            flags.extend(finding.flags)
            checks.append(_result(check, finding))
        results.append(_question(question, checks, findings))
    return tuple(results), tuple(dict.fromkeys(flags))


def _result(check: Check, finding: Finding) -> CheckResult:
    hinted = finding.verdict not in {Verdict.PASS, Verdict.ERROR}
    return CheckResult(
        id=check.id,
        verdict=finding.verdict,
        points=round(check.points * finding.share, _POINTS_DIGITS),
        max=check.points,
        message=finding.message,
        staff=finding.staff,
        evidence=finding.evidence,
        title=check.title,
        hint=(finding.hint or check.hint) if hinted else "",
        depends=check.depends,
        more_hints=check.hints[1:] if hinted else (),
    )


def _question(
    question: Question, checks: Sequence[CheckResult], findings: Mapping[str, Finding]
) -> QuestionResult:
    return QuestionResult(
        id=question.id,
        verdict=question_verdict(checks),
        points=round(sum(check.points for check in checks), _POINTS_DIGITS),
        max=question.points,
        checks=tuple(checks),
        title=question.title,
        charts=tuple(chart for check in question.checks for chart in findings[check.id].charts),
    )


def assemble(
    submission: Submission,
    files: Sequence[FileInfo],
    questions: Sequence[QuestionResult],
    flags: Sequence[Flag],
    execution: Execution,
    assignment: Assignment,
    rubric: str,
    *,
    language: str = ENGLISH,
) -> Result:
    """Sums up the questions of a submission."""
    verdicts = {question.verdict for question in questions}
    status = (
        Status.ERROR
        if Verdict.ERROR in verdicts
        else Status.REVIEW
        if Verdict.REVIEW in verdicts
        else Status.GRADED
    )
    return Result(
        schema=SCHEMA_VERSION,
        submission=submission.id,
        students=submission.students,
        files=tuple(files),
        status=status,
        points=round(sum(question.points for question in questions), _POINTS_DIGITS),
        max=assignment.points,
        questions=tuple(questions),
        flags=tuple(flags),
        execution=execution,
        grader=GraderInfo(__version__, assignment.id, rubric),
        late=submission.late,
        language=language,
    )


def failed_result(submission: Submission, assignment: Assignment, rubric: str, what: str) -> Result:
    """The result of a submission that could not be graded through no fault of the student's: every check `error`."""
    questions = []
    for question in assignment.questions:
        checks = [
            CheckResult(
                check.id,
                Verdict.ERROR,
                0.0,
                check.points,
                OUR_FAULT,
                staff=what,
                title=check.title,
                depends=check.depends,
            )
            for check in question.checks
        ]
        questions.append(
            QuestionResult(
                question.id, question_verdict(checks), 0.0, question.points, tuple(checks), question.title
            )
        )
    files = tuple(FileInfo(file.name, file.kind, sha256(file.path)) for file in submission.files)
    execution = Execution(ExecutionStatus.ERROR, note=what)
    return assemble(submission, files, questions, (), execution, assignment, rubric)
