"""Pages that lie on their side, and pages in two columns, are read as a person reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from written_pdf import lines, pdf, stroke, text

from grader.documents import Document
from grader.documents.core.document import BlockKind

Read = Callable[..., Document]
ROWS = (
    ("Batch size", "Time (s)", "Accuracy"),
    ("1", "118", "0.8124"),
    ("10", "13", "0.8251"),
    ("100", "3", "0.82"),
)
CALL = "gradient = tape.gradient(loss, parameters)"


def report() -> str:
    page = text(72, 780, "Question 1", "F3", 15) + text(72, 750, CALL) + text(72, 700, "Question 3", "F3", 15)
    for row, cells in enumerate(ROWS):
        page += "".join(text(80 + 90 * column, 660 - 20 * row, cell) for column, cell in enumerate(cells))
    for line in range(len(ROWS) + 1):
        page += stroke(76, 674 - 20 * line, 346, 674 - 20 * line)
    for column in range(4):
        page += stroke(76 + 90 * column, 674, 76 + 90 * column, 674 - 20 * len(ROWS))
    return page


def found(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in document.blocks]


UPRIGHT = pdf([report()])
TURNED = {
    "/Rotate 90": pdf([report()], entries="/Rotate 90"),
    "/Rotate 180": pdf([report()], entries="/Rotate 180"),
    "/Rotate 270": pdf([report()], entries="/Rotate 270"),
    "turned to the left": pdf([f"q 0 1 -1 0 842 0 cm {report()} Q"], media="0 0 842 595"),
    "turned to the right": pdf([f"q 0 -1 1 0 0 595 cm {report()} Q"], media="0 0 842 595"),
    "upside down": pdf([f"q -1 0 0 -1 595 842 cm {report()} Q"]),
    "turned, and displayed upright": pdf(
        [f"q 0 1 -1 0 842 0 cm {report()} Q"], media="0 0 842 595", entries="/Rotate 90"
    ),
}


@pytest.mark.parametrize("how", TURNED)
def test_a_page_on_its_side_reads_as_upright(read: Read, how: str) -> None:
    document = read("report.pdf", TURNED[how])
    assert found(document) == found(read("report.pdf", UPRIGHT))
    assert [block.rows for block in document.blocks if block.kind is BlockKind.TABLE] == [ROWS]


def test_places_are_those_of_the_page_as_it_is_displayed(read: Read) -> None:
    document = read("report.pdf", TURNED["/Rotate 90"])
    box = document.blocks[1].place.box
    assert box is not None
    assert box.bottom - box.top > 150  # the line runs down the page
    assert box.right - box.left < 20
    assert 842 - 100 < box.right < 842  # from its right edge, where the upright page has its head
    assert 60 < box.top < 80


def test_a_part_that_is_set_sideways_is_read_behind_the_rest(read: Read) -> None:
    aside = text(50, 40, "The call that we use is") + text(50, 20, CALL)
    page = text(72, 780, "Question 1") + f"q 0 1 -1 0 500 100 cm {aside} Q"
    assert found(read("report.pdf", pdf([page]))) == [
        ("prose", "Question 1"),
        ("prose", "The call that we use is"),
        ("code", CALL),
    ]


LEFT = [
    "We differentiate the loss with regard to",
    "the parameters of the network, since they",
    "are what the training changes, and since",
    "there are as many of them as the network",
    "has weights and biases. For each of the",
    "layers there are its inputs times neurons,",
]
RIGHT = [
    "and one bias for each of the neurons that",
    "it has. The training took 118 seconds with",
    "size 1, and 3 seconds with a size of 100.",
    "We would therefore begin with that one, as",
    "it is much faster than size 1 and hardly",
    "less accurate than a batch size of 10.",
]


@pytest.mark.parametrize("lower", [0, 5])
def test_two_columns_are_read_one_after_the_other(read: Read, lower: float) -> None:
    """Whether or not their lines stand level; what runs over both stays where it is."""
    page = text(150, 800, "A report in two columns", "F3", 16)
    page += lines(50, 760, LEFT) + lines(310, 760 - lower, RIGHT)
    page += text(
        50, 640, "This line runs over both columns of the page, as captions do that are long enough for it."
    )
    assert found(read("report.pdf", pdf([page])))[1:] == [
        ("prose", " ".join([*LEFT, *RIGHT])),
        (
            "prose",
            "This line runs over both columns of the page, as captions do that are long enough for it.",
        ),
    ]


def test_a_table_of_sentences_is_no_text_in_columns(read: Read) -> None:
    page = lines(50, 760, LEFT, leading=20) + lines(310, 760, RIGHT, leading=20)
    for line in range(len(LEFT) + 1):
        page += stroke(46, 774 - 20 * line, 560, 774 - 20 * line)
    for x in (46, 306, 560):
        page += stroke(x, 774, x, 774 - 20 * len(LEFT))
    table = next(block for block in read("report.pdf", pdf([page])).blocks if block.rows)
    assert table.rows == tuple(zip(LEFT, RIGHT, strict=True))


def test_remarks_beside_code_are_no_column(read: Read) -> None:
    code = [f"value_{name} = compute_it(alpha, beta)    # a remark on what it does" for name in "abcdefg"]
    assert found(read("report.pdf", pdf([lines(50, 760, code, "F2", 8)]))) == [("code", "\n".join(code))]


def test_a_page_that_has_ink_but_no_words_is_kept_as_a_picture(read: Read) -> None:
    """Letters that were drawn as outlines: someone, or OCR, looks at the page. An empty page is nothing."""
    outlines = "".join(f"{40 + 9 * at} 700 m {44 + 9 * at} 712 l {48 + 9 * at} 700 l S\n" for at in range(40))
    figures = [block.figure for block in read("report.pdf", pdf([outlines])).blocks]
    assert len(figures) == 1
    assert figures[0] is not None
    assert figures[0].picture is not None
    assert read("report.pdf", pdf([text(72, 700, "Words"), " "])).pages == 2
    assert len(read("report.pdf", pdf([text(72, 700, "Words"), " "])).blocks) == 1
