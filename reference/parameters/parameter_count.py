"""Question 2: whether an answer derives the first Dense layer's parameters from the network itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks.chains import Account, Passage, Worked, read_account
from grader.checks.claims import Stance
from grader.checks.derivation import ANSWER
from grader.checks.equations import Step
from grader.checks.expressions import leaves
from grader.documents.core.document import Block, BlockKind
from reference.parameters.count_formulas import COUNT, DERIVATION, OTHER_LAYERS, WEIGHTS
from reference.parameters.count_in_words import BiasShare, CountedWords, read_counted_words
from reference.parameters.count_messages import MAX_QUOTE
from reference.parameters.count_reading import CountOutcome, CountReading
from reference.parameters.count_sides import COUNT_WRITTEN, biases_may_follow, one_each, side_outcome
from reference.parameters.parameter_words import NEURONS, VOCABULARY

MAX_ROWS: Final = 60  # of a table
_WRAPPED: Final = re.compile(rf"(?<=\b{str(int(COUNT))[:-3]})\n(?={str(int(COUNT))[-3:]}\b)")
"""Where a line ends within the answer's own number: "100" and "480" are two lines."""
_SUM: Final = re.compile(r"\b(?:sum(?:ma)?|total\w*|tot\.?|together|tillsammans|altogether)\b|Σ", re.I)
_FEWEST_PARTS: Final = 2
MAX_FORMULA: Final = 200  # characters of a formula that anybody writes


def read_count(blocks: Sequence[Block]) -> CountReading:
    """Reads all the arithmetic and the counting words of an answer together: steps may be spread over several."""
    pieces = [(text, block) for block in blocks for text in _texts(block)]
    account = read_account([text for text, _ in pieces], DERIVATION, VOCABULARY)
    tables = [index for index, (_, block) in enumerate(pieces) if block.kind is BlockKind.TABLE]
    words = read_counted_words(account, frozenset(tables))
    sources = [block for _, block in pieces]
    added = _added_unread(account)
    found = [_judged(one, account, words, sources, added=added) for one in account.worked]
    found = [*_turned_round(account, sources), *found]
    asserted = [reading for reading, stance in found if stance is Stance.ASSERTED]
    rights = [one for one in asserted if one.outcome is CountOutcome.RIGHT]
    wrongs = [one for one in asserted if one.outcome is CountOutcome.MISTAKE]
    if rights:
        against = _against(rights[-1], wrongs, asserted)
        if against is None:
            return rights[0]
        return _conflict(rights[0], against)
    in_words = _in_words(words, account, wrongs, sources)
    if in_words is not None:
        asserted.append(in_words)
    withdrawn = [
        CountReading(CountOutcome.WITHDRAWN, one.quote, one.block, stance=stance)
        for one, stance in found
        if stance is not Stance.ASSERTED and one.outcome is not CountOutcome.NOTHING
    ]
    meant = [one for one in wrongs if one.claimed or one.mistake not in _MAY_BE_STEPS]
    if meant and withdrawn and not (in_words and in_words.outcome is CountOutcome.RIGHT):
        return meant[-1]  # "it is not A but B": B is the answer
    telling = [one for one in (*asserted, *withdrawn) if one.outcome is not CountOutcome.NOTHING]
    if any(one.mistake not in _MAY_BE_STEPS for one in wrongs):  # the step that it goes on from is no doubt
        telling = [
            one for one in telling if one.outcome is not CountOutcome.UNSURE or one.mistake != "no-bias"
        ]
    if not telling:
        if words.neurons and (words.parameters_per_neuron or words.explains_neuron):
            return CountReading(CountOutcome.UNSURE, "", sources[0])  # all of it in words, and no calculation
        bare = next((block for text, block in pieces if COUNT_WRITTEN.search(text)), None)
        return CountReading(CountOutcome.STATED, "", bare) if bare else CountReading(CountOutcome.NOTHING)
    return min(telling, key=_rank)


def _rank(reading: CountReading) -> tuple[int, bool, bool]:
    other_layer = reading.mistake in OTHER_LAYERS
    return _ORDER.index(reading.outcome), other_layer, not reading.claimed


_ENDS: Final = (". ", "; ", "! ", "? ", "\n")
_ORDER: Final = tuple(CountOutcome)
_MAY_BE_STEPS: Final = OTHER_LAYERS | {"no-bias", "added", "other-formula"}  # in a longer, right answer


def _texts(block: Block) -> list[str]:
    """The pieces of a block that are read as one each: of a table its rows, each cell under its heading."""
    if block.kind is not BlockKind.TABLE or len(block.rows) < 2:
        return [_WRAPPED.sub(" ", block.text)]
    heads = block.rows[0]
    if any(any(char.isdigit() for char in cell) for cell in heads):
        heads = ()
    texts = []
    for row in block.rows[1 if heads else 0 : MAX_ROWS]:
        if len(row) == 2:
            texts.append(": ".join(row))
            continue
        cells = [
            f"{heads[at]}: {cell}" if at and at < len(heads) and heads[at] else cell
            for at, cell in enumerate(row)
        ]
        texts.append(" ; ".join(cells))
    texts = ["\n".join(texts)] if all(len(row) == 2 for row in block.rows) else texts
    added = _summed(block.rows)
    return texts if added is None else [*texts, added]


def _summed(rows: Sequence[Sequence[str]]) -> str | None:
    """A table of parts and their sum as the calculation that it is; None if it is no such table."""
    *parts, last = rows
    total = _figure(last)
    if not _SUM.search(" ".join(last)) or not COUNT_WRITTEN.search(total):
        return None
    written = [_figure(row) for row in parts]
    terms = [one for one in written[1 if not written[0] else 0 :] if one]
    whole = len(terms) >= _FEWEST_PARTS and len(terms) >= len(parts) - 1
    return f"{' + '.join(terms)} = {total}" if whole else None


def _figure(row: Sequence[str]) -> str:
    """The figure of a row: the cell that calculates it, or the last number; empty if it has none."""
    cells = [
        cell.strip(" *_")
        for cell in row[1:]
        if re.search(r"\d", cell) and not re.search(r"[^\W\d_]{3}", cell)
    ]
    return next((cell for cell in cells if re.search(r"\d\s?[*x×·⋅]\s?\d", cell)), cells[-1] if cells else "")


def _judged(
    one: Worked, account: Account, words: CountedWords, sources: Sequence[Block], *, added: bool
) -> tuple[CountReading, Stance]:
    block = sources[one.passage.index]
    outcome, mistake = side_outcome(one, account, words)
    if outcome is CountOutcome.MISTAKE and mistake == "no-bias" and added:
        outcome = CountOutcome.UNSURE
    claimed = one.stated == COUNT
    run_on = Step.RUN_ON in one.chain.steps()
    return CountReading(outcome, _quote(one), block, mistake, run_on, claimed), one.stance


def _added_unread(account: Account) -> bool:
    """Whether, behind the weights, as many as there are neurons and then the answer stand in no calculation.

    Somebody added them in a way that is not read: a sum set out in columns whose signs were lost.
    """
    weights = next((one for one in account.worked if one.seen.mistake == "no-bias"), None)
    if weights is None or weights.stated == COUNT:
        return False
    wanted = [WEIGHTS, NEURONS, COUNT] if weights.stated is None else [NEURONS, COUNT]
    inside = {
        (one.passage.index, place)
        for one in account.worked
        for place in range(one.side.start, one.side.end)
        if one.side.end - one.side.start < MAX_FORMULA
    }
    for passage in account.passages[weights.passage.index :]:
        for token in passage.arithmetic.tokens:
            behind = passage is not weights.passage or token.start >= weights.side.end
            if token.number is None or not behind or (passage.index, token.start) in inside:
                continue
            if wanted[0] in token.number.readings:
                wanted.pop(0)
                if not wanted:
                    return True
    return False


def _sentence(passage: Passage, start: int, end: int) -> str:
    """The sentence around two places of a passage, as written; not more of it than a message can quote."""
    first = max(passage.text.rfind(mark, max(0, start - MAX_QUOTE), start) for mark in _ENDS) + 1
    ends = [at for mark in _ENDS if (at := passage.text.find(mark, end, end + MAX_QUOTE)) >= 0]
    return passage.quote(max(first, start - MAX_QUOTE), min(ends, default=end))


def _quote(one: Worked) -> str:
    return one.passage.quote(one.chain.start, one.chain.end)


def _turned_round(account: Account, sources: Sequence[Block]) -> list[tuple[CountReading, Stance]]:
    """Equations with the answer itself on one side that derive it all the same."""
    found = []
    for one, other in account.turned_round:
        holds_it = any(leaf.value == COUNT for leaf in leaves(one.side.tree)) or ANSWER in one.seen.grounds
        if holds_it and DERIVATION.turned_round(one.side.tree, other.side.tree, account.known):
            block = sources[one.passage.index]
            reading = CountReading(CountOutcome.RIGHT, _quote(one), block, claimed=True)
            found.append((reading, one.stance if one.stance is not Stance.ASSERTED else other.stance))
    return found


def _in_words(
    words: CountedWords, account: Account, wrongs: Sequence[CountReading], sources: Sequence[Block]
) -> CountReading | None:
    """What the words add to the arithmetic: the biases to weights that are worked out, or all of it."""
    weights = [  # whatever the stance: "not only 784*128" says what the weights are as well
        one
        for one in account.worked
        if one.seen.mistake == "no-bias" or (one.seen.mistake == "one-bias" and one_each(one, words))
    ]
    said_to_be_all = any(
        one.stated == COUNT and one.seen.mistake == "no-bias" and not one.side.unfinished for one in weights
    )
    others = [one for one in wrongs if one.mistake != "no-bias" and one.mistake not in OTHER_LAYERS]
    told = words.weights_per_neuron and (words.neurons or words.inputs)
    tabled = words.weights_in_all and words.neurons and words.inputs
    block = sources[words.passage] if words.passage is not None else None
    if block is None:
        return None
    quote = _sentence(account.passages[words.passage or 0], words.start, words.end)
    if not (weights or told or tabled):
        if words.biases is BiasShare.INPUTS and (words.neurons or words.inputs):
            return CountReading(CountOutcome.MISTAKE, quote, block, "bias-per-input")
        return None
    if words.biases is BiasShare.NEURONS:
        if said_to_be_all or others or words.other_weights:
            return CountReading(CountOutcome.UNSURE, quote, block)
        return CountReading(CountOutcome.RIGHT, _quote(weights[0]) if weights else quote, block)
    may_follow = not weights or any(biases_may_follow(one, words) for one in weights)
    if words.biases is BiasShare.UNSAID and (others or not may_follow):
        return None
    mistake = {BiasShare.INPUTS: "bias-per-input", BiasShare.LAYER: "one-bias"}.get(words.biases, "")
    if mistake:
        return CountReading(CountOutcome.MISTAKE, quote, block, mistake, claimed=True)
    return CountReading(CountOutcome.UNSURE, quote, block)


def _against(
    right: CountReading, wrongs: Sequence[CountReading], order: Sequence[CountReading]
) -> CountReading | None:
    """An assertion beside the right one that contradicts it: another formula said to come to the same number."""
    for one in wrongs:
        if (
            one.quote == right.quote
            or one.mistake in OTHER_LAYERS
            or one.mistake in {"from-the-answer", "from-the-total"}
        ):
            continue
        if one.claimed:
            return one
        if (
            one.mistake not in _MAY_BE_STEPS
            and "=" not in one.quote
            and order.index(one) > order.index(right)
        ):
            return one
    return None


def _conflict(right: CountReading, wrong: CountReading) -> CountReading:
    return CountReading(
        CountOutcome.CONFLICT,
        wrong.quote,
        wrong.block,
        wrong.mistake,
        other_quote=right.quote,
        other=right.block,
    )
