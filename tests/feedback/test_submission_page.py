"""The feedback page of one submission."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import msgspec
import pytest
from lxml import html

from grader.feedback import FeedbackExtras, ShownCell, ShownPassage, TemplatesMissingError, render_feedback
from grader.feedback.page_frame import templates_of
from grader.model import CheckResult, Evidence, ExecutionStatus, Result, Verdict


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
        + chunk(b"IEND", b"")
    )


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def check_of(page: str, own: str) -> html.HtmlElement:
    (element,) = html.fromstring(page).xpath("//article[@id=$own]", own=own.replace(".", "-"))
    assert isinstance(element, html.HtmlElement)
    return element


def test_the_head_says_who_and_how_many_points(seed: Result) -> None:
    head = words(html.fromstring(render_feedback(seed)).find(".//header"))
    assert "Alba Nyberg (alban123)" in head
    assert "Bertil Öst (berol456)" in head
    assert "9 of 10 points" in head


def test_what_is_missing_is_said_in_words_with_a_hint(seed: Result) -> None:
    plot = words(check_of(render_feedback(seed), "q3.plot"))
    for part in ("not found", "0 / 1", "No plot of the two curves was found.", "a logarithmic axis helps"):
        assert part in plot


def test_a_verdict_is_a_sign_and_words_not_only_a_colour(troubled: Result) -> None:
    badges = html.fromstring(render_feedback(troubled)).find_class("badge")
    assert len(badges) > 6
    for badge in badges:
        (sign,) = badge.find_class("sign")
        assert sign.get("aria-hidden") == "true"
        assert len(words(sign)) == 1
        assert words(badge).removeprefix(words(sign)).strip()


def test_evidence_is_quoted_once_with_its_place(seed: Result) -> None:
    table = check_of(render_feedback(seed), "q3.table")
    (caption,) = table.xpath(".//figcaption")
    assert words(caption) == "report.md, line 41"
    (quote,) = table.xpath(".//pre")
    assert quote.text_content().splitlines()[4].split() == ["60000", "1", "0.1000"]
    assert check_of(render_feedback(seed), "q3.choice").xpath(".//blockquote")


def test_a_message_that_repeats_the_title_is_said_once(seed: Result) -> None:
    assert words(check_of(render_feedback(seed), "q1.expression")).count("right node") == 1


def test_review_is_explained_kindly(waiting: Result) -> None:
    page = render_feedback(waiting)
    assert "A teacher will look at this; it has cost you nothing." in words(check_of(page, "q2.derivation"))
    assert "a teacher will look" in words(html.fromstring(page).find(".//header"))


def test_an_error_of_ours_is_said_to_be_ours(troubled: Result) -> None:
    assert "through no fault of yours" in words(check_of(render_feedback(troubled), "q3.table"))


def test_the_run_is_told_in_plain_words(troubled: Result) -> None:
    (run,) = html.fromstring(render_feedback(troubled)).xpath("//section[@aria-labelledby='run']")
    assert "took longer than it may" in words(run)
    assert "61 seconds" in words(run)
    assert "Cell 24 was still running." in words(run)


@pytest.mark.parametrize("status", list(ExecutionStatus))
def test_every_end_of_a_run_has_words(seed: Result, status: ExecutionStatus) -> None:
    execution = msgspec.structs.replace(seed.execution, status=status, note="")
    page = html.fromstring(render_feedback(msgspec.structs.replace(seed, execution=execution)))
    (run,) = page.xpath("//section[@aria-labelledby='run']/p[1]")
    assert "otebook" in words(run)


def test_files_that_were_not_read_are_named(troubled: Result) -> None:
    (files,) = html.fromstring(render_feedback(troubled)).xpath("//section[@aria-labelledby='files']")
    assert "figures ⟨U+202E⟩.zip: Archives in a submission are not opened." in words(files)


def test_what_is_for_staff_is_only_on_their_page(troubled: Result) -> None:
    extras = FeedbackExtras(passages=(ShownPassage("q2.derivation", "STAFF-ONLY passage", "text", png()),))
    student = render_feedback(troubled, extras=extras)
    assert "STAFF-ONLY" not in student
    assert "not-reset" not in student
    staff = render_feedback(troubled, staff=True, extras=extras)
    assert staff.count("STAFF-ONLY") == 7
    assert "not-reset" in staff


def test_a_passage_stands_beside_its_check(troubled: Result) -> None:
    extras = FeedbackExtras(
        passages=(
            ShownPassage("q2.derivation", "report.pdf, page 2", "784*128", png()),
            ShownPassage("gone", "report.pdf, page 9", "elsewhere"),
        )
    )
    page = render_feedback(troubled, staff=True, extras=extras)
    (picture,) = check_of(page, "q2.derivation").xpath(".//img")
    assert base64.b64decode(picture.get("src").removeprefix("data:image/png;base64,")) == png()
    assert "elsewhere" in words(html.fromstring(page).xpath("//section[@aria-labelledby='passages']")[0])


def test_executed_cells_are_shown_without_anything_that_runs(seed: Result) -> None:
    cell = ShownCell(
        "Your cell 24",
        "print(loss)  # <script>",
        "6234.28",
        "<table onclick=x><tr><td style='position:fixed' colspan=2>1</td></tr></table>"
        "<script>evil()</script><img src=http://example.org/x><a href=javascript:evil()>link</a>"
        "<form><input></form><iframe srcdoc=x></iframe><svg onload=evil()></svg></div></section>",
        (png(), b"GIF89a"),
    )
    page = render_feedback(seed, extras=FeedbackExtras(cells=(cell,)))
    root = html.fromstring(page)
    (shown,) = root.xpath("//section[@aria-labelledby='run']//article")
    assert "print(loss) # <script>" in words(shown)
    assert "6234.28" in words(shown)
    (output,) = shown.xpath("./div")
    assert {element.tag for element in output.iter()} == {"div", "table", "tbody", "tr", "td"}
    assert [dict(element.attrib) for element in output.iter("td")] == [{"colspan": "2"}]
    assert len(shown.xpath(".//img")) == 1
    assert "cannot be shown" in words(shown)
    assert "evil" not in page


def test_the_page_is_whole_in_itself_and_its_policy_knows_its_style(seed: Result) -> None:
    page = render_feedback(seed)
    root = html.fromstring(page)
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    fingerprint = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{fingerprint}'; base-uri 'none'; form-action 'none'"
    )
    assert not root.xpath("//script | //link | //iframe | //object | //*[@style]")
    assert all(address.startswith("data:") for address in root.xpath("//@src"))
    assert "url(" not in style


def test_the_page_has_what_assistive_technology_needs(troubled: Result) -> None:
    root = html.fromstring(render_feedback(troubled, staff=True))
    assert root.get("lang") == "en"
    assert root.xpath("//title")[0].text
    assert [len(root.xpath(f"//{landmark}")) for landmark in ("main", "h1", "nav")] == [1, 1, 1]
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    for target in [
        *root.xpath("//@aria-labelledby"),
        *(a[1:] for a in root.xpath("//a/@href[starts-with(., '#')]")),
    ]:
        assert target in ids
    assert all(image.get("alt") for image in root.xpath("//img"))
    assert all(table.xpath(".//th[@scope]") for table in root.xpath("//table"))


def test_a_chart_has_its_figures_as_a_table_besides(seed: Result) -> None:
    root = html.fromstring(render_feedback(seed))
    assert len(root.xpath("//*[local-name()='svg'][@class='chart'][@aria-hidden='true']")) == 2
    table = root.xpath("//figure//table")[0]
    assert [words(cell) for cell in table.xpath(".//thead//th")] == [
        "batch size",
        "plausible after one epoch",
        "your figures",
    ]
    assert [words(cell) for cell in table.xpath(".//tbody/tr[5]/*")] == ["60 000", "0.05 to 0.15", "0.1"]


def test_the_same_result_gives_the_same_page(seed: Result) -> None:
    assert render_feedback(seed) == render_feedback(Result.from_json(seed.to_json()))


def test_a_remark_without_points_is_said_to_cost_nothing(seed: Result) -> None:
    remark = CheckResult(
        "q1.style", Verdict.FAIL, 0, 0, "The equation is chained.", title="Style", hint="Two lines."
    )
    unseen = CheckResult("q1.extra", Verdict.MISSING, 0, 0, "Nothing.", title="Extra")
    first = msgspec.structs.replace(seed.questions[0], checks=(*seed.questions[0].checks, remark, unseen))
    page = render_feedback(msgspec.structs.replace(seed, questions=(first,)))
    assert "it costs no points" in words(check_of(page, "q1.style"))
    assert not html.fromstring(page).xpath("//article[@id='q1-extra']")


def test_a_page_stays_a_page_whatever_its_size(seed: Result) -> None:
    evidence = tuple(Evidence(f"file{n}", f"line {n}", "x" * 100_000) for n in range(500))
    check = msgspec.structs.replace(
        seed.questions[0].checks[0], evidence=evidence, message="m" * 10**6, hint="h" * 10**6
    )
    first = msgspec.structs.replace(seed.questions[0], checks=(check,))
    cells = (
        ShownCell(
            "c", "s" * 10**5, "o" * 10**6, "<b>" * 10**6, (b"\x89PNG\r\n\x1a\n" + bytes(3 * 10**6),) * 20
        ),
        *(
            ShownCell("c", "s", "o", "<" * 10**5, (b"\x89PNG\r\n\x1a\n" + bytes(3 * 10**6),))
            for _ in range(100)
        ),
    )
    page = render_feedback(
        msgspec.structs.replace(seed, questions=(first,)), extras=FeedbackExtras(cells=cells)
    )
    assert len(page) < 16_000_000
    assert "and 488 more" in page
    assert "and 41 more cells" in page


def test_matplotlib_is_imported_only_where_a_chart_is_drawn() -> None:
    code = (
        "import sys\nimport grader.feedback as feedback\nfrom grader.model import *\n"
        "result = Result(1, 's', (), (), Status.GRADED, 0, 0, (), (), Execution(ExecutionStatus.OK),"
        " GraderInfo('1', 'a', 'r'))\n"
        "feedback.render_feedback(result)\nfeedback.render_index([result], title='t')\n"
        "sys.exit('matplotlib' in sys.modules or 'pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_templates_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path) -> None:
    package = tmp_path / "site" / "grader"
    package.mkdir(parents=True)
    with pytest.raises(TemplatesMissingError, match="install the grader again"):
        templates_of(package)
    for folder in (tmp_path / "site" / "templates", package / "templates"):
        folder.mkdir()
        (folder / "feedback.html.j2").touch()
        assert templates_of(package) == folder
