"""The folder that a TA opens: result lines, grades, the class page and the feedback pages.

Everything in it is made from the ledger, here and nowhere else, at any time again and the same. A file that would come
out as it was is left alone: the ledger keeps what each was made from.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import msgspec

import grader
from grader.atomic_file import write
from grader.errors import FileWriteError
from grader.grading.likeness import with_flags
from grader.marks import by_student, decided, reported
from grader.model import Result, Value
from grader.page_data import Pair
from grader.store import Ledger, Release
from grader.translations import catalogues

LEDGER: Final = "grades.sqlite"
RESULTS: Final = "results.jsonl"
GRADES: Final = "grades.csv"
INDEX: Final = "index.html"
FEEDBACK: Final = "feedback"  # what students read
STAFF: Final = "staff"  # the same with what only staff may see
SIMILAR: Final = "similar"  # two submissions side by side
NOTEBOOKS: Final = "notebooks"  # as executed
_WORTH_A_PROCESS: Final = 40  # submissions from which their pages are rendered by several processes
_AT_ONCE: Final = 20  # submissions that a process renders before it says so


class RenderedFolder(Value, frozen=True):
    """What was written: the results with the flags that only the whole class shows, and how many files were made anew."""

    results: tuple[Result, ...]
    written: int


def open_ledger(folder: Path, *, must_exist: bool = False) -> Ledger:
    """The ledger of a graded folder, made if need be. Raises `FileWriteError` or `LedgerError`."""
    if not must_exist:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise FileWriteError(
                f"{folder} cannot be made ({problem.strerror}): choose another folder with --out"
            ) from problem
    return Ledger(folder / LEDGER, must_exist=must_exist)


def render_folder(folder: Path, ledger: Ledger, *, jobs: int = 0, anew: bool = False) -> RenderedFolder:
    """Makes every page and table of the folder from the ledger: those that changed or are not there, or all of them `anew`.

    Files of submissions that are no longer handed in are removed; they can be made again. Raises `FileWriteError` or
    `LedgerError`.
    """
    from grader.export import write_grades_csv  # noqa: PLC0415 - templates and writers only once results are there
    from grader.feedback import by_page, render_index  # noqa: PLC0415 - as above

    pairs, about = ledger.pairs(), ledger.about()
    title = about.get("title") or "Submissions"
    flagged = with_flags(class_results(ledger), pairs)
    lines = b"".join(result.to_json() + b"\n" for result in flagged)
    standing = [mark for result in flagged for mark in by_student(result)]
    own, by_name, digests, recipe = _pairs_of(pairs), by_page(pairs), ledger.digests(), _recipe()
    people = {result.submission: result for result in flagged}
    released = ledger.log.released()

    wanted: dict[
        str, str
    ] = {}  # every file that the folder should hold, and a digest of what it is made from
    for name, stored in digests.items():
        said = msgspec.json.encode(people[name].decisions)
        wanted[f"{FEEDBACK}/{name}.html"] = _digest(recipe, stored.page, _released(released.get(name)))
        wanted[f"{STAFF}/{name}.html"] = _digest(recipe, stored.page, _encoded(own.get(name, ())), said)
        if stored.notebook:
            wanted[f"{NOTEBOOKS}/{name}.ipynb"] = stored.notebook
    for name, same in by_name.items():
        sides = [digests[side].page for side in (same[0].one, same[0].other) if side in digests]
        wanted[f"{SIMILAR}/{name}.html"] = _digest(recipe, *sides, _encoded(same), title)
    wanted[RESULTS] = wanted[GRADES] = _digest(lines)
    wanted[INDEX] = _digest(recipe, lines, _encoded(pairs), title)

    before = {} if anew else ledger.rendered()
    stale = {
        path for path, digest in wanted.items() if before.get(path) != digest or not (folder / path).exists()
    }
    _write_submissions(folder, ledger, [name for name in digests if stale & _paths(name)], own, jobs)
    _write_pairs(
        folder,
        ledger,
        {name: same for name, same in by_name.items() if f"{SIMILAR}/{name}.html" in stale},
        flagged,
        title,
    )
    if RESULTS in stale:
        write(folder / RESULTS, lines)
    if GRADES in stale:
        write_grades_csv(standing, folder / GRADES)
    if INDEX in stale:
        write(folder / INDEX, render_index([decided(one) for one in flagged], title=title, pairs=pairs))
    _remove_strays(folder, wanted)
    ledger.write_rendered(wanted, stale)
    return RenderedFolder(tuple(flagged), len(stale))


def class_results(ledger: Ledger) -> list[Result]:
    """The whole class as ``results.jsonl`` has it, but for the flags that only the class shows."""
    said, released = ledger.log.not_taken_back(), ledger.log.released()
    return [
        reported(
            result,
            said.get(result.submission, ()),
            page=ledger.stored_page(result.submission).page if result.submission in said else None,
            released=released[result.submission].at if result.submission in released else None,
        )
        for result in ledger.results()
    ]


def _paths(name: str) -> set[str]:
    return {f"{FEEDBACK}/{name}.html", f"{STAFF}/{name}.html", f"{NOTEBOOKS}/{name}.ipynb"}


def _pairs_of(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(pair.one, []).append(pair)
        found.setdefault(pair.other, []).append(pair)
    return found


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


def _write_submissions(
    folder: Path, ledger: Ledger, names: Sequence[str], own: Mapping[str, Sequence[Pair]], jobs: int
) -> None:
    """Writes the pages and the executed notebook of each submission, many of them by several processes."""
    parts = [names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE)]
    workers = min(jobs or os.cpu_count() or 1, len(parts))
    if len(names) < _WORTH_A_PROCESS or workers < 2:
        _write_part(ledger, folder, names, own)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [
            pool.submit(_write_part_apart, folder, part, {name: own.get(name, ()) for name in part})
            for part in parts
        ]
        for future in waiting:
            future.result()


def _write_part_apart(folder: Path, names: Sequence[str], own: Mapping[str, Sequence[Pair]]) -> None:
    with Ledger(folder / LEDGER, must_exist=True) as ledger:
        _write_part(ledger, folder, names, own)


def _write_part(
    ledger: Ledger, folder: Path, names: Sequence[str], own: Mapping[str, Sequence[Pair]]
) -> None:
    from grader.feedback import extras_of, render_feedback  # noqa: PLC0415 - as above

    said, released = ledger.log.not_taken_back(), ledger.log.released()
    for name in names:
        stored = ledger.stored_page(name)
        extras = extras_of(stored.page, ledger.blobs.get)
        # What students read changes at release only; until the first one it is what the program found by itself.
        for_student = released[name].result if name in released else None
        page = render_feedback(for_student or stored.result, extras=extras)
        write(folder / FEEDBACK / f"{name}.html", page)
        now = reported(stored.result, said.get(name, ()), page=stored.page)
        staff = render_feedback(now, staff=True, extras=extras, pairs=own.get(name, ()))
        write(folder / STAFF / f"{name}.html", staff)
        if stored.page.notebook:
            write(folder / NOTEBOOKS / f"{name}.ipynb", ledger.blobs.get(stored.page.notebook))


def _write_pairs(
    folder: Path, ledger: Ledger, pages: Mapping[str, Sequence[Pair]], results: Sequence[Result], title: str
) -> None:
    """Writes the pages that show two submissions side by side."""
    if not pages:
        return
    from grader.feedback import render_pair  # noqa: PLC0415 - as above

    by_id = {result.submission: result for result in results}
    traces = ledger.traces()
    for name, same in pages.items():
        write(folder / SIMILAR / f"{name}.html", render_pair(same, by_id, traces, title=title))


def _remove_strays(folder: Path, wanted: Mapping[str, str]) -> None:
    """Files of submissions that are no longer handed in; they can be made again from the ledger."""
    for inside, ending in ((FEEDBACK, ".html"), (STAFF, ".html"), (NOTEBOOKS, ".ipynb"), (SIMILAR, ".html")):
        for path in (folder / inside).glob(f"*{ending}"):
            if f"{inside}/{path.name}" not in wanted:
                path.unlink()
