"""Which rules of a style sheet apply to an element: selectors matched from the root downwards.

Every part of every selector is a bit. An element's bits follow from its own name and attributes and from the bits of its
parent and of the elements before it, so that the work for one element does not grow with its depth or its siblings.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

from cssselect2 import parser as selector_parser
from lxml import etree
from tinycss2.nth import parse_nth

from grader.documents.formulas.mathml import local_name

MOST_PARTS: Final = 20_000  # of all selectors of a page
_MOST_ANYWHERE: Final = 400  # parts that name no element, class or id and have to be tried on each element
_MOST_TOKENS: Final = 2_000  # of the selectors of one rule
_FIRST_LAST: Final = frozenset(
    ("first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type")
)
_ALWAYS: Final = frozenset(("any-link", "link", "scope", "defined", "enabled", "read-only", "optional"))

Specificity = tuple[int, int, int]
Test = Callable[[etree._Element, "Place"], bool]


class Place:
    """Where an element stands, as far as selectors ask: what its ancestors and elder siblings are, and their number."""

    __slots__ = (
        "above",
        "before",
        "bits",
        "count",
        "kinds",
        "last",
        "parent",
        "totals",
        "which",
        "which_of_kind",
    )

    def __init__(self, parent: Place | None) -> None:
        self.parent = parent
        self.bits = 0  # parts of selectors that this element matches
        self.above = 0  # ... that it or an ancestor matches
        self.last = 0  # ... that its newest child matches
        self.before = 0  # ... that any of its children so far matches
        self.count = 0  # its children so far
        self.kinds: Counter[str] = Counter()  # ... by name
        self.totals: Counter[str] | None = None  # all its children, by name; "" for their number
        self.which = 1
        self.which_of_kind = 1


class _Part:
    __slots__ = ("order", "specificity", "test")

    def __init__(self, test: Test) -> None:
        self.test = test
        self.specificity: Specificity = (0, 0, 0)
        self.order = -1  # of the rule, if this part ends a selector


class Selectors:
    """The selectors of all rules of a page, each with the number of its rule."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._by_key: dict[tuple[str, str], int] = defaultdict(
            int
        )  # the parts that name an element, class or id
        self._anywhere = 0  # the other parts
        self._behind: dict[str, int] = defaultdict(int)  # the parts behind each combinator
        self.tried = 0  # parts that were tried on elements so far

    def add(self, prelude: Sequence[Any], order: int) -> None:
        """Takes the selectors before a rule's block; those that are none, or of no static page, are passed over."""
        if len(prelude) > _MOST_TOKENS:
            return
        try:
            selectors = list(selector_parser.parse(list(prelude)))
        except (selector_parser.SelectorError, RecursionError):
            return
        for selector in selectors:
            if selector.pseudo_element is None and len(self._parts) < MOST_PARTS:
                self._take(selector, order)

    def _take(self, selector: Any, order: int) -> None:
        chain: list[tuple[str, Any]] = []
        tree = selector.parsed_tree
        while isinstance(tree, selector_parser.CombinedSelector):
            chain.append((tree.combinator, tree.right))
            tree = tree.left
        chain.append(("", tree))
        for combinator, compound in reversed(chain):
            number = len(self._parts)
            self._parts.append(_Part(_all_of(compound.simple_selectors)))
            key = _key(compound.simple_selectors)
            if key is not None:
                self._by_key[key] |= 1 << number
            elif self._anywhere.bit_count() < _MOST_ANYWHERE:
                self._anywhere |= 1 << number
            self._behind[combinator] |= 1 << number
        self._parts[-1].order = order
        self._parts[-1].specificity = selector.specificity

    def enter(self, parent: Place, element: etree._Element) -> tuple[Place, list[tuple[Specificity, int]]]:
        """The place of the next child of a parent, and the rules that apply to it with their specificity."""
        place = Place(parent)
        name = local_name(element)
        parent.count += 1
        parent.kinds[name] += 1
        place.which, place.which_of_kind = parent.count, parent.kinds[name]
        found: list[tuple[Specificity, int]] = []
        left = self._candidates(element, name) & self._related(parent)
        self.tried += left.bit_count()
        while left:
            bit = left & -left
            left ^= bit
            part = self._parts[bit.bit_length() - 1]
            if part.test(element, place):
                place.bits |= bit
                if part.order >= 0:
                    found.append((part.specificity, part.order))
        place.above = parent.above | place.bits
        parent.last = place.bits
        parent.before |= place.bits
        return place, found

    def _candidates(self, element: etree._Element, name: str) -> int:
        """The parts that name this element, one of its classes or its id, and those that name nothing."""
        parts = self._anywhere | self._by_key.get(("name", name), 0)
        for word in dict.fromkeys(element.get("class", "").split()[:60]):
            parts |= self._by_key.get(("class", word), 0)
        return parts | self._by_key.get(("id", element.get("id", "")), 0)

    def _related(self, parent: Place) -> int:
        """The parts that may match a child of a parent, by what stands above and before it."""
        behind = self._behind
        return (
            behind[""]
            | (parent.above << 1 & behind[" "])
            | (parent.bits << 1 & behind[">"])
            | (parent.last << 1 & behind["+"])
            | (parent.before << 1 & behind["~"])
        )


def _key(simple: Sequence[Any]) -> tuple[str, str] | None:
    keys: dict[str, str] = {}
    for one in simple:
        if isinstance(one, selector_parser.IDSelector):
            keys["id"] = one.ident
        elif isinstance(one, selector_parser.ClassSelector):
            keys["class"] = one.class_name
        elif isinstance(one, selector_parser.LocalNameSelector):
            keys["name"] = one.lower_local_name
    return next(((kind, keys[kind]) for kind in ("id", "class", "name") if kind in keys), None)


def _all_of(simple: Sequence[Any]) -> Test:
    tests = [_test(one) for one in simple]
    if len(tests) == 1:
        return tests[0]
    return lambda element, place: all(test(element, place) for test in tests)


def _test(simple: Any) -> Test:
    match simple:
        case selector_parser.LocalNameSelector():
            return lambda element, _: local_name(element) == simple.lower_local_name
        case selector_parser.ClassSelector():
            return lambda element, _: simple.class_name in element.get("class", "").split()
        case selector_parser.IDSelector():
            return lambda element, _: element.get("id") == simple.ident
        case selector_parser.AttributeSelector():
            return lambda element, _: _attribute(simple, element)
        case selector_parser.NegationSelector():
            inner = _any_of(simple.selector_list, otherwise=False)
            return lambda element, place: not inner(element, place)
        case selector_parser.MatchesAnySelector() | selector_parser.SpecificityAdjustmentSelector():
            return _any_of(simple.selector_list, otherwise=False)
        case selector_parser.FunctionalPseudoClassSelector():
            return _numbered(simple)
        case selector_parser.PseudoClassSelector():
            return _pseudo(simple.name)
        case selector_parser.NamespaceSelector():
            return lambda _element, _place: True
    return lambda _element, _place: False


def _any_of(selectors: Sequence[Any], *, otherwise: bool) -> Test:
    trees = [selector.parsed_tree for selector in selectors]
    tests = [_all_of(tree.simple_selectors) for tree in trees if hasattr(tree, "simple_selectors")]
    return lambda element, place: any(test(element, place) for test in tests) or otherwise


def _attribute(simple: Any, element: etree._Element) -> bool:
    have: str | None = element.get(simple.lower_name)
    wanted: str = simple.value
    if have is None or simple.operator is None:
        return have is not None
    if simple.case_sensitive is False or simple.lower_name in {"type", "align", "dir", "color", "bgcolor"}:
        have, wanted = have.lower(), wanted.lower()
    match simple.operator:
        case "=":
            return have == wanted
        case "~=":
            return wanted in have.split()
        case "|=":
            return have == wanted or have.startswith(f"{wanted}-")
        case "^=":
            return bool(wanted) and have.startswith(wanted)
        case "$=":
            return bool(wanted) and have.endswith(wanted)
        case _:
            return bool(wanted) and wanted in have


def _pseudo(name: str) -> Test:
    if name in _FIRST_LAST:
        of_kind = name.endswith("of-type")
        first, last = name.startswith(("first", "only")), name.startswith(("last", "only"))
        return lambda element, place: (
            (not first or _number(element, place, of_kind=of_kind, last=False) == 1)
            and (not last or _number(element, place, of_kind=of_kind, last=True) == 1)
        )
    if name == "root":
        return lambda element, _: local_name(element) == "html"
    if name == "empty":
        return lambda element, _: not len(element) and not element.text
    if name == "open":
        return lambda element, _: element.get("open") is not None
    if name == "checked":
        return lambda element, _: element.get("checked") is not None or element.get("selected") is not None
    return lambda _element, _place: name in _ALWAYS


def _numbered(simple: Any) -> Test:
    kinds = {
        "nth-child": (False, False),
        "nth-of-type": (True, False),
        "nth-last-child": (False, True),
        "nth-last-of-type": (True, True),
    }
    parsed = parse_nth(simple.arguments) if simple.name in kinds else None
    if parsed is None:
        return lambda _element, _place: False
    step, offset = parsed
    of_kind, last = kinds[simple.name]

    def test(element: etree._Element, place: Place) -> bool:
        beyond = _number(element, place, of_kind=of_kind, last=last) - offset
        return not beyond if not step else beyond % step == 0 and beyond // step >= 0

    return test


def _number(element: etree._Element, place: Place, *, of_kind: bool, last: bool) -> int:
    """The number of an element among its siblings (of its name), from 1; from the end if `last`."""
    which = place.which_of_kind if of_kind else place.which
    parent = place.parent
    if not last or parent is None:
        return which
    if parent.totals is None:
        above = element.getparent()
        parent.totals = Counter(filter(None, map(local_name, above if above is not None else (element,))))
        parent.totals[""] = parent.totals.total()
    total = parent.totals[local_name(element) if of_kind else ""]
    return total - which + 1
