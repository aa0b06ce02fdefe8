"""What is drawn in a picture or a drawing: paths of metafiles, lines that leave no ink, bars on an axis of their colour."""

from __future__ import annotations

import random
import struct

import pytest
from lxml import etree
from PIL import Image, ImageDraw

from grader.documents.core.document import Block, BlockKind, Figure, FigureKind, Picture, Place
from grader.documents.figures import emf
from grader.documents.figures.mosaics import is_field, is_mosaic
from grader.documents.figures.raster_curves import curves_in
from grader.documents.figures.svg import described
from grader.documents.scans.curve_reading import with_lines

LINE = ((40, 300), (130, 120), (220, 90), (310, 80), (400, 70))


def _record(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 8) + body


def _pen(handle: int, colour: tuple[int, int, int], style: int = 0) -> bytes:
    made = _record(38, struct.pack("<IIii", handle, style, 1, 0) + bytes(colour) + b"\0")
    return made + _record(37, struct.pack("<I", handle))


def _polyline(points: tuple[tuple[int, int], ...]) -> bytes:
    flat = [value for point in points for value in point]
    return _record(87, bytes(16) + struct.pack("<I", len(points)) + struct.pack(f"<{len(flat)}h", *flat))


def _words(text: str) -> bytes:
    written = text.encode("utf-16-le")
    return _record(
        84,
        bytes(16)
        + struct.pack("<Iff", 2, 1, 1)
        + struct.pack("<iiII", 0, 0, len(text), 76)
        + bytes(24)
        + written,
    )


def _metafile(*records: bytes) -> Figure:
    header = _record(1, bytes(32) + b" EMF" + bytes(64))
    return Figure(picture=Picture("image/x-emf", header + b"".join(records) + _record(14, bytes(12))))


def test_a_metafile_is_a_plot_with_its_words_and_lines() -> None:
    frame = _polyline(((30, 310), (30, 40), (420, 40), (420, 310), (30, 310)))
    words = [_words(word) for word in ("0", "50", "100", "1000", "Training time (s)")]
    found = emf.described(
        _metafile(_pen(1, (0, 0, 0)), frame, _pen(2, (31, 119, 180)), _polyline(LINE), *words)
    )
    assert found.kind is FigureKind.PLOT
    assert "Training time" in found.words
    assert [curve.points for curve in found.curves] == [tuple((float(x), -float(y)) for x, y in LINE)]


def test_a_line_without_a_pen_is_none() -> None:
    frame = _polyline(((30, 310), (30, 40), (420, 40), (420, 310), (30, 310)))
    assert not emf.described(
        _metafile(_pen(1, (0, 0, 0)), frame, _pen(2, (0, 0, 0), style=5), _polyline(LINE))
    ).curves


def test_damaged_metafiles_are_read_as_far_as_they_go() -> None:
    whole = _metafile(_pen(2, (31, 119, 180)), _polyline(LINE), _words("100"))
    assert whole.picture is not None
    draw = random.Random(3)
    for _ in range(300):
        data = bytearray(whole.picture.data)
        for _ in range(draw.randrange(1, 6)):
            data[draw.randrange(8, len(data))] = draw.randrange(256)
        cut = bytes(data[: draw.randrange(40, len(data))])
        emf.described(Figure(picture=Picture("image/x-emf", cut)))


def _svg(line: str, before: str = "", behind: str = "") -> Figure:
    places = " ".join(f"{x},{y}" for x, y in LINE)
    shape = f'<polyline points="{places}" {line}/>'
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="440" height="330">{before}{shape}{behind}<path d="M 30 310 H 420" stroke="black"/></svg>'
    etree.fromstring(text)
    return described(Figure(picture=Picture("image/svg+xml", text.encode())))


SEEN = (
    _svg('fill="none" stroke="#1f77b4"'),
    _svg('class="line"'),
    _svg('style="fill:none;stroke:white"', before='<rect width="440" height="330" fill="#222222"/>'),
    _svg('fill="none" stroke="red"', behind='<rect width="440" height="330" fill="blue" opacity="0.1"/>'),
    _svg(
        'fill="none" stroke="red"', behind='<rect width="440" height="330" style="fill:blue;fill-opacity:0"/>'
    ),
)
UNSEEN = (
    _svg('fill="none" stroke="white"'),
    _svg('fill="none" stroke="none"'),
    _svg('fill="none" stroke="red" opacity="0"'),
    _svg('fill="none" stroke="red" stroke-opacity="0"'),
    _svg('fill="none" stroke="red" stroke-width="0"'),
    _svg('fill="none" stroke="red" style="display:none"'),
    _svg('fill="none" stroke="red" visibility="hidden"'),
    _svg('fill="none" stroke="#eaeaf2"', before='<rect width="440" height="330" fill="#eaeaf2"/>'),
    _svg('fill="none" stroke="red"', behind='<rect width="440" height="330" fill="white"/>'),
)


@pytest.mark.parametrize("figure", SEEN)
def test_lines_that_leave_ink_are_curves(figure: Figure) -> None:
    assert len(figure.curves) == 1


@pytest.mark.parametrize("figure", UNSEEN)
def test_lines_that_nobody_sees_are_none(figure: Figure) -> None:
    assert not figure.curves


def test_low_bars_in_the_colour_of_their_axis_are_followed() -> None:
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 30, 620, 430), outline="black")
    for at, tall in enumerate((360, 48, 11, 2, 7)):
        draw.rectangle((90 + 105 * at, 430 - tall, 170 + 105 * at, 430), fill="black")
    rows = [curve for curve in curves_in(image) if len(curve.points) == 5]
    heights = [y - rows[0].points[3][1] for _, y in rows[0].points]
    assert heights == pytest.approx([358, 46, 9, 0, 5], abs=1.5)


def test_pictures_side_by_side_are_no_plot_and_plots_are_no_pictures() -> None:
    draw = random.Random(5)
    grid = Image.new("RGB", (600, 600), "white")
    for row in range(5):
        for column in range(5):
            tile = Image.new("L", (28, 28))
            tile.putdata([draw.randrange(256) for _ in range(28 * 28)])
            grid.paste(tile.resize((90, 90)).convert("RGB"), (20 + 115 * column, 15 + 115 * row))
    assert is_mosaic(grid)
    cells = Image.new("RGB", (10, 10))
    cells.putdata([(draw.randrange(256), draw.randrange(256), 90) for _ in range(100)])
    matrix = cells.resize((400, 400), resample=Image.Resampling.NEAREST)  # a heat map without its axes
    assert is_field(matrix)
    figure = Block(BlockKind.FIGURE, "", Place("a.pdf", "picture 1"), figure=Figure())
    assert with_lines(figure, matrix).figure == Figure(mosaic=True)
    plot = Image.new("RGB", (600, 400), "#eaeaf2")
    ImageDraw.Draw(plot).line([(x + 50, y) for x, y in LINE], fill="#c44e52", width=4)
    assert not is_field(plot)
    assert not is_mosaic(plot)
    assert not is_mosaic(plot.resize((300, 200)).resize((600, 400)))
