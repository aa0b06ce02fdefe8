"""LTI 1.3 Assignment and Grade Services: scores, sent as the tool itself with a signed token.

What Canvas does with a score is read from its source (Lti::Ims::ScoresController): one without points sets the grade to nothing, so
a case for review sends nothing at all; each one is a new attempt unless ``new_submission`` is false; each adds its comment anew; and
only a time stamp *older* than the result's is refused, with 400. So what became of a silence is looked up in the result service.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader.export.cells import number_cell
from grader.export.exchange import Busy, Exchange, Refused, Unknown, checked_url, setting
from grader.export.journal import Journal, JournalEntry, opened
from grader.export.lti_platform import Person, Platform, Standing, TokenRefused
from grader.export.lti_score import Score, score_of
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import AGAIN, Plan
from grader.export.recipients import Recipient
from grader.model import Result, Value

_SILENCES = 3  # users in a row without an answer: the platform is down
_EXACT = 5e-3


class _Delivery(Value, frozen=True):
    person: Recipient
    score: Score

    @property
    def shown(self) -> str:
        return number_cell(self.score.score_given)


def export_lti_ags(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """Sends a score for each student, or writes what it would send to ``lti_ags_plan.json``.

    Uses `identities` and `class_list` (``lti_user``; Canvas also takes its own ``user_id``), `comments`, and of `settings`:
    ``line_item`` (the assignment's address at the platform), ``token_url``, ``client_id``, ``key_file`` (the tool's private RSA
    key, PEM), ``key_id``, ``audience`` (the token's address if not given), ``memberships_url`` (the course's members, by whose
    addresses and identifiers students are found), ``platform`` (``canvas`` where the line item's address does not tell), and
    ``send``: only ``yes`` sends. A result for review sends nothing. ``lti_ags_journal.jsonl`` in `out` keeps what has arrived.
    """
    line_item = checked_url(setting(options.settings, "line_item", "the line item's address"), "line_item")
    canvas = options.settings.get("platform", "").casefold() == "canvas" or "/api/lti/courses/" in line_item
    plan = Plan(results, options)
    moment = dt.datetime.now(dt.UTC)
    if options.settings.get("send") != "yes" and not options.preview:
        deliveries = _deliveries(plan, {}, moment, canvas=canvas)
        for one in deliveries:
            plan.go(one.person, one.shown)
        content = msgspec.json.format(msgspec.json.encode([one.score for one in deliveries]), indent=2)
        plan.write(out / "lti_ags_plan.json", content)
        return plan.report(
            problems=("nothing was sent: this is what would be; the setting send=yes sends it",)
        )
    with Exchange(options.settings) as exchange:
        platform = Platform(options, exchange)
        try:
            members = _members(platform, options)
            deliveries = _deliveries(plan, members, moment, canvas=canvas)
        except (TokenRefused, Refused, Unknown, Busy) as problem:
            deliveries = _deliveries(plan, {}, moment, canvas=canvas)
            return _stopped(plan, deliveries, f"the course's members cannot be read: {_told(problem)}")
        try:
            standings: Mapping[str, Standing] | None = platform.standings()
        except (TokenRefused, Refused):
            standings = None
        except (Unknown, Busy) as problem:
            return _stopped(plan, deliveries, _told(problem))
        try:
            platform.may_send()
        except (TokenRefused, Unknown, Busy) as problem:
            return _stopped(plan, deliveries, _told(problem))
        deliveries = _allowed(plan, deliveries, standings)
        if options.preview:
            for one in deliveries:
                _goes(plan, one, standings)
            return plan.report()
        path = out / "lti_ags_journal.jsonl"
        with opened(path) as journal:
            _send_all(
                plan,
                _Sender(platform, exchange, journal, canvas, standings is not None),
                deliveries,
                standings,
            )
    return msgspec.structs.replace(plan.report(), files=(path,))


def _members(platform: Platform, options: ExportOptions) -> dict[str, set[str]]:
    """Users of the platform by what may identify a student: address, its first part, and the sourced id."""
    address = options.settings.get("memberships_url", "")
    found: dict[str, set[str]] = defaultdict(set)
    people: list[Person] = platform.people(address) if address else []
    for one in people:
        for key in {one.email, one.email.partition("@")[0], one.sourced_id}:
            if key:
                found[key.casefold()].add(one.user)
    return found


def _deliveries(
    plan: Plan, members: Mapping[str, set[str]], moment: dt.datetime, *, canvas: bool
) -> list[_Delivery]:
    options = plan.options
    found: dict[str, _Delivery] = {}
    for person in plan.people:
        user = person.lms(options, "lti_user")
        if not user and canvas:
            user = person.lms(options, "user_id")
        if not user:
            keys = {person.lms(options, "email").casefold(), person.known_id(options).casefold()} - {""}
            users = {one for key in keys for one in members.get(key, ())}
            user = users.pop() if len(users) == 1 else ""
        if not user:
            reason = "the platform's own id of its student is not known: give memberships_url, or a class list with a column lti_user"
            plan.hold(person, reason, said=reason)
        elif user in found:
            plan.hold(person, AGAIN, said=f"{user}: {AGAIN}")
        else:
            found[user] = _Delivery(person, score_of(person, user, options, moment, canvas=canvas))
    return list(found.values())


def _allowed(
    plan: Plan, deliveries: Sequence[_Delivery], standings: Mapping[str, Standing] | None
) -> list[_Delivery]:
    """Those that replace nothing, or may."""
    if standings is None:
        plan.problems.append(
            "the platform does not show which marks stand there (scope result.readonly): whether any is replaced is not known"
        )
        if not plan.options.replace:
            for one in deliveries:
                plan.hold(
                    one.person,
                    "what stands there is not known: --replace sends it all the same",
                    to_come=one.shown,
                )
            return []
        return list(deliveries)
    free = []
    for one in deliveries:
        now = _mark(standings.get(one.score.user_id), one.score)
        if reason := plan.needs_yes(now, one.shown):
            plan.hold(one.person, reason, now=now, to_come=one.shown)
        else:
            free.append(one)
    return free


def _mark(standing: Standing | None, score: Score) -> str:
    """What stands there, on the scale of what is to come."""
    if standing is None or standing.score is None:
        return ""
    scale = score.score_maximum / standing.maximum if standing.maximum else 1.0
    return number_cell(standing.score * scale)


def _goes(plan: Plan, one: _Delivery, standings: Mapping[str, Standing] | None) -> None:
    now = _mark((standings or {}).get(one.score.user_id), one.score)
    plan.go(one.person, one.shown, now=now, comment="new" if one.score.comment else "")


def _send_all(
    plan: Plan, sender: _Sender, deliveries: Sequence[_Delivery], standings: Mapping[str, Standing] | None
) -> None:
    """One after the other: one failed send does not stop the batch."""
    silences = 0
    for number, one in enumerate(deliveries):
        user = one.score.user_id
        try:
            sender.send(one.score)
        except TokenRefused as problem:
            _rest(plan, deliveries[number:], "not sent", _told(problem))
            return
        except Refused as problem:
            reason = f"the platform refuses it ({problem})"
            plan.hold(one.person, reason, to_come=one.shown, said=f"{user}: {reason}", failed=True)
            silences = 0
        except (Unknown, Busy) as problem:
            reason = f"{problem}; run again to send it"
            plan.hold(one.person, reason, to_come=one.shown, said=f"{user}: {reason}", failed=True)
            silences += 1
            if silences >= _SILENCES:
                _rest(plan, deliveries[number + 1 :], "not tried", _told(problem))
                return
        else:
            _goes(plan, one, standings)
            silences = 0
    plan.problems += sender.told


def _rest(plan: Plan, deliveries: Sequence[_Delivery], reason: str, why: str) -> None:
    for one in deliveries:
        plan.hold(one.person, reason, to_come=one.shown, said=reason, failed=True)
    plan.problems.append(why)


def _stopped(plan: Plan, deliveries: Sequence[_Delivery], why: str) -> ExportReport:
    _rest(plan, deliveries, "not tried", why)
    return plan.report()


def _told(problem: Exception) -> str:
    if isinstance(problem, TokenRefused):
        return f"the platform gives no token: {problem}"
    if isinstance(problem, Refused):
        return f"the platform refuses ({problem})"
    return "the platform does not answer; run again later to go on from here"


class _Sender:
    """Sends to the scores of one line item."""

    def __init__(
        self, platform: Platform, exchange: Exchange, journal: Journal, canvas: bool, shows: bool
    ) -> None:
        self._platform, self._exchange, self._journal = platform, exchange, journal
        self._canvas, self._shows = canvas, shows
        self.told: list[str] = []

    def send(self, score: Score) -> None:
        """Sends one score that has not arrived. Raises `Refused`, `Unknown`, `Busy` or `TokenRefused`.

        A score whose outcome is unknown is looked up, and sent again with the time it had only where it has not arrived.
        """
        recipient, digest = f"{self._platform.scores_url} {score.user_id}", score.content_digest()
        if self._journal.is_sent(recipient, "score", digest):
            return
        last = self._journal.latest(recipient, "score")
        in_doubt = last is not None and last.state == "sending" and last.digest == digest
        if in_doubt and last is not None:
            score = msgspec.structs.replace(score, timestamp=last.detail)
        entry = JournalEntry(
            recipient=recipient, part="score", digest=digest, state="sending", detail=score.timestamp
        )
        self._journal.record(entry)
        for attempt in range(self._exchange.attempts):
            self._exchange.pause(attempt)
            try:
                if in_doubt and self._has_arrived(score):
                    break
                self._platform.post(msgspec.json.encode(self._again(score) if in_doubt else score))
                break
            except Unknown:
                in_doubt = True
                if attempt + 1 == self._exchange.attempts:
                    raise
            except Refused as problem:
                # An older time stamp than the result's: ours has arrived, or a newer score has.
                if (
                    not in_doubt
                    or problem.status not in {400, 409}
                    or (self._shows and not self._has_arrived(score))
                ):
                    raise
                break
        self._journal.record(msgspec.structs.replace(entry, state="sent"))

    def _has_arrived(self, score: Score) -> bool:
        if not self._shows:
            return False
        found = self._platform.standing(score.user_id)
        if found is None or found.score is None:
            return False
        scale = score.score_maximum / found.maximum if found.maximum else 1.0
        same = abs(found.score * scale - score.score_given) < _EXACT
        if self._canvas:  # its results show the comment that came with the score
            return same and found.comment == score.comment
        return same and (not score.comment or not found.comment or found.comment == score.comment)

    def _again(self, score: Score) -> Score:
        """A repeat that cannot be looked up: on Canvas its comment would stand there twice, so it goes without."""
        if self._shows or not self._canvas or not score.comment:
            return score
        self.told.append(
            f"{score.user_id}: its score was sent twice after a silence; look whether its comment is there"
        )
        return msgspec.structs.replace(score, comment="")
