"""Whether a picture is one of pictures or of fields of many colours (photographs side by side, a heat map), and no plot."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_SIDE: Final = 400  # pixels that it is looked at with
_FEW: Final = 6  # colours that a plot is made of, most of its area
_SURFACES: Final = 0.08  # share of the picture that is surface in other colours
_PAPER: Final = 0.25  # share of the picture that is of one colour
_MARGIN: Final = 0.9  # share of the picture's edge that is paper: photographs have none
_SOLID: Final = 3  # pixels; what is thinner is a line


def is_mosaic(image: Image) -> bool:
    """Whether the surfaces of an RGB picture have many colours, on even paper."""
    import numpy as np  # noqa: PLC0415 - loaded only where a picture is looked at
    from PIL import Image as images  # noqa: N813, PLC0415 - the same

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scipy import ndimage  # noqa: PLC0415 - slow to load

    small = image.copy()
    small.thumbnail((_SIDE, _SIDE), resample=images.Resampling.NEAREST)
    pixels = np.asarray(small, dtype=np.int32) >> 4
    codes = (pixels[..., 0] << 8) | (pixels[..., 1] << 4) | pixels[..., 2]
    counts = np.bincount(codes.ravel(), minlength=4096)
    common = np.argsort(counts)[::-1][:_FEW]
    paper = int(common[0])
    edge = np.concatenate([codes[0], codes[-1], codes[:, 0], codes[:, -1]])
    own = np.bincount(edge, minlength=4096)
    if own.max() < _MARGIN * len(edge) or counts[paper] < _PAPER * codes.size:
        return False
    other = ~np.isin(codes, common)
    surface = ndimage.minimum_filter(other.view(np.uint8), size=_SOLID)
    return bool(surface.sum() >= _SURFACES * codes.size)
