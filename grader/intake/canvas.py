"""Canvas: ``sortablename[_LATE]_<userid>_<attachmentid>_<file>``, one flat folder.

Layout from Canvas's own source. A ``-1`` before the extension marks a name used twice, not an attempt; a
download holds the latest attempt only.
"""

from __future__ import annotations

import re

from grader.intake.entries import Entry, Placed, Placement, Source
from grader.intake.intake_types import Unplaced
from grader.model import Student, Value

_NAMED = re.compile(
    r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<user>[0-9]+)_(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<entry>text|link)\.html)"
)
_ANONYMOUS = re.compile(
    r"anon(?P<late>_LATE)?_(?P<user>[0-9A-Za-z]+)_(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<entry>text|link)\.html)"
)
_LINK = "handed in as a link: the page it leads to was not fetched"


class _Name(Value, frozen=True):
    user: str
    name: str
    late: bool
    file: str
    link: bool


def recognises(source: Source) -> bool:
    """Whether there are no folders and most names are Canvas's."""
    names = [entry.name for entry in source.entries]
    if not names or any("/" in name for name in names) or source.empty_folders:
        return False
    return 2 * sum(_read(name) is not None for name in names) > len(names)


def place(source: Source) -> Placed:
    """One submission a user; with anonymous grading, one an anonymous id and no student."""
    groups: dict[tuple[str, str], list[tuple[_Name, Entry]]] = {}
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        read = _read(entry.name)
        if read is None:
            unplaced.append(
                Unplaced(path=entry.name, reason="not named as Canvas names what students hand in")
            )
        else:
            groups.setdefault((read.user, "" if read.name else "anonymous"), []).append((read, entry))
    return Placed(
        placements=tuple(_placement(user, files) for (user, _), files in groups.items()),
        unplaced=tuple(unplaced),
    )


def _placement(user: str, files: list[tuple[_Name, Entry]]) -> Placement:
    first, entry = files[0]
    lms = {"system": "canvas", "entry": entry.name}
    lms["user_id" if first.name else "anonymous_id"] = user
    return Placement(
        label=f"{first.name or 'anon'}_{user}",
        entries=tuple((read.file, entry) for read, entry in files),
        students=(Student(id=user, name=first.name),) if first.name else (),
        late=any(read.late for read, _ in files),
        lms=lms,
        notes=(_LINK,) if any(read.link for read, _ in files) else (),
    )


def _read(name: str) -> _Name | None:
    anonymous = _ANONYMOUS.fullmatch(name)
    match = anonymous or _NAMED.fullmatch(name)
    if match is None:
        return None
    return _Name(
        user=match["user"],
        name="" if anonymous else match["name"],
        late=match["late"] is not None,
        file=match["file"] or f"{match['entry']}.html",
        link=match["entry"] == "link",
    )
