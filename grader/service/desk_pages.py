"""Coming in, the class at a glance, the log, the release, comments and students' requests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from starlette.exceptions import HTTPException

from grader.asking import Asking, ask, read_table
from grader.deciding import Saying, decide, release, take_back
from grader.errors import DecisionRefused
from grader.graded_folder import render_folder
from grader.marks import open_points
from grader.model import Result, Status
from grader.service.comment_bank import bank
from grader.service.group_pages import Text, Who
from grader.service.rendering import class_now, page, see
from grader.service.visitors import BLIND, COOKIE, check_form, refuse
from grader.store import Ledger
from grader.store.review_desk import SESSION_SECONDS

router: Final = APIRouter()
ROWS: Final = 100  # submissions on one page of the class
LARGEST_TABLE: Final = 1 << 20  # bytes of a table of requests


@router.get("/enter")
def enter(request: Request, key: Annotated[str, Query(max_length=200)]) -> Response:
    """Comes in by a one-time link: the browser keeps a session, and the link opens nothing any more."""
    ledger: Ledger = request.app.state.ledger
    name = ledger.desk.use_link(key)
    if name is None:
        refuse(request, "This link has been used, or is too old: print another one.")
    answer = see("/")
    secret = ledger.desk.make_key("session", name, SESSION_SECONDS)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, secret, max_age=int(SESSION_SECONDS), httponly=True, samesite="lax", secure=secure
    )
    return answer


@router.post("/leave")
def leave(request: Request, who: Who, token: Text) -> Response:
    """Ends the session."""
    check_form(request, who, token)
    ledger: Ledger = request.app.state.ledger
    ledger.desk.end(request.cookies.get(COOKIE, ""))
    answer = see("/static/left.html")
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/blind")
def hide_names(request: Request, who: Who, token: Text, back: Text = "/") -> Response:
    """Hides names, or shows them again."""
    check_form(request, who, token)
    answer = see(back if back.startswith("/") and not back.startswith("//") else "/")
    answer.set_cookie(BLIND, "0" if who.blind else "1", httponly=True, samesite="lax")
    return answer


@router.get("/")
def show_class(
    request: Request,
    who: Who,
    search: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The class: what waits, how the questions went, every submission."""
    state = class_now(request)
    word = search.casefold()
    rows = [
        (name, entry.standing)
        for name, entry in state.entries.items()
        if (not status or entry.standing.status.value == status)
        and (
            not word or word in _searched(state.name(name, blind=who.blind), entry.standing, blind=who.blind)
        )
    ]
    return page(
        request,
        who,
        "service/class.html.j2",
        rows=rows[start : start + ROWS],
        found=len(rows),
        start=start,
        step=ROWS,
        search=search,
        chosen=status,
        statuses=tuple(Status),
        summary=state.summary,
        requests=len(request.app.state.ledger.desk.requests(open_only=True)),
    )


def _searched(name: str, result: Result, *, blind: bool) -> str:
    people = "" if blind else " ".join(f"{one.id} {one.name}" for one in result.students)
    return f"{name} {people} {' '.join(flag.id for flag in result.flags)}".casefold()


@router.get("/progress")
def progress(request: Request, who: Who) -> Response:
    """How far grading has come: a part of the class page, renewed while `grader grade` runs."""
    return page(request, who, "service/progress.html.j2")


@router.get("/audit")
def audit(request: Request, who: Who, start: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Response:
    """The log: who, what, when, before, after; the newest first. Nothing can be deleted from it."""
    ledger: Ledger = request.app.state.ledger
    rows = ledger.log.newest(start, ROWS)
    return page(
        request,
        who,
        "service/audit.html.j2",
        rows=rows,
        start=start,
        step=ROWS,
        many=ledger.log.count(),
        gone=ledger.log.taken_back(rows),
    )


@router.get("/release")
def show_release(request: Request, who: Who) -> Response:
    """What can be released, and what is withheld and why."""
    state = class_now(request)
    ready, withheld, out = [], [], []
    for name, entry in state.entries.items():
        standing = entry.standing
        if entry.result.released:
            out.append((name, entry.result))
        elif standing.status is Status.GRADED:
            ready.append((name, standing))
        else:
            points = open_points(entry.result)
            withheld.append(
                (
                    name,
                    f"{points:g} points are open" if standing.status is Status.REVIEW else "an error of ours",
                )
            )
    return page(request, who, "service/release.html.j2", ready=ready, withheld=withheld, out=out)


@router.post("/release")
def release_them(
    request: Request,
    who: Who,
    token: Text,
    names: Annotated[list[str] | None, Form()] = None,
    back: Annotated[bool, Form()] = False,
) -> Response:
    """Releases the chosen submissions, or takes their release back; then makes the folder's pages again."""
    check_form(request, who, token)
    ledger: Ledger = request.app.state.ledger
    known = class_now(request).entries
    chosen = [name for name in dict.fromkeys(names or []) if name in known]
    if not chosen:
        raise HTTPException(422, "No submission was chosen.")
    if back:
        take_back(ledger, chosen, by=who.name)
    else:
        release(ledger, chosen, by=who.name)
    render_folder(request.app.state.folder, ledger, jobs=1)
    return see("/release")


@router.get("/comments/{check}")
def show_comments(request: Request, who: Who, check: str) -> Response:
    """The comment bank of a check."""
    state = class_now(request)
    return page(
        request,
        who,
        "service/comments.html.j2",
        check=check,
        bank=bank(request.app.state.ledger, state, check),
    )


@router.post("/comments/{check}")
def change_comments(
    request: Request,
    who: Who,
    check: str,
    token: Text,
    text: Text,
    number: Annotated[int, Form(ge=0)] = 0,
    everywhere: Annotated[bool, Form()] = False,
) -> Response:
    """Adds a comment, or changes one; where it was used already only if that was asked for."""
    check_form(request, who, token)
    ledger: Ledger = request.app.state.ledger
    wanted = text.strip()
    if not wanted:
        raise HTTPException(422, "The comment is empty.")
    if not number:
        ledger.desk.add_comment(check, wanted, by=who.name, at=_now())
        return see(f"/comments/{check}")
    before = ledger.desk.change_comment(number, wanted)
    if before is None:
        raise HTTPException(404, "This comment is gone.")
    if everywhere:
        sayings = [
            Saying(name, check, one.verdict, one.points, wanted, one.reason, one.student)
            for name, entry in class_now(request).entries.items()
            for one in entry.result.decisions
            if one.check == check and one.comment == before.text and one.valid
        ]
        decide(ledger, sayings, by=who.name)
    return see(f"/comments/{check}")


@router.get("/requests")
def show_requests(request: Request, who: Who) -> Response:
    """What students ask to be looked at again."""
    return page(request, who, "service/requests.html.j2", requests=request.app.state.ledger.desk.requests())


@router.post("/requests")
def add_requests(
    request: Request,
    who: Who,
    token: Text,
    submission: Text = "",
    check: Text = "",
    text: Text = "",
    table: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """One request by the form, or many by a CSV with the columns submission, check, text."""
    check_form(request, who, token)
    askings = [Asking(submission, check, text)]
    try:
        if table is not None and table.filename:
            askings = read_table(table.file.read(LARGEST_TABLE), table.filename)
        _, refused = ask(request.app.state.ledger, askings, by=who.name)
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    if refused:
        raise HTTPException(422, "Not taken in: " + "; ".join(refused[:5]))
    return see("/requests")


@router.post("/requests/close")
def close_request(request: Request, who: Who, token: Text, number: Annotated[int, Form(ge=1)]) -> Response:
    """Says that a request was answered."""
    check_form(request, who, token)
    request.app.state.ledger.desk.close_request(number, f"{_now()} by {who.name}")
    return see("/requests")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
