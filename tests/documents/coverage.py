"""What the readers find in every fixture, as a table: ``python -m tests.documents.coverage`` prints it.

With ``--write`` it goes into ``docs/reading.md``; with ``--no-ocr`` pictures are left unread, which takes a tenth of the
time. The fixtures are one report in the hands of many programs, so every one of them holds the same answers: the line
of Question 1 with its indentation, a chain of equalities for Question 2, five rows for Question 3, and a plot.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.documents import Document, read_document
from grader.documents.core.document import Block, BlockKind, FigureKind
from grader.documents.scans.scan_reading import read_pictures

FIXTURES = Path(__file__).parent / "fixtures"
PAGE = Path(__file__).parents[2] / "docs" / "reading.md"
FORMATS = ("md", "ipynb", "html", "docx", "odt", "tex", "pdf")

GRADIENT = "gradient = tape.gradient(loss, parameters)"
INDENTED = (
    ("for i in range", 0),
    ("with tf.GradientTape", 4),
    ("loss = training_loss", 8),
    ("gradient = ", 8),
)
ROWS = {
    "1": ("118", "0.8124"),
    "10": ("13", "0.8251"),
    "100": ("3", "0.8185"),
    "1000": ("1", "0.7097"),
    "60000": ("1", "0.1000"),
}

# What is not in a fixture as text: the programs that made these left it as a picture, or left it out.
IN_PICTURES = {
    "docx/word_codeimage_tableimage.docx": {"q1", "indentation", "q3"},
    "pdf/lo_word_codeimage_tableimage.pdf": {"q1", "indentation", "q3"},
    "pdf/scanned_150dpi.pdf": {"q1", "indentation", "q2", "q3"},
}
ABSENT = {
    "pdf/googledocs_like_chromium.pdf": {"q2"}
}  # the formula was an image from the network, not loaded in print


class Found(NamedTuple):
    """Where an answer was found: in ``text``, by ``OCR``, or ``""``."""

    q1: str
    indentation: str
    q2: str
    q3: dict[str, str]
    plot: str
    seconds: float


def fixtures() -> list[str]:
    """The fixtures by their path under ``fixtures``."""
    return [f"{folder}/{file.name}" for folder in FORMATS for file in sorted((FIXTURES / folder).iterdir())]


def look_at(name: str, *, ocr: bool) -> Found:
    """Reads one fixture and says what of the report is in it."""
    start = time.perf_counter()
    document = read_document(FIXTURES / name, ocr="auto" if ocr else "off")
    if ocr:
        document = read_pictures(document)
    return found_in(document, time.perf_counter() - start)


def found_in(document: Document, seconds: float = 0.0) -> Found:
    """What of the report is in a document."""
    code = [block for block in document.blocks if block.kind is BlockKind.CODE]
    line = next((block for block in code if GRADIENT in block.text), None)
    indented = next((block for block in code if _is_indented(block.text)), None)
    chain = next((block for block in document.blocks if _is_chain(block)), None)
    rows: dict[str, str] = {}
    for block in document.blocks:
        for row in _rows(block):
            if row and ROWS.get(row[0]) == tuple(row[1:3]):
                rows.setdefault(row[0], _how(block))
    plot = next(
        (block for block in document.blocks if block.kind is BlockKind.FIGURE and not _is_text(block)), None
    )
    return Found(_how(line), _how(indented), _how(chain), rows, _figure(plot), seconds)


def _how(block: Block | None) -> str:
    return "" if block is None else ("OCR" if block.ocr else "text")


def _is_indented(text: str) -> bool:
    lines = text.split("\n")
    found = {
        start: len(line) - len(line.lstrip())
        for start, _ in INDENTED
        for line in lines
        if line.lstrip().startswith(start)
    }
    return found == dict(INDENTED)


def _is_chain(block: Block) -> bool:
    """Whether a block holds working that ends in the parameter count."""
    if block.kind not in {BlockKind.MATHS, BlockKind.PROSE}:
        return False
    return bool(
        re.search(r"(?:784\*128\+128|785\*128|\(28\*28\+1\)\*128|100352\+128)=100480", plain(block.text))
    )


def plain(text: str) -> str:
    """Arithmetic without the ways in which programs write it."""
    text = re.sub(r"\\times|\\cdot|[×·⋅∗]|(?<=\d)\s?x\s?(?=\d)", "*", text)
    text = re.sub(r"\\[,;]|\{,\}|(?<=\d)[,\s\u00a0\u2009\u202f](?=\d{3})", "", text)
    return re.sub(r"[\s&$]|\\\\", "", text)


def _rows(block: Block) -> Iterator[tuple[str, ...]]:
    """Rows of a table, upright and turned."""
    yield from block.rows
    if block.rows and len({len(row) for row in block.rows}) == 1:
        yield from zip(*block.rows, strict=True)


def _is_text(block: Block) -> bool:
    return block.figure is not None and block.figure.kind in {
        FigureKind.CODE,
        FigureKind.TABLE,
        FigureKind.EQUATION,
    }


def _figure(block: Block | None) -> str:
    if block is None or block.figure is None:
        return ""
    if block.figure.kind is FigureKind.PLOT:
        return f"plot, {block.figure.ticks} ticks, {'labelled' if block.figure.labelled else 'no labels'}"
    return "picture" if block.figure.picture is not None else "named, not handed in"


def table(*, ocr: bool) -> str:
    """The table in Markdown, one row a fixture."""
    lines = [
        "| fixture | Q1 line | indentation | Q2 chain | Q3 rows of 5 | plot | seconds |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in fixtures():
        found = look_at(name, ocr=ocr)
        absent = ABSENT.get(name, set())
        by = sorted(set(found.q3.values()))
        cells = [
            name,
            found.q1 or "no",
            found.indentation or "no",
            found.q2 or ("not in the file" if "q2" in absent else "no"),
            f"{len(found.q3)} ({', '.join(by)})" if by else "0",
            found.plot or "none",
            f"{found.seconds:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/reading.md")
    parser.add_argument("--no-ocr", action="store_true", help="leave pictures unread")
    arguments = parser.parse_args()
    text = table(ocr=not arguments.no_ocr)
    print(text)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        begin, end = "<!-- coverage -->\n", "\n<!-- end of coverage -->"
        head, _, rest = page.partition(begin)
        PAGE.write_text(head + begin + text + end + rest.partition(end)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
