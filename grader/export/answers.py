"""What an LMS answers, read as JSON of the shape that is hoped for: whatever else it sends reads as nothing."""

from __future__ import annotations

from typing import Any

import msgspec


def text_of(value: object) -> str:
    """A text or a number as text, "" for anything else."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def object_of(content: bytes) -> dict[str, Any]:
    """The object that a body holds, {} where it holds none."""
    read = _decoded(content)
    return read if isinstance(read, dict) else {}


def objects_of(content: bytes, key: str = "") -> list[dict[str, Any]]:
    """The objects of the list that a body holds, or of the one at `key` where it holds an object; [] where there is none."""
    read = _decoded(content)
    if key and isinstance(read, dict):
        read = read.get(key)
    return [one for one in read if isinstance(one, dict)] if isinstance(read, list) else []


def _decoded(content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
