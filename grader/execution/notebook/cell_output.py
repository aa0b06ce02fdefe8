"""The output of one cell as its messages arrive: checked, bounded before it is stored, kept in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from grader.execution.shared.bounded_text import BoundedText
from grader.execution.shared.limits import Limits
from grader.execution.shared.run_types import DrawnAxes, DrawnFigure
from grader.execution.shared.wire import CLAIM_TYPE, FIGURE_TYPE

IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
_IMAGES_A_CELL = 4
_NAME_LIMIT = 200  # characters of an error's name
_ERROR_LIMIT = 4000  # characters of an error's message
_TRACE_LIMIT = 20_000  # characters of a traceback
_DATA_LIMIT = 2 << 20  # characters of one figure's data or one cell's claims
_KILOBYTE = 1024


class OutputFloodError(RuntimeError):
    """A cell sends far more than is kept: it is not worth reading further."""


@dataclass
class OutputBudget:
    """What is left, in characters, of a notebook's output."""

    left: int


@dataclass
class Shown:
    """Something shown: `data` by media type, bounded and of allowed types."""

    data: dict[str, str]
    result: bool
    figure: DrawnFigure | None = None


@dataclass
class Failure:
    """An error message of the kernel, bounded."""

    name: str
    message: str
    trace: list[str]


@dataclass
class CellOutput:
    """Collects one cell's messages in `items`; `displays` is shared by the cells of a segment."""

    index: int
    limits: Limits
    budget: OutputBudget
    displays: dict[str, Shown]
    cut: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    malformed: int = 0
    items: list[BoundedText | Shown | Failure] = field(default_factory=list)
    _messages: int = 0
    _seen: int = 0
    _text_used: int = 0
    _image_used: int = 0
    _clear_next: bool = False

    def take(self, message: Mapping[str, Any]) -> bool:
        """Takes one message of the output channel; true when the cell has gone idle.

        Raises `OutputFloodError` far above the limits. A malformed message is counted and dropped.
        """
        kind, content = message.get("msg_type"), message.get("content")
        if not isinstance(kind, str) or not isinstance(content, Mapping):
            self.malformed += 1
            return False
        if kind == "status":
            return bool(content.get("execution_state") == "idle")
        if kind not in _HANDLERS:
            return False
        self._messages += 1
        self._seen += size(content)
        if self._seen > self.limits.flood_mb << 20 or self._messages > 2 * self.limits.cell_messages:
            raise OutputFloodError
        if self._messages > self.limits.cell_messages:
            self.cut = True
            return False
        try:
            _HANDLERS[kind](self, content)
        except (TypeError, ValueError, AttributeError, KeyError, RecursionError):
            self.malformed += 1
        return False

    def _room(self) -> int:
        return max(0, min(self.limits.cell_output_kb * _KILOBYTE - self._text_used, self.budget.left))

    def _spend(self, count: int) -> None:
        self._text_used += count
        self.budget.left -= count

    def _clear_if_asked(self) -> None:
        if self._clear_next:
            self.items.clear()
            self._clear_next = False

    def _stream(self, content: Mapping[str, Any]) -> None:
        name, text = content["name"], content["text"]
        if name not in {"stdout", "stderr"} or not isinstance(text, str):
            raise ValueError(name)
        self._clear_if_asked()
        stream = next(
            (item for item in self.items if isinstance(item, BoundedText) and item.name == name), None
        )
        if stream is None:
            stream = BoundedText(name)
            self.items.append(stream)
        tail = min(self.limits.cell_output_kb * _KILOBYTE // 4, max(0, self.budget.left))
        self._spend(stream.add(text, max(0, self._room() - tail), tail))
        self.cut = self.cut or bool(stream.dropped)

    def _display(self, content: Mapping[str, Any], *, result: bool = False) -> None:
        self._clear_if_asked()
        shown = self._checked(content["data"], result)
        if shown is None:
            return
        self.items.append(shown)
        transient = content.get("transient")
        identity = transient.get("display_id") if isinstance(transient, Mapping) else None
        if isinstance(identity, str) and len(self.displays) < self.limits.cell_messages:
            self.displays[identity[:_NAME_LIMIT]] = shown

    def _result(self, content: Mapping[str, Any]) -> None:
        self._display(content, result=True)

    def _update(self, content: Mapping[str, Any]) -> None:
        known = self.displays.get(str(content["transient"]["display_id"])[:_NAME_LIMIT])
        if known is not None:
            new = self._checked(content["data"], known.result)
            if new is not None:
                known.data, known.figure = new.data, new.figure

    def _error(self, content: Mapping[str, Any]) -> None:
        self._clear_if_asked()
        trace: list[str] = []
        room = _TRACE_LIMIT
        for line in content.get("traceback") or ():
            trace.append(str(line)[: max(0, room)])
            room -= len(trace[-1])
            if room <= 0:
                self.cut = True
                break
        error = Failure(str(content["ename"])[:_NAME_LIMIT], str(content["evalue"])[:_ERROR_LIMIT], trace)
        self._spend(len(error.message) + _TRACE_LIMIT - max(0, room))
        self.items.append(error)

    def _clear(self, content: Mapping[str, Any]) -> None:
        if content.get("wait"):
            self._clear_next = True
        else:
            self.items.clear()

    def _checked(self, data: Mapping[str, Any], result: bool) -> Shown | None:
        """What is kept of a display's data; None if it was for the grader alone or nothing is left."""
        if CLAIM_TYPE in data:
            self._claims(data[CLAIM_TYPE])
            return None
        kept: dict[str, str] = {}
        for kind in _TEXTS:
            if isinstance(data.get(kind), str):
                if len(data[kind]) <= self._room():
                    kept[kind] = data[kind]
                    self._spend(len(data[kind]))
                else:
                    self.cut = True
        for kind in IMAGES:
            value = data.get(kind)
            if isinstance(value, str):
                limit = self.limits.image_kb * _KILOBYTE * 4 // 3
                room = min(limit, _IMAGES_A_CELL * limit - self._image_used, self.budget.left)
                if len(value) <= room:
                    kept[kind] = value
                    self._image_used += len(value)
                    self.budget.left -= len(value)
                else:
                    self.cut = True
                    kept["text/plain"] = "[a picture too large to keep]"
        figure = self._figure(data[FIGURE_TYPE]) if FIGURE_TYPE in data else None
        return Shown(kept, result, figure) if kept or figure else None

    def _figure(self, data: Any) -> DrawnFigure | None:
        if size(data) > _DATA_LIMIT:
            self.cut = True
            return None
        try:
            axes = tuple(msgspec.convert(one, DrawnAxes) for one in data["axes"])
            return DrawnFigure(self.index, str(data["title"])[:_NAME_LIMIT], axes, bool(data["cut"]))
        except msgspec.ValidationError as problem:
            raise ValueError(problem) from problem

    def _claims(self, text: Any) -> None:
        if not isinstance(text, str) or len(text) > _DATA_LIMIT:
            raise ValueError(type(text))
        found = json.loads(text)
        if isinstance(found, dict):
            self.claims = found


_HANDLERS = {
    "stream": CellOutput._stream,
    "display_data": CellOutput._display,
    "execute_result": CellOutput._result,
    "update_display_data": CellOutput._update,
    "error": CellOutput._error,
    "clear_output": CellOutput._clear,
}


def size(content: Any) -> int:
    """Characters in all strings of a decoded JSON value, plus one for each value."""
    total = 0
    waiting = [content]
    while waiting:
        value = waiting.pop()
        total += 1
        if isinstance(value, str):
            total += len(value)
        elif isinstance(value, Mapping):
            total += sum(len(key) for key in value if isinstance(key, str))
            waiting.extend(value.values())
        elif isinstance(value, (list, tuple)):
            waiting.extend(value)
    return total
