"""Which names a cell sets and uses, and what it imports, read off its source. Nothing is run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from grader.model import Value

_MAX_PARSED = (
    100_000  # characters of a cell; a longer one is taken as one statement that touches all its names
)
_MAX_DEPTH = 60  # brackets and unary signs in a row; Python's parser has limits
_MAX_NAMES = 5_000  # of a cell that is no Python
_LINE_COMMAND = re.compile(r"^([ \t]{0,80})[%!?]")
_ASSIGNED_COMMAND = re.compile(r"^([ \t]{0,80}[\w, \t]{1,80}=)[ \t]{0,8}[%!]")
_CELL_COMMAND = re.compile(r"%%(\w{1,40})")
_PYTHON_CELLS = frozenset(("time", "timeit", "capture", "prun"))
_IDENTIFIER = re.compile(r"(?<![\w.'\"])[^\W\d]\w{0,60}")
_IMPORT_LINE = re.compile(r"^[ \t]{0,80}(?:import|from)[ \t]{1,8}(\w[\w.]{0,100})", re.M)


class ImportedModule(Value, frozen=True):
    """One module that a statement imports; `guarded` if a ``try`` stands around it, `direct` if nothing does."""

    name: str
    guarded: bool
    direct: bool


class StatementNames(Value, frozen=True):
    """What one statement of a cell's outermost level does to names.

    `bound` get a value or have one changed in place by assignment, `touched` may have been changed by a call,
    `used` are read. `imported` are those of `bound` that are modules or come out of one.
    """

    bound: frozenset[str]
    touched: frozenset[str]
    used: frozenset[str]
    imported: frozenset[str] = frozenset()
    modules: tuple[ImportedModule, ...] = ()


def statement_names(source: str) -> tuple[StatementNames, ...]:
    """The statements of a cell in order. What is no Python counts as one that sets and uses all its names."""
    code = _python(source)
    if not code.strip():
        return ()
    body = _parsed(code)
    if body is None:
        names = frozenset(
            match.group() for _, match in zip(range(_MAX_NAMES), _IDENTIFIER.finditer(code), strict=False)
        )
        lines = zip(range(_MAX_NAMES), _IMPORT_LINE.finditer(code), strict=False)
        return (
            StatementNames(
                names,
                names,
                names,
                modules=tuple(ImportedModule(found[1], guarded=False, direct=False) for _, found in lines),
            ),
        )
    return tuple(_names(statement) for statement in body)


def _python(source: str) -> str:
    """The cell without what IPython alone understands: commands to a shell, magics."""
    first, _, rest = source.lstrip().partition("\n")
    if (command := _CELL_COMMAND.match(first)) is not None:
        return _python(rest) if command[1] in _PYTHON_CELLS else ""
    lines = (_LINE_COMMAND.sub(r"\1pass #", line) for line in source.split("\n"))
    return "\n".join(_ASSIGNED_COMMAND.sub(r"\1 None #", line) for line in lines)


def _parsed(code: str) -> list[ast.stmt] | None:
    if len(code) > _MAX_PARSED or _too_deep(code):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\d" is no business of ours
            return ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _too_deep(code: str) -> bool:
    depth = deepest = signs = most = 0
    for character in code:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
        signs = signs + 1 if character in "-+~" else 0 if not character.isspace() else signs
        most = max(most, signs)
    return max(deepest, most) > _MAX_DEPTH or code.count("not not") > _MAX_DEPTH


def _names(statement: ast.stmt) -> StatementNames:
    bound: set[str] = set()
    touched: set[str] = set()
    used: set[str] = set()
    imported: set[str] = set()
    modules: list[ImportedModule] = []
    for node, inside, guarded in _nodes(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name) if not inside:
                bound.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                used.add(name)
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                bound |= _base(node)
            case ast.Call(func=function, args=arguments):
                touched |= _base(function) if isinstance(function, ast.Attribute) else set()
                touched |= {argument.id for argument in arguments if isinstance(argument, ast.Name)}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Import(names=aliases):
                modules += [ImportedModule(alias.name, guarded, node is statement) for alias in aliases]
                imported |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                modules.append(ImportedModule(module, guarded, node is statement))
                imported |= {alias.asname or alias.name for alias in aliases}
            case _:
                pass
    return StatementNames(
        frozenset(bound | imported), frozenset(touched), frozenset(used), frozenset(imported), tuple(modules)
    )


def _nodes(statement: ast.stmt) -> Iterator[tuple[ast.AST, bool, bool]]:
    """Every node with whether it lies inside a function, and whether a ``try`` with handlers guards it."""
    waiting: list[tuple[ast.AST, bool, bool]] = [(statement, False, False)]
    while waiting:
        node, inside, guarded = waiting.pop()
        yield node, inside, guarded
        below = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        watched = node.body if isinstance(node, ast.Try) and node.handlers else []
        waiting += [
            (child, below, guarded or any(child is one for one in watched))
            for child in ast.iter_child_nodes(node)
        ]


def _base(node: ast.expr) -> set[str]:
    """The name that a chain of attributes and subscripts begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
