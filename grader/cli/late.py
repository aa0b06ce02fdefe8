"""``grader late``: who was late, and the rule by which late work loses points."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli import options
from grader.graded_folder import class_results, open_ledger, render_folder
from grader.late_terms import LateTerms, keep_rule, late_terms
from grader.lateness import Per, points_before, read_rule, uncounted
from grader.marks import decided
from grader.model import Result


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--points", metavar="N", help="Points that late work loses, or per cent of the maximum (10%); 0 for none."
)
@click.option(
    "--per",
    type=click.Choice([one.value for one in Per]),
    default=Per.DAY.value,
    show_default=True,
    help="For each begun day or hour after the deadline, or once.",
)
@click.option("--at-most", type=click.FloatRange(0), metavar="N", help="At most so many, in the same unit.")
@click.option(
    "--by",
    type=options.Words(),
    default=getpass.getuser,
    show_default="your user name",
    metavar="NAME",
    help="Who decides.",
)
@options.database
@options.output
def command(
    folder: Path,
    points: str | None,
    per: str,
    at_most: float | None,
    by: str,
    database: str,
    quiet: bool,
    as_json: bool,
) -> None:
    """Lists what came late to the graded folder DIR, with the points before and after; with --points, makes a rule.

    Without a rule lateness costs nothing. A rule counts in tables, pages and exports, which show the points before it
    too; what students were released already stands as they read it until it is released again. Exit status: 0, or 2
    where DIR holds no ledger or the rule cannot be understood.
    """
    with open_ledger(folder, must_exist=True, database=database) as ledger:
        if points is not None:
            at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            keep_rule(ledger, read_rule(points, Per(per), at_most, by=by, at=at))
            render_folder(folder, ledger)
        terms = late_terms(ledger)
        late = [decided(one) for one in class_results(ledger) if one.late]
    if as_json:
        click.echo(json.dumps(_told(terms, late)))
    elif not quiet:
        _print(terms, late)


def _told(terms: LateTerms, late: list[Result]) -> dict[str, object]:
    return {
        "deadline": terms.deadline.moment if terms.deadline is not None else None,
        "rule": str(terms.rule) if terms.rule is not None else None,
        "late": [
            {
                "submission": one.submission,
                "submitted_at": one.submitted_at,
                "reason": one.late_reason,
                "before": points_before(one),
                "after": one.points,
                "released": one.released,
            }
            for one in late
        ],
    }


def _print(terms: LateTerms, late: list[Result]) -> None:
    said = f"by {terms.rule.by}, {terms.rule.at}" if terms.rule is not None else ""
    click.echo(f"Deadline: {terms.deadline or 'only as the LMS has it'}")
    click.echo(
        f"Rule: {terms.rule} ({said})" if terms.rule is not None else "Rule: none; lateness costs nothing"
    )
    table = Table()
    for heading in ("submission", "why", "before", "after", "released"):
        table.add_column(heading, justify="right" if heading in {"before", "after"} else "left")
    for one in late:
        reason = one.late_reason + (" How late is not known." if uncounted(one, terms.rule) else "")
        cells = (one.submission, reason, f"{points_before(one):g}", f"{one.points:g}", one.released or "")
        table.add_row(*(Text(cell) for cell in cells))
    if late:
        Console().print(table)
    else:
        click.echo("Nothing is late.")
