"""What the assignment hands to the grader besides its rubric; each is loaded only where it is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.checks.alignment import Handout
    from grader.documents.given.edition import Edition
    from grader.execution import NotebookPlan


def prompts(question: str) -> frozenset[str]:
    """The fingerprints of a question's own text in the editions that we know; the text itself is not ours."""
    known: dict[str, list[str]] = json.loads(
        files("reference.lab").joinpath("prompts.json").read_text("utf-8")
    )
    return frozenset(known[question])


def facts() -> Mapping[str, Any]:
    """What ``grader reference`` prints."""
    from reference.facts import facts as computed  # noqa: PLC0415 - the ranges are read only when asked for

    return computed()


def notebook(dataset: str) -> NotebookPlan:
    """How a notebook is run, with the data set asked for."""
    from reference.lab.notebook_plan import plan  # noqa: PLC0415 - only where notebooks are run

    return plan(dataset)


def handouts() -> Sequence[Handout]:
    """The notebooks as they were handed out."""
    from reference.lab.handouts import handouts as read  # noqa: PLC0415 - only for submissions with a notebook

    return read()


def editions() -> Sequence[Edition]:
    """The fingerprints of all that was ever handed out."""
    from reference.lab.handouts import editions as read  # noqa: PLC0415 - read once, by the first submission

    return read()


def coincidence(chart: str, points: Sequence[tuple[float, float]]) -> float:
    """How likely honest work comes to the same points of a chart."""
    from reference.plausibility import coincidence as odds  # noqa: PLC0415 - only where two submissions agree

    return odds.coincidence(chart, points)


def calibrate(out: Path, **options: Any) -> None:
    """Computes the plausible ranges anew, by training."""
    from reference.calibration.calibrating import calibrate as train  # noqa: PLC0415 - only for --calibrate

    train(out, **options)


def diagnose() -> Sequence[tuple[str, bool, str]]:
    """What ``grader doctor`` says of the lab."""
    from reference.lab.fashion_mnist import DatasetMissingError, find_dataset  # noqa: PLC0415 - only for the doctor

    try:
        return [("data set Fashion-MNIST", True, f"in full, in {find_dataset()}")]
    except DatasetMissingError as problem:
        return [
            ("data set Fashion-MNIST", False, f"{problem} Until then notebooks are run with a small sample.")
        ]
