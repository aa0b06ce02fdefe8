"""Pictures that no author drew: the badges that hosts of notebooks put on top, recognised by name, link or size."""

from __future__ import annotations

import re
import struct
from typing import Final

from grader.documents.core.document import Block, BlockKind, Figure

_SAYS: Final = re.compile(
    r"\b(?:open|run|launch|view|edit)\s{1,3}(?:\w{1,12}\s{1,3}){0,2}(?:in|on|with)\s{1,3}(?:google\s{1,3})?"
    r"(?:colab\w*|kaggle|binder|github|gitlab|studio\s?lab|sagemaker|deepnote|paperspace|gradient|nbviewer|jupyter\w*)\b"
    r"|\b(?:launch|launch\s{1,3}binder|binder|colab|kaggle)[\s_-]{0,3}badge\b",
    re.I,
)
_ADDRESS: Final = re.compile(
    r"colab-badge|open-in-(?:colab|kaggle|studio-lab)|mybinder\.org/|binder\.svg|\bbadges?[./_-]|img\.shields\.io|badgen\.net"
    r"|tf_logo_32px|colab_logo_32px|github_logo_32px|GitHub-Mark-32px",
    re.I,
)
SMALL_PIXELS: Final = 40  # high; no axis with labels fits into it
SMALL_POINTS: Final = 26  # the same on a page
_SVG_HEIGHT: Final = re.compile(
    rb"<svg\b[^>]{0,1000}?\bheight\s{0,3}=\s{0,3}[\"'](\d{1,5}(?:\.\d{1,5})?)(?:px)?[\"']", re.I
)


def is_badge(block: Block) -> bool:
    """Whether a figure is a badge or as small as one."""
    figure = block.figure
    if block.kind is not BlockKind.FIGURE or figure is None:
        return False
    said = "\n".join((block.text[:300], figure.caption[:300], figure.words[:300]))
    return is_badge_address(figure.address) or bool(_SAYS.search(said)) or _is_small(block, figure)


def is_badge_address(address: str) -> bool:
    """Whether a badge lies at an address."""
    return _ADDRESS.search(address[:2_000]) is not None


def _is_small(block: Block, figure: Figure) -> bool:
    if figure.ticks:
        return False
    box = block.place.box
    if box is not None and 0 < box.bottom - box.top <= SMALL_POINTS:
        return True
    data = figure.picture.data if figure.picture else b""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return 0 < int(struct.unpack(">I", data[20:24])[0]) <= SMALL_PIXELS
    found = (
        _SVG_HEIGHT.search(data[:4_000]) if figure.picture and "svg" in figure.picture.media_type else None
    )
    return found is not None and 0 < float(found[1]) <= SMALL_PIXELS
