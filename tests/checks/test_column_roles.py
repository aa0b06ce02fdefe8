"""Which figures are which column: by words, units and contents, and by none where two readings are as good."""

import pytest

from grader.checks.tables import Column, Measure, Table, read_records
from grader.documents.core.document import Block, BlockKind, Place

OVENS = Table(
    key_heading=r"oven|degrees",
    keys=(150, 200, 250),
    columns=(
        Column("cooling", r"cool", Measure.DURATION, required=False),
        Column("baking", r"bak|time", Measure.DURATION, surest=r"bak"),
        Column("moist", r"moist", Measure.SHARE),
        Column("weight", r"weight|grams", Measure.NUMBER, required=False),
    ),
)  # another lab's: nothing in the toolkit knows of batches


def read(text: str, kind: BlockKind = BlockKind.PROSE) -> dict[int, dict[str, float]]:
    blocks = [Block(kind, part, Place("report.md", "line 1")) for part in text.split("\n\n")]
    return {
        record.key: {name: round(one.quantity.value, 6) for name, one in record.readings.items()}
        for record in read_records(blocks, OVENS)
    }


@pytest.mark.parametrize(
    "text",
    [
        "Oven 150: baking 40 min, cooling 5 min, moist 31 %\nOven 200: baking 25 min, cooling 6 min, moist 28 %\nOven 250: baking 12 min, cooling 7 min, moist 19 %",
        "Oven 150: cooling 5 min, baking 40 min, moist 31 %\nOven 200: cooling 6 min, baking 25 min, moist 28 %\nOven 250: cooling 7 min, baking 12 min, moist 19 %",
        "degrees | cooling time (min) | time (min) | moist (%)\n150 | 5 | 40 | 31\n200 | 6 | 25 | 28\n250 | 7 | 12 | 19",
        "degrees\t150\t200\t250\ncooling (min)\t5\t6\t7\nbaking (min)\t40\t25\t12\nmoist\t31%\t28%\t19%",
        "For degrees 150, 200 and 250 the cooling took 5, 6 and 7 min, the baking 40, 25 and 12 min, and moist were 31, 28 and 19 %.",
    ],
)
def test_columns_are_told_by_their_words_wherever_they_stand(text: str) -> None:
    found = read(text)
    assert {key: (row["baking"], row["cooling"], row["moist"]) for key, row in found.items()} == {
        150: (2400, 300, 31),
        200: (1500, 360, 28),
        250: (720, 420, 19),
    }


def test_figures_that_fit_two_readings_are_read_as_none() -> None:
    assert read("150\t0.31\t0.52\n200\t0.28\t0.61\n250\t0.19\t0.77") == {}


def test_headings_that_their_columns_contradict_are_not_believed() -> None:
    assert read("degrees\tmoist\tbaking\n150\t400\t0.31\n200\t250\t0.28\n250\t120\t0.19") == {}


def test_two_columns_of_one_name_that_differ_are_read_as_none() -> None:
    found = read(
        "degrees\ttime (s)\ttime (s)\tmoist\n150\t40\t90\t0.31\n200\t25\t80\t0.28\n250\t12\t70\t0.19"
    )
    assert {key: sorted(row) for key, row in found.items()} == {key: ["moist"] for key in OVENS.keys}


def test_the_same_time_in_two_units_is_one() -> None:
    found = read(
        "degrees\ttime (s)\ttime (min)\tmoist\n150\t90\t1.5\t0.31\n200\t60\t1.0\t0.28\n250\t33\t0.6\t0.19"
    )
    assert {key: row["baking"] for key, row in found.items()} == {150: 90, 200: 60, 250: 33}


def test_figures_on_both_sides_of_the_keys_belong_to_none() -> None:
    assert read("It took 40 min at 150 degrees and 31 %, 25 min at 200 degrees and 28 %.") == {}


def test_a_range_is_no_figure() -> None:
    found = read(
        "- Oven 150: baking 40-45 min, moist 31 %\n- Oven 200: baking 25 min, moist 28 %\n- Oven 250: baking 12 min, moist 19 %"
    )
    assert [sorted(row) for row in found.values()] == [["moist"], ["baking", "moist"], ["baking", "moist"]]
