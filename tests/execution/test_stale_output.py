"""Saved output against what a cell gives."""

from __future__ import annotations

import msgspec
import pytest

from grader.execution import CellRun, CellStatus
from grader.execution.notebook.stale_output import stale


def ran(stdout: str = "", ename: str = "", status: CellStatus = CellStatus.OK) -> CellRun:
    return CellRun(4, "print()", status, 0, stdout=stdout, ename=ename)


@pytest.mark.parametrize(
    ("saved", "run"),
    [
        ("", ran("anything 123.4")),
        ("loss 6234.28564", ran("loss 6234.2856")),
        ("1/1 [====] - 3s 4ms/step - loss: 0.7123", ran("1/1 [====] - 1s 2ms/step - loss: 0.7123")),
        ("<object at 0x7f00aa>", ran("<object at 0x7fbb11>")),
        ("done", ran("done")),
        ("NameError: x", ran(ename="NameError", status=CellStatus.ERROR)),
        ("accuracy 0.8251", ran(ename="NameError", status=CellStatus.ERROR)),
        ("accuracy 0.8251", ran("accuracy", ename="KeyboardInterrupt", status=CellStatus.TIMEOUT)),
        ("accuracy 0.8251", ran("accuracy", ename="NameError")),
        ("accuracy 0.8251", msgspec.structs.replace(ran("accuracy 0.1"), unsettled=True)),
        ("accuracy 0.8251", msgspec.structs.replace(ran("no plots"), lacks=("seaborn",))),
        ("Successfully installed 294 kB", msgspec.structs.replace(ran(), source="!pip install -q seaborn")),
        ("Mounted at /content/drive", msgspec.structs.replace(ran(), source="drive.mount('/content/drive')")),
        ("0.8251", ran(status=CellStatus.NOT_REACHED)),
        ("0.8251", ran(status=CellStatus.SKIPPED)),
        ("3 cells", ran("5 cells")),
    ],
)
def test_what_says_nothing(saved: str, run: CellRun) -> None:
    assert stale(run, saved) is None


@pytest.mark.parametrize(
    ("saved", "run"),
    [
        ("loss 248.048981", ran("loss 6234.28564")),
        ("all tests passed", ran("")),
        ("118282", ran("100480")),
    ],
)
def test_what_does_not_come_out_again(saved: str, run: CellRun) -> None:
    found = stale(run, saved)
    assert found is not None
    assert (found.cell, found.saved) == (4, saved)


def test_quotes_are_bounded() -> None:
    found = stale(ran("y"), "12345 " * 10_000)
    assert found is not None
    assert len(found.saved) < 500
