"""What in a notebook belongs to Google Colab alone, noted for the student: the child makes it harmless (`child/colab.py`)."""

from __future__ import annotations

import re

_MAX_LINE = 1000  # characters of a line that are looked at
_INSTALLS = re.compile(
    r"[!%]{1,2}\s{0,20}(?:sudo\s{1,20})?(?:pip3?|conda|mamba|apt|apt-get|uv"
    r"|(?:\{sys\.executable\}|[\w./]{0,200}python[\d.]{0,6}) -m pip)\s"
)
_VERSION = re.compile(r"%tensorflow_version\b")
_COLAB = re.compile(r"(?:from|import)\s{1,20}google\.colab\b")
_MOUNT = re.compile(r"\bdrive\.mount\(")

NOTES = (
    (_VERSION, "%tensorflow_version was passed over: the grader chooses the version"),
    (_INSTALLS, "packages were not installed: the grader's own are used"),
    (_COLAB, "google.colab is a stand-in without effect"),
    (_MOUNT, "no drive was mounted"),
)


def colab_isms(source: str) -> tuple[str, ...]:
    """What in the code of a cell belongs to Colab alone, in plain words, each once."""
    found: list[str] = []
    for line in source.splitlines():
        start = line.strip()[:_MAX_LINE]
        if start.startswith("#"):
            continue
        for pattern, note in NOTES:
            at_start = pattern in (_VERSION, _INSTALLS, _COLAB)
            if note not in found and (pattern.match(start) if at_start else pattern.search(start)):
                found.append(note)
    return tuple(found)
