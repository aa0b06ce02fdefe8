"""Every hostile sample comes to what its own folder declares, on every level of isolation that this host has."""

from __future__ import annotations

import contextlib
import os
import pty
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hostile_samples
import pytest

from grader.execution import Executor, Settings, isolation_report

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

SAMPLES = hostile_samples.samples()
# With the filter that is built in, where libseccomp is missing: the samples that lean on system calls.
BUILT_IN = ("privileged-calls", "network", "channel-reader", "channel-writer", "daemon", "endless-loop")
# Behind a wall each kernel imports for itself: the samples that lean on what the wall itself has to do.
WALLED = (
    *(
        "channel-reader",
        "channel-writer",
        "daemon",
        "disk-filler",
        "endless-loop",
        "fork-bomb",
        "ignores-signals",
    ),
    *("kernel-view", "kills-parents", "memory-bomb", "memory-without-owner", "memory-in-files", "network"),
    *("privileged-calls", "reaches-outside-files", "reaches-outside-processes", "reads-secrets", "segfault"),
)
LEVELS = ("root", "ordinary user", "throwaway machine", "bubblewrap", "built-in filter")
PORT = 17651  # below those that a host gives to whoever asks for any (32768 and up), so that no other test has it
IS_ROOT = os.getuid() == 0
ROWS = {*range(1, 19), 20, 24, 25, 26, 28, 39, 40}  # of the list of threats; 30 is in test_sudden_death


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[list[int]]:
    """A service on the host's loopback, that no notebook may reach."""
    listening = socket.create_server(("127.0.0.1", PORT))
    listening.settimeout(0.2)
    visits: list[int] = []
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except TimeoutError:
                continue
            visits.append(1)
            with connection:
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nHELLO-FROM-THE-HOST")

    thread = threading.Thread(target=serve)
    thread.start()
    os.environ["SECRET_FOR_TESTS"] = "a secret of the grader's"
    yield visits
    del os.environ["SECRET_FOR_TESTS"]
    stop.set()
    thread.join()
    listening.close()


@pytest.fixture(autouse=True, scope="module")
def outside() -> Iterator[Path]:
    """A file, a terminal and shared memory of the host's, open to everybody: no notebook may touch them."""
    directory = Path("/var/tmp/grader-test-outside")
    shared = Path("/dev/shm/grader-test-shared")
    file = directory / "file"
    directory.mkdir(exist_ok=True)
    directory.chmod(0o777)
    for path in (file, shared):
        path.write_text("WRITTEN-BY-THE-HOST")
        path.chmod(0o666)
        os.utime(path, (1, 1))
    ours, theirs = pty.openpty()
    os.fchmod(theirs, 0o666)
    os.set_blocking(ours, False)
    yield directory
    status = file.stat()
    typed = b""
    with contextlib.suppress(BlockingIOError):
        typed = os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
    names = [path.name for path in directory.iterdir()]
    mode, attributes = directory.stat().st_mode & 0o777, os.listxattr(file)
    shutil.rmtree(directory)
    shared.unlink()
    assert (status.st_mode & 0o777, status.st_mtime, status.st_uid, attributes) == (0o666, 1, os.getuid(), [])
    assert (mode, names, typed) == (0o777, ["file"], b"")


def outcomes(level: str) -> dict[str, dict[str, Any]]:
    """What became of all samples on a level of isolation; skips where this host does not have it."""
    if level == "root":
        if not IS_ROOT:
            pytest.skip("not root")
        with Executor() as executor:
            return _unless_refused(executor)
    if level == "built-in filter":
        with Executor(Settings(own_filter=True)) as executor:
            return _unless_refused(executor, BUILT_IN)
    if level == "ordinary user" and not IS_ROOT:
        with Executor() as executor:
            return _unless_refused(executor)
    if not IS_ROOT:
        pytest.skip("only root can become another user and refuse namespaces")
    if level == "throwaway machine":
        return hostile_samples.run_elsewhere(["--stay-root"], {"throwaway_machine": True})
    if level == "bubblewrap":
        with set_user_id_bubblewrap() as path:
            return hostile_samples.run_elsewhere(["--no-user-namespaces"], {}, WALLED, {"PATH": path})
    return hostile_samples.run_elsewhere([], {})


@contextlib.contextmanager
def set_user_id_bubblewrap() -> Iterator[str]:
    """A search path that begins with a bubblewrap that root runs for everybody, as Debian once packaged it."""
    installed = shutil.which("bwrap")
    if installed is None:
        pytest.skip("bubblewrap is not installed")
    with tempfile.TemporaryDirectory(prefix="grader-bwrap-") as directory:
        Path(directory).chmod(0o755)
        copy = Path(shutil.copy(installed, directory))
        copy.chmod(0o4755)
        if os.statvfs(directory).f_flag & os.ST_NOSUID:
            pytest.skip(f"{directory} is mounted so that set-user-ID does not count")
        yield f"{directory}:{os.environ['PATH']}"


def _unless_refused(executor: Executor, names: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    if executor.refusal():
        pytest.skip(executor.refusal())
    return hostile_samples.run_all(executor, list(names) or None)


@pytest.fixture(scope="module", params=LEVELS)
def level(request: pytest.FixtureRequest) -> tuple[str, dict[str, dict[str, Any]]]:
    """A level's name and all its outcomes."""
    return request.param, outcomes(request.param)


def test_the_rows_of_the_list_have_a_sample() -> None:
    """A row without a sample is a promise nobody checks."""
    assert {row for sample in SAMPLES.values() for row in sample["rows"]} >= ROWS


def test_every_sample_comes_to_its_declared_outcome(
    level: tuple[str, dict[str, dict[str, Any]]], service: list[int]
) -> None:
    name, found = level
    problems = []
    for sample, declared in SAMPLES.items():
        if sample in found:
            expected = {**declared, **declared.get(name.split()[0], {})}
            problems += [f"{sample}: {problem}" for problem in differences(expected, found[sample])]
    assert not problems, "\n".join(problems)
    assert not service, "a notebook reached a service of the host"


def test_honest_notebooks_among_them_are_unharmed(level: tuple[str, dict[str, dict[str, Any]]]) -> None:
    _, found = level
    honest = [outcome for name, outcome in found.items() if name.startswith("honest-")]
    assert honest or len(found) <= len(BUILT_IN)
    for outcome in honest:
        assert outcome["status"] == "ok"
        assert outcome["cells"] == {"0": "ok", "1": "ok", "2": "ok"}
        assert "total 45" in outcome["text"]
        assert not outcome["flags"]
        assert not outcome["notes"]


def test_nothing_is_left_behind(level: tuple[str, dict[str, dict[str, Any]]]) -> None:
    _, found = level
    assert found
    for sample, declared in SAMPLES.items():
        for path in declared.get("no_file", ()):
            assert not Path(path).exists(), f"{sample} made {path} on the host"
        if "no_process" in declared:
            assert not hostile_samples.processes_with(declared["no_process"]), sample


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """How `found` falls short of what a sample declares."""
    allowed = expected.get("execution_any") or [expected["execution"]]
    problems = []
    if found["status"] not in allowed:
        problems.append(f"status {found['status']} ({found.get('note')}), not {' or '.join(allowed)}")
    text = found.get("text", "")
    problems += [f"lacks {part!r}" for part in expected.get("must_contain", ()) if part not in text]
    problems += [f"shows {part!r}" for part in expected.get("must_not_contain", ()) if part in text]
    for kind in ("flags", "notes"):
        lines = found.get(kind, [])
        problems += [f"no {kind} with {part!r}" for part in expected.get(kind, ()) if part not in str(lines)]
    for index, status in expected.get("cells", {}).items():
        if found["cells"].get(str(index)) != status:
            problems.append(f"cell {index} is {found['cells'].get(str(index))}, not {status}")
    if expected.get("note", "") not in found.get("note", ""):
        problems.append(f"note {found['note']!r} lacks {expected['note']!r}")
    return problems


def test_the_report_tells_what_each_absence_means() -> None:
    report = isolation_report()
    assert {layer.name for layer in report} >= {"namespaces", "landlock", "seccomp", "control group"}
    for layer in report:
        assert layer.detail
        assert len(layer.absence) > 20
