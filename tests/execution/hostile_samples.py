"""The hostile samples: reading them, running them all, and what came of each, as JSON.

Run as a program (``python hostile_samples.py SETTINGS [NAME...]``, settings as JSON) it prints that JSON, for tests that
run it as another user.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import yaml

from grader.execution import (
    Executor,
    Limits,
    NotebookPlan,
    NotebookRun,
    Profile,
    Settings,
)

FOLDER = Path(__file__).resolve().parents[1] / "hostile"
PLAIN = Profile("plain", preload=("numpy", "matplotlib", "matplotlib.pyplot"))
TENSORFLOW = Profile("tensorflow", preload=(*PLAIN.preload, "tensorflow"))
PROFILES = {profile.name: profile for profile in (PLAIN, TENSORFLOW)}
# Short; the samples that are to run out of time have shorter ones of their own.
LIMITS = {
    "cell_seconds": 8.0,
    "grace_seconds": 0.7,
    "notebook_seconds": 30.0,
    "memory_mb": 1024,
    "processes": 96,
}


def samples() -> dict[str, dict[str, Any]]:
    """What each sample declares, by name; those about an answer to question 1 are the batch's, not the sandbox's."""
    return {
        path.parent.name: yaml.safe_load(path.read_text())
        for path in sorted(FOLDER.glob("*/expected.yaml"))
        if not path.parent.name.startswith("gradient-")
    }


def notebook_of(name: str) -> bytes | None:
    """The notebook of a sample, None if it has none that may be read: a link is not followed."""
    path = FOLDER / name / "submission" / "notebook.ipynb"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
    except FileNotFoundError:
        return None
    return path.read_bytes()


def run_sample(executor: Executor, name: str, expected: dict[str, Any]) -> dict[str, Any]:
    """Runs one sample; what a test looks at, as JSON values."""
    data = notebook_of(name)
    if data is None:
        return {"status": "none"}
    profile = PROFILES[expected.get("profile", "plain")]
    plan = NotebookPlan(profile=lambda _: profile.name, profiles={profile.name: profile})
    run = executor.run_notebook(data, plan, msgspec.convert({**LIMITS, **expected.get("limits", {})}, Limits))
    return described(run)


def described(run: NotebookRun) -> dict[str, Any]:
    """A run as JSON values; `text` is all that a reader would see of what the student's code sent."""
    cells = {str(cell.index): str(cell.status) for cell in run.cells}
    shown = [part for cell in run.cells for part in (cell.text, cell.traceback, *cell.html, str(cell.claims))]
    return {
        "status": str(run.status),
        "note": run.note,
        "cells": cells,
        "text": "\n".join(shown),
        "executed": run.executed.decode(),
        "notes": list(run.notes),
        "flags": list(run.flags),
        "isolation": list(run.isolation),
        "memory_peak": run.memory_peak,
    }


HONEST = json.dumps(
    {
        "cells": [
            {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
            for source in (
                "import numpy as np\ntotal = int(np.arange(10).sum())",
                "print('total', total)",
                "total",
            )
        ],
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
    }
).encode()


def run_all(executor: Executor, names: list[str] | None = None) -> dict[str, dict[str, Any]]:
    """Runs all samples, two at a time, with an honest notebook after every eighth: key ``honest-N``.

    Those of TensorFlow come last, so that one zygote at a time is busy.
    """
    declared = samples()
    chosen = [name for name in declared if names is None or name in names]
    chosen.sort(key=lambda name: (declared[name].get("profile", "plain"), "together" not in declared[name]))
    plan = NotebookPlan(profile=lambda _: PLAIN.name, profiles={PLAIN.name: PLAIN})
    with ThreadPoolExecutor(2) as pool:
        waiting = {}
        for number, name in enumerate(chosen):
            waiting[name] = pool.submit(run_sample, executor, name, declared[name])
            if number % 8 == 7:
                waiting[f"honest-{number}"] = pool.submit(
                    lambda: described(executor.run_notebook(HONEST, plan, msgspec.convert(LIMITS, Limits)))
                )
        return {name: future.result() for name, future in waiting.items()}


def processes_with(text: str) -> list[int]:
    """The processes whose command line holds `text`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in command and int(path.parent.name) != os.getpid():
            found.append(int(path.parent.name))
    return found


def run_elsewhere(
    options: list[str],
    settings: dict[str, Any],
    names: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> dict[str, dict[str, Any]]:
    """`run_all` in a process of another user, or with less; `options` are those of ``ordinary_user.py``. Needs root."""
    script = Path(__file__).with_name("ordinary_user.py")
    with tempfile.TemporaryDirectory(prefix="grader-user-") as home:
        own = [sys.executable, str(Path(__file__).resolve()), json.dumps(settings), *names]
        command = [sys.executable, str(script), *options, home, *own]
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=280, env={**os.environ, **(environment or {})}
        )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-4000:])
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    with Executor(msgspec.json.decode(sys.argv[1], type=Settings)) as own:
        if own.refusal():
            raise SystemExit(own.refusal())
        sys.stdout.write(json.dumps(run_all(own, sys.argv[2:] or None)))
