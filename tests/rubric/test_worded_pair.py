"""Question 1 in words: every common way to say it is read, what is not claimed is no answer, and no two readings differ."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.gradient.worded_claim import WordedPair
from reference.gradient.worded_pair import worded_pairs

LOSS = ("the loss", "loss", "the training loss", "the loss function", "the `loss` node", "the cost")
PARAMETERS = (
    "the parameters",
    "parameters",
    "the model's parameters",
    "the `parameters` variable",
    "the weights",
)
REGARD = ("with respect to", "with regard to", "w.r.t.", "wrt", "in regards to", "with regards to")
FRAMES = (
    "We compute the gradient of {a} {r} {b}.",
    "The gradient of {a} {r} {b}.",
    "Gradient of {a} {r} {b}",
    "We differentiate {a} {r} {b}.",
    "It is {a} that is differentiated, {r} {b}.",
    "{r} {b} we take the derivative of {a}.",
    "We take the derivative of {a}, and we do so {r} {b}, since training changes those.",
    "Of {a}, {r} {b}.",
    "Since training should make it small, we need the gradient of {a} {r} {b}.",
)
SLOTS = (
    "node: {a}, variable: {b}",
    "The node is {a} and the variable is {b}.",
    "The first argument is {a}, the second argument is {b}.",
    "{a} is the first argument and {b} is the second one.",
    "First ??? = {a}, second ??? = {b}",
    "target is {a}, sources is {b}",
    "We replace the first ??? with {a} and the second ??? with {b}.",
)
SWEDISH = (
    "Gradienten av {a} med avseende på {b}.",
    "Vi deriverar {a} med avseende på {b}.",
    "{A} deriveras m.a.p. {b}.",
    "Gradienten beräknas för {a} med hänsyn till {b}.",
    "Noden är {a} och variabeln är {b}.",
    "Första argumentet är {a} och det andra är {b}.",
    "Med avseende på {b} deriveras {a}.",
)
LOSS_IN_SWEDISH = ("förlusten", "loss", "lossen", "träningsförlusten", "förlustfunktionen")
PARAMETERS_IN_SWEDISH = ("parametrarna", "parameters", "modellens parametrar", "vikterna")
# How what follows is turned into something that is not claimed.
NOT_CLAIMED = (
    "It is not {}",
    "We are not sure: {}",
    "My friend says: {}",
    "Is it {}?",
    "If we took {}, it would be wrong.",
    "Maybe {}",
    "Det är inte {}",
    "Kanske {}",
)
CLAIM = "the gradient of {a} {r} {b}"


def asserted(text: str) -> list[WordedPair]:
    return [one for one in worded_pairs(text, bare=True) if one.asserted]


def test_every_frame_with_every_word_is_read_and_its_reverse_is_not() -> None:
    missed, passed = [], []
    for frame, a, r, b in product((*FRAMES, *SLOTS), LOSS, REGARD, PARAMETERS):
        if "{r}" not in frame and r != REGARD[0]:
            continue
        text = frame.format(a=a, b=b, r=r)
        found = asserted(text)
        if not found or not all(one.right for one in found):
            missed.append(text)
        text = frame.format(a=b, b=a, r=r)
        if any(one.right for one in asserted(text)):
            passed.append(text)
    assert passed == []
    assert missed == []


def test_swedish() -> None:
    missed, passed = [], []
    for frame, a, b in product(SWEDISH, LOSS_IN_SWEDISH, PARAMETERS_IN_SWEDISH):
        if not any(one.right for one in asserted(frame.format(a=a, b=b, A=a.capitalize()))):
            missed.append(frame.format(a=a, b=b, A=a))
        if any(one.right for one in asserted(frame.format(a=b, b=a, A=b.capitalize()))):
            passed.append(frame.format(a=b, b=a, A=b))
    assert passed == []
    assert missed == []


@pytest.mark.parametrize("frame", NOT_CLAIMED)
def test_what_is_not_claimed_is_no_answer(frame: str) -> None:
    for a, b in product(LOSS[:3], PARAMETERS[:3]):
        text = frame.format(CLAIM.format(a=a, r="with respect to", b=b))
        assert not any(one.right for one in asserted(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "First the loss is computed, then the parameters are updated.",
        "Our loss was 12.66 and our parameters were 19.63 and 2.96.",
        "Training makes the loss smaller and changes the parameters.",
        "Neither loss nor parameters.",
        "Loss is what we differentiate with respect to, and parameters is the node.",
        "The gradient of the loss with respect to the data.",
        "The gradient of the model with respect to the parameters.",
        "The gradient of the loss with respect to the model.",
        "parameters, loss",
    ],
)
def test_other_sentences_are_no_answer(text: str) -> None:
    assert not any(one.right for one in asserted(text))


@pytest.mark.parametrize(
    "text",
    [
        "dLoss/dParameters", "d(loss)/d(parameters)", "∂loss/∂parameters", r"\frac{\partial\, loss}{\partial\, parameters}",
        r"\dfrac{d\mathrm{loss}}{d\mathrm{parameters}}", "∇_θ L", r"\nabla_{\theta} L", "∇loss with regard to parameters",
        "loss, parameters", "`loss` and `parameters`", "(loss, parameters)", "??? = loss\n\n??? = parameters",
    ],
)  # fmt: skip
def test_signs_and_bare_pairs(text: str) -> None:
    found = asserted(text)
    assert found
    assert all(one.right for one in found)


PIECES = st.sampled_from(
    [*LOSS, *PARAMETERS, *REGARD, "the gradient of", "not", "first", "second", "???", ",", ".", "\n", "and", "or", "is",
     "node", "variable", "if", "changes", "∂", "/", "∇", "examples_x", "the model", "(", ")", "deriveras", "inte"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_any_words_are_read_without_error(pieces: list[str]) -> None:
    for pair in worded_pairs(" ".join(pieces), bare=True):
        assert pair.passage
