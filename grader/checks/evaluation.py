"""Expressions of somebody's code to terms, in a scope of names. The lower half of `dataflow`."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.checks.conditions import (
    compared,
    dotted,
    element_of,
    folded,
    is_empty,
    member_of,
    root_of,
    truth,
    unary,
)
from grader.checks.flow_events import FlowBinding, FlowCall, FlowReading, FlowTampering, Interest
from grader.checks.scopes import Definition, KnownRoutine, Scope
from grader.checks.terms import (
    FreeTerm,
    GroupTerm,
    InstanceTerm,
    LiteralTerm,
    MemberTerm,
    ModuleTerm,
    OpaqueTerm,
    OperationTerm,
    ProductTerm,
    RecorderTerm,
    RoutineTerm,
    Term,
    merged,
    operation,
)

MAX_WORK: Final = 20_000  # expressions evaluated in one reading
MAX_EVENTS: Final = 600
_MAX_DEPTH: Final = 40  # of one expression
_MAX_CALLS: Final = 6  # of functions in functions
_MADE_CODE: Final = frozenset(
    ("exec", "eval", "compile", "__import__", "globals", "locals", "vars", "setattr")
)


@dataclass
class Evaluation:
    """The state of one reading, and how expressions are evaluated in it."""

    interest: Interest
    known: dict[str, Term]
    segment: int = 0
    line: int = 0
    flat: bool = False
    dormant: bool = False
    cut: bool = False
    unsure: int = 0
    nesting: int = 0
    work: int = 0
    inside: int = 0
    at: tuple[int, int] = (0, 0)
    calls: list[FlowCall] = field(default_factory=list)
    bindings: list[FlowBinding] = field(default_factory=list)
    tampering: list[FlowTampering] = field(default_factory=list)
    routines: list[KnownRoutine] = field(default_factory=list)
    methods: list[tuple[ast.FunctionDef, Scope]] = field(default_factory=list)
    recording: list[Term] = field(default_factory=list)
    returned: list[Term] = field(default_factory=list)
    segment_of: dict[int, int] = field(default_factory=dict)
    _recorders: int = 0
    _numbers: dict[int, int] = field(default_factory=dict)
    _sites: list[int] = field(default_factory=list)
    _products: dict[tuple[int, ...], ProductTerm] = field(default_factory=dict)
    _free: dict[str, FreeTerm] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.top = Scope(self.known)

    def reading(self, names: dict[str, Term]) -> FlowReading:
        """What was followed so far."""
        return FlowReading(
            tuple(self.calls),
            tuple(self.bindings),
            tuple(self.tampering),
            names,
            self.cut or self.exhausted(),
        )

    def exhausted(self) -> bool:
        """Whether as much was followed as ever is."""
        return self.work > MAX_WORK or len(self.calls) + len(self.bindings) > MAX_EVENTS

    def call_routine(self, body: Sequence[ast.stmt], scope: Scope) -> Term:
        """What a function's body returns: for whoever follows statements too, which expressions alone do not."""
        raise NotImplementedError

    # --- names -----------------------------------------------------------------------------------------------

    def free(self, name: str) -> Term:
        """A name that nothing bound, the same object each time."""
        return self._free.setdefault(name, FreeTerm(name))

    def bind(self, target: ast.expr, value: Term, scope: Scope) -> None:
        """Binds a name, the names of a tuple, or an attribute."""
        match target:
            case ast.Name(id=name):
                event = FlowBinding(
                    name,
                    scope.get(name),
                    value,
                    self.segment,
                    self.line,
                    self.unsure == 0,
                    self.dormant,
                    self.at,
                )
                self.bindings.append(event)
                scope.bind(name, value)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                plain = not any(isinstance(one, ast.Starred) for one in targets)
                for number, one in enumerate(targets):
                    if (
                        isinstance(value, GroupTerm)
                        and value.keys is None
                        and plain
                        and len(value.items) == len(targets)
                    ):
                        self.bind(one, value.items[number], scope)
                    else:
                        inner = one.value if isinstance(one, ast.Starred) else one
                        self.bind(inner, element_of(value, LiteralTerm(number)), scope)
            case ast.Attribute(value=owner):
                if not isinstance(self.evaluate(owner, scope), InstanceTerm):
                    self.tampering.append(FlowTampering(ast.unparse(target)[:200], self.segment, self.line))
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                before = scope.get(name) or self.free(name)
                made = operation("setitem", (before, self.evaluate(index, scope), value))
                self.bind(ast.Name(name, ast.Store()), made, scope)
            case _:
                pass

    # --- expressions -----------------------------------------------------------------------------------------

    def evaluate(self, tree: ast.expr, scope: Scope, depth: int = 0) -> Term:
        """The term of an expression. What is not followed is `Opaque`."""
        self.work += 1
        if depth > _MAX_DEPTH or self.exhausted():
            self.cut = True
            return OpaqueTerm("too deep")

        def inner(one: ast.expr) -> Term:
            return self.evaluate(one, scope, depth + 1)

        match tree:
            case ast.Name(id=name):
                return scope.get(name) or self.free(name)
            case ast.Constant(value=value):
                return LiteralTerm(value)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                items = self.items(elements, scope, depth)
                return (
                    OpaqueTerm("a list", tuple(map(inner, elements))) if items is None else GroupTerm(items)
                )
            case ast.Dict(keys=keys, values=values):
                names = tuple(key.value if isinstance(key, ast.Constant) else None for key in keys)
                return GroupTerm(tuple(map(inner, values)), names)
            case ast.BinOp(left=left, op=op, right=right):
                return folded(type(op).__name__, inner(left), inner(right))
            case ast.UnaryOp(op=op, operand=operand):
                return unary(type(op).__name__, inner(operand))
            case ast.BoolOp():
                return self._shortcut(tree, scope, depth)
            case ast.Compare(left=left, comparators=[right], ops=[op]):
                return compared(type(op).__name__, inner(left), inner(right))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                holds = truth(inner(test))
                if holds is not None:
                    return inner(body if holds else orelse)
                self.unsure += 1
                found = merged(inner(body), inner(orelse))
                self.unsure -= 1
                return found
            case ast.NamedExpr(target=target, value=value):
                found = inner(value)
                self.bind(target, found, scope)
                return found
            case ast.Attribute(value=owner, attr=attr):
                return member_of(inner(owner), attr)
            case ast.Subscript(value=value, slice=index):
                return element_of(inner(value), inner(index))
            case ast.Starred(value=value):
                return inner(value)
            case ast.Call():
                return self._call(tree, scope, depth)
            case ast.Lambda():
                return self.routine(tree, scope)
            case (
                ast.ListComp(elt=element, generators=generators)
                | ast.GeneratorExp(elt=element, generators=generators)
                | ast.SetComp(elt=element, generators=generators)
            ):
                return self._comprehended(element, generators, scope, depth)
            case ast.JoinedStr():
                return LiteralTerm("text")
            case _:
                return OpaqueTerm(type(tree).__name__)

    def items(self, elements: Sequence[ast.expr], scope: Scope, depth: int) -> tuple[Term, ...] | None:
        """The elements of a list with what is unpacked in it; None if something unknown is."""
        found: list[Term] = []
        for element in elements:
            value = self.evaluate(element, scope, depth + 1)
            if not isinstance(element, ast.Starred):
                found.append(value)
            elif isinstance(value, GroupTerm) and value.keys is None:
                found.extend(value.items)
            else:
                return None
        return tuple(found)

    def routine(self, node: Definition, scope: Scope) -> RoutineTerm:
        """A function as a value."""
        named = not isinstance(node, ast.Lambda)
        number = self._numbers.setdefault(id(node), len(self.routines))
        if number == len(self.routines):
            self.routines.append(KnownRoutine(node, scope, named))
            self.segment_of[id(node)] = self.segment
        self.routines[number].scope = scope
        return RoutineTerm("lambda" if isinstance(node, ast.Lambda) else node.name, number)

    def _shortcut(self, tree: ast.BoolOp, scope: Scope, depth: int) -> Term:
        """``a or b``, ``a and b``: what comes after a decided one is never reached."""
        settles = isinstance(tree.op, ast.Or)
        found: Term | None = None
        doubted = 0
        for value in tree.values:
            current = self.evaluate(value, scope, depth + 1)
            holds = truth(current)
            found = current if found is None or doubted == 0 else merged(found, current)
            if holds is settles:
                break
            if holds is None:
                doubted += 1
                self.unsure += 1
        self.unsure -= doubted
        return found if found is not None else OpaqueTerm("nothing")

    # --- calls -----------------------------------------------------------------------------------------------

    def _call(self, tree: ast.Call, scope: Scope, depth: int) -> Term:
        function = self.evaluate(tree.func, scope, depth + 1)
        operands, open_ended = self._operands(tree, scope, depth)
        keywords, unknown = self._keywords(tree, scope, depth)
        open_ended = open_ended or unknown
        if isinstance(function, OperationTerm) and function.name == "getattr" and len(function.operands) >= 2:
            owner, name = function.operands[:2]
            if isinstance(name, LiteralTerm) and isinstance(name.value, str):
                function = member_of(owner, name.value)
        path = dotted(function)
        last = (
            function.name.rpartition(".")[2]
            if isinstance(function, MemberTerm | ModuleTerm | FreeTerm)
            else ""
        )
        if path in _MADE_CODE:
            self.tampering.append(FlowTampering(ast.unparse(tree)[:200], self.segment, self.line))
        if last in self.interest.recorders and path:
            self._recorders += 1
            return RecorderTerm(self._recorders)
        if last in self.interest.calls:
            return self._of_interest(tree, function, last, operands, keywords, open_ended)
        if isinstance(function, InstanceTerm):
            return function
        if path == "dict" and not operands and not open_ended:
            return GroupTerm(tuple(value for _, value in keywords), tuple(key for key, _ in keywords))
        if isinstance(function, RoutineTerm):
            self._sites.append(id(tree))
            try:
                return self._followed(function, operands, keywords, open_ended)
            finally:
                self._sites.pop()
        if path and not isinstance(function, MemberTerm):
            return operation(path, operands, keywords)
        if isinstance(function, MemberTerm):
            if path and isinstance(root_of(function), ModuleTerm):
                return operation(path, operands, keywords)
            return self._method(function, operands, keywords)
        return OpaqueTerm("a call", (function, *operands))

    def _method(
        self, function: MemberTerm, operands: tuple[Term, ...], keywords: tuple[tuple[str, Term], ...]
    ) -> Term:
        owner = function.owner
        if isinstance(owner, GroupTerm) and owner.keys is not None and function.name == "get" and operands:
            return element_of(owner, operands[0])
        if isinstance(owner, GroupTerm) and owner.keys is not None and function.name == "values":
            return GroupTerm(owner.items)
        if isinstance(root_of(function), FreeTerm) and isinstance(owner, FreeTerm | MemberTerm):
            path = dotted(function)
            if path.split(".")[0] in {
                "tf",
                "np",
                "numpy",
                "tensorflow",
                "math",
                "keras",
                "K",
                "jnp",
                "torch",
            }:
                return operation(path, operands, keywords)
        return operation(function.name, (owner, *operands), keywords, method=True)

    def _operands(self, tree: ast.Call, scope: Scope, depth: int) -> tuple[tuple[Term, ...], bool]:
        found = self.items(tree.args, scope, depth)
        if found is not None:
            return found, False
        return tuple(
            self.evaluate(one, scope, depth + 1) for one in tree.args if not isinstance(one, ast.Starred)
        ), True

    def _keywords(
        self, tree: ast.Call, scope: Scope, depth: int
    ) -> tuple[tuple[tuple[str, Term], ...], bool]:
        found: list[tuple[str, Term]] = []
        unknown = False
        for keyword in tree.keywords:
            value = self.evaluate(keyword.value, scope, depth + 1)
            if keyword.arg is not None:
                found.append((keyword.arg, value))
            elif (
                isinstance(value, GroupTerm)
                and value.keys is not None
                and all(isinstance(one, str) for one in value.keys)
            ):
                found.extend((str(key), item) for key, item in zip(value.keys, value.items, strict=True))
            else:
                unknown = True
        return tuple(found), unknown

    def _of_interest(
        self,
        tree: ast.Call,
        function: Term,
        name: str,
        operands: tuple[Term, ...],
        keywords: tuple[tuple[str, Term], ...],
        open_ended: bool,
    ) -> Term:
        receiver = function.owner if isinstance(function, MemberTerm) else None
        if isinstance(function, ModuleTerm):
            receiver = ModuleTerm(function.name.rpartition(".")[0])
        key = (*self._sites, id(tree))
        if key in self._products:  # another round of a loop
            return self._products[key]
        index = len(self.calls)
        self.calls.append(
            FlowCall(
                index=index,
                name=name,
                function=ast.unparse(tree.func)[:200],
                receiver=receiver,
                arguments=operands,
                keywords=keywords,
                written=tuple(
                    ast.unparse(one)[:200] for one in (*tree.args, *(one.value for one in tree.keywords))
                ),
                source=ast.unparse(tree)[:600],
                segment=self.segment,
                line=getattr(tree, "lineno", self.line),
                open_ended=open_ended,
                sure=self.unsure == 0,
                dormant=self.dormant,
                recorded=tuple(self.recording),
                top=self.at,
            )
        )
        if name not in self.interest.products:
            return OpaqueTerm(name)
        return self._products.setdefault(key, ProductTerm(index))

    def _followed(
        self,
        function: RoutineTerm,
        operands: tuple[Term, ...],
        keywords: tuple[tuple[str, Term], ...],
        open_ended: bool,
    ) -> Term:
        """A call of a function that the code defines: its body, with its parameters bound."""
        known = self.routines[function.number]
        known.called = True
        if self.inside >= _MAX_CALLS or self.exhausted():
            return operation(function.name, operands, keywords)
        inner = Scope({}, known.scope)
        arguments = known.node.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        defaults = dict(zip(names[::-1], arguments.defaults[::-1], strict=False))
        for name, default in defaults.items():
            inner.names[name] = self.evaluate(default, known.scope)
        for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            inner.names[one.arg] = OpaqueTerm(one.arg) if value is None else self.evaluate(value, known.scope)
        inner.names.update(zip(names, operands, strict=False))
        if arguments.vararg is not None:
            inner.names[arguments.vararg.arg] = GroupTerm(operands[len(names) :])
        if arguments.kwarg is not None:
            inner.names[arguments.kwarg.arg] = OpaqueTerm(arguments.kwarg.arg)
        inner.names.update(keywords)
        for name in names:
            if name not in inner.names:
                inner.names[name] = OpaqueTerm(name) if open_ended else OpaqueTerm(f"{name}, not given")
        line, segment, self.inside = self.line, self.segment, self.inside + 1
        self.segment = self.segment_of.get(id(known.node), segment)
        try:
            if isinstance(known.node, ast.Lambda):
                result = self.evaluate(known.node.body, inner)
            else:
                result = self.call_routine(known.node.body, inner)
        finally:
            self.line, self.segment, self.inside = line, segment, self.inside - 1
        return operation(function.name, operands, keywords, result=result)

    def _comprehended(
        self, element: ast.expr, generators: Sequence[ast.comprehension], scope: Scope, depth: int
    ) -> Term:
        inner = Scope({}, scope)
        first = self.evaluate(generators[0].iter, scope, depth + 1)
        simple = len(generators) == 1 and not generators[0].ifs
        if isinstance(first, GroupTerm) and first.keys is None and simple and len(first.items) <= 8:
            made = []
            for item in first.items:
                self.bind(generators[0].target, item, inner)
                made.append(self.evaluate(element, inner, depth + 1))
            return GroupTerm(tuple(made))
        for generator in generators:
            source = self.evaluate(generator.iter, inner, depth + 1)
            if is_empty(source):
                return GroupTerm(())
            self.bind(generator.target, operation("element", (source,)), inner)
        return operation("each", (self.evaluate(element, inner, depth + 1),))
