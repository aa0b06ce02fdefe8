"""What answers to question 2 count, and the words for it: inputs, neurons, weights, biases."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from grader.checks.counted_things import Vocabulary
from reference.lab.network import FIRST_DENSE_UNITS, IMAGE_SIDE

INPUTS: Final = Fraction(IMAGE_SIDE**2)
NEURONS: Final = Fraction(FIRST_DENSE_UNITS)

VOCABULARY: Final = Vocabulary(
    nouns={
        "bias": re.compile(
            r"bias\w*|b\d?|b_\d|intercept\w*|skärning\w*|konstant(?:er|en|erna|term\w*)?|constants?|offsets?|tröskel\w*|thresholds?"
        ),
        "extra": re.compile(r"more|extra|additional|ytterligare|another|further"),
        "weight": re.compile(
            r"weights?|vikt(?:er|en|erna)?|w\d?|kernel|connections?|koppling\w*|förbindelse\w*"
        ),
        "input": re.compile(
            r"inputs?|indata|in-?data\w*|ingång\w*|insignal\w*|invärden?\w*|inputvärden?\w*|pixels?|pixl\w+|bildpunkt\w*"
            r"|features?|inputneuron\w*|inputnod\w*|in_features|n_in"
        ),
        "neuron": re.compile(
            r"neurone?(?:r|s|n|rna)?|noder|nodes?|nod(?:en|erna)?|units?|enhet(?:er|en|erna)?|outputs?|utgång\w*|n_out|perceptrone?[rs]?"
        ),
        "layer": re.compile(r"layers?|lager|lagret|network|nätverk\w*"),
        "parameter": re.compile(r"parameters?|parametrar\w*|params?"),
    },
    owners=frozenset(("input", "neuron", "layer")),
    sizes={INPUTS: "input", NEURONS: "neuron"},
    fillers=frozenset(("hidden", "output", "dense")),
)
"""The nouns of the answers. A bias said as *one more* counts as `extra`."""
