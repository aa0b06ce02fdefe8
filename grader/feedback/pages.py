"""Results as HTML pages: each whole in itself, without network, and with nothing of a student's that could run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import grader
from grader.feedback.charts import chart_source
from grader.feedback.extras import FeedbackExtras
from grader.feedback.textguard import shown
from grader.model import ExecutionStatus, Result, Status, Verdict

_ROOT: Final = Path(grader.__file__).resolve().parent
# In a wheel the templates lie inside the package, in a checkout beside it.
_TEMPLATES: Final = (_ROOT / "templates", _ROOT.parent / "templates")

VERDICT_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "pass": ("✓", "right"),
    "partial": ("◐", "partly right"),
    "fail": ("✗", "not right"),
    "missing": ("○", "missing"),
    "review": ("?", "a person will look"),
    "not_run": ("–", "not looked at"),
    "error": ("!", "error of ours"),
}
_EXECUTION: Final[Mapping[ExecutionStatus, str]] = {
    ExecutionStatus.OK: "The notebook ran to its end.",
    ExecutionStatus.FAILED: "The notebook was run, and some of its cells failed.",
    ExecutionStatus.TIMEOUT: "The notebook took longer than it may and was stopped.",
    ExecutionStatus.MEMORY: "The notebook needed more memory than it may use and was stopped.",
    ExecutionStatus.DIED: "The notebook's kernel ended before the notebook did.",
    ExecutionStatus.FLOOD: "The notebook printed more than can be kept and was stopped.",
    ExecutionStatus.SKIPPED: "",
    ExecutionStatus.ERROR: "The notebook could not be run, through no fault of yours.",
}
_ALLOWED_TAGS: Final = {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "caption",
    "pre",
    "code",
    "p",
    "br",
    "b",
    "i",
    "em",
    "strong",
    "sub",
    "sup",
    "ul",
    "ol",
    "li",
    "div",
    "span",
}


def render_feedback(result: Result, *, staff: bool = False, extras: FeedbackExtras | None = None) -> str:
    """The feedback page of one submission; with `staff` also what only staff may see."""
    given = extras or FeedbackExtras()
    return _page(
        "feedback.html.j2",
        "feedback.css",
        "",
        result=result,
        staff=staff,
        files=[file for file in result.files if file.note],
        execution=_execution_words(result),
        passages=given.passages if staff else (),
        cells=given.cells,
    )


def render_index(results: Sequence[Result], *, title: str) -> str:
    """The class at a glance, for staff."""
    ordered = sorted(results, key=lambda result: result.submission)
    waiting = [result for result in ordered if result.status is not Status.GRADED]
    return _page(
        "index.html.j2",
        "feedback.css",
        "index.js",
        widths={count for question in _by_question(ordered) for count in question["verdicts"].values()},
        title=title,
        results=ordered,
        waiting=sorted(
            waiting, key=lambda result: (result.status is not Status.ERROR, -_open_points(result))
        ),
        flagged=[result for result in ordered if result.flags],
        questions=_by_question(ordered),
        histogram=_histogram(ordered),
        verdicts=[verdict.value for verdict in Verdict],
        mean=sum(result.points for result in ordered) / len(ordered) if ordered else 0.0,
        most=max((result.max for result in ordered), default=0.0),
    )


def _open_points(result: Result) -> float:
    return sum(
        check.max
        for question in result.questions
        for check in question.checks
        if check.verdict is Verdict.REVIEW
    )


def _by_question(results: Sequence[Result]) -> list[dict[str, Any]]:
    """For each question its verdicts with their shares, and the mean of its points."""
    found: dict[str, dict[str, Any]] = {}
    for result in results:
        for question in result.questions:
            entry = found.setdefault(
                question.id,
                {
                    "id": question.id,
                    "title": question.title,
                    "max": question.max,
                    "points": 0.0,
                    "verdicts": Counter(),
                    "count": 0,
                },
            )
            entry["verdicts"][question.verdict.value] += 1
            entry["points"] += question.points
            entry["count"] += 1
    return list(found.values())


def _histogram(results: Sequence[Result]) -> list[tuple[str, int]]:
    """How many have each whole number of points, from none to all."""
    most = int(max((result.max for result in results), default=0))
    counts = Counter(min(most, int(result.points)) for result in results if result.status is not Status.ERROR)
    return [(str(points), counts[points]) for points in range(most + 1)]


def _execution_words(result: Result) -> str:
    words = _EXECUTION[result.execution.status]
    return " ".join(part for part in (words, result.execution.note) if part)


def _page(template: str, style: str, script: str, widths: Iterable[int] = (), **values: Any) -> str:
    sources = _sources()
    # Widths are classes: the policy allows no style attributes.
    css = Markup(sources[style] + "".join(f".w-{width}{{flex-grow:{width}}}" for width in sorted(widths)))  # noqa: S704 - our own file
    js = Markup(sources[script]) if script else Markup("")  # noqa: S704 - our own file
    policy = (
        f"default-src 'none'; img-src data:; style-src '{_hash(css)}'; base-uri 'none'; form-action 'none'"
    )
    if script:
        policy += f"; script-src '{_hash(js)}'"
    return (
        _environment()
        .get_template(template)
        .render(css=css, js=js, policy=policy, words=VERDICT_WORDS, **values)
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _sources() -> Mapping[str, str]:
    folder = next(path for path in _TEMPLATES if (path / "feedback.css").is_file())
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in folder.iterdir()
        if path.suffix in {".css", ".js"}
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        shown=shown, points=_points, chart=chart_source, png=_png, clean=_clean, prose=_prose, slug=_slug
    )
    return environment


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _png(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _clean(text: str) -> Markup:
    """HTML of a notebook's output with nothing left in it that could load or run."""
    attributes = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
    return Markup(nh3.clean(text[:200_000], tags=_ALLOWED_TAGS, attributes=attributes))  # noqa: S704 - sanitised here


def _prose(text: str) -> Markup:
    """A message of ours: words between backticks are code. All else is escaped."""
    parts = re.split(r"`([^`]+)`", shown(text))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else Markup("{}").format(part)
        for index, part in enumerate(parts)
    )


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)
