"""What a piece of a notebook needs to run by itself: its statements, and the definitions that they rest on.

Nothing is run here. Of each name the last binding before the piece is taken, with what that needs in turn.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from grader.model import Value

MAX_STATEMENTS: Final = 120  # of one slice
_BUILT_IN: Final = frozenset(dir(builtins))


class CodeSlice(Value, frozen=True, eq=False):
    """Statements that run by themselves: `needed` first, then the `piece`. `unbound` names are bound by neither."""

    needed: tuple[ast.stmt, ...]
    piece: tuple[ast.stmt, ...]
    unbound: frozenset[str]


def slice_of(
    trees: Sequence[ast.Module], marks: Iterable[tuple[int, int]], *, begin: int = 0
) -> CodeSlice | None:
    """The slice of a program that spans the outermost statements at `marks` (listing and line).

    Of listings without a mark nothing is taken as it stands; `begin` is the first one that definitions are taken
    from. None if a mark is not there, or the slice grows too large.
    """
    flat = [(number, statement) for number, tree in enumerate(trees) for statement in tree.body]
    places = {(number, statement.lineno): index for index, (number, statement) in enumerate(flat)}
    wanted = set(marks)
    if not wanted or any(mark not in places for mark in wanted):
        return None
    at = sorted(places[mark] for mark in wanted)
    listings = {number for number, _ in wanted}
    piece = [index for index in range(at[0], at[-1] + 1) if flat[index][0] in listings]
    chosen: set[int] = set()
    unbound: set[str] = set()
    waiting = [(name, at[0]) for name in _loaded(flat[index][1] for index in piece)]
    seen: set[tuple[str, int]] = set()
    bound = [set(_bound(statement)) for _, statement in flat]
    while waiting:
        name, before = waiting.pop()
        if (name, before) in seen:
            continue
        seen.add((name, before))
        found = next(
            (
                index
                for index in range(before - 1, -1, -1)
                if name in bound[index] and flat[index][0] >= begin
            ),
            None,
        )
        if found is None:
            unbound.add(name)
            continue
        if found in chosen:
            continue
        chosen.add(found)
        if len(chosen) + len(piece) > MAX_STATEMENTS:
            return None
        statement = flat[found][1]
        # What a function's body uses is looked up when it runs: where the piece begins.
        until = at[0] if isinstance(statement, ast.FunctionDef | ast.ClassDef) else found
        waiting.extend((one, until) for one in _loaded([statement]))
    own = {name for index in piece for name in bound[index]}
    return CodeSlice(
        tuple(flat[index][1] for index in sorted(chosen)),
        tuple(flat[index][1] for index in piece),
        frozenset(unbound - own - _BUILT_IN),
    )


def _loaded(statements: Iterable[ast.stmt]) -> list[str]:
    """The names that statements look up before they bind them themselves, in the order in which they run."""
    order = _Order()
    for statement in statements:
        order.visit(statement)
    return order.loaded


class _Order(ast.NodeVisitor):
    """Names in the order of evaluation: what is assigned comes after what it is computed of."""

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.stored: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.stored.add(node.id)
        elif node.id not in self.stored:
            self.loaded.append(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        for part in (node.value, *node.targets):
            self.visit(part)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.stored:
            self.loaded.append(node.target.id)
        for part in (node.value, node.target):
            self.visit(part)

    def visit_For(self, node: ast.For) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.stored.add(node.name)
        for part in (*node.decorator_list, node.args):
            self.visit(part)
        self._inner(node.args, node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._inner(node.args, [node.body])

    def _inner(self, arguments: ast.arguments, body: Sequence[ast.AST]) -> None:
        before = set(self.stored)
        given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        extra = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        self.stored |= {argument.arg for argument in (*given, *extra)}
        for part in body:
            self.visit(part)
        self.stored = before

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        before = set(self.stored)
        for generator in node.generators:
            for part in (generator.iter, generator.target, *generator.ifs):
                self.visit(part)
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            self.visit(part)
        self.stored = before

    def generic_visit(self, node: ast.AST) -> None:
        """Comprehensions have names of their own; all else in the order in which it is written."""
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            self._comprehension(node)
        else:
            super().generic_visit(node)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in its own scope, and those that it changes in place."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    yield alias.asname or alias.name.partition(".")[0]
            case ast.FunctionDef(name=name):
                yield name
            case _:
                pass
