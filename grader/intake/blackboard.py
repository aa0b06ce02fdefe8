"""Blackboard: ``<Item>_<username>_attempt_<Y-m-d-H-M-S>_<file>`` beside a ``.txt`` with the student's name.

Layout from other parsers of it. The words of the ``.txt`` are localised: it is read by its shape.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader.intake.entries import Entry, Placed, Placement, Source, clean_name
from grader.intake.intake_types import Unplaced
from grader.model import Student, Value

_STORED = re.compile(
    r"(?P<head>.+?)_attempt_(?P<when>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<file>.+)|(?P<sheet>\.txt))"
)
_NAME = re.compile(r"[^:\n]{1,40}: *(?P<name>.*?) *\((?P<user>[^()\n]+)\)\s*")
_FIELD = re.compile(r"\s+[^:\n]{1,60}: *(?P<value>.+)")
_MOST_SHEET_BYTES = 1024 * 1024
_SENTENCE = 160  # Blackboard's own "There is no student submission text data ..." in any language is shorter


class _Sheet(Value, frozen=True):
    """The ``.txt`` of an attempt: who, files' own names by the stored ones, whether a text was typed in."""

    user: str = ""
    name: str = ""
    originals: dict[str, str] = {}  # noqa: RUF012 - msgspec copies an empty default for each value
    typed: bool = False


def recognises(source: Source) -> bool:
    """Whether most names are Blackboard's."""
    names = [entry.name for entry in source.entries]
    return bool(names) and 2 * sum(_STORED.fullmatch(name) is not None for name in names) > len(names)


def place(source: Source) -> Placed:
    """One submission an attempt; the latest of a student's counts."""
    sheets: dict[tuple[str, str], Entry] = {}
    groups: dict[tuple[str, str], list[tuple[str, Entry]]] = {}
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        match = _STORED.fullmatch(entry.name)
        if match is None:
            unplaced.append(
                Unplaced(path=entry.name, reason="not named as Blackboard names what students hand in")
            )
            continue
        key = (match["head"], match["when"])
        files = groups.setdefault(key, [])
        if match["sheet"] is not None:
            sheets[key] = entry
        else:
            files.append((match["file"], entry))
    read = {key: _read_sheet(sheet.path) for key, sheet in sheets.items() if not sheet.refused}
    item = _item({head for head, _ in groups}, {head: sheet.user for (head, _), sheet in read.items()})
    placements = tuple(
        _placement(key, item, files, sheets.get(key), read.get(key, _Sheet()))
        for key, files in groups.items()
    )
    return Placed(placements=placements, unplaced=tuple(unplaced))


def _item(heads: set[str], users: dict[str, str]) -> str:
    """What all names begin with: the item, as the sheets that name their user show it, else what the names share."""
    for head, user in users.items():
        if user and head.endswith(f"_{user}"):
            return head.removesuffix(user)
    first, last = min(heads), max(heads)  # what these two share, all share
    same = next((at for at in range(min(len(first), len(last))) if first[at] != last[at]), 0)
    shared = first[:same] if len(heads) > 1 else ""
    return shared[: shared.rfind("_") + 1]


def _placement(
    key: tuple[str, str], item: str, files: list[tuple[str, Entry]], sheet: Entry | None, read: _Sheet
) -> Placement:
    head, when = key
    own = head.removeprefix(item) if item and head.startswith(item) else head.rpartition("_")[2]
    user = read.user or own
    entries = [(read.originals.get(entry.name, name), entry) for name, entry in files]
    if sheet is not None and (read.typed or sheet.refused):
        entries.append(("submission field.txt", sheet))
    date, clock = when[:10], when[11:].replace("-", ":")
    return Placement(
        label=user,
        entries=tuple(entries),
        students=(Student(id=user, name=read.name),),
        same=head,
        submitted_at=f"{date}T{clock}",
        lms={"system": "blackboard", "username": user, "item": head.removesuffix(f"_{own}")},
    )


def _read_sheet(path: Path) -> _Sheet:
    with path.open("rb") as file:
        text = file.read(_MOST_SHEET_BYTES).decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    match = _NAME.fullmatch(lines[0]) if lines else None
    values = [value["value"] for line in lines if (value := _FIELD.fullmatch(line))]
    originals = {
        clean_name(stored.strip()): clean_name(own.strip()).replace("/", "-").replace("\\", "-")
        for own, stored in zip(values[::2], values[1::2], strict=False)
    }
    paragraphs = re.split(r"\n[ \t]*\r?\n", text, maxsplit=2)
    body = paragraphs[1] if len(paragraphs) > 1 else ""
    listed = any(
        _FIELD.fullmatch(line) and _STORED.fullmatch(clean_name(line.partition(":")[2].strip()))
        for line in body.splitlines()
    )
    typed = "" if listed else body.partition("\n")[2].strip()  # the list of files is no text of the student's
    return _Sheet(
        user=clean_name(match["user"].strip()) if match else "",
        name=clean_name(match["name"]) if match else "",
        originals=originals,
        typed=len(typed) > _SENTENCE or "\n" in typed,
    )
