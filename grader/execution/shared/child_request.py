"""What the grader asks of a zygote: one child, what holds it and what it runs. Travels as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SANDBOX_HOME = "/home/student"
SANDBOX_SOCKETS = "/ipc"
SANDBOX_TEMPORARY = "/tmp"  # noqa: S108 - a file system of its own in every sandbox
SANDBOX_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - as above

Namespaces = Literal["root", "user", "wall", ""]
Wall = Literal["bubblewrap", "gvisor", ""]
Task = Literal["kernel", "probe", "trial"]


@dataclass(frozen=True)
class ChildRequest:
    """One child of a zygote.

    `namespaces` says who makes them: root, an ordinary user through a user namespace, another program, or nobody.
    That other program makes the `wall`: `program` is its path, `package` a directory with a copy of what a child
    imports, and `configuration` what a zygote would have been told.
    `uid` is the user that the child becomes, None to stay what it is. `cgroup` is the group's name, ``""``
    for none.
    `visible` paths can be read, without what is below `hidden`. `mount_point` is an empty directory for the
    new root. `sockets` is the host's directory for the kernel's sockets, ``""`` for a probe. `data_files` are
    (path on the host, path below the home). `connection` is the kernel's connection information.
    """

    task: Task
    namespaces: Namespaces
    uid: int | None
    cgroup: str
    landlock: bool
    seccomp: bool
    memory_mb: int
    processes: int
    disk_mb: int
    inodes: int
    open_files: int
    file_mb: int
    cpu_seconds: int
    wall_seconds: float
    home: str
    visible: tuple[str, ...]
    hidden: tuple[str, ...]
    mount_point: str
    sockets: str
    data_files: tuple[tuple[str, str], ...]
    environment: Mapping[str, str]
    connection: Mapping[str, Any]
    wall: Wall = ""
    program: str = ""
    package: str = ""
    configuration: str = ""

    def to_json(self) -> bytes:
        """The request as JSON."""
        return json.dumps(dataclasses.asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> ChildRequest:
        """Reads what `to_json` wrote; it comes from the grader itself and is trusted."""
        fields = json.loads(text)
        fields["visible"] = tuple(fields["visible"])
        fields["hidden"] = tuple(fields["hidden"])
        fields["data_files"] = tuple((source, target) for source, target in fields["data_files"])
        return cls(**fields)
