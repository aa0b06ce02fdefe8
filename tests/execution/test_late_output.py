"""What libraries write past Python belongs to the cell that wrote it, however late the kernel's own thread comes to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from grader.execution import Executor, NotebookPlan
from grader.execution.child.late_output import Drain

# From the second read on, ipykernel's thread passes on what it has read only after a while, as on a busy machine.
LATE = """
import os, time, types, ipykernel.iostream as streams
def late(descriptor, count, read=os.read):
    found = read(descriptor, count)
    time.sleep(0.3)
    return found
streams.os = types.SimpleNamespace(**{**vars(os), "read": late})
os.write(1, b"x"); os.write(2, b"y"); time.sleep(0.1)
"""


def test_late_output_is_the_cells_own(
    executor: Executor, notebook: Callable[..., bytes], plain_plan: Callable[..., NotebookPlan]
) -> None:
    cells = (
        LATE,
        "os.write(1, b'past Python\\n'); None",
        "os.write(2, b'and as an error\\n'); None",
        "print('its own')",
    )
    run = executor.run_notebook(notebook(*cells), plain_plan())
    shown = [(cell.stdout, cell.stderr) for cell in run.cells[1:]]
    assert shown == [("past Python\n", ""), ("", "and as an error\n"), ("its own\n", "")]


def test_a_stream_that_a_student_redirected_gets_nothing_of_ours(
    executor: Executor, notebook: Callable[..., bytes], plain_plan: Callable[..., NotebookPlan]
) -> None:
    cells = (
        "import os\nfile = os.open('out.txt', os.O_CREAT | os.O_WRONLY)\nkept = os.dup(1)\nos.dup2(file, 1)",
        "os.write(1, b'into the file'); None",
        "os.dup2(kept, 1)\nprint(open('out.txt', 'rb').read())",
    )
    run = executor.run_notebook(notebook(*cells), plain_plan())
    assert run.cells[2].stdout == "b'into the file'\n"


@given(st.lists(st.text("ab\0", max_size=5), max_size=6), st.lists(st.integers(1, 40), max_size=12))
def test_a_mark_goes_and_nothing_else_does(texts: list[str], cuts: list[int]) -> None:
    """However the reads of the pipe cut what comes."""
    shown: list[str] = []
    stream = SimpleNamespace(write=shown.append, watch_fd_thread=threading.current_thread())
    drain = Drain(stream)
    sent = drain.mark.join(texts)
    sent += drain.mark
    for cut in cuts:
        piece, sent = sent[:cut], sent[cut:]
        if piece:
            stream.write(piece)
    if sent:
        stream.write(sent)
    assert "".join(shown) == "".join(texts)
    assert drain.heard.is_set()


def test_where_the_pipe_is_gone_nothing_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    stream = SimpleNamespace(
        write=str, watch_fd_thread=threading.current_thread(), _original_stdstream_fd=writing, _fid=reading
    )
    Drain(stream).wait()
    os.close(reading)
