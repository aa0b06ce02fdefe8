"""Question 1, the code of a submission: every computation of a gradient, where it stands, and how it reads.

A notebook's cells are one program, what is shown in a report another; both are followed in the order in which they
would run. A call in the middle of words is read with what the code around has shown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from grader.checks.answer import Answer
from grader.checks.claims import Stance, stance_at
from grader.checks.code import BLANK, Call, clean, find_calls, parse_expression, parse_statements, statements
from grader.checks.dataflow import read_flow
from grader.checks.flow_events import FlowCall, FlowReading, Interest
from grader.checks.listings import CodeListing, parse_listing, python_of_cell
from grader.checks.terms import GroupTerm, RecorderTerm, Term
from grader.documents.core.document import Block, BlockKind, Document
from grader.model import Value
from reference.gradient.by_hand import HandMade, made_by_hand
from reference.gradient.gradient_call import GradientReading, doubtful, judge_call, wrong
from reference.gradient.mistakes import GradientMistake
from reference.gradient.roles import HANDOUT_NAMES, Role, role
from reference.gradient.training_flow import (
    UPDATES,
    Effect,
    TrainingStep,
    effect,
    same_variable,
    training_steps,
)

METHODS: Final = frozenset(("gradient", "jacobian", "gradients", "gradiant", "gradien", "batch_jacobian"))
INTEREST: Final = Interest(METHODS | UPDATES, METHODS, frozenset(("GradientTape",)))
_EXCERPT: Final = 1_000_000  # line numbers from here on are those of calls in words
_SHOWS_CODE: Final = re.compile(r"\.\s?gradi\w{1,6}\s?\(|GradientTape|\.assign|\bassign\(|training_loss\(")
_READ: Final = frozenset(
    (BlockKind.CODE, BlockKind.PROSE, BlockKind.MATHS, BlockKind.TABLE, BlockKind.HEADING, BlockKind.OUTPUT)
)


class CodePart(Value, frozen=True, eq=False):
    """A block with its listing; `excerpts` are the calls that stand in words."""

    block: Block
    listing: CodeListing
    excerpts: tuple[Call, ...] = ()


class Computation(Value, frozen=True, eq=False):
    """One computation of a gradient: `call` is None where it could not be followed.

    `run`: it stands in a notebook's cells, `inert`: in a comment, a string, or where nothing runs it (`why`).
    `given`: it is the handout's worked example.
    """

    block: Block
    text: str
    reading: GradientReading
    call: FlowCall | None = None
    run: bool = False
    inert: bool = False
    given: bool = False
    stance: Stance = Stance.ASSERTED
    why: str = ""


class Program(Value, frozen=True, eq=False):
    """The code of one document that shares its names, as it was followed."""

    document: Document
    parts: tuple[CodePart, ...]
    flow: FlowReading
    steps: tuple[TrainingStep, ...]
    run: bool


class CodeEvidence(Value, frozen=True, eq=False):
    """All computations, what is used in place of one, and the programs that they stand in."""

    computations: tuple[Computation, ...]
    by_hand: tuple[tuple[Block, HandMade, bool], ...]
    programs: tuple[Program, ...]


def read_code(answer: Answer) -> CodeEvidence:
    """Follows all code that was handed in."""
    kept = {(block.place, block.kind) for block in answer.everything}
    visible = [*_shown(answer)]
    order = {
        block.place: number for document in answer.documents for number, block in enumerate(document.blocks)
    }
    computations: list[Computation] = []
    by_hand: list[tuple[Block, HandMade, bool]] = []
    programs: list[Program] = []
    known: dict[str, Term] = {}
    for document in answer.documents:
        cells = [block for block in document.blocks if is_cell(block)]
        if not cells:
            continue
        parts = [CodePart(block, parse_listing(python_of_cell(block.text))) for block in cells]
        program = _program(document, parts, {}, run=True)
        programs.append(program)
        known |= {name: term for name, term in program.flow.names.items() if name not in HANDOUT_NAMES}
        allowed = {id(block) for block in cells if (block.place, block.kind) in kept}
        computations.extend(one for one in _computations(program) if id(one.block) in allowed)
        by_hand.extend(one for one in _hand_made(program) if id(one[0]) in allowed)
    for document in answer.documents:
        own = sorted(
            (
                block
                for block in visible
                if block.place.source == document.name and not is_cell(block) and _may_hold_code(block)
            ),
            key=lambda block: order.get(block.place, 0),
        )
        program = _program(document, list(_shown_parts(own)), known, run=False)
        programs.append(program)
        computations.extend(_computations(program))
        by_hand.extend(_hand_made(program))
    return CodeEvidence(tuple(computations), tuple(by_hand), tuple(programs))


def _shown(answer: Answer) -> Iterator[Block]:
    """What may hold code. A line with a filled-in call is read as it stood, whatever was taken out of it as given."""
    places = set()
    for document in answer.documents:
        for block in document.blocks:
            if block.kind in _READ and any(BLANK not in call.text for call in find_any(block.text)):
                places.add((block.place, block.kind))
                yield block
    yield from (
        block
        for block in answer.everything
        if block.kind in _READ and (block.place, block.kind) not in places
    )


def is_cell(block: Block) -> bool:
    """Whether a block is a notebook's code cell (a listing in its Markdown has a line)."""
    return block.kind is BlockKind.CODE and block.place.cell is not None and block.place.line is None


def _may_hold_code(block: Block) -> bool:
    """Not what a notebook's cell printed: that is no source."""
    return block.kind is not BlockKind.OUTPUT or block.place.cell is None


def _program(
    document: Document, parts: Sequence[CodePart], known: Mapping[str, Term], *, run: bool
) -> Program:
    flow = read_flow([part.listing for part in parts], INTEREST, known)
    return Program(document, tuple(parts), flow, tuple(training_steps(flow)), run)


def _shown_parts(blocks: Sequence[Block]) -> Iterator[CodePart]:
    skipped = False
    for number, block in enumerate(blocks):
        text = block.text
        if skipped and not find_any(text):
            skipped = False
            continue
        skipped = False
        if block.kind is BlockKind.CODE and not _is_cut_off(text):
            listing = parse_listing(text)
            lines = set(listing.unread)
            calls = [call for call in find_any(listing.text) if call.line in lines and not call.commented]
            yield CodePart(block, _with_calls(listing, calls), tuple(calls))
            continue
        if _is_cut_off(text) and number + 1 < len(
            blocks
        ):  # the rest of the call was taken for another paragraph
            text = f"{text}\n{blocks[number + 1].text[:200]}"
            skipped = True
        if _SHOWS_CODE.search(clean(text)):
            yield _words_with_code(block, text)


def find_any(text: str) -> list[Call]:
    """All calls by a name that is meant for ``gradient``, in order."""
    found = [call for method in METHODS for call in find_calls(text, method)]
    return sorted(found, key=lambda call: call.start)


def _is_cut_off(text: str) -> bool:
    calls = find_any(text)
    return (
        bool(calls)
        and not calls[-1].parsed
        and BLANK not in calls[-1].text
        and not calls[-1].text.endswith(")")
    )


def _with_calls(listing: CodeListing, calls: Sequence[Call]) -> CodeListing:
    """A listing with the calls that stand in lines that are no Python put in, each by itself."""
    made = list(_as_statements(calls))
    if not made:
        return listing
    body = sorted([*listing.tree.body, *(tree for _, tree in made)], key=lambda tree: _place(tree, made))
    return CodeListing(ast.Module(body, []), listing.text, listing.unread, listing.flat)


def _as_statements(calls: Sequence[Call]) -> Iterator[tuple[int, ast.stmt]]:
    for number, call in enumerate(calls):
        tree = parse_expression(call.text) if call.parsed else None
        if tree is not None:
            for node in ast.walk(tree):
                if hasattr(node, "lineno"):
                    node.lineno = _EXCERPT + number
            statement = ast.Expr(tree)
            ast.copy_location(statement, tree)
            yield call.line, statement


def _place(tree: ast.stmt, made: Sequence[tuple[int, ast.stmt]]) -> int:
    return next((line for line, one in made if one is tree), tree.lineno)


def _words_with_code(block: Block, text: str) -> CodePart:
    """Words in which code stands: whole lines of it are followed, calls within other lines are read by themselves."""
    cleaned = clean(text)
    body: list[ast.stmt] = []
    covered: set[int] = set()
    for statement in statements(cleaned):
        trees = parse_statements(statement.source)
        if trees and all(map(_is_code_line, trees)):
            for tree in trees:
                ast.increment_lineno(tree, statement.line - 1)
            body.extend(trees)
            covered.update(
                range(statement.line, statement.line + _height(cleaned, statement.line, statement.source))
            )
    listing = CodeListing(ast.Module(body, []), cleaned, (), flat=True)
    calls = [call for call in find_any(text) if call.line not in covered]
    return CodePart(block, _with_calls(listing, calls), tuple(calls))


def _height(text: str, line: int, source: str) -> int:
    """How many lines a logical line takes, near enough."""
    lines = text.split("\n")[line - 1 : line + 11]
    depth = 0
    for number, one in enumerate(lines, start=1):
        depth += sum(one.count(sign) for sign in "([{") - sum(one.count(sign) for sign in ")]}")
        if depth <= 0:
            return number
    return len(lines) if source else 1


def _is_code_line(tree: ast.stmt) -> bool:
    match tree:
        case ast.Assign(targets=[ast.Name() | ast.Tuple() | ast.List()], value=value):
            return not isinstance(value, ast.Constant)
        case ast.AugAssign() | ast.With() | ast.For() | ast.FunctionDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Call()):
            return True
        case _:
            return False


def _computations(program: Program) -> Iterator[Computation]:
    flow = program.flow
    seen: dict[int, set[int]] = {}
    for call in flow.calls:
        if call.name not in METHODS:
            continue
        part = program.parts[call.segment]
        text, stance, line = call.source, Stance.ASSERTED, call.line
        if call.line >= _EXCERPT:
            found = part.excerpts[call.line - _EXCERPT]
            text, line = found.text, found.line
            stance = _stance(part, found)
        elif part.block.kind is not BlockKind.CODE:
            stance = _stance_of_line(part, line, call.name)
        seen.setdefault(call.segment, set()).add(line)
        reading = _judged(call, program)
        yield Computation(
            part.block,
            _as_written(part.listing.text, line, text),
            reading,
            call,
            run=program.run,
            inert=call.dormant and program.run,
            given=_is_example(call, reading, program),
            stance=stance,
            why="It stands in a function that nothing calls." if call.dormant else "",
        )
    for number, part in enumerate(program.parts):
        yield from _not_followed(part, seen.get(number, set()), run=program.run)


def _stance_of_line(part: CodePart, line: int, name: str) -> Stance:
    """The stance to the first call that begins in a line."""
    call = next((one for one in find_calls(part.listing.text, name) if one.line == line), None)
    return Stance.ASSERTED if call is None else _stance(part, call)


def _stance(part: CodePart, call: Call) -> Stance:
    """The stance to a call in words; a question mark that ends a sentence and was read as a blank is one again."""
    asked = _ASKED.sub("?".ljust(len(BLANK)), part.listing.text)
    return stance_at(asked.replace(BLANK, "?" * len(BLANK)), call.start, call.end)[0]


_ASKED: Final = re.compile(rf"(?<=[)\]`'\"]){BLANK}")


def _as_written(text: str, line: int, source: str) -> str:
    """The line of the code as it stands, if it is one line; else the call."""
    lines = text.split("\n")
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    whole = bool(shown) and shown.count("(") == shown.count(")") and len(shown) <= 160 and "gradi" in shown
    return (shown if whole else " ".join(source.split())).replace(BLANK, "???")


def _not_followed(part: CodePart, seen: set[int], *, run: bool) -> Iterator[Computation]:
    """Calls that stand there, but in a comment, in a string, in dead code, or in no Python at all."""
    in_words = {call.start for call in part.excerpts}
    listed = part.block.kind is BlockKind.CODE
    text = part.block.text if run else part.listing.text
    for call in find_any(text):
        written = call.text.replace(BLANK, "???")
        if call.commented:
            if call.line not in seen:
                yield _inert(part.block, written, "It stands in a comment.", call, run=run)
        elif not call.parsed and (call.start in in_words or not listed or call.line in part.listing.unread):
            if BLANK in call.text:
                reading = wrong(GradientMistake.NOT_FILLED_IN)
            else:
                reading = doubtful("what stands between the brackets is no Python as it was read")
            yield Computation(part.block, written, reading, run=run)
        elif listed and call.start not in in_words and call.line not in seen:
            yield _inert(part.block, written, "It stands where nothing runs it.", call, run=run)


def _inert(block: Block, text: str, why: str, call: Call, *, run: bool) -> Computation:
    tree = parse_expression(call.text) if call.parsed else None
    reading = doubtful("it is never run")
    if tree is not None:
        statement = ast.Expr(tree)
        ast.copy_location(statement, tree)
        flow = read_flow([CodeListing(ast.Module([statement], []), "")], INTEREST)
        if flow.calls:
            reading = judge_call(flow.calls[0])
    return Computation(block, text, reading, run=run, inert=True, why=why)


def _judged(call: FlowCall, program: Program) -> GradientReading:
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
        return judged_use(right=sure)
    if Effect.UNCLEAR in found:
        return doubtful("something else is done to it before it is used")
    if Effect.ALONG in found:
        return wrong(GradientMistake.UPHILL)
    if own:
        return wrong(GradientMistake.NOT_USED)
    return _judge_name(call, program, grouped=grouped)


def judged_use(*, right: bool) -> GradientReading:
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
        return judged_use(right=True) if bound is None else wrong(GradientMistake.NOT_USED)
    last = [found for binding, found in held if binding.name == first.name][-1]
    match last:
        case Effect.ALONG:
            if program.run:
                return doubtful("no step that uses it was found")
            return judged_use(right=True)
        case Effect.NONE:
            later = [one.after for one, _ in held if one.name == first.name][-1]
            if role(later) is Role.GRADIENT and not program.run:  # another call under the same name
                return judged_use(right=True)
            return wrong(GradientMistake.NOT_USED)
        case Effect.AGAINST:
            return doubtful("it is turned round where it is kept")
        case _:
            return doubtful("something else is done to the gradient")


def _is_example(call: FlowCall, reading: GradientReading, program: Program) -> bool:
    """The handout's worked example: its own tape recorded ``y``, and no training step stands on it."""
    if reading.mistake is not GradientMistake.EXAMPLE:
        return False
    text = program.parts[call.segment].listing.text
    shows = re.search(
        r"\by\s*=\s*x\s*\*\s*x\b|\by\s*=\s*x\s*\*\*\s*2\b|\by\s*=\s*tf\.(?:square|pow)\(x", text
    )
    return shows is not None and "training_loss" not in text


def _hand_made(program: Program) -> Iterator[tuple[Block, HandMade, bool]]:
    for found in made_by_hand(program.flow, program.steps):
        yield program.parts[found.segment].block, found, program.run
