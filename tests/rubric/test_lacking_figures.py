"""What is said of a table that lacks figures."""

import pytest

from grader.documents.core.document import Block, BlockKind, Place
from reference.batches.batch_table import read_batch_table
from reference.batches.lacking_figures import lacking_hint, lacking_message


def said(text: str) -> tuple[str, str]:
    table = read_batch_table([Block(BlockKind.PROSE, text, Place("report.md", "line 1"))])
    return lacking_message(table), lacking_hint(table)


ROWS = {
    1: ("118 s", "81.24 %"),
    10: ("13 s", "82.51 %"),
    100: ("3 s", "81.85 %"),
    1000: ("1 s", "70.97 %"),
    60000: ("1 s", "10.00 %"),
}


def lines(*, time: set[int], share: set[int]) -> str:
    return "\n".join(
        f"Batch size {size}: " + ", ".join([seconds] * (size in time) + [accuracy] * (size in share))
        for size, (seconds, accuracy) in ROWS.items()
    )


@pytest.mark.parametrize(
    ("time", "share", "message"),
    [
        (set(), set(ROWS), "The accuracies were found for all five batch sizes, but no training times."),
        (set(ROWS), set(), "The training times were found for all five batch sizes, but no accuracies."),
        (set(ROWS) - {1}, set(ROWS), "The training time is missing for batch size 1."),
        (set(ROWS) - {1, 1000}, set(ROWS), "The training times are missing for batch size 1, 1 000."),
        (set(ROWS) - {1}, set(ROWS) - {1}, "Figures are missing for batch size 1."),
    ],
)
def test_times_and_accuracies_are_named_apart(time: set[int], share: set[int], message: str) -> None:
    assert said(lines(time=time, share=share))[0] == message


def test_whoever_gave_no_times_is_asked_for_them() -> None:
    assert "time" in said(lines(time=set(), share=set(ROWS)))[1]
