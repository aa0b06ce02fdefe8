"""Every limit of a notebook's run: its default, and what happens when it is reached."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Final

from grader.execution.shared.child_request import Wall
from grader.model import Value


class Isolation(StrEnum):
    """How strongly a notebook is held, the strongest first."""

    FULL = "full"  # namespaces, landlock, seccomp and limits; a control group too where one can be made
    THROWAWAY = (
        "throwaway"  # a user of its own, landlock, seccomp and limits, on a machine for one submission
    )
    NONE = "none"  # an ordinary process of the grader's own user


COMMAND_SECONDS: Final = (
    300.0  # of one notebook, where a command is not told otherwise: most take some seconds
)


class Limits(Value, frozen=True):
    """What one notebook may use. All memory and disk is gone when the notebook ends.

    ``cell_seconds`` (120)
        wall time of one cell. The cell is interrupted; if it does not yield within ``grace_seconds`` its
        kernel is killed and the other cells up to the next restart point are not reached. Status ``timeout``.
    ``grace_seconds`` (2)
        how long a cell may take to yield to an interrupt.
    ``notebook_seconds`` (900)
        wall time of all segments together, start-up included. The kernel is killed, no further cell is
        reached. Status ``timeout``.
    ``startup_seconds`` (60)
        from asking for a kernel to its first sign of life. Status ``error``: it is ours, not the student's.
    ``memory_mb`` (3072)
        memory beyond what the imports take, of all processes of the notebook together, its files included.
        An allocation fails with ``MemoryError``, or the kernel is killed. Status ``memory``. How near the
        bound is to the truth without a control group stands in docs/execution.md.
    ``processes`` (128)
        processes and threads. A further one cannot be made: the cell gets ``BlockingIOError`` or
        ``RuntimeError``. Training takes about 30.
    ``disk_mb`` (256), ``inodes`` (20000)
        each of the home directory and ``/tmp``, both in memory. Writing fails with ``No space left``. On a
        machine that is thrown away the home is on its disk and watched: the kernel is killed. Status ``died``.
    ``file_mb`` (256)
        one file. Writing fails or ends the process (SIGXFSZ).
    ``open_files`` (512)
        descriptors of one process. Opening fails with ``Too many open files``.
    ``cell_output_kb`` (256)
        text, HTML and errors of one cell. The beginning and the end are kept, a note stands between.
    ``image_kb`` (1024)
        one picture, and all pictures of a cell together four of them. A larger one is left out with a note.
    ``notebook_output_mb`` (4)
        all output of a notebook. Later output is left out with a note.
    ``cell_messages`` (20000)
        messages of one cell. Later ones are dropped with a note.
    ``flood_mb`` (64)
        all that one cell sends, kept or not. It is no longer read and its kernel is killed, as it is for one
        message of more than 24 MB. Status ``flood``.
    ``source_mb`` (20), ``cells`` (1000)
        size of the notebook handed in and its number of cells. It is not read; the message says so.
    ``result_kb`` (1024)
        what a probe hands back. Status ``flood``.
    """

    cell_seconds: float = 120.0
    grace_seconds: float = 2.0
    notebook_seconds: float = 900.0
    startup_seconds: float = 60.0
    memory_mb: int = 3072
    processes: int = 128
    disk_mb: int = 256
    inodes: int = 20_000
    file_mb: int = 256
    open_files: int = 512
    cell_output_kb: int = 256
    image_kb: int = 1024
    notebook_output_mb: int = 4
    cell_messages: int = 20_000
    flood_mb: int = 64
    source_mb: int = 20
    cells: int = 1000
    result_kb: int = 1024


class Settings(Value, frozen=True):
    """How notebooks are run on this host.

    `isolation` is the strongest to use. Anything less than full isolation and a notebook is not run, its
    status is ``skipped``; unless `throwaway_machine`, which says that this machine exists for one submission
    and is thrown away after it (only ``grader gradescope build`` sets that), or `allow_unsafe`, which only a
    person who trusts every notebook should set. `kernels_at_once` bounds what runs at the same moment over all threads. `threads` is what
    TensorFlow and OpenBLAS use in one kernel: 1 is fastest with several at once and needed for equal bits.
    `own_filter` leaves libseccomp out. `wall` has every child run behind what that program makes, and nowhere
    else, which costs it the imports; without, a wall is made only where the host gives no namespaces. `runtime_directory` holds sockets; None for the system's own place.
    """

    limits: Limits = Limits()
    isolation: Isolation = Isolation.FULL
    throwaway_machine: bool = False
    allow_unsafe: bool = False
    control_groups: bool = True
    kernels_at_once: int = os.cpu_count() or 1
    threads: int = 1
    own_filter: bool = False
    wall: Wall = ""
    runtime_directory: Path | None = None
