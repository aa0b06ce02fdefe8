"""The release: what students may read, what is withheld and why; in pages, so that a large class can be looked through."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from grader.deciding import release, take_back
from grader.graded_folder import render_folder
from grader.marks import open_points
from grader.model import Result, Status, Value
from grader.service.class_filter import has_words
from grader.service.class_state import ClassState
from grader.service.rendering import class_now, page, see
from grader.service.visitors import Text, Who, check_form
from grader.store import Ledger

router: Final = APIRouter()
ROWS: Final = 100  # submissions of a kind on one page
_writing: Final = threading.Lock()  # one after the other, each from what is decided by then
_Start = Annotated[int, Query(ge=0, le=10_000_000)]
_Kind = Literal["ready", "withheld", "out"]


class Part(Value, frozen=True):
    """Some submissions of a kind: those on this page from `start` on, each with what it says beside it, of `many`."""

    rows: tuple[tuple[str, Result, str], ...]
    start: int
    many: int
    step: int


def _kind(state: ClassState, name: str) -> _Kind:
    entry = state.entries[name]
    if entry.result.released:
        return "out"
    return "ready" if entry.standing.status is Status.GRADED else "withheld"


def _names(state: ClassState, kind: _Kind, search: str, *, blind: bool) -> list[str]:
    """The submissions of a kind with these words, in the order of the page."""
    words = search.casefold().split()
    own = [
        name
        for name in state.entries
        if _kind(state, name) == kind and (not words or has_words(words, name, state, blind=blind))
    ]
    return state.ordered(own, blind=blind)


def _part(state: ClassState, kind: _Kind, search: str, start: int, *, blind: bool) -> Part:
    names = _names(state, kind, search, blind=blind)
    start = start if start < len(names) else 0
    rows = ((name, state.entries[name]) for name in names[start : start + ROWS])
    return Part(
        tuple((name, entry.standing, _reason(entry.standing, entry.result)) for name, entry in rows),
        start,
        len(names),
        ROWS,
    )


def _reason(standing: Result, found: Result) -> str:
    if standing.status is Status.GRADED:
        return ""
    return (
        f"{open_points(found):g} points are open" if standing.status is Status.REVIEW else "an error of ours"
    )


@router.get("/release")
def show_release(
    request: Request,
    who: Who,
    search: Annotated[str, Query(max_length=200)] = "",
    ready: _Start = 0,
    withheld: _Start = 0,
    out: _Start = 0,
    written: Annotated[bool, Query()] = False,
) -> Response:
    """What can be released, and what is withheld and why; `written`: pages are being made just now."""
    state = class_now(request)
    return page(
        request,
        who,
        "service/release.html.j2",
        search=search,
        ready=_part(state, "ready", search, ready, blind=who.blind),
        withheld=_part(state, "withheld", search, withheld, blind=who.blind),
        out=_part(state, "out", search, out, blind=who.blind),
        written=written,
    )


@router.post("/release")
def release_them(
    request: Request,
    who: Who,
    token: Text,
    names: Annotated[list[str] | None, Form()] = None,
    back: Annotated[bool, Form()] = False,
    everything: Annotated[bool, Form()] = False,
    search: Text = "",
    many: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Releases the chosen submissions, or takes their release back; then makes the folder's pages again.

    With `everything` these are all of the kind that have the words of `search`, if there are as `many` as were shown.
    """
    check_form(request, who, token)
    ledger: Ledger = request.app.state.ledger
    state = class_now(request)
    chosen = list(dict.fromkeys(name for name in map(state.found, names or []) if name is not None))
    if everything:
        chosen = _names(state, "out" if back else "ready", search, blind=who.blind)
        if len(chosen) != many:
            raise HTTPException(
                409, f"Meanwhile these are {len(chosen)}, no more {many}; nothing was changed. Look again."
            )
    if not chosen:
        raise HTTPException(422, "No submission was chosen.")
    if back:
        take_back(ledger, chosen, by=who.name)
    else:
        release(ledger, chosen, by=who.name)
    answer = see("/release?written=true")
    answer.background = BackgroundTask(_write_pages, request.app.state.folder, ledger)
    return answer


def _write_pages(folder: Path, ledger: Ledger) -> None:
    """Makes the folder's pages and tables again, once the answer is under way: of a large class that takes a while."""
    with _writing:
        render_folder(folder, ledger, jobs=1)
