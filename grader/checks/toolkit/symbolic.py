"""Expressions in symbols: read without evaluating anything, compared by SymPy in a process that is ended in time."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from grader.model import Value

MAX_TEXT: Final = 300  # characters of an expression
SECONDS: Final = 20.0
_MEMORY: Final = 2 << 30  # bytes
_MAX_CONSTANT: Final = 1e12
_FUNCTIONS: Final = frozenset(("sqrt", "exp", "log", "ln", "sin", "cos", "tan", "abs"))
_MAX_POWER: Final = 12
_FRACTION: Final = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ONE: Final = r"(?:\(\s?[^\W_]{1,12}\s?\)|\{\s?[^\W_]{1,12}\s?\}|[^\W_]{1,12})"  # of an index or a power, perhaps in brackets
_INDEX: Final = re.compile(rf"(?<=[A-Za-z0-9])_({_ONE})")
_POWER_BEFORE_INDEX: Final = re.compile(rf"\b([A-Za-z]+)\s?\^\s?({_ONE})_({_ONE})")
_E_TO: Final = re.compile(r"(?<![^\W_])e\s*\*\*\s*(\([^()]{1,80}\)|-?\w{1,30})")
_TEXT: Final = re.compile(r"\\(?:text|mathrm|mathit|mathbf|operatorname)\s*\{([^{}]*)\}")


class Outcome(StrEnum):
    """How two expressions compare."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


class Parsed(Value, frozen=True):
    """An expression: its source as Python, the symbols in it, and whether it is made of the four operations alone."""

    source: str
    names: frozenset[str]
    rational: bool

    def at(self, point: Mapping[str, Fraction]) -> Fraction | None:
        """Its exact value there; None where it has none, or is not rational."""
        if not self.rational:
            return None
        try:
            return _value(ast.parse(self.source, mode="eval").body, point)
        except (ZeroDivisionError, OverflowError, KeyError):
            return None


def parse(text: str, spelled: Mapping[str, str]) -> Parsed | None:
    """An expression in the symbols, in plain notation or TeX; None for what is none. `spelled` maps spellings to symbols."""
    if len(text) > MAX_TEXT:
        return None
    source = indices_first(_TEXT.sub(r"\1", text))
    for _ in range(6):
        source, count = _FRACTION.subn(r"((\1)/(\2))", source)
        if not count:
            break
    for spelling in sorted(spelled, key=len, reverse=True):
        words = r"[\s_-]{1,3}".join(re.escape(word) for word in spelling.split())
        source = re.sub(
            rf"(?<![^\W_]){words}(?![^\W_])",
            f" {spelled[spelling]} ",
            source,
            flags=re.I if " " in spelling else 0,
        )
    for was, now in (
        ("\\cdot", "*"),
        ("\\times", "*"),
        ("·", "*"),
        ("×", "*"),
        ("⋅", "*"),
        ("−", "-"),
        ("÷", "/"),
        ("^", "**"),
        ("{", "("),
        ("}", ")"),
        ("[", "("),
        ("]", ")"),
        ("\\left", ""),
        ("\\right", ""),
        ("\\,", " "),
        ("\\", ""),
    ):
        source = source.replace(was, now)
    source = re.sub(
        r"(\d|\)|\b[A-Za-z]\w*)\s*(?=\()",
        lambda found: found[0].strip() + ("" if found[1] in _FUNCTIONS else "*"),
        source,
    )
    source = re.sub(
        r"(\d)\s*(?=[A-Za-z])|(\))\s*(?=[\w(])", lambda found: (found[1] or found[2]) + "*", source
    )
    source = re.sub(r"([A-Za-z]\w*)\s+(?=[A-Za-z])", r"\1*", source.strip())
    source = _E_TO.sub(lambda found: f"exp({found[1]})", source.strip())
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    symbols = frozenset(spelled.values())
    names: set[str] = set()
    rational = True
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                if name not in symbols and name not in _FUNCTIONS:
                    return None
                if name in symbols:
                    names.add(name)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS and len(node.args) == 1:
                rational = False
            case ast.Constant(value=value):
                if (
                    isinstance(value, bool)
                    or not isinstance(value, int | float)
                    or abs(value) > _MAX_CONSTANT
                ):
                    return None
            case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=power)) if (
                isinstance(power, int) and abs(power) <= _MAX_POWER
            ):
                pass
            case ast.BinOp(op=ast.Pow()):
                rational = False
            case (
                ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div())
                | ast.UnaryOp(op=ast.USub() | ast.UAdd())
            ):
                pass
            case ast.operator() | ast.unaryop() | ast.expr_context():
                pass
            case _:
                return None
    return Parsed(ast.unparse(tree), frozenset(names), rational)


def indices_first(text: str) -> str:
    """Powers behind the indices of what they belong to, and indices without brackets: ``s^2_{p}`` is ``s_p^2``."""
    turned = _POWER_BEFORE_INDEX.sub(r"\1_\3^\2", text)
    return _INDEX.sub(lambda found: "_" + found[1].strip("(){} "), turned)


def raised(one: Parsed, power: Fraction) -> Parsed:
    """An expression to a power."""
    if power == 1:
        return one
    whole = power.denominator == 1
    return Parsed(
        f"({one.source})**({power.numerator}/{power.denominator})"
        if not whole
        else f"({one.source})**{power.numerator}",
        one.names,
        one.rational and whole,
    )


def _value(node: ast.expr, point: Mapping[str, Fraction]) -> Fraction:
    match node:
        case ast.Name(id=name):
            return point[name]
        case ast.Constant(value=value):
            return Fraction(str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, point)
        case ast.UnaryOp(operand=operand):
            return _value(operand, point)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _value(left, point) ** int(_value(right, point))
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(left, point), _value(right, point)
            match op:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case _:
                    return one / other
    raise KeyError(type(node).__name__)


def compare(one: Parsed, other: Parsed) -> Outcome:
    """Whether two expressions are equal, as SymPy tells within `SECONDS`, in a process of its own."""
    command = [sys.executable, "-c", f"from {__name__} import main; main()"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and the expressions go in as data
            command,
            input=json.dumps([one.source, other.source]),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return Outcome.UNKNOWN
    told = done.stdout.strip()
    return Outcome(told) if done.returncode == 0 and told in set(Outcome) else Outcome.UNKNOWN


def main() -> None:
    """In the other process: reads two expressions, prints an outcome."""
    _bound_memory()
    equal = difference_is_zero(*json.loads(sys.stdin.read()))
    print(Outcome.UNKNOWN if equal is None else Outcome.EQUAL if equal else Outcome.DIFFERENT)


def difference_is_zero(one: str, other: str) -> bool | None:
    """In the other process: SymPy's answer, its symbols taken as positive; None where it does not know."""
    import sympy  # noqa: PLC0415 - heavy, and only in that process

    left, right = (_symbolic(ast.parse(source, mode="eval").body, sympy) for source in (one, other))
    rest = sympy.simplify(left - right)
    if rest == 0:
        return True
    told = rest.equals(0)
    return None if told is None else bool(told)


def _bound_memory() -> None:
    """A power of a power may ask for more than there is."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _symbolic(node: ast.expr, sympy: Any) -> Any:
    """The tree as SymPy's: built piece by piece, nothing is evaluated as Python."""
    name = "log" if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ln" else ""
    match node:
        case ast.Name(id=symbol):
            return sympy.Symbol(symbol, positive=True)
        case ast.Constant(value=value):
            return sympy.Rational(str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_symbolic(operand, sympy)
        case ast.UnaryOp(operand=operand):
            return _symbolic(operand, sympy)
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            made = getattr(sympy, name or {"abs": "Abs"}.get(function, function))
            return made(_symbolic(argument, sympy))
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _symbolic(left, sympy), _symbolic(right, sympy)
            match op:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
                case ast.Div():
                    return one / other
                case _:
                    return one**other
    raise ValueError(type(node).__name__)
