"""Compares the class in a ledger: what was graded anew is unpacked once, pairs that stand as they were are left alone."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from grader.checks.assignment import Coincidence
from grader.grading.likeness import AlikeTexts, Compared, compared, pairs_of, passages_by_mark
from grader.store import KeptMarks, KeptPair, Ledger, Traced

_Name: TypeAlias = tuple[str, str, str]  # both submissions and the kind of a pair


def compare_class(ledger: Ledger, coincidence: Coincidence | None) -> int:
    """Brings the ledger's pairs up to date with its submissions; gives how many were found or fell away."""
    log = ledger.likeness
    log.keep(_kept(one) for one in log.traced(log.unseen()))
    before = log.pairs()
    known = {(one, other): kept.basis for (one, other, kind), kept in before.items() if kind == "text"}
    standing: set[_Name] = set()
    found: list[KeptPair] = []
    texts: dict[str, list[AlikeTexts]] = {}
    for pair in pairs_of([_compared(one) for one in log.marks()], coincidence, known):
        if isinstance(pair, AlikeTexts):
            if pair.known:
                standing.add((pair.one, pair.other, "text"))
            else:
                texts.setdefault(pair.one, []).append(pair)
            continue
        name = (pair.one, pair.other, pair.kind)
        if name in before and before[name].pair == pair:
            standing.add(name)
        else:
            found.append(KeptPair(pair, ""))
    for one in log.traced(sorted(texts)):
        words = passages_by_mark(one.trace)
        found.extend(KeptPair(pair.shown(words), pair.basis) for pair in texts[one.result.submission])
    gone = before.keys() - standing
    log.change_pairs(gone, found)
    return len(gone | {(kept.pair.one, kept.pair.other, kept.pair.kind) for kept in found})


def _kept(one: Traced) -> KeptMarks:
    made = compared(one.result, one.trace)
    rest = msgspec.json.encode(msgspec.structs.replace(made, marks=b"")).decode()
    return KeptMarks(made.submission, one.graded_at, made.marks, rest)


def _compared(kept: KeptMarks) -> Compared:
    return msgspec.structs.replace(msgspec.json.decode(kept.json, type=Compared), marks=kept.marks)
