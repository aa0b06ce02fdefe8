"""User names as an assignment's university writes them, found in file names and in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from grader.model import Value


class Accounts(Value, frozen=True):
    """`pattern` is a regular expression for one user name in lower case; empty if nothing is known of them."""

    pattern: str = ""

    def of(self, name: str) -> tuple[str, ...]:
        """The user names in a file's or folder's name, in lower case, in order, each once."""
        if not self.pattern:
            return ()
        found = _compiled(self.pattern, re.ASCII | re.IGNORECASE).finditer(name)
        return tuple(dict.fromkeys(match.group().lower() for match in found))

    def matches(self, text: str) -> Iterator[re.Match[str]]:
        """The user names in running text, in lower case only: there other words are written like them."""
        return _compiled(self.pattern, re.ASCII).finditer(text) if self.pattern else iter(())


@lru_cache(maxsize=16)
def _compiled(pattern: str, flags: int) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])", flags)
