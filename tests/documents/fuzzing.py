"""Damages real documents and reads them: a reader gives a document or a plain message, in bounded time, whatever comes.

A longer run, by a clock, that keeps what it finds: ``python tests/documents/fuzzing.py pdf --seconds 600 --keep found/``.
The tests call `sample` and `read` with hypothesis, so that a failure comes back smaller.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.documents import Document, ReadingLimits, UnreadableDocumentError
from grader.documents.readers import read_here
from grader.errors import ReaderFaultError

FIXTURES = Path(__file__).parent / "fixtures"
RENDERINGS = Path(__file__).parents[1] / "grading" / "renderings"
LIMITS = ReadingLimits(seconds=5.0)
SEEDS = {
    "md": [FIXTURES / "md" / "report_pipe.md", RENDERINGS / "svenska" / "markdown" / "report.md"],
    "txt": [RENDERINGS / "excellent" / "text" / "report.txt", RENDERINGS / "swapped" / "text" / "report.txt"],
    "html": [RENDERINGS / "bare" / "html-mathml" / "report.html", FIXTURES / "html" / "pandoc_mathjax.html"],
    "ipynb": [
        RENDERINGS / "swapped" / "ipynb" / "report.ipynb",
        RENDERINGS / "svenska" / "ipynb" / "report.ipynb",
    ],
    "tex": [FIXTURES / "tex" / "listings.tex", RENDERINGS / "svenska" / "tex" / "report.tex"],
    "docx": [
        RENDERINGS / "swapped" / "docx" / "report.docx",
        RENDERINGS / "swapped" / "docx-office" / "report.docx",
    ],
    "odt": [RENDERINGS / "svenska" / "odt" / "report.odt"],
    "pdf": [
        RENDERINGS / "swapped" / "pdf-browser" / "report.pdf",
        RENDERINGS / "bare" / "pdf-latex" / "report.pdf",
    ],
}
# What the grammars turn on; a random byte seldom hits one of these.
WORDS = tuple(
    word.encode()
    for word in (
        "```", "$$", "|", "\n|---|\n", "<table>", "<td colspan=9999>", "<math>", "</p>", "<!--", "]]>", "&#0;", "&amp;",
        "\\begin{tabular}{l}", "\\end{tabular}", "\\[", "\\frac{", "{", "}", "%", "\x00", "\ufeff", "\u202e", "é", "\r", "\t",
        '"cells": [', '"source": null', "[", "]", "null", "1e999", "-1", "99999999999", "obj", "endstream", "/Kids [1 0 R]",
        "/Length 99999", "BT", "ET", "q", "<<", ">>", "stream\n", "xref", "<w:tbl>", "<w:p/>", "<m:oMath>", "<table:table>",
    )
)  # fmt: skip


def damaged(data: bytes, other: bytes, choose: random.Random, steps: int) -> bytes:
    """`data` after so many random cuts, repeats, splices with `other`, words put in and bytes changed."""
    for _ in range(steps):
        at, end = sorted(choose.randrange(len(data) + 1) for _ in range(2))
        end = min(end, at + 4_000)
        match choose.randrange(6):
            case 0:
                data = data[:at] + data[end:]
            case 1:
                data = data[:end] + data[at:end] + data[end:]
            case 2:
                start = choose.randrange(len(other) + 1)
                data = data[:at] + other[start : start + 2_000] + data[at:]
            case 3:
                data = data[:at] + choose.choice(WORDS) * choose.choice((1, 1, 2, 50)) + data[at:]
            case 4:
                data = data[:at]
            case _:
                changed = bytearray(data)
                for _ in range(choose.randrange(1, 9)):
                    if changed:
                        changed[choose.randrange(len(changed))] = choose.randrange(256)
                data = bytes(changed)
        data = data or b"x"
    return data[:2_000_000]


def damaged_inside(data: bytes, choose: random.Random, steps: int) -> bytes:
    """The same for the members of a zip, one of which is damaged; a damaged archive is refused before it is read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = choose.choice([name for name in members if name.endswith(".xml")])
    main = next(name for name in members if name in {"word/document.xml", "content.xml"})
    hit = choose.choice((main, main, name))
    members[hit] = damaged(members[hit], members[main], choose, steps)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return packed.getvalue()


def sample(suffix: str, choose: random.Random, steps: int) -> bytes:
    """One damaged document of a format."""
    originals = [path.read_bytes() for path in SEEDS[suffix]]
    data, other = choose.choice(originals), choose.choice(originals)
    if suffix in {"docx", "odt"} and choose.random() < 0.8:
        return damaged_inside(data, choose, steps)
    return damaged(data, other, choose, steps)


def read(data: bytes, suffix: str) -> Document | UnreadableDocumentError:
    """What comes of a file with these bytes. Raises what a reader of ours broke on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{suffix}"
        path.write_bytes(data)
        try:
            return read_here(path, path.name, LIMITS, "off")
        except ReaderFaultError:
            raise
        except UnreadableDocumentError as problem:
            return problem


def samples(suffix: str, seed: int) -> Iterator[bytes]:
    """Damaged documents without end, always the same for a seed."""
    choose = random.Random(seed)
    while True:
        yield sample(suffix, choose, choose.randrange(1, 8))


def main() -> None:
    """Fuzzes one format, or each in turn, until the time is up; exit status 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=f"of {', '.join(SEEDS)}; all by default")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--keep", type=Path, help="folder for the files that broke a reader, or took too long"
    )
    given = parser.parse_args()
    found = 0
    for suffix in given.formats or SEEDS:
        until, count, slowest = time.monotonic() + given.seconds, 0, 0.0
        for data in samples(suffix, given.seed):
            if time.monotonic() > until:
                break
            count += 1
            started, fault = time.monotonic(), ""
            try:
                read(data, suffix)
            except ReaderFaultError as problem:
                fault = problem.fault.strip().splitlines()[-1]
            taken = time.monotonic() - started
            slowest = max(slowest, taken)
            if fault or taken > 2 * LIMITS.seconds:
                found += 1
                print(f"{suffix} sample {count}: {fault or f'{taken:.1f} s'}", file=sys.stderr)
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / f"{suffix}-{given.seed}-{count}.{suffix}").write_bytes(data)
        print(f"{suffix}: {count} documents, the slowest took {slowest:.2f} s")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
