"""What a reading of code hands back: the calls that were of interest, and how names and attributes were bound."""

from __future__ import annotations

from collections.abc import Mapping

from grader.checks.terms import Term
from grader.model import Value


class Interest(Value, frozen=True):
    """`calls` are names of functions and methods whose calls are kept, `products` those whose value is followed.

    `recorders` are classes whose objects record what happens in their ``with`` block.
    """

    calls: frozenset[str]
    products: frozenset[str]
    recorders: frozenset[str]


class FlowCall(Value, frozen=True, eq=False):
    """One call of interest, its operands resolved where it stands.

    `receiver` is None for a plain function. `open_ended`: arguments were unpacked from something unknown.
    `sure` is false under a condition that reading cannot decide, `dormant` in a function that nothing calls.
    `recorded` are the recording contexts that were open. `written` holds the arguments as source. `top` is the
    listing and line of the outermost statement that it happens in.
    """

    index: int
    name: str
    function: str
    receiver: Term | None
    arguments: tuple[Term, ...]
    keywords: tuple[tuple[str, Term], ...]
    written: tuple[str, ...]
    source: str
    segment: int
    line: int
    open_ended: bool = False
    sure: bool = True
    dormant: bool = False
    recorded: tuple[Term, ...] = ()
    top: tuple[int, int] = (0, 0)

    def argument(self, position: int, name: str) -> Term | None:
        """An argument given by position or by name."""
        if len(self.arguments) > position:
            return self.arguments[position]
        return next((value for key, value in self.keywords if key == name), None)


class FlowBinding(Value, frozen=True, eq=False):
    """A name bound to a value, with what it was before (None if nothing bound it)."""

    name: str
    before: Term | None
    after: Term
    segment: int
    line: int
    sure: bool = True
    dormant: bool = False
    top: tuple[int, int] = (0, 0)


class FlowTampering(Value, frozen=True, eq=False):
    """An attribute of something that the code did not define is bound anew, or code is made at run time."""

    source: str
    segment: int
    line: int


class FlowReading(Value, frozen=True, eq=False):
    """What was followed, in the order in which it would happen. `cut`: some of it was not followed."""

    calls: tuple[FlowCall, ...]
    bindings: tuple[FlowBinding, ...]
    tampering: tuple[FlowTampering, ...]
    names: Mapping[str, Term]
    cut: bool = False
