"""Question 2: the maths of the first Dense layer's parameters, derived from the network itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final

from grader.checks.arithmetic import Chain, Side, Step, read_chains
from grader.checks.expressions import leaves
from grader.checks.derivation import Derivation
from grader.documents.core.document import Block
from grader.model import Value
from reference.lab.network import IMAGE_SHAPE, LAB_NETWORK, Dense

MAX_SIDES: Final = 60  # of one chain of equalities that are looked at
IMAGE_SIDE: Final = IMAGE_SHAPE[0]
FIRST_DENSE_UNITS: Final = next(layer.units for layer in LAB_NETWORK if isinstance(layer, Dense))

DERIVATION: Final = Derivation(
    free={"side": IMAGE_SIDE, "neurons": FIRST_DENSE_UNITS},
    derived={
        "inputs": lambda q: q["side"] ** 2,
        "inputs and bias": lambda q: q["side"] ** 2 + 1,
        "weights": lambda q: q["side"] ** 2 * q["neurons"],
    },
    target=lambda q: (q["side"] ** 2 + 1) * q["neurons"],
    mistakes={
        "no-bias": lambda q: q["side"] ** 2 * q["neurons"],
        "bias-per-input": lambda q: q["side"] ** 2 * (q["neurons"] + 1),
        "one-bias": lambda q: q["side"] ** 2 * q["neurons"] + 1,
        "added": lambda q: q["side"] ** 2 + q["neurons"],
        "bias-twice": lambda q: (q["side"] ** 2 + 2) * q["neurons"],
        "both-biases": lambda q: q["side"] ** 2 * q["neurons"] + q["side"] ** 2 + q["neurons"],
        "side-only": lambda q: (q["side"] + 1) * q["neurons"],
    },
)
COUNT: Final = DERIVATION.value()
_BIAS: Final = re.compile(
    r"\bbias\w*|\bintercept\w*|\bskärning\w*|\bkonstant\w*|\bconstant\w*|\boffset\b|\btröskel\w*", re.I
)

_OF_THE_INPUT: Final = frozenset(("inputs", "inputs and bias", "weights"))
_WHOLE: Final = frozenset(("side", "neurons"))
_BIAS_WORD: Final = r"(?:bias\w*|intercepts?|constants?|konstant\w*|offsets?)"
_SO_MANY_BIASES: Final = re.compile(
    rf"(?<![\d.,]){FIRST_DENSE_UNITS}(?![\d.,]?\d)[ ]?(?:\*\s?1\s)?(?:\w+\s){{0,3}}?{_BIAS_WORD}"
    rf"|{_BIAS_WORD}\W{{0,3}}(?:\w+\W+){{0,3}}?{FIRST_DENSE_UNITS}(?![\d.,]?\d)",
    re.I,
)
_ANSWER: Final = re.compile(r"(?<!\d)100\W{0,3}480(?!\d)")


class Outcome(StrEnum):
    """What the arithmetic of an answer comes to."""

    RIGHT = "right"
    SLIP = "slip"  # the right formula, but another number behind the equals sign
    UNEXPLAINED = "unexplained"  # 785*128 or 100352+128 with nothing that says where 785 or 100352 comes from
    DAMAGED = "damaged"  # signs were lost on the way here
    UNSURE = "unsure"
    MISTAKE = "mistake"
    UNRELATED = "unrelated"  # a true equality of other numbers
    STATED = "stated"  # the number, and no working
    NOTHING = "nothing"


class Working(Value, frozen=True):
    """The judgement of a student's maths: the chain and block it rests on; `mistake` is an id of `DERIVATION`."""

    outcome: Outcome
    chain: str = ""
    block: Block | None = None
    mistake: str = ""
    run_on: bool = False


def judge_working(blocks: Sequence[Block]) -> Working:
    """Judges all the arithmetic in an answer together: its best line counts, for steps may be spread over several."""
    chains = [(chain, block) for block in blocks for chain in read_chains(block.text)]
    text = "\n".join(block.text for block in blocks)
    reached = {side.value for chain, _ in chains for side in chain.sides if side.has_working}
    found = [working for chain, block in chains for working in _each(chain, block, reached, text)]
    if not found:
        bare = next((block for block in blocks if re.search(r"100\W{0,3}480", block.text)), None)
        return Working(Outcome.STATED, "", bare) if bare is not None else Working(Outcome.NOTHING)
    return min(found, key=lambda working: _ORDER.index(working.outcome))


_ORDER: Final = (
    Outcome.RIGHT,
    Outcome.SLIP,
    Outcome.UNEXPLAINED,
    Outcome.DAMAGED,
    Outcome.UNSURE,
    Outcome.MISTAKE,
    Outcome.UNRELATED,
    Outcome.NOTHING,
)


def _each(chain: Chain, block: Block, reached: set[Fraction], text: str) -> Iterable[Working]:
    run_on, doubtful = Step.RUN_ON in chain.steps(), chain.doubtful
    for side in chain.sides[:MAX_SIDES]:
        if not side.has_working:
            continue
        seen = DERIVATION.recognise(side.tree)
        if seen.right:
            if not _explained(side, reached, text):
                yield Working(Outcome.UNEXPLAINED, chain.text, block)
            elif _stated_otherwise(chain) or _goes_wrong(chain, side):
                yield Working(Outcome.DAMAGED if doubtful else Outcome.SLIP, chain.text, block)
            else:
                yield Working(Outcome.RIGHT, chain.text, block, run_on=run_on)
        elif DERIVATION.lost_superscript(side.tree) or (doubtful and seen.quantities):
            yield Working(Outcome.DAMAGED, chain.text, block)
        elif (other := _turned_round(chain, side)) is not None:
            derived = _explained(side, reached, text) and _explained(other, reached, text)
            yield Working(Outcome.RIGHT if derived else Outcome.UNEXPLAINED, chain.text, block)
        elif seen.mistake == "no-bias" and _biases_added(text, chain.text):
            yield Working(Outcome.RIGHT, chain.text, block)
        elif seen.mistake:
            # "784*128 = 100352, and the biases": the missing term may stand in words
            bias_in_words = seen.mistake == "no-bias" and bool(_BIAS.search(text))
            unsure = bias_in_words or side.worded
            yield Working(Outcome.UNSURE if unsure else Outcome.MISTAKE, chain.text, block, seen.mistake)
        elif side.value == COUNT:
            yield Working(Outcome.UNSURE if seen.quantities else Outcome.UNRELATED, chain.text, block)
        elif COUNT in chain.values and seen.quantities:
            yield Working(Outcome.UNSURE, chain.text, block)
        elif COUNT in chain.values:
            yield Working(Outcome.UNRELATED, chain.text, block)
        elif seen.quantities >= _WHOLE or seen.quantities & _OF_THE_INPUT:
            yield Working(Outcome.UNSURE, chain.text, block)


def _turned_round(chain: Chain, side: Side) -> Side | None:
    """The side of the chain that derives the answer together with this one, in which the answer itself stands."""
    if not any(leaf.value == COUNT for leaf in leaves(side.tree)):
        return None
    others = (other for other in chain.sides if other is not side and other.value == side.value)
    return next((other for other in others if DERIVATION.turned_round(side.tree, other.tree)), None)


def _biases_added(text: str, passage: str) -> bool:
    """Whether the words after the weights add as many biases as there are neurons, and come to the answer."""
    at = max(0, text.find(passage))
    after = text[at + len(passage) :] if passage in text else text
    return bool(_SO_MANY_BIASES.search(after)) and bool(_ANSWER.search(after))


def _explained(side: Side, reached: set[Fraction], text: str) -> bool:
    """Whether the numbers that are themselves results (785, 100352) are derived, or at least named, somewhere."""
    inputs = Fraction(IMAGE_SIDE**2)
    weights = inputs * FIRST_DENSE_UNITS
    for leaf in leaves(side.tree):
        if leaf.value == weights and weights not in reached:
            return False
        if (
            leaf.value == inputs + 1
            and inputs + 1 not in reached
            and not (str(inputs) in text and _BIAS.search(text))
        ):
            return False
    return True


def _goes_wrong(chain: Chain, right: Side) -> bool:
    """Whether a working behind the right one comes to another number; what stands before it may be a formula's words."""
    at = next(number for number, side in enumerate(chain.sides) if side is right)
    later = list(zip(chain.steps()[at:], chain.sides[at + 1 :], strict=True))
    return any(step is Step.FALSE and after.has_working for step, after in later)


def _stated_otherwise(chain: Chain) -> bool:
    """Whether the chain ends in a number that its formula does not give."""
    last = chain.sides[-1]
    return (
        not last.has_working and last.value != COUNT and chain.sides[-2].value == COUNT
        if len(chain.sides) > 1
        else False
    )
