"""Every fixture that holds the report as text is read in full; the others reach the same answers by OCR."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from grader.documents import formats, read_document
from grader.documents.core.document import BlockKind, FigureKind
from grader.documents.scans.ocr import available
from grader.documents.scans.scan_reading import read_pictures


def _command() -> ModuleType:
    """The command beside this file. There is a well-known package by that name, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("reading_coverage", Path(__file__).with_name("coverage.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


coverage = _command()


@pytest.mark.parametrize("name", coverage.fixtures())
def test_what_a_fixture_holds_as_text_is_read(name: str) -> None:
    found = coverage.look_at(name, ocr=False)
    missing = coverage.IN_PICTURES.get(name, set()) | coverage.ABSENT.get(name, set())
    assert (found.q1 == "text") is ("q1" not in missing)
    assert (found.indentation == "text") is ("indentation" not in missing)
    assert (found.q2 == "text") is ("q2" not in missing)
    assert len(found.q3) == (0 if "q3" in missing else 5)


def test_every_fixture_and_format_is_in_the_published_table() -> None:
    page = coverage.PAGE.read_text(encoding="utf-8")
    for name in coverage.fixtures():
        row = next((line for line in page.splitlines() if line.startswith(f"| {name} |")), "")
        cells = [cell.strip() for cell in row.split("|")[2:6]]
        expected_q2 = "not in the file" if name in coverage.ABSENT else None
        assert row, f"{name} is not in docs/reading.md: run python tests/documents/coverage.py --write"
        assert "no" not in cells
        assert cells[3].startswith("5 ")
        assert expected_q2 is None or cells[2] == expected_q2
    assert set(formats()) == {"markdown", "text", "notebook", "html", "pdf", "docx", "odt", "tex", "picture"}


@pytest.mark.parametrize("name", [name for name in coverage.fixtures() if name not in coverage.ABSENT])
def test_nothing_is_made_up(name: str) -> None:
    """No block says more than the file does: no text twice, no answer in two places that the report gives once."""
    document = read_document(coverage.FIXTURES / name, ocr="off")
    code = [
        block
        for block in document.blocks
        if block.kind is BlockKind.CODE and "parameters.assign" in block.text
    ]
    tables = [block for block in document.blocks if block.kind is BlockKind.TABLE and "0.8124" in block.text]
    assert len(code) <= 1
    assert len(tables) <= 1
    assert all(block.place.source == Path(name).name and block.place.where for block in document.blocks)
    assert not any(block.ocr for block in document.blocks)


needs_ocr = pytest.mark.skipif(not available(), reason="the extra `ocr` is not installed")


@needs_ocr
@pytest.mark.slow
def test_a_scan_is_read_by_ocr_at_once() -> None:
    document = read_document(coverage.FIXTURES / "pdf" / "scanned_150dpi.pdf")
    found = coverage.found_in(document)
    assert (found.q1, found.indentation, found.q2) == ("OCR", "OCR", "OCR")
    assert found.q3 == dict.fromkeys(coverage.ROWS, "OCR")
    plots = [
        block
        for block in document.blocks
        if block.figure is not None and block.figure.kind is FigureKind.PLOT
    ]
    assert len(plots) == 1  # the one in the middle of page 2, told from the text around it
    assert plots[0].figure is not None
    assert plots[0].figure.ticks >= 6
    assert plots[0].figure.labelled
    assert all(block.ocr for block in document.blocks if block.kind is not BlockKind.FIGURE)
    code = next(block for block in document.blocks if block.kind is BlockKind.CODE)
    assert code.place.page == 1
    assert code.place.box is not None
    assert 250 < code.place.box.top < 300  # where the listing stands on the sheet


@needs_ocr
@pytest.mark.slow
def test_screenshots_in_a_word_file_are_read_behind_their_figures() -> None:
    document = read_pictures(read_document(coverage.FIXTURES / "docx" / "word_codeimage_tableimage.docx"))
    found = coverage.found_in(document)
    assert (found.q1, found.indentation, found.q2) == ("OCR", "OCR", "text")
    assert found.q3 == dict.fromkeys(coverage.ROWS, "OCR")
    kinds = [block.figure.kind for block in document.blocks if block.figure is not None]
    assert kinds == [FigureKind.CODE, FigureKind.TABLE, FigureKind.PLOT]
    for index, block in enumerate(document.blocks):
        if block.figure is not None and block.figure.kind in {FigureKind.CODE, FigureKind.TABLE}:
            assert document.blocks[index + 1].ocr
    assert read_pictures(document) == document  # nothing is read twice
