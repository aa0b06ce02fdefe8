"""The pictures of the documentation, made from real pages: ``python docs/screenshots.py [GRADED]``.

Without a graded folder the sample class is graded first, without running its notebooks. Needs Chromium (``chromium``).
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

TOP = Path(__file__).parents[1]
PICTURES = TOP / "docs" / "pictures"


def main() -> None:
    """Writes the pictures."""
    with tempfile.TemporaryDirectory() as place:
        graded = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(place, "graded")
        if len(sys.argv) < 2:
            command = [
                sys.executable,
                "-c",
                "from grader.cli import run; run()",
                "grade",
                str(TOP / "submissions"),
            ]
            subprocess.run([*command, "--out", str(graded), "--no-execute", "--quiet"], check=False)  # noqa: S603 - our own command
        take(graded)


def take(graded: Path) -> None:
    """The class page, a student's page, and the page for staff of one that waits for a person."""
    PICTURES.mkdir(exist_ok=True)
    waiting = next(
        iter(sorted((graded / "staff").glob("idafa*.html"))), next((graded / "staff").glob("*.html"))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page, height in (
            ("class", graded / "index.html", 660),
            ("feedback", graded / "feedback" / waiting.name, 900),
            ("staff", waiting, 900),
        ):
            view = browser.new_page(viewport={"width": 1100, "height": height}, color_scheme="light")
            view.goto(page.absolute().as_uri())
            picture = Image.open(io.BytesIO(view.screenshot()))
            picture.convert("RGB").quantize(96).save(
                PICTURES / f"{name}.png", optimize=True
            )  # flat colours: half the size
        browser.close()


if __name__ == "__main__":
    main()
