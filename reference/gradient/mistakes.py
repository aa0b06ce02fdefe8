"""Question 1: what can be wrong with the gradient computation, and what the student is told of it.

No message holds the answer: it says what was found and asks a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class GradientMistake(StrEnum):
    """What a wrong computation shows. The message for each is in `MESSAGES`."""

    NONE = ""
    NOT_FILLED_IN = "not-filled-in"
    SWAPPED = "swapped"
    FUNCTION = "function"
    DATA = "data"
    EXAMPLE = "example"
    MODEL = "model"
    PREDICTION = "prediction"
    RESIDUAL = "residual"
    GRADIENT = "gradient"
    TAPE = "tape"
    LITERAL = "literal"
    SAME = "same"
    INCOMPLETE = "incomplete"
    TOO_MANY = "too-many"
    NO_TAPE = "no-tape"
    TYPED_IN = "typed-in"
    NOT_USED = "not-used"
    UPHILL = "uphill"


MESSAGES: Final[Mapping[GradientMistake, tuple[str, str]]] = {
    GradientMistake.NOT_FILLED_IN: (
        "The gradient computation is not filled in yet: {call}.",
        "Which number should training make smaller, and what may it change to do so?",
    ),
    GradientMistake.SWAPPED: (
        "In {call}, the tape is asked how {second} has an effect on {first}. Is that what training needs to know?",
        "Read the call aloud: how does the first thing change when the second one does. Which of the two can training turn?",
    ),
    GradientMistake.FUNCTION: (
        "Here {function} is a function and not a value that it gave. The tape knows values that were computed while it recorded.",
        "Which line inside the `with` block computes a value, and under what name is it kept?",
    ),
    GradientMistake.DATA: (
        "In {call}, {data} is given data. Data stay as they are while the line is fitted.",
        "What does each step of gradient descent change? Look at the line after the gradient.",
    ),
    GradientMistake.EXAMPLE: (
        "In {call} stand the variables of the worked example (y = x * x), not those of the linear regression.",
        "The example shows the form of the call. What plays the part of y here, and what that of x?",
    ),
    GradientMistake.MODEL: (
        "In {call}, {model} is a function: a gradient is taken of a value, with regard to something that has one.",
        "What are the numbers inside it that training adjusts, and which value says how well they do?",
    ),
    GradientMistake.PREDICTION: (
        "In {call}, the gradient is taken of a prediction. Would smaller predictions be better ones?",
        "Which number says how far the predictions are from the examples?",
    ),
    GradientMistake.RESIDUAL: (
        "In {call}, the gradient is taken of plain differences; those above the line and those below it cancel out.",
        "Which single number says how far the line is from all the examples?",
    ),
    GradientMistake.GRADIENT: (
        "In {call}, the result of this very line stands among what goes into it.",
        "What has to be known before a gradient can be computed?",
    ),
    GradientMistake.TAPE: (
        "In {call}, the tape itself stands among the arguments.",
        "The tape records. What did it record?",
    ),
    GradientMistake.LITERAL: (
        "In {call}, {literal} is a fixed value; how could anything change with it?",
        "Which values here change during training?",
    ),
    GradientMistake.SAME: (
        "In {call}, both arguments come to the same thing.",
        "A gradient tells how one thing changes when another does. Which two?",
    ),
    GradientMistake.INCOMPLETE: (
        "In {call} there are fewer arguments than the two that a gradient needs.",
        "The gradient of which node, and with regard to which variable?",
    ),
    GradientMistake.TOO_MANY: (
        "In {call}, a further argument changes what comes out.",
        "What does each argument of this call do? Which of them does the question ask for?",
    ),
    GradientMistake.NO_TAPE: (
        "In {call}, what is asked for the gradient is not the tape that recorded the computation.",
        "Which object watched the computation, and how is it called in the `with` line?",
    ),
    GradientMistake.TYPED_IN: (
        "Here the gradient is typed in as fixed numbers: {call}. Would they still be right after the first step?",
        "What can the tape tell that a fixed number cannot?",
    ),
    GradientMistake.NOT_USED: (
        "What {call} gives is not what the training step uses.",
        "Follow the value from the call to the line that updates: which value arrives there?",
    ),
    GradientMistake.UPHILL: (
        "What {call} gives is turned round before the training step uses it.",
        "Does each step go up or down the slope, and which of the two should it be?",
    ),
}
