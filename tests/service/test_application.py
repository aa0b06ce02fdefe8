"""The review over HTTP: what a decision does, of one and of many, by one assistant and by two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html
from service_forms import first_group, form_of, send  # type: ignore[import-not-found] # beside this file, see conftest

from grader.graded_folder import class_results, render_folder
from grader.marks import decided, open_checks
from grader.model import Verdict
from grader.store import Ledger

ComeIn = Callable[..., TestClient]
Record = Callable[..., None]
DOUBT = {"q1.expression": ("The call could not be read.", "tape.gradient(loss_, params_)")}


def test_alike_answers_are_decided_at_once(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo", "cia", "dan", "eva"):
        record(name, DOUBT)
    record("fia", {"q1.expression": ("The call could not be read.", "something quite different")})
    inside = come_in()
    address, page = first_group(inside)
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
    address, page = first_group(inside)
    send(inside, page, address, verdict="fail", members=["anna", "cia"])
    assert {row.submission for row in ledger.log.rows()} == {"anna", "cia"}


def test_a_later_answer_of_a_decided_group_is_proposed_not_decided(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna", DOUBT)
    inside = come_in()
    address, page = first_group(inside)
    send(inside, page, address, verdict="partial", points="1,5", comment="Half of it.")
    record("bo", DOUBT)
    _, page = first_group(inside)
    assert "An answer like this was decided as" in page
    assert "Half of it." in page
    assert [row.submission for row in ledger.log.rows()] == ["anna"]


def test_undo_takes_back_all_of_one_click(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for name in ("anna", "bo"):
        record(name, DOUBT)
    record("cia", {"q2.derivation": ("Another doubt.", "words")})
    inside = come_in()
    address, page = first_group(inside)
    after = send(inside, page, address, verdict="pass")
    assert "Undo" in after.text
    send(inside, after.text, "/undo")
    assert len(ledger.log.rows()) == 4
    assert {one.submission for one in class_results(ledger) if open_checks(one)} == {"anna", "bo", "cia"}


def test_undo_takes_back_one_click_and_not_the_next(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    """However fast the two keys were pressed."""
    record("anna", {"q1.expression": ("A doubt.", "one answer")})
    record("bo", {"q1.expression": ("A doubt.", "another answer")})
    inside = come_in()
    for _ in range(2):
        address, page = first_group(inside)
        after = send(inside, page, address, verdict="pass")
    assert after.url.path == "/queue", "the last can be undone too"
    assert "Nothing waits" in after.text
    send(inside, after.text, "/undo")
    (open_one,) = [one.submission for one in class_results(ledger) if open_checks(one)]
    assert ledger.log.rows()[1].submission == open_one
    history = inside.get(f"/submission/{open_one}").text
    assert "taken back" in history
    assert not [one for one in html.fromstring(history).forms if one.action == "/undo"]


def test_a_kind_is_decided_together_when_asked_for(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    for number in range(9):
        record(f"s{number}", {"q1.expression": ("Seems not reset.", f"table number {number} of its own")})
    record("other", {"q1.expression": ("Something else.", "words")})
    inside = come_in()
    (together,) = html.fromstring(inside.get("/queue").text).xpath(
        "//a[starts-with(@href, '/group/kind')]/@href"
    )
    page = inside.get(together)
    assert len(form_of(page.text, "/group/")["members"]) == 6, "nobody who is not shown is chosen"
    page = inside.get(f"{together}?show=60")
    assert len(form_of(page.text, "/group/")["members"]) == 9
    send(inside, page.text, together, verdict="partial", points="1")
    assert len(ledger.log.rows()) == 9
    assert [one.submission for one in class_results(ledger) if open_checks(one)] == ["other"]


def test_a_comment_of_the_bank_without_a_script(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna", DOUBT)
    ledger.desk.add_comment("q1.expression", "From the bank.", by="tina", at="2026")
    inside = come_in()
    address, page = first_group(inside)
    assert html.fromstring(page).xpath("//noscript//select[@name='banked']/option/@value") == [
        "",
        "From the bank.",
    ]
    send(inside, page, address, verdict="pass", comment="My own.", banked="From the bank.")
    assert ledger.log.rows()[0].decision.comment == "My own.\nFrom the bank."


def test_a_comment_is_changed_on_decisions_only_after_it_was_asked(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna", DOUBT)
    inside = come_in()
    address, page = first_group(inside)
    send(inside, page, address, verdict="pass", comment="Goood.", keep="true")
    number = ledger.desk.comments("q1.expression")[0].id
    fields = {"token": form_of(page, address)["token"], "number": str(number), "text": "Good."}
    asked = inside.post("/comments/q1.expression", data=fields)
    assert "stands on 1 decision" in asked.text
    assert ledger.desk.comments("q1.expression")[0].text == "Goood."
    inside.post("/comments/q1.expression", data=fields | {"everywhere": "no"})
    assert ledger.desk.comments("q1.expression")[0].text == "Good."
    assert len(ledger.log.rows()) == 1


def test_the_later_of_two_overrides_sees_the_first(come_in: ComeIn, record: Record, ledger: Ledger) -> None:
    record("anna")
    tina, tom = come_in("tina"), come_in("tom")
    page = tina.get("/submission/anna").text
    fields = form_of(page, "/submission/anna") | {"check": "q2.derivation", "verdict": "fail"}
    send(
        tom,
        tom.get("/submission/anna").text,
        "/submission/anna",
        check="q2.derivation",
        verdict="partial",
        points="2",
    )
    late = tina.post("/submission/anna", data=fields)
    assert late.status_code == 409
    assert len(ledger.log.rows()) == 1
    done = send(tina, late.text, "/decide")
    assert done.url.path == "/submission/anna"
    assert [row.decision.verdict for row in ledger.log.rows()] == [Verdict.PARTIAL, Verdict.FAIL]


def test_two_assistants_the_later_sees_what_the_first_decided(
    come_in: ComeIn, record: Record, ledger: Ledger
) -> None:
    record("anna", DOUBT)
    tina, tom = come_in("tina"), come_in("tom")
    address, page = first_group(tina)
    other = tom.get(address)
    assert "tina" in html.fromstring(other.text).xpath("string(//p[contains(@class,'notice')])")
    send(tom, other.text, address, verdict="fail", comment="No.")
    late = send(tina, page, address, verdict="pass", comment="Yes.")
    assert late.status_code == 409
    assert "tom" in late.text
    assert "No." in late.text
    assert len(ledger.log.rows()) == 1
    assert "Yes." in late.text
    assert tina.get(address).status_code == 200
    send(
        tom,
        tom.get("/submission/anna").text,
        "/submission/anna",
        check="q1.expression",
        verdict="partial",
        points="1",
    )
    again = send(tina, late.text, "/decide")
    assert again.status_code == 409, "and again, if it has changed meanwhile"
    send(tina, again.text, "/decide")
    assert [row.decision.verdict for row in ledger.log.rows()] == [
        Verdict.FAIL,
        Verdict.PARTIAL,
        Verdict.PASS,
    ]
    assert ledger.log.rows()[-1].decision.by == "tina"
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
    address, page = first_group(inside)
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
    address, page = first_group(inside)
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
    address, page = first_group(inside)
    send(inside, page, address, verdict="pass", comment="Goood.", keep="true")
    bank = inside.get("/comments/q1.expression").text
    number = ledger.desk.comments("q1.expression")[0].id
    token = form_of(bank, "/comments")["token"]
    fields = {"token": token, "number": str(number), "text": "Good.", "everywhere": "yes"}
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
    assert "student " in inside.get("/").text


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
