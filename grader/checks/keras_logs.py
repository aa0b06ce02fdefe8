"""Training logs of Keras, in both dialects, as records.

Keras 2 with samples:  ``60000/60000 [====] - 1s 17us/sample - loss: 0.6 - acc: 0.8168``
Keras 2 and 3 by step: ``600/600 [====] - 3s 4ms/step - loss: 0.52 - accuracy: 0.8168``
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
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
    true if `count` is samples, false if it is steps, None if the line does not say. `opened`: it is the first line
    behind an ``Epoch 1/1``, as training prints and evaluation does not.
    """

    text: str
    count: int
    of_samples: bool | None
    seconds: float | None
    metrics: dict[str, float]
    batch_size: int | None = None
    opened: bool = False


def read_logs(text: str) -> list[LogLine]:
    """The finished epochs in a text, in order; progress lines that were overwritten are left out."""
    return list(itertools.islice(_finished(text), MAX_LINES))


def _finished(text: str) -> Iterator[LogLine]:
    progress = list(itertools.islice(_PROGRESS.finditer(text), MAX_LINES))
    sizes = _sizes(text, progress)
    at = 0
    for number, match in enumerate(progress):
        named, opened = sizes[number], "Epoch" in text[at : match.start()]
        at = match.end()
        if text.startswith("ETA", match.end()):
            continue
        if not match["done"].endswith(
            match["all"]
        ):  # a line that went over another may touch its last digits
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
            opened=opened,
        )


def _sizes(text: str, progress: Sequence[re.Match[str]]) -> list[int | None]:
    """The batch size that is said of each line: the last before it, or the next behind it where all stand behind."""
    starts = [match.start() for match in progress]
    said: dict[int, int] = {}  # by the number of lines before it; the last one counts
    first: dict[int, int] = {}
    for size in _NAMED_SIZE.finditer(text):
        before = bisect.bisect_left(starts, size.start())
        written = NUMBER.match(text, size.end())
        read = numeral(written) if written else None
        whole = next((value for value in read.readings if value.denominator == 1), None) if read else None
        if whole is not None:
            said[before] = int(whole)
            first.setdefault(before, int(whole))
    if said and 0 not in said and len(progress) in said and len(set(said.values())) > 1:
        return [first.get(number + 1) for number in range(len(progress))]
    named: list[int | None] = []
    for number in range(len(progress)):
        named.append(said[number] if number in said else named[-1] if named else None)
    return named


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    if ":" in text:
        parts = [int(part) for part in text.split(":")]
        return float(sum(part * 60**power for power, part in enumerate(reversed(parts))))
    if text.endswith("ms"):
        return float(text[:-2].replace(",", ".")) / 1000
    return float(re.sub(r"[^\d.,]", "", text).replace(",", ".").rstrip("."))
