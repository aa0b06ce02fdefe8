"""Which blocks answer which question, however the student headed them, if at all.

First by numbered headings, then by the question's own text, then by what the blocks are about. What was handed out is
told apart (`grader.documents.given`) and taken out: it marks where a question begins, and is never an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.given.edition import GivenText, given_text
from grader.documents.given.edition import fingerprints as fingerprints  # noqa: PLC0414 - part of what this page offers
from grader.documents.given.given_text import told_apart
from grader.model import Value

_NUMBERED: Final = re.compile(
    r"^[\W_]{0,6}(?:(?P<word>question|questions|q|fråga|frågor|uppgift|task|exercise|problem|answer(?:\s(?:to|for))?(?:\squestion)?|svar(?:\s(?:på|till))?(?:\sfråga)?|part|del)"
    r"\s{0,2}[.:#]?\s{0,2}(?P<numbers>\d{1,2}(?:\s{0,2}(?:,|&|\+|and|och|-|–)\s{0,2}(?:q|question|fråga)?\s?\d{1,2}){0,3})(?![\d.,]*\d)"
    r"|(?P<bare>\d{1,2})\s{0,2}(?:[.):](?:\s|$)|$))",
    re.I,
)
_WEAK_WORDS: Final = frozenset(("part", "del"))
_FREE: Final = r"optional|voluntary|frivillig\w{0,4}|valfri\w{0,2}|extrauppgift\w{0,3}|överkurs|bonus\w{0,10}"
_FREE_HEADING: Final = re.compile(rf"^[\W_]{{0,6}}(?:{_FREE})\b|[(\[]\s?(?:{_FREE})\b", re.I)
_FREE_PROSE: Final = re.compile(rf"^[\W_]{{0,6}}(?:{_FREE})\b[^.!?\n]{{0,40}}[:)\]]", re.I)
_TEXT: Final = frozenset((BlockKind.PROSE, BlockKind.HEADING))
_PARAGRAPH_NUMBER: Final = re.compile(r"\s{0,4}(\d{1,2})\s?[.):]\s(?!.*\n\s{0,4}\d{1,2}\s?[.)]\s)", re.S)
_NUMBER_ALONE: Final = re.compile(r"\W{0,6}(\d{1,2})\W{0,6}")
_FEWEST_HEADINGS: Final = 2


class QuestionText(Value, frozen=True):
    """How a question is recognised: its number, its title, its words (``cues``, patterns) and its copied text (`prompt`).

    `prompt` holds fingerprints of the prompt's shingles, from `fingerprints`.
    """

    id: str
    number: int
    cues: tuple[str, ...] = ()
    prompt: frozenset[str] = frozenset()
    title: str = ""


class Sections(Value, frozen=True):
    """The blocks of a submission by question id; `copied` counts the sentences of the handout that were taken out.

    `given` are the blocks that were handed out as they stand, `optional` the text of parts that answer no question.
    """

    by_question: Mapping[str, tuple[Block, ...]]
    rest: tuple[Block, ...]
    copied: int = 0
    given: tuple[Block, ...] = ()
    optional: tuple[Block, ...] = ()

    def of(self, question: str) -> tuple[Block, ...]:
        """The blocks under a question, in reading order; empty if none was recognised."""
        return self.by_question.get(question, ())


def split(
    documents: Sequence[Document],
    questions: Sequence[QuestionText],
    instructions: str = "",
    given: GivenText | None = None,
) -> Sections:
    """Sorts the blocks of all documents by question, without what was `given`.

    `instructions` matches sentences that only a handout says. Without `given`, the questions' own text alone is known.
    """
    if given is None:
        given = given_text((), frozenset[str]().union(*(question.prompt for question in questions)))
    found: dict[str, list[Block]] = {question.id: [] for question in questions}
    rest: list[Block] = []
    handed_out: list[Block] = []
    optional: list[Block] = []
    copied = 0
    for document in documents:
        numbered = any(_numbers(block, strong=True) for block in document.blocks)
        counted = {} if numbered else _numbered_paragraphs(document, questions)
        headed = numbered or bool(counted) or _headed_by_numbers(document, questions)
        current: tuple[str, ...] = ()
        free: Block | None = None  # the heading of an optional part that we are in
        for block, told in zip(
            document.blocks, told_apart(document, given, instructions).blocks, strict=True
        ):
            shown = _comments_as_prose(block)
            marked = _marked(shown, questions, numbered, notebook=document.format == "notebook")
            marked = marked or counted.get(id(block), ())
            by_prompt = () if marked else _by_prompt(shown, questions)
            if marked or by_prompt:
                current = marked or by_prompt
                free = None
            elif _is_optional(block):
                current, free = (), block
            elif free is not None and (
                block.kind is BlockKind.HEADING or block.place.cell != free.place.cell
            ):
                free = None
            if free is None and not marked and not by_prompt and not headed:
                current = _by_cue(shown, questions) or current
            copied += told.dropped
            if told.own is None:
                handed_out.append(block)
                continue
            own = told.own if told.aside else _comments_as_prose(told.own)
            if free is not None and own.kind in _TEXT:
                optional.append(own)
                continue
            for question in current:
                found[question].append(own)
            if not current:
                rest.append(own)
    return Sections(
        {key: tuple(blocks) for key, blocks in found.items()},
        tuple(rest),
        copied,
        tuple(handed_out),
        tuple(optional),
    )


def _headed_by_numbers(document: Document, questions: Sequence[QuestionText]) -> bool:
    """Whether headings of nothing but a number part the document by question: its words then decide nothing."""
    if document.format == "notebook":
        return False
    alone = {
        int(match[1])
        for block in document.blocks
        if block.kind is BlockKind.HEADING and (match := _NUMBER_ALONE.fullmatch(block.text)) is not None
    }
    return len(alone & {question.number for question in questions}) >= _FEWEST_HEADINGS


def _numbered_paragraphs(document: Document, questions: Sequence[QuestionText]) -> dict[int, tuple[str, ...]]:
    """Paragraphs that begin with "1.", "2.", "3.", by identity: one for each question, in their order, and about it where that shows."""
    if document.format == "notebook":
        return {}
    found = [
        (int(match[1]), block)
        for block in document.blocks
        if block.kind in {BlockKind.PROSE, BlockKind.HEADING}
        and (match := _PARAGRAPH_NUMBER.match(block.text)) is not None
    ]
    by_number = {question.number: question.id for question in questions}
    if [number for number, _ in found] != sorted(by_number):
        return {}
    told = [(_by_cue(block, questions), (by_number[number],)) for number, block in found]
    agreeing = sum(cue == own for cue, own in told)
    if agreeing < _FEWEST_HEADINGS or any(cue and cue != own for cue, own in told):
        return {}
    return {id(block): (by_number[number],) for number, block in found}


def _is_optional(block: Block) -> bool:
    """Whether a block heads a part that answers no question."""
    first = block.text[:160].split("\n")[0]
    pattern = _FREE_HEADING if block.kind is BlockKind.HEADING else _FREE_PROSE
    return block.kind in _TEXT and pattern.search(first) is not None


def _comments_as_prose(block: Block) -> Block:
    """A code cell that holds nothing but comments is where its author wrote the answer."""
    if block.kind is not BlockKind.CODE or not block.text.lstrip().startswith("#"):
        return block
    lines = [line.strip() for line in block.text.split("\n") if line.strip()]
    if not all(line.startswith("#") for line in lines):
        return block
    return msgspec.structs.replace(
        block, kind=BlockKind.PROSE, text="\n".join(line.lstrip("#! ") for line in lines)
    )


def _numbers(block: Block, *, strong: bool) -> tuple[int, ...]:
    """The question numbers that a block is headed with, if it is headed."""
    if block.kind not in {BlockKind.HEADING, BlockKind.PROSE, BlockKind.MATHS}:
        return ()
    match = _NUMBERED.match(block.text[:200])
    if match is None:
        return ()
    if match["bare"]:  # "1." heads a question only where it is short or a heading; else it is a list
        first = block.text.split("\n")[0]
        return (
            (int(match["bare"]),)
            if block.kind is BlockKind.HEADING and len(first) < 120 and not strong
            else ()
        )
    if strong and match["word"].lower() in _WEAK_WORDS:
        return ()
    numbers = [int(number) for number in re.findall(r"\d{1,2}", match["numbers"])]
    if re.search(r"\d\s*[-–]\s*\d", match["numbers"]) and len(numbers) == 2 and numbers[0] < numbers[1]:
        numbers = list(range(numbers[0], numbers[1] + 1))
    return tuple(numbers)


def _marked(
    block: Block, questions: Sequence[QuestionText], numbered: bool, *, notebook: bool
) -> tuple[str, ...]:
    numbers = _numbers(block, strong=numbered or notebook)
    headed = _bare_words(block.text) if block.kind is BlockKind.HEADING and not numbers else ""
    return tuple(
        question.id
        for question in questions
        if question.number in numbers or (headed and headed == _bare_words(question.title))
    )


def _bare_words(text: str) -> str:
    """The words of a heading alone, to compare it with a title."""
    return " ".join(re.findall(r"[^\W_]+", text[:200].casefold()))


def _by_prompt(block: Block, questions: Sequence[QuestionText]) -> tuple[str, ...]:
    if block.kind not in {BlockKind.PROSE, BlockKind.HEADING}:
        return ()
    own = fingerprints(block.text[:6_000])
    shares = {question.id: len(own & question.prompt) for question in questions if question.prompt}
    best = max(shares, key=lambda key: shares[key], default="")
    return (best,) if best and shares[best] >= 6 and shares[best] >= 0.5 * len(own) else ()


def _by_cue(block: Block, questions: Sequence[QuestionText]) -> tuple[str, ...]:
    text = block.text[:6_000]
    hits = {
        question.id: sum(bool(re.search(cue, text, re.I)) for cue in question.cues) for question in questions
    }
    best = max(hits.values(), default=0)
    return tuple(key for key, count in hits.items() if count == best)[:1] if best else ()
