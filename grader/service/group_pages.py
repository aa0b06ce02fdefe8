"""The queue and its items: alike answers decided at once, with the passage before one's eyes."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from starlette.exceptions import HTTPException

from grader.deciding import Saying, decide, undo
from grader.errors import DecisionRefused
from grader.model import Result, Value, Verdict
from grader.service.answer_groups import Doubt, Group, part_of
from grader.service.class_state import ClassState
from grader.service.comment_bank import bank
from grader.service.decide_forms import CHOICES, faster, number_of, verdict_of, with_banked
from grader.service.desk_evidence import Looked, on_the_desk
from grader.service.presence import Presence
from grader.service.rendering import class_now, is_ours, page, see
from grader.service.visitors import Text, Who, check_form
from grader.store import Ledger

router: Final = APIRouter()
SHOWN: Final = 6  # members of a group that lie on the desk at once; more are shown when asked for
MOST_SHOWN: Final = 60


class Member(Value, frozen=True):
    """One of a group on the desk: what to look at, and all it was judged by."""

    doubt: Doubt
    looks: tuple[Looked, ...]
    standing: Result


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

    def chosen(self, state: ClassState, *, blind: bool) -> list[Group]:
        """The groups that fall to it."""
        words = self.search.casefold().split()
        return [
            group
            for group in part_of(state.groups(), self.part, self.parts)
            if not words or _has(words, group, state, blind=blind)
        ]


def _has(words: list[str], group: Group, state: ClassState, *, blind: bool) -> bool:
    passages = " ".join(item.excerpt for item in group.first.check.evidence)
    names = " ".join(state.name(doubt.submission, blind=blind) for doubt in group.members)
    people = "" if blind else " ".join(_people(state, doubt.submission) for doubt in group.members)
    check = group.first.check
    text = f"{group.kind} {check.id} {check.title} {passages} {names} {people}".casefold()
    return all(word in text for word in words)


def _people(state: ClassState, submission: str) -> str:
    return " ".join(f"{one.id} {one.name}" for one in state.entries[submission].standing.students)


Parted = Annotated[Part, Depends()]


@router.get("/queue")
def queue(request: Request, who: Who, part: Parted, done: int = 0) -> Response:
    """What waits, by question and kind of doubt."""
    state = class_now(request)
    mine = {group.key for group in part.chosen(state, blind=who.blind)}
    return page(
        request,
        who,
        "service/queue.html.j2",
        mine=mine,
        part=part,
        requests=_asked(request),
        **_done(request, done),
    )


@router.get("/next")
def following(request: Request, who: Who, part: Parted, after: str = "") -> Response:
    """The next item behind one, or the first."""
    return see(_after(part.chosen(class_now(request), blind=who.blind), after, part))


def _after(groups: list[Group], key: str, part: Part) -> str:
    keys = [group.key for group in groups]
    place = keys.index(key) + 1 if key in keys else 0
    return f"/group/{keys[place]}{part.address}" if place < len(keys) else f"/queue{part.address}"


@router.get("/group/{key}")
def show_group(
    request: Request,
    who: Who,
    part: Parted,
    key: str,
    done: int = 0,
    show: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = SHOWN,
) -> Response:
    """One item: the passage, what the program saw, and the verdicts."""
    state = class_now(request)
    group = state.group(key)
    if group is None:
        return page(
            request,
            who,
            "service/queue.html.j2",
            mine={one.key for one in part.chosen(state, blind=who.blind)},
            part=part,
            gone=True,
            requests=_asked(request),
            **_done(request, done),
        )
    ledger: Ledger = request.app.state.ledger
    presence: Presence = request.app.state.presence
    presence.looks_at(who.name, key)
    groups = part.chosen(state, blind=who.blind)
    doubts = {doubt.submission: doubt for doubt in group.members}
    members = [doubts[name] for name in state.ordered(list(doubts), blind=who.blind)]
    keys = [one.key for one in groups]
    return page(
        request,
        who,
        "service/group.html.j2",
        group=group,
        part=part,
        members=members,
        shown=[_member(ledger, state, doubt) for doubt in members[:show]],
        most_shown=MOST_SHOWN,
        ticked=len(members) if group.same else min(show, len(members)),
        seen=ledger.log.latest(),
        others=presence.others(who.name, key),
        bank=bank(ledger, state.words, group.first.check.id),
        proposal=state.proposals.get(group.first.group) if group.same and group.first.group else None,
        choices=CHOICES,
        place=keys.index(key) + 1 if key in keys else 0,
        many=len(keys),
        skip=_after(groups, key, part),
        **_done(request, done),
    )


def _asked(request: Request) -> int:
    """How many requests of students are open."""
    return len(request.app.state.ledger.desk.requests(open_only=True))


def _done(request: Request, number: int) -> dict[str, Any]:
    """The decision that was just made, which one key takes back, and how many were made together with it."""
    ledger: Ledger = request.app.state.ledger
    rows = ledger.log.rows_with(number) if number else []
    gone = ledger.log.taken_back(rows)
    last = next((row for row in rows if row.id == number and row.undoes is None), None)
    if last is None or number in gone:
        return {"last": None, "together": 0}
    return {"last": last, "together": sum(row.id not in gone for row in rows)}


def _member(ledger: Ledger, state: ClassState, doubt: Doubt) -> Member:
    entry = state.entries[doubt.submission]
    kept = ledger.stored_page(doubt.submission).page
    looks = on_the_desk(entry.result, doubt.check, kept, ledger.blobs)
    return Member(doubt, tuple(looks), entry.standing)


@router.post("/group/{key}")
def decide_group(
    request: Request,
    who: Who,
    part: Parted,
    key: str,
    token: Text,
    seen: Annotated[int, Form(ge=0)],
    members: Annotated[list[str], Form()],
    verdict: Text = "",
    check: Text = "",
    points: Text = "",
    comment: Text = "",
    banked: Text = "",
    reason: Text = "",
    keep: Annotated[bool, Form()] = False,
) -> Response:
    """Decides all members that are chosen; where somebody else was faster, shows both and asks."""
    check_form(request, who, token)
    state = class_now(request)
    group = state.group(key)
    ledger: Ledger = request.app.state.ledger
    names = [name for name in (state.found(one) for one in dict.fromkeys(members)) if name is not None]
    comment = with_banked(comment, banked)
    late = faster(ledger, seen, names, check, who.name)
    if group is None or late:
        return page(
            request,
            who,
            "service/conflict.html.j2",
            status=409,
            faster=late,
            check=check,
            names=names,
            seen=ledger.log.latest(),
            form={
                "verdict": verdict,
                "points": points or (_half(group) if group is not None and verdict == "partial" else ""),
                "comment": comment,
                "reason": reason,
                "student": "",
            },
            onward=f"/next{part.address}",
        )
    chosen = verdict_of(verdict) if verdict or group.first.check.id else None  # the whole has no verdict
    waiting = {doubt.submission for doubt in group.members}
    given = _points(points, chosen, group)
    sayings = [
        Saying(name, group.first.check.id, chosen, given, comment, reason)
        for name in names
        if name in waiting
    ]
    if not sayings:
        raise HTTPException(422, "Nobody of this group was chosen.")
    following_one = _after(part.chosen(state, blind=who.blind), key, part)
    if len(sayings) < len(group.members):  # those that were taken out are next, in a group of their own
        following_one = f"/group/{key}{part.address}"
    try:
        rows = decide(ledger, sayings, by=who.name)
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    if keep and comment.strip():
        ledger.desk.add_comment(group.first.check.id, comment.strip(), by=who.name, at=rows[0].decision.at)
    sign = "&" if "?" in following_one else "?"
    return see(f"{following_one}{sign}done={rows[-1].id}")


@router.post("/decide")
def decide_all_the_same(
    request: Request,
    who: Who,
    token: Text,
    members: Annotated[list[str], Form()],
    seen: Annotated[int, Form(ge=0)],
    check: Text = "",
    verdict: Text = "",
    points: Text = "",
    comment: Text = "",
    reason: Text = "",
    student: Text = "",
    onward: Text = "/next",
) -> Response:
    """Decides what somebody else has decided meanwhile, once both have been shown."""
    check_form(request, who, token)
    state = class_now(request)
    ledger: Ledger = request.app.state.ledger
    names = [name for name in map(state.found, dict.fromkeys(members)) if name is not None]
    form = {"verdict": verdict, "points": points, "comment": comment, "reason": reason, "student": student}
    late = faster(ledger, seen, names, check, who.name)
    if late:
        return page(
            request,
            who,
            "service/conflict.html.j2",
            status=409,
            faster=late,
            check=check,
            names=names,
            seen=ledger.log.latest(),
            form=form,
            onward=onward if is_ours(onward) else "/next",
        )
    chosen, given = verdict_of(verdict) if verdict else None, number_of(points)
    try:
        decide(
            ledger,
            [Saying(name, check, chosen, given, comment, reason, student) for name in names],
            by=who.name,
        )
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    return see(onward if is_ours(onward) else "/next")


def _points(text: str, verdict: Verdict | None, group: Group) -> float | None:
    """The points of the form; for a part of them, half where nothing is said."""
    return number_of(text or _half(group)) if verdict is Verdict.PARTIAL else None


def _half(group: Group) -> str:
    return f"{group.first.check.max / 2:g}"


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
    return see(back if is_ours(back) else "/queue")
