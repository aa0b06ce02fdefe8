"""``grader schema``: the JSON Schema of a result."""

from __future__ import annotations

import json

import click

from grader.model import json_schema


@click.command()
def command() -> None:
    """Prints the JSON Schema that every line of results.jsonl follows."""
    click.echo(json.dumps(json_schema(), indent=2))
