"""A kernel that is running: its client, its end, and how a zygote's child becomes one."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from typing import Any, Protocol

from grader.execution.host.sandbox import ChildPlace, connection
from grader.execution.host.zygote_process import Child, ChildEnd, ZygoteError, ZygoteProcess

_MESSAGE_LIMIT = 24 << 20  # bytes; libzmq drops the connection that sends more
_QUEUE = 50  # messages of one socket kept in the grader
_POLL = 0.004  # seconds between looks for the sockets
_WELCOME = 0.25  # seconds to wait for iopub_welcome before asking


class KernelStartError(ZygoteError):
    """A kernel did not come up in time, or ended at once."""


class LiveKernel(Protocol):
    """What running cells needs of a kernel."""

    client: Any
    ended: asyncio.Future[ChildEnd]

    def interrupt(self) -> None:
        """Sends what Ctrl-C sends."""

    def kill(self) -> None:
        """Ends it with all its processes."""

    async def close(self) -> ChildEnd:
        """Ends it and removes what it left."""


def make_context() -> Any:
    """The ZeroMQ context of an executor, bounded against floods."""
    import zmq  # noqa: PLC0415 - heavy
    import zmq.asyncio  # noqa: PLC0415 - heavy

    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, _MESSAGE_LIMIT)
    context.setsockopt(zmq.RCVHWM, _QUEUE)
    context.setsockopt(zmq.LINGER, 0)
    return context


def make_client(context: Any, information: Mapping[str, Any]) -> Any:
    """A client of the kernel at `information`, its channels open, without heartbeat."""
    from jupyter_client.asynchronous.client import AsyncKernelClient  # noqa: PLC0415 - heavy
    from jupyter_client.session import Session  # noqa: PLC0415 - heavy

    session = Session(key=information["key"].encode(), signature_scheme=information["signature_scheme"])
    addresses = {key: value for key, value in information.items() if key not in {"key", "signature_scheme"}}
    client = AsyncKernelClient(context=context, session=session, **addresses)
    client.start_channels(hb=False)
    client.allow_stdin = False
    return client


async def wait_until_ready(client: Any, ended: asyncio.Future[ChildEnd], seconds: float) -> None:
    """Waits for the first sign of life on the output channel: from then on no output is lost."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            await client.iopub_channel.get_msg(timeout=_WELCOME)  # iopub_welcome, as a rule
        except Empty:
            if ended.done():
                raise KernelStartError(f"the kernel ended at its start: {ended.result()}") from None
            client.kernel_info()  # a kernel without the welcome answers this with its status
        else:
            return
    raise KernelStartError(f"the kernel showed no sign of life within {seconds:g} s")


class SandboxedKernel:
    """A zygote's child as a kernel."""

    def __init__(self, child: Child, place: ChildPlace, client: Any) -> None:
        self._child = child
        self._place = place
        self.client = client
        self.ended = child.ended

    @classmethod
    async def start(
        cls, zygote: ZygoteProcess, place: ChildPlace, context: Any, seconds: float
    ) -> SandboxedKernel:
        """Starts one in `place`. Raises `ZygoteError` if it does not come up within `seconds`."""
        deadline = time.monotonic() + seconds
        child = zygote.spawn(place.request)
        information = connection(f"{place.sockets}/k", place.request.connection["key"])
        client = None
        try:
            await child.started(seconds)
            await _sockets_of(information, child, deadline)
            client = make_client(context, information)
            await wait_until_ready(client, child.ended, deadline - time.monotonic())
        except BaseException:
            if client is not None:
                client.stop_channels()
            await child.close()
            remove_tree(place.directory)
            raise
        if place.request.uid is not None:  # from here on nothing can be put in the sockets' place
            os.chown(place.sockets, 0, 0)
            place.sockets.chmod(0o755)
        return cls(child, place, client)

    def interrupt(self) -> None:
        """Sends what Ctrl-C sends."""
        self._child.interrupt()

    def kill(self) -> None:
        """Ends it with all its processes."""
        self._child.kill()

    async def close(self) -> ChildEnd:
        """Ends it and removes what it left."""
        self.client.stop_channels()
        end = await self._child.close()
        remove_tree(self._place.directory)
        return end


async def _sockets_of(information: Mapping[str, Any], child: Child, deadline: float) -> None:
    """Waits until the sockets are there: connecting before would cost ZeroMQ's pause of 100 ms."""
    names = ("shell_port", "iopub_port", "stdin_port", "control_port")
    needed = [Path(f"{information['ip']}-{information[name]}") for name in names]
    while not all(path.exists() for path in needed):
        if child.ended.done():
            raise KernelStartError(f"the kernel ended at its start: {child.ended.result()}")
        if time.monotonic() > deadline:
            raise KernelStartError("the kernel did not open its sockets in time")
        await asyncio.sleep(_POLL)


def remove_tree(path: Path) -> None:
    """Removes a directory that a student's code may have filled; links in it are not followed."""
    try:
        shutil.rmtree(path, ignore_errors=True)
    except RecursionError:  # nested thousands deep; GNU rm walks without recursion
        subprocess.run(["rm", "-rf", "--", str(path)], check=False)  # noqa: S603, S607 - our own path
