"""What lives in an executor's own event loop: zygotes, kernels, and the directory they share."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import threading
from collections.abc import AsyncIterator, Coroutine, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from grader.errors import UnreadableNotebookError
from grader.execution.host.cold_start import ColdKernel, cold_environment
from grader.execution.host.isolation import HostIsolation, layer_names, strength
from grader.execution.host.live_kernel import LiveKernel, SandboxedKernel, make_context, remove_tree
from grader.execution.host.runtime_directory import open_directory
from grader.execution.host.sandbox import Sandbox, zygote_environment
from grader.execution.host.zygote_process import ZygoteError, ZygoteProcess
from grader.execution.notebook.profile_choice import profile_of
from grader.execution.shared.limits import Isolation, Limits, Settings
from grader.execution.shared.plan import DataFile, NotebookPlan, Profile
from grader.execution.shared.run_types import NotebookRun, ProbeRun
from grader.model import ExecutionStatus

_Answer = TypeVar("_Answer")
_TRIES = 2  # what failed through our own fault is tried once more
_STOP_SECONDS = 30.0


class ExecutorLoop:
    """A thread with an event loop, and all that belongs to it. Coroutines run in it, `call` from outside."""

    def __init__(self, found: HostIsolation, settings: Settings) -> None:
        self._settings = settings
        self._layers = layer_names(found, settings)
        self._runtime = open_directory(settings.runtime_directory)
        self._home = self._runtime.make("home")
        self._sandbox = None
        reached = strength(found, settings)
        if reached is not Isolation.NONE:
            self._sandbox = Sandbox(found, settings, self._runtime)
        self._walled = reached is Isolation.FULL and bool(found.wall)
        self._scope = found.scope
        self._zygotes: dict[str, ZygoteProcess] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._numbers = itertools.count()
        self._turns = asyncio.Semaphore(max(1, settings.kernels_at_once))
        self._context: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="grader executor", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def submit(self, work: Coroutine[Any, Any, _Answer]) -> Future[_Answer]:
        """Starts `work` in this loop, from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Runs `work` in this loop and waits for its answer, from any other thread."""
        future = self.submit(work)
        try:
            return future.result()
        except BaseException:  # Ctrl-C in the caller's thread ends the kernel too
            future.cancel()
            raise

    async def prepare(self, data: bytes, plan: NotebookPlan, limits: Limits) -> None:
        """Starts the zygote that a notebook will need; what is wrong with it is said when it is run."""
        if self._sandbox is None:
            return
        with contextlib.suppress(Exception):  # of the notebook, the plan or the host: it will be met again
            await self._zygote(profile_of(data, plan, limits))

    async def run_notebook(self, data: bytes, plan: NotebookPlan, limits: Limits) -> NotebookRun:
        """Runs a notebook when it is its turn; once more if we failed it."""
        from grader.execution.notebook import notebook_run  # noqa: PLC0415 - loads Jupyter, while a zygote imports

        outcome = NotebookRun(ExecutionStatus.ERROR)
        async with self._turns, contextlib.AsyncExitStack() as places:

            async def start(profile: Profile, seconds: float) -> LiveKernel:
                return await self._kernel(profile, plan, (limits, seconds), places)

            for _ in range(_TRIES):
                try:
                    outcome = await notebook_run.run(data, plan, limits, start)
                except UnreadableNotebookError as problem:
                    outcome = NotebookRun(ExecutionStatus.FAILED, note=str(problem))
                except ZygoteError as problem:
                    outcome = NotebookRun(ExecutionStatus.ERROR, note=str(problem))
                if outcome.status is not ExecutionStatus.ERROR:
                    break
        return msgspec.structs.replace(outcome, isolation=self._layers)

    async def _kernel(
        self,
        profile: Profile,
        plan: NotebookPlan,
        bounds: tuple[Limits, float],
        places: contextlib.AsyncExitStack,
    ) -> LiveKernel:
        limits, seconds = bounds
        if self._context is None:
            self._context = make_context()
        if self._sandbox is None:
            directory = await places.enter_async_context(self._cold_place(plan.data_files))
            environment = cold_environment(self._settings, profile, directory)
            return await ColdKernel.start(
                self._context,
                configuration=_configuration(profile, self._settings),
                environment=environment,
                directory=directory,
                seconds=limits.startup_seconds,
            )
        zygote = await self._zygote(profile)
        place = self._sandbox.place(
            "kernel",
            profile,
            limits,
            wall_seconds=seconds,
            data_files=plan.data_files,
            key=os.urandom(16).hex(),
            configuration=_configuration(profile, self._settings),
        )
        return await SandboxedKernel.start(zygote, place, self._context, limits.startup_seconds)

    async def run_code(
        self, job: Mapping[str, Any], profile: Profile, seconds: float, data_files: tuple[DataFile, ...]
    ) -> ProbeRun:
        """Runs a probe when it is its turn, once more if we failed it; `job` is what `probe.run` reads."""
        content = json.dumps(job).encode()
        outcome = ProbeRun(ExecutionStatus.ERROR)
        async with self._turns:
            for _ in range(_TRIES):
                try:
                    outcome = await self._probe(content, profile, seconds, data_files)
                except ZygoteError as problem:
                    outcome = ProbeRun(ExecutionStatus.ERROR, note=str(problem))
                if outcome.status is not ExecutionStatus.ERROR:
                    break
        return outcome

    async def _probe(
        self, job: bytes, profile: Profile, seconds: float, data_files: tuple[DataFile, ...]
    ) -> ProbeRun:
        from grader.execution import probe_run  # noqa: PLC0415 - loads Jupyter

        limits = self._settings.limits
        if self._sandbox is None:
            async with self._cold_place(data_files) as directory:
                start = probe_run.ColdStart(
                    configuration=_configuration(profile, self._settings),
                    environment=cold_environment(self._settings, profile, directory),
                    directory=directory,
                )
                return await probe_run.run_cold(job, start, seconds, limits)
        zygote = await self._zygote(profile)
        place = self._sandbox.place(
            "probe",
            profile,
            limits,
            wall_seconds=seconds,
            data_files=data_files,
            configuration=_configuration(profile, self._settings),
        )
        try:
            return await probe_run.run_forked(job, zygote, place.request, seconds, limits)
        finally:
            remove_tree(place.directory)

    @contextlib.asynccontextmanager
    async def _cold_place(self, data_files: tuple[DataFile, ...]) -> AsyncIterator[Path]:
        """A home for a process without isolation; the data files are links in it."""
        directory = self._runtime.make(f"cold-{next(self._numbers)}")
        for file in data_files:
            target = directory / file.target
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(file.source.resolve())
        try:
            yield directory
        finally:
            remove_tree(directory)

    async def _zygote(self, profile: Profile) -> ZygoteProcess:
        """The profile's zygote, started if it is not there or has gone."""
        configuration = _configuration(profile, self._settings)
        key = configuration + json.dumps(dict(profile.environment), sort_keys=True)
        async with self._locks.setdefault(key, asyncio.Lock()):
            known = self._zygotes.get(key)
            if known is not None and known.alive():
                return known
            if known is not None:
                known.stop()
            self._zygotes[key] = await ZygoteProcess.start(
                scope=self._scope,
                configuration=json.dumps(
                    {**json.loads(configuration), "wall": self._walled, "scope": bool(self._scope)}
                ),
                environment=zygote_environment(self._settings, profile, self._home),
                directory=self._home,
                log=self._runtime.path / f"zygote-{next(self._numbers)}.log",
            )
            return self._zygotes[key]

    async def _shut_down(self) -> None:
        here = asyncio.current_task()
        running = [task for task in asyncio.all_tasks() if task is not here]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for zygote in self._zygotes.values():
            zygote.stop()
        if self._context is not None:
            self._context.destroy(linger=0)

    def stop(self) -> None:
        """Ends everything, from any thread but the loop's own."""
        future = asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop)
        with contextlib.suppress(TimeoutError):
            future.result(_STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)
        self._loop.close()
        self._runtime.remove()


def _configuration(profile: Profile, settings: Settings) -> str:
    """What a zygote, or a process in its place, is told."""
    told = {
        "modules": list(profile.preload),
        "aliases": dict(profile.aliases),
        "own_filter": settings.own_filter,
        "startup": profile.startup,
    }
    return json.dumps(told, sort_keys=True)
