"""The ledger: old ones are migrated and lose nothing, two processes share one, blobs are kept as long as they are named."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import new_database, on_both  # type: ignore[import-not-found] # in tests, see conftest
from sqlalchemy import create_engine

from grader.errors import DecisionRefused, LedgerError
from grader.model import (
    Decision,
    Execution,
    ExecutionStatus,
    GraderInfo,
    Result,
    Status,
    Student,
    Verdict,
)
from grader.page_data import ExecutedCell, PageData, Pair, Passage, Trace
from grader.store import Ledger, LedgerVersion, LoggedDecision, Release, migrations, tables
from grader.store.location import database_url

Open = Callable[[], Ledger]


@pytest.fixture(params=on_both())
def database(request: pytest.FixtureRequest) -> str:
    """The address of a database, or nothing for a SQLite file."""
    return new_database() if request.param == "postgresql" else ""


@pytest.fixture
def open_one(tmp_path: Path, database: str) -> Open:
    """Opens the ledger of the test's folder, as often as it is asked."""
    return lambda: Ledger(tmp_path / "grades.sqlite", url=database_url(database) if database else None)


TABLES_OF_VERSION_1 = """
CREATE TABLE about (key VARCHAR NOT NULL PRIMARY KEY, value VARCHAR NOT NULL);
CREATE TABLE results (submission VARCHAR NOT NULL PRIMARY KEY, content VARCHAR NOT NULL, rubric VARCHAR NOT NULL,
  settings VARCHAR NOT NULL, status VARCHAR NOT NULL, graded_at VARCHAR NOT NULL, json VARCHAR NOT NULL,
  lms VARCHAR NOT NULL, trace VARCHAR NOT NULL, present INTEGER NOT NULL);
CREATE TABLE attempts (id INTEGER NOT NULL PRIMARY KEY, submission VARCHAR NOT NULL, content VARCHAR NOT NULL,
  points FLOAT NOT NULL, graded_at VARCHAR NOT NULL, json VARCHAR NOT NULL,
  CONSTRAINT one_result_an_attempt UNIQUE (submission, content));
CREATE INDEX ix_attempts_submission ON attempts (submission);
CREATE TABLE overrides (id INTEGER NOT NULL PRIMARY KEY, submission VARCHAR NOT NULL, check_id VARCHAR NOT NULL,
  points FLOAT NOT NULL, reason VARCHAR NOT NULL, who VARCHAR NOT NULL, at VARCHAR NOT NULL);
INSERT INTO about VALUES ('version', '1');
"""


def result(name: str, points: float = 1.0) -> Result:
    return Result(
        1, name, (Student(name),), (), Status.GRADED, points, 1.0, (), (),
        Execution(ExecutionStatus.SKIPPED), GraderInfo("0", "lab", "r"),
    )  # fmt: skip


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_ledger_of_version_1_is_migrated_and_keeps_everything(tmp_path: Path) -> None:
    path = tmp_path / "grades.sqlite"
    old = result("anna")
    with sqlite3.connect(path) as connection:
        connection.executescript(TABLES_OF_VERSION_1)
        row = (
            "anna",
            "c",
            "r",
            "s",
            "graded",
            "2026",
            old.to_json().decode(),
            json.dumps({"id": "7"}),
            "{}",
            1,
        )
        connection.execute("INSERT INTO results VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        connection.execute(
            "INSERT INTO attempts VALUES (1,'anna','c',1.0,'2026',?)", (old.to_json().decode(),)
        )
        connection.execute("INSERT INTO overrides VALUES (1,'anna','q1',2.0,'why','me','2026')")
    with Ledger(path) as ledger:
        assert ledger.results() == [old]
        assert ledger.attempts("anna") == [old]
        assert ledger.identities() == {"anna": {"id": "7"}}
        assert ledger.stored_page("anna").page == PageData()
        ledger.record(result("anna", 0.5), content="d", settings="s")
        assert [one.points for one in ledger.attempts("anna")] == [1.0, 0.5]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT reason FROM overrides").fetchall() == [("why",)]
    with Ledger(path) as ledger:
        assert [one.points for one in ledger.results()] == [0.5]


def test_the_migrations_come_to_the_tables_as_declared(tmp_path: Path, open_one: Open, database: str) -> None:
    open_one().close()
    engine = create_engine(database_url(database) if database else f"sqlite:///{tmp_path / 'grades.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == migrations.HEAD
    engine.dispose()


def test_a_ledger_of_a_newer_grader_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "grades.sqlite"
    with Ledger(path):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999'")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="newer grader"):
        Ledger(path)
    assert path.read_bytes() == before


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "grades.sqlite"
    path.write_bytes(b"no database at all, and long enough to be looked at" * 40)
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger(path)
    with pytest.raises(LedgerError, match="no graded folder"):
        Ledger(tmp_path / "elsewhere" / "grades.sqlite", must_exist=True)
    assert not (tmp_path / "elsewhere").exists()


def test_pages_come_back_as_they_were_recorded(open_one: Open) -> None:
    picture, notebook = b"a picture", b"a notebook"
    page = PageData(
        (Passage("q1", "title", "text", digest(picture)),),
        (ExecutedCell("cell 1", "x = 1", "out", pictures=(digest(picture),)),),
        digest(notebook),
    )
    blobs = {digest(picture): picture, digest(notebook): notebook}
    with open_one() as ledger:
        ledger.record(
            result("anna"), content="c", settings="s", page=page, blobs=blobs, trace=Trace((1,), ("a",))
        )
        before = ledger.digests()["anna"]
        assert ledger.stored_page("anna").page == page
        assert ledger.blobs.get(page.notebook) == notebook
        assert before.notebook == page.notebook
        assert ledger.traces()["anna"] == Trace((1,), ("a",))
        ledger.record(result("anna"), content="c", settings="s", page=page, blobs=blobs)
        assert ledger.digests()["anna"] == before, "the same values, the same digest"
        ledger.record(result("anna"), content="c", settings="s", page=PageData(page.passages), blobs={})
        assert ledger.digests()["anna"] != before


def test_a_submission_that_is_absent_once_loses_nothing(open_one: Open) -> None:
    notebook = b"a notebook"
    page = PageData(notebook=digest(notebook))
    with open_one() as ledger:
        for name in ("anna", "bo"):
            ledger.record(
                result(name), content="c", settings="s", page=page, blobs={digest(notebook): notebook}
            )
        ledger.keep_only({"bo"})
        ledger.sweep()
        assert [one.submission for one in ledger.results()] == ["bo"]
        ledger.keep_only({"anna", "bo"})
        assert [one.submission for one in ledger.results()] == ["anna", "bo"]
        assert ledger.blobs.get(ledger.stored_page("anna").page.notebook) == notebook


def test_blobs_that_nothing_names_are_swept(open_one: Open) -> None:
    with open_one() as ledger:
        for data in (b"first", b"second"):
            page = PageData(notebook=digest(data))
            ledger.record(result("anna"), content="c", settings="s", page=page, blobs={digest(data): data})
        ledger.sweep()
        assert ledger.blobs.get(digest(b"first")) == b""
        assert ledger.blobs.get(digest(b"second")) == b"second"


def test_a_blob_that_was_altered_is_not_given_out(open_one: Open, tmp_path: Path) -> None:
    with open_one() as ledger:
        ledger.blobs.put(digest(b"true"), b"true")
        (path,) = (tmp_path / "blobs").glob("??/*")
        path.write_bytes(b"false")
        assert ledger.blobs.get(digest(b"true")) == b""


def test_pairs_are_replaced_as_a_whole(open_one: Open) -> None:
    near = Pair("a", "b", "figures", 1.0, figures=(("t", 1.0, 2.0),), odds=1e-9)
    far = Pair("a", "c", "text", 0.6, ("words",))
    with open_one() as ledger:
        ledger.write_pairs([far, near])
        assert ledger.pairs() == [near, far]
        ledger.write_pairs([])
        assert ledger.pairs() == []


def test_two_processes_make_one_new_ledger_and_lose_no_row(
    tmp_path: Path, open_one: Open, database: str
) -> None:
    """Both open a folder that has no ledger yet, and write at the same time."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[3]); from pathlib import Path; import msgspec;"
        "from grader.store import Ledger; from grader.model import Result;"
        "results = [Result.from_json(line) for line in sys.stdin];"
        "from grader.store.location import database_url;"
        "url = database_url(sys.argv[4]) if sys.argv[4] else None;"
        "ledger = Ledger(Path(sys.argv[1]), url=url);"
        "[ledger.record(one, content=sys.argv[2], settings='s') for one in results]"
    )
    top = str(Path(__file__).parents[2])
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "grades.sqlite"), mark, top, database],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for mark in ("x", "y")
    ]
    for process, mark in zip(processes, "xy", strict=True):
        assert process.stdin is not None
        for number in range(20):
            process.stdin.write(result(f"{mark}{number:02d}").to_json().decode() + "\n")
        process.stdin.close()
    for process in processes:
        assert process.wait(60) == 0, process.stderr.read() if process.stderr else ""
        assert process.stderr is not None
        process.stderr.close()
    with open_one() as ledger:
        assert len(ledger.results()) == 40


def test_a_row_that_cannot_be_read_is_said_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "grades.sqlite"
    with Ledger(path) as ledger:
        ledger.record(result("anna"), content="c", settings="s")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE results SET json = ?", (msgspec.json.encode({"schema": 99}).decode(),))
    with Ledger(path) as ledger, pytest.raises(LedgerError, match=r"grades\.sqlite"):
        ledger.results()


def test_names_are_in_one_order_whatever_the_language_of_the_database(open_one: Open) -> None:
    names = ["Zoe", "anna", "Ärla", "bo", "_x", "Bo", "10", "9"]
    with open_one() as ledger:
        for name in names:
            ledger.record(result(name), content="c", settings="s", lms={"id": name})
        assert [one.submission for one in ledger.results()] == sorted(names)
        assert list(ledger.digests()) == list(ledger.identities()) == list(ledger.traces()) == sorted(names)


def test_what_changed_is_told_without_reading_everything(open_one: Open) -> None:
    with open_one() as ledger:
        for name in ("anna", "bo", "cara", "dan"):
            ledger.record(result(name), content="c", settings="s")
        before = ledger.version()
        assert ledger.changed_since(LedgerVersion()) == dict.fromkeys(("anna", "bo", "cara", "dan"), True)
        assert ledger.changed_since(before) == {}
        ledger.record(result("anna", 0.5), content="d", settings="s")
        ledger.log.append([logged("bo")])
        ledger.log.release([Release("dan", "2026", "tina", result("dan"))])
        ledger.keep_only({"anna", "bo", "dan"})
        assert ledger.version() != before
        assert ledger.changed_since(before) == {"anna": True, "bo": True, "cara": False, "dan": True}


def logged(name: str, check: str = "q1") -> LoggedDecision:
    return LoggedDecision(0, name, Decision(check, Verdict.PASS, 1.0, by="tina", at="2026"), "review 0")


def test_what_was_decided_together_is_known_and_taken_back_whole_or_not_at_all(open_one: Open) -> None:
    with open_one() as ledger:
        log = ledger.log
        first = log.append([logged(name) for name in ("anna", "bo", "cara")])
        second = log.append([logged("anna", "q2")])
        assert [row.id for row in log.rows_with(first[1].id)] == [row.id for row in first]
        assert log.rows_with(second[0].id) == second
        undone = log.take_back([row.id for row in first], by="tom", at="2027")
        assert [(row.undoes, row.decision.by) for row in undone] == [(row.id, "tom") for row in first]
        assert log.not_taken_back() == {"anna": [second[0].decision]}
        with pytest.raises(DecisionRefused, match="taken back already"):
            log.take_back([second[0].id, first[0].id], by="tom", at="2027")
        assert log.count() == 7, "nothing of what was refused is kept"
        log.take_back([undone[0].id], by="tina", at="2028")
        assert log.not_taken_back("anna") == {"anna": [first[0].decision, second[0].decision]}
        assert log.taken_back(first) == {row.id for row in first[1:]}, (
            "an undo that was undone takes nothing back"
        )
        assert [row.id for row in log.newest(1, 2)] == [row.id for row in log.rows()[::-1][1:3]]
        assert log.rows_after(second[0].id) == log.rows()[4:]
        assert log.row(10**30) is None
        with pytest.raises(DecisionRefused, match="no decision"):
            log.take_back([10**30], by="tom", at="2027")


def test_the_newest_release_counts_and_an_empty_one_takes_it_back(open_one: Open) -> None:
    with open_one() as ledger:
        ledger.log.release(Release(name, "2026", "tina", result(name)) for name in ("anna", "bo"))
        ledger.log.release(
            [Release("anna", "2027", "tina", None), Release("bo", "2028", "tom", result("bo"))]
        )
        assert ledger.log.released_at() == {"bo": "2028"}
        assert set(ledger.log.released()) == {"bo"}
        assert ledger.log.released_at("anna") == {}


def test_the_desk_keeps_keys_comments_and_requests(open_one: Open) -> None:
    with open_one() as ledger:
        desk = ledger.desk
        link = desk.make_key("link", "tina", 60)
        assert (desk.use_link(link), desk.use_link(link)) == ("tina", None)
        session = desk.make_key("session", "tina", 60)
        assert desk.holder("session", session) == "tina"
        assert desk.revoke("tina") == 1
        assert desk.holder("session", session) is None
        for text in ("Good.", "Good.", "Half\0way \ud83d."):
            desk.add_comment("q1", text, by="tina", at="2026")
        assert [one.text for one in desk.comments("q1")] == ["Good.", "Halfway ?."]
        number = desk.comments("q1")[0].id
        assert desk.change_comment(number, "Better.") is not None
        assert desk.change_comment(10**30, "Better.") is None
        desk.add_request("anna", "q1", "Please\0 look.", by="tina", at="2026")
        (asked,) = desk.requests(open_only=True)
        assert asked.text == "Please look."
        desk.close_request(10**30, "never")
        desk.close_request(asked.id, "2027 by tina")
        assert desk.requests(open_only=True) == []
