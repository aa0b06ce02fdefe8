"""Ways to judge an answer that fit any course, each made by a function with a few settings.

`KINDS` are those that ``assignment.toml`` can name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from grader.checks.answer import Answer
from grader.checks.finding import Finding

KINDS: Final[Mapping[str, Callable[..., Callable[[Answer], Finding]]]] = {}
