"""Question 1: the roles that things have in the lab, and what a name alone says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from grader.checks.code import BLANK


class Role(StrEnum):
    """What an argument is, in the terms of the lab's notebook."""

    LOSS = "loss"
    LOSS_FUNCTION = "loss function"
    PARAMETERS = "parameters"
    PART = "one of the parameters"
    DATA = "data"
    MODEL = "model"
    PREDICTION = "prediction"
    RESIDUAL = "residual"
    GRADIENT = "gradient"
    EXAMPLE = "example"
    TAPE = "tape"
    NUMBER = "number"
    BLANK = "blank"
    UNKNOWN = "unknown"


# The names of the handout's cells 20-24 (lab.md, section 1), and what they stand for.


# The names of the handout's cells 20-24 (lab.md, section 1), and what they stand for.
HANDOUT_NAMES: Final[Mapping[str, Role]] = {
    "loss": Role.LOSS,
    "parameters": Role.PARAMETERS,
    "training_loss": Role.LOSS_FUNCTION,
    "model": Role.MODEL,
    "examples_x": Role.DATA,
    "examples_y": Role.DATA,
    "test_x": Role.DATA,
    "test_y": Role.DATA,
    "train_images": Role.DATA,
    "train_labels": Role.DATA,
    "gradient": Role.GRADIENT,
    "tape": Role.TAPE,
    "x": Role.EXAMPLE,
    "y": Role.EXAMPLE,
    BLANK: Role.BLANK,
}


_LIKE_LOSS: Final = re.compile(r"\w*loss\w*|cost|error|err|mse|sse|rss|L|J|objective", re.I)


_LIKE_PARAMETERS: Final = re.compile(r"\w*param\w*|theta|weights?|variables?|vars?|coeff\w*|koeff\w*|θ", re.I)


_LIKE_DATA: Final = re.compile(
    r"(?:training|train|test|the|examples?)_?(?:data|examples?|inputs?|x|y|xs|ys|images|labels)"
    r"|data|inputs?|outputs?|labels?|xs|ys|targets?",
    re.I,
)


_LIKE_NUMBER: Final = re.compile(
    r"(?:learning_?)?rate|lr|step_?size|n_?(?:steps|epochs)|epochs?|batch_?size", re.I
)


_LIKE_BLANK: Final = re.compile(
    r"todo\w*|fixme|fill_?me_?in|your_?(?:code|answer)\w*|x{3,}|_+|q{3,}|tbd", re.I
)


_FUNCTION_ENDINGS: Final = re.compile(r"_?(?:fn|func|function)$", re.I)


def role_of_name(name: str) -> Role:
    """What a name means that the code shown does not bind."""
    if name in HANDOUT_NAMES:
        return HANDOUT_NAMES[name]
    if _LIKE_BLANK.fullmatch(name):
        return Role.BLANK
    bare = _FUNCTION_ENDINGS.sub("", name)
    if _LIKE_LOSS.fullmatch(bare):
        return Role.LOSS if bare == name else Role.LOSS_FUNCTION
    if _LIKE_PARAMETERS.fullmatch(name):
        return Role.PARAMETERS
    if _LIKE_NUMBER.fullmatch(name):
        return Role.NUMBER
    return Role.DATA if _LIKE_DATA.fullmatch(name) else Role.UNKNOWN


def is_named_as_loss(name: str) -> bool:
    """Whether a function is called as one that computes the loss is: ``training_loss``, ``loss_fn``, ``cost``."""
    return bool(_LIKE_LOSS.fullmatch(_FUNCTION_ENDINGS.sub("", name)))
