"""Question 3's choice and its reasons, from a submission to findings: held against the student's own table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from grader.checks import Answer, Finding, failed, missing, partial, passed, review
from grader.checks.aspects import Aspect, Unit
from grader.checks.choice import Choice, read_choice
from grader.checks.described_options import Descriptions
from grader.checks.number_words import spelled_numbers
from grader.checks.option_mentions import Option, Options, mentions
from grader.checks.prose_text import prose_text
from grader.checks.reasons import Reasons, Refuted, read_reasons
from grader.checks.sentences import sentence_spans
from grader.documents.core.document import Block, BlockKind, FigureKind
from grader.model import Evidence, Value
from reference.batches.batch_answers import shared_table
from reference.lab.batch_sizes import BATCH_SIZES

TIME: Final = Aspect(
    "time",
    nouns=r"(?:training|train|run|running|computation|computing|execution|waiting|tränings?|kör|beräknings?)?-?(?:times?|tid(?!ig)\w*)|duration|speed|hastighet\w*|snabbhet\w*",
    little=(
        "fast",
        "quick",
        "speedy",
        "rapid",
        "swift",
        "cheap",
        "fort",
        "short",
        "efficient",
        "snabb",
        "kort",
        "billig",
        "effektiv",
    ),
    much=(
        "slow",
        "long",
        "lengthy",
        "expensive",
        "costly",
        "forever",
        "ages",
        "långsam",
        "lång",
        "läng",
        "länge",
        "dyr",
        "evighet",
    ),
    units=(
        Unit(r"s|secs?|seconds?|sek|sekund\w*", 1.0),
        Unit(r"min|mins|minutes?|minut\w*", 60.0),
        Unit(r"hours?|timm\w*", 3600.0),
    ),
    less_is_better=True,
    ratio=True,
    alike=2.2,
    apart=5.0,
    clear=1.4,
    hints=r"\b(?:wait(?:s|ed|ing)?|patien\w*|vänta\w*|tålamod)\b",
    unlike=r"\b(?:per|each|every|epochs|step|compile|varje|epoker)\b",
)
ACCURACY: Final = Aspect(
    "accuracy",
    nouns=r"(?:training|train|test|tränings?|test)?-?(?:ac+u?a?r+a?n?[cs](?:y|ies|cy)?|acc|noggrannhet\w*|(?:träff\s?)?säkerhet\w*|precision\w*|performance|prestanda|score|results?|resultat\w*|quality|kvalitet\w*|correctness|korrekthet\w*)",
    little=("inaccurate", "imprecise", "onoggrann", "osäker"),
    much=("accurate", "precise", "noggrann", "träffsäker", "exakt", "correct", "korrekt"),
    units=(
        Unit(
            r"percentage\s?points?|percent\s?points?|procentenhet\w*|pp|pe|points?|poäng",
            0.01,
            difference=True,
        ),
        Unit(r"%|percent|per\s?cent|procent", 0.01),
    ),
    less_is_better=False,
    ratio=False,
    alike=0.05,
    apart=0.1,
    clear=0.004,
    fraction=True,
    quality=True,
    hints=r"\b(?:(?<!feel\s)(?<!feels\s)(?<!felt\s)right(?!\s(?:choice|size|one|balance|pick|now|away))|correctly|errors?|mistakes?|misclassif\w*|recogni[sz]\w*|learn(?:s|ed|ing)?|generali[sz]\w*|converge\w*|nois[ey]\w*|(?<!kändes\s)(?<!känns\s)rätt|fel|lär(?:a|de|t)?|konverger\w*|brus\w*)\b(?!\srate)",
    unlike=r"\b(?:test\w*|val\w*|loss|förlust|evaluat\w*|errors?|misclassif\w*|felfrekvens\w*|felet)\b",
)
ASPECTS: Final = (TIME, ACCURACY)
OPTIONS: Final = Options(
    BATCH_SIZES,
    called=r"(?:mini-?)?batch(?:es|en|ar(?:na)?)?(?:[\s_-]?(?:size|storlek\w*))?s?|sizes?|storlek\w*|bs|values?|options?|alternativ\w*|värde\w*",
)
_ROW: Final = 120  # characters of a line that is a row of figures and nothing else
_KEY_ALONE: Final = re.compile(
    r"\W{0,6}(?:(?:mini)?[\s_-]?batch(?:es)?(?:[\s_-]?(?:size|storlek\w*))?|size|storlek|bs|b)\W{0,6}\d{1,3}(?:[ ,.]?\d{3})?k?\W{0,6}",
    re.I,
)
_FEWEST_HEADINGS: Final = 3  # lines of nothing but a size, which stand over its figures and choose nothing
_COMMENT: Final = re.compile(r"^[ \t]{0,40}#+ ?(.*)$", re.M)
_PAGE_NUMBER: Final = re.compile(r"[ \t]{0,40}[-–—] ?\d{1,3} ?[-–—][ \t]{0,40}")
_CAPTION: Final = re.compile(
    r"^\W*(?:(?:table|tabell|figure|figur|fig|plot|graph|diagram|bild)\s?\.?\s?\d+\b|(?:caption|bildtext)\b)"
    r"|\b(?:tables?|figures?|plots?|graphs?|diagrams?|tabell\w*|figur\w*|graf\w*|plott\w*|diagram\w*)\b.{0,40}\b(?:shows?|lists?|contains?|gives?|presents?|displays?|visar|innehåller|ger)\b.{0,60}$"
    r"|\b(?:below|above|nedan|ovan)\s?[,:]?\s(?:are|is|follows?|you\s(?:can\s)?(?:see|find)|we\s(?:list|show|plot|see)|(?:kan\s)?(?:vi|man|du)\sser|ser\s(?:man|vi|du)|visas|är|finns|syns|följer)\b",
    re.I,
)

_COLUMN: Final = re.compile(rf"(?<!\w)(?:{TIME.nouns}|{ACCURACY.nouns})(?!\w)", re.I)
_OF_COLUMNS: Final = re.compile(  # the words of a legend: what columns are called, and of what their figures are
    rf"(?<!\w)(?:{TIME.nouns}|{ACCURACY.nouns}|{OPTIONS.called}|{'|'.join(unit.words for aspect in ASPECTS for unit in aspect.units)}"
    r"|(?:train(?:ing)?|test|tränings?|mini)-?\s?(?:set|data\w*|mängd\w*)?|set|data\w*|mängd\w*|columns?|rows?|kolumn\w*|rader\w*|order|ordning|numbers?|figures?|siffr\w*|the|a|of|on|in|for|is|are|was|were|it|and|all|both|these|those|from|that|here|as|respectively|given|measured"
    r"|curves?|graphs?|plots?|pictures?|diagrams?|kurv\w*|graf\w*|plott\w*|bild\w*|diagram\w*|measured|uppmätt\w*|tables?|tabell\w*|with|med"
    r"|på|i|är|var|det|den|dessa|alla|och|av|för|från|respektive|batch(?:es)?)(?!\w)",
    re.I,
)


class ChoiceCriteria(Value, frozen=True):
    """`behind`: how far below the best accuracy of the student's own table a choice holds its own.

    `least_accuracies`: with fewer there is no table to hold a choice against. `unusual` are sizes that no honest table
    speaks for (docs/lab.md): where one does, its figures are for a person.
    """

    behind: float
    least_accuracies: int
    unusual: tuple[int, ...] = (min(BATCH_SIZES), max(BATCH_SIZES))


class ReasoningCriteria(Value, frozen=True):
    """`share_of_one`: of the points, for reasons in one of the two aspects alone."""

    share_of_one: float


def _prose(answer: Answer) -> tuple[Block, ...]:
    """Prose that can hold the reasoning: under the question, else under none."""
    own = tuple(block for block in answer.section if block.kind is BlockKind.PROSE)
    own = own or tuple(
        replace(block, kind=BlockKind.PROSE, text="\n".join(said))
        for block in answer.section
        if block.kind is BlockKind.CODE and (said := _COMMENT.findall(block.text))
    )
    typed = tuple(block for block in own if not block.ocr)
    if any(mentions(prose_text(block.text), OPTIONS) for block in typed):
        return typed  # what OCR made of a picture's ticks is nobody's reasoning
    return own or tuple(block for block in answer.sections.rest if block.kind is BlockKind.PROSE)


def _own_words(answer: Answer) -> str:
    """The prose without rows of figures, captions, legends and what only says where the table is."""
    rows = {
        _as_a_row(line)
        for row in answer.shared(shared_table).rows
        for line in row.evidence.excerpt.split("\n")
        if len(line) < _ROW
    }
    alone = [
        line for block in _prose(answer) for line in block.text.split("\n") if _KEY_ALONE.fullmatch(line)
    ]
    over_rows = frozenset(alone) if len(alone) >= _FEWEST_HEADINGS else frozenset[str]()
    return "\n\n".join(
        "\n".join(
            _told(line)
            for line in block.text.split("\n")
            if line.strip()
            and line not in over_rows
            and _as_a_row(line) not in rows
            and "\t" not in line
            and not _is_of_numbers(line)
        )
        for block in _prose(answer)
    )


def _is_of_numbers(line: str) -> bool:
    """Whether a line is numbers and nothing else: of a table, the ticks of a plot, or a page's own."""
    if _PAGE_NUMBER.fullmatch(line):
        return True
    return not re.search(r"[^\W\d_]", line) and len(re.findall(r"\d[\d.,]*", line)) > 1


def _as_a_row(line: str) -> str:
    """A line as rows are compared: without its bullet, numbers in figures."""
    shown = " ".join(line.split()).lstrip("-*•+– ").rstrip(".")
    for one in reversed(list(spelled_numbers(shown))):
        shown = f"{shown[: one.start]}{one.value}{shown[one.end :]}"
    return shown


def _told(line: str) -> str:
    """A line without the sentences that only tell what a table, figure or column is."""
    spans = sentence_spans(line)
    kept = [
        span
        for span in spans
        if not _is_caption(part := line[span.start : span.end]) and not _is_legend(part)
    ]
    if len(kept) == len(spans):
        return line
    return " ".join(line[span.start : span.end] for span in kept)


def _is_caption(sentence: str) -> bool:
    """Whether a sentence tells what a table or figure is, and chooses nothing."""
    return (
        bool(_CAPTION.search(sentence)) and not read_choice(sentence, OPTIONS, ASPECTS, asked=False).options
    )


def _is_legend(sentence: str) -> bool:
    """Whether a sentence names columns and no more: "(batch size, time, training accuracy)"."""
    return bool(_COLUMN.search(sentence)) and not re.search(r"\w", _OF_COLUMNS.sub(" ", sentence))


def _figures(answer: Answer) -> dict[str, dict[Option, float]]:
    return {
        name: {batch: value for batch, value in values.items()}  # noqa: C416 - the keys' type is wider
        for name, values in answer.shared(shared_table).figures().items()
    }


def _choice(answer: Answer) -> Choice:
    asked = any(block.kind is BlockKind.PROSE for block in answer.section)
    described = Descriptions(OPTIONS, ASPECTS, _figures(answer))
    return read_choice(answer.shared(_own_words), OPTIONS, ASPECTS, asked=asked, described=described.option)


def _reasons(answer: Answer) -> Reasons:
    chosen = answer.shared(_choice).options
    return read_reasons(
        answer.shared(_own_words),
        OPTIONS,
        ASPECTS,
        chosen[0] if len(chosen) == 1 else None,
        _figures(answer),
    )


def _place(passage: str, blocks: Sequence[Block]) -> list[Evidence]:
    """The block that a sentence stands in, with the sentence as its excerpt."""
    start = "".join(passage.split())[:20]
    for block in blocks:
        if start and start in "".join(block.text.replace("*", "").replace("`", "").split()):
            return [block.evidence(passage)]
    return [block.evidence() for block in blocks[:2]]


def judge_choice(answer: Answer, criteria: ChoiceCriteria) -> Finding:
    """The finding of ``q3.choice``."""
    choice = answer.shared(_choice)
    blocks = _prose(answer)
    shown = _place(choice.sentence, blocks)
    if not choice.options:
        words = answer.shared(_own_words).split()
        asked = any(block.kind is BlockKind.PROSE for block in answer.section)
        weighing = asked and answer.shared(_reasons).weighing
        if not words or not (choice.mentioned or choice.worded or weighing):
            return _no_prose(answer, "No batch size is named as the one to start with.")
        message = "No one batch size could be made out as the one to start with"
        if choice.outside:
            message = "The batch size named as the one to start with is none of the five"
            staff = f"Named as the choice: {', '.join(choice.outside)}, which is none of the five."
        elif choice.unclear:
            message = (
                "Several batch sizes are named, and it is not certain which of them is the choice, if any"
            )
            staff = "Several sizes are named; which is the choice is not certain."
        else:
            staff = "No one of the five sizes is named as the choice."
        return review(
            f"{message}; a person looks at it.",
            shown,
            staff=staff,
            hint="Name one batch size in so many words.",
        )
    if len(choice.options) > 1:
        return review(
            "More than one batch size is named as the choice; a person looks at it.",
            shown,
            staff=f"Named: {', '.join(map(str, choice.options))}.",
            hint="Decide for one of them.",
        )
    return _held_against_table(choice.options[0], answer, shown, criteria)


def _held_against_table(
    chosen: Option, answer: Answer, shown: list[Evidence], criteria: ChoiceCriteria
) -> Finding:
    figures = _figures(answer)
    times, accuracies = figures["time"], figures["accuracy"]
    if chosen not in times or chosen not in accuracies or len(accuracies) < criteria.least_accuracies:
        return review(
            "A batch size is named, but there are no figures to hold it against; a person looks at it.",
            shown,
            staff=f"Chosen: {chosen}; the table has no figures for it or too few others.",
        )
    better = [
        batch
        for batch in BATCH_SIZES
        if batch in times
        and batch in accuracies
        and times[batch] <= times[chosen]
        and accuracies[batch] >= accuracies[chosen]
        and (times[batch], accuracies[batch]) != (times[chosen], accuracies[chosen])
    ]
    behind = max(accuracies.values()) - accuracies[chosen]
    if better:
        return review(
            "By your own table another batch size is no slower and no less accurate; a person looks at the reasons.",
            shown,
            staff=f"Chosen {chosen} ({times[chosen]:g} s, {accuracies[chosen]:.4g}) is beaten by {', '.join(map(str, better))} in time and accuracy.",
            hint="Compare your choice with each of the others in your own table.",
        )
    if behind > criteria.behind:
        return review(
            "The batch size you chose is fast, but less accurate than others in your table; a person looks at the reasons.",
            shown,
            staff=f"Chosen {chosen}: {behind:.3f} below the best accuracy of the student's own table.",
        )
    if chosen in criteria.unusual:
        return review(
            "The batch size you chose holds its own in your table, which is unusual; a person looks at the figures.",
            shown,
            staff=f"Chosen {chosen}: no table of an honest run speaks for it.",
        )
    return passed(f"Batch size {chosen} is chosen, and holds its own in the table.", shown)


def judge_reasoning(answer: Answer, criteria: ReasoningCriteria) -> Finding:
    """The finding of ``q3.reasoning``: credit only where both aspects are weighed and the table bears it out."""
    choice, reasons = answer.shared(_choice), answer.shared(_reasons)
    blocks = _prose(answer)
    asked = any(block.kind is BlockKind.PROSE for block in answer.section)
    if (not reasons.named and not reasons.given) or not (asked or choice.mentioned):
        if choice.options and reasons.loose:
            return review(
                "Something is said for the choice that the program cannot judge; a person looks at it.",
                _place(choice.sentence, blocks),
                staff="Words of degree that name neither time nor accuracy.",
                hint="Say which of your two columns you mean.",
            )
        if choice.options or not choice.mentioned:
            return _no_prose(answer, "No reasons for a choice were found.")
        return missing("No reasons for a choice were found.")
    shown = _place(reasons.first or choice.sentence, blocks)
    if reasons.refuted and (wrong := _refuted(reasons.refuted[0], answer, blocks)) is not None:
        return wrong
    settled = answer.finding("q3.choice")
    doubts = [
        f"{words!r} does not seem to be what the student's own table says"
        for words in (*(one.words for one in reasons.refuted), *reasons.doubted)
    ]
    if settled is None or settled.share < 1:
        doubts.append("the choice itself is not settled")
    lacking = [aspect.name for aspect in ASPECTS if aspect.name not in reasons.given]
    silent = [name for name in lacking if name not in reasons.named]
    if (
        not doubts
        and not reasons.loose
        and len(lacking) == 1
        and lacking == silent
        and len(choice.options) == 1
    ):
        had = next(aspect.name for aspect in ASPECTS if aspect.name not in lacking)
        return partial(
            f"Your choice is reasoned from the {had} alone. What does it mean for the {lacking[0]}?",
            criteria.share_of_one,
            shown,
            hint="Weigh what the choice gains against what it costs, with your own figures.",
        )
    if lacking:
        doubts.append(f"what is said of {' and '.join(lacking)} is not tied to the choice")
    if doubts:
        return review(
            "A person looks at the reasons.",
            shown,
            staff="Not credited automatically: " + "; ".join(doubts) + ".",
            hint="Speak of both time and accuracy, with your own figures.",
        )
    return passed("The choice is reasoned from both time and accuracy.", shown)


def _refuted(claim: Refuted, answer: Answer, blocks: Sequence[Block]) -> Finding | None:
    """A reason that the student's own table contradicts, with the rows that do; None if the table is not whole and plain."""
    table = answer.shared(shared_table)
    rows = [row for row in table.rows if row.batch in claim.options]
    if not table.complete or not rows or any(row.ocr for row in table.rows):
        return None
    figures = "; ".join(f"{row.batch}: {row.seconds:g} s, {row.accuracy:.4g}" for row in rows)
    return failed(
        f"You write “{claim.words}”. Is that what your own table says? There it is {figures}.",
        [*_place(claim.words, blocks), *(row.evidence for row in rows)],
        hint="Compare your reasons with the rows of your own table.",
        staff=f"Contradicted by the student's own table, in {claim.relation.aspect}: {figures}.",
    )


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
