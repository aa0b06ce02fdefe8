"""Question 1 in words: one claim about the gradient, with its writer's stance."""

from __future__ import annotations

from typing import Final

from grader.checks.claims import Stance, stance_at
from grader.model import Value
from reference.gradient.role_names import Role
from reference.gradient.vocabulary import GradientWord

NEXT: Final = 45  # characters from a relating word to what it relates


class WordedPair(Value, frozen=True):
    """A claim about the gradient: of `target` with regard to `source`, in a `passage`, with the writer's stance.

    `cue` are the words that the stance rests on. `bare`: nothing but the two stood there, in this order.
    `explains`: it says what a gradient tells (how one thing changes with another), not what was computed.
    """

    target: Role
    source: Role
    passage: str
    stance: Stance
    cue: str = ""
    bare: bool = False
    explains: bool = False

    @property
    def right(self) -> bool:
        """Whether it is the pair that training needs."""
        return self.target is Role.LOSS and self.source is Role.PARAMETERS

    @property
    def asserted(self) -> bool:
        """Whether its writer stands by it."""
        return self.stance is Stance.ASSERTED


def claim(
    text: str, target: GradientWord, source: GradientWord, *others: GradientWord, bare: bool = False
) -> WordedPair:
    """The claim of two mentions and the words that relate them; it is asserted if all of them are."""
    start = min(one.start for one in (target, source, *others))
    end = max(one.end for one in (target, source, *others))
    stance, cue = Stance.ASSERTED, ""
    for one in (target, source, *others):
        stance, cue = stance_at(text, one.start, one.end)
        if stance is not Stance.ASSERTED:
            break
    passage = " ".join(text[start:end].split())
    return WordedPair(target.role, source.role, passage[:300], stance, cue, bare)


def is_denied(text: str, word: GradientWord) -> bool:
    """Whether the writer denies what a word names."""
    return stance_at(text, word.start, word.end)[0] is Stance.DENIED
