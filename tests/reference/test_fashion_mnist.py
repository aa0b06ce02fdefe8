import gzip
from pathlib import Path

import numpy as np
import pytest

from reference.lab import fashion_mnist
from reference.lab.fashion_mnist import FILES, DatasetDamagedError, DatasetMissingError


def idx(values: np.ndarray) -> bytes:
    shape = b"".join(extent.to_bytes(4, "big") for extent in values.shape)
    return gzip.compress(b"\x00\x00\x08" + bytes([values.ndim]) + shape + values.tobytes(), 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    arrays = (
        np.zeros((60000, 28, 28), np.uint8),
        np.arange(60000, dtype=np.uint32).astype(np.uint8),
        np.ones((10000, 28, 28), np.uint8),
        np.full(10000, 9, np.uint8),
    )
    for name, values in zip(FILES, arrays, strict=True):
        (tmp_path / name).write_bytes(idx(values))
    return tmp_path


def test_a_data_set_of_the_right_shape_is_read(folder: Path) -> None:
    data = fashion_mnist.load(folder)
    assert data.train_images.shape == (60000, 28, 28)
    assert data.train_labels[:3].tolist() == [0, 1, 2]
    assert data.test_images.mean() == 1
    assert data.test_labels.tolist() == [9] * 10000


def test_the_first_folder_with_all_four_files_is_taken(folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert fashion_mnist.find_dataset([empty, folder]) == folder


def test_keras_folder_follows_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert fashion_mnist.keras_folder() == tmp_path / "datasets" / "fashion-mnist"


def test_a_missing_data_set_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatasetMissingError, match=r"dataset-fashion-mnist.*fashion_mnist\.load_data"):
        fashion_mnist.find_dataset([tmp_path])


@pytest.mark.parametrize(
    "content",
    [
        b"not gzip",
        gzip.compress(b"\x00\x00\x08\x02too few axes", mtime=0),
        gzip.compress(b"\x00\x00\x08\x01\x00\x00\x00\x05abc", mtime=0),
        gzip.compress(b"\x00\x00\x08\x01\xff\xff\xff\xffabc", mtime=0),
        idx(np.zeros(5, np.uint8)),
        idx(np.zeros(60000, np.uint8))[:-20],
    ],
)
def test_a_damaged_file_is_named(folder: Path, content: bytes) -> None:
    (folder / FILES[1]).write_bytes(content)
    with pytest.raises(DatasetDamagedError, match="install the data set again"):
        fashion_mnist.load(folder)


def test_a_bomb_is_not_unpacked_whole(folder: Path) -> None:
    (folder / FILES[0]).write_bytes(gzip.compress(b"\x00\x00\x08\x03" + bytes(200_000_000), 1, mtime=0))
    with pytest.raises(DatasetDamagedError):
        fashion_mnist.load(folder)
