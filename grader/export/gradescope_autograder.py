"""The autograder zip for Gradescope: set up once, then each submission is graded in its own container.

Layout by Gradescope's autograder specification: ``setup.sh`` and ``run_autograder`` at the top, the
submission in ``/autograder/submission``, the outcome in ``/autograder/results/results.json``. Run as a
module inside the container, this file turns the graded folder into that outcome.
"""

from __future__ import annotations

import hashlib
import io
import re
import shlex
import stat
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from grader import atomic_file
from grader.errors import ExportError, FileWriteError, ResultFormatError
from grader.export.gradescope import export_gradescope
from grader.export.options import ExportOptions
from grader.model import Result, Status

_WHEEL = re.compile(r"[A-Za-z0-9_.]+-[A-Za-z0-9_.!+]+(-[A-Za-z0-9_.]+){3}\.whl")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same wheel makes the same zip
_ARGUMENTS = (
    "--no-execute",
)  # the container has no layer of isolation to spare: the student's code would see ours

_SETUP = """#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: an environment of its own for the grader.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$(dirname "$0")"
# One that is there may still be unable to make an environment: Debian packs venv apart.
find_python() {
  for name in python3.12 python3.11; do
    if "$name" -c 'import ensurepip, venv' >/dev/null 2>&1; then echo "$name"; return; fi
  done
  return 1
}
if ! find_python >/dev/null; then
  apt-get update
  apt-get install -y python3.12 python3.12-venv || apt-get install -y python3.11 python3.11-venv
fi
python="$(find_python)"
"$python" -m venv "$root/venv"
"$root/venv/bin/pip" install --no-cache-dir -r requirements.txt CONSTRAINTS
"""

_RUN = """#!/usr/bin/env bash
# Runs for each submission. Without results.json Gradescope tells staff that the autograder failed, and the
# student loses nothing: that is what must happen when the fault is ours.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
graded="$(mktemp -d)"
trap 'rm -rf "$graded"' EXIT
status=0
"$root/venv/bin/grader" grade "$root/submission" --from single --out "$graded" --quiet ARGUMENTS || status=$?
results="$graded/results.jsonl"
"$root/venv/bin/python" -m grader.export.gradescope_autograder "$results" "$root/results" VISIBILITY
exit "$status"
"""


def build_autograder(
    out: Path,
    wheel: Path,
    *,
    constraints: Path | None = None,
    arguments: Sequence[str] = _ARGUMENTS,
    visibility: str = "after_published",
) -> Path:
    """Writes the autograder zip to `out` and returns it.

    `wheel` is the grader's own wheel; `constraints` pins what it needs. With hashes all that is pinned is
    installed, for so pip checks that nothing comes in without one; else only what the wheel needs. `arguments`
    are added to ``grader grade``: to name the assignment, for example, or to run notebooks. `visibility` is
    that of the results on Gradescope. Raises `ExportError` if a file is missing or no wheel, or
    cannot be read or written.
    """
    if not wheel.is_file() or not _WHEEL.fullmatch(wheel.name):
        raise ExportError(f"{wheel}: not a wheel; build it first: python -m build --wheel")
    if constraints is not None and not constraints.is_file():
        raise ExportError(f"{constraints}: there is no such file of constraints")
    try:
        content = wheel.read_bytes()
        pins = constraints.read_text(encoding="utf-8-sig") if constraints is not None else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise ExportError(f"the wheel or its constraints cannot be read ({problem})") from problem
    requirement, pinned = f"./{wheel.name}", "-c constraints.txt" if pins else ""
    if "--hash=" in pins:  # pip then wants a hash of everything, and takes none for a dependency from -c
        requirement += f" --hash=sha256:{hashlib.sha256(content).hexdigest()}"
        pinned = "-r constraints.txt"
    run = _RUN.replace("ARGUMENTS", shlex.join(arguments)).replace("VISIBILITY", shlex.quote(visibility))
    files = {
        "setup.sh": _SETUP.replace("CONSTRAINTS", pinned).encode(),
        "run_autograder": run.encode(),
        "requirements.txt": f"{requirement}\n".encode(),
        wheel.name: content,
    }
    if pins:
        files["constraints.txt"] = pins.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 3  # POSIX: the scripts' execute bit is in the attributes
            executable = name in {"setup.sh", "run_autograder"}
            info.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    try:
        atomic_file.write(out, buffer.getvalue())
    except FileWriteError as problem:
        raise ExportError(str(problem)) from problem
    return out


def write_outcome(results: Path, out: Path, visibility: str) -> int:
    """Writes ``results.json`` into `out` from the one line of `results`; returns 0, or 1 for an error.

    Raises `ExportError` if there is not exactly one result.
    """
    try:
        lines = [line for line in results.read_bytes().splitlines() if line.strip()]
        read = [Result.from_json(line) for line in lines]
    except (OSError, ResultFormatError) as problem:
        raise ExportError(f"{results}: {problem}") from problem
    if len(read) != 1:
        raise ExportError(f"{results}: {len(read)} results where one submission was graded")
    if read[0].status is Status.ERROR:
        return 1
    export_gradescope(read, out, ExportOptions(include_review=True, settings={"visibility": visibility}))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(write_outcome(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
    except ExportError as problem:
        sys.exit(f"grader: {problem}")
