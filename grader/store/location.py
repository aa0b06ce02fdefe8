"""Where the ledger of a graded folder is: the SQLite file in it, or a PostgreSQL database that the folder names.

The folder keeps the address without its password, and the ledger's own number, so that later commands find the ledger
and never take another for it. A password comes from the address that is given, from ``GRADER_DATABASE``, or from where
PostgreSQL's own programs take it (``PGPASSWORD``, ``~/.pgpass``).
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from grader.atomic_file import write
from grader.errors import LedgerError
from grader.model import Value

DATABASE: Final = "GRADER_DATABASE"  # the variable of the environment that stands for --database
RECORD: Final = "database.json"  # in the graded folder, beside where the SQLite file would be
_DRIVER: Final = "postgresql+psycopg"
_NAMES: Final = frozenset(("postgresql", "postgres", _DRIVER))
_SECRET: Final = ("password", "sslpassword")


class Recorded(Value, frozen=True):
    """What a graded folder says of its database: the address without a password, and the ledger's number."""

    url: str
    ledger: str


def database_url(text: str) -> URL:
    """An address as it is used. Raises `LedgerError` for what is none of PostgreSQL, or where its driver is lacking."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError) as problem:
        raise LedgerError(
            "the address of the database cannot be read: write postgresql://user@host/database"
        ) from problem
    if url.drivername not in _NAMES:
        raise LedgerError(
            f"a ledger is kept in PostgreSQL, not in {url.drivername!r}: write postgresql://user@host/database, "
            "or leave --database out for SQLite in the graded folder"
        )
    if not url.database:
        raise LedgerError(f"{shown(url)} names no database: write postgresql://user@host/database")
    if find_spec("psycopg") is None:
        raise LedgerError(
            "PostgreSQL's driver is not installed: run pip install 'report-grader[postgresql]' first"
        )
    return url.set(drivername=_DRIVER)


def shown(url: URL) -> str:
    """The address as it may be read by anybody: without a password."""
    bare = url.set(drivername="postgresql").difference_update_query(_SECRET)
    return URL.create(
        bare.drivername, bare.username, None, bare.host, bare.port, bare.database, bare.query
    ).render_as_string(hide_password=False)


def recorded(folder: Path) -> Recorded | None:
    """What the folder says of its database, if anything. Raises `LedgerError` where that cannot be read."""
    path = folder / RECORD
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recorded)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as problem:
        raise LedgerError(
            f"{path} cannot be read ({problem}): it names the database of the ledger; put it back, or give --database"
        ) from problem


def keep_record(folder: Path, record: Recorded) -> None:
    """Writes down where the ledger is. Raises `FileWriteError`."""
    write(folder / RECORD, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def ledger_url(folder: Path, file: str, given: str = "", *, new: bool = False) -> URL | None:
    """The address of a folder's ledger; None for the SQLite `file` in it.

    A folder keeps to what it has: one with a SQLite ledger takes no database, and the environment is asked for `new`
    folders and for passwords only. Raises `LedgerError`.
    """
    has_file = (folder / file).is_file()
    asked = os.environ.get(DATABASE, "").strip()
    if given:
        url = database_url(given)
        if has_file:
            raise LedgerError(
                f"{folder} has its ledger in {file}, with all that was decided there: leave --database out, "
                "or choose another folder with --out"
            )
        return _with_password(url, asked)
    before = recorded(folder)
    if before is not None:
        return _with_password(database_url(before.url), asked)
    return database_url(asked) if asked and new and not has_file else None


def _with_password(url: URL, asked: str) -> URL:
    """The address with the password of the environment's, where that is of the same database."""
    if url.password is None and asked:
        other = database_url(asked)
        if shown(other) == shown(url):
            return other
    return url
