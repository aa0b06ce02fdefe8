"""``grader export``: an LMS's own file from the graded folder, or its API told."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from grader.cli import options
from grader.errors import ExportError
from grader.export import ExportOptions, ExportReport, Letter, export, systems
from grader.export.comments import comment
from grader.folder_names import FEEDBACK
from grader.graded_folder import class_results, open_ledger
from grader.late_terms import late_terms
from grader.lateness import late_words, uncounted
from grader.marks import by_student

NOTHING = 1


class Scale(click.ParamType[tuple[Letter, ...]]):
    """Letters by share of the points: ``A=0.9,B=0.8,F=0``."""

    name = "scale"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Letter, ...]:
        """The letters, as they are given."""
        if isinstance(value, tuple):
            return value
        letters = []
        for part in str(value).split(","):
            grade, sign, share = part.partition("=")
            try:
                letters.append(Letter(grade.strip(), float(share)))
            except ValueError:
                sign = ""
            if not sign or not grade.strip() or not 0 <= letters[-1].share <= 1:
                self.fail(
                    f"{part!r} is no letter with its share of the points; write A=0.9,B=0.8,F=0", param, ctx
                )
        return tuple(letters)


class Setting(click.ParamType[tuple[str, str]]):
    """``KEY=VALUE``."""

    name = "setting"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The two halves."""
        key, sign, text = str(value).partition("=")
        if not sign or not key.strip():
            self.fail(f"{value!r} is no KEY=VALUE", param, ctx)
        return key.strip(), text.strip()


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--to", "system", required=True, metavar="SYSTEM", help="csv, jsonl or an LMS; --to list prints them."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write; FOLDER/export by default.",
)
@click.option(
    "--gradebook", type=_FILE, metavar="FILE", help="The LMS's own export or worksheet, to be filled in."
)
@click.option("--title", default="", metavar="TEXT", help="The assignment's title in the LMS.")
@click.option("--assignment-id", default="", metavar="ID", help="The assignment's number in the LMS.")
@click.option(
    "--points-possible", type=click.FloatRange(0, min_open=True), help="The LMS's maximum, to rescale to."
)
@click.option(
    "--pass-mark", type=click.FloatRange(0), metavar="POINTS", help="Points that are enough to pass."
)
@click.option("--pass-fail", metavar="G,U", help="The two grades by the pass mark, in place of points.")
@click.option(
    "--letters", type=Scale(), default=(), metavar="A=0.9,...", help="Letters by share of the points."
)
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The day of the examination.")
@click.option(
    "--released", type=_FILE, metavar="FILE", help="Only the submissions that this file names, one a line."
)
@click.option("--include-review", is_flag=True, help="Also what a person has not looked at yet.")
@click.option("--no-comments", is_flag=True, help="Grades without the few lines of comment.")
@click.option(
    "--set",
    "given",
    type=Setting(),
    multiple=True,
    metavar="KEY=VALUE",
    help="What one system asks for besides.",
)
@click.option(
    "--send", is_flag=True, help="Really send, where SYSTEM is an API; without it the plan is written."
)
@options.output
def command(
    folder: Path,
    system: str,
    out: Path | None,
    released: Path | None,
    no_comments: bool,
    quiet: bool,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Writes the file that SYSTEM imports from the graded FOLDER.

    What still waits for a person, or met an error of ours, is withheld and listed. Exit status: 0, 1 nothing
    to export, 2 wrong usage.
    """
    if system == "list":
        click.echo("\n".join(systems()))
        return
    report, late = _exported(folder, system, out, released, no_comments, chosen)
    _show(report, late, quiet=quiet, as_json=as_json)
    sys.exit(0 if report.rows else NOTHING)


def _exported(
    folder: Path,
    system: str,
    out: Path | None,
    released: Path | None,
    no_comments: bool,
    chosen: dict[str, Any],
) -> tuple[ExportReport, list[tuple[str, str]]]:
    if system not in systems():
        raise ExportError(f"there is no export to {system!r}; there is: {', '.join(systems())}")
    with open_ledger(folder, must_exist=True) as ledger:
        # What was released leaves as it was released: the LMS has what the student reads.
        out_now = ledger.log.released()
        whole = [
            out_now[one.submission].result or one if one.submission in out_now else one
            for one in class_results(ledger)
        ]
        identities = ledger.identities()
        rule = late_terms(ledger).rule
    results = [mark for result in whole for mark in by_student(result)]
    released_here = frozenset(result.submission for result in whole if result.released)
    settings = dict(chosen["given"])
    if chosen["send"]:
        settings["send"] = "yes"
    date: dt.datetime | None = chosen["date"]
    report = export(
        system,
        results,
        out or folder / "export",
        ExportOptions(
            assignment=chosen["title"],
            assignment_id=chosen["assignment_id"],
            gradebook=chosen["gradebook"],
            identities=identities,
            feedback={path.stem: path for path in (folder / FEEDBACK).glob("*.html")},
            comments={} if no_comments else {result.submission: comment(result) for result in results},
            # Once something is released, only what is released leaves.
            released=_names(released, {result.submission for result in results}) or (released_here or None),
            include_review=chosen["include_review"],
            points_possible=chosen["points_possible"],
            pass_mark=chosen["pass_mark"],
            pass_letters=_pair(chosen["pass_fail"]),
            letters=chosen["letters"],
            date=date.date() if date is not None else None,
            settings=settings,
        ),
    )
    held = {name for name, _ in report.withheld}
    late = [(one.submission, late_words(one)) for one in results if one.late and one.submission not in held]
    if unknown := [one.submission for one in results if uncounted(one, rule)]:
        sentence = (
            f"it is not known how late these are, so they lose no points ({rule}): {', '.join(unknown)}"
        )
        report = msgspec.structs.replace(report, problems=(*report.problems, sentence))
    return report, late


def _names(path: Path | None, known: set[str]) -> frozenset[str] | None:
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ExportError(f"{path}: cannot be read ({problem})") from problem
    names = frozenset(line.strip() for line in lines if line.strip())
    if strange := sorted(names - known):
        raise ExportError(f"{path}: {strange[0]!r} is none of the graded submissions; name one a line")
    return names


def _pair(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(parts):
        raise ExportError(
            f"--pass-fail {text!r}: write the two grades with a comma between, the passing one first"
        )
    return parts[0], parts[1]


def _show(report: ExportReport, late: list[tuple[str, str]], *, quiet: bool, as_json: bool) -> None:
    if as_json:
        told = {
            "files": [str(path) for path in report.files],
            "rows": report.rows,
            "withheld": report.withheld,
            "late": late,
            "problems": report.problems,
        }
        click.echo(json.dumps(told))
        return
    if not quiet:
        for path in report.files:
            click.echo(f"{path}: {report.rows} rows")
        for submission, reason in report.withheld:
            click.echo(f"withheld: {submission}: {reason}")
        for submission, words in late:
            click.echo(f"late: {submission}: {words}")
    for trouble in report.problems:
        click.echo(f"problem: {trouble}", err=True)
