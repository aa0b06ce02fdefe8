"""`formula`: an expression in symbols that is equal to the expected one, however it is written.

``TP / (TP + FP)``, ``\\frac{TP}{TP+FP}`` and ``1 - FP/(FP + TP)`` are the same. Two expressions that differ at some of many
exact points are different; those that agree at all of them are compared symbolically, in a process with a limit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.claims import Stance, stance_at
from grader.checks.finding import Finding, failed, passed, review
from grader.checks.notation import plain
from grader.checks.toolkit.places import nothing, pattern_of, possible_blocks
from grader.checks.toolkit.symbolic import Outcome, Parsed, compare, indices_first, parse, raised
from grader.model import Evidence

_POINTS: Final = 24
_LONGEST: Final = 1_000  # characters of a line that are looked at
_MOST: Final = 40  # formulas of an answer that are looked at
_POWER: Final = re.compile(r"\s?\^\s?\(?\s?([1-9]\d?)\s?\)?")
_SIDE: Final = re.compile(r"(?<![=<>!:≈])(?::=|=|≡)(?![=>])")


def formula(
    expected: str,
    *,
    symbols: Sequence[str],
    names: Sequence[str] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> CheckFunction:
    """A check that an expression equal to `expected` in these `symbols` is given, behind one of the `names` if some are named.

    `aliases` are other ways to write a symbol (``{TP = ["true positives"]}``). Raises `ValueError` for settings that make
    no sense.
    """
    spelled = _spellings(symbols, aliases or {})
    wanted = parse(plain(expected), spelled)
    if wanted is None:
        raise ValueError(f"takes an expression in its symbols, not {expected!r}")
    named = _Name.of(names) if names else None
    called = names[0] if names else "formula"

    def judge(answer: Answer) -> Finding:
        verdicts: list[tuple[Outcome, Evidence]] = []
        unread: list[Evidence] = []
        for block in possible_blocks(answer):
            text = indices_first(plain(block.text))
            for line in text.split("\n"):
                for side, power in _sides(line, named):
                    found = parse(side, spelled)
                    if found is None and named is not None and any(symbol in side for symbol in spelled):
                        unread.append(block.evidence(line.strip()))
                    if found is None or not found.names:
                        continue
                    at = text.find(side)
                    if at >= 0 and stance_at(text, at, at + len(side))[0] is not Stance.ASSERTED:
                        continue
                    if len(verdicts) >= _MOST:
                        break
                    outcome = _compared(found, wanted) if power is None else _to_a_power(found, wanted, power)
                    verdicts.append((outcome, block.evidence(line.strip())))
        shown = [evidence for _, evidence in verdicts]
        outcomes = {outcome for outcome, _ in verdicts}
        if outcomes == {Outcome.EQUAL}:
            return passed(f"The {called} is right.", shown[:1])
        if Outcome.EQUAL in outcomes and named is None:
            return passed(
                f"The {called} is right.", [one for outcome, one in verdicts if outcome is Outcome.EQUAL][:1]
            )
        if Outcome.EQUAL in outcomes or Outcome.UNKNOWN in outcomes:
            return review(
                f"A person will look at the {called}.",
                shown[:3],
                staff="Expressions that differ, or cannot be compared.",
            )
        if outcomes and named is not None:
            return failed(f"The {called} is another one.", shown[:2])
        if outcomes:
            return review(
                f"A person will look at the {called}.", shown[:3], staff="None of these is the expected one."
            )
        if unread:
            return review(
                f"A person will look at the {called}.",
                unread[:2],
                staff="It is written in a way that cannot be compared.",
            )
        unnamed = [
            block.evidence(line.strip())
            for block in possible_blocks(answer)
            for line in indices_first(plain(block.text)).split("\n")
            for side, _ in _sides(line, None)
            if (found := parse(side, spelled)) is not None
            and found.names
            and _compared(found, wanted) is Outcome.EQUAL
        ]
        if unnamed:
            return review(
                f"A person will look at the {called}.",
                unnamed[:2],
                staff=f"The expected expression stands there, not named {called!r}.",
            )
        return nothing(answer, called)

    return judge


def _spellings(symbols: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each way to write a symbol, with the symbol."""
    if not symbols or not all(re.fullmatch(r"[A-Za-z]\w{0,30}", one) for one in symbols):
        raise ValueError('takes symbols that are words, as in symbols = ["TP", "FP"]')
    if strange := [one for one in aliases if one not in symbols]:
        raise ValueError(f"gives aliases of {strange[0]!r}, which is none of the symbols")
    found = {_with_index(one): one for one in symbols} | {one: one for one in symbols}
    return found | {indices_first(other): one for one, others in aliases.items() for other in others}


def _with_index(symbol: str) -> str:
    """``n1`` as it is typeset, ``n_1``, and the other way round."""
    if "_" in symbol:
        return symbol.replace("_", "")
    return re.sub(r"(?<=[A-Za-z])(?=\d+$)", "_", symbol)


class _Power(NamedTuple):
    """Which power of the quantity a side is equal to, and whether the names say of which power they speak themselves."""

    of_it: Fraction
    sure: bool


class _Name(NamedTuple):
    """The names of a quantity without their powers, as one pattern, and the powers of each: ``s_p^2`` is the square of ``s_p``."""

    pattern: re.Pattern[str]
    powers: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, names: Sequence[str]) -> _Name:
        powers: dict[str, set[int]] = {}
        for name in names:
            written = indices_first(plain(name)).strip() if isinstance(name, str) else ""
            power = _POWER.search(written)
            base = written[: power.start()] if power and not written[power.end() :].strip() else written
            own = int(power[1]) if power and base != written else 1
            powers.setdefault(base.strip() or written, set()).add(own)
        pattern = pattern_of(list(powers), "formula")
        return cls(pattern, {_key(base): frozenset(own) for base, own in powers.items()})

    def power(self, found: re.Match[str], behind: str) -> _Power | None:
        """The power of the quantity that stands there; None where it is the quantity itself."""
        own = self.powers.get(_key(found[0]), frozenset((1,)))
        written = _POWER.match(behind)
        there = int(written[1]) if written else 1
        return None if there in own else _Power(Fraction(there, max(own)), sure=1 not in own)


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).casefold()


def _sides(line: str, named: _Name | None) -> list[tuple[str, _Power | None]]:
    """The sides of the equations in a line; behind the name alone if there is one to look for, each with the power that is meant."""
    line = line[:_LONGEST]
    sides = [side.strip(" .,;:$") for side in _SIDE.split(line)]
    if named is None:
        return [(side, None) for side in sides if side]
    for at, side in enumerate(sides[:-1]):
        end = side[-60:]
        if found := named.pattern.search(end):
            power = named.power(found, end[found.end() :])
            return [(one, power) for one in sides[at + 1 :] if one]
    told = named.pattern.search(line)
    if told is None or len(sides) != 1:
        return []
    behind = line[told.end() :]
    raised_to = _POWER.match(behind)
    value = behind[raised_to.end() :] if raised_to else behind
    rest = re.sub(r"^\W{0,3}(?:is|are|equals|är|:)\b\s?", "", value.strip(" :"))
    return [(rest, named.power(told, behind))] if rest else []


def _to_a_power(found: Parsed, wanted: Parsed, power: _Power) -> Outcome:
    """Where the name stands to a power that is not the quantity's own."""
    whole = _compared(
        raised(found, Fraction(power.of_it.denominator)), raised(wanted, Fraction(power.of_it.numerator))
    )
    outcome = whole if whole is Outcome.DIFFERENT else _compared(found, raised(wanted, power.of_it))
    # Names that speak of no power may stand for any: what does not fit is for a person then.
    return Outcome.UNKNOWN if outcome is Outcome.DIFFERENT and not power.sure else outcome


def _compared(found: Parsed, wanted: Parsed) -> Outcome:
    """By value at exact random points first: one where they differ decides."""
    chance = random.Random(20_240)  # noqa: S311 - points to compare at, no secret
    names = sorted(found.names | wanted.names)
    met = 0
    for _ in range(_POINTS):
        point = {name: Fraction(chance.randint(2, 997), chance.randint(2, 97)) for name in names}
        one, other = found.at(point), wanted.at(point)
        if one is None or other is None:
            continue
        met += 1
        if one != other:
            return Outcome.DIFFERENT
    if met >= _POINTS // 2 and found.rational and wanted.rational:
        return Outcome.EQUAL  # rational functions of this size that agree so often are one
    return compare(found, wanted)
