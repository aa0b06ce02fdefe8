"""`metric`, `output` and `files`: what a run gave, and what was handed in.

A metric is read from what the notebook printed when we ran it, never from what was saved in it, where it was run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.checks.answer import Answer
from grader.checks.assignment import CheckFunction
from grader.checks.finding import Finding, failed, missing, passed, review
from grader.checks.quantities import Unit, prepared, quantity_spans
from grader.checks.toolkit.places import nothing, pattern_of, possible_blocks
from grader.documents.core.document import BlockKind
from grader.model import Evidence

_NEAR = 60  # characters between a metric's name and its value


def metric(
    names: Sequence[str], *, low: float | None = None, high: float | None = None, share: bool = False
) -> CheckFunction:
    """A check that the last value printed of one of these `names` lies between `low` and `high`.

    `share`: it is a share of one, and may be printed in per cent. Raises `ValueError` for settings that make no sense.
    """
    named = pattern_of(names, "metric")
    if low is None and high is None:
        raise ValueError("takes low, high or both")
    if low is not None and high is not None and low > high:
        raise ValueError("takes a low that is not above high")
    called = names[0]

    def judge(answer: Answer) -> Finding:
        found = [
            (value, evidence, fresh)
            for text, evidence, fresh in _printed(answer)
            for value in _values(text, named, share=share)
        ]
        fresh = [one for one in found if one[2]]
        if not found:
            return nothing(answer, f"{called} in the output")
        value, evidence, sure = (fresh or found)[-1]
        inside = (low is None or value >= low) and (high is None or value <= high)
        if not sure:
            return review(
                f"A person will look at the {called}.",
                [evidence],
                staff="The notebook was not run; this is what was saved in it.",
            )
        if inside:
            return passed(f"The {called} is in the range that it should be.", [evidence])
        return failed(f"The {called} is not in the range that it should be.", [evidence])

    return judge


def output(patterns: Sequence[str]) -> CheckFunction:
    """A check that the notebook, when run, prints something that fits each of these regular expressions."""
    wanted = [re.compile(pattern, re.I | re.M) for pattern in patterns]
    if not wanted:
        raise ValueError('takes patterns, as in patterns = ["Hello"]')

    def judge(answer: Answer) -> Finding:
        shown: list[Evidence] = []
        fresh = True
        for pattern in wanted:
            hits = [
                (found[0], evidence, is_fresh)
                for text, evidence, is_fresh in _printed(answer)
                for found in [pattern.search(text[:200_000])]
                if found
            ]
            if not hits:
                return missing("Something that the notebook should print was not printed.")
            best = next((hit for hit in hits if hit[2]), hits[0])
            fresh = fresh and best[2]
            shown.append(Evidence(best[1].source, best[1].where, best[0][:300]))
        if not fresh:
            return review(
                "A person will look at the output.",
                shown,
                staff="The notebook was not run; this is what was saved in it.",
            )
        return passed("All that should be printed was printed.", shown)

    return judge


def files(patterns: Sequence[str]) -> CheckFunction:
    """A check that for each of these patterns (regular expressions of a whole name) a readable file was handed in."""
    wanted = [re.compile(pattern, re.I) for pattern in patterns]
    if not wanted:
        raise ValueError("takes patterns, as in patterns = ['.*[.]ipynb']")

    def judge(answer: Answer) -> Finding:
        names = [document.name for document in answer.documents]
        lacking = [
            pattern.pattern
            for pattern in wanted
            if not any(pattern.fullmatch(name.rpartition("/")[2]) for name in names)
        ]
        if lacking:
            return missing(
                "A file that should be handed in is not there, or cannot be read.",
                staff=f"Looked for {', '.join(lacking)}.",
            )
        return passed("All files are there.", [Evidence(name, "", name) for name in names[:5]])

    return judge


def _printed(answer: Answer) -> list[tuple[str, Evidence, bool]]:
    """What was printed: by our own run if there was one, else as saved; the last says which."""
    if answer.run is not None:
        return [
            (cell.text, Evidence("the notebook, as run", f"cell {cell.index}", cell.text[-300:]), True)
            for cell in answer.run.cells
            if cell.text.strip()
        ]
    return [
        (block.text, block.evidence(block.text[-300:]), False)
        for block in possible_blocks(answer)
        if block.kind is BlockKind.OUTPUT
    ]


def _values(text: str, named: re.Pattern[str], *, share: bool) -> list[float]:
    found = []
    for line in prepared(text[-100_000:]).split("\n"):
        spans = quantity_spans(line)
        for match in named.finditer(line):
            behind = next((span for span in spans if span.start >= match.end()), None)
            if behind is not None and behind.start - match.end() <= _NEAR:
                value = behind.quantity.value
                per_cent = behind.quantity.unit is Unit.PER_CENT
                found.append(value / 100 if share and (per_cent or value > 1) else value)
    return found
