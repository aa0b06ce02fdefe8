"""Small PDF files written by hand, so that a test says what stands where; positions in points from the lower left."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

FONTS = {"F1": "Helvetica", "F2": "Courier", "F3": "Helvetica-Bold", "F4": "Times-Roman"}


def text(x: float, y: float, words: str, font: str = "F1", size: float = 11) -> str:
    """One piece of text."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET\n"


def lines(
    x: float, y: float, rows: Sequence[str], font: str = "F1", size: float = 11, leading: float = 14
) -> str:
    """Text line by line, from `y` downwards; leading blanks of a line move it to the right by Courier's advance."""
    out = ""
    for index, row in enumerate(rows):
        indent = len(row) - len(row.lstrip())
        if row.strip():
            out += text(x + indent * 0.6 * size, y - index * leading, row.strip(), font, size)
    return out


def stroke(x0: float, y0: float, x1: float, y1: float, width: float = 0.6) -> str:
    """A straight stroke."""
    return f"{width} w {x0} {y0} m {x1} {y1} l S\n"


def pdf(
    pages: Sequence[str],
    *,
    compressed: bytes | None = None,
    filters: str = "/FlateDecode",
    locked: bool = False,
    extra: Sequence[bytes] = (),
    media: str = "0 0 595 842",
    entries: str = "",
    resources: str = "",
    catalog: str = "",
) -> bytes:
    """A file of pages, each a content stream. `compressed` replaces the first page's stream by encoded bytes.

    `entries`, `resources` and `catalog` are further entries of each page, its resources, and the catalog; objects of
    `extra` are referred to there as ``{0}``, ``{1}``.
    """
    numbers = [f"{3 + len(FONTS) + 2 * len(pages) + index} 0 R" for index in range(len(extra))]
    entries, resources, catalog = (part.format(*numbers) for part in (entries, resources, catalog))
    objects: list[bytes] = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(), b""]
    fonts = " ".join(f"/{name} {3 + index} 0 R" for index, name in enumerate(FONTS))
    objects += [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
        for name in FONTS.values()
    ]
    kids = []
    for index, page in enumerate(pages):
        data, how = page.encode("cp1252"), ""
        if compressed is not None and index == 0:
            data, how = compressed, f" /Filter {filters}"
        objects.append(f"<< /Length {len(data)}{how} >>\nstream\n".encode() + data + b"\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{media}] /Contents {len(objects)} 0 R {entries} "
            f"/Resources << /Font << {fonts} >> {resources} >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects += extra
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R"
    if locked:  # a password that is not the empty one: any 32 bytes do
        mark = "<" + "5a" * 32 + ">"
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /O {mark} /U {mark} /P -4 >>".encode())
        trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Encrypt {len(objects)} 0 R /ID [<00> <00>]"
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    return out + f"trailer {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def bomb(megabytes: int) -> bytes:
    """A valid zlib stream of that many megabytes of blanks, a thousandth as long."""
    piece = b" " * (1 << 20)
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)
    more = compressor.compress(piece) + compressor.flush(zlib.Z_FULL_FLUSH)
    checksum = 1
    for _ in range(megabytes):
        checksum = zlib.adler32(piece, checksum)
    return b"\x78\xda" + first + more * (megabytes - 1) + compressor.flush() + checksum.to_bytes(4, "big")


def scan(picture: Image, layer: str = "", *, dots: int = 150, entries: str = "") -> bytes:
    """A page that is one picture, scanned with so many dots an inch; `layer` is what stands over it besides."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85)
    data = stream.getvalue()
    width, height = picture.width * 72 / dots, picture.height * 72 / dots
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} "
        f"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n"
    )
    return pdf(
        [f"q {width} 0 0 {height} 0 0 cm /I Do Q {layer}"],
        resources="/XObject << /I {0} >>",
        media=f"0 0 {width} {height}",
        entries=entries,
        extra=[head.encode() + data + b"\nendstream"],
    )
