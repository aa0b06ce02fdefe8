"""A new assignment's folder that works at once: a small one to be changed step by step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from grader.atomic_file import write
from grader.errors import AssignmentError, TemplatesMissingError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
_HERE: Final = Path(__file__).parents[1]


def make_assignment(folder: Path) -> tuple[Path, ...]:
    """Writes the folder and returns its files. Raises `AssignmentError` where there is something already."""
    if not _NAME.fullmatch(folder.name):
        raise AssignmentError(
            f"{folder.name!r} is no name for an assignment: use letters, digits, '-' and '_'"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AssignmentError(f"{folder} is there already: choose another name, or move it away")
    source = _templates()
    made = []
    title = re.sub(r"[-_.]+", " ", folder.name).strip().capitalize()
    for path in sorted(source.rglob("*")):
        if not path.is_file() or path.suffix in {".pyc"}:
            continue
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target, path.read_text("utf-8").replace("@NAME@", folder.name).replace("@TITLE@", title))
        made.append(target)
    (folder / "handout").mkdir(exist_ok=True)
    return tuple(made)


def _templates() -> Path:
    for place in (_HERE / "templates" / "assignment", _HERE.parent / "templates" / "assignment"):
        if place.is_dir():
            return place
    raise TemplatesMissingError("the folder templates/assignment is missing: install the grader again")
