"""GitHub Classroom: ``<slug>-submissions/<slug>-<username>/``, and its roster or grades as a CSV beside.

Layout and column names from the source of GitHub Classroom and of its command-line extension.
"""

from __future__ import annotations

from grader.intake.entries import Entry, Placed, Placement, Source, clean_name
from grader.intake.intake_types import MIB, Unplaced
from grader.intake.roster import read_table
from grader.model import Student, Value

_SUFFIX = "-submissions"
_LARGEST = 16 * MIB


class _Known(Value, frozen=True):
    username: str
    roster: str
    group: str


def recognises(source: Source) -> bool:
    """Whether the folder is a ``<slug>-submissions`` whose folders mostly begin with the slug."""
    slug = _slug(source)
    tops = _folders(source)
    return bool(slug and tops) and 2 * sum(top.startswith(f"{slug}-") for top in tops) > len(tops)


def place(source: Source) -> Placed:
    """One submission a repository; what a CSV beside them says of it joins the roster's identifier."""
    slug = _slug(source)
    known, tables = _read_tables(source)
    groups: dict[str, list[tuple[str, Entry]]] = {top: [] for top in _folders(source)}
    unplaced: list[Unplaced] = []
    for entry in source.entries:
        top, _, inside = entry.name.partition("/")
        if inside:
            groups[top].append((inside, entry))
        elif entry.name not in tables:
            unplaced.append(Unplaced(path=entry.name, reason="not in a student's repository"))
    return Placed(
        placements=tuple(_placement(repository, slug, files, known) for repository, files in groups.items()),
        unplaced=tuple(unplaced),
    )


def _placement(
    repository: str, slug: str, files: list[tuple[str, Entry]], known: dict[str, list[_Known]]
) -> Placement:
    owners = known.get(repository.casefold())
    username = repository.removeprefix(f"{slug}-")
    students = (
        tuple(Student(id=owner.roster or owner.username, name="") for owner in owners)
        if owners
        else (Student(id=username),)
    )
    lms = {"system": "github-classroom", "repository": repository, "username": username}
    if owners and owners[0].group:
        lms["group"] = owners[0].group
    return Placement(label=repository, entries=tuple(files), students=students, lms=lms)


def _slug(source: Source) -> str:
    return source.label.removesuffix(_SUFFIX) if source.label.endswith(_SUFFIX) else ""


def _folders(source: Source) -> list[str]:
    tops = {entry.parts[0] for entry in source.entries if len(entry.parts) > 1}
    return sorted(tops | {folder.split("/")[0] for folder in source.empty_folders})


def _read_tables(source: Source) -> tuple[dict[str, list[_Known]], set[str]]:
    """Who owns each repository by the CSVs beside them, and which files those CSVs are."""
    known: dict[str, list[_Known]] = {}
    tables: set[str] = set()
    for entry in source.entries:
        if (
            "/" in entry.name
            or not entry.name.lower().endswith(".csv")
            or entry.refused
            or entry.size > _LARGEST
        ):
            continue
        rows = read_table(entry.path.read_bytes())
        if not rows or "github_username" not in rows[0]:
            continue
        tables.add(entry.name)
        for cells in rows[1:]:
            row = dict(zip(rows[0], (clean_name(cell.strip()) for cell in cells), strict=False))
            repository = row.get("student_repository_name", "")
            if repository:
                known.setdefault(repository.casefold(), []).append(
                    _Known(
                        username=row.get("github_username", ""),
                        roster=row.get("roster_identifier", ""),
                        group=row.get("group_name", ""),
                    )
                )
    return known, tables
