"""Ways to judge an answer that fit any course, each made by a function with a few settings.

Every one returns a check's function: ``question.add("q1.value", figure(0.867, names=["precision"]), title="...")``.
`KINDS` are those that ``assignment.toml`` can name; ``docs/toolkit.md`` has a page of examples of each, which are tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from grader.checks.assignment import CheckFunction
from grader.checks.toolkit.asserts import asserts
from grader.checks.toolkit.call import call
from grader.checks.toolkit.choice import choice
from grader.checks.toolkit.decision import decision
from grader.checks.toolkit.figure import figure
from grader.checks.toolkit.formula import formula
from grader.checks.toolkit.manual import manual
from grader.checks.toolkit.outcome import files, metric, output
from grader.checks.toolkit.probe import probe
from grader.checks.toolkit.records import table
from grader.checks.toolkit.working import working

__all__ = [
    "KINDS",
    "asserts",
    "call",
    "choice",
    "decision",
    "figure",
    "files",
    "formula",
    "metric",
    "output",
    "probe",
    "table",
    "working",
]

KINDS: Final[Mapping[str, Callable[..., CheckFunction]]] = {
    "figure": figure,
    "working": working,
    "formula": formula,
    "choice": choice,
    "decision": decision,
    "call": call,
    "table": table,
    "metric": metric,
    "output": output,
    "files": files,
    "manual": manual,
}
