"""Gradescope: ``submission_metadata.yml`` (Ruby symbols for keys) beside ``submission_<id>/`` folders.

Layout from several parsers of it.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from grader.errors import IntakeError
from grader.intake.entries import Entry, Placed, Placement, Source, clean_name
from grader.intake.intake_types import MIB, Unplaced
from grader.model import Student

_METADATA = "submission_metadata.yml"
_LARGEST = 64 * MIB
_DEEPEST = 30  # the metadata nests four deep, and some more in the history of scores
# Every scalar stays the text that stands there: 00123 is an identifier, and to YAML's types an octal number.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")


def recognises(source: Source) -> bool:
    """Whether Gradescope's metadata is there."""
    return any(entry.name == _METADATA for entry in source.entries)


def place(source: Source) -> Placed:
    """One submission a ``submission_<id>``, its submitters from the metadata; a group has several.

    Raises `IntakeError` if the metadata cannot be read.
    """
    metadata = _metadata(source)
    groups: dict[str, list[tuple[str, Entry]]] = {name: [] for name in metadata}
    unplaced: list[Unplaced] = []
    problems: list[str] = []
    for entry in source.entries:
        if entry.name == _METADATA:
            continue
        top, _, inside = entry.name.partition("/")
        if not top.startswith("submission_") or not inside:
            unplaced.append(Unplaced(path=entry.name, reason="not in a submission's folder"))
            continue
        groups.setdefault(top, []).append((inside, entry))
    for folder in source.empty_folders:
        if folder.startswith("submission_") and "/" not in folder:
            groups.setdefault(folder, [])
    placements: list[Placement] = []
    for name, files in groups.items():
        if name not in metadata:
            problems.append(f"{name} is not in {_METADATA}: its students are not known")
        placements.append(_placement(name, files, metadata.get(name, {})))
    return Placed(placements=tuple(placements), unplaced=tuple(unplaced), problems=tuple(problems))


def _metadata(source: Source) -> dict[str, dict[str, Any]]:
    entry = next((entry for entry in source.entries if entry.name == _METADATA), None)
    if entry is None:
        raise IntakeError(f"{source.label}: there is no {_METADATA}; give the whole export of Gradescope")
    if entry.refused or entry.size > _LARGEST:
        raise IntakeError(f"{_METADATA} is not read: {entry.refused or 'it is too large'}")
    try:
        content = entry.path.read_bytes()
        _check_depth(content)
        # BaseLoader makes texts, lists and mappings only.
        read = yaml.load(content, Loader=_LOADER)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise IntakeError(f"{_METADATA} is not YAML that can be read: {str(problem)[:200]}") from problem
    if not isinstance(read, dict):
        raise IntakeError(f"{_METADATA} holds no submissions")
    return {clean_name(str(name)): value for name, value in read.items() if isinstance(value, dict)}


def _check_depth(content: bytes) -> None:
    """Raises `ValueError` for nesting that the C loader, which recurses without a bound, would crash on."""
    depth = 0
    for event in yaml.parse(content, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise ValueError(f"nested over {_DEEPEST} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _placement(name: str, files: list[tuple[str, Entry]], metadata: dict[str, Any]) -> Placement:
    people = _value(metadata, "submitters")
    students: list[Student] = []
    emails: list[str] = []
    for person in people if isinstance(people, list) else []:
        if not isinstance(person, dict):
            continue
        texts = [_text(_value(person, key)) for key in ("sid", "email", "name")]
        identifier = next((text for text in texts if text), "")
        if identifier:
            students.append(Student(id=identifier, name=texts[2]))
            emails.append(texts[1])
    lms = {"system": "gradescope", "submission_id": name.removeprefix("submission_")}
    if len(emails) == 1 and emails[0]:
        lms["email"] = emails[0]
    created = _value(metadata, "created_at")
    return Placement(
        label=name,
        entries=tuple(files),
        students=tuple(students),
        submitted_at=_moment(_text(created)),
        lms=lms,
        notes=() if files else ("the export holds no files of it",),
    )


def _value(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(f":{key}", mapping.get(key))


def _text(value: object) -> str:
    return clean_name(value).strip() if isinstance(value, str) else ""


def _moment(text: str) -> str:
    """A time as ISO 8601 where it is one, so that attempts sort by it."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return text
    zone = {"Z": "+00:00", None: ""}.get(found[3], found[3])
    return f"{found[1]}T{found[2]}{zone}"
