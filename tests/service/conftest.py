"""Graded folders without grading: results as the grader makes them, some of them in doubt."""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))  # for what stands beside this file

from service_results import Doubts, result  # type: ignore[import-not-found]

from grader.graded_folder import open_ledger
from grader.page_data import PageData, Passage, Trace, TracedText
from grader.service.application import application
from grader.store import Ledger


def picture(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (120, 60), (shade, shade, 200)).save(stream, "PNG")
    return stream.getvalue()


Record = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "graded"


@pytest.fixture
def database() -> str:
    """The address of the ledger's database; nothing for a SQLite file. Tests that run on both say so."""
    return ""


@pytest.fixture
def ledger(folder: Path, database: str) -> Iterator[Ledger]:
    with open_ledger(folder, database=database) as opened:
        opened.describe(title="A lab", planned="0")
        yield opened


@pytest.fixture
def record(ledger: Ledger, tmp_path: Path) -> Record:
    """Puts a result into the ledger, with a page's picture for each doubt and its original."""

    def put(name: str, doubts: Doubts | None = None, **more: object) -> None:
        made = result(name, doubts, **more)  # type: ignore[arg-type]
        shades = {check: picture(40 + 10 * place) for place, check in enumerate(doubts or {})}
        digests = {check: hashlib.sha256(data).hexdigest() for check, data in shades.items()}
        page = PageData(
            tuple(Passage(check, "report.md, line 3", picture=digest) for check, digest in digests.items())
        )
        original = tmp_path / f"{hashlib.sha256(name.encode()).hexdigest()}.md"
        original.write_bytes(name.encode())
        ledger.record(
            made,
            content=name,
            settings="",
            page=page,
            blobs={digests[check]: data for check, data in shades.items()},
            originals={made.files[0].sha256: original},
            trace=Trace(blocks=(TracedText("report.md, line 3", "What was written."),)),
        )

    return put


@pytest.fixture
def client(folder: Path, ledger: Ledger) -> Iterator[TestClient]:
    """A browser that has not come in yet."""
    with TestClient(application(folder, ledger, hosts=("testserver",)), follow_redirects=True) as opened:
        yield opened


@pytest.fixture
def come_in(client: TestClient, ledger: Ledger) -> Callable[[str], TestClient]:
    """Comes in by a link of one's own; gives a browser that is inside."""

    def enter(name: str = "tina") -> TestClient:
        inside = TestClient(client.app, follow_redirects=True)
        answer = inside.get("/enter", params={"key": ledger.desk.make_key("link", name, 60)})
        assert answer.status_code == 200, answer.text
        return inside

    return enter
