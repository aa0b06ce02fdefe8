"""Notebooks a minute, ours against cold kernels, two at a time: ``python tests/benchmarks/bench_execution.py``.

In one run, interleaved round by round, so that ratios hold on a busy machine: nbclient with a cold kernel a
notebook, nbclient's own command, our zygote without a sandbox, and our zygote with the full one. The notebook
is a lab's: a linear regression by gradient tape, a Keras model with its summary, a plot. The zygote's start is
not counted, it is paid once for a whole class; it is printed. Prints one line of JSON; exits with 1 if the
sandboxed zygote is under seven times the throughput of cold kernels.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import nbformat
import psutil
from nbclient import NotebookClient

from grader.execution import Executor, Isolation, Limits, NotebookPlan, Profile, Settings
from grader.execution.executor_loop import ExecutorLoop
from grader.execution.host.isolation import HostIsolation
from grader.execution.shared import cgroups
from grader.model import ExecutionStatus

AT_ONCE = 2
FACTOR = 7.0
CELLS = (
    "import tensorflow as tf\nimport numpy as np, pandas as pd\nimport matplotlib.pyplot as plt\nprint(tf.__version__)",
    """tf.random.set_seed(0); np.random.seed(0)
x = np.linspace(0, 1, 100).astype('float32'); y = (3 * x + 2).astype('float32')
w = tf.Variable(0.0); b = tf.Variable(0.0); losses = []
for i in range(10):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((w * x + b - y) ** 2)
    dw, db = tape.gradient(loss, [w, b])
    w.assign_sub(0.3 * dw); b.assign_sub(0.3 * db); losses.append(float(loss))
print(losses[-1])""",
    """model = tf.keras.Sequential([tf.keras.Input((784,)), tf.keras.layers.Dense(128, activation='relu'),
    tf.keras.layers.Dense(128, activation='relu'), tf.keras.layers.Dense(10, activation='softmax')])
model.compile('sgd', 'sparse_categorical_crossentropy')
model.summary()
assert model.count_params() == 118282""",
    "plt.plot(losses); plt.title('loss'); plt.show()",
)
PROFILE = Profile("bench", preload=("numpy", "pandas", "matplotlib.pyplot", "tensorflow", "keras"))
PLAN = NotebookPlan(profile=lambda _: PROFILE.name, profiles={PROFILE.name: PROFILE})
LIMITS = Limits(cell_seconds=120)


def notebook() -> bytes:
    """The notebook that every design runs."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for source in CELLS
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    ).encode()


def cold(count: int) -> None:
    """`count` notebooks, each with nbclient and a kernel of its own."""

    async def all_of_them() -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with turns:
                book = nbformat.reads(notebook().decode(), as_version=4)  # type: ignore[no-untyped-call]
                await NotebookClient(book, kernel_name="python3", timeout=300).async_execute()

        await asyncio.gather(*(one() for _ in range(count)))

    with mock.patch.dict(os.environ, {"TF_CPP_MIN_LOG_LEVEL": "3"}):
        asyncio.run(all_of_them())


def command(count: int) -> None:
    """`count` notebooks with ``jupyter execute``."""

    async def all_of_them() -> None:
        turns = asyncio.Semaphore(AT_ONCE)
        with tempfile.TemporaryDirectory() as folder:

            async def one(number: int) -> None:
                path = Path(folder, f"{number}.ipynb")
                path.write_bytes(notebook())
                async with turns:
                    process = await asyncio.create_subprocess_exec(
                        sys.executable,
                        "-c",
                        "from nbclient.cli import main; main()",
                        str(path),
                        stderr=asyncio.subprocess.DEVNULL,
                    )
                    if await process.wait():
                        raise RuntimeError("jupyter execute failed")

            await asyncio.gather(*(one(number) for number in range(count)))

    asyncio.run(all_of_them())


def ours(run: Callable[[], ExecutionStatus], count: int) -> None:
    """`count` notebooks from as many threads as run at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for status in pool.map(lambda _: run(), range(count)):
            if status is not ExecutionStatus.OK:
                raise RuntimeError(f"a notebook came to {status}")


def whole_class(count: int) -> int:
    """Runs `count` notebooks and prints the most memory of all processes, and what is left behind."""
    directory = Path(tempfile.mkdtemp(prefix="b", dir="/tmp"))
    own, most, stop = psutil.Process(), 0, threading.Event()
    before = own.memory_info().rss

    def watch() -> None:
        nonlocal most
        while not stop.wait(0.5):
            total = 0
            for process in (own, *own.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    total += process.memory_full_info().pss
            most = max(most, total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    with Executor(Settings(kernels_at_once=AT_ONCE, runtime_directory=directory)) as executor:
        name = ""
        ours(lambda: executor.run_notebook(notebook(), PLAN, LIMITS).status, 1)
        name = next(path.name for path in directory.iterdir() if path.is_dir())
        ours(lambda: executor.run_notebook(notebook(), PLAN, LIMITS).status, count - 1)
    seconds = time.perf_counter() - began
    stop.set()
    watcher.join()
    left = {
        "processes": len(own.children(recursive=True)),
        "control_groups": len(cgroups.find(f"{cgroups.PREFIX}{name}")),
        "files": len([path for path in directory.rglob("*") if path != directory / "lock"]),
        "mounts": Path("/proc/self/mountinfo").read_text().count(str(directory)),
    }
    print(
        json.dumps(
            {
                "notebooks": count,
                "seconds": round(seconds, 1),
                "megabytes_at_most": most >> 20,
                "megabytes_the_grader_grew": (own.memory_info().rss - before) >> 20,
                "left_behind": left,
            }
        )
    )
    return 0 if not any(left.values()) else 1


def main() -> int:
    """Runs the benchmark and returns the exit status."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--cold", type=int, default=4, help="cold notebooks a round")
    arguments.add_argument("--ours", type=int, default=16, help="our notebooks a round")
    arguments.add_argument(
        "--class-size", type=int, help="run a class of so many, with its memory, and no more"
    )
    chosen = arguments.parse_args()
    if chosen.class_size:
        return whole_class(chosen.class_size)
    data = notebook()
    # A host that has nothing: what the same zygote does without a sandbox.
    bare = ExecutorLoop(
        HostIsolation(namespaces="user", throwaway=True),
        Settings(isolation=Isolation.THROWAWAY, throwaway_machine=True),
    )
    with Executor(Settings(kernels_at_once=AT_ONCE)) as executor:
        if executor.refusal():
            raise SystemExit(executor.refusal())
        began = time.perf_counter()
        first = executor.run_notebook(data, PLAN, LIMITS)
        start = time.perf_counter() - began - first.cells[0].seconds
        bare.call(bare.run_notebook(data, PLAN, LIMITS))
        designs: dict[str, tuple[Callable[[int], None], int]] = {
            "cold": (cold, chosen.cold),
            "jupyter execute": (command, chosen.cold),
            "zygote": (
                lambda n: ours(lambda: bare.call(bare.run_notebook(data, PLAN, LIMITS)).status, n),
                chosen.ours,
            ),
            "zygote and sandbox": (
                lambda n: ours(lambda: executor.run_notebook(data, PLAN, LIMITS).status, n),
                chosen.ours,
            ),
        }
        seconds: dict[str, list[float]] = {name: [] for name in designs}
        for _ in range(chosen.rounds):
            for name, (run, count) in designs.items():
                began = time.perf_counter()
                run(count)
                seconds[name].append((time.perf_counter() - began) / count)
        peak = executor.run_notebook(data, PLAN, LIMITS).memory_peak
        cold_peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    bare.stop()
    typical = {name: statistics.median(values) for name, values in seconds.items()}
    factor = statistics.median(
        one / other for one, other in zip(seconds["cold"], seconds["zygote and sandbox"], strict=True)
    )
    cost = statistics.median(
        one / other - 1 for one, other in zip(seconds["zygote and sandbox"], seconds["zygote"], strict=True)
    )
    print(
        json.dumps(
            {
                "seconds_a_notebook": {name: round(value, 2) for name, value in typical.items()},
                "times_cold": round(factor, 1),
                "times_jupyter_execute": round(typical["jupyter execute"] / typical["zygote and sandbox"], 1),
                "sandbox_cost_percent": round(100 * cost, 1),
                "zygote_start_seconds": round(start, 1),
                "megabytes_a_notebook": peak >> 20,
                "megabytes_a_cold_kernel": cold_peak >> 10,
                "isolation": list(first.isolation),
            }
        )
    )
    return 0 if factor >= FACTOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
