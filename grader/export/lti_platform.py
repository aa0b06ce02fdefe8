"""One LTI 1.3 platform as its tool sees it: tokens, results that stand there, members of the course, scores.

Specifications: LTI AGS 2.0 (score and result services), LTI NRPS 2.0, 1EdTech Security Framework 1.1 (section 4, OAuth 2.0 client
credentials with a JWT of RFC 7523).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from grader.errors import ExportError
from grader.export.answers import object_of, objects_of, text_of
from grader.export.exchange import Exchange, Refused, Unknown, checked_url, setting
from grader.export.options import ExportOptions
from grader.model import Value

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORES = f"{_AGS}score"
RESULTS = f"{_AGS}result.readonly"
MEMBERS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
_RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
_MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
_RENEW_BEFORE = 30  # seconds before a token ends


class TokenRefused(Exception):  # noqa: N818 - what the platform did
    """The platform gives the tool no token."""


class Standing(Value, frozen=True):
    """A result that stands at the platform."""

    user: str
    score: float | None = None
    maximum: float | None = None
    comment: str = ""


class Person(Value, frozen=True):
    """A member of the course, as NRPS gives them; what a platform does not tell is empty."""

    user: str
    name: str = ""
    email: str = ""
    sourced_id: str = ""


class Platform:
    """The services of one line item, with tokens fetched when needed and kept while they last."""

    def __init__(self, options: ExportOptions, exchange: Exchange) -> None:
        """Raises `ExportError` if a setting is missing or the key is none."""
        settings = options.settings
        self._exchange = exchange
        self._item = checked_url(setting(settings, "line_item", "the line item's address"), "line_item")
        self._url = checked_url(
            setting(settings, "token_url", "where the platform gives tokens"), "token_url"
        )
        self._client = setting(settings, "client_id", "the tool's number at the platform")
        self._key_id = setting(settings, "key_id", "the key's id (kid) in the tool's key set")
        self._audience = settings.get("audience") or self._url
        self._key = _read_key(Path(setting(settings, "key_file", "the tool's private key, a PEM file")))
        self._tokens: dict[str, tuple[str, float]] = {}

    @property
    def scores_url(self) -> str:
        """Where scores of the line item go."""
        return self._below("scores")

    def standings(self) -> dict[str, Standing]:
        """The results that stand at the line item, by the platform's users. Raises `TokenRefused`, `Refused`, `Unknown`, `Busy`."""
        return {
            one.user: one
            for one in map(_standing, self._all(self._below("results"), RESULTS, _RESULTS_TYPE))
            if one.user
        }

    def standing(self, user: str) -> Standing | None:
        """The result of one user, or None; raises as `standings`."""
        found = self._all(self._below("results"), RESULTS, _RESULTS_TYPE, user_id=user)
        return next((one for one in map(_standing, found) if one.user == user), None)

    def people(self, address: str) -> list[Person]:
        """The active members of the course whose membership service is at `address`; raises as `standings`."""
        found = self._all(checked_url(address, "memberships_url"), MEMBERS, _MEMBERS_TYPE)
        return [
            Person(
                user=text_of(one.get("user_id")),
                name=text_of(one.get("name"))
                or f"{text_of(one.get('given_name'))} {text_of(one.get('family_name'))}".strip(),
                email=text_of(one.get("email")),
                sourced_id=text_of(one.get("lis_person_sourcedid")),
            )
            for one in found
            if text_of(one.get("user_id")) and text_of(one.get("status")) in {"", "Active"}
        ]

    def may_send(self) -> None:
        """Fetches a token for scores. Raises `TokenRefused`, `Unknown` or `Busy`."""
        self._token(SCORES)

    def post(self, score: bytes) -> None:
        """Posts one score, and once more with a new token if the platform no longer takes the one we have."""
        for fresh in (False, True):
            headers = {"Authorization": f"Bearer {self._token(SCORES)}", "Content-Type": _SCORE_TYPE}
            try:
                self._exchange.ask("POST", self.scores_url, repeatable=False, headers=headers, content=score)
            except Refused as problem:
                if problem.status != 401 or fresh:
                    raise
                self._tokens.pop(SCORES, None)
            else:
                return

    def _all(self, url: str, scope: str, kind: str, **params: str) -> Iterator[dict[str, Any]]:
        for fresh in (False, True):
            headers = {"Authorization": f"Bearer {self._token(scope)}", "Accept": kind}
            found: list[dict[str, Any]] = []
            try:
                for answer in self._exchange.pages(
                    url, headers=headers, **({"params": params} if params else {})
                ):
                    found += objects_of(answer.content, "members")
            except Refused as problem:
                if problem.status != 401 or fresh:
                    raise
                self._tokens.pop(scope, None)
            else:
                return iter(found)
        return iter(())

    def _below(self, name: str) -> str:
        parts = urlsplit(self._item)
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))

    def _token(self, scope: str) -> str:
        """A token that is good for the next request. Raises `TokenRefused`, `Unknown` or `Busy`."""
        kept, until = self._tokens.get(scope, ("", 0.0))
        if time.monotonic() < until:
            return kept
        answer = self._asked(scope)
        read = object_of(answer.content)
        token, seconds = read.get("access_token"), read.get("expires_in", 3600)
        if not isinstance(token, str) or not token:
            raise TokenRefused("its answer holds no access_token")
        lasts = float(seconds) if isinstance(seconds, int | float) else 3600.0
        self._tokens[scope] = (token, time.monotonic() + max(1.0, lasts - _RENEW_BEFORE))
        return token

    def _asked(self, scope: str) -> httpx.Response:
        """The platform's answer to a signed request; each try is signed anew, for none is taken twice."""
        for attempt in range(self._exchange.attempts):
            self._exchange.pause(attempt)
            try:
                return self._exchange.ask("POST", self._url, repeatable=False, data=self._form(scope))
            except Refused as problem:
                raise TokenRefused(str(problem)) from problem
            except Unknown:
                if attempt + 1 == self._exchange.attempts:
                    raise
        raise AssertionError("a loop that returns or raises")

    def _form(self, scope: str) -> dict[str, str]:
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
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
            "scope": scope,
        }


def _standing(one: dict[str, Any]) -> Standing:
    score, most = one.get("resultScore"), one.get("resultMaximum")
    return Standing(
        user=text_of(one.get("userId")),
        score=float(score) if isinstance(score, int | float) else None,
        maximum=float(most) if isinstance(most, int | float) else None,
        comment=text_of(one.get("comment")),
    )


def _read_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as problem:
        raise ExportError(f"{path}: the tool's private key cannot be read ({problem})") from problem
    if "PRIVATE KEY-----" not in key:
        raise ExportError(f"{path}: not a private key in PEM form; name the file that begins with -----BEGIN")
    return key
