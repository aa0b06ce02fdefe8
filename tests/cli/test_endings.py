"""How a command ends early: one sentence for what was foreseen, one line for a fault of ours, a traceback for nobody."""

from __future__ import annotations

import errno
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

import grader.cli.schema
from grader.cli import run
from grader.errors import GraderError
from grader.model import Execution, ExecutionStatus, GraderInfo, Result, Status
from grader.store import Ledger


class Ended(NamedTuple):
    status: object
    out: str
    err: str


Command: TypeAlias = Callable[..., Ended]


@pytest.fixture
def grader_(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The console script in this process, standing in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("GRADER_DEBUG", raising=False)

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["grader", *arguments])
        with pytest.raises(SystemExit) as ended:
            run()
        shown = capsys.readouterr()
        return Ended(ended.value.code, shown.out, shown.err)

    return call


def graded(folder: Path) -> Path:
    """A graded folder with one result."""
    result = Result(
        1,
        "anna",
        (),
        (),
        Status.GRADED,
        1.0,
        1.0,
        (),
        (),
        Execution(ExecutionStatus.SKIPPED),
        GraderInfo("1", "lab", "r"),
    )
    with Ledger(folder / "grades.sqlite") as ledger:
        ledger.record(result, content="x", settings="")
    return folder


def garbage(folder: Path) -> None:
    (folder / "grades.sqlite").write_bytes(b"no database at all " * 200)


def torn_row(folder: Path) -> None:
    with sqlite3.connect(graded(folder) / "grades.sqlite") as database:
        database.execute("UPDATE results SET json = '{\"schema\": 1}'")
    database.close()


def torn_file(folder: Path) -> None:
    """The pages behind the first two are overwritten, as a failing disk does."""
    path = graded(folder) / "grades.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    data = path.read_bytes()
    path.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))


@pytest.mark.parametrize("damage", [garbage, torn_row, torn_file])
@pytest.mark.parametrize("arguments", [("render", "."), ("export", ".", "--to", "csv")])
def test_a_damaged_ledger(
    damage: Callable[[Path], None], arguments: tuple[str, ...], grader_: Command, tmp_path: Path
) -> None:
    damage(tmp_path)
    ended = grader_(*arguments)
    assert ended.status == 2, ended.err
    assert re.fullmatch(r"grader: grades\.sqlite .+ and grade again\n", ended.err), ended.err


SENTENCES = [
    (("grade", "nowhere"), "nowhere"),
    (("grade", "in"), "no submissions"),
    (("grade", "in", "--assignment", "none"), "no assignment 'none'"),
    (("grade", "in", "--out", "file/graded"), "choose another folder"),
    (("grade", "in", "--pattern", "(("), "not a regular expression"),
    (("render", "in"), "run grader grade first"),
    (("export", "in", "--to", "csv"), "run grader grade first"),
    (("export", "in", "--to", "nonsense"), "nonsense"),
    (("gradescope", "build", "--wheel", "file"), "not a wheel"),
    (("reference", "--assignment", "none"), "no assignment 'none'"),
    (("check", "file", "--assignment", "none"), "no assignment 'none'"),
]


@pytest.mark.parametrize(("arguments", "words"), SENTENCES, ids=lambda value: " ".join(value)[:40])
def test_what_was_foreseen_is_one_sentence(
    arguments: tuple[str, ...], words: str, grader_: Command, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "file").write_text("words")
    ended = grader_(*arguments)
    assert ended.status == 2
    assert ended.err.startswith("grader: ")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1
    assert "Traceback" not in ended.err
    assert list((tmp_path / "tmp").glob("grader-fault-*")) == []


def test_an_error_of_an_assignment_is_its_message(grader_: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    class OvenColdError(GraderError):
        pass

    def broken() -> None:
        raise OvenColdError("the oven is cold: switch it on")

    monkeypatch.setattr(grader.cli.schema, "json_schema", broken)
    assert grader_("schema").err == "grader: the oven is cold: switch it on\n"


def test_a_fault_of_ours_is_one_line_and_its_details_are_kept(
    grader_: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> None:
        raise KeyError("secret\nof ours")

    monkeypatch.setattr(grader.cli.schema, "json_schema", broken)
    ended = grader_("schema")
    assert ended.status == 70
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1
    assert "our fault" in ended.err
    assert "Traceback" not in ended.err
    assert "secret" not in ended.err
    (kept,) = (tmp_path / "tmp").glob("grader-fault-*.txt")
    assert str(kept) in ended.err
    assert "Traceback" in kept.read_text("utf-8")
    assert "secret" in kept.read_text("utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_fault_of_ours_where_nothing_can_be_written(
    grader_: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
        raise KeyError("x")

    monkeypatch.setattr(grader.cli.schema, "json_schema", broken)
    ended = grader_("schema")
    assert ended.status == 70
    assert "GRADER_DEBUG=1" in ended.err


def test_a_traceback_for_whoever_asks_for_it(grader_: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_DEBUG", "1")
    ended = grader_("render", "nowhere")
    assert ended.status == 2
    assert "Traceback" in ended.err
    assert ended.err.splitlines()[-1].startswith("grader: nowhere")


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.EMFILE, errno.EROFS])
def test_what_the_computer_refuses_is_no_fault_of_ours(
    number: int, grader_: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise OSError(number, "Refused", "some/file")

    monkeypatch.setattr(grader.cli.schema, "json_schema", refused)
    ended = grader_("schema")
    assert ended.status == 2
    assert ended.err.startswith("grader: some/file: Refused: ")
    assert len(ended.err.splitlines()) == 1
