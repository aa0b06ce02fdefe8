"""SLURM on this computer, for tests: munged, slurmctld and slurmd as processes of the test, with all their files in one folder."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo", "scancel")
PLACES = os.pathsep.join(filter(None, (os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))


class NoSlurmHereError(Exception):
    """SLURM cannot run on this computer; the message is the reason."""


class SlurmHere:
    """One node and one partition, ``main``. Raises `NoSlurmHereError` where a program is missing or does not come up."""

    def __init__(self, place: Path, *, seconds: float = 60.0) -> None:
        self.place = place
        self.seconds = seconds
        self.daemons: list[subprocess.Popen[bytes]] = []
        self.environment = os.environ | {"SLURM_CONF": str(place / "slurm.conf"), "PATH": PLACES}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self._ask("scancel", "--partition=main")
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(15)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def left(self) -> str:
        """The jobs that wait or run, once those that are ending have ended."""
        until = time.monotonic() + self.seconds
        while (found := self._ask("squeue", "-h")) and time.monotonic() < until:
            time.sleep(0.5)
        return found

    def _start(self) -> None:
        lacking = [name for name in PROGRAMS if shutil.which(name, path=PLACES) is None]
        if lacking:
            raise NoSlurmHereError(f"not installed: {', '.join(lacking)}")
        self._write()
        socket_ = self.place / "munge.socket"
        self._begin(
            "munged",
            "--foreground",
            "--force",
            f"--socket={socket_}",
            f"--key-file={self.place / 'munge.key'}",
            f"--pid-file={self.place / 'munged.pid'}",
            f"--seed-file={self.place / 'munged.seed'}",
            f"--log-file={self.place / 'munged-own.log'}",
        )
        self._until(socket_.exists, "munged")
        self._begin("slurmctld", "-D", "-f", self.environment["SLURM_CONF"])
        self._begin("slurmd", "-D", "-f", self.environment["SLURM_CONF"])
        self._until(lambda: "idle" in self._ask("sinfo", "-h", "-o", "%t"), "slurmd")

    def _write(self) -> None:
        key = self.place / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        for name in ("state", "spool"):
            (self.place / name).mkdir()
        (self.place / "plugstack.conf").write_text("", "ascii")
        (self.place / "cgroup.conf").write_text("CgroupAutomount=no\n", "ascii")
        host, user, ports = socket.gethostname().split(".")[0], getpass.getuser(), self._ports()
        settings = {
            "ClusterName": "here",
            "SlurmctldHost": f"{host}(127.0.0.1)",
            "SlurmUser": user,
            "SlurmdUser": user,
            "SlurmctldPort": ports[0],
            "SlurmdPort": ports[1],
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.place / 'munge.socket'}",
            "StateSaveLocation": self.place / "state",
            "SlurmdSpoolDir": self.place / "spool",
            "SlurmctldPidFile": self.place / "slurmctld.pid",
            "SlurmdPidFile": self.place / "slurmd.pid",
            "PlugStackConfig": self.place / "plugstack.conf",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "JobAcctGatherType": "jobacct_gather/none",
            "AccountingStorageType": "accounting_storage/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_Core",
            "MpiDefault": "none",
            "ReturnToService": 2,
            "SlurmdParameters": "config_overrides",  # more cores than there are: the test measures nothing
            "NodeName": f"{host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000 State=UNKNOWN",
            "PartitionName": "main Nodes=ALL Default=YES MaxTime=01:00:00 State=UP",
        }
        text = "".join(f"{name}={value}\n" for name, value in settings.items())
        (self.place / "slurm.conf").write_text(text, "ascii")

    @staticmethod
    def _ports() -> tuple[int, int]:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            return one.getsockname()[1], other.getsockname()[1]

    def _begin(self, program: str, *arguments: str) -> None:
        path = shutil.which(program, path=PLACES)
        assert path is not None
        with (self.place / f"{program}.log").open("ab") as log:
            self.daemons.append(
                subprocess.Popen([path, *arguments], stdout=log, stderr=log, env=self.environment)
            )

    def _ask(self, *command: str) -> str:
        done = subprocess.run(
            command, capture_output=True, text=True, env=self.environment, check=False, timeout=20
        )
        return done.stdout

    def _until(self, holds: object, program: str) -> None:
        assert callable(holds)
        until = time.monotonic() + self.seconds
        while not holds():
            dead = [one for one in self.daemons if one.poll() is not None]
            if dead or time.monotonic() > until:
                said = [
                    line
                    for log in sorted(self.place.glob("*.log"))
                    for line in log.read_text("utf-8", "replace").splitlines()
                    if "rror" in line or "fatal" in line
                ]
                raise NoSlurmHereError(f"{program} does not come up: {'; '.join(said[-3:])}")
            time.sleep(0.2)


def settings_file(place: Path, **more: object) -> Path:
    """A file for ``--cluster-settings`` whose workers are jobs of a `SlurmHere` in this folder."""
    known: dict[str, object] = {
        "jobs": 2,
        "queue": "main",
        "memory": "2GB",
        "walltime": "00:30:00",
        "host": "127.0.0.1",
        "shared_directory": str(place / "shared"),
        "log_directory": str(place / "logs"),
        "wait_minutes": 5,
    }
    lines = [f"{name} = {value!r}" for name, value in (known | more).items()]
    path = place / "slurm.toml"
    path.write_text("\n".join(["[slurm]", *lines]) + "\n", "utf-8")
    return path
