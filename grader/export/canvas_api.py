"""The Canvas API: grades, comments and feedback files, for what its CSV cannot carry.

What stands there is read first: a mark is replaced only with a yes, who is excused is left alone, and a group that Canvas grades as
one gets one grade and one comment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from grader.errors import ExportError
from grader.export.canvas_client import CanvasClient, Message, Standing, TokenRefused
from grader.export.canvas_units import Delivery, Unit, units_of
from grader.export.exchange import Busy, Exchange, Refused, Unknown, checked_url, setting
from grader.export.grades import grade_of
from grader.export.journal import Journal, opened
from grader.export.maximum import other_maximum
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.model import Result

_SILENCES = 3  # users in a row that got no answer: Canvas is down, the rest waits for the next run
_DEFAULT_COMMENT = "Feedback is in the attached file."
_WITHOUT = (
    "there is no token: make one in Canvas's settings and put it into the environment variable "
    "CANVAS_TOKEN or into a file that the setting token_file names"
)


def export_canvas_api(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """Sends grades, comments and files, or says what it would send.

    Uses `assignment_id`, `comments`, `feedback`, `identities` (``user_id``, else the student's login, else
    ``anonymous_id``) and of `settings`: ``url`` and ``course``, ``token_file`` (else the environment variable
    ``CANVAS_TOKEN``: on a command line other users could read it), and ``send``: only ``yes`` sends, all else
    writes ``canvas_api_plan.json``. ``canvas_api_journal.jsonl`` in `out` keeps what has arrived: a repeat goes
    on where the last run ended and sends only what has changed. Anonymous submissions get no file: Canvas
    documents no upload for them. A preview asks Canvas what stands there, and sends nothing.
    """
    url = checked_url(setting(options.settings, "url", "Canvas's address"), "Canvas's address")
    course = setting(options.settings, "course", "the number in .../courses/<number>")
    if not options.assignment_id:
        raise ExportError("Canvas's number of the assignment is needed: in .../assignments/<number>")
    plan = Plan(results, options)
    deliveries = _deliveries(plan)
    if options.settings.get("send") != "yes" and not options.preview:
        return _dry(plan, deliveries, out)
    token = _token_source(options)
    base = (
        f"{url}/api/v1/courses/{quote(course, safe='')}/assignments/{quote(options.assignment_id, safe='')}"
    )
    with Exchange(options.settings) as exchange:
        client = CanvasClient(base, token, exchange)
        try:
            assignment, standings = client.assignment(), client.standings()
        except (TokenRefused, Refused, Unknown, Busy) as problem:
            return _stopped(plan, deliveries, _told(problem))
        units = units_of(plan, deliveries, assignment, standings)
        absent = _absent(standings, units, plan)
        maxima = [assignment.maximum] if assignment.maximum is not None else []
        plan.problems += other_maximum("assignment", maxima, plan.results, options)
        if options.preview:
            for unit in units:
                _goes(plan, unit)
            return plan.report(absent=absent)
        path = out / "canvas_api_journal.jsonl"
        with opened(path) as journal:
            _send_all(plan, client, journal, units)
    return msgspec.structs.replace(plan.report(absent=absent), files=(path,))


def _dry(plan: Plan, deliveries: Sequence[Delivery], out: Path) -> ExportReport:
    shown = [
        {
            "submission": one.person.result.submission,
            "user": one.user,
            "grade": one.grade,
            "comment": one.message.text,
            "file": str(one.message.file or ""),
        }
        for one in deliveries
    ]
    for one in deliveries:
        plan.go(one.person, one.grade)
    plan.write(out / "canvas_api_plan.json", msgspec.json.format(msgspec.json.encode(shown), indent=2))
    return plan.report(problems=("nothing was sent: this is what would be; the setting send=yes sends it",))


def _token_source(options: ExportOptions) -> Callable[[], str]:
    """Reads the token whenever it is asked for: a new one in the file is taken at once."""
    named = options.settings.get("token_file", "")

    def read() -> str:
        try:
            token = (
                Path(named).read_text(encoding="utf-8").strip()
                if named
                else os.environ.get("CANVAS_TOKEN", "")
            )
        except (OSError, UnicodeDecodeError) as problem:
            raise ExportError(f"{named}: the token cannot be read ({problem})") from problem
        if not token:
            raise ExportError(_WITHOUT)
        return token

    read()
    return read


def _deliveries(plan: Plan) -> list[Delivery]:
    options = plan.options
    found: dict[str, Delivery] = {}
    for person in plan.people:
        submission = person.result.submission
        number, login = person.lms(options, "user_id"), person.known_id(options)
        user = number or (f"sis_login_id:{login}" if login else "")
        anonymous = person.lms(options, "anonymous_id") if not user else ""
        user = user or anonymous
        if not user or user.casefold() in found:
            reason = AGAIN if user else "its user is not known"
            plan.hold(person, reason, said=f"{login or number}: {reason}" if user else reason)
            continue
        feedback = options.feedback.get(submission)
        file = feedback if feedback is not None and feedback.is_file() and not anonymous else None
        comment = person.comment(options) or (_DEFAULT_COMMENT if file is not None else "")
        found[user.casefold()] = Delivery(
            person, user, grade_of(person.result, options), Message(comment, file)
        )
    return list(found.values())


def _goes(plan: Plan, unit: Unit) -> None:
    for person, mark in unit.people:
        plan.go(person, unit.grade, now=mark, comment="new" if unit.message.text else "")


def _absent(standings: Sequence[Standing], units: Sequence[Unit], plan: Plan) -> list[str]:
    here = {path for unit in units for path in unit.grades} | {unit.path for unit in units}
    names = {person.student.id for unit in units for person, _ in unit.people}
    results = {person.lms(plan.options, "user_id") for person in plan.everybody}
    return [
        f"{one.name} ({one.number})"
        for one in standings
        if not one.handed_in and one.number and one.path not in here and one.number not in names | results
    ]


def _send_all(plan: Plan, client: CanvasClient, journal: Journal, units: Sequence[Unit]) -> None:
    """One after the other: one that fails does not keep the next from its grade."""
    silences = 0
    for number, unit in enumerate(units):
        try:
            for path in unit.grades:
                client.send_grade(path, unit.grade, journal)
            if unit.message.text:
                client.send_message(unit.path, unit.message, journal)
        except TokenRefused as problem:
            _fails(plan, unit, "not sent")
            _rest(plan, units[number + 1 :], _told(problem))
            return
        except Refused as problem:
            _fails(plan, unit, f"Canvas refuses it ({problem})")
            silences = 0
        except (Unknown, Busy) as problem:
            _fails(plan, unit, f"{problem}; run again to send it")
            silences += 1
            if silences >= _SILENCES:
                _rest(plan, units[number + 1 :], _told(problem))
                return
        else:
            _goes(plan, unit)
            silences = 0


def _fails(plan: Plan, unit: Unit, reason: str) -> None:
    for person, mark in unit.people:
        plan.hold(person, reason, now=mark, to_come=unit.grade, failed=True)


def _rest(plan: Plan, units: Sequence[Unit], why: str) -> None:
    for unit in units:
        for person, mark in unit.people:
            plan.hold(person, "not tried", now=mark, to_come=unit.grade, said="not tried", failed=True)
    plan.problems.append(why)


def _told(problem: Exception) -> str:
    if isinstance(problem, TokenRefused):
        return "Canvas refuses the token; make a new one and run again"
    if isinstance(problem, Refused):
        return f"Canvas refuses to show the assignment ({problem}): check url, course and number"
    return "Canvas does not answer; run again later to go on from here"


def _stopped(plan: Plan, deliveries: Sequence[Delivery], why: str) -> ExportReport:
    for one in deliveries:
        plan.hold(one.person, "not tried", to_come=one.grade, said="not tried", failed=True)
    return plan.report(problems=(why,))
