"""The database under a ledger: SQLite or PostgreSQL. Whatever differs between the two stands here.

On both, a transaction that writes waits for the one before it, so that rows get their numbers in the order in which they
are committed and nobody sees a later one without an earlier one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError

from grader.errors import LedgerError
from grader.store.location import shown

BUSY_SECONDS: Final = 30  # how long one process waits for another's write before it gives up with an error
_REACH_SECONDS: Final = 10  # how long a database may take to answer at all
_WRITERS: Final = (
    7_102_036_415_881  # the number of the lock that writers take in turn; any, but always the same
)
_AT_ONCE: Final = 500  # values in one question
LARGEST_NUMBER: Final = 2**31 - 1  # of a row

T = TypeVar("T")


class Place:
    """Where a ledger is, and how to say so to a person."""

    def __init__(self, path: Path, url: URL | None) -> None:
        self.path = path
        self.url = url

    def __str__(self) -> str:
        return shown(self.url) if self.url is not None else str(self.path)

    def engine(self) -> Engine:
        """A new engine; it is the caller's to dispose of."""
        if self.url is None:
            made = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": BUSY_SECONDS})
            event.listen(made, "connect", _durable)
            event.listen(made, "begin", _begin_sqlite)
            return made
        made = create_engine(
            self.url,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _REACH_SECONDS, "client_encoding": "utf8"},
        )
        event.listen(made, "begin", _begin_postgresql)
        return made

    def not_opened(self, problem: DatabaseError) -> LedgerError:
        """What a person reads where it cannot be opened."""
        if self.url is None:
            return LedgerError(
                f"{self} is no ledger of this grader ({problem.orig}): move it away and grade again"
            )
        what = "cannot be reached" if isinstance(problem, OperationalError) else "is no ledger of this grader"
        return LedgerError(
            f"the database {self} {what} ({_line(problem)}): check its address, that it runs and is there, and that you "
            "may write in it; a password is taken from GRADER_DATABASE or PGPASSWORD"
        )

    def not_written(self, problem: DatabaseError) -> LedgerError:
        """What a person reads where it cannot be written."""
        if self.url is None:
            return LedgerError(
                f"{self} cannot be written ({problem.orig}): is the disk full or the folder read-only?"
            )
        return LedgerError(f"the database {self} cannot be written ({_line(problem)}): does it still run?")

    def not_read(self, problem: DatabaseError) -> LedgerError:
        """What a person reads where it cannot be read."""
        if self.url is None:
            return LedgerError(
                f"{self} cannot be read ({problem.orig}): put back a copy of it, or move it away and grade again"
            )
        return LedgerError(f"the database {self} cannot be read ({_line(problem)}): does it still run?")


def put(connection: Connection, table: Table, row: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Adds a row, or puts it in the place of the one with the same `keys`."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            postgresql.insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=dict(row))
        )
    else:
        connection.execute(
            sqlite.insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=dict(row))
        )


def batched(names: Sequence[T]) -> Iterator[Sequence[T]]:
    """Names or numbers in runs that fit into one question to a database."""
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


def kept_text(text: str) -> str:
    """A text as both databases keep it: without the signs that are no text (NUL, halves of surrogate pairs)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _line(problem: DatabaseError) -> str:
    """The first line of what the database said, without what it repeats of the connection."""
    lines = str(problem.orig).strip().splitlines()
    return lines[-1].strip() if lines else type(problem.orig).__name__


def _durable(connection: object, _: object) -> None:
    """Write-ahead log with full sync: a committed result survives the loss of power. Transactions are ours to begin."""
    connection.isolation_level = None  # type: ignore[attr-defined] # the driver's own connection
    cursor = connection.cursor()  # type: ignore[attr-defined] # as above
    with contextlib.closing(cursor):
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")


def _begin_sqlite(connection: Connection) -> None:
    """A transaction that writes takes the lock at once, so that two of them queue instead of failing half-way."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """The same by a lock that the transaction gives back as it ends."""
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
