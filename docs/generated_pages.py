"""Pages of the site that are made from the code when it is built: every command with its options, and the results' schema."""

from __future__ import annotations

import json
import re
from typing import Any

import click
from mkdocs.structure.files import File, Files

from grader.cli import main
from grader.model import json_schema


def on_files(files: Files, config: Any) -> Files:
    """Adds the generated pages."""
    for name, text in (("commands.md", commands()), ("results.md", results())):
        files.append(File.generated(config, name, content=text))
    return files


def commands() -> str:
    """Every command: what it does, its arguments and options, as ``--help`` has them."""
    context = click.Context(main, info_name="grader")
    parts = [
        "# Commands",
        "What each command does, as `grader COMMAND --help` prints it. Options of the same name mean the same everywhere. Exit status: 0, "
        "what else stands with the command, 2 for wrong usage, 70 for an error of ours.",
    ]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(inner))
        told = re.sub(r"[\b]\n?", "", command.help or "").strip()
        parts += [f"## grader {name}", f"```text\ngrader {name} {usage}\n```", told]
        rows = [
            record for parameter in command.get_params(inner) if (record := parameter.get_help_record(inner))
        ]
        if rows:
            parts.append(
                "\n".join(
                    [
                        "| option | meaning |",
                        "| --- | --- |",
                        *(f"| `{_cell(option)}` | {_cell(meaning)} |" for option, meaning in rows),
                    ]
                )
            )
    return "\n\n".join(parts) + "\n"


def results() -> str:
    """The JSON Schema of a line of ``results.jsonl``, as tables."""
    schema = json_schema()
    parts = [
        "# Result files",
        "`results.jsonl` holds one object a submission; `grader schema` prints its JSON Schema. Fields may be added; none is changed or "
        "dropped without a new schema number.",
    ]
    for name, definition in schema.get("$defs", {}).items():
        parts.append(f"## {name}")
        if definition.get("description"):
            parts.append(str(definition["description"]))
        if "enum" in definition:
            parts.append(", ".join(f"`{value}`" for value in definition["enum"]))
        rows = [f"| `{field}` | {_type(told)} |" for field, told in definition.get("properties", {}).items()]
        if rows:
            parts.append("\n".join(["| field | type |", "| --- | --- |", *rows]))
    return "\n\n".join(parts) + "\n"


def _type(told: dict[str, Any]) -> str:
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "anyOf" in told:
        return " or ".join(_type(one) for one in told["anyOf"])
    if told.get("type") == "array":
        return f"list of {_type(told.get('items') or {})}"
    return str(told.get("type") or json.dumps(told.get("const", "any")))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
