"""What of a page is seen: one pass over its tree, before it is read."""

from __future__ import annotations

from typing import Final

from lxml import etree

from grader.documents.core.limits import Budget
from grader.documents.formulas.mathml import local_name
from grader.documents.html.html_visibility import Cascade, Element

_PICTURES: Final = frozenset(
    ("img", "svg", "canvas", "video", "math", "object", "iframe", "input", "embed", "picture")
)
_EVENTS: Final = ("start", "end", "comment", "pi")
_NEVER_TEXT: Final = frozenset(("script", "style", "head", "title", "meta", "link"))


class Appearance:
    """`whole` are the elements in which nothing is seen, `own` those whose own text is not though something in them is.

    Both give the reason. What is in neither is seen.
    """

    def __init__(self) -> None:
        self.whole: dict[etree._Element, str] = {}
        self.own: dict[etree._Element, str] = {}

    @property
    def all_seen(self) -> bool:
        """Whether nothing of the page is unseen."""
        return not self.whole and not self.own

    @classmethod
    def of(cls, root: etree._Element, budget: Budget) -> Appearance:
        """The appearance of a page by its own style sheets; none that it refers to is fetched."""
        cascade = Cascade(str(element.text or "") for element in root.iter("style", "{*}style"))
        if cascade.sheet.cut:
            budget.note(
                "The page has more styles than are read: what they hide may have been taken for visible."
            )
        found = cls()
        entered: list[Element] = [cascade.root()]
        sees: list[bool] = [False]
        for count, (event, element) in enumerate(etree.iterwalk(root, events=_EVENTS)):
            if count % 512 == 0 and not budget.in_time():
                break
            if event not in {"start", "end"}:
                if element.tail and element.tail.strip() and not entered[-1].look.unseen:
                    sees[-1] = True
                continue
            if event == "start":
                entered.append(cascade.enter(entered[-1], element))
                sees.append(_shows_itself(element, entered[-1]))
                continue
            look, seen = entered.pop().look, sees.pop()
            if look.unseen:
                (found.own if seen else found.whole)[element] = look.unseen
            if seen or (element.tail and element.tail.strip() and not entered[-1].look.unseen):
                sees[-1] = True
        if cascade.tired:
            budget.cut("The page has more styles than can be followed: what stands behind may be hidden.")
        return found


def _shows_itself(element: etree._Element, entered: Element) -> bool:
    name = local_name(element)
    if entered.look.gone or name in _NEVER_TEXT:
        return False
    if name in _PICTURES:
        return not (name in {"svg", "object", "iframe", "input", "math"} and entered.look.unseen)
    return bool(element.text and element.text.strip()) and not entered.look.unseen
