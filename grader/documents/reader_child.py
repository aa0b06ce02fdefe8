"""The second process of `core/reader_parent`: answers requests until its standard input is closed."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from grader.documents.core.reader_parent import AS_PDF, HEADER, READY, Reply, Request, Task
from grader.documents.readers import read_here
from grader.errors import EmptyDocumentError, ReaderFaultError, UnreadableDocumentError

_GRACE: Final = 5  # seconds that the other side has to end this process before its own alarm does


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
    with contextlib.suppress(OSError):  # Linux: this process goes first where memory runs out
        Path("/proc/self/oom_score_adj").write_text("700", "ascii")


def _answer(request: Request) -> Reply:
    try:
        return _done(request)
    except ReaderFaultError as problem:
        return Reply(fault=problem.fault)
    except UnreadableDocumentError as problem:
        return Reply(unreadable=str(problem), empty=isinstance(problem, EmptyDocumentError))
    except MemoryError:
        return Reply(unreadable=f"The file needs more memory than a report may take. {AS_PDF}")
    except Exception:
        return Reply(fault=traceback.format_exc())


def _done(request: Request) -> Reply:
    limits, document, figures = request.limits, request.document, request.figures
    if request.task is Task.READ:
        return Reply(read_here(Path(os.fsdecode(request.path)), request.name, limits, "off"))
    from grader.documents.scans.curve_reading import read_curves_here  # noqa: PLC0415 - only for what has pictures
    from grader.documents.scans.scan_reading import read_pictures_here  # noqa: PLC0415 - the same
    from grader.documents.shown_pictures import drawn_here  # noqa: PLC0415 - the same

    if request.task is Task.CURVES and document is not None:
        return Reply(read_curves_here(document, limits, figures or ()))
    if request.task is Task.WORDS and document is not None:
        return Reply(read_pictures_here(document, limits, figures))
    return Reply(picture=drawn_here(request))


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
    outgoing.write(READY)
    outgoing.flush()
    _confine(memory)
    while True:
        try:
            length = HEADER.unpack(_read_exactly(incoming, HEADER.size))[0]
            request = msgspec.msgpack.decode(_read_exactly(incoming, length), type=Request)
        except EOFError:
            return
        if hasattr(signal, "alarm"):
            signal.alarm(math.ceil(request.seconds) + _GRACE)
        reply = msgspec.msgpack.encode(_answer(request))
        outgoing.write(HEADER.pack(len(reply)) + reply)
        outgoing.flush()
        if hasattr(signal, "alarm"):
            signal.alarm(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
