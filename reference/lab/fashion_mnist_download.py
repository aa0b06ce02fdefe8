"""Fetches Fashion-MNIST once, on the grader's side, to where Keras keeps it: notebooks have no network.

Keras's own place for the files is `BASE` (keras/datasets/fashion_mnist.py). What arrives is checked by its unpacked
contents against the digests of Debian's package ``dataset-fashion-mnist`` 0.0~git20200523.55506a9-1.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import sys
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.atomic_file import write
from grader.errors import FileWriteError
from reference.lab.fashion_mnist import FILES, DatasetMissingError, find_dataset, keras_folder

BASE: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
SECONDS: Final = 60.0  # without a byte, after which the fetch is given up
_MOST_BYTES: Final = 64 * 1024 * 1024
_DIGESTS: Final = dict(  # SHA-256 of each file, unpacked
    zip(
        FILES,
        (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
        strict=True,
    )
)


def fetched(folder: Path | None = None, base: str = BASE) -> Path:
    """The folder with the data set, fetched into `folder` (Keras's own by default) if it is in none of the known places.

    Of several processes one fetches, the others wait for it. Raises `DatasetMissingError` with what to do.
    """
    place = folder or keras_folder()
    with contextlib.suppress(DatasetMissingError):
        return find_dataset() if folder is None else find_dataset([folder])
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _turn(place / ".fetching"):
            with contextlib.suppress(DatasetMissingError):
                return find_dataset([place])
            contents = {name: _checked(name, base) for name in FILES}
            for name, content in contents.items():
                write(place / name, content)
    except (OSError, FileWriteError, ValueError, zlib.error) as problem:
        raise DatasetMissingError(
            f"Fashion-MNIST is not on this machine and cannot be fetched ({problem}): install Debian's package "
            "dataset-fashion-mnist, or use --dataset sample"
        ) from problem
    return place


def _checked(name: str, base: str) -> bytes:
    with urllib.request.urlopen(base + name, timeout=SECONDS) as answer:  # noqa: S310 - our own address
        content: bytes = answer.read(_MOST_BYTES + 1)
    with gzip.open(io.BytesIO(content)) as unpacked:
        digest = hashlib.sha256(unpacked.read(_MOST_BYTES)).hexdigest()
    if digest != _DIGESTS[name]:
        raise ValueError(f"what {base} gave for {name} is not the data set")
    return content


@contextlib.contextmanager
def _turn(lock: Path) -> Iterator[None]:
    """Holds others off that would fetch the same."""
    with lock.open("w") as file:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - POSIX only

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
