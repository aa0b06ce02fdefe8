"""Another course: a tiny assignment of its own, installed beside the lab, graded through the public interface alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ASSIGNMENT = '''
"""A cooking course's only question."""

from grader.checks import Answer, Assignment, Finding, failed, missing, passed, review
from grader.checks.arithmetic import read_chains
from grader.checks.tables import Column, Measure, Table, read_records

MINUTES = 6 * 7


def facts():
    return {"minutes": MINUTES}


assignment = Assignment("cooking-1", title="Cooking", facts=facts)
oven = assignment.question("oven", "The oven", number=1, cues=(r"minutes",))


@oven.check("oven.time", points=2, hint="Seven potatoes, one after the other.")
def time(answer: Answer) -> Finding:
    """How long it takes is worked out."""
    for block in answer.elsewhere or answer.everything:
        for chain in read_chains(block.text):
            if MINUTES in chain.values:
                return passed("Right.", [block.evidence(chain.text)])
            return failed("Wrong.", [block.evidence(chain.text)])
    return missing("No working was found.")


@oven.check("oven.temperature", points=1, depends=["oven.time"])
def temperature(answer: Answer) -> Finding:
    """The temperature is given."""
    raise RuntimeError("a bug in a check")
'''


def test_a_second_assignment_grades_without_touching_the_grader(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "cooking-1.0.dist-info").mkdir(parents=True)
    (site / "cooking.py").write_text(ASSIGNMENT, encoding="utf-8")
    (site / "cooking-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: cooking\nVersion: 1.0\n"
    )
    (site / "cooking-1.0.dist-info" / "entry_points.txt").write_text(
        "[grader.assignments]\ncooking-1 = cooking:assignment\n"
    )
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "right.md").write_text("# Question 1\n\nIt takes 6 * 7 = 42 minutes.\n")
    (tmp_path / "in" / "wrong.txt").write_text("Question 1\n\nIt takes 6 * 8 = 48 minutes.\n")
    environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}

    def grader(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from grader.cli import run; run()", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    ambiguous = grader("grade", "in")
    assert ambiguous.returncode == 2
    assert "cooking-1" in ambiguous.stderr
    assert "Traceback" not in ambiguous.stderr
    checked = grader("check", "in/wrong.txt")  # the work itself tells which one it answers
    assert "The oven" in checked.stdout
    assert "Batch sizes" not in checked.stdout
    (tmp_path / "neither.txt").write_text("Hello.")
    assert "name one with --assignment" in grader("check", "neither.txt").stderr
    done = grader("grade", "in", "--assignment", "cooking-1", "--jobs", "1")
    assert done.returncode == 1, done.stderr  # the second check is broken: our fault, said so
    results = {
        line["submission"]: line
        for line in map(json.loads, (tmp_path / "graded" / "results.jsonl").read_text().splitlines())
    }
    right, wrong = results["right"], results["wrong"]
    assert right["grader"]["assignment"] == "cooking-1"
    assert [check["verdict"] for check in right["questions"][0]["checks"]] == ["pass", "error"]
    assert right["status"] == "error"
    assert [check["verdict"] for check in wrong["questions"][0]["checks"]] == ["fail", "not_run"]
    assert wrong["questions"][0]["verdict"] == "fail"
    assert json.loads(grader("reference", "--assignment", "cooking-1", "--json").stdout) == {"minutes": 42}


# The terms and figures of the lab that is graded beside the grader: what is about them stands in `reference/`.
_LABS_OWN = re.compile(
    r"training_loss|tddc\s?17|100[\s.,]?480|100[\s.,]?352|\b784\b|fashion.?mnist|\bdense\b|batch sizes\b|flattened",
    re.I,
)


def test_the_grader_knows_no_lab() -> None:
    """No room of the grader imports the lab, or names what is in it."""
    import grader

    for path in Path(grader.__file__).parent.rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not re.match(r"\s*(?:from|import)\s+reference\b", line), path
            found = _LABS_OWN.search(line)
            assert found is None, f"{path}: {found and found[0]}"
