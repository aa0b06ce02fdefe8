"""Question 1: the code that a submission shows, block by block, and the calls that stand in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.checks.answer import Answer
from grader.checks.code import BLANK, Call, clean, find_calls, parse_expression, parse_statements, statements
from grader.checks.listings import CodeListing, parse_listing
from grader.documents.core.document import Block, BlockKind
from grader.model import Value

METHODS: Final = frozenset(("gradient", "jacobian", "gradients", "gradiant", "gradien", "batch_jacobian"))


EXCERPT: Final = 1_000_000  # line numbers from here on are those of calls in words


_SIGN: Final = 12  # characters before a call in words in which its sign stands
NEGATED: Final = re.compile(r"(?:[=(]\s?-\s?|[^\S\n]-)(?:\w{1,8}\s?\.\s?)?$")
"""What makes a call in words the negative one: a minus behind a sign, or right before it; not a dash nor a bullet."""
_MARKED: Final = re.compile(r"(?<=[(,=\s])(?:`|\*{1,2}|_{1,2})([A-Za-z]\w*)(?:`|\*{1,2}|_{1,2})(?=\s?[,)])")
"""A name that is set off among the arguments of a call in words."""
_SHOWS_CODE: Final = re.compile(r"\.\s?gradi\w{1,6}\s?\(|GradientTape|\.assign|\bassign\(|training_loss\(")


_READ: Final = frozenset(
    (BlockKind.CODE, BlockKind.PROSE, BlockKind.MATHS, BlockKind.TABLE, BlockKind.HEADING, BlockKind.OUTPUT)
)


class CodePart(Value, frozen=True, eq=False):
    """A block with its listing; `excerpts` are the calls that stand in words."""

    block: Block
    listing: CodeListing
    excerpts: tuple[Call, ...] = ()


def blocks_that_may_hold_code(answer: Answer) -> Iterator[Block]:
    """What may hold code. A line with a filled-in call is read as it stood, whatever was taken out of it as given."""
    places = set()
    for document in answer.documents:
        for block in document.blocks:
            if block.kind in _READ and any(BLANK not in call.text for call in find_any(block.text)):
                places.add((block.place, block.kind))
                yield block
    yield from (
        block
        for block in answer.everything
        if block.kind in _READ and (block.place, block.kind) not in places
    )


def is_cell(block: Block) -> bool:
    """Whether a block is a notebook's code cell (a listing in its Markdown has a line)."""
    return block.kind is BlockKind.CODE and block.place.cell is not None and block.place.line is None


def may_hold_code(block: Block) -> bool:
    """Not what a notebook's cell printed: that is no source."""
    return block.kind is not BlockKind.OUTPUT or block.place.cell is None


def parts_of_words(blocks: Sequence[Block]) -> Iterator[CodePart]:
    """The code in the blocks of a report: its listings, and the lines and calls in its words."""
    skipped = False
    for number, block in enumerate(blocks):
        text = _MARKED.sub(r"\1", block.text)
        if skipped and not find_any(text):
            skipped = False
            continue
        skipped = False
        if block.kind is BlockKind.CODE and not _is_cut_off(text):
            listing = parse_listing(text)
            lines = set(listing.unread)
            calls = [call for call in find_any(listing.text) if call.line in lines and not call.commented]
            yield CodePart(block, _with_calls(listing, calls, text), tuple(calls))
            continue
        if _is_cut_off(text) and number + 1 < len(
            blocks
        ):  # the rest of the call was taken for another paragraph
            text = f"{text}\n{blocks[number + 1].text[:200]}"
            skipped = True
        if _SHOWS_CODE.search(clean(text)):
            yield _words_with_code(block, text)


def find_any(text: str) -> list[Call]:
    """All calls by a name that is meant for ``gradient``, in order."""
    found = [call for method in METHODS for call in find_calls(text, method)]
    return sorted(found, key=lambda call: call.start)


def _is_cut_off(text: str) -> bool:
    calls = find_any(text)
    return (
        bool(calls)
        and not calls[-1].parsed
        and BLANK not in calls[-1].text
        and not calls[-1].text.endswith(")")
    )


def _with_calls(listing: CodeListing, calls: Sequence[Call], text: str) -> CodeListing:
    """A listing with the calls that stand in lines that are no Python put in, each by itself."""
    made = list(_as_statements(calls, text))
    if not made:
        return listing
    body = sorted([*listing.tree.body, *(tree for _, tree in made)], key=lambda tree: _place(tree, made))
    return CodeListing(ast.Module(body, []), listing.text, listing.unread, listing.flat)


def _as_statements(calls: Sequence[Call], text: str) -> Iterator[tuple[int, ast.stmt]]:
    cleaned = clean(text)
    for number, call in enumerate(calls):
        sign = "-" if NEGATED.search(cleaned[max(0, call.start - _SIGN) : call.start]) else ""
        tree = parse_expression(sign + call.text) if call.parsed else None
        if tree is not None:
            for node in ast.walk(tree):
                if hasattr(node, "lineno"):
                    node.lineno = EXCERPT + number
            statement = ast.Expr(tree)
            ast.copy_location(statement, tree)
            yield call.line, statement


def _place(tree: ast.stmt, made: Sequence[tuple[int, ast.stmt]]) -> int:
    return next((line for line, one in made if one is tree), tree.lineno)


def _words_with_code(block: Block, text: str) -> CodePart:
    """Words in which code stands: whole lines of it are followed, calls within other lines are read by themselves."""
    cleaned = clean(text)
    body: list[ast.stmt] = []
    covered: set[int] = set()
    for statement in statements(cleaned):
        trees = parse_statements(statement.source)
        if trees and all(map(_is_code_line, trees)):
            for tree in trees:
                ast.increment_lineno(tree, statement.line - 1)
            body.extend(trees)
            covered.update(
                range(statement.line, statement.line + _height(cleaned, statement.line, statement.source))
            )
    listing = CodeListing(ast.Module(body, []), cleaned, (), flat=True)
    calls = [call for call in find_any(text) if call.line not in covered]
    return CodePart(block, _with_calls(listing, calls, text), tuple(calls))


def _height(text: str, line: int, source: str) -> int:
    """How many lines a logical line takes, near enough."""
    lines = text.split("\n")[line - 1 : line + 11]
    depth = 0
    for number, one in enumerate(lines, start=1):
        depth += sum(one.count(sign) for sign in "([{") - sum(one.count(sign) for sign in ")]}")
        if depth <= 0:
            return number
    return len(lines) if source else 1


def _is_code_line(tree: ast.stmt) -> bool:
    match tree:
        case ast.Assign(targets=[ast.Name() | ast.Tuple() | ast.List()], value=value):
            return not isinstance(value, ast.Constant)
        case ast.AugAssign() | ast.With() | ast.For() | ast.FunctionDef() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Call()):
            return True
        case _:
            return False
