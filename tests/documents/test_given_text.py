"""What was handed out is told apart, whatever became of its layout; what students put beside it stays."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.documents.core.document import Block, BlockKind, Document, Figure, FigureKind, Picture, Place
from grader.documents.given.edition import Edition, EditionError, from_json, given_text, picture_hash, to_json
from grader.documents.given.given_text import told_apart
from grader.documents.given.making import editions_in, of_document

ASKED = (
    "Question 7) Measure how long the kettle takes with half a litre, one litre and two litres of water, and tell which amount"
    " should be boiled at once to spend the least time per cup. Which amount is it?"
)
LESSON = "Water has to be heated from the tap's ten degrees, which takes the more energy the more of it there is in the kettle."
CODE = "energy = mass * 4186 * (100 - start)  # joules\nprint(energy)\nseconds = energy / power"
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + b"\x00\x00\x00\rIHDR"
    + (900).to_bytes(4, "big")
    + (600).to_bytes(4, "big")
    + b"plot"
)


def block(
    kind: BlockKind, text: str, cell: int = 0, *, line: int | None = None, figure: Figure | None = None
) -> Block:
    return Block(kind, text, Place("lab.ipynb", f"cell {cell}", cell=cell, line=line), figure=figure)


def prose(text: str, cell: int = 0) -> Block:
    return block(BlockKind.PROSE, text, cell, line=1)


def notebook(*blocks: Block) -> Document:
    return Document("lab.ipynb", "notebook", blocks)


HANDOUT = notebook(
    block(BlockKind.HEADING, "The kettle", 0, line=1),
    prose(LESSON, 0),
    block(BlockKind.CODE, CODE, 1),
    block(BlockKind.CODE, "power = 2000\nstart = 10", 2),
    block(BlockKind.CODE, "amounts = ???\nplot(amounts)", 3),
    prose(ASKED, 4),
)
GIVEN = given_text([of_document(HANDOUT)])


def own(*blocks: Block) -> list[str]:
    return [told.own.text for told in told_apart(notebook(*blocks), GIVEN).blocks if told.own is not None]


def test_the_handout_itself_leaves_nothing() -> None:
    assert own(*HANDOUT.blocks) == []
    assert told_apart(HANDOUT, GIVEN).copy


@pytest.mark.parametrize(
    "changed",
    [
        ASKED.replace(" ", "\n", 12),
        ASKED.upper(),
        f"**{ASKED.replace('Question 7)', 'Question 7)**')}",
        ASKED.replace("one litre", "*one* litre").replace(", and", " and"),
        ASKED.replace("kettle", "kettel").replace("should", "shall"),
        ASKED.replace("least time per cup. Which amount is it?", "least time on it."),
    ],
)
def test_layout_and_small_edits_hide_nothing(changed: str) -> None:
    assert own(prose(changed)) == []


@pytest.mark.parametrize(
    ("written", "left"),
    [
        (f"{ASKED}\n\nOne litre, as it takes 3 s a cup.", "One litre, as it takes 3 s a cup."),
        (f"{ASKED} One litre.", "One litre."),
        (f"{ASKED} 1", "1"),
        (f"{ASKED} **one litre**", "one litre"),
        (ASKED.replace("is it?", "is it: one litre"), "one litre"),
        (ASKED.replace("half a litre,", "half a litre (took 90 s),"), "90 s"),
        (f"Svar: en liter.\n{ASKED}", "Svar: en liter."),
    ],
)
def test_what_is_typed_beside_the_question_stays(written: str, left: str) -> None:
    (found,) = own(prose(written))
    assert left in found
    assert "Measure how long" not in found


@pytest.mark.parametrize(
    "sentence",
    [
        "One litre should be boiled at once to spend the least time.",
        "With half a litre, one litre and two litres of water it took 60, 90 and 170 seconds.",
        "The more of it there is in the kettle, the longer it takes.",
        "half a litre, one litre, two litres",
        "0.5, 1, 2",
    ],
)
def test_sentences_of_ones_own_in_the_questions_words_stay(sentence: str) -> None:
    assert own(prose(sentence)) == [sentence]


def test_an_answer_in_the_handouts_words_behind_its_question_stays() -> None:
    lesson = prose("One asks how much of the energy goes into the water, with the amount of it in mind.", 0)
    known = given_text([of_document(notebook(*HANDOUT.blocks, lesson))])
    answer = "How much of the time, with the amount of water."
    document = notebook(*HANDOUT.blocks[:-1], prose(f"{ASKED} {answer}"))
    (left,) = [told.own.text for told in told_apart(document, known).blocks if told.own is not None]
    assert left == answer


def test_cells_are_given_whatever_their_layout_and_changed_ones_stay_whole() -> None:
    assert own(block(BlockKind.CODE, CODE.replace(" ", "  ").replace("# joules", ""))) == []
    changed = CODE.replace("4186", "4190")
    assert own(block(BlockKind.CODE, changed)) == [changed]
    assert GIVEN.line("print( energy )")
    assert not GIVEN.line("energy = mass * 4190 * (100 - start)")


def test_comments_of_ones_own_in_a_given_cell_stay() -> None:
    assert own(block(BlockKind.CODE, CODE + "\n# Question 7: one litre")) == ["# Question 7: one litre"]


def test_a_quoted_line_in_a_report_is_its_authors() -> None:
    told = told_apart(Document("r.md", "markdown", (block(BlockKind.CODE, "print(energy)"),)), GIVEN)
    assert told.blocks[0].own is not None


def test_what_a_given_cell_draws_is_given_and_what_a_changed_one_draws_is_not() -> None:
    plot = Figure(FigureKind.PLOT, Picture("image/png", PNG))
    drawn = block(BlockKind.FIGURE, "", 1, figure=plot)
    assert own(block(BlockKind.CODE, CODE, 1), drawn) == []
    assert len(own(block(BlockKind.CODE, CODE + "\nplot(3)", 1), drawn)) == 2


def test_pictures_are_known_by_bytes_or_address() -> None:
    known = given_text(
        [Edition("x", pictures=frozenset([picture_hash(PNG), picture_hash("https://x.example/kettle.png")]))]
    )

    def left(figure: Figure) -> bool:
        document = notebook(block(BlockKind.FIGURE, "kettle", 0, line=1, figure=figure))
        return told_apart(document, known).blocks[0].own is not None

    assert not left(Figure(picture=Picture("image/png", PNG)))
    assert not left(Figure(address="https://x.example/kettle.png"))
    assert left(Figure(picture=Picture("image/png", PNG + b"2")))
    assert left(Figure(address="https://x.example/mine.png"))


@pytest.mark.parametrize(
    ("alt", "figure", "badge"),
    [
        ("Open In Colab", Figure(address="https://colab.research.google.com/assets/colab-badge.svg"), True),
        ("", Figure(address="https://colab.research.google.com/assets/colab-badge.svg"), True),
        ("Open in Kaggle", Figure(), True),
        ("Launch Binder", Figure(address="https://mybinder.org/badge_logo.svg"), True),
        (
            "",
            Figure(picture=Picture("image/svg+xml", b'<svg xmlns="x" width="117" height="20"></svg>')),
            True,
        ),
        ("", Figure(picture=Picture("image/png", PNG[:20] + (24).to_bytes(4, "big"))), True),
        ("Open questions in the accuracy curve", Figure(picture=Picture("image/png", PNG)), False),
        ("time and accuracy", Figure(address="plot.png"), False),
    ],
)
def test_badges_are_nobodys_plot(alt: str, figure: Figure, badge: bool) -> None:
    document = notebook(block(BlockKind.FIGURE, alt, 0, line=1, figure=figure))
    assert (told_apart(document, given_text([])).blocks[0].own is None) is badge


def test_a_cell_that_shows_the_answer_is_left_out_of_the_fingerprints(tmp_path: Path) -> None:
    def cell(source: str, *tags: str) -> dict[str, object]:
        return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source, "outputs": []}

    path = tmp_path / "h.ipynb"
    path.write_bytes(
        msgspec.json.encode({"cells": [cell("a = 1 + 2"), cell("plot(a, b)", "shows-answer")], "nbformat": 4})
    )
    (edition,) = editions_in(path)
    known = given_text([edition])
    assert known.line("a = 1 + 2")
    assert not known.line("plot(a, b)")


def test_editions_are_read_as_written(tmp_path: Path) -> None:
    edition = of_document(HANDOUT)
    assert from_json(to_json([edition])) == (edition,)
    path = tmp_path / "f.json"
    path.write_bytes(to_json([edition]))
    assert editions_in(path) == (edition,)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"editions": {"x": {"prose": 3}}}', b'{"editions": {}, "schema": 99}']
)
def test_what_is_no_file_of_fingerprints_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(EditionError):
        from_json(data)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from([ASKED, LESSON, CODE, "100", "loss", "\n", ", ", "# x", "is", "???"]), max_size=9
    )
)
def test_nothing_of_ones_own_is_made_up(parts: list[str]) -> None:
    text = " ".join(parts)
    for kind in (BlockKind.PROSE, BlockKind.CODE):
        for left in own(block(kind, text)):
            assert all(word in text for word in left.split())


def test_long_hostile_text_is_linear() -> None:
    started = time.perf_counter()
    own(
        prose(", ".join([ASKED[:60], "x"] * 9_000)),
        block(BlockKind.CODE, (CODE + "\n") * 4_000),
        prose("\n".join(["print(energy)"] * 9_000)),
    )
    assert time.perf_counter() - started < 8
