"""The floors and wings of the house, as `pyproject.toml` declares them and CONTRIBUTING prints them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

TOP = Path(__file__).parents[1]


def test_every_import_keeps_to_the_floors() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=TOP,
        env={"PYTHONPATH": str(TOP), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_contributing_prints_what_is_declared() -> None:
    """Each layer of each contract stands in the page, in order, as a row of a table."""
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    printed = (TOP / "CONTRIBUTING.md").read_text("utf-8")
    for contract in contracts:
        if contract["type"] != "layers":
            continue
        floors = [set(re.findall(r"\w[\w.]*", layer)) for layer in reversed(contract["layers"])]
        heading = f"<!-- {contract['id']} -->"
        assert heading in printed, f"CONTRIBUTING has no table {heading}"
        table = printed.split(heading)[1].strip().split("\n\n")[0]
        rows = [row.split("|")[1:3] for row in table.splitlines() if re.match(r"\| \d", row)]
        names: dict[str, set[str]] = {}
        for number, room in rows:
            names.setdefault(number.strip(), set()).update(re.findall(r"`([\w./]+?)(?:/|\.py)?`", room))
        assert [{name.replace("/", ".") for name in group} for group in names.values()] == floors, contract[
            "id"
        ]
