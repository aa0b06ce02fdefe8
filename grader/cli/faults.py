"""What a person reads when a command ends early: a sentence for what was foreseen, one line for a fault of ours."""

from __future__ import annotations

import errno
import os
import platform
import sys
import tempfile
import traceback
from datetime import datetime
from typing import Final

from grader import __version__
from grader.errors import GraderError
from grader.model import Value

USAGE: Final = 2
FAULT: Final = 70  # what sysexits.h calls an internal software error
DEBUG: Final = "GRADER_DEBUG"

# What a computer may refuse to any program, and what helps.
_REFUSED: Final = {
    errno.EACCES: "may this user read and write there?",
    errno.EPERM: "may this user read and write there?",
    errno.EROFS: "choose a folder that can be written.",
    errno.ENOSPC: "make room on the disk and start again.",
    errno.EDQUOT: "make room in your quota and start again.",
    errno.EMFILE: "try fewer --jobs.",
    errno.ENFILE: "try fewer --jobs.",
    errno.ENOMEM: "try fewer --jobs.",
    errno.EIO: "the disk or the network drive failed; try again, or copy the files elsewhere.",
    errno.ENAMETOOLONG: "choose a shorter name.",
    errno.ELOOP: "a link there leads back to itself; give the file itself.",
}


class Ending(Value, frozen=True):
    """The line for the terminal, and the exit status."""

    line: str
    status: int


def ending(problem: BaseException) -> Ending:
    """What to say of an exception that no command handled; for one that we did not foresee the details are written down."""
    if isinstance(problem, GraderError):
        return Ending(f"{problem}", USAGE)
    if isinstance(problem, OSError) and problem.errno in _REFUSED:
        place = f"{problem.filename}: " if problem.filename else ""
        return Ending(f"{place}{problem.strerror}: {_REFUSED[problem.errno]}", USAGE)
    if isinstance(problem, MemoryError):
        return Ending("this computer's memory is used up: try fewer --jobs.", USAGE)
    kept = _written_down(problem)
    where = (
        f"The details are in {kept}: send it"
        if kept
        else f"Run it again with {DEBUG}=1 and send what it prints"
    )
    return Ending(
        f"this is our fault, not yours: {type(problem).__name__} where none should be. {where} to who runs this grader.",
        FAULT,
    )


def trace_wanted() -> bool:
    """Whether whoever runs this asked for tracebacks."""
    return os.environ.get(DEBUG, "") not in {"", "0"}


def _written_down(problem: BaseException) -> str:
    """The file with the traceback, readable by this user alone; empty where none can be written."""
    told = "".join(
        (
            f"grader {__version__}, Python {platform.python_version()}, {platform.platform()}\n",
            f"{datetime.now().astimezone().isoformat(timespec='seconds')}\n",
            f"{sys.argv}\n\n",
            *traceback.format_exception(problem),
        )
    )
    try:
        handle, path = tempfile.mkstemp(prefix="grader-fault-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(told)
    except OSError:
        return ""
    return path
