"""Plain text of any encoding, with code, tables and formulas told apart by their look."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from grader.documents import Document, UnreadableDocumentError
from grader.documents.core.document import BlockKind

Read = Callable[..., Document]

REPORT = """Lab 3, Åsa Exempel (asaex123)

Fråga 1
for i in range(10):
    with tf.GradientTape() as tape:
        loss = training_loss(parameters)

    gradient = tape.gradient(loss, parameters)

Vi deriverar förlusten.

Fråga 2
(28*28 + 1) · 128 = 785 · 128
= 100 480

Fråga 3
 batch size      time     accuracy
          1      118s       0.8217
         10       13s       0.8311

Jag väljer 100 – den är snabb.
"""


def test_a_report_is_divided_by_its_look(read: Read) -> None:
    document = read("report.txt", REPORT)
    assert [(block.kind.value, block.place.line) for block in document.blocks] == [
        ("prose", 1),
        ("heading", 3),
        ("code", 4),
        ("prose", 10),
        ("heading", 12),
        ("maths", 13),
        ("heading", 16),
        ("table", 17),
        ("prose", 21),
    ]
    code, maths, table = (document.blocks[index] for index in (2, 5, 7))
    assert code.text.split("\n")[4] == "    gradient = tape.gradient(loss, parameters)"
    assert maths.text == "(28*28 + 1) · 128 = 785 · 128\n= 100 480"
    assert table.rows == (
        ("batch size", "time", "accuracy"),
        ("1", "118s", "0.8217"),
        ("10", "13s", "0.8311"),
    )


@pytest.mark.parametrize(
    "data",
    [
        REPORT.encode("utf-8"),
        codecs.BOM_UTF8 + REPORT.encode("utf-8"),
        REPORT.encode("utf-16"),
        REPORT.encode("utf-16-le"),
        REPORT.encode("utf-16-be"),
        REPORT.encode("cp1252"),
        REPORT.replace("\n", "\r\n").encode("utf-8"),
        REPORT.replace("\n", "\r").encode("utf-8"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16-le", "utf-16-be", "windows", "crlf", "cr"],
)
def test_the_encoding_makes_no_difference(read: Read, data: bytes) -> None:
    assert read("report.txt", data).text() == read("report.txt", REPORT).text()


def test_latin_1_is_not_taken_for_something_rarer(read: Read) -> None:
    text = "Jag väljer 100 eftersom noggrannheten är högre än för 1000 och tiden är kort.\n"
    assert read("report.txt", text.encode("latin-1")).text() == text.strip()


def test_what_prints_nothing_is_taken_out(read: Read) -> None:
    document = read("report.txt", "The \u202eloss\u202c is\x1b[31m red\x1b[0m\x07 and \ufeffhere")
    assert document.text() == "The loss is red and here"


def test_a_binary_file_is_told_in_plain_words(read: Read) -> None:
    with pytest.raises(UnreadableDocumentError, match="not text"):
        read("report.txt", bytes(range(256)) * 40)


def test_keras_logs_are_output_not_prose(read: Read) -> None:
    log = "600/600 [====================] - 3s 4ms/step - loss: 0.5243 - accuracy: 0.8168"
    document = read("report.txt", f"With batch size 100:\n{log}\n\nThat is fast.")
    assert [block.kind for block in document.blocks] == [BlockKind.PROSE, BlockKind.OUTPUT, BlockKind.PROSE]
    assert document.blocks[1].text == log


@pytest.mark.parametrize(
    "line",
    [
        "With respect to the parameters: that is the answer.",
        "For all batch sizes in the table: the time falls.",
        "P = number of inputs times number of neurons",
        "Question 1: tape.gradient(loss, parameters)",
        "If you ask me, 100 (or 10) is best:",
        "Return to question 2 for the math.",
        "The loss (training_loss) of the parameters",
    ],
)
def test_sentences_are_not_code(read: Read, line: str) -> None:
    assert [block.kind for block in read("report.txt", line).blocks] == [BlockKind.PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "gradient = tape.gradient(loss, parameters)",
        "tape.gradient(target=loss, sources=parameters)",
        "tf.assign(parameters, parameters - 0.01 * gradient)",
        "import tensorflow.compat.v1 as tf",
        "with tf.GradientTape() as tape:",
        "for i in range(10): # Adjust number of iterations",
        "print(“Loss”, loss)",
        "model.fit(train_images, train_labels,",
        "gradient = tape.gradient(???, ???) # QUESTION 1",
    ],
)
def test_lines_of_code_are_code(read: Read, line: str) -> None:
    assert [block.kind for block in read("report.txt", f"{line}\n").blocks] == [BlockKind.CODE]


def test_fences_and_pipes_in_text_are_read_as_markdown(read: Read) -> None:
    document = read("report.txt", "# Lab\n\n```python\nx = f(1)\n```\n\na | b\n--- | ---\n1 | 2\n")
    assert [block.kind for block in document.blocks] == [BlockKind.HEADING, BlockKind.CODE, BlockKind.TABLE]


def test_a_python_file_is_code(read: Read) -> None:
    source = "import tensorflow as tf\n\n# Question 1\ndef f(x):\n    # the loss\n    return x\n\ngradient = tape.gradient(loss, parameters)\n"
    document = read("lab.py", source)
    assert [block.kind for block in document.blocks] == [BlockKind.CODE]
    assert document.blocks[0].text == source.strip()
