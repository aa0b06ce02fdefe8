"""Ctrl-C goes to every process of a terminal: what keeps it from those that are just being started."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


def ignore() -> None:
    """For a worker: SIGINT is nothing to it. The mask goes, so that what it starts inherits none."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Processes and threads that are begun inside never see SIGINT; this thread sees it right after.

    For workers whose parent says what becomes of them: a second of their imports would else end in a traceback. Where a system has no
    masks of signals (Windows) nothing is done.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
