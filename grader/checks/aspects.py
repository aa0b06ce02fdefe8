"""What options are compared in (a time, an accuracy): the words, units and tolerances that an assignment declares."""

from __future__ import annotations

from typing import Final

from grader.model import Value


class Unit(Value, frozen=True):
    """A unit by pattern, and what one of it is in the unit of the figures. `difference`: it only tells differences."""

    words: str
    factor: float
    difference: bool = False


class Aspect(Value, frozen=True):
    """Something that reasons may speak of, and how to tell from figures whether they are true.

    `nouns` name it (a pattern), `little` and `much` are adjectives that speak of it alone, in their base form.
    `ratio`: values are compared as ratios (times), else by differences. Values no further apart than `alike` are
    told as the same; those further apart than `apart` never are. `clear` is the least gap that tells two values apart.
    `quality`: "nearly as good" speaks of it if of nothing else. `fraction`: a bare decimal fraction below one is a value of it.
    """

    name: str
    nouns: str
    little: tuple[str, ...]
    much: tuple[str, ...]
    units: tuple[Unit, ...]
    less_is_better: bool
    ratio: bool
    alike: float
    apart: float
    clear: float
    fraction: bool = False
    quality: bool = False
    hints: str = ""  # words that may speak of it too ("errors"): one who uses them was not silent of it
    unlike: str = ""  # words beside a value that make it another thing's ("test", "loss")

    def gap(self, one: float, other: float) -> float:
        """How far apart two values are: a ratio of at least one, or a difference."""
        if not self.ratio:
            return abs(one - other)
        low, high = sorted((max(one, SMALLEST), max(other, SMALLEST)))
        return high / low


SMALLEST: Final = 0.05  # a value below this counts as this in a ratio; times rounded to nothing
