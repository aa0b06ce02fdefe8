"""What staff see beside a verdict: the passage as it stands in the original, with its page or its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from grader.documents.document import Block, Document, UnreadableDocumentError
from grader.feedback.extras import CellView, FeedbackExtras, Passage
from grader.grading import Judged
from grader.model import Evidence, Result, Verdict

MAX_PASSAGES: Final = 8  # of one submission; a page with more is no longer quick to read
MAX_CELLS: Final = 12
_CONTEXT: Final = 300  # characters of the blocks before and behind
_PAGE_WIDTH: Final = 800  # pixels


def extras_of(judged: Judged, paths: Mapping[str, Path]) -> FeedbackExtras:
    """The passages of all checks that wait for a person, and the cells that matter. `paths` finds files by name."""
    passages: list[Passage] = []
    for question in judged.result.questions:
        for check in question.checks:
            if check.verdict is Verdict.REVIEW:
                for evidence in check.evidence[:3]:
                    if len(passages) < MAX_PASSAGES:
                        passages.extend(_passage(check.id, evidence, judged.documents, paths))
    return FeedbackExtras(tuple(passages), cells_of(judged))


def _passage(
    check: str, evidence: Evidence, documents: Sequence[Document], paths: Mapping[str, Path]
) -> Iterator[Passage]:
    document = next((one for one in documents if one.name == evidence.source), None)
    if document is None:
        return
    index = next(
        (at for at, block in enumerate(document.blocks) if block.place.where == evidence.where), None
    )
    if index is None:
        return
    block = document.blocks[index]
    title = f"{evidence.source}, {evidence.where}"
    picture = _picture(block, document, paths.get(document.name))
    if picture:
        yield Passage(check, title, picture_png=picture)
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
        from grader.documents.pdf_render import page_picture  # noqa: PLC0415 - only for PDFs that a person must look at

        try:
            return page_picture(path, block.place.box.page, [block.place.box], width=_PAGE_WIDTH)
        except (UnreadableDocumentError, ValueError, OSError):
            return b""
    if block.figure is not None and block.figure.picture is not None:
        from grader.documents.limits import DEFAULT_LIMITS  # noqa: PLC0415
        from grader.documents.pdf_render import png  # noqa: PLC0415
        from grader.documents.pictures import decode  # noqa: PLC0415

        image = decode(block.figure.picture, DEFAULT_LIMITS)
        if image is None:
            return b""
        image.thumbnail((_PAGE_WIDTH, _PAGE_WIDTH))
        return png(image)
    return b""


def cells_of(judged: Judged) -> tuple[CellView, ...]:
    """The executed cells that verdicts rest on, and those that failed where they should not."""
    if judged.run is None:
        return ()
    cited = _cited_cells(judged.result)
    shown: list[CellView] = []
    for cell in judged.run.cells:
        failed = cell.status not in {"ok", "skipped"} and not cell.allowed_to_fail
        if (cell.index in cited or failed) and len(shown) < MAX_CELLS:
            output = cell.text or cell.reason
            pictures = tuple(image.data for image in cell.images[:2] if image.media_type == "image/png")
            shown.append(
                CellView(f"your cell {cell.index}", cell.source[:4_000], output[:4_000], images_png=pictures)
            )
    return tuple(shown)


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
