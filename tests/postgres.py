"""A PostgreSQL of the tests' own: Debian's programs, in a directory of its own, started once for all tests that ask."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_USER = "postgres"  # whom the programs run as where the tests run as root, which they refuse
_numbers = count(1)


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; None where PostgreSQL's server is not installed."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def on_both() -> list[object]:
    """The two kinds of database, as parameters of a fixture ``database``."""
    import pytest

    reason = why_not()
    return [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.skipif(bool(reason), reason=reason or "it runs")),
    ]


def why_not() -> str:
    """Why no server can be started here; empty where one can."""
    if programs() is None:
        return "PostgreSQL's server is not installed (Debian's package postgresql)"
    if os.getuid() == 0:
        if shutil.which("runuser") is None:
            return "PostgreSQL does not run as root, and there is no runuser"
        try:
            pwd.getpwnam(_USER)
        except KeyError:
            return f"PostgreSQL does not run as root, and there is no user {_USER}"
    return ""


@cache
def _server() -> Path:
    """Starts the server, once; the folder of its socket. It ends with the tests."""
    found = programs()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="grader-pg-", dir="/tmp"))
    as_user: list[str] = []
    if os.getuid() == 0:
        shutil.chown(folder, _USER)
        as_user = ["runuser", "-u", _USER, "--"]
    data = str(folder / "data")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd=folder, timeout=300)

    run(
        str(found / "initdb"),
        "-D",
        data,
        "-A",
        "trust",
        "-U",
        "grader",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=200"
    # A server that keeps the pipes of its starter open is waited for until it ends.
    subprocess.run(
        [*as_user, str(found / "pg_ctl"), "-D", data, "-w", "-t", "240", "-l", str(folder / "log"), "-o", options, "start"],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        timeout=300,
    )  # fmt: skip

    def stop() -> None:
        subprocess.run(
            [*as_user, str(found / "pg_ctl"), "-D", data, "-m", "immediate", "stop"],
            check=False,
            capture_output=True,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return folder


def new_database() -> str:
    """The address of an empty database, whose language orders names otherwise than their signs do."""
    import psycopg

    socket = _server()
    name = f"ledger{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(host=str(socket), user="grader", dbname="postgres", autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'".encode()
        )
    return f"postgresql://grader@/{name}?host={socket}"
