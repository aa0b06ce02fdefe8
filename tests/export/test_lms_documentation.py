"""The page on LMSs names every system there is, in and out, and the limits as they are."""

from __future__ import annotations

import re
from pathlib import Path

from grader.export import systems as exports
from grader.intake import IntakeLimits
from grader.intake import systems as layouts

PAGE = (Path(__file__).parents[2] / "docs" / "lms.md").read_text(encoding="utf-8")


def rows_of(heading: str) -> set[str]:
    """The names in the first column of the table with this heading."""
    table = PAGE.split(f"| `{heading}` |", 1)[1].split("\n\n", 1)[0]
    firsts = re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)
    return {name for first in firsts for name in re.findall(r"`([^`]+)`", first)}


def test_every_system_is_described() -> None:
    assert rows_of("--from") == set(layouts())
    assert rows_of("--to") == set(exports())


def test_the_limits_are_the_documented_ones() -> None:
    limits = IntakeLimits()
    mib = 1024 * 1024
    for text in (
        f"{limits.entries:,} entries, {limits.total_bytes // mib // 1024} GiB",
        f"{limits.file_bytes // mib} MiB, {limits.ratio} to 1",
        f"{limits.nested_entries:,} entries, {limits.nested_bytes // mib} MiB",
        f"| {limits.depth} |",
    ):
        assert text in PAGE
