"""Filling in a form as a browser does: what stands in it, and what a person changes."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from lxml import html


def form_of(page: str, action: str) -> dict[str, Any]:
    """The fields of the form that goes to an address beginning so, as they stand."""
    (form, *_) = [one for one in html.fromstring(page).forms if (one.action or "").startswith(action)]
    fields: dict[str, Any] = {}
    for element in form.inputs:
        if not element.name or (element.get("type") in {"checkbox"} and "checked" not in element.attrib):
            continue
        if element.tag == "button":
            continue
        value = element.value if element.tag != "textarea" else (element.text or "")
        if element.get("type") == "checkbox":
            fields.setdefault(element.name, []).append(element.get("value"))
        else:
            fields[element.name] = value or ""
    return fields


def send(client: TestClient, page: str, action: str, **changed: Any) -> Any:
    """Sends a form of a page with some fields changed; the answer after the redirect."""
    return client.post(action, data=form_of(page, action) | changed)


def first_group(client: TestClient) -> tuple[str, str]:
    """The first item of the queue: its address and its page."""
    page = client.get("/next")
    assert page.url.path.startswith("/group/"), page.url
    return page.url.path, page.text


def words_of(page: str) -> str:
    """The text of a page on one line."""
    return " ".join(html.fromstring(page).text_content().split())
