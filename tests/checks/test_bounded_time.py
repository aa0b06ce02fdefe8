"""No text, however long or odd, keeps a reader of answers busy: twice the text is about twice the work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from growth import is_linear

from grader.checks.choice import read_choice
from grader.documents.core.document import Block, BlockKind, Place
from reference.batches.batch_table import read_batch_table
from reference.batches.unread_figures import speaks_of_figures
from reference.gradient.worded_pair import worded_pairs
from reference.lab.batch_sizes import BATCH_SIZES
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
}


def block(text: str) -> Block:
    return Block(BlockKind.PROSE, text, Place("report.md", "line 1"))


READERS: dict[str, Callable[[str], object]] = {
    "table": lambda text: read_batch_table([block(text)]),
    "figures": lambda text: speaks_of_figures([block(text)], 4),
    "choice": lambda text: read_choice(text, BATCH_SIZES),
    "parameters": lambda text: read_count([block(text)]),
    "gradient": lambda text: worded_pairs(text, bare=True),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.timeout(60)  # patterns that search again and again take minutes
def test_work_grows_with_the_text(reader: str, text: str) -> None:
    assert is_linear(READERS[reader], TEXTS[text])
