"""An easier data set in the shape of Fashion-MNIST: digits drawn in many hands.

It stands in for MNIST where the calibration wants figures of "the right network on the wrong data": each
digit is a few strokes, bent, tilted, shifted and thickened at random. It needs no file and no network.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reference.lab.fashion_mnist import FashionMnist

Floats = npt.NDArray[np.float64]

SIDE = 28
_CHUNK = 2000


def _arc(
    cx: float, cy: float, radii: tuple[float, float], turns: tuple[float, float]
) -> list[tuple[float, float]]:
    """Points of an ellipse's arc from one angle to another, in turns from the right, y downwards."""
    angles = np.linspace(*turns, 14) * 2 * np.pi
    return [(cx + radii[0] * float(np.cos(a)), cy + radii[1] * float(np.sin(a))) for a in angles]


# The ten digits as polylines in a square from -1 to 1, y downwards.
_STROKES: tuple[list[tuple[float, float]], ...] = (
    _arc(0, 0, (0.55, 0.9), (0, 1)),
    [(-0.25, -0.6), (0.05, -0.9), (0.05, 0.9)],
    [*_arc(0, -0.45, (0.5, 0.45), (-0.55, 0.1)), (-0.55, 0.9), (0.6, 0.9)],
    [*_arc(0, -0.45, (0.5, 0.45), (-0.6, 0.25)), *_arc(0, 0.42, (0.55, 0.48), (-0.25, 0.4))],
    [(0.3, 0.9), (0.3, -0.9), (-0.55, 0.3), (0.6, 0.3)],
    [(0.5, -0.9), (-0.4, -0.9), (-0.45, -0.1), *_arc(0, 0.35, (0.5, 0.55), (-0.3, 0.4))],
    [(0.35, -0.85), *_arc(0, 0.4, (0.5, 0.5), (-0.5, 0.5)), (-0.5, 0.2), (0.1, -0.8)],
    [(-0.5, -0.9), (0.5, -0.9), (-0.1, 0.9)],
    [*_arc(0, -0.45, (0.42, 0.43), (0.25, 1.25)), *_arc(0, 0.42, (0.52, 0.46), (-0.25, 0.75))],
    [*_arc(0, -0.4, (0.48, 0.48), (0.05, 1.05)), (0.4, 0.1), (0.2, 0.9)],
)


def draw(seed: int = 7, train: int = 60000, test: int = 10000) -> FashionMnist:
    """So many images, 28 by 28 bytes, with labels; always the same for a seed."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 10, train + test).astype(np.uint8)
    images = np.empty((train + test, SIDE, SIDE), dtype=np.uint8)
    lines = np.stack([_resample(stroke) for stroke in _STROKES])
    for begin in range(0, train + test, _CHUNK):
        chosen = labels[begin : begin + _CHUNK]
        images[begin : begin + len(chosen)] = _render(lines[chosen], generator)
    return FashionMnist(images[:train], labels[:train], images[train:], labels[train:])


def _resample(stroke: list[tuple[float, float]], count: int = 40) -> Floats:
    """`count` points, shape (count, 2), at even distances along the polyline."""
    points = np.array(stroke)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(at, along, points[:, axis]) for axis in (0, 1)])


def _render(lines: Floats, generator: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Images of shape (n, 28, 28) from strokes of shape (n, points, 2), each moved and bent at random."""
    n, points, _ = lines.shape
    tilt, slant = generator.normal(0, 0.15, (2, n, 1))
    wide, tall = generator.normal((0.75, 0.9), 0.1, (n, 2)).T[..., None]
    wave = np.linspace(0, np.pi, points)[None, :]
    x = lines[..., 0] * wide + slant * lines[..., 1] + generator.normal(0, 0.12, (n, 1)) * np.sin(wave)
    y = lines[..., 1] * tall + generator.normal(0, 0.12, (n, 1)) * np.sin(2 * wave)
    turned_x = x * np.cos(tilt) - y * np.sin(tilt) + generator.normal(0, 0.08, (n, 1))
    turned_y = x * np.sin(tilt) + y * np.cos(tilt) + generator.normal(0, 0.08, (n, 1))
    grid = (np.arange(SIDE) - (SIDE - 1) / 2) / 10.0
    thickness = np.exp(generator.normal(-2.1, 0.25, (n, 1, 1)))
    # A point's ink is a Gaussian in x times one in y: the image is one matrix product for each digit.
    ink_x = np.exp(-0.5 * ((turned_x[..., None] - grid) / thickness) ** 2)
    ink_y = np.exp(-0.5 * ((turned_y[..., None] - grid) / thickness) ** 2)
    ink = np.einsum("npy,npx->nyx", ink_y, ink_x)
    return np.asarray(255 * np.clip(ink, 0.0, 1.0), dtype=np.uint8)
