"""Which assignment is meant: named, found by path, told by ``grader.toml`` beside the work, or the only one installed."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from grader.checks.assignment import Assignment, told
from grader.checks.assignment_folder import DECLARATION, is_assignment, read_assignment
from grader.errors import AssignmentError, SeveralAssignmentsError

ENTRY_POINTS: Final = "grader.assignments"
SETTINGS: Final = "grader.toml"


def load(name: str | None = None, beside: Sequence[Path] = ()) -> Assignment:
    """The assignment of a name or at a path; without one, what is found `beside` the work, or the only one installed.

    Looked at in turn: ``grader.toml`` (``assignment = "NAME or PATH"``) beside the work or where the command is called,
    an assignment's folder that the command is called in, the installed ones. Raises `AssignmentError`.
    """
    if name is None:
        for setting in _settings(beside):
            return setting
        here = Path.cwd()
        if (here / DECLARATION).is_file():
            return read_assignment(here)
    elif _is_path(name):
        return read_assignment(Path(name).expanduser())
    return _installed(name)


def installed() -> tuple[str, ...]:
    """The names of all that are installed."""
    return tuple(sorted(entry.name for entry in metadata.entry_points(group=ENTRY_POINTS)))


def _is_path(name: str) -> bool:
    known = installed()
    if name in known:
        return False
    return (
        os.sep in name
        or "/" in name
        or name.startswith((".", "~"))
        or name.endswith((".py", ".toml"))
        or is_assignment(Path(name))
    )


def _installed(name: str | None) -> Assignment:
    found = {entry.name: entry for entry in metadata.entry_points(group=ENTRY_POINTS)}
    if not found:
        raise AssignmentError(
            "no assignment is installed: install the course's package beside the grader, or give a folder with --assignment"
        )
    listed = ", ".join(sorted(found))
    if name is None and len(found) > 1:
        raise SeveralAssignmentsError(
            f"several assignments are installed ({listed}): name one with --assignment, or in a file {SETTINGS} beside the work"
        )
    name = name or listed
    if name not in found:
        raise AssignmentError(
            f"no assignment {name!r} is installed, and there is no such folder; installed are: {listed}. "
            "Name one of these, give a path, or install yours"
        )
    try:
        assignment = found[name].load()
    except (Exception, SystemExit) as problem:
        raise AssignmentError(
            f"the assignment {name!r} cannot be loaded from {found[name].value}: {told(problem)}. Correct it there"
        ) from problem
    if not isinstance(assignment, Assignment):
        raise AssignmentError(
            f"the entry point {found[name].value!r} is no Assignment: name the variable that holds yours"
        )
    assignment.name = name
    return assignment


def _settings(beside: Sequence[Path]) -> Iterator[Assignment]:
    """What the ``grader.toml`` beside the work names. A student's own file must not choose code that is run.

    That is why a path in it must lead out of the folder of the work, to what belongs to whoever calls the command.
    """
    folders = [path if path.is_dir() else path.parent for path in beside]
    for folder in dict.fromkeys(one.resolve() for one in (*folders, Path.cwd())):
        file = folder / SETTINGS
        if not file.is_file():
            continue
        try:
            named = tomllib.loads(file.read_text("utf-8-sig")).get("assignment")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise AssignmentError(f"{file} cannot be read as TOML: {problem}") from problem
        if named is None:
            continue
        if not isinstance(named, str):
            raise AssignmentError(f"{file}: assignment is a name or a path, in quotes")
        if named in installed():
            yield _installed(named)
            continue
        path = (folder / Path(named).expanduser()).resolve()
        if not is_assignment(path):
            raise AssignmentError(
                f"{file} names the assignment {named!r}: neither installed, nor a folder of one"
            )
        if path.is_relative_to(folder) and folder != Path.cwd().resolve():
            raise AssignmentError(
                f"{file} names an assignment inside the folder of the submissions, where a student may have put it: "
                "keep it elsewhere, or name it with --assignment"
            )
        if hasattr(os, "getuid") and path.stat().st_uid not in {os.getuid(), 0}:
            raise AssignmentError(
                f"{path} belongs to somebody else: name it with --assignment if you trust it"
            )
        yield read_assignment(path)
