"""The application over HTTP: who may come in, what a decision does, and that nothing of a student's is ever active."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html
from service_forms import form_of, send  # type: ignore[import-not-found] # beside this file, see conftest

from grader.graded_folder import class_results, render_folder
from grader.marks import decided, open_checks
from grader.model import Verdict
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
    "/submission/anna/page",
    "/submission/anna/file/0",
    "/openapi.json",
)
DOUBT = {"q1.expression": ("The call could not be read.", "tape.gradient(loss_, params_)")}


def group_page(client: TestClient) -> tuple[str, str]:
    """The first item of the queue: its address and its page."""
    page = client.get("/next")
    assert page.url.path.startswith("/group/"), page.url
    return page.url.path, page.text


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
    address, page = group_page(inside)
    fields = form_of(page, address) | {"verdict": "pass"}
    assert inside.post(address, data=fields, headers={"origin": "https://evil.example"}).status_code == 403
    assert inside.post(address, data=fields | {"token": "0" * 40}).status_code == 403
    assert ledger.log.rows() == []


def test_another_host_name_is_refused(come_in: ComeIn) -> None:
    assert come_in().get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_huge_form_is_refused(come_in: ComeIn) -> None:
    assert come_in().post("/undo", content=b"x" * (3 << 20)).status_code == 413


# --- deciding ------------------------------------------------------------------------------------------------


def test_alike_answers_are_decided_at_once(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo", "cia", "dan", "eva"):
        record(name, DOUBT)
    record("fia", {"q1.expression": ("The call could not be read.", "something quite different")})
    inside = come_in()
    address, page = group_page(inside)
    assert "for 5 at once" in page
    answer = send(inside, page, address, verdict="pass", comment="Right, as it is meant.")
    assert answer.url.path.startswith("/group/")
    whole = {one.submission: one for one in class_results(ledger)}
    assert {name for name, one in whole.items() if open_checks(one)} == {"fia"}
    assert decided(whole["eva"]).questions[0].checks[0].message == "Right, as it is meant."
    assert {row.decision.by for row in ledger.log.rows()} == {"tina"}


def test_members_can_be_taken_out(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo", "cia"):
        record(name, DOUBT)
    inside = come_in()
    address, page = group_page(inside)
    send(inside, page, address, verdict="fail", members=["anna", "cia"])
    assert {row.submission for row in ledger.log.rows()} == {"anna", "cia"}


def test_a_later_answer_of_a_decided_group_is_proposed_not_decided(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna", DOUBT)
    inside = come_in()
    address, page = group_page(inside)
    send(inside, page, address, verdict="partial", points="1,5", comment="Half of it.")
    record("bo", DOUBT)
    _, page = group_page(inside)
    assert "An answer like this was decided as" in page
    assert "Half of it." in page
    assert [row.submission for row in ledger.log.rows()] == ["anna"]


def test_undo_takes_back_all_of_one_click(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo"):
        record(name, DOUBT)
    record("cia", {"q2.derivation": ("Another doubt.", "words")})
    inside = come_in()
    address, page = group_page(inside)
    after = send(inside, page, address, verdict="pass")
    assert "Undo" in after.text
    send(inside, after.text, "/undo")
    assert len(ledger.log.rows()) == 4
    assert {one.submission for one in class_results(ledger) if open_checks(one)} == {"anna", "bo", "cia"}


def test_two_assistants_the_later_sees_what_the_first_decided(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna", DOUBT)
    tina, tom = come_in("tina"), come_in("tom")
    address, page = group_page(tina)
    other = tom.get(address)
    assert "tina" in html.fromstring(other.text).xpath("string(//p[contains(@class,'notice')])")
    send(tom, other.text, address, verdict="fail", comment="No.")
    late = send(tina, page, address, verdict="pass", comment="Yes.")
    assert late.status_code == 409
    assert "tom" in late.text
    assert "No." in late.text
    assert len(ledger.log.rows()) == 1
    send(tina, late.text, "/submission/anna")
    assert [row.decision.verdict for row in ledger.log.rows()] == [Verdict.FAIL, Verdict.PASS]
    assert decided(class_results(ledger)[0]).questions[0].checks[0].verdict is Verdict.PASS


def test_what_passed_can_be_overridden_and_one_of_a_group_alone(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("pair", students=("anna", "bo"))
    inside = come_in()
    page = inside.get("/submission/pair").text
    token = form_of(page, "/submission/pair")["token"]
    fields = {
        "token": token,
        "check": "q2.derivation",
        "verdict": "fail",
        "student": "bo",
        "comment": "Not yours.",
    }
    assert inside.post("/submission/pair", data=fields).status_code == 200
    assert inside.post("/submission/pair", data=fields | {"student": "carl"}).status_code == 422
    assert (
        inside.post("/submission/pair", data={"token": token, "comment": "Well done, both."}).status_code
        == 200
    )
    (row, whole) = ledger.log.rows()
    assert (row.decision.student, row.decision.verdict) == ("bo", Verdict.FAIL)
    assert (whole.decision.check, whole.decision.comment) == ("", "Well done, both.")
    assert "Well done, both." in inside.get("/submission/pair").text


@pytest.mark.parametrize(
    ("verdict", "points"),
    [("maybe", ""), ("review", ""), ("partial", "9"), ("partial", "many"), ("partial", "nan")],
)
def test_what_cannot_stand_is_told_and_nothing_is_written(
    come_in: ComeIn, record: Record, ledger: Ledger, verdict: str, points: str
) -> None:
    record("anna", DOUBT)
    inside = come_in()
    address, page = group_page(inside)
    answer = send(inside, page, address, verdict=verdict, points=points)
    assert answer.status_code == 422
    assert ledger.log.rows() == []


def test_release_changes_what_students_read(
    come_in: ComeIn, record: Record, ledger: Ledger, folder: Path
) -> None:
    record("anna", DOUBT)
    record("bo")
    render_folder(folder, ledger)
    inside = come_in()
    address, page = group_page(inside)
    send(inside, page, address, verdict="pass", comment="Good thinking.")
    assert "Good thinking." not in (folder / "feedback" / "anna.html").read_text(encoding="utf-8")
    page = inside.get("/release").text
    assert len(form_of(page, "/release")["names"]) == 2
    after = send(inside, page, "/release", names=["anna"])
    assert "Good thinking." in (folder / "feedback" / "anna.html").read_text(encoding="utf-8")
    assert set(ledger.log.released()) == {"anna"}
    assert "Released: 1" in after.text


def test_a_comment_that_is_changed_where_it_was_used(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo"):
        record(name, DOUBT)
    inside = come_in()
    address, page = group_page(inside)
    send(inside, page, address, verdict="pass", comment="Goood.", keep="true")
    bank = inside.get("/comments/q1.expression").text
    number = ledger.desk.comments("q1.expression")[0].id
    token = form_of(bank, "/comments")["token"]
    fields = {"token": token, "number": str(number), "text": "Good.", "everywhere": "true"}
    assert inside.post("/comments/q1.expression", data=fields).status_code == 200
    for one in class_results(ledger):
        assert decided(one).questions[0].checks[0].message == "Good."
    assert len(ledger.log.rows()) == 4, "nothing was overwritten: two rows more"


def test_requests_of_students(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna")
    inside = come_in()
    page = inside.get("/requests").text
    send(inside, page, "/requests", submission="anna", check="q2", text="Please look again.")
    token = form_of(page, "/requests")["token"]
    table = {"table": ("requests.csv", b"submission,check,text\nanna,,From the table\n", "text/csv")}
    inside.post("/requests", data={"token": token}, files=table)
    strange = {"table": ("requests.csv", b"submission,check,text\nnobody,,x\n", "text/csv")}
    assert inside.post("/requests", data={"token": token}, files=strange).status_code == 422
    assert [one.text for one in ledger.desk.requests(open_only=True)] == [
        "Please look again.",
        "From the table",
    ]
    page = inside.get("/requests").text
    send(inside, page, "/requests/close")
    assert [one.text for one in ledger.desk.requests(open_only=True)] == ["From the table"]


def test_a_request_is_an_item_of_the_queue_and_its_decision_answers_it(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna")
    record("bo", DOUBT)
    inside = come_in()
    before = ledger.log.latest()
    ledger.desk.add_request("anna", "q2.derivation", 'I "did" show it.', by="tina", at="2026")
    ledger.desk.add_request("anna", "q3", "The whole question.", by="tina", at="2026")
    queue = inside.get("/queue").text
    assert queue.count("The student asks for another look") == 2
    keys = [
        group.key for group in inside.app.state.classes.now().groups() if group.first.submission == "anna"
    ]
    assert len(keys) == 2
    for key in keys:
        item = inside.get(f"/group/{key}")
        assert "The student asks for another look" in item.text
        answer = send(inside, item.text, f"/group/{key}", verdict="partial", points="0.25")
        assert answer.status_code == 200
    assert ledger.desk.requests(open_only=True) == []
    assert {row.decision.check for row in ledger.log.rows_after(before)} == {"q2.derivation", "q3"}
    assert "The student asks" not in inside.get("/queue").text
    token = form_of(inside.get("/requests").text, "/requests")["token"]
    inside.post("/undo", data={"token": token, "number": str(ledger.log.latest())})
    assert len(ledger.desk.requests(open_only=True)) == 1, "taken back, it is open again"


def test_blind_marking_hides_every_name(come_in: ComeIn, record: Record) -> None:
    record("annex123", DOUBT, students=("annex123",))
    inside = come_in()
    assert "annex123" in inside.get("/").text
    send(inside, inside.get("/").text, "/blind")
    for path in ("/", "/queue", "/next", "/audit", "/release", "/submission/annex123"):
        text = html.fromstring(inside.get(path).text).text_content()
        assert "annex123" not in text.casefold(), path
    assert "student 1" in inside.get("/").text


def test_a_part_of_the_queue_for_each(come_in: ComeIn, record: Record) -> None:
    for number in range(30):
        record(f"s{number:02d}", {"q1.expression": ("A doubt.", f"passage number {number} of its own")})
    inside = come_in()

    def keys(part: int) -> set[str]:
        links = html.fromstring(inside.get(f"/queue?part={part}&parts=2").text).xpath("//ul/li/a/@href")
        return {str(link).split("?")[0] for link in links if str(link).startswith("/group/")}

    assert keys(1) & keys(2) == set()
    assert len(keys(1) | keys(2)) == 30
    assert min(len(keys(1)), len(keys(2))) > 5


def test_progress_while_grading_goes_on(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna")
    ledger.describe(planned="3")
    inside = come_in()
    assert "1 of 3" in inside.get("/").text
    record("bo")
    assert "2 of 3" in inside.get("/progress").text
    record("cia")
    assert "of 3" not in inside.get("/progress").text


# --- hostile text, strange addresses -------------------------------------------------------------------------

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>{{ 7*7 }}"


def test_text_of_students_is_only_ever_text(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("evil", {"q1.expression": (EVIL, EVIL)}, students=(EVIL,))
    inside = come_in()
    name = "evil"
    address, page = group_page(inside)
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
