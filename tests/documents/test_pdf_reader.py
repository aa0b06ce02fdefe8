"""PDF by position: what stands where decides what it is."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from written_pdf import bomb, lines, pdf, stroke, text

from grader.documents import Document, ReadingLimits, UnreadableDocumentError
from grader.documents.core.document import BlockKind, Box, FigureKind
from grader.documents.pdf.pdf_render import page_picture

Read = Callable[..., Document]
CODE = (
    "for i in range(10):",
    "    with tf.GradientTape() as tape:",
    "        loss = training_loss(parameters)",
    "",
    "        gradient = tape.gradient(loss, parameters)",
)
LONG = "The training loop changes the parameters so that the loss gets smaller and smaller, so that the line"


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in document.blocks]


def test_paragraphs_headings_and_hard_line_ends(read: Read) -> None:
    page = text(72, 780, "Question 1", "F3", 15) + lines(
        72, 750, [LONG, "goes through the points.", "Another line."]
    )
    assert kinds(read("report.pdf", pdf([page]))) == [
        ("heading", "Question 1"),
        ("prose", f"{LONG} goes through the points.\nAnother line."),
    ]


def test_words_parted_at_line_ends_are_joined(read: Read) -> None:
    page = lines(72, 750, [f"{LONG} through the param-", "eters is found."], size=9)
    assert read("report.pdf", pdf([page])).blocks[0].text.endswith("the parameters is found.")


@pytest.mark.parametrize(("font", "size", "leading"), [("F2", 10, 12), ("F2", 9, 11), ("F1", 11, 14)])
def test_a_listing_keeps_its_indentation_and_blank_lines(
    read: Read, font: str, size: float, leading: float
) -> None:
    """In Courier by its columns; in a proportional type, where blanks are narrower, by levels."""
    page = text(72, 780, "The loop is this one here:") + lines(72, 750, CODE, font, size, leading)
    document = read("report.pdf", pdf([page]))
    code = next(block for block in document.blocks if block.kind is BlockKind.CODE)
    assert code.text == "\n".join(CODE)
    assert code.place.where == "page 1, line 2"


def test_a_listing_goes_on_over_a_page_break(read: Read) -> None:
    first = (
        text(72, 800, "TDDC17, Anna Exempel", size=9)
        + lines(72, 90, CODE[:3], "F2", 10, 12)
        + text(297, 30, "1")
    )
    second = (
        text(72, 800, "TDDC17, Anna Exempel", size=9)
        + lines(72, 770, CODE[4:], "F2", 10, 12)
        + text(297, 30, "2")
    )
    # the second page's lines begin at the same columns, since they are counted from the listing's left edge
    document = read("report.pdf", pdf([first, second]))
    assert (
        kinds(document)
        == [
            ("prose", "TDDC17, Anna Exempel"),  # the running head stays once: names stand there
            ("code", "\n".join((*CODE[:3], CODE[4]))),
        ]
    )


@pytest.mark.parametrize("prompt", ["In [23]:", "[23]:", "In [ ]:"])
def test_a_notebook_prompt_is_no_code(read: Read, prompt: str) -> None:
    page = text(40, 750, prompt, "F2", 10) + lines(110, 750, CODE, "F2", 10, 12)
    assert kinds(read("report.pdf", pdf([page]))) == [("code", "\n".join(CODE))]


def test_powers_are_told_by_their_size(read: Read) -> None:
    page = (
        text(72, 750, "28", "F4", 10) + text(82.2, 754, "2", "F4", 7) + text(87, 750, "= 784 and n", "F4", 10)
    )
    page += text(137, 747.5, "in", "F4", 7) + text(146, 750, "inputs", "F4", 10)
    assert read("report.pdf", pdf([page])).text().startswith("28^2 = 784 and n")


def test_a_fraction_is_one(read: Read) -> None:
    page = (
        text(72, 750, "P = 2 + ", "F4", 12)
        + text(120, 757, "200960", "F4", 12)
        + stroke(119, 753.5, 157, 753.5)
    )
    page += text(135, 743, "2", "F4", 12) + text(162, 750, "= 100482", "F4", 12)
    assert kinds(read("report.pdf", pdf([page]))) == [("maths", "P = 2 + (200960)/(2) = 100482")]


ROWS = (
    ("Batch size", "Time (s)", "Accuracy"),
    ("1", "118", "0.8124"),
    ("10", "13", "0.8251"),
    ("60000", "1", "0.1000"),
)


def rows_at(top: float, rows: tuple[tuple[str, ...], ...], ruled: bool) -> str:
    columns = (80, 170, 260)
    page = "".join(
        text(columns[at] + 4, top - 20 * index, cell)
        for index, row in enumerate(rows)
        for at, cell in enumerate(row)
    )
    if ruled:
        bottom = top - 20 * len(rows) + 14
        page += "".join(
            stroke(78, top + 14 - 20 * index, 350, top + 14 - 20 * index) for index in range(len(rows) + 1)
        )
        page += "".join(stroke(x, top + 14, x, bottom) for x in (78, 168, 258, 350))
    return page


@pytest.mark.parametrize("ruled", [True, False], ids=["ruled", "unruled"])
def test_tables_with_and_without_rules(read: Read, ruled: bool) -> None:
    page = (
        text(72, 790, "Time and accuracy were measured.")
        + rows_at(750, ROWS, ruled)
        + text(72, 600, "That is all.")
    )
    document = read("report.pdf", pdf([page]))
    assert [block.kind for block in document.blocks] == [BlockKind.PROSE, BlockKind.TABLE, BlockKind.PROSE]
    assert document.blocks[1].rows == ROWS


@pytest.mark.parametrize("split", [2, 3], ids=["two rows over", "one row over"])
def test_a_table_goes_on_over_a_page_break(read: Read, split: int) -> None:
    first = text(72, 300, "Time and accuracy:") + rows_at(270, ROWS[:split], False) + text(297, 30, "1")
    second = rows_at(770, ROWS[split:], False) + text(72, 600, "That is all.") + text(297, 30, "2")
    document = read("report.pdf", pdf([first, second]))
    assert [block.rows for block in document.blocks if block.kind is BlockKind.TABLE] == [ROWS]
    assert document.pages == 2


def test_prose_is_no_table(read: Read) -> None:
    page = lines(
        72,
        750,
        [
            "I would start with 100 since  it takes 3 seconds and",
            "has 0.81 accuracy, while the  10 takes 13 seconds or more",
        ],
    )
    assert [block.kind for block in read("report.pdf", pdf([page])).blocks] == [BlockKind.PROSE]


def test_a_plot_of_strokes_is_a_figure_and_its_words_are_not_text(read: Read) -> None:
    page = text(72, 800, "The curve of the times is this:")
    page += stroke(120, 500, 420, 500) + stroke(120, 500, 120, 700)
    page += "".join(stroke(120 + 60 * tick, 500, 120 + 60 * tick, 496) for tick in range(6))
    page += "".join(text(116 + 60 * tick, 486, str(10**tick), size=8) for tick in range(5))
    page += "".join(text(98, 500 + 40 * tick, str(30 * tick), size=8) for tick in range(5))
    page += stroke(125, 690, 200, 540) + stroke(200, 540, 400, 505) + text(240, 470, "batch size", size=8)
    page += text(72, 400, "It falls steeply up to 100 and hardly at all after that.")
    document = read("report.pdf", pdf([page]))
    assert [block.kind for block in document.blocks] == [BlockKind.PROSE, BlockKind.FIGURE, BlockKind.PROSE]
    figure = document.blocks[1].figure
    assert figure is not None
    assert (figure.kind, figure.ticks, figure.labelled) == (FigureKind.PLOT, 10, True)
    assert figure.picture is not None
    assert Image.open(io.BytesIO(figure.picture.data)).format == "WEBP"


def test_a_damaged_directory_is_mended(read: Read) -> None:
    whole = pdf([text(72, 750, "Some words of the report")])
    broken = whole.replace(b"startxref\n", b"startxref\n9")
    assert read("report.pdf", broken).text() == "Some words of the report"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pdf([text(72, 750, "words")], locked=True), "locked with a password"),
        (pdf([text(72, 750, "words")])[:200], "damaged"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 50, "damaged"),
        (b"%PDF-", "damaged"),
        (pdf([]), "pages|damaged"),
    ],
    ids=["locked", "truncated", "garbage", "head only", "no pages"],
)
def test_what_cannot_be_read_is_told_in_plain_words(read: Read, data: bytes, words: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=words):
        read("report.pdf", data)


def test_thousands_of_pages_are_read_up_to_the_limit(read: Read) -> None:
    document = read("report.pdf", pdf([text(72, 700, "Words.")] * 2_000), ReadingLimits(pages=3))
    assert document.pages == 2_000
    assert len(document.blocks) == 3
    assert document.notes == ("the PDF has 2000 pages; the first 3 were read",)


def test_a_page_picture_shows_the_passage_marked(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf([text(72, 750, "gradient = tape.gradient(loss, parameters)", "F2", 10)]))
    plain, marked = (
        page_picture(path, 1),
        page_picture(path, 1, [Box(1, 72, 82, 320, 94), Box(2, 0, 0, 50, 50)]),
    )
    images = [Image.open(io.BytesIO(data)).convert("RGB") for data in (plain, marked)]
    assert images[0].size == images[1].size
    assert images[0].width == 1000
    scale = 1000 / 595
    inside, outside = (int(300 * scale), int(84 * scale)), (int(500 * scale), int(300 * scale))
    assert images[0].getpixel(inside) == (255, 255, 255)
    assert images[1].getpixel(inside) != (255, 255, 255)
    assert images[1].getpixel(outside) == (255, 255, 255)
    assert len(marked) < 100_000
    with pytest.raises(UnreadableDocumentError, match="cannot be drawn"):
        page_picture(path, 7)


def test_a_stream_that_inflates_is_bounded(read: Read) -> None:
    """The page is read or not; what matters is that it ends, and how much is kept."""
    document = read("report.pdf", pdf(["x"], compressed=bomb(20)), ReadingLimits(seconds=5))
    assert len(document.text()) < 1_000


def test_a_broken_stream_is_bounded(read: Read) -> None:
    data = zlib.compress(text(72, 700, "words").encode() * 50)[:-9] + struct.pack(">I", 7)
    assert len(read("report.pdf", pdf(["x"], compressed=data)).text()) < 10_000
