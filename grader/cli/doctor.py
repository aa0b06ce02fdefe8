"""``grader doctor``: what this computer can do, what is missing, and what that means."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

import click

from grader.checks.assignment_finding import load
from grader.cli import options
from grader.errors import AssignmentError
from grader.model import Value

NOT_READY = 1


class Sign(Value, frozen=True):
    """One thing that was looked at. Without a thing that is `needed`, this computer is not ready."""

    subject: str
    ok: bool
    detail: str
    needed: bool = True


@click.command()
@options.assignment
@options.output
def command(assignment: str | None, quiet: bool, as_json: bool) -> None:
    """Tells whether this computer can grade, and what each missing part means. Exit status: 0 ready, 1 not."""
    signs = list(_signs(assignment))
    ready = all(sign.ok for sign in signs if sign.needed)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "ready": ready,
                    "signs": [
                        {"subject": s.subject, "ok": s.ok, "detail": s.detail, "needed": s.needed}
                        for s in signs
                    ],
                }
            )
        )
    elif not quiet:
        for sign in signs:
            mark = "ok " if sign.ok else "NO " if sign.needed else "-- "
            click.echo(f"{mark} {sign.subject}: {sign.detail}")
        click.echo("Ready." if ready else "Not ready: see the lines marked NO.")
    sys.exit(0 if ready else NOT_READY)


def _signs(assignment: str | None) -> Iterator[Sign]:
    yield Sign(
        "Python",
        sys.version_info[:2] >= (3, 11),
        f"{platform.python_version()} on {platform.system()} {platform.machine()}",
    )
    try:
        lab = load(assignment)
        yield Sign("assignment", True, f"{lab.id}: {len(lab.questions)} questions, {lab.points:g} points")
    except AssignmentError as problem:
        yield Sign("assignment", False, str(problem))
        return
    for package, meaning, needed in (
        ("tensorflow", "notebooks cannot be run", False),
        ("tf-keras", "notebooks of 2019 to 2023 cannot be run", False),
        ("pdfplumber", "PDF reports cannot be read", True),
        ("matplotlib", "feedback pages have no charts", True),
        ("rapidocr", "pictures and scans are not read; they go to review (install the extra: ocr)", False),
    ):
        yield _package(package, meaning, needed)
    yield from _cluster_signs()
    from grader.execution import isolation_report  # noqa: PLC0415 - it probes the host

    for layer in isolation_report():
        yield Sign(
            f"isolation: {layer.name}",
            layer.available,
            layer.detail if layer.available else layer.absence,
            needed=False,
        )
    if lab.diagnose is not None:
        for subject, ok, detail in lab.diagnose():
            yield Sign(subject, ok, detail, needed=False)


def _cluster_signs() -> Iterator[Sign]:
    """What ``--cluster`` would find."""
    yield _package("distributed", "no --cluster (install the extra: cluster)", False)
    if find_spec("dask_jobqueue") is None:
        yield Sign(
            "SLURM",
            False,
            "dask-jobqueue is not installed: no --cluster slurm (install the extra: cluster)",
            False,
        )
        return
    found = shutil.which("sbatch")
    yield Sign(
        "SLURM",
        found is not None,
        f"takes jobs by {found}" if found else "no sbatch here: no --cluster slurm from this computer",
        needed=False,
    )


def _package(name: str, meaning: str, needed: bool) -> Sign:
    if find_spec(name.replace("-", "_")) is None:
        return Sign(name, False, f"not installed: {meaning}", needed)
    return Sign(name, True, metadata.version(name), needed)
