"""Markdown as students write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.documents import Document, read_document
from grader.documents.core.document import BlockKind

Read = Callable[..., Document]
FIXTURES = Path(__file__).parent / "fixtures"


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in document.blocks]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "The layer has 28*28*128 + 128 = 100480 parameters.",
            "The layer has 28*28*128 + 128 = 100480 parameters.",
        ),
        ("so n*m*k + k and 28**2 parameters in all", "so n*m*k + k and 28**2 parameters in all"),
        ("We take **the loss** and *parameters* here.", "We take the loss and parameters here."),
        ("(784+1)*128*1 is what we get", "(784+1)*128*1 is what we get"),
        (r"With \(28^2\) pixels and $m$ neurons", "With $28^2$ pixels and $m$ neurons"),
        ("Use `loss` and `parameters`.", "Use loss and parameters."),
        ("28<sup>2</sup> * 128 weights", "28^{2} * 128 weights"),
        ("a file dense_1_kernel_2 here", "a file dense_1_kernel_2 here"),
    ],
)
def test_signs_that_mean_something_stay(read: Read, source: str, text: str) -> None:
    assert kinds(read("report.md", source)) == [("prose", text)]


@pytest.mark.parametrize(
    "source", ["$$28 \\times 28$$", "\\[28 \\times 28\\]", "$28 \\times 28$", "$$\n28 \\times 28\n$$"]
)
def test_formulas_stand_by_themselves(read: Read, source: str) -> None:
    assert kinds(read("report.md", source)) == [("maths", "28 \\times 28")]


def test_a_formula_within_a_paragraph_parts_it(read: Read) -> None:
    document = read("report.md", "We get $$784 \\cdot 128 = 100352$$ and then the biases.")
    assert kinds(document) == [
        ("prose", "We get"),
        ("maths", "784 \\cdot 128 = 100352"),
        ("prose", "and then the biases."),
    ]


def test_steps_of_a_derivation_stay_together(read: Read) -> None:
    document = read("report.md", "$$P = 784 \\cdot 128 + 128$$\n\n$$= 100480$$")
    assert kinds(document) == [("maths", "P = 784 \\cdot 128 + 128\n= 100480")]


def test_a_number_alone_is_no_empty_list(read: Read) -> None:
    document = read("report.md", "# Question 3\n\n100.\n\n1.\n")
    assert [(block.text, block.place.where) for block in document.blocks[1:]] == [("100.", "line 3")]


def test_an_open_fence_does_not_swallow_the_rest(read: Read) -> None:
    document = read(
        "report.md",
        "```python\nx = f(1)\n\ny = g(2)\n\n**Question 2)** The layer has 784 inputs and 128 neurons.\n\n```\nz = h(3)\n```\n",
    )
    assert [block.kind for block in document.blocks] == [BlockKind.CODE, BlockKind.PROSE, BlockKind.CODE]
    assert document.blocks[0].text == "x = f(1)\n\ny = g(2)"
    assert document.blocks[1].text.startswith("Question 2)")
    assert document.blocks[2].place.line == 9


def test_a_fence_that_is_never_closed_ends_at_the_next_answer(read: Read) -> None:
    document = read(
        "report.md", "# Lab\n```\ngradient = tape.gradient(loss, parameters)\n\nQuestion 2: 784*128 + 128\n"
    )
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.CODE, BlockKind.PROSE]


def test_what_stands_in_a_fence_is_told_apart(read: Read) -> None:
    source = (
        "```\nLoss before training: 6234.28564\nLoss after training: 248.048981\n```\n\n"
        "```\nbatch      time   accuracy\n    1      191s   0.8189\n   10       25s   0.8315\n```\n\n"
        "```\n600/600 [====] - 3s 4ms/step - loss: 0.5 - accuracy: 0.81\n```\n\n"
        "```\n    gradient = tape.gradient(loss, parameters)\n```\n"
    )
    document = read("report.md", source)
    assert [block.kind for block in document.blocks] == [
        BlockKind.OUTPUT,
        BlockKind.TABLE,
        BlockKind.OUTPUT,
        BlockKind.CODE,
    ]
    assert document.blocks[1].rows[1] == ("1", "191s", "0.8189")
    assert document.blocks[3].text == "    gradient = tape.gradient(loss, parameters)"


def test_tables_of_tabs_are_tables(read: Read) -> None:
    document = read("report.md", "Batch size\tTime\n1\t118\n10\t13\n\nThe end.")
    assert document.blocks[0].rows == (("Batch size", "Time"), ("1", "118"), ("10", "13"))
    assert document.blocks[1].text == "The end."


def test_a_label_before_a_table_heads_it(read: Read) -> None:
    document = read("report.md", "(c) Batch size\tTime\n1\t118\n10\t13")
    assert kinds(document)[0] == ("prose", "(c)")
    assert document.blocks[1].rows[0] == ("Batch size", "Time")


def test_raw_html_is_read_as_html(read: Read) -> None:
    source = (
        "Before\n\n<table><tr><td>1</td><td>118</td></tr>\n\n<tr><td>10</td><td>13</td></tr></table>\n\nAfter"
    )
    document = read("report.md", source)
    assert [block.kind for block in document.blocks] == [BlockKind.PROSE, BlockKind.TABLE, BlockKind.PROSE]
    assert document.blocks[1].rows == (("1", "118"), ("10", "13"))


def test_list_items_keep_their_marks(read: Read) -> None:
    document = read("report.md", "1. gradient of the loss\n2. 784*128 + 128\n\n- batch size 10: 13 s\n")
    assert kinds(document) == [
        ("prose", "1. gradient of the loss"),
        ("prose", "2. 784*128 + 128"),
        ("prose", "- batch size 10: 13 s"),
    ]


def test_pictures_come_from_beside_the_file_only(read: Read, tmp_path: Path) -> None:
    png = (FIXTURES / "img" / "notaplot.png").read_bytes()
    (tmp_path / "plot.png").write_bytes(png)
    (tmp_path / "link.png").symlink_to(FIXTURES / "img" / "plot_good.png")
    outside = tmp_path.parent / "outside.png"
    outside.write_bytes(png)
    document = read(
        "report.md",
        "![a](plot.png)\n\n![b](link.png)\n\n![c](../outside.png)\n\n![d](http://example.org/x.png)",
    )
    figures = [block.figure for block in document.blocks if block.figure is not None]
    assert [figure.picture is not None for figure in figures] == [True, False, False, False]
    assert figures[0].picture is not None
    assert figures[0].picture.media_type == "image/png"
    assert len(document.notes) == 3


def test_embedded_pictures_are_decoded_and_not_text(read: Read) -> None:
    import base64

    url = (
        "data:image/png;base64," + base64.b64encode((FIXTURES / "img" / "notaplot.png").read_bytes()).decode()
    )
    document = read("report.md", f"![][image1]\n\nSome words.\n\n[image1]: <{url}>\n")
    assert [block.kind for block in document.blocks] == [BlockKind.FIGURE, BlockKind.PROSE]
    assert document.blocks[0].figure is not None
    assert document.blocks[0].figure.picture is not None
    assert "base64" not in document.text()


def test_a_yaml_head_gives_title_and_authors(read: Read) -> None:
    document = read(
        "report.md", '---\ntitle: "Lab 3"\nauthor:\n  - Anna Exempel\n  - Klara Påhitt\n---\n\nText.'
    )
    assert kinds(document) == [
        ("heading", "Lab 3"),
        ("prose", "Anna Exempel"),
        ("prose", "Klara Påhitt"),
        ("prose", "Text."),
    ]
    assert document.blocks[3].place.line == 8


def test_wrapped_lines_join_and_ended_lines_do_not(read: Read) -> None:
    wrapped = "The accuracy is nearly flat from one to a hundred and then it\ndrops quickly, while the time falls steeply up to a hundred\nand then no more."
    assert "\n" not in read("report.md", wrapped).blocks[0].text
    ended = "Batch size 1: 118 s\nBatch size 10: 13 s"
    assert read("report.md", ended).blocks[0].text == ended


def test_the_seed_keeps_the_prompt_in_its_fence() -> None:
    document = read_document(FIXTURES / "md" / "seed_anon.md")
    code = [block.text for block in document.blocks if block.kind is BlockKind.CODE]
    assert code[1].startswith('[23] tf.print("Loss before training:"')  # the code normaliser takes it off
    assert "\n        gradient = tape.gradient(loss, parameters) # QUESTION 1)" in code[1]
