"""Question 2, from a submission to a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.checks.claims import Stance
from grader.documents.core.document import STRUCK, Block, BlockKind
from grader.model import Evidence, Flag
from reference.lab.network import LAB_NETWORK, parameter_counts
from reference.parameters.count_messages import MISTAKES, quoted
from reference.parameters.count_reading import CountOutcome, CountReading
from reference.parameters.parameter_count import read_count

_READ: Final = (
    BlockKind.PROSE,
    BlockKind.MATHS,
    BlockKind.CODE,
    BlockKind.HEADING,
    BlockKind.TABLE,
    BlockKind.OUTPUT,
)
_NO_ANSWER: Final = frozenset((CountOutcome.NOTHING, CountOutcome.STATED))

_MOST_LAYERS: Final = 50  # of a network that a notebook claims
_MOST_PARAMETERS: Final = 10**12  # of one layer


def judge_derivation(answer: Answer) -> Finding:
    """The finding of ``q2.derivation``."""
    section = tuple(block for block in answer.section if block.kind in _READ)
    everywhere = tuple(block for block in answer.everything if block.kind in _READ)
    reading = _of_files(section)
    if reading.outcome not in {CountOutcome.RIGHT, CountOutcome.CONFLICT}:
        wider = _of_files(everywhere)
        if reading.outcome in _NO_ANSWER:
            stray = wider.outcome is CountOutcome.RIGHT or reading.outcome is CountOutcome.NOTHING
            reading = wider if stray else reading
        elif wider.outcome is CountOutcome.RIGHT:
            reading = _beside(reading, wider)
        elif wider.outcome is CountOutcome.CONFLICT:
            reading = wider
    if reading.outcome in _NO_ANSWER:
        hidden = _hidden(section or everywhere)
        if hidden is not None:
            return hidden
    return _finding(reading, answer, section)


def judge_layers(answer: Answer) -> Finding:
    """The finding of ``q2.layers``: the layers of the network that the notebook itself defines. No points.

    What a kernel reports is a claim: only a list of layers with whole numbers of parameters is one of a network.
    """
    claimed = [] if answer.run is None else [cell for cell in answer.run.cells if "layers" in cell.claims]
    networks = [(cell, counts) for cell in claimed if (counts := _layer_counts(cell.claims["layers"]))]
    if not networks:
        return missing("No network was found in a notebook that was run; it is not required.")
    wanted = list(parameter_counts(LAB_NETWORK))
    cell, counts = next((one for one in reversed(networks) if one[1] == wanted), networks[-1])
    source = next(
        (document.name for document in answer.documents if document.format == "notebook"), "notebook"
    )
    shown = [Evidence(source, f"cell {cell.index}", ", ".join(map(str, counts)))]
    if counts == wanted:
        return passed("The network in the notebook is the lab's.", shown)
    message = (
        f"The network in the notebook is another than the lab's: {', '.join(map(str, counts))} parameters."
    )
    return review(message, shown, staff=message, flags=[Flag("network-changed", message, tuple(shown))])


def _layer_counts(claim: object) -> list[int]:
    """The numbers of parameters of a network's layers; none if the claim is no network, or one not built yet."""
    layers = claim if isinstance(claim, list) else []
    counts = [layer[1] for layer in layers[:_MOST_LAYERS] if isinstance(layer, list) and len(layer) == 2]
    whole = [count for count in counts if isinstance(count, int) and 0 <= count < _MOST_PARAMETERS]
    return whole if len(whole) == len(layers) and any(whole) else []


def _of_files(blocks: Sequence[Block]) -> CountReading:
    """The reading of blocks that may come from several files: an answer beats a blank, two that differ are a conflict."""
    by_file: dict[str, list[Block]] = {}
    for block in blocks:
        if not block.unseen:
            by_file.setdefault(block.place.source, []).append(block)
    readings = [_of_file(own) for own in by_file.values()]
    found = [reading for reading in readings if reading.outcome not in _NO_ANSWER]
    if not found:
        stated = next((one for one in readings if one.outcome is CountOutcome.STATED), None)
        return stated or CountReading(CountOutcome.NOTHING)
    right = next((one for one in found if one.outcome is CountOutcome.RIGHT), None)
    if right is None:
        whole = _of_file([block for own in by_file.values() for block in own])
        return whole if whole.outcome is CountOutcome.RIGHT else found[0]
    return next((beside for one in found if (beside := _beside(one, right)) is not right), right)


def _beside(reading: CountReading, right: CountReading) -> CountReading:
    """What a right answer elsewhere makes of this one: a conflict, if this one is wrong by itself."""
    if reading.outcome is CountOutcome.CONFLICT:
        return reading
    wrong = reading.outcome in {CountOutcome.MISTAKE, CountOutcome.UNRELATED}
    scratch = reading.block is not None and reading.block.kind in {BlockKind.CODE, BlockKind.OUTPUT}
    if not wrong or (scratch and not reading.claimed):
        return right
    return CountReading(
        CountOutcome.CONFLICT,
        reading.quote,
        reading.block,
        reading.mistake,
        other_quote=right.quote,
        other=right.block,
    )


def _of_file(blocks: Sequence[Block]) -> CountReading:
    sure = read_count([block for block in blocks if not block.ocr])
    if sure.outcome is CountOutcome.RIGHT or not any(block.ocr for block in blocks):
        return sure
    pictured = read_count(blocks)
    return pictured if pictured.outcome is CountOutcome.RIGHT or sure.outcome in _NO_ANSWER else sure


def _hidden(blocks: Sequence[Block]) -> Finding | None:
    """What no reader of the page sees and its author did not strike out, where nothing else answers."""
    unseen = [block for block in blocks if block.unseen and block.unseen != STRUCK]
    reading = read_count(unseen) if unseen else CountReading(CountOutcome.NOTHING)
    if reading.outcome in _NO_ANSWER or reading.block is None:
        return None
    return review(
        "An answer stands in the file where a reader of the page does not see it; a person looks at it.",
        [reading.block.evidence(reading.quote or None)],
        staff=f"Not visible to a reader ({reading.block.unseen}); the visible text does not answer.",
    )


def _shown(reading: CountReading) -> list[Evidence]:
    shown = [reading.block.evidence(reading.quote or None)] if reading.block is not None else []
    if reading.other is not None:
        shown.append(reading.other.evidence(reading.other_quote or None))
    return shown


def _finding(reading: CountReading, answer: Answer, section: tuple[Block, ...]) -> Finding:
    if reading.outcome in _NO_ANSWER:
        return _without_working(reading, answer, section)
    shown = _shown(reading)
    from_picture = reading.block is not None and reading.block.ocr
    wrong = reading.outcome in {CountOutcome.MISTAKE, CountOutcome.UNRELATED}
    if reading.outcome is CountOutcome.RIGHT:
        note = " (A note on style: the equals signs run on; write a new line for each step.)"
        staff = "Read from a picture by OCR." if from_picture else ""
        message = "The maths shows where the number comes from." + (note if reading.run_on else "")
        return passed(message, shown, staff=staff)
    if wrong and from_picture:
        return review(
            "Maths was read from a picture; a person looks at it.",
            shown,
            staff=f"OCR reads {reading.mistake or 'other numbers'}; an OCR reading never fails an answer.",
        )
    if reading.outcome is CountOutcome.MISTAKE:
        words = MISTAKES[reading.mistake]
        message = f"{quoted(reading.quote)} {words.found}"
        return failed(message, shown, hint=words.question, staff=f"Mistake: {reading.mistake}.")
    if reading.outcome is CountOutcome.UNRELATED:
        return failed(
            f"{quoted(reading.quote)} has the right result, but its numbers are not those of this layer.",
            shown,
            hint="Which numbers describe what goes into the layer, and what the layer consists of? Start from them.",
            staff="A true equality of unrelated numbers.",
        )
    message, hint, staff = DOUBTS[reading.outcome]
    if reading.outcome is CountOutcome.WITHDRAWN:
        message = f"Maths was found that {WITHDRAWN[reading.stance]}; a person looks at it."
        staff = f"The maths is {reading.stance}, by the words around it."
    looks_like = f" (Looks like {reading.mistake}.)" if reading.mistake else ""
    return review(message, shown, staff=staff + looks_like, hint=hint)


DOUBTS: Final = {  # message, hint, staff
    CountOutcome.CONFLICT: (
        "Two answers were found that differ; a person looks at them side by side.",
        "Which of the two do you mean? Leave one.",
        "One is right and the other is not.",
    ),
    CountOutcome.SLIP: (
        "What is calculated and the number written behind it do not fit each other; a person looks at it.",
        "Work it out once more: which of the two is as you mean it?",
        "Right formula, another result: a slip in typing?",
    ),
    CountOutcome.TYPO: (
        "One sign or digit in the maths may be a slip of the pen; a person looks at it.",
        "Read it once more, digit by digit and bracket by bracket: is it what you mean?",
        "Right but for one digit, or for brackets that are left out.",
    ),
    CountOutcome.UNEXPLAINED: (
        "The last step is shown, but not where its first number comes from; a person looks at it.",
        "Show the step before as well: where does the first number come from?",
        "Right value from right numbers, but the step before it (784 inputs, weights or bias) was not found.",
    ),
    CountOutcome.DAMAGED: (
        "The maths seems to have lost signs on its way into the file; a person looks at it.",
        "Does the file show what you wrote, with all signs?",
        "Signs, superscripts or digits lost or mangled; the numbers fit the right formula or nearly.",
    ),
    CountOutcome.WITHDRAWN: (
        "Maths was found, but the words around it leave open whether it is your answer; a person looks at it.",
        "Which calculation do you stand by? Say it in a sentence of its own.",
        "The maths is denied, supposed, somebody else's or taken back.",
    ),
    CountOutcome.UNSURE: (
        "Maths was found that the program cannot judge for certain; a person looks at it.",
        "Could a reader follow where each of your numbers comes from?",
        "Not recognised for certain.",
    ),
}


WITHDRAWN: Final = {
    Stance.DENIED: "is said not to be the answer",
    Stance.SUPPOSED: "is only thought of as a possibility",
    Stance.OTHERS: "is given as what somebody else says",
    Stance.GIVEN: "belongs to the question",
    Stance.TAKEN_BACK: "is taken back again",
}


def _without_working(reading: CountReading, answer: Answer, section: tuple[Block, ...]) -> Finding:
    pictures = [block for block in answer.unread_pictures if block in answer.section] or (
        list(answer.unread_pictures) if not section else []
    )
    if pictures:
        return review(
            "No maths was found in the text; it may be in a picture, which a person looks at.",
            [picture.evidence(picture.text or "picture") for picture in pictures[:3]],
            staff="No working in the text; unread pictures are there.",
        )
    words = [block for block in section if not block.unseen and _explains(block)]
    if words:
        return review(
            "An explanation in words was found that the program cannot judge; a person looks at it.",
            [block.evidence() for block in words[:2]],
            staff="Words about inputs, neurons or biases, but no arithmetic that could be read.",
        )
    if reading.outcome is CountOutcome.STATED and reading.block is not None:
        return missing(
            "The number is stated, but no working is shown.",
            hint="Show the maths: which numbers are multiplied and added, and what is each of them?",
            evidence=[reading.block.evidence()] if len(reading.block.text) < 600 else [],
        )
    return missing("No maths for the number of parameters was found.")


def _explains(block: Block) -> bool:
    """Whether a block has something to do with the answer: in prose two of its notions, in code its numbers and signs."""
    text = block.text
    if block.kind in {BlockKind.CODE, BlockKind.MATHS}:
        return bool(re.search(r"784|28", text) and "128" in text and "*" in text and "+" in text)
    notions = (
        r"\b784\b|\b28\b|pixel|bildpunkt",
        r"\b128\b|neuron",
        r"bias|intercept|konstant|constant|\+\s?1\b",
        r"weight|vikt|input|ingång|indata|connect",
    )
    told = sum(bool(re.search(notion, text, re.I)) for notion in notions)
    return block.kind is BlockKind.PROSE and len(text.split()) > 5 and told >= 2
