"""Whether a picture is one of pictures or of fields of many colours (photographs side by side, a heat map), and no plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE: Final = 400  # pixels that it is looked at with
_FEW: Final = (
    6  # colours that the surfaces of a plot have (bars, the ground of its axes), as good as all of their area
)
_MOST: Final = 0.7
_SURFACES: Final = 0.08  # share of the picture that is surface
_PAPER: Final = 0.25  # share of the picture that is of one colour
_MARGIN: Final = 0.9  # share of the picture's edge that is paper: photographs have none
_EVEN: Final = 0.8  # share of the pixels that are like their neighbour, where nothing was photographed
_SOLID: Final = 5  # pixels; what is thinner is a line


def holds_no_plot(image: Image) -> bool:
    """Whether an RGB picture is a mosaic or a field: the edges of whose surfaces would be followed as curves."""
    pixels = _reduced(image)
    codes = _codes(pixels)
    return _mosaic(codes) or _field(pixels, codes)


def is_field(image: Image) -> bool:
    """Whether an RGB picture has even surfaces of many colours from edge to edge, as a heat map without its axes.

    There is no paper on which a curve could be drawn.
    """
    pixels = _reduced(image)
    return _field(pixels, _codes(pixels))


def is_mosaic(image: Image) -> bool:
    """Whether the surfaces of an RGB picture have many colours, on even paper."""
    return _mosaic(_codes(_reduced(image)))


def _field(pixels: Any, codes: Any) -> bool:
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    counts = np.sort(np.bincount(codes.ravel(), minlength=4096))[::-1]
    if counts[0] >= _PAPER * codes.size or counts[:_FEW].sum() >= _MOST * codes.size:
        return False
    return bool((pixels[:, 1:] == pixels[:, :-1]).all(axis=2).mean() > _EVEN)


def _mosaic(codes: Any) -> bool:
    import cv2  # noqa: PLC0415 - loaded only where a picture is looked at
    import numpy as np  # noqa: PLC0415 - the same

    counts = np.bincount(codes.ravel(), minlength=4096)
    paper = int(counts.argmax())
    edge = np.concatenate([codes[0], codes[-1], codes[:, 0], codes[:, -1]])
    own = np.bincount(edge, minlength=4096)
    if own.max() < _MARGIN * len(edge) or counts[paper] < _PAPER * codes.size:
        return False
    solid = np.ones((_SOLID, _SOLID), np.uint8)
    surface = cv2.erode((codes != paper).view(np.uint8), solid).astype(bool)
    if surface.sum() < _SURFACES * codes.size:
        return False
    within = np.sort(np.bincount(codes[surface], minlength=4096))[::-1]
    return bool(within[:_FEW].sum() < _MOST * surface.sum())


def _reduced(image: Image) -> Any:
    """The pixels that are looked at, height x width x 3."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at
    from PIL import Image as images  # noqa: N813, PLC0415 - the same

    small = image.copy()
    small.thumbnail((_SIDE, _SIDE), resample=images.Resampling.NEAREST)
    return np.asarray(small)


def _codes(pixels: Any) -> Any:
    """Each pixel's colour as a number of twelve bits."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    red, green, blue = ((pixels[..., channel] >> 4).astype(np.uint16) for channel in range(3))
    return (red << 8) | (green << 4) | blue
