"""Decisions and releases in the ledger: rows are only ever added, so that who said what, and when, is never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import msgspec
from sqlalchemy import Connection, func, insert, select

from grader.model import Decision, Result, Value
from grader.store import tables


class LoggedDecision(Value, frozen=True):
    """One row: what was decided, or which row it `undoes`; `before` is how the check stood, in words."""

    id: int
    submission: str
    decision: Decision
    before: str
    undoes: int | None = None


class Release(Value, frozen=True):
    """A submission as its students may read it: when, by whom, and the result as it was then. None: taken back."""

    submission: str
    at: str
    by: str
    result: Result | None


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
        """Adds rows, all or none; gives them back with their ids."""
        with self._writing() as connection:
            return [self._added(connection, row) for row in rows]

    @staticmethod
    def _added(connection: Connection, row: LoggedDecision) -> LoggedDecision:
        values = {
            "submission": row.submission,
            "undoes": row.undoes,
            "before": row.before,
            "json": msgspec.json.encode(row.decision).decode(),
        }
        made = connection.execute(insert(tables.decisions).values(values)).inserted_primary_key
        assert made is not None, "the table has a primary key"
        return msgspec.structs.replace(row, id=int(made[0]))

    def rows(self, submission: str | None = None) -> list[LoggedDecision]:
        """All rows, or those of one submission, the oldest first."""
        query = select(tables.decisions).order_by(tables.decisions.c.id)
        if submission is not None:
            query = query.where(tables.decisions.c.submission == submission)
        with self._reading() as connection:
            return [
                LoggedDecision(
                    row.id,
                    row.submission,
                    msgspec.json.decode(row.json, type=Decision),
                    row.before,
                    row.undoes,
                )
                for row in connection.execute(query)
            ]

    def not_taken_back(self, submission: str | None = None) -> dict[str, list[Decision]]:
        """What has not been taken back, by submission, the oldest first."""
        taken_back: set[int] = set()
        found: dict[str, list[Decision]] = {}
        for row in reversed(self.rows(submission)):
            if row.id in taken_back:
                continue
            if row.undoes is not None:
                taken_back.add(row.undoes)
            else:
                found.setdefault(row.submission, []).append(row.decision)
        return {name: decisions[::-1] for name, decisions in found.items()}

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

    def released(self) -> dict[str, Release]:
        """The newest release of each submission that has not been taken back."""
        newest = select(func.max(tables.releases.c.id)).group_by(tables.releases.c.submission)
        query = select(tables.releases).where(tables.releases.c.id.in_(newest), tables.releases.c.json != "")
        with self._reading() as connection:
            return {
                row.submission: Release(row.submission, row.at, row.by, Result.from_json(row.json))
                for row in connection.execute(query)
            }
