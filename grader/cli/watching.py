"""Does something again whenever a file changes, until whoever started it presses Ctrl-C."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import click

from grader.errors import GraderError

_SECONDS: Final = 0.5  # between two looks: a save is noticed at once, and looking costs nothing
_Stamps: TypeAlias = dict[Path, tuple[int, int] | None]


def whenever_changed(files: Sequence[Path], act: Callable[[], int], *, clear: bool) -> int:
    """Calls `act` now and after each change of the files; 0 once it is ended with Ctrl-C.

    A change is taken up once two looks in a row see the same, and every file is there: editors write in pieces, and some
    put a new file in the old one's place. A `GraderError` is told, and waited out.
    """
    acted: _Stamps | None = None
    before = _stamps(files)
    try:
        while True:
            now = _stamps(files)
            if now == before and now != acted and None not in now.values():
                if acted is not None and clear and sys.stdout.isatty():
                    click.clear()
                acted = now
                try:
                    act()
                except GraderError as problem:
                    click.echo(f"grader: {problem}", err=True)
                sys.stdout.flush()
            before = now
            time.sleep(_SECONDS)
    except KeyboardInterrupt:
        return 0


def _stamps(files: Sequence[Path]) -> _Stamps:
    """When each file was changed, and its size; none for one that is not there."""
    found: _Stamps = {}
    for path in files:
        try:
            state = path.stat()
        except OSError:
            found[path] = None
        else:
            found[path] = state.st_mtime_ns, state.st_size
    return found
