"""Files that are no report, whatever is in them: left as handed out, only a link, or another lab's.

They answer nothing, need no person, and are named for what they are, to the student and to staff.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

import msgspec

from grader.checks.assignment import Assignment
from grader.documents.core.document import BlockKind, Document
from grader.documents.given.edition import code_hash, words
from grader.documents.given.given_text import ToldDocument, told_apart
from grader.documents.sections import split
from grader.model import FileInfo, Flag, QuestionResult, SubmittedFile, Value, Verdict

LINK_SUFFIXES: Final = frozenset(
    (".url", ".webloc", ".website", ".gdoc", ".gsheet", ".gslides", ".glink", ".gcolab", ".colab", ".desktop")
)
MUCH_TEXT: Final = 150  # words, likewise
_LINK_BYTES: Final = 8_192  # of a link's file that are read
_FRONT_MATTER: Final = 12  # words (names, a date) that leave a file unfilled, if they stand under no question
_LINK_TEXT: Final = 4_000  # characters; who writes more says more than where the work is
_SPARE: Final = 3  # words that may stand beside a link and tell nothing
_NAMES: Final = 8  # capitalised ones, likewise


class Kind(StrEnum):
    """Why a file is no report."""

    UNTOUCHED = "untouched"
    LINK = "link-not-report"
    OTHER_LAB = "another-lab"


class NoReport(Value, frozen=True):
    """A file that answers nothing; `note` says why, to student and staff, `detail` what was found, to staff."""

    file: str
    kind: Kind
    note: str
    detail: str = ""

    def flag(self) -> Flag:
        """The same for staff."""
        return Flag(self.kind.value, " ".join(filter(None, (f"{self.file}: {self.note}", self.detail))))


_LINK_NOTE: Final = (
    "A link was handed in, not a report. What lies behind a link was not looked at, for it can change at any time: "
    "download the report (and the notebook), and hand in the files."
)
_UNTOUCHED_NOTE: Final = (
    "This file is as it was handed out: nothing has been filled in, so that it answers no question. "
    "Is it the copy that you worked in?"
)


def no_reports(
    files: Sequence[SubmittedFile],
    documents: Sequence[Document],
    assignment: Assignment,
    answers: Callable[[Document], bool],
) -> tuple[NoReport, ...]:
    """Which of the files are no report. `answers` tells whether anything in a document is taken for an answer."""
    found = [
        NoReport(file.name, Kind.LINK, _LINK_NOTE, _address_in(file))
        for file in files
        if is_link_file(file.name)
    ]
    for document in documents:
        told = told_apart(document, assignment.given(), assignment.instructions)
        pointing = points_elsewhere(document, assignment.title)
        if pointing is Pointing.SURELY or (pointing is Pointing.PERHAPS and not answers(document)):
            found.append(NoReport(document.name, Kind.LINK, _LINK_NOTE, _said(document)))
        elif told.copy and is_untouched(document, told, assignment):
            found.append(NoReport(document.name, Kind.UNTOUCHED, _UNTOUCHED_NOTE))
        elif why := another_lab(document, told, assignment):
            note = f"This is not this lab's handout: {why}. Is it the right file?"
            found.append(NoReport(document.name, Kind.OTHER_LAB, note))
    return tuple(found)


def named(questions: Sequence[QuestionResult], found: Sequence[NoReport]) -> tuple[QuestionResult, ...]:
    """What is missing because all that was handed in is no report says so."""
    said = " ".join(dict.fromkeys(f"{one.file}: {one.note}" for one in found))[:1_000]
    return tuple(
        msgspec.structs.replace(
            question,
            checks=tuple(
                msgspec.structs.replace(check, message=said, hint="")
                if check.verdict is Verdict.MISSING
                else check
                for check in question.checks
            ),
        )
        for question in questions
    )


# --- as handed out

# What a program that prints or converts a notebook puts onto its pages.
_PRINTED: Final = re.compile(
    r"\b(?:in|out)\s?\[[\s\d*]{0,6}\]:?|\[[\s\d*]{0,6}\]:?|\bpage\s\d+(?:\sof\s\d+)?|\b\d{1,3}\s?/\s?\d{1,3}\b"
    r"|(?:https?|file)://\S+|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b\d{1,2}:\d{2}(?::\d{2})?\b",
    re.I,
)
_HEAD: Final = re.compile(
    r"^[\W_]{0,6}(?:(?:question|fråga|uppgift|q|answer|svar)\s{0,2}(?:to\s|på\s)?(?:question\s|fråga\s)?)?\d{0,2}\s{0,2}[.:)]?",
    re.I,
)


def is_untouched(document: Document, told: ToldDocument, assignment: Assignment) -> bool:
    """Whether a copy of the handout has nothing of its author's in it. What its cells printed is no answer."""
    notebook = document.format == "notebook"
    for one in told.blocks:
        block = one.own
        if block is None or one.aside or block.kind is BlockKind.OUTPUT:
            continue
        printed = notebook and block.place.line is None  # a table or a picture that came out of a cell
        drawn = block.kind in {BlockKind.FIGURE, BlockKind.TABLE, BlockKind.MATHS} and printed
        if (
            block.kind not in {BlockKind.PROSE, BlockKind.HEADING}
            and not drawn
            and (block.text.strip() or block.figure)
        ):
            return False
    questions = [question.text for question in assignment.questions]
    sections = split([document], questions, assignment.instructions, assignment.given())
    asked = [block for blocks in sections.by_question.values() for block in blocks]
    return _own_words(asked, heads=True) == 0 and _own_words(sections.rest, heads=False) <= _FRONT_MATTER


def _own_words(blocks: Sequence[object], *, heads: bool) -> int:
    total = 0
    for block in blocks:
        if getattr(block, "kind", None) in {BlockKind.PROSE, BlockKind.HEADING}:
            text = _PRINTED.sub(" ", getattr(block, "text", ""))
            total += len(words(_HEAD.sub("", text, count=1) if heads else text))
    return total


# --- a link

_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b(?:[\w-]{1,60}\.){1,4}(?:com|org|net|io|se|app|ms|edu|ai|dev|gl)/\S*|[^\s@]{1,120}@[^\s@]{1,120}\.\w+",
    re.I,
)
_ACCOUNT: Final = re.compile(r"\b[a-z]{4,5}\d{3}\b", re.I)
_SAYS_WHERE: Final = """
    a all also an and answer answers are at available be by can click code colab colaboratory course doc docs document done drive exercise
    file find follow following for found from full git github gitlab go google group hand handed here hi hello i in is it its jupyter lab laboration
    labb lärande learning link links linked live look my notebook notebooks of on onedrive online open our page part please project q question
    questions read report reports repo repository result results see share shared sharing solution solutions submission submitted task
    thanks the there this to under url us view we with work working you your
    alla av dela delad den denna det dessa detta din du en ett finns fråga frågor från följande för grupp här hej i inlämning ipynb klicka kolla
    koden kurs lämnas länk länken länkar ligger med min mitt mina notebooken och om oss på rapport rapporten resultat se som svar svaren till
    tillgänglig titta uppgift uppgifter vår våra vårt vi är öppna
"""
_POINTING: Final = frozenset(_SAYS_WHERE.split())
_A_PLACE: Final = (
    "colab colaboratory drive github gitlab link links linked länk länken länkar url onedrive repository repo"
)
_PLACES: Final = frozenset(_A_PLACE.split())


def is_link_file(name: str) -> bool:
    """Whether a file is a desktop's or a drive's link, by its name."""
    return PurePosixPath(name).suffix.lower() in LINK_SUFFIXES


class Pointing(StrEnum):
    """How surely a document says nothing but where the work is to be found."""

    SURELY = "surely"
    PERHAPS = "perhaps"  # a few words beside that may be names, or an answer
    NO = "no"


def points_elsewhere(document: Document, title: str = "") -> Pointing:
    """Whether a document says nothing but where the work is to be found, beside the assignment's `title`."""
    if any(
        block.kind in {BlockKind.CODE, BlockKind.TABLE, BlockKind.MATHS, BlockKind.OUTPUT}
        or (block.figure is not None and (block.figure.picture or block.figure.words))
        for block in document.blocks
        if not _ADDRESS.fullmatch(block.text.strip())
    ):
        return Pointing.NO
    text = document.text()
    bare, addresses = _ADDRESS.subn(" ", text[:_LINK_TEXT])
    said = re.findall(r"[^\W_]+", _ACCOUNT.sub(" ", bare))
    pointed = bool(addresses) or not _PLACES.isdisjoint(word.lower() for word in said)
    if len(text) > _LINK_TEXT or not pointed:
        return Pointing.NO
    pointing = _POINTING | set(re.findall(r"[^\W_]+", title.lower()))
    others = [
        word for word in said if word.lower() not in pointing and not re.fullmatch(r"\d{1,2}|20\d\d", word)
    ]
    if not others:
        return Pointing.SURELY
    names = sum(word[0].isupper() and word[1:].islower() for word in others)
    few = len(others) - min(names, _NAMES) <= _SPARE
    return Pointing.PERHAPS if addresses and few else Pointing.NO


def _said(document: Document) -> str:
    found = _ADDRESS.search(document.text()[:4_000])
    return f"It leads to {found[0][:200]}" if found else ""


def _address_in(file: SubmittedFile) -> str:
    """Where a link's file leads, if it says so."""
    try:
        with file.path.open("rb") as stream:
            head = stream.read(_LINK_BYTES)
    except OSError:
        return ""
    found = re.search(rb"https?://[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x7e]{3,200}", head)
    return f"It leads to {found[0].decode('ascii', 'replace')}" if found else ""


# --- another lab


def another_lab(document: Document, told: ToldDocument, assignment: Assignment) -> str:
    """Why a document is plainly another lab's work; empty where that is not sure.

    It is, where nothing shows this lab (no sign, no cell or text of a handout) and either another library is imported, or it
    is a long text without code in which none of the questions is spoken of.
    """
    known = assignment.recognised_by
    given = assignment.given()
    code = [block.text for block in document.blocks if block.kind is BlockKind.CODE]
    whole = document.text()
    if known is None or told.copy or any(code_hash(cell) in given.code for cell in code):
        return ""
    if any(re.search(sign, whole, re.M | re.S) for sign in known.signs):
        return ""
    for pattern in known.foreign:
        if found := re.search(pattern, "\n".join(code), re.M):
            return (
                f"nothing of this lab was recognised in it, and it uses “{' '.join(found[0].split())[:60]}”"
            )
    if (
        code or len(whole.split()) < MUCH_TEXT
    ):  # code without another library may be an odd answer: it is run and judged
        return ""
    cues = [cue for question in assignment.questions for cue in question.text.cues]
    if any(re.search(cue, whole, re.I) for cue in cues) or any(block.figure for block in document.blocks):
        return ""
    return "nothing of this lab was recognised in it"


def by_name(found: Sequence[NoReport]) -> Mapping[str, str]:
    """The note of each file."""
    return {one.file: one.note for one in found}


def with_notes(files: Sequence[FileInfo], notes: Mapping[str, str]) -> tuple[FileInfo, ...]:
    """The files with what is said of each."""
    return tuple(
        msgspec.structs.replace(file, note=" ".join(filter(None, (notes[file.name], file.note))))
        if file.name in notes
        else file
        for file in files
    )
