"""How a child ended is heard whatever the order in which the last packets cross."""

from __future__ import annotations

import asyncio
import json
import socket

from grader.execution.host.zygote_process import Child, ChildEnd


async def _end_of(packets: list[dict[str, object]], *, command_unread: bool) -> ChildEnd:
    """What is heard of a supervisor that sends `packets` and closes, before or after it reads a command."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if command_unread:
        ours.send(b"kill")
    for packet in packets:
        theirs.send(json.dumps(packet).encode())
    theirs.close()
    child = Child(ours)
    end = await child.ended
    await child.close()
    return end


ENDED = {"ended": 0, "how": "exit", "out_of_memory": 0, "memory_peak": 5, "seconds": 0.1, "cpu_seconds": 0.1}


def test_an_unread_command_does_not_hide_how_the_child_ended() -> None:
    end = asyncio.run(_end_of([{"started": 7}, ENDED], command_unread=True))
    assert (end.code, end.how, end.memory_peak) == (0, "exit", 5)


def test_a_supervisor_that_says_nothing_was_lost() -> None:
    for unread in (True, False):
        assert asyncio.run(_end_of([{"started": 7}], command_unread=unread)).how == "supervisor lost"
