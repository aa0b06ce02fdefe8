"""OCR reads what stands in pictures alone: code with its indentation, tables, plots; offline, and as support only."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from grader.documents import read_document
from grader.documents.core.document import Block, BlockKind, Document, Figure, FigureKind, Picture, Place
from grader.documents.core.limits import DEFAULT_LIMITS, ReadingLimits
from grader.documents.figures.raster import Recognised
from grader.documents.scans.ocr import available, page_of
from grader.documents.scans.scan_reading import read_pictures, read_pictures_here

FIXTURES = Path(__file__).parent / "fixtures"
needs_ocr = pytest.mark.skipif(not available(), reason="the extra `ocr` is not installed")
SCREENSHOTS = "word_codeimage_tableimage.docx"


def figure(name: str) -> Document:
    picture = Picture("image/png", (FIXTURES / "img" / name).read_bytes())
    return Document(
        "a.docx",
        "docx",
        (Block(BlockKind.FIGURE, "", Place("a.docx", "picture 1"), figure=Figure(picture=picture)),),
    )


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("OCR reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@needs_ocr
@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
def test_screenshots_give_code_and_table_right_behind_their_figures(
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = read_document(FIXTURES / "docx" / SCREENSHOTS, ocr="off")
    figures = [index for index, block in enumerate(before.blocks) if block.kind is BlockKind.FIGURE]
    after = read_pictures_here(before, DEFAULT_LIMITS, figures[:2])
    read = [block for block in after.blocks if block.ocr]
    code, table = read
    assert [code.kind, table.kind] == [BlockKind.CODE, BlockKind.TABLE]
    for block in read:
        behind = after.blocks[after.blocks.index(block) - 1]
        assert behind.kind is BlockKind.FIGURE
        assert behind.place.where in block.place.where
    assert "\n    with tf.GradientTape() as tape:" in code.text
    assert "\n        gradient = tape.gradient(loss, parameters)" in code.text
    assert table.rows[1:] == (
        ("1", "118", "0.8124"),
        ("10", "13", "0.8251"),
        ("100", "3", "0.8185"),
        ("1000", "1", "0.7097"),
        ("60000", "1", "0.1000"),
    )
    kinds = [block.figure.kind for block in after.blocks if block.figure is not None and block.figure.words]
    assert kinds == [FigureKind.CODE, FigureKind.TABLE]
    assert tuple(block for block in after.blocks if not block.ocr and block.figure is None) == tuple(
        block for block in before.blocks if block.figure is None
    )
    assert capfd.readouterr() == ("", "")


@needs_ocr
@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    ("name", "kind", "labelled"),
    [
        ("plot_twin.png", FigureKind.PLOT, True),
        ("plot_nolabels.png", FigureKind.PLOT, False),
        ("notaplot.png", FigureKind.OTHER, False),
    ],
)
def test_plots_are_told_from_other_pictures(name: str, kind: FigureKind, labelled: bool) -> None:
    shown = read_pictures_here(figure(name), DEFAULT_LIMITS).blocks[0].figure
    assert shown is not None
    assert (shown.kind, shown.labelled) == (kind, labelled)
    assert (shown.ticks >= 6) == (kind is FigureKind.PLOT)


@needs_ocr
def test_no_more_pictures_are_read_than_the_limit_says() -> None:
    document = figure("notaplot.png")
    limited = read_pictures_here(document, ReadingLimits(ocr_pictures=0))
    assert limited.blocks == document.blocks
    assert any("more pictures than are read" in note for note in limited.notes)


def test_without_the_extra_a_note_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.documents.scans.scan_reading.available", lambda: False)
    document = figure("notaplot.png")
    for read in (read_pictures(document), read_pictures_here(document, DEFAULT_LIMITS)):
        assert read.blocks == document.blocks
        assert any("`ocr` is not installed" in note for note in read.notes)


@needs_ocr
def test_broken_pictures_are_left_as_they_are() -> None:
    picture = Picture("image/png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    broken = Block(BlockKind.FIGURE, "", Place("a.docx", "picture 1"), figure=Figure(picture=picture))
    document = Document("a.docx", "docx", (broken,))
    assert read_pictures_here(document, DEFAULT_LIMITS).blocks == (broken,)


def test_words_become_lines_from_left_to_right_and_turned_ones_stand_apart() -> None:
    page = page_of(
        [
            Recognised("118", (200, 102, 240, 118)),
            Recognised("1", (100, 100, 110, 116)),
            Recognised("Training time", (10, 60, 26, 200)),
            Recognised("10", (100, 130, 120, 146)),
        ]
    )
    assert [[word.text for word in line.words] for line in page.lines] == [["1", "118"], ["10"]]
    assert page.turned == ["Training time"]
