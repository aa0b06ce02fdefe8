"""Tables in terminals of any width: where the columns do not fit side by side, each row is told line by line."""

from __future__ import annotations

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text


def print_table(console: Console, table: Table) -> None:
    """Prints the table; in a terminal too narrow for its words, ``heading: what stands there`` for all that stands there."""
    if Measurement.get(console, console.options.update(width=10_000), table).minimum <= console.width:
        console.print(table)
        return
    if table.title:
        console.print(table.title)
    for row in zip(*(column.cells for column in table.columns), strict=True):
        for column, cell in zip(table.columns, row, strict=True):
            text = cell if isinstance(cell, Text) else Text(str(cell))
            if text.plain:
                console.print(Text.assemble((f"{column.header}: ", "bold"), text), overflow="fold")
        console.print()
