"""A child behind a wall that another program made: imports for itself, then is confined as any other.

Standard input holds the request, a line of JSON, and after it a probe's job. What a supervisor reads (see there) goes
to standard output, a probe's result to standard error; neither is left open to a student's code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from grader.execution.child import seccomp
from grader.execution.child.confined_run import inheritance, report_failure, run_confined
from grader.execution.child.container import give_away
from grader.execution.child.preloading import preload
from grader.execution.shared.child_request import ChildRequest


def main() -> None:
    """Runs one child to its end."""
    report, result = os.dup(1), os.dup(2)
    with os.fdopen(os.dup(0), "rb") as file:
        request = ChildRequest.from_json(file.readline())
        job = file.read()
    null = os.open(os.devnull, os.O_RDWR)
    for place in range(3):
        os.dup2(null, place)
    if request.task != "probe":
        os.close(result)
    configuration = json.loads(request.configuration)
    try:
        preload(configuration["modules"], configuration["aliases"])
        if request.uid not in {None, os.getuid()}:
            give_away(Path(request.home), request.uid)
        _, program = seccomp.compiled(own=configuration["own_filter"])
        copy = inheritance(configuration["startup"])
        task = os.memfd_create("job", os.MFD_CLOEXEC)
        with os.fdopen(os.dup(task), "wb") as copied:
            copied.write(job)
        os.lseek(task, 0, os.SEEK_SET)
    except BaseException:
        report_failure(report)

    def run(request: ChildRequest, ready: Callable[[], None]) -> NoReturn:
        copy.run(request, ready, task, result)

    run_confined(request, program, report, run)
