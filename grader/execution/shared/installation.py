"""Where this Python and its packages lie: what a child must see to import, and what it must never read."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import site
import sys
from importlib.metadata import entry_points
from pathlib import Path

ASSIGNMENTS = "grader.assignments"  # the entry points whose packages hold answers


def visible_paths() -> tuple[str, ...]:
    """The Python installation and the environment, as a child needs them to import."""
    paths = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]}
    user_site = site.getusersitepackages()
    if user_site in sys.path:
        paths.add(Path(user_site))
    outermost = [
        path for path in sorted(paths) if not any(other in path.parents for other in (*paths, Path("/usr")))
    ]
    return tuple(str(path) for path in outermost if path != Path("/usr") and path.is_dir())


def hidden_paths() -> tuple[str, ...]:
    """This package and every installed assignment's: what a notebook must not read."""
    packages = {"grader"} | {entry.module.partition(".")[0] for entry in entry_points(group=ASSIGNMENTS)}
    found: set[str] = set()
    for package in packages:
        with contextlib.suppress(ImportError, ValueError):
            spec = importlib.util.find_spec(package)
            if spec is not None:
                found.update(str(Path(place).resolve()) for place in spec.submodule_search_locations or ())
                if spec.submodule_search_locations is None and spec.origin:
                    found.add(str(Path(spec.origin).resolve()))
        # A checkout may be imported while another copy is installed: neither is to be read.
        for place in {*sys.path, *site.getsitepackages()}:
            copy = Path(place or ".").resolve() / package
            if (copy / "__init__.py").is_file():
                found.add(str(copy))
    return tuple(sorted(found))


def copy_for_children(directory: Path) -> None:
    """Puts a copy of what runs in another process into `directory`, a package without anything else of ours."""
    here = Path(__file__).resolve().parents[1]
    there = directory / "grader" / "execution"
    for part in ("child", "shared"):
        shutil.copytree(here / part, there / part, ignore=shutil.ignore_patterns("__pycache__"))
    for package in (there.parent, there):
        (package / "__init__.py").touch()
