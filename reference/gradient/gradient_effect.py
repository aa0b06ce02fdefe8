"""Question 1: which way a value goes with a gradient that it was computed of: along it, against it, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

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
