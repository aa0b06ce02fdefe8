"""What a machine lacks is said, and held against nobody: packages that are not installed, cells that were left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.execution import CellRun, CellStatus, Executor, NotebookPlan
from grader.execution.notebook.cell_names import statement_names
from grader.execution.notebook.missing_packages import wanted_by
from grader.execution.notebook.withheld import Withheld, packages_missing, remarks
from grader.model import ExecutionStatus

ABSENT = "plots_of_another_machine"
NO_MODULE = ("ModuleNotFoundError", f"No module named '{ABSENT}'")
Cell = tuple[str, str, str]  # source, name and message of its error


def settle(cells: Sequence[Cell], saved: str = "") -> list[CellRun]:
    follower = Withheld()
    made = []
    for number, (source, name, message) in enumerate(cells):
        status = CellStatus.ERROR if name else CellStatus.OK
        made.append(
            follower.settle(
                CellRun(number, source, status, 0, ename=name, evalue=message), saved if name else ""
            )
        )
    return made


def unknown(name: str) -> tuple[str, str]:
    return "NameError", f"name '{name}' is not defined"


@pytest.mark.parametrize(
    ("name", "message", "wanted"),
    [
        (*NO_MODULE, (ABSENT,)),
        ("ModuleNotFoundError", f"No module named '{ABSENT}.express'", (f"{ABSENT}.express",)),
        ("ModuleNotFoundError", "No module named 'numpy.old_part'", ("numpy.old_part",)),
        ("ModuleNotFoundError", "No module named 'math.x'; 'math' is not a package", ()),
        ("ModuleNotFoundError", "No module named 'json'", ()),
        ("ModuleNotFoundError", "No module named 'numpy'", ()),
        (
            "ImportError",
            f"Missing optional dependency '{ABSENT}'. Use pip or conda to install {ABSENT}.",
            (ABSENT,),
        ),
        ("ImportError", f"You must install {ABSENT} (`pip install {ABSENT}`) for this to work.", (ABSENT,)),
        ("ImportError", "cannot import name 'plott' from 'matplotlib'", ()),
        ("ImportError", "", ()),
        ("NameError", f"No module named '{ABSENT}'", ()),
    ],
)
def test_the_package_that_an_error_asks_for(name: str, message: str, wanted: tuple[str, ...]) -> None:
    assert wanted_by(name, message) == wanted


def test_what_builds_on_a_missing_package_is_followed() -> None:
    runs = settle(
        [
            ("import numpy as np\nstart = 1.5", "", ""),
            (f"import {ABSENT} as sns\nprint(sns.__version__)\nsizes = [1, 10]", *NO_MODULE),
            ("print(len(sizes))", *unknown("sizes")),
            ("total = sum(sizes)", *unknown("sizes")),
            ("print(total)", *unknown("total")),
            ("print(start, np.pi)", "", ""),
            ("print(nothing)", *unknown("nothing")),
            ("sizes = [1, 10]", "", ""),
            ("print(len(sizes), 1 / 0)", "ZeroDivisionError", "division by zero"),
        ]
    )
    assert [run.ours for run in runs] == [False, True, True, True, True, False, False, False, False]
    assert [run.unsettled for run in runs] == [False, True, True, True, True, False, True, False, True]
    assert packages_missing(runs) == (ABSENT,)
    (said,) = remarks(runs)
    assert f"The package {ABSENT} is not installed" in said
    assert "no fault of yours" in said
    assert "cells 1, 2, 3 and 4 stopped" in said


def test_an_import_that_a_try_guards() -> None:
    runs = settle(
        [
            (
                f"import math\ntry:\n    import {ABSENT} as sns\nexcept ImportError:\n    sns = None\nx = 2",
                "",
                "",
            ),
            ("print(math.pi * x)", "", ""),
            ("sns.lineplot([1])", "AttributeError", "'NoneType' object has no attribute 'lineplot'"),
            ("x.lineplot([1])", "AttributeError", "'int' object has no attribute 'lineplot'"),
        ]
    )
    assert [run.ours for run in runs] == [False, False, True, False]
    assert [run.unsettled for run in runs] == [True, False, True, True]
    assert runs[0].lacks == (ABSENT,)
    assert "cell 2 stopped" in remarks(runs)[0]


def test_a_guarded_import_alone_is_said_too() -> None:
    runs = settle([(f"try:\n    import {ABSENT}\nexcept ImportError:\n    pass", "", "")])
    assert ABSENT in remarks(runs)[0]
    assert "stopped" not in remarks(runs)[0]


def test_several_packages_are_all_named() -> None:
    runs = settle(
        [
            (f"import {ABSENT}", *NO_MODULE),
            (
                "from other_absent.express import line",
                "ModuleNotFoundError",
                "No module named 'other_absent'",
            ),
            (f"line({ABSENT}.data)", *unknown("line")),
        ]
    )
    assert packages_missing(runs) == (ABSENT, "other_absent")
    assert f"The packages {ABSENT} and other_absent are not installed" in remarks(runs)[0]


def test_what_failed_where_it_was_saved_is_the_students() -> None:
    runs = settle(
        [("import numpi as np", "ModuleNotFoundError", "No module named 'numpi'")], "ModuleNotFoundError: ..."
    )
    assert not runs[0].ours
    assert packages_missing(runs) == ()
    assert remarks(runs)[0].endswith("is the name right?")


def test_an_answer_left_open_is_never_ours() -> None:
    runs = settle(
        [
            (f"import {ABSENT} as sns\nloss = 0", *NO_MODULE),
            ("gradient = tape.gradient(???, ???)\nloss = sns", "SyntaxError", "invalid syntax"),
        ]
    )
    assert [run.ours for run in runs] == [True, False]


def test_a_cell_left_out_is_no_failure_of_the_next() -> None:
    follower = Withheld()
    follower.leave_out("wide = make_wide()\nwide.summary()")
    run = CellRun(
        3, "wide.fit()", CellStatus.ERROR, 0, ename="NameError", evalue="name 'wide' is not defined"
    )
    settled = follower.settle(run, "")
    assert settled.ours
    assert remarks([settled]) == (
        "Cell 3 stopped for want of what is left out here; that is no fault of yours.",
    )


def test_output_that_builds_on_a_failed_cell_says_nothing() -> None:
    runs = settle(
        [
            ("rows = []\nscale = 2", "", ""),
            ("fail()\nrows.append(5)\nscale = 3", *unknown("fail")),
            ("print(rows, 1234.5)", "", ""),
            ("print(scale * 100.5)", "", ""),
            ("scale = 7", "", ""),
            ("print(scale * 100.5)", "", ""),
        ]
    )
    assert [run.unsettled for run in runs] == [False, True, True, True, False, False]
    assert not any(run.ours for run in runs)


SOURCES = st.lists(
    st.sampled_from(
        ("x = 1", "print(x)", "import a.b as c", "from . import d", "try:\n  import e\nexcept E:\n  e = 2", "f(x)[0].g = 3",
         "%matplotlib inline", "y = !ls", "!pip install z", "def h(k):\n  z = k\n  return x", "((((", "???", "%%bash\nls", "x += 1")
    )
).map("\n".join)  # fmt: skip


@given(SOURCES | st.text())
def test_any_source_has_names(source: str) -> None:
    for statement in statement_names(source):
        assert statement.imported <= statement.bound


def test_deep_sources_are_read() -> None:
    for source in ("(" * 100_000, "-" * 100_000 + "1", "x = " + "not " * 50_000 + "1", "[" * 90 + "]" * 90):
        assert statement_names(source)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ((f"import {ABSENT} as sns\nsizes = [1, 10]", "print(len(sizes), 0.8251)"), ExecutionStatus.OK),
        ((f"!pip install -q {ABSENT}", f"import {ABSENT}", f"{ABSENT}.plot(1234)"), ExecutionStatus.OK),
        (
            (f"import sys\n!{{sys.executable}} -m pip install {ABSENT}", f"import {ABSENT}"),
            ExecutionStatus.OK,
        ),
        (
            (
                f"import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', '{ABSENT}'])",
                f"from {ABSENT} import express",
            ),
            ExecutionStatus.OK,
        ),
        (
            (f"try:\n    import {ABSENT} as p\nexcept ImportError:\n    p = None\n    print(0)", "p.line(1)"),
            ExecutionStatus.OK,
        ),
        ((f"import {ABSENT}", "print(undefined)"), ExecutionStatus.FAILED),
        (
            (f"%matplotlib inline\nimport numpy as np, {ABSENT}.express as px", "px.line(np.ones(3))"),
            ExecutionStatus.OK,
        ),
    ],
)
def test_a_package_that_is_not_here(
    executor: Executor,
    notebook: Callable[..., bytes],
    plain_plan: Callable[..., NotebookPlan],
    cells: tuple[str, ...],
    status: ExecutionStatus,
) -> None:
    tree: dict[str, Any] = json.loads(notebook(*cells))
    for cell in tree["cells"]:
        cell["outputs"] = [
            {"output_type": "stream", "name": "stdout", "text": "accuracy 0.8251, 4711 rows\n"}
        ]
    run = executor.run_notebook(json.dumps(tree).encode(), plain_plan())
    assert run.status is status, run.note
    assert run.stale == ()
    assert any(package.partition(".")[0] == ABSENT for package in run.lacks)
    assert any(ABSENT in note and "no fault of yours" in note for note in run.notes)
    assert (ABSENT in run.note) is False
