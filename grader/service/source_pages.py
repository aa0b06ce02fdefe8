"""What was handed in: files to be saved, PDFs page by page, notebooks cell by cell, kept pictures. Never active content."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from grader.model import FileInfo
from grader.service.desk_evidence import Sheet, cell_sheet, drawable, passages_at
from grader.service.original_pages import WIDTHS, OriginalPages
from grader.service.rendering import class_now, found, page
from grader.service.visitors import Who
from grader.store import Ledger

router: Final = APIRouter()
_PNG: Final = b"\x89PNG\r\n\x1a\n"
Nearer = Annotated[int, Query(ge=0, le=len(WIDTHS) - 1)]
Check = Annotated[str, Query(max_length=200)]
Keys = Annotated[bool, Query()]  # whether keys turn the page: of one sheet at a time


@router.get("/submission/{handle}/file/{place}")
def original(request: Request, who: Who, handle: str, place: int) -> Response:
    """A file as it was handed in: to be saved, never shown as part of this site."""
    name, file = _file(request, handle, place)
    data = request.app.state.ledger.blobs.get(file.sha256)
    if not data:
        raise HTTPException(404, "This file was not kept: grade the submission again.")
    own = file.name.rpartition("/")[2]
    if who.blind:
        own = f"{class_now(request).handle(name, blind=True)}-{place + 1}{Path(own).suffix[:12]}"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(own, safe='', errors='replace')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/submission/{handle}/file/{place}/page/{number}")
def original_page(
    request: Request, who: Who, handle: str, place: int, number: int, nearer: Nearer = 0, check: Check = ""
) -> Response:
    """A page of a PDF as a picture, the passages of a check marked on it."""
    del who
    name, file = _file(request, handle, place)
    path = kept(request, file)
    pictures: OriginalPages = request.app.state.pictures
    ledger: Ledger = request.app.state.ledger
    marked = [
        passage.box
        for passage in (ledger.stored_page(name).page.passages if check else ())
        if passage.check_id == check and passage.box and passages_at([passage], file.name, f"page {number}")
    ]
    drawn = b""
    if path is not None and 1 <= number <= 1000:
        drawn = pictures.page(path, number, nearer=nearer, marked=marked)
    if not drawn:
        raise HTTPException(404, f"Page {number} of this file cannot be drawn.")
    return Response(drawn, media_type="image/png")


@router.get("/submission/{handle}/file/{place}/view/{number}")
def view_page(
    request: Request,
    who: Who,
    handle: str,
    place: int,
    number: int,
    nearer: Nearer = 0,
    check: Check = "",
    keys: Keys = False,
) -> Response:
    """A page of a PDF with the ways to the one before and behind, and nearer."""
    name, file = _file(request, handle, place)
    many = pages_of(request, file)
    if not 1 <= number <= many:
        raise HTTPException(404, f"There is no page {number} of this file that can be drawn.")
    return page(
        request,
        who,
        "service/sheet.html.j2" if _part(request) else "service/view.html.j2",
        name=name,
        sheet=Sheet(file.name, f"page {number} of {many}", place, number),
        many=many,
        nearer=nearer,
        nearest=len(WIDTHS) - 1,
        check=check,
        keys=keys or not _part(request),
    )


@router.get("/submission/{handle}/file/{place}/cell/{index}")
def view_cell(
    request: Request, who: Who, handle: str, place: int, index: int, keys: Keys = False
) -> Response:
    """A cell of a notebook with its output, and the ways to the one before and behind."""
    name, _ = _file(request, handle, place)
    ledger: Ledger = request.app.state.ledger
    state = class_now(request)
    sheet = None
    if 0 <= index < 10_000:
        notebook = ledger.stored_page(name).page.notebook
        sheet = cell_sheet(state.entries[name].result, place, index, notebook, ledger.blobs)
    if sheet is None:
        raise HTTPException(404, f"There is no cell {index} that can be shown.")
    template = "service/cell.html.j2" if _part(request) else "service/view.html.j2"
    return page(request, who, template, name=name, cell=sheet, keys=keys or not _part(request))


@router.get("/submission/{handle}/picture/{digest}")
def kept_picture(request: Request, who: Who, handle: str, digest: str) -> Response:
    """A picture that belongs to a submission's page."""
    del who
    name = found(request, handle)
    ledger: Ledger = request.app.state.ledger
    stored = ledger.stored_page(name).page
    data = ledger.blobs.get(digest) if digest in stored.blobs() and digest != stored.notebook else b""
    if not data.startswith(_PNG):
        raise HTTPException(404, "There is no such picture.")
    return Response(data, media_type="image/png")


def pages_of(request: Request, file: FileInfo) -> int:
    """How many pages of a file can be drawn."""
    path = kept(request, file)
    pictures: OriginalPages = request.app.state.pictures
    return pictures.count(path) if path is not None and drawable(file) else 0


def kept(request: Request, file: FileInfo) -> Path | None:
    """The bytes of a file, where they were kept."""
    ledger: Ledger = request.app.state.ledger
    return ledger.blobs.path(file.sha256) if file.sha256 else None


def _file(request: Request, handle: str, place: int) -> tuple[str, FileInfo]:
    name = found(request, handle)
    files = class_now(request).entries[name].result.files
    if not 0 <= place < len(files):
        raise HTTPException(404, "There is no such file.")
    return name, files[place]


def _part(request: Request) -> bool:
    """Whether a script asks for the sheet alone, to put it in place of another."""
    return request.headers.get("hx-request") == "true"
