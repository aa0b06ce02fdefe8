"""What the review application keeps in the ledger besides decisions: keys, the comment bank, students' requests."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from grader.model import Value
from grader.store import tables
from grader.store.changes import bump
from grader.store.engine import LARGEST_NUMBER, batched, kept_text

LINK_SECONDS: Final = 15 * 60.0  # after which a one-time link opens nothing any more
SESSION_SECONDS: Final = 12 * 3600.0  # after which a browser must come in anew


class Comment(Value, frozen=True):
    """A comment in the bank of one check."""

    id: int
    check: str
    text: str


class Request(Value, frozen=True):
    """What a student asks to be looked at again; `closed` is empty while it is open."""

    id: int
    submission: str
    check: str
    text: str
    by: str
    at: str
    closed: str


class ReviewDesk:
    """`reading` and `writing` open the ledger's transactions."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._reading = reading
        self._writing = writing

    def make_key(self, kind: str, name: str, seconds: float) -> str:
        """A new secret for a link or a session of someone; only its digest is kept."""
        secret, now = secrets.token_urlsafe(32), time.time()
        with self._writing() as connection:
            connection.execute(delete(tables.keys).where(tables.keys.c.ends < now))
            row = {"digest": _digest(secret), "kind": kind, "name": name, "made": now, "ends": now + seconds}
            connection.execute(insert(tables.keys).values(row))
        return secret

    def holder(self, kind: str, secret: str) -> str | None:
        """Whose session or link it is, if it still holds."""
        query = select(tables.keys.c.name).where(
            tables.keys.c.digest == _digest(secret),
            tables.keys.c.kind == kind,
            tables.keys.c.ends >= time.time(),
        )
        with self._reading() as connection:
            return connection.execute(query).scalar()

    def use_link(self, secret: str) -> str | None:
        """Whose link it is; it opens nothing a second time."""
        mine = (tables.keys.c.digest == _digest(secret)) & (tables.keys.c.kind == "link")
        with self._writing() as connection:
            row = connection.execute(select(tables.keys.c.name, tables.keys.c.ends).where(mine)).one_or_none()
            connection.execute(delete(tables.keys).where(mine))
        return row.name if row is not None and row.ends >= time.time() else None

    def revoke(self, name: str) -> int:
        """Ends all links and sessions of someone; how many there were."""
        with self._writing() as connection:
            return int(connection.execute(delete(tables.keys).where(tables.keys.c.name == name)).rowcount)

    def end(self, secret: str) -> None:
        """Ends one session."""
        with self._writing() as connection:
            connection.execute(delete(tables.keys).where(tables.keys.c.digest == _digest(secret)))

    def comments(self, check: str) -> list[Comment]:
        """The bank of a check, the oldest first."""
        query = (
            select(tables.comments)
            .where(tables.comments.c.check_id == kept_text(check))
            .order_by(tables.comments.c.id)
        )
        with self._reading() as connection:
            return [Comment(row.id, row.check_id, row.text) for row in connection.execute(query)]

    def add_comment(self, check: str, text: str, *, by: str, at: str) -> None:
        """Adds a comment to the bank of a check, once."""
        try:
            with self._writing() as connection:
                connection.execute(
                    insert(tables.comments).values(
                        check_id=kept_text(check), text=kept_text(text), by=by, at=at
                    )
                )
        except IntegrityError:
            return

    def change_comment(self, number: int, text: str) -> Comment | None:
        """Puts another text in a comment's place; gives the comment as it was."""
        text = kept_text(text)
        mine = tables.comments.c.id == min(number, LARGEST_NUMBER)
        with self._writing() as connection:
            row = connection.execute(select(tables.comments).where(mine)).one_or_none()
            if row is None:
                return None
            taken = connection.execute(
                select(tables.comments.c.id).where(
                    tables.comments.c.check_id == row.check_id, tables.comments.c.text == text
                )
            ).scalar()
            if taken is None:
                connection.execute(update(tables.comments).where(mine).values(text=text))
            elif taken != number:
                connection.execute(delete(tables.comments).where(mine))
        return Comment(row.id, row.check_id, row.text)

    def requests(self, *, open_only: bool = False) -> list[Request]:
        """What students asked, the oldest first."""
        query = select(tables.requests).order_by(tables.requests.c.id)
        if open_only:
            query = query.where(tables.requests.c.closed == "")
        with self._reading() as connection:
            return [
                Request(row.id, row.submission, row.check_id, row.text, row.by, row.at, row.closed)
                for row in connection.execute(query)
            ]

    def add_request(self, submission: str, check: str, text: str, *, by: str, at: str) -> None:
        """Adds what a student asks."""
        with self._writing() as connection:
            connection.execute(
                insert(tables.requests).values(
                    submission=submission,
                    check_id=kept_text(check),
                    text=kept_text(text),
                    by=by,
                    at=at,
                    closed="",
                )
            )
            bump(connection, "requests")

    def close_request(self, number: int, closed: str) -> None:
        """Says when and by whom a request was answered."""
        with self._writing() as connection:
            connection.execute(
                update(tables.requests)
                .where(tables.requests.c.id == min(number, LARGEST_NUMBER))
                .values(closed=closed)
            )
            bump(connection, "requests")

    def answer(self, closed: Mapping[tuple[str, str], str]) -> None:
        """Closes what is open of these submissions and checks, each with what answered it."""
        mine = [one for one in self.requests(open_only=True) if (one.submission, one.check) in closed]
        for one in mine:
            self.close_request(one.id, closed[(one.submission, one.check)])

    def open_again(self, closed: AbstractSet[str]) -> None:
        """Opens what was closed with one of these answers."""
        with self._writing() as connection:
            for some in batched(sorted(closed)):
                found = tables.requests.c.closed.in_(some)
                if connection.execute(update(tables.requests).where(found).values(closed="")).rowcount:
                    bump(connection, "requests")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
