"""Pictures are decoded within limits or not at all; where a plot stands in one is told from its strokes and numbers."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from grader.documents.core.document import Picture
from grader.documents.core.limits import DEFAULT_LIMITS
from grader.documents.figures.raster import Recognised, decode, plot_boxes
from grader.documents.scans.ocr import available

needs_ocr = pytest.mark.skipif(not available(), reason="strokes are followed by a library of the extra `ocr`")
IMAGES = Path(__file__).parent / "fixtures" / "img"


def encoded(image: Image.Image, form: str = "PNG") -> Picture:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return Picture(f"image/{form.lower()}", buffer.getvalue())


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))


def bomb(width: int, height: int) -> Picture:
    """A PNG that says it is huge and packs well."""
    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 20_000_000, 9)
    return Picture(
        "image/png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("name", sorted(path.name for path in IMAGES.glob("*.png")))
def test_plain_pictures_are_decoded(name: str) -> None:
    image = decode(Picture("image/png", (IMAGES / name).read_bytes()), DEFAULT_LIMITS)
    assert image is not None
    assert image.mode == "RGB"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_every_usual_format_is_decoded(form: str) -> None:
    image = decode(encoded(Image.new("RGB", (60, 40), "navy"), form), DEFAULT_LIMITS)
    assert image is not None
    assert image.size == (60, 40)


def test_large_pictures_are_reduced_and_transparent_ones_stand_on_white() -> None:
    large = decode(encoded(Image.new("L", (4_000, 1_000), 9)), DEFAULT_LIMITS)
    clear = decode(encoded(Image.new("RGBA", (50, 50), (0, 0, 0, 0))), DEFAULT_LIMITS)
    assert large is not None
    assert clear is not None
    assert max(large.size) <= 2_200
    assert clear.getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize(
    "picture",
    [
        bomb(60_000, 60_000),
        bomb(10, 900_000_000),
        Picture("image/png", (IMAGES / "plot_good.png").read_bytes()[:3_000]),
        Picture("image/png", b"\x89PNG\r\n\x1a\n"),
        Picture("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        Picture("image/png", b""),
        Picture("image/png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
        encoded(Image.new("RGB", (3, 3))),
    ],
    ids=["huge", "thin", "cut off", "signature alone", "SVG", "empty", "EPS", "dot"],
)
def test_what_is_no_picture_or_too_large_is_left_alone(picture: Picture) -> None:
    assert decode(picture, DEFAULT_LIMITS) is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=10),
    st.sampled_from(["PNG", "GIF", "BMP"]),
)
def test_any_damage_is_survived(changes: list[tuple[int, int]], form: str) -> None:
    data = bytearray(encoded(Image.new("P", (30, 30), 3), form).data)
    for at, byte in changes:
        data[at % len(data)] = byte
    image = decode(Picture("image/png", bytes(data)), DEFAULT_LIMITS)
    assert image is None or image.mode == "RGB"


def axes_with(numbers: list[tuple[str, int, int]]) -> tuple[Image.Image, list[Recognised]]:
    image = Image.new("RGB", (500, 400), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((100, 50, 450, 330), outline="black")
    draw.line([(110, 300), (200, 200), (430, 90)], fill="blue", width=2)
    return image, [Recognised(text, (x, y, x + 30, y + 14)) for text, x, y in numbers]


@needs_ocr
def test_numbers_along_the_axes_make_a_plot() -> None:
    image, words = axes_with(
        [
            ("0", 60, 320),
            ("20", 60, 200),
            ("40", 60, 100),
            ("1", 100, 345),
            ("10", 250, 345),
            ("100", 420, 345),
        ]
    )
    (box,) = plot_boxes(image, words)
    assert box[0] <= 60
    assert box[3] >= 345


@needs_ocr
def test_numbers_within_a_frame_make_a_table() -> None:
    image, words = axes_with(
        [(str(count), 120 + 90 * (count % 3), 80 + 60 * (count // 3)) for count in range(9)]
    )
    assert plot_boxes(image, words) == []


@needs_ocr
def test_a_frame_without_numbers_is_no_plot() -> None:
    image, _ = axes_with([])
    assert plot_boxes(image, []) == []
