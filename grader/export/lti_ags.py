"""LTI 1.3 Assignment and Grade Services: scores, sent as the tool itself with a signed token.

Specifications: LTI AGS 2.0 (score service), 1EdTech Security Framework 1.1 (section 4, OAuth 2.0 client
credentials with a JWT of RFC 7523). A score carries the time it was made: a platform keeps the latest and
turns down what is not newer (409), so that the same score sent again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from grader import atomic_file
from grader.errors import ExportError
from grader.export.exchange import Busy, Exchange, Refused, Unknown, checked_url, setting
from grader.export.grades import scaled
from grader.export.journal import Journal, JournalEntry, opened
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import recipients
from grader.export.selection import select
from grader.model import Result, Status, Value

_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
_CONTENT_TYPE = "application/vnd.ims.lis.v1.score+json"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
_RENEW_BEFORE = 30  # seconds before a token ends
_SILENCES = 3  # users in a row without an answer: the platform is down


class Score(Value, frozen=True, rename="camel", omit_defaults=True):
    """One score as the service takes it; without `score_given` it says only how far grading is."""

    user_id: str
    timestamp: str
    activity_progress: str
    grading_progress: str
    score_given: float | None = None
    score_maximum: float | None = None
    comment: str = ""

    def content_digest(self) -> str:
        """Equal for scores that differ in nothing but their time."""
        content = msgspec.structs.replace(self, timestamp="")
        return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


class _Delivery(Value, frozen=True):
    submission: str
    score: Score


def score_of(result: Result, user: str, options: ExportOptions, moment: dt.datetime) -> Score:
    """The score of one user; for review it is `PendingManual` and without points, unless these are included.

    `moment` is when the score was made, with its zone; it is written with milliseconds.
    """
    pending = result.status is Status.REVIEW
    points = None if pending and not options.include_review else scaled(result, options)
    possible = options.points_possible or result.max
    return Score(
        user_id=user,
        timestamp=moment.isoformat(timespec="milliseconds"),
        activity_progress="Completed",
        grading_progress="PendingManual" if pending else "FullyGraded",
        score_given=None if points is None else round(points, 4),
        score_maximum=None if points is None else possible,
        comment=options.comments.get(result.submission, ""),
    )


def export_lti_ags(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """Sends a score for each student, or writes what it would send to ``lti_ags_plan.json``.

    Uses `identities` (``lti_user:<student id>``, ``lti_user``; Canvas also takes its own ``user_id``),
    `comments`, and of `settings`: ``line_item`` (the assignment's address at the platform), ``token_url``,
    ``client_id``, ``key_file`` (the tool's private RSA key, PEM), ``key_id``, ``audience`` (the token's
    address if not given), and ``send``: only ``yes`` sends. A result for review is sent as `PendingManual`
    without points, and stays listed as withheld. ``lti_ags_journal.jsonl`` in `out` keeps what has arrived.
    """
    line_item = checked_url(setting(options.settings, "line_item", "the line item's address"), "line_item")
    deliveries, withheld = _plan(results, options, dt.datetime.now(dt.UTC))
    if options.settings.get("send") != "yes":
        plan = out / "lti_ags_plan.json"
        scores = [delivery.score for delivery in deliveries]
        atomic_file.write(plan, msgspec.json.format(msgspec.json.encode(scores), indent=2))
        told = "nothing was sent: this is what would be; the setting send=yes sends it"
        return ExportReport(files=(plan,), rows=len(scores), withheld=withheld, problems=(told,))
    path = out / "lti_ags_journal.jsonl"
    with opened(path) as journal, Exchange(options.settings) as exchange:
        sender = _Sender(line_item, Platform(options, exchange), exchange, journal)
        sent, failed, problems = _send_all(sender, deliveries)
    return ExportReport(files=(path,), rows=sent, withheld=(*withheld, *failed), problems=problems)


def _plan(
    results: Sequence[Result], options: ExportOptions, moment: dt.datetime
) -> tuple[list[_Delivery], tuple[tuple[str, str], ...]]:
    everyone = msgspec.structs.replace(options, include_review=True)
    selection = select(results, everyone)
    withheld = list(selection.withheld)
    deliveries: dict[str, _Delivery] = {}
    for person in recipients(selection.chosen):
        submission = person.result.submission
        user = person.lms(options, "lti_user")
        if not user and person.lms(options, "system") == "canvas":
            user = person.lms(options, "user_id")
        if not user or user in deliveries:
            reason = f"{user}: another submission has given this student a score already"
            withheld.append(
                (submission, reason if user else "the platform's own id of its student is not known")
            )
            continue
        deliveries[user] = _Delivery(
            submission=submission, score=score_of(person.result, user, options, moment)
        )
        if person.result.status is Status.REVIEW and not options.include_review:
            withheld.append(
                (submission, "a person has to review it first; the platform is told PendingManual")
            )
    return list(deliveries.values()), tuple(withheld)


def _send_all(
    sender: _Sender, deliveries: Sequence[_Delivery]
) -> tuple[int, list[tuple[str, str]], tuple[str, ...]]:
    """One after the other: one failed send does not stop the batch. Counts scores with points."""
    sent, silences = 0, 0
    failed: list[tuple[str, str]] = []
    for number, delivery in enumerate(deliveries):
        user = delivery.score.user_id
        try:
            sender.send(delivery.score)
        except TokenRefused as problem:
            failed += [(rest.submission, "not sent") for rest in deliveries[number:]]
            return sent, failed, (f"the platform gives no token: {problem}",)
        except Refused as problem:
            failed.append((delivery.submission, f"{user}: the platform refuses it ({problem})"))
            silences = 0
        except (Unknown, Busy) as problem:
            failed.append((delivery.submission, f"{user}: {problem}; run again to send it"))
            silences += 1
            if silences >= _SILENCES:
                failed += [(rest.submission, "not tried") for rest in deliveries[number + 1 :]]
                return sent, failed, ("the platform does not answer; run again later to go on from here",)
        else:
            sent += delivery.score.score_given is not None
            silences = 0
    return sent, failed, ()


class TokenRefused(Exception):  # noqa: N818 - what the platform did
    """The platform gives the tool no token."""


class Platform:
    """Access tokens of one platform, fetched when needed and kept while they last."""

    def __init__(self, options: ExportOptions, exchange: Exchange) -> None:
        """Raises `ExportError` if a setting is missing or the key is none."""
        settings = options.settings
        self._exchange = exchange
        self._url = checked_url(
            setting(settings, "token_url", "where the platform gives tokens"), "token_url"
        )
        self._client = setting(settings, "client_id", "the tool's number at the platform")
        self._key_id = setting(settings, "key_id", "the key's id (kid) in the tool's key set")
        self._audience = settings.get("audience") or self._url
        self._key = _read_key(Path(setting(settings, "key_file", "the tool's private key, a PEM file")))
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        """A token that is good for the next request. Raises `TokenRefused`, `Unknown` or `Busy`."""
        if time.monotonic() < self._until:
            return self._token
        import jwt  # noqa: PLC0415 - of the extra lms, and slow to import

        now = int(time.time())
        claims = {
            "iss": self._client,
            "sub": self._client,
            "aud": self._audience,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": str(uuid.uuid4()),
        }
        try:
            assertion = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})
        except (ValueError, TypeError, jwt.PyJWTError) as problem:
            raise ExportError(
                f"the tool's private key is not an RSA key that can sign: {problem}"
            ) from problem
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
            "scope": _SCOPE,
        }
        try:
            answer = self._exchange.ask("POST", self._url, repeatable=True, data=form)
        except Refused as problem:
            raise TokenRefused(str(problem)) from problem
        read = _json(answer.content)
        token, seconds = read.get("access_token"), read.get("expires_in", 3600)
        if not isinstance(token, str) or not token:
            raise TokenRefused("its answer holds no access_token")
        lasts = float(seconds) if isinstance(seconds, int | float) else 3600.0
        self._token, self._until = token, time.monotonic() + max(1.0, lasts - _RENEW_BEFORE)
        return token

    def forget(self) -> None:
        """Drops a token that the platform no longer takes."""
        self._until = 0.0


class _Sender:
    """Sends to the scores of one line item."""

    def __init__(self, line_item: str, platform: Platform, exchange: Exchange, journal: Journal) -> None:
        parts = urlsplit(line_item)
        self._url = urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
        self._platform = platform
        self._exchange = exchange
        self._journal = journal

    def send(self, score: Score) -> None:
        """Sends one score that has not arrived. Raises `Refused`, `Unknown`, `Busy` or `TokenRefused`.

        A score whose outcome is unknown is sent again with the time it had, so that the platform knows it.
        """
        recipient, digest = f"{self._url} {score.user_id}", score.content_digest()
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
                self._post(score)
                break
            except Unknown:
                in_doubt = True
                if attempt + 1 == self._exchange.attempts:
                    raise
            except Refused as problem:
                if problem.status != 409 or not in_doubt:
                    raise
                break
        self._journal.record(msgspec.structs.replace(entry, state="sent"))

    def _post(self, score: Score) -> None:
        """Posts once, and once more with a new token if the platform no longer takes the one we have."""
        for fresh in (False, True):
            headers = {"Authorization": f"Bearer {self._platform.token()}", "Content-Type": _CONTENT_TYPE}
            try:
                self._exchange.ask(
                    "POST", self._url, repeatable=False, headers=headers, content=msgspec.json.encode(score)
                )
            except Refused as problem:
                if problem.status != 401 or fresh:
                    raise
                self._platform.forget()
            else:
                return


def _read_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as problem:
        raise ExportError(f"{path}: the tool's private key cannot be read ({problem})") from problem
    if "PRIVATE KEY-----" not in key:
        raise ExportError(f"{path}: not a private key in PEM form")
    return key


def _json(content: bytes) -> dict[str, Any]:
    try:
        read = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return read if isinstance(read, dict) else {}
