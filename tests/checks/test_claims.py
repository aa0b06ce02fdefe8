"""The stance that a writer takes to what stands in a text, in English and Swedish."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.claims import Stance, clauses, stance_at

A, D, S, G, T = Stance.ASSERTED, Stance.DENIED, Stance.SUPPOSED, Stance.GIVEN, Stance.TAKEN_BACK
OTHER = Stance.OTHERS

# X and Y stand for two passages; the stances are those of X and of Y.
PHRASINGS = [
    ("It is X.", A, None),
    ("It is not X but Y.", D, A),
    ("It isn't X, it's Y.", D, A),
    ("X, not Y.", A, D),
    ("X and not Y.", A, D),
    ("Not X because of the size, but Y.", D, A),
    ("X is not only short but also right, and so is Y.", A, A),
    ("We use X rather than Y.", A, D),
    ("Instead of X we use Y.", D, A),
    ("Instead of X, which is large, one should use Y.", D, A),
    ("~~X~~ Y", T, A),
    ("<del>X</del> Y", T, A),
    ("None of X and Y is good.", D, D),
    ("Neither X nor Y.", D, D),
    ("X would be too many, so Y.", D, A),
    ("X is not right. Y is.", D, A),
    ("X is wrong, Y is right.", D, A),
    ("X does not work, so we take Y.", D, A),
    ("We would never take anything other than X.", A, None),
    ("If there were more it would be X, but there are none, hence Y.", S, A),
    ("If we look at the table, X is best.", A, None),
    ("If I had to pick one it would be X.", A, None),
    ("Even if Y is quicker, we take X.", A, A),
    ("Suppose it is X. Then we would have a problem, so Y.", S, A),
    ("One could think that it is X, but it is Y.", S, A),
    ("We could also say X.", S, None),
    ("We would say X.", A, None),
    ("We think it is X.", A, None),
    ("We believe X, and I would choose Y.", A, A),
    ("Either X or Y.", S, S),
    ("We are not sure: X or Y.", S, S),
    ("Maybe X.", S, None),
    ("I guess X.", S, None),
    ("Is it X? No, it is Y.", S, A),
    ("My lab partner says X, but I say Y.", OTHER, A),
    ("According to the teacher X is it, but we get Y.", OTHER, A),
    ("According to our table X is it.", A, None),
    ("Some would say X. We say Y.", OTHER, A),
    ("My partner and I say X.", A, None),
    ("The question is about X. Our answer is Y.", G, A),
    ("First we thought X, but it is Y.", T, A),
    ("Initially I had X and got an error. Then I changed to Y.", T, A),
    ("We first computed X and then added Y.", A, A),
    ("X was wrong. Y.", T, A),
    ("X. No wait, Y.", T, A),
    ("Our first guess was X; now we have Y.", T, A),
    ("Det är inte X utan Y.", D, A),
    ("X, inte Y.", A, D),
    ("X och inte Y.", A, D),
    ("I stället för X tar vi Y.", D, A),
    ("Hellre X än något annat, snarare än Y.", A, D),
    ("X är inte bara snabb utan också bra.", A, None),
    ("Om det fanns fler vore det X, men det är Y.", S, A),
    ("Om man tittar på tabellen är X bäst.", A, None),
    ("Kanske X.", S, None),
    ("Antingen X eller Y.", S, S),
    ("Det skulle kunna vara X.", S, None),
    ("Jag skulle börja med X.", A, None),
    ("Vissa säger X, men vi säger Y.", OTHER, A),
    ("Min labbkamrat tycker X, men jag tycker Y.", OTHER, A),
    ("Enligt tabellen är det X.", A, None),
    ("Först trodde vi X, men det är Y.", T, A),
    ("X var fel, Y är rätt.", T, A),
    ("X stämmer inte. Y.", D, A),
]
PASSAGES = [
    ("784*128 + 128", "128*785"),
    ("100", "10"),
    ("`f(a, b)`", "`f(b, a)`"),
    ("the loss", "the sum"),
    ("(2+3)*4", "2 + 3*4"),
]


@pytest.mark.parametrize(("phrasing", "first", "second"), PHRASINGS)
def test_stance(phrasing: str, first: Stance, second: Stance | None) -> None:
    for x, y in PASSAGES:
        text = phrasing.replace("X", "\0").replace("Y", "\1").replace("\0", x).replace("\1", y)
        at = text.index(x)
        assert stance_at(text, at, at + len(x))[0] is first, text
        if second is not None:
            at = text.rindex(y)
            assert stance_at(text, at, at + len(y))[0] is second, text


def test_clauses_have_a_place_a_sentence_and_the_words_that_decided() -> None:
    text = "We take 100. It is not 10, but 1, 10 and 100 were tried."
    found = clauses(text)
    assert [text[one.start : one.end] for one in found] == [one.text for one in found]
    assert [(one.text, one.sentence, one.stance, one.cue) for one in found] == [
        ("We take 100.", 0, A, ""),
        ("It is not 10,", 1, D, "not"),
        ("but 1, 10 and 100 were tried.", 1, A, ""),
    ]


def test_brackets_keep_what_is_in_them() -> None:
    text = "It is 784*128 (not 784*127) + 128."
    assert stance_at(text, text.index("784*127"), text.index(")"))[0] is D
    assert stance_at(text, text.rindex("128"), len(text) - 1)[0] is A
    assert [one.stance for one in clauses(text)] == [A]


WORDS = [
    "not ",
    "inte ",
    "if ",
    "om ",
    "either ",
    "or ",
    "but ",
    "first we thought ",
    "(",
    ")",
    ", ",
    ". ",
    "? ",
    "~~",
    "100 ",
    "my partner says ",
    "rather than ",
    "is wrong ",
    "\n\n",
    ": ",
    "no wait ",
    "<s>",
    "anything other than ",
]


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.text(max_size=300), st.lists(st.sampled_from(WORDS), max_size=60).map("".join)), st.data()
)
def test_any_text_is_divided_into_its_clauses(text: str, data: st.DataObject) -> None:
    found = clauses(text)
    assert all(one.text == text[one.start : one.end] and one.text.strip() for one in found)
    assert all(
        before.end <= after.start and before.sentence <= after.sentence for before, after in pairwise(found)
    )
    covered = set().union(*(range(one.start, one.end) for one in found))
    assert all(place in covered for place, char in enumerate(text) if char.isalnum())
    start = data.draw(st.integers(0, max(0, len(text))))
    stance, cue = stance_at(text, start, data.draw(st.integers(start, len(text) + 5)))
    assert (stance is A) == (cue == "")


@pytest.mark.parametrize("unit", [*WORDS, "not not, ", "(a) ", "a", " ", "1, ", "is not wrong "])
def test_long_texts_take_no_longer_than_their_length(unit: str) -> None:
    text = (unit * (100_000 // len(unit)))[:100_000]
    started = time.perf_counter()
    clauses(text)
    assert time.perf_counter() - started < 15
