"""Tables in every shape, and quantities in every unit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.keras_logs import read_logs
from grader.checks.quantities import Unit, count, quantities
from grader.checks.tables import Column, Measure, Table, read_records
from grader.documents.core.document import Block, BlockKind, Place

TABLE = Table(
    key_heading=r"batch|size|storlek",
    keys=(1, 10, 100, 1000, 60000),
    columns=(
        Column("loss", r"loss|förlust", Measure.NUMBER, required=False),
        Column("accuracy", r"acc|nogg", Measure.SHARE),
        Column("seconds", r"time|tid|sec|\(s\)", Measure.DURATION),
    ),
)
EXPECTED = {1: (118, 0.8124), 10: (13, 0.8251), 100: (3, 0.8185), 1000: (1, 0.7097), 60000: (1, 0.1)}


def read(
    text: str, rows: tuple[tuple[str, ...], ...] = (), kind: BlockKind = BlockKind.PROSE
) -> dict[int, tuple[float, float]]:
    found = {}
    for record in read_records([Block(kind, text, Place("report.md", "line 1"), rows=rows)], TABLE):
        accuracy = record.readings["accuracy"].quantity
        share = accuracy.value / 100 if accuracy.unit is Unit.PER_CENT else accuracy.value
        found[record.key] = (record.readings["seconds"].quantity.value, round(share, 6))
    return found


SHAPES = {
    "tabs": "Batch size\tTraining times (s)\tAccuracy\n1\t118\t0.8124\n10\t13\t0.8251\n100\t3\t0.8185\n1000\t1\t0.7097\n60000\t1\t0.1000",
    "pipes on their side": "| Batch | 1 | 10 | 100 | 1000 | 60 000 |\n|---|---|---|---|---|---|\n| Tid (s) | 118 | 13 | 3 | 1 | 1 |\n| Noggrannhet | 81,24 % | 82,51 % | 81,85 % | 70,97 % | 10 % |",
    "aligned": "batch   time      acc\n1       118s     0.8124\n10      13s      0.8251\n100     3s       0.8185\n1000    1s       0.7097\n60000   1s       0.1000",
    "bare numbers": "1 118 0.8124\n10 13 0.8251\n100 3 0.8185\n1000 1 0.7097\n60000 1 0.1000",
    "list": "- Batch size 1: 118 s, accuracy 0.8124\n- Batch size 10: 13 s, accuracy 82.51%\n* 100: 3s, 0.8185\nbatch_size=1000: 1 s, loss: 0.9, acc: 0.7097\n60 000 - 1s - 0.10",
    "sentence": "With batch size 1 the training took 118 seconds and reached an accuracy of 0.8124. With 10 it took 13 seconds (accuracy 0.8251), with 100 it took 3 seconds (accuracy 0.8185), with 1000 it took 1 second (accuracy 0.7097) and with 60000 it took 1 second (accuracy 0.1000).",
    "extra column": "batch size;time;loss;accuracy\n1;118;0.5;0.8124\n10;13;0.5;0.8251\n100;3;0.5;0.8185\n1000;1;0.9;0.7097\n60000;1;2.3;0.1000",
    "minutes": "Batch size\tTime\tAccuracy\n1\t1 min 58 s\t0.8124\n10\t0:13\t0.8251\n100\t3 s\t0.8185\n1000\t1 s\t0.7097\n60,000\t1 s\t0.1",
    "log columns": "Batch size\tTime\tAccuracy\n1\t118s 2ms/step\t0.8124\n10\t13s 2ms/step\t0.8251\n100\t3s 5ms/step\t0.8185\n1000\t1s 16ms/step\t0.7097\n60000\t1s 1s/step\t0.1",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_every_shape_gives_the_same_rows(text: str) -> None:
    assert read(text) == EXPECTED


def test_two_tables_are_joined() -> None:
    times = "Batch size\tTime (s)\n1\t118\n10\t13\n100\t3\n1000\t1\n60000\t1"
    shares = "Batch size\tAccuracy\n1\t0.8124\n10\t0.8251\n100\t0.8185\n1000\t0.7097\n60000\t0.1"
    blocks = [Block(BlockKind.TABLE, text, Place("r", "1")) for text in (times, shares)]
    assert {record.key: sorted(record.readings) for record in read_records(blocks, TABLE)} == {
        key: ["accuracy", "seconds"] for key in EXPECTED
    }


def test_prose_that_names_sizes_is_no_table() -> None:
    assert (
        read(
            "I would start with 100, since it gives nearly the same accuracy as 10 in 4 seconds instead of 22."
        )
        == {}
    )


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1m58s", 118, Unit.SECONDS),
        ("1 minute and 58 seconds", 118, Unit.SECONDS),
        ("1:58", 118, Unit.SECONDS),
        ("≈ 3", 3, Unit.NONE),
        ("81,24 %", 81.24, Unit.PER_CENT),
        ("16us", 16e-6, Unit.SECONDS),
        ("16 µs/sample", 16e-6, Unit.PER_SAMPLE),
        ("-3", -3, Unit.NONE),
        ("0,8395", 0.8395, Unit.NONE),
    ],
)
def test_quantities(text: str, value: float, unit: Unit) -> None:
    first = quantities(text)[0]
    assert (first.value, first.unit) == (pytest.approx(value), unit)


def test_keys_in_every_spelling() -> None:
    allowed = frozenset(EXPECTED)
    assert [
        count(text, allowed)
        for text in ("60 000", "60,000", "60.000", "Batch size: 10", "all (60000)", "100 and 10", "7")
    ] == [60000, 60000, 60000, 10, 60000, None, None]


def test_both_dialects_of_keras() -> None:
    old = read_logs(
        "batch_size=10\nTrain on 60000 samples\n60000/60000 [====] - 13s 222us/sample - loss: 0.5 - acc: 0.8251\n10000/10000 - 0s 36us/sample - loss: 0.4 - acc: 0.83"
    )
    assert [
        (line.count, line.of_samples, line.seconds, line.metrics["acc"], line.batch_size) for line in old
    ] == [(60000, True, 13, 0.8251, 10), (10000, True, 0, 0.83, 10)]
    (new,) = read_logs("Epoch 1/1\n600/600 ━━━━━━━━━━ 3s 3ms/step - accuracy: 0.7265 - loss: 0.7956\n")
    assert (new.count, new.of_samples, new.seconds, new.metrics["accuracy"]) == (600, False, 3, 0.7265)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("0123456789.,|:;\t\n -batchsizeac%"), max_size=300))
def test_any_text_is_read_without_error(text: str) -> None:
    read_records([Block(BlockKind.PROSE, text, Place("r", "1"))], TABLE)
    read_logs(text)
    quantities(text)


def test_sizes_in_every_spelling() -> None:
    spelled = ["1", "10^1", "one hundred", "1k", "6·10⁴"]
    text = "batch\ttime\tacc\n" + "\n".join(
        f"{size}\t{seconds} s\t{share}"
        for size, (seconds, share) in zip(spelled, EXPECTED.values(), strict=True)
    )
    assert read(text) == EXPECTED


def test_the_size_may_stand_behind_its_log() -> None:
    text = "\n".join(
        f"60000/60000 [====] - {seconds}s 17us/sample - loss: 0.5 - acc: 0.8\nthat was batch size {size}"
        for size, seconds in ((1, 118), (10, 13), (100, 3))
    )
    assert [line.batch_size for line in read_logs(text)] == [1, 10, 100]


def test_a_bar_that_was_overwritten_is_no_epoch() -> None:
    text = (
        "1/600 [....] - ETA: 3s - loss: 2.3 - acc: 0.12"
        + "600/600 [====] - 3s 4ms/step - loss: 0.5 - acc: 0.8185"
    )
    (line,) = read_logs(text)
    assert (line.count, line.seconds, line.metrics["acc"]) == (600, 3, 0.8185)
