"""Values on their way out of a sandbox: JSON and nothing else, so that reading them runs no code."""

from __future__ import annotations

from typing import Any

_DEPTH_LIMIT = 20
_ITEM_LIMIT = 200_000


class NotPlainError(TypeError):
    """A value cannot be written as JSON."""


def plain(value: Any) -> Any:
    """`value` as None, bool, int, float, str, list or dict; tensors and arrays become (lists of) numbers.

    Raises `NotPlainError` for anything else and for what is too deep or too large.
    """
    return _plain(value, _DEPTH_LIMIT, [_ITEM_LIMIT])


def _plain(value: Any, depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth < 0 or budget[0] < 0:
        raise NotPlainError("too deep or too large")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dict):
        return {str(key): _plain(item, depth - 1, budget) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, depth - 1, budget) for item in value]
    for method in ("numpy", "tolist"):  # TensorFlow's and Keras's tensors, then NumPy's arrays and scalars
        convert = getattr(value, method, None)
        if callable(convert):
            return _plain(convert(), depth - 1, budget)
    raise NotPlainError(f"{type(value).__name__} cannot be written as JSON")
