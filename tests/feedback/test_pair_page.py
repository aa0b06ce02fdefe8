"""Two submissions side by side, the links to that page, and the figures of the whole class in one picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from lxml import html

from grader.feedback import render_feedback, render_index, render_pair
from grader.graded_folder import open_ledger, render_folder
from grader.model import Result
from grader.page_data import Pair, Trace, TracedText

Class = Callable[[int], list[Result]]
HANDOUT = "Run the training with each of the five batch sizes and note what it prints at the end."
COPIED = (
    "The seconds melt away while the network hardly notices, until a thousand images starve it of updates."
)


def side(*texts: str) -> Trace:
    return Trace(
        blocks=tuple(
            TracedText(f"report.md, line {3 * number}", text) for number, text in enumerate(texts, 1)
        )
    )


TRACES = {
    "one": side(HANDOUT, "We saw that " + COPIED),
    "two": side(HANDOUT, COPIED + " So we chose ten."),
    "three": side(HANDOUT, "Nothing of the sort."),
}
TEXT = Pair("one", "two", "text", 0.8, (COPIED[:40],))
FIGURES = Pair("one", "two", "figures", 1.0, figures=(("Training accuracy", 1.0, 0.8124),), odds=2e-9)


def class_of_three(seed: Result) -> dict[str, Result]:
    return {name: msgspec.structs.replace(seed, submission=name) for name in TRACES}


def marked(element: html.HtmlElement) -> list[str]:
    return [mark.text_content().strip() for mark in element.xpath(".//pre//mark")]


def test_what_both_have_and_nobody_else_is_marked(seed: Result) -> None:
    page = html.fromstring(render_pair([TEXT, FIGURES], class_of_three(seed), TRACES, title="A lab"))
    left, right = page.xpath("//div[@class='sides']/section")
    assert marked(left) == [COPIED]
    assert marked(right) == [COPIED]
    assert HANDOUT in left.text_content()
    assert "chance of about 2e-09" in " ".join(page.text_content().split())


def test_the_figures_stand_beside_each_other(seed: Result) -> None:
    results = class_of_three(seed)
    chart = seed.questions[2].charts[0]
    changed = msgspec.structs.replace(chart.series[-1], y=(0.9, *chart.series[-1].y[1:]))
    other = msgspec.structs.replace(
        seed.questions[2], charts=(msgspec.structs.replace(chart, series=(chart.series[0], changed)),)
    )
    results["two"] = msgspec.structs.replace(results["two"], questions=(other,))
    page = html.fromstring(render_pair([FIGURES], results, TRACES, title="A lab"))
    rows = [
        ([cell.text_content() for cell in row.xpath("./td")], bool(row.xpath(".//mark")))
        for row in page.xpath("//tbody/tr[th='Training accuracy']")
    ]
    assert rows[0] == (["1", "0.8124", "0.9"], False)
    assert rows[1] == (["10", "0.8251", "0.8251"], True)


def test_the_staff_page_leads_to_it_and_forgets_it_again(seed: Result) -> None:
    linked = render_feedback(seed, staff=True, pairs=[TEXT, FIGURES])
    assert html.fromstring(linked).xpath("//section//a/@href").count("../similar/one--two.html") == 1
    assert "similar/" not in render_feedback(seed, staff=True)
    assert "similar/" not in render_feedback(seed, pairs=[TEXT])


def test_the_class_page_leads_to_it_once(seed: Result) -> None:
    page = html.fromstring(render_index([seed], title="A lab", pairs=[TEXT, FIGURES]))
    (link,) = page.xpath("//section[@aria-labelledby='alike']//a")
    assert link.get("href") == "similar/one--two.html"
    assert "80% of the text, 1 figures, by chance 2e-09" in " ".join(link.getparent().text_content().split())


def test_a_pair_that_is_no_more_leaves_no_page(seed: Result, tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        for result in class_of_three(seed).values():
            ledger.record(result, content="", settings="", trace=TRACES.get(result.submission))
        ledger.write_pairs([TEXT])
        render_folder(tmp_path, ledger)
        lines = (tmp_path / "results.jsonl").read_bytes().splitlines()
        assert [[flag.id for flag in Result.from_json(line).flags] for line in lines] == [
            ["same-text"],
            [],
            ["same-text"],
        ]
        assert (tmp_path / "similar" / "one--two.html").is_file()
        assert "one--two" in (tmp_path / "staff" / "two.html").read_text(encoding="utf-8")
        ledger.write_pairs([])
        render_folder(tmp_path, ledger)
        assert not list((tmp_path / "similar").iterdir())
        assert "one--two" not in (tmp_path / "staff" / "two.html").read_text(encoding="utf-8")


def test_the_whole_class_is_drawn_for_staff(class_of: Class) -> None:
    page = html.fromstring(render_index(class_of(12), title="A lab"))
    figures = page.xpath("//section[@aria-labelledby='cloud']//figure")
    assert [figure.get("aria-label") for figure in figures] == [
        "Training accuracy: 11 submissions",
        "Training time: 11 submissions",
    ]
    assert not html.fromstring(render_index(class_of(3)[:2], title="A lab")).xpath(
        "//section[@aria-labelledby='cloud']"
    )
