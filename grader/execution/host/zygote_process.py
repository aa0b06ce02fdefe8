"""The grader's side of a zygote: starting one, asking it for children, hearing how each child ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from grader.execution.host.isolation import python_command
from grader.execution.shared.child_request import ChildRequest
from grader.model import Value

_START_SECONDS = 180.0  # imports that are not yet byte-compiled take three times as long
_PACKET = 1 << 16
_SERVICE_MANAGER = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
_END_SECONDS = 15.0


class ZygoteError(RuntimeError):
    """A zygote or a child could not be started: the host's or our fault, never the student's."""


class ChildEnd(Value, frozen=True):
    """How a child ended, as its supervisor saw it.

    `code` is the exit code, or the signal as a negative number. `how` is ``exit`` if it ended by itself,
    else why it was killed: asked, time, memory, disk, grader gone, zygote gone, or ``supervisor lost``.
    """

    code: int
    how: str
    out_of_memory: int = 0
    memory_peak: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


class Child:
    """One child of a zygote, held by its control socket. Belongs to the loop that it was made in."""

    def __init__(self, control: socket.socket) -> None:
        control.setblocking(False)
        self._control = control
        loop = asyncio.get_running_loop()
        self._started: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[ChildEnd] = loop.create_future()
        self._listener = loop.create_task(self._listen())

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        problem = "the process that watches the kernel was lost"
        while True:
            try:
                packet = await loop.sock_recv(self._control, _PACKET)
            except ConnectionResetError:
                # It ended before it read a command of ours. Linux says that first, and once; what it had
                # sent until then, with how its child ended, is still to be read.
                continue
            except OSError:
                packet = b""
            if not packet:
                break
            message = json.loads(packet)
            if "error" in message:
                problem = str(message["error"]).strip()
            elif "started" in message and not self._started.done():
                self._started.set_result(None)
            elif "ended" in message:
                self.ended.set_result(msgspec.convert({**message, "code": message["ended"]}, ChildEnd))
                break
        if not self._started.done():
            self._started.set_exception(ZygoteError(problem))
        if not self.ended.done():
            self.ended.set_result(ChildEnd(-255, "supervisor lost"))

    async def started(self, seconds: float) -> None:
        """Waits until the child is confined and about to run. Raises `ZygoteError` if it never is."""
        try:
            await asyncio.wait_for(asyncio.shield(self._started), seconds)
        except TimeoutError:
            raise ZygoteError(f"no sandbox within {seconds:g} s") from None

    def interrupt(self) -> None:
        """Sends what Ctrl-C sends."""
        self._command(b"interrupt")

    def kill(self) -> None:
        """Ends the child with all its processes."""
        self._command(b"kill")

    def _command(self, command: bytes) -> None:
        if not self.ended.done():
            with contextlib.suppress(OSError):
                self._control.send(command)

    async def close(self) -> ChildEnd:
        """Ends the child if it still runs, and lets go of it."""
        self.kill()
        try:
            return await asyncio.wait_for(asyncio.shield(self.ended), _END_SECONDS)
        except TimeoutError:
            return ChildEnd(-255, "supervisor lost")
        finally:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
            self._control.close()
            if self._started.done():
                self._started.exception()  # it may never have been asked for


@dataclass
class ZygoteProcess:
    """A running zygote. `filter` is what made its system call filter."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    log: IO[bytes]
    filter: str
    seconds: float

    @classmethod
    async def start(
        cls,
        *,
        configuration: str,
        environment: Mapping[str, str],
        directory: Path,
        log: Path,
        scope: tuple[str, ...] = (),
    ) -> ZygoteProcess:
        """Starts one and waits for its imports. Raises `ZygoteError` with what went wrong in them.

        `configuration` is JSON, see `zygote`; `scope` is the command that puts it into a control group.
        """
        if scope:  # it finds the user's service manager by these
            known = {name: os.environ[name] for name in _SERVICE_MANAGER if name in os.environ}
            environment = {**known, **environment}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        file = log.open("wb")
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*scope, *python_command("grader.execution.child.zygote"), configuration],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=file,
                env=dict(environment),
                cwd=directory,
                start_new_session=True,  # a terminal's Ctrl-C is the grader's to handle
            )
        ours.setblocking(False)
        zygote = cls(process, ours, file, "", 0.0)
        try:
            packet = await asyncio.wait_for(
                asyncio.get_running_loop().sock_recv(ours, _PACKET), _START_SECONDS
            )
        except (OSError, TimeoutError):
            packet = b""
        except BaseException:
            zygote.stop()
            raise
        answer: dict[str, Any] = (
            json.loads(packet) if packet else {"error": "it ended while it was importing"}
        )
        if "error" in answer:
            zygote.stop()
            tail = log.read_bytes()[-2000:].decode(errors="replace").strip()
            raise ZygoteError(
                f"kernels cannot be started: {answer['error']}" + (f" ({tail})" if tail else "")
            )
        zygote.filter, zygote.seconds = answer["filter"], answer["ready"]
        return zygote

    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self.process.poll() is None

    def spawn(self, request: ChildRequest, descriptors: tuple[int, ...] = ()) -> Child:
        """Asks for a child; `descriptors` (job and result of a probe) are the child's from 4 on."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(self.channel, [request.to_json()], [theirs.fileno(), *descriptors])
        except OSError as problem:
            ours.close()
            raise ZygoteError(f"the process that makes kernels has gone: {problem}") from problem
        return Child(ours)

    def stop(self) -> None:
        """Ends it at once: it holds nothing to lose. Its children's supervisors notice, and end them."""
        self.channel.close()
        self.process.kill()
        self.process.wait()
        self.log.close()


def memory_file(data: bytes) -> int:
    """A descriptor of an anonymous file that holds `data`, at its beginning."""
    descriptor = os.memfd_create("job", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
