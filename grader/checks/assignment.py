"""An assignment as its author writes it: questions, and checks that are decorated functions.

    lab = Assignment("my-lab", title="My lab")
    first = lab.question("q1", "The first question", number=1)

    @first.check("q1.answer", points=2, hint="What is six times seven?")
    def answer(given: Answer) -> Finding:
        '''The answer to everything.'''  # what the student reads
        ...

The grader finds an assignment through the entry-point group ``grader.assignments``; it never imports one by name.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from grader.checks.alignment import Handout
from grader.checks.answer import Answer
from grader.checks.finding import Finding
from grader.documents.given.edition import Edition, GivenText, given_text
from grader.documents.sections import QuestionText, fingerprints
from grader.model import Value

if TYPE_CHECKING:
    from grader.execution import NotebookPlan

CheckFunction: TypeAlias = Callable[[Answer], Finding]
# How likely honest work comes to the same points of a chart, told by its id: ((x, y), ...) to a probability.
Coincidence: TypeAlias = Callable[[str, Sequence[tuple[float, float]]], float]
ENTRY_POINTS = "grader.assignments"


class Check(Value, frozen=True):
    """One thing that is looked at. `title` is the first line of the function's docstring."""

    id: str
    points: float
    function: CheckFunction
    title: str
    hint: str
    depends: tuple[str, ...]


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
        hint: str = "",
        depends: Sequence[str] = (),
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Registers a check. It runs after the checks it `depends` on, and only if those passed at least in part.

        Raises `AssignmentError` for an id that is taken, an unknown dependency or a function without a docstring.
        """
        if id in self._known:
            raise AssignmentError(f"two checks are called {id!r}")
        if unknown := [other for other in depends if other not in self._known]:
            raise AssignmentError(f"check {id!r} depends on {unknown[0]!r}, which is not defined before it")
        if points < 0:
            raise AssignmentError(f"check {id!r} has {points} points")

        def register(function: CheckFunction) -> CheckFunction:
            title = (inspect.getdoc(function) or "").split("\n")[0]
            if not title:
                raise AssignmentError(f"check {id!r} has no docstring: it is what the student reads")
            self._known.add(id)
            self.checks.append(Check(id, points, function, title, hint, tuple(depends)))
            return function

        return register


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
    """

    def __init__(
        self,
        id: str,  # noqa: A002 - the contract's word
        *,
        title: str,
        instructions: str = "",
        notebook: Callable[[str], NotebookPlan] | None = None,
        facts: Callable[[], Mapping[str, Any]] | None = None,
        handouts: Callable[[], Sequence[Handout]] | None = None,
        editions: Callable[[], Sequence[Edition]] | None = None,
        recognised_by: Recognition | None = None,
        calibrate: Callable[..., None] | None = None,
        coincidence: Coincidence | None = None,
        diagnose: Callable[[], Sequence[tuple[str, bool, str]]] | None = None,
    ) -> None:
        self.id = id
        self.title = title
        self.instructions = instructions
        self.notebook = notebook
        self.facts = facts
        self.handouts = handouts
        self.editions = editions
        self.recognised_by = recognised_by
        self.calibrate = calibrate
        self.coincidence = coincidence
        self.diagnose = diagnose
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
            raise AssignmentError(f"two questions are called {id!r}")
        marks = prompt_fingerprints.union(*(fingerprints(prompt) for prompt in prompts))
        question = Question(QuestionText(id, number, tuple(cues), marks), title, self._known)
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
    def points(self) -> float:
        """The most points that can be had."""
        return sum(question.points for question in self.questions)

    def rubric(self) -> str:
        """A digest of everything that can change a verdict: the assignment's package and the grader's own."""
        digest = hashlib.sha256(self.id.encode())
        roots = {Path(__file__).parent.parent}
        for question in self.questions:
            for check in question.checks:
                source = inspect.getsourcefile(check.function)
                if source is not None:
                    roots.add(Path(source).resolve().parent)
        for root in sorted(roots):
            for path in sorted(root.glob("**/*")):
                if path.suffix in {".py", ".json", ".ipynb"} and path.is_file():
                    digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
        return "sha256:" + digest.hexdigest()


class AssignmentError(ValueError):
    """An assignment is written in a way that cannot be graded with, or none is installed by that name."""


def load(name: str | None = None) -> Assignment:
    """The installed assignment of that name, or the only one there is. Raises `AssignmentError`."""
    found = {entry.name: entry for entry in metadata.entry_points(group=ENTRY_POINTS)}
    if name is None and len(found) == 1:
        name = next(iter(found))
    listed = ", ".join(sorted(found)) or "none"
    if name is None:
        raise AssignmentError(f"several assignments are installed ({listed}): name one with --assignment")
    if name not in found:
        raise AssignmentError(f"no assignment {name!r} is installed; there is: {listed}")
    try:
        assignment = found[name].load()
    except Exception as problem:
        raise AssignmentError(
            f"assignment {name!r} cannot be loaded: {type(problem).__name__}: {problem}"
        ) from problem
    if not isinstance(assignment, Assignment):
        raise AssignmentError(f"entry point {found[name].value!r} is no Assignment")
    return assignment
