"""A long text of which the beginning and the end are kept."""

from __future__ import annotations

from collections import deque


class BoundedText:
    """The stream `name` of a cell; `dropped` counts the characters between its beginning and its end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._head: list[str] = []
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self.dropped = 0

    def add(self, text: str, room: int, tail_room: int) -> int:
        """Adds `text`, at most `room` to the beginning; returns how many characters more are kept now."""
        before = self._tail_size
        kept = text[:room] if not self._tail else ""
        if kept:
            self._head.append(kept)
        rest = text[len(kept) :]
        if rest:
            rest_kept = rest[-tail_room:] if tail_room else ""
            self.dropped += len(rest) - len(rest_kept)
            self._tail.append(rest_kept)
            self._tail_size += len(rest_kept)
            while self._tail_size > tail_room:
                oldest = self._tail.popleft()
                excess = self._tail_size - tail_room
                keep = oldest[excess:]
                self.dropped += len(oldest) - len(keep)
                self._tail_size -= len(oldest) - len(keep)
                if keep:
                    self._tail.appendleft(keep)
        return len(kept) + self._tail_size - before

    def text(self) -> str:
        """What was kept, with a note where something is missing."""
        note = f"\n[… {self.dropped} characters left out …]\n" if self.dropped else ""
        return "".join(self._head) + note + "".join(self._tail)
