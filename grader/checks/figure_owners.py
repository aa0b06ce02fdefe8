"""Whose figure it is, by the words right beside it: "118 s for batch size 1", "its accuracy of 82 %"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.checks.aspects import Aspect
from grader.checks.claims import Clause
from grader.checks.option_mentions import Mention, Option, Options
from grader.checks.relations import Kind, Relation, Sure


class FigureOwners:
    """The patterns of one text's options and aspects."""

    def __init__(self, options: Options, aspects: Sequence[Aspect]) -> None:
        self._for = re.compile(
            rf"\s(?:for|with|of|at|hos|för|med|vid|på)\s(?:(?:{options.called})\s)?(?:of\s)?", re.I
        )
        self._whose = {
            aspect.name: re.compile(
                rf"\b(?:its|the|an?|dess|en|ett)\s(?:\w+\s)?(?:{aspect.nouns})\s?(?:\(|of|is|was|=|:|på|är|var)\s?(?:(?:only|just|about|bara|cirka)\s)?$",
                re.I,
            )
            for aspect in aspects
        }

    def owner(self, text: str, found: Relation, named: Sequence[Mention]) -> tuple[Option, Sure] | None:
        """The option that stands right behind a figure; None where none does."""
        if found.kind is not Kind.VALUE:
            return None
        behind = next((one for one in named if one.start >= found.end), None)
        if behind is None or not self._for.fullmatch(text, found.end, behind.start):
            return None
        return behind.option, Sure.NAMED

    def possessed(self, text: str, clause: Clause, found: Relation) -> bool:
        """Whether a figure is that of a noun right before it: "its accuracy of 82 %", "the time (3 s)"."""
        if found.kind is not Kind.VALUE:
            return False
        return bool(self._whose[found.aspect].search(text[clause.start : found.start]))
