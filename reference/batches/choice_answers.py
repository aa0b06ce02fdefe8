"""Question 3's choice and its reasons, from a submission to findings: held against the student's own table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.checks import Answer, Finding, missing, passed, review
from grader.checks.choice import Aspect, Choice, contradicted_superlative, read_choice, sentences
from grader.documents.core.document import Block, BlockKind, FigureKind
from grader.model import Evidence
from reference.batches.batch_answers import shared_table
from reference.lab.batch_sizes import BATCH_SIZES

TIME: Final = Aspect(
    "time",
    r"\btim(?:e|es|ing)\b|\bsec(?:ond)?s?\b|\bsek|\btid\w*|\b\d+\s?s\b|\bfast\w*|\bquick\w*|\bslow\w*|\bspeed\w*|\bsnabb\w*|\blångsam\w*|\bcheap\b|\befficien\w*|\beffektiv\w*|\bduration",
)
ACCURACY: Final = Aspect(
    "accuracy",
    r"accura\w*|\bacc\b|noggrann\w*|träffsäker\w*|precision|\d\s?%|percentage\s?points?|procentenhet\w*|\bpp\b|\bperforman\w*|\bprestanda",
)
ASPECTS: Final = (TIME, ACCURACY)
TOLERANCE: Final = (
    0.05  # how far below the best accuracy of the student's own table a choice may lie and hold its own
)
_ROW: Final = 120  # characters of a line that is a row of figures and nothing else


def _prose(answer: Answer) -> tuple[Block, ...]:
    """Prose that can hold the reasoning: under the question, else under none."""
    own = tuple(block for block in answer.section if block.kind is BlockKind.PROSE)
    return own or tuple(block for block in answer.sections.rest if block.kind is BlockKind.PROSE)


def _choice(answer: Answer) -> tuple[Choice, tuple[Block, ...]]:
    blocks = _prose(answer)
    rows = {
        row.evidence.excerpt for row in answer.shared(shared_table).rows if len(row.evidence.excerpt) < _ROW
    }
    text = "\n\n".join(
        "\n".join(
            line
            for line in block.text.split("\n")
            if line.strip() and line.strip() not in rows and "\t" not in line
        )
        for block in blocks
    )
    asked = any(block.kind is BlockKind.PROSE for block in answer.section)
    return read_choice(text, BATCH_SIZES, ASPECTS, asked=asked), blocks


def _place(passage: str, blocks: Sequence[Block]) -> list[Evidence]:
    """The block that a sentence stands in, with the sentence as its excerpt."""
    start = " ".join(passage.split())[:24]
    for block in blocks:
        if start and start in " ".join(block.text.split()):
            return [block.evidence(passage)]
    return [block.evidence() for block in blocks[:2]]


def judge_choice(answer: Answer) -> Finding:
    """The finding of ``q3.choice``."""
    choice, blocks = answer.shared(_choice)
    shown = _place(choice.sentence, blocks)
    if not choice.options:
        text = " ".join(block.text for block in blocks)
        if not text.strip() or len(text.split()) < 4:
            return _no_prose(answer, "No batch size is named as the one to start with.")
        if not choice.mentioned and not choice.aspects and not choice.worded:
            return missing("No batch size is named as the one to start with.")
        return review(
            "The program could not tell for certain which batch size you would start with; a person looks at it.",
            shown,
            staff="No one of the five sizes is named as the choice."
            if not choice.unclear
            else "Several sizes are named; which is the choice is not certain.",
            hint="Name one batch size in so many words.",
        )
    if len(choice.options) > 1:
        return review(
            "More than one batch size is named as the choice; a person looks at it.",
            shown,
            staff=f"Named: {', '.join(map(str, choice.options))}.",
            hint="Decide for one of them.",
        )
    return _held_against_table(choice.options[0], answer, shown)


def _held_against_table(chosen: int, answer: Answer, shown: list[Evidence]) -> Finding:
    figures = answer.shared(shared_table).figures()
    times, accuracies = figures["time"], figures["accuracy"]
    if chosen not in times or chosen not in accuracies or len(accuracies) < 3:
        return review(
            "A batch size is named, but there are no figures to hold it against; a person looks at it.",
            shown,
            staff=f"Chosen: {chosen}; the table has no figures for it or too few others.",
        )
    better = [
        batch
        for batch in times.keys() & accuracies.keys()
        if times[batch] <= times[chosen]
        and accuracies[batch] >= accuracies[chosen]
        and (times[batch], accuracies[batch]) != (times[chosen], accuracies[chosen])
    ]
    behind = max(accuracies.values()) - accuracies[chosen]
    if better:
        return review(
            "By your own table another batch size is no slower and no less accurate; a person looks at the reasons.",
            shown,
            staff=f"Chosen {chosen} ({times[chosen]:g} s, {accuracies[chosen]:.4g}) is beaten by {', '.join(map(str, sorted(better)))} in time and accuracy.",
            hint="Compare your choice with each of the others in your own table.",
        )
    if behind > TOLERANCE:
        return review(
            "The batch size you chose is fast, but less accurate than others in your table; a person looks at the reasons.",
            shown,
            staff=f"Chosen {chosen}: {behind:.3f} below the best accuracy of the student's own table.",
        )
    return passed(f"Batch size {chosen} is chosen, and holds its own in the table.", shown)


def judge_reasoning(answer: Answer) -> Finding:
    """The finding of ``q3.reasoning``: credit only where all that can be checked holds; never a fail."""
    choice, blocks = answer.shared(_choice)
    text = "\n\n".join(block.text for block in blocks)
    shown = _place(choice.sentence, blocks)
    if len(text.split()) < 4 or (not choice.aspects and not choice.mentioned):
        return _no_prose(answer, "No reasons for a choice were found.")
    settled = answer.finding("q3.choice")
    doubts = []
    if settled is None or settled.share < 1:
        doubts.append("the choice itself is not settled")
    if lacking := [aspect.name for aspect in ASPECTS if aspect.name not in choice.aspects]:
        doubts.append(f"{' and '.join(lacking)} is not spoken of")
    if not doubts:
        claim = contradicted_superlative(
            text, choice.options[0], answer.shared(shared_table).figures(), ASPECTS, BATCH_SIZES
        )
        if claim:
            doubts.append(f"{claim!r} is not what the student's own table says")
        if sum(len(sentence.split()) for sentence in sentences(text)) < 6:
            doubts.append("there are hardly any words")
    if doubts:
        return review(
            "A person looks at the reasons.",
            shown,
            staff="Not credited automatically: " + "; ".join(doubts) + ".",
            hint="Speak of both time and accuracy, with your own figures.",
        )
    return passed("The choice is reasoned from both time and accuracy.", shown)


def _no_prose(answer: Answer, message: str) -> Finding:
    pictures = [
        block
        for block in answer.unread_pictures
        if block.figure is None or block.figure.kind is not FigureKind.PLOT
    ]
    if pictures and not _prose(answer):
        return review(
            message + " It may be in a picture, which a person looks at.",
            [pictures[0].evidence(pictures[0].text or "picture")],
            staff="No prose in the text; unread pictures are there.",
        )
    return missing(message)
