"""Every example on the toolkit's page comes to the verdict that stands beside it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checks.assignment import Assignment
from grader.checks.toolkit import KINDS
from grader.documents import read_document
from grader.grading.grading import judge

PAGE = Path(__file__).parents[2] / "docs" / "toolkit.md"


def examples() -> Iterator[tuple[str, dict[str, object], str, str]]:
    """The kind, its settings, an answer and its verdict."""
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        before, *tables = section.split("| answer | verdict |")
        for table in tables:
            declared = re.findall(r"```toml\n(.+?)\n```", before, re.S)
            assert declared, section
            ((kind, settings),) = tomllib.loads(declared[-1]).items()
            for answer, verdict in re.findall(r"^\| (?:`(.*)`)? ?\| (\w+) \|$", table, re.M):
                yield kind, settings, answer.replace("<br>", "\n"), verdict
            before = table


CASES = list(examples())


def test_the_page_has_examples_of_its_kinds() -> None:
    assert {kind for kind, *_ in CASES} == set(KINDS) - {"metric", "output", "files", "manual"}
    assert len(CASES) > 45


@pytest.mark.parametrize(("kind", "settings", "answer", "verdict"), CASES)
def test_an_example(
    tmp_path: Path, kind: str, settings: dict[str, object], answer: str, verdict: str
) -> None:
    lab = Assignment("page", title="The page")
    lab.question("q1", "The question", number=1).add("q1.it", KINDS[kind](**settings), title="It is right.")
    report = tmp_path / "report.md"
    body = f"```python\n{answer}\n```" if kind == "call" and answer else answer
    report.write_text(f"# Question 1\n\n{body}\n")
    questions, _ = judge([read_document(report)], lab)
    (check,) = questions[0].checks
    assert check.verdict == verdict, (check.message, check.staff, check.evidence)
