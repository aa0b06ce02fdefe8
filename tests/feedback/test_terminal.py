"""A student's own check in the terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from grader.feedback import render_terminal
from grader.model import Result


def printed(result: Result, width: int = 100) -> str:
    stream = io.StringIO()
    render_terminal(result, Console(file=stream, width=width, color_system=None))
    return stream.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def test_it_says_what_is_found_what_is_missing_and_gives_a_hint(seed: Result) -> None:
    text = flat(printed(seed))
    assert "report.md, line 10: gradient = tape.gradient(loss, parameters)" in text
    assert "○ Both curves are plotted. (not found) No plot of the two curves was found." in text
    assert "Hint: Plot time and accuracy; a logarithmic axis helps." in text
    assert "In all 9 of 10 points, one thing to mend." in text


def test_nothing_for_staff_is_printed(troubled: Result) -> None:
    text = printed(troubled, 400)
    assert "STAFF-ONLY" not in text
    assert "not-reset" not in text
    assert "Traceback" not in text


def test_errors_of_ours_and_reviews_are_said_kindly(troubled: Result, waiting: Result) -> None:
    assert "through no fault of yours" in flat(printed(troubled))
    assert "A teacher will look at this; it has cost you nothing." in flat(printed(waiting))


def test_files_that_were_not_read_are_named(troubled: Result) -> None:
    assert "figures ⟨U+202E⟩.zip: Archives in a submission are not opened." in flat(printed(troubled))


@pytest.mark.parametrize("width", [20, 40, 200])
def test_it_fits_the_terminal(troubled: Result, width: int) -> None:
    assert max(len(line) for line in printed(troubled, width).splitlines()) <= width
