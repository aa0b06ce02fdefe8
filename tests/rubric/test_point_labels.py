"""Coordinates beside the points of a plot tell its column where they are the table's own."""

from __future__ import annotations

import pytest

from reference.batches.point_labels import columns_by_labels

TABLE = {
    "time": {1: 131.0, 10: 15.0, 100: 3.0, 1000: 1.0, 60000: 1.0},
    "accuracy": {1: 0.8139, 10: 0.8271, 100: 0.8168, 1000: 0.7203, 60000: 0.0804},
}


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        ("Batch Size vs Time (1,131) 120 (10,15) (100,3) (1000,1) 20 0 (60000,1)", {"time"}),
        ("Batch Size vs Time 1.131) 120 100 10,15) 0 1980311 60000,1) 10000", {"time"}),  # as OCR reads it
        ("(1,81) (10,83) (100,82) (1000,72) (60000,8)", {"accuracy"}),
        ("(1, 0.8139) (10, 0.8271) (60 000, 0.08)", {"accuracy"}),
        ("(1; 81,4 %) (10; 82,7 %) (1000; 72,0 %)", {"accuracy"}),
        ("(1,131) (10,15)", set()),  # two may be chance
        ("(1,99) (10,20) (100,7) (1000,4) (60000,2)", set()),  # another run's
        ("(1,131) (2,15) (3,3) (4,1) (5,1)", set()),  # over something else
        ("(10,1) (100,15) (1000,131)", set()),  # in another order
        ("131 15 3 1 1", set()),
        ("", set()),
    ],
)
def test_labels(words: str, columns: set[str]) -> None:
    assert columns_by_labels(words, TABLE) == columns


def test_a_share_is_never_told_by_a_whole_number_below_one() -> None:
    small = {"accuracy": {1: 0.9, 10: 0.8, 100: 0.7, 1000: 0.6, 60000: 0.1}}
    assert not columns_by_labels("(1,0) (10,0) (100,0) (1000,0) (60000,0)", small)
    assert not columns_by_labels("(1,1) (10,1) (100,1) (1000,1) (60000,1)", small)
