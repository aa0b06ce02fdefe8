"""What the tests of the readers share: reading a text as a file of a format, in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.documents import DEFAULT_LIMITS, Document, ReadingLimits
from grader.documents.readers import read_here

sys.path.insert(0, str(Path(__file__).parent))  # for written_pdf

Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads bytes or text as a file of a given name."""

    def read_as(name: str, content: bytes | str, limits: ReadingLimits = DEFAULT_LIMITS) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_here(path, name, limits, "off")

    return read_as
