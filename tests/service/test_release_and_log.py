"""The release of a large class in pages, what the log says of it, and requests about a whole submission."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from lxml import html
from service_forms import form_of, send, words_of  # type: ignore[import-not-found] # beside this file, see conftest

from grader.deciding import Saying, decide, release, undo
from grader.model import Verdict
from grader.page_data import Pair
from grader.service import release_pages
from grader.service.class_state import ClassReader
from grader.store import Ledger

ComeIn = Callable[..., TestClient]
Record = Callable[..., None]
DOUBT = {"q1.expression": ("A doubt.", "w = 3")}


def release_form(page: str, back: bool = False) -> dict[str, object]:
    section = html.fromstring(page).get_element_by_id("out" if back else "ready").getparent()
    return dict(form_of(html.tostring(section, encoding="unicode"), "/release"))


def test_a_large_class_is_released_at_once_or_page_by_page(
    come_in: ComeIn, record: Record, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_pages, "ROWS", 4)
    for number in range(11):
        record(f"s{number:02d}")
    record("waits", DOUBT)
    inside = come_in()
    page = inside.get("/release").text
    assert release_form(page)["names"] == ["s00", "s01", "s02", "s03"]
    later = html.fromstring(page).xpath("//a[normalize-space()='Later']/@href")
    assert release_form(inside.get(later[0]).text)["names"] == ["s04", "s05", "s06", "s07"]
    found = inside.get("/release", params={"search": "s1"}).text
    assert release_form(found)["names"] == ["s10"]
    form = release_form(page) | {"everything": "true", "many": "10"}
    assert inside.post("/release", data=form).status_code == 409
    assert not ledger.log.released(), "others are ready meanwhile than those that were seen"
    inside.post("/release", data=form | {"many": "11"})
    assert len(ledger.log.released()) == 11
    inside.post("/release", data={"token": form["token"], "back": "true", "names": ["s03"]})
    assert "s03" not in ledger.log.released()


def test_the_log_says_who_released_what(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo", "cia"):
        record(name)
    inside = come_in()
    page = inside.get("/release").text
    send(inside, page, "/release", names=["anna", "bo"])
    send(inside, inside.get("/release").text, "/release", names=["bo"], back="true")
    rows = [
        words_of(html.tostring(row, encoding="unicode"))
        for row in html.fromstring(inside.get("/audit").text).xpath("//tbody/tr")
    ]
    assert len(rows) == 2
    assert rows[0].endswith("took the release back of bo")
    assert rows[1].endswith("released anna, bo")


def test_a_request_about_the_whole_is_an_item_that_a_comment_answers(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna")
    inside = come_in()
    ledger.desk.add_request("anna", "", "Was my last page read?", by="tina", at="2026")
    ledger.desk.add_request("anna", "", "And the table?", by="tina", at="2026")
    assert "The whole submission" in inside.get("/queue").text
    item = inside.get("/next")
    assert "Was my last page read?" in item.text
    assert "And the table?" in item.text
    assert not html.fromstring(item.text).xpath("//button[@name='verdict']")
    assert (
        inside.post(item.url.path, data=form_of(item.text, "/group/") | {"verdict": "pass"}).status_code
        == 422
    )
    answer = send(inside, item.text, item.url.path, comment="It was.")
    assert answer.status_code == 200
    assert ledger.desk.requests(open_only=True) == []
    (row,) = ledger.log.rows()
    assert (row.decision.check, row.decision.verdict, row.decision.comment) == ("", None, "It was.")
    assert "Nothing waits" in inside.get("/queue").text
    send(inside, answer.text, "/undo")
    assert len(ledger.desk.requests(open_only=True)) == 2


def test_what_is_renewed_is_what_is_read_anew(record: Record, ledger: Ledger) -> None:
    """After any change the class is the same as one that is read from the start."""
    reader = ClassReader(ledger)

    def same() -> None:
        kept, fresh = reader.now(), ClassReader(ledger).now()
        assert kept == fresh

    same()
    for name in ("cia", "anna", "bo"):
        record(name, DOUBT if name != "bo" else None)
        same()
    decide(
        ledger,
        [Saying(name, "q1.expression", Verdict.FAIL, comment="No.") for name in ("anna", "cia")],
        by="tom",
    )
    same()
    assert reader.now().words["q1.expression"].comments == {"No.": 2}
    ledger.write_pairs(
        [Pair("anna", "bo", "text", 0.8, ("words",)), Pair("bo", "gone", "text", 0.7, ("words",))]
    )
    same()
    assert [one.id for one in reader.now().summary.flags] == ["same-text"]
    undo(ledger, ledger.log.latest(), by="tom", together=True)
    same()
    release(ledger, ["bo"], by="tom")
    same()
    record("gone")
    same()
    assert reader.now().clusters[0].members == ("anna", "bo", "gone")
    ledger.keep_only({"anna", "cia"})
    same()
    assert reader.now().clusters == ()
    ledger.write_pairs([])
    same()
