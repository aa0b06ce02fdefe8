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
from grader.checks.code import BLANK, Call, find_calls, parse_expression
from grader.checks.dataflow import read_flow
from grader.checks.flow_events import FlowCall, Interest
from grader.checks.listings import CodeListing, parse_listing, python_of_cell
from grader.checks.terms import Term
from grader.documents.core.document import Block, BlockKind, Document
from grader.model import Value
from reference.gradient.by_hand import HandMade, made_by_hand
from reference.gradient.gradient_call import GradientReading, doubtful, judge_call, wrong
from reference.gradient.gradient_use import Program, judge_in_program
from reference.gradient.mistakes import GradientMistake
from reference.gradient.role_names import HANDOUT_NAMES
from reference.gradient.shown_code import (
    EXCERPT,
    METHODS,
    CodePart,
    blocks_that_may_hold_code,
    find_any,
    is_cell,
    may_hold_code,
    parts_of_words,
)
from reference.gradient.training_flow import UPDATES, training_steps

INTEREST: Final = Interest(METHODS | UPDATES, METHODS, frozenset(("GradientTape",)))


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


class CodeEvidence(Value, frozen=True, eq=False):
    """All computations, what is used in place of one, and the programs that they stand in."""

    computations: tuple[Computation, ...]
    by_hand: tuple[tuple[Block, HandMade, bool], ...]
    programs: tuple[Program, ...]


def read_code(answer: Answer) -> CodeEvidence:
    """Follows all code that was handed in."""
    kept = {(block.place, block.kind) for block in answer.everything}
    visible = [*blocks_that_may_hold_code(answer)]
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
                if block.place.source == document.name and not is_cell(block) and may_hold_code(block)
            ),
            key=lambda block: order.get(block.place, 0),
        )
        program = _program(document, list(parts_of_words(own)), known, run=False)
        programs.append(program)
        computations.extend(_computations(program))
        by_hand.extend(_hand_made(program))
    return CodeEvidence(tuple(computations), tuple(by_hand), tuple(programs))


def _program(
    document: Document, parts: Sequence[CodePart], known: Mapping[str, Term], *, run: bool
) -> Program:
    flow = read_flow([part.listing for part in parts], INTEREST, known)
    return Program(document, tuple(parts), flow, tuple(training_steps(flow)), run)


def _computations(program: Program) -> Iterator[Computation]:
    flow = program.flow
    seen: dict[int, set[int]] = {}
    for call in flow.calls:
        if call.name not in METHODS:
            continue
        part = program.parts[call.segment]
        text, stance, line = call.source, Stance.ASSERTED, call.line
        if call.line >= EXCERPT:
            found = part.excerpts[call.line - EXCERPT]
            text, line = found.text, found.line
            stance = _stance(part, found)
        elif part.block.kind is not BlockKind.CODE:
            stance = _stance_of_line(part, line, call.name)
        seen.setdefault(call.segment, set()).add(line)
        reading = judge_in_program(call, program)
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
