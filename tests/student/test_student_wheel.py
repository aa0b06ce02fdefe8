"""The small installation for students: built, installed with its pins into an empty environment, and used there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import grader

TOP = Path(grader.__file__).parents[1]
HEAVY = (
    *("tensorflow", "pandas", "matplotlib", "fastapi", "sqlalchemy", "cv2", "sympy", "nbclient", "babel"),
    *("numpy", "PIL", "pdfplumber"),
)
MOST_MEGABYTES = 60  # of what is installed, without pip's own
PDF = TOP / "submissions" / "idafa905" / "report.pdf"
REPORT = (
    "Fråga 1\n\ngradient = tape.gradient(parameters, loss)\n\nFråga 2\n\nAntalet är 784*128 = 100352, för varje "
    "neuron har en vikt.\n\nFråga 3\n\nVi valde 100 eftersom den är snabb och vi inte vill vänta.\n"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, TOP / ".student")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=out)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (made,) = out.glob("*.whl")
    return made


def megabytes(site: Path) -> float:
    """The size of all that is installed there, without pip and what a virtual environment brings by itself."""
    own = ("pip", "setuptools", "pkg_resources", "_distutils_hack")
    files = (
        file
        for place in site.iterdir()
        if not place.name.startswith(own)
        for file in (place.rglob("*") if place.is_dir() else (place,))
    )
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def test_its_version_is_the_graders() -> None:
    project = tomllib.loads((TOP / ".student" / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == grader.__version__


def test_it_holds_nothing_that_staff_keep(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    kept = r"grader/(?:store|service|export|intake|authoring|deciding|batch|graded_folder)|calibration|facts\.py|handout\.md|simulation"
    assert not [name for name in names if re.search(kept, name)]
    assert "reference/translations/sv/LC_MESSAGES/messages.po" in names


@pytest.mark.timeout(600)
def test_it_checks_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    subprocess.run((sys.executable, "-m", "venv", tmp_path / "venv"), check=True)
    place = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    pins = tmp_path / "pins.txt"
    listed = (TOP / "constraints.txt").read_text("utf-8").splitlines()
    pins.write_text("\n".join(line.rstrip(" \\") for line in listed if re.match(r"[A-Za-z]", line)), "utf-8")

    def install(what: str) -> None:
        command = (place / "python", "-m", "pip", "install", "-q", "-c", pins, what)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    install(str(wheel))
    site = next((tmp_path / "venv").rglob("site-packages"))
    assert not [name for name in HEAVY if (site / name).exists()]
    assert megabytes(site) < MOST_MEGABYTES

    (tmp_path / "rapport.md").write_text(REPORT, encoding="utf-8")

    def check(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = (place / "grader", *arguments)
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONUTF8": "1"}
        )

    told = check("check", "rapport.md", "--html", "page.html")
    assert told.returncode == 1, told.stderr
    assert "Gradientberäkningen" in told.stdout
    assert '<html lang="sv">' in (tmp_path / "page.html").read_text("utf-8")
    given = json.loads(check("check", "rapport.md", "--json", "--language", "en").stdout)
    assert given["questions"][0]["verdict"] == "fail"
    assert "check" in check("--help").stdout
    assert "decisions" not in check("--help").stdout
    assert check("grade", ".").returncode == 2

    refused = check("check", str(PDF), "--json")
    assert "report-grader-check[pdf]" in refused.stdout
    assert '"fail"' not in refused.stdout, "what was not read is for a person"
    install(f"{wheel}[pdf]")
    read = json.loads(check("check", str(PDF), "--json").stdout)
    assert read["questions"][0]["verdict"] == "pass"
