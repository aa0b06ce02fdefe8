"""Who may come in, and what is refused: every kind of attack on the application, and text of students is only ever text."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html
from service_forms import first_group, form_of, send  # type: ignore[import-not-found] # beside this file, see conftest

from grader.store import Ledger

ComeIn = Callable[..., TestClient]
Record = Callable[..., None]
PAGES = (
    "/",
    "/queue",
    "/next",
    "/audit",
    "/release",
    "/requests",
    "/comments/q1.expression",
    "/progress",
    "/submission/anna",
    "/staff/anna.html",
    "/feedback/anna.html",
    "/similar/anna--bo.html",
    "/index.html",
    "/submission/anna/drawn/q1",
    "/submission/anna/file/0/view/1",
    "/submission/anna/file/0/cell/0",
    "/submission/anna/file/0",
    "/openapi.json",
)
DOUBT = {"q1.expression": ("The call could not be read.", "tape.gradient(loss_, params_)")}


def session(secret: str) -> dict[str, str]:
    """A request with a session of somebody's."""
    return {"cookie": f"grader_session={secret}"}


# --- coming in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/openapi.json"])
def test_nobody_reads_a_page_without_a_link(
    client: TestClient, record: Record, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    record("anna", DOUBT)
    with caplog.at_level(logging.WARNING, "grader.service"):
        answer = client.get(path)
    assert answer.status_code == 403
    assert "anna" not in answer.text
    assert path in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/group/x",
        "/decide",
        "/undo",
        "/release",
        "/requests",
        "/requests/close",
        "/submission/anna",
        "/comments/q1",
        "/blind",
        "/leave",
    ],
)
def test_nobody_sends_a_form_without_a_link(
    client: TestClient, record: Record, ledger: Ledger, path: str
) -> None:
    record("anna", DOUBT)
    fields = {
        "token": "x",
        "verdict": "pass",
        "seen": "0",
        "members": "anna",
        "number": "1",
        "text": "x",
        "check": "q1.expression",
    }
    assert client.post(path, data=fields).status_code == 403
    assert ledger.log.rows() == []
    assert ledger.log.released() == {}


def test_a_link_opens_once(client: TestClient, ledger: Ledger) -> None:
    key = ledger.desk.make_key("link", "tina", 60)
    assert client.get("/enter", params={"key": key}).status_code == 200
    another = TestClient(client.app)
    assert another.get("/enter", params={"key": key}).status_code == 403
    assert another.get("/").status_code == 403


def test_an_old_link_opens_nothing(client: TestClient, ledger: Ledger) -> None:
    assert client.get("/enter", params={"key": ledger.desk.make_key("link", "tina", -1)}).status_code == 403


def test_a_session_can_be_ended_by_whoever_has_it_and_be_revoked(come_in: ComeIn, ledger: Ledger) -> None:
    first, second = come_in("tina"), come_in("tom")
    send(first, first.get("/").text, "/leave")
    assert first.get("/").status_code == 403
    assert second.get("/").status_code == 200
    assert ledger.desk.revoke("tom") >= 1
    assert second.get("/").status_code == 403


def test_the_secret_of_a_session_is_nowhere_in_the_ledger(come_in: ComeIn, folder: Path) -> None:
    inside = come_in()
    secret = inside.cookies["grader_session"]
    assert all(secret.encode() not in path.read_bytes() for path in folder.glob("grades.sqlite*"))


def test_a_form_of_another_site_is_refused(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna", DOUBT)
    inside = come_in()
    address, page = first_group(inside)
    fields = form_of(page, address) | {"verdict": "pass"}
    assert inside.post(address, data=fields, headers={"origin": "https://evil.example"}).status_code == 403
    assert inside.post(address, data=fields | {"token": "0" * 40}).status_code == 403
    assert ledger.log.rows() == []


def test_another_host_name_is_refused(come_in: ComeIn) -> None:
    assert come_in().get("/", headers={"host": "evil.example"}).status_code == 400


# Threat 32: every kind of it is refused, changes nothing, and is written down.


@pytest.mark.parametrize("cookie", ["", "x" * 43, "' OR 1=1 --", "tina", "../../grades.sqlite"])
def test_a_forged_session_is_refused(
    client: TestClient, record: Record, caplog: pytest.LogCaptureFixture, cookie: str
) -> None:
    record("anna", DOUBT)
    with caplog.at_level(logging.WARNING, "grader.service"):
        assert client.get("/submission/anna", headers=session(cookie)).status_code == 403
    assert "refused GET '/submission/anna'" in caplog.text


def test_a_key_of_one_kind_is_none_of_another(client: TestClient, ledger: Ledger, come_in: ComeIn) -> None:
    inside = come_in()
    link = ledger.desk.make_key("link", "mallory", 60)
    assert client.get("/", headers=session(link)).status_code == 403, "an unused link is no session"
    fresh = TestClient(client.app)
    secret = inside.cookies["grader_session"]
    assert fresh.get("/enter", params={"key": secret}).status_code == 403, "and a session no link"
    assert inside.get("/").status_code == 200


def test_a_session_that_was_left_cannot_be_replayed(client: TestClient, come_in: ComeIn) -> None:
    inside = come_in()
    secret = inside.cookies["grader_session"]
    page = inside.get("/").text
    send(inside, page, "/leave")
    assert client.get("/", headers=session(secret)).status_code == 403
    assert (
        client.post(
            "/blind", data={"token": form_of(page, "/blind")["token"]}, headers=session(secret)
        ).status_code
        == 403
    )


def test_a_launch_of_a_learning_platform_leads_nowhere(client: TestClient, ledger: Ledger) -> None:
    """There is no way in by LTI: whatever is launched, forged or replayed, is refused."""
    launch = {
        "id_token": "eyJhbGciOiJub25lIn0.e30.",
        "state": "x",
        "lti_message_type": "basic-lti-launch-request",
    }
    for path in ("/", "/enter", "/lti", "/lti/launch", "/login", "/queue"):
        assert client.post(path, data=launch).status_code in {404, 405}, path
    assert client.get("/enter", params={"key": launch["id_token"]}).status_code == 403
    assert ledger.log.rows() == []


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient, ledger: Ledger) -> None:
    answer = client.get(
        "/enter", params={"key": ledger.desk.make_key("link", "tina", 60)}, follow_redirects=False
    )
    cookie = answer.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "path", ["/release", "/undo", "/decide", "/blind", "/leave", "/requests/close", "/comments/q1"]
)
def test_no_form_of_another_site_or_session_does_anything(
    come_in: ComeIn, record: Record, ledger: Ledger, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    record("anna")
    inside, other = come_in("tina"), come_in("tom")
    theirs = form_of(other.get("/").text, "/blind")["token"]
    mine = form_of(inside.get("/").text, "/blind")["token"]
    fields = {
        "names": "anna",
        "number": "1",
        "members": "anna",
        "check": "q2",
        "verdict": "fail",
        "seen": "0",
        "text": "x",
    }
    with caplog.at_level(logging.WARNING, "grader.service"):
        for token, origin in (
            (theirs, ""),
            ("", ""),
            (mine, "https://evil.example"),
            (mine, "http://testserver.evil.example"),
        ):
            headers = {"origin": origin} if origin else {}
            assert inside.post(path, data=fields | {"token": token}, headers=headers).status_code in {
                403,
                422,
            }, (token, origin)
    assert path in caplog.text
    assert (ledger.log.rows(), ledger.log.released(), ledger.desk.comments("q1")) == ([], {}, [])
    assert inside.get("/").status_code == 200


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b"]
)
def test_no_form_leads_to_another_site(come_in: ComeIn, back: str) -> None:
    inside = come_in()
    token = form_of(inside.get("/").text, "/blind")["token"]
    answer = inside.post("/blind", data={"token": token, "back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert "a=b" not in answer.headers["set-cookie"]


def test_a_refusal_cannot_write_a_line_of_its_own(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "grader.service"):
        client.get("/queue%0Arefused%20nothing")
        client.get("/", headers={"host": "evil.example"})
    assert len(caplog.records) == 2
    assert all("\n" not in record.getMessage() for record in caplog.records)
    assert "evil.example" in caplog.text


def test_a_huge_form_is_refused(come_in: ComeIn) -> None:
    assert come_in().post("/undo", content=b"x" * (3 << 20)).status_code == 413


# --- hostile text, strange addresses -------------------------------------------------------------------------

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>{{ 7*7 }}"


def test_text_of_students_is_only_ever_text(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("evil", {"q1.expression": (EVIL, EVIL)}, students=(EVIL,))
    inside = come_in()
    name = "evil"
    address, page = first_group(inside)
    send(inside, page, address, verdict="pass", comment=EVIL, reason=EVIL, keep="true")
    send(inside, inside.get("/requests").text, "/requests", submission=name, text=EVIL)
    for path in (
        "/",
        "/queue",
        "/audit",
        "/release",
        "/requests",
        "/comments/q1.expression",
        "/submission/evil",
    ):
        answer = inside.get(path)
        assert answer.status_code == 200, path
        root = html.fromstring(answer.text)
        assert [script.get("src") for script in root.iter("script")] == [
            "/static/htmx.min.js",
            "/static/keys.js",
        ], path
        assert not root.xpath("//svg[@onload] | //*[@onerror] | //img[@src='x']"), path
        assert "49" not in root.text_content(), path
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/submission/..%2f..%2fetc%2fpasswd",
        "/submission/anna/file/..%2f..%2f",
        "/submission/anna/file/99",
        "/submission/anna/file/-1",
        "/submission/anna/picture/..%2f..%2fgrades.sqlite",
        "/submission/anna/picture/" + "0" * 64,
        "/submission/anna/file/0/page/1",
        "/static/..%2f..%2fpage.css",
        "/static/../../base.html.j2",
        "/group/nowhere/else",
        "/nowhere",
        "/comments/%00",
    ],
)
def test_strange_addresses_lead_nowhere(come_in: ComeIn, record: Record, path: str) -> None:
    record("anna", DOUBT)
    answer = come_in().get(path)
    assert (
        answer.status_code in {200, 404, 422}
        if path.startswith("/comments")
        else answer.status_code in {404, 422}
    )
    assert "root:" not in answer.text
    assert b"SQLite format" not in answer.content


def test_a_picture_belongs_to_its_submission(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna", DOUBT)
    record("bo")
    digest = ledger.stored_page("anna").page.passages[0].picture
    inside = come_in()
    assert inside.get(f"/submission/anna/picture/{digest}").headers["content-type"] == "image/png"
    assert inside.get(f"/submission/bo/picture/{digest}").status_code == 404


def test_an_original_is_saved_and_never_shown(come_in: ComeIn, record: Record) -> None:
    record("anna")
    answer = come_in().get("/submission/anna/file/0")
    assert answer.content == b"anna"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
