"""The promises of SECURITY.md name tests and files that are there."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[1]


def test_every_promise_names_what_keeps_it_and_a_test_that_holds_it() -> None:
    page = (TOP / "SECURITY.md").read_text("utf-8")
    promised = page.split("## What is promised")[1].split("\n## ")[0]
    rows = [row.strip("|").split("|") for row in promised.splitlines() if row.startswith("| ")][2:]
    assert len(rows) > 10
    for promise, kept, held in rows:
        tests = re.findall(r"`(tests/[\w/]+\.py)`", held)
        assert tests, promise
        for path in (*tests, *re.findall(r"`(grader/[\w/]+(?:\.py)?)`", kept)):
            assert (TOP / path).exists(), f"{promise}: {path}"
