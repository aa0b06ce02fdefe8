"""Question 2 in words: who has how many weights and biases, and whether that comes to the number of parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from grader.checks.chains import Account, Passage
from grader.checks.claims import Stance, stance_at
from grader.checks.counted_things import CountedThing, counted_things
from grader.model import Value
from reference.parameters.count_formulas import COUNT, PER_NEURON, WEIGHTS
from reference.parameters.parameter_words import INPUTS, NEURONS, VOCABULARY

_LAYER_ROW: Final = re.compile(r"(?<!\d)(?:784|100\W{0,3}(?:480|352)|785|28 ?\* ?28)(?!\d)")


class BiasShare(StrEnum):
    """To what an answer's words give the biases."""

    NEURONS = "neurons"
    INPUTS = "inputs"
    LAYER = "layer"
    OTHER = "other"  # another number of them
    UNSAID = "unsaid"  # there are some
    NONE = "none"  # they are not spoken of
    SEVERAL = "several"  # in one place this, in another that


class CountedWords(Value, frozen=True):
    """What the words of an answer count: weights in all and a neuron's, and where the biases go.

    `passage` and `start`, `end` are where the biases are spoken of.
    """

    biases: BiasShare
    weights_per_neuron: bool = False
    other_weights: bool = False  # a neuron is given another number of them
    parameters_per_neuron: bool = False  # of weights and bias together
    weights_in_all: bool = False
    neurons: bool = False
    inputs: bool = False
    passage: int | None = None
    start: int = 0
    end: int = 0

    @property
    def explains_neuron(self) -> bool:
        """Whether a neuron's own parameters are told: a weight for each input, and a bias."""
        return self.weights_per_neuron and self.biases is BiasShare.NEURONS


def read_counted_words(account: Account, rows: frozenset[int] = frozenset()) -> CountedWords:
    """What the asserted words of an answer count; of passages that are `rows` of a table, this layer's alone."""
    found = [
        (passage, thing)
        for passage in account.passages
        if passage.index not in rows or _LAYER_ROW.search(passage.text)
        for thing in _asserted(passage, account)
    ]
    biases = [(passage, thing) for passage, thing in found if thing.thing in {"bias", "extra"}]
    shares = [(share, passage, thing) for passage, thing in biases if (share := _share(thing)) is not None]
    told = {share for share, _, _ in shares} - {BiasShare.UNSAID}
    said = BiasShare.NONE if not shares else BiasShare.UNSAID if not told else BiasShare.SEVERAL
    said = next(iter(told)) if len(told) == 1 else said
    where = next(((passage, thing) for share, passage, thing in shares if share is said), None)
    things = [thing for _, thing in found]
    per_neuron = {
        one.number
        for one in things
        if one.thing in {"weight", "input", "parameter"} and one.per == "neuron" and (one.number or 0) > 1
    }
    return CountedWords(
        biases=said,
        weights_per_neuron=INPUTS in per_neuron,
        other_weights=bool(per_neuron - {INPUTS, PER_NEURON, NEURONS, WEIGHTS, COUNT, None}),
        parameters_per_neuron=PER_NEURON in per_neuron,
        weights_in_all=any(one.thing == "weight" and one.number == WEIGHTS for one in things),
        neurons=any(one.thing == "neuron" and one.number == NEURONS for one in things),
        inputs=any(one.thing in {"input", "weight"} and one.number == INPUTS for one in things),
        passage=where[0].index if where else None,
        start=where[1].start if where else 0,
        end=where[1].end if where else 0,
    )


def _asserted(passage: Passage, account: Account) -> Sequence[CountedThing]:
    return [
        thing
        for thing in counted_things(passage.arithmetic, VOCABULARY, account.names)
        if stance_at(passage.text, thing.start, thing.end)[0] is Stance.ASSERTED
    ]


def _share(thing: CountedThing) -> BiasShare | None:
    """To what a count of biases gives them; None if it is of something else (*one more* picture)."""
    number = None if thing.number in {COUNT, WEIGHTS, PER_NEURON} else thing.number
    one = number is None or number == 1
    if number == NEURONS and thing.per in {None, "layer", "neuron"}:
        return BiasShare.NEURONS
    if one and thing.per == "neuron":
        return BiasShare.NEURONS
    if thing.thing == "extra":
        return None
    if number == INPUTS or (one and thing.per == "input"):
        return BiasShare.INPUTS
    if one and thing.per == "layer":
        return BiasShare.LAYER if number == 1 else BiasShare.UNSAID
    if one:
        return BiasShare.UNSAID
    return BiasShare.OTHER
