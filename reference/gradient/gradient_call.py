"""Question 1: which two things a student hands to ``tape.gradient``, and what a wrong pair shows to be misunderstood.

The right pair is the value of the loss and the variable of the linear model's parameters, under whatever name.
Nothing is run here: what a name means where the call stands was followed by `grader.checks.dataflow`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from grader.checks.flow_events import FlowCall
from grader.checks.terms import (
    EitherTerm,
    FreeTerm,
    InstanceTerm,
    LiteralTerm,
    MemberTerm,
    ModuleTerm,
    RecorderTerm,
    Term,
)
from grader.model import Value
from reference.gradient.gradient_messages import MESSAGES, GradientMistake
from reference.gradient.role_names import Role
from reference.gradient.roles import role


class GradientReading(Value, frozen=True):
    """How a computation reads: right, wrong for certain (then `mistake` says how), or in `doubt` for a person.

    `only_names` says that the doubt is about nothing but what a name means, which running the code can settle.
    """

    right: bool
    mistake: GradientMistake = GradientMistake.NONE
    doubt: str = ""
    only_names: bool = False
    culprit: str = ""

    @property
    def wrong(self) -> bool:
        """Whether it is wrong, for certain, and more than left blank."""
        return self.mistake not in {GradientMistake.NONE, GradientMistake.NOT_FILLED_IN}

    @property
    def blank(self) -> bool:
        """Whether the place for the answer was left as it was."""
        return self.mistake is GradientMistake.NOT_FILLED_IN


RIGHT: Final = GradientReading(right=True)
_TARGETS: Final[Mapping[Role, GradientMistake]] = {
    Role.LOSS_FUNCTION: GradientMistake.FUNCTION,
    Role.DATA: GradientMistake.DATA,
    Role.MODEL: GradientMistake.MODEL,
    Role.PREDICTION: GradientMistake.PREDICTION,
    Role.RESIDUAL: GradientMistake.RESIDUAL,
    Role.GRADIENT: GradientMistake.GRADIENT,
    Role.TAPE: GradientMistake.TAPE,
    Role.NUMBER: GradientMistake.LITERAL,
    Role.EXAMPLE: GradientMistake.EXAMPLE,
}
_SOURCES: Final = {**_TARGETS, Role.RESIDUAL: GradientMistake.PREDICTION}
_TARGET_WORDS: Final = ("target", "y")
_COMPUTED_ANEW: Final = re.compile(r"\w+\s?\([^()]{0,200}\)")  # training_loss(parameters)
_HARMLESS: Final = frozenset(("unconnected_gradients", "name"))


def wrong(mistake: GradientMistake, culprit: str = "") -> GradientReading:
    """Wrong for certain."""
    return GradientReading(right=False, mistake=mistake, culprit=culprit)


def doubtful(why: str, *, only_names: bool = False) -> GradientReading:
    """For a person."""
    return GradientReading(right=False, doubt=why, only_names=only_names)


def judge_call(call: FlowCall) -> GradientReading:
    """Judges the receiver and the arguments of one call; what becomes of its value is judged elsewhere."""
    target, source = call.argument(0, "target"), call.argument(1, "sources")
    pair = _judge_pair(call, target, source)
    if not pair.right:
        return pair
    if call.name != "gradient":
        return doubtful(f"it is a call of {call.name!r}")
    receiver = _judge_receiver(call)
    if (
        receiver.right
        and isinstance(call.receiver, FreeTerm)
        and _COMPUTED_ANEW.fullmatch(_written(call, 0, "target"))
    ):
        return doubtful("the loss is computed in the call itself; whether the tape records that is not shown")
    return _judge_further(call) if receiver.right else receiver


def _judge_pair(call: FlowCall, target: Term | None, source: Term | None) -> GradientReading:
    first = Role.UNKNOWN if target is None else role(target)
    second = Role.UNKNOWN if source is None else role(source)
    written = dict(zip(("first", "second"), call.written, strict=False))
    one, two = _written(call, 0, "target"), _written(call, 1, "sources")
    if Role.BLANK in {first, second} or (call.arguments == () and not call.keywords and not call.open_ended):
        return wrong(GradientMistake.NOT_FILLED_IN)
    if call.open_ended and (target is None or source is None):
        return doubtful(
            "the arguments are unpacked from something that could not be followed", only_names=True
        )
    if target is None or source is None:
        return wrong(GradientMistake.INCOMPLETE, next(iter(written.values()), ""))
    if first is Role.LOSS and second is Role.PARAMETERS:
        return RIGHT
    if first is Role.PARAMETERS and second in {Role.LOSS, Role.LOSS_FUNCTION}:
        return wrong(GradientMistake.SWAPPED)
    if first is second and first in {Role.LOSS, Role.PARAMETERS}:
        return wrong(GradientMistake.SAME)
    if first in _TARGETS:
        return wrong(_TARGETS[first], one)
    if second in _SOURCES:
        return wrong(_SOURCES[second], two)
    unclear = [text for text, kind in ((one, first), (two, second)) if kind in {Role.UNKNOWN, Role.PART}]
    return doubtful(
        "what " + " and ".join(map(repr, unclear)) + " is could not be told",
        only_names=first in {Role.LOSS, Role.UNKNOWN} and second in {Role.PARAMETERS, Role.UNKNOWN},
    )


def _written(call: FlowCall, position: int, name: str) -> str:
    """The source of an argument, by position or by name."""
    if len(call.arguments) > position:
        return call.written[position] if position < len(call.written) else ""
    names = [key for key, _ in call.keywords]
    number = names.index(name) if name in names else -1
    behind = len(call.written) - len(names) + number
    return call.written[behind] if number >= 0 and 0 <= behind < len(call.written) else ""


def _judge_receiver(call: FlowCall) -> GradientReading:
    match call.receiver:
        case RecorderTerm():
            return RIGHT
        case FreeTerm(name="tf" | "np" | "numpy" | "tensorflow" | "keras" | "model" | "optimizer"):
            return wrong(GradientMistake.NO_TAPE)
        case FreeTerm():
            return RIGHT  # an excerpt: the line that binds it is not shown
        case ModuleTerm() | InstanceTerm():
            return wrong(GradientMistake.NO_TAPE)
        case EitherTerm():
            return doubtful("which object is asked for the gradient depends on a condition")
        case MemberTerm(owner=FreeTerm(name="self")):
            return RIGHT
        case _:
            return doubtful("what is asked for the gradient could not be told")


def _judge_further(call: FlowCall) -> GradientReading:
    """Further arguments: a weight on what comes out is no part of the question."""
    weights = list(call.arguments[2:3])
    weights += [value for key, value in call.keywords if key not in {"target", "sources", *_HARMLESS}]
    if any(not (isinstance(weight, LiteralTerm) and weight.value is None) for weight in weights):
        return wrong(GradientMistake.TOO_MANY)
    if call.open_ended:
        return doubtful("further arguments are unpacked from something that could not be followed")
    return RIGHT


def told(reading: GradientReading, call: str, first: str = "", second: str = "") -> tuple[str, str]:
    """The message for the student and its question, with the call quoted as it stands."""
    message, hint = MESSAGES[reading.mistake]
    named = f"`{reading.culprit}`" if reading.culprit else "one of the arguments"
    quoted = f"`{' '.join(call.split())[:160]}`"
    words = {
        "call": quoted,
        "first": f"`{first}`" if first else "the first",
        "second": f"`{second}`" if second else "the second",
        **dict.fromkeys(("function", "data", "model", "literal"), named),
    }
    return message.format(**words), hint
