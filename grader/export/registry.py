"""The systems there is a writer for: built-in, or added by an entry point ``grader.exporters``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TypeAlias, cast

from grader.errors import ExportError, FileWriteError
from grader.export.grades import grade_of
from grader.export.options import ExportOptions, ExportReport
from grader.export.plan import Plan
from grader.model import Result

GROUP = "grader.exporters"

Exporter: TypeAlias = Callable[[Sequence[Result], Path, ExportOptions], ExportReport]

_BUILT_IN: Mapping[str, str] = {
    "csv": "grader.export.plain:export_csv",
    "jsonl": "grader.export.plain:export_jsonl",
    "canvas": "grader.export.canvas_csv:export_canvas",
    "canvas-feedback": "grader.export.feedback_zips:export_canvas_feedback",
    "moodle": "grader.export.moodle:export_moodle",
    "moodle-feedback": "grader.export.feedback_zips:export_moodle_feedback",
    "blackboard": "grader.export.blackboard:export_blackboard",
    "brightspace": "grader.export.brightspace:export_brightspace",
    "gradescope": "grader.export.gradescope:export_gradescope",
    "sakai": "grader.export.other_systems:export_sakai",
    "ilias": "grader.export.other_systems:export_ilias",
    "openolat": "grader.export.other_systems:export_openolat",
    "aplus": "grader.export.other_systems:export_aplus",
    "teams": "grader.export.other_systems:export_teams",
    "ladok": "grader.export.ladok:export_ladok",
    "canvas-api": "grader.export.canvas_api:export_canvas_api",
    "lti-ags": "grader.export.lti_ags:export_lti_ags",
}


def systems() -> tuple[str, ...]:
    """The names `export` takes, built-in ones first."""
    added = sorted({point.name for point in entry_points(group=GROUP)} - set(_BUILT_IN))
    return (*_BUILT_IN, *added)


def export(system: str, results: Sequence[Result], out: Path, options: ExportOptions) -> ExportReport:
    """Writes the files of `system` into the folder `out`, made if it is missing.

    Raises `ExportError` if there is no such system, an option it needs is missing, or `out` cannot be
    written.
    """
    exporter = _exporter(system)
    if options.preview and system not in _BUILT_IN:
        return _guessed(system, results, options)
    try:
        if not options.preview:
            out.mkdir(parents=True, exist_ok=True)
        return exporter(results, out, options)
    except FileWriteError as problem:
        raise ExportError(str(problem)) from problem
    except OSError as problem:
        raise ExportError(f"{problem.filename or out}: {problem.strerror or problem}") from problem


def _guessed(system: str, results: Sequence[Result], options: ExportOptions) -> ExportReport:
    """The preview of an exporter of another package, which would write: what is selected, and no more."""
    plan = Plan(results, options)
    for person in plan.people:
        plan.go(person, grade_of(person.result, options))
    return plan.report(problems=(f"{system} is another package's, and shows no preview of its own",))


def _exporter(system: str) -> Exporter:
    if system in _BUILT_IN:
        module, _, name = _BUILT_IN[system].partition(":")
        try:
            return cast(Exporter, getattr(import_module(module), name))
        except ModuleNotFoundError as problem:
            raise ExportError(
                f"{system} needs the package {problem.name}: pip install 'report-grader[lms]'"
            ) from problem
    for point in entry_points(group=GROUP, name=system):
        try:
            return cast(Exporter, point.load())
        except Exception as problem:
            raise ExportError(
                f"the exporter {system!r} of {point.value} cannot be loaded: {problem}"
            ) from problem
    raise ExportError(f"there is no exporter {system!r}; there are: {', '.join(systems())}")
