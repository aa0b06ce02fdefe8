"""Which size a text chooses: right or undecided, but not wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.choice import read_choice
from reference.batches.choice_answers import ASPECTS, OPTIONS

CORPUS = Path(__file__).parents[1] / "corpora" / "batch-size-reasoning.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def options(text: str) -> tuple[int, ...]:
    return read_choice(text, OPTIONS, ASPECTS).options


def test_corpus_is_never_misread() -> None:
    misread = [
        line["text"] for line in LINES if options(line["text"]) not in ((), tuple(line["named"] or ()))
    ]
    decided = sum(options(line["text"]) == tuple(line["named"] or ()) for line in LINES)
    assert misread == []
    assert decided >= 38


# Written after the rules, by another hand than tuned them: none may be misread.
FRESH = [
    ("If I had to pick one it would be 100, ten is just a tad better but way slower.", (100,)),
    ("We recommend 10. It is the most accurate one and 15 seconds is acceptable.", (10,)),
    (
        "The best trade-off between time and accuracy is obtained for a batch size of 100 (81.9 % in 4 s).",
        (100,),
    ),
    (
        "Batch size 1 takes two minutes, so it is out. 1000 and 60000 lose too much accuracy. That leaves 10 and 100, and of those I prefer 100.",
        (100,),
    ),
    (
        "Vi anser att 100 är det bästa valet då träffsäkerheten är nästan lika hög som för 10 men tiden är en fjärdedel.",
        (100,),
    ),
    ("Att börja med batchstorlek 10 är bäst.", (10,)),
    ("It would be unwise to choose 60000 because the accuracy is terrible.", None),
    ("Choosing 1 would be a waste of time.", None),
    ("Most accuracy per time is given by 100.", (100,)),
    ("Training took 100 seconds for the smallest batch.", ()),
]


@pytest.mark.parametrize(("text", "expected"), FRESH)
def test_fresh_texts(text: str, expected: tuple[int, ...] | None) -> None:
    found = options(text)
    if expected is None:  # a rejected size: nothing may be credited but silence
        assert found == ()
    else:
        assert found in (expected, ())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_error(text: str) -> None:
    read_choice(text, OPTIONS, ASPECTS)


@pytest.mark.parametrize("text", ["Group 10\n\nThe results are below.", "question-1", "Uppgift 1", "Lab 10"])
def test_a_number_that_names_a_group_or_a_question_is_no_choice(text: str) -> None:
    assert options(text) == ()


def test_a_few_words_are_a_choice_only_where_they_answer_the_question() -> None:
    assert options("Batch size 100.") == (100,)
    assert read_choice("Batch size 100.", OPTIONS, ASPECTS, asked=False).options == ()
