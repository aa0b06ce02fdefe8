"""What can be said of terms without running anything: whether a condition holds, what an operator gives."""

from __future__ import annotations

from typing import Any

from grader.checks.terms import (
    FreeTerm,
    GroupTerm,
    LiteralTerm,
    MemberTerm,
    ModuleTerm,
    OpaqueTerm,
    OperationTerm,
    ProductTerm,
    RoutineTerm,
    Term,
    operation,
)


def element_of(value: Term, index: Term) -> Term:
    """One of what a group holds, if that can be told."""
    if isinstance(value, GroupTerm) and isinstance(index, LiteralTerm):
        if value.keys is not None:
            for key, item in zip(value.keys, value.items, strict=True):
                if key is not None and type(key) is type(index.value) and key == index.value:
                    return item
        elif isinstance(index.value, int) and -len(value.items) <= index.value < len(value.items):
            return value.items[index.value]
    return operation("Subscript", (value, index))


def folded(name: str, left: Term, right: Term) -> Term:
    """What two operands of an operator give; lists that are added are one list."""
    if name == "Mult" and isinstance(left, LiteralTerm) and isinstance(right, LiteralTerm):
        return operation(name, (left, right))
    if (
        name == "Add"
        and isinstance(left, GroupTerm)
        and isinstance(right, GroupTerm)
        and not (left.keys or right.keys)
    ):
        return GroupTerm((*left.items, *right.items))
    return operation(name, (left, right))


def unary(name: str, operand: Term) -> Term:
    """What an operator gives of one operand."""
    if name == "Not":
        holds = truth(operand)
        return OpaqueTerm("not") if holds is None else LiteralTerm(not holds)
    if name == "USub" and isinstance(operand, LiteralTerm) and isinstance(operand.value, int | float):
        return LiteralTerm(-operand.value)
    return operation(name, (operand,))


def compared(name: str, left: Term, right: Term) -> Term:
    """A comparison, decided where both sides are known."""
    if isinstance(left, LiteralTerm) and isinstance(right, LiteralTerm):
        one, other = left.value, right.value
        match name:
            case "Eq" | "Is":
                return LiteralTerm(type(one) is type(other) and one == other)
            case "NotEq" | "IsNot":
                return LiteralTerm(not (type(one) is type(other) and one == other))
            case "Lt" | "LtE" | "Gt" | "GtE" if _numeric(one) and _numeric(other):
                first, second = float(one), float(other)  # type: ignore[arg-type] # numbers, as just seen
                order = {"Lt": first < second, "LtE": first <= second, "Gt": first > second}
                return LiteralTerm(order.get(name, first >= second))
    if (
        name in {"Is", "IsNot"}
        and isinstance(right, LiteralTerm)
        and right.value is None
        and isinstance(left, ProductTerm)
    ):
        return LiteralTerm(name == "IsNot")
    return operation("compared", (left, right))


def truth(term: Term) -> bool | None:
    """Whether a condition holds; None if reading cannot tell."""
    match term:
        case LiteralTerm(value=value):
            return bool(value)
        case GroupTerm(items=items):
            return bool(items)
        case FreeTerm(name="__debug__"):
            return True
        case OperationTerm(name="compared", operands=(FreeTerm(name="__name__"), _)):
            return True
        case OperationTerm(name="range"):
            return not is_empty(term)
        case RoutineTerm() | ModuleTerm():
            return True
        case _:
            return None


def is_empty(term: Term) -> bool:
    """Whether nothing can be taken out of it, one by one."""
    match term:
        case GroupTerm(items=items):
            return not items
        case LiteralTerm(value=str(text)):
            return not text
        case OperationTerm(name="range", operands=operands):
            numbers = [
                one.value for one in operands if isinstance(one, LiteralTerm) and isinstance(one.value, int)
            ]
            if len(numbers) != len(operands) or not numbers or (len(numbers) > 2 and numbers[2] == 0):
                return False
            return not range(*numbers[:3])
        case _:
            return False


def dotted(term: Term) -> str:
    """The dotted name of a function, if it is one of something free or imported; else nothing."""
    match term:
        case FreeTerm(name=name) | ModuleTerm(name=name):
            return name
        case MemberTerm(owner=owner, name=name):
            before = dotted(owner)
            return f"{before}.{name}" if before else ""
        case _:
            return ""


def member_of(owner: Term, attr: str) -> Term:
    """An attribute of something, or of something imported."""
    if isinstance(owner, ModuleTerm):
        return ModuleTerm(f"{owner.name}.{attr}")
    return MemberTerm(owner, attr)


def root_of(term: Term) -> Term:
    """What the attributes of attributes begin with."""
    while isinstance(term, MemberTerm):
        term = term.owner
    return term


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
