"""Reads a ``.po`` file as far as showing needs it: messages and their translations.

Babel writes these files (`grader.translations.extract`); a student's small installation reads them without it.
"""

from __future__ import annotations

import ast
from pathlib import Path

from grader.errors import TranslationError


def read_po(path: Path) -> dict[str, str]:
    """Every message that has a translation. Raises `TranslationError` with the line that cannot be read."""
    found: dict[str, str] = {}
    parts: dict[str, list[str]] = {"msgid": [], "msgstr": []}
    field = ""

    def keep() -> None:
        message, translation = ("".join(parts[name]) for name in ("msgid", "msgstr"))
        if message and translation:
            found[message] = translation
        parts["msgid"], parts["msgstr"] = [], []

    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise TranslationError(f"{path} cannot be read: {problem}") from problem
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, _, rest = text.partition(" ")
        if name == "msgid":
            keep()
        if name in parts:
            field, text = name, rest.strip()
        try:
            parts[field].append(str(ast.literal_eval(text)))
        except (KeyError, ValueError, SyntaxError) as problem:
            raise TranslationError(
                f"{path}, line {number}: {text[:60]!r} is no line of a .po file"
            ) from problem
    keep()
    return found
