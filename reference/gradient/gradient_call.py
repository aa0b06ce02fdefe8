"""Question 1: which two things a student hands to ``tape.gradient``, and what a wrong pair shows to be misunderstood.

The right pair is the value of the loss and the variable of the linear model's parameters, under whatever name.
Nothing is run here: names are followed through the student's own assignments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from grader.checks.code import BLANK, Bindings, Call, parse_expression
from grader.model import Value


class Role(StrEnum):
    """What an argument is, in the terms of the lab's notebook."""

    LOSS = "loss"
    LOSS_FUNCTION = "loss function"
    PARAMETERS = "parameters"
    DATA = "data"
    MODEL = "model"
    PREDICTION = "prediction"
    GRADIENT = "gradient"
    EXAMPLE = "example"
    TAPE = "tape"
    NUMBER = "number"
    BLANK = "blank"
    UNKNOWN = "unknown"


class Mistake(StrEnum):
    """What a wrong pair of arguments shows. The message for each is in `MESSAGES`."""

    NONE = ""
    NOT_FILLED_IN = "not-filled-in"
    SWAPPED = "swapped"
    FUNCTION = "function"
    DATA = "data"
    EXAMPLE = "example"
    MODEL = "model"
    PREDICTION = "prediction"
    GRADIENT = "gradient"
    TAPE = "tape"
    LITERAL = "literal"
    SAME = "same"
    INCOMPLETE = "incomplete"


class Judged(Value, frozen=True):
    """`certain` is false where a person must look; then `mistake` is empty."""

    right: bool
    certain: bool
    mistake: Mistake = Mistake.NONE
    doubt: str = ""


# The names of the handout's cells 20-24 (docs/lab.md), and what they stand for.
HANDOUT_NAMES: Final[Mapping[str, Role]] = {
    "loss": Role.LOSS,
    "parameters": Role.PARAMETERS,
    "training_loss": Role.LOSS_FUNCTION,
    "model": Role.MODEL,
    "examples_x": Role.DATA,
    "examples_y": Role.DATA,
    "test_x": Role.DATA,
    "test_y": Role.DATA,
    "train_images": Role.DATA,
    "train_labels": Role.DATA,
    "gradient": Role.GRADIENT,
    "tape": Role.TAPE,
    "x": Role.EXAMPLE,
    "y": Role.EXAMPLE,
    BLANK: Role.BLANK,
}
_LIKE_LOSS: Final = re.compile(r"(?:\w*loss\w*|cost|error|err|mse|sse|rss|L)", re.I)
_LIKE_PARAMETERS: Final = re.compile(
    r"(?:\w*param\w*|theta|weights?|variables?|vars?|coeff\w*|koeff\w*|θ)", re.I
)
_REDUCTIONS: Final = frozenset(("reduce_sum", "reduce_mean", "mean_squared_error", "sum", "mean"))
_MAX_STEPS: Final = 8  # of following names and brackets

MESSAGES: Final[Mapping[Mistake, tuple[str, str]]] = {
    Mistake.NOT_FILLED_IN: (
        "The gradient computation is not filled in: the question marks are still there.",
        "Which number should training make smaller, and what may it change to do so?",
    ),
    Mistake.SWAPPED: (
        "The two arguments are the wrong way round (swapped).",
        "Read the call aloud: the gradient of the first argument, with regard to the second. Which of the two does training change?",
    ),
    Mistake.FUNCTION: (
        "The first argument is a function, not the value it gives: the tape records values that were computed inside the `with` block.",
        "Which line inside the `with` block computes a value, and what is that value called?",
    ),
    Mistake.DATA: (
        "The training data stand among the arguments, but data are fixed: training does not change them.",
        "What does each step of gradient descent change? Look at the line after the gradient.",
    ),
    Mistake.EXAMPLE: (
        "These are the variables of the worked example (y = x * x), not those of the linear regression.",
        "The example shows the form of the call. What plays the part of y here, and what that of x?",
    ),
    Mistake.MODEL: (
        "The model itself stands among the arguments; it is a function, and no value that a gradient can be taken of or with regard to.",
        "What are the numbers inside the model that training adjusts?",
    ),
    Mistake.PREDICTION: (
        "The gradient is taken of the model's prediction; making predictions smaller does not make them better.",
        "Which number says how far the predictions are from the examples?",
    ),
    Mistake.GRADIENT: (
        "The gradient stands among its own arguments.",
        "`gradient` is the result of this line. What goes in?",
    ),
    Mistake.TAPE: ("The tape itself stands among the arguments.", "The tape records. What did it record?"),
    Mistake.LITERAL: (
        "A fixed number stands among the arguments; the gradient of a constant is always zero.",
        "Which values here change during training?",
    ),
    Mistake.SAME: (
        "Both arguments are the same thing.",
        "A gradient tells how one thing changes when another does. Which two?",
    ),
    Mistake.INCOMPLETE: (
        "Only one argument is given; a gradient needs two.",
        "The gradient of which node, and with regard to which variable?",
    ),
}

_TARGETS: Final[Mapping[Role, Mistake]] = {
    Role.LOSS_FUNCTION: Mistake.FUNCTION,
    Role.DATA: Mistake.DATA,
    Role.MODEL: Mistake.MODEL,
    Role.PREDICTION: Mistake.PREDICTION,
    Role.GRADIENT: Mistake.GRADIENT,
    Role.TAPE: Mistake.TAPE,
    Role.NUMBER: Mistake.LITERAL,
    Role.EXAMPLE: Mistake.EXAMPLE,
    Role.BLANK: Mistake.NOT_FILLED_IN,
}
_SOURCES: Final[Mapping[Role, Mistake]] = {
    Role.LOSS_FUNCTION: Mistake.FUNCTION,
    Role.DATA: Mistake.DATA,
    Role.MODEL: Mistake.MODEL,
    Role.GRADIENT: Mistake.GRADIENT,
    Role.TAPE: Mistake.TAPE,
    Role.NUMBER: Mistake.LITERAL,
    Role.EXAMPLE: Mistake.EXAMPLE,
    Role.BLANK: Mistake.NOT_FILLED_IN,
    Role.PREDICTION: Mistake.PREDICTION,
}


def role(source: str, known: Bindings, *, steps: int = _MAX_STEPS) -> Role:
    """What an argument is: by the student's own assignments, by the handout's names, or by a telling name."""
    tree = parse_expression(source)
    return Role.UNKNOWN if tree is None else _role(tree, known, steps)


def _role(tree: ast.expr, known: Bindings, steps: int) -> Role:
    if steps <= 0:
        return Role.UNKNOWN
    match tree:
        case ast.Name(id=name):
            return _role_of_name(name, known, steps)
        case ast.Constant():
            return Role.NUMBER
        case ast.UnaryOp(operand=ast.Constant()):
            return Role.NUMBER
        case ast.List(elts=elements) | ast.Tuple(elts=elements) if elements:
            inner = {_role(element, known, steps - 1) for element in elements}
            return inner.pop() if len(inner) == 1 else Role.UNKNOWN
        case ast.Call():
            return _role_of_call(tree, known, steps)
        case ast.Dict(values=values) if len(values) == 1:
            return _role(values[0], known, steps - 1)
        case _:
            return Role.UNKNOWN


def _role_of_name(name: str, known: Bindings, steps: int) -> Role:
    bound = known.names.get(name)
    if bound is not None and bound != name:
        tree = parse_expression(bound)
        found = Role.UNKNOWN if tree is None else _role(tree, known, steps - 1)
        # The worked example binds x to a plain number; a name of the handout keeps its meaning then.
        if found not in {Role.UNKNOWN, Role.NUMBER}:
            return found
    if name in HANDOUT_NAMES:
        return HANDOUT_NAMES[name]
    if name in known.functions:
        return Role.LOSS_FUNCTION if _LIKE_LOSS.fullmatch(name) else Role.MODEL
    if _LIKE_LOSS.fullmatch(name) and not name.endswith(("_fn", "_function", "_func")):
        return Role.LOSS
    if _LIKE_LOSS.fullmatch(name.removesuffix("_fn").removesuffix("_function").removesuffix("_func")):
        return Role.LOSS_FUNCTION
    return Role.PARAMETERS if _LIKE_PARAMETERS.fullmatch(name) else Role.UNKNOWN


def _role_of_call(call: ast.Call, known: Bindings, steps: int) -> Role:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            pass
        case _:
            return Role.UNKNOWN
    inner = [_role(argument, known, steps - 1) for argument in call.args]
    if name == "model":
        return Role.PREDICTION
    if name == "gradient":
        return Role.GRADIENT
    if name in _REDUCTIONS and re.search(r"\bmodel\(", ast.unparse(call)):
        return Role.LOSS
    if name == "Variable" and call.args and _holds_two(call.args[0]):
        return Role.PARAMETERS
    if isinstance(call.func, ast.Name):
        called = _role_of_name(name, known, steps - 1)
        # `loss(parameters)` calls a value, unless the student defined a function of that name.
        if called is Role.LOSS_FUNCTION or (called is Role.LOSS and name in known.functions):
            return Role.LOSS if Role.PARAMETERS in inner else Role.UNKNOWN
    return Role.UNKNOWN


def _holds_two(tree: ast.expr) -> bool:
    """Whether a variable's start value holds two numbers, as the handout's parameters do."""
    match tree:
        case ast.List(elts=[_, _]) | ast.Tuple(elts=[_, _]):
            return True
        case ast.Call(args=[ast.Constant(value=2), *_]):
            return True
        case ast.Call(
            args=[ast.List(elts=[ast.Constant(value=2)]) | ast.Tuple(elts=[ast.Constant(value=2)]), *_]
        ):
            return True
        case ast.Call(args=[inner, *_]):
            return isinstance(inner, ast.List | ast.Tuple) and len(inner.elts) == 2
        case _:
            return False


def judge_call(call: Call, known: Bindings) -> Judged:
    """Judges one call of ``gradient``. What is no Python, or uses names of no known meaning, is for a person."""
    if not call.parsed:
        if BLANK in call.text:
            return _wrong(Mistake.NOT_FILLED_IN)
        return Judged(
            right=False, certain=False, doubt="what stands between the brackets is no Python as it was read"
        )
    target, source = call.argument(0, "target"), call.argument(1, "sources")
    return judge_pair(target, source, known)


def judge_pair(target: str | None, source: str | None, known: Bindings) -> Judged:
    """Judges the two arguments as written; either may be missing."""
    first = Role.UNKNOWN if target is None else role(target, known)
    second = Role.UNKNOWN if source is None else role(source, known)
    if Role.BLANK in {first, second}:
        return _wrong(Mistake.NOT_FILLED_IN)
    if target is None or source is None:
        return _wrong(Mistake.INCOMPLETE)
    if first is Role.LOSS and second is Role.PARAMETERS:
        return Judged(right=True, certain=True)
    if first is Role.PARAMETERS and second in {Role.LOSS, Role.LOSS_FUNCTION}:
        return _wrong(Mistake.SWAPPED)
    if first is second and first in {Role.LOSS, Role.PARAMETERS}:
        return _wrong(Mistake.SAME)
    if first in _TARGETS:
        return _wrong(_TARGETS[first])
    if second in _SOURCES:
        return _wrong(_SOURCES[second])
    if first is Role.PARAMETERS and second is Role.UNKNOWN:
        return Judged(right=False, certain=False, doubt=f"what {source!r} is could not be told")
    unclear = [text for text, kind in ((target, first), (source, second)) if kind is Role.UNKNOWN]
    return Judged(
        right=False, certain=False, doubt="what " + " and ".join(map(repr, unclear)) + " is could not be told"
    )


def _wrong(mistake: Mistake) -> Judged:
    return Judged(right=False, certain=True, mistake=mistake)


_THING: Final = r"[`'\"“”*_]{0,2}(?:the\s|node:?\s|value\sof\s|tensorflow\s|tensor\s|variables?:?\s|variabeln?:?\s|variablerna:?\s|our\s|noden:?\s|värdet\s(?:på|av)\s|linear\smodel'?s?\s|\w+'s\s|current\s|training\s(?=loss\b(?!_))){0,4}[`'\"“”*]{0,2}(?P<{0}>[A-Za-zÅÄÖåäö_][\w]{0,30})"
_OF: Final = (
    r"(?:gradient\w*|derivative\w*|derivat\w*|differentiate|derivera)\s(?:\w+\s){0,2}?(?:of|av|för|till):?\s"
)
_REGARD: Final = r"(?:with\s(?:regards?|respect)\sto|in\srespect\sto|w\.?\s?r\.?\s?t\.?|regarding|relative\sto|med\s(?:avseende|hänsyn)\s(?:på|till)|m\.?\s?a\.?\s?p\.?(?:\spå)?|with\sregard\sof)\s"
_PROSE: Final = (
    re.compile(
        _OF + _THING.replace("{0}", "target") + r"\b.{0,80}?\b" + _REGARD + _THING.replace("{0}", "source"),
        re.I | re.S,
    ),
    re.compile(
        _REGARD + _THING.replace("{0}", "source") + r"\b.{0,60}?\b" + _OF + _THING.replace("{0}", "target"),
        re.I | re.S,
    ),
)
_PAIR: Final = re.compile(
    r"\(?\s?[`'\"]?(?P<target>loss|parameters|training_loss|examples_[xy]|model)[`'\"]?\s?(?:,|and|och|&)\s?(?:then\s)?[`'\"]?(?P<source>loss|parameters|training_loss|examples_[xy]|model)[`'\"]?\s?\)?",
    re.I,
)
_WORDED: Final[Mapping[str, Role]] = {
    **dict.fromkeys(
        ("loss", "förlusten", "förlust", "lossen", "kostnaden", "error", "felet", "cost"), Role.LOSS
    ),
    **dict.fromkeys(
        (
            "parameters",
            "parameter",
            "parametrarna",
            "parametrar",
            "params",
            "parametern",
            "weights",
            "coefficients",
        ),
        Role.PARAMETERS,
    ),
}


class Statement(Value, frozen=True):
    """An answer in words: the two things it names, the passage, and how it is judged."""

    passage: str
    judged: Judged


def prose_answers(text: str, known: Bindings, *, bare_pair: bool = False) -> Sequence[Statement]:
    """Answers in words (``the gradient of loss with respect to parameters``); with `bare_pair` also ``loss, parameters``.

    A wrong pair in words is never certain: words are read too loosely for that.
    """
    shown = re.sub(r"\\_", "_", text[:20_000])
    found = []
    for pattern in (*_PROSE, *((_PAIR,) if bare_pair else ())):
        for match in pattern.finditer(shown):
            first, second = (_worded(match[name], known) for name in ("target", "source"))
            passage = " ".join(match[0].split())
            if first is Role.LOSS and second is Role.PARAMETERS:
                found.append(Statement(passage, Judged(right=True, certain=True)))
            elif {first, second} <= {Role.LOSS, Role.PARAMETERS}:
                found.append(
                    Statement(
                        passage,
                        Judged(
                            right=False, certain=False, doubt="the words name the two the other way round"
                        ),
                    )
                )
    return found


def _worded(word: str, known: Bindings) -> Role:
    return (
        _WORDED.get(word.lower(), Role.UNKNOWN) if word.lower() in _WORDED else _role_of_name(word, known, 3)
    )
