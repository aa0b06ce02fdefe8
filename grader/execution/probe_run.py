"""A probe from the grader's side: sends the job, reads a bounded result, and says how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.execution.host.isolation import python_command
from grader.execution.host.zygote_process import ChildEnd, ZygoteProcess, memory_file
from grader.execution.notebook.segment_run import MEMORY_ERRORS
from grader.execution.shared.child_request import ChildRequest
from grader.execution.shared.limits import Limits
from grader.execution.shared.run_types import ProbeError, ProbeRun
from grader.execution.shared.terminal_text import plain
from grader.model import ExecutionStatus

_KILOBYTE = 1024
_NEARLY = 0.9  # of the memory limit: an end there is for want of memory
_TEXT_LIMIT = 20_000  # characters of what was printed and of a trace


@dataclass(frozen=True)
class ColdStart:
    """What an interpreter without isolation is started with."""

    configuration: str
    environment: Mapping[str, str]
    directory: Path


async def run_forked(
    job: bytes, zygote: ZygoteProcess, request: ChildRequest, seconds: float, limits: Limits
) -> ProbeRun:
    """Runs `job` in a fresh child of `zygote`. Raises `ZygoteError` if none can be made."""
    began = time.monotonic()
    reading, writing = os.pipe()
    task = memory_file(job)
    try:
        child = zygote.spawn(request, (task, writing))
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(task)
        os.close(writing)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb")
    )
    data, timed_out = b"", False
    try:
        await child.started(limits.startup_seconds)
        data = await asyncio.wait_for(_read(reader, limits.result_kb * _KILOBYTE), seconds)
    except TimeoutError:
        timed_out = True
    finally:
        transport.close()
        end = await child.close()
    taken = time.monotonic() - began
    if timed_out:
        return ProbeRun(ExecutionStatus.TIMEOUT, seconds=taken, note=f"it took more than {seconds:g} s")
    return _outcome(data, end, taken, limits)


async def run_cold(job: bytes, start: ColdStart, seconds: float, limits: Limits) -> ProbeRun:
    """Runs `job` in a fresh interpreter without isolation; its imports are not counted in `seconds`."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *python_command("grader.execution.child.cold_probe"),
        start.configuration,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=dict(start.environment),
        cwd=start.directory,
        start_new_session=sys.platform != "win32",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    data, timed_out = b"", False
    try:
        process.stdin.write(job)
        process.stdin.close()
        async with asyncio.timeout(limits.startup_seconds):
            await process.stdout.readexactly(1)  # the imports are done
        data = await asyncio.wait_for(_read(process.stdout, limits.result_kb * _KILOBYTE), seconds)
    except TimeoutError:
        timed_out = True
    except (OSError, asyncio.IncompleteReadError):
        data = b""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        code = await process.wait()
    taken = time.monotonic() - began
    if timed_out:
        return ProbeRun(ExecutionStatus.TIMEOUT, seconds=taken, note=f"it took more than {seconds:g} s")
    return _outcome(data, ChildEnd(code, "exit"), taken, limits)


async def _read(reader: asyncio.StreamReader, limit: int) -> bytes:
    """Everything up to the end, at most `limit` bytes and one more."""
    data = bytearray()
    while len(data) <= limit:
        chunk = await reader.read(limit + 1 - len(data))
        if not chunk:
            break
        data += chunk
    return bytes(data)


def _outcome(data: bytes, end: ChildEnd, taken: float, limits: Limits) -> ProbeRun:
    if len(data) > limits.result_kb * _KILOBYTE:
        return ProbeRun(ExecutionStatus.FLOOD, seconds=taken, note="it handed back too much")
    full = end.memory_peak >= _NEARLY * limits.memory_mb * (1 << 20)
    if end.how == "memory" or end.out_of_memory or (full and not data):
        return ProbeRun(
            ExecutionStatus.MEMORY, seconds=taken, note=f"more than {limits.memory_mb} MB of memory"
        )
    if end.how == "supervisor lost" or end.how.endswith("gone"):
        return ProbeRun(ExecutionStatus.ERROR, seconds=taken, note="the process that watches it was lost")
    try:
        found = json.loads(data)
        printed = plain(str(found["printed"])[:_TEXT_LIMIT])
        problem = found["error"]
        error = (
            None
            if problem is None
            else ProbeError(
                cell=int(problem["cell"]),
                name=plain(str(problem["name"])[:200]),
                message=plain(str(problem["message"])[:2000]),
                trace=plain(str(problem["trace"])[:_TEXT_LIMIT]),
            )
        )
        value = found["value"]
    except (ValueError, TypeError, KeyError, RecursionError):
        note = f"it ended without a result (code {end.code})"
        return ProbeRun(ExecutionStatus.DIED, seconds=taken, note=note)
    if error is None:
        return ProbeRun(ExecutionStatus.OK, value=value, printed=printed, seconds=taken)
    status = ExecutionStatus.MEMORY if error.name in MEMORY_ERRORS else ExecutionStatus.FAILED
    return ProbeRun(status, error=error, printed=printed, seconds=taken)
