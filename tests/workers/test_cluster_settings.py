"""What may stand behind ``--cluster`` and in its file; whatever else does is refused in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import ClusterError
from grader.workers.cluster_settings import Cluster, SlurmSettings, checked, read_settings


@pytest.mark.parametrize(
    "where", ["", "slurm", "tls://host:8786", "tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786"]
)
def test_what_can_be_meant(where: str) -> None:
    assert checked(Cluster(where)).where == where


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("tcp://10.0.0.1:8786", "unprotected.*tls://10.0.0.1:8786"),
        ("tcp://127.0.0.1.evil.example:8786", "unprotected"),
        ("tcp://localhost@evil.example:8786", "unprotected"),
        ("host:8786", "no cluster"),
        ("tls://host", "no cluster"),
        ("tls://host:port", "no cluster"),
        ("http://host:80", "no cluster"),
        ("SLURMS", "no cluster"),
        ("tls://[::1:2", "no cluster"),
    ],
)
def test_what_cannot(where: str, said: str) -> None:
    with pytest.raises(ClusterError, match=said):
        checked(Cluster(where))


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text("utf-8")
    examples = [part.split("```")[0] for part in page.split("```toml\n")[1:]]
    assert len(examples) == 2
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    for example in examples:
        (tmp_path / "cluster.toml").write_text(example, "utf-8")
        found = read_settings(Cluster("slurm", str(tmp_path / "cluster.toml")))
        assert found.tls is not None or found.slurm != SlurmSettings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[slrm]\njobs = 2\n", "slrm"),
        ('[slurm]\njobs = "many"\n', "jobs"),
        ("[slurm]\njobs = 0\n", "at least 1"),
        ("[slurm\n", "TOML"),
        ('[tls]\nca = "ca.pem"\ncert = "c"\nkey = "k"\n', "no such file"),
        ('[tls]\nca = "ca.pem"\n', "cert"),
    ],
)
def test_a_file_with_a_mistake(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "cluster.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ClusterError, match=said):
        read_settings(Cluster("slurm", str(path)))


def test_what_a_cluster_needs_is_loaded_only_for_one() -> None:
    told = "import sys, grader.cli.grade; print([m for m in ('distributed', 'dask', 'dask_jobqueue') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
