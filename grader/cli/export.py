"""``grader export``: an LMS's own file from the graded folder, or its API told."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from grader.accounts import Accounts
from grader.cli import options
from grader.cli.export_preview import preview_lines
from grader.errors import ExportError
from grader.export import ExportReport, Letter, systems
from grader.exporting import export_folder, marks_of
from grader.graded_folder import open_ledger
from grader.intake.roster import read_roster

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
@click.option(
    "--roster",
    type=_FILE,
    metavar="CSV",
    help="The class list: logins, personal numbers, LTI users; who handed in nothing.",
)
@click.option("--preview", is_flag=True, help="Write and send nothing; show what every student would get.")
@click.option(
    "--replace", "--yes", is_flag=True, help="Yes, replace marks and comments that stand in the gradebook."
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

    What still waits for a person, or met an error of ours, is withheld and listed. So is whatever would replace a
    mark, until you say --replace. Exit status: 0, 1 nothing to export or not everything could be sent, 2 wrong usage.
    """
    if system == "list":
        click.echo("\n".join(systems()))
        return
    report = _exported(folder, system, out, released, no_comments, chosen)
    if not chosen["preview"] and not chosen["replace"] and _agreed(report, quiet=quiet or as_json):
        report = _exported(folder, system, out, released, no_comments, {**chosen, "replace": True})
    _show(report, quiet=quiet, as_json=as_json, preview=chosen["preview"])
    sys.exit(0 if report.rows and not report.failed else NOTHING)


def _agreed(report: ExportReport, *, quiet: bool) -> bool:
    """Asks somebody at a terminal for the yes to what would be replaced."""
    replaced = [
        line for line in report.lines if line.reason and line.now and line.to_come and line.now != "EX"
    ]
    kept = [line for line in report.lines if line.comment == "kept"]
    if quiet or not (replaced or kept) or not sys.stdin.isatty():
        return False
    for line in replaced:
        click.echo(f"{line.name or line.student or line.submission}: {line.now} would become {line.to_come}")
    for line in kept:
        click.echo(f"{line.name or line.student or line.submission}: a person's comment would be replaced")
    return click.confirm(f"Replace {len(replaced)} marks and {len(kept)} comments that stand there?")


def _exported(
    folder: Path,
    system: str,
    out: Path | None,
    released: Path | None,
    no_comments: bool,
    chosen: dict[str, Any],
) -> ExportReport:
    if system not in systems():
        raise ExportError(f"there is no exporter {system!r}; there are: {', '.join(systems())}")
    settings = dict(chosen["given"])
    if chosen["send"]:
        settings["send"] = "yes"
    date: dt.datetime | None = chosen["date"]
    with open_ledger(folder, must_exist=True) as ledger:
        known = {result.submission for result in marks_of(ledger)[0]} if released is not None else set()
        return export_folder(
            folder,
            ledger,
            system,
            out or folder / "export",
            released=_names(released, known),
            comments=not no_comments,
            assignment=chosen["title"],
            assignment_id=chosen["assignment_id"],
            gradebook=chosen["gradebook"],
            include_review=chosen["include_review"],
            points_possible=chosen["points_possible"],
            pass_mark=chosen["pass_mark"],
            pass_letters=_pair(chosen["pass_fail"]),
            letters=chosen["letters"],
            date=date.date() if date is not None else None,
            settings=settings,
            class_list=read_roster(chosen["roster"], Accounts()).rows if chosen["roster"] is not None else (),
            replace=chosen["replace"],
            preview=chosen["preview"],
        )


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


def _show(report: ExportReport, *, quiet: bool, as_json: bool, preview: bool) -> None:
    if as_json:
        told = {
            "files": [str(path) for path in report.files],
            "rows": report.rows,
            "withheld": report.withheld,
            "late": [
                (line.submission, line.lateness) for line in report.lines if line.lateness and not line.reason
            ],
            "problems": report.problems,
            "lines": [msgspec.structs.asdict(line) for line in report.lines],
            "absent": report.absent,
            "failed": report.failed,
        }
        click.echo(json.dumps(told))
        return
    if preview:
        for text in preview_lines(report, shutil.get_terminal_size((0, 0)).columns):
            click.echo(text)
    elif not quiet:
        for path in report.files:
            click.echo(f"{path}: {report.rows} rows")
        for submission, reason in report.withheld:
            click.echo(f"withheld: {submission}: {reason}")
        for student in report.absent:
            click.echo(f"without a submission: {student}")
        for line in report.lines:
            if line.lateness and not line.reason:
                click.echo(f"late: {line.submission}: {line.lateness}")
    for trouble in report.problems:
        click.echo(f"problem: {trouble}", err=True)
