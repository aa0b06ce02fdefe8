"""Before a changed rubric counts: who gains and who loses, from what is kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.authoring.conftest import Grader
from tests.authoring.test_new_assignment import handed_in


def test_who_gains_and_who_loses(ovens: Path, tmp_path: Path, grader: Grader) -> None:
    work, out = handed_in(tmp_path / "in"), tmp_path / "out"
    (work / "cleo").mkdir()
    (work / "cleo" / "report.md").write_text("")
    assert grader("grade", work, "--out", out, "--assignment", ovens, "--jobs", "1").status == 0
    shutil.rmtree(work)
    assert grader("try-rubric", ovens, out).status == 0
    other = shutil.copytree(ovens, tmp_path / "other")
    rubric = other / "assignment.toml"
    rubric.write_text(rubric.read_text().replace("expected = 42", "expected = 13"))
    before = (out / "results.jsonl").read_bytes()
    done = grader("try-rubric", other, out, "--json")
    assert done.status == 1
    found = json.loads(done.out[done.out.index("{") :])
    assert found["total"] == 3
    assert [(one["submission"], one["was"], one["now"]) for one in found["changed"]] == [
        ("anna", "pass", "fail"),
        ("bo", "fail", "pass"),
    ]
    assert (out / "results.jsonl").read_bytes() == before
