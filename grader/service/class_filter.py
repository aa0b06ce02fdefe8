"""Which submissions the class page shows: by words, status, a question's verdict, a flag, a mistake, late, released."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Query

from grader.model import Result
from grader.service.class_state import ClassState
from grader.service.summary import mistake_key, mistakes_of

ROWS: Final = 100  # submissions on one page of the class
_MOST_ROWS: Final = 2_000  # on one page for paper
_Word = Annotated[str, Query(max_length=200)]
_Key = Annotated[str, Query(max_length=60)]


class Filter:
    """What was asked for, as it stands in the address of the class page."""

    def __init__(
        self,
        search: _Word = "",
        status: _Key = "",
        question: _Key = "",
        verdict: _Key = "",
        flag: _Word = "",
        mistake: _Key = "",
        late: bool = False,
        released: _Key = "",
        start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        whole: bool = False,
    ) -> None:
        self.search, self.status, self.question, self.verdict = search, status, question, verdict
        self.flag, self.mistake, self.late, self.released = flag, mistake, late, released
        self.whole, self.step = whole, _MOST_ROWS if whole else ROWS
        self.start = start

    def address(self, **changed: object) -> str:
        """The class page with the same filter but for what is changed; it begins with the first rows again."""
        said = {key: value for key, value in vars(self).items() if key not in {"start", "step"}} | changed
        words = {key: "true" if value is True else value for key, value in said.items() if value}
        return f"/?{urlencode(words)}" if words else "/"

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return any(value for key, value in vars(self).items() if key not in {"start", "step", "whole"})

    def rows(self, state: ClassState, *, blind: bool) -> list[tuple[str, Result]]:
        """The submissions that are asked for, as they stand."""
        names = state.ordered(list(state.entries), blind=blind)
        if self.active:
            names = [name for name in names if self._wanted(name, state, blind=blind)]
        return [(name, state.entries[name].standing) for name in names]

    def _wanted(self, name: str, state: ClassState, *, blind: bool) -> bool:
        standing = state.entries[name].standing
        flags = state.flags.get(name, ())
        words = self.search.casefold().split()
        return (
            (not self.status or standing.status.value == self.status)
            and (not self.verdict or self.verdict in self._verdicts(standing))
            and (not self.flag or any(self.flag in ("any", flag.id) for flag in flags))
            and (not self.late or standing.late)
            and (not self.released or bool(standing.released) == (self.released == "yes"))
            and (not self.mistake or any(mistake_key(*one) == self.mistake for one in mistakes_of(standing)))
            and (not words or has_words(words, name, state, blind=blind))
        )

    def _verdicts(self, result: Result) -> set[str]:
        return {one.verdict.value for one in result.questions if not self.question or one.id == self.question}


def has_words(words: list[str], name: str, state: ClassState, *, blind: bool) -> bool:
    """Whether a submission has all these words in its name, its students or its flags."""
    people = (
        "" if blind else " ".join(f"{one.id} {one.name}" for one in state.entries[name].standing.students)
    )
    flags = " ".join(flag.id for flag in state.flags.get(name, ()))
    text = f"{state.name(name, blind=blind)} {people} {flags}".casefold()
    return all(word in text for word in words)
