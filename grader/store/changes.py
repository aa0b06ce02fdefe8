"""How much was written: a number for each kind of thing, so that readers learn what is new without reading it all."""

from __future__ import annotations

from sqlalchemy import Connection, select

from grader.store import tables
from grader.store.engine import put


def bump(connection: Connection, kind: str) -> int:
    """Counts a writing of some kind, in the transaction that writes; its number."""
    query = select(tables.changes.c.number).where(tables.changes.c.kind == kind)
    number = int(connection.execute(query).scalar() or 0) + 1
    put(connection, tables.changes, {"kind": kind, "number": number}, ["kind"])
    return number


def changes(connection: Connection) -> dict[str, int]:
    """The number of the newest writing of each kind."""
    return {str(kind): int(number) for kind, number in connection.execute(select(tables.changes))}
