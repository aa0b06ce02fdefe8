"""Finds Fashion-MNIST on this machine and reads it; nothing is fetched.

The four original IDX files are looked for where Keras keeps what it has downloaded and where Debian's package
`dataset-fashion-mnist` puts them. The format: http://yann.lecun.com/exdb/mnist/ (section "file formats").
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from grader.errors import GraderError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Bytes = npt.NDArray[np.uint8]

DEBIAN_FOLDER = Path("/usr/share/datasets/fashion-mnist")
TRAIN_IMAGES = "train-images-idx3-ubyte.gz"
TRAIN_LABELS = "train-labels-idx1-ubyte.gz"
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"
TEST_LABELS = "t10k-labels-idx1-ubyte.gz"
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
_MOST_BYTES = 60000 * 28 * 28 + 16  # the largest of the four, unpacked


class DatasetMissingError(GraderError, FileNotFoundError):
    """Fashion-MNIST is in none of the places where it is looked for."""


class DatasetDamagedError(GraderError, ValueError):
    """A file that should be Fashion-MNIST is not, or not the whole of it."""


class FashionMnist(NamedTuple):
    """Images are bytes of shape (n, 28, 28), labels bytes of shape (n,) from 0 to 9."""

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes


def keras_folder() -> Path:
    """Where Keras keeps Fashion-MNIST: under `KERAS_HOME`, or `.keras` in the home folder."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets" / "fashion-mnist"


def find_dataset(folders: Iterable[Path] | None = None) -> Path:
    """The first folder that holds all four files. Raises `DatasetMissingError` with what to do."""
    places = tuple(folders) if folders is not None else (keras_folder(), DEBIAN_FOLDER)
    for folder in places:
        if all((folder / name).is_file() for name in FILES):
            return folder
    looked = " and ".join(str(folder) for folder in places)
    raise DatasetMissingError(
        f"Fashion-MNIST is not on this machine: looked in {looked}. "
        "Install Debian's package dataset-fashion-mnist, or run once, with network, "
        'python -c "import keras; keras.datasets.fashion_mnist.load_data()".'
    )


def load(folder: Path | None = None) -> FashionMnist:
    """The data set, unpacked. Raises `DatasetMissingError` or `DatasetDamagedError`."""
    place = folder or find_dataset()
    arrays = [_read_idx(place / name) for name in FILES]
    data = FashionMnist(*arrays)
    for images, labels, count in (
        (data.train_images, data.train_labels, 60000),
        (data.test_images, data.test_labels, 10000),
    ):
        if images.shape != (count, 28, 28) or labels.shape != (count,):
            raise DatasetDamagedError(
                f"{place}: expected {count} images of 28 by 28 and as many labels, "
                f"found {images.shape} and {labels.shape}: install the data set again"
            )
    return data


def _read_idx(path: Path) -> Bytes:
    """One IDX file of bytes: magic 0, 0, 8, number of axes; each axis as a big-endian word; the values."""
    import numpy as np  # noqa: PLC0415 - most ask only where the files are

    try:
        with gzip.open(path) as stream:
            raw = stream.read(_MOST_BYTES + 1)
    except (OSError, EOFError) as problem:
        raise DatasetDamagedError(f"{path}: {problem}: install the data set again") from problem
    axes = raw[3] if len(raw) >= 4 and raw[:3] == b"\x00\x00\x08" else 0
    if axes not in (1, 3) or len(raw) < 4 + 4 * axes:
        raise DatasetDamagedError(f"{path}: not an IDX file of bytes: install the data set again")
    shape = tuple(int.from_bytes(raw[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(axes))
    values: np.ndarray[Any, np.dtype[np.uint8]] = np.frombuffer(raw, dtype=np.uint8, offset=4 + 4 * axes)
    expected = 1
    for extent in shape:
        expected *= extent
    if values.size != expected:
        raise DatasetDamagedError(
            f"{path}: {values.size} values where {shape} were announced: install the data set again"
        )
    return values.reshape(shape)
