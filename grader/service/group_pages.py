"""The queue and its items: alike answers decided at once, with the passage before one's eyes."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from starlette.exceptions import HTTPException

from grader.deciding import Saying, decide, undo
from grader.errors import DecisionRefused
from grader.model import CheckResult, Verdict
from grader.page_data import Passage
from grader.service.answer_groups import Group, part_of
from grader.service.comment_bank import bank
from grader.service.presence import Presence
from grader.service.rendering import class_now, page, see
from grader.service.visitors import Visitor, check_form, visitor
from grader.store import Ledger, LoggedDecision

router: Final = APIRouter()
SHOWN: Final = 12  # members of a group whose passages stand on the page at once
CHOICES: Final = (Verdict.PASS, Verdict.PARTIAL, Verdict.FAIL, Verdict.MISSING)
Who = Annotated[Visitor, Depends(visitor)]
Text = Annotated[str, Form(max_length=20_000)]


class Part:
    """Which part of the queue someone takes, as it stands in the address: part 1 of 2, and what was searched for."""

    def __init__(
        self,
        part: Annotated[int, Query(ge=1, le=50)] = 1,
        parts: Annotated[int, Query(ge=1, le=50)] = 1,
        search: Annotated[str, Query(max_length=200)] = "",
    ) -> None:
        self.part, self.parts, self.search = min(part, parts), parts, search

    @property
    def address(self) -> str:
        """The same as the end of an address."""
        given = {"part": self.part, "parts": self.parts} if self.parts > 1 else {}
        return (
            f"?{urlencode(given | ({'search': self.search} if self.search else {}))}"
            if given or self.search
            else ""
        )

    def chosen(self, groups: list[Group]) -> list[Group]:
        """The groups that fall to it."""
        word = self.search.casefold()
        return [
            group
            for group in part_of(groups, self.part, self.parts)
            if not word or any(word in _searched(group) for _ in (0,))
        ]


def _searched(group: Group) -> str:
    passages = " ".join(item.excerpt for item in group.first.check.evidence)
    names = " ".join(doubt.submission for doubt in group.members)
    return f"{group.kind} {group.first.check.id} {passages} {names}".casefold()


Parted = Annotated[Part, Depends()]


@router.get("/queue")
def queue(request: Request, who: Who, part: Parted) -> Response:
    """What waits, by question and kind of doubt."""
    state = class_now(request)
    mine = {group.key for group in part.chosen(state.groups())}
    return page(request, who, "service/queue.html.j2", mine=mine, part=part)


@router.get("/next")
def following(request: Request, who: Who, part: Parted, after: str = "") -> Response:
    """The next item behind one, or the first."""
    del who
    return see(_after(part.chosen(class_now(request).groups()), after, part))


def _after(groups: list[Group], key: str, part: Part) -> str:
    keys = [group.key for group in groups]
    place = keys.index(key) + 1 if key in keys else 0
    return f"/group/{keys[place]}{part.address}" if place < len(keys) else f"/queue{part.address}"


@router.get("/group/{key}")
def show_group(request: Request, who: Who, part: Parted, key: str, done: int = 0) -> Response:
    """One item: the passage, what the program saw, and the verdicts."""
    state = class_now(request)
    group = state.group(key)
    if group is None:
        return page(
            request,
            who,
            "service/queue.html.j2",
            mine={one.key for one in part.chosen(state.groups())},
            part=part,
            gone=True,
        )
    ledger: Ledger = request.app.state.ledger
    presence: Presence = request.app.state.presence
    presence.looks_at(who.name, key)
    groups = part.chosen(state.groups())
    keys = [one.key for one in groups]
    return page(
        request,
        who,
        "service/group.html.j2",
        group=group,
        part=part,
        passages={
            doubt.submission: _passages(ledger, doubt.submission, doubt.check)
            for doubt in group.members[:SHOWN]
        },
        shown=group.members[:SHOWN],
        seen=ledger.log.latest(),
        others=presence.others(who.name, key),
        bank=bank(ledger, state, group.first.check.id),
        proposal=state.proposals.get(group.first.group) if group.first.group else None,
        choices=CHOICES,
        place=keys.index(key) + 1 if key in keys else 0,
        many=len(keys),
        skip=_after(groups, key, part),
        last=ledger.log.row(done) if done else None,
    )


def _passages(ledger: Ledger, submission: str, check: CheckResult) -> list[Passage]:
    stored = ledger.stored_page(submission)
    return [passage for passage in stored.page.passages if passage.check_id == check.id]


@router.post("/group/{key}")
def decide_group(
    request: Request,
    who: Who,
    part: Parted,
    key: str,
    token: Text,
    verdict: Text,
    seen: Annotated[int, Form(ge=0)],
    members: Annotated[list[str], Form()],
    check: Text,
    points: Text = "",
    comment: Text = "",
    reason: Text = "",
    keep: Annotated[bool, Form()] = False,
    anyway: Annotated[bool, Form()] = False,
) -> Response:
    """Decides all members that are chosen; where somebody else was faster, shows both and asks."""
    check_form(request, who, token)
    state = class_now(request)
    group = state.group(key)
    ledger: Ledger = request.app.state.ledger
    faster = _faster(ledger, seen, members, check, who.name)
    if group is None or (faster and not anyway):
        return page(
            request,
            who,
            "service/conflict.html.j2",
            status=409,
            faster=faster,
            part=part,
            group=group,
            key=key,
            form={
                "verdict": verdict,
                "points": points,
                "comment": comment,
                "reason": reason,
                "members": members,
            },
        )
    chosen = _verdict(verdict)
    waiting = {doubt.submission for doubt in group.members}
    sayings = [
        Saying(name, group.first.check.id, chosen, _points(points, chosen, group), comment, reason)
        for name in dict.fromkeys(members)
        if name in waiting
    ]
    if not sayings:
        raise HTTPException(422, "Nobody of this group was chosen.")
    following_one = _after(part.chosen(state.groups()), key, part)
    try:
        rows = decide(ledger, sayings, by=who.name)
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    if keep and comment.strip():
        ledger.desk.add_comment(group.first.check.id, comment.strip(), by=who.name, at=rows[0].decision.at)
    sign = "&" if "?" in following_one else "?"
    return see(
        f"{following_one}{sign}done={rows[-1].id}" if following_one.startswith("/group/") else following_one
    )


def _verdict(text: str) -> Verdict:
    if text not in {choice.value for choice in CHOICES}:
        raise HTTPException(422, "Choose one of: " + ", ".join(choice.value for choice in CHOICES) + ".")
    return Verdict(text)


def _points(text: str, verdict: Verdict, group: Group) -> float | None:
    """The points of the form; for a part of them, half where nothing is said."""
    if verdict in {Verdict.PASS, Verdict.FAIL, Verdict.MISSING}:
        return None
    try:
        return float(text.replace(",", ".")) if text.strip() else group.first.check.max / 2
    except ValueError as problem:
        raise HTTPException(422, f"{text!r} is no number of points.") from problem


def _faster(ledger: Ledger, seen: int, members: list[str], check: str, name: str) -> list[LoggedDecision]:
    """What others decided of these since the page was loaded."""
    return [
        row
        for row in ledger.log.rows_after(seen)
        if row.submission in members and row.decision.check == check and row.decision.by != name
    ]


@router.post("/undo")
def take_back_decision(
    request: Request, who: Who, token: Text, number: Annotated[int, Form(ge=1)], back: Text = "/queue"
) -> Response:
    """Takes a decision back, by a new row; with a group, all that were decided by the same click."""
    check_form(request, who, token)
    ledger: Ledger = request.app.state.ledger
    if ledger.log.row(number) is None:
        raise HTTPException(404, f"There is no decision {number}.")
    try:
        undo(ledger, number, by=who.name, together=True)
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    return see(back if back.startswith("/") and not back.startswith("//") else "/queue")
