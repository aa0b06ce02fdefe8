"""Layers as values, and the number of parameters that follows from their shapes (question 2).

Only what the lab's two networks are made of. Shapes leave the batch out, as in `Sequential.summary()`:
(28, 28) is one image, (28, 28, 1) one image with a channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod
from typing import Final, Literal

from grader.errors import GraderError
from grader.model import Value

Shape = tuple[int, ...]
Padding = Literal["valid", "same"]


class LayerShapeError(GraderError, ValueError):
    """A layer cannot take the shape that the layer before it gives."""


class Flatten(Value, frozen=True):
    """All numbers of one example in a row; nothing to learn."""

    def output_shape(self, given: Shape) -> Shape:
        """One axis with as many entries as `given` has in all."""
        return (prod(given),)

    def parameters(self, given: Shape) -> int:  # noqa: ARG002 - the same for every shape, as all layers
        """None."""
        return 0


class Dense(Value, frozen=True):
    """`units` neurons, each a weight for every entry of the last axis and, with `bias`, one constant."""

    units: int
    bias: bool = True

    def output_shape(self, given: Shape) -> Shape:
        """`given` with `units` in place of its last axis."""
        return (*given[:-1], self.units)

    def parameters(self, given: Shape) -> int:
        """Inputs times neurons, plus a bias for each neuron."""
        if not given:
            raise LayerShapeError("a dense layer needs at least one axis of input")
        return given[-1] * self.units + (self.units if self.bias else 0)


class Conv2D(Value, frozen=True):
    """`filters` kernels of `kernel` pixels over all channels, moved by `strides`."""

    filters: int
    kernel: tuple[int, int] = (3, 3)
    strides: tuple[int, int] = (1, 1)
    padding: Padding = "valid"
    bias: bool = True

    def output_shape(self, given: Shape) -> Shape:
        """Rows and columns that the kernel reaches, and one channel for each filter."""
        rows, columns, _ = _image(given)
        return (
            *_windows((rows, columns), self.kernel, self.strides, self.padding),
            self.filters,
        )

    def parameters(self, given: Shape) -> int:
        """Kernel pixels times channels times filters, plus a bias for each filter, of any image."""
        _, _, channels = _image(given)
        return prod(self.kernel) * channels * self.filters + (self.filters if self.bias else 0)


class MaxPooling2D(Value, frozen=True):
    """The largest value of each window of `pool` pixels. `strides` is `pool` if not given."""

    pool: tuple[int, int] = (2, 2)
    strides: tuple[int, int] | None = None
    padding: Padding = "valid"

    def output_shape(self, given: Shape) -> Shape:
        """One pixel for each window, channel by channel."""
        rows, columns, channels = _image(given)
        return (
            *_windows((rows, columns), self.pool, self.strides or self.pool, self.padding),
            channels,
        )

    def parameters(self, given: Shape) -> int:  # noqa: ARG002 - the same for every shape, as all layers
        """None."""
        return 0


class Dropout(Value, frozen=True):
    """Leaves out a share `rate` of the values while training; nothing to learn."""

    rate: float

    def output_shape(self, given: Shape) -> Shape:
        """The same shape."""
        return given

    def parameters(self, given: Shape) -> int:  # noqa: ARG002 - the same for every shape, as all layers
        """None."""
        return 0


Layer = Flatten | Dense | Conv2D | MaxPooling2D | Dropout

IMAGE_SIDE: Final = 28
IMAGE_SHAPE: Final[Shape] = (IMAGE_SIDE, IMAGE_SIDE)
FIRST_DENSE_UNITS: Final = 128
# Cell 29 of the handout (2023).
LAB_NETWORK: Final[tuple[Layer, ...]] = (Flatten(), Dense(FIRST_DENSE_UNITS), Dense(128), Dense(10))


class LayerCount(Value, frozen=True):
    """One line of the summary: the layer, the shape that it gives, and its number of parameters."""

    layer: Layer
    output_shape: Shape
    parameters: int


def layer_counts(layers: Sequence[Layer], input_shape: Shape = IMAGE_SHAPE) -> tuple[LayerCount, ...]:
    """The summary of a stack of layers. Raises `LayerShapeError` where one does not fit the one before."""
    shape, lines = input_shape, []
    for layer in layers:
        count = layer.parameters(shape)
        shape = layer.output_shape(shape)
        lines.append(LayerCount(layer, shape, count))
    return tuple(lines)


def parameter_counts(layers: Sequence[Layer], input_shape: Shape = IMAGE_SHAPE) -> tuple[int, ...]:
    """The number of parameters of each layer; `sum` of it is the total. Raises `LayerShapeError`."""
    return tuple(line.parameters for line in layer_counts(layers, input_shape))


def _image(shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise LayerShapeError(f"an image layer needs rows, columns and channels, not {shape}")
    return shape


def _windows(
    size: tuple[int, int], window: tuple[int, int], strides: tuple[int, int], padding: Padding
) -> tuple[int, int]:
    """How many windows fit along each axis, by Keras's rules for the two paddings."""
    if padding == "same":
        rows, columns = (ceil(extent / step) for extent, step in zip(size, strides, strict=True))
    else:
        rows, columns = (
            (extent - reach) // step + 1 for extent, reach, step in zip(size, window, strides, strict=True)
        )
    if rows < 1 or columns < 1:
        raise LayerShapeError(f"a window of {window} does not fit an image of {size}")
    return rows, columns
