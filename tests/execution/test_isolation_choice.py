"""Which isolation is used, which is refused, and control groups of version 2 on a stand-in tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.execution import Isolation, Settings
from grader.execution.child.landlock import readable_except
from grader.execution.host.isolation import HostIsolation, layer_names, refusal, strength
from grader.execution.shared import cgroups

FULL = HostIsolation(namespaces="root", control_group=2, landlock=6, seccomp="libseccomp", reduced=True)
USER = HostIsolation(namespaces="user", landlock=4, seccomp="built-in", reduced=True)
NO_NAMESPACES = HostIsolation(
    landlock=4, seccomp="libseccomp", reduced=True, problems={"user namespaces": "refused"}
)
BARE = HostIsolation(problems={"platform": "isolation needs Linux; this is darwin"})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (FULL, Isolation.FULL),
        (USER, Isolation.FULL),
        (NO_NAMESPACES, Isolation.REDUCED),
        (BARE, Isolation.NONE),
        (HostIsolation(namespaces="root", landlock=6), Isolation.NONE),
    ],
)
def test_the_strongest_that_the_host_has(found: HostIsolation, expected: Isolation) -> None:
    assert strength(found, Settings()) is expected
    assert strength(found, Settings(isolation=Isolation.NONE)) is Isolation.NONE


def test_too_weak_is_refused_with_the_reason_unless_allowed() -> None:
    assert refusal(FULL, Settings()) == ""
    assert refusal(NO_NAMESPACES, Settings()) == ""
    strict = refusal(NO_NAMESPACES, Settings(weakest=Isolation.FULL))
    assert "user namespaces: refused" in strict
    assert "this is darwin" in refusal(BARE, Settings())
    assert refusal(BARE, Settings(allow_unsafe=True)) == ""


def test_the_layers_by_name() -> None:
    assert layer_names(FULL, Settings()) == (
        "limits",
        "seccomp (libseccomp)",
        "landlock 6",
        "namespaces",
        "control group v2",
    )
    assert "user namespaces" in layer_names(USER, Settings())
    assert "memory watch" in layer_names(USER, Settings())
    assert "memory watch" in layer_names(FULL, Settings(control_groups=False))
    assert layer_names(BARE, Settings()) == ("none",)


def stand_in(tmp_path: Path) -> Path:
    root = tmp_path / "cgroup"
    root.mkdir()
    (root / "cgroup.controllers").write_text("cpu memory pids\n")
    return root


def test_a_group_of_version_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = stand_in(tmp_path)
    real = Path.mkdir

    def with_its_files(path: Path, *arguments: object, **options: object) -> None:
        real(path, *arguments, **options)  # type: ignore[arg-type]
        for name in ("memory.max", "pids.max", "memory.swap.max", "cgroup.procs"):
            (path / name).touch()

    monkeypatch.setattr(Path, "mkdir", with_its_files)
    group = cgroups.make("report-grader-x-1", 512, 64, root=root)
    assert group.version == 2
    place = group.directories["memory"]
    assert place == group.directories["pids"]
    assert (place / "memory.max").read_text() == str(512 << 20)
    assert (place / "memory.swap.max").read_text() == "0"
    assert (place / "pids.max").read_text() == "64"
    group.enter()
    assert (place / "cgroup.procs").read_text() == "0"
    (place / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\n")
    (place / "memory.peak").write_text("1048576\n")
    assert group.out_of_memory() == 3
    assert group.memory_peak() == 1048576


def test_a_host_that_hands_on_no_controllers_says_so(tmp_path: Path) -> None:
    root = stand_in(tmp_path)
    with pytest.raises(OSError, match="does not hand on"):
        cgroups.make("report-grader-x-1", 512, 64, root=root)
    assert cgroups.find("report-grader-", root=root) == []


def test_hidden_paths_are_cut_out_of_what_can_be_read(tmp_path: Path) -> None:
    for name in ("site/numpy", "site/answers/deep", "bin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "site/six.py").touch()
    hidden = [str(tmp_path / "site/answers")]
    readable, listable = readable_except([str(tmp_path)], hidden)
    assert {Path(path).name for path in readable} == {"numpy", "six.py", "bin"}
    assert {Path(path).name for path in listable} == {tmp_path.name, "site"}


def test_a_link_beside_what_is_hidden_does_not_lead_around(tmp_path: Path) -> None:
    (tmp_path / "lib/site/answers").mkdir(parents=True)
    (tmp_path / "lib/site/six.py").touch()
    (tmp_path / "lib64").symlink_to("lib")
    (tmp_path / "lib/site/shortcut").symlink_to("answers")
    readable, listable = readable_except([str(tmp_path)], [str(tmp_path / "lib/site/answers")])
    assert readable == [str(tmp_path / "lib/site/six.py")]
    assert not any("lib64" in path for path in listable)
