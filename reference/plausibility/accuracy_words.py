"""What is said of an odd column of accuracies: a question to the student, and what staff should know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from reference.plausibility.tables import Explanation, WrittenNumber

Table = Mapping[int, WrittenNumber]
Words = Callable[[Explanation, Table], tuple[str, str]]


def rows_named(batches: Sequence[int]) -> str:
    """The rows in words: one as "batch size 10", several as "batch sizes 10, 100 and 1000"."""
    names = [str(batch) for batch in sorted(batches)]
    if len(names) == 1:
        return f"batch size {names[0]}"
    return f"batch sizes {', '.join(names[:-1])} and {names[-1]}"


def _not_reset(found: Explanation, _: Table) -> tuple[str, str]:
    where = rows_named(found.batches)
    asked = (
        f"The accuracies at {where} are higher than one epoch from a fresh start gives. Were all parameters reset before "
        "each run? If not, a run goes on from where the last one ended."
        if len(found.batches) > 1
        else f"The accuracy at {where} is higher than one epoch from a fresh start gives. Were all parameters reset before "
        "each run? If not, a run goes on from where the last one ended."
    )
    return (
        asked,
        f"Parameters seem not reset: {where} as in runs that go on from another"
        + (f", {found.detail}." if found.detail else "."),
    )


def _typo(found: Explanation, table: Table) -> tuple[str, str]:
    where = rows_named(found.batches)
    return (
        f"Check the accuracy at {where}: is a digit or the decimal point in the wrong place?",
        f"{table[found.batches[0]].value:g} at {where} is a slip away from {found.detail}; the other rows fit.",
    )


def _exchanged(found: Explanation, _: Table) -> tuple[str, str]:
    if found.detail:
        return (
            "Does each accuracy stand beside its own batch size? The column looks upside down.",
            "Read from the bottom up, the accuracies fit.",
        )
    where = rows_named(found.batches)
    return (
        f"Check the accuracies at {where}: are they exchanged?",
        f"With the accuracies at {where} exchanged, the column fits.",
    )


def _guessed(found: Explanation, _: Table) -> tuple[str, str]:
    where = rows_named(found.batches)
    return (
        f"At {where} about one image in ten is right, as many as by guessing. "
        "Did the training run to its end there, and were the images and labels those of the lab?",
        f"{where.capitalize()}: near chance, as without training.",
    )


def _zero(found: Explanation, _: Table) -> tuple[str, str]:
    where = rows_named(found.batches)
    return (
        f"The accuracy at {where} is given as 0. Is the figure missing, or was it rounded?",
        f"{where.capitalize()}: an accuracy of 0 is none that training prints.",
    )


WORDS: Final[Mapping[str, Words]] = {
    "not-reset": _not_reset,
    "test-accuracy": lambda _found, _table: (
        "These look like accuracies measured after the training, as on the test images. "
        "The question asks for the accuracy on the training images that the training itself prints.",
        "The column follows the accuracy on the test images after the epoch.",
    ),
    "epochs": lambda found, _: (
        "These accuracies are higher than one epoch gives. "
        "Was the network trained for one epoch, and no more, at each batch size?",
        f"The column follows the accuracy of epoch {found.detail}, not of the first.",
    ),
    "typo": _typo,
    "exchanged": _exchanged,
    "guessed": _guessed,
    "zero": _zero,
    "loss": lambda _found, _table: (
        "These look like losses. The question asks for the accuracy, which stands beside the loss in the same line.",
        "The column follows the loss on the training images.",
    ),
    "other-data": lambda _found, _table: (
        "These accuracies are those of an easier data set. Was the network trained on the lab's own images?",
        "The column is that of an easier data set of the same shape (digits in place of clothes).",
    ),
    "other-network": lambda found, _: (
        "These accuracies are not those of the lab's network. Was it changed before the runs?",
        f"The column follows another network ({found.detail}).",
    ),
    "not-scaled": lambda _found, _table: (
        "These accuracies are those of images whose pixels are not between 0 and 1. Was the set-up cell run?",
        "The column follows images that were not divided by 255.",
    ),
    "accuracy": lambda found, _: (
        f"The accuracy at {rows_named(found.batches)} is not what training the lab's network gives. "
        "Check the figures, and that each run started fresh.",
        f"{rows_named(found.batches).capitalize()}: outside the band, for no reason known.",
    ),
}
