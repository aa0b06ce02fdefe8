"""Question 2: whether an answer derives the first Dense layer's parameters from the network itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final

from grader.checks.arithmetic import Step
from grader.checks.chains import SLIP, Account, Worked, read_account
from grader.checks.claims import Stance
from grader.checks.derivation import ANSWER
from grader.checks.expressions import Operation, leaves
from grader.documents.core.document import Block, BlockKind
from grader.model import Value
from reference.parameters.count_formulas import COUNT, DERIVATION, OTHER_LAYERS, PER_NEURON, WEIGHTS
from reference.parameters.count_in_words import BiasShare, CountedWords, read_counted_words
from reference.parameters.parameter_words import NEURONS, VOCABULARY

MAX_ROWS: Final = 60  # of a table
MAX_FORMULA: Final = 200  # characters of a formula that anybody writes
_COUNT_WRITTEN: Final = re.compile(r"(?<!\d)100\W{0,3}480(?!\d)")
_BIAS_NAMED: Final = re.compile(
    r"\bbias\w*|\bintercept\w*|\bskärning\w*|\bkonstant\w*|\bconstant\w*|\boffset\b|\btröskel\w*|\+ ?b\b",
    re.I,
)
_STEPS_OF_INPUTS: Final = frozenset(("inputs", "inputs and bias", "weights"))
_WHOLE_LAYER: Final = frozenset(("side", "neurons"))


class CountOutcome(StrEnum):
    """What the arithmetic and the words of an answer come to; what a reader would rather believe stands first."""

    RIGHT = "right"
    CONFLICT = "conflict"  # right in one place, wrong in another
    SLIP = "slip"  # the right formula, but another number behind the equals sign
    TYPO = "typo"  # right but for one number that is a slip of the pen, or a bracket that is left out
    UNEXPLAINED = "unexplained"  # 785*128 or 100352+128 with nothing that says where 785 or 100352 comes from
    DAMAGED = "damaged"  # signs were lost on the way here
    WITHDRAWN = "withdrawn"  # the right formula, but its writer does not stand by it
    UNSURE = "unsure"
    MISTAKE = "mistake"
    UNRELATED = "unrelated"  # a true equality of other numbers
    STATED = "stated"  # the number, and no working
    NOTHING = "nothing"


class CountReading(Value, frozen=True):
    """What an answer to question 2 says: `quote` out of `block` is what the outcome rests on.

    `mistake` is an id of `DERIVATION`, or one of ``from-the-answer``, ``other-formula``. `claimed`: it is said to come to
    the number asked for. `other_quote` out of `other` is the other side of a conflict.
    """

    outcome: CountOutcome
    quote: str = ""
    block: Block | None = None
    mistake: str = ""
    run_on: bool = False
    claimed: bool = False
    other_quote: str = ""
    other: Block | None = None


def read_count(blocks: Sequence[Block]) -> CountReading:
    """Reads all the arithmetic and the counting words of an answer together: steps may be spread over several."""
    pieces = [(text, block) for block in blocks for text in _texts(block)]
    account = read_account([text for text, _ in pieces], DERIVATION, VOCABULARY)
    tables = [index for index, (_, block) in enumerate(pieces) if block.kind is BlockKind.TABLE]
    words = read_counted_words(account, frozenset(tables))
    sources = [block for _, block in pieces]
    added = _added_unread(account)
    found = [_judged(one, account, words, sources, added=added) for one in account.worked]
    found = [*_turned_round(account, words, sources), *found]
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
        CountReading(CountOutcome.WITHDRAWN, one.quote, one.block)
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
        bare = next((block for text, block in pieces if _COUNT_WRITTEN.search(text)), None)
        return CountReading(CountOutcome.STATED, "", bare) if bare else CountReading(CountOutcome.NOTHING)
    return min(telling, key=_rank)


def _rank(reading: CountReading) -> tuple[int, bool, bool]:
    other_layer = reading.mistake in OTHER_LAYERS
    return _ORDER.index(reading.outcome), other_layer, not reading.claimed


_SMALL: Final = frozenset((0, 1, 2, 3))  # exponents, and what is counted by hand
_ORDER: Final = tuple(CountOutcome)
_MAY_BE_STEPS: Final = OTHER_LAYERS | {"no-bias", "added", "other-formula"}  # in a longer, right answer


def _texts(block: Block) -> list[str]:
    """The pieces of a block that are read as one each: of a table its rows, each cell under its heading."""
    if block.kind is not BlockKind.TABLE or len(block.rows) < 2:
        return [block.text]
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
    return ["\n".join(texts)] if all(len(row) == 2 for row in block.rows) else texts


def _judged(
    one: Worked, account: Account, words: CountedWords, sources: Sequence[Block], *, added: bool
) -> tuple[CountReading, Stance]:
    block = sources[one.passage.index]
    outcome, mistake = _outcome(one, account, words)
    if outcome is CountOutcome.MISTAKE and mistake == "no-bias" and added:
        outcome = CountOutcome.UNSURE
    claimed = one.stated == COUNT
    run_on = Step.RUN_ON in one.chain.steps()
    return CountReading(outcome, one.chain.text, block, mistake, run_on, claimed), one.stance


def _outcome(one: Worked, account: Account, words: CountedWords) -> tuple[CountOutcome, str]:
    side, seen = one.side, one.seen
    doubtful = _doubtful(one)
    if seen.right:
        return _right(one, account, words)
    damaged = DERIVATION.lost_superscript(side.tree) or DERIVATION.glued(side.tree)
    if damaged or ((side.broken or _loses_a_sign(one)) and seen.quantities):
        return CountOutcome.DAMAGED, ""
    if seen.mistake:
        return _mistaken(one, words)
    if ANSWER in seen.grounds and side.value == COUNT:
        return CountOutcome.MISTAKE, "from-the-answer"
    if DERIVATION.is_slip(side.tree, account.known) or _lacks_brackets(one, account):
        return CountOutcome.TYPO, ""
    if side.value == COUNT:
        return (CountOutcome.UNSURE if seen.quantities else CountOutcome.UNRELATED), ""
    if ANSWER in seen.grounds:
        return CountOutcome.NOTHING, ""
    if one.stated == COUNT and side.value == PER_NEURON:
        return (
            CountOutcome.RIGHT if words.neurons else CountOutcome.UNSURE
        ), ""  # the factor stands in words
    if one.stated == COUNT:
        unclear = doubtful or side.unfinished
        return (CountOutcome.UNSURE if unclear else CountOutcome.MISTAKE), "other-formula"
    both = "neurons" in seen.quantities and bool(seen.quantities & {"side", *_STEPS_OF_INPUTS})
    strange = [one for one in seen.strange if one.value not in _SMALL]
    if both and not strange and not doubtful and not side.unfinished:
        return CountOutcome.MISTAKE, "other-formula"
    if seen.quantities >= _WHOLE_LAYER or (seen.quantities & _STEPS_OF_INPUTS and seen.strange):
        return CountOutcome.UNSURE, ""
    return CountOutcome.NOTHING, ""


def _right(one: Worked, account: Account, words: CountedWords) -> tuple[CountOutcome, str]:
    if ANSWER in one.seen.grounds:
        return CountOutcome.MISTAKE, "from-the-answer"
    if SLIP in one.seen.grounds:
        return CountOutcome.SLIP, ""
    if not _explained(one, account, words):
        return CountOutcome.UNEXPLAINED, ""
    if one.side.broken or _loses_a_sign(one):
        return CountOutcome.DAMAGED, ""
    if _stated_otherwise(one) or _goes_wrong(one):
        return (CountOutcome.DAMAGED if one.chain.doubtful else CountOutcome.SLIP), ""
    return CountOutcome.RIGHT, ""


def _mistaken(one: Worked, words: CountedWords) -> tuple[CountOutcome, str]:
    mistake = one.seen.mistake
    if one.side.unfinished or _doubtful(one):
        return CountOutcome.UNSURE, mistake
    if mistake == "no-bias" and _biases_may_follow(one, words):
        return CountOutcome.UNSURE, mistake  # the missing term may stand in words
    if mistake == "one-bias" and _one_each(one, words):
        return CountOutcome.UNSURE, mistake  # "784*128 + 1 bias per neuron"
    if _lacks_brackets_tree(one):
        return CountOutcome.TYPO, mistake
    return CountOutcome.MISTAKE, mistake


def _biases_may_follow(one: Worked, words: CountedWords) -> bool:
    """Whether words may add what the weights lack; a mere mention before them does not, where they are said to be all."""
    if words.biases is BiasShare.UNSAID and one.stated == COUNT:
        return words.passage is not None and (words.passage, words.start) > (
            one.passage.index,
            one.side.start,
        )
    return words.biases not in {BiasShare.NONE, BiasShare.INPUTS, BiasShare.LAYER}


def _doubtful(one: Worked) -> bool:
    """Whether signs may have been lost in the chain, so that a mismatch proves nothing."""
    if any(side.broken for side in one.chain.sides) or _loses_a_sign(one):
        return True
    spaced = [leaf for side in one.chain.sides for leaf in leaves(side.tree) if leaf.numeral.spaced]
    return Step.FALSE in one.chain.steps() and any(leaf.value not in {COUNT, WEIGHTS} for leaf in spaced)


def _loses_a_sign(one: Worked) -> bool:
    """Whether a number stands right behind the side that is not its result."""
    if not one.side.followed:
        return False
    after = one.passage.text[one.side.end : one.side.end + 24]
    return _COUNT_WRITTEN.match(after.lstrip()) is None


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


def _one_each(one: Worked, words: CountedWords) -> bool:
    """Whether the *one* that is added is one for each neuron, by the words around it."""
    return words.biases is BiasShare.NEURONS and one.stated in {None, COUNT, NEURONS}


def _lacks_brackets(one: Worked, account: Account) -> bool:
    del account
    return _lacks_brackets_tree(one)


def _lacks_brackets_tree(one: Worked) -> bool:
    """Whether the formula is right with a bracket around its first sum: ``784 + 1 * 128``."""
    tree = one.side.tree
    if one.stated != COUNT or "(" in one.side.text or not isinstance(tree, Operation) or tree.sign != "+":
        return False
    product = tree.right
    if not isinstance(product, Operation) or product.sign != "*":
        return False
    meant = Operation("*", Operation("+", tree.left, product.left), product.right)
    return DERIVATION.recognise(meant).right


def _explained(one: Worked, account: Account, words: CountedWords) -> bool:
    """Whether the numbers that are themselves results (785, 100352) are derived, or at least named, somewhere."""
    grounds = one.seen.grounds
    if "weights" in grounds:
        return False
    if "inputs and bias" in grounds:
        text = "\n".join(passage.text for passage in account.passages)
        named = re.search(r"784", text) is not None and _BIAS_NAMED.search(text) is not None
        return named or words.explains_neuron
    return not grounds


def _turned_round(
    account: Account, words: CountedWords, sources: Sequence[Block]
) -> list[tuple[CountReading, Stance]]:
    """Equations with the answer itself on one side that derive it all the same."""
    found: list[tuple[CountReading, Stance]] = []
    for one, other in account.turned_round:
        if ANSWER in one.seen.grounds or any(leaf.value == COUNT for leaf in leaves(one.side.tree)):
            if DERIVATION.turned_round(one.side.tree, other.side.tree, account.known):
                reading = CountReading(
                    CountOutcome.RIGHT, one.chain.text, sources[one.passage.index], claimed=True
                )
                stance = one.stance if one.stance is not Stance.ASSERTED else other.stance
                found.append((reading, stance))
    del words
    return found


def _in_words(
    words: CountedWords, account: Account, wrongs: Sequence[CountReading], sources: Sequence[Block]
) -> CountReading | None:
    """What the words add to the arithmetic: the biases to weights that are worked out, or all of it."""
    weights = [  # whatever the stance: "not only 784*128" says what the weights are as well
        one
        for one in account.worked
        if one.seen.mistake == "no-bias" or (one.seen.mistake == "one-bias" and _one_each(one, words))
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
    quote = account.passages[words.passage or 0].text[words.start : words.end]
    if not (weights or told or tabled):
        if words.biases is BiasShare.INPUTS and (words.neurons or words.inputs):
            return CountReading(CountOutcome.MISTAKE, quote, block, "bias-per-input")
        return None
    if words.biases is BiasShare.NEURONS:
        if said_to_be_all or others or words.other_weights:
            return CountReading(CountOutcome.UNSURE, quote, block)
        return CountReading(CountOutcome.RIGHT, weights[0].chain.text if weights else quote, block)
    may_follow = not weights or any(_biases_may_follow(one, words) for one in weights)
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
        if one.quote == right.quote or one.mistake in OTHER_LAYERS or one.mistake == "from-the-answer":
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


def _goes_wrong(one: Worked) -> bool:
    """Whether a working behind the right one comes to another number; what stands before it may be words."""
    sides, steps = one.chain.sides, one.chain.steps()
    return any(
        step is Step.FALSE and after.has_working and not _is_rounded(after.value)
        for step, after in zip(steps[one.at :], sides[one.at + 1 :], strict=True)
    )


def _stated_otherwise(one: Worked) -> bool:
    """Whether the chain ends in a number that its formula does not give."""
    sides = one.chain.sides
    if len(sides) < 2:
        return False
    last, before = sides[-1], sides[-2]
    wrong = last.value != COUNT and not _is_rounded(last.value)
    return not last.has_working and wrong and before.value == COUNT


def _is_rounded(value: Fraction) -> bool:
    """Whether a number is the answer with fewer digits: ``≈ 100k``."""
    return value % 100 == 0 and abs(value - COUNT) < COUNT / 100
