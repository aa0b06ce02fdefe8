"""The pages in a real browser: sorting, filtering, layout on a phone, contrast, and a policy that nothing breaks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.feedback import FeedbackExtras, ShownCell, ShownPassage, render_feedback, render_index
from grader.model import Result

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PHONE = 390
DESKTOP = 1200
# The least WCAG 2 contrast of any text with what lies behind it, and that text. Large text may have 3.0.
CONTRAST = """
const light = (c) => { const s = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * s[0] + 0.7152 * s[1] + 0.0722 * s[2]; };
const numbers = (text) => text.match(/[0-9.]+/g).map(Number);
const behind = (element) => { for (let e = element; e; e = e.parentElement) {
  const c = numbers(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c.slice(0, 3); }
  return [255, 255, 255]; };
let least = [99, ""];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
  if (!text || element.closest("script, svg, .skip") || !element.getClientRects().length) continue;
  const [a, b] = [light(numbers(getComputedStyle(element).color).slice(0, 3)), light(behind(element))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < least[0]) least = [contrast, text];
}
return least;
"""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="chromium and chromedriver are not installed on this machine"
)


class Browser:
    """One page after another in one Chromium."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def show(self, page: str, *, width: int = DESKTOP, scheme: str = "light", script: bool = True) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == PHONE},
        )
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        path = self.folder / "page.html"
        path.write_text(page, encoding="utf-8")
        self.driver.get(path.as_uri())

    def run(self, code: str) -> Any:
        return self.driver.execute_script(code)

    def log(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def names(self) -> list[str]:
        """The submissions of the table's visible rows, in order."""
        rows = "return [...document.querySelectorAll('#class tbody tr')].filter((r) => r.offsetHeight > 0)"
        return list(self.run(rows + ".map((r) => r.cells[0].querySelector('bdi').textContent)"))

    def click(self, selector: str) -> None:
        self.driver.find_element("css selector", selector).click()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    try:
        yield Browser(driver, tmp_path_factory.mktemp("pages"))
    finally:
        driver.quit()


@pytest.fixture
def staff_page(troubled: Result) -> str:
    cell = ShownCell(
        "Your cell 24", "x = 1\n" + "y" * 500, "out " * 200, "<table><tr>" + "<td>wide cell</td>" * 40
    )
    passage = ShownPassage("q2.derivation", "report.pdf, page 2", "784*128+128 " * 50)
    return render_feedback(troubled, staff=True, extras=FeedbackExtras((passage,), (cell,)))


def column(results: list[Result], key: Callable[[Result], Any], *, down: bool = False) -> list[Any]:
    return sorted((key(result) for result in results), reverse=down)


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(
    browser: Browser, class_of: Callable[[int], list[Result]]
) -> None:
    results = class_of(15)
    by_name = {result.submission: result for result in results}
    browser.show(render_index(results, title="A lab"))
    heading = "#class th:nth-child(6) button"
    for down, direction in ((False, "ascending"), (True, "descending")):
        browser.click(heading)
        points = [by_name[name].points for name in browser.names()]
        assert points == column(results, lambda result: result.points, down=down)
        assert browser.run("return document.querySelector('#class th:nth-child(6)').ariaSort") == direction
    browser.click("#class th:nth-child(1) button")
    assert browser.names() == column(results, lambda result: result.submission)
    assert browser.run("return document.querySelectorAll('#class th[aria-sort]').length") == 1


def test_the_table_is_filtered_by_words_status_verdict_and_flags(
    browser: Browser, class_of: Callable[[int], list[Result]]
) -> None:
    from selenium.webdriver.support.ui import Select

    results = class_of(25)
    browser.show(render_index(results, title="A lab"))
    search = browser.driver.find_element("id", "search")
    search.send_keys("STUDENT stuab003")
    assert browser.names() == ["stu003"]
    assert browser.run("return document.getElementById('shown').textContent") == "1 of 25 shown"
    search.clear()
    assert len(browser.names()) == 25
    Select(browser.driver.find_element("id", "status")).select_by_visible_text("review")
    assert browser.names() == sorted(result.submission for result in results if result.status == "review")
    Select(browser.driver.find_element("id", "status")).select_by_visible_text("any")
    Select(browser.driver.find_element("id", "verdict")).select_by_visible_text("fail")
    Select(browser.driver.find_element("id", "question")).select_by_visible_text("q1")
    assert browser.names() == sorted(
        result.submission for result in results if result.questions[0].verdict == "fail"
    )
    Select(browser.driver.find_element("id", "question")).select_by_visible_text("q2")
    assert browser.names() == []
    Select(browser.driver.find_element("id", "verdict")).select_by_visible_text("any")
    browser.click("#flagged-only")
    assert browser.names() == sorted(result.submission for result in results if result.flags)
    assert browser.log() == []


def test_without_script_the_whole_class_is_there(
    browser: Browser, class_of: Callable[[int], list[Result]]
) -> None:
    browser.show(render_index(class_of(12), title="A lab"), script=False)
    rows = browser.driver.find_elements("css selector", "#class tbody tr")
    assert sum(row.is_displayed() for row in rows) == 12
    assert not browser.driver.find_element("id", "controls").is_displayed()


def test_the_table_is_sorted_from_the_keyboard(
    browser: Browser, class_of: Callable[[int], list[Result]]
) -> None:
    results = class_of(8)
    browser.show(render_index(results, title="A lab"))
    browser.run("document.querySelector('#class th:nth-child(6) button').focus()")
    browser.driver.switch_to.active_element.send_keys("\ue007")  # Enter
    points = {result.submission: result.points for result in results}
    assert [points[name] for name in browser.names()] == sorted(points.values())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_fits_the_screen_and_can_be_read(
    browser: Browser,
    staff_page: str,
    seed: Result,
    class_of: Callable[[int], list[Result]],
    width: int,
    scheme: str,
) -> None:
    long = msgspec.structs.replace(seed, submission="a" * 120)
    pages = {
        "staff": staff_page,
        "student": render_feedback(long),
        "class": render_index([*class_of(12), long], title="A lab"),
    }
    for name, page in pages.items():
        browser.show(page, width=width, scheme=scheme)
        browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert browser.run("return document.documentElement.scrollWidth") <= width, name
        contrast, text = browser.run(CONTRAST)
        assert contrast >= 4.5, (name, text)
        assert browser.log() == [], name


def test_nothing_of_a_hostile_submission_runs_or_loads(browser: Browser, troubled: Result) -> None:
    evil = '"><script>window.ran=1</script><img src="http://127.0.0.1:9/x" onerror="window.ran=1">'
    check = msgspec.structs.replace(troubled.questions[0].checks[0], message=evil, staff=evil)
    question = msgspec.structs.replace(troubled.questions[0], title=evil, checks=(check,))
    hostile = msgspec.structs.replace(troubled, questions=(question,), submission=evil)
    extras = FeedbackExtras(cells=(ShownCell(evil, evil, evil, evil),))
    for page in (render_feedback(hostile, staff=True, extras=extras), render_index([hostile], title=evil)):
        browser.show(page)
        assert browser.run("return window.ran") is None
        assert browser.run("return document.querySelectorAll('img').length") == 0
        assert browser.log() == []


def test_the_policy_stops_what_is_not_ours(browser: Browser, seed: Result) -> None:
    page = render_feedback(seed).replace("</main>", "<script>window.ran=1</script></main>")
    browser.show(page)
    assert browser.run("return window.ran") is None
    assert any("Content Security Policy" in message for message in browser.log())
