"""An assignment by path: a folder with ``assignment.toml``, ``rubric.py`` or both, or one Python file.

``assignment.toml`` says what needs no code: title, questions, points, hints, what was handed out. A check there names a
kind of the toolkit (``figure = { expected = 0.8667 }``) or a function of ``rubric.py`` (``judge = "precision"``). Without
the file, ``rubric.py`` holds a variable ``assignment``, as an installed package does.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from grader.checks.assignment import Assignment, CheckFunction, Question, Recognition, told
from grader.checks.toolkit import KINDS
from grader.errors import AssignmentError
from grader.model import Value
from grader.translations.phrasebook import FOLDER, LANGUAGES

if TYPE_CHECKING:
    from grader.documents.given.edition import Edition
    from grader.execution import NotebookPlan

DECLARATION: Final = "assignment.toml"
RUBRIC: Final = "rubric.py"
HANDOUT: Final = "handout"
NOT_DECIDING: Final = frozenset(("samples", "README.md", "README.txt", "dist", "build"))
_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,79}")

Table: TypeAlias = Mapping[str, Any]


class _Declared(Value, frozen=True, forbid_unknown_fields=True):
    """The top of ``assignment.toml``; what it means stands at `Assignment`."""

    title: str
    id: str = ""
    account: str = ""
    instructions: str = ""
    languages: tuple[str, ...] = ()
    deadline: str = ""
    notebook: bool | str = False
    signs: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    question: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)


class _DeclaredQuestion(Value, frozen=True, forbid_unknown_fields=True):
    title: str
    number: int = 0
    cues: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    check: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)


def is_assignment(path: Path) -> bool:
    """Whether a path looks like an assignment: such a folder, its ``assignment.toml``, or a Python file."""
    if path.is_dir():
        return (path / DECLARATION).is_file() or (path / RUBRIC).is_file()
    return path.is_file() and (path.name == DECLARATION or path.suffix == ".py")


def read_assignment(path: Path) -> Assignment:
    """The assignment at a path. Raises `AssignmentError` with the file, the place in it and what to do."""
    path = path.resolve()
    if path.name == DECLARATION:
        path = path.parent
    if not path.exists():
        raise AssignmentError(
            f"{path} is not there: give the folder of an assignment, or an installed one's name"
        )
    assignment = _read(path)
    assignment.place = path
    return assignment


def _read(path: Path) -> Assignment:
    if path.is_file():
        return _of_module(path, _module(path, path.stem), (path,))
    if not is_assignment(path):
        raise AssignmentError(
            f"{path} is no assignment: there is neither {DECLARATION} nor {RUBRIC} in it. "
            "'grader new-assignment NAME' makes a folder that works"
        )
    rubric = path / RUBRIC
    module = _module(rubric, path.name) if rubric.is_file() else None
    sources = deciding_files(path)
    if (path / DECLARATION).is_file():
        return _of_declaration(path, module, sources)
    assert module is not None
    return _of_module(rubric, module, sources)


def deciding_files(folder: Path) -> tuple[Path, ...]:
    """What of an assignment's folder can change a verdict: all but samples, read-me and what is hidden."""
    return tuple(
        sorted(
            one
            for one in folder.iterdir()
            if one.name not in NOT_DECIDING and not one.name.startswith((".", "__"))
        )
    )


def _of_module(file: Path, module: ModuleType, sources: Sequence[Path]) -> Assignment:
    found = [value for value in vars(module).values() if isinstance(value, Assignment)]
    named = getattr(module, "assignment", None)
    if isinstance(named, Assignment):
        found = [named]
    if len(found) != 1:
        what = "no Assignment" if not found else "several Assignments"
        raise AssignmentError(f"{file} holds {what}: keep yours in a variable called assignment")
    assignment = found[0]
    assignment.sources = assignment.sources or tuple(sources)
    if assignment.editions is None and file.name == RUBRIC:
        assignment.editions = partial(_editions, file.parent)
    return assignment


def _module(file: Path, name: str) -> ModuleType:
    """A Python file as a module of its own; files beside it are imported as ``from . import facts``."""
    known = (
        f"grader_assignment_{hashlib.sha256(str(file).encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    )
    if known in sys.modules:
        return sys.modules[known]
    spec = importlib.util.spec_from_file_location(known, file, submodule_search_locations=[str(file.parent)])
    if spec is None or spec.loader is None:
        raise AssignmentError(f"{file} cannot be loaded as Python: call it {RUBRIC}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[known] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        del sys.modules[known]
        raise AssignmentError(
            f"the assignment {name!r} cannot be loaded: {told(problem)}. Correct it there"
        ) from problem
    return module


def _of_declaration(folder: Path, module: ModuleType | None, sources: Sequence[Path]) -> Assignment:
    file = folder / DECLARATION
    table = _toml(file)
    declared = _converted(table, _Declared, str(file))
    assignment = Assignment(
        _safe_id(declared.id or folder.name, file),
        title=declared.title,
        instructions=_pattern(declared.instructions, f"{file}: instructions"),
        account=declared.account,
        languages=_languages(declared.languages, folder, file),
        deadline=declared.deadline,
        notebook=_notebook(declared.notebook, module, file),
        editions=partial(_editions, folder),
        recognised_by=Recognition(
            tuple(_pattern(one, f"{file}: signs") for one in declared.signs),
            tuple(_pattern(one, f"{file}: foreign") for one in declared.foreign),
        )
        if declared.signs or declared.foreign
        else None,
        sources=sources,
    )
    if not declared.question:
        raise AssignmentError(f"{file}: there is no question; add [question.q1] with a title and its checks")
    for number, (question, asked) in enumerate(declared.question.items(), 1):
        place = f"{file}: [question.{question}]"
        one = _converted(asked, _DeclaredQuestion, place)
        added = assignment.question(
            _safe_id(question, file),
            one.title,
            number=one.number or number,
            cues=tuple(_pattern(cue, f"{place} cues") for cue in one.cues),
            prompts=one.prompts,
        )
        if not one.check:
            raise AssignmentError(f"{place} has no check; add [question.{question}.check.NAME] with a title")
        for name, check in one.check.items():
            _add_check(
                added,
                f"{question}.{_safe_id(name, file)}",
                check,
                module,
                f"{file}: [question.{question}.check.{name}]",
            )
    return assignment


def _add_check(question: Question, id: str, check: Table, module: ModuleType | None, place: str) -> None:  # noqa: A002 - the contract's word
    common = {"title", "points", "hint", "hints", "depends", "judge"}
    kinds = [name for name in check if name not in common]
    unknown = [name for name in kinds if name not in KINDS]
    if unknown:
        raise AssignmentError(
            f"{place}: {unknown[0]!r} is neither a setting ({', '.join(sorted(common))}) nor a kind of check ({', '.join(KINDS)})"
        )
    if len(kinds) + ("judge" in check) != 1:
        raise AssignmentError(
            f'{place}: say how it is judged: one of {", ".join(KINDS)}, or judge = "a function of {RUBRIC}"'
        )
    title, points = check.get("title"), check.get("points", 0)
    if not isinstance(title, str) or not title.strip():
        raise AssignmentError(f"{place}: give it a title, a sentence that students read")
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise AssignmentError(f"{place}: points are a number, not {points!r}")
    hints = check.get("hints", check.get("hint", ()))
    if not isinstance(hints, str | list | tuple) or not all(isinstance(one, str) for one in hints):
        raise AssignmentError(f'{place}: hints are texts, as in hints = ["...", "..."]')
    depends = check.get("depends", ())
    if not isinstance(depends, list | tuple) or not all(isinstance(one, str) for one in depends):
        raise AssignmentError(f"{place}: depends is a list of checks' ids")
    if "judge" in check:
        function = _judge(check["judge"], module, place)
    else:
        given = check[kinds[0]]
        if not isinstance(given, dict):
            raise AssignmentError(f"{place}: {kinds[0]} takes settings, as in {kinds[0]} = {{ ... }}")
        try:
            function = KINDS[kinds[0]](**given)
        except (TypeError, ValueError) as problem:
            said = re.sub(r"^\w+(?:\.\w+)*\(\) ", "", str(problem))
            raise AssignmentError(
                f"{place}: {kinds[0]} {said}. Its settings are described in the toolkit's page"
            ) from problem
    own = question.id
    question.add(
        id,
        function,
        title=title.strip(),
        points=float(points),
        hints=(hints,) if isinstance(hints, str) else tuple(hints),
        depends=tuple(one if "." in one else f"{own}.{one}" for one in depends),
    )


def _judge(name: object, module: ModuleType | None, place: str) -> CheckFunction:
    if module is None:
        raise AssignmentError(
            f"{place}: judge names a function, and there is no {RUBRIC} beside it: write one"
        )
    found = getattr(module, name, None) if isinstance(name, str) else None
    if not callable(found):
        functions = [
            one
            for one, value in vars(module).items()
            if callable(value)
            and not isinstance(value, type)
            and not one.startswith("_")
            and getattr(value, "__module__", "").startswith((module.__name__, "grader.checks.toolkit."))
            and getattr(value, "__name__", "") in {one, "judge"}
        ]
        raise AssignmentError(
            f"{place}: there is no function {name!r} in {RUBRIC}; it has {', '.join(functions) or 'none'}"
        )
    return found  # type: ignore[no-any-return]  # whether it returns a Finding is seen when it is called


def _notebook(
    asked: bool | str, module: ModuleType | None, file: Path
) -> Callable[[str], NotebookPlan] | None:
    if asked is False:
        return None
    if asked is True:
        return plain_plan
    found = getattr(module, asked, None)
    if not callable(found):
        raise AssignmentError(
            f"{file}: notebook = {asked!r} names no function of {RUBRIC}; write notebook = true to run notebooks as they are"
        )
    return found  # type: ignore[no-any-return]  # as above


def plain_plan(_dataset: str) -> NotebookPlan:
    """A notebook run from top to bottom in one kernel."""
    from grader.execution import NotebookPlan  # noqa: PLC0415 - only where notebooks are run

    return NotebookPlan()


def _editions(folder: Path) -> tuple[Edition, ...]:
    """What stands in the assignment's ``handout/``, as it was handed out."""
    from grader.documents.given.making import editions_in  # noqa: PLC0415 - only where something is graded

    handed = folder / HANDOUT
    if not handed.is_dir():
        return ()
    return tuple(
        edition for path in sorted(handed.iterdir()) if path.is_file() for edition in editions_in(path)
    )


def _toml(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as problem:
        raise AssignmentError(f"{file}: {problem.strerror or problem}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise AssignmentError(f"{file} is no valid TOML: {problem}. Correct it there") from problem


def _converted(table: Table, kind: type[Any], place: str) -> Any:
    try:
        return msgspec.convert(
            {key: _text(value) if key == "deadline" else value for key, value in table.items()}, kind
        )
    except msgspec.ValidationError as problem:
        said = str(problem).replace("Object", "it").replace(" - at `$", " - at `")
        raise AssignmentError(f"{place}: {said}") from problem


def _text(value: object) -> str:
    """A date of TOML, or a text, as text."""
    return value if isinstance(value, str) else str(getattr(value, "isoformat", lambda: value)())


def _safe_id(name: str, file: Path) -> str:
    if not _ID.fullmatch(name):
        raise AssignmentError(f"{file}: {name!r} is no id: use letters, digits, '-' and '_'")
    return name


def _languages(named: tuple[str, ...], folder: Path, file: Path) -> tuple[str, ...]:
    """Those that students' pages can be written in: the grader's own, and such as the assignment brings a catalogue of."""
    brought = {path.parts[-3] for path in (folder / FOLDER).glob("*/LC_MESSAGES/messages.po")}
    for one in named:
        if one not in {*LANGUAGES, *brought}:
            raise AssignmentError(
                f"{file}: languages names {one!r}, of which there is no catalogue: use {' and '.join(LANGUAGES)}, or make one "
                f"with python -m grader.translations.extract {folder} {one}"
            )
    return named


def _pattern(pattern: str, place: str) -> str:
    try:
        re.compile(pattern)
    except re.error as problem:
        raise AssignmentError(f"{place}: {pattern!r} is no regular expression: {problem}") from problem
    return pattern
