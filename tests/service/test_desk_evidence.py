"""What lies on the desk: the page with the place marked, its neighbours, zoom; the cell with its output; the words."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html
from PIL import Image
from service_files import hand_in, notebook, pdf, png  # type: ignore[import-not-found] # beside this file, see conftest

from grader.model import Evidence
from grader.page_data import PageData, Passage
from grader.store import Ledger

ComeIn = Callable[..., TestClient]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>"


def desk(client: TestClient) -> tuple[str, html.HtmlElement]:
    answer = client.get("/next")
    return answer.text, html.fromstring(answer.text)


def test_a_page_with_the_place_marked_and_its_neighbours(
    come_in: ComeIn, ledger: Ledger, tmp_path: Path
) -> None:
    picture = hashlib.sha256(png("red")).hexdigest()
    marked = PageData(
        (
            Passage(
                "q1.expression", "report.pdf, page 2, line 3", picture=picture, box=(20.0, 20.0, 120.0, 60.0)
            ),
            Passage(
                "q1.expression", "report.pdf, page 21, line 3", picture=picture, box=(0.0, 0.0, 9.0, 9.0)
            ),
        )
    )
    evidence = (Evidence("report.pdf", "page 2, line 3", "the words"),)
    hand_in(ledger, tmp_path, "anna", {"report.pdf": pdf(3)}, evidence, page=marked)
    inside = come_in()
    _, page = desk(inside)
    (figure, *_) = page.xpath("//figure[contains(@class, 'sheet')]")
    (image,) = figure.xpath(".//img/@src")
    assert image == f"/submission/anna/picture/{picture}"
    ways = {" ".join(link.text_content().split()): link.get("href") for link in figure.xpath(".//a")}
    assert list(ways) == ["Page before ←", "Next page →", "Nearer +"]
    last = html.fromstring(inside.get(ways["Next page →"]).text)
    assert "page 3 of 3" in last.text_content()
    assert not last.xpath("//a[contains(., 'Next page')]")
    nearer = html.fromstring(inside.get(ways["Nearer +"], headers={"HX-Request": "true"}).text)
    assert not nearer.xpath("//header"), "a script is given the figure alone"
    (drawn,) = nearer.xpath("//img/@src")
    large, plain = inside.get(drawn), inside.get(drawn.replace("check=", "other="))
    assert Image.open(io.BytesIO(large.content)).width == 1400
    assert large.content != plain.content, "the place is marked on it"
    other = drawn.replace("/page/2", "/page/1")
    assert inside.get(other).content == inside.get(other.replace("check=", "other=")).content
    for strange in ("/view/0", "/view/4", "/view/-1", "/page/4", "/page/2?nearer=9"):
        assert inside.get(f"/submission/anna/file/0{strange}").status_code in {404, 422}


def test_a_cell_with_the_output_of_our_own_run(come_in: ComeIn, ledger: Ledger, tmp_path: Path) -> None:
    evidence = (Evidence("lab.ipynb", "cell 1", "b = 2"),)
    hand_in(
        ledger,
        tmp_path,
        "anna",
        {"lab.ipynb": notebook("a = 1", "b = 2", "c = 3")},
        evidence,
        executed=notebook("a = 1", "b = 2", "other = 3", ran=True),
    )
    inside = come_in()
    text, page = desk(inside)
    (figure,) = page.xpath("//figure[contains(@class, 'notebook-cell')]")
    assert figure.xpath("string(.//pre[contains(@class, 'source')])").strip() == "b = 2"
    assert figure.xpath("string(.//pre[contains(@class, 'output')])").strip() == "cell 1 ours"
    assert figure.xpath(".//img/@src")[0].startswith("data:image/png;base64,")
    assert "as we ran it" in text
    (onward,) = figure.xpath(".//a[contains(., 'Next cell')]/@href")
    behind = inside.get(onward).text
    assert "cell 2 theirs" in behind, (
        "what was run is another text: what was handed in is shown, and called so"
    )
    assert "as handed in" in behind
    assert inside.get("/submission/anna/file/0/cell/3").status_code == 404
    assert inside.get("/submission/anna/file/0/cell/-1").status_code == 404


def test_a_cell_of_a_notebook_that_was_not_run(come_in: ComeIn, ledger: Ledger, tmp_path: Path) -> None:
    evidence = (Evidence("lab.ipynb", "cell 0, output", "theirs"),)
    hand_in(ledger, tmp_path, "anna", {"lab.ipynb": notebook("a = 1")}, evidence)
    text, _ = desk(come_in())
    assert "cell 0 theirs" in text
    assert "as handed in" in text


@pytest.mark.parametrize(
    "torn", [b"", b"{", b"[]", b'{"cells": 3}', b'{"cells": [3, {"outputs": 4}]}', b"[" * 9999]
)
def test_a_torn_notebook_is_no_trouble(come_in: ComeIn, ledger: Ledger, tmp_path: Path, torn: bytes) -> None:
    evidence = (Evidence("lab.ipynb", "cell 1", "words of it"),)
    hand_in(ledger, tmp_path, "anna", {"lab.ipynb": torn}, evidence)
    inside = come_in()
    assert "words of it" in desk(inside)[0]
    assert inside.get("/submission/anna").status_code == 200
    assert inside.get("/submission/anna/file/0/cell/0").status_code in {200, 404}


def test_what_a_notebook_prints_is_only_ever_text(come_in: ComeIn, ledger: Ledger, tmp_path: Path) -> None:
    evil = notebook(EVIL, evil=EVIL)
    evidence = (Evidence("lab.ipynb", "cell 0", EVIL),)
    hand_in(ledger, tmp_path, "anna", {"lab.ipynb": evil}, evidence, executed=evil)
    inside = come_in()
    for path in ("/next", "/submission/anna", "/submission/anna/file/0/cell/0", "/staff/anna.html"):
        root = html.fromstring(inside.get(path).text)
        assert all((script.get("src") or "").startswith("/static/") for script in root.iter("script")), path
        assert not root.xpath("//svg[@onload] | //*[@onerror] | //img[@src='x']"), path
    assert "<td>0</td>" in inside.get("/submission/anna/file/0/cell/0").text, "a table stays a table"


def test_words_where_there_is_no_page(come_in: ComeIn, ledger: Ledger, tmp_path: Path) -> None:
    around = PageData(
        (Passage("q1.expression", "report.md, line 3, with what stands around it", "before\n\nit\n\nbehind"),)
    )
    hand_in(
        ledger, tmp_path, "anna", {"report.md": b"x"}, (Evidence("report.md", "line 3", "it"),), page=around
    )
    text, _ = desk(come_in())
    assert "behind" in text


def test_figures_are_drawn_when_asked_for(come_in: ComeIn, ledger: Ledger, tmp_path: Path) -> None:
    hand_in(ledger, tmp_path, "anna", {"report.md": b"x"}, (Evidence("report.md", "line 3", "it"),))
    inside = come_in()
    _, page = desk(inside)
    (address,) = page.xpath("//*[@hx-trigger='revealed']/@hx-get")
    part = inside.get(address, headers={"HX-Request": "true"}).text
    assert "<svg" in part
    assert "style=" not in part, "the policy allows none"
    assert "<header" not in part
    assert "<header" in inside.get(address).text, "and a page of its own without a script"
    assert inside.get("/submission/anna/drawn/q2").status_code == 404


def test_nothing_on_the_desk_names_anybody_in_blind_marking(
    come_in: ComeIn, ledger: Ledger, tmp_path: Path
) -> None:
    evidence = (
        Evidence("annex123.pdf", "page 1", "the words"),
        Evidence("annex123.ipynb", "cell 0", "a = 1"),
        Evidence("annex123.md", "line 1", "words"),
    )
    files = {"annex123.pdf": pdf(1), "annex123.ipynb": notebook("a = 1"), "annex123.md": b"words"}
    around = PageData((Passage("q1.expression", "annex123.md, line 1, with what stands around it", "words"),))
    hand_in(ledger, tmp_path, "annex123", files, evidence, page=around)
    inside = come_in()
    page = inside.get("/submission/annex123").text
    token = html.fromstring(page).xpath("//input[@name='token']/@value")[0]
    answer = inside.post("/blind", data={"token": token, "back": "/submission/annex123"})
    assert "annex123" not in str(answer.url), "the address changes too"
    handle = answer.url.path.split("/")[2]
    for path in (
        answer.url.path,
        "/",
        "/queue",
        "/next",
        "/audit",
        "/release",
        "/requests",
        f"/submission/{handle}/file/0/view/1",
        f"/submission/{handle}/file/1/cell/0",
        f"/submission/{handle}/drawn/q1",
    ):
        found = inside.get(path)
        assert found.status_code == 200, path
        assert "annex123" not in found.text, path
        assert "annex123" not in str(found.url), path
    assert "annex" not in inside.get(f"/submission/{handle}/file/0").headers["content-disposition"]
    for path in (f"/staff/{handle}.html", f"/feedback/{handle}.html", "/similar/a--b.html"):
        assert inside.get(path).status_code == 409, "pages with names are not shown"
    assert "Nothing waits here" in inside.get("/queue?search=annex123").text
    assert "Nothing waits here" not in inside.get(f"/queue?search={handle}").text
