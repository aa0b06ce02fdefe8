"""Notebooks as an assignment means them to be run: segments, skipped cells, claims, figures, notes, flags."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
import yaml

from grader.execution import (
    CellStatus,
    DataFile,
    Executor,
    Isolation,
    Limits,
    NotebookPlan,
    Profile,
    Settings,
    run_notebook,
)
from grader.execution.host import sandbox
from grader.model import ExecutionStatus

pytestmark = pytest.mark.slow

Plan = Callable[..., NotebookPlan]
Notebook = Callable[..., bytes]


def test_a_restart_point_gets_a_fresh_kernel(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    cells = ("x = 1", ("markdown", "Restart now"), "# restart\nprint('x' in globals())", "y = 2", "print(y)")
    run = executor.run_notebook(notebook(*cells), plain_plan(restart=lambda source: "# restart" in source))
    assert run.status is ExecutionStatus.OK
    assert run.segments == 2
    assert [cell.segment for cell in run.cells] == [0, 1, 1, 1]
    assert [cell.index for cell in run.cells] == [0, 2, 3, 4]
    assert run.cells[1].stdout == "False\n"
    assert run.cells[3].stdout == "2\n"
    assert run.profile == "plain"
    assert run.isolation
    assert run.isolation[0] != "none"


def test_an_error_that_is_right_does_not_fail_the_notebook(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    cells = ("1 / 0", "print('on')")
    plan = plain_plan(may_fail=lambda source, error: "/ 0" in source and "ZeroDivision" in error)
    run = executor.run_notebook(notebook(*cells), plan)
    assert run.status is ExecutionStatus.OK
    assert (run.cells[0].status, run.cells[0].ename) == (CellStatus.ERROR, "ZeroDivisionError")
    assert run.cells[0].allowed_to_fail
    assert run.cells[1].stdout == "on\n"
    wrong = executor.run_notebook(notebook(*cells), plain_plan())
    assert wrong.status is ExecutionStatus.FAILED
    assert "Cell 0 failed with ZeroDivisionError" in wrong.note
    assert "1 / 0" in wrong.cells[0].traceback


def test_an_answer_left_open_is_a_syntax_error_and_the_rest_runs(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    run = executor.run_notebook(notebook("gradient = tape.gradient(???, ???)", "print('on')"), plain_plan())
    assert run.cells[0].ename == "SyntaxError"
    assert run.cells[1].stdout == "on\n"


def test_a_skipped_cell_is_not_run_and_said_so(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    plan = plain_plan(skip=lambda source: "it is optional and slow" if "slow" in source else None)
    run = executor.run_notebook(notebook("print('slow')", "print('quick')"), plan)
    assert run.cells[0].status is CellStatus.SKIPPED
    assert run.cells[0].stdout == ""
    assert run.cells[1].stdout == "quick\n"
    assert "cell 0 was not run: it is optional and slow" in run.notes


def test_colab_isms_do_no_harm_and_are_noted(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    cells = (
        "try:\n  %tensorflow_version 1.x\nexcept Exception:\n  pass",
        "!pip install -q tensorflow\n%pip install numpy\n!apt-get install -y graphviz",
        "from google.colab import drive, files\ndrive.mount('/content/drive')\nfiles.upload()",
        "import google.colab\ngoogle.colab.output.clear()\n%load_ext autoreload\nprint('fine')",
        "!echo shell works",
    )
    run = executor.run_notebook(notebook(*cells), plain_plan())
    assert run.status is ExecutionStatus.OK, run.note
    assert "fine" in run.cells[3].stdout
    assert "shell works" in run.cells[4].stdout
    assert len(run.notes) == 4


def test_what_was_drawn_is_there_as_picture_and_as_data(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    draw = """
        import matplotlib.pyplot as plt
        plt.plot([1, 10, 100], [0.82, 0.825, float('nan')], label='accuracy')
        plt.scatter([1, 2], [3, 4], label='points')
        plt.xscale('log'); plt.xlabel('batch size'); plt.ylabel('y'); plt.title('Both'); plt.legend()
        twin = plt.gca().twinx(); twin.plot([1, 10], [118, 13]); twin.set_ylabel('seconds')
        plt.show()
    """
    source = "\n".join(line[8:] for line in draw.strip("\n").splitlines())
    run = executor.run_notebook(notebook(source, "plt.bar(['a', 'b'], [1, 2])"), plain_plan())
    assert run.status is ExecutionStatus.OK, run.note
    first, second = run.figures
    assert (first.cell, second.cell) == (0, 1)
    left, right = first.axes
    assert (left.title, left.x_label, left.x_scale, left.y_scale) == ("Both", "batch size", "log", "linear")
    assert left.legend == ("accuracy", "points")
    assert [series.kind for series in left.series] == ["line", "points"]
    assert list(left.series[0].x) == [1, 10, 100]
    assert list(left.series[0].y) == [0.82, 0.825, None]
    assert right.y_label == "seconds"
    assert second.axes[0].series[0].kind == "bars"
    assert list(second.axes[0].series[0].y) == [1, 2]
    assert run.cells[0].images[0].media_type == "image/png"
    assert run.cells[0].images[0].data.startswith(b"\x89PNG")


def test_claims_come_back_as_json(executor: Executor, notebook: Notebook, plain_plan: Plan) -> None:
    plan = plain_plan(claims=lambda source: {"sum": "x.sum()", "none": "missing"} if "x =" in source else {})
    run = executor.run_notebook(notebook("import numpy as np\nx = np.arange(4)\nx", "1"), plan)
    assert run.cells[0].claims == {"sum": 6, "none": {"error": "NameError"}}
    assert run.cells[1].claims == {}
    assert run.cells[0].result == "array([0, 1, 2, 3])"


def test_saved_output_is_made_anew_and_a_difference_is_a_flag(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    tree = json.loads(notebook("print('loss', 6234.28564)", "print('loss', 12.5)", "print('loss', 99.25)"))
    for cell, text in zip(
        tree["cells"], ("loss 6234.2856\n", "loss 248.0489\n", "loss 77.125\n"), strict=True
    ):
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    data = json.dumps(tree).encode()
    run = executor.run_notebook(data, plain_plan(volatile=lambda source: "99.25" in source))
    assert [stale.cell for stale in run.stale] == [1]
    assert (run.stale[0].saved, run.stale[0].fresh) == ("loss 248.0489", "loss 12.5")
    assert len(run.flags) == 1


def test_the_executed_notebook_is_a_notebook(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    cells = (("markdown", "# Title ⟨å⟩"), "print('out')", "x = 3\nx", "1 / 0")
    run = executor.run_notebook(notebook(*cells), plain_plan())
    book = nbformat.reads(run.executed.decode(), as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    nbformat.validate(book)
    assert [cell.cell_type for cell in book.cells] == ["markdown", "code", "code", "code"]
    assert book.cells[0].source == "# Title ⟨å⟩"
    assert book.cells[1].outputs[0].text == "out\n"
    assert book.cells[2].outputs[0].data["text/plain"] == "3"
    assert book.cells[3].outputs[0].ename == "ZeroDivisionError"
    assert [cell.get("execution_count") for cell in book.cells[1:]] == [1, 2, 3]


def test_the_deadline_of_the_whole_notebook(executor: Executor, notebook: Notebook, plain_plan: Plan) -> None:
    limits = Limits(cell_seconds=5, notebook_seconds=2.5, grace_seconds=0.5)
    cells = ["import time\ntime.sleep(1)"] * 5
    plan = plain_plan(restart=lambda source: "restart" in source)
    run = executor.run_notebook(notebook(*cells, "# restart\n1"), plan, limits)
    assert run.status is ExecutionStatus.TIMEOUT
    assert run.cells[0].status is CellStatus.OK
    assert {cell.status for cell in run.cells[3:]} == {CellStatus.NOT_REACHED}
    assert "whole notebook" in run.note


def test_after_a_dead_kernel_the_next_segment_still_runs(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    cells = ("import os\nos._exit(7)", "print('not reached')", "# restart\nprint('reached')")
    run = executor.run_notebook(notebook(*cells), plain_plan(restart=lambda source: "# restart" in source))
    assert run.status is ExecutionStatus.DIED
    assert [cell.status for cell in run.cells] == [CellStatus.DIED, CellStatus.NOT_REACHED, CellStatus.OK]
    assert "exit code 7" in run.cells[0].reason


def test_data_files_are_there_and_cannot_be_changed(
    executor: Executor, notebook: Notebook, plain_plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("1,2,3\n")
    source = """
import os
home = os.path.expanduser('~/data/deep/numbers.csv')
print(open(home).read())
for action in (lambda: open(home, 'w'), lambda: os.unlink(home), lambda: os.rename(home, home + '2')):
    try:
        action()
        print('changed')
    except OSError:
        print('refused')
open(os.path.expanduser('~/data/deep/own'), 'w').close()
"""
    tmp_path.chmod(0o755)
    plan = plain_plan(data_files=(DataFile(path, "data/deep/numbers.csv"),))
    run = executor.run_notebook(notebook(source), plan)
    assert run.status is ExecutionStatus.OK, run.note
    assert run.cells[0].stdout.split() == ["1,2,3", "refused", "refused", "refused"]
    assert path.read_text() == "1,2,3\n"


def test_many_threads_and_a_loop_share_an_executor(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    def run(number: int) -> str:
        return executor.run_notebook(notebook(f"print({number} * 2)"), plain_plan()).cells[0].stdout

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(8))) == [f"{number * 2}\n" for number in range(8)]

    async def both() -> list[Any]:
        return await asyncio.gather(
            *(executor.run_notebook_async(notebook(f"print({number})"), plain_plan()) for number in (1, 2))
        )

    assert [run.cells[0].stdout for run in asyncio.run(both())] == ["1\n", "2\n"]


def test_every_kernel_draws_its_own_random_numbers(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    source = "import numpy as np, random, uuid\nprint(np.random.rand(), random.random(), uuid.uuid4())"
    drawn = [executor.run_notebook(notebook(source), plain_plan()).cells[0].stdout.split() for _ in range(3)]
    for column in zip(*drawn, strict=True):
        assert len(set(column)) == 3


def test_a_flood_does_not_fill_the_graders_memory(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    process = psutil.Process()
    before, peak, stop = process.memory_info().rss, 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.02):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    source = (
        "from IPython.display import display\nfor _ in range(200):\n"
        "    display({'text/html': 'y' * (1 << 20)}, raw=True)"
    )
    run = executor.run_notebook(notebook(source), plain_plan())
    stop.set()
    watcher.join()
    assert run.status is ExecutionStatus.FLOOD
    assert sum(map(len, run.cells[0].html)) <= 256 * 1024
    assert peak - before < 150 << 20


def test_a_lost_zygote_costs_nobody_their_result(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    outcome: list[Any] = []
    source = "import time\nfor _ in range(30):\n    time.sleep(0.1)\nprint('done')"
    thread = threading.Thread(
        target=lambda: outcome.append(executor.run_notebook(notebook(source), plain_plan()))
    )
    executor.run_notebook(notebook("1"), plain_plan())
    zygotes = [
        child
        for child in psutil.Process().children()
        if "grader.execution.child.zygote" in " ".join(child.cmdline())
    ]
    thread.start()
    time.sleep(1)
    for zygote in zygotes:
        zygote.kill()
    thread.join(60)
    assert outcome[0].status is ExecutionStatus.OK
    assert outcome[0].cells[0].stdout == "done\n"


def test_a_profile_that_cannot_be_imported_is_our_error(executor: Executor, notebook: Notebook) -> None:
    profile = Profile("broken", preload=("no_such_module_at_all",))
    plan = NotebookPlan(profile=lambda _: "broken", profiles={"broken": profile})
    run = executor.run_notebook(notebook("1"), plan)
    assert run.status is ExecutionStatus.ERROR
    assert "no_such_module_at_all" in run.note


def test_without_isolation_nothing_is_run_unless_it_is_allowed(notebook: Notebook, plain_plan: Plan) -> None:
    refused = run_notebook(notebook("print('ran')"), plain_plan(), Settings(isolation=Isolation.NONE))
    assert refused.status is ExecutionStatus.SKIPPED
    assert "not run" in refused.note
    assert refused.cells == ()


def test_allowed_without_isolation_a_notebook_runs_cold(notebook: Notebook, plain_plan: Plan) -> None:
    settings = Settings(isolation=Isolation.NONE, allow_unsafe=True, limits=Limits(cell_seconds=10))
    with Executor(settings) as cold:
        assert cold.isolation == ("none",)
        cells = ("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "!pip install x\nprint('on')", "1 / 0")
        run = cold.run_notebook(notebook(*cells), plain_plan(restart=lambda source: "pip" in source))
        assert run.segments == 2
        assert list(run.figures[0].axes[0].series[0].y) == [1, 2]
        assert run.cells[1].stdout == "on\n"
        assert run.cells[2].ename == "ZeroDivisionError"
        probe = cold.run_code(["import numpy as np"], "1 / 0", plain_plan().profiles["plain"])
        assert probe.status is ExecutionStatus.FAILED
        good = cold.run_code([], "inputs['x'] + 1", plain_plan().profiles["plain"], inputs={"x": 1})
        assert good.value == 2


def test_the_environment_of_the_grader_is_not_inherited(
    executor: Executor, notebook: Notebook, plain_plan: Plan
) -> None:
    os.environ["A_SECRET_TOKEN"] = "secret"
    try:
        run = executor.run_notebook(notebook("import os\nprint(sorted(os.environ))"), plain_plan())
    finally:
        del os.environ["A_SECRET_TOKEN"]
    assert "A_SECRET_TOKEN" not in run.cells[0].stdout
    assert "HOME" in run.cells[0].stdout


def test_an_installed_assignment_cannot_be_read(
    notebook: Notebook, plain_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers lie beside NumPy in the same site-packages: they are covered, the rest is not."""
    answers = Path(yaml.__file__).parent
    monkeypatch.setattr(sandbox, "hidden_paths", lambda: (str(answers),))
    with Executor() as hiding:
        if hiding.refusal():
            pytest.skip(hiding.refusal())
        source = f"""
import numpy
for path in ({str(answers / "__init__.py")!r}, {str(answers / "loader.py")!r}):
    try:
        open(path).read()
        print('read')
    except OSError as problem:
        print('refused')
import yaml
print(yaml.__file__)
"""
        run = hiding.run_notebook(notebook(source), plain_plan())
    assert run.cells[0].stdout.split()[:2] == ["refused", "refused"]
    assert str(answers) not in run.cells[0].stdout
