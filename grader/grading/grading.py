"""Grades one submission: read its files, split them by question, run the checks, sum up. Touches no store."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from grader import __version__
from grader.checks.alignment import changed_given_cells
from grader.checks.answer import Answer
from grader.checks.assignment import Assignment, Check, Question
from grader.checks.finding import Finding
from grader.documents.authors import authors
from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.sections import Sections, split
from grader.grading.submission_reading import read_submission, sha256
from grader.grading.unseen_text import visible, with_unseen_text
from grader.model import (
    SCHEMA_VERSION,
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
    Status,
    Student,
    Submission,
    SubmittedFile,
    Value,
    Verdict,
    question_verdict,
)

if TYPE_CHECKING:
    from grader.execution import Executor, NotebookRun

OUR_FAULT: Final = (
    "Something went wrong in the grader; it is not your fault and costs you nothing. It will be graded again."
)
MAX_NOTE: Final = 1_000  # characters of what is said of files that were not read
_LEADS_ON: Final = frozenset((Verdict.PASS, Verdict.PARTIAL))
_POINTS_DIGITS: Final = 2


class Judged(Value, frozen=True):
    """A result and what it was made from, for whoever shows it to a person."""

    result: Result
    documents: tuple[Document, ...]
    run: NotebookRun | None = None


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
    where the text alone left something open. Never raises for anything that a student handed in; a check of
    ours that breaks becomes an `error` verdict.
    """
    handed_in = read_submission(submission)
    documents = handed_in.documents
    executed: NotebookRun | None = None
    execution = Execution(ExecutionStatus.SKIPPED, note="Notebooks were not run.")
    notebook = next((file for file in submission.files if file.kind is FileKind.NOTEBOOK), None)
    if notebook is None:
        execution = Execution(ExecutionStatus.SKIPPED, note="No notebook was handed in.")
    elif run is not None:
        executed, execution = run(notebook)
    noticed = (
        *run_flags(executed, notebook.name if notebook else ""),
        *_changed_cells(visible(documents), assignment),
    )
    questions, flags = judge(visible(documents), assignment, run=executed, executor=executor)
    wanted = _pictures_that_matter(visible(documents), assignment, questions)
    if wanted:
        documents = tuple(_with_pictures_read(document, wanted) for document in documents)
        questions, flags = judge(visible(documents), assignment, run=executed, executor=executor)
    questions, hidden = with_unseen_text(
        questions, documents, lambda shown: judge(shown, assignment, run=executed, executor=executor)[0]
    )
    if handed_in.unread:
        questions = held_open(questions, handed_in.unread)
        noticed += (Flag("unread-file", " ".join(handed_in.unread)[:MAX_NOTE]),)
    signed, doubts = with_authors(submission, visible(documents))
    result = assemble(
        signed,
        handed_in.files,
        questions,
        (*noticed, *hidden, *doubts, *flags),
        execution,
        assignment,
        rubric,
    )
    return Judged(result, documents, executed)


def with_authors(
    submission: Submission, documents: Sequence[Document]
) -> tuple[Submission, tuple[Flag, ...]]:
    """The submission with the co-authors that its report names.

    Whoever handed it in stays; a report that names only others is flagged, and nobody is added. What an LMS gave out
    without names is marked without names: nobody is added then, whoever signed it.
    """
    if submission.lms.get("system") and not submission.students:
        return submission, ()
    signed = authors(documents)
    known = {_account(student): student for student in submission.students}
    if not signed or (known and all(account.isdecimal() for account in known)):
        return submission, ()  # an LMS's own numbers cannot be compared with what stands in a report
    if known and not any(_account(student) in known for student in signed):
        names = ", ".join(student.id for student in signed)
        handed_in = ", ".join(student.id for student in submission.students)
        return submission, (
            Flag("other-author", f"The report is signed by {names}, but was handed in by {handed_in}."),
        )
    for student in signed:
        account = _account(student)
        if account not in known:
            known[account] = student
        elif not known[account].name:
            known[account] = msgspec.structs.replace(known[account], name=student.name)
    return msgspec.structs.replace(submission, students=tuple(known.values())), ()


def _account(student: Student) -> str:
    """What two ways to write one student have in common: ``annex123`` and ``annex123@student.example.se``."""
    return student.id.partition("@")[0].strip().casefold()


def held_open(questions: Sequence[QuestionResult], unread: Sequence[str]) -> tuple[QuestionResult, ...]:
    """What was not found is for a person to look for, as long as a file that may hold it could not be read."""
    said = " ".join(unread)[:MAX_NOTE]
    made = []
    for question in questions:
        checks = tuple(
            msgspec.structs.replace(
                check,
                verdict=Verdict.REVIEW,
                message="This was not found in what could be read; a person looks at the rest.",
                staff=f"Not read: {said}",
                hint="",
            )
            if check.verdict is Verdict.MISSING and check.max > 0
            else check
            for check in question.checks
        )
        made.append(
            msgspec.structs.replace(question, checks=checks, verdict=question_verdict(checks))
            if checks != question.checks
            else question
        )
    return tuple(made)


_OPEN: Final = frozenset((Verdict.MISSING, Verdict.REVIEW, Verdict.PARTIAL))


def _pictures_that_matter(
    documents: Sequence[Document], assignment: Assignment, questions: Sequence[QuestionResult]
) -> list[Block]:
    """The unread pictures under questions that the text left open, and those under no question."""
    open_ones = {
        one.id for one in questions if any(check.max > 0 and check.verdict in _OPEN for check in one.checks)
    }
    if not open_ones:
        return []
    sections = _sections(documents, assignment)
    pools = [sections.rest, *(sections.of(question) for question in open_ones)]
    found = {id(block): block for pool in pools for block in pool if _is_unread(block)}
    return list(found.values())


def _is_unread(block: Block) -> bool:
    return block.figure is not None and block.figure.picture is not None and not block.figure.words


def _with_pictures_read(document: Document, wanted: Sequence[Block]) -> Document:
    own = [block for block in wanted if any(block is other for other in document.blocks)]
    if not own:
        return document
    from grader.documents.scans.scan_reading import read_pictures  # noqa: PLC0415 - slow: only where text gave no answer

    return read_pictures(document, only=own)


def _sections(documents: Sequence[Document], assignment: Assignment) -> Sections:
    return split(documents, [question.text for question in assignment.questions], assignment.instructions)


def run_flags(run: NotebookRun | None, source: str) -> tuple[Flag, ...]:
    """What staff should know of a run: saved output that is not what the cells give, and what the sandbox saw."""
    if run is None:
        return ()
    flags = [
        Flag("notebook", text) for text in run.flags if "saved output" not in text
    ]  # told below, with the passages
    if run.stale:
        cells = ", ".join(str(one.cell) for one in run.stale)
        evidence = tuple(
            Evidence(source, f"cell {one.cell}", f"saved: {one.saved[:200]}\nwhen run: {one.fresh[:200]}")
            for one in run.stale[:5]
        )
        flags.append(
            Flag(
                "stale-output",
                f"Saved output differs from what the cell gives when run: cell {cells}.",
                evidence,
            )
        )
    return tuple(flags)


def _changed_cells(documents: Sequence[Document], assignment: Assignment) -> tuple[Flag, ...]:
    """A flag for cells of the handout that the student had no reason to change, and did."""
    notebook = next((document for document in documents if document.format == "notebook"), None)
    if notebook is None or assignment.handouts is None:
        return ()
    code = [block for block in notebook.blocks if block.kind is BlockKind.CODE]
    changed = changed_given_cells([block.text for block in code], assignment.handouts())
    if not changed:
        return ()
    blocks = [code[cell] for cells in changed for cell in cells]
    places = ", ".join(block.place.where for block in blocks)
    evidence = tuple(block.evidence() for block in blocks[:5])
    return (Flag("given-cell-changed", f"Cells that were given were changed: {places}.", evidence),)


def judge(
    documents: Sequence[Document],
    assignment: Assignment,
    *,
    run: NotebookRun | None = None,
    executor: Callable[[], Executor] | None = None,
) -> tuple[tuple[QuestionResult, ...], tuple[Flag, ...]]:
    """Splits what was read by question and runs all checks on it."""
    sections = _sections(documents, assignment)
    findings: dict[str, Finding] = {}
    shared: dict[object, object] = {}
    flags: list[Flag] = []
    results = []
    for question in assignment.questions:
        answer = Answer(question.id, documents, sections, findings, shared, run, executor)
        checks = []
        for check in question.checks:
            finding = _run(check, answer, findings)
            findings[check.id] = finding
            flags.extend(finding.flags)
            checks.append(_result(check, finding))
        results.append(_question(question, checks, findings))
    return tuple(results), tuple(dict.fromkeys(flags))


def _run(check: Check, answer: Answer, findings: Mapping[str, Finding]) -> Finding:
    held_up = [other for other in check.depends if findings[other].verdict not in _LEADS_ON]
    if held_up:
        reviewed = any(findings[other].verdict is Verdict.REVIEW for other in held_up)
        message = "This is looked at once what it depends on is " + ("judged." if reviewed else "there.")
        return Finding(Verdict.NOT_RUN, message, 0.0, staff=f"Depends on {', '.join(held_up)}.")
    try:
        return check.function(answer)
    except Exception:
        return Finding(Verdict.ERROR, OUR_FAULT, 0.0, staff=traceback.format_exc(limit=-4)[-1500:])


def _result(check: Check, finding: Finding) -> CheckResult:
    right = finding.verdict is Verdict.PASS
    return CheckResult(
        id=check.id,
        verdict=finding.verdict,
        points=round(check.points * finding.share, _POINTS_DIGITS),
        max=check.points,
        message=finding.message,
        staff=finding.staff,
        evidence=finding.evidence,
        title=check.title,
        hint="" if right or finding.verdict is Verdict.ERROR else finding.hint or check.hint,
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
    )


def failed_result(submission: Submission, assignment: Assignment, rubric: str, what: str) -> Result:
    """The result of a submission that could not be graded through no fault of the student's: every check `error`."""
    questions = []
    for question in assignment.questions:
        checks = [
            CheckResult(check.id, Verdict.ERROR, 0.0, check.points, OUR_FAULT, staff=what, title=check.title)
            for check in question.checks
        ]
        questions.append(
            QuestionResult(
                question.id, question_verdict(checks), 0.0, question.points, tuple(checks), question.title
            )
        )
    files = tuple(
        FileInfo(file.name, file.kind, sha256(file.path) if file.path.is_file() else "")
        for file in submission.files
    )
    execution = Execution(ExecutionStatus.ERROR, note=what)
    return assemble(submission, files, questions, (), execution, assignment, rubric)
