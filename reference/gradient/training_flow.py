"""Question 1: what becomes of a gradient: whether it is what moves the parameters, and which way."""

from __future__ import annotations

from typing import Final

from grader.checks.flow_events import FlowBinding, FlowCall, FlowReading
from grader.checks.terms import (
    FreeTerm,
    GroupTerm,
    OperationTerm,
    Term,
)
from grader.model import Value
from reference.gradient.gradient_effect import only_element
from reference.gradient.role_names import Role
from reference.gradient.roles import role

UPDATES: Final = frozenset(
    ("assign", "assign_sub", "assign_add", "apply_gradients", "minimize", "scatter_sub")
)


class TrainingStep(Value, frozen=True, eq=False):
    """One update of the parameters in the code: `value` is what they are moved by, `sign` -1 if it is taken off."""

    target: Term
    value: Term
    sign: int
    segment: int
    line: int
    source: str
    sure: bool
    dormant: bool
    top: tuple[int, int]


def training_steps(reading: FlowReading) -> list[TrainingStep]:
    """The places where the parameters are changed by something computed."""
    found = []
    for call in reading.calls:
        step = _of_call(call)
        if step is not None:
            found.append(step)
    for binding in reading.bindings:
        step = _of_binding(binding)
        if step is not None:
            found.append(step)
    return found


def _of_call(call: FlowCall) -> TrainingStep | None:
    if call.name not in UPDATES or call.name == "minimize":
        return None

    def made(target: Term, value: Term, sign: int) -> TrainingStep:
        return TrainingStep(
            target, value, sign, call.segment, call.line, call.source, call.sure, call.dormant, call.top
        )

    if call.name == "apply_gradients":
        given = call.argument(0, "grads_and_vars")
        return None if given is None else made(_second_of_pairs(given), _first_of_pairs(given), -1)
    functional = len(call.arguments) > 1 or any(key in {"ref", "value"} for key, _ in call.keywords)
    target = call.argument(0, "ref") if functional and _is_library(call.receiver) else call.receiver
    value = (
        call.argument(1, "value") if functional and _is_library(call.receiver) else call.argument(0, "value")
    )
    value = value if value is not None else call.argument(0, "delta")
    if target is None or value is None or role(target) is Role.EXAMPLE:
        return None
    return made(target, value, {"assign_sub": -1, "scatter_sub": -1}.get(call.name, 1))


def _is_library(receiver: Term | None) -> bool:
    return receiver is None or role(receiver) not in {Role.PARAMETERS, Role.PART}


def _of_binding(binding: FlowBinding) -> TrainingStep | None:
    """``parameters = parameters - rate * gradient``: the name moves on from what it was."""
    after = binding.after
    if not isinstance(after, OperationTerm) or after.name not in {"Sub", "Add", "subtract", "add"}:
        return None
    before = binding.before if binding.before is not None else FreeTerm(binding.name)
    start = after.operands[0]
    if not (start is before or (isinstance(start, FreeTerm) and start.name == binding.name)):
        return None
    if _root_role(start) is not Role.PARAMETERS:
        return None
    return TrainingStep(
        start,
        after,
        1,
        binding.segment,
        binding.line,
        binding.name,
        binding.sure,
        binding.dormant,
        binding.top,
    )


def _root_role(term: Term) -> Role:
    """What a name moved on from in the end, over the rounds of a loop."""
    for _ in range(6):
        found = role(term)
        if found is not Role.UNKNOWN or not isinstance(term, OperationTerm) or not term.operands:
            return found
        term = term.operands[0]
    return Role.UNKNOWN


def _first_of_pairs(given: Term) -> Term:
    """The gradients among (gradient, variable) pairs."""
    match given:
        case OperationTerm(name="zip", operands=[gradients, *_]):
            return gradients
        case OperationTerm(name="list" | "each", operands=[inner]):
            return _first_of_pairs(inner)
        case GroupTerm(items=[GroupTerm(items=[gradients, _]), *_]) | GroupTerm(items=[gradients, _]):
            return gradients
        case _:
            return given


def _second_of_pairs(given: Term) -> Term:
    match given:
        case OperationTerm(name="zip", operands=[_, variables, *_]):
            return only_element(variables)
        case OperationTerm(name="list" | "each", operands=[inner]):
            return _second_of_pairs(inner)
        case GroupTerm(items=[GroupTerm(items=[_, variable]), *_]) | GroupTerm(items=[_, variable]):
            return only_element(variable)
        case _:
            return given
