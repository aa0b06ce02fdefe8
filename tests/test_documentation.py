"""The documentation is true: its commands and options exist, its examples load, and the site is built without a warning."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from grader.checks.toolkit import KINDS
from grader.cli import main

TOP = Path(__file__).parents[1]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> Iterator[str]:
    yield from re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)


def named() -> Iterator[tuple[str, str, str, list[str]]]:
    """Each command line of the pages: the page, the command, what stands behind it, its options."""
    for page in PAGES:
        lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
        lines += re.findall(r"`(grader [a-z][^`\n]*)`", page.read_text("utf-8"))
        for line in lines:
            found = re.search(r"(?:^|\s|/)grader ([a-z][a-z-]*)(.*)", line.split("#")[0])
            if found:
                yield page.name, found[1], found[2], re.findall(r"(?<!\w)(--[a-z][a-z-]*)", found[2])


def test_every_command_and_option_that_is_named_exists() -> None:
    context = click.Context(main)
    met = list(named())
    assert len(met) > 30
    for page, name, words, options in met:
        command = main.get_command(context, name)
        assert command is not None, f"{page}: grader {name}"
        if isinstance(command, click.Group):
            command = command.commands[words.split()[0]]
        known = {
            option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        assert set(options) <= known | {"--help"}, f"{page}: grader {name} {options}"


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8")):
            made = page.parent.name == "docs" and target in {
                "commands.md",
                "results.md",
            }  # when the site is built
            assert made or (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_examples_of_checks_can_be_loaded() -> None:
    for page in ("authors.md", "toolkit.md"):
        for block in blocks(TOP / "docs" / page, "toml"):
            table = tomllib.loads(block)
            checks = (
                [check for question in table["question"].values() for check in question["check"].values()]
                if "question" in table
                else [table]
            )
            for check in checks:
                for kind in set(check) & set(KINDS):
                    assert callable(KINDS[kind](**check[kind]))


@pytest.mark.slow
def test_the_site_is_built(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path / "site")],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": str(TOP), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    commands = (tmp_path / "site" / "commands.html").read_text("utf-8")
    assert "grader verify-assignment" in commands
    for page in (tmp_path / "site").rglob("*.html"):  # nothing is fetched from anywhere
        assert not re.search(
            r"<(?:script|img|link)[^>]+(?:src|href)=\"https?://(?!squidfunk)", page.read_text("utf-8")
        ), page.name
