"""Tables keep all that stands in them, however narrow the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from grader.cli.narrow import print_table


@pytest.mark.parametrize("width", [24, 40, 60, 80, 200])
def test_nothing_is_cut_off(width: int) -> None:
    table = Table(title="Decisions")
    for heading in ("number", "when", "who", "submission", "check", "decided"):
        table.add_column(heading)
    cells = ("1", "2026-11-26T03:08:41Z", "anna.assistant", "aliam864", "q2.derivation", "pass")
    table.add_row(*cells)
    out = io.StringIO()
    print_table(Console(file=out, width=width, color_system=None), table)
    shown = out.getvalue()
    assert all(cell in shown for cell in cells)
    assert max(map(len, shown.splitlines())) <= width or width == 24
    assert "…" not in shown
