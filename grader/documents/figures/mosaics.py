"""Whether a picture is one of pictures or of fields of many colours (photographs side by side, a heat map), and no plot."""

from __future__ import annotations

import warnings
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


def is_field(image: Image) -> bool:
    """Whether an RGB picture has even surfaces of many colours from edge to edge, as a heat map without its axes.

    There is no paper on which a curve could be drawn; the edges of its cells would be followed as one.
    """
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    pixels, codes = _reduced(image)
    counts = np.sort(np.bincount(codes.ravel(), minlength=4096))[::-1]
    even = (pixels[:, 1:] == pixels[:, :-1]).all(axis=2).mean()
    return bool(counts[0] < _PAPER * codes.size and even > _EVEN and counts[:_FEW].sum() < _MOST * codes.size)


def is_mosaic(image: Image) -> bool:
    """Whether the surfaces of an RGB picture have many colours, on even paper."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scipy import ndimage  # noqa: PLC0415 - slow to load

    _, codes = _reduced(image)
    counts = np.bincount(codes.ravel(), minlength=4096)
    paper = int(counts.argmax())
    edge = np.concatenate([codes[0], codes[-1], codes[:, 0], codes[:, -1]])
    own = np.bincount(edge, minlength=4096)
    if own.max() < _MARGIN * len(edge) or counts[paper] < _PAPER * codes.size:
        return False
    surface = ndimage.minimum_filter((codes != paper).view(np.uint8), size=_SOLID).astype(bool)
    if surface.sum() < _SURFACES * codes.size:
        return False
    within = np.sort(np.bincount(codes[surface], minlength=4096))[::-1]
    return bool(within[:_FEW].sum() < _MOST * surface.sum())


def _reduced(image: Image) -> tuple[Any, Any]:
    """The pixels that are looked at, height x width x 3, and each one's colour as a number of twelve bits."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at
    from PIL import Image as images  # noqa: N813, PLC0415 - the same

    small = image.copy()
    small.thumbnail((_SIDE, _SIDE), resample=images.Resampling.NEAREST)
    pixels = np.asarray(small, dtype=np.int32)
    coarse = pixels >> 4
    return pixels, (coarse[..., 0] << 8) | (coarse[..., 1] << 4) | coarse[..., 2]
