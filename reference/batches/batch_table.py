"""Question 3's table as students give it: rows of batch size, seconds and training accuracy, from any source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks.keras_logs import LogLine, read_logs
from grader.checks.quantities import Quantity, Unit
from grader.checks.record_types import Column, Measure, Reading, Record, Table
from grader.checks.tables import read_records
from grader.documents.core.document import Block, BlockKind
from grader.model import Evidence, Value
from reference.lab.batch_sizes import BATCH_SIZES, IMAGES, steps
from reference.plausibility.tables import Row

_UNSEEN: Final = r"(?:\btest(?:s|ing)?|test(?:set|data|mängd|nogg|träff|prec|acc|bild)\w*|\bval(?:id\w{0,8})?(?=\b|acc)|\beval\w*|held.?out|unseen|\bosedd\w*)\b(?!\W{0,3}\d)"
_SHARE_WORD: Final = r"\bacc?(?:s?\b|u\w{0,6}(?:cy|cies|cys)\b)|\w{3}acc\b|accuracy|nogg|träff|precision|korrekt|\bcorrect|\brätt\b|\bright\b"
_TIME_WORD: Final = (
    r"\btimes?\b|time$|\w{3}time\b|\btid(?:en|er|erna|s)?\b|\w{3}(?:tid|tiden|tider|tiderna)\b|\bsec|\bsek|[(\[]\s?s\s?[)\]]|^s$|^t$|"
    r"duration|\bspeed\b|\btook\b|\btog\b|lasted|varade|\bran\s(?:for|in)\b|\btakes\b|\btar\b|runtime|minut|[(\[]min[)\]]|\bms\b|elapsed|wall"
)
_SURELY_UNSEEN: Final = r"\btest\W?(?:set|data|mängd|images|bilder|acc|nogg|prec|träff)|\bval(?:id\w*)?\b"
TABLE: Final = Table(
    key_heading=r"batch|\bsize|storlek|\bbs\b|^\W*b\W*$|\bba?tch|\bbach",
    keys=BATCH_SIZES,
    key_names=(
        (
            IMAGES,
            r"^\W*(?:full|all|whole|entire|everything|alla|allt|hela)\W*$|\bfull[\s-]?batch\b|\b(?:the\s)?(?:whole|entire|full|complete)\s(?:training\s)?(?:data\s?)?set\b|\ball\s(?:the\s)?(?:training\s)?(?:images|samples|examples|data)\b|\bhela\s(?:tränings)?(?:datamängden|datasetet|mängden|setet)\b|\balla\s(?:tränings)?(?:bilder|exempel)(?:na)?\b",
        ),
    ),
    counted=r"(?:training\s)?(?:epo|step|steg|image|bild|class|klass|layer|lager|neuron|unit|times\b|gång|run\b|runs\b|samples?\b(?!\s(?:per|in|i)\b)|examples?\b(?!\s(?:per|in|i)\b)|percent|procent|parameter|weights|digits|decimal|point|st\b|core|kärn|gb\b|update|uppdat|iteration)",
    columns=(
        Column(
            "both",
            r"train\w*(?:\s\w+)?\s?(?:/|and|&|och|\+)\s?(?:test|val)|(?:test|val)\w*(?:\s\w+)?\s?(?:/|and|&|och|\+)\s?(?:tr[aä])",
            Measure.ANYTHING,
            required=False,
        ),
        Column(
            "rate",
            rf"(?:{_SHARE_WORD}|%|score)[\w().\s]{{0,14}}(?:/|÷|\bper\b|\bover\b|\bdivided\sby\b|\bdelat\b|\bgenom\b)\s?(?:\w{{1,9}}\s)?(?:time|s\b|sec|tid|sek|min)|(?:time|tid)\w*\s?(?:/|per|÷)\s?(?:acc|nogg|%)|efficien|effektiv|\bratio|\bkvot|speed.?up|(?:images|samples|bilder|steps|it|batches)\s?(?:/|per)\s?s|throughput|\bgain|\bdiff|ökning|skillnad|improvement|förbättring|relative|relativ",
            Measure.ANYTHING,
            required=False,
        ),
        Column(
            "compared",
            r"\b(?:faster|slower|quicker|better|worse|snabbare|långsammare|bättre|sämre|kortare|shorter|longer|längre)\b|\b(?:points|procentenhet\w*)\b|\b(?:more|less|higher|lower|mer|mindre|högre|lägre)\b(?!\s(?:than|än)\s*$)",
            Measure.ANYTHING,
            required=False,
        ),
        Column("loss", r"loss|förlust|kostnad|\bcost\b|entrop", Measure.NUMBER, required=False),
        Column(
            "error",
            r"\berror|\bfel(?:et|kvot|frekvens|aktig\w*)?\b|misclass|\bwrong",
            Measure.NUMBER,
            required=False,
        ),
        Column("log", r"\blog(?:10|2|e|_)?\b|\bln\b", Measure.NUMBER, required=False),
        Column("lr", r"\blr\b|learning\s?rate|inlärning", Measure.NUMBER, required=False),
        Column("test", _UNSEEN, Measure.SHARE, required=False, surest=_SURELY_UNSEEN),
        Column(
            "per_sample",
            r"per[\s_-]*(?:sample|step|image|bild|steg|exempel|iteration|update|uppdatering|(?:mini.?)?batch(?!\W{0,2}(?:size|storlek)))|/\s?(?:sample|step|image|bild|steg|batch(?!\W?size)|it\b)|(?:step|batch)\stime",
            Measure.DURATION,
            required=False,
        ),
        Column(
            "other_time",
            rf"{_UNSEEN}|compil|kompiler|\bload|laddning|set.?up|predict|prediktion|warm.?up|overhead|wait|väntetid|import\w*",
            Measure.DURATION,
            required=False,
            surest=r"(?:test|eval\w*|compil\w*|predict\w*)\W{0,3}(?:time|tid)|(?:time|tid)\w*\s(?:to|for|för|att)\s(?:test|eval|compil|predict)",
        ),
        Column(
            "count",
            r"^\W*(?:number\sof|no\.?\sof|antal|#|nr\.?)?\W*(?:(?:gradient|training|weight)\s)?(?:epochs?|epok(?:er)?|steps?|steg|updates?|uppdatering(?:ar)?|iterations?|iteration(?:er)?|batches|batchar|samples|images|bilder|parameters)\W*(?:\(.{0,20}\))?(?:per\sepo\w*)?\W*$",
            Measure.NUMBER,
            required=False,
        ),
        Column(
            "number",
            r"^\W*(?:#|no\.?|nr\.?|run|index|id|test|test\s?nr\.?|försök|körning|rank|row|rad|exp(?:eriment)?\.?|trial|seed|gpus?|cpus?|std\.?|stdev|±)\W*$",
            Measure.NUMBER,
            required=False,
        ),
        Column(
            "accuracy",
            _SHARE_WORD,
            Measure.SHARE,
            surest=r"\btr[aä](?:in|n)|\btr\.?\b|mean|average|medel|snitt",
        ),
        Column(
            "seconds",
            _TIME_WORD,
            Measure.DURATION,
            surest=r"\btr[aä](?:in|n)|total|mean|average|medel|snitt|\bfit\b",
        ),
    ),
)


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
    """All that was found of the table. `only_test` is true if accuracies are given, but of the test set alone."""

    rows: tuple[TableRow, ...]
    only_test: bool = False
    from_logs: bool = False

    @property
    def complete(self) -> bool:
        """Whether every batch size has its time and accuracy."""
        return self.cells == 2 * len(BATCH_SIZES)

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
        for record in read_records([block for block in blocks if not _is_summary(block)], TABLE)
    }
    logs = _from_logs(blocks)
    from_logs = False
    merged: dict[int, Record] = {}
    for batch in BATCH_SIZES:
        table, log = records.get(batch), logs.get(batch)
        readings = dict(table.readings) if table else {}
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
    rows = tuple(
        _row(record, percent, blocks)
        for record in merged.values()
        if {"seconds", "accuracy", "per_sample"} & record.readings.keys()
    )
    only_test = bool(merged) and all("accuracy" not in record.readings for record in merged.values())
    only_test = only_test and any("test" in record.readings for record in merged.values())
    return BatchTable(rows, only_test, from_logs)


def speaks_of_figures(blocks: Sequence[Block], least: int) -> Block | None:
    """A block from which figures for at least so many sizes can be seen, whatever their arrangement; None if there is none."""
    own = [
        block
        for block in blocks
        if block.kind not in {BlockKind.CODE, BlockKind.FIGURE} and not _is_summary(block)
    ]
    text = "\n".join(block.text for block in own)
    sizes = {size for size in BATCH_SIZES if re.search(_written(size), text)}
    shares = [block for block in own for _ in _SHARE.finditer(block.text)]
    if len(sizes) < least or len(shares) < least:
        return None
    return max(shares, key=shares.count)


def unread_shares(table: BatchTable, blocks: Sequence[Block], repeated_within: float) -> Block | None:
    """A block with accuracies that are none of the table's, enough for the rows that it lacks; None if there is none.

    Prose repeats the table's figures rounded: what is less than `repeated_within` from one of them is no other.
    """
    known = [row.accuracy for row in table.rows if row.accuracy is not None]
    lacking = [
        size for size in BATCH_SIZES if all(row.batch != size or row.accuracy is None for row in table.rows)
    ]
    own = [
        block
        for block in blocks
        if block.kind not in {BlockKind.CODE, BlockKind.FIGURE} and not _is_summary(block)
    ]
    text = "\n".join(block.text for block in own)
    if not lacking or not all(re.search(_written(size), text) for size in lacking):
        return None
    others: dict[float, Block] = {}
    for block in own:
        for match in _SHARE.finditer(block.text):
            value = float(re.sub(r"[^\d.]", "", match[0].replace(",", ".")))
            share = value / 100 if "%" in match[0] else value
            if share <= 1 and not any(abs(share - other) < repeated_within for other in known):
                others.setdefault(share, block)
    return next(iter(others.values())) if len(others) >= len(lacking) else None


_SHARE: Final = re.compile(r"(?<![\d.,])(?:0?[.,]\d{2,}|\d{1,2}(?:[.,]\d+)?\s?\\?%)(?!\d)")


def _written(size: int) -> str:
    digits = str(size)
    gap = r"[ ,.\u00a0\u2009\u202f]?"
    own = digits if size < 1000 else f"{digits[:-3]}{gap}{digits[-3:]}"
    return rf"(?<![\d.,]){own}(?![.,]?\d)"


def _is_summary(block: Block) -> bool:
    return bool(re.search(r"Output Shape|Param #|Total params", block.text))


def _in_per_cent(readings: Sequence[Reading]) -> bool:
    """Whether a column of accuracies without signs is in per cent: most of its figures are above one."""
    bare = [reading.quantity.value for reading in readings if reading.quantity.unit is not Unit.PER_CENT]
    return len(bare) > 1 and sum(value > 2 for value in bare) > len(bare) / 2


def _row(record: Record, percent: bool, blocks: Sequence[Block]) -> TableRow:
    seconds, accuracy = record.readings.get("seconds"), record.readings.get("accuracy")
    per_sample = False
    if seconds is None and "per_sample" in record.readings:
        seconds, per_sample = record.readings["per_sample"], True
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
