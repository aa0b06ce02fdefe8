"""No document, however hostile, keeps a reader busy for longer than its size explains: twice the size is about twice the work.

`growing.py` beside this file has the shapes, and measures them at any size.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import growing
import pytest
from growth import grows_linearly

from grader.documents import ReadingLimits, UnreadableDocumentError
from grader.documents.readers import read_here

SIZES = dict.fromkeys(("md", "txt", "html", "tex"), 1_000) | {
    "ipynb": 3_000,
    "docx": 9_000,
    "odt": 9_000,
    "pdf": 3_000,
}
# Products of two things that are each capped (rules and elements, lines and tables): they grow faster up to the cap.
CAPPED = {
    "forms in forms twice", "form used often", "many rules", "rules of one class", "any rules", "attribute selectors",
    "long selector", "selector list", "descendants", "siblings", "cells apart", "nested tables", "doubling commands", "variables",
}  # fmt: skip
LIMITS = ReadingLimits(seconds=600.0)


def read(data: bytes, path: Path, limits: ReadingLimits = LIMITS) -> None:
    path.write_bytes(data)
    with suppress(UnreadableDocumentError):
        read_here(path, path.name, limits, "off")


@pytest.mark.parametrize("suffix", growing.SHAPES)
@pytest.mark.timeout(600)
def test_twice_the_size_is_twice_the_work(suffix: str, tmp_path: Path) -> None:
    steep = []
    for name, shape in growing.SHAPES[suffix].items():
        if name not in CAPPED and not grows_linearly(
            lambda size, shape=shape: read(shape(size), tmp_path / f"report.{suffix}"),
            SIZES[suffix],  # type: ignore[misc]
        ):
            steep.append(name)
    assert steep == []


@pytest.mark.parametrize(
    ("suffix", "name"),
    [
        ("pdf", "form in itself"),
        ("pdf", "forms in each other"),
        ("pdf", "streams opened"),
        ("html", "many rules"),
        ("txt", "display formulas"),
    ],
)
@pytest.mark.timeout(120)  # each took minutes, or for ever
def test_what_kept_a_reader_busy_does_so_no_more(suffix: str, name: str, tmp_path: Path) -> None:
    read(growing.SHAPES[suffix][name](60_000), tmp_path / f"report.{suffix}")


@pytest.mark.timeout(120)
def test_forms_that_double_with_every_level_are_given_up(tmp_path: Path) -> None:
    read(growing._forms(40, 2), tmp_path / "report.pdf")


@pytest.mark.timeout(120)  # 94 s before
def test_underscores_around_a_letter(tmp_path: Path) -> None:
    read(b"_" * 40_000 + b"a" + b"_" * 40_000, tmp_path / "report.md")
