"""Question 1: what becomes of a gradient: whether it is what moves the parameters, and which way."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from grader.checks.flow_events import FlowBinding, FlowCall, FlowReading
from grader.checks.terms import (
    EitherTerm,
    FreeTerm,
    GroupTerm,
    LiteralTerm,
    MemberTerm,
    OpaqueTerm,
    OperationTerm,
    ProductTerm,
    Term,
    walk,
)
from grader.model import Value
from reference.gradient.roles import Role, role

UPDATES: Final = frozenset(
    ("assign", "assign_sub", "assign_add", "apply_gradients", "minimize", "scatter_sub")
)
_SAME_WAY: Final = frozenset(
    (
        "identity",
        "convert_to_tensor",
        "cast",
        "constant",
        "array",
        "asarray",
        "numpy",
        "stop_gradient",
        "reshape",
        "squeeze",
        "stack",
        "list",
        "tuple",
        "UAdd",
        "element",
        "each",
        "expand_dims",
        "copy",
        "concat",
        "Variable",
        "read_value",
        "next",
        "iter",
        "flatten",
        "ravel",
        "float",
    )
)
_SHAPE_ALONE: Final = frozenset(
    (
        "zeros_like",
        "ones_like",
        "shape",
        "size",
        "rank",
        "len",
        "compared",
        "isinstance",
        "type",
        "print",
        "id",
        "random_normal_like",
        "is_tensor",
        "not",
        "shape_n",
        "empty_like",
        "full_like",
        "str",
        "repr",
        "format",
    )
)


class Effect(StrEnum):
    """In which way a value holds the gradient."""

    NONE = "none"
    ALONG = "along"
    AGAINST = "against"
    UNCLEAR = "unclear"


_TURNED: Final = {Effect.ALONG: Effect.AGAINST, Effect.AGAINST: Effect.ALONG}


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


def only_element(term: Term) -> Term:
    """What a list of one holds; anything else itself."""
    match term:
        case GroupTerm(items=[inner]):
            return only_element(inner)
        case _:
            return term


def same_variable(one: Term, other: Term) -> bool:
    """Whether two terms are one variable: two that are made alike are still two."""
    first, second = only_element(one), only_element(other)
    if isinstance(first, FreeTerm) and isinstance(second, FreeTerm):
        return first.name == second.name
    return first is second


def effect(term: Term, call: int, *, grouped: bool, depth: int = 0) -> Effect:
    """Which way a value goes with what the call gave. `grouped`: its sources were a list, so that it gives a list."""
    if depth > 40:
        return Effect.UNCLEAR

    def inner(one: Term) -> Effect:
        return effect(one, call, grouped=grouped, depth=depth + 1)

    match term:
        case ProductTerm(call=number):
            return Effect.ALONG if number == call else Effect.NONE
        case EitherTerm(options=options):
            return _agreed({inner(option) for option in options})
        case GroupTerm(items=items, keys=None):
            return _agreed({inner(item) for item in items} - {Effect.NONE}) if items else Effect.NONE
        case OperationTerm():
            return _of_operation(term, inner, call, grouped=grouped)
        case MemberTerm(owner=owner, name=name):
            found = inner(owner)
            return found if name in {"T", "values"} or found is Effect.NONE else Effect.NONE
        case OpaqueTerm() | GroupTerm():
            return Effect.UNCLEAR if _holds(term, call) else Effect.NONE
        case _:
            return Effect.NONE


def _of_operation(term: OperationTerm, inner: object, call: int, *, grouped: bool) -> Effect:
    assert callable(inner)
    name = term.name.rpartition(".")[2]
    if term.result is not None:
        return Effect(inner(term.result))
    if name in _SHAPE_ALONE or not _holds(term, call):
        return Effect.NONE
    found = [Effect(inner(operand)) for operand in term.operands]
    if name in _SAME_WAY and found:
        return found[0]
    match name:
        case "USub" | "negative":
            return _TURNED.get(found[0], found[0])
        case "Add" | "add":
            return _agreed(set(found[:2]) - {Effect.NONE})
        case "Sub" | "subtract":
            return _agreed({found[0], _TURNED.get(found[1], found[1])} - {Effect.NONE})
        case "Mult" | "multiply" | "Div" | "divide" | "truediv" | "scalar_mul":
            return _scaled(name, term, found)
        case "Subscript":
            return found[0] if _whole(term, grouped=grouped) else Effect.UNCLEAR
        case "zip":
            return found[0]
        case _:
            return Effect.UNCLEAR


def _scaled(name: str, term: OperationTerm, found: Sequence[Effect]) -> Effect:
    held = [number for number, one in enumerate(found[:2]) if one is not Effect.NONE]
    if not held:
        return Effect.NONE
    if len(held) != 1 or (name in {"Div", "divide", "truediv"} and held == [1]):
        return Effect.UNCLEAR
    factor = term.operands[1 - held[0]]
    sign = _sign(factor)
    if sign is None:
        return Effect.UNCLEAR
    if sign == 0:
        return Effect.NONE
    return found[held[0]] if sign > 0 else _TURNED.get(found[held[0]], found[held[0]])


def _sign(factor: Term) -> int | None:
    """The sign of a rate: of a number its own, of a name positive, of what is computed None if it cannot be told."""
    match factor:
        case LiteralTerm(value=bool()):
            return None
        case LiteralTerm(value=int() | float() as number):
            return 0 if number == 0 else (1 if number > 0 else -1)
        case FreeTerm(name=name):
            return 1 if name != "gradient" else None
        case OperationTerm(name="USub", operands=[inner]):
            sign = _sign(inner)
            return None if sign is None else -sign
        case OperationTerm(name="Mult" | "Div" | "Pow", operands=[one, other]):
            first, second = _sign(one), _sign(other)
            if factor.name == "Pow":
                return 1 if first == 1 else None
            return None if first is None or second is None else first * second
        case OperationTerm(name="Add", operands=[one, other]):
            return 1 if (_sign(one), _sign(other)) == (1, 1) else None
        case OperationTerm(operands=[inner, *_], name=name) if name.rpartition(".")[2] in _SAME_WAY:
            return _sign(inner)
        case OpaqueTerm(source="a number of the round"):
            return 1
        case MemberTerm():
            return 1
        case _:
            return None


def _whole(term: OperationTerm, *, grouped: bool) -> bool:
    """Whether an index takes all of the gradient: the one element of a list, or everything of an array."""
    index = term.operands[1] if len(term.operands) > 1 else None
    return (
        grouped
        and isinstance(index, LiteralTerm)
        and index.value in {0, -1}
        and term.operands[0].__class__ is not OperationTerm
    )


def _holds(term: Term, call: int) -> bool:
    return any(isinstance(one, ProductTerm) and one.call == call for one in walk(term))


def _agreed(found: set[Effect]) -> Effect:
    if not found:
        return Effect.NONE
    return next(iter(found)) if len(found) == 1 else Effect.UNCLEAR
