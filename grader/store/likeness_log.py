"""What submissions are compared by, kept apart from the rest of a result, and what the comparison found.

A submission's marks are unpacked from its trace once, when it was graded, and a pair's passages once, when it was found;
a class to which one is added is compared from these alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select

from grader.model import Result, Value
from grader.page_data import Pair, Trace
from grader.store import tables
from grader.store.changes import bump

_AT_ONCE: Final = 200  # rows that are asked for by name in one query


class Traced(Value, frozen=True):
    """A submission that was graded since it was last compared; `graded_at` tells this grading from others."""

    result: Result
    trace: Trace
    graded_at: str


class KeptMarks(Value, frozen=True):
    """What one submission is compared by: `marks` of its text, packed, and all else as JSON."""

    submission: str
    graded_at: str
    marks: bytes
    json: str


class KeptPair(Value, frozen=True):
    """A pair as it stands in the ledger; `basis` is a digest of what it was made from."""

    pair: Pair
    basis: str


class LikenessLog:
    """The rows of a ledger about likeness. `reading` and `writing` open its transactions."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._reading = reading
        self._writing = writing

    def unseen(self) -> list[str]:
        """The submissions that were graded since they were last compared."""
        kept, results = tables.marks, tables.results
        query = (
            select(results.c.submission)
            .outerjoin(kept, kept.c.submission == results.c.submission)
            .where(
                results.c.present == 1,
                (kept.c.graded_at.is_(None)) | (kept.c.graded_at != results.c.graded_at),
            )
        )
        with self._reading() as connection:
            return sorted(connection.execute(query).scalars())

    def traced(self, submissions: Iterable[str]) -> Iterator[Traced]:
        """These with their traces, a few at a time."""
        names = list(submissions)
        columns = (tables.results.c.json, tables.results.c.trace, tables.results.c.graded_at)
        for at in range(0, len(names), _AT_ONCE):
            query = select(*columns).where(tables.results.c.submission.in_(names[at : at + _AT_ONCE]))
            with self._reading() as connection:
                found = [
                    Traced(Result.from_json(text), msgspec.json.decode(trace, type=Trace), graded_at)
                    for text, trace, graded_at in connection.execute(query)
                ]
            yield from found

    def keep(self, marks: Iterable[KeptMarks]) -> None:
        """Puts these in place of what the same submissions had, a few at a time."""
        waiting: list[KeptMarks] = []
        for one in marks:
            waiting.append(one)
            if len(waiting) == _AT_ONCE:
                self._put(waiting)
                waiting = []
        self._put(waiting)

    def _put(self, marks: list[KeptMarks]) -> None:
        if not marks:
            return
        names = [one.submission for one in marks]
        with self._writing() as connection:
            connection.execute(delete(tables.marks).where(tables.marks.c.submission.in_(names)))
            connection.execute(insert(tables.marks), [msgspec.structs.asdict(one) for one in marks])

    def marks(self) -> list[KeptMarks]:
        """What all submissions that are handed in are compared by, in order."""
        query = (
            select(tables.marks)
            .join(tables.results, tables.results.c.submission == tables.marks.c.submission)
            .where(tables.results.c.present == 1)
        )
        with self._reading() as connection:
            found = [KeptMarks(*row) for row in connection.execute(query)]
        return sorted(found, key=lambda one: one.submission)

    def pairs(self) -> dict[tuple[str, str, str], KeptPair]:
        """The pairs that were found, by both submissions and their kind."""
        query = select(tables.pairs.c.json, tables.pairs.c.basis)
        with self._reading() as connection:
            found = [
                KeptPair(msgspec.json.decode(text, type=Pair), basis)
                for text, basis in connection.execute(query)
            ]
        return {(one.pair.one, one.pair.other, one.pair.kind): one for one in found}

    def change_pairs(self, gone: Iterable[tuple[str, str, str]], found: Iterable[KeptPair]) -> None:
        """Removes the pairs that are `gone`, named as `pairs` names them, and adds those that were `found`."""
        table = tables.pairs
        old = [{"_one": one, "_other": other, "_kind": kind} for one, other, kind in gone]
        new = [
            {
                "one": kept.pair.one,
                "other": kept.pair.other,
                "kind": kept.pair.kind,
                "json": msgspec.json.encode(kept.pair).decode(),
                "basis": kept.basis,
            }
            for kept in found
        ]
        if not old and not new:
            return
        with self._writing() as connection:
            if old:
                connection.execute(
                    delete(table).where(
                        table.c.one == bindparam("_one"),
                        table.c.other == bindparam("_other"),
                        table.c.kind == bindparam("_kind"),
                    ),
                    old,
                )
            if new:
                connection.execute(insert(table), new)
            bump(connection, "pairs")
