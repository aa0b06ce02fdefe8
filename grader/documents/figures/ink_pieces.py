"""The ink of a picture in connected pieces, without its rules: masks of pixels, nothing of plots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

Mask = Any  # numpy array of booleans

_LONG: Final = 0.28  # share of the picture from which a straight run of dark pixels is an axis or a rule
_THIN: Final = 5  # pixels
_MOST_PIECES: Final = 3_000  # what has more is a texture


class Piece(NamedTuple):
    """Connected ink: its box and its own pixels within it."""

    left: int
    top: int
    right: int
    bottom: int
    ink: Mask

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def filled(self) -> float:
        """The share of its box that is ink."""
        return float(self.ink.sum()) / max(self.width * self.height, 1)


def pieces_of(mask: Mask, bridge: int) -> Iterator[Piece]:
    """Connected ink, gaps of dashes and of what crosses a line bridged."""
    import cv2  # noqa: PLC0415 - loaded only where a picture is looked at
    import numpy as np  # noqa: PLC0415 - the same

    first, last = np.nonzero(mask.any(axis=1))[0][[0, -1]] if mask.any() else (0, -1)
    mask = mask[first : last + 1]
    grown = cv2.dilate(mask.view(np.uint8), np.ones((2 * bridge + 1, 2 * bridge + 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
    if count > _MOST_PIECES:
        return
    for number, (x, y, width, height, _area) in enumerate(stats[1:].tolist(), start=1):
        area = slice(y, y + height), slice(x, x + width)
        ink = mask[area] & (labels[area] == number)
        rows, columns = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
        top, left = int(first) + y + int(rows[0]), x + int(columns[0])
        ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        yield Piece(left, top, left + ink.shape[1], top + ink.shape[0], ink)


def without_rules(mask: Mask) -> Mask:
    """Without thin straight level and upright runs: axes, rules and the frames of pictures."""
    return mask & ~(_thin_rules(mask) | _thin_rules(mask.T).T)


def level_rules(mask: Mask) -> Mask:
    """The long level runs of ink: axes, and what stands on them in their colour."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    least = max(24, int(_LONG * mask.shape[1]))
    found = np.zeros(mask.shape, dtype=bool)
    rows = np.nonzero(mask.sum(axis=1) >= least)[0]  # no other row holds a run so long
    if len(rows):
        found[rows] = _run_lengths(mask[rows]) >= least
    return found


def _thin_rules(mask: Mask) -> Mask:
    """The pixels of long level runs that are thin."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    rules = level_rules(mask)
    rows = np.nonzero(rules.any(axis=1))[0]
    height = mask.shape[0]
    for row in rows.tolist():
        first = max(0, row - _THIN)
        near = mask[first : min(height, row + _THIN + 1)]
        above = near[: row - first][::-1]
        below = near[row - first + 1 :]
        thick = 1 + np.logical_and.accumulate(above, axis=0).sum(axis=0)
        thick += np.logical_and.accumulate(below, axis=0).sum(axis=0)
        rules[row] &= thick <= _THIN
    return rules


def _run_lengths(mask: Mask) -> Any:
    """For each pixel how long the level run of ink is that it belongs to."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1).ravel()
    starts, ends = np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0]
    lengths = np.zeros(mask.shape, dtype=np.int32)
    lengths[mask] = np.repeat(ends - starts, ends - starts)
    return lengths
