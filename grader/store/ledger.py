"""The ledger: a SQLite file or a PostgreSQL database with every submission's latest result, and all that pages are made from.

A result is written whole in one transaction; a process killed at any moment leaves the ledger with the results
that were finished and no others. Every file of the graded folder is made from it and can be made again, the same.
Pictures and executed notebooks lie beside it by their digests (`blobs.py`), written before the row that names them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import URL, Connection, Engine, Select, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from grader.errors import LedgerError, ResultFormatError
from grader.model import Result, Status, Value
from grader.page_data import PageData, Pair, Trace
from grader.store import migrations, tables
from grader.store.blobs import Blobs
from grader.store.changes import bump, changes
from grader.store.decision_log import DecisionLog
from grader.store.engine import Place, batched, put
from grader.store.file_stamps import FileStamps
from grader.store.likeness_log import LikenessLog
from grader.store.review_desk import ReviewDesk

BLOBS: Final = "blobs"
_AT_ONCE: Final = 200  # results that are read together


class StoredPage(Value, frozen=True):
    """What the pages of one submission are made from."""

    result: Result
    page: PageData


class PageDigests(Value, frozen=True):
    """What tells whether the files of a submission would come out the same: its pages, its executed notebook."""

    page: str
    notebook: str


class LedgerVersion(Value, frozen=True):
    """How much was written: of results, of what is true of the folder, of requests, of pairs; the newest decision, release."""

    results: int = -1
    about: int = -1
    decision: int = 0
    release: int = 0
    requests: int = -1
    pairs: int = -1


class Ledger:
    """An open ledger. Several processes may hold the same one.

    `path` is the SQLite file; with a `url` the ledger is in that PostgreSQL database, and only blobs lie beside `path`.
    """

    def __init__(self, path: Path, *, must_exist: bool = False, url: URL | None = None) -> None:
        self.path = path
        self.url = url
        self.place = Place(path, url)
        if must_exist and url is None and not path.is_file():
            raise LedgerError(
                f"{path.parent} is no graded folder: there is no {path.name} in it; run grader grade first"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        self.blobs = Blobs(path.parent / BLOBS)
        self.log = DecisionLog(self._reading, self._writing)
        self.desk = ReviewDesk(self._reading, self._writing)
        self.likeness = LikenessLog(self._reading, self._writing)
        self.stamps = FileStamps(self._reading, self._writing)
        self._engine: Engine = self.place.engine()
        try:
            with self._engine.connect() as connection:
                current = migrations.revision(connection) == migrations.HEAD
            if not current:
                with self._writing_engine.begin() as connection:
                    migrations.upgrade(connection)
        except migrations.UnknownRevisionError as problem:
            raise LedgerError(
                f"{self.place} was written by a newer grader ({problem}): use that one, or another folder with --out"
            ) from problem
        except DatabaseError as problem:
            raise self.place.not_opened(problem) from problem

    @property
    def _writing_engine(self) -> Engine:
        return self._engine.execution_options(writes=True)

    def close(self) -> None:
        """Closes it."""
        self._engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._writing_engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except DatabaseError as problem:
            raise self.place.not_written(problem) from problem

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as problem:
            raise self.place.not_read(problem) from problem
        except (ResultFormatError, msgspec.DecodeError, json.JSONDecodeError) as problem:
            raise LedgerError(
                f"{self.place} holds what cannot be read ({problem}): move it away and grade again"
            ) from problem

    def describe(self, **about: str) -> None:
        """Writes down what is true of the whole folder: the assignment's id and title."""
        with self._writing() as connection:
            for key, value in about.items():
                put(connection, tables.about, {"key": key, "value": value}, ["key"])
            bump(connection, "about")

    def version(self) -> LedgerVersion:
        """What changes whenever a result, a decision, a release or what is true of the folder does."""
        with self._reading() as connection:
            numbers = changes(connection)
            decision = connection.execute(select(func.max(tables.decisions.c.id))).scalar()
            release = connection.execute(select(func.max(tables.releases.c.id))).scalar()
        return LedgerVersion(
            numbers.get("results", 0),
            numbers.get("about", 0),
            int(decision or 0),
            int(release or 0),
            numbers.get("requests", 0),
            numbers.get("pairs", 0),
        )

    def changed_since(self, before: LedgerVersion) -> dict[str, bool]:
        """The submissions of which anything was written since, and whether each is still among what was handed in."""
        newer = select(tables.decisions.c.submission).where(tables.decisions.c.id > before.decision)
        out = select(tables.releases.c.submission).where(tables.releases.c.id > before.release)
        columns = (tables.results.c.submission, tables.results.c.present)
        with self._reading() as connection:
            own = connection.execute(select(*columns).where(tables.results.c.changed > before.results))
            found = {name: bool(present) for name, present in own}
            said = {*connection.execute(newer).scalars(), *connection.execute(out).scalars()} - found.keys()
            for some in batched(sorted(said)):
                named = connection.execute(select(*columns).where(tables.results.c.submission.in_(some)))
                found |= {name: bool(present) for name, present in named}
        return found

    def state(self) -> str:
        """A digest of all that the files of the folder are made from, but for what they are made with."""
        digest = hashlib.sha256()
        columns = (tables.results.c.submission, tables.results.c.digest)
        queries = (
            select(*columns).where(tables.results.c.present == 1),
            select(tables.pairs.c.json),
            select(func.max(tables.decisions.c.id)),
            select(func.max(tables.releases.c.id)),
        )
        with self._reading() as connection:
            for query in queries:
                for row in _in_order(connection, query):
                    digest.update("\0".join(map(str, row)).encode(errors="replace") + b"\n")
        return digest.hexdigest()

    def about(self) -> dict[str, str]:
        """What was written down of the whole folder."""
        with self._reading() as connection:
            return dict(connection.execute(select(tables.about)).all())

    def record(
        self,
        result: Result,
        *,
        content: str,
        settings: str,
        lms: Mapping[str, str] | None = None,
        trace: Trace | None = None,
        page: PageData | None = None,
        blobs: Mapping[str, bytes] | None = None,
        originals: Mapping[str, Path] | None = None,
    ) -> None:
        """Writes a result in place of the submission's last one; an attempt with other contents is kept besides.

        `lms` is what intake learnt of where the submission came from; `blobs` are the bytes that `page` names;
        `originals` are the files that were handed in, by their digests: they are kept for whoever must look at them.
        """
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        text = result.to_json().decode()
        shown = msgspec.json.encode(page or PageData()).decode()
        for digest, data in (blobs or {}).items():
            self.blobs.put(digest, data)
        for digest, path in (originals or {}).items():
            self.blobs.put_file(digest, path)
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
            "page": shown,
            "notebook": page.notebook if page else "",
            "digest": _digest(text, shown),
        }
        attempt = {
            "submission": result.submission,
            "content": content,
            "points": result.points,
            "graded_at": now,
            "json": text,
        }
        with self._writing() as connection:
            number = bump(connection, "results")
            put(connection, tables.results, row | {"changed": number}, ["submission"])
            put(connection, tables.attempts, attempt, ["submission", "content"])
            connection.execute(delete(tables.blobs).where(tables.blobs.c.submission == result.submission))
            for digest in sorted({*(blobs or {}), *(originals or {})}):
                connection.execute(insert(tables.blobs).values(submission=result.submission, digest=digest))

    def amend(self, results: Iterable[Result]) -> None:
        """Writes results in the place of those of the same submissions, that came of the same work: what is late changes so."""
        with self._writing() as connection:
            number = bump(connection, "results")
            for result in results:
                mine = tables.results.c.submission == result.submission
                shown = connection.execute(select(tables.results.c.page).where(mine)).scalar()
                text = result.to_json().decode()
                changed = {"json": text, "digest": _digest(text, str(shown)), "changed": number}
                connection.execute(update(tables.results).where(mine).values(changed))

    def up_to_date(self, *, rubric: str, settings: str) -> dict[str, str]:
        """The submissions that were graded by this rubric without an error of ours, with the digest of their contents."""
        query = select(tables.results.c.submission, tables.results.c.content).where(
            tables.results.c.rubric == rubric,
            tables.results.c.settings == settings,
            tables.results.c.status != str(Status.ERROR),
        )
        with self._reading() as connection:
            return dict(connection.execute(query).all())

    def keep_only(self, submissions: set[str]) -> None:
        """Leaves the others out of what `results` gives; their rows, pages and attempts stay in the ledger."""
        known_ones = select(tables.results.c.submission, tables.results.c.present)
        with self._writing() as connection:
            known = dict(connection.execute(known_ones).all())
            changed = [name for name, present in known.items() if present != int(name in submissions)]
            number = bump(connection, "results") if changed else 0
            for submission in changed:
                connection.execute(
                    update(tables.results)
                    .where(tables.results.c.submission == submission)
                    .values(present=int(submission in submissions), changed=number)
                )

    def sweep(self) -> None:
        """Removes blobs that no row names any more."""
        with self._reading() as connection:
            named = set(connection.execute(select(tables.blobs.c.digest).distinct()).scalars())
        self.blobs.keep_only(named)

    def results(self) -> list[Result]:
        """The latest result of each submission, by id. Raises `LedgerError` if one cannot be read."""
        query = select(tables.results.c.submission, tables.results.c.json).where(
            tables.results.c.present == 1
        )
        with self._reading() as connection:
            return [Result.from_json(text) for _, text in _in_order(connection, query)]

    def each_result(self, names: Iterable[str]) -> Iterator[Result]:
        """The latest results of these submissions in order, a few at a time: memory does not grow with the class."""
        chosen = sorted(names)
        for at in range(0, len(chosen), _AT_ONCE):
            columns = (tables.results.c.submission, tables.results.c.json)
            query = select(*columns).where(tables.results.c.submission.in_(chosen[at : at + _AT_ONCE]))
            with self._reading() as connection:
                found = [Result.from_json(text) for _, text in _in_order(connection, query)]
            yield from found

    def in_error(self) -> list[str]:
        """The submissions that met an error of ours, in order."""
        query = select(tables.results.c.submission).where(
            tables.results.c.present == 1, tables.results.c.status == str(Status.ERROR)
        )
        with self._reading() as connection:
            return sorted(connection.execute(query).scalars())

    def digests(self) -> dict[str, PageDigests]:
        """What tells whether a submission's files are still made from the same, by submission, in order."""
        columns = (tables.results.c.submission, tables.results.c.digest, tables.results.c.notebook)
        query = select(*columns).where(tables.results.c.present == 1)
        with self._reading() as connection:
            return {
                name: PageDigests(page, notebook) for name, page, notebook in _in_order(connection, query)
            }

    def stored_page(self, submission: str) -> StoredPage:
        """What the pages of one submission are made from. Raises `LedgerError` if there is none, or it cannot be read."""
        (stored,) = self.stored_pages([submission])
        return stored

    def stored_pages(self, submissions: Sequence[str]) -> Iterator[StoredPage]:
        """The same of each of these, in their order; a few are read at a time."""
        columns = (tables.results.c.submission, tables.results.c.json, tables.results.c.page)
        for at in range(0, len(submissions), _AT_ONCE):
            some = submissions[at : at + _AT_ONCE]
            query = select(*columns).where(tables.results.c.submission.in_(some))
            with self._reading() as connection:
                found = {
                    name: StoredPage(Result.from_json(text), msgspec.json.decode(page, type=PageData))
                    for name, text, page in connection.execute(query)
                }
            for name in some:
                if name not in found:
                    raise LedgerError(f"{self.place} holds no submission {name!r}; grade it first")
                yield found[name]

    def identities(self) -> dict[str, dict[str, str]]:
        """What intake learnt of each submission, for exports."""
        with self._reading() as connection:
            rows = _in_order(
                connection,
                select(tables.results.c.submission, tables.results.c.lms).where(
                    tables.results.c.present == 1
                ),
            )
            return {submission: json.loads(text) for submission, text in rows}

    def traces(self, submissions: Iterable[str] | None = None) -> dict[str, Trace]:
        """What each submission is compared with the others by; of some only, if they are named."""
        query = select(tables.results.c.submission, tables.results.c.trace).where(
            tables.results.c.present == 1
        )
        if submissions is not None:
            query = query.where(tables.results.c.submission.in_(list(submissions)))
        with self._reading() as connection:
            rows = _in_order(connection, query)
            return {submission: msgspec.json.decode(text, type=Trace) for submission, text in rows}

    def write_pairs(self, pairs: Iterable[Pair]) -> None:
        """Puts these in place of the pairs that were found before."""
        rows = [
            {
                "one": pair.one,
                "other": pair.other,
                "kind": pair.kind,
                "json": msgspec.json.encode(pair).decode(),
            }
            for pair in pairs
        ]
        with self._writing() as connection:
            connection.execute(delete(tables.pairs))
            if rows:
                connection.execute(insert(tables.pairs), rows)
            bump(connection, "pairs")

    def pairs(self) -> list[Pair]:
        """The pairs of submissions that are alike, the most alike first."""
        with self._reading() as connection:
            texts = connection.execute(select(tables.pairs.c.json)).scalars()
            found = [msgspec.json.decode(text, type=Pair) for text in texts]
        return sorted(
            found,
            key=lambda pair: (pair.odds if pair.odds is not None else 1 - pair.share, pair.one, pair.other),
        )

    def rendered(self) -> dict[str, str]:
        """What each file of the graded folder was last made from, by its path inside."""
        with self._reading() as connection:
            return dict(connection.execute(select(tables.rendered)).all())

    def write_rendered(self, wanted: Mapping[str, str], made: AbstractSet[str]) -> None:
        """Writes down what the files were made from: all that there are to be, and those that were `made` anew."""
        with self._writing() as connection:
            known = set(connection.execute(select(tables.rendered.c.path)).scalars())
            gone = [{"_path": path} for path in known - wanted.keys() | (made & known)]
            if gone:
                connection.execute(
                    delete(tables.rendered).where(tables.rendered.c.path == bindparam("_path")), gone
                )
            if made:
                rows = [{"path": path, "digest": wanted[path]} for path in sorted(made)]
                connection.execute(insert(tables.rendered), rows)

    def attempts(self, submission: str) -> list[Result]:
        """All attempts of one submission, the oldest first."""
        query = (
            select(tables.attempts.c.json)
            .where(tables.attempts.c.submission == submission)
            .order_by(tables.attempts.c.id)
        )
        with self._reading() as connection:
            return [Result.from_json(text) for text in connection.execute(query).scalars()]


def _digest(result: str, page: str) -> str:
    return hashlib.sha256(f"{result}\0{page}".encode()).hexdigest()


def _in_order(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Rows by their first column in the order of its signs, whatever order the database's language has."""
    return sorted((tuple(row) for row in connection.execute(query)), key=lambda row: str(row[0]))
