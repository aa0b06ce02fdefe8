"""A zygote's memory in huge pages is the memory that it was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import grader

PROGRAM = """
import hashlib, json, mmap
from grader.execution.child import huge_pages
held = mmap.mmap(-1, 32 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, len(held), 4096):
    held[at : at + 8] = at.to_bytes(8, "big")
before = hashlib.sha256(held).hexdigest()
made = huge_pages.collapse()
print(json.dumps([made, before == hashlib.sha256(held).hexdigest()]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="huge pages are asked for in Linux's way")
def test_what_stands_in_memory_stays() -> None:
    done = subprocess.run(
        (sys.executable, "-c", PROGRAM),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(grader.__file__).parents[1],
    )
    made, same = json.loads(done.stdout)
    assert same
    if not made:
        pytest.skip("this kernel makes no huge pages on request (before Linux 6.1, or built without them)")
    assert made >= 8, "32 MB that were all written to hold at least these, wherever they begin"
