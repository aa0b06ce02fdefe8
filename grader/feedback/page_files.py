"""The pages of submissions, and of two side by side, written into the graded folder from its ledger."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from sqlalchemy import URL

from grader.atomic_file import write
from grader.feedback.extras import extras_of
from grader.feedback.pair_page import render_pair
from grader.feedback.submission_page import render_feedback
from grader.folder_names import FEEDBACK, LEDGER, NOTEBOOKS, SIMILAR, STAFF
from grader.interrupts import kept_from_children
from grader.marks import reported
from grader.page_data import Pair
from grader.store import Ledger

_WORTH_A_PROCESS: Final = 40  # submissions from which their pages are rendered by several processes
_AT_ONCE: Final = 20  # submissions that a process renders before it says so
_OTHERS: Final = 22  # submissions beside a pair whose words are taken to be everybody's


def write_submissions(
    folder: Path,
    ledger: Ledger,
    names: Sequence[str],
    own: Mapping[str, Sequence[Pair]],
    group: Mapping[str, str],
    jobs: int,
) -> None:
    """Writes the pages and the executed notebook of each submission, many of them by several processes.

    `own` are the pairs that a submission's staff page leads to, `group` names the page of its cluster.
    """
    parts = [names[at : at + _AT_ONCE] for at in range(0, len(names), _AT_ONCE)]
    workers = min(jobs or os.cpu_count() or 1, len(parts))
    if len(names) < _WORTH_A_PROCESS or workers < 2:
        _write_part(ledger, folder, names, own, group)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        with kept_from_children():  # all processes begin at the first call
            waiting = [
                pool.submit(
                    _write_part_apart,
                    folder,
                    ledger.url,
                    part,
                    {name: own.get(name, ()) for name in part},
                    {name: group.get(name, "") for name in part},
                )
                for part in parts
            ]
        try:
            for future in waiting:
                future.result()
        except BaseException:  # who stops the grader does not wait for the pages of a whole class
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _write_part_apart(
    folder: Path,
    url: URL | None,
    names: Sequence[str],
    own: Mapping[str, Sequence[Pair]],
    group: Mapping[str, str],
) -> None:
    with Ledger(folder / LEDGER, must_exist=True, url=url) as ledger:
        _write_part(ledger, folder, names, own, group)


def _write_part(
    ledger: Ledger,
    folder: Path,
    names: Sequence[str],
    own: Mapping[str, Sequence[Pair]],
    group: Mapping[str, str],
) -> None:
    said, released = ledger.log.not_taken_back(), ledger.log.released()
    for name in names:
        stored = ledger.stored_page(name)
        extras = extras_of(stored.page, ledger.blobs.get)
        # What students read changes at release only; until the first one it is what the program found by itself.
        for_student = released[name].result if name in released else None
        page = render_feedback(for_student or stored.result, extras=extras)
        write(folder / FEEDBACK / f"{name}.html", page)
        now = reported(stored.result, said.get(name, ()), page=stored.page)
        staff = render_feedback(
            now, staff=True, extras=extras, pairs=own.get(name, ()), cluster=group.get(name, "")
        )
        write(folder / STAFF / f"{name}.html", staff)
        if stored.page.notebook:
            write(folder / NOTEBOOKS / f"{name}.ipynb", ledger.blobs.get(stored.page.notebook))


def write_pairs(folder: Path, ledger: Ledger, pages: Mapping[str, Sequence[Pair]], title: str) -> None:
    """Writes the pages that show two submissions side by side."""
    if not pages:
        return
    others = ledger.traces(sorted(ledger.digests())[:_OTHERS])
    for name, same in pages.items():
        both = (same[0].one, same[0].other)
        results = {result.submission: result for result in ledger.each_result(both)}
        page = render_pair(same, results, {**others, **ledger.traces(both)}, title=title)
        write(folder / SIMILAR / f"{name}.html", page)
