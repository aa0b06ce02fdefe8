"""``%check`` in a real Jupyter kernel, and in JupyterLab as a student sees it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TOP = Path(__file__).parents[2]
WRONG = "with tf.GradientTape() as tape:\n    loss = training_loss(parameters)\ngradients = tape.gradient(parameters, loss)\nparameters.assign_sub(0.01 * gradients)"
RIGHT = WRONG.replace("(parameters, loss)", "(loss, parameters)")


def notebook(*sources: str) -> dict[str, Any]:
    cells = [
        {
            "cell_type": "code",
            "id": f"cell{at}",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
        }
        for at, source in enumerate(sources)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}


class Kernel:
    """A kernel started as Jupyter starts one, told where its notebook is."""

    def __init__(self, file: Path | None, folder: Path) -> None:
        place = {"JPY_SESSION_NAME": str(file)} if file else {}
        self.manager = KernelManager()
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, "PYTHONPATH": str(TOP), **place})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def run(self, code: str) -> dict[str, Any]:
        """What a cell gave: its result by media type, and what it printed."""
        shown: dict[str, Any] = {"text": ""}

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                shown["text"] += content["text"]
            elif message["msg_type"] in {"execute_result", "display_data"}:
                shown.update(content["data"])
            elif message["msg_type"] == "error":
                shown["error"] = content["ename"]

        self.client.execute_interactive(code, timeout=120, output_hook=hook)
        return shown

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kernel, Path]]:
    folder = tmp_path_factory.mktemp("notebook")
    file = folder / "lab.ipynb"
    file.write_text(json.dumps(notebook(WRONG)))
    opened = Kernel(file, folder)
    opened.run("%load_ext grader")
    yield opened, file
    opened.close()


@pytest.mark.slow
def test_one_question_with_a_hint(kernel: tuple[Kernel, Path]) -> None:
    opened, file = kernel
    file.write_text(json.dumps(notebook(WRONG, "%check q1")))
    shown = opened.run("%check q1")
    assert "not right yet" in shown["text/html"]
    assert "tape.gradient(parameters, loss)" in shown["text/html"]
    assert "tape.gradient(loss" not in shown["text/html"] + shown["text/plain"]
    assert "In all 0 of 3 points" in shown["text/plain"]
    assert shown["text/plain"].count("Hint") == 1
    assert opened.run("%check q1 --hint 3")["text/plain"].count("Hint") == 3


@pytest.mark.slow
def test_what_was_run_and_not_saved_counts_and_is_told(kernel: tuple[Kernel, Path]) -> None:
    opened, file = kernel
    file.write_text(json.dumps(notebook("1 + 1")))
    opened.run(RIGHT)  # it fails, for want of a tape; the text is what is read
    shown = opened.run("%check q1")
    assert "right" in shown["text/plain"]
    assert "In all 3 of 3 points, nothing to mend" in shown["text/plain"]
    assert "not saved yet" in shown["text/html"]


@pytest.mark.slow
def test_mistakes_are_told_in_a_line(kernel: tuple[Kernel, Path]) -> None:
    opened, _ = kernel
    assert "there is no question 'q9'; there are q1, q2, q3" in opened.run("%check q9")["text"]
    refused = opened.run("%check --hint 9")
    assert "error" not in refused


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian's package chromium)")
def test_in_jupyterlab(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    (tmp_path / "lab.ipynb").write_text(json.dumps(notebook("%load_ext grader", "%check q1", WRONG)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "PYTHONPATH": str(TOP)}
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            f"--port={port}",
            "--IdentityProvider.token=tests",
        ],
        cwd=tmp_path,
        env={**os.environ, **home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            page.goto(f"http://127.0.0.1:{port}/lab/tree/lab.ipynb?token=tests", timeout=120_000)
            page.get_by_text("Run", exact=True).first.wait_for(timeout=120_000)
            page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=120_000)
            chosen = page.locator(".jp-Dialog button.jp-mod-accept")  # which kernel, where it asks
            chosen.or_(page.get_by_text("Python 3 (ipykernel) | Idle")).first.wait_for(timeout=120_000)
            page.wait_for_timeout(1_000)
            if chosen.is_visible():
                chosen.click()
                chosen.wait_for(state="detached")
            page.get_by_text("Run", exact=True).first.click()
            page.get_by_text("Run All Cells", exact=True).click()
            shown = page.locator(".jp-OutputArea .grader-check")
            shown.wait_for(timeout=120_000)
            assert "not right yet" in shown.inner_text()
            assert "Hint:" in shown.inner_text()
            if "GRADER_SCREENSHOTS" in os.environ:
                page.screenshot(path=Path(os.environ["GRADER_SCREENSHOTS"]) / "jupyterlab.png")
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=60)


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("JupyterLab did not start")
