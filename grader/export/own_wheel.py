"""The wheel of this grader, for a place where it is not installed yet, built from the checkout it runs from."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import grader
from grader.errors import ExportError

_SECONDS = 300.0
_GIVE_ONE = "name the grader's wheel (python -m build --wheel makes it in a checkout)"


def checkout() -> Path:
    """The folder with the ``pyproject.toml`` of this grader. Raises `ExportError` if it runs from no checkout."""
    root = Path(grader.__file__).resolve().parents[1]
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ExportError(f"this grader is installed, not a checkout: {_GIVE_ONE}") from problem
    if "grader" not in project.get("scripts", {}):
        raise ExportError(f"{root} is not the grader's own checkout: {_GIVE_ONE}")
    return root


def build_own_wheel(root: Path, out: Path) -> Path:
    """Builds the checkout `root` into `out`, without the network. Raises `ExportError` with what it lacks."""
    # -P: a folder "build" where we stand is not the package of that name.
    arguments = [sys.executable, "-P", "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and paths, no shell
            [*arguments, str(root)], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise ExportError(f"the grader's wheel cannot be built ({problem}): {_GIVE_ONE}") from problem
    wheels = sorted(out.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason was given"]
        raise ExportError(f"the grader's wheel cannot be built ({last[0]}): {_GIVE_ONE}")
    return wheels[0]
