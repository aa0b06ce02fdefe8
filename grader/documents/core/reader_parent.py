"""Theory of operation: a second process reads what could take our memory or time, or crash us.

PDF, TeX and pictures are parsed by libraries that a hostile file can keep busy, fill up or bring down. They run in a
child of this process that is kept for the next file. It is started when first needed, with the same Python and
module path, no console and no other open file. Requests and replies are MessagePack over its standard streams; nothing
in them is ever executed. What happens at each limit:

- `memory_bytes` (RLIMIT_DATA, Linux): the child gets a MemoryError and says so, or dies.
- `hard_seconds` a request: this side kills the child; the child's own alarm does if this side is gone.
- The child dies: the next request starts another one. Either way the file is reported unreadable, in plain words.
- Files that the child writes: none, RLIMIT_FSIZE is 0.

Where no child can be started, files are read in this process: same results, weaker bounds.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import msgspec

from grader.documents.core.document import Document
from grader.documents.core.limits import OcrMode, ReadingLimits
from grader.errors import ReaderFaultError, UnreadableDocumentError
from grader.model import Value

HEADER: Final = struct.Struct(">Q")
AS_PDF: Final = "Save the report as PDF again, with smaller pictures if it has large ones, and hand that in."
NOT_READ: Final = f"The file could not be read. {AS_PDF}"  # what a student reads of a fault of ours
_MOST_REPLY: Final = 1 << 31  # bytes; a document with all its pictures stays far below
STARTUP: Final = 15.0  # seconds that a slow machine may take to start Python, on top of the limit


class Request(Value, frozen=True):
    """A file to read, or a document whose pictures are to be read; `figures` are indices of its blocks.

    `curves` asks for the curves in them alone, without OCR.
    """

    limits: ReadingLimits
    ocr: OcrMode = "off"
    path: str = ""
    name: str = ""
    document: Document | None = None
    figures: tuple[int, ...] | None = None
    curves: bool = False


class Reply(Value, frozen=True):
    """The document; or what is wrong with it, for the student; or what is wrong with us."""

    document: Document | None = None
    unreadable: str = ""
    fault: str = ""


class NoReaderError(OSError):
    """The second process cannot be started here."""


class ReaderProcess:
    """The second process as seen from this one. Safe to use from several threads, one request at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._memory = 0

    def ask(self, request: Request) -> Document:
        """Sends a request and waits for its document.

        Raises `UnreadableDocumentError` for what cannot be read within the limits, `NoReaderError` where no
        process can be started.
        """
        with self._lock:
            process = self._started(request.limits)
            seconds = request.limits.hard_seconds + STARTUP
            if request.ocr == "auto" or request.document is not None:
                seconds += request.limits.ocr_seconds
            try:
                data = _exchange(process, msgspec.msgpack.encode(request), time.monotonic() + seconds)
            except TimeoutError as problem:
                self._end()
                raise UnreadableDocumentError(f"The file takes too long to read. {AS_PDF}") from problem
            except (OSError, EOFError, ValueError) as problem:
                self._end()
                raise UnreadableDocumentError(
                    f"The file cannot be read within the memory that a report may take. {AS_PDF}"
                ) from problem
        reply = msgspec.msgpack.decode(data, type=Reply)
        if reply.document is not None:
            return reply.document
        if reply.unreadable:
            raise UnreadableDocumentError(reply.unreadable)
        raise ReaderFaultError(NOT_READ, reply.fault)

    def close(self) -> None:
        """Ends the second process."""
        with self._lock:
            self._end()

    def _started(self, limits: ReadingLimits) -> subprocess.Popen[bytes]:
        process = self._process
        if (
            process is not None
            and self._owner == os.getpid()
            and process.poll() is None
            and self._memory == limits.memory_bytes
        ):
            return process
        self._end()
        environment = {
            key: value
            for key, value in os.environ.items()
            if key in {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TZ"}
        }
        environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        environment["OMP_WAIT_POLICY"] = "PASSIVE"
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                [sys.executable, "-B", "-m", "grader.documents.reader_child", str(limits.memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                close_fds=True,
            )
        except (OSError, ValueError) as problem:
            raise NoReaderError(f"no second process to read documents with: {problem}") from problem
        self._owner = os.getpid()
        self._memory = limits.memory_bytes
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if (
            process is None or self._owner != os.getpid()
        ):  # a fork's copy belongs to the process it was forked from
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


def _exchange(process: subprocess.Popen[bytes], request: bytes, until: float) -> bytes:
    """Writes a request and reads its reply, neither of them longer than `until` on the monotonic clock."""
    assert process.stdin is not None
    assert process.stdout is not None
    outgoing = memoryview(HEADER.pack(len(request)) + request)
    incoming = bytearray()
    wanted = HEADER.size
    os.set_blocking(process.stdin.fileno(), False)
    os.set_blocking(process.stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while len(incoming) < wanted:
            left = until - time.monotonic()
            events = selector.select(max(left, 0.0)) if left > 0 else []
            if not events:
                raise TimeoutError
            for key, _ in events:
                if key.fileobj is process.stdin:
                    outgoing = outgoing[os.write(process.stdin.fileno(), outgoing[:65_536]) :]
                    if not outgoing:
                        selector.unregister(process.stdin)
                    continue
                chunk = os.read(process.stdout.fileno(), 1 << 20)
                if not chunk:
                    raise EOFError
                incoming += chunk
                if wanted == HEADER.size and len(incoming) >= wanted:
                    wanted += HEADER.unpack_from(incoming)[0]
                    if wanted > _MOST_REPLY:
                        raise ValueError("a reply of more than two gigabytes")
    return bytes(incoming[HEADER.size :])


_reader: Final = ReaderProcess()
atexit.register(_reader.close)


def ask(request: Request) -> Document:
    """Sends a request to this process's own reader, see `ReaderProcess.ask`."""
    return _reader.ask(request)
