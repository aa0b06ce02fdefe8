"""The whole story in Chromium against the real server: keys only, without JavaScript, and what axe-core says of each page."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from postgres import new_database, on_both  # type: ignore[import-not-found] # in tests, see conftest
from service_files import hand_in, pdf  # type: ignore[import-not-found] # beside this file, see conftest

from grader.graded_folder import class_results, render_folder
from grader.marks import open_checks
from grader.model import Evidence
from grader.store import Ledger
from grader.store.running import begun, further, written

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian's package chromium)"),
]
Record = Callable[..., None]


@pytest.fixture(params=on_both())
def database(request: pytest.FixtureRequest) -> str:
    """The whole story on a SQLite file and on a real PostgreSQL."""
    return new_database() if request.param == "postgresql" else ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


class Server:
    """``grader review`` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from grader.cli import run; run()"
        top = str(Path(__file__).parents[2])
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, top, "review", str(folder), "--no-browser", "--name", "tina"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        found = re.search(r"(http://\S+)/enter\?key=(\S+)", self.process.stdout.readline())
        assert found is not None
        self.url, self.key = found[1], found[2]

    @property
    def link(self) -> str:
        return f"{self.url}/enter?key={self.key}"

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(how)
        return self.process.wait(20)

    def close(self) -> None:
        """Ends it, whatever became of it."""
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def serve(folder: Path, ledger: Ledger) -> Iterator[Callable[[], Server]]:
    del ledger
    started: list[Server] = []

    def start() -> Server:
        started.append(Server(folder))
        return started[-1]

    yield start
    for server in started:
        server.close()


def opened(page: Page, server: Server) -> Page:
    """The page of someone who came in by the link, once the server answers."""
    import httpx

    for _ in range(300):
        try:
            httpx.get(f"{server.url}/static/left.html", timeout=20).raise_for_status()
            break
        except httpx.TransportError:
            time.sleep(0.1)
    page.goto(server.link)
    page.wait_for_selector("h1")
    return page


def sixty_doubts(record: Record) -> None:
    """Two hundred submissions, sixty of them in doubt, of twelve kinds with five alike in each."""
    checks = ("q1.expression", "q2.derivation", "q3.choice")
    for number in range(200):
        kind = number % 12
        doubt = {checks[kind % 3]: (f"Doubt of kind {'abcdefghijkl'[kind]}.", f"the answer of kind {kind}")}
        record(f"stud{number:03d}", doubt if number < 60 else None)


def test_sixty_doubts_in_twelve_kinds_by_keys_alone(
    browser: Browser, serve: Callable[[], Server], record: Record, ledger: Ledger
) -> None:
    sixty_doubts(record)
    page = opened(browser.new_page(), serve())
    keys = 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/group/**")
    page.wait_for_load_state()
    while "/group/" in page.url:
        before = page.url
        page.keyboard.press("1" if keys % 3 else "3")
        keys += 1
        page.wait_for_function("before => location.href !== before", arg=before)
        page.wait_for_load_state()  # only then there are keys
        assert keys <= 40
    assert not [one for one in class_results(ledger) if open_checks(one)]
    assert len(ledger.log.rows()) == 60
    assert keys <= 40, f"{keys} keys"


def test_points_comment_bank_undo_and_report_by_keys(
    browser: Browser, serve: Callable[[], Server], record: Record, ledger: Ledger
) -> None:
    for number in range(3):
        record(f"stud{number}", {"q1.expression": (f"Doubt {'abc'[number]}.", f"answer {number}")})
    ledger.desk.add_comment("q1.expression", "From the bank.", by="tina", at="2026")
    page = opened(browser.new_page(), serve())
    page.keyboard.press("Enter")
    page.wait_for_url("**/group/**")
    first = page.url
    page.keyboard.press("Shift+Digit1")
    assert page.locator("textarea[name=comment]").input_value() == "From the bank."
    page.keyboard.press("p")
    page.keyboard.type("1.25")
    page.keyboard.press("Enter")
    page.wait_for_function("before => location.href !== before", arg=first)
    page.wait_for_load_state()  # only then there are keys
    (row,) = ledger.log.rows()
    assert (row.decision.points, row.decision.comment) == (1.25, "From the bank.")
    page.keyboard.press("u")
    page.wait_for_load_state()
    page.wait_for_function("() => !document.body.innerText.includes('Decided:')")
    assert len(ledger.log.rows()) == 2
    here = page.url
    page.keyboard.press("n")
    page.wait_for_function("before => location.href !== before", arg=here)
    page.wait_for_load_state()  # only then there are keys
    page.keyboard.press("r")
    page.wait_for_url("**/submission/**")


def test_the_same_without_javascript(
    browser: Browser, serve: Callable[[], Server], record: Record, ledger: Ledger
) -> None:
    for name in ("anna", "bo"):
        record(name, {"q2.derivation": ("A doubt.", "the same words")})
    context = browser.new_context(java_script_enabled=False)
    page = opened(context.new_page(), serve())
    page.get_by_role("link", name="Begin the review").click()
    page.get_by_label("Comment to the student").fill("Without a script.")
    page.get_by_role("button", name="pass").click()
    assert "/queue" in page.url
    assert not [one for one in class_results(ledger) if open_checks(one)]
    page.get_by_role("link", name="Release").click()
    page.get_by_role("button", name="Release what is chosen").click()
    assert set(ledger.log.released()) == {"anna", "bo"}
    page.get_by_role("button", name="Hide names").click()
    assert "anna" not in page.inner_text("main")
    page.get_by_role("button", name="Leave").click()
    assert "You have left" in page.inner_text("main")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser,
    serve: Callable[[], Server],
    record: Record,
    ledger: Ledger,
    folder: Path,
    scheme: Any,
    width: int,
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for name in ("annex123", "berni456"):
        record(
            name,
            {"q1.expression": ("A doubt about `this`.", "gradient = something_long(" + "x" * 80 + ")")},
            late=True,
        )
    record("carmo310")
    ledger.desk.add_comment("q1.expression", "From the bank.", by="tina", at="2026")
    ledger.desk.add_request("carmo310", "q1", "Please look again.", by="tina", at="2026")
    ledger.describe(planned="9")
    render_folder(folder, ledger)
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    noise: list[str] = []
    page.on("pageerror", lambda problem: noise.append(str(problem)))
    server = serve()
    opened(page, server)
    paths = [
        "/",
        "/queue",
        "/audit",
        "/release",
        "/requests",
        "/comments/q1.expression",
        "/submission/annex123",
        "/next",
        "/nowhere",
    ]
    for path in paths:
        page.goto(server.url + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} sticks out by {wide} px at {width}"
    assert noise == []
    context.close()


def test_a_run_of_the_grader_is_seen_coming_in(
    browser: Browser, serve: Callable[[], Server], record: Record, ledger: Ledger
) -> None:
    """The page was open before the run began; nobody loads it again."""
    record("anna")
    page = opened(browser.new_page(), serve())
    assert page.locator("#rows tbody tr").count() == 1
    run = begun(3, 2)
    ledger.describe(running=written(run))
    page.wait_for_selector("text=1 of 3 are graded; grading goes on")
    page.locator("input[name=search]").fill("what I am typing")
    record("bo", {"q1.expression": ("A doubt.", "words")})
    ledger.describe(running=written(further(run, 1)))
    page.wait_for_selector("text=2 of 3 are graded")
    page.wait_for_function("() => document.querySelectorAll('#rows tbody tr').length === 2")
    page.wait_for_selector("text=Begin the review")
    assert page.locator("input[name=search]").input_value() == "what I am typing"
    record("cia")
    ledger.describe(running=written(further(run, 2, "finished")))
    page.wait_for_function("() => document.querySelectorAll('#rows tbody tr').length === 3")
    page.wait_for_function("() => !document.body.innerText.includes('grading goes on')")


def test_pages_are_turned_by_keys(
    browser: Browser, serve: Callable[[], Server], ledger: Ledger, tmp_path: Path
) -> None:
    hand_in(ledger, tmp_path, "anna", {"report.pdf": pdf(3)}, (Evidence("report.pdf", "page 2", "words"),))
    page = opened(browser.new_page(), serve())
    page.keyboard.press("Enter")
    page.wait_for_url("**/group/**")
    for key, words in (("ArrowRight", "page 3 of 3"), ("ArrowLeft", "page 2 of 3"), ("+", "Farther")):
        page.keyboard.press(key)
        page.wait_for_selector(f"figure.sheet:has-text('{words}')")
    page.wait_for_function("() => document.querySelector('figure.sheet img').naturalWidth === 1400")
    assert "/group/" in page.url, "a quick key turns the page where it stands, and follows no link"
    page.locator(".drawn").scroll_into_view_if_needed()  # a chart is drawn once it is looked at
    page.wait_for_selector("svg.chart")
    address = page.url
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(address)
    plain.get_by_role("link", name="Next page").click()
    assert "page 3 of 3" in plain.inner_text("main")
    plain.go_back()
    plain.get_by_role("link", name="The figures of the table, drawn").click()
    assert plain.locator("svg.chart").count() == 1
    context.close()


def test_the_class_on_paper(browser: Browser, serve: Callable[[], Server], record: Record) -> None:
    for number in range(120):
        record(f"stud{number:03d}")
    context = browser.new_context(color_scheme="dark")
    page = opened(context.new_page(), serve())
    page.get_by_role("link", name="All on one page, for paper").click()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#rows tbody tr").count() == 120
    assert not page.locator("header.bar-top").is_visible()
    assert not page.locator("form.controls").is_visible()
    ink = page.evaluate("getComputedStyle(document.querySelector('#rows td')).color")
    assert ink == "rgb(28, 35, 48)", "dark letters on white paper, whatever the screen"
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()


@pytest.mark.timeout(1_200)  # it starts a server fifty times
def test_fifty_kills_lose_no_acknowledged_decision(
    serve: Callable[[], Server], record: Record, ledger: Ledger, database: str
) -> None:
    """A server is killed while decisions are being made, again and again: what was answered is there, once."""
    kills = 12 if database else 50  # a PostgreSQL that runs on has less to lose than a file
    import httpx
    from service_forms import form_of  # type: ignore[import-not-found] # beside this file, see conftest

    for number in range(60):
        record(f"stud{number:02d}", {"q1.expression": (f"A doubt {'x' * (number % 7)}.", f"answer {number}")})
    acknowledged: list[str] = []
    for round_ in range(kills):
        server = serve()
        with httpx.Client(base_url=server.url, follow_redirects=True, timeout=20) as client:
            for _ in range(100):
                try:
                    client.get("/enter", params={"key": server.key}).raise_for_status()
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            page = client.get("/submission/" + f"stud{round_:02d}")
            fields = form_of(page.text, "/submission/") | {"check": "q1.expression", "verdict": "pass"}
            if round_ % 2:  # killed in the middle of the request
                killer = subprocess.Popen(
                    [
                        sys.executable,
                        "-c",
                        f"import time,os; time.sleep({0.001 * round_}); os.kill({server.process.pid}, 9)",
                    ]
                )
                try:
                    if client.post(f"/submission/stud{round_:02d}", data=fields).status_code == 200:
                        acknowledged.append(f"stud{round_:02d}")
                except httpx.TransportError:
                    pass
                killer.wait()
            else:
                assert client.post(f"/submission/stud{round_:02d}", data=fields).status_code == 200
                acknowledged.append(f"stud{round_:02d}")
        if server.process.poll() is None:
            server.stop(signal.SIGKILL)
    decided = [row.submission for row in ledger.log.rows()]
    assert len(decided) == len(set(decided)), "nothing is doubled"
    assert set(acknowledged) <= set(decided)
    assert len(acknowledged) >= kills // 2
