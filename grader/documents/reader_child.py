"""The second process of `core/reader_parent`: answers requests until its standard input is closed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from grader.documents.core.reader_parent import AS_PDF, HEADER, STARTUP, Reply, Request
from grader.documents.readers import read_here
from grader.documents.scans.curve_reading import read_curves_here
from grader.documents.scans.scan_reading import read_pictures_here
from grader.errors import ReaderFaultError, UnreadableDocumentError


def _confine(memory: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(request: Request) -> Reply:
    try:
        if request.document is not None and request.curves:
            return Reply(read_curves_here(request.document, request.limits, request.figures or ()))
        if request.document is not None:
            return Reply(read_pictures_here(request.document, request.limits, request.figures))
        return Reply(read_here(Path(request.path), request.name, request.limits, request.ocr))
    except ReaderFaultError as problem:
        return Reply(fault=problem.fault)
    except UnreadableDocumentError as problem:
        return Reply(unreadable=str(problem))
    except MemoryError:
        return Reply(unreadable=f"The file needs more memory than a report may take. {AS_PDF}")


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def serve(memory: int) -> None:
    """Answers requests from standard input until it is closed."""
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(
        os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
    )  # a library that prints must not garble replies
    _confine(memory)
    while True:
        try:
            length = HEADER.unpack(_read_exactly(incoming, HEADER.size))[0]
            request = msgspec.msgpack.decode(_read_exactly(incoming, length), type=Request)
        except EOFError:
            return
        if hasattr(signal, "alarm"):
            signal.alarm(int(request.limits.hard_seconds + request.limits.ocr_seconds + 2 * STARTUP))
        reply = msgspec.msgpack.encode(_answer(request))
        outgoing.write(HEADER.pack(len(reply)) + reply)
        outgoing.flush()
        if hasattr(signal, "alarm"):
            signal.alarm(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
