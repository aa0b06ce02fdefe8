"""Question 2, from a submission to a finding."""

from __future__ import annotations

import re
from typing import Final

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.documents.core.document import Block, BlockKind
from grader.model import Evidence, Flag
from reference.lab.network import LAB_NETWORK, parameter_counts
from reference.parameters.parameter_count import Outcome, Working, judge_working

_READ: Final = (
    BlockKind.PROSE,
    BlockKind.MATHS,
    BlockKind.CODE,
    BlockKind.HEADING,
    BlockKind.TABLE,
    BlockKind.OUTPUT,
)

_MOST_LAYERS: Final = 50  # of a network that a notebook claims
_MOST_PARAMETERS: Final = 10**12  # of one layer

# For each mistake: what is wrong, and a question that leads on without giving the answer.
MISTAKES: Final = {
    "no-bias": ("The weights are counted, but something that every neuron has besides is left out.", "Think of the line y = kx + m: a neuron is such a linear model before its non-linearity. Which of its numbers are counted, and which not yet?"),
    "bias-per-input": ("A bias is counted for every input; biases belong to something else.", "To what does a bias belong: to an input, or to what the inputs lead to?"),
    "one-bias": ("A single bias is counted for the whole layer.", "How many linear models are there in this layer, and how many constants does each have?"),
    "added": ("The two numbers are added; every neuron is connected to every input.", "How many connections are there between all inputs and all neurons?"),
    "bias-twice": ("The biases are counted twice.", "How many constants does one neuron have?"),
    "both-biases": ("Biases are counted both for inputs and for neurons.", "To what does a bias belong?"),
    "side-only": ("One side of the image is counted in place of all its pixels.", "How many numbers does the layer before hand on for one image?"),
}  # fmt: skip


def judge_derivation(answer: Answer) -> Finding:
    """The finding of ``q2.derivation``."""
    section = tuple(block for block in answer.section if block.kind in _READ)
    everywhere = tuple(block for block in answer.everything if block.kind in _READ)
    working = _judged(section) if section else Working(Outcome.NOTHING)
    if working.outcome is not Outcome.RIGHT:
        wider = _judged(everywhere)
        if wider.outcome is Outcome.RIGHT or working.outcome is Outcome.NOTHING:
            working = wider
    return _finding(working, answer, section)


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


def _judged(blocks: tuple[Block, ...]) -> Working:
    sure = judge_working([block for block in blocks if not block.ocr])
    if sure.outcome is Outcome.RIGHT or not any(block.ocr for block in blocks):
        return sure
    pictured = judge_working(blocks)
    return (
        pictured
        if pictured.outcome is Outcome.RIGHT or sure.outcome in {Outcome.NOTHING, Outcome.STATED}
        else sure
    )


def _finding(working: Working, answer: Answer, section: tuple[Block, ...]) -> Finding:
    shown = [working.block.evidence(working.chain or None)] if working.block is not None else []
    from_picture = working.block is not None and working.block.ocr
    match working.outcome:
        case Outcome.RIGHT:
            note = (
                " (A note on style: the equals signs run on; write a new line for each step.)"
                if working.run_on
                else ""
            )
            staff = "Read from a picture by OCR." if from_picture else ""
            return passed("The maths shows where the number comes from." + note, shown, staff=staff)
        case Outcome.SLIP:
            return review(
                "The formula is right, but the number written behind it is not what it gives.",
                shown,
                staff="Right formula, another result: a slip in typing?",
            )
        case Outcome.UNEXPLAINED:
            return review(
                "The last step is shown, but not where its first number comes from; a person looks at it.",
                shown,
                staff="Right value from right numbers, but the step before it (784 inputs, weights or bias) was not found.",
                hint="Show the step before as well.",
            )
        case Outcome.DAMAGED:
            return review(
                "The maths seems to have lost signs on its way into the file; a person looks at it.",
                shown,
                staff="Signs or superscripts lost in export; the numbers fit the right formula or nearly.",
            )
        case Outcome.UNSURE:
            return review(
                "Maths was found that the program cannot judge for certain; a person looks at it.",
                shown,
                staff=f"Not recognised for certain{f' (looks like {working.mistake})' if working.mistake else ''}.",
            )
        case Outcome.MISTAKE if from_picture:
            return review(
                "Maths was read from a picture; a person looks at it.",
                shown,
                staff=f"OCR reads {working.mistake}; an OCR reading never fails an answer.",
            )
        case Outcome.MISTAKE:
            message, hint = MISTAKES[working.mistake]
            return failed(message, shown, hint=hint, staff=f"Mistake: {working.mistake}.")
        case Outcome.UNRELATED if from_picture:
            return review(
                "Maths was read from a picture; a person looks at it.",
                shown,
                staff="OCR reads other numbers.",
            )
        case Outcome.UNRELATED:
            return failed(
                "The result is right, but the numbers in it are not those of this layer.",
                shown,
                hint="Which numbers describe what goes into the layer, and what the layer consists of? Start from them.",
                staff="A true equality of unrelated numbers.",
            )
        case Outcome.STATED | Outcome.NOTHING:
            return _without_working(working, answer, section)


def _without_working(working: Working, answer: Answer, section: tuple[Block, ...]) -> Finding:
    pictures = [block for block in answer.unread_pictures if block in answer.section] or (
        list(answer.unread_pictures) if not section else []
    )
    if pictures:
        return review(
            "No maths was found in the text; it may be in a picture, which a person looks at.",
            [picture.evidence(picture.text or "picture") for picture in pictures[:3]],
            staff="No working in the text; unread pictures are there.",
        )
    words = [block for block in section if block.kind is BlockKind.PROSE and _explains(block.text)]
    if words:
        return review(
            "An explanation in words was found that the program cannot judge; a person looks at it.",
            [block.evidence() for block in words[:2]],
            staff="Words about inputs, neurons or biases, but no arithmetic that could be read.",
        )
    if working.outcome is Outcome.STATED and working.block is not None:
        return missing(
            "The number is stated, but no working is shown.",
            hint="Show the maths: which numbers are multiplied and added, and what is each of them?",
            evidence=[working.block.evidence()] if len(working.block.text) < 600 else [],
        )
    return missing("No maths for the number of parameters was found.")


def _explains(text: str) -> bool:
    """Whether prose has something to do with the answer: two of its notions, or its numbers."""
    notions = (
        r"\b784\b|\b28\b|pixel|bildpunkt",
        r"\b128\b|neuron",
        r"bias|intercept|konstant|constant|\+\s?1\b",
        r"weight|vikt|input|ingång|indata|connect",
    )
    return len(text.split()) > 5 and sum(bool(re.search(notion, text, re.I)) for notion in notions) >= 2
