"""The layouts intake knows, and how one is chosen for a source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from grader.accounts import Accounts
from grader.intake import (
    aplus,
    blackboard,
    brightspace,
    canvas,
    github_classroom,
    gradescope,
    ilias,
    moodle,
    openolat,
    plain,
    sakai,
    teams,
)
from grader.intake.entries import Placed, Source, without_top_folder
from grader.model import Value


class Layout(Value, frozen=True):
    """How one system arranges a download: whether a source is one of its, and what belongs together in it."""

    recognises: Callable[[Source], bool]
    place: Callable[[Source], Placed]


_LAYOUTS: Mapping[str, Layout] = {
    "gradescope": Layout(gradescope.recognises, gradescope.place),
    "moodle": Layout(moodle.recognises, moodle.place),
    "blackboard": Layout(blackboard.recognises, blackboard.place),
    "brightspace": Layout(brightspace.recognises, brightspace.place),
    "sakai": Layout(sakai.recognises, sakai.place),
    "ilias": Layout(ilias.recognises, ilias.place),
    "openolat": Layout(openolat.recognises, openolat.place),
    "canvas": Layout(canvas.recognises, canvas.place),
    "aplus": Layout(aplus.recognises, aplus.place),
    "teams": Layout(teams.recognises, teams.place),
    "github-classroom": Layout(github_classroom.recognises, github_classroom.place),
}


_WRAPPINGS = 2  # the folder a download was unpacked into, and one that the download itself brings


def systems() -> tuple[str, ...]:
    """The names that `place` takes as `system`; ``single`` makes each path one submission."""
    return (*_LAYOUTS, "plain", "single")


def place(
    source: Source,
    system: str | None,
    pattern: re.Pattern[str] | None,
    accounts: Accounts,
    depth: int | None = None,
) -> tuple[str, Placed]:
    """The name of the layout and what it made of `source`, from within its only top folders if need be.

    A pattern or a depth of the user's own goes before recognition, not before a `system` he names.
    """
    views = [source]
    while len(views) <= _WRAPPINGS and (inner := without_top_folder(views[-1])) is not None:
        views.append(inner)
    if system == "single":
        return "single", Placed(placements=(plain.one_submission(source, accounts),))
    if system == "plain" or (system is None and (pattern is not None or depth is not None)):
        return "plain", plain.place(source, pattern, accounts, depth)
    names = [system] if system is not None else list(_LAYOUTS)
    for view in views:
        for name in names:
            if _LAYOUTS[name].recognises(view):
                return name, _LAYOUTS[name].place(view)
    if system is not None:
        return system, _LAYOUTS[system].place(source)
    return "plain", plain.place(source, accounts=accounts)
