"""Requests to an LMS over HTTP: patient with one that is busy, plain about one that refuses.

The outcome of a request is one of three: answered, refused, or unknown (no answer, or an error of the server
after it may have acted). Only the caller knows whether what is unknown may be asked again.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from grader.errors import ExportError

_LONGEST_WAIT = 60.0  # seconds; an LMS that asks for more is taken as not answering
_LITTLE = 50.0  # of Canvas's rate limit (700 when full): from here on it is spared
_MOST_PAGES = 1_000
_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))


class Refused(Exception):  # noqa: N818 - what the LMS did; the sentence is the message
    """The LMS says no to this one request; `status` is its HTTP status, `challenge` what it asks to log in by."""

    def __init__(self, status: int, message: str, challenge: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.challenge = challenge


class Unknown(Exception):  # noqa: N818 - what became of the request
    """No answer that tells whether the request was acted on."""


class Busy(Exception):  # noqa: N818 - how the LMS is
    """The LMS keeps asking to come back later; nothing was acted on."""


class Exchange:
    """An HTTP client that waits when told to; `attempts` bounds how often one request is tried.

    ``settings`` may hold ``timeout`` (seconds for one answer, 30) and ``retry_seconds`` (first wait, 1;
    doubled each time).
    """

    def __init__(self, settings: Mapping[str, str], attempts: int = 5) -> None:
        self.attempts = attempts
        self._first_wait = _seconds(settings, "retry_seconds", 1.0)
        self._client = httpx.Client(timeout=_seconds(settings, "timeout", 30.0), follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, method: str, url: str, *, repeatable: bool, **request: Any) -> httpx.Response:
        """The answer to one request, a redirect included.

        A busy LMS (429, 503 with a wait, Canvas's 403 with *Rate Limit Exceeded*) has not acted and is asked
        again after the wait it names. A `repeatable` request is also asked again after errors and silence;
        another raises `Unknown`. Raises `Refused` for other statuses from 400 up, `Busy` if it stays so.
        """
        silence, wait = "", 0.0
        for attempt in range(self.attempts):
            time.sleep(wait)
            wait = min(_LONGEST_WAIT, self._first_wait * 2**attempt)
            try:
                answer = self._client.request(method, url, **request)
            except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
                silence = f"no connection ({problem})"
                continue
            except httpx.HTTPError as problem:
                silence = f"no answer ({type(problem).__name__})"
                if not repeatable:
                    raise Unknown(silence) from problem
                continue
            if _is_busy(answer):
                silence = ""
                wait = min(_LONGEST_WAIT, _named_wait(answer, wait))
                continue
            if answer.status_code >= 500:
                silence = f"an error of the server ({answer.status_code})"
                if not repeatable:
                    raise Unknown(silence)
                continue
            if answer.status_code >= 400:
                challenge = answer.headers.get("WWW-Authenticate", "")
                raise Refused(answer.status_code, f"{answer.status_code}: {_excerpt(answer)}", challenge)
            if _left(answer) < _LITTLE:
                time.sleep(self._first_wait)
            return answer
        if silence:
            raise Unknown(silence)
        raise Busy("it is busy and asks to come back later")

    def pages(self, url: str, **request: Any) -> Iterator[httpx.Response]:
        """All pages of a list, by the link that each names as the next; only of the same server, for they bring the token."""
        params = request.pop("params", None)
        seen: set[str] = set()
        while url and url not in seen and len(seen) < _MOST_PAGES:
            seen.add(url)
            answer = self.ask("GET", url, repeatable=True, params=params, **request)
            yield answer
            following = answer.links.get("next", {}).get("url", "")
            following = urljoin(url, following) if following else ""
            if following and urlsplit(following)[:2] != urlsplit(url)[:2]:
                raise Refused(answer.status_code, f"the next page is at another server: {following[:100]}")
            url, params = following, None

    def pause(self, attempt: int) -> None:
        """Waits as long as before try number `attempt` (from 0, which does not wait)."""
        if attempt:
            time.sleep(min(_LONGEST_WAIT, self._first_wait * 2 ** (attempt - 1)))


def checked_url(url: str, what: str) -> str:
    """`url` without a final slash. Raises `ExportError` unless it is https or this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url.rstrip("/")
    if parts.scheme == "http" and parts.hostname in _LOCAL:
        return url.rstrip("/")
    raise ExportError(f"{what} must be an https address, so that nobody else reads what is sent: {url!r}")


def setting(settings: Mapping[str, str], name: str, what: str) -> str:
    """A setting that is needed. Raises `ExportError` that says what it is."""
    value = settings.get(name, "").strip()
    if not value:
        raise ExportError(f"the setting {name} is needed: {what}")
    return value


def _seconds(settings: Mapping[str, str], name: str, default: float) -> float:
    try:
        return max(0.001, float(settings.get(name, default)))
    except ValueError as problem:
        raise ExportError(f"the setting {name} is a number of seconds, not {settings[name]!r}") from problem


def _is_busy(answer: httpx.Response) -> bool:
    if answer.status_code == 429 or (answer.status_code == 503 and "Retry-After" in answer.headers):
        return True
    if answer.status_code != 403:
        return False
    # A 403 with some of the limit left is a refusal: the user may not do this, however often it is asked.
    return "rate limit exceeded" in answer.text[:500].lower() or _left(answer) <= 0


def _left(answer: httpx.Response) -> float:
    """What is left of Canvas's rate limit; nobody else names one."""
    try:
        return float(answer.headers.get("X-Rate-Limit-Remaining", "inf"))
    except ValueError:
        return float("inf")


def _named_wait(answer: httpx.Response, default: float) -> float:
    named = answer.headers.get("Retry-After", "")
    if named.isdecimal():
        return float(named)
    parsed = email.utils.parsedate_tz(named)
    if parsed is None:
        return default
    return max(0.0, email.utils.mktime_tz(parsed) - time.time())


def _excerpt(answer: httpx.Response) -> str:
    text = " ".join(answer.text[:2_000].split())
    return text[:200] or answer.reason_phrase
