"""An assignment's labelled samples, as its author writes them under ``samples/``.

A folder with ``expected.toml`` is one sample: the other files in it are what was handed in. A file ``*.toml`` right below
``samples/`` holds many short ones: ``[sample.NAME]`` with ``text``, a report in Markdown. Both say ``label`` (right, wrong,
empty, hostile) and, where that is not enough, ``verdicts``: a check's id to a verdict, several, or ``not pass``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from grader.errors import AssignmentError
from grader.model import FileKind, Submission, SubmittedFile, Value, Verdict

EXPECTED: Final = "expected.toml"
SAMPLES: Final = "samples"
_NAME: Final = re.compile(r"[\w-]{1,80}")


class Label(StrEnum):
    """What kind of work a sample stands for."""

    RIGHT = "right"
    WRONG = "wrong"
    EMPTY = "empty"
    HOSTILE = "hostile"


class Declared(Value, frozen=True):
    """The verdicts that may come of one check."""

    check: str
    verdicts: frozenset[Verdict]
    words: str


class Sample(Value, frozen=True):
    """One sample: `files` that were handed in, and what must come of its checks."""

    name: str
    label: Label
    files: tuple[Path, ...]
    declared: tuple[Declared, ...] = ()
    why: str = ""
    text: str | None = None

    def submission(self, workspace: Path) -> Submission:
        """As if a student had handed it in; a text is written below `workspace`."""
        files = self.files
        if self.text is not None:
            folder = workspace / self.name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "report.md").write_text(self.text, encoding="utf-8")
            files = (folder / "report.md",)
        return Submission(
            id=self.name, files=tuple(SubmittedFile(file.name, file, _kind(file)) for file in files)
        )


class _Written(Value, frozen=True, forbid_unknown_fields=True):
    label: Label = Label.RIGHT
    text: str | None = None
    why: str = ""
    verdicts: dict[str, str | list[str]] = msgspec.field(default_factory=dict)


def read_samples(folder: Path) -> tuple[Sample, ...]:
    """The samples of an assignment's folder, by name. Raises `AssignmentError`."""
    place = folder / SAMPLES
    if not place.is_dir():
        return ()
    found = []
    for path in sorted(place.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            found.append(_of_folder(path))
        elif path.suffix == ".toml":
            found += _of_file(path)
    names = [sample.name for sample in found]
    for name in names:
        if names.count(name) > 1:
            raise AssignmentError(f"{place}: two samples are called {name!r}: give each a name of its own")
    return tuple(found)


def _of_folder(folder: Path) -> Sample:
    file = folder / EXPECTED
    if not file.is_file():
        raise AssignmentError(
            f'{folder} is no sample: write {EXPECTED} in it, with label = "right" or another'
        )
    written = _written(_toml(file), str(file))
    if written.text is not None:
        raise AssignmentError(
            f"{file}: what is handed in lies beside it; a text belongs in a file of many samples"
        )
    files = tuple(
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != file and not path.name.startswith(".")
    )
    return _sample(folder.name, written, files, str(file))


def _of_file(file: Path) -> list[Sample]:
    table = _toml(file).get("sample")
    if not isinstance(table, dict) or not table:
        raise AssignmentError(f"{file}: there is no [sample.NAME] in it, with label and text")
    found = []
    for name, given in table.items():
        place = f"{file}: [sample.{name}]"
        if not isinstance(given, dict) or not _NAME.fullmatch(name):
            raise AssignmentError(f"{place}: a sample is a table, its name letters, digits, '-' and '_'")
        written = _written(given, place)
        if written.text is None:
            raise AssignmentError(f"{place}: text is missing: what the student wrote, in Markdown")
        found.append(_sample(f"{file.stem}-{name}", written, (), place))
    return found


def _sample(name: str, written: _Written, files: Sequence[Path], place: str) -> Sample:
    declared = tuple(_declared(check, words, place) for check, words in written.verdicts.items())
    return Sample(name, written.label, tuple(files), declared, written.why, written.text)


def _declared(check: str, words: str | list[str], place: str) -> Declared:
    every = frozenset(Verdict)
    allowed: set[Verdict] = set()
    for word in (words,) if isinstance(words, str) else words:
        negated = word.startswith("not ") and word not in every
        try:
            verdict = Verdict(word.removeprefix("not ") if negated else word)
        except ValueError:
            raise AssignmentError(
                f"{place}: {word!r} is no verdict; there are {', '.join(every)}, and 'not' before one"
            ) from None
        allowed |= every - {verdict, Verdict.ERROR} if negated else {verdict}
    return Declared(check, frozenset(allowed), words if isinstance(words, str) else " or ".join(words))


def _written(table: Mapping[str, Any], place: str) -> _Written:
    try:
        return msgspec.convert(dict(table), _Written)
    except msgspec.ValidationError as problem:
        raise AssignmentError(f"{place}: {problem}") from problem


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as problem:
        raise AssignmentError(f"{file}: {problem.strerror or problem}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise AssignmentError(f"{file} is no valid TOML: {problem}. Correct it there") from problem


def _kind(file: Path) -> FileKind:
    return FileKind.NOTEBOOK if file.suffix.lower() == ".ipynb" else FileKind.REPORT
