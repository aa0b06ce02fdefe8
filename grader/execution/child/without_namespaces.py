"""What a kernel does without on a machine that is thrown away: terminals of its own, times of files."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any


def adapt(shell: Any) -> None:
    """Lets an IPython shell run commands through a pipe, and copying a file go on without its times."""
    shell.system = functools.partial(_system, shell)
    os.utime = _patient(os.utime)


def _system(shell: Any, command: str) -> None:
    expanded = shell.var_expand(command, depth=2)
    with subprocess.Popen(  # noqa: S602 - the student's own command, as confined as the rest
        expanded,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.write(line)
    shell.user_ns["_exit_code"] = process.returncode


def _patient(utime: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(utime)
    def without_times(*arguments: Any, **options: Any) -> None:
        with contextlib.suppress(PermissionError):
            utime(*arguments, **options)

    return without_times
