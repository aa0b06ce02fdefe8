"""No text, however long or odd, keeps a reader of answers busy: twice the text is about twice the work."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from growth import is_linear

from grader.checks.choice import read_choice
from grader.checks.reasons import Figures, read_reasons
from grader.documents.core.document import Block, BlockKind, Place
from reference.batches.batch_table import read_batch_table
from reference.batches.choice_answers import ASPECTS, OPTIONS
from reference.batches.unread_figures import speaks_of_figures
from reference.gradient.worded_pair import worded_pairs
from reference.parameters.parameter_count import read_count

TEXTS = {
    "blanks": "a" + " " * 39_000 + "1",
    "lines of blanks": " \n" * 20_000,
    "letters": "a" * 40_000,
    "words": "a " * 20_000,
    "numbers": "1," * 20_000,
    "zeros": "1 000 " * 6_000,
    "words and numbers": "a 1," * 10_000,
    "headings": "time accuracy batch " * 2_000,
    "sizes": "batch size 10 " * 3_000,
    "choices": "best 100 best 10 " * 2_000,
    "denials": "not 100 is not " * 2_600,
    "biases": "128 a a a " * 4_000,
    "gradients": "gradient of the loss with respect to " * 1_000,
    "equals": "784 * 128 = " * 3_000,
    "steps": "784*128 = 100352. Adding 128 gives 100480. " * 900,
    "prefixes": "add the sum of " * 2_600,
    "names": "n = 784\nm = 128\n" + "n*m + m " * 5_000,
    "columns": "1\n x 2\n---\n" * 3_300,
    "owners": "each of the 128 neurons has 784 weights and one bias " * 700,
    "turned round": "100480-128 = 784*128 " * 1_900,
    "underscores": f"the gradient of the loss with respect to {'_' * 21}; parameters. " * 300,
    "brackets": "784(784)" * 5_000,
    "training times": f"100 is the fastest {'training-time ' * 30} of 10 and the lowest {'batch size ' * 30} of 1. "
    * 40,
}


def block(text: str) -> Block:
    return Block(BlockKind.PROSE, text, Place("report.md", "line 1"))


FIGURES: Figures = {
    "time": {1: 118.0, 10: 13.0, 100: 3.0, 1000: 1.0, 60000: 1.0},
    "accuracy": {1: 0.8124, 10: 0.8251, 100: 0.8185, 1000: 0.7097, 60000: 0.1},
}
UNREAD = count()  # what stands before a text, so that none is remembered from a reading before
READERS: dict[str, Callable[[str], object]] = {
    "table": lambda text: read_batch_table([block(text)]),
    "figures": lambda text: speaks_of_figures([block(text)], 4),
    "choice": lambda text: read_choice(text, OPTIONS, ASPECTS),
    "reasons": lambda text: read_reasons(text, OPTIONS, ASPECTS, 100, FIGURES),
    "parameters": lambda text: read_count([block(text)]),
    "gradient": lambda text: worded_pairs(f"{next(UNREAD)}. {text}", bare=True),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.timeout(60)  # patterns that search again and again take minutes
def test_work_grows_with_the_text(reader: str, text: str) -> None:
    assert is_linear(READERS[reader], TEXTS[text])
