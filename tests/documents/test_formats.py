"""Every fixture that holds the report as text is read in full, and the same passage is the same kind of block everywhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from grader.documents import formats, read_document
from grader.documents.document import BlockKind

sys.path.insert(0, str(Path(__file__).parent))
import coverage  # type: ignore[import-not-found] # the command beside this file, not the package of that name
