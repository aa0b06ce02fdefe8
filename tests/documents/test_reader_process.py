"""The second process that reads what could take our memory or time: it ends, it is replaced, it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from written_pdf import bomb, pdf, text

from grader.documents import ReadingLimits, UnreadableDocumentError, read_document
from grader.documents.core.document import BlockKind
from grader.documents.core.reader_parent import ReaderProcess, Request

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLE = FIXTURES / "pdf" / "latex_listings.pdf"


@pytest.fixture
def reader() -> ReaderProcess:
    return ReaderProcess()


def request(path: Path, **limits: float) -> Request:
    return Request(ReadingLimits(**limits), path=os.fsencode(path), name=path.name)  # type: ignore[arg-type] # seconds and bytes


def children() -> list[psutil.Process]:
    """The processes that read, of this one's children; some of those may be what other tests left as zombies."""
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "reader_child" in " ".join(child.cmdline())]


def test_one_process_serves_many_files(reader: ReaderProcess) -> None:
    before = len(children())
    for _ in range(3):
        assert len(reader.ask(request(SAMPLE)).blocks) > 8
    assert len(children()) == before + 1
    reader.close()
    assert len(children()) == before


def test_the_same_comes_back_as_from_this_process(reader: ReaderProcess) -> None:
    from grader.documents.readers import read_here

    path = FIXTURES / "pdf" / "latex_vectorplot.pdf"
    assert reader.ask(request(path)) == read_here(path, path.name, ReadingLimits(), "off")
    reader.close()


def test_a_document_that_takes_too_long_ends_the_process_and_the_next_one_is_read(
    reader: ReaderProcess, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(pdf(["x"], compressed=bomb(400)))
    with pytest.raises(UnreadableDocumentError, match="takes too long"):
        reader.ask(request(path, hard_seconds=2.0))
    assert reader.ask(request(SAMPLE)).pages == 2
    reader.close()


def test_a_document_that_takes_too_much_memory_is_refused(reader: ReaderProcess, tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(pdf(["x"], compressed=bomb(2_000)))
    with pytest.raises(UnreadableDocumentError):
        reader.ask(request(path, memory_bytes=700 * 1024 * 1024))
    assert reader.ask(request(SAMPLE, memory_bytes=700 * 1024 * 1024)).pages == 2
    reader.close()


def asked(reader: ReaderProcess) -> str:
    """Asks for the sample; what the reader says where its process died meanwhile."""
    try:
        pages = reader.ask(request(SAMPLE)).pages
    except UnreadableDocumentError as problem:
        return str(problem)
    assert pages == 2
    return ""


@pytest.mark.skipif(not hasattr(os, "kill") or sys.platform == "win32", reason="needs signals")
def test_a_process_that_dies_is_replaced(reader: ReaderProcess) -> None:
    reader.ask(request(SAMPLE))
    victim = max(children(), key=lambda child: child.create_time())
    killer = threading.Timer(0.05, os.kill, (victim.pid, signal.SIGKILL))
    killer.start()
    for _ in range(40):  # it dies between two requests or in the middle of one
        problem = asked(reader)
        assert not problem or "memory" in problem
    killer.join()
    assert reader.ask(request(SAMPLE)).pages == 2
    reader.close()


def test_several_threads_may_ask(reader: ReaderProcess) -> None:
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda: results.append(reader.ask(request(SAMPLE)).pages)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [2] * 4
    reader.close()


def test_nothing_outlives_the_process_that_asked(tmp_path: Path) -> None:
    program = (
        "import os, sys, time; from pathlib import Path; from grader.documents import read_document\n"
        f"read_document(Path({str(SAMPLE)!r})); import psutil\n"
        "print(psutil.Process().children()[0].pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    child = int(done.stdout)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the reader outlived the process that asked"
        time.sleep(0.05)


def test_where_no_process_can_be_started_files_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.documents.core.reader_parent._reader", ReaderProcess())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python here"))
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf([text(72, 750, "gradient = tape.gradient(loss, parameters)", "F2")]))
    assert [block.kind for block in read_document(path).blocks] == [BlockKind.CODE]
