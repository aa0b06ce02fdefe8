"""What is judged of question 3 and what comes of it: a table's rows, and the judgement with its causes."""

from __future__ import annotations

from grader.model import Value


class Row(Value, frozen=True):
    """One row of a student's table: `seconds` for the epoch, `accuracy` as a fraction from 0 to 1.

    None stands for a cell that is not there. `seconds_step` and `accuracy_step` are the worth of the last
    written digit (1.0 for "13", 0.0001 for "0.8251"); left out, they are taken from the number itself.
    """

    batch: int
    seconds: float | None = None
    accuracy: float | None = None
    seconds_step: float | None = None
    accuracy_step: float | None = None


class Band(Value, frozen=True):
    """The accuracies that honest runs give at one batch size, and the median of the reference runs."""

    batch: int
    low: float
    median: float
    high: float


class Cause(Value, frozen=True):
    """One likely explanation of an odd table; `batches` are the rows it points at.

    The ids: ``impossible``, ``per-cent``, ``typo``, ``exchanged``, ``zero``, ``not-reset``, ``epochs``,
    ``test-accuracy``, ``loss``, ``guessed``, ``other-data``, ``other-network``, ``not-scaled``, ``accuracy`` (odd
    for no known reason); ``time-unit``, ``time-typo``, ``time-zero``, ``times-rising``, ``times-flat``, ``times``
    (odd for no known reason).
    """

    id: str
    message_for_student: str
    message_for_staff: str
    batches: tuple[int, ...] = ()


class Explanation(Value, frozen=True):
    """One explanation of an odd column: how likely it makes it (natural logarithm), and the rows it is about."""

    id: str
    likelihood: float
    batches: tuple[int, ...]
    detail: str = ""


class TableJudgement(Value, frozen=True):
    """`score` is the share of honest tables that look at least as odd, from 0 to 1.

    `causes` says why, likeliest first, accuracies before times; it is empty where the table is plausible.
    """

    plausible: bool
    score: float
    causes: tuple[Cause, ...] = ()


class WrittenNumber(Value, frozen=True):
    """A number and half the worth of its last written digit: the true one lies within."""

    value: float
    half_step: float


def written_accuracy(row: Row) -> WrittenNumber | None:
    """The row's accuracy; "1" and "0" count as exact to a hundredth, or they would mean anything."""
    if row.accuracy is None:
        return None
    step = row.accuracy_step if row.accuracy_step is not None else min(_last_digit(row.accuracy), 0.1)
    return WrittenNumber(row.accuracy, 0.005 if row.accuracy in (0.0, 1.0) else min(step, 1.0) / 2)


def written_seconds(row: Row) -> WrittenNumber | None:
    """The row's time; whole seconds unless it shows more digits."""
    if row.seconds is None:
        return None
    step = row.seconds_step if row.seconds_step is not None else min(_last_digit(row.seconds), 1.0)
    return WrittenNumber(row.seconds, step / 2)


def _last_digit(value: float) -> float:
    """The worth of the last digit of `value` as it would be written; dust of a division by 100 is not."""
    _, _, decimals = f"{value:.6f}".rstrip("0").partition(".")
    return 10.0 ** -len(decimals)
