"""The folder that a TA opens: result lines, grades, the class page and the feedback pages, made from the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from grader.atomic_file import FileWriteError, write
from grader.model import Result
from grader.similarity import Pair, Trace, with_flags
from grader.store import Ledger

LEDGER: Final = "grades.sqlite"
RESULTS: Final = "results.jsonl"
GRADES: Final = "grades.csv"
INDEX: Final = "index.html"
FEEDBACK: Final = "feedback"  # what students read
STAFF: Final = "staff"  # the same with what only staff may see
SIMILAR: Final = "similar"  # two submissions side by side
NOTEBOOKS: Final = "notebooks"  # as executed


def open_ledger(folder: Path) -> Ledger:
    """The ledger of a graded folder, made if need be. Raises `FileWriteError` or `LedgerError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileWriteError(
            f"{folder} cannot be made ({problem.strerror}): choose another folder with --out"
        ) from problem
    return Ledger(folder / LEDGER)


def write_page(folder: Path, submission: str, page: str, staff_page: str, notebook: bytes = b"") -> None:
    """Writes the feedback pages of one submission, and its notebook as executed."""
    if not page:  # an error of ours: the page is made with the summary
        return
    write(folder / FEEDBACK / f"{submission}.html", page)
    write(folder / STAFF / f"{submission}.html", staff_page)
    if notebook:
        write(folder / NOTEBOOKS / f"{submission}.ipynb", notebook)


def write_summary(
    folder: Path,
    results: Sequence[Result],
    title: str,
    *,
    pairs: Sequence[Pair] = (),
    traces: Mapping[str, Trace] | None = None,
) -> list[Result]:
    """Writes everything that is made from all results together, and pages that are not there yet.

    Gives the results as written, with the flags that only the whole class shows. `pairs` are the submissions that are alike, `traces` the texts of the whole class.
    """
    from grader.export import write_grades_csv  # noqa: PLC0415 - templates and writers only once results are there
    from grader.feedback import render_feedback, render_index  # noqa: PLC0415

    flagged = with_flags(results, pairs)
    for result in results:
        if (
            not (folder / FEEDBACK / f"{result.submission}.html").exists()
            or not (folder / STAFF / f"{result.submission}.html").exists()
        ):
            write_page(
                folder, result.submission, render_feedback(result), render_feedback(result, staff=True)
            )
    kept = _write_pairs(folder, results, pairs, traces or {}, title)
    write(folder / RESULTS, b"".join(result.to_json() + b"\n" for result in flagged))
    write_grades_csv(flagged, folder / GRADES)
    write(folder / INDEX, render_index(flagged, title=title, pairs=pairs))
    _remove_strays(folder, {result.submission for result in results}, kept)
    return flagged


def _write_pairs(
    folder: Path, results: Sequence[Result], pairs: Sequence[Pair], traces: Mapping[str, Trace], title: str
) -> set[str]:
    """Writes the pages that show two submissions side by side, and links to them on the staff pages; gives their names."""
    from grader.feedback import by_page, render_pair, with_alike  # noqa: PLC0415

    by_id = {result.submission: result for result in results}
    pages = by_page(pairs)
    for name, same in pages.items():
        write(folder / SIMILAR / f"{name}.html", render_pair(same, by_id, traces, title=title))
    for submission in by_id:
        path = folder / STAFF / f"{submission}.html"
        before = path.read_text(encoding="utf-8")
        own = [pair for pair in pairs if submission in {pair.one, pair.other}]
        after = with_alike(before, own)
        if after != before:
            write(path, after)
    return set(pages)


def _remove_strays(folder: Path, submissions: set[str], pairs: set[str]) -> None:
    """Pages of submissions that are no longer handed in; they can be made again from the ledger."""
    places = (
        (FEEDBACK, ".html", submissions),
        (STAFF, ".html", submissions),
        (NOTEBOOKS, ".ipynb", submissions),
        (SIMILAR, ".html", pairs),
    )
    for inside, ending, kept in places:
        for path in (folder / inside).glob(f"*{ending}"):
            if path.stem not in kept:
                path.unlink()
