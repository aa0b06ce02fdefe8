"""The commands. Each lives in its own file and is loaded only when it is called, so that ``--help`` is instant."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from grader import __version__

_COMMANDS: Final = {
    "grade": ("grader.cli.grade", "Grade a folder, an archive or single files."),
    "check": ("grader.cli.check", "Check your own work before you hand it in: hints, never the answers."),
    "export": ("grader.cli.export", "Write an LMS's own file from the graded folder."),
    "render": ("grader.cli.render", "Make all pages and tables of a graded folder again, from its ledger."),
    "fingerprint": (
        "grader.cli.fingerprint",
        "Make what an assignment ships to recognise what it handed out.",
    ),
    "gradescope": ("grader.cli.gradescope", "Make the autograder that Gradescope runs."),
    "reference": ("grader.cli.reference", "Print what is true of the assignment."),
    "doctor": ("grader.cli.doctor", "Tell what this computer can do, and what is missing."),
    "schema": ("grader.cli.schema", "Print the JSON Schema of a line of results.jsonl."),
}


class _Lazy(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grades lab reports, their maths and their notebooks, and says what a person must look at."""


def run() -> None:
    """The console script: no traceback reaches a user for anything we foresee."""
    from grader.checks.assignment import AssignmentError  # noqa: PLC0415 - light, and only for the except clause
    from grader.model import ResultFormatError  # noqa: PLC0415

    try:
        main(prog_name="grader")
    except (AssignmentError, ResultFormatError) as problem:
        click.echo(f"grader: {problem}", err=True)
        sys.exit(2)
