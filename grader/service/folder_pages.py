"""The pages of the graded folder under the same addresses as in the folder, so that their links lead somewhere here too.

Each is whole in itself and brings its own policy.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from grader.feedback import by_page, extras_of, render_cluster, render_feedback, render_pair
from grader.service.rendering import class_now, found, see
from grader.service.visitors import Visitor, Who
from grader.store import Ledger

router: Final = APIRouter()
_POLICY: Final = "frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation"
_BESIDE: Final = 20  # other submissions whose words are taken to be everybody's


@router.get("/index.html")
def index(who: Who) -> Response:
    """The class."""
    del who
    return see("/")


@router.get("/staff/{handle}.html")
def staff_page(request: Request, who: Who, handle: str) -> Response:
    """The page for staff, as `grader render` writes it."""
    name = _seen(request, who, handle)
    ledger: Ledger = request.app.state.ledger
    stored = ledger.stored_page(name)
    state = class_now(request)
    alike = next((cluster for cluster in state.clusters if name in cluster.members), None)
    pairs = [pair for pair in alike.shown() if name in (pair.one, pair.other)] if alike is not None else []
    group = alike.key if alike is not None and len(alike.members) > 2 else ""
    extras = extras_of(stored.page, ledger.blobs.get)
    result = state.entries[name].result
    return _whole(render_feedback(result, staff=True, extras=extras, pairs=pairs, cluster=group))


@router.get("/feedback/{handle}.html")
def student_page(request: Request, who: Who, handle: str) -> Response:
    """What the student reads now: the newest release, or before any what the program found by itself."""
    name = _seen(request, who, handle)
    ledger: Ledger = request.app.state.ledger
    stored, released = ledger.stored_page(name), ledger.log.released().get(name)
    result = released.result if released is not None and released.result is not None else stored.result
    return _whole(render_feedback(result, extras=extras_of(stored.page, ledger.blobs.get)))


@router.get("/similar/{pair}.html")
def side_by_side(request: Request, who: Who, pair: str) -> Response:
    """Two submissions that are alike, side by side, or a group of more on one page."""
    _shown(who)
    ledger: Ledger = request.app.state.ledger
    state = class_now(request)
    group = next((cluster for cluster in state.clusters if cluster.key == pair), None)
    if group is not None:
        people = {name: state.entries[name].standing.students for name in group.members}
        authors = {name: ", ".join(one.name or one.id for one in own[:8]) for name, own in people.items()}
        return _whole(render_cluster(group, authors, title=state.title))
    same = by_page([one for cluster in state.clusters for one in cluster.pairs]).get(pair)
    if same is None:
        raise HTTPException(404, "These two were not found to be alike.")
    names = dict.fromkeys((same[0].one, same[0].other, *list(state.entries)[: _BESIDE + 2]))
    results = {name: state.entries[name].standing for name in names}
    return _whole(render_pair(same, results, ledger.traces(names), title=state.title))


def _seen(request: Request, who: Visitor, handle: str) -> str:
    _shown(who)
    return found(request, handle)


def _shown(who: Visitor) -> None:
    if who.blind:
        raise HTTPException(409, "Names are hidden, and this page has them: show names first.")


def _whole(text: str) -> HTMLResponse:
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})
