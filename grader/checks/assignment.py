"""An assignment as its author writes it: questions, and checks that are decorated functions.

    lab = Assignment("my-lab", title="My lab")
    first = lab.question("q1", "The first question", number=1)

    @first.check("q1.answer", points=2, hint="What is six times seven?")
    def answer(given: Answer) -> Finding:
        '''The answer to everything.'''  # what the student reads
        ...

The grader finds an assignment by path or through the entry-point group ``grader.assignments``; it never imports one by
name (`grader.checks.assignment_finding`).
"""

from __future__ import annotations

import copy
import inspect
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from grader.accounts import Accounts
from grader.checks.alignment import Handout
from grader.checks.answer import Answer
from grader.checks.finding import Finding
from grader.checks.rubric_digest import rubric_digest, source_of
from grader.documents.given.edition import Edition, GivenText, given_text
from grader.documents.sections import QuestionText, fingerprints
from grader.errors import AssignmentError, GraderError
from grader.model import Value

if TYPE_CHECKING:
    from grader.execution import NotebookPlan

CheckFunction: TypeAlias = Callable[[Answer], Finding]
# How likely honest work comes to the same points of a chart, told by its id: ((x, y), ...) to a probability.
Coincidence: TypeAlias = Callable[[str, Sequence[tuple[float, float]]], float]
_HERE = Path(__file__).parent


class Check(Value, frozen=True):
    """One thing that is looked at. `title` is the first line of the function's docstring."""

    id: str
    points: float
    function: CheckFunction
    title: str
    hints: tuple[str, ...]
    depends: tuple[str, ...]

    @property
    def hint(self) -> str:
        """The first of its hints."""
        return self.hints[0] if self.hints else ""


class Question:
    """A group of checks with points. Make one with `Assignment.question`."""

    def __init__(self, text: QuestionText, title: str, known: set[str]) -> None:
        self.text = text
        self.title = title
        self.checks: list[Check] = []
        self._known = known

    @property
    def id(self) -> str:
        """The question's id, as in results."""
        return self.text.id

    @property
    def points(self) -> float:
        """The points of all its checks."""
        return sum(check.points for check in self.checks)

    def check(
        self,
        id: str,  # noqa: A002 - the contract's word
        *,
        points: float = 0.0,
        hint: str | Sequence[str] = "",
        depends: Sequence[str] = (),
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Registers a check; its title is the first line of the function's docstring. See `add`."""

        def register(function: CheckFunction) -> CheckFunction:
            title = (inspect.getdoc(function) or "").split("\n")[0]
            if not title:
                raise AssignmentError(
                    f"check {id!r} has no docstring: write one, it is what the student reads"
                )
            hints = (hint,) if isinstance(hint, str) else tuple(hint)
            self.add(id, function, title=title, points=points, hints=hints, depends=depends)
            return function

        return register

    def add(
        self,
        id: str,  # noqa: A002 - the contract's word
        function: CheckFunction,
        *,
        title: str,
        points: float = 0.0,
        hints: Sequence[str] = (),
        depends: Sequence[str] = (),
    ) -> None:
        """Adds a check. It runs after the checks it `depends` on, and only if those passed at least in part.

        `hints` are steps, each nearer than the last, none of them the answer. Raises `AssignmentError` for an id that
        is taken, an unknown dependency or points below 0.
        """
        if id in self._known:
            raise AssignmentError(f"two checks are called {id!r}: give each an id of its own")
        if unknown := [other for other in depends if other not in self._known]:
            raise AssignmentError(
                f"check {id!r} depends on {unknown[0]!r}, which is not defined before it: move it up, or correct the id"
            )
        if points < 0:
            raise AssignmentError(f"check {id!r} has {points} points: give 0 or more")

        self._known.add(id)
        self.checks.append(
            Check(id, points, function, title, tuple(one for one in hints if one), tuple(depends))
        )


class Recognition(Value, frozen=True):
    """What work on an assignment is recognised by, wherever it was done: patterns, tried line by line.

    Any of `signs` (an import, a name, a figure of the lab) shows that it is this one. Where there is none, and nothing that
    was handed out, `foreign` (another library's import) shows that it is another lab's.
    """

    signs: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


class Assignment:
    """What is to be solved. `instructions` is a pattern for sentences that only the handout says (``your lab report``).

    `notebook` says how a handed-in notebook is run, given the choice of data set (``full``, ``sample``, ``auto``);
    without it, notebooks are read but not run.
    `handouts` are the notebooks handed out, one an edition: given cells that a student changed become a flag.
    `editions` are the fingerprints of all that was ever handed out: what is found in them is never an answer.
    `recognised_by` tells work on this assignment from another lab's, handed in by mistake.
    `coincidence` gives the chance that honest work comes to the same points of a chart, by its title.
    `facts` is what ``grader reference`` prints: the true figures, by name.
    `sources` are the files and folders that decide its verdicts, data included: when one changes, everything is graded
    again. By default the package of its checks, or the one file where they are in no package.
    `account` is a regular expression for the university's user names: they name submissions and authors.
    `languages` are those its students write in (``en``, ``sv``), `deadline` its time of handing in (ISO 8601).
    """

    def __init__(
        self,
        id: str,  # noqa: A002 - the contract's word
        *,
        title: str,
        instructions: str = "",
        account: str = "",
        notebook: Callable[[str], NotebookPlan] | None = None,
        facts: Callable[[], Mapping[str, Any]] | None = None,
        handouts: Callable[[], Sequence[Handout]] | None = None,
        editions: Callable[[], Sequence[Edition]] | None = None,
        recognised_by: Recognition | None = None,
        calibrate: Callable[..., None] | None = None,
        coincidence: Coincidence | None = None,
        diagnose: Callable[[], Sequence[tuple[str, bool, str]]] | None = None,
        sources: Sequence[Path] = (),
        languages: Sequence[str] = (),
        deadline: str = "",
    ) -> None:
        self.id = id
        self.name = ""  # under which it is installed, if it is
        self.place: Path | None = None  # where it was found by path
        self.languages = tuple(languages)
        self.deadline = deadline
        self.title = title
        self.instructions = instructions
        self.accounts = _accounts(account)
        self.notebook = notebook
        self.facts = facts
        self.handouts = handouts
        self.editions = editions
        self.recognised_by = recognised_by
        self.calibrate = calibrate
        self.coincidence = coincidence
        self.diagnose = diagnose
        self.sources = tuple(sources)
        self.questions: list[Question] = []
        self._known: set[str] = set()
        self._more_editions: tuple[Edition, ...] = ()
        self._given: GivenText | None = None

    def question(
        self,
        id: str,  # noqa: A002 - the contract's word
        title: str,
        *,
        number: int,
        cues: Sequence[str] = (),
        prompts: Sequence[str] = (),
        prompt_fingerprints: frozenset[str] = frozenset(),
    ) -> Question:
        """Adds a question. `prompts` are editions of its text, or give their `fingerprints` where the text is not ours."""
        if any(question.id == id for question in self.questions):
            raise AssignmentError(f"two questions are called {id!r}: give each an id of its own")
        if any(question.text.number == number for question in self.questions):
            raise AssignmentError(
                f"two questions have the number {number}: an answer could not be told apart"
            )
        marks = prompt_fingerprints.union(*(fingerprints(prompt) for prompt in prompts))
        question = Question(QuestionText(id, number, tuple(cues), marks, title), title, self._known)
        self.questions.append(question)
        return question

    def given(self) -> GivenText:
        """What was handed out, in every edition known, with the questions' own text."""
        if self._given is None:
            editions = self.editions() if self.editions else ()
            prompts = frozenset[str]().union(*(question.text.prompt for question in self.questions))
            self._given = given_text((*editions, *self._more_editions), prompts)
        return self._given

    def with_editions(self, editions: Sequence[Edition]) -> Assignment:
        """The same assignment that knows more of what was handed out: the course's own notebook of this year."""
        if not editions:
            return self
        other = copy.copy(self)
        other._more_editions = (*self._more_editions, *editions)
        other._given = None
        return other

    @property
    def reference(self) -> str:
        """What loads it again, in another process or later: its name, or its path in full."""
        return str(self.place) if self.place is not None else self.name or self.id

    @property
    def points(self) -> float:
        """The most points that can be had."""
        return sum(question.points for question in self.questions)

    def rubric(self) -> str:
        """A digest of everything that can change a verdict; see `grader.checks.rubric_digest`."""
        written = [check.function for question in self.questions for check in question.checks]
        hooks = [hook for hook in (self.notebook, self.handouts, self.editions) if hook is not None]
        sources = self.sources or [
            source for source in map(source_of, (*written, *hooks)) if source is not None
        ]
        return rubric_digest(self._declared(), sources)

    def _declared(self) -> bytes:
        """What was given to the assignment and its questions, wherever that was written."""
        questions = [
            (
                question.text,
                question.title,
                [(one.id, one.points, one.title, one.hints, one.depends) for one in question.checks],
            )
            for question in self.questions
        ]
        declared = (
            self.id,
            self.title,
            self.instructions,
            questions,
            self.recognised_by,
            self._more_editions,
        )
        return msgspec.json.encode(declared, order="deterministic")


def _accounts(pattern: str) -> Accounts:
    try:
        re.compile(pattern)
    except re.error as problem:
        raise AssignmentError(
            f"the pattern of user names {pattern!r} is no regular expression: {problem}"
        ) from problem
    return Accounts(pattern)


def told(problem: BaseException) -> str:
    """What went wrong in an author's module, and in which line of which file."""
    what = f"{problem}" if isinstance(problem, GraderError) else f"{type(problem).__name__}: {problem}"
    frames = [
        frame
        for frame in traceback.extract_tb(problem.__traceback__)
        if not frame.filename.startswith("<") and "importlib" not in Path(frame.filename).parts
    ]
    own = [frame for frame in frames if not Path(frame.filename).is_relative_to(_HERE)]
    return f"{what} ({own[-1].filename}, line {own[-1].lineno})" if own else what
