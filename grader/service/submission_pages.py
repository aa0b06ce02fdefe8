"""One submission as a whole: its checks, each of which can be overridden, its files, its pages, its history."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.exceptions import HTTPException

from grader.deciding import Saying, decide
from grader.errors import DecisionRefused
from grader.feedback import chart_views
from grader.feedback.page_frame import address, slug
from grader.marks import decided
from grader.service.class_state import alias_of
from grader.service.comment_bank import bank
from grader.service.decide_forms import CHOICES, faster, number_of, verdict_of, with_banked
from grader.service.desk_evidence import on_the_desk
from grader.service.rendering import class_now, found, page, see
from grader.service.source_pages import pages_of
from grader.service.visitors import Text, Who, check_form
from grader.store import Ledger

router: Final = APIRouter()


@router.get("/submission/{handle}/drawn/{question}")
def drawn(request: Request, who: Who, handle: str, question: str) -> Response:
    """The figures of a question, drawn. A second of work, so that pages ask for them once they are looked at."""
    name = found(request, handle)
    questions = class_now(request).entries[name].result.questions
    place = next((at for at, one in enumerate(questions) if one.id == question), None)
    if place is None or not questions[place].charts:
        raise HTTPException(404, "There are no figures to draw.")
    charts = chart_views(questions[place], f"{alias_of(name)}-{place}")
    part = request.headers.get("hx-request") == "true"
    template = "service/drawn.html.j2" if part else "service/view.html.j2"
    return page(request, who, template, name=name, charts=charts)


@router.get("/submission/{handle}")
def show_submission(request: Request, who: Who, handle: str) -> Response:
    """Everything of one submission that a person may decide on."""
    name = found(request, handle)
    ledger: Ledger = request.app.state.ledger
    state = class_now(request)
    result = state.entries[name].result
    standing = decided(result)
    kept = ledger.stored_page(name).page
    history = ledger.log.rows(name)[::-1]
    return page(
        request,
        who,
        "service/submission.html.j2",
        name=name,
        result=result,
        standing=standing,
        history=history,
        gone=ledger.log.taken_back(history),
        flags=state.flags.get(name, ()),
        alike=[cluster for cluster in state.clusters if name in cluster.members],
        looks_at={
            check.id: on_the_desk(result, check, kept, ledger.blobs)
            for question in standing.questions
            for check in question.checks
            if check.max > 0
        },
        texts=ledger.traces([name]).get(name),
        choices=CHOICES,
        seen=ledger.log.latest(),
        banks={
            check.id: bank(ledger, state.words, check.id)[:6]
            for question in standing.questions
            for check in question.checks
            if check.max > 0
        },
        pages=[pages_of(request, file) for file in result.files],
    )


@router.post("/submission/{handle}")
def decide_one(
    request: Request,
    who: Who,
    handle: str,
    token: Text,
    check: Text = "",
    verdict: Text = "",
    points: Text = "",
    comment: Text = "",
    reason: Text = "",
    student: Text = "",
    banked: Text = "",
    seen: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """Decides a check or a question of one submission, or says something of the whole."""
    check_form(request, who, token)
    name = found(request, handle)
    comment = with_banked(comment, banked)
    chosen = verdict_of(verdict) if verdict else None
    given = number_of(points)
    late = faster(request.app.state.ledger, seen, [name], check, who.name) if seen is not None else []
    if late:
        form = {
            "verdict": verdict,
            "points": points,
            "comment": comment,
            "reason": reason,
            "student": student,
        }
        return page(
            request, who, "service/conflict.html.j2", status=409, faster=late, form=form, names=[name], check=check,
            seen=request.app.state.ledger.log.latest(),
            onward=f"/submission/{address(handle)}",
        )  # fmt: skip
    saying = Saying(name, check, chosen, given, comment, reason, student)
    try:
        decide(request.app.state.ledger, [saying], by=who.name)
    except DecisionRefused as problem:
        raise HTTPException(422, str(problem)) from problem
    return see(f"/submission/{address(handle)}" + (f"#{slug(check)}" if check else "#history"))
