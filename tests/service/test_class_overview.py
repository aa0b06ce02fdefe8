"""The class at a glance, over HTTP: filters, means, mistakes, flags, likeness, and how far grading has come."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import msgspec
import pytest
from fastapi.testclient import TestClient
from lxml import html
from service_forms import send, words_of  # type: ignore[import-not-found] # beside this file, see conftest

from grader.deciding import release
from grader.page_data import Pair
from grader.store import Ledger
from grader.store.running import Running, begun, further, written

ComeIn = Callable[..., TestClient]
Record = Callable[..., None]
DOUBT = {"q1.expression": ("The call could not be read.", "tape.gradient(loss_, params_)")}


# --- the class -----------------------------------------------------------------------------------------------


def names(page: str) -> list[str]:
    """The submissions of the table."""
    return [
        cell.text_content().strip() for cell in html.fromstring(page).xpath("//tbody/tr/th[@scope='row']")
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["anna", "bo", "cia"]),
        ("status=review", ["anna"]),
        ("verdict=review", ["anna"]),
        ("verdict=pass&question=q1", ["bo", "cia"]),
        ("late=true", ["bo"]),
        ("search=CIA", ["cia"]),
        ("search=nobody", []),
        ("flag=text-alike", ["bo", "cia"]),
        ("flag=any", ["bo", "cia"]),
        ("released=yes", ["cia"]),
        ("released=no", ["anna", "bo"]),
        ("start=1000", []),
        ("mistake=nonsense", []),
    ],
)
def test_filters(come_in: ComeIn, record: Record, ledger: Ledger, query: str, found: list[str]) -> None:
    record("anna", DOUBT)
    record("bo", late=True)
    record("cia")
    ledger.write_pairs([Pair("bo", "cia", "text", 0.8, ("words in common",))])
    ledger.describe(compared="now")
    release(ledger, ["cia"], by="tina")
    page = come_in().get(f"/?{query}").text
    flag = html.fromstring(page).xpath("//select[@name='flag']/option/@value")[2]
    if "text-alike" in query:
        page = come_in().get(f"/?{query.replace('text-alike', flag)}").text
    assert names(page) == found


def test_what_is_open_is_in_no_mean_and_a_mistake_leads_to_who_made_it(
    come_in: ComeIn, record: Record
) -> None:
    record("anna", DOUBT)
    record("bo")
    record("cia")
    inside = come_in()
    page = inside.get("/submission/cia").text
    send(
        inside,
        page,
        "/submission/cia",
        check="q1.expression",
        verdict="fail",
        comment="The loss comes first.",
    )
    send(inside, inside.get("/submission/bo").text, "/submission/bo", check="q2.derivation", verdict="fail")
    page = inside.get("/").text
    assert "mean 1.50 of 3, 1 open left out" in words_of(page)
    mistakes = html.fromstring(page).xpath("//section[@aria-labelledby='mistakes']//li")
    assert ["The loss comes first." in one.text_content() for one in mistakes] == [True], (
        "what was said, and only that"
    )
    (link,) = mistakes[0].xpath(".//a/@href")
    assert names(inside.get(link).text) == ["cia"]


def test_alike_ones_are_one_cluster(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for number in range(20):
        record(f"s{number:02d}")
    record("t1")
    record("t2")
    table = [
        Pair(f"s{one:02d}", f"s{two:02d}", "figures", 1.0, (), (("Time", 1.0, 2.0),), 1e-9)
        for one in range(20)
        for two in range(one)
    ]
    ledger.write_pairs([*table, Pair("t1", "t2", "text", 0.62, ("words",))])
    ledger.describe(compared="now")
    inside = come_in()
    section = html.fromstring(inside.get("/").text).xpath("//section[@aria-labelledby='alike']")[0]
    clusters = [words_of(one.text_content()) for one in section.xpath(".//summary")]
    assert clusters == ["20 with up to 1 figures in common", "2 with up to 62% of the text in common"]
    pages = section.xpath(".//a[starts-with(@href, '/similar/')]/@href")
    assert inside.get(pages[-1]).status_code == 200
    assert inside.get("/similar/s00--nobody.html").status_code == 404
    assert "t2" in words_of(inside.get("/submission/t1").text)


def test_pages_of_the_folder_lead_back_into_the_application(come_in: ComeIn, record: Record) -> None:
    record("anna")
    inside = come_in()
    page = inside.get("/staff/anna.html")
    assert "sandbox" in page.headers["content-security-policy"]
    for link in html.fromstring(page.text).xpath("//header//a/@href"):
        if not link.startswith("#"):
            assert inside.get(f"/staff/{link}").status_code == 200, link
    assert "For staff" not in inside.get("/feedback/anna.html").text


def note(ledger: Ledger, run: Running) -> None:
    ledger.describe(running=written(run))


def test_progress_while_grading_goes_on(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna")
    inside = come_in()
    assert "grading goes on" not in inside.get("/").text
    run = begun(3, 3)
    note(ledger, further(run, 1))
    assert "1 of 3" in inside.get("/").text
    record("bo")
    note(ledger, further(run, 2))
    part = inside.get("/progress?was=true&shown=1")
    assert "2 of 3" in part.text
    assert part.headers["HX-Trigger"] == "graded", "the figures of the page are asked for again"
    assert "HX-Trigger" not in inside.get("/progress?was=true&shown=2").headers
    note(ledger, further(run, 3, "finished"))
    ended = inside.get("/progress?was=true&shown=2")
    assert "of 3" not in ended.text
    assert ended.headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in inside.get("/progress?was=false&shown=3").headers


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_run_that_ended_early_is_called_so(
    come_in: ComeIn, record: Record, ledger: Ledger, how: str
) -> None:
    record("anna")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run = msgspec.structs.replace(begun(3, 3), pid=gone.pid)
    note(ledger, further(run, 1, "stopped" if how == "stopped" else ""))
    page = words_of(come_in().get("/").text)
    assert "Grading was stopped when 1 of 3 were graded" in page
    ledger.describe(running="{torn")
    assert come_in().get("/").status_code == 200
