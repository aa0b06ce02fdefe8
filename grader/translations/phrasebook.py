"""A finished English message, said in another language: recognised by the template that it was made from.

Checks write their messages as plain sentences with what they found in them. The catalogue holds these as templates with
places, ``Batch size {0} is chosen.``; a message is held against them, the longest first, and what stands in the places is
put into the translation. What is no template's stays as it is, and what is quoted is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from grader.model import Value
from grader.translations.po_file import read_po

LANGUAGES: Final = ("en", "sv")
FOLDER: Final = "translations"
_LONGEST: Final = 4_000  # characters of a message that is looked at; longer ones stay as they are
_SENTENCES: Final = 12  # of one message
_DEPTH: Final = 3  # messages within messages
_PLACE: Final = re.compile(r"\{(\d)\}")
_END: Final = re.compile(r"(?<=[.?!:;])\s+")
_QUOTED: Final = re.compile(r"“[^”]*”|`[^`]*`")
_NUMBER: Final = re.compile(r"(?:[a-z]+ )?[\d\s\u2009.,]+")
_WEAK: Final = (
    8  # letters of a template: with fewer, such as "{0} and {1}", what stands in its places must be known
)
_TOKEN: Final = re.compile(r"\S{1,80}|[\d\s\u2009.,]+")
_OPENING: Final = ("“", "`", "‘", "'", '"')
_AND: Final = {"sv": "och"}


class _Template(Value, frozen=True):
    """The fixed parts of a message, with a place between each two; `order` numbers the places."""

    parts: tuple[str, ...]
    order: tuple[int, ...]
    translation: str

    @property
    def weak(self) -> bool:
        """Whether so little is fixed that other sentences look like it."""
        return sum(letter.isalpha() for part in self.parts for letter in part) < _WEAK

    def match(self, text: str) -> dict[int, tuple[str, str]] | None:
        """What stands in each place, behind what; in one pass, each part looked for behind the last."""
        first, *middle, last = self.parts
        if len(text) < sum(map(len, self.parts)) or not text.startswith(first) or not text.endswith(last):
            return None
        found: dict[int, tuple[str, str]] = {}
        at, end, before = len(first), len(text) - len(last), first
        for number, part in zip(self.order, (*middle, None), strict=True):
            to = end if part is None else text.find(part, at, end)
            if to < at or (
                before and (last if part is None else part) and _END.search(_QUOTED.sub("", text[at:to]))
            ):
                return None  # a place between two parts of ours holds no whole sentences
            found[number] = text[at:to], before
            at, before = to + len(part or ""), part or ""
        return found


class Phrasebook:
    """The messages of one language."""

    def __init__(self, language: str, phrases: Mapping[str, str]) -> None:
        self.language = language
        self._phrases = phrases
        split = [(_PLACE.split(message), translation) for message, translation in phrases.items()]
        made = [
            _Template(tuple(pieces[::2]), tuple(map(int, pieces[1::2])), translation)
            for pieces, translation in split
            if len(pieces) > 1
        ]
        self._templates = sorted(made, key=lambda one: sum(map(len, one.parts)), reverse=True)

    def say(self, text: str) -> str:
        """The message in this language; what has no translation stays English, sentence by sentence."""
        if not self._phrases or not text.strip() or len(text) > _LONGEST:
            return text
        return self._runs(text.strip(), _DEPTH)

    def put(self, template: str, *values: str) -> str:
        """A template of ours in this language, with its places filled; the values are left as they are."""
        return _filled(self._phrases.get(template, template), dict(enumerate(values)))

    def exactly(self, text: str) -> str:
        """The translation of this very message, if there is one."""
        return self._phrases.get(text, text)

    def figure(self, text: str) -> str:
        """A number of ours as the language writes it."""
        return text.replace(".", ",") if self.language == "sv" else text

    def _runs(self, text: str, depth: int) -> str:
        """Sentence by sentence, as many at a time as are one message."""
        sentences = _sentences(text)
        said, at = [], 0
        while at < len(sentences):
            for to in range(len(sentences), at, -1):
                if (one := self._said(" ".join(sentences[at:to]), depth)) is not None:
                    said.append(one)
                    at = to
                    break
            else:
                said.append(self._quoted_first(sentences[at]) or sentences[at])
                at += 1
        return " ".join(said)

    def _said(self, text: str, depth: int) -> str | None:
        known = self._phrases.get(text)
        if known is not None:
            return known
        for template in self._templates:
            places = template.match(text)
            if places is None or (template.weak and not self._known(places, depth)):
                continue
            values = {
                number: value if before.endswith(_OPENING) else self._part(value, depth - 1)
                for number, (value, before) in places.items()
            }
            return _filled(template.translation, values)
        small = text[:1].lower() + text[1:]
        if small != text and small in self._phrases:
            said = self._phrases[small]
            return said[:1].upper() + said[1:]
        return None

    def _known(self, places: Mapping[int, tuple[str, str]], depth: int) -> bool:
        return all(
            _TOKEN.fullmatch(value) or (depth > 1 and self._said(value, depth - 1) is not None)
            for value, _ in places.values()
        )

    def _part(self, text: str, depth: int) -> str:
        """What stands in a place: a message itself, a list of such, or something that is left as it is."""
        if not depth or not text.strip() or text.startswith(_OPENING):
            return text
        space = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        bare = text.strip()
        said = self._said(bare, depth)
        if said is None and " and " in bare:
            before, _, last = bare.rpartition(" and ")
            items = [*before.split(", "), last]
            if all(item in self._phrases or _NUMBER.fullmatch(item) for item in items):
                told = [self._said(item, 1) or item for item in items]
                said = f"{', '.join(told[:-1])} {_AND.get(self.language, 'and')} {told[-1]}"
        if said is None:
            said = self._runs(bare, depth)
        return f"{space[0]}{said}{space[1]}"

    def _quoted_first(self, text: str) -> str | None:
        """A message that begins with a student's words in quotation marks."""
        if not text.startswith("“"):
            return None
        at = text.rfind("” ")
        rest = self._said(text[at + 2 :], _DEPTH) if at > 0 else None
        return None if rest is None else f"{text[: at + 1]} {rest}"


def _sentences(text: str) -> list[str]:
    """The sentences of a message; what is in quotation marks or backticks is one piece, whatever stops stand in it."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        before = text[start : end.start()]
        if before.count("“") != before.count("”") or before.count("`") % 2:
            continue
        if len(found) == _SENTENCES - 1:
            break
        found.append(before)
        start = end.end()
    return [*found, text[start:]]


def _filled(translation: str, values: Mapping[int, str]) -> str:
    return _PLACE.sub(lambda place: values.get(int(place[1]), ""), translation)


@lru_cache(maxsize=16)
def phrasebook(language: str, beside: Path | None = None) -> Phrasebook:
    """The messages of the grader and of every installed assignment; of the assignment in the folder `beside` as well.

    English is what they are written in: its phrasebook is empty. Raises `TranslationError`.
    """
    phrases: dict[str, str] = {}
    if language != LANGUAGES[0]:
        for folder in (*_installed(), *([beside / FOLDER] if beside else []), Path(__file__).parent):
            path = folder / language / "LC_MESSAGES" / "messages.po"
            if path.is_file():
                phrases |= read_po(path)
    return Phrasebook(language if phrases else LANGUAGES[0], phrases)


def catalogues() -> tuple[Path, ...]:
    """Every catalogue that pages are made with."""
    folders = (*_installed(), Path(__file__).parent)
    return tuple(path for folder in folders for path in sorted(folder.glob("*/LC_MESSAGES/*.po")))


def _installed() -> list[Path]:
    """The folders of translations in the packages of the installed assignments, none of which is imported for it."""
    packages = {entry.module.partition(".")[0] for entry in metadata.entry_points(group="grader.assignments")}
    folders = []
    for name in sorted(packages):
        spec = find_spec(name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            folders.append(Path(place, FOLDER))
    return folders
