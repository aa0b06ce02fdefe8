"""The names of the files and folders of a graded folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LEDGER: Final = "grades.sqlite"
RESULTS: Final = "results.jsonl"
GRADES: Final = "grades.csv"
INDEX: Final = "index.html"
INDEXES: Final = "index*.html"  # the class page, and the further pages of its list
FEEDBACK: Final = "feedback"  # what students read
STAFF: Final = "staff"  # the same with what only staff may see
SIMILAR: Final = "similar"  # submissions that are alike
NOTEBOOKS: Final = "notebooks"  # as executed
PROFILE: Final = "profile.svg"  # where the time went, with --profile
BLOBS: Final = "blobs"  # what the ledger names by digest
FOLDERS: Final[Mapping[str, str]] = {FEEDBACK: ".html", STAFF: ".html", NOTEBOOKS: ".ipynb", SIMILAR: ".html"}


def files_of(submission: str) -> set[str]:
    """The files of one submission."""
    return {
        f"{FEEDBACK}/{submission}.html",
        f"{STAFF}/{submission}.html",
        f"{NOTEBOOKS}/{submission}.ipynb",
    }
