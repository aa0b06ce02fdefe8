"""SIGKILL of the grader at any moment: all that it started ends, and the next start clears up the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from grader.execution import Executor, NotebookPlan, Settings
from grader.execution.host.runtime_directory import open_directory, sweep
from grader.execution.shared import cgroups
from grader.model import ExecutionStatus

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
GRADER = """
    import json, sys
    from pathlib import Path
    from concurrent.futures import ThreadPoolExecutor
    from grader.execution import Executor, NotebookPlan, Profile, Settings
    source = "import subprocess, time\\nsubprocess.Popen(['sleep', '{mark}'])\\nprint(1)\\ntime.sleep(60)"
    cells = [dict(cell_type="code", source=source, metadata=dict(), outputs=[])]
    data = json.dumps(dict(cells=cells, metadata=dict(), nbformat=4, nbformat_minor=4)).encode()
    profile = Profile("plain", preload=("numpy",))
    plan = NotebookPlan(profile=lambda _: "plain", profiles=dict(plain=profile))
    with Executor(Settings(runtime_directory=Path(sys.argv[1]))) as executor, ThreadPoolExecutor(2) as pool:
        print(executor.refusal() or "running", flush=True)
        list(pool.map(lambda _: executor.run_notebook(data, plan), range(2)))
"""


def belonging_to(directory: Path, mark: str) -> list[str]:
    """What still runs or stands of an executor in `directory` whose notebooks start ``sleep mark``."""
    found = []
    for process in psutil.process_iter():
        try:
            command, place = " ".join(process.cmdline()), process.cwd()
        except psutil.Error:
            continue
        if f"sleep {mark}" in command or place.startswith(str(directory)):
            found.append(f"{process.pid} {command}"[:200])
    for path in directory.glob("*/lock"):
        found += map(str, cgroups.find(f"{cgroups.PREFIX}{path.parent.name}-"))
    mounts = Path("/proc/self/mountinfo").read_text()
    return found + ([f"mount below {directory}"] if str(directory) in mounts else [])


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("moment", [0.0, 0.4, 0.9, 1.4, "kernels"])
def test_a_killed_grader_leaves_nothing(moment: float | str, tmp_path: Path) -> None:
    directory = Path("/tmp") / f"g{os.getpid()}-{moment}"
    mark = f"97{os.getpid()}"
    code = textwrap.dedent(GRADER).replace("{mark}", mark)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    grader = subprocess.Popen(
        [sys.executable, "-c", code, str(directory)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert grader.stdout is not None
    with grader.stdout:
        first = grader.stdout.readline().strip()
        if first != "running":
            grader.wait()
            pytest.skip(first)
        if isinstance(moment, str):
            assert wait_until(lambda: "sleep" in str(belonging_to(directory, mark)), 20)
        else:
            time.sleep(moment)
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    if isinstance(moment, str):  # kernels end with their grader, without any next start
        assert wait_until(lambda: "sleep" not in str(belonging_to(directory, mark)), 5)

    def cleared() -> bool:
        sweep(
            directory
        )  # what every start does; a process just being started may hold the lock a moment more
        return [path.name for path in directory.iterdir()] == ["lock"]

    assert wait_until(cleared, 5), list(directory.iterdir())
    assert wait_until(lambda: not belonging_to(directory, mark), 5), belonging_to(directory, mark)
    (directory / "lock").unlink()
    directory.rmdir()


def test_a_killed_supervisor_is_noticed_and_its_notebook_run_again(
    notebook: Callable[..., bytes], plain_plan: Callable[..., NotebookPlan], tmp_path: Path
) -> None:
    directory = Path("/tmp") / f"s{os.getpid()}"
    with Executor(Settings(runtime_directory=directory)) as executor:
        if executor.refusal():
            pytest.skip(executor.refusal())
        executor.run_notebook(notebook("1"), plain_plan())
        (zygote,) = [
            child
            for child in psutil.Process().children()
            if "child.zygote" in " ".join(child.cmdline()) and child.cwd().startswith(str(directory))
        ]
        killed: list[int] = []

        def kill_supervisors() -> bool:
            for child in zygote.children():
                child.kill()
                killed.append(child.pid)
            return bool(killed)

        import threading

        thread = threading.Thread(target=wait_until, args=(kill_supervisors, 10))
        thread.start()
        run = executor.run_notebook(notebook("import time\ntime.sleep(2)\nprint('done')"), plain_plan())
        thread.join()
        assert killed
        assert run.status is ExecutionStatus.OK
        assert run.cells[0].stdout == "done\n"
    assert not belonging_to(directory, "no mark")
    (directory / "lock").unlink()
    directory.rmdir()


def test_a_directory_in_use_is_left_alone(tmp_path: Path) -> None:
    base = tmp_path / "base"
    mine = open_directory(base)
    assert sweep(base) == []
    assert mine.path.is_dir()
    mine.remove()
    assert not mine.path.exists()


def test_a_directory_half_made_is_cleared(tmp_path: Path) -> None:
    base = tmp_path / "base"
    mine = open_directory(base)
    (base / "halfmade").mkdir()
    assert sweep(base) == ["halfmade"]
    assert [path.name for path in base.iterdir() if path.is_dir()] == [mine.name]
    mine.remove()


def test_a_directory_of_others_is_refused(tmp_path: Path) -> None:
    base = tmp_path / "open"
    base.mkdir()
    base.chmod(0o777)
    with pytest.raises(OSError, match="only this user"):
        open_directory(base)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(OSError, match="only this user"):
        open_directory(link)


def test_when_all_is_done_nothing_is_left(
    notebook: Callable[..., bytes], plain_plan: Callable[..., NotebookPlan]
) -> None:
    directory = Path("/tmp") / f"d{os.getpid()}"
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    with Executor(Settings(runtime_directory=directory)) as executor:
        if executor.refusal():
            pytest.skip(executor.refusal())
        for _ in range(3):
            executor.run_notebook(notebook("!sleep 98 & \nimport os\nos.fork()"), plain_plan())
            executor.run_code(["1"], "1", plain_plan().profiles["plain"])
        inside = next(path for path in directory.iterdir() if path.is_dir())
        assert not [path for path in inside.iterdir() if path.name.isdigit()], "a kernel's directory is left"
    # A supervisor that has told how its child ended is gone a moment later.
    assert wait_until(lambda: not belonging_to(directory, "98 &"), 5), belonging_to(directory, "98 &")
    assert [path.name for path in directory.iterdir()] == ["lock"]
    (directory / "lock").unlink()
    directory.rmdir()
    assert len(list(Path("/proc/self/fd").iterdir())) <= descriptors + 1
