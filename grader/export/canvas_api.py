"""The Canvas API: grades, comments and feedback files, for what its CSV cannot carry.

Written on httpx, not on canvasapi: that one sends a comment of its own for each file, has no timeouts, and
does not say whether a failed request was acted on, which is what sending nothing twice stands on. Paths and
fields: *Submissions*, *Submission Comments* and *Uploading Files* in Canvas's API documentation.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from grader import atomic_file
from grader.errors import ExportError
from grader.export.exchange import Busy, Exchange, Refused, Unknown, checked_url, setting
from grader.export.grades import grade_of
from grader.export.journal import Journal, JournalEntry, opened
from grader.export.options import ExportOptions, ExportReport
from grader.export.recipients import recipients
from grader.export.selection import select
from grader.model import Result, Value

_TRIES = 4  # for a request whose outcome was unknown and, as Canvas says, was not acted on
_SILENCES = 3  # users in a row that got no answer: Canvas is down, the rest waits for the next run
_DEFAULT_COMMENT = "Feedback is in the attached file."


class _Delivery(Value, frozen=True):
    """What one user gets; `user` as Canvas's paths take it."""

    submission: str
    user: str
    grade: str
    comment: str = ""
    file: Path | None = None
    anonymous: bool = False

    @property
    def comment_digest(self) -> str:
        content = self.file.read_bytes() if self.file is not None else b""
        return hashlib.sha256(self.comment.encode() + b"\0" + content).hexdigest()


def export_canvas_api(results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """Sends grades, comments and files, or says what it would send.

    Uses `assignment_id`, `comments`, `feedback`, `identities` (``user_id``, else the student's login, else
    ``anonymous_id``) and of `settings`: ``url`` and ``course``, ``token_file`` (else the environment variable
    ``CANVAS_TOKEN``: on a command line other users could read it), and ``send``: only ``yes`` sends, all else
    writes ``canvas_api_plan.json``. ``canvas_api_journal.jsonl`` in `out` keeps what has arrived: a repeat goes
    on where the last run ended and sends only what has changed. Anonymous submissions get no file: Canvas
    documents no upload for them.
    """
    url = checked_url(setting(options.settings, "url", "Canvas's address"), "Canvas's address")
    course = setting(options.settings, "course", "the number in .../courses/<number>")
    if not options.assignment_id:
        raise ExportError("Canvas's number of the assignment is needed: in .../assignments/<number>")
    deliveries, withheld = _plan(results, options)
    if options.settings.get("send") != "yes":
        plan = out / "canvas_api_plan.json"
        atomic_file.write(plan, msgspec.json.format(msgspec.json.encode(deliveries, enc_hook=str), indent=2))
        told = "nothing was sent: this is what would be; the setting send=yes sends it"
        return ExportReport(files=(plan,), rows=len(deliveries), withheld=withheld, problems=(told,))
    token = _token(options)
    path = out / "canvas_api_journal.jsonl"
    with opened(path) as journal, Exchange(options.settings) as exchange:
        base = f"{url}/api/v1/courses/{quote(course)}/assignments/{quote(options.assignment_id)}"
        sender = _Sender(base, token, exchange, journal)
        sent, failed, problems = _send_all(sender, deliveries)
    return ExportReport(files=(path,), rows=sent, withheld=(*withheld, *failed), problems=problems)


def _token(options: ExportOptions) -> str:
    named = options.settings.get("token_file", "")
    try:
        token = (
            Path(named).read_text(encoding="utf-8").strip() if named else os.environ.get("CANVAS_TOKEN", "")
        )
    except (OSError, UnicodeDecodeError) as problem:
        raise ExportError(f"{named}: the token cannot be read ({problem})") from problem
    if not token:
        raise ExportError(
            "there is no token: make one in Canvas's settings and put it into the environment variable "
            "CANVAS_TOKEN or into a file that the setting token_file names"
        )
    return token


def _plan(
    results: Sequence[Result], options: ExportOptions
) -> tuple[list[_Delivery], tuple[tuple[str, str], ...]]:
    selection = select(results, options)
    withheld = list(selection.withheld)
    deliveries: dict[str, _Delivery] = {}
    for person in recipients(selection.chosen):
        submission = person.result.submission
        number, login = person.lms(options, "user_id"), person.known_id(options)
        user = number or (f"sis_login_id:{login}" if login else "")
        anonymous = person.lms(options, "anonymous_id") if not user else ""
        user = user or anonymous
        if not user or user.casefold() in deliveries:
            reason = (
                "another submission has given this student a grade already"
                if user
                else "its user is not known"
            )
            withheld.append((submission, f"{login or number}: {reason}" if user else reason))
            continue
        feedback = options.feedback.get(submission)
        file = feedback if feedback is not None and feedback.is_file() and not anonymous else None
        comment = options.comments.get(submission, "") or (_DEFAULT_COMMENT if file is not None else "")
        deliveries[user.casefold()] = _Delivery(
            submission=submission,
            user=user,
            grade=grade_of(person.result, options),
            comment=comment,
            file=file,
            anonymous=bool(anonymous),
        )
    return list(deliveries.values()), tuple(withheld)


def _send_all(
    sender: _Sender, deliveries: Sequence[_Delivery]
) -> tuple[int, list[tuple[str, str]], tuple[str, ...]]:
    """One after the other: one that fails does not keep the next from its grade."""
    sent, silences = 0, 0
    failed: list[tuple[str, str]] = []
    for number, delivery in enumerate(deliveries):
        try:
            sender.send(delivery)
        except Refused as problem:
            failed.append((delivery.submission, f"{delivery.user}: Canvas refuses it ({problem})"))
            if problem.status == 401:
                failed += [(rest.submission, "not tried") for rest in deliveries[number + 1 :]]
                return sent, failed, ("Canvas refuses the token; make a new one and run again",)
            silences = 0
        except (Unknown, Busy) as problem:
            failed.append((delivery.submission, f"{delivery.user}: {problem}; run again to send it"))
            silences += 1
            if silences >= _SILENCES:
                failed += [(rest.submission, "not tried") for rest in deliveries[number + 1 :]]
                return sent, failed, ("Canvas does not answer; run again later to go on from here",)
        else:
            sent += 1
            silences = 0
    return sent, failed, ()


class _Sender:
    """Delivers to one assignment's users at `base`."""

    def __init__(self, base: str, token: str, exchange: Exchange, journal: Journal) -> None:
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}
        self._exchange = exchange
        self._journal = journal

    def send(self, delivery: _Delivery) -> None:
        """Sends what has not arrived. Raises `Refused`, `Unknown` or `Busy`."""
        kind = "anonymous_submissions" if delivery.anonymous else "submissions"
        recipient = f"{self._base}/{kind}/{quote(delivery.user, safe=':')}"
        self._send_grade(recipient, delivery)
        if delivery.comment:
            self._send_comment(recipient, delivery)

    def _send_grade(self, url: str, delivery: _Delivery) -> None:
        if self._journal.is_sent(url, "grade", delivery.grade):
            return
        # Setting the same grade again changes nothing, so an unknown outcome is simply asked again.
        body = {"submission[posted_grade]": delivery.grade}
        self._exchange.ask("PUT", url, repeatable=True, headers=self._headers, data=body)
        self._journal.record(JournalEntry(recipient=url, part="grade", digest=delivery.grade, state="sent"))

    def _send_comment(self, url: str, delivery: _Delivery) -> None:
        digest = delivery.comment_digest
        if self._journal.is_sent(url, "comment", digest):
            return
        name = _file_name(delivery, digest)
        last = self._journal.latest(url, "comment")
        in_doubt = last is not None and last.state == "sending" and last.digest == digest
        silence: Unknown | None = None
        for _ in range(_TRIES):
            if in_doubt and self._has_arrived(url, delivery, name):
                break
            body: dict[str, str] = {"comment[text_comment]": delivery.comment}
            if delivery.file is not None:
                body["comment[file_ids][]"] = self._upload(url, delivery.file, name)
            self._journal.record(
                JournalEntry(recipient=url, part="comment", digest=digest, state="sending", detail=name)
            )
            try:
                self._exchange.ask("PUT", url, repeatable=False, headers=self._headers, data=body)
                break
            except Unknown as problem:
                in_doubt, silence = True, problem
        else:
            if not self._has_arrived(url, delivery, name):
                raise silence or Unknown("no answer")
        self._journal.record(
            JournalEntry(recipient=url, part="comment", digest=digest, state="sent", detail=name)
        )

    def _has_arrived(self, url: str, delivery: _Delivery, name: str) -> bool:
        """Whether the submission has our comment: by its file's name, which holds its digest, or its text."""
        answer = self._exchange.ask(
            "GET", url, repeatable=True, headers=self._headers, params={"include[]": "submission_comments"}
        )
        submission = _json(answer.content)
        comments = submission.get("submission_comments")
        for comment in comments if isinstance(comments, list) else []:
            if not isinstance(comment, dict):
                continue
            attachments = comment.get("attachments") or []
            names = {
                str(one.get(key))
                for one in attachments
                if isinstance(one, dict)
                for key in ("display_name", "filename")
            }
            if delivery.file is None:
                if comment.get("comment") == delivery.comment:
                    return True
            # Canvas renames a file of a name that is there already: feedback-<digest>-1.html.
            elif any(Path(one).stem.startswith(Path(name).stem) for one in names):
                return True
        return False

    def _upload(self, url: str, file: Path, name: str) -> str:
        """Canvas's number of the uploaded file; the upload goes wherever Canvas says, without our token."""
        content = file.read_bytes()
        asked = {
            "name": name,
            "size": str(len(content)),
            "content_type": "text/html",
            "on_duplicate": "rename",
        }
        answer = self._exchange.ask(
            "POST", f"{url}/comments/files", repeatable=True, headers=self._headers, data=asked
        )
        place = _json(answer.content)
        target = urljoin(url, str(place.get("upload_url", "")))
        fields = place.get("upload_params")
        data = {str(key): str(value) for key, value in fields.items()} if isinstance(fields, dict) else {}
        parts = {"file": (name, content, "text/html")}
        try:
            checked_url(target, "the place Canvas names for uploads")
        except ExportError as problem:
            raise Refused(answer.status_code, str(problem)) from problem
        answer = self._exchange.ask("POST", target, repeatable=True, data=data, files=parts)
        location = answer.headers.get("Location", "")
        if location and "id" not in _json(answer.content):
            target = urljoin(target, location)
            own = urlsplit(target)[:2] == urlsplit(self._base)[:2]
            answer = self._exchange.ask("GET", target, repeatable=True, headers=self._headers if own else {})
        number = _json(answer.content).get("id")
        if not isinstance(number, int | str):
            raise Refused(answer.status_code, "the file was not taken")
        return str(number)


def _file_name(delivery: _Delivery, digest: str) -> str:
    suffix = delivery.file.suffix if delivery.file is not None else ""
    return f"feedback-{digest[:10]}{suffix}"


def _json(content: bytes) -> dict[str, Any]:
    try:
        read = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return read if isinstance(read, dict) else {}
