"""What one calculation in an answer to question 2 comes to, by its numbers' meanings and the words around it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from grader.checks.chains import SLIP, Account, Worked
from grader.checks.derivation import ANSWER
from grader.checks.equations import Step
from grader.checks.expressions import Operation, leaves
from reference.parameters.count_formulas import COUNT, DERIVATION, OWN_QUANTITIES, PER_NEURON, WEIGHTS
from reference.parameters.count_in_words import BiasShare, CountedWords
from reference.parameters.count_reading import CountOutcome
from reference.parameters.parameter_words import NEURONS

COUNT_WRITTEN: Final = re.compile(r"(?<!\d)100\W{0,3}480(?!\d)")
"""The number asked for, however its thousands are set apart."""

_BIAS_NAMED: Final = re.compile(
    r"\bbias\w*|\bintercept\w*|\bskärning\w*|\bkonstant\w*|\bconstant\w*|\boffset\b|\btröskel\w*|\+ ?(?:b|1|one)\b",
    re.I,
)
_STEPS_OF_INPUTS: Final = frozenset(("inputs", "inputs and bias", "weights"))
_WHOLE_LAYER: Final = frozenset(("side", "neurons"))
_SMALL: Final = frozenset((0, 1, 2, 3))  # exponents, and what is counted by hand


_SPEAKS: Final = re.compile(r"\b(?:numbers?\sof|amount\sof|antal(?:et)?)\b", re.I)
"""Words in a calculation that are no signs: how they put its numbers together is not told for certain."""


def side_outcome(one: Worked, account: Account, words: CountedWords) -> tuple[CountOutcome, str]:
    """What a calculation comes to, and the id of its mistake or of what it looks like; empty if there is none."""
    side, seen = one.side, one.seen
    own = seen.quantities & OWN_QUANTITIES
    doubtful = _doubtful(one)
    if seen.right:
        return _right(one, account, words)
    damaged = DERIVATION.lost_superscript(side.tree) or DERIVATION.glued(side.tree)
    if damaged or ((side.broken or _loses_a_sign(one)) and own):
        return CountOutcome.DAMAGED, ""
    if seen.mistake:
        return _mistaken(one, words)
    if ANSWER in seen.grounds and side.value == COUNT:
        return CountOutcome.MISTAKE, "from-the-answer"
    if DERIVATION.is_slip(side.tree, account.known) or _lacks_brackets(one):
        return CountOutcome.TYPO, ""
    if side.value == COUNT:
        return (CountOutcome.UNSURE if own else CountOutcome.UNRELATED), ""
    if ANSWER in seen.grounds:
        return CountOutcome.NOTHING, ""
    if one.stated == COUNT and side.value == PER_NEURON:
        return (
            CountOutcome.RIGHT if words.neurons else CountOutcome.UNSURE
        ), ""  # the factor stands in words
    if one.stated == COUNT:
        unclear = doubtful or side.unfinished or bool(_SPEAKS.search(side.text))
        return (CountOutcome.UNSURE if unclear else CountOutcome.MISTAKE), "other-formula"
    both = "neurons" in seen.quantities and bool(seen.quantities & {"side", *_STEPS_OF_INPUTS})
    strange = [one for one in seen.strange if one.value not in _SMALL]
    if both and not strange and not doubtful and not side.unfinished and not _SPEAKS.search(side.text):
        return CountOutcome.MISTAKE, "other-formula"
    if seen.quantities >= _WHOLE_LAYER or (seen.quantities & _STEPS_OF_INPUTS and seen.strange):
        return CountOutcome.UNSURE, ""
    return CountOutcome.NOTHING, ""


def _right(one: Worked, account: Account, words: CountedWords) -> tuple[CountOutcome, str]:
    if ANSWER in one.seen.grounds:
        return CountOutcome.MISTAKE, "from-the-answer"
    if "total" in one.seen.grounds:
        return CountOutcome.MISTAKE, "from-the-total"
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
    if mistake == "no-bias" and biases_may_follow(one, words):
        return CountOutcome.UNSURE, mistake  # the missing term may stand in words
    if mistake == "one-bias" and one_each(one, words):
        return CountOutcome.UNSURE, mistake  # "784*128 + 1 bias per neuron"
    if _lacks_brackets(one):
        return CountOutcome.TYPO, mistake
    return CountOutcome.MISTAKE, mistake


def biases_may_follow(one: Worked, words: CountedWords) -> bool:
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
    return COUNT_WRITTEN.match(after.lstrip()) is None


def one_each(one: Worked, words: CountedWords) -> bool:
    """Whether the *one* that is added is one for each neuron, by the words around it."""
    return words.biases is BiasShare.NEURONS and one.stated in {None, COUNT, NEURONS}


def _lacks_brackets(one: Worked) -> bool:
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
