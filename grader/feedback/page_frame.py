"""Templates, style and policy of a page: each is whole in itself, and its policy admits only what we wrote."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

import grader
from grader.errors import TemplatesMissingError
from grader.feedback.sanitising import png_address, safe_html
from grader.feedback.textguard import on_one_line, shown
from grader.feedback.verdict_words import points
from grader.lateness import late_mark, late_words
from grader.translations import Phrasebook, phrasebook

_PLACE: Final = re.compile(r"\{(\d)\}")
_CODE: Final = re.compile(r"`([^`\n]{1,400})`")


def page(
    template: str,
    *,
    styles: tuple[str, ...],
    script: str = "",
    css: str = "",
    language: str = "en",
    **values: Any,
) -> str:
    """A page from a template of ours with inline `styles` and `script` (names of files beside it) and further `css`.

    The content security policy forbids everything but this very style, this very script and ``data:`` pictures.
    """
    style = _guarded("\n".join([*(_source(name) for name in styles), css]))
    code = _guarded(_source(script) if script else "")
    policy = [
        "default-src 'none'",
        "img-src data:",
        f"style-src '{_fingerprint(style)}'",
        *([f"script-src '{_fingerprint(code)}'"] if code else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return (
        environment(language)
        .get_template(template)
        .render(style=style, script=code, policy="; ".join(policy), **values)
    )


def _guarded(source: str) -> Markup:
    """Our own style or script, verbatim; it must not end its element."""
    if "</" in source:
        raise ValueError("an inline style or script must not contain '</'")
    return Markup(source)  # noqa: S704 - a file of ours, never a student's


def _fingerprint(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def templates_of(package: Path) -> Path:
    """The folder of the page templates: inside the `package` in a wheel, beside it in a checkout.

    Raises `TemplatesMissingError` if it is in neither place.
    """
    places = (package / "templates", package.parent / "templates")
    for folder in places:
        if (folder / "feedback.html.j2").is_file():
            return folder
    raise TemplatesMissingError(f"no page templates in {places[0]} or {places[1]}: install the grader again")


@cache
def templates_folder() -> Path:
    """Where the templates and styles of this installation lie."""
    return templates_of(Path(grader.__file__).resolve().parent)


@cache
def _source(name: str) -> str:
    return (templates_folder() / name).read_text(encoding="utf-8").strip()


@cache
def environment(language: str = "en") -> Environment:
    """The templates in a language, with the filters that make any text safe to show."""
    book = phrasebook(language)
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(language=language, _=_in(book))
    environment.filters.update(
        shown=shown,
        line=on_one_line,
        prose=prose,
        points=lambda value: book.figure(points(value)),
        clean=safe_html,
        png=png_address,
        slug=slug,
        address=address,
        late=late_words,
        late_mark=late_mark,
    )
    return environment


def _in(book: Phrasebook) -> Callable[..., str]:
    """What a template calls for each of its own texts, with what stands in the text's places."""
    return lambda message, *values: Markup(  # noqa: S704 - the message is ours, the values are escaped
        _PLACE.sub(lambda place: str(escape(values[int(place[1])])), str(escape(book.exactly(message))))
    )


def prose(text: str, limit: int = 2_000) -> Markup:
    """A message of ours, which may quote a student: words between backticks become code, all is escaped."""
    parts = _CODE.split(shown(text, limit))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def slug(text: str) -> str:
    """An id for an element, from the id of a question or check."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text[:120]) or "-"


def address(text: str) -> str:
    """A name as one segment of a relative address."""
    return quote(text, safe="", errors="replace")
