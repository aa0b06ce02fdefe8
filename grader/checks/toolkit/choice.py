"""`choice`: one of several options is chosen, whatever the options are: numbers, percentages, words, names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.choice import read_choice
from grader.checks.finding import Finding, failed, passed, review
from grader.checks.option_mentions import Option, Options
from grader.checks.toolkit.places import nothing, own_blocks, possible_blocks
from grader.documents.core.document import Block, BlockKind

_PER_CENT: Final = re.compile(r"(\d)\s?(?:%|percent\b|per\scent\b|procent\b)", re.I)


def choice(options: Sequence[Option], *, accept: Sequence[Option] = (), called: str = "") -> CheckFunction:
    """A check that one of the `options` is chosen; one of `accept`, where only some are right.

    `called` is a pattern of what one of them is called (``learning rate``). Raises `ValueError` for settings that make no
    sense.
    """
    if len(set(options)) < 2:
        raise ValueError("takes at least two options")
    if strange := [one for one in accept if one not in options]:
        raise ValueError(f"accepts {strange[0]!r}, which is none of the options")
    spelled = {one: _PER_CENT.sub(r"\1 %", one) if isinstance(one, str) else one for one in options}
    values = tuple(spelled.values())
    known = Options(values, called=called) if called else Options(values)
    right = frozenset(spelled[one] for one in accept or options)

    def judge(answer: Answer) -> Finding:
        doubtful: list[tuple[Block, str]] = []
        chosen: list[tuple[Block, str, frozenset[Option]]] = []
        prose = [block for block in own_blocks(answer) if block.kind is BlockKind.PROSE]
        for block in possible_blocks(answer):
            if block.kind in {BlockKind.CODE, BlockKind.OUTPUT}:
                continue
            asked = bool(answer.section) and prose == [block]
            found = read_choice(_PER_CENT.sub(r"\1 %", block.text), known, asked=asked)
            if found.options:
                chosen.append((block, found.sentence, frozenset(found.options)))
            elif found.worded and (found.outside or found.unclear):
                doubtful.append((block, found.sentence))
        options_named = {one for _, _, found in chosen for one in found}
        shown = [block.evidence(sentence) for block, sentence, _ in chosen[:3]]
        if len(options_named) == 1 and options_named <= right:
            return passed("You chose one.", shown[:1])
        if len(options_named) == 1:
            if chosen[0][0].ocr:
                return review("A person will read your choice.", shown, staff="It was read in a picture.")
            return failed("Is this really the one to choose?", shown)
        if chosen:
            return review(
                "Several seem to be chosen; a person will look.", shown, staff="Several options are chosen."
            )
        if doubtful:
            return review(
                "It is not clear which one you choose; a person will look.",
                [block.evidence(sentence) for block, sentence in doubtful[:2]],
                staff="Words of choice stand there, and none of the options for certain.",
            )
        return nothing(answer, "choice")

    return judge
