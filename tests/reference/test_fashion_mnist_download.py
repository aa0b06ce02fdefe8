"""The data set is fetched once, checked, and only on the grader's own side; a local server stands in for Keras's."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference.lab.fashion_mnist import DEBIAN_FOLDER, FILES, DatasetMissingError
from reference.lab.fashion_mnist_download import fetched

needs_data = pytest.mark.skipif(
    not DEBIAN_FOLDER.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed"
)


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder and counts what is asked for."""

    asked: list[str]

    def __init__(self, folder: Path) -> None:
        self.asked = []
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append(self.path.lstrip("/"))
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "served").mkdir()
    return tmp_path / "served"


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with Server(folder) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def base(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/"


@needs_data
def test_it_is_fetched_once_even_by_several_at_a_time(folder: Path, server: Server, tmp_path: Path) -> None:
    for name in FILES:
        (folder / name).symlink_to(DEBIAN_FOLDER / name)
    place = tmp_path / "keras" / "datasets" / "fashion-mnist"
    places: list[Path] = []
    threads = [threading.Thread(target=lambda: places.append(fetched(place, base(server)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == [place] * 3
    assert sorted(server.asked) == sorted(FILES)
    for name in FILES:
        assert (place / name).read_bytes() == (DEBIAN_FOLDER / name).read_bytes()


@needs_data
def test_what_is_not_the_data_set_is_not_kept(folder: Path, server: Server, tmp_path: Path) -> None:
    for name in FILES:
        (folder / name).symlink_to(DEBIAN_FOLDER / FILES[3])  # labels where images belong
    place = tmp_path / "keras"
    with pytest.raises(DatasetMissingError, match=r"is not the data set.*--dataset sample"):
        fetched(place, base(server))
    assert not any((place / name).exists() for name in FILES)


def test_no_network_is_said_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(DatasetMissingError, match="cannot be fetched"):
        fetched(tmp_path / "keras", "http://127.0.0.1:9/")


def test_a_damaged_answer_is_said_in_plain_words(folder: Path, server: Server, tmp_path: Path) -> None:
    for name in FILES:
        (folder / name).write_bytes(b"\x1f\x8b\x08\x00 not really gzip")
    with pytest.raises(DatasetMissingError, match="cannot be fetched"):
        fetched(tmp_path / "keras", base(server))
