"""Canvas's API of one assignment: what stands there, and grades, comments and files into it.

Written on httpx, not on canvasapi: that one sends a comment of its own for each file, has no timeouts, and
does not say whether a failed request was acted on, which is what sending nothing twice stands on. Paths and
fields: *Assignments*, *Submissions*, *Submission Comments* and *Uploading Files* in Canvas's API documentation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from grader.errors import ExportError
from grader.export.answers import object_of, objects_of, text_of
from grader.export.exchange import Exchange, Refused, Unknown, checked_url
from grader.export.journal import Journal, JournalEntry
from grader.model import Value

_TRIES = 4  # for a request whose outcome was unknown and, as Canvas says, was not acted on


class TokenRefused(Exception):  # noqa: N818 - what the LMS did
    """The token is no longer taken: nothing more can be sent with it."""


class Assignment(Value, frozen=True):
    """`groups`: a group hands in; `together`: Canvas gives what one member gets to all of them."""

    groups: bool = False
    together: bool = False
    maximum: float | None = None


class Standing(Value, frozen=True):
    """One student's submission as Canvas has it now. `mark` is as it was entered, before Canvas takes off for lateness."""

    path: str
    number: str = ""
    anonymous: str = ""
    logins: tuple[str, ...] = ()
    name: str = ""
    mark: str = ""
    excused: bool = False
    handed_in: bool = False
    group: str = ""


class Message(Value, frozen=True):
    """A comment with the file that goes with it, for one student or their whole group."""

    text: str
    file: Path | None = None
    group: bool = False

    @property
    def digest(self) -> str:
        """Equal for messages that say and bring the same."""
        content = self.file.read_bytes() if self.file is not None else b""
        return hashlib.sha256(self.text.encode() + b"\0" + content).hexdigest()


class CanvasClient:
    """One assignment at `base`; `token` is asked for the token of each request."""

    def __init__(self, base: str, token: Callable[[], str], exchange: Exchange) -> None:
        self.base = base
        self._token = token
        self._exchange = exchange

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}"}

    def _ask(self, method: str, url: str, *, repeatable: bool, **request: Any) -> httpx.Response:
        """Raises `TokenRefused` where it is the token that is refused: Canvas says 401 of what one may not do, too."""
        token = self._token()
        try:
            return self._exchange.ask(
                method, url, repeatable=repeatable, headers={"Authorization": f"Bearer {token}"}, **request
            )
        except Refused as problem:
            if not _of_token(problem):
                raise
            if self._token() != token:  # a new one lies in the file
                return self._ask(method, url, repeatable=repeatable, **request)
            raise TokenRefused(str(problem)) from problem

    def assignment(self) -> Assignment:
        """What Canvas knows of the assignment."""
        read = object_of(self._ask("GET", self.base, repeatable=True).content)
        groups = bool(read.get("group_category_id"))
        most = read.get("points_possible")
        return Assignment(
            groups=groups,
            together=groups and not read.get("grade_group_students_individually"),
            maximum=float(most) if isinstance(most, int | float) else None,
        )

    def standings(self) -> list[Standing]:
        """Every student's submission, page by page."""
        params = {"include[]": ["user", "group"], "per_page": "100"}
        found: dict[str, Standing] = {}
        try:
            for answer in self._exchange.pages(
                f"{self.base}/submissions", params=params, headers=self._headers
            ):
                for one in objects_of(answer.content):
                    standing = self._standing(one)
                    if standing.path:
                        found[standing.path] = standing
        except Refused as problem:
            if _of_token(problem):
                raise TokenRefused(str(problem)) from problem
            raise
        return list(found.values())

    def _standing(self, one: dict[str, Any]) -> Standing:
        number, anonymous = text_of(one.get("user_id")), text_of(one.get("anonymous_id"))
        user = one.get("user") if isinstance(one.get("user"), dict) else {}
        group = one.get("group") if isinstance(one.get("group"), dict) else {}
        assert isinstance(user, dict)
        assert isinstance(group, dict)
        mark = one.get("entered_grade") if one.get("entered_grade") is not None else one.get("grade")
        kind = (
            f"submissions/{quote(number, safe='')}"
            if number
            else f"anonymous_submissions/{quote(anonymous, safe='')}"
        )
        return Standing(
            path=f"{self.base}/{kind}" if number or anonymous else "",
            number=number,
            anonymous=anonymous,
            logins=tuple(filter(None, (text_of(user.get("login_id")), text_of(user.get("sis_user_id"))))),
            name=text_of(user.get("name")),
            mark=text_of(mark),
            excused=one.get("excused") is True,
            handed_in=one.get("workflow_state") not in {None, "unsubmitted"},
            group=text_of(group.get("id")),
        )

    def send_grade(self, path: str, grade: str, journal: Journal) -> None:
        """Sets a grade that has not arrived. Setting the same again changes nothing, so an unknown outcome is asked again."""
        if journal.is_sent(path, "grade", grade):
            return
        self._ask("PUT", path, repeatable=True, data={"submission[posted_grade]": grade})
        journal.record(JournalEntry(recipient=path, part="grade", digest=grade, state="sent"))

    def send_message(self, path: str, message: Message, journal: Journal) -> None:
        """Adds a comment that has not arrived; what became of a silence is looked up before it is said again."""
        digest = message.digest
        if journal.is_sent(path, "comment", digest):
            return
        name = f"feedback-{digest[:10]}{message.file.suffix if message.file is not None else ''}"
        last = journal.latest(path, "comment")
        in_doubt = last is not None and last.state == "sending" and last.digest == digest
        silence: Unknown | None = None
        for _ in range(_TRIES):
            if in_doubt and self._has_arrived(path, message, name):
                break
            body: dict[str, str] = {"comment[text_comment]": message.text}
            if message.group:
                body["comment[group_comment]"] = "true"
            if message.file is not None:
                body["comment[file_ids][]"] = self._upload(path, message.file, name)
            journal.record(
                JournalEntry(recipient=path, part="comment", digest=digest, state="sending", detail=name)
            )
            try:
                self._ask("PUT", path, repeatable=False, data=body)
                break
            except Unknown as problem:
                in_doubt, silence = True, problem
        else:
            if not self._has_arrived(path, message, name):
                raise silence or Unknown("no answer")
        journal.record(JournalEntry(recipient=path, part="comment", digest=digest, state="sent", detail=name))

    def _has_arrived(self, path: str, message: Message, name: str) -> bool:
        """Whether the submission has our comment: by its file's name, which holds its digest, or its text."""
        answer = self._ask("GET", path, repeatable=True, params={"include[]": "submission_comments"})
        comments = object_of(answer.content).get("submission_comments")
        for comment in comments if isinstance(comments, list) else []:
            if not isinstance(comment, dict):
                continue
            if message.file is None:
                if comment.get("comment") == message.text:
                    return True
            # Canvas renames a file of a name that is there already: feedback-<digest>-1.html.
            elif any(Path(one).stem.startswith(Path(name).stem) for one in _attached(comment)):
                return True
        return False

    def _upload(self, path: str, file: Path, name: str) -> str:
        """Canvas's number of the uploaded file; the upload goes wherever Canvas says, without our token."""
        content = file.read_bytes()
        asked = {
            "name": name,
            "size": str(len(content)),
            "content_type": "text/html",
            "on_duplicate": "rename",
        }
        answer = self._ask("POST", f"{path}/comments/files", repeatable=True, data=asked)
        place = object_of(answer.content)
        target = urljoin(path, str(place.get("upload_url", "")))
        fields = place.get("upload_params")
        data = {str(key): str(value) for key, value in fields.items()} if isinstance(fields, dict) else {}
        parts = {"file": (name, content, "text/html")}
        try:
            checked_url(target, "the place Canvas names for uploads")
        except ExportError as problem:
            raise Refused(answer.status_code, str(problem)) from problem
        answer = self._exchange.ask("POST", target, repeatable=True, data=data, files=parts)
        location = answer.headers.get("Location", "")
        if location and "id" not in object_of(answer.content):
            target = urljoin(target, location)
            own = urlsplit(target)[:2] == urlsplit(self.base)[:2]
            answer = self._exchange.ask("GET", target, repeatable=True, headers=self._headers if own else {})
        number = object_of(answer.content).get("id")
        if not isinstance(number, int | str):
            raise Refused(answer.status_code, "the file was not taken")
        return str(number)


def _of_token(problem: Refused) -> bool:
    """Whether it is the token that is refused: then Canvas names how to log in, or says so."""
    said = str(problem).casefold()
    return problem.status == 401 and (
        bool(problem.challenge) or "access token" in said or "expired" in said or "revoked" in said
    )


def _attached(comment: dict[str, Any]) -> Iterator[str]:
    attachments = comment.get("attachments")
    for one in attachments if isinstance(attachments, list) else []:
        if isinstance(one, dict):
            yield from (str(one.get(key)) for key in ("display_name", "filename"))
