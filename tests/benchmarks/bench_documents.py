"""Documents a second for each format, as a ratio to the fastest library that reads the same content.

Run: python tests/benchmarks/bench_documents.py
The peer of PDF is PDFium's text extraction (pypdfium2), that of a notebook nbformat, that of Markdown markdown-it;
that of the other formats is pandoc, if it is installed, whose start (``pandoc --version``) is taken off. None of
the peers gives code with its indentation, tables as cells, figures and places; what that costs is the ratio.
OCR is not measured here: it is used only where the text gave no answer.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pypdfium2
from markdown_it import MarkdownIt

from grader.documents.core.limits import DEFAULT_LIMITS
from grader.documents.readers import read_here

FIXTURES = Path(__file__).parents[1] / "documents" / "fixtures"
PANDOC = shutil.which("pandoc")
READERS = {"html": "html", "docx": "docx", "odt": "odt", "tex": "latex"}  # pandoc's names of the formats
REPEATS = 5


def median(function: Callable[[], object]) -> float:
    """Median wall time in seconds of `REPEATS` calls after one that warms up."""
    function()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def pdfium(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


def pandoc(*arguments: str) -> None:
    assert PANDOC is not None
    subprocess.run([PANDOC, *arguments], capture_output=True, check=True)


def peer(kind: str, path: Path, start: float) -> tuple[str, float] | None:
    """The fastest library for a format and its seconds for one file; None where it is not installed."""
    match kind:
        case "pdf":
            return "pypdfium2", median(lambda: pdfium(path))
        case "ipynb":
            return "nbformat", median(lambda: nbformat.read(path, as_version=4))
        case "md":
            parser = MarkdownIt("commonmark").enable("table")
            return "markdown-it", median(lambda: parser.parse(path.read_text(encoding="utf-8")))
    if PANDOC is None:
        return None
    taken = median(lambda: pandoc(str(path), f"--from={READERS[kind]}", "--to=plain"))
    return "pandoc", max(taken - start, 1e-4)


def main() -> None:
    """Prints one line a format."""
    start = median(lambda: pandoc("--version")) if PANDOC else 0.0
    print(f"{'format':8}{'files':>6}{'ms a document':>15}{'a second':>10}   peer")
    for kind in ("md", "ipynb", "html", "docx", "odt", "tex", "pdf"):
        files = sorted(
            path
            for path in (FIXTURES / kind).iterdir()
            if path.suffix == f".{kind}" and "scanned" not in path.name
        )
        ours = [median(lambda path=path: read_here(path, path.name, DEFAULT_LIMITS, "off")) for path in files]
        theirs = [found for path in files if (found := peer(kind, path, start)) is not None]
        line = f"{kind:8}{len(files):6}{1e3 * statistics.mean(ours):15.1f}{1 / statistics.mean(ours):10.0f}"
        if theirs:
            mean = statistics.mean(seconds for _, seconds in theirs)
            ratio = statistics.mean(ours) / mean
            said = f"takes {ratio:.1f} times as long" if ratio > 1 else f"is {1 / ratio:.1f} times as fast"
            line += f"   {theirs[0][0]} {1e3 * mean:.1f} ms: ours {said}"
        print(line)


if __name__ == "__main__":
    main()
