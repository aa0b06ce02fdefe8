"""The folder that a TA opens: result lines, grades, the class page and the feedback pages.

Everything in it is made from the ledger, here and nowhere else, at any time again and the same. A file that would come
out as it was is left alone: the ledger keeps what each was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

import grader
from grader.atomic_file import write, writing
from grader.class_summary import ClassSummary, SummedUp
from grader.errors import FileWriteError, LedgerError
from grader.folder_names import (
    BLOBS,
    FEEDBACK,
    FOLDERS,
    GRADES,
    INDEX,
    INDEXES,
    LEDGER,
    NOTEBOOKS,
    RESULTS,
    SIMILAR,
    STAFF,
    files_of,
)
from grader.grading.clusters import Cluster, clusters
from grader.grading.likeness import flags
from grader.marks import by_student, decided, reported
from grader.model import Result, Value
from grader.page_data import Pair
from grader.store import Ledger, Release
from grader.store.location import RECORD, Recorded, keep_record, ledger_url, recorded, shown
from grader.translations import catalogues

_LEAST_ROOM: Final = 8 << 20  # bytes of free disk without which no ledger can be kept


class RenderedFolder(Value, frozen=True):
    """What the class came to, and how many files were made anew."""

    summary: ClassSummary
    written: int


def open_ledger(folder: Path, *, must_exist: bool = False, database: str = "") -> Ledger:
    """The ledger of a graded folder, made if need be: in `database` if given, else where the folder says, else a SQLite file.

    A folder that is made anew never takes another folder's ledger for its own; with `must_exist` it may, where the
    address is given: the folder is made again from it. Raises `FileWriteError` or `LedgerError`.
    """
    if not must_exist:
        make_ready(folder)
    elif database:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise FileWriteError(
                f"{folder} cannot be made ({problem.strerror}): choose another folder with --out"
            ) from problem
    url = ledger_url(folder, LEDGER, database, new=not must_exist)
    ledger = Ledger(folder / LEDGER, must_exist=must_exist, url=url)
    if url is not None:
        try:
            _claim(folder, ledger, must_exist=must_exist, given=bool(database))
        except BaseException:
            ledger.close()
            raise
    return ledger


def _claim(folder: Path, ledger: Ledger, *, must_exist: bool, given: bool) -> None:
    """Holds the folder and its database together, by a number that both keep."""
    assert ledger.url is not None, "asked of databases only"
    about = ledger.about()
    here, known = str(folder.resolve()), about.get("ledger", "")
    before = None if given and must_exist else recorded(folder)
    if before is not None and before.ledger != known:
        raise LedgerError(
            f"the database {ledger.place} holds another ledger than the one of {folder} ({RECORD} names it): "
            "give the right address with --database"
        )
    if known and before is None and not must_exist and about.get("folder") != here:
        raise LedgerError(
            f"the database {ledger.place} is the ledger of {about.get('folder')}: give each folder a database of its own "
            f"(or a schema: ?options=-csearch_path%3DNAME); to make that folder again here, grader render {folder} "
            "--database ..."
        )
    if not known and must_exist:
        raise LedgerError(f"there is no ledger in the database {ledger.place} yet: run grader grade first")
    if not known:
        known = secrets.token_hex(16)
    if known != about.get("ledger") or about.get("folder") != here:
        ledger.describe(ledger=known, folder=here)
    now = Recorded(shown(ledger.url), known)
    if before != now:
        keep_record(folder, now)


def make_ready(folder: Path) -> None:
    """Makes a graded folder, and makes sure that it takes what will be written. Raises `FileWriteError` if it does not.

    What stands in the way is said now rather than after an hour's grading: a file where a folder belongs, or the other
    way round, a folder or ledger that cannot be written, a disk that is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileWriteError(
            f"{folder} cannot be made ({problem.strerror}): choose another folder with --out"
        ) from problem
    for name in (FEEDBACK, STAFF, SIMILAR, NOTEBOOKS, BLOBS):
        inside = folder / name
        if (inside.exists() or inside.is_symlink()) and not inside.is_dir():
            raise FileWriteError(
                f"{inside} is a file, where the folder {name} is to be: move it away, or choose another folder with --out"
            )
        if inside.is_dir():
            _try_out(inside)
    for name in (LEDGER, RESULTS, GRADES, INDEX):
        inside = folder / name
        if inside.is_dir():
            raise FileWriteError(
                f"{inside} is a folder, where the file {name} is to be: move it away, or choose another folder with --out"
            )
    ledger = folder / LEDGER
    if ledger.exists() and not os.access(ledger, os.W_OK):
        raise FileWriteError(
            f"{ledger} cannot be written: let this user write it, or choose another folder with --out"
        )
    _try_out(folder)
    if shutil.disk_usage(folder).free < _LEAST_ROOM:
        raise FileWriteError(
            f"{folder} is on a disk with less than {_LEAST_ROOM >> 20} MB left: make room, or choose another folder with --out"
        )


def _try_out(folder: Path) -> None:
    """Writes a file into a folder and takes it away again."""
    trial = folder / f".writing-{os.getpid()}"
    try:
        try:
            trial.write_bytes(bytes(4_096))
        finally:
            trial.unlink(missing_ok=True)
    except OSError as problem:
        raise FileWriteError(
            f"{folder} cannot be written ({problem.strerror}): "
            "let this user write it and make room on its disk, or choose another folder with --out"
        ) from problem


def render_folder(folder: Path, ledger: Ledger, *, jobs: int = 0, anew: bool = False) -> RenderedFolder:
    """Makes every page and table of the folder from the ledger: those that changed or are not there, or all of them `anew`.

    Where nothing has changed since the last time, and every file is there, no result is read. Files of submissions that
    are no longer handed in are removed; they can be made again. Raises `FileWriteError` or `LedgerError`.
    """
    recipe, about = _recipe(), ledger.about()
    title = about.get("title") or "Submissions"
    state = _digest(recipe, ledger.state(), title)
    before = {} if anew else ledger.rendered()
    if about.get("rendered") == state and before and _all_there(folder, before):
        return RenderedFolder(msgspec.json.decode(about["summary"], type=ClassSummary), 0)
    made = _Making(folder, ledger, recipe, title)
    with writing(folder / RESULTS) as stream:
        for result in _each_reported(ledger, made.names()):
            stream.write(made.add(result))
    written = made.write(before, jobs)
    summary = made.summed_up.summary()
    ledger.describe(rendered=state, summary=msgspec.json.encode(summary).decode())
    return RenderedFolder(summary, written)


def _all_there(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether all these files lie in the folder, and no others of their kind."""
    found = {name for name in (RESULTS, GRADES) if (folder / name).is_file()}
    found.update(path.name for path in folder.glob(INDEXES))
    for inside, ending in FOLDERS.items():
        with contextlib.suppress(FileNotFoundError), os.scandir(folder / inside) as entries:
            found.update(f"{inside}/{one.name}" for one in entries if one.name.endswith(ending))
    return found == files.keys()


class _Making:
    """What the folder is to hold: put together result by result, then written as far as it changed."""

    def __init__(self, folder: Path, ledger: Ledger, recipe: str, title: str) -> None:
        from grader.feedback import ClassView  # noqa: PLC0415 - templates only once something is to be made

        self._folder, self._ledger, self._recipe, self._title = folder, ledger, recipe, title
        self._pairs = ledger.pairs()
        self._flags = flags(self._pairs)
        self.summed_up = SummedUp()
        self._clusters = clusters(self._pairs)
        self._shown = _shown_pairs(self._clusters)
        self._group = {
            name: one.key for one in self._clusters if len(one.members) > 2 for name in one.members
        }
        self._digests = ledger.digests()
        self._released = ledger.log.released()
        self._view = ClassView()
        self._marks: list[Result] = []
        self._lines = hashlib.sha256()
        self._authors: dict[str, str] = {}
        self._wanted: dict[str, str] = {}  # each file, and a digest of what it is made from

    def names(self) -> list[str]:
        """The submissions, in order."""
        return list(self._digests)

    def add(self, result: Result) -> bytes:
        """Takes in one result; gives its line, which has the flags that only the class shows."""
        if own := self._flags.get(result.submission):
            result = msgspec.structs.replace(result, flags=(*result.flags, *own))
        line = result.to_json() + b"\n"
        self._lines.update(line)
        standing = decided(result)
        self._view.add(standing)
        self.summed_up.add(standing)
        self._marks += [_marks_only(one) for one in by_student(result)]
        name = result.submission
        if name in self._shown:
            self._authors[name] = ", ".join(one.name or one.id for one in result.students[:8])
        page = self._digests[name].page
        released = _released(self._released.get(name))
        self._wanted[f"{FEEDBACK}/{name}.html"] = _digest(self._recipe, page, released)
        staff = _encoded(self._shown.get(name, ())), self._group.get(name, "")
        said = msgspec.json.encode(result.decisions)
        self._wanted[f"{STAFF}/{name}.html"] = _digest(self._recipe, page, *staff, said)
        if self._digests[name].notebook:
            self._wanted[f"{NOTEBOOKS}/{name}.ipynb"] = self._digests[name].notebook
        return line

    def write(self, before: Mapping[str, str], jobs: int) -> int:
        """Writes what is not as it was `before` or is not there; gives how many files."""
        from grader.export import write_grades_csv  # noqa: PLC0415 - as above
        from grader.feedback import by_page, page_of, render_cluster  # noqa: PLC0415 - as above
        from grader.feedback.page_files import write_pairs, write_submissions  # noqa: PLC0415 - as above

        wanted, folder, recipe, title = self._wanted, self._folder, self._recipe, self._title
        opened = by_page([pair for one in self._clusters for pair in one.shown()])
        groups = {page_of(one): one for one in self._clusters if len(one.members) > 2}
        for name, same in opened.items():
            sides = [self._digests[side].page for side in (same[0].one, same[0].other)]
            wanted[f"{SIMILAR}/{name}.html"] = _digest(recipe, *sides, _encoded(same), title)
        for name, one in groups.items():
            who = msgspec.json.encode([self._authors.get(member, "") for member in one.members])
            wanted[f"{SIMILAR}/{name}.html"] = _digest(recipe, _encoded(one.pairs), who, title)
        identities = self._ledger.identities()
        wanted[RESULTS] = self._lines.hexdigest()
        wanted[GRADES] = _digest(wanted[RESULTS], msgspec.json.encode(identities))
        pages = {page.name: page for page in self._view.pages()}
        links = msgspec.json.encode(self._view.links())
        for name, page in pages.items():
            wanted[name] = _digest(recipe, msgspec.json.encode(page), links, title)
        wanted[INDEX] = _digest(recipe, wanted[RESULTS], _encoded(self._pairs), title)

        stale = {
            path
            for path, digest in wanted.items()
            if before.get(path) != digest or not (folder / path).exists()
        }
        names = [name for name in self._digests if stale & files_of(name)]
        write_submissions(folder, self._ledger, names, self._shown, self._group, jobs)
        chosen = {name: same for name, same in opened.items() if f"{SIMILAR}/{name}.html" in stale}
        write_pairs(folder, self._ledger, chosen, title)
        for name, one in groups.items():
            if f"{SIMILAR}/{name}.html" in stale:
                write(folder / SIMILAR / f"{name}.html", render_cluster(one, self._authors, title=title))
        if GRADES in stale:
            write_grades_csv(self._marks, folder / GRADES, identities)
        for name, page in pages.items():
            if name in stale:
                write(folder / name, self._view.render(page, title=title, clusters=self._clusters))
        _remove_strays(folder, wanted)
        self._ledger.write_rendered(wanted, stale)
        return len(stale)


def _shown_pairs(groups: Iterable[Cluster]) -> dict[str, list[Pair]]:
    """For each submission that is like another the pairs whose pages its staff page leads to."""
    found: dict[str, list[Pair]] = {}
    for group in groups:
        for name in group.members:
            found[name] = []
        for pair in group.shown():
            found[pair.one].append(pair)
            found[pair.other].append(pair)
    return found


def _marks_only(result: Result) -> Result:
    """The result without what a table of grades does not show."""
    questions = tuple(
        msgspec.structs.replace(question, checks=(), charts=()) for question in result.questions
    )
    return msgspec.structs.replace(result, questions=questions, files=(), flags=(), decisions=())


def _each_reported(ledger: Ledger, names: Iterable[str]) -> Iterator[Result]:
    said, released = ledger.log.not_taken_back(), ledger.log.released_at()
    for result in ledger.each_result(names):
        name = result.submission
        yield reported(
            result,
            said.get(name, ()),
            page=ledger.stored_page(name).page if name in said else None,
            released=released.get(name),
        )


def class_results(ledger: Ledger) -> list[Result]:
    """The whole class as ``results.jsonl`` has it, but for the flags that only the class shows."""
    return list(_each_reported(ledger, ledger.digests()))


def _released(one: Release | None) -> bytes:
    return one.result.to_json() if one is not None and one.result is not None else b""


def _encoded(pairs: Sequence[Pair]) -> bytes:
    return msgspec.json.encode(list(pairs))


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update((part.encode() if isinstance(part, str) else part) + b"\0")
    return digest.hexdigest()


def _recipe() -> str:
    """A digest of what renders: the pages' code, templates and styles. With another of it all pages are made again."""
    from grader.feedback.page_frame import templates_of  # noqa: PLC0415 - as above

    package = Path(grader.__file__).resolve().parent
    sources = [*(package / "feedback").glob("*.py"), *templates_of(package).iterdir(), *catalogues()]
    return _digest(*(path.read_bytes() for path in sorted(sources) if path.is_file()))


def _remove_strays(folder: Path, wanted: Mapping[str, str]) -> None:
    """Files of submissions that are no longer handed in; they can be made again from the ledger."""
    for inside, ending in FOLDERS.items():
        for path in (folder / inside).glob(f"*{ending}"):
            if f"{inside}/{path.name}" not in wanted:
                path.unlink()
    for path in folder.glob(INDEXES):
        if path.name not in wanted:
            path.unlink()
