"""Scanned pages: lying on their side, in columns, with a text layer over them, with a table close above a plot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from written_pdf import lines, pdf, scan, stroke, text

from grader.documents import Document, read_document
from grader.documents.core.document import Block, BlockKind, FigureKind, Place
from grader.documents.figures.raster import Recognised, plot_boxes
from grader.documents.pdf.pdf_ink import NO_INK, OVER_PICTURE
from grader.documents.scans.ocr import available, in_columns
from grader.documents.scans.text_layers import without_agreeing

if TYPE_CHECKING:
    from PIL.Image import Image

needs_ocr = pytest.mark.skipif(not available(), reason="the extra `ocr` is not installed")
CALL = "gradient = tape.gradient(loss, parameters)"
CHAIN = "784*128 + 128 = 100480"
WORDS = [
    "Question 1",
    "The gradient of the loss with regard to the parameters:",
    CALL,
    "Question 2",
    CHAIN,
    "Question 3",
    "We would start with batch size 100, since it is fast and accurate.",
]
PAGE = lines(60, 780, WORDS, size=12, leading=24)
NOTHING = lines(60, 780, ["Question 1", "I did not get to this one.", "Question 2"], size=12, leading=24)


def printed(page: str, turn: int = 0) -> Image:
    """A page as it comes out of a scanner at 150 dots an inch."""
    image: Image = pypdfium2.PdfDocument(pdf([page]))[0].render(scale=150 / 72).to_pil().convert("RGB")
    return image.rotate(-turn, expand=True)


def read(folder: Path, data: bytes) -> Document:
    path = folder / "report.pdf"
    path.write_bytes(data)
    return read_document(path)


def seen(document: Document) -> list[str]:
    return [block.text.replace(" ", "") for block in document.blocks if not block.unseen and block.text]


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_is_read(tmp_path: Path, turn: int) -> None:
    document = read(tmp_path, scan(printed(PAGE, turn)))
    assert CALL.replace(" ", "") in seen(document)
    assert CHAIN.replace(" ", "") in seen(document)
    assert all(block.ocr for block in document.blocks if block.kind is not BlockKind.FIGURE)
    box = next(block.place.box for block in document.blocks if block.kind is BlockKind.CODE)
    assert box is not None
    assert (box.bottom - box.top > box.right - box.left) == (
        turn != 180
    )  # where it lies on the page handed in


@needs_ocr
@pytest.mark.slow
@pytest.mark.parametrize("entries", ["", "/Rotate 90"])
def test_a_text_layer_that_agrees_with_its_scan_counts_as_read_by_ocr(tmp_path: Path, entries: str) -> None:
    document = read(tmp_path, scan(printed(PAGE), "3 Tr " + PAGE, entries=entries))
    assert CALL.replace(" ", "") in seen(document)
    assert not any(block.unseen for block in document.blocks)
    assert all(block.ocr for block in document.blocks if block.kind is not BlockKind.FIGURE)


@needs_ocr
@pytest.mark.slow
def test_a_text_layer_that_says_otherwise_than_its_scan_stays_unseen(tmp_path: Path) -> None:
    document = read(tmp_path, scan(printed(NOTHING), "3 Tr " + PAGE))
    assert not any("tape" in text or "784" in text for text in seen(document))
    unseen = [block.text for block in document.blocks if block.unseen]
    assert CALL in unseen
    assert CHAIN in unseen


@needs_ocr
@pytest.mark.slow
def test_a_table_close_above_a_plot_is_a_table(tmp_path: Path) -> None:
    rows = (
        ("Batch", "Time", "Accuracy"),
        ("1", "131", "0.8139"),
        ("10", "15", "0.8271"),
        ("100", "3", "0.8168"),
        ("1000", "1", "0.7203"),
    )
    page = "".join(
        text(64 + 90 * column, 700 - 20 * row, cell)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    )
    page += "".join(stroke(60, 714 - 20 * row, 330, 714 - 20 * row) for row in range(len(rows) + 1))
    page += "".join(
        stroke(60 + 90 * column, 714, 60 + 90 * column, 714 - 20 * len(rows)) for column in range(4)
    )
    page += "".join(
        stroke(x0, y0, x1, y1, 1)
        for x0, y0, x1, y1 in (
            (80, 600, 330, 600),
            (80, 600, 80, 440),
            (80, 440, 330, 440),
            (330, 440, 330, 600),
        )
    )
    page += stroke(85, 590, 200, 470, 1) + stroke(200, 470, 320, 450, 1)
    page += "".join(text(60, 445 + 30 * at, str(20 * at), size=9) for at in range(5))
    page += "".join(
        text(84 + 75 * at, 426, label, size=9) for at, label in enumerate(("1", "10", "100", "1000"))
    )
    page += text(180, 410, "batch size", size=9)
    document = read(tmp_path, scan(printed(page)))
    table = next(block for block in document.blocks if block.rows)
    assert table.rows[-4:] == rows[1:]
    plots = [
        block.figure for block in document.blocks if block.figure and block.figure.kind is FigureKind.PLOT
    ]
    assert len(plots) == 1
    assert plots[0].ticks >= 8


def test_words_in_two_columns_are_parted() -> None:
    long = "a line of prose as long as columns have them"
    left = [Recognised(f"{long} left", (100, 100 + 40 * at, 560, 125 + 40 * at)) for at in range(8)]
    right = [Recognised(f"{long} right", (620, 104 + 40 * at, 1080, 129 + 40 * at)) for at in range(8)]
    mixed = [word for pair in zip(left, right, strict=True) for word in pair]
    head = Recognised("A title that stands over both of the columns of the page", (300, 30, 900, 60))
    parts = [part for part in in_columns([head, *mixed], (1200, 1600)) if part]
    assert parts == [[head], left, right]
    assert in_columns([head, *left], (1200, 1600)) == [[head, *left]]


@pytest.mark.parametrize(
    ("layer", "is_kept"),
    [
        (CALL, False),
        ("gradient = tape.gradient (loss, pararneters)", False),  # two readings of one page differ by slips
        (CHAIN, False),
        ("784*128 + 129 = 100481", True),
        ("Batch size 100 is the best, as it is fast.", True),
    ],
)
def test_passages_of_a_layer_are_compared_one_by_one(layer: str, *, is_kept: bool) -> None:
    place = Place("report.pdf", "page 1", page=1)
    read = [Block(BlockKind.PROSE, text, place, ocr=True) for text in ("Question 1", CALL, CHAIN)]
    hidden = Block(BlockKind.PROSE, layer, place, unseen=OVER_PICTURE)
    assert without_agreeing([*read, hidden]) == ([*read, hidden] if is_kept else read)
    other = Block(BlockKind.PROSE, layer, place, unseen=NO_INK)
    assert without_agreeing([*read, other]) == [*read, other]  # what lies over no picture is no text layer


@needs_ocr
def test_a_grid_with_numbers_in_it_is_no_plot() -> None:
    from PIL import Image as images  # noqa: N813 - as in the readers
    from PIL import ImageDraw

    image = images.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    words = []
    for row in range(6):
        draw.line((100, 100 + 40 * row, 500, 100 + 40 * row), fill="black", width=2)
        for column in range(4):
            if row < 5:
                box = (100 + 100 * column + 4, 105 + 40 * row, 150 + 100 * column, 130 + 40 * row)
                words.append(Recognised(str(row * 10 + column), box))
    for column in range(5):
        draw.line((100 + 100 * column, 100, 100 + 100 * column, 300), fill="black", width=2)
    assert plot_boxes(image, words) == []
