"""Ten figures in every arrangement that students give them, made up: what is rendered has to be read back.

``python -m tests.reference.rendered_tables`` prints how many of the figures come back, by arrangement. Every
arrangement is drawn with languages, decimal commas, units, spellings of the sizes, and columns besides.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from math import isclose
from pathlib import Path
from typing import Final, NamedTuple

from grader.documents import read_document
from reference.batches.batch_table import read_batch_table
from tests.reference import rendered_grids as grids
from tests.reference import rendered_lines as lines
from tests.reference import rendered_logs as logs
from tests.reference.figure_ways import SIZES, Rendered, Ten, Way, drawn_ten, drawn_way

CHOICE: Final = {
    "en": "Batch size 100 is best to start with: it is nearly as accurate as 10 and takes only a few seconds.",
    "sv": "Batchstorlek 100 är bäst att börja med: den är nästan lika bra som 10 och tar bara några sekunder.",
}

ARRANGEMENTS: Final[dict[str, Callable[[Ten, Way], Rendered]]] = {
    one.__name__: one
    for one in (
        grids.markdown,
        grids.markdown_turned,
        grids.html,
        grids.html_spans,
        grids.html_grouped,
        grids.tex,
        grids.tex_siunitx,
        grids.aligned,
        grids.tabs,
        grids.csv,
        grids.boxed,
        grids.pandas,
        lines.lines,
        lines.short_lines,
        lines.paragraph,
        lines.nested,
        lines.apart,
        grids.two_grids,
        lines.respectively,
        logs.logs,
        logs.code,
    )
}


def report(made: Rendered, language: str) -> str:
    """The answer under its question, with a choice."""
    if made.format == "html":
        return f"<!doctype html><html><body><h2>Question 3</h2>{made.text}<p>{CHOICE[language]}</p></body></html>"
    if made.format == "tex":
        return (
            rf"\documentclass{{article}}\usepackage{{booktabs,siunitx}}\begin{{document}}\section*{{Question 3}}"
            f"\n\n{made.text}\n\n{CHOICE[language]}\n" + r"\end{document}"
        )
    return f"{'# ' if made.format == 'md' else ''}Question 3\n\n{made.text}\n\n{CHOICE[language]}\n"


class ReadBack(NamedTuple):
    """How many of the ten figures came back, and those that came back otherwise."""

    equal: int
    wrong: tuple[str, ...]


def read_back(made: Rendered, ten: Ten, way: Way, folder: Path) -> ReadBack:
    """Reads a rendered report and compares its figures with those that were rendered."""
    path = folder / f"report.{made.format}"
    path.write_text(report(made, way.language), encoding="utf-8")
    table = read_batch_table(read_document(path).blocks)
    found = {row.batch: row for row in table.rows}
    equal, wrong = 0, []
    for size, seconds, share in zip(SIZES, ten.seconds, ten.shares, strict=True):
        row = found.get(size)
        for name, want, have in (
            ("s", seconds, row.seconds if row else None),
            ("acc", share, row.accuracy if row else None),
        ):
            if have is None:
                continue
            if isclose(have, want, rel_tol=1e-4, abs_tol=6e-5):
                equal += 1
            else:
                wrong.append(f"{size} {name}: {have:g} for {want:g}")
    return ReadBack(equal, tuple(wrong))


def drawn(name: str, seed: int) -> tuple[Rendered, Ten, Way]:
    """One rendering of an arrangement."""
    draw = random.Random(f"{name} {seed}")
    ten, way = drawn_ten(draw), drawn_way(draw)
    if name == "logs":
        ten = logs.whole(ten)
    return ARRANGEMENTS[name](ten, way), ten, way


def main() -> None:
    """Prints the share that comes back, by arrangement; with a number, so many renderings of each; ``-v`` shows the rest."""
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    only = [one for one in sys.argv[1:] if one in ARRANGEMENTS] or list(ARRANGEMENTS)
    each = numbers[0] if numbers else 40
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in only:
            own: Counter[str] = Counter()
            for seed in range(each):
                made, ten, way = drawn(name, seed)
                back = read_back(made, ten, way, Path(folder))
                own.update(figures=10, equal=back.equal, wrong=len(back.wrong))
                if "-v" in sys.argv and (back.wrong or back.equal < 10):
                    print(
                        json.dumps(
                            {"name": name, "seed": seed, "wrong": back.wrong, "equal": back.equal, "way": way}
                        )
                    )
                    print(made.text, "\n")
            total.update(own)
            print(f"{name:18} {own['equal'] / own['figures']:7.1%} come back, {own['wrong']} otherwise")
    print(f"{'all':18} {total['equal'] / total['figures']:7.1%} come back, {total['wrong']} otherwise")


if __name__ == "__main__":
    main()
