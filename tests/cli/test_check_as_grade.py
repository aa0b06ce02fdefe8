"""A student's check says what grading will say: the same verdicts for the same files.

``python tests/cli/test_check_as_grade.py HANDED_IN GRADED`` compares any other class, graded with ``--no-execute``: those of a folder that
``try_cases.py --keep DIR`` leaves, ``DIR/in`` and ``DIR/out``, for one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from grader.cli import main

TOP: Final = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["verdict"] for question in result["questions"] for check in question["checks"]}


def compared(handed_in: Path, graded: Path) -> tuple[int, list[str]]:
    """How many checks were compared, and those that differ."""
    lines = (graded / "results.jsonl").read_text("utf-8").splitlines()
    known = {one["submission"]: verdicts(one) for one in map(json.loads, lines)}
    count, different = 0, []
    for place in sorted(handed_in.iterdir()):
        name = place.stem if place.is_file() else place.name
        files = [place] if place.is_file() else sorted(file for file in place.rglob("*") if file.is_file())
        asked = ["check", *map(str, files), "--json", "--language", "en", "--no-execute"]
        found = verdicts(json.loads(CliRunner().invoke(main, asked).stdout))
        count += len(found)
        different += [
            f"{name} {check}: {verdict} here, {known[name].get(check)} when graded"
            for check, verdict in found.items()
            if verdict != known[name].get(check)
        ]
    return count, different


def test_the_sample_class(tmp_path: Path) -> None:
    handed_in = TOP / "submissions"
    asked = ["grade", str(handed_in), "--out", str(tmp_path / "graded"), "--no-execute", "--quiet"]
    assert CliRunner().invoke(main, asked).exit_code == 0
    count, different = compared(handed_in, tmp_path / "graded")
    assert count > 150
    assert not different


if __name__ == "__main__":
    compared_, different_ = compared(Path(sys.argv[1]), Path(sys.argv[2]))
    print(*different_, f"{compared_} checks compared, {len(different_)} differ", sep="\n")
    sys.exit(bool(different_))
