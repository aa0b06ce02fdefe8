"""Follows values through code without running it: what a call of interest is given, and what becomes of what it gives.

Names are resolved where they stand, in the order in which the code would run: a name bound anew is another value,
code that cannot be reached does not count, a function counts where it is called. What is of interest (names of
calls, names of recording contexts) is the reader's to say. Bounded in work and in the size of what is kept.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from grader.checks.conditions import dotted, is_empty, truth
from grader.checks.evaluation import Evaluation
from grader.checks.flow_events import FlowReading, Interest
from grader.checks.listings import CodeListing
from grader.checks.scopes import Scope
from grader.checks.terms import (
    EitherTerm,
    FreeTerm,
    GroupTerm,
    InstanceTerm,
    LiteralTerm,
    ModuleTerm,
    OpaqueTerm,
    OperationTerm,
    Term,
    merged,
    operation,
)

_ENDS: Final = frozenset(("exit", "quit", "sys.exit", "os._exit", "os.abort"))
_ROUNDS: Final = 2  # of a loop's body: what one round leaves, the next one meets
_MAX_NESTING: Final = 30


def read_flow(
    listings: Sequence[CodeListing], interest: Interest, known: Mapping[str, Term] | None = None
) -> FlowReading:
    """Follows listings that share their names, one after another, as a notebook's cells do.

    `known` are names bound before, from another reading. Functions that nothing calls are followed last, and what
    happens in them is marked as dormant.
    """
    flow = _Flow(interest, dict(known or {}))
    for number, listing in enumerate(listings):
        flow.segment, flow.flat = number, listing.flat
        flow.run(listing.tree.body, flow.top)
    left = dict(flow.top.names)
    flow.run_dormant()
    return flow.reading(left)


class _EndedError(Exception):
    """The rest of what is being followed is never reached; `scope` is how much of it that is."""

    def __init__(self, extent: str) -> None:
        self.extent = extent  # "loop", "routine" or "cell"


class _Flow(Evaluation):
    """Statements; expressions are evaluated by the class below."""

    def run(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        """Follows a cell; what ends it does not end the next one."""
        try:
            for statement in body:
                self.at = (self.segment, statement.lineno)
                self.follow([statement], scope)
        except _EndedError:
            pass

    def follow(self, body: Iterable[ast.stmt], scope: Scope) -> None:
        if self.nesting > _MAX_NESTING:
            self.cut = True
            return
        self.nesting += 1
        try:
            for statement in body:
                if self.exhausted():
                    return
                self.line = getattr(statement, "lineno", self.line)
                self._statement(statement, scope)
        finally:
            self.nesting -= 1

    def call_routine(self, body: Sequence[ast.stmt], scope: Scope) -> Term:
        """What a function returns; several returns under conditions that cannot be decided are alternatives."""
        before, self.returned = self.returned, []
        try:
            self.follow(body, scope)
        except _EndedError as end:
            if end.extent == "cell":
                self.returned = before
                raise
        returned, self.returned = self.returned, before
        if not returned:
            return LiteralTerm(None)
        value = returned[0]
        for other in returned[1:]:
            value = merged(value, other)
        return value

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                found = self.evaluate(value, scope)
                for target in targets:
                    self.bind(target, found, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self.bind(target, self.evaluate(value, scope), scope)
            case ast.AugAssign(target=target, op=op, value=value):
                before = self.evaluate(_loaded(target), scope)
                after = operation(type(op).__name__, (before, self.evaluate(value, scope)))
                self.bind(target, after, scope)
            case ast.Expr(value=value):
                self.evaluate(value, scope)
                if self._ends(value, scope):
                    self._end("cell")
            case ast.If():
                self._if(statement, scope)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(statement, scope)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                self._with(items, body, scope)
            case ast.Try():
                self._try(statement, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for decorator in statement.decorator_list:
                    self.evaluate(decorator, scope)
                scope.bind(statement.name, self.routine(statement, scope))
            case ast.ClassDef(name=name):
                self.methods.extend(
                    (one, scope) for one in statement.body if isinstance(one, ast.FunctionDef)
                )
                scope.bind(name, InstanceTerm(name))
            case ast.Return(value=value):
                self.returned.append(LiteralTerm(None) if value is None else self.evaluate(value, scope))
                self._end("routine")
            case ast.Raise():
                self._end("cell")
            case ast.Break() | ast.Continue():
                self._end("loop")
            case ast.Assert(test=test):
                self.evaluate(test, scope)
                if truth(self.evaluate(test, scope)) is False:
                    self._end("cell")
            case ast.Import() | ast.ImportFrom():
                self._import(statement, scope)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        scope.bind(target.id, OpaqueTerm(f"deleted {target.id}"))
            case ast.Global(names=names):
                scope.shared.update(names)
            case ast.Match(subject=subject, cases=cases):
                self.evaluate(subject, scope)
                self._branches([one.body for one in cases], scope)
            case _:
                pass

    def _end(self, extent: str) -> None:
        if self.flat:  # what belongs to which block is not known
            self.cut = self.cut or extent == "cell"
            return
        raise _EndedError(extent)

    def _ends(self, value: ast.expr, scope: Scope) -> bool:
        return isinstance(value, ast.Call) and dotted(self.evaluate(value.func, scope)) in _ENDS

    def _if(self, statement: ast.If, scope: Scope) -> None:
        holds = truth(self.evaluate(statement.test, scope))
        if holds is None:
            self._branches([statement.body, statement.orelse], scope)
        elif holds:
            self.follow(statement.body, scope)
        else:
            self.cut = self.cut or self.flat
            self.follow(statement.orelse, scope)

    def _branches(self, bodies: Sequence[Sequence[ast.stmt]], scope: Scope) -> None:
        """Each as if it were the one; then what they leave side by side."""
        before = dict(scope.names)
        left: list[dict[str, Term]] = []
        ends: list[_EndedError] = []
        self.unsure += 1
        for body in bodies:
            scope.names.clear()
            scope.names.update(before)
            try:
                self.follow(body, scope)
                left.append(dict(scope.names))
            except _EndedError as end:
                ends.append(end)
        self.unsure -= 1
        scope.names.clear()
        if not left:
            scope.names.update(before)
            raise ends[0]
        scope.names.update(left[0])
        for other in left[1:]:
            for name in {**scope.names, **other}:
                one = scope.names.get(name) or scope.outer(name) or FreeTerm(name)
                two = other.get(name) or scope.outer(name) or FreeTerm(name)
                if one is not two:
                    scope.names[name] = merged(one, two)

    def _loop(self, statement: ast.For | ast.AsyncFor | ast.While, scope: Scope) -> None:
        if isinstance(statement, ast.While):
            if truth(self.evaluate(statement.test, scope)) is False:
                return
        else:
            source = self.evaluate(statement.iter, scope)
            if is_empty(source):
                return
        for turn in range(_ROUNDS):
            if not isinstance(statement, ast.While):
                self.bind(statement.target, _element(source, turn), scope)
            try:
                self.follow(statement.body, scope)
            except _EndedError as end:
                if end.extent != "loop":
                    raise
                break
        if statement.orelse:
            self._branches([statement.orelse, []], scope)

    def _with(self, items: Sequence[ast.withitem], body: Sequence[ast.stmt], scope: Scope) -> None:
        opened = []
        for item in items:
            value = self.evaluate(item.context_expr, scope)
            opened.append(value)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value, scope)
        self.recording.extend(opened)
        try:
            self.follow(body, scope)
        finally:
            del self.recording[len(self.recording) - len(opened) :]

    def _try(self, statement: ast.Try, scope: Scope) -> None:
        try:
            self.follow(statement.body, scope)
        except _EndedError as end:
            if end.extent != "cell" or not statement.handlers:
                raise
        if statement.handlers:
            self._branches([[], *[handler.body for handler in statement.handlers]], scope)
        self.follow(statement.orelse, scope)
        self.follow(statement.finalbody, scope)

    def _import(self, statement: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in statement.names:
            if isinstance(statement, ast.ImportFrom):
                scope.bind(alias.asname or alias.name, ModuleTerm(f"{statement.module or ''}.{alias.name}"))
            elif alias.asname:
                scope.bind(alias.asname, ModuleTerm(alias.name))
            else:
                first = alias.name.partition(".")[0]
                scope.bind(first, ModuleTerm(first))

    def run_dormant(self) -> None:
        """Functions that nothing called, and methods of classes: what they would do if something did."""
        self.dormant = True
        waiting = [(one.node, one.scope) for one in self.routines if not one.called and one.named]
        for node, scope in [*waiting, *self.methods][:50]:
            if self.exhausted():
                return
            inner = Scope({}, scope)
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                inner.names[argument.arg] = FreeTerm(argument.arg)
            self.flat = False
            self.segment = self.segment_of.get(id(node), self.segment)
            try:
                self.call_routine(node.body if isinstance(node.body, list) else [], inner)
            except _EndedError:
                continue


def _loaded(target: ast.expr) -> ast.expr:
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), target)
        case ast.Attribute(value=value, attr=attr):
            return ast.copy_location(ast.Attribute(value, attr, ast.Load()), target)
        case ast.Subscript(value=value, slice=index):
            return ast.copy_location(ast.Subscript(value, index, ast.Load()), target)
        case _:
            return target


def _element(source: Term, turn: int) -> Term:
    match source:
        case GroupTerm(items=items, keys=None) if items:
            return items[min(turn, len(items) - 1)]
        case OperationTerm(name="range"):
            return OpaqueTerm("a number of the round")
        case EitherTerm() | _:
            return operation("element", (source,))
