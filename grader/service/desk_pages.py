"""Coming in, the class at a glance, the log, comments and students' requests."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import unquote

import msgspec
from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from starlette.exceptions import HTTPException

from grader.asking import Asking, ask, read_table
from grader.deciding import Saying, decide, timestamp
from grader.errors import DecisionRefused
from grader.feedback.page_frame import address
from grader.marks import standing_decisions
from grader.model import Status
from grader.service.class_filter import Filter
from grader.service.comment_bank import bank
from grader.service.rendering import class_now, is_ours, page, see
from grader.service.visitors import BLIND, COOKIE, Text, Who, check_form, refuse
from grader.store import Ledger
from grader.store.review_desk import SESSION_SECONDS
from grader.store.running import KEY, Running, read

router: Final = APIRouter()
ROWS: Final = 100  # rows of the log on one page
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
    state = class_now(request)
    where = back if is_ours(back) else "/"
    if where.startswith("/submission/"):  # the address of a submission has its name in it, too
        name = state.found(unquote(where.split("/")[2].partition("?")[0]))
        where = f"/submission/{address(state.handle(name, blind=not who.blind))}" if name else "/"
    answer = see(where)
    answer.set_cookie(BLIND, "0" if who.blind else "1", httponly=True, samesite="lax")
    return answer


@router.get("/")
def show_class(request: Request, who: Who, wanted: Annotated[Filter, Depends()]) -> Response:
    """The class: what waits, how the questions went, who is alike, every submission."""
    state = class_now(request)
    rows = wanted.rows(state, blind=who.blind)
    return page(
        request,
        who,
        "service/class.html.j2",
        rows=rows[wanted.start : wanted.start + wanted.step],
        found=len(rows),
        wanted=wanted,
        statuses=tuple(Status),
        summary=state.summary,
        mistake=next((one for one in state.summary.mistakes if one.key == wanted.mistake), None),
        requests=len(request.app.state.ledger.desk.requests(open_only=True)),
        run=_run(request),
    )


@router.get("/progress")
def progress(
    request: Request,
    who: Who,
    was: Annotated[bool, Query()] = False,
    shown: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """How far grading has come: a part of the class page, renewed while `grader grade` runs.

    `was`: whether it ran when the page was made; `shown`: how many submissions were graded then.
    """
    run = _run(request)
    answer = page(request, who, "service/progress.html.j2", run=run)
    if was and not (run is not None and run.goes_on()):
        answer.headers["HX-Refresh"] = "true"  # it has ended: flags and likeness are there only now
    elif run is not None and run.graded != shown:
        answer.headers["HX-Trigger"] = "graded"
    return answer


def _run(request: Request) -> Running | None:
    ledger: Ledger = request.app.state.ledger
    return read(ledger.about().get(KEY, ""))


@router.get("/audit")
def audit(request: Request, who: Who, start: Annotated[int, Query(ge=0, le=10_000_000)] = 0) -> Response:
    """The log: who, what, when, before, after; the newest first. Nothing can be deleted from it."""
    ledger: Ledger = request.app.state.ledger
    newer = ledger.log.newest(start - 1, 1) if start else []
    rows = ledger.log.newest(start, ROWS)
    many = ledger.log.count()
    since = rows[-1].decision.at if rows and start + ROWS < many else ""
    releasings = ledger.log.releasings(since, newer[0].decision.at if newer else "", ROWS)
    lines = [*((one.at, 1, one) for one in releasings), *((row.decision.at, 0, row) for row in rows)]
    return page(
        request,
        who,
        "service/audit.html.j2",
        lines=[line for _, _, line in sorted(lines, key=lambda line: line[:2], reverse=True)],
        start=start,
        step=ROWS,
        many=many,
        gone=ledger.log.taken_back(rows),
    )


@router.get("/comments/{check}")
def show_comments(request: Request, who: Who, check: str) -> Response:
    """The comment bank of a check."""
    state = class_now(request)
    return page(
        request,
        who,
        "service/comments.html.j2",
        check=check,
        bank=bank(request.app.state.ledger, state.words, check),
        asked=None,
    )


@router.post("/comments/{check}")
def change_comments(
    request: Request,
    who: Who,
    check: str,
    token: Text,
    text: Text,
    number: Annotated[int, Form(ge=0)] = 0,
    everywhere: Text = "",
) -> Response:
    """Adds a comment, or changes one; where it stands on decisions, asks first whether there too (``yes``, ``no``)."""
    check_form(request, who, token)
    ledger: Ledger = request.app.state.ledger
    state = class_now(request)
    wanted = text.strip()
    if not wanted:
        raise HTTPException(422, "The comment is empty.")
    if not number:
        ledger.desk.add_comment(check, wanted, by=who.name, at=timestamp())
        return see(f"/comments/{address(check)}")
    before = next((one.text for one in ledger.desk.comments(check) if one.id == number), None)
    if before is None:
        raise HTTPException(404, "This comment is gone.")
    used = [
        Saying(name, check, one.verdict, one.points, wanted, one.reason, one.student)
        for name, entry in state.entries.items()
        for one in standing_decisions(entry.result)
        if one.check == check and one.comment == before
    ]
    if used and wanted != before and everywhere not in {"yes", "no"}:
        asked = {"number": number, "before": before, "text": wanted, "uses": len(used)}
        kept = bank(ledger, state.words, check)
        return page(request, who, "service/comments.html.j2", check=check, bank=kept, asked=asked)
    ledger.desk.change_comment(number, wanted)
    if everywhere == "yes" and wanted != before:
        decide(ledger, used, by=who.name)
    return see(f"/comments/{address(check)}")


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
    state = class_now(request)
    askings = [Asking(submission.strip(), check.strip(), text)]
    try:
        if table is not None and table.filename:
            askings = read_table(table.file.read(LARGEST_TABLE), table.filename)
        if who.blind:  # what the page calls a submission is what is written into the form
            askings = [
                msgspec.structs.replace(one, submission=state.found(one.submission) or one.submission)
                for one in askings
            ]
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
    request.app.state.ledger.desk.close_request(number, f"{timestamp()} by {who.name}")
    return see("/requests")
