"""What is said of a table that lacks figures: which they are, by size, and what was found instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reference.batches.batch_table import BatchTable
from reference.lab.batch_sizes import BATCH_SIZES

_NAMES: Final = {"time": ("training time", "training times"), "accuracy": ("accuracy", "accuracies")}


def lacking_message(table: BatchTable) -> str:
    """Which of the ten figures are missing, times apart from accuracies, and a question."""
    figures = table.figures()
    lacking = {name: [size for size in BATCH_SIZES if size not in figures[name]] for name in _NAMES}
    both = [size for size in lacking["time"] if size in lacking["accuracy"]]
    said = []
    if both:
        said.append(f"Figures are missing for batch size {sizes_in_words(both)}.")
    for name, (one, many) in _NAMES.items():
        alone = [size for size in lacking[name] if size not in both]
        other = _NAMES["accuracy" if name == "time" else "time"][1]
        if len(alone) == len(BATCH_SIZES):
            said.append(f"The {other} were found for all five batch sizes, but no {many}.")
        elif alone:
            is_or_are = f"{one} is" if len(alone) == 1 else f"{many} are"
            said.append(f"The {is_or_are} missing for batch size {sizes_in_words(alone)}.")
    return " ".join(said)


def lacking_hint(table: BatchTable) -> str:
    """A question that leads to what is missing; empty where the check's own says enough."""
    figures = table.figures()
    if not figures["time"] and figures["accuracy"]:
        return "Which number in the line that training prints is the time of the whole run?"
    if figures["time"] and not figures["accuracy"]:
        return "Which number in the line that training prints is the accuracy on the training set?"
    return ""


def sizes_in_words(sizes: Sequence[int]) -> str:
    """Batch sizes with thin groups of digits: ``1, 1 000, 60 000``."""
    return ", ".join(f"{size:,}".replace(",", " ") for size in sizes)
