"""What intake comes to: submissions, what could not be placed, and the limits it kept."""

from __future__ import annotations

from grader.model import Submission, Value

MIB = 1024 * 1024


class Unplaced(Value, frozen=True):
    """A file or folder that came in and is part of no submission, with the reason in plain words."""

    path: str
    reason: str


class IntakeLimits(Value, frozen=True):
    """Bounds on what is taken in.

    A file over `file_bytes`, or packed tighter than `ratio` to one, is left out with a note on its
    submission. A download over `entries` or `total_bytes` is refused whole, before anything is unpacked. A
    student's own archive over `nested_entries` or `nested_bytes` stays closed, with a note. `depth` counts
    folders. Deflate reaches 1032:1 on zeros; a notebook full of one repeated line reaches about 300:1.
    """

    entries: int = 50_000
    total_bytes: int = 8192 * MIB
    file_bytes: int = 256 * MIB
    ratio: int = 400
    nested_entries: int = 2_000
    nested_bytes: int = 512 * MIB
    depth: int = 24
    name_chars: int = 1_024


class Intake(Value, frozen=True):
    """Everything that came in.

    `submissions` are to be graded, `superseded` are earlier attempts of the same student and assignment,
    `system` is the layout that was recognised (several, joined by ``+``, if the paths differ), `problems`
    are sentences for staff that concern no single file.
    """

    submissions: tuple[Submission, ...]
    unplaced: tuple[Unplaced, ...]
    system: str
    problems: tuple[str, ...] = ()
    superseded: tuple[Submission, ...] = ()
