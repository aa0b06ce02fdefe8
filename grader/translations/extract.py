"""Finds what students read in the sources of a package, and keeps its catalogues: ``python -m grader.translations.extract``.

Named are the folder of a package or of an assignment, and languages: ``... extract reference sv``. ``translations/POTFILES.in``
lists the files that are looked at, as gettext's does; without it all of the folder's. New messages come into the catalogue
without a translation, those that are no longer there go. Two flags stay: ``#, staff`` is never shown to a student and needs
no translation, ``#, part`` is a piece that messages are put together from, and that no rule here finds.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

SOURCES: Final = "POTFILES.in"
STAFF, PART = "staff", "part"
_WORDS: Final = re.compile(r"[^\W\d_]{2,}[,;:]?[ ](?:.*[^\W\d_]{2,})?|^[A-Z][a-z]+.*[.?]$", re.S)
_PATTERN: Final = re.compile(r"\\|\(\?|\[\^|\w\||\n\s|^\w+(?:/\w+)+$")
_NAMED: Final = re.compile(r"\{\w*(?:![rs])?(?::[^{}]*)?\}")
_NOT_SHOWN: Final = frozenset(
    ("staff", "cues", "prompts", "instructions", "signs", "foreign", "style")
)  # keywords
_NO_MESSAGE: Final = frozenset(
    (
        "compile",
        "search",
        "match",
        "fullmatch",
        "finditer",
        "sub",
        "Flag",
        "Recognition",
        "ValueError",
        "TypeError",
    )
)  # calls
_TOML: Final = frozenset(("title", "hint", "hints"))


def messages(folder: Path) -> dict[str, list[tuple[str, int]]]:
    """Every message in the sources of `folder`, with the file and line where it stands."""
    found: dict[str, list[tuple[str, int]]] = {}
    for path in _sources(folder):
        for line, message in _of_file(path):
            found.setdefault(message, []).append((path.relative_to(folder.parent).as_posix(), line))
    return found


def update(folder: Path, language: str) -> Catalog:
    """Brings the catalogue of `folder` in a language up to date, and writes it; what is translated stays."""
    path = folder / "translations" / language / "LC_MESSAGES" / "messages.po"
    if path.is_file():
        with path.open("rb") as stream:
            before = read_po(stream, locale=language)
    else:
        before = Catalog(locale=language)
    made = Catalog(
        locale=language, project=folder.name, header_comment=f"# What students read of {folder.name}."
    )
    for message, places in messages(folder).items():
        known = before.get(message)
        flags = (known.flags if known else set()) - {"fuzzy", "python-format", "python-brace-format"}
        made.add(
            message, known.string if known else "", sorted({(name, 0) for name, _ in places}), flags=flags
        )
    for known in before:
        if known.id and PART in known.flags and known.id not in made:
            made.add(known.id, known.string, flags={PART})
    for one in made:
        one.flags -= {"python-format", "python-brace-format"}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, made, width=0, omit_header=True, include_lineno=False, sort_output=False)
    return made


def _sources(folder: Path) -> list[Path]:
    listed = folder / "translations" / SOURCES
    if listed.is_file():
        patterns = [line.strip() for line in listed.read_text("utf-8").splitlines()]
        found = [
            path
            for pattern in patterns
            if pattern and not pattern.startswith("#")
            for path in sorted((folder.parent).glob(pattern))
        ]
    else:
        found = [path for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".toml"}]
        found = [path for path in found if not {"samples", "translations"} & set(path.parts)]
    return list(dict.fromkeys(found))


def _of_file(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text("utf-8")
    if path.suffix == ".j2":
        environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
        for line, _, message in environment.extract_translations(text):  # type: ignore[attr-defined]
            yield line, message if isinstance(message, str) else message[0]
    elif path.suffix == ".toml":
        yield from _of_table(tomllib.loads(text))
    else:
        tree = ast.parse(text)
        yield from _of_node(tree, _docstrings(tree))


def _of_table(table: dict[str, Any]) -> Iterator[tuple[int, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _of_table(value)
        elif key in _TOML:
            yield from ((0, one) for one in ([value] if isinstance(value, str) else value))


def _docstrings(tree: ast.Module) -> dict[int, str]:
    """Every docstring, by the identity of its node: empty, or for a check its first line, which students read."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            check = any(
                isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "check"
                for one in getattr(node, "decorator_list", ())
            )
            said = (ast.get_docstring(node) or "").partition("\n")[0] if check else ""
            found[id(first.value)] = said
    for body in (getattr(node, "body", None) for node in ast.walk(tree)):
        for statement in body if isinstance(body, list) else ():  # the docstring of a constant, behind it
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.setdefault(id(statement.value), "")
    return found


def _of_node(node: ast.AST, docstrings: dict[int, str]) -> Iterator[tuple[int, str]]:
    if id(node) in docstrings:
        if said := docstrings[id(node)]:
            yield getattr(node, "lineno", 0), said
    elif isinstance(node, ast.JoinedStr):
        if message := _template(node):
            yield node.lineno, message
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _of_node(part.value, docstrings)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and (message := _message(node.value)):
            yield node.lineno, message
    elif not isinstance(node, ast.Raise):
        name = _called(node)
        if name not in _NO_MESSAGE:
            for child in ast.iter_child_nodes(node):
                if not (isinstance(child, ast.keyword) and child.arg in _NOT_SHOWN):
                    yield from _of_node(child, docstrings)


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _template(node: ast.JoinedStr) -> str:
    """The text of an f-string, with numbered places; empty if it is no message."""
    parts, places = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{places}}}")
            places += 1
    fixed = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    whole = "".join(parts).strip()
    return whole if _WORDS.search(fixed) and not _PATTERN.search(fixed) and "{" not in fixed else ""


def _message(text: str) -> str:
    """A plain text as a message, its named places numbered; empty if it is none."""
    if not _WORDS.search(text) or _PATTERN.search(text):
        return ""
    numbers = iter(range(10))
    numbered = _NAMED.sub(lambda _: f"{{{next(numbers)}}}", text.strip()) if text.count("{") <= 9 else ""
    return "" if re.search(r"[{}]", re.sub(r"\{\d\}", "", numbered)) else numbered


def main(arguments: list[str]) -> int:
    """Updates the catalogues and says how many messages have no translation yet: then the status is 1."""
    if len(arguments) < 2:
        print("python -m grader.translations.extract FOLDER LANGUAGE...")
        return 2
    folder, lacking = Path(arguments[0]).resolve(), 0
    for language in arguments[1:]:
        open_ones = [
            one.id for one in update(folder, language) if one.id and not one.string and STAFF not in one.flags
        ]
        lacking += len(open_ones)
        print(f"{language}: {len(open_ones)} without a translation")
        for message in open_ones:
            print(f"  {message}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
