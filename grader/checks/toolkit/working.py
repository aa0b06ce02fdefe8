"""`working`: how a number comes about is worked out, in arithmetic that is true.

``85 / (85 + 13) = 0.867``, with names before it or without, in one line or in steps that lead from one to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from grader.checks.answer import Answer
from grader.checks.arithmetic import read_arithmetic
from grader.checks.assignment import CheckFunction
from grader.checks.claims import Stance, stance_at
from grader.checks.equations import Chain, Side, Step
from grader.checks.expressions import Literal, Operation, leaves
from grader.checks.finding import Finding, failed, missing, passed, review
from grader.checks.notation import plain
from grader.checks.toolkit.figure import MIN_DIGITS
from grader.checks.toolkit.places import nothing, possible_blocks
from grader.checks.toolkit.symbols import without_symbols
from grader.documents.core.document import Block

_CLOSE: Final = 1e-6  # relative: what is worked out comes to the expected value, not near it


def working(
    expected: float, *, uses: Sequence[float] = (), within: float = 0.0, called: str = "working"
) -> CheckFunction:
    """A check that something is calculated that comes to `expected`, from the numbers that it `uses` (all of them).

    `within` is how far what it comes to may be off. Raises `ValueError` for settings that make no sense.
    """
    if isinstance(expected, bool) or not isinstance(expected, int | float) or not math.isfinite(expected):
        raise ValueError("takes a number as expected")
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in (*uses, within)):
        raise ValueError("takes numbers as uses and within")
    needed = frozenset(Fraction(str(number)) for number in uses)
    allowed = max(within, abs(expected) * _CLOSE)

    def comes_to_it(value: Fraction) -> bool:
        return abs(float(value) - expected) <= allowed

    def judge(answer: Answer) -> Finding:
        right: list[tuple[Block, Chain]] = []
        wrong: list[tuple[Block, Chain]] = []
        false: list[tuple[Block, Chain]] = []
        used: dict[Fraction, frozenset[Fraction]] = {}  # what a number of an earlier line was worked out from
        alone = None
        blocks = possible_blocks(answer)
        names: dict[str, Fraction] = {}
        for turn in ("learn", "judge"):  # what a later line works out is known in an earlier one, too
            for block in blocks:
                text = plain(block.text)
                names.update({one.word: one.value for one in read_arithmetic(text, names).named})
                text = "\n".join(without_symbols(line, names) for line in text.split("\n"))
                arithmetic = read_arithmetic(text, names)
                for chain in arithmetic.chains:
                    if stance_at(text, chain.start, chain.end)[0] is not Stance.ASSERTED:
                        continue
                    if Step.FALSE in chain.steps() and not _rounded(chain):
                        if turn == "judge":
                            false.append((block, chain))
                        continue
                    for side in chain.sides:
                        if not _is_worked(side):
                            continue
                        from_ = _numbers(side, used)
                        for other in chain.sides:
                            used.setdefault(other.value, from_)
                        if turn == "learn":
                            continue
                        if comes_to_it(side.value):
                            (right if needed <= from_ else wrong).append((block, chain))
                        elif needed and len(needed & from_) * 2 >= len(needed) and len(needed & from_) > 1:
                            wrong.append((block, chain))
                alone = alone or (block if _stands_alone(block, expected) else None)
        about = [one for one in false if needed & _all_numbers(one[1]) or not needed]
        if right and not about:
            block, chain = right[0]
            return passed("The working is right.", [block.evidence(chain.text)])
        if right:
            return review(
                "Your working is right in one place, and another line does not hold; a person will look.",
                [block.evidence(chain.text) for block, chain in (right[0], about[0])],
                staff="One chain comes to the expected value, another has sides that are not equal.",
            )
        if about:
            block, chain = about[0]
            if chain.doubtful or block.ocr or any(side.worded for side in chain.sides):
                return review(
                    "A person will read your working.",
                    [block.evidence(chain.text)],
                    staff="Signs may have been lost, or words stand for them.",
                )
            return failed("The two sides of this equals sign are not the same.", [block.evidence(chain.text)])
        if wrong:
            block, chain = wrong[0]
            if chain.doubtful or block.ocr or any(comes_to_it(side.value) for side in chain.sides):
                return review(
                    "A person will read your working.",
                    [block.evidence(chain.text)],
                    staff="It comes to the expected value by other numbers, or signs may have been lost.",
                )
            return failed("This comes to something else than it should.", [block.evidence(chain.text)])
        if alone is not None:
            return missing(
                "The number stands there, but not how it comes about.", evidence=[alone.evidence()]
            )
        return nothing(answer, called)

    return judge


def _is_worked(side: Side) -> bool:
    """Whether something is calculated in a side: a number with a minus before it is none."""
    tree = side.tree
    if not isinstance(tree, Operation):
        return False
    return not (
        tree.sign == "-"
        and isinstance(tree.left, Literal)
        and not tree.left.value
        and isinstance(tree.right, Literal)
    )


def _rounded(chain: Chain) -> bool:
    """Whether each side that does not follow is the one before it, rounded to the digits that it is written with."""
    return all(
        step is not Step.FALSE or _rounds(before, after) or _rounds(after, before)
        for before, after, step in zip(chain.sides, chain.sides[1:], chain.steps(), strict=False)
    )


def _rounds(exact: Side, written: Side) -> bool:
    """Whether a number is another side's value, rounded or cut off, perhaps in per cent."""
    if _is_worked(written):
        return False
    text = written.text.strip().lstrip("+-−").rstrip("% ").replace(",", ".")
    decimals = len(text.partition(".")[2])
    if len(text.lstrip("0.").replace(".", "")) < MIN_DIGITS:
        return False
    return any(
        abs(float(exact.value) * scale - float(written.value)) < 1.0001 * 10.0**-decimals
        for scale in (1, 100)
    )


def _numbers(side: Side, used: dict[Fraction, frozenset[Fraction]]) -> frozenset[Fraction]:
    """The numbers that a side is worked out from, with those that led to a number taken over from an earlier line."""
    found: set[Fraction] = set()
    for leaf in leaves(side.tree):
        for value in leaf.numeral.readings:
            found.add(value)
            found |= used.get(value, frozenset()) | used.get(-value, frozenset())
    return frozenset(found)


def _all_numbers(chain: Chain) -> set[Fraction]:
    return {value for side in chain.sides for leaf in leaves(side.tree) for value in leaf.numeral.readings}


def _stands_alone(block: Block, expected: float) -> bool:
    text = f"{expected:g}"
    return text in plain(block.text)
