"""Who may come in: one-time links, sessions, and the guard against requests that other sites make a browser send."""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Annotated, Final, NoReturn
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from starlette.exceptions import HTTPException

from grader.model import Value
from grader.store import Ledger

COOKIE: Final = "grader_session"
BLIND: Final = "grader_blind"
_log: Final = logging.getLogger("grader.service")


class Visitor(Value, frozen=True):
    """Someone who came in by a link: their name, the token of their forms, and whether names are hidden from them."""

    name: str
    token: str
    blind: bool


def visitor(request: Request) -> Visitor:
    """Who asks. Raises 403 for whoever has not come in by a link, or whose session has ended."""
    secret = request.cookies.get(COOKIE, "")
    ledger: Ledger = request.app.state.ledger
    name = ledger.desk.holder("session", secret) if secret else None
    if name is None:
        refuse(
            request,
            "Come in by the link that the command printed; it opens once, and for a quarter of an hour.",
        )
    return Visitor(name, token_of(secret), request.cookies.get(BLIND) == "1")


Who = Annotated[Visitor, Depends(visitor)]
Text = Annotated[str, Form(max_length=20_000)]


def token_of(secret: str) -> str:
    """What a form of this session must bring."""
    return hashlib.sha256(f"form\0{secret}".encode()).hexdigest()[:40]


def check_form(request: Request, who: Visitor, token: str) -> None:
    """Raises 403 where a form does not come from a page of this session."""
    origin = request.headers.get("origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host", ""):
        refuse(request, "This form was sent by another site.")
    if not hmac.compare_digest(token.encode(), who.token.encode()):
        refuse(request, "This form is not one of your session: load the page again.")


def refuse(request: Request, sentence: str) -> NoReturn:
    """Refuses with a sentence, and writes down who asked for what."""
    note_refusal(request, sentence)
    raise HTTPException(403, sentence)


def note_refusal(request: Request, sentence: str) -> None:
    """Writes down who was refused what; the address as a literal, so that it cannot pose as another line."""
    client = request.client.host if request.client is not None else "unknown"
    path = request.url.path[:200]
    _log.warning("refused %s %r from %s: %s", request.method, path, client, sentence[:300])
