"""`decision`: something is done or not, in verbs: "we reject the hypothesis", "it cannot be rejected"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.claims import Stance, stance_at
from grader.checks.finding import Finding, failed, passed, review
from grader.checks.prose_text import prose_text
from grader.checks.toolkit.places import nothing, possible_blocks
from grader.documents.core.document import Block, BlockKind
from grader.model import Evidence

_TWO: Final = 2
_LONGEST: Final = 8_000  # characters of one block that are read
_NOT_DONE: Final = re.compile(  # beside the plain "not", which claims know
    r"\b(?:fail(?:s|ed)?|unable|not\sable|impossible|no\s(?:reason|evidence|grounds?|support)|(?:insufficient|not\senough|too\slittle)\s\w+|cannot|can't|kan\s(?:inte|ej)|finns\s(?:inte|ingen\w*)\s\w+)\s(?:for\sus\s)?(?:to\s|att\s|for\s|of\s|för\satt\s)?(?:be\s)?(?:\w+ly\s)?$",
    re.I,
)
_BEFORE: Final = 60  # characters in which that stands
_ENDINGS: Final = r"(?:e|s|es|ed|d|ing|ion|al|t|te|de|a|ar|er|ade|at|ats|ade?s|as|en|et|na)?"
_READ: Final = frozenset({BlockKind.PROSE, BlockKind.TABLE, BlockKind.HEADING, BlockKind.MATHS})


def decision(options: Mapping[str, Sequence[str]], *, accept: Sequence[str] = ()) -> CheckFunction:
    """A check that one of the `options` is decided; one of `accept`, where only some are right.

    Each option has the verbs that say it, in their plain form, in any language; other forms are computed where they are
    regular (``keep`` and ``kept`` are two). Of two options, one that is not done is the other. Raises `ValueError` for
    settings that make no sense.
    """
    if len(options) < _TWO or not all(words and all(map(str.strip, words)) for words in options.values()):
        raise ValueError(
            'takes at least two options with their verbs, as in { reject = ["reject"], keep = ["keep", "kept"] }'
        )
    if strange := [one for one in accept if one not in options]:
        raise ValueError(f"accepts {strange[0]!r}, which is none of the options")
    verbs = {name: _pattern(words) for name, words in options.items()}
    right = frozenset(accept or options)

    def judge(answer: Answer) -> Finding:
        decided: list[tuple[str, Evidence, Block]] = []
        open_ones: list[Evidence] = []
        for block in possible_blocks(answer):
            if block.kind not in _READ:
                continue
            shown = prose_text(block.text[:_LONGEST])
            for name, pattern in verbs.items():
                for match in pattern.finditer(shown):
                    evidence = block.evidence(_sentence(shown, match.start()))
                    said = _said(shown, match, name, list(options))
                    if said is None:
                        open_ones.append(evidence)
                    elif said:
                        decided.append((said, evidence, block))
        names = {name for name, _, _ in decided}
        shown_ones = list(dict.fromkeys(evidence for _, evidence, _ in decided))[:3]
        if len(names) == 1 and names <= right:
            return passed("You decided.", shown_ones[:1])
        if len(names) == 1 and not any(block.ocr for _, _, block in decided):
            return failed("Is this really what follows?", shown_ones)
        if names:
            return review(
                "Both seem to be decided; a person will look."
                if len(names) > 1
                else "A person will read what you decided.",
                shown_ones,
                staff=f"Said: {', '.join(sorted(names))}.",
            )
        if open_ones:
            return review(
                "It is not clear what you decide; a person will look.",
                open_ones[:2],
                staff="The words of a decision stand there, but only as a condition or a possibility.",
            )
        return nothing(answer, "decision")

    return judge


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Verbs in their regular forms; of several words the first is the verb."""
    parts = []
    for phrase in sorted(words, key=len, reverse=True):
        verb, *rest = phrase.split()
        stem = re.escape(verb[:-1] if verb.endswith(("e", "a", "y")) and len(verb) > 3 else verb)
        parts.append("".join((rf"{stem}(?:y|i)?{_ENDINGS}", *(rf"\s{re.escape(one)}" for one in rest))))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.I)


def _said(text: str, match: re.Match[str], name: str, names: Sequence[str]) -> str | None:
    """The option that a verb says is decided; empty if another's or taken back, None if it is only supposed."""
    stance, _ = stance_at(text, match.start(), match.end())
    if stance in {Stance.OTHERS, Stance.GIVEN, Stance.TAKEN_BACK}:
        return ""
    if stance is Stance.SUPPOSED:
        return None
    undone = bool(_NOT_DONE.search(text[max(0, match.start() - _BEFORE) : match.start()]))
    if stance is Stance.DENIED or undone:
        return next(one for one in names if one != name) if len(names) == _TWO else ""
    return name


def _sentence(text: str, at: int) -> str:
    """The line or sentence around a place."""
    start = max(text.rfind("\n", 0, at), text.rfind(". ", 0, at) + 1) + 1
    ends = [end for end in (text.find("\n", at), text.find(". ", at)) if end >= 0]
    return text[start : min(ends, default=len(text)) + 1].strip()
