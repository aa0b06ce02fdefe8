"""Canvas's API and LTI's score service, against stand-ins over real HTTP that fail in all the ways servers do."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import re
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from grader.export import ExportError, ExportOptions, ExportReport, export
from grader.model import Result, Status

Make = Callable[..., Result]
Answer = tuple[int, dict[str, str], bytes]


class StandIn:
    """A server on this machine: subclasses answer; `faults` names what goes wrong at which request of a path."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.faults: dict[tuple[str, int], str] = {}
        self.url = ""

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        raise AssertionError

    def fault(self, method: str, path: str) -> str:
        key = f"{method} {urllib.parse.urlsplit(path).path}"
        number = sum(1 for seen in self.seen if seen == (method, path))
        return next(
            (
                what
                for (pattern, at), what in self.faults.items()
                if at in {number, 0} and re.fullmatch(pattern, key)
            ),
            "",
        )


@contextmanager
def serving(stand_in: StandIn) -> Iterator[StandIn]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def handle_all(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stand_in.seen.append((self.command, self.path))
            fault = stand_in.fault(self.command, self.path)
            if fault == "429":
                return self.reply(429, {"Retry-After": "0"}, b"slow down")
            if fault == "403 busy":
                return self.reply(
                    403, {"X-Rate-Limit-Remaining": "0.0"}, b"403 Forbidden (Rate Limit Exceeded)"
                )
            if fault == "403 left":
                return self.reply(403, {"X-Rate-Limit-Remaining": "512.0"}, b"403 Forbidden")
            if fault == "500 before":
                return self.reply(500, {}, b"oops")
            status, headers, content = stand_in.answer(self.command, self.path, self.headers, body)
            if fault == "500 after":
                return self.reply(500, {}, b"oops")
            if fault == "silence after":
                time.sleep(0.6)
                self.close_connection = True
                return None
            return self.reply(status, headers, content)

        do_GET = do_POST = do_PUT = handle_all  # noqa: N815 - http.server looks these names up

        def reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that gave up waiting

    with Server(("127.0.0.1", 0), Handler) as server:
        stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()


class Canvas(StandIn):
    """Course 7, assignment 42, as Canvas's controllers keep it; user 666 may not be graded by this token.

    Lists come in pages of three. A group's comment reaches the one student unless ``group_comment`` is set; a grade reaches the
    whole group unless students are graded individually. A bad token is 401 with ``WWW-Authenticate``, what one may not do 401 without.
    """

    base = "/api/v1/courses/7/assignments/42"

    def __init__(self) -> None:
        super().__init__()
        self.grades: dict[str, list[str]] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.token = "t0k3n"
        self.students: dict[str, dict[str, Any]] = {number: {} for number in (*"123456789", "666")}
        self.students["77"] = {"login_id": "annex123"}
        self.assignment: dict[str, Any] = {"id": 42, "name": "Lab 5", "points_possible": 10.0}
        self.anonymous = ("anonX7",)

    def writes(self) -> list[tuple[str, str]]:
        """What asked for a change, in order."""
        return [one for one in self.seen if one[0] != "GET"]

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        parts = urllib.parse.urlsplit(path)
        if parts.path == "/upload":
            return self.upload(headers, body)
        if headers.get("Authorization") != f"Bearer {self.token}":
            return (
                401,
                {"WWW-Authenticate": 'Bearer realm="canvas-lms"'},
                b'{"errors":[{"message":"Invalid access token."}]}',
            )
        if match := re.fullmatch(r"/api/v1/files/(\d+)/done", parts.path):
            return 200, {}, json.dumps({"id": int(match[1])}).encode()
        if parts.path == self.base:
            return 200, {}, json.dumps(self.assignment).encode()
        if parts.path == f"{self.base}/submissions":
            return self.page(urllib.parse.parse_qs(parts.query))
        match = re.fullmatch(rf"{self.base}/(anonymous_)?submissions/([^/]+)(/comments/files)?", parts.path)
        assert match
        user = urllib.parse.unquote(match[2])
        assert user in (self.anonymous if match[1] else self.students)
        if user == "666":
            said = {
                "status": "unauthorized",
                "errors": [{"message": "user not authorized to perform that action"}],
            }
            return 401, {}, json.dumps(said).encode()
        form = {key: value[0] for key, value in urllib.parse.parse_qs(body.decode()).items()}
        if match[3]:
            place = {"upload_url": f"{self.url}/upload", "upload_params": {"key": form["name"]}}
            return 200, {}, json.dumps(place).encode()
        if method == "PUT":
            self.change(user, form)
        return 200, {}, json.dumps({"submission_comments": self.comments.get(user, [])}).encode()

    def upload(self, headers: Any, body: bytes) -> Answer:
        assert "Authorization" not in headers
        raw = b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body
        fields = {
            part.get_param("name", header="Content-Disposition"): part
            for part in BytesParser().parsebytes(raw).walk()
        }
        name = str(fields["key"].get_payload()).strip()
        taken = sum(name in other for other, _ in self.files.values())
        if taken:  # on_duplicate=rename
            name = f"{Path(name).stem}-{taken}{Path(name).suffix}"
        self.files[str(len(self.files) + 1)] = (name, bytes(fields["file"].get_payload(decode=True)))
        return 303, {"Location": f"{self.url}/api/v1/files/{len(self.files)}/done"}, b""

    def page(self, asked: dict[str, list[str]]) -> Answer:
        everybody = [self.shown(number) for number in self.students]
        everybody += [{"anonymous_id": one, "workflow_state": "submitted"} for one in self.anonymous]
        number, size = int(asked.get("page", ["1"])[0]), 3
        part = everybody[(number - 1) * size : number * size]
        headers = {"X-Rate-Limit-Remaining": "699.5"}
        if number * size < len(everybody):
            following = urllib.parse.urlencode({"page": number + 1, "per_page": 3})
            headers["Link"] = (
                f'<{self.url}{self.base}/submissions?{following}>; rel="next", <{self.url}/x>; rel="last"'
            )
        return 200, headers, json.dumps(part).encode()

    def shown(self, number: str) -> dict[str, Any]:
        student = self.students[number]
        grades = self.grades.get(number, [])
        return {
            "user_id": int(number),
            "user": {"id": int(number), "name": f"Student {number}", **student},
            "group": {"id": student.get("group"), "name": "G"},
            "grade": grades[-1] if grades else None,
            "excused": student.get("excused", False),
            "workflow_state": student.get("state", "submitted"),
        }

    def change(self, user: str, form: dict[str, str]) -> None:
        group = self.students.get(user, {}).get("group")
        everyone = [
            one for one, student in self.students.items() if group and student.get("group") == group
        ] or [user]
        if "submission[posted_grade]" in form:
            together = self.assignment.get("group_category_id") and not self.assignment.get(
                "grade_group_students_individually"
            )
            for one in everyone if together else [user]:
                self.grades.setdefault(one, []).append(form["submission[posted_grade]"])
        if "comment[text_comment]" in form:
            number = form.get("comment[file_ids][]")
            attachments = [{"id": int(number), "display_name": self.files[number][0]}] if number else []
            for one in everyone if form.get("comment[group_comment]") == "true" else [user]:
                self.comments.setdefault(one, []).append(
                    {"comment": form["comment[text_comment]"], "attachments": attachments}
                )


def _identity(user: str) -> dict[str, str]:
    if user.startswith("anon"):
        return {"anonymous_id": user}
    return {"user_id": user} if user.isdigit() else {}


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    stand_in = Canvas()
    with serving(stand_in):
        yield stand_in


@pytest.fixture
def send(
    canvas: Canvas, result: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ExportReport]:
    monkeypatch.setenv("CANVAS_TOKEN", canvas.token)

    def run(
        *users: str,
        grade: float = 8.5,
        text: str = "feedback",
        replace: bool = False,
        preview: bool = False,
        **settings: str,
    ) -> ExportReport:
        feedback = {}
        for user in users:
            feedback[user] = tmp_path / f"{user}.html"
            feedback[user].write_text(f"<p>{text} {user}")
        options = ExportOptions(
            assignment_id="42",
            feedback=feedback,
            comments={user: f"Hello {user}" for user in users},
            identities={user: _identity(user) for user in users},
            replace=replace,
            preview=preview,
            settings={
                "url": canvas.url, "course": "7", "send": "yes", "timeout": "5",
                "retry_seconds": "0.01", **settings,
            },
        )  # fmt: skip
        return export(
            "canvas-api",
            [result(user, *([] if user.startswith("anon") else [user]), points=grade) for user in users],
            tmp_path / "out",
            options,
        )

    return run


def test_canvas_api_sends_grade_comment_and_file(canvas: Canvas, send: Callable[..., ExportReport]) -> None:
    report = send("1", "annex123")
    assert report.rows == 2
    assert report.withheld == ()
    assert canvas.grades == {"1": ["8.5"], "77": ["8.5"]}
    ((comment,), _) = canvas.comments.values()
    assert comment["comment"] == "Hello 1"
    assert [content for _, content in canvas.files.values()] == [b"<p>feedback 1", b"<p>feedback annex123"]


def test_canvas_api_is_dry_unless_told(canvas: Canvas, send: Callable[..., ExportReport]) -> None:
    report = send("1", "2", send="")
    assert canvas.seen == []
    assert report.rows == 2
    assert "nothing was sent" in report.problems[0]
    plan = json.loads(report.files[0].read_text())
    assert [(one["user"], one["grade"], one["comment"]) for one in plan] == [
        ("1", "8.5", "Hello 1"),
        ("2", "8.5", "Hello 2"),
    ]
    assert "t0k3n" not in report.files[0].read_text()


FAULTS = ["429", "403 busy", "500 before", "500 after", "silence after"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("where", ["PUT .*/2", "POST .*/2/comments/files", "POST /upload"])
def test_canvas_api_gets_through_faults_and_a_repeat_sends_nothing(
    canvas: Canvas, send: Callable[..., ExportReport], fault: str, where: str
) -> None:
    for at in (1, 2):
        canvas.faults[where, at] = fault
    report = send("1", "2", "666", "3", timeout="0.4" if fault == "silence after" else "10")
    assert report.rows == 3
    assert [submission for submission, _ in report.withheld] == ["666"]
    assert "not authorized" in report.withheld[0][1]
    assert report.failed == 1
    before = len(canvas.writes())
    again = send("1", "2", "666", "3")
    assert again.rows == 3
    assert {path for _, path in canvas.writes()[before:]} == {
        "/api/v1/courses/7/assignments/42/submissions/666"
    }
    assert {user: len(comments) for user, comments in canvas.comments.items()} == {"1": 1, "2": 1, "3": 1}
    assert {user: set(grades) for user, grades in canvas.grades.items()} == {user: {"8.5"} for user in "123"}


def test_canvas_api_finds_its_own_comment_after_a_kill(
    canvas: Canvas, send: Callable[..., ExportReport], tmp_path: Path
) -> None:
    send("1", "2")
    journal = tmp_path / "out" / "canvas_api_journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text(
        "".join(lines[:-1]) + lines[-1][:25]
    )  # killed between the answer and the end of the last line
    report = send("1", "2")
    assert report.rows == 2
    assert {user: len(comments) for user, comments in canvas.comments.items()} == {"1": 1, "2": 1}


def test_canvas_api_sends_only_what_changed(canvas: Canvas, send: Callable[..., ExportReport]) -> None:
    send("1")
    (line,) = send("1", grade=9.0).lines
    assert (line.now, line.to_come, canvas.grades["1"]) == ("8.5", "9", ["8.5"])
    assert "--replace" in line.reason
    send("1", grade=9.0, replace=True)
    assert canvas.grades["1"] == ["8.5", "9"]
    assert len(canvas.comments["1"]) == 1
    send("1", grade=9.0, text="new feedback")
    assert canvas.grades["1"] == ["8.5", "9"]
    assert len(canvas.comments["1"]) == 2


def test_canvas_api_knows_its_file_under_the_name_that_canvas_gave_it(
    canvas: Canvas, send: Callable[..., ExportReport], tmp_path: Path
) -> None:
    """The upload was repeated and renamed, and what became of the comment is not known: it is not sent twice."""
    canvas.faults["POST /upload", 1] = "500 after"
    canvas.faults["PUT .*/1", 2] = "500 after"
    assert send("1").rows == 1
    ((comment,),) = canvas.comments.values()
    assert "-1.html" in comment["attachments"][0]["display_name"]


def test_canvas_api_reaches_anonymous_submissions(canvas: Canvas, send: Callable[..., ExportReport]) -> None:
    report = send("anonX7", "1")
    assert report.rows == 2
    assert canvas.grades == {"anonX7": ["8.5"], "1": ["8.5"]}
    assert [path for _, path in canvas.seen if "anonymous_submissions/anonX7" in path]
    assert canvas.comments["anonX7"] == [{"comment": "Hello anonX7", "attachments": []}]


def test_canvas_api_previews_what_stands_there_and_sends_nothing(
    canvas: Canvas, send: Callable[..., ExportReport]
) -> None:
    canvas.grades = {"2": ["7"], "3": ["8.5"]}
    canvas.students["4"]["excused"] = True
    canvas.students["9"]["state"] = "unsubmitted"
    report = send("1", "2", "3", "4", "nobody1", preview=True, send="")
    assert canvas.writes() == []
    told = {line.submission: (line.now, line.to_come, bool(line.reason)) for line in report.lines}
    assert told == {
        "1": ("", "8.5", False), "2": ("7", "8.5", True), "3": ("8.5", "8.5", False), "4": ("EX", "", True), "nobody1": ("", "", True),
    }  # fmt: skip
    assert report.absent == ("Student 9 (9)",)
    assert report.files == ()
    assert send("1", "2", "3", "4").rows == 2
    assert canvas.grades == {"1": ["8.5"], "2": ["7"], "3": ["8.5", "8.5"]}


def test_canvas_api_grades_a_group_as_canvas_does(canvas: Canvas, send: Callable[..., ExportReport]) -> None:
    """One grade and one comment for a group; the members that the download did not name get them too."""
    for number in "123":
        canvas.students[number]["group"] = 5
    canvas.assignment["group_category_id"] = 8
    report = send("1", "4", text="same")
    assert {user: len(comments) for user, comments in canvas.comments.items()} == {
        "1": 1,
        "2": 1,
        "3": 1,
        "4": 1,
    }
    assert canvas.grades == {number: ["8.5"] for number in "1234"}
    assert [line.student for line in report.lines] == ["1", "2", "3", "4"]
    send("1", "4", text="same")
    assert {user: len(comments) for user, comments in canvas.comments.items()} == {
        "1": 1,
        "2": 1,
        "3": 1,
        "4": 1,
    }


def test_canvas_api_grades_members_apart_where_canvas_does(
    canvas: Canvas, send: Callable[..., ExportReport]
) -> None:
    for number in "12":
        canvas.students[number]["group"] = 5
    canvas.assignment |= {"group_category_id": 8, "grade_group_students_individually": True}
    send("1")
    assert canvas.grades == {"1": ["8.5"], "2": ["8.5"]}
    assert {user: len(comments) for user, comments in canvas.comments.items()} == {"1": 1, "2": 1}


def test_canvas_api_takes_no_403_with_limit_left_for_a_busy_server(
    canvas: Canvas, send: Callable[..., ExportReport]
) -> None:
    canvas.faults["PUT .*/2", 0] = "403 left"
    report = send("1", "2", "3")
    assert report.rows == 2
    assert (report.failed, "403" in report.withheld[0][1]) == (1, True)
    assert sum(path.endswith("/2") for _, path in canvas.writes()) == 1


def test_canvas_api_goes_on_with_a_new_token_from_the_file(
    canvas: Canvas, send: Callable[..., ExportReport], tmp_path: Path
) -> None:
    """The token ends half-way; whoever put a new one into the file lost nothing, else the rest is listed."""
    file = tmp_path / "token"
    file.write_text("t0k3n")
    real = canvas.change

    def ends(user: str, form: dict[str, str]) -> None:
        real(user, form)
        if user == "2" and canvas.token == "t0k3n":
            canvas.token = "n3w"

    canvas.change = ends  # type: ignore[method-assign]  # the token ends after the second student
    report = send(*"1234", token_file=str(file))
    assert (report.rows, report.failed) == (1, 3)
    assert "refuses the token" in report.problems[0]
    file.write_text("n3w")
    report = send(*"1234", token_file=str(file))
    assert (report.rows, report.failed) == (4, 0)
    assert {user: len(comments) for user, comments in canvas.comments.items()} == dict.fromkeys("1234", 1)


def test_canvas_api_takes_its_token_from_a_file(
    canvas: Canvas, send: Callable[..., ExportReport], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CANVAS_TOKEN")
    (tmp_path / "token").write_text("t0k3n\n")
    assert send("1", token_file=str(tmp_path / "token")).rows == 1
    with pytest.raises(ExportError, match="cannot be read"):
        send("1", token_file=str(tmp_path / "nothing"))
    with pytest.raises(ExportError, match="CANVAS_TOKEN"):
        send("1", token="t0k3n")  # a command line is no place for it


def test_canvas_api_stops_when_the_token_is_refused_or_nobody_answers(
    canvas: Canvas, send: Callable[..., ExportReport], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANVAS_TOKEN", "old")
    report = send("1", "2")
    monkeypatch.setenv("CANVAS_TOKEN", canvas.token)
    assert (report.rows, report.failed) == (0, 2)
    assert report.problems == ("Canvas refuses the token; make a new one and run again",)
    assert dict(report.withheld)["2"] == "not tried"
    canvas.faults["PUT .*", 0] = "500 before"
    report = send(*"12345")
    assert "does not answer" in report.problems[0]
    assert [reason for _, reason in report.withheld].count("not tried") == 2
    assert report.failed == 5
    canvas.faults.clear()
    canvas.faults["GET .*", 0] = "500 before"
    assert send(*"12345").failed == 5
    canvas.faults.clear()
    assert send(*"12345").rows == 5


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"url": "http://canvas.example.org"}, "https"),
        ({"url": ""}, "setting url"),
        ({"course": ""}, "setting course"),
        ({"timeout": "soon", "token_file": "TOKEN"}, "number of seconds"),
        ({}, "CANVAS_TOKEN"),
    ],
)
def test_canvas_api_explains_missing_settings(
    send: Callable[..., ExportReport],
    settings: dict[str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("CANVAS_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "TOKEN").write_text("t0k3n")
    with pytest.raises(ExportError, match=words):
        send("1", **settings)


def test_two_senders_at_once_are_kept_apart(send: Callable[..., ExportReport], tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "out").mkdir()
    with (tmp_path / "out" / "canvas_api_journal.jsonl").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ExportError, match="another export is sending"):
            send("1")


CLIENT, KID = "tool-1", "key-1"


class Platform(StandIn):
    """An LTI platform: checks the signed assertion, gives short tokens a scope, keeps scores as it does.

    As Canvas (`canvas`), after Lti::Ims::ScoresController: a time stamp older than the result's is 400, the same is taken; a score is
    a new attempt unless ``new_submission`` is false; each comment is added anew; a score without points clears the grade.
    """

    def __init__(self, public_key: Any) -> None:
        super().__init__()
        self.public_key = public_key
        self.tokens: dict[str, str] = {}
        self.jtis: set[str] = set()
        self.scores: dict[str, list[dict[str, Any]]] = {}
        self.comments: dict[str, list[str]] = {}
        self.attempts: dict[str, int] = {}
        self.members: list[dict[str, Any]] = []
        self.lasts = 3600
        self.canvas = False
        self.refused_scopes: set[str] = set()

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        parts = urllib.parse.urlsplit(path)
        if path == "/token":
            return self.give_token(body)
        scope = self.tokens.get(headers["Authorization"].removeprefix("Bearer "), "")
        if not scope:
            return 401, {}, b"expired"
        asked = urllib.parse.parse_qs(parts.query)
        if parts.path == "/members":
            assert scope.endswith("contextmembership.readonly")
            return self.part("members", self.members, asked, parts.path)
        if parts.path == "/items/5/results":
            assert scope.endswith("result.readonly")
            shown = [self.result(user) for user in self.scores if asked.get("user_id", [user]) == [user]]
            return self.part("", shown, asked, parts.path)
        assert (method, path) == ("POST", "/items/5/scores?type=lab")
        assert scope.endswith("scope/score")
        assert headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        return self.take(json.loads(body))

    def part(
        self, key: str, everything: list[dict[str, Any]], asked: dict[str, list[str]], path: str
    ) -> Answer:
        number = int(asked.get("page", ["1"])[0])
        part = everything[2 * number - 2 : 2 * number]
        more = (
            {"Link": f'<{self.url}{path}?page={number + 1}>; rel="next"'}
            if 2 * number < len(everything)
            else {}
        )
        return 200, more, json.dumps({key: part} if key else part).encode()

    def result(self, user: str) -> dict[str, Any]:
        last = self.scores[user][-1]
        return {
            "userId": user, "resultScore": last.get("scoreGiven"), "resultMaximum": last.get("scoreMaximum"),
            "comment": last.get("comment", ""),
        }  # fmt: skip

    def take(self, score: dict[str, Any]) -> Answer:
        user = score["userId"]
        if user == "nobody":
            return 404, {}, b"no such user"
        check_score(score)
        earlier = self.scores.setdefault(user, [])
        if earlier:
            then, now = (dt.datetime.fromisoformat(one["timestamp"]) for one in (earlier[-1], score))
            if self.canvas and now < then:
                return 400, {}, b"Provided timestamp before last updated timestamp"
            if not self.canvas and now <= then:
                return 409, {}, b"a score of that time or later is there"
        own = score.get("https://canvas.instructure.com/lti/submission", {})
        if self.canvas and own.get("new_submission") is not False:
            self.attempts[user] = self.attempts.get(user, 0) + 1
        if score.get("comment"):
            self.comments.setdefault(user, []).append(score["comment"])
        earlier.append(score)
        return 200, {}, b""

    def give_token(self, body: bytes) -> Answer:
        form = {key: value[0] for key, value in urllib.parse.parse_qs(body.decode()).items()}
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        if form["scope"] in self.refused_scopes:
            return 400, {}, b'{"error":"invalid_scope"}'
        assert jwt.get_unverified_header(form["client_assertion"])["kid"] == KID
        try:
            claims = jwt.decode(
                form["client_assertion"], self.public_key, algorithms=["RS256"], audience=f"{self.url}/token",
                options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"]},
            )  # fmt: skip
        except jwt.PyJWTError as problem:
            return 400, {}, f'{{"error":"invalid_client: {problem}"}}'.encode()
        assert claims["iss"] == claims["sub"] == CLIENT
        assert claims["jti"] not in self.jtis
        assert claims["exp"] - claims["iat"] <= 300
        self.jtis.add(claims["jti"])
        token = f"access-{len(self.tokens)}"
        self.tokens[token] = form["scope"]
        return (
            200,
            {},
            json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": self.lasts}).encode(),
        )


def check_score(score: dict[str, Any]) -> None:
    """What AGS 2.0 asks of a score."""
    assert score["userId"]
    moment = dt.datetime.fromisoformat(score["timestamp"])
    assert moment.tzinfo is not None
    assert re.search(r"\.\d{3,6}[+-]", score["timestamp"])
    assert score["activityProgress"] in {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
    assert score["gradingProgress"] in {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}
    assert score["scoreGiven"] >= 0, "a score without points would clear what stands there"
    assert score["scoreMaximum"] > 0


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key_file(key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def platform(key: rsa.RSAPrivateKey) -> Iterator[Platform]:
    stand_in = Platform(key.public_key())
    with serving(stand_in):
        yield stand_in


@pytest.fixture
def post(platform: Platform, tmp_path: Path, key_file: Path) -> Callable[..., ExportReport]:
    def run(
        *results: Result,
        include_review: bool = False,
        replace: bool = False,
        preview: bool = False,
        identities: dict[str, dict[str, str]] | None = None,
        **settings: str,
    ) -> ExportReport:
        named = {made.submission: {"lti_user": made.submission} for made in results if made.submission != "x"}
        options = ExportOptions(
            include_review=include_review,
            replace=replace,
            preview=preview,
            identities=named if identities is None else identities,
            comments={made.submission: "see feedback" for made in results},
            settings={
                "line_item": f"{platform.url}/items/5?type=lab", "token_url": f"{platform.url}/token",
                "client_id": CLIENT, "key_id": KID, "key_file": str(key_file), "send": "yes", "timeout": "5",
                "retry_seconds": "0.01", **settings,
            },
        )  # fmt: skip
        return export("lti-ags", list(results), tmp_path / "out", options)

    return run


def test_lti_scores_are_as_the_sample(
    platform: Platform, post: Callable[..., ExportReport], result: Make, samples: Path
) -> None:
    report = post(result("u1", "annex123"))
    assert report.rows == 1
    (score,) = platform.scores["u1"]
    sample = json.loads((samples / "lti_ags_score.json").read_text())
    check_score(sample)
    assert {**score, "timestamp": "", "userId": ""} == {**sample, "timestamp": "", "userId": ""}


def test_lti_sends_nothing_for_review_and_lists_what_is_not_known(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    results = [
        result("u1", "a", status=Status.REVIEW),
        result("u2", "b", status=Status.ERROR),
        result("x", "c"),
        result("nobody", "d"),
        result("u3", "e"),
    ]
    report = post(*results)
    assert (report.rows, report.failed) == (1, 1)
    assert {user: scores[-1]["gradingProgress"] for user, scores in platform.scores.items()} == {
        "u3": "FullyGraded"
    }
    assert [submission for submission, _ in report.withheld] == ["u1", "u2", "x", "nobody"]
    post(results[0], include_review=True)
    assert platform.scores["u1"][-1]["gradingProgress"] == "PendingManual"
    post(result("u1", "a"))
    assert platform.scores["u1"][-1]["gradingProgress"] == "FullyGraded"


def test_lti_replaces_a_mark_only_with_a_yes(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    old = {"userId": "", "timestamp": "2026-01-01T00:00:00.000+00:00", "scoreGiven": 3.5, "scoreMaximum": 5.0}
    platform.scores = {user: [{**old, "userId": user}] for user in ("u1", "u2", "u3", "other")}
    results = [result(f"u{n}", f"s{n}") for n in range(1, 5)]
    report = post(*results, preview=True)
    assert all(path != "/items/5/scores?type=lab" for _, path in platform.seen)
    assert [(line.now, line.to_come, bool(line.reason)) for line in report.lines] == [
        ("7", "8.5", True)
    ] * 3 + [("", "8.5", False)]
    assert post(*results).rows == 1
    assert post(*results, replace=True).rows == 4
    assert platform.scores["u1"][-1]["scoreGiven"] == 8.5
    assert len(platform.scores["other"]) == 1


def test_lti_as_canvas_makes_no_second_attempt_and_says_nothing_twice(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    """The answer is lost after Canvas has acted, in each of the ways; the same score is not taken for an old one there."""
    platform.canvas = True
    for at, fault in ((1, "500 after"), (2, "silence after"), (3, "500 before")):
        platform.faults["POST /items/5/scores", at] = fault
    identities = {"u1": {"lti_user": "u1", "submitted_at": "2026-11-20T22:58:01+00:00"}}
    report = post(*[result(f"u{n}", f"s{n}") for n in range(1, 4)], identities=identities | {
        f"u{n}": {"system": "canvas", "user_id": f"u{n}"} for n in (2, 3)
    }, platform="canvas", timeout="0.4")  # fmt: skip
    assert (report.rows, report.failed) == (3, 0)
    assert platform.attempts == {}
    assert platform.comments == {f"u{n}": ["see feedback"] for n in range(1, 4)}
    own = platform.scores["u1"][-1]["https://canvas.instructure.com/lti/submission"]
    assert own == {"new_submission": False, "submitted_at": "2026-11-20T22:58:01.000+00:00"}
    assert platform.scores["u1"][-1]["submission"] == {"submittedAt": "2026-11-20T22:58:01.000+00:00"}


def test_lti_tells_of_a_newer_score_that_canvas_keeps(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    platform.canvas = True
    newer = {
        "userId": "u1",
        "timestamp": "2999-01-01T00:00:00.000+00:00",
        "scoreGiven": 8.5,
        "scoreMaximum": 10.0,
    }
    platform.scores["u1"] = [newer]
    report = post(result("u1", "s1"), platform="canvas")
    assert (report.rows, report.failed) == (0, 1)
    assert "400" in report.withheld[0][1]


def test_lti_finds_users_by_the_courses_members(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    platform.members = [
        {"user_id": "L1", "email": "annex123@example.org", "status": "Active"},
        {"user_id": "L2", "email": "other@example.org", "lis_person_sourcedid": "berbe456"},
        {"user_id": "L3", "email": "carca789@example.org", "status": "Inactive"},
        {"user_id": "L4", "email": "davda111@a.example.org"},
        {"user_id": "L5", "email": "davda111@b.example.org"},
    ]
    results = [result(f"s{n}", who) for n, who in enumerate(("annex123", "BERBE456", "carca789", "davda111"))]
    report = post(*results, identities={}, memberships_url=f"{platform.url}/members")
    assert set(platform.scores) == {"L1", "L2"}
    assert [line.submission for line in report.lines if line.reason] == ["s2", "s3"]


def test_lti_without_the_result_service_sends_only_with_a_yes(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    platform.refused_scopes = {"https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"}
    report = post(result("u1", "a"))
    assert (report.rows, platform.scores) == (0, {})
    assert post(result("u1", "a"), replace=True).rows == 1


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("where", ["POST /items/5/scores", "POST /token"])
def test_lti_gets_through_faults_and_a_repeat_sends_nothing(
    platform: Platform, post: Callable[..., ExportReport], result: Make, fault: str, where: str
) -> None:
    for at in (1, 3, 4):
        platform.faults[where, at] = fault
    results = [result(user, user) for user in ("u1", "nobody", "u2", "u3")]
    report = post(*results, timeout="0.4" if fault == "silence after" else "10")
    assert report.rows == 3
    assert [submission for submission, _ in report.withheld] == ["nobody"]
    platform.faults.clear()
    before = len(platform.seen)
    assert post(*results).rows == 3
    posted = [path for method, path in platform.seen[before:] if method == "POST" and path != "/token"]
    assert posted == ["/items/5/scores?type=lab"]
    assert {user: len(scores) for user, scores in platform.scores.items()} == {"u1": 1, "u2": 1, "u3": 1}


def test_lti_token_is_renewed_when_the_platform_no_longer_takes_it(
    platform: Platform, post: Callable[..., ExportReport], result: Make
) -> None:
    real = platform.answer

    def forgetful(method: str, path: str, headers: Any, body: bytes) -> Answer:
        answer = real(method, path, headers, body)
        if path != "/token":
            platform.tokens = {f"used-{number}": "" for number in range(len(platform.tokens))}
        return answer

    platform.answer = forgetful  # type: ignore[method-assign]  # the platform ends every token after one use
    assert post(*[result(f"u{n}", f"s{n}") for n in range(3)]).rows == 3


def test_lti_dry_run_and_platforms_that_are_down_or_refuse(
    platform: Platform, post: Callable[..., ExportReport], result: Make, tmp_path: Path
) -> None:
    results = [result(f"u{n}", f"s{n}") for n in range(5)]
    report = post(*results, send="no")
    assert platform.seen == []
    assert report.rows == 5
    check_score(json.loads(report.files[0].read_text())[0])
    report = post(*results, audience="https://other.example.org")
    assert "gives no token" in report.problems[-1]
    assert (len(report.withheld), report.failed) == (5, 5)
    platform.faults["POST /items/5/scores", 0] = "500 before"
    report = post(*results)
    assert "does not answer" in report.problems[0]
    assert [reason for _, reason in report.withheld].count("not tried") == 2
    platform.faults.clear()
    assert post(*results).rows == 5


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"line_item": ""}, "line_item"),
        ({"token_url": "http://lms.example.org/token"}, "https"),
        ({"client_id": ""}, "client_id"),
        ({"key_file": "missing.pem"}, "cannot be read"),
    ],
)
def test_lti_explains_missing_settings(
    post: Callable[..., ExportReport], result: Make, settings: dict[str, str], words: str
) -> None:
    with pytest.raises(ExportError, match=words):
        post(result("u1", "a"), **settings)


def test_lti_explains_a_key_that_is_none(
    post: Callable[..., ExportReport], result: Make, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.pem"
    for content, words in (
        ("hello", "not a private key"),
        ("-----BEGIN PRIVATE KEY-----\nx\n", "not an RSA key"),
    ):
        broken.write_text(content)
        with pytest.raises(ExportError, match=words):
            post(result("u1", "a"), key_file=str(broken))


_SENDER = """
import json, sys
from pathlib import Path
from grader.export import ExportOptions, export
from grader.model import Result
made = [Result.from_json(line) for line in Path(sys.argv[1]).read_bytes().splitlines()]
identities = {one.submission: {"lti_user": one.submission} for one in made}
export("lti-ags", made, Path(sys.argv[2]), ExportOptions(identities=identities, settings=json.loads(sys.argv[3])))
"""


def test_a_sender_killed_at_any_moment_goes_on_and_nothing_arrives_twice(
    platform: Platform, result: Make, tmp_path: Path, key_file: Path
) -> None:
    lines = tmp_path / "results.jsonl"
    lines.write_bytes(b"\n".join(result(f"u{n}", f"s{n}").to_json() for n in range(40)))
    settings = {
        "line_item": f"{platform.url}/items/5?type=lab", "token_url": f"{platform.url}/token", "client_id": CLIENT,
        "key_id": KID, "key_file": str(key_file), "send": "yes", "timeout": "10", "retry_seconds": "0.01",
    }  # fmt: skip
    out = tmp_path / "out"
    for enough in (7, 19, 40):
        command = [sys.executable, "-c", _SENDER, str(lines), str(out), json.dumps(settings)]
        with subprocess.Popen(command) as process:
            while process.poll() is None and (enough == 40 or len(platform.scores) < enough):
                time.sleep(0.002)
            process.kill() if enough < 40 else process.wait(60)
    assert {user: len(scores) for user, scores in platform.scores.items()} == {f"u{n}": 1 for n in range(40)}
    assert json.loads((out / "lti_ags_journal.jsonl").read_bytes().splitlines()[-1])["state"] == "sent"
