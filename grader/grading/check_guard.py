"""One guard around each check: whatever a check of ours does, it costs that check alone, and never a student."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from grader.checks.answer import Answer
from grader.checks.assignment import Check
from grader.checks.finding import Finding
from grader.model import Verdict

OUR_FAULT: Final = (
    "Something went wrong in the grader; it is not your fault and costs you nothing. It will be graded again."
)
_LEADS_ON: Final = frozenset((Verdict.PASS, Verdict.PARTIAL))
_LONGEST_TRACE: Final = 1_500  # characters, of the end


def guarded(check: Check, answer: Answer, findings: Mapping[str, Finding]) -> Finding:
    """What a check finds, once what it depends on has passed at least in part.

    A check that raises, or returns anything but a `Finding` that can be kept, with a share from 0 to 1, is an `error` by
    itself, which names the file that it stands in. The student's work is graded again when that is mended.
    """
    held_up = [other for other in check.depends if findings[other].verdict not in _LEADS_ON]
    if held_up:
        reviewed = any(findings[other].verdict is Verdict.REVIEW for other in held_up)
        judged = "This is looked at once what it depends on is judged."
        message = judged if reviewed else "This is looked at once what it depends on is there."
        return Finding(Verdict.NOT_RUN, message, 0.0, staff=f"Depends on {', '.join(held_up)}.")
    try:
        found: object = check.function(answer)
    except (Exception, SystemExit):
        return _fault(check, traceback.format_exc(limit=-4)[-_LONGEST_TRACE:])
    if not isinstance(found, Finding):
        return _fault(check, f"it returned {type(found).__name__}, not a Finding")
    try:  # what cannot be read back would make the whole ledger unreadable
        sound = msgspec.json.decode(msgspec.json.encode(found), type=Finding)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as problem:
        return _fault(check, f"it returned a Finding that cannot be kept: {problem}")
    if not 0 <= sound.share <= 1:
        return _fault(check, f"it returned verdict {found.verdict!r} with share {found.share!r}")
    return sound


def _fault(check: Check, what: str) -> Finding:
    return Finding(Verdict.ERROR, OUR_FAULT, 0.0, staff=f"Check {check.id} in {_file_of(check)}: {what}")


def _file_of(check: Check) -> str:
    try:
        source = inspect.getsourcefile(inspect.unwrap(check.function))
    except TypeError:
        source = None
    return Path(source).name if source else "an unknown file"
