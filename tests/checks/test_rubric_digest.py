"""What makes a class be graded again, and what does not."""

from __future__ import annotations

import functools
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import grader
from grader.checks import Answer, Assignment, Finding, missing
from grader.checks.rubric_digest import source_of
from grader.errors import AssignmentError

TOP = Path(grader.__file__).parents[1]
IN_THE_COPY = """
import json, sys
from pathlib import Path
from reference.assignment import assignment
top = Path(sys.argv[1])
before, changed = assignment.rubric(), {}
for name in json.loads(sys.argv[2]):
    path = top / name
    old = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((old or b"") + b"\\n")
    changed[name] = assignment.rubric() != before
    path.write_bytes(old) if old is not None else path.unlink()
assert assignment.rubric() == before
print(json.dumps([before, changed]))
"""
ELSEWHERE = (
    "grader/export/plain.py",
    "grader/export/a_new_writer.py",
    "grader/feedback/submission_page.py",
    "grader/intake/moodle.py",
    "grader/store/ledger.py",
    "grader/cli/grade.py",
    "grader/batch.py",
    "grader/errors.py",
    "grader/checks/__pycache__/code.cpython-311.pyc",
    "reference/.mypy_cache/notes.json",
    "reference/lab/left_over.pyc",
)
DECIDING = (
    "grader/model.py",
    "grader/checks/code.py",
    "grader/documents/text/plain_text_reader.py",
    "grader/execution/child/kernel.py",
    "grader/grading/grading.py",
    "grader/grading/a_new_room.py",
    "reference/assignment.py",
    "reference/batches/batch_answers.py",
    "reference/lab/prompts.json",
    "reference/lab/a_new_table.csv",
)


def in_a_copy(top: Path, names: tuple[str, ...], seed: str = "0") -> tuple[str, dict[str, bool]]:
    """The digest of the lab in a copy of the tree, and which of the files change it when a line is added."""
    for room in ("grader", "reference"):
        shutil.copytree(TOP / room, top / room, ignore=shutil.ignore_patterns("__pycache__", "*.gz"))
    done = subprocess.run(
        [sys.executable, "-B", "-c", IN_THE_COPY, str(top), json.dumps(names)],
        env={**os.environ, "PYTHONPATH": str(top), "PYTHONHASHSEED": seed},
        cwd=top,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    before, changed = json.loads(done.stdout)
    return before, changed


def test_what_decides_a_verdict_is_covered_and_nothing_else(tmp_path: Path) -> None:
    before, changed = in_a_copy(tmp_path / "one", (*ELSEWHERE, *DECIDING))
    assert [name for name in ELSEWHERE if changed[name]] == []
    assert [name for name in DECIDING if not changed[name]] == []
    again, _ = in_a_copy(tmp_path / "two", (), seed="7")
    assert again == before  # wherever it is installed


CHECK = '''
from grader.checks import Assignment, missing
assignment = Assignment("cooking", title="Cooking")
oven = assignment.question("oven", "The oven", number=1)

@oven.check("oven.time", points=2)
def time(answer):
    """How long it takes."""
    return missing("Nothing.")
'''


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the module path, as site-packages is, with other big things in it."""
    (tmp_path / "site" / "other").mkdir(parents=True)
    (tmp_path / "site" / "other" / "__init__.py").write_text("")
    monkeypatch.setattr("sys.path", [str(str(tmp_path / "site")), *sys.path])
    known = set(sys.modules)
    yield tmp_path / "site"
    for name in set(sys.modules) - known:
        del sys.modules[name]


def loaded(name: str) -> Assignment:
    importlib.invalidate_caches()
    module: ModuleType = importlib.import_module(name)
    found = module.assignment
    assert isinstance(found, Assignment)
    return found


def test_a_module_of_its_own_is_one_file(site: Path) -> None:
    (site / "cooking.py").write_text(CHECK)
    assignment = loaded("cooking")
    before = assignment.rubric()
    (site / "other" / "big.bin").write_bytes(bytes(1 << 20))
    (site / "neighbour.py").write_text("x = 1\n")
    assert assignment.rubric() == before
    (site / "cooking.py").write_text(CHECK + "# another word\n")
    assert assignment.rubric() != before


def test_a_package_is_covered_whole_from_its_outermost_folder(site: Path) -> None:
    for folder in ("course", "course/labs", "course/tables"):
        (site / folder).mkdir()
        (site / folder / "__init__.py").write_text("")
    (site / "course" / "labs" / "first.py").write_text(CHECK)
    assignment = loaded("course.labs.first")
    before = assignment.rubric()
    (site / "other" / "more.py").write_text("x = 1\n")
    assert assignment.rubric() == before
    (site / "course" / "tables" / "times.tsv").write_text("1\t2\n")
    assert assignment.rubric() != before


def test_a_namespace_is_not_covered_whole(site: Path) -> None:
    for folder in ("university/first", "university/second"):
        (site / folder).mkdir(parents=True)
        (site / folder / "__init__.py").write_text("")
    (site / "university" / "first" / "lab.py").write_text(CHECK)
    assignment = loaded("university.first.lab")
    before = assignment.rubric()
    (site / "university" / "second" / "lab.py").write_text("x = 1\n")
    assert assignment.rubric() == before
    (site / "university" / "first" / "data.txt").write_text("x")
    assert assignment.rubric() != before


def given(answer: Answer) -> Finding:
    """Nothing is looked for."""
    return missing("Nothing.")


def with_sources(*sources: Path, points: float = 1) -> Assignment:
    assignment = Assignment("one", title="One", sources=sources)
    assignment.question("q", "Question", number=1).check("q.a", points=points)(given)
    return assignment


def test_declared_sources_are_what_is_covered(tmp_path: Path) -> None:
    (tmp_path / "rubric").mkdir()
    (tmp_path / "rubric" / "table.xlsx").write_bytes(b"1")
    (tmp_path / "notes.txt").write_text("1")
    assignment = with_sources(tmp_path / "rubric")
    before = assignment.rubric()
    (tmp_path / "notes.txt").write_text("2")
    assert assignment.rubric() == before
    (tmp_path / "rubric" / "table.xlsx").write_bytes(b"2")
    assert assignment.rubric() != before
    (tmp_path / "rubric" / "table.xlsx").rename(tmp_path / "rubric" / "other.xlsx")
    assert with_sources(tmp_path / "rubric").rubric() != before


def test_what_is_declared_elsewhere_is_covered_too(tmp_path: Path) -> None:
    """The points may stand in another file than the checks."""
    (tmp_path / "table").write_text("1")
    assert with_sources(tmp_path / "table").rubric() != with_sources(tmp_path / "table", points=2).rubric()


def test_a_source_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError, match=r"gone is not there: correct"):
        with_sources(tmp_path / "gone").rubric()


@pytest.mark.parametrize("wrap", [functools.partial, functools.lru_cache])
def test_a_wrapped_check_is_covered_where_it_was_written(
    wrap: Callable[[object], Callable[..., object]],
) -> None:
    assert source_of(wrap(given)) == Path(__file__)
    assert source_of(print) is None
