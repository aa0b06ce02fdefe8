"""Figures that stand in code as literals: lists, dictionaries and tuples that a student typed to plot them.

Nothing is run: Python's own parser reads the code, statement by statement, and only literals are looked at.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from grader.checks.code import clean, parse_statements, statements
from grader.checks.figure_grids import of_grid
from grader.checks.figure_lists import NumberList, of_lists
from grader.checks.quantities import Quantity, Unit
from grader.checks.record_types import Arrangement, Table
from grader.documents.core.document import Block

_MAX_STATEMENTS: Final = 600  # of one block
_MAX_ITEMS: Final = 60  # of one literal
_MAX_DEPTH: Final = 6

_Row: TypeAlias = tuple[str, ...]


def of_code(blocks: Sequence[Block], table: Table, *, rank: int) -> Iterator[Arrangement]:
    """The literals in code: lists side by side, and dictionaries or lists of rows as grids."""
    lists: list[NumberList] = []
    for block in blocks:
        for statement in itertools.islice(statements(clean(block.text)), _MAX_STATEMENTS):
            if not any(sign in statement.source for sign in "[{("):
                continue
            for tree in parse_statements(statement.source):
                for label, literal in _literals(tree):
                    values = _numbers(literal)
                    if values is not None:
                        lists.append(_list(label, values, block, table, statement.source))
                        continue
                    rows = _rows(literal, label)
                    if rows:
                        passage = Block(block.kind, statement.source, block.place, ocr=block.ocr)
                        yield from of_grid(rows, table, passage, rank=rank, above=label)
                    if isinstance(literal, ast.Dict):
                        lists += _columns(literal, block, table, statement.source)
    yield from of_lists(lists, table, rank=rank)


def _literals(tree: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """Literals with the names that they go by: what they are assigned to."""
    if isinstance(tree, ast.Assign | ast.AnnAssign):
        targets = tree.targets if isinstance(tree, ast.Assign) else [tree.target]
        value = tree.value
        target = targets[0]
        if value is None:
            return
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):  # times, accs = [...], [...]
            for name, part in zip(target.elts, value.elts, strict=False):
                yield ast.unparse(name), _bare(part)
            return
        yield ast.unparse(target), _bare(value)
    elif isinstance(tree, ast.Expr):
        yield "", _bare(tree.value)


def _bare(value: ast.expr) -> ast.expr:
    """The literal in ``np.array([...])`` and ``pd.DataFrame({...})``."""
    for _ in range(3):
        if isinstance(value, ast.Call) and value.args and isinstance(value.func, ast.Name | ast.Attribute):
            value = value.args[0]
    return value


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return -inner if inner is not None else None
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        assert isinstance(node.value, int | float), "as its type says"
        return float(node.value) if abs(node.value) < 1e12 else None
    return None


def _numbers(node: ast.expr) -> tuple[float, ...] | None:
    """The numbers of a list or tuple of numbers."""
    if not isinstance(node, ast.List | ast.Tuple) or not 3 <= len(node.elts) <= _MAX_ITEMS:
        return None
    values = [_number(element) for element in node.elts]
    return tuple(value for value in values if value is not None) if None not in values else None


def _list(label: str, values: Sequence[float], block: Block, table: Table, source: str) -> NumberList:
    allowed = frozenset(float(key) for key in table.keys)
    are_keys = set(values) <= allowed and len(set(values)) == len(values)
    return NumberList(
        start=0,
        end=0,
        label=label,
        behind="",
        values=tuple(Quantity(value, Unit.NONE, f"{value:g}") for value in values),
        block=block,
        passage=source,
        keys=tuple(int(value) for value in values) if are_keys else (),
    )


def _columns(literal: ast.Dict, block: Block, table: Table, source: str) -> Iterator[NumberList]:
    """The lists of ``{"batch": [...], "time": [...]}``."""
    for key, value in zip(literal.keys[:_MAX_ITEMS], literal.values, strict=False):
        values = _numbers(_bare(value))
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and values is not None:
            yield _list(key.value, values, block, table, source)


def _rows(literal: ast.expr, label: str) -> tuple[_Row, ...]:
    """A dictionary by key, or a list of rows, as a grid; its first row are the headings."""
    rows: list[dict[str, str]] = []
    if isinstance(literal, ast.Dict):
        for key, value in zip(literal.keys[:_MAX_ITEMS], literal.values, strict=False):
            if key is None:
                return ()
            rows.append({"": _cell(key), **_cells(value, label)})
    elif isinstance(literal, ast.List | ast.Tuple):
        for element in literal.elts[:_MAX_ITEMS]:
            rows.append(_cells(element, label))
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(rows) < 2 or not 1 < len(names) <= _MAX_ITEMS:
        return ()
    shown = tuple("" if name.startswith("#") else name for name in names)
    return (shown, *(tuple(row.get(name, "") for name in names) for row in rows))


def _cells(value: ast.expr, label: str) -> dict[str, str]:
    value = _bare(value)
    if isinstance(value, ast.Dict):
        return {
            _cell(key): _cell(inner)
            for key, inner in zip(value.keys[:_MAX_ITEMS], value.values, strict=False)
            if key is not None
        }
    if isinstance(value, ast.List | ast.Tuple):
        return {f"#{at}": _cell(inner) for at, inner in enumerate(value.elts[:_MAX_ITEMS])}
    return {label or "#": _cell(value)}


def _cell(node: ast.expr, depth: int = 0) -> str:
    """A literal as the text of a cell; a list of one is its element, as in a training history."""
    if isinstance(node, ast.Constant):
        return str(node.value)[:80]
    if isinstance(node, ast.List | ast.Tuple) and len(node.elts) == 1 and depth < _MAX_DEPTH:
        return _cell(node.elts[0], depth + 1)
    number = _number(node)
    return f"{number:g}" if number is not None else ""
