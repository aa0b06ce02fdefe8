"""The commands. Each lives in its own file and is loaded only when it is called, so that ``--help`` is instant."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from typing import Final

import click

from grader import __version__

_COMMANDS: Final = {
    "grade": ("grader.cli.grade", "Grade a folder, an archive or single files."),
    "check": ("grader.cli.check", "Check your own work before you hand it in: hints, never the answers."),
    "export": ("grader.cli.export", "Write an LMS's own file from the graded folder."),
    "review": (
        "grader.cli.review:review_command",
        "Decide in the browser what the program left to a person.",
    ),
    "serve": ("grader.cli.review:serve_command", "The same for several assistants at once."),
    "decide": ("grader.cli.decide:decide_command", "Decide what the program left to a person, by script."),
    "decisions": ("grader.cli.decide:decisions_command", "List what was decided, by whom and when."),
    "release": (
        "grader.cli.decide:release_command",
        "Let students read what is decided, and the LMS have it.",
    ),
    "late": ("grader.cli.late", "List what came late, and say what that costs."),
    "requests": ("grader.cli.requests", "Take in what students ask to be looked at again."),
    "render": ("grader.cli.render", "Make all pages and tables of a graded folder again, from its ledger."),
    "fingerprint": (
        "grader.cli.fingerprint",
        "Make what an assignment ships to recognise what it handed out.",
    ),
    "new-assignment": (
        "grader.cli.new_assignment",
        "Make the folder of a new assignment, to be changed into yours.",
    ),
    "verify-assignment": (
        "grader.cli.verify_assignment",
        "Tell whether an assignment judges its samples as they declare.",
    ),
    "try-rubric": (
        "grader.cli.try_rubric",
        "Show who would gain and lose by another rubric, running nothing.",
    ),
    "import-assignment": (
        "grader.cli.import_assignment",
        "Make an assignment of nbgrader's or Otter's notebooks.",
    ),
    "gradescope": ("grader.cli.gradescope", "Make the autograder that Gradescope runs."),
    "reference": ("grader.cli.reference", "Print what is true of the assignment."),
    "doctor": ("grader.cli.doctor", "Tell what this computer can do, and what is missing."),
    "completion": ("grader.cli.completion", "Print what makes a shell complete commands and options."),
    "schema": ("grader.cli.schema", "Print the JSON Schema of a line of results.jsonl."),
}


class _Lazy(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for name in _COMMANDS if _is_here(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS or not _is_here(cmd_name):
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name or "command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items() if _is_here(name)])


def _is_here(name: str) -> bool:
    """Whether this installation has a command: the one for students has but their own check."""
    return find_spec(_COMMANDS[name][0].partition(":")[0]) is not None


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grades lab reports, their maths and their notebooks, and says what a person must look at."""


def run() -> None:
    """The console script: whatever a command did not handle ends here, in a line and an exit status.

    `grader.errors.GraderError` and what the computer refuses: its message, status 2. Anything else is our fault: one
    line that says where the details are, status 70. With ``GRADER_DEBUG=1`` the traceback is shown as well.
    """
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal or a pipe that cannot show a sign gets its number
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        main(prog_name="grader")
    except Exception as problem:
        from grader.cli.faults import ending, trace_wanted  # noqa: PLC0415 - only where something went wrong

        if trace_wanted():
            traceback.print_exc()
        ended = ending(problem)
        click.echo(f"grader: {ended.line}", err=True)
        sys.exit(ended.status)
