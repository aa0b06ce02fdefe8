"""Which blocks answer which question, however the student headed them, if at all.

First by numbered headings, then by the question's own text, then by what the blocks are about. What students
copy of the question's text is recognised by its word shingles and taken out: it never counts as an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from grader.documents.core.document import Block, BlockKind, Document
from grader.model import Value
from grader.shingles import digest, shingles

SHINGLE: Final = 4  # words; shorter runs occur by chance in any text about the same subject
COPIED: Final = (
    0.72  # share of a sentence's shingles that stand in the prompt, from which it counts as copied
)

_NUMBERED: Final = re.compile(
    r"^[\W_]{0,6}(?:(?P<word>question|questions|q|fråga|frågor|uppgift|task|exercise|problem|answer(?:\s(?:to|for))?(?:\squestion)?|svar(?:\s(?:på|till))?(?:\sfråga)?|part|del)"
    r"\s{0,2}[.:#]?\s{0,2}(?P<numbers>\d{1,2}(?:\s{0,2}(?:,|&|\+|and|och|-|–)\s{0,2}(?:q|question|fråga)?\s?\d{1,2}){0,3})(?![\d.,]*\d)"
    r"|(?P<bare>\d{1,2})\s{0,2}[.):](?:\s|$))",
    re.I,
)
_WEAK_WORDS: Final = frozenset(("part", "del"))


class QuestionText(Value, frozen=True):
    """How a question is recognised: its number, its words (``cues``, patterns) and its copied text (`prompt`).

    `prompt` holds fingerprints of the prompt's shingles, from `fingerprints`.
    """

    id: str
    number: int
    cues: tuple[str, ...] = ()
    prompt: frozenset[str] = frozenset()


class Sections(Value, frozen=True):
    """The blocks of a submission by question id; `copied` counts the sentences of prompts that were taken out."""

    by_question: Mapping[str, tuple[Block, ...]]
    rest: tuple[Block, ...]
    copied: int = 0

    def of(self, question: str) -> tuple[Block, ...]:
        """The blocks under a question, in reading order; empty if none was recognised."""
        return self.by_question.get(question, ())


def fingerprints(text: str) -> frozenset[str]:
    """The word shingles of a text, hashed: enough to recognise a copy, not enough to read it."""
    return frozenset(_hashed(shingle) for shingle in shingles(_words(text), SHINGLE))


def split(
    documents: Sequence[Document], questions: Sequence[QuestionText], instructions: str = ""
) -> Sections:
    """Sorts the blocks of all documents by question. `instructions` matches sentences that only a handout says."""
    prompts = frozenset().union(*(question.prompt for question in questions)) if questions else frozenset()
    found: dict[str, list[Block]] = {question.id: [] for question in questions}
    rest: list[Block] = []
    copied = 0
    for document in documents:
        numbered = any(_numbers(block, strong=True) for block in document.blocks)
        current: tuple[str, ...] = ()
        for block in map(_comments_as_prose, document.blocks):
            marked = _marked(block, questions, numbered, notebook=document.format == "notebook")
            by_prompt = () if marked else _by_prompt(block, questions)
            if marked or by_prompt:
                current = marked or by_prompt
            elif not numbered:
                current = _by_cue(block, questions) or current
            kept, dropped = _without_prompt(block, prompts, instructions)
            copied += dropped
            if kept is None:
                continue
            for question in current:
                found[question].append(kept)
            if not current:
                rest.append(kept)
    return Sections({key: tuple(blocks) for key, blocks in found.items()}, tuple(rest), copied)


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
    return tuple(question.id for question in questions if question.number in numbers)


def _by_prompt(block: Block, questions: Sequence[QuestionText]) -> tuple[str, ...]:
    if block.kind not in {BlockKind.PROSE, BlockKind.HEADING}:
        return ()
    own = {_hashed(shingle) for shingle in shingles(_words(block.text[:6_000]), SHINGLE)}
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


def _without_prompt(block: Block, prompts: frozenset[str], instructions: str) -> tuple[Block | None, int]:
    """The block without copied sentences; None if nothing is left of it."""
    if block.kind not in {BlockKind.PROSE, BlockKind.HEADING} or not (prompts or instructions):
        return block, 0
    kept: list[str] = []
    dropped = 0
    for sentence in _sentences(block.text):
        own = [_hashed(shingle) for shingle in shingles(_words(sentence), SHINGLE)]
        copied = bool(own) and sum(mark in prompts for mark in own) >= COPIED * len(own)
        if copied or (instructions and re.search(instructions, sentence, re.I)):
            dropped += 1
            head = _NUMBERED.match(sentence)
            if head is not None:
                kept.append(head[0])
            continue
        kept.append(sentence)
    if not dropped:
        return block, 0
    text = "".join(kept).strip()
    return (msgspec.structs.replace(block, text=text), dropped) if text else (None, dropped)


def _sentences(text: str) -> Iterator[str]:
    yield from (part for part in re.split(r"(?<=[.!?])(?=\s)(?!\s+\d)|(?<=\n)", text) if part)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _hashed(shingle: str) -> str:
    return digest(shingle, 5).hex()
