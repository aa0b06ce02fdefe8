"""What one edition of a handout is recognised by: hashes of its text, code and pictures, and none of the text itself.

Prose is known by its word shingles, whatever became of its layout; code by its tokens, cell by cell and line by line;
pictures by their bytes or their address; outputs by their words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from grader.errors import EditionError
from grader.model import Value
from grader.shingles import shingles

SHINGLE: Final = 4  # words; shorter runs occur by chance in any text about the same subject
SCHEMA: Final = 1
_NOTHING: Final[frozenset[str]] = frozenset()
_TOKEN: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|\w+|[^\w\s]")
_COMMENT: Final = re.compile(r"#[^\n]*")
_WORD: Final = re.compile(r"[^\W_]+")


class Edition(Value, frozen=True):
    """Hashes of one handed-out notebook or sheet.

    `prose`: word shingles. `code`: whole cells, comments left out. `lines` and `comments`: each line of code and each comment
    or heading by itself; empty where only whole cells are known. `others`: formulas, tables and listings in text cells.
    `pictures`: their bytes, or the address they are fetched from. `outputs`: what stood below the cells when handed out.
    """

    name: str
    prose: frozenset[str] = _NOTHING
    code: frozenset[str] = _NOTHING
    lines: frozenset[str] = _NOTHING
    comments: frozenset[str] = _NOTHING
    others: frozenset[str] = _NOTHING
    pictures: frozenset[str] = _NOTHING
    outputs: frozenset[str] = _NOTHING

    def digest(self) -> str:
        """A digest of all of it but the name."""
        whole = hashlib.sha256()
        for field in self.__struct_fields__[1:]:
            whole.update("\0".join((field, *sorted(getattr(self, field)))).encode())
        return whole.hexdigest()


class GivenText(Value, frozen=True):
    """All that was handed out in any edition, as hashes; `questions` are those of the questions' own text.

    `bare` are the cells of editions of which comments and single lines are not known.
    """

    prose: frozenset[str] = _NOTHING
    questions: frozenset[str] = _NOTHING
    code: frozenset[str] = _NOTHING
    bare: frozenset[str] = _NOTHING
    lines: frozenset[str] = _NOTHING
    comments: frozenset[str] = _NOTHING
    others: frozenset[str] = _NOTHING
    pictures: frozenset[str] = _NOTHING
    outputs: frozenset[str] = _NOTHING

    def line(self, line: str) -> bool:
        """Whether a line of code stands in the handout as it is."""
        return code_hash(line) in self.lines


def given_text(editions: Sequence[Edition], questions: frozenset[str] = _NOTHING) -> GivenText:
    """What the editions and the questions' fingerprints hold together."""

    def union(field: str) -> frozenset[str]:
        return _NOTHING.union(*(getattr(edition, field) for edition in editions))

    return GivenText(
        prose=union("prose") | questions,
        questions=questions,
        code=union("code"),
        bare=_NOTHING.union(*(edition.code for edition in editions if not edition.lines)),
        lines=union("lines"),
        comments=union("comments"),
        others=union("others"),
        pictures=union("pictures"),
        outputs=union("outputs"),
    )


class _File(Value, frozen=True):
    editions: Mapping[str, Mapping[str, object]]
    schema: int = SCHEMA
    about: str = ""


_ABOUT: Final = "Hashes that recognise what was handed out. Nothing of its text can be read from them."


def to_json(editions: Sequence[Edition]) -> bytes:
    """Editions as the file that an assignment ships, one hash a line, sorted."""
    named = {
        edition.name: {
            field: sorted(getattr(edition, field))
            for field in edition.__struct_fields__[1:]
            if getattr(edition, field)
        }
        for edition in editions
    }
    file = _File(named, about=_ABOUT)
    return msgspec.json.format(msgspec.json.encode(file, order="sorted"), indent=1) + b"\n"


def from_json(data: bytes) -> tuple[Edition, ...]:
    """The editions in such a file. Raises `EditionError`."""
    try:
        file = msgspec.json.decode(data, type=_File)
        if file.schema != SCHEMA:
            raise EditionError(f"written in schema {file.schema}, and {SCHEMA} is read")
        return tuple(
            msgspec.convert({"name": name, **fields}, Edition) for name, fields in file.editions.items()
        )
    except msgspec.MsgspecError as problem:
        raise EditionError(f"no fingerprints of a handout: {problem}") from problem


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in lower case, each with its start and end."""
    return [(found[0].lower(), *found.span()) for found in _WORD.finditer(text)]


def fingerprints(text: str) -> frozenset[str]:
    """The word shingles of a text, hashed: enough to recognise a copy, not enough to read it."""
    return frozenset(shingle_hashes([word for word, _, _ in words(text)]))


def shingle_hashes(sequence: Sequence[str]) -> Iterator[str]:
    """The hash of every run of `SHINGLE` words, in order."""
    for shingle in shingles(sequence, SHINGLE):
        yield _hash(shingle, 5)


def code_tokens(source: str) -> tuple[str, ...]:
    """The tokens of code: strings, words and single signs; comments and layout are none."""
    return tuple(match[0] for match in _TOKEN.finditer(_COMMENT.sub("", source)))


def code_hash(source: str) -> str:
    """The hash of a cell's or a line's tokens; empty if there are none."""
    tokens = code_tokens(source)
    return _hash(" ".join(tokens), 10) if tokens else ""


def comments(source: str) -> list[str]:
    """The comments of code, each as it stands."""
    return _COMMENT.findall(source)


def comment_hash(comment: str) -> str:
    """The hash of a comment's words, or of a heading's: a reader of plain text takes one for the other."""
    return text_hash(comment.lstrip("#! "))


def text_hash(text: str) -> str:
    """The hash of a text's words and signs, layout left out; empty if there are none. For outputs, formulas, comments."""
    tokens = re.findall(r"\w+|[^\w\s]", text)
    return _hash(" ".join(tokens), 10) if tokens else ""


def picture_hash(picture: bytes | str) -> str:
    """The hash of a picture's bytes, or of the address that it is fetched from."""
    return _hash(picture, 10)


def hashes(found: Iterable[str]) -> frozenset[str]:
    """A set of hashes, those of nothing left out."""
    return frozenset(filter(None, found))


def _hash(text: str | bytes, size: int) -> str:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.blake2b(data, digest_size=size).hexdigest()
