"""Question 1: what a value is in the terms of the lab: the loss, the parameters, the data, the model, ...

By what it is made of where the code shows it; by the handout's names, or a telling one, where it does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from grader.checks.terms import (
    EitherTerm,
    FreeTerm,
    GroupTerm,
    InstanceTerm,
    LiteralTerm,
    MemberTerm,
    OpaqueTerm,
    OperationTerm,
    ProductTerm,
    RecorderTerm,
    RoutineTerm,
    Term,
    walk,
)
from reference.gradient.role_names import Role, is_named_as_loss, role_of_name

_REDUCTIONS: Final = frozenset(("reduce_sum", "reduce_mean", "sum", "mean", "add_n"))
_COMPARISONS: Final = frozenset(
    (
        "mean_squared_error",
        "squared_difference",
        "mse",
        "MSE",
        "mean_absolute_error",
        "huber_loss",
        "MeanSquaredError",
    )
)
_SQUARES: Final = frozenset(("square", "abs", "l2_loss", "norm"))
_SAME_VALUE: Final = frozenset(
    (
        "identity",
        "convert_to_tensor",
        "cast",
        "constant",
        "array",
        "asarray",
        "reshape",
        "squeeze",
        "float32",
        "float64",
        "list",
        "tuple",
        "stack",
        "expand_dims",
        "Tensor",
        "numpy",
        "float",
    )
)
_ARITHMETIC: Final = frozenset(
    (
        "Add",
        "Sub",
        "Mult",
        "Div",
        "Pow",
        "MatMult",
        "USub",
        "UAdd",
        "Subscript",
        "add",
        "subtract",
        "multiply",
        "matmul",
        "tensordot",
        "negative",
        "dot",
        "element",
        "each",
        "stack",
        "zip",
    )
)
_DIFFERENCES: Final = frozenset(("Sub", "subtract"))
_MAX_DEPTH: Final = 30


def role(term: Term) -> Role:
    """What a value is."""
    return _Roles().of(term)


class _Roles:
    """Roles of terms, each looked at once."""

    def __init__(self) -> None:
        self.known: dict[int, Role] = {}
        self.depth = 0

    def of(self, term: Term) -> Role:
        if id(term) not in self.known:
            if self.depth > _MAX_DEPTH:
                return Role.UNKNOWN
            self.depth += 1
            self.known[id(term)] = self._of(term)
            self.depth -= 1
        return self.known[id(term)]

    def _of(self, term: Term) -> Role:
        match term:
            case FreeTerm(name=name):
                return role_of_name(name)
            case LiteralTerm():
                return Role.NUMBER
            case GroupTerm():
                return self._of_group(term)
            case ProductTerm():
                return Role.GRADIENT
            case RecorderTerm():
                return Role.TAPE
            case RoutineTerm(name=name):
                return Role.LOSS_FUNCTION if is_named_as_loss(name) else Role.MODEL
            case EitherTerm(options=options):
                return _only({self.of(option) for option in options})
            case OperationTerm():
                return self._of_operation(term)
            case MemberTerm(owner=owner, name=name):
                if name in {"trainable_variables", "variables"}:
                    return Role.UNKNOWN
                inner = self.of(owner)
                return inner if inner in {Role.DATA, Role.GRADIENT} else Role.UNKNOWN
            case OpaqueTerm(parts=[OperationTerm() as maker, *given]) if _last(maker) in _COMPARISONS:
                return Role.LOSS if self._compares(given) else Role.UNKNOWN
            case InstanceTerm() | _:
                return Role.UNKNOWN

    def _of_group(self, group: GroupTerm) -> Role:
        if not group.items:
            return Role.UNKNOWN
        found = {self.of(item) for item in group.items}
        if found == {Role.NUMBER}:
            return Role.DATA if len(group.items) > 2 else Role.NUMBER
        return _only(found)

    def _of_operation(self, term: OperationTerm) -> Role:
        name = _last(term)
        if term.result is not None:
            found = self.of(term.result)
            if found is not Role.UNKNOWN:
                return found
        inner = [self.of(operand) for operand in term.operands]
        if name == "Variable":
            return self._of_variable(term)
        if term.method and name in {"values", "items"}:
            return inner[0]
        if name == "watched_variables":
            return Role.PARAMETERS
        if name in _SAME_VALUE and inner:
            return Role.UNKNOWN if inner[0] in {Role.PARAMETERS, Role.PART} else inner[0]
        if name in _REDUCTIONS and inner:
            return (
                inner[0]
                if inner[0] in {Role.LOSS, Role.PREDICTION, Role.DATA, Role.EXAMPLE}
                else Role.UNKNOWN
            )
        if name in _COMPARISONS and not term.method:
            values = [*term.operands, *(value for _, value in term.keywords)]
            return Role.LOSS if self._compares(values) else Role.UNKNOWN
        if name in _SQUARES and inner:
            return Role.LOSS if inner[0] is Role.RESIDUAL else _only({inner[0]} - {Role.LOSS})
        if name in _ARITHMETIC:
            return self._of_arithmetic(name, term, inner)
        if not term.method:
            return self._of_call(term, inner)
        return Role.UNKNOWN

    def _of_variable(self, term: OperationTerm) -> Role:
        start = term.operands[0] if term.operands else next((value for _, value in term.keywords), None)
        if start is None:
            return Role.UNKNOWN
        inside = list(walk(start, 60))
        if any(self.of(one) in {Role.PARAMETERS, Role.LOSS} for one in inside):
            return Role.UNKNOWN  # a copy: nothing was computed of it
        if _holds_two(start):
            return Role.PARAMETERS
        return Role.EXAMPLE if isinstance(start, LiteralTerm) else Role.UNKNOWN

    def _of_arithmetic(self, name: str, term: OperationTerm, inner: list[Role]) -> Role:
        first = inner[0] if inner else Role.UNKNOWN
        second = inner[1] if len(inner) > 1 else None
        if name == "Subscript":
            if first is Role.PARAMETERS:
                return Role.PART
            return (
                first if first in {Role.DATA, Role.GRADIENT, Role.PREDICTION, Role.LOSS} else _only({first})
            )
        if name in {"UAdd", "element", "each"}:
            return first if first is not Role.PARAMETERS else Role.UNKNOWN
        if name == "Pow" or (name in {"Mult", "multiply"} and second is Role.RESIDUAL):
            if first is Role.RESIDUAL:
                return Role.LOSS
            if Role.LOSS in {first, second}:
                return Role.UNKNOWN
        if Role.LOSS in {first, second}:
            return self._of_scaled_loss(name, term, first, second)
        found = {one for one in inner if one is not Role.NUMBER}
        if not found:
            return Role.NUMBER
        if Role.UNKNOWN in found or Role.GRADIENT in found or Role.BLANK in found:
            return Role.UNKNOWN
        if name in _DIFFERENCES and second is not None:
            fitted = {Role.PREDICTION, Role.PARAMETERS, Role.PART}
            if Role.PREDICTION in {first, second} and Role.DATA in {first, second}:
                return Role.RESIDUAL
            if {first, second} <= fitted | {Role.DATA} and Role.DATA in {first, second}:
                return Role.RESIDUAL
        if Role.RESIDUAL in found:
            return Role.RESIDUAL if name in {"USub", "negative", "Mult", "Div"} else Role.UNKNOWN
        if found & {Role.PARAMETERS, Role.PART, Role.PREDICTION}:
            return Role.PREDICTION if found & {Role.DATA, Role.EXAMPLE, Role.PREDICTION} else Role.UNKNOWN
        return _only(found)

    def _of_scaled_loss(self, name: str, term: OperationTerm, first: Role, second: Role | None) -> Role:
        """A loss made larger, smaller or added to is still one; a negated one is not."""
        other = term.operands[1] if first is Role.LOSS and len(term.operands) > 1 else term.operands[0]
        positive = not (
            isinstance(other, LiteralTerm) and isinstance(other.value, int | float) and other.value <= 0
        )
        if name in {"Add", "add"} and (first is second or Role.NUMBER in {first, second}):
            return Role.LOSS
        if name in {"Mult", "multiply"} and Role.NUMBER in {first, second} and positive:
            return Role.LOSS
        if name in {"Div", "divide"} and first is Role.LOSS and second is not Role.PARAMETERS and positive:
            return Role.LOSS
        return Role.UNKNOWN

    def _of_call(self, term: OperationTerm, inner: list[Role]) -> Role:
        """A function whose body is not shown, by the handout's name for it or a telling one."""
        last = _last(term)
        given = {*inner, *(self.of(value) for _, value in term.keywords)}
        if last == "model":
            return Role.PREDICTION
        if last == "len":
            return Role.NUMBER
        named_so = last == "training_loss" or (is_named_as_loss(last) and last.lower() != "loss")
        if named_so and given & {Role.PARAMETERS, Role.PREDICTION}:
            return Role.LOSS
        return Role.UNKNOWN

    def _compares(self, values: Iterable[Term]) -> bool:
        found = {self.of(value) for value in values}
        return Role.DATA in found and bool(found & {Role.PREDICTION})


def _last(term: OperationTerm) -> str:
    return term.name.rpartition(".")[2]


def _only(found: Collection[Role]) -> Role:
    return next(iter(found)) if len(found) == 1 else Role.UNKNOWN


def _holds_two(start: Term) -> bool:
    """Whether a start value holds two numbers, as the handout's parameters do."""
    match start:
        case GroupTerm(items=items, keys=None):
            return len(items) == 2
        case OperationTerm(operands=[LiteralTerm(value=2), *_]):
            return True
        case OperationTerm(operands=[GroupTerm(items=[LiteralTerm(value=2)]), *_]):
            return True
        case OperationTerm(operands=[inner, *_], name=name) if name.rpartition(".")[2] in _SAME_VALUE:
            return _holds_two(inner)
        case OperationTerm(keywords=keywords):
            return any(key == "shape" and _shape_of_two(value) for key, value in keywords)
        case _:
            return False


def _shape_of_two(value: Term) -> bool:
    match value:
        case LiteralTerm(value=2):
            return True
        case GroupTerm(items=[LiteralTerm(value=2)]):
            return True
        case _:
            return False
