"""Theory of operation: a second process reads what students handed in, since it could take our memory or time, or crash us.

Every file is parsed, every picture decoded and every page drawn in a child of this process that is kept for the next
file. It is started when first needed, with the same Python and module path, no console and no other open file. Requests
and replies are MessagePack over its standard streams; nothing in them is ever executed. What happens at each limit:

- `Request.seconds`: this side kills the child, in whatever library it is busy; the child's own alarm does if this side is gone.
- `memory_bytes` (RLIMIT_DATA, Linux): the child gets a MemoryError and says so, or dies.
- The child dies: another is started and asked once more, for it may have died of something else. Then the file is
  reported unreadable, in plain words.
- The machine runs out of memory: Linux ends the child before any process of ours.
- A reply that is no reply, or is larger than any document: the child is ended, and the fault is ours.
- Files that the child writes: none, RLIMIT_FSIZE is 0.

The clock of a request starts when the child is there to take it. Where no child can be started, files are read in this
process: same results, weaker bounds.
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
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from grader.documents.core.document import Box, Document
from grader.documents.core.limits import ReadingLimits
from grader.errors import EmptyDocumentError, ReaderFaultError, UnreadableDocumentError
from grader.model import Value

HEADER: Final = struct.Struct(">Q")
READY: Final = HEADER.pack(0)  # what a child says once it can take requests
AS_PDF: Final = "Save the report as PDF again, with smaller pictures if it has large ones, and hand that in."
NOT_READ: Final = f"The file could not be read. {AS_PDF}"  # what a student reads of a fault of ours
_MOST_REPLY: Final = 512 * 1024 * 1024  # bytes; a document with all its pictures stays far below
_STARTUP: Final = 120.0  # seconds that a busy machine may take to start Python
_TRIES: Final = 2


class Task(StrEnum):
    """What the second process is asked for."""

    READ = "read"  # the file at `path`
    CURVES = "curves"  # the curves in some of a document's figures
    WORDS = "words"  # what OCR reads in some of a document's figures
    PAGE = "page"  # a page of the PDF at `path` as a picture
    PICTURE = "picture"  # the one figure of a document, made smaller


class Request(Value, frozen=True):
    """A file to read, a document whose pictures are to be read, or a picture to draw.

    `figures` are indices of the document's blocks. `boxes` are marked on a page that is drawn, `width` pixels wide; its
    number counts from 1.
    """

    limits: ReadingLimits
    task: Task = Task.READ
    path: bytes = b""  # as the system has it: names need not be text
    name: str = ""
    document: Document | None = None
    figures: tuple[int, ...] | None = None
    page: int = 0
    boxes: tuple[Box, ...] = ()
    width: int = 0

    @property
    def seconds(self) -> float:
        """How long it may take before the process is killed."""
        of_pictures = self.limits.ocr_seconds if self.task is Task.WORDS else 0.0
        return self.limits.hard_seconds + of_pictures


class Reply(Value, frozen=True):
    """The document or the picture; or what is wrong with the file, for the student; or what is wrong with us."""

    document: Document | None = None
    picture: bytes | None = None
    unreadable: str = ""
    empty: bool = False
    fault: str = ""


class NoReaderError(OSError):
    """The second process cannot be started here."""


class ReaderProcess:
    """The second process as seen from this one. Safe to use from several threads, one request at a time."""

    def __init__(self, module: str = "grader.documents.reader_child") -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._memory = 0

    def ask(self, request: Request) -> Document:
        """Sends a request for a document and waits for it.

        Raises `UnreadableDocumentError` for what cannot be read within the limits, `NoReaderError` where no
        process can be started.
        """
        document = self._answer(request).document
        if document is None:
            raise ReaderFaultError(NOT_READ, "the reader's reply holds no document")
        return document

    def draw(self, request: Request) -> bytes:
        """Sends a request for a picture and waits for it; empty if there is nothing to be drawn. Raises as `ask` does."""
        return self._answer(request).picture or b""

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            reply = self._asked(msgspec.msgpack.encode(request), request)
        if reply.document is not None or reply.picture is not None:
            return reply
        if reply.unreadable:
            raise (
                EmptyDocumentError(reply.unreadable)
                if reply.empty
                else UnreadableDocumentError(reply.unreadable)
            )
        raise ReaderFaultError(NOT_READ, reply.fault)

    def _asked(self, encoded: bytes, request: Request) -> Reply:
        until = 0.0
        for attempt in range(_TRIES):
            process = self._started(request.limits)
            until = until or time.monotonic() + request.seconds
            try:
                data = _exchange(process, encoded, until)
                return msgspec.msgpack.decode(data, type=Reply)
            except TimeoutError as problem:
                self._end()
                raise UnreadableDocumentError(f"The file takes too long to read. {AS_PDF}") from problem
            except (OverflowError, msgspec.MsgspecError) as problem:
                self._end()
                raise ReaderFaultError(NOT_READ, f"the reader's reply: {problem}") from problem
            except (OSError, EOFError) as problem:
                self._end()
                if attempt + 1 == _TRIES:
                    raise UnreadableDocumentError(
                        f"The file cannot be read within the memory that a report may take. {AS_PDF}"
                    ) from problem
            except BaseException:  # interrupted in the middle: what comes next from this child answers nobody
                self._end()
                raise
        raise AssertionError("the last attempt returns or raises")

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
                [sys.executable, "-B", "-m", self._module, str(limits.memory_bytes)],
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
        try:
            _exchange(self._process, b"", time.monotonic() + _STARTUP)
        except (OSError, EOFError, OverflowError) as problem:  # a TimeoutError is an OSError
            self._end()
            raise NoReaderError(
                f"the second process to read documents with does not start: {problem}"
            ) from problem
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


def _exchange(process: subprocess.Popen[bytes], message: bytes, until: float) -> bytes:
    """Writes a message, if there is one, and reads what comes back, neither of them longer than `until` on the monotonic clock.

    Raises `TimeoutError`, `EOFError` or another `OSError` for a process that has died, `OverflowError` for a flood.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    outgoing = memoryview(HEADER.pack(len(message)) + message if message else b"")
    incoming = bytearray()
    wanted = HEADER.size
    os.set_blocking(process.stdin.fileno(), False)
    os.set_blocking(process.stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if outgoing:
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
                        raise OverflowError("larger than any document")
    if len(incoming) > wanted or outgoing:
        raise OverflowError("more than one answer")
    return bytes(incoming[HEADER.size :])


_reader: Final = ReaderProcess()
atexit.register(_reader.close)


def ask(request: Request) -> Document:
    """Sends a request for a document to this process's own reader, see `ReaderProcess.ask`."""
    return _reader.ask(request)


def draw(request: Request) -> bytes:
    """Sends a request for a picture to this process's own reader, see `ReaderProcess.draw`."""
    return _reader.draw(request)
