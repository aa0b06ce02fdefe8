"""Releases of Keras 3 side by side, each in a folder of its own: a process trains with the one that comes first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grader.errors import GraderError

_PATIENCE = 600  # seconds for one release of a few megabytes


class ReleaseMissingError(GraderError, RuntimeError):
    """A release of Keras is neither there nor to be had."""


class KerasReleases:
    """The releases under one folder; what is missing is fetched with pip, without what it depends on."""

    def __init__(self, libraries: Path) -> None:
        self._libraries = libraries

    def folder(self, release: str) -> Path:
        """The folder to put first on the path of imports. Raises `ReleaseMissingError` with what to do."""
        place = (self._libraries / f"keras-{release}").absolute()
        if (place / "keras" / "__init__.py").is_file():
            return place
        draft = place.with_name(place.name + ".part")
        wanted = ["install", "--quiet", "--no-deps", "--target", str(draft), f"keras=={release}"]
        try:
            done = subprocess.run(  # noqa: S603 - pip itself, with a release that the plan names
                [sys.executable, "-m", "pip", *wanted],
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
            said = done.stderr.strip().rpartition("\n")[2] if done.returncode else ""
        except (OSError, subprocess.TimeoutExpired) as problem:
            said = str(problem)
        if said or not (draft / "keras" / "__init__.py").is_file():
            raise ReleaseMissingError(
                f"Keras {release} is not in {place} and could not be fetched: {said or 'pip brought no keras'}; "
                f"put it there with: pip install --no-deps --target {place} keras=={release}"
            )
        draft.rename(place)
        return place
