"""Names and what they mean in functions within functions, for a reading of code."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.checks.terms import (
    Term,
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scope:
    """The names of a function or of the whole; `shared` are those that it declares global."""

    def __init__(self, names: dict[str, Term], above: Scope | None = None) -> None:
        self.names, self.above, self.shared = names, above, set[str]()

    def get(self, name: str) -> Term | None:
        """What a name means here."""
        return self.names[name] if name in self.names else self.outer(name)

    def outer(self, name: str) -> Term | None:
        """What a name means in the scopes around this one."""
        scope = self.above
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.above
        return None

    def bind(self, name: str, value: Term) -> None:
        """Binds a name here, or in the outermost scope if it is declared global."""
        scope = self
        if name in self.shared:
            while scope.above is not None:
                scope = scope.above
        scope.names[name] = value


@dataclass
class KnownRoutine:
    """A function's definition, where it was made, and whether anything called it."""

    node: Definition
    scope: Scope
    named: bool
    called: bool = False
