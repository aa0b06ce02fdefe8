"""Which isolation is used, which is refused, and control groups of version 2 on a stand-in tree."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli.grade import command as grade
from grader.cli.gradescope import command as gradescope
from grader.execution import Isolation, Settings
from grader.execution.child.landlock import readable_except
from grader.execution.host.isolation import HostIsolation, layer_names, refusal, strength
from grader.execution.host.isolation_report import layers
from grader.execution.shared import cgroups

FULL = HostIsolation(namespaces="root", control_group=2, landlock=6, seccomp="libseccomp", throwaway=True)
USER = HostIsolation(namespaces="user", landlock=4, seccomp="built-in")
WALL = HostIsolation(
    namespaces="wall", wall="bubblewrap", program="/bin/bwrap", landlock=4, seccomp="libseccomp"
)
NO_NAMESPACES = HostIsolation(
    landlock=4,
    seccomp="libseccomp",
    throwaway=True,
    problems={"user namespaces": "refused", "bubblewrap": "bwrap is not installed"},
)
BARE = HostIsolation(problems={"platform": "isolation needs Linux; this is darwin"})


@pytest.mark.parametrize(
    ("found", "expected", "thrown_away"),
    [
        (FULL, Isolation.FULL, Isolation.FULL),
        (USER, Isolation.FULL, Isolation.FULL),
        (WALL, Isolation.FULL, Isolation.FULL),
        (NO_NAMESPACES, Isolation.NONE, Isolation.THROWAWAY),
        (BARE, Isolation.NONE, Isolation.NONE),
        (HostIsolation(namespaces="root", landlock=6), Isolation.NONE, Isolation.NONE),
    ],
)
def test_the_strongest_that_the_host_has(
    found: HostIsolation, expected: Isolation, thrown_away: Isolation
) -> None:
    assert strength(found, Settings()) is expected
    assert strength(found, Settings(throwaway_machine=True)) is thrown_away
    assert strength(found, Settings(allow_unsafe=True)) is thrown_away
    assert strength(found, Settings(isolation=Isolation.NONE)) is Isolation.NONE


def test_too_weak_is_refused_with_the_reason_unless_allowed() -> None:
    assert refusal(FULL, Settings()) == ""
    assert refusal(NO_NAMESPACES, Settings(throwaway_machine=True)) == ""
    strict = refusal(NO_NAMESPACES, Settings())
    assert "none of three ways is open" in strict
    assert "grader doctor" in strict
    assert "this is darwin" in refusal(BARE, Settings(throwaway_machine=True))
    assert refusal(BARE, Settings(allow_unsafe=True)) == ""


def test_only_a_machine_for_one_submission_is_told_that_it_is_thrown_away(tmp_path: Path) -> None:
    wheel = tmp_path / "grader-1-py3-none-any.whl"
    wheel.write_bytes(b"")
    for options, expected in ((["--execute"], True), ([], False)):
        out = tmp_path / "autograder.zip"
        arguments = ["build", "--wheel", str(wheel), "--out", str(out), *options]
        assert CliRunner().invoke(gradescope, arguments).exit_code == 0
        with zipfile.ZipFile(out) as archive:
            script = archive.read("run_autograder").decode()
        assert ("--throwaway-machine" in script) is expected
        assert "--unsafe" not in script
    assert "throwaway" not in CliRunner().invoke(grade, ["--help"]).output


def test_the_doctor_names_the_three_ways_and_how_to_get_each() -> None:
    said = {layer.name: layer for layer in layers(NO_NAMESPACES)}
    assert not said["namespaces"].available
    assert "not run" in said["namespaces"].absence
    ways = {name: layer.absence for name, layer in said.items() if name.startswith("way")}
    assert len(ways) == 3
    for text, part in zip(
        ways.values(), ("refused; ", "install the package bubblewrap", "docker run"), strict=True
    ):
        assert part in text
    assert not any(layer.name.startswith("way") for layer in layers(USER))
    by_wall = {layer.name: layer for layer in layers(WALL)}["namespaces"]
    assert by_wall.available
    assert "bubblewrap (/bin/bwrap)" in by_wall.detail


def test_the_layers_by_name() -> None:
    assert layer_names(FULL, Settings()) == (
        "limits",
        "seccomp (libseccomp)",
        "landlock 6",
        "namespaces",
        "control group v2",
    )
    assert "user namespaces" in layer_names(USER, Settings())
    assert "bubblewrap" in layer_names(WALL, Settings())
    assert "throwaway machine" in layer_names(NO_NAMESPACES, Settings(throwaway_machine=True))
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
