"""Every limit can be set by the user, and its default is the one that is written down."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from grader.cli.options import Limit
from grader.execution import Limits
from grader.grading.notebook_runner import NotebookRunner, RunSettings

PAGE = Path(__file__).parents[2] / "docs" / "execution.md"


def test_the_documented_limits_are_the_ones_there_are() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+)", PAGE.read_text(encoding="utf-8"), re.M))
    defaults = Limits()
    assert {name: float(value) for name, value in rows.items()} == {
        name: float(getattr(defaults, name)) for name in Limits.__struct_fields__
    }


@pytest.mark.parametrize(
    "text", ["processes", "processes=", "processes=-1", "processes=many", "colour=3", ""]
)
def test_a_limit_that_is_none_is_refused_with_the_names(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"there are cell_seconds|a number above 0"):
        Limit().convert(text, None, None)


def test_a_limit_goes_before_the_options_for_time_and_memory() -> None:
    from grader.checks.assignment_finding import load

    given = Limit().convert("processes=64", None, None), Limit().convert("cell_seconds=3.5", None, None)
    with NotebookRunner(load(), RunSettings(seconds=50, limits=given)) as runner:
        limits = runner.executor().settings.limits
    assert (limits.processes, limits.cell_seconds, limits.notebook_seconds) == (64, 3.5, 50)
    assert isinstance(limits.processes, int)
