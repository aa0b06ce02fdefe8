"""``grader completion``: what makes a shell complete commands, options and files."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from grader.errors import GraderError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Prints what SHELL reads to complete grader's commands and options.

    bash: grader completion bash >> ~/.bashrc; zsh: grader completion zsh >> ~/.zshrc;
    fish: grader completion fish > ~/.config/fish/completions/grader.fish. It works in shells that start after that.
    """
    from grader.cli import main  # noqa: PLC0415 - the group that this command belongs to

    kind = get_completion_class(shell)
    if kind is None:
        raise GraderError(f"there is no completion for {shell}: choose bash, zsh or fish")
    click.echo(kind(main, {}, "grader", "_GRADER_COMPLETE").source())
