"""Question 1 without the tape: a gradient that is typed in as numbers, by a formula, or by small differences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks.flow_events import FlowReading
from grader.checks.terms import FreeTerm, LiteralTerm, OperationTerm, ProductTerm, Term, walk
from grader.model import Value
from reference.gradient.role_names import Role
from reference.gradient.roles import role
from reference.gradient.training_flow import TrainingStep

_NAMED: Final = re.compile(
    r"(?:d_?)?(?:gradients?|grads?|derivat\w*|gradienten)(?:_\w{1,20})?|g|dl_?dp", re.I
)


class HandMade(Value, frozen=True, eq=False):
    """Something used as the gradient that no tape gave. `typed_in`: fixed numbers, wrong for certain."""

    segment: int
    line: int
    name: str
    typed_in: bool
    differences: bool = False


def made_by_hand(flow: FlowReading, steps: Sequence[TrainingStep]) -> Iterator[HandMade]:
    """What names for a gradient hold in the end, and what the parameters are moved by, where no tape has part in it."""
    last = {}
    for binding in flow.bindings:
        if _NAMED.fullmatch(binding.name) and not binding.dormant:
            last[binding.name] = binding
    for binding in last.values():
        left = binding.after if binding.sure else flow.names.get(binding.name, binding.after)
        made = _of(left, binding.segment, binding.line, binding.name)
        if made is not None:
            yield made
    if last:
        return
    for step in steps:
        if step.dormant or role(step.target) is not Role.PARAMETERS:
            continue
        made = _of(step.value, step.segment, step.line, "")
        if made is not None and not made.typed_in:
            yield made


def _of(value: Term, segment: int, line: int, name: str) -> HandMade | None:
    parts = list(walk(value))
    if any(isinstance(part, ProductTerm) for part in parts) or isinstance(value, FreeTerm):
        return None
    if any(isinstance(part, FreeTerm) and role(part) is Role.BLANK for part in parts):
        return None
    if isinstance(value, LiteralTerm) and (value.value is None or isinstance(value.value, str)):
        return None
    fixed = role(value) is Role.NUMBER or _is_fill(value)
    losses = sum(1 for part in parts if isinstance(part, OperationTerm) and role(part) is Role.LOSS)
    return HandMade(segment, line, name, fixed, losses >= 2)


def _is_fill(value: Term) -> bool:
    return isinstance(value, OperationTerm) and value.name.rpartition(".")[2] in {
        "zeros",
        "ones",
        "fill",
        "zeros_like",
    }
