"""What students read of their answer to question 2: what was found, as they wrote it, and a question that leads on.

No sentence here may hold the answer: neither its numbers nor the formula in words.
"""

from __future__ import annotations

from typing import Final

from grader.model import Value

MAX_QUOTE: Final = 160  # characters


class MistakeWords(Value, frozen=True):
    """`found` says what a wrong answer does; `question` leads on without telling."""

    found: str
    question: str


MISTAKES: Final = {
    "no-bias": MistakeWords(
        "counts a weight for every connection between the image and the layer, and stops there.",
        "Think of the line y = kx + m: a neuron is such a linear model before its non-linearity. Which of its numbers are counted, and which not yet?",
    ),
    "bias-per-input": MistakeWords(
        "gives a bias to every input.",
        "To what does a bias belong: to an input, or to what the inputs lead to?",
    ),
    "one-bias": MistakeWords(
        "has a single bias for the whole layer.",
        "How many linear models are there in this layer, and how many constants does each have?",
    ),
    "added": MistakeWords(
        "adds the number of inputs to the number of neurons.",
        "How many connections are there if every input leads to every neuron?",
    ),
    "bias-twice": MistakeWords("counts the biases twice.", "How many constants does one neuron have?"),
    "both-biases": MistakeWords(
        "counts biases for the inputs as well as for the neurons.",
        "To which of the two does a bias belong, and why?",
    ),
    "both-and-one": MistakeWords(
        "counts one more on both sides of the product.",
        "What is the one more on each side, and does the layer have both?",
    ),
    "side-only": MistakeWords(
        "starts from one side of the image.",
        "How many numbers does the layer before hand on for one image?",
    ),
    "sides-added": MistakeWords(
        "adds the two sides of the image.",
        "If you count the squares of a chessboard, what do you do with its two sides?",
    ),
    "sides-added-no-bias": MistakeWords(
        "adds the two sides of the image, and counts only weights.",
        "How many squares has a chessboard, and what has a neuron besides its weights?",
    ),
    "bias-per-row": MistakeWords(
        "adds as many as the image has rows.", "What is added there, and of what does each have one?"
    ),
    "bias-per-class": MistakeWords(
        "adds as many as there are kinds of clothes.",
        "In which layer do the kinds of clothes play a part, and which layer is the question about?",
    ),
    "bias-per-class-and-neuron": MistakeWords(
        "adds as many as there are kinds of clothes besides.",
        "In which layer do the kinds of clothes play a part, and which layer is the question about?",
    ),
    "bias-per-connection": MistakeWords(
        "counts two numbers for every connection.",
        "What does one connection have, and what belongs to the neuron that it leads to?",
    ),
    "neurons-squared": MistakeWords(
        "connects the neurons of the layer with each other.",
        "Which layer hands its numbers to the first Dense layer?",
    ),
    "neurons-twice": MistakeWords(
        "multiplies by the number of neurons twice.", "How many weights does one single neuron have?"
    ),
    "colours": MistakeWords(
        "counts three colours for every pixel.", "How many numbers describe one pixel of these images?"
    ),
    "colours-no-bias": MistakeWords(
        "counts three colours for every pixel, and only weights.",
        "How many numbers describe one pixel of these images, and what has a neuron besides its weights?",
    ),
    "from-the-answer": MistakeWords(
        "starts from the number that is to be explained, so it cannot explain it.",
        "Where would you get the same number without knowing it: what goes into the layer, and what does each neuron have?",
    ),
    "from-the-total": MistakeWords(
        "takes the other layers away from the total, which the program that counted them all has printed.",
        "How does that program count this one layer: what goes into it, and what does each neuron have?",
    ),
    "other-formula": MistakeWords(
        "puts the numbers together in a way that does not follow the layer's connections.",
        "What does each number in it stand for? Start with one neuron: what does it need for itself?",
    ),
    **dict.fromkeys(
        ("next-layer", "next-layer-no-bias"),
        MistakeWords(
            "is about the Dense layer after the first.", "What goes into the first Dense layer, and from where?"
        ),
    ),
    **dict.fromkeys(
        ("last-layer", "last-layer-no-bias"),
        MistakeWords("is about the last layer.", "What goes into the first Dense layer, and from where?"),
    ),
    **dict.fromkeys(
        ("to-the-classes", "to-the-classes-no-bias"),
        MistakeWords(
            "leads from the image straight to the kinds of clothes.",
            "Which layer comes first behind the image, and how many neurons does the notebook give it?",
        ),
    ),
}  # fmt: skip
"""What each mistake is called to a student, behind the quotation of it."""


def quoted(text: str) -> str:
    """A passage in quotation marks, on one line and not too long."""
    line = " ".join(text.split())
    return f"“{line[:MAX_QUOTE].rstrip()} …”" if len(line) > MAX_QUOTE else f"“{line}”"
