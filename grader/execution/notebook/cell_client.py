"""nbclient, hardened: runs single cells on a live kernel whose every message may be forged."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, cast

from grader.execution.host.live_kernel import LiveKernel
from grader.execution.notebook.cell_output import CellOutput, OutputFloodError
from grader.execution.notebook.jupyter_libraries import (
    CellTimeoutError,
    DeadKernelError,
    NotebookClient,
    NotebookNode,
    from_dict,
)
from grader.execution.shared.limits import Limits
from grader.execution.shared.wire import CLAIM_FUNCTION

_OUTPUT_SECONDS = 5  # after the reply, for the last output to arrive
_DRAIN_SECONDS = 0.05  # after a kernel's end, for what it had sent before
_MALFORMED_LIMIT = 100  # messages that are not messages, before the kernel is given up


class _Log(logging.Logger):
    """Nothing of a student's is logged: nbclient writes cells and messages at debug level."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802, ARG002 - logging's own name
        return False


def _node(content: dict[str, Any]) -> NotebookNode:
    return cast(NotebookNode, from_dict(content))  # type: ignore[no-untyped-call]  # nbformat has no types


def _code_cell(source: str) -> NotebookNode:
    return _node({"cell_type": "code", "metadata": {}, "source": source, "outputs": []})


class CellClient(NotebookClient):
    """Runs cells one at a time; `run_cell` says what became of each.

    After a run, `timed_out`, `flooded` and `output_lost` say what went wrong with the last cell.
    """

    def __init__(self, kernel: LiveKernel, limits: Limits) -> None:
        super().__init__(
            _node({"cells": [_code_cell("")], "metadata": {}}),
            kernel_name="python3",
            allow_errors=True,
            interrupt_on_timeout=False,
            iopub_timeout=_OUTPUT_SECONDS,
            raise_on_iopub_timeout=True,
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=False,  # its regular expressions are quadratic; see plain_text
        )
        self.log = _Log("cells")
        self.kc = kernel.client
        self._kernel = kernel
        self._limits = limits
        self._output: CellOutput | None = None
        self._timeout = limits.cell_seconds
        self._request = ""
        self.timed_out = False
        self.flooded = False
        self.output_lost = False

    async def run_cell(self, source: str, output: CellOutput, seconds: float) -> bool:
        """Runs `source` for at most `seconds`, collecting into `output`; true if the kernel reports success.

        Raises `DeadKernelError` if the kernel ended, as it does after a flood, or after a time-out to which
        it does not yield.
        """
        self._output, self._timeout = output, seconds
        self.timed_out = self.flooded = self.output_lost = False
        reply: Mapping[str, Any] = {}

        async def keep(execute_reply: Mapping[str, Any], **_: Any) -> None:
            nonlocal reply
            reply = execute_reply["content"]

        self.on_cell_executed = keep
        try:
            await self.async_execute_cell(_code_cell(source), 0)
        except CellTimeoutError:
            if self.timed_out:
                raise DeadKernelError("the cell did not yield to an interrupt") from None
            self.output_lost = True
        except DeadKernelError:
            raise
        except Exception:  # a reply that is no reply: whatever nbclient makes of it
            output.malformed += 1
        return bool(reply.get("status") == "ok") if isinstance(reply, Mapping) else False

    async def claim(self, expressions: Mapping[str, str], output: CellOutput, seconds: float) -> None:
        """Has the kernel evaluate `expressions`; the values, if any arrive, stand in ``output.claims``."""
        question = f"get_ipython().{CLAIM_FUNCTION}({dict(expressions)!r})"
        await self.run_cell(question, output, seconds)

    def _get_timeout(  # type: ignore[override]  # fractions of a second will do
        self,
        cell: NotebookNode | None,  # noqa: ARG002 - nbclient's signature
    ) -> float:
        return self._timeout

    async def _async_check_alive(self) -> None:
        if self._kernel.ended.done():
            raise DeadKernelError("Kernel died")

    async def _async_poll_kernel_alive(self) -> None:
        await asyncio.shield(self._kernel.ended)
        await asyncio.sleep(_DRAIN_SECONDS)
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    async def _async_poll_for_reply(self, msg_id: str, *arguments: Any) -> Any:
        self._request = msg_id
        return await super()._async_poll_for_reply(msg_id, *arguments)

    async def _async_handle_timeout(
        self,
        timeout: float,  # noqa: ARG002 - nbclient's signature
        cell: NotebookNode | None = None,  # noqa: ARG002 - as above
    ) -> Any:
        """Interrupts the cell; kills the kernel if no reply comes in time."""
        self.timed_out = True
        self._kernel.interrupt()
        deadline = time.monotonic() + self._limits.grace_seconds
        while (left := deadline - time.monotonic()) > 0 and not self._kernel.ended.done():
            try:
                reply = await asyncio.wait_for(self._kernel.client.shell_channel.get_msg(timeout=None), left)
            except TimeoutError:
                break
            if reply["parent_header"].get("msg_id") == self._request:
                return reply
        self._kernel.kill()
        raise CellTimeoutError("the cell did not yield to an interrupt")

    async def _async_poll_output_msg(self, parent_msg_id: str, _cell: NotebookNode, _index: int) -> None:
        output = self._output
        assert output is not None
        while True:
            try:
                message = await self._kernel.client.iopub_channel.get_msg(timeout=None)
                if message["parent_header"].get("msg_id") != parent_msg_id:
                    continue
                if output.take(message):
                    return
            except OutputFloodError:
                self.flooded = True
                self._kernel.kill()
                await asyncio.Event().wait()  # the kernel's end cancels this
            except Exception:  # a wrong signature, not JSON, too deep: nothing of a kernel may end the grader
                output.malformed += 1
                if output.malformed > _MALFORMED_LIMIT:
                    self._kernel.kill()
                await asyncio.sleep(0)
