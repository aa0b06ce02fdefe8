"""Training logs of Keras, in both dialects, as records.

Keras 2 with samples:  ``60000/60000 [====] - 1s 17us/sample - loss: 0.6 - acc: 0.8168``
Keras 2 and 3 by step: ``600/600 [====] - 3s 4ms/step - loss: 0.52 - accuracy: 0.8168``
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from grader.checks.numerals import NUMBER, numeral
from grader.model import Value

_PROGRESS: Final = re.compile(
    r"(?<!/)(?P<done>\d{1,8})/(?P<all>\d{1,8})\s{0,3}(?:\[[=>.\s]{0,80}\]|[━╸╺\s]{0,80})?\s{0,3}[-–]?\s{0,3}"
    r"(?P<time>(?:\d{1,3}:\d{2}(?::\d{2})?)|(?:\d{1,6}(?:[.,]\d+)?\s?s(?:ec)?\b)|(?:\d{1,6}ms\b(?!/)))?"
    r"(?:\s{1,3}(?P<per>\d{1,6}(?:[.,]\d+)?\s?(?:us|µs|μs|ms|s)/(?P<unit>sample|step)s?))?"
)
_METRIC: Final = re.compile(
    r"(?<![A-Za-z_])(?P<name>(?:val_)?(?:sparse_categorical_)?(?:accuracy|acc|loss))\s{0,3}:\s{0,3}(?P<value>\d{1,6}(?:[.,]\d+)?(?:e[+-]?\d{1,3})?)"
)
_COUNTED: Final = re.compile(r"(?:us|µs|μs|ms|s)/(sample|step)")
_NAMED_SIZE: Final = re.compile(
    r"(?:batch(?:[\s_-]?(?:size|storlek\w*))?|bs)\s{0,3}(?:[=:]|of|på|is|är)?\s{0,3}(?=\d)", re.I
)
MAX_LINES: Final = 20_000  # finished epochs of one text; what comes after is not read
_REACH: Final = 220  # characters behind the progress in which its figures stand, a wrapped line included


class LogLine(Value, frozen=True):
    """The last line of one epoch. `seconds` is the first number, the whole time; `steps` of `per_step` unit.

    `batch_size` is what the text says around it, if it does; `of_samples` tells which dialect counts what:
    true if `count` is samples, false if it is steps, None if the line does not say.
    """

    text: str
    count: int
    of_samples: bool | None
    seconds: float | None
    metrics: dict[str, float]
    batch_size: int | None = None


def read_logs(text: str) -> list[LogLine]:
    """The finished epochs in a text, in order; progress lines that were overwritten are left out."""
    return list(itertools.islice(_finished(text), MAX_LINES))


def _finished(text: str) -> Iterator[LogLine]:
    named: int | None = None
    at = 0
    for match in _PROGRESS.finditer(text):
        for size in _NAMED_SIZE.finditer(text, at, match.start()):
            number = NUMBER.match(text, size.end())
            read = numeral(number) if number else None
            if read is not None:
                whole = next((value for value in read.readings if value.denominator == 1), None)
                named = int(whole) if whole is not None else named
        at = match.end()
        if not match["done"].endswith(match["all"]):  # a line that went over another may touch its last digits
            continue
        following = _PROGRESS.search(text, match.end(), match.end() + _REACH)
        tail = text[match.end() : min(match.end() + _REACH, following.start() if following else len(text))]
        blank = re.search(r"\n\s*\n|\n\s*Epoch\b", tail)
        metrics = {
            found["name"]: float(found["value"].replace(",", "."))
            for found in _METRIC.finditer(tail[: blank.start()] if blank else tail)
        }
        if not metrics and not match["time"]:
            continue
        counted = _COUNTED.search(tail[: blank.start()] if blank else tail)
        unit = match["unit"] or (counted[1] if counted else None)
        last = [found.end() for found in _METRIC.finditer(tail)]
        yield LogLine(
            text=re.sub(r"\s+", " ", text[match.start() : match.end() + (last[-1] if last else 0)]).strip(),
            count=int(match["all"]),
            of_samples=None if unit is None else unit == "sample",
            seconds=_seconds(match["time"]),
            metrics=metrics,
            batch_size=named,
        )


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    if ":" in text:
        parts = [int(part) for part in text.split(":")]
        return float(sum(part * 60**power for power, part in enumerate(reversed(parts))))
    if text.endswith("ms"):
        return float(text[:-2].replace(",", ".")) / 1000
    return float(re.sub(r"[^\d.,]", "", text).replace(",", ".").rstrip("."))
