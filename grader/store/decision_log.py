"""Decisions and releases in the ledger: rows are only ever added, so that who said what, and when, is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, insert, select

from grader.errors import DecisionRefused
from grader.model import Decision, Result, Value
from grader.store import tables
from grader.store.changes import bump
from grader.store.engine import LARGEST_NUMBER, batched

_CLICKS: Final = "clicks"  # what is counted: how often something was decided


class LoggedDecision(Value, frozen=True):
    """One row: what was decided, or which row it `undoes`; `before` is how the check stood, in words.

    Rows that were added at once have the same `together`; rows of older ledgers have none.
    """

    id: int
    submission: str
    decision: Decision
    before: str
    undoes: int | None = None
    together: int | None = None


class Release(Value, frozen=True):
    """A submission as its students may read it: when, by whom, and the result as it was then. None: taken back."""

    submission: str
    at: str
    by: str
    result: Result | None


class Releasing(Value, frozen=True):
    """Submissions that one person released at one moment, or took back; `at` as in a `Release`."""

    at: str
    by: str
    back: bool
    submissions: tuple[str, ...]


class DecisionLog:
    """The rows of a ledger that people add. `reading` and `writing` open its transactions."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._reading = reading
        self._writing = writing

    def append(self, rows: Iterable[LoggedDecision]) -> list[LoggedDecision]:
        """Adds rows, all or none; gives them back with their ids. They belong together: `together` is the same for all."""
        with self._writing() as connection:
            number = bump(connection, _CLICKS)
            return [_added(connection, row, number) for row in rows]

    def take_back(self, numbers: Sequence[int], *, by: str, at: str) -> list[LoggedDecision]:
        """Takes rows back by new ones, all or none. Raises `DecisionRefused` if one is not there, or taken back already."""
        with self._writing() as connection:
            together = bump(connection, _CLICKS)
            made = []
            for number in numbers:
                row = _one(connection, number)
                if row is None:
                    raise DecisionRefused(f"there is no decision {number}; grader decisions DIR lists them")
                own = _decoded(connection, _newest_last(tables.decisions.c.submission == row.submission))
                if number in _taken_back(own):
                    raise DecisionRefused(f"decision {number} is taken back already")
                taken = msgspec.structs.replace(row.decision, by=by, at=at)
                made.append(
                    _added(connection, LoggedDecision(0, row.submission, taken, "", number), together)
                )
            return made

    def row(self, number: int) -> LoggedDecision | None:
        """The row of that number."""
        with self._reading() as connection:
            return _one(connection, number)

    def rows(self, submission: str | None = None) -> list[LoggedDecision]:
        """All rows, or those of one submission, the oldest first."""
        where = () if submission is None else (tables.decisions.c.submission == submission,)
        with self._reading() as connection:
            return _decoded(connection, _newest_last(*where))

    def rows_with(self, number: int) -> list[LoggedDecision]:
        """The row of that number with those that were decided with it; the oldest first."""
        with self._reading() as connection:
            row = _one(connection, number)
            if row is None or row.together is None:
                return [row] if row is not None else []
            return _decoded(connection, _newest_last(tables.decisions.c.together == row.together))

    def rows_after(self, number: int) -> list[LoggedDecision]:
        """The rows that came after that number, the oldest first."""
        with self._reading() as connection:
            return _decoded(
                connection, _newest_last(tables.decisions.c.id > min(max(number, 0), LARGEST_NUMBER))
            )

    def count(self) -> int:
        """How many rows there are."""
        with self._reading() as connection:
            return int(connection.execute(select(func.count(tables.decisions.c.id))).scalar() or 0)

    def newest(self, start: int, many: int) -> list[LoggedDecision]:
        """Some rows, the newest first, from the `start`-th on."""
        query = select(tables.decisions).order_by(tables.decisions.c.id.desc()).offset(start).limit(many)
        with self._reading() as connection:
            return _decoded(connection, query)

    def taken_back(self, rows: Iterable[LoggedDecision]) -> set[int]:
        """The numbers of those of these rows that do not count any more; an undo that was undone takes nothing back."""
        numbers = {row.id: row.submission for row in rows}
        found: set[int] = set()
        with self._reading() as connection:
            undone = tables.decisions.c.undoes.is_not(None)
            for some in batched(sorted(set(numbers.values()))):
                query = _newest_last(tables.decisions.c.submission.in_(some), undone)
                found |= _taken_back(_decoded(connection, query))
        return found & numbers.keys()

    def not_taken_back(self, submission: str | None = None) -> dict[str, list[Decision]]:
        """What has not been taken back, by submission, the oldest first."""
        rows = self.rows(submission)
        gone = _taken_back(rows)
        found: dict[str, list[Decision]] = {}
        for row in rows:
            if row.id not in gone and row.undoes is None:
                found.setdefault(row.submission, []).append(row.decision)
        return found

    def latest(self) -> int:
        """The number of the newest row; 0 where there is none."""
        with self._reading() as connection:
            return int(connection.execute(select(func.max(tables.decisions.c.id))).scalar() or 0)

    def release(self, releases: Iterable[Release]) -> None:
        """Adds releases, all or none."""
        with self._writing() as connection:
            for one in releases:
                connection.execute(
                    insert(tables.releases).values(
                        submission=one.submission,
                        at=one.at,
                        by=one.by,
                        json=one.result.to_json().decode() if one.result is not None else "",
                    )
                )

    def releasings(self, since: str, before: str, most: int) -> list[Releasing]:
        """What was released or taken back from `since` on and before `before` (empty for no end), the newest first."""
        table = tables.releases
        columns = (table.c.submission, table.c.at, table.c.by, (table.c.json == "").label("back"))
        query = select(*columns).where(table.c.at >= since).order_by(table.c.id.desc())
        if before:
            query = query.where(table.c.at < before)
        found: dict[tuple[str, str, bool], list[str]] = {}
        with self._reading() as connection:
            for name, at, by, back in connection.execute(query):
                if (at, by, bool(back)) not in found and len(found) == most:
                    break
                found.setdefault((at, by, bool(back)), []).append(name)
        return [Releasing(at, by, back, tuple(sorted(names))) for (at, by, back), names in found.items()]

    def released(self, submission: str | None = None) -> dict[str, Release]:
        """The newest release of each submission, or of one, that has not been taken back."""
        query = select(tables.releases).where(tables.releases.c.id.in_(_newest_releases(submission)))
        with self._reading() as connection:
            return {
                row.submission: Release(row.submission, row.at, row.by, Result.from_json(row.json))
                for row in connection.execute(query)
                if row.json
            }

    def released_at(self, submission: str | None = None) -> dict[str, str]:
        """When each submission, or one, was released, if it still is."""
        columns = (tables.releases.c.submission, tables.releases.c.at)
        query = select(*columns).where(
            tables.releases.c.id.in_(_newest_releases(submission)), tables.releases.c.json != ""
        )
        with self._reading() as connection:
            return {str(name): str(at) for name, at in connection.execute(query)}


def _newest_releases(submission: str | None = None) -> Select[tuple[int]]:
    query = select(func.max(tables.releases.c.id)).group_by(tables.releases.c.submission)
    return query if submission is None else query.where(tables.releases.c.submission == submission)


def _newest_last(*where: ColumnElement[bool]) -> Select[Any]:
    return select(tables.decisions).where(*where).order_by(tables.decisions.c.id)


def _one(connection: Connection, number: int) -> LoggedDecision | None:
    if not 0 < number <= LARGEST_NUMBER:
        return None
    return next(iter(_decoded(connection, _newest_last(tables.decisions.c.id == number))), None)


def _decoded(connection: Connection, query: Select[Any]) -> list[LoggedDecision]:
    return [
        LoggedDecision(
            row.id,
            row.submission,
            msgspec.json.decode(row.json, type=Decision),
            row.before,
            row.undoes,
            row.together,
        )
        for row in connection.execute(query)
    ]


def _taken_back(rows: Sequence[LoggedDecision]) -> set[int]:
    """The numbers that a later row takes back which is not taken back itself. `rows` are whole submissions, oldest first."""
    gone: set[int] = set()
    for row in reversed(rows):
        if row.undoes is not None and row.id not in gone:
            gone.add(row.undoes)
    return gone


def _added(connection: Connection, row: LoggedDecision, together: int) -> LoggedDecision:
    values = {
        "submission": row.submission,
        "undoes": row.undoes,
        "before": row.before,
        "json": msgspec.json.encode(row.decision).decode(),
        "together": together,
    }
    made = connection.execute(insert(tables.decisions).values(values)).inserted_primary_key
    assert made is not None, "the table has a primary key"
    return msgspec.structs.replace(row, id=int(made[0]), together=together)
