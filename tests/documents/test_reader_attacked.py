"""Whatever becomes of the second process, the file that it read gets a plain message in bounded time, and the next one is read."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from grader.documents import ReadingLimits, UnreadableDocumentError
from grader.documents.core.reader_parent import NoReaderError, ReaderProcess, Request
from grader.errors import ReaderFaultError

BUSY = "import re; re.match('(a+)+$', 'a' * 60 + 'b')"  # one call of C that neither ends nor heeds a signal
ANSWERS = "import os, sys, time, signal\nout = sys.stdout.buffer\n"
READY = "out.write(bytes(8)); out.flush(); sys.stdin.buffer.read(8)\n"
# What a child does, and what comes of it.
CHILDREN = {
    "exits": ("os._exit(0)", UnreadableDocumentError, "memory"),
    "is killed": ("os.kill(os.getpid(), signal.SIGKILL)", UnreadableDocumentError, "memory"),
    "crashes": ("os.kill(os.getpid(), signal.SIGSEGV)", UnreadableDocumentError, "memory"),
    "raises": ("raise RuntimeError('a bug')", UnreadableDocumentError, "memory"),
    "is busy in C": (BUSY, UnreadableDocumentError, "too long"),
    "sleeps": ("time.sleep(600)", UnreadableDocumentError, "too long"),
    "heeds no signal": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGALRM, signal.SIG_IGN); time.sleep(600)",
        UnreadableDocumentError,
        "too long",
    ),
    "announces a flood": ("out.write(b'\\x7f' + bytes(7)); out.flush(); time.sleep(600)", ReaderFaultError, "could not be read"),
    "floods": ("out.write((1).to_bytes(8, 'big')); out.write(b'x' * 50_000_000); out.flush()", ReaderFaultError, "could not be read"),
    "trickles": ("out.write((9).to_bytes(8, 'big'))\nwhile True: out.flush(); time.sleep(0.1)", UnreadableDocumentError, "too long"),
    "says nonsense": ("out.write((4).to_bytes(8, 'big') + b'\\xc1abc'); out.flush(); time.sleep(600)", ReaderFaultError, "could not be read"),
    "says nothing": ("out.write(bytes(8)); out.flush(); time.sleep(600)", ReaderFaultError, "could not be read"),
    "stops in the middle": ("out.write((99).to_bytes(8, 'big') + b'abc'); out.flush()", UnreadableDocumentError, "memory"),
    "replies with an empty map": ("out.write((1).to_bytes(8, 'big') + b'\\x80'); out.flush(); time.sleep(600)", ReaderFaultError, "could not be read"),
}  # fmt: skip


def command_line(process: psutil.Process) -> str:
    """How a process was started; nothing for one that came to its end, as other tests may leave them to this process."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # a zombie counts as one
        return ""


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_that_misbehaves(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, expected, words = CHILDREN[name]
    (tmp_path / "misbehaving_child.py").write_text(ANSWERS + READY + source)
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    reader = ReaderProcess("misbehaving_child")
    started = time.monotonic()
    with pytest.raises(expected, match=words):
        reader.ask(Request(ReadingLimits(hard_seconds=2.0), path=b"report.pdf", name="report.pdf"))
    assert time.monotonic() - started < 60
    reader.close()
    assert not [one for one in psutil.Process().children() if "misbehaving_child" in command_line(one)]


def test_a_child_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_child.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    with pytest.raises(NoReaderError):
        ReaderProcess("broken_child").ask(Request(ReadingLimits(), path=b"report.pdf"))


def test_one_that_died_of_something_else_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first process dies in the middle of a file, the second one reads it."""
    (tmp_path / "dying_child.py").write_text(
        f"import os, sys, pathlib\nmark = pathlib.Path({str(tmp_path / 'died')!r})\n"
        "if not mark.exists():\n    mark.write_text('')\n    sys.stdout.buffer.write(bytes(8)); sys.stdout.flush()\n"
        "    sys.stdin.buffer.read(8); os._exit(1)\n"
        "from grader.documents.reader_child import serve\nserve(int(sys.argv[1]))\n"
    )
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    report = tmp_path / "report.md"
    report.write_text("gradient = tape.gradient(loss, parameters)")
    reader = ReaderProcess("dying_child")
    try:
        assert (
            "tape.gradient"
            in reader.ask(Request(ReadingLimits(), path=os.fsencode(report), name="report.md")).text()
        )
    finally:
        reader.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the order in which Linux ends processes")
def test_memory_running_out_ends_it_before_the_grader(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("words")
    reader = ReaderProcess()
    reader.ask(Request(ReadingLimits(), path=os.fsencode(report), name="report.md"))
    child = max(psutil.Process().children(), key=lambda one: one.create_time())
    assert int(Path(f"/proc/{child.pid}/oom_score_adj").read_text()) >= 500
    reader.close()
