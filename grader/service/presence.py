"""Who has which item open right now, so that two assistants do not decide the same at once without knowing."""

from __future__ import annotations

import threading
import time
from typing import Final

SECONDS: Final = 45.0  # since an item was last asked for, after which nobody is taken to look at it any more


class Presence:
    """Kept in memory only: it warns, and decides nothing."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._seen: dict[str, dict[str, float]] = {}

    def looks_at(self, name: str, item: str) -> None:
        """Someone has an item open."""
        now = time.monotonic()
        with self._guard:
            for people in self._seen.values():
                people.pop(name, None)
            self._seen = {key: people for key, people in self._seen.items() if people}
            self._seen.setdefault(item, {})[name] = now

    def others(self, name: str, item: str) -> list[str]:
        """Who else has it open."""
        now = time.monotonic()
        with self._guard:
            people = self._seen.get(item, {})
            return sorted(other for other, at in people.items() if other != name and now - at < SECONDS)
