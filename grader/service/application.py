"""The review application: the class, the queue, one item, the log, the release. FastAPI over the ledger.

Every page works without JavaScript; with it there are keys and live progress. Text of students is only ever text: the
templates escape it, and the policy admits no script and no style but the application's own.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from grader.errors import GraderError, LedgerError
from grader.feedback.page_frame import templates_folder
from grader.service import (
    desk_pages,
    export_pages,
    folder_pages,
    group_pages,
    release_pages,
    source_pages,
    submission_pages,
)
from grader.service.class_state import ClassReader
from grader.service.original_pages import OriginalPages
from grader.service.presence import Presence
from grader.service.rendering import rendered
from grader.service.visitors import note_refusal
from grader.store import Ledger

LARGEST_FORM: Final = 2 << 20  # bytes of a request; a form of ours is a few kilobytes
_STYLES: Final = ("page.css", "charts.css")
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def application(
    folder: Path, ledger: Ledger, *, hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
) -> FastAPI:
    """The application over one graded folder. `hosts` are the names it answers to: others are refused (DNS rebinding)."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory(prefix="report-grader-review-") as scratch:
            app.state.scratch = Path(scratch)
            try:
                yield
            finally:
                app.state.pictures.close()

    app = FastAPI(title="grader review", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.folder = folder
    app.state.ledger = ledger
    app.state.classes = ClassReader(ledger)
    app.state.presence = Presence()
    app.state.pictures = OriginalPages()
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*hosts])
    app.middleware("http")(_guarded)
    app.include_router(desk_pages.router)
    app.include_router(export_pages.router)
    app.include_router(release_pages.router)
    app.include_router(group_pages.router)
    app.include_router(submission_pages.router)
    app.include_router(source_pages.router)
    app.include_router(folder_pages.router)
    for style in _STYLES:
        app.get(f"/{style}", include_in_schema=False)(_style(style))
    app.mount("/static", StaticFiles(directory=templates_folder() / "service" / "static"), name="static")
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(GraderError, _trouble)
    return app


def _style(name: str) -> Callable[[], FileResponse]:
    """A style that the pages of the graded folder have too."""

    def serve() -> FileResponse:
        return FileResponse(templates_folder() / name, media_type="text/css")

    return serve


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Bounds what comes in, and says of every answer what a browser may do with it."""
    length = request.headers.get("content-length", "0")
    if (
        not length.isdigit()
        or int(length) > LARGEST_FORM
        or "chunked" in request.headers.get("transfer-encoding", "")
    ):
        note_refusal(request, "larger than any form")
        return HTMLResponse("This request is larger than any form here.", 413)
    response = await call_next(request)
    if response.status_code == 400:  # by the guard of host names, which writes nothing down
        note_refusal(request, f"host {request.headers.get('host', '')[:100]!r}")
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if not request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _told(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException), "registered for it alone"
    if problem.status_code != 403:  # which is written down where it is refused
        note_refusal(request, str(problem.detail))
    return rendered(request, "service/told.html.j2", status=problem.status_code, sentence=str(problem.detail))


async def _not_understood(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError), "registered for it alone"
    fields = ", ".join(str(error["loc"][-1]) for error in problem.errors()[:5])
    sentence = f"This was not understood: {fields}. Go back, and fill in the form again."
    note_refusal(request, sentence)
    return rendered(request, "service/told.html.j2", status=422, sentence=sentence)


async def _trouble(request: Request, problem: Exception) -> Response:
    status = 404 if isinstance(problem, LedgerError) else 422
    return rendered(request, "service/told.html.j2", status=status, sentence=str(problem))
