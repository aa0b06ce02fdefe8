"""Every error that a person may meet stands in one file, under one base; what stays inside a room is caught there."""

from __future__ import annotations

import ast
import inspect
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader
import grader.errors
from grader.errors import GraderError, ReaderFaultError

TOP = Path(grader.__file__).parents[1]
BASES = {
    "Exception",
    "BaseException",
    "ArithmeticError",
    "LookupError",
    "OSError",
    "RuntimeError",
    "TypeError",
}
FORESEEN = [
    kind
    for kind in vars(grader.errors).values()
    if inspect.isclass(kind) and issubclass(kind, GraderError) and kind is not GraderError
]


def classes(folder: str) -> Iterator[tuple[Path, ast.ClassDef, set[str]]]:
    for path in sorted((TOP / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield path, node, {base.id for base in node.bases if isinstance(base, ast.Name)}


def is_error(bases: set[str]) -> bool:
    return any(base in BASES or base.endswith(("Error", "Exception")) for base in bases)


def handled() -> set[str]:
    """The names that stand in an `except` clause of the grader."""
    names = set()
    for path in (TOP / "grader").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler) and node.type is not None:
                names |= {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
                names |= {part.attr for part in ast.walk(node.type) if isinstance(part, ast.Attribute)}
    return names


def test_an_error_outside_the_one_file_never_leaves_the_grader() -> None:
    caught = handled()
    loose = [
        f"{path.relative_to(TOP)}: {node.name}"
        for path, node, bases in classes("grader")
        if is_error(bases) and path.name != "errors.py" and not ({node.name} | bases) & caught
    ]
    assert loose == []


def test_the_labs_own_errors_end_the_same_way() -> None:
    own = [(node.name, bases) for _, node, bases in classes("reference") if is_error(bases)]
    assert own
    assert [name for name, bases in own if "GraderError" not in bases] == []


@pytest.mark.parametrize("kind", FORESEEN, ids=lambda kind: kind.__name__)
def test_an_error_is_its_message_and_comes_through_a_process(kind: type[GraderError]) -> None:
    assert str(kind("what, where, what to do")) == "what, where, what to do"
    again = pickle.loads(pickle.dumps(kind("what, where, what to do")))
    assert (type(again), str(again)) == (kind, "what, where, what to do")


def test_a_reader_keeps_its_fault_to_itself() -> None:
    problem = pickle.loads(pickle.dumps(ReaderFaultError("for the student", "for us")))
    assert (str(problem), problem.fault) == ("for the student", "for us")
