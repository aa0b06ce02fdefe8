"""Notebooks of nbgrader and Otter-Grader as an assignment's folder, as far as they map; the rest is told.

nbgrader keeps points, solutions and tests in each cell's metadata (schema versions 1 to 3); Otter marks them by raw cells
(``# BEGIN QUESTION``). Both mark solutions inside a cell by comments, which students do not get.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from grader.atomic_file import write
from grader.errors import AssignmentError
from grader.model import Value

_SOLUTION: Final = re.compile(
    r"^[ \t]*#+ ?BEGIN SOLUTION[^\n]*\n(.*?)^[ \t]*#+ ?END SOLUTION[^\n]*\n?", re.S | re.M
)
_HIDDEN: Final = re.compile(
    r"^[ \t]*#+ ?BEGIN HIDDEN TESTS[^\n]*\n.*?^[ \t]*#+ ?END HIDDEN TESTS[^\n]*\n?", re.S | re.M
)
_SOLUTION_LINE: Final = re.compile(r"^(\s*\w[\w.\[\]'\"]*\s*=).*#\s*SOLUTION\s*$|^.*#\s*SOLUTION\s*$", re.M)
_HEADING: Final = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)
_OTTER_SETTINGS: Final = re.compile(r"\A\s*\"\"\"\s*#\s*BEGIN TEST CONFIG.*?\"\"\"", re.S)
_BLANK: Final = "# YOUR CODE HERE\nraise NotImplementedError()\n"
_LONGEST: Final = 90  # characters of a title


class Task(Value, frozen=True):
    """One thing with points: a `test` to run, or (without one) an answer that a person reads."""

    id: str
    question: str
    title: str
    points: float
    test: str = ""


class Imported(Value, frozen=True):
    """What came of a notebook: its tasks, the notebook for students, the notebook with solutions, and what did not map."""

    tasks: tuple[Task, ...]
    prompts: Mapping[str, str]
    handout: Mapping[str, Any]
    solved: Mapping[str, Any]
    left: tuple[str, ...] = ()


def import_notebook(path: Path) -> Imported:
    """Reads one notebook. Raises `AssignmentError` for what is none, or has no points in it."""
    try:
        notebook = json.loads(path.read_text("utf-8-sig"))
        cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
    except OSError as problem:
        raise AssignmentError(f"{path}: {problem.strerror or problem}") from problem
    except (ValueError, KeyError, TypeError) as problem:
        raise AssignmentError(f"{path} is no notebook of version 4: save it again with Jupyter") from problem
    if any(_is_otter(cell) for cell in cells):
        found = _of_otter(notebook, cells)
    else:
        found = _of_nbgrader(notebook, cells)
    if not found.tasks:
        raise AssignmentError(
            f"{path} holds neither nbgrader's metadata with points nor Otter's questions: give the source version, not the released one"
        )
    return found


def write_assignment(found: Sequence[tuple[str, Imported]], folder: Path) -> tuple[Path, ...]:
    """Writes the folder: declaration, rubric, handouts and the solved notebooks as samples. Raises `AssignmentError`."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AssignmentError(f"{folder} is there already: choose another name, or move it away")
    declaration = [
        f"id = {_toml(_slug(folder.name))}",
        f"title = {_toml(folder.name)}",
        "notebook = true",
        "",
    ]
    rubric = [
        '"""The tests of the imported notebooks, run behind the student\'s own code."""',
        "",
        "from grader.checks.toolkit import asserts",
        "",
    ]
    verdicts = ['label = "right"', "", "[verdicts]"]  # solved, it passes its tests; the rest is for a person
    untouched = ['label = "wrong"', 'why = "As it is handed out."', "", "[verdicts]"]
    written: list[Path] = []
    taken: set[str] = set()
    number = 0
    for name, one in found:
        questions: dict[str, list[Task]] = {}
        for task in one.tasks:
            questions.setdefault(task.question, []).append(task)
        for question, tasks in questions.items():
            number += 1
            declaration += [f"[question.q{number}]", f"title = {_toml(question)}", f"number = {number}"]
            if one.prompts.get(question):
                declaration.append(f"prompts = [{_toml(one.prompts[question])}]")
            declaration.append("")
            for task in tasks:
                check = _free(_slug(task.id), taken)
                declaration += [
                    f"[question.q{number}.check.{check}]",
                    f"title = {_toml(task.title)}",
                    f"points = {task.points:g}",
                ]
                verdict = '"pass"' if task.test else '["review", "missing"]'
                untouched.append(f'"q{number}.{check}" = "not pass"')
                verdicts.append(f'"q{number}.{check}" = {verdict}')
                if task.test:
                    function = "test_" + check.replace("-", "_")
                    declaration.append(f"judge = {_toml(function)}")
                    rubric += [f"{function} = asserts({task.test!r})", ""]
                else:
                    declaration.append("manual = {}")
                declaration.append("")
        for place, notebook in (
            ("handout", one.handout),
            ("samples/solved", one.solved),
            ("samples/untouched", one.handout),
        ):
            target = folder / place / f"{name}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            write(target, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
            written.append(target)
    for target, lines in (
        (folder / "assignment.toml", declaration),
        (folder / "rubric.py", rubric),
        (folder / "samples" / "solved" / "expected.toml", [*verdicts, ""]),
        (folder / "samples" / "untouched" / "expected.toml", [*untouched, ""]),
    ):
        write(target, "\n".join(lines))
        written.append(target)
    return tuple(sorted(written))


# --- nbgrader ---------------------------------------------------------------------------------------------------


def _of_nbgrader(notebook: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]) -> Imported:
    tasks: list[Task] = []
    prompts: dict[str, str] = {}
    left: list[str] = []
    handed: list[dict[str, Any]] = []
    solved: list[dict[str, Any]] = []
    question, said = "Question 1", ""
    ids: set[str] = set()
    for at, cell in enumerate(cells):
        source = _source(cell)
        meta = cell.get("metadata", {}).get("nbgrader")
        meta = meta if isinstance(meta, dict) else {}
        if cell.get("cell_type") == "markdown" and not (meta.get("grade") and meta.get("solution")):
            heading = _HEADING.search(source)
            if heading:
                question, said = _title(heading[1]), ""
            said = f"{said}\n\n{source}".strip()
            prompts[question] = said
        grade, solution, task = bool(meta.get("grade")), bool(meta.get("solution")), bool(meta.get("task"))
        points = _points(meta.get("points"))
        id_ = str(meta.get("grade_id") or f"cell-{at}")
        if grade or task:
            if id_ in ids:
                left.append(f"cell {at}: a second cell is called {id_!r}")
            ids.add(id_)
            if points is None:
                left.append(f"cell {at} ({id_}): it has no points that are a number; it counts 0")
            test = ""
            if grade and not solution and cell.get("cell_type") == "code":
                test = _without_markers(source)
                if "### AUTOTEST" in source or "### HASHED AUTOTEST" in source:
                    left.append(
                        f"cell {at} ({id_}): its tests are made by nbgrader when it is released: give that version's"
                    )
                    test = ""
                elif not _is_python(test):
                    left.append(f"cell {at} ({id_}): its test is no plain Python; a person will look at it")
                    test = ""
            tasks.append(Task(id_, question, _title(_first_line(source, test) or id_), points or 0.0, test))
        solved.append(_kept(cell, _without_markers(source)))
        if grade and not solution and cell.get("cell_type") == "code":
            handed.append(_kept(cell, _HIDDEN.sub("", source)))
        elif solution:
            handed.append(_kept(cell, _unsolved(source, cell.get("cell_type") == "code")))
        else:
            handed.append(_kept(cell, source))
    return Imported(
        tuple(tasks), prompts, {**notebook, "cells": handed}, {**notebook, "cells": solved}, tuple(left)
    )


def _unsolved(source: str, is_code: bool) -> str:
    """What a student gets in place of a solution."""
    if _SOLUTION.search(source):
        return _SOLUTION.sub(lambda found: _indented(_BLANK, found[0]), source)
    return _BLANK if is_code else "YOUR ANSWER HERE"


def _indented(text: str, like: str) -> str:
    pad = like[: len(like) - len(like.lstrip())]
    return "".join(f"{pad}{line}\n" for line in text.splitlines())


# --- Otter ------------------------------------------------------------------------------------------------------


def _is_otter(cell: Mapping[str, Any]) -> bool:
    return cell.get("cell_type") == "raw" and bool(
        re.match(r"#\s*(?:BEGIN|ASSIGNMENT)\b", _source(cell).strip(), re.I)
    )


def _of_otter(notebook: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]) -> Imported:
    tasks: list[Task] = []
    prompts: dict[str, str] = {}
    left: list[str] = []
    handed: list[dict[str, Any]] = []
    solved: list[dict[str, Any]] = []
    inside: list[str] = []
    settings: dict[str, str] = {}
    tests: list[str] = []
    title = ""
    for at, cell in enumerate(cells):
        source = _source(cell)
        if cell.get("cell_type") == "raw" and (
            marker := re.match(r"#\s*(BEGIN|END)\s+(\w+)", source.strip(), re.I)
        ):
            begins, what = marker[1].upper() == "BEGIN", marker[2].upper()
            if begins:
                inside.append(what)
                if what == "QUESTION":
                    settings, tests, title = dict(_settings(source)), [], ""
            elif what in inside:
                inside.remove(what)
                if what == "QUESTION":
                    tasks += _otter_tasks(settings, tests, title, at, left)
            continue
        if cell.get("cell_type") == "raw":
            left.append(f"cell {at}: raw cell {source.strip()[:60]!r} is not carried over")
            continue
        if "TESTS" in inside:
            test = _OTTER_SETTINGS.sub("", source)  # what it says of itself, as YAML in a string
            if _is_python(test):
                tests.append(test)
            else:
                left.append(f"cell {at}: its test is no plain Python")
            continue
        name = settings.get("name", "")
        if "QUESTION" in inside and cell.get("cell_type") == "markdown" and "SOLUTION" not in inside:
            title = title or _title(_first_line(source, "") or name)
            prompts[title] = f"{prompts.get(title, '')}\n\n{source}".strip()
        solved.append(_kept(cell, _without_markers(source)))
        if "SOLUTION" in inside and cell.get("cell_type") == "markdown":
            handed.append(_kept(cell, "_Type your answer here._"))
        else:
            handed.append(
                _kept(cell, _without_solution_lines(source) if cell.get("cell_type") == "code" else source)
            )
    return Imported(
        tuple(tasks), prompts, {**notebook, "cells": handed}, {**notebook, "cells": solved}, tuple(left)
    )


def _otter_tasks(
    settings: Mapping[str, str], tests: Sequence[str], title: str, at: int, left: list[str]
) -> Iterator[Task]:
    name = settings.get("name") or f"question-{at}"
    title = title or name
    points = _points(settings.get("points", "1"))
    if points is None:
        left.append(f"cell {at} ({name}): its points {settings.get('points')!r} are no number; it counts 1")
        points = 1.0
    if settings.get("manual", "").lower() in {"true", "yes"} or not tests:
        yield Task(name, title, title, points)
        return
    for number, test in enumerate(tests, 1):
        id_ = name if len(tests) == 1 else f"{name}-{number}"
        yield Task(
            id_,
            title,
            f"{title}, test {number}" if len(tests) > 1 else title,
            round(points / len(tests), 4),
            test,
        )


def _settings(source: str) -> Iterator[tuple[str, str]]:
    for line in source.splitlines():
        found = re.match(r"\s*(\w+)\s*:\s*(.+?)\s*$", line)
        if found:
            yield found[1].lower(), found[2].strip("'\"")


def _without_solution_lines(source: str) -> str:
    source = _SOLUTION.sub(lambda found: _indented("...", found[0]), source)
    return _SOLUTION_LINE.sub(lambda found: f"{found[1]} ..." if found[1] else "...", source)


# --- both -------------------------------------------------------------------------------------------------------


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _kept(cell: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A cell with another source, without what the authors' tools keep in it."""
    metadata = {
        key: value for key, value in cell.get("metadata", {}).items() if key not in {"nbgrader", "otter"}
    }
    kept = {**cell, "metadata": metadata, "source": source}
    if cell.get("cell_type") == "code":
        kept |= {"outputs": [], "execution_count": None}
    return kept


def _without_markers(source: str) -> str:
    source = re.sub(r"^[ \t]*#+ ?(?:BEGIN|END) (?:SOLUTION|HIDDEN TESTS)[^\n]*\n?", "", source, flags=re.M)
    return re.sub(r"\s*#\s*SOLUTION\s*$", "", source, flags=re.M)


def _points(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None


def _is_python(source: str) -> bool:
    try:
        compile(source, "test", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _first_line(source: str, test: str) -> str:
    """A test's own description, or the first line of a text."""
    described = re.match(r"\s*(?:\"\"\"|''')\s*(.+?)\s*(?:\"\"\"|'''|\n)", test)
    if described:
        return described[1]
    if test:
        return ""
    return next(
        (re.sub(r"^[#*\s-]+|[*\s]+$", "", line) for line in source.splitlines() if re.search(r"\w", line)), ""
    )


def _title(text: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"[*`]", "", text)).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2].rstrip() + " …"


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "question"


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    taken.add(free)
    return free


def _toml(text: str) -> str:
    """A text as TOML writes it in one line; JSON's form is one of them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
