"""Output that libraries write past Python (``tf.print``), heard to its end before a cell is told to be over.

ipykernel redirects the descriptors of standard output and error into a pipe, and a thread of its own passes on what comes out. On a busy
machine that thread may come to it only when the cell has been told to be over, and nobody listens for its output any more: what a student's
cell printed is lost, and its saved output looks made up. So after each cell a mark goes through the same pipe, and is waited for.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

_WAITED: Final = (
    1.0  # seconds at most for one stream, as where the code of a cell has closed it or stopped its thread
)


class Drain:
    """What passes the end of a stream's pipe: `heard` is set once the mark has come out."""

    def __init__(self, stream: Any) -> None:
        self.mark = f"\0{secrets.token_hex(8)}\0"
        self.heard = threading.Event()
        self._stream = stream
        self._write: Callable[[str], int | None] = stream.write
        self._held = ""  # what may be the beginning of a mark: reads of the pipe end anywhere
        stream.write = self.write

    def write(self, text: str) -> int | None:
        """In place of the stream's own: all but the mark goes on, in order. What the cell itself writes comes from another thread."""
        if threading.current_thread() is not self._stream.watch_fd_thread:
            return self._write(text)
        heard = self._held + text
        self._held = _beginning(heard.rpartition(self.mark)[2], self.mark)
        if shown := heard.removesuffix(self._held).replace(self.mark, ""):
            self._write(shown)
        if self.mark in heard:
            self.heard.set()
        return len(text)

    def wait(self) -> None:
        """Sends the mark after what a cell has written, and waits until it is through; at once where the pipe is no longer there."""
        descriptor = self._stream._original_stdstream_fd
        try:
            if os.fstat(descriptor).st_ino != os.fstat(self._stream._fid).st_ino:
                return  # redirected to a file of the student's: nothing of ours goes there
            self.heard.clear()
            os.write(descriptor, self.mark.encode())
        except OSError:
            return
        self.heard.wait(_WAITED)


def _beginning(text: str, mark: str) -> str:
    """The longest end of `text` that `mark` begins with."""
    return next((mark[:size] for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), "")


def install(shell: Any) -> None:
    """Makes an IPython shell wait after each cell; nothing where the kernel redirects no descriptors."""
    streams = [one for one in (sys.stdout, sys.stderr) if getattr(one, "watch_fd_thread", None) is not None]
    drains = [Drain(stream) for stream in streams]

    def heard_to_the_end() -> None:
        for drain in drains:
            drain.wait()

    shell.events.register("post_execute", heard_to_the_end)
