"""Question 1: every place where the answer may stand, in code or in words, as a candidate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks import Answer
from grader.checks.candidates import Candidate, Strength, Worth
from grader.checks.claims import Stance
from grader.documents.core.document import Block, BlockKind
from grader.model import Value
from reference.gradient.code_evidence import CodeEvidence, Computation
from reference.gradient.gradient_call import GradientReading
from reference.gradient.gradient_messages import GradientMistake
from reference.gradient.role_names import Role
from reference.gradient.shown_code import is_cell
from reference.gradient.worded_claim import WordedPair
from reference.gradient.worded_pair import worded_pairs

WORDS: Final = (BlockKind.PROSE, BlockKind.HEADING, BlockKind.MATHS, BlockKind.TABLE)


RIGHT_KEY: Final = "right"


class GradientCandidate(Value, frozen=True, eq=False):
    """A candidate with what it was made of: a computation, a claim in words, or something made by hand."""

    candidate: Candidate
    computation: Computation | None = None
    pair: WordedPair | None = None
    reading: GradientReading | None = None


def candidates_from_code(code: CodeEvidence, answer: Answer) -> Iterator[GradientCandidate]:
    """The computations of the code, and what is used in place of one."""
    places = _Places(answer)
    for computation in code.computations:
        if computation.given:
            continue
        reading = computation.reading
        worth = (
            Worth.RIGHT
            if reading.right
            else Worth.BLANK
            if reading.blank
            else Worth.WRONG
            if reading.wrong
            else Worth.UNCLEAR
        )
        strength = places.strength(computation.block)
        if computation.inert:
            strength = min(strength, Strength.INERT)
        if computation.stance is not Stance.ASSERTED and worth is not Worth.BLANK:
            strength = min(strength, Strength.NOT_MEANT)
        key = RIGHT_KEY if reading.right else str(reading.mistake or reading.doubt)
        candidate = Candidate(
            computation.block,
            computation.text,
            worth,
            strength,
            key,
            computation.stance,
            computation.why or (f"In the call, {reading.doubt}." if reading.doubt else ""),
            run=computation.run and not computation.inert,
        )
        yield GradientCandidate(candidate, computation, reading=reading)
    trained = any(one.reading.right and one.run and not one.inert for one in code.computations)
    for block, hand, run in code.by_hand:
        if trained and run:
            continue
        line = _line(block.text, hand.line)
        if hand.typed_in:
            reading = GradientReading(right=False, mistake=GradientMistake.TYPED_IN)
            worth, why = Worth.WRONG, "The gradient is typed in as fixed numbers."
        else:
            kind = "by differences of the loss" if hand.differences else "by a formula"
            reading = GradientReading(right=False, doubt=f"it is computed {kind}, without the tape")
            worth, why = Worth.UNCLEAR, f"No tape: the gradient is computed {kind}."
        candidate = Candidate(
            block, line, worth, places.strength(block), str(reading.mistake or "by hand"), why=why, run=run
        )
        yield GradientCandidate(candidate, reading=reading)


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    found = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return found or text.strip()[:200]


class _Places:
    """How much a block's place says: under the question, elsewhere, or where no reader sees it."""

    def __init__(self, answer: Answer) -> None:
        self.own = {(block.place, block.kind) for block in answer.section}

    def strength(self, block: Block) -> Strength:
        if block.unseen:
            return Strength.UNSEEN
        if not self.own or is_cell(block) or (block.place, block.kind) in self.own:
            return Strength.ANSWER
        return Strength.STRAY


def candidates_from_words(answer: Answer) -> Iterator[GradientCandidate]:
    """The claims in words, under the question first; comments are weak ones."""
    places = _Places(answer)
    own = [block for block in answer.section if block.kind in WORDS]
    rest = [
        block for block in answer.everything if block.kind in WORDS and not any(block is one for one in own)
    ]
    seen: set[tuple[str, str]] = set()
    for blocks, bare in ((_passages(own), True), (_passages(rest), False)):
        for block, text in blocks:
            for pair in worded_pairs(text, bare=bare):
                if not _is_about_training(pair) or (pair.passage, block.place.source) in seen:
                    continue
                seen.add((pair.passage, block.place.source))
                strength = places.strength(block)
                if not pair.asserted:
                    strength = min(strength, Strength.NOT_MEANT)
                right = pair.right and not pair.explains
                why = f"In words: {pair.stance}" + (f" ({pair.cue})." if pair.cue else ".")
                candidate = Candidate(
                    block,
                    pair.passage,
                    Worth.RIGHT if right else Worth.UNCLEAR,
                    strength,
                    RIGHT_KEY if right else "words",
                    pair.stance,
                    why if not pair.asserted else "In words.",
                )
                yield GradientCandidate(candidate, pair=pair)
    for block in answer.everything:
        if block.kind is BlockKind.CODE:
            comments = "\n".join(re.findall(r"#+(?!#)[ \t]*([^\n]{3,400})", block.text[:20_000]))
            for pair in worded_pairs(comments):
                if pair.right and pair.asserted:
                    candidate = Candidate(
                        block,
                        pair.passage,
                        Worth.RIGHT,
                        Strength.INERT,
                        RIGHT_KEY,
                        why="It stands in a comment.",
                    )
                    yield GradientCandidate(candidate, pair=pair)


def _is_about_training(pair: WordedPair) -> bool:
    return Role.LOSS in {pair.target, pair.source} or Role.PARAMETERS in {pair.target, pair.source}


_CHANGED: Final = re.compile(
    r"(?:[=(][^\S\n]?-[^\S\n]?|(?<=[^\S\n])-)(?:\w{1,12}\s?\.\s?)?gradients?\s?\([^()\n]{0,120}\)"
)
"""A call that is turned into another value: the words in its brackets are no answer in words."""


_ANSWERED: Final = re.compile(r"\?[^\S\n]{0,3}(?:->|=>|→|⇒|:|–)[^\S\n]{0,3}(?=\w)")
"""Between a question that was copied and the answer behind it."""


def _words(text: str) -> str:
    return _ANSWERED.sub(": ", _CHANGED.sub(" ", text))


def _passages(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Each block's words; a table read along and down; behind them all prose of one file as one."""
    for block in blocks:
        if block.kind is BlockKind.TABLE and block.rows:
            yield block, "\n".join(": ".join(cell.strip() for cell in row) for row in block.rows)
            for row in block.rows[1:6]:
                yield (
                    block,
                    "\n".join(
                        f"{head.strip()}: {cell.strip()}"
                        for head, cell in zip(block.rows[0], row, strict=False)
                    ),
                )
        else:
            yield block, _words(block.text)
    prose = [
        block for block in blocks if block.kind in {BlockKind.PROSE, BlockKind.HEADING} and not block.unseen
    ]
    for source in dict.fromkeys(block.place.source for block in prose):
        own = [block for block in prose if block.place.source == source]
        if len(own) > 1:
            yield own[0], _words("\n".join(block.text for block in own)[:20_000])
