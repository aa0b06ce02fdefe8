"""What a value in somebody's code is made of, as far as reading can tell: the terms that `dataflow` computes with.

A term is a tree of small frozen values. Nothing in it is run, and its size is bounded: what grows beyond is `Opaque`.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.model import Value

MAX_SIZE = 600  # parts of one term


class Term(Value, frozen=True, eq=False):
    """Base of all terms. They are compared by identity: two readings of one name are the same object."""


class FreeTerm(Term, frozen=True, eq=False):
    """A name that nothing in the code binds: it means what it means to whoever reads it."""

    name: str


class LiteralTerm(Term, frozen=True, eq=False):
    """A number, a string, ``True``, ``None``."""

    value: object


class GroupTerm(Term, frozen=True, eq=False):
    """A list, tuple or set; of a dictionary the values, with `keys` beside them (None for what is no literal)."""

    items: tuple[Term, ...]
    keys: tuple[object, ...] | None = None


class OperationTerm(Term, frozen=True, eq=False):
    """Something computed of its operands: ``+``, ``-``, ``*`` and the like, ``[]``, or the dotted name of a function.

    Of a method the receiver is the first operand, and `method` is true. `result` is what a function defined in
    the code gives for these operands. `size` counts the parts.
    """

    name: str
    operands: tuple[Term, ...]
    keywords: tuple[tuple[str, Term], ...] = ()
    method: bool = False
    result: Term | None = None
    size: int = 1


class MemberTerm(Term, frozen=True, eq=False):
    """An attribute of something: ``tf.float32``, ``parameters.shape``."""

    owner: Term
    name: str


class ModuleTerm(Term, frozen=True, eq=False):
    """Something imported, by its full dotted name."""

    name: str


class RecorderTerm(Term, frozen=True, eq=False):
    """What ``with ...Recorder() as name`` binds; `number` tells one from another."""

    number: int


class RoutineTerm(Term, frozen=True, eq=False):
    """A function defined in the code, by its number in the reading."""

    name: str
    number: int


class InstanceTerm(Term, frozen=True, eq=False):
    """Something of a class that is defined in the code: what its methods do is not followed."""

    name: str


class ProductTerm(Term, frozen=True, eq=False):
    """What a call that is of interest gives; `call` is its index in the reading."""

    call: int


class EitherTerm(Term, frozen=True, eq=False):
    """One of several, by a condition that reading cannot decide."""

    options: tuple[Term, ...]


class OpaqueTerm(Term, frozen=True, eq=False):
    """Something that was not followed."""

    source: str = ""
    parts: tuple[Term, ...] = ()


def parts(term: Term) -> tuple[Term, ...]:
    """What a term is directly made of; of a followed call, its result and its operands."""
    match term:
        case GroupTerm(items=inner) | EitherTerm(options=inner) | OpaqueTerm(parts=inner):
            return inner
        case OperationTerm():
            keywords = tuple(value for _, value in term.keywords)
            return (*term.operands, *keywords, *((term.result,) if term.result is not None else ()))
        case MemberTerm(owner=owner):
            return (owner,)
        case _:
            return ()


def walk(term: Term, limit: int = 4 * MAX_SIZE) -> Iterator[Term]:
    """A term and all it is made of, each object once, at most `limit` of them."""
    waiting, seen = [term], {id(term)}
    while waiting and limit > 0:
        limit -= 1
        current = waiting.pop()
        yield current
        for inner in parts(current):
            if id(inner) not in seen:
                seen.add(id(inner))
                waiting.append(inner)


def term_size(term: Term) -> int:
    """How many parts a term has, as far as that was counted."""
    match term:
        case OperationTerm(size=counted):
            return counted
        case GroupTerm(items=inner) | EitherTerm(options=inner) | OpaqueTerm(parts=inner):
            return 1 + sum(map(term_size, inner))
        case MemberTerm(owner=owner):
            return 1 + term_size(owner)
        case _:
            return 1


def operation(
    name: str,
    operands: tuple[Term, ...],
    keywords: tuple[tuple[str, Term], ...] = (),
    *,
    method: bool = False,
    result: Term | None = None,
) -> Term:
    """An `Operation`; `Opaque` with only the products of calls kept where it would grow too large."""
    inner = (*operands, *(value for _, value in keywords), *((result,) if result is not None else ()))
    total = 1 + sum(map(term_size, inner))
    if total > MAX_SIZE:
        kept = {part.call: part for one in inner for part in walk(one) if isinstance(part, ProductTerm)}
        return OpaqueTerm(name, tuple(kept.values())[:20])
    return OperationTerm(name, operands, keywords, method, result, total)


def merged(one: Term, other: Term) -> Term:
    """One of two, told apart only where they differ."""
    if one is other or same(one, other):
        return one
    options = [*(one.options if isinstance(one, EitherTerm) else (one,))]
    for option in other.options if isinstance(other, EitherTerm) else (other,):
        if not any(option is known or same(option, known) for known in options):
            options.append(option)
    made = EitherTerm(tuple(options))
    return (
        made
        if len(options) <= 6 and term_size(made) <= MAX_SIZE
        else OpaqueTerm("one of many", made.options[:6])
    )


def same(one: Term, other: Term, depth: int = 8) -> bool:
    """Whether two terms say the same, looked at to a small depth."""
    if one is other:
        return True
    if type(one) is not type(other) or depth <= 0:
        return False
    match one, other:
        case FreeTerm(name=a), FreeTerm(name=b):
            return a == b
        case ModuleTerm(name=a), ModuleTerm(name=b):
            return a == b
        case LiteralTerm(value=x), LiteralTerm(value=y):
            return type(x) is type(y) and x == y
        case ProductTerm(call=i), ProductTerm(call=j):
            return i == j
        case RecorderTerm(number=i), RecorderTerm(number=j):
            return i == j
        case RoutineTerm(number=i), RoutineTerm(number=j):
            return i == j
        case OperationTerm(name=a), OperationTerm(name=b):
            if a != b:
                return False
        case MemberTerm(name=a), MemberTerm(name=b):
            if a != b:
                return False
        case GroupTerm() | EitherTerm(), _:
            pass
        case _:
            return False
    left, right = parts(one), parts(other)
    return len(left) == len(right) and all(same(a, b, depth - 1) for a, b in zip(left, right, strict=True))
