"""One submission as a whole: its checks, each of which can be overridden, its files, its pages, its history."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from grader.deciding import Saying, decide
from grader.errors import DecisionRefused
from grader.feedback import extras_of, render_feedback
from grader.marks import decided
from grader.model import FileInfo, Verdict
from grader.service.comment_bank import bank
from grader.service.group_pages import CHOICES, Text, Who
from grader.service.original_pages import OriginalPages
from grader.service.rendering import class_now, page, see
from grader.service.visitors import check_form
from grader.store import Ledger

router: Final = APIRouter()


def _entry(request: Request, name: str) -> str:
    if name not in class_now(request).entries:
        raise HTTPException(404, f"There is no submission {name!r}.")
    return name


@router.get("/submission/{name}")
def show_submission(request: Request, who: Who, name: str) -> Response:
    """Everything of one submission that a person may decide on."""
    _entry(request, name)
    ledger: Ledger = request.app.state.ledger
    state = class_now(request)
    result = state.entries[name].result
    standing = decided(result)
    return page(
        request,
        who,
        "service/submission.html.j2",
        name=name,
        result=result,
        standing=standing,
        history=ledger.log.rows(name)[::-1],
        passages=ledger.stored_page(name).page.passages,
        texts=ledger.traces([name]).get(name),
        choices=CHOICES,
        seen=ledger.log.latest(),
        banks={
            check.id: bank(ledger, state, check.id)[:6]
            for question in standing.questions
            for check in question.checks
            if check.max > 0
        },
        pages={place: _pages(request, file) for place, file in enumerate(result.files)},
    )


def _pages(request: Request, file: FileInfo) -> int:
    """How many pages of a file can be drawn."""
    path = _original(request, file)
    if path is None or not file.name.lower().endswith(".pdf"):
        return 0
    pictures: OriginalPages = request.app.state.pictures
    return pictures.count(path)


def _original(request: Request, file: FileInfo) -> Path | None:
    ledger: Ledger = request.app.state.ledger
    return ledger.blobs.path(file.sha256) if file.sha256 else None


@router.post("/submission/{name}")
def decide_one(
    request: Request,
    who: Who,
    name: str,
    token: Text,
    check: Text = "",
    verdict: Text = "",
    points: Text = "",
    comment: Text = "",
    reason: Text = "",
    student: Text = "",
) -> Response:
    """Decides a check or a question of one submission, or says something of the whole."""
    check_form(request, who, token)
    _entry(request, name)
    try:
        given = float(points.replace(",", ".")) if points.strip() else None
    except ValueError as problem:
        raise HTTPException(422, f"{points!r} is no number of points.") from problem
    if verdict and verdict not in {choice.value for choice in CHOICES}:
        raise HTTPException(422, "Choose one of: " + ", ".join(choice.value for choice in CHOICES) + ".")
    saying = Saying(name, check, Verdict(verdict) if verdict else None, given, comment, reason, student)
    try:
        decide(request.app.state.ledger, [saying], by=who.name)
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    return see(f"/submission/{quote(name, safe='')}")


@router.get("/submission/{name}/page")
def staff_page(request: Request, who: Who, name: str) -> Response:
    """The page for staff, as `grader render` writes it: whole in itself, with its own policy."""
    del who
    _entry(request, name)
    ledger: Ledger = request.app.state.ledger
    stored = ledger.stored_page(name)
    result = class_now(request).entries[name].result
    text = render_feedback(result, staff=True, extras=extras_of(stored.page, ledger.blobs.get))
    return HTMLResponse(text, headers={"Content-Security-Policy": "frame-ancestors 'none'; sandbox"})


@router.get("/submission/{name}/file/{place}")
def original(request: Request, who: Who, name: str, place: int) -> Response:
    """A file as it was handed in: to be saved, never shown as part of this site."""
    del who
    _entry(request, name)
    file = _file(request, name, place)
    data = request.app.state.ledger.blobs.get(file.sha256)
    if not data:
        raise HTTPException(404, "This file was not kept: grade the submission again.")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name.rpartition('/')[2], safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/submission/{name}/file/{place}/page/{number}")
def original_page(request: Request, who: Who, name: str, place: int, number: int) -> Response:
    """A page of a PDF as a picture."""
    del who
    _entry(request, name)
    file = _file(request, name, place)
    path = _original(request, file)
    pictures: OriginalPages = request.app.state.pictures
    drawn = pictures.page(path, number) if path is not None and 1 <= number <= 1000 else b""
    if not drawn:
        raise HTTPException(404, f"Page {number} of this file cannot be drawn.")
    return Response(drawn, media_type="image/png")


def _file(request: Request, name: str, place: int) -> FileInfo:
    files = class_now(request).entries[name].result.files
    if not 0 <= place < len(files):
        raise HTTPException(404, "There is no such file.")
    return files[place]


@router.get("/submission/{name}/picture/{digest}")
def kept_picture(request: Request, who: Who, name: str, digest: str) -> Response:
    """A picture that belongs to a submission's page."""
    del who
    _entry(request, name)
    ledger: Ledger = request.app.state.ledger
    stored = ledger.stored_page(name).page
    data = ledger.blobs.get(digest) if digest in stored.blobs() and digest != stored.notebook else b""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise HTTPException(404, "There is no such picture.")
    return Response(data, media_type="image/png")
