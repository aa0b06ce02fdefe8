"""The folder that a TA opens: result lines, grades, the class page and the feedback pages, made from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grader.atomic_file import FileWriteError, write
from grader.model import Result
from grader.store import Ledger

LEDGER: Final = "grades.sqlite"
RESULTS: Final = "results.jsonl"
GRADES: Final = "grades.csv"
INDEX: Final = "index.html"
FEEDBACK: Final = "feedback"  # what students read
STAFF: Final = "staff"  # the same with what only staff may see
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


def write_summary(folder: Path, results: Sequence[Result], title: str) -> None:
    """Writes everything that is made from all results together, and pages that are not there yet."""
    from grader.export import write_grades_csv  # noqa: PLC0415 - templates and writers only once results are there
    from grader.feedback import render_feedback, render_index  # noqa: PLC0415

    for result in results:
        if (
            not (folder / FEEDBACK / f"{result.submission}.html").exists()
            or not (folder / STAFF / f"{result.submission}.html").exists()
        ):
            write_page(
                folder, result.submission, render_feedback(result), render_feedback(result, staff=True)
            )
    write(folder / RESULTS, b"".join(result.to_json() + b"\n" for result in results))
    write_grades_csv(results, folder / GRADES)
    write(folder / INDEX, render_index(results, title=title))
    _remove_strays(folder, {result.submission for result in results})


def _remove_strays(folder: Path, submissions: set[str]) -> None:
    """Pages of submissions that are no longer handed in; they can be made again from the ledger."""
    for inside, ending in ((FEEDBACK, ".html"), (STAFF, ".html"), (NOTEBOOKS, ".ipynb")):
        for path in (folder / inside).glob(f"*{ending}"):
            if path.stem not in submissions:
                path.unlink()
