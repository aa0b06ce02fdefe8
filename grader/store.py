"""The ledger: one SQLite file that holds every submission's latest result, and what was graded from what.

A result is written whole in one transaction; a process killed at any moment leaves the ledger with the results
that were finished and no others. The files of the graded folder are made from it and can be made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from grader.model import Result, ResultFormatError, Status
from grader.similarity import Trace

LEDGER_VERSION: Final = 1
BUSY_SECONDS: Final = 30  # how long one process waits for another's write before it gives up with an error

_metadata = MetaData()
_about = Table(
    "about", _metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False)
)
_results = Table(
    "results",
    _metadata,
    Column("submission", String, primary_key=True),
    Column("content", String, nullable=False),  # digest of what was handed in
    Column("rubric", String, nullable=False),  # digest of what it was graded by
    Column("settings", String, nullable=False),  # what else decides the result: whether notebooks were run
    Column("status", String, nullable=False),
    Column("graded_at", String, nullable=False),
    Column("json", String, nullable=False),
    Column("lms", String, nullable=False, default="{}"),  # what an export needs to find its way back
    Column("trace", String, nullable=False, default="{}"),  # what it is compared with other submissions by
    Column("present", Integer, nullable=False, default=1),  # 0: no longer among what was handed in
)
_attempts = Table(
    "attempts",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", String, nullable=False, index=True),
    Column("content", String, nullable=False),
    Column("points", Float, nullable=False),
    Column("graded_at", String, nullable=False),
    Column("json", String, nullable=False),
    UniqueConstraint("submission", "content", name="one_result_an_attempt"),
)
_overrides = Table(
    "overrides",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("submission", String, nullable=False, index=True),
    Column("check_id", String, nullable=False),
    Column("points", Float, nullable=False),
    Column("reason", String, nullable=False),
    Column("who", String, nullable=False),
    Column("at", String, nullable=False),
)


class LedgerError(RuntimeError):
    """The ledger cannot be opened or written; the message says which file and what to do."""


class Ledger:
    """An open ledger. Several processes may hold one on the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine: Engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
        event.listen(self._engine, "connect", _durable)
        try:
            _metadata.create_all(self._engine)
            with self._engine.begin() as connection:
                connection.execute(
                    insert(_about).values(key="version", value=str(LEDGER_VERSION)).on_conflict_do_nothing()
                )
                version = connection.execute(
                    select(_about.c.value).where(_about.c.key == "version")
                ).scalar_one()
        except DatabaseError as problem:
            raise LedgerError(
                f"{path} is no ledger of this grader ({problem.orig}): move it away and grade again"
            ) from problem
        if int(version) != LEDGER_VERSION:
            raise LedgerError(
                f"{path} was written by another version of the grader: move it away and grade again"
            )

    def close(self) -> None:
        """Closes the file."""
        self._engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as problem:
            raise LedgerError(
                f"{self.path} cannot be written ({problem.orig}): is the disk full or the folder read-only?"
            ) from problem

    def record(
        self,
        result: Result,
        *,
        content: str,
        settings: str,
        lms: Mapping[str, str] | None = None,
        trace: Trace | None = None,
    ) -> None:
        """Writes a result in place of the submission's last one; an attempt with other contents is kept besides.

        `lms` is what intake learnt of where the submission came from.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        text = result.to_json().decode()
        row = {
            "submission": result.submission,
            "content": content,
            "rubric": result.grader.rubric,
            "settings": settings,
            "status": str(result.status),
            "graded_at": now,
            "json": text,
            "lms": json.dumps(dict(lms or {}), ensure_ascii=False),
            "trace": msgspec.json.encode(trace or Trace()).decode(),
            "present": 1,
        }
        attempt = {
            "submission": result.submission,
            "content": content,
            "points": result.points,
            "graded_at": now,
            "json": text,
        }
        with self._writing() as connection:
            connection.execute(
                insert(_results).values(row).on_conflict_do_update(index_elements=["submission"], set_=row)
            )
            connection.execute(
                insert(_attempts)
                .values(attempt)
                .on_conflict_do_update(index_elements=["submission", "content"], set_=attempt)
            )

    def up_to_date(self, *, rubric: str, settings: str) -> dict[str, str]:
        """The submissions that were graded by this rubric without an error of ours, with the digest of their contents."""
        query = select(_results.c.submission, _results.c.content).where(
            _results.c.rubric == rubric,
            _results.c.settings == settings,
            _results.c.status != str(Status.ERROR),
        )
        with self._engine.connect() as connection:
            return dict(connection.execute(query).tuples().all())

    def keep_only(self, submissions: set[str]) -> None:
        """Leaves the others out of what `results` gives; their rows and attempts stay in the ledger."""
        with self._writing() as connection:
            known = set(connection.execute(select(_results.c.submission)).scalars())
            for submission in known:
                connection.execute(
                    update(_results)
                    .where(_results.c.submission == submission)
                    .values(present=int(submission in submissions))
                )

    def results(self) -> list[Result]:
        """The latest result of each submission, by id. Raises `LedgerError` if one cannot be read."""
        query = select(_results.c.json).where(_results.c.present == 1).order_by(_results.c.submission)
        with self._engine.connect() as connection:
            try:
                return [Result.from_json(text) for text in connection.execute(query).scalars()]
            except ResultFormatError as problem:
                raise LedgerError(f"{self.path}: {problem}") from problem

    def identities(self) -> dict[str, dict[str, str]]:
        """What intake learnt of each submission, for exports."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_results.c.submission, _results.c.lms).where(_results.c.present == 1)
            )
            return {submission: json.loads(text) for submission, text in rows}

    def traces(self) -> dict[str, Trace]:
        """What each submission is compared with the others by."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(_results.c.submission, _results.c.trace).where(_results.c.present == 1)
            )
            return {submission: msgspec.json.decode(text, type=Trace) for submission, text in rows}

    def attempts(self, submission: str) -> list[Result]:
        """All attempts of one submission, the oldest first."""
        query = select(_attempts.c.json).where(_attempts.c.submission == submission).order_by(_attempts.c.id)
        with self._engine.connect() as connection:
            return [Result.from_json(text) for text in connection.execute(query).scalars()]

    def forget(self, submission: str) -> None:
        """Removes a submission's result, so that it is graded again."""
        with self._writing() as connection:
            connection.execute(delete(_results).where(_results.c.submission == submission))


def _durable(connection: object, _: object) -> None:
    """Write-ahead log with full sync: a committed result survives the loss of power."""
    cursor = connection.cursor()  # type: ignore[attr-defined] # the driver's own connection
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
