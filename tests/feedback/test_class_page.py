"""The class at a glance."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

import msgspec
from growth import is_linear
from lxml import html

from grader.feedback import render_index
from grader.model import Result, Status

Class = Callable[[int], list[Result]]


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def section(page: str, name: str) -> html.HtmlElement:
    (element,) = html.fromstring(page).xpath("//section[@aria-labelledby=$name]", name=name)
    assert isinstance(element, html.HtmlElement)
    return element


def test_it_counts(class_of: Class) -> None:
    results = class_of(30)
    page = html.fromstring(render_index(results, title="A lab"))
    figures = {words(div.find("dt")): words(div.find("dd")) for div in page.xpath("//dl/div")}
    assert figures["submissions"] == "30"
    assert figures["errors of ours"] == "1"
    assert figures["need review"] == str(sum(result.status is Status.REVIEW for result in results))
    assert figures["with flags"] == str(sum(bool(result.flags) for result in results))
    counted = [result.points for result in results if result.status is Status.GRADED]
    assert figures["mean points"] == f"{sum(counted) / len(counted):.1f} / 10"


def test_there_is_no_mean_of_what_is_all_open(waiting: Result) -> None:
    page = render_index([waiting], title="A lab")
    figures = {
        words(div.find("dt")): words(div.find("dd")) for div in html.fromstring(page).xpath("//dl/div")
    }
    assert figures["mean points"] == "open / 10"
    heads = [words(one) for one in section(page, "questions").xpath(".//div[@class='head']/span")]
    assert [head for head in heads if head.startswith("all open")] == ["all open, of 3"]


def test_verdicts_of_each_question_are_numbers_in_a_bar(class_of: Class) -> None:
    results = class_of(30)
    bars = section(render_index(results, title="A lab"), "questions").xpath(".//ul[@class='bar']")
    assert len(bars) == 3
    passed = sum(result.questions[0].verdict == "pass" for result in results)
    assert [words(item) for item in bars[0]] == [f"✓ pass: {passed}", f"✗ fail: {30 - passed}"]


def test_what_needs_a_person_comes_first_with_its_reason_and_a_link(
    troubled: Result, waiting: Result, seed: Result
) -> None:
    reviews = section(render_index([seed, waiting, troubled], title="A lab"), "reviews")
    found = [words(item) for item in reviews.xpath(".//li[@class='review']")]
    assert len(found) == 2
    assert found[0].startswith("cecar789")
    assert "ZeroDivisionError: division by zero" in found[0]
    assert "Traceback" not in found[0]
    assert "read at 0.61 confidence" in found[1]
    assert "staff/dandu321.html#q2-derivation" in reviews.xpath(".//a/@href")


def test_without_staff_pages_all_links_lead_to_the_feedback(class_of: Class) -> None:
    page = html.fromstring(render_index(class_of(10), title="A lab", staff_folder=""))
    links = [link for link in page.xpath("//a/@href") if not link.startswith("#")]
    assert links
    assert all(re.fullmatch(r"feedback/[a-z0-9-]+\.html(#[a-z0-9-]+)?", link) for link in links)


def test_the_table_holds_every_submission(class_of: Class) -> None:
    rows = section(render_index(class_of(25), title="A lab"), "all").xpath(".//tbody/tr")
    assert len(rows) == 25
    assert rows[0].xpath("./th/a/@href") == [
        "feedback/alban123-berol456.html",
        "staff/alban123-berol456.html",
    ]
    assert "Alba Nyberg (alban123)" in words(rows[0])
    assert "not-reset, copied" in words(rows[1])
    assert "(1 unread file)" in words(rows[1])


def test_flags_are_listed(troubled: Result) -> None:
    assert "not-reset 1 submission cecar789: STAFF-ONLY not reset." in words(
        section(render_index([troubled], title="t"), "flagged")
    )


def test_points_are_drawn_with_their_numbers(seed: Result, waiting: Result) -> None:
    (drawing,) = section(render_index([seed, waiting, seed], title="t"), "points").xpath(
        ".//*[local-name()='svg']"
    )
    assert drawing.get("aria-label") == "Submissions by points: 9 points: 2"  # what is open is no mark yet


def test_the_policy_knows_its_style_and_its_script(class_of: Class) -> None:
    page = render_index(class_of(10), title="A lab")
    (policy,) = html.fromstring(page).xpath("//meta[@http-equiv]/@content")
    for name in ("style", "script"):
        (source,) = re.findall(f"<{name}>(.*?)</{name}>", page, re.DOTALL)
        fingerprint = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{fingerprint}'" in policy
    assert "unsafe" not in policy


def test_a_class_without_submissions_or_points_is_a_page(seed: Result) -> None:
    assert "Nothing waits for a person." in render_index([], title="A lab")
    empty = msgspec.structs.replace(seed, questions=(), points=0.0, max=0.0)
    assert "There are no points yet." in render_index([empty], title="A lab")


def test_questions_may_differ_between_submissions(seed: Result, waiting: Result) -> None:
    part = msgspec.structs.replace(seed, submission="part", questions=seed.questions[1:])
    rows = section(render_index([part, waiting], title="t"), "all").xpath(".//tbody/tr")
    assert {len(row) for row in rows} == {8}


def test_names_that_are_no_plain_file_names_make_safe_links(seed: Result) -> None:
    named = msgspec.structs.replace(seed, submission='../a b/"ö#?.x')
    links = html.fromstring(render_index([named], title="t")).xpath("//tbody/tr/th/a/@href")
    assert links[0] == "feedback/..%2Fa%20b%2F%22%C3%B6%23%3F.x.html"


def test_a_class_of_two_thousand_costs_twice_one_of_a_thousand(class_of: Class) -> None:
    results = class_of(2000)
    assert is_linear(lambda some: render_index(some, title="A lab"), results)
    assert len(render_index(results, title="A lab")) < 6_000_000
