"""Question 1: whether a right call is what trains: what becomes of what it gives."""

from __future__ import annotations

from grader.checks.flow_events import FlowCall, FlowReading
from grader.checks.terms import GroupTerm, RecorderTerm
from grader.documents.core.document import Document
from grader.model import Value
from reference.gradient.gradient_call import GradientReading, doubtful, judge_call, wrong
from reference.gradient.gradient_effect import Effect, effect, same_variable
from reference.gradient.mistakes import GradientMistake
from reference.gradient.role_names import Role
from reference.gradient.roles import role
from reference.gradient.shown_code import CodePart
from reference.gradient.training_flow import TrainingStep


class Program(Value, frozen=True, eq=False):
    """The code of one document that shares its names, as it was followed."""

    document: Document
    parts: tuple[CodePart, ...]
    flow: FlowReading
    steps: tuple[TrainingStep, ...]
    run: bool


def judge_in_program(call: FlowCall, program: Program) -> GradientReading:
    """Judges a call, and what becomes of what it gives."""
    reading = judge_call(call)
    tampered = [
        one for one in program.flow.tampering if "gradi" in one.source.lower() or one.segment == call.segment
    ]
    if not reading.right and not reading.only_names:
        return reading
    if program.run and tampered:
        return doubtful(f"{tampered[0].source!r} changes what the code means")
    if program.flow.cut and program.run:
        return doubtful("not all of the code could be followed")
    if not call.sure:
        return doubtful("whether it is computed depends on a condition")
    if not _is_recorded(call, program):
        return doubtful("what it is the gradient of was not computed while the tape recorded")
    used = _judge_use(call, program)
    return reading if used.right else used


def _is_recorded(call: FlowCall, program: Program) -> bool:
    return True if not program.run else isinstance(call.receiver, RecorderTerm)


def _judge_use(call: FlowCall, program: Program) -> GradientReading:
    """What becomes of what the call gives: whether it moves the parameters, and which way."""
    source = call.argument(1, "sources")
    grouped = isinstance(source, GroupTerm)
    steps = [step for step in program.steps if step.dormant == call.dormant or call.dormant]
    own = [step for step in steps if source is None or same_variable(step.target, source)]
    if not program.run:  # each listing of a report stands by itself, unless it uses what another one computed
        own = [
            step
            for step in own
            if step.segment == call.segment
            or _direction(step, call.index, grouped=grouped) is not Effect.NONE
        ]
    found = {_direction(step, call.index, grouped=grouped) for step in own}
    if not own and any(_direction(step, call.index, grouped=grouped) is not Effect.NONE for step in steps):
        return doubtful("it moves something else than it was taken with regard to")
    if Effect.AGAINST in found:
        if Effect.ALONG in found or Effect.UNCLEAR in found:
            return doubtful("it is used in several ways")
        sure = any(
            step.sure for step in own if _direction(step, call.index, grouped=grouped) is Effect.AGAINST
        )
        return _used(right=sure)
    if Effect.UNCLEAR in found:
        return doubtful("something else is done to it before it is used")
    if Effect.ALONG in found:
        return wrong(GradientMistake.UPHILL)
    if own:
        return wrong(GradientMistake.NOT_USED)
    return _judge_name(call, program, grouped=grouped)


def _used(*, right: bool) -> GradientReading:
    """Used as it should be, or only under a condition."""
    return GradientReading(right=True) if right else doubtful("it is used under a condition")


def _direction(step: TrainingStep, call: int, *, grouped: bool) -> Effect:
    found = effect(step.value, call, grouped=grouped)
    if step.sign > 0:
        return found
    return {Effect.ALONG: Effect.AGAINST, Effect.AGAINST: Effect.ALONG}.get(found, found)


def _judge_name(call: FlowCall, program: Program, *, grouped: bool) -> GradientReading:
    """Where no update is shown: what the name that it was given holds in the end."""
    held = [
        (binding, effect(binding.after, call.index, grouped=grouped))
        for binding in program.flow.bindings
        if (binding.dormant == call.dormant or call.dormant)
        and (program.run or binding.segment == call.segment)
    ]
    first = next((binding for binding, found in held if found is not Effect.NONE), None)
    if first is None:
        # Part of an expression: "-tape.gradient(...)" by itself is seen in the binding; a bare call is fine.
        bound = next((one for one, _ in held if (one.segment, one.line) == (call.segment, call.line)), None)
        return _used(right=True) if bound is None else wrong(GradientMistake.NOT_USED)
    last = [found for binding, found in held if binding.name == first.name][-1]
    match last:
        case Effect.ALONG:
            if program.run:
                return doubtful("no step that uses it was found")
            return _used(right=True)
        case Effect.NONE:
            later = [one.after for one, _ in held if one.name == first.name][-1]
            if role(later) is Role.GRADIENT and not program.run:  # another call under the same name
                return _used(right=True)
            return wrong(GradientMistake.NOT_USED)
        case Effect.AGAINST:
            return doubtful("it is turned round where it is kept")
        case _:
            return doubtful("something else is done to the gradient")
