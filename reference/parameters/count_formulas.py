"""The number of parameters of the first Dense layer as a formula, and the wrong formulas that teach something."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from grader.checks.derivation import Derivation
from reference.lab.network import FIRST_DENSE_UNITS, IMAGE_SIDE, LAB_NETWORK, Dense

CLASSES: Final = next(layer.units for layer in reversed(LAB_NETWORK) if isinstance(layer, Dense))

DERIVATION: Final = Derivation(
    free={"side": IMAGE_SIDE, "neurons": FIRST_DENSE_UNITS, "classes": CLASSES},
    derived={
        "inputs": lambda q: q["side"] ** 2,
        "both sides": lambda q: 2 * q["side"],
        "inputs and bias": lambda q: q["side"] ** 2 + 1,
        "weights": lambda q: q["side"] ** 2 * q["neurons"],
        "neurons and one": lambda q: q["neurons"] + 1,
        "second": lambda q: (q["neurons"] + 1) * q["neurons"],
        "third": lambda q: (q["neurons"] + 1) * q["classes"],
        "total": lambda q: (
            (q["side"] ** 2 + 1 + q["neurons"] + 1) * q["neurons"] + (q["neurons"] + 1) * q["classes"]
        ),
    },
    steps=frozenset(("inputs and bias", "weights", "neurons and one", "second", "third", "total")),
    target=lambda q: (q["side"] ** 2 + 1) * q["neurons"],
    mistakes={
        "no-bias": lambda q: q["side"] ** 2 * q["neurons"],
        "bias-per-input": lambda q: q["side"] ** 2 * (q["neurons"] + 1),
        "one-bias": lambda q: q["side"] ** 2 * q["neurons"] + 1,
        "added": lambda q: q["side"] ** 2 + q["neurons"],
        "bias-twice": lambda q: (q["side"] ** 2 + 2) * q["neurons"],
        "both-biases": lambda q: q["side"] ** 2 * q["neurons"] + q["side"] ** 2 + q["neurons"],
        "both-and-one": lambda q: (q["side"] ** 2 + 1) * (q["neurons"] + 1),
        "side-only": lambda q: (q["side"] + 1) * q["neurons"],
        "sides-added": lambda q: (2 * q["side"] + 1) * q["neurons"],
        "sides-added-no-bias": lambda q: 2 * q["side"] * q["neurons"],
        "bias-per-row": lambda q: q["side"] ** 2 * q["neurons"] + q["side"],
        "bias-per-class": lambda q: q["side"] ** 2 * q["neurons"] + q["classes"],
        "bias-per-class-and-neuron": lambda q: q["side"] ** 2 * q["neurons"] + q["neurons"] + q["classes"],
        "bias-per-connection": lambda q: 2 * q["side"] ** 2 * q["neurons"],
        "neurons-squared": lambda q: q["side"] ** 2 * q["neurons"] + q["neurons"] ** 2,
        "neurons-twice": lambda q: q["side"] ** 2 * q["neurons"] ** 2,
        "colours": lambda q: (3 * q["side"] ** 2 + 1) * q["neurons"],
        "colours-no-bias": lambda q: 3 * q["side"] ** 2 * q["neurons"],
        "next-layer": lambda q: (q["neurons"] + 1) * q["neurons"],
        "next-layer-no-bias": lambda q: q["neurons"] ** 2,
        "last-layer": lambda q: (q["neurons"] + 1) * q["classes"],
        "last-layer-no-bias": lambda q: q["neurons"] * q["classes"],
        "to-the-classes": lambda q: (q["side"] ** 2 + 1) * q["classes"],
        "to-the-classes-no-bias": lambda q: q["side"] ** 2 * q["classes"],
    },
)
COUNT: Final = DERIVATION.value
WEIGHTS: Final = Fraction(IMAGE_SIDE**2 * FIRST_DENSE_UNITS)
PER_NEURON: Final = Fraction(IMAGE_SIDE**2 + 1)

OWN_QUANTITIES: Final = frozenset(
    ("side", "neurons", "inputs", "both sides", "inputs and bias", "weights", "neurons and one")
)
"""The quantities that this layer's formula, right or wrong, is made of."""

OTHER_LAYERS: Final = frozenset(
    (
        "next-layer",
        "next-layer-no-bias",
        "last-layer",
        "last-layer-no-bias",
        "to-the-classes",
        "to-the-classes-no-bias",
    )
)
"""Formulas that are right of another layer, or would be."""
