"""Bytes of a text file of any encoding to text that is safe to store and show."""

from __future__ import annotations

import codecs
import re
from typing import Final

from grader.errors import UnreadableDocumentError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 65_536  # bytes that the encoding is guessed from
_ANSI: Final = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]|\x1b\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|\x1b[@-_]")
# Controls print nothing; bidirectional marks make text look different from what it is (CVE-2021-42574).
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
_BREAKS: Final = re.compile(r"\r\n?|\x0c|\x85|\u2028|\u2029")


# What programs make of the micro sign before "s", directly behind a figure: UTF-8 read as Latin-1, code pages, lost.
_MANGLED_MICRO: Final = re.compile(r"(?<=\d)([ \u00a0\u202f]?)(?:Âµ|Â\ufffd|Î¼|Ã¹|[ùæûþΜ\ufffd?])s(?![\w?])")


def with_micro_signs(text: str) -> str:
    """Text with ``16ùs`` and the like written as ``16µs``."""
    return _MANGLED_MICRO.sub(r"\1µs", text)


def clean(text: str) -> str:
    """Text without terminal colours, control characters, bidirectional overrides and lone surrogates.

    Line ends become ``\\n``. Quotes, dashes, spaces and everything else that has a meaning stay.
    """
    if "\x1b" in text:
        text = _ANSI.sub("", text)
    return _SURROGATES.sub("\ufffd", _UNSEEN.sub("", _BREAKS.sub("\n", text)))


def decode(data: bytes) -> str:
    """The text of a file. Raises `UnreadableDocumentError` for what is no text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return clean(data.decode(name, errors="replace"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    else:
        if text.count("\x00") * 20 <= len(text):
            return clean(text)
    sample = data[:_SAMPLE]
    for name, zeros in (("utf-16-le", sample[1::2].count(0)), ("utf-16-be", sample[0::2].count(0))):
        if zeros * 4 > len(sample):
            return clean(data.decode(name, errors="replace"))
    if _is_binary(sample):
        raise UnreadableDocumentError(
            "This file is not text, though its name says so. Save the report as PDF and hand it in again."
        )
    return clean(data.decode(_guess(sample), errors="replace"))


def _is_binary(sample: bytes) -> bool:
    controls = sum(sample.count(bytes((code,))) for code in (*range(7), *range(14, 27), 28, 29, 30, 31))
    return controls * 20 > len(sample)


def _guess(sample: bytes) -> str:
    """The likeliest single-byte or East Asian encoding; Western European where nothing speaks for another."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - rarely needed, slow to import

    best = from_bytes(sample, cp_exclusion=["utf_16", "utf_32", "utf_7"]).best()
    western = sum(sample.count(code) for code in "åäöÅÄÖéüß–’“”".encode("cp1252"))
    high = sum(byte > 127 for byte in sample)
    if best is None or western * 2 >= high:
        return "cp1252"
    return best.encoding
