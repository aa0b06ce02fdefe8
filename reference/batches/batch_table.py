"""Question 3's table as students give it: rows of batch size, seconds and training accuracy, from any source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from grader.checks.keras_logs import LogLine, read_logs
from grader.checks.quantities import Quantity, Unit
from grader.checks.record_types import Reading, Record
from grader.checks.tables import read_records
from grader.documents.core.document import Block, BlockKind
from grader.model import Evidence, Value
from reference.batches.figure_columns import TABLE
from reference.lab.batch_sizes import BATCH_SIZES, IMAGES, steps
from reference.plausibility.tables import Row

_OTHER_THINGS: Final = frozenset(
    {"loss", "log", "lr", "count", "number", "compared", "per_sample", "other_time"}
)
_LONGEST_STEP: Final = 10.0  # seconds; all 60 000 images in one step take less


class TableRow(Value, frozen=True):
    """A row as read: `accuracy` from 0 to 1, `seconds` for the epoch; the passage each stands in.

    `per_sample` is true where the time is the one per sample or step that Keras prints behind the whole time.
    """

    batch: int
    seconds: float | None
    accuracy: float | None
    row: Row
    evidence: Evidence
    per_sample: bool = False
    ocr: bool = False


class BatchTable(Value, frozen=True):
    """All that was found of the table. `only_test` is true if accuracies are given, but of the test set alone.

    `elsewhere` are the figures of columns that tell neither in any way, such as losses.
    """

    rows: tuple[TableRow, ...]
    only_test: bool = False
    from_logs: bool = False
    elsewhere: frozenset[float] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether every batch size has its time and accuracy."""
        return self.cells == 2 * len(BATCH_SIZES)

    @property
    def steps_only(self) -> bool:
        """Whether most of the times are those of one step or sample: short ones, for all sizes."""
        times = [row for row in self.rows if row.seconds is not None]
        short = [row for row in times if row.per_sample and (row.seconds or 0.0) < _LONGEST_STEP]
        return len(short) * 2 > len(times)

    @property
    def cells(self) -> int:
        """How many of the ten figures are there."""
        return sum((row.seconds is not None) + (row.accuracy is not None) for row in self.rows)

    def figures(self) -> dict[str, dict[int, float]]:
        """Times and accuracies by batch size, as far as given."""
        return {
            "time": {row.batch: row.seconds for row in self.rows if row.seconds is not None},
            "accuracy": {row.batch: row.accuracy for row in self.rows if row.accuracy is not None},
        }


def read_batch_table(blocks: Sequence[Block]) -> BatchTable:
    """Reads the table from tables, lists and sentences, and what they lack from Keras logs."""
    records = {
        record.key: record
        for record in read_records([block for block in blocks if not is_summary(block)], TABLE)
    }
    logs = _from_logs(blocks)
    from_logs = False
    fuller = _whole_rows(logs) > _whole_rows(records)  # sentences that speak of printed runs are no table
    merged: dict[int, Record] = {}
    for batch in BATCH_SIZES:
        table, log = records.get(batch), logs.get(batch)
        readings = dict(table.readings) if table else {}
        if fuller and log is not None:
            readings = {name: Reading(one.quantity, one.evidence, True) for name, one in readings.items()}
        told = {name for name, one in readings.items() if not one.remark}
        if log is not None and len({"seconds", "accuracy"} & told) < 2:
            remarked = {name: one for name, one in readings.items() if one.remark}
            readings = {
                **remarked,
                **log.readings,
                **{n: one for n, one in readings.items() if not one.remark},
            }
            from_logs = True
        if readings:
            merged[batch] = Record(batch, readings)
    percent = _in_per_cent(
        [record.readings["accuracy"] for record in merged.values() if "accuracy" in record.readings]
    )
    whole = _are_whole_times(
        [record.readings["per_sample"] for record in merged.values() if "per_sample" in record.readings]
    )
    rows = tuple(
        _row(record, percent, blocks, whole=whole)
        for record in merged.values()
        if {"seconds", "accuracy", "per_sample"} & record.readings.keys()
    )
    only_test = bool(merged) and all("accuracy" not in record.readings for record in merged.values())
    only_test = only_test and any("test" in record.readings for record in merged.values())
    elsewhere = frozenset(
        reading.quantity.value
        for record in merged.values()
        for name, reading in record.readings.items()
        if name in _OTHER_THINGS
    )
    return BatchTable(rows, only_test, from_logs, elsewhere)


def _whole_rows(records: Mapping[int, Record]) -> int:
    """How many keys have both figures in a table, list or print-out."""
    return sum(
        all(name in record.readings and not record.readings[name].remark for name in ("seconds", "accuracy"))
        for record in records.values()
    )


def is_summary(block: Block) -> bool:
    """Whether a block is what ``model.summary()`` prints."""
    return bool(re.search(r"Output Shape|Param #|Total params", block.text))


def _in_per_cent(readings: Sequence[Reading]) -> bool:
    """Whether a column of accuracies without signs is in per cent: most of its figures are above one."""
    bare = [reading.quantity.value for reading in readings if reading.quantity.unit is not Unit.PER_CENT]
    return len(bare) > 1 and sum(value > 2 for value in bare) > len(bare) / 2


def _are_whole_times(readings: Sequence[Reading]) -> bool:
    """Whether what a heading calls "per batch" are times of whole runs: no step takes so long."""
    values = [reading.quantity.value for reading in readings if reading.quantity.unit is not Unit.PER_SAMPLE]
    return bool(values) and max(values) > _LONGEST_STEP


def _row(record: Record, percent: bool, blocks: Sequence[Block], *, whole: bool) -> TableRow:
    seconds, accuracy = record.readings.get("seconds"), record.readings.get("accuracy")
    per_sample = False
    if seconds is None and "per_sample" in record.readings:
        seconds, per_sample = record.readings["per_sample"], not whole
    elif seconds is not None:
        per_sample = (
            seconds.quantity.unit is Unit.PER_SAMPLE
            or seconds.quantity.value < 1e-3 < seconds.quantity.value * 1e9
        )
    share, share_step = _share(accuracy.quantity, percent) if accuracy else (None, None)
    time = seconds.quantity.value if seconds else None
    shown = accuracy or seconds
    assert shown is not None, "a row has at least one figure"
    text = shown.evidence.excerpt
    ocr = any(
        block.ocr and block.place.where == shown.evidence.where and text in block.text for block in blocks
    )
    return TableRow(
        batch=record.key,
        seconds=time,
        accuracy=share,
        row=Row(record.key, time, share, accuracy_step=share_step),
        evidence=shown.evidence,
        per_sample=per_sample,
        ocr=ocr,
    )


def _share(quantity: Quantity, percent: bool) -> tuple[float, float]:
    """The accuracy as a fraction and the worth of its last written digit."""
    decimals = len(match[1]) if (match := re.search(r"\d[.,](\d+)", quantity.text)) else 0
    step = 10.0**-decimals if decimals else (1.0 if quantity.value > 1 else 0.01)
    if quantity.unit is Unit.PER_CENT or (percent and quantity.value > 1):
        return round(quantity.value / 100, 10), step / 100
    return quantity.value, step


_ACCURACIES: Final = ("accuracy", "acc", "sparse_categorical_accuracy")


def _from_logs(blocks: Sequence[Block]) -> dict[int, Record]:
    """The last finished epoch on the training set for each batch size, by its number of steps or what the text says."""
    found: dict[int, Record] = {}
    named: int | None = None
    read = {
        number: read_logs(block.text)
        for number, block in enumerate(blocks)
        if block.kind is not BlockKind.FIGURE
    }
    # Early versions print "us/step" where they count samples: then each of the five runs has as many.
    whole_sets = sum(line.count == IMAGES and "us/" in line.text for lines in read.values() for line in lines)
    last: LogLine | None = None
    for number, lines in read.items():
        block = blocks[number]
        text = block.text
        sizes = [
            int(match)
            for match in re.findall(r"batch(?:[\s_-]?(?:size|storlek\w*))?\W{0,4}(\d{1,5})\b", text, re.I)
        ]
        for line in lines:
            batch = _batch_size(line, line.batch_size or named, whole_sets=whole_sets)
            accuracy = next((line.metrics[name] for name in _ACCURACIES if name in line.metrics), None)
            if batch is None or (accuracy is None and (line.seconds is None or batch in found)):
                continue
            before, last = last, line
            if before is not None and before.count == line.count == 1 and not line.opened and batch in found:
                continue  # all of the test set in one step
            evidence = block.evidence(line.text)
            readings: dict[str, Reading] = {}
            if line.seconds is not None:
                readings["seconds"] = Reading(
                    Quantity(line.seconds, Unit.SECONDS, f"{line.seconds:g}s"), evidence
                )
            if accuracy is not None:
                readings["accuracy"] = Reading(Quantity(accuracy, Unit.NONE, f"{accuracy:g}"), evidence)
            found[batch] = Record(batch, readings)
        if len(set(sizes)) == 1 and len(text) < 4_000:
            named = sizes[0]
    return found


def _batch_size(line: LogLine, named: int | None, *, whole_sets: int) -> int | None:
    """Which of the five a log line belongs to; None for evaluations and other runs."""
    by_steps = {steps(batch): batch for batch in BATCH_SIZES}
    # As many steps as images is batch size 1; as many samples is any of them.
    if line.count == IMAGES and (line.of_samples is not False or whole_sets > 1):
        return named if named in BATCH_SIZES else None
    return by_steps.get(line.count) if line.of_samples is not True else None
