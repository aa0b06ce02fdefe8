"""A Dask cluster on this computer, for tests: scheduler and workers as processes, TLS with certificates made for it."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader.workers import Cluster
from grader.workers.cluster_settings import read_settings
from grader.workers.dask_pool import connected

TOP = Path(__file__).parents[2]


def make_certificates(folder: Path) -> Path:
    """An authority and one certificate that it signed, as PEM, and the settings file that names them."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.datetime.now(datetime.UTC)

    def certificate(name: str, public: ec.EllipticCurvePublicKey, issuer: str) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2))
        )

    authority = ec.generate_private_key(ec.SECP256R1())
    signed = (
        certificate("authority", authority.public_key(), "authority")
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    ours = (
        certificate("grader", key.public_key(), "authority")
        .add_extension(names, critical=False)
        .sign(authority, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(signed.public_bytes(pem))
    (folder / "cert.pem").write_bytes(ours.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "key.pem").chmod(0o600)
    settings = folder / "cluster.toml"
    settings.write_text('[tls]\nca = "ca.pem"\ncert = "cert.pem"\nkey = "key.pem"\n', "utf-8")
    return settings


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class ClusterHere:
    """A scheduler and workers of one thread each; on exit all of them are gone. A `nanny` starts a worker again."""

    def __init__(self, place: Path, *, workers: int = 2, nanny: bool = False) -> None:
        self.place = place
        place.mkdir(parents=True, exist_ok=True)
        self.settings = make_certificates(place / "tls")
        self.port = free_port()
        self.wanted = workers
        self.nanny = nanny
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        self.count = 0

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.address, str(self.settings))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self.start_scheduler()
        for _ in range(self.wanted):
            self.start_worker()

    def start_scheduler(self) -> None:
        self.scheduler = self._begin(
            "scheduler",
            "--host",
            self.address.removesuffix(f":{self.port}"),
            "--port",
            str(self.port),
            "--no-dashboard",
        )
        until = time.monotonic() + 90
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self.scheduler.poll() is None, self.log("scheduler")
            time.sleep(0.1)
        raise AssertionError(f"no scheduler came up: {self.log('scheduler')}")

    def start_worker(self) -> None:
        self.count += 1
        options = (
            "--nanny" if self.nanny else "--no-nanny",
            "--nthreads",
            "1",
            "--no-dashboard",
            "--memory-limit",
            "0",
            "--death-timeout",
            "120",
        )
        place = self.place / "workers" / str(self.count)
        self.workers.append(self._begin("worker", self.address, *options, "--local-directory", str(place)))

    def kill_worker(self, number: int = 0) -> None:
        """Kills one as a power cut would, with nothing told to anybody."""
        victim = self.workers.pop(number)
        victim.send_signal(signal.SIGKILL)
        victim.wait()

    def kill_scheduler(self) -> None:
        assert self.scheduler is not None
        self.scheduler.send_signal(signal.SIGKILL)
        self.scheduler.wait()

    def stop(self) -> None:
        for one in (*self.workers, self.scheduler):
            if one is None:
                continue
            with contextlib.suppress(psutil.Error):
                for child in psutil.Process(one.pid).children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        child.terminate()
            one.kill()
            one.wait()
        self.workers.clear()
        self.scheduler = None

    def tasks(self) -> int:
        """How many jobs the scheduler knows."""
        return self._asked(lambda dask_scheduler: len(dask_scheduler.tasks))

    def wanted_by(self) -> int:
        """How many clients want one job, the most of all jobs."""
        return self._asked(
            lambda dask_scheduler: max(
                (len(one.who_wants) for one in dask_scheduler.tasks.values()), default=0
            )
        )

    def _asked(self, question: Callable[..., int]) -> int:
        files = read_settings(self.cluster).tls
        with connected(self.cluster, files) as client:
            return int(client.run_on_scheduler(question))

    def log(self, part: str) -> str:
        path = self.place / f"{part}.log"
        return path.read_text("utf-8", "replace")[-3_000:] if path.exists() else ""

    def _begin(self, part: str, *arguments: str) -> subprocess.Popen[bytes]:
        tls = self.place / "tls"
        files = (
            "--tls-ca-file",
            tls / "ca.pem",
            "--tls-cert",
            tls / "cert.pem",
            "--tls-key",
            tls / "key.pem",
        )
        with (self.place / f"{part}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{part}", *arguments, *map(str, files)],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.place,
                env=os.environ | {"PYTHONPATH": str(TOP)},
            )
