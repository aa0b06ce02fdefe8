"""What lies on the desk beside a check: the page with the place marked, the cell with its output, the figure, the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.model import CheckResult, Evidence, FileInfo, FileKind, Result, Value
from grader.page_data import PageData, Passage
from grader.service.notebook_cells import NotebookCell, cells_of
from grader.store import Blobs

MOST: Final = 4  # things of one check that lie on the desk at once
_PAGE: Final = re.compile(r"\bpage (\d{1,4})\b")
_CELL: Final = re.compile(r"\bcell (\d{1,4})\b")


class Sheet(Value, frozen=True):
    """A page of a PDF: `place` of its file among those handed in, its `number` from 1, the digest of its marked picture."""

    source: str
    where: str
    place: int
    number: int
    picture: str = ""


class CellSheet(Value, frozen=True):
    """A cell of a notebook; `executed`: with the output of our own run, not with what was handed in."""

    source: str
    where: str
    place: int
    cell: NotebookCell
    executed: bool
    last: int


class Cutting(Value, frozen=True):
    """A figure by the digest of its picture, or the words with what stands around them."""

    source: str
    where: str
    place: int
    picture: str = ""
    text: str = ""


Looked = Sheet | CellSheet | Cutting


def on_the_desk(result: Result, check: CheckResult, page: PageData, blobs: Blobs) -> list[Looked]:
    """What an assistant looks at for a check, each place once, in the order of the evidence."""
    found: list[Looked] = []
    taken: set[object] = set()
    passages = [passage for passage in page.passages if passage.check_id == check.id]
    used: set[Passage] = set()
    for item in check.evidence:
        own = passages_at(passages, item.source, item.where)
        used.update(own)
        for one in _of(result, item, own, page.notebook, blobs):
            key = (one.place, one.number) if isinstance(one, Sheet) else one
            if key not in taken and len(found) < MOST:
                taken.add(key)
                found.append(one)
    for passage in passages:  # also where no evidence names its place any more
        if passage not in used and passage.picture and len(found) < MOST:
            found.append(Cutting(passage.title, "", -1, passage.picture))
    return found


def passages_at(passages: Sequence[Passage], source: str, where: str) -> list[Passage]:
    """The passages whose title says that they stand there."""
    title = f"{source}, {where}"
    return [one for one in passages if one.title == title or one.title.startswith(f"{title}, ")]


def _of(
    result: Result, item: Evidence, own: Sequence[Passage], notebook: str, blobs: Blobs
) -> Iterator[Looked]:
    place = next((at for at, file in enumerate(result.files) if file.name == item.source), -1)
    number, index = _PAGE.search(item.where), _CELL.search(item.where)
    if place >= 0 and number is not None and drawable(result.files[place]):
        picture = next((passage.picture for passage in own if passage.picture), "")
        yield Sheet(item.source, item.where, place, int(number[1]), picture)
        return
    if place >= 0 and index is not None:
        sheet = cell_sheet(result, place, int(index[1]), notebook, blobs)
        if sheet is not None:
            yield sheet
            return
    for passage in own[:1]:
        yield Cutting(item.source, item.where, place, passage.picture, passage.text)


def drawable(file: FileInfo) -> bool:
    """Whether pages of a file can be drawn."""
    return file.name.lower().endswith(".pdf")


def cell_sheet(result: Result, place: int, index: int, notebook: str, blobs: Blobs) -> CellSheet | None:
    """A cell of a notebook that was handed in, with the output of our own run where it was run as it stands."""
    file = result.files[place]
    if file.kind is not FileKind.NOTEBOOK and not file.name.lower().endswith(".ipynb"):
        return None
    handed_in, executed = cells_of(blobs, file.sha256), cells_of(blobs, notebook)
    if index >= len(handed_in):
        return None
    own, last = handed_in[index], len(handed_in) - 1
    where = f"cell {index}"
    if index < len(executed) and executed[index].source.strip() == own.source.strip():
        return CellSheet(file.name, where, place, executed[index], own.kind == "code", last)
    return CellSheet(file.name, where, place, own, executed=False, last=last)
