"""Commands called as an author calls them, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.cli.faults import ending


class Ended(NamedTuple):
    status: int
    out: str


Grader: TypeAlias = Callable[..., Ended]


@pytest.fixture
def grader() -> Grader:
    def call(*arguments: str | Path) -> Ended:
        done = CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=True)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            ended = ending(done.exception)  # type: ignore[arg-type]  # whatever a command raised
            return Ended(ended.status, f"{done.output}{ended.line}")
        return Ended(done.exit_code, done.output)

    return call


@pytest.fixture
def ovens(tmp_path: Path, grader: Grader) -> Path:
    """A new assignment's folder, as the command makes it."""
    folder = tmp_path / "ovens"
    assert grader("new-assignment", folder, "--quiet").status == 0
    return folder
