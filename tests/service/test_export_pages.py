"""The export's page: what would leave, before it does; the file, with a yes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from grader.service.class_state import alias_of
from grader.store import Ledger

Record = Callable[..., None]
Enter = Callable[..., TestClient]
BOOK = (
    "Student,ID,SIS Login ID,Section,Lab 5 (4242)\r\n    Points Possible,,,,10\r\n"
    '"Exempel, Anna",1,annex123,A,2\r\n"Berg, Bo",2,bober456,A,\r\n"Utan, Inlämning",3,utain444,A,\r\n'
).encode()


def token(page: str) -> str:
    return re.search(r'name="token" value="([0-9a-f]+)"', page)[1]  # type: ignore[index]


def asked(client: TestClient, address: str, **more: str) -> dict[str, str]:
    return {"token": token(client.get("/export").text), "system": "canvas", "number": "4242", **more}


def test_nothing_leaves_before_it_was_seen(
    record: Record, come_in: Enter, folder: Path, ledger: Ledger
) -> None:
    record("annex123", students=("annex123",))
    record("bober456", students=("bober456",))
    record("odd", students=("<b>dan",))
    record("later", {"q1.expression": ("it waits", "what stands there")}, students=("carca789",))
    client = come_in()
    form = asked(client, "/export")
    answer = client.post("/export/preview", data=form, files={"new_book": ("book.csv", BOOK)})
    assert answer.status_code == 200, answer.text
    text = answer.text
    assert "&lt;b&gt;dan" in text
    assert "<b>dan" not in text
    assert "a person has to review it first" in text
    assert "Utan, Inlämning (3)" in text
    assert "Yes, replace 1 marks" in text
    assert not list(folder.glob("export/*"))
    digest = re.search(r'name="book" value="([0-9a-f]{64})"', text)[1]  # type: ignore[index]
    file = client.post("/export", data={**form, "book": digest})
    assert "annex123" not in file.text
    assert "bober456" in file.text
    assert "canvas_grades.csv" in file.headers["content-disposition"]
    file = client.post("/export", data={**form, "book": digest, "replace": "true"})
    assert "annex123" in file.text


def test_forms_of_others_and_tables_that_are_none_are_refused(record: Record, come_in: Enter) -> None:
    record("annex123", students=("annex123",))
    client = come_in()
    form = asked(client, "/export")
    assert client.post("/export/preview", data={**form, "token": "0" * 40}).status_code == 403
    assert client.post("/export", data={**form, "system": "canvas-api"}).status_code == 422
    broken = client.post("/export/preview", data=form, files={"new_book": ("b.csv", b"PK\x03\x04")})
    assert (broken.status_code, "workbook" in broken.text) == (422, True)
    elsewhere = client.post("/export/preview", data={**form, "book": "../../etc/passwd"})
    assert "etc/passwd" not in elsewhere.text
    assert client.post("/export/preview", data={**form, "possible": "many"}).status_code == 422


def test_hidden_names_stay_hidden(record: Record, come_in: Enter) -> None:
    record("annex123", students=("annex123",))
    client = come_in()
    form = asked(client, "/export")
    client.post("/blind", data={"token": form["token"], "back": "/export"})
    answer = client.post("/export/preview", data=form, files={"new_book": ("book.csv", BOOK)})
    assert alias_of("annex123") in answer.text
    assert "annex123" not in answer.text
    assert "Utan" not in answer.text
    refused = client.post("/export", data=form, files={"new_book": ("book.csv", BOOK)})
    assert (refused.status_code, "annex123" in refused.text) == (422, False)
