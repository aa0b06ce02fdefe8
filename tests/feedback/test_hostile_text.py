"""Hostile strings in every field that a student, or a check that quotes one, can fill."""

from __future__ import annotations

import io
import unicodedata
from typing import Any

import msgspec
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import html
from rich.console import Console

from grader.feedback import (
    FeedbackExtras,
    ShownCell,
    ShownPassage,
    render_feedback,
    render_index,
    render_pair,
    render_terminal,
)
from grader.model import Result
from grader.page_data import Pair, Trace, TracedText

FRAGMENTS = [
    "<script>alert(1)</script>",
    "</style><x-evil>",
    "</script><x-evil>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg onload=alert(1)>",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% include 'x' %}",
    "{0.__class__}%s%n",
    "$\\input{/etc/passwd}$",
    "&lt;x-evil&gt;",
    "`<x-evil>`",
    "[bold red]x[/]",
    "[link=http://example.org]x[/link]",
    "\x1b[31m\x1b]8;;http://example.org\x07",
    "\u202e\u2066\u200b\x00\ud800",
    "../../etc/passwd",
    "=1+1",
]
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=4).map("".join)
_TAGS = """mark html head meta title style body script a header p strong span h1 ul li bdi div svg rect nav main
section h2 h3 article code figure figcaption pre blockquote details summary table caption thead
tbody tr th td dl dt dd label input select option footer text line g path defs use clippath img
button
"""
TAGS = frozenset(_TAGS.split())
_ATTRIBUTES = """
lang charset http-equiv content name class href id aria-label aria-labelledby aria-hidden tabindex
dir scope role viewbox preserveaspectratio focusable width height x y rx x1 x2 y1 y2 d fill stroke
transform font-size font-weight text-anchor clip-path stroke-width stroke-linecap stroke-linejoin
stroke-dasharray stroke-dashoffset stroke-miterlimit xmlns data-status data-verdicts data-flags
data-key type autocomplete spellcheck value hidden title src alt opacity fill-opacity
"""
ATTRIBUTES = frozenset(_ATTRIBUTES.split())


def with_texts(value: Any, texts: Any) -> Any:
    """The same value with every text field drawn anew; identifiers of our own making stay."""
    if isinstance(value, msgspec.Struct) and not isinstance(value, type):
        own = {"verdict", "status", "kind"}
        changed = {
            name: getattr(value, name) if name in own else with_texts(getattr(value, name), texts)
            for name in value.__struct_fields__
        }
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(with_texts(item, texts) for item in value)
    return texts() if isinstance(value, str) else value


def assert_harmless(page: str) -> None:
    page.encode("utf-8")
    for char in page:
        assert char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    root = html.fromstring(page)
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv]/@content")[0]
    assert len(root.xpath("//main")) == 1
    for element in root.iter():
        if isinstance(element, html.HtmlComment):
            assert element.text in {" alike ", " end of alike "}
            continue
        assert element.tag in TAGS, element.tag
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES, name
            if name == "href":
                assert value.startswith(
                    ("#", "feedback/", "staff/", "../index.html", "../feedback/", "../staff/", "similar/")
                ), value
                assert value.removeprefix("../").split("#")[0].count("/") <= 1, value


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_field_can_bring_markup_into_a_page(troubled: Result, seed: Result, data: st.DataObject) -> None:
    pool = data.draw(st.lists(HOSTILE, min_size=1, max_size=8))
    turn = iter(range(10**9))
    texts = lambda: pool[next(turn) % len(pool)]  # noqa: E731 - one line of state, read only here
    results = [with_texts(troubled, texts), with_texts(seed, texts)]
    extras = FeedbackExtras(
        (ShownPassage(texts(), texts(), texts()),), (ShownCell(texts(), texts(), texts(), texts()),)
    )
    for result in results:
        assert_harmless(render_feedback(result, extras=extras))
        assert_harmless(render_feedback(result, staff=True, extras=extras))
    first = msgspec.structs.replace(results[0], submission="a")
    second = msgspec.structs.replace(results[1], submission="b")
    trace = with_texts(Trace(blocks=(TracedText("where", "text"), TracedText("where", "text"))), texts)
    pair = Pair("a", "b", "text", 0.5, (texts(),), ((texts(), 1.0, 2.0),))
    assert_harmless(render_index(results, title=texts(), pairs=[pair]))
    assert_harmless(render_pair([pair], {"a": first, "b": second}, {"a": trace, "b": trace}, title=texts()))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HOSTILE)
@example("[bold red]x[/]")
@example("[/nothing]")
@example("\x1b]0;title\x07\x1b[2J")
def test_nothing_steers_the_terminal(troubled: Result, text: str) -> None:
    stream = io.StringIO()
    render_terminal(with_texts(troubled, lambda: text), Console(file=stream, width=200, color_system=None))
    printed = stream.getvalue()
    for char in printed:
        assert char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    if text == "[bold red]x[/]":
        assert text in printed


def test_template_syntax_of_a_student_is_literal_text(seed: Result) -> None:
    page = render_feedback(with_texts(seed, lambda: "{{ 7*7 }} {% raw %} {0!r} %(x)s ${x}"))
    assert "{{ 7*7 }} {% raw %} {0!r} %(x)s ${x}" in html.fromstring(page).text_content()
