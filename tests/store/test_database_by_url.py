"""A graded folder whose ledger is a PostgreSQL database: the commands find it, and never take another for it."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from postgres import new_database, why_not  # type: ignore[import-not-found] # in tests, see conftest

from grader.cli import main
from grader.errors import LedgerError
from grader.store.location import RECORD, database_url, ledger_url, shown

REASON = why_not()
on_postgresql = pytest.mark.skipif(bool(REASON), reason=REASON or "it runs")
REPORT = (
    "# Question 1\n\ngradient = tape.gradient(loss, parameters)\n\n# Question 2\n\n784*128 + 128 = 100480\n"
)


def grader(*arguments: str | Path, **environment: str) -> Result:
    words = [str(argument) for argument in arguments]
    try:
        return CliRunner(env=environment).invoke(main, words, catch_exceptions=False)
    except LedgerError as problem:  # what the console script prints
        return CliRunner().invoke(_failed(str(problem)))


def _failed(sentence: str) -> object:
    import click

    @click.command()
    def fail() -> None:
        click.echo(sentence, err=True)
        raise SystemExit(2)

    return fail


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("annex123", "Berni456", "ärla789"):
        (folder / f"{name}.md").write_text(REPORT, encoding="utf-8")
    return folder


@on_postgresql
def test_the_whole_story_of_commands(handed_in: Path, tmp_path: Path) -> None:
    plain, out, url = tmp_path / "plain", tmp_path / "graded", new_database()
    grader("grade", handed_in, "--out", plain, "--no-execute", "--quiet")
    done = grader("grade", handed_in, "--out", out, "--no-execute", "--quiet", "--database", url)
    assert done.exit_code == 0, done.output
    assert not (out / "grades.sqlite").exists()
    for name in ("results.jsonl", "grades.csv", "feedback/annex123.html", "index.html"):
        assert (out / name).read_bytes() == (plain / name).read_bytes(), "the database changes no file"
    record = json.loads((out / RECORD).read_text())
    assert record["url"] == shown(database_url(url))

    # Nothing more is said of the database: the folder knows it.
    assert grader("decide", out, "annex123", "q2", "partial", "--points", "1", "--by", "tina").exit_code == 0
    assert len(grader("decisions", out, "--json").output.splitlines()) == 1
    assert grader("release", out, "--all", "--by", "tina").exit_code == 0
    grader("export", out, "--to", "csv", "--include-review")
    with (out / "grades.csv").open(encoding="utf-8") as stream:
        assert {row["q2"] for row in csv.DictReader(stream) if row["submission"] == "annex123"} == {"1"}
    again = grader("grade", handed_in, "--out", out, "--no-execute")
    assert "0 graded, 3 unchanged" in again.output
    before = {path.name: path.read_bytes() for path in (out / "staff").iterdir()}
    assert grader("render", out, "--quiet").exit_code == 0
    assert {path.name: path.read_bytes() for path in (out / "staff").iterdir()} == before
    invited = grader("serve", out, "--invite", "tom")
    assert re.search(r"tom: http://\S+/enter\?key=", invited.output)

    # Another folder does not take this class for its own; made again where it is asked for, it does.
    other = grader("grade", handed_in, "--out", tmp_path / "other", "--no-execute", "--database", url)
    assert other.exit_code == 2
    assert f"is the ledger of {out}" in other.output
    made_again = tmp_path / "again"
    assert grader("render", made_again, "--database", url, "--quiet").exit_code == 0
    assert (made_again / "results.jsonl").read_bytes() == (out / "results.jsonl").read_bytes()

    # A folder whose database was exchanged is not filled from the wrong one.
    (out / RECORD).write_text(json.dumps(record | {"url": shown(database_url(new_database()))}))
    wrong = grader("decide", out, "annex123", "q2", "pass")
    assert wrong.exit_code == 2
    assert "holds another ledger" in wrong.output


@on_postgresql
def test_the_environment_is_for_new_folders_and_for_passwords(handed_in: Path, tmp_path: Path) -> None:
    url = new_database()
    secret = url.replace("grader@", "grader:s3cret@")
    plain, out = tmp_path / "plain", tmp_path / "graded"
    grader("grade", handed_in, "--out", plain, "--no-execute", "--quiet")
    grader("grade", handed_in, "--out", plain, "--no-execute", "--quiet", GRADER_DATABASE=secret)
    assert not (plain / RECORD).exists(), "a folder keeps the ledger that it has"
    refused = grader("grade", handed_in, "--out", plain, "--database", url)
    assert "has its ledger in grades.sqlite" in refused.output

    grader("grade", handed_in, "--out", out, "--no-execute", "--quiet", GRADER_DATABASE=secret)
    assert not (out / "grades.sqlite").exists()
    assert all(b"s3cret" not in path.read_bytes() for path in out.rglob("*") if path.is_file())
    found = ledger_url(out, "grades.sqlite")
    assert found is not None
    assert found.password is None
    os.environ["GRADER_DATABASE"] = secret
    try:
        found = ledger_url(out, "grades.sqlite")
    finally:
        del os.environ["GRADER_DATABASE"]
    assert found is not None
    assert found.password == "s3cret"
    moved = tmp_path / "moved"
    shutil.move(out, moved)
    assert grader("grade", handed_in, "--out", moved, "--no-execute", "--quiet").exit_code == 0


@on_postgresql
def test_a_database_that_is_not_there_or_holds_nothing_is_said_in_a_sentence(tmp_path: Path) -> None:
    url = new_database()
    nowhere = re.sub(r"/ledger\w+", "/nowhere", url)
    for address, words in (
        (nowhere, "cannot be reached"),
        ("postgresql://tina:s3cret@127.0.0.1:9/x", "cannot be reached"),
        (url, "no ledger in the database"),
    ):
        done = grader("decisions", tmp_path / "graded", "--database", address)
        assert done.exit_code == 2
        assert words in done.output
        assert "s3cret" not in done.output


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://x/y", "kept in PostgreSQL, not in 'mysql'"),
        ("nonsense", "cannot be read"),
        ("postgresql://host:port/x", "cannot be read"),
        ("postgresql://host", "names no database"),
    ],
)
def test_addresses_that_are_none(address: str, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        database_url(address)


def test_a_password_is_in_nothing_that_is_shown() -> None:
    url = database_url("postgresql://tina:s3cret@host:5433/lab?sslmode=require&password=other")
    assert shown(url) == "postgresql://tina@host:5433/lab?sslmode=require"


def test_a_damaged_record_is_said_with_its_file(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text("{")
    with pytest.raises(LedgerError, match=r"database\.json cannot be read"):
        ledger_url(tmp_path, "grades.sqlite")
