"""What a person needs beside a verdict, as data: the passage as it stands in the original, and the cells that ran."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from grader.documents.core.document import Block, Document
from grader.documents.shown_pictures import picture_of_figure, picture_of_page
from grader.errors import UnreadableDocumentError
from grader.grading import kept_run
from grader.grading.grading import Judged
from grader.grading.plot_overlay import marked_picture
from grader.grading.unseen_text import UNSEEN_WHERE
from grader.model import Evidence, Result, Value, Verdict
from grader.page_data import ExecutedCell, PageData, Passage, PlotMarks

MAX_PASSAGES: Final = 8  # of one submission; a page with more is no longer quick to read
MAX_CELLS: Final = 12
_CONTEXT: Final = 300  # characters of the blocks before and behind
_PAGE_WIDTH: Final = 800  # pixels


class EvidenceView(Value, frozen=True):
    """What pages show of a submission, and the bytes of its pictures and its executed notebook by their digest."""

    page: PageData
    blobs: Mapping[str, bytes]


def evidence_view(judged: Judged, paths: Mapping[str, Path]) -> EvidenceView:
    """The passages of all checks that wait for a person, the cells that matter, the notebook. `paths` finds files by name."""
    gathered = _Gathered()
    passages: list[Passage] = []
    for question in judged.result.questions:
        for check in question.checks:
            marks = judged.marks.get(check.id, ())
            for evidence in check.evidence[:3]:
                own = next((one for one in marks if _is_at(one, evidence)), None)
                if len(passages) < MAX_PASSAGES and (check.verdict is Verdict.REVIEW or own is not None):
                    passages.extend(_passage(check.id, evidence, judged.documents, paths, gathered, own))
    cells = tuple(_cells(judged, gathered))
    notebook = gathered.take(judged.run.executed) if judged.run is not None else ""
    run = gathered.take(kept_run.to_bytes(judged.run)) if judged.run is not None else ""
    return EvidenceView(PageData(tuple(passages), cells, notebook, run), gathered.blobs)


def _is_at(marks: PlotMarks, evidence: Evidence) -> bool:
    return (marks.source, marks.where) == (evidence.source, evidence.where)


class _Gathered:
    """Bytes on their way to the store, each once."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}

    def take(self, data: bytes) -> str:
        """The digest of some bytes, which are kept; nothing for none."""
        if not data:
            return ""
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return digest


def _passage(
    check: str,
    evidence: Evidence,
    documents: Sequence[Document],
    paths: Mapping[str, Path],
    gathered: _Gathered,
    marks: PlotMarks | None = None,
) -> Iterator[Passage]:
    document = next((one for one in documents if one.name == evidence.source), None)
    if document is None:
        return
    unseen = evidence.where.endswith(UNSEEN_WHERE)
    where = evidence.where.removesuffix(UNSEEN_WHERE)
    index = next(
        (
            at
            for at, block in enumerate(document.blocks)
            if block.place.where == where and bool(block.unseen) == unseen
        ),
        None,
    )
    if index is None:
        return
    block = document.blocks[index]
    title = f"{evidence.source}, {evidence.where}"
    marked = marked_picture(block, document, paths.get(document.name), marks) if marks is not None else None
    if marked is not None:
        yield Passage(check, title, picture=gathered.take(marked.picture), overlay=marked.overlay)
        return
    picture = _picture(block, document, paths.get(document.name))
    if picture:
        box = block.place.box
        edges = (box.left, box.top, box.right, box.bottom) if box is not None else ()
        yield Passage(check, title, picture=gathered.take(picture), box=edges)
    else:
        around = [
            document.blocks[at].text for at in (index - 1, index, index + 1) if 0 <= at < len(document.blocks)
        ]
        yield Passage(
            check, title + ", with what stands around it", "\n\n".join(text[:_CONTEXT] for text in around)
        )


def _picture(block: Block, document: Document, path: Path | None) -> bytes:
    """The page with the passage marked, or the figure itself; nothing where there is neither."""
    if document.format == "pdf" and path is not None and block.place.box is not None:
        try:
            return picture_of_page(path, block.place.box.page, [block.place.box], width=_PAGE_WIDTH)
        except UnreadableDocumentError:
            return b""
    if block.figure is not None and block.figure.picture is not None:
        return picture_of_figure(block, width=_PAGE_WIDTH)
    return b""


def _cells(judged: Judged, gathered: _Gathered) -> Iterator[ExecutedCell]:
    """The executed cells that verdicts rest on, and those that failed where they should not."""
    if judged.run is None:
        return
    cited = _cited_cells(judged.result)
    left = MAX_CELLS
    for cell in judged.run.cells:
        failed = cell.status not in {"ok", "skipped"} and not cell.allowed_to_fail
        if (cell.index in cited or failed) and left > 0:
            left -= 1
            output = cell.text or cell.reason
            pictures = tuple(
                gathered.take(image.data) for image in cell.images[:2] if image.media_type == "image/png"
            )
            yield ExecutedCell(
                f"your cell {cell.index}", cell.source[:4_000], output[:4_000], pictures=pictures
            )


def _cited_cells(result: Result) -> set[int]:
    numbers = set()
    for question in result.questions:
        for check in question.checks:
            for evidence in check.evidence:
                for word in evidence.where.replace(",", " ").split("cell ")[1:]:
                    digits = word.split()[0] if word.split() else ""
                    if digits.isdigit():
                        numbers.add(int(digits))
    return numbers
