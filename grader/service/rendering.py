"""A page of the application from its template."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from grader.feedback.page_frame import environment
from grader.feedback.verdict_words import VERDICTS, WORDING
from grader.service.class_state import ClassReader, ClassState
from grader.service.visitors import Visitor


def rendered(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A template with what every page has: the words for verdicts, where it is, and the title of the class."""
    path, query = request.url.path, request.url.query
    text = (
        environment()
        .get_template(template)
        .render(
            words=WORDING,
            verdicts=VERDICTS,
            path=path,
            back=f"{path}?{query}" if query and request.method == "GET" else path,
            status=status,
            **{"who": None, **values},
        )
    )
    return HTMLResponse(text, status)


def page(request: Request, who: Visitor, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for someone who came in."""
    state = class_now(request)
    return rendered(request, template, status=status, who=who, state=state, **values)


def class_now(request: Request) -> ClassState:
    """The class as it is now."""
    classes: ClassReader = request.app.state.classes
    return classes.now()


def found(request: Request, handle: str) -> str:
    """The submission of an address, by its name or by the one of blind marking. Raises 404."""
    name = class_now(request).found(handle)
    if name is None:
        raise HTTPException(404, f"There is no submission {handle!r}.")
    return name


def is_ours(where: str) -> bool:
    """Whether an address that a form brings back leads into this application and nowhere else."""
    return where.startswith("/") and not where.startswith("//") and where.isprintable() and "\\" not in where


def see(where: str) -> RedirectResponse:
    """Sends a browser on after a form, so that loading again sends nothing twice."""
    return RedirectResponse(where, 303)
