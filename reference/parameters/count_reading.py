"""What is read out of an answer to question 2, as values."""

from __future__ import annotations

from enum import StrEnum

from grader.checks.claims import Stance
from grader.documents.core.document import Block
from grader.model import Value


class CountOutcome(StrEnum):
    """What the arithmetic and the words of an answer come to; what a reader would rather believe stands first."""

    RIGHT = "right"
    CONFLICT = "conflict"  # right in one place, wrong in another
    SLIP = "slip"  # the right formula, but another number behind the equals sign
    TYPO = "typo"  # right but for one number that is a slip of the pen, or a bracket that is left out
    UNEXPLAINED = "unexplained"  # 785*128 or 100352+128 with nothing that says where 785 or 100352 comes from
    DAMAGED = "damaged"  # signs were lost on the way here
    WITHDRAWN = "withdrawn"  # the right formula, but its writer does not stand by it
    UNSURE = "unsure"
    MISTAKE = "mistake"
    UNRELATED = "unrelated"  # a true equality of other numbers
    STATED = "stated"  # the number, and no working
    NOTHING = "nothing"


class CountReading(Value, frozen=True):
    """What an answer to question 2 says: `quote` out of `block` is what the outcome rests on.

    `mistake` is an id of `DERIVATION`, or one of ``from-the-answer``, ``other-formula``. `claimed`: it is said to come to
    the number asked for. `stance` is its writer's, where what is withdrawn is all there is. `other_quote` out of `other` is the other side of a conflict.
    """

    outcome: CountOutcome
    quote: str = ""
    block: Block | None = None
    mistake: str = ""
    run_on: bool = False
    claimed: bool = False
    stance: Stance = Stance.ASSERTED
    other_quote: str = ""
    other: Block | None = None
