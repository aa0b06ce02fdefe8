"""How pure the review's groups of answers are: two answers of one group must have a verdict in common that is right for both.

``python tests/service/answer_purity.py FILE...`` takes files of labelled answers, one JSON object a line: ``text``, and
``accept`` with the acceptable verdicts of each check (or ``verdicts`` of the check that the file's name stands for); where
the answer does not stand under its bare heading, ``format``, ``above`` and ``before`` say how. Prints the groups that are not
pure, and counts; exit status 1 where there is one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile, Value
from grader.service.answer_groups import group_of

_CHECKS: Final = {"gradient": "q1.expression", "parameter": "q2.derivation"}  # of files without ``accept``
_ROWS: Final = (
    "| Batch size | Time (s) | Accuracy |\n| --- | --- | --- |\n| 1 | 118 | 0.8124 |\n| 10 | 13 | 0.8251 |\n"
    "| 100 | 3 | 0.8185 |\n| 1000 | 1 | 0.7097 |\n| 60000 | 1 | 0.1000 |"
)
_ASKED: Final = {
    1: "Complete the gradient computation by putting the right variables where the question marks are.",
    2: "Show the math for why the first Dense layer has 100 480 parameters.",
    3: "Run the training with five batch sizes, plot both curves, and reason about which is best to start with.",
}


class Member(Value, frozen=True):
    """An answer of a group: its name, and the verdicts of its check that are right."""

    name: str
    verdicts: frozenset[str]


def cases_of(path: Path) -> list[dict[str, Any]]:
    """The labelled answers of a file, each with ``accept``."""
    check = _CHECKS.get(path.stem.partition("-")[0], "")
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for number, case in enumerate(cases):
        case.setdefault("accept", {check: case.get("verdicts", [])})
        case.setdefault("name", f"{path.stem}-{number}")
    return cases


def groups_of(cases: Sequence[Mapping[str, Any]], folder: Path) -> dict[str, list[Member]]:
    """Every group that the answers fall into, with its members; what is like nothing else is in none."""
    lab = load()
    groups: dict[str, list[Member]] = defaultdict(list)
    for number, case in enumerate(cases):
        report = folder / f"case{number}.{case.get('format', 'md')}"
        report.write_text(_report(case), encoding="utf-8")
        submission = Submission(report.stem, (SubmittedFile(report.name, report, FileKind.REPORT),))
        for question in grade(submission, lab, rubric="").result.questions:
            for check in question.checks:
                verdicts = case["accept"].get(check.id)
                if verdicts and (group := group_of(check)):
                    groups[group].append(Member(f"{case['name']} {check.id}", frozenset(verdicts)))
    return groups


def _report(case: Mapping[str, Any]) -> str:
    """The answer under its question."""
    number = int(next(iter(case["accept"]))[1])
    form = case.get("format", "md")
    text = str(case["text"])
    if number == 3 and "q3.table" not in case["accept"]:
        text = f"{case.get('before', '')}\n\n{_ROWS}\n\n{text}"
    if form == "html":
        return f"<!doctype html><html><body><h2>Question {number}</h2>{text}</body></html>"
    if form == "tex":
        packages = r"\usepackage{booktabs,siunitx,amsmath}"
        body = f"\\section*{{Question {number}}}\n\n{text}"
        return f"\\documentclass{{article}}{packages}\\begin{{document}}\n{body}\n\\end{{document}}"
    asked = case.get("above") == "asked"
    mark = f"**Question {number})** {_ASKED[number]}" if asked else f"# Question {number}"
    return f"{mark.replace('# ', '') if form == 'txt' else mark}\n\n{text}\n"


def impure(groups: Iterable[list[Member]]) -> list[list[Member]]:
    """The groups of which no verdict is right for all members."""
    return [members for members in groups if not frozenset.intersection(*(one.verdicts for one in members))]


def main() -> int:
    """Prints the figures."""
    status = 0
    for name in sys.argv[1:]:
        cases = cases_of(Path(name))
        with tempfile.TemporaryDirectory() as folder:
            groups = groups_of(cases, Path(folder))
        bad = impure(groups.values())
        for members in bad:
            print(
                "not pure: " + "; ".join(f"{one.name} ({', '.join(sorted(one.verdicts))})" for one in members)
            )
        several = sum(len(members) > 1 for members in groups.values())
        print(
            f"{name}: {len(cases)} answers, {len(groups)} groups, {several} of several, {len(bad)} not pure"
        )
        status |= bool(bad)
    return status


if __name__ == "__main__":
    sys.exit(main())
