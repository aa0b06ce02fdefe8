"""What leaves and what stays, student by student: filled by a writer, asked by the preview, told by the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from grader import atomic_file
from grader.export.options import ExportOptions, ExportReport, Line
from grader.export.recipients import Recipient, recipients
from grader.export.selection import select
from grader.lateness import late_words
from grader.model import Result

_NOTHING = frozenset(("", "-", "–", "n/a"))
AGAIN = "another submission has given this student a grade already"


class Plan:
    """The lines of one export. `people` are the recipients of what is to leave, `everybody` those of all results."""

    def __init__(self, results: Sequence[Result], options: ExportOptions) -> None:
        self.options = options
        selection = select(results, options)
        self.results = selection.chosen
        self.people = recipients(selection.chosen, options)
        self.problems: list[str] = []
        self._files: list[Path] = []
        self._withheld = list(selection.withheld)
        self._failed = 0
        reasons = dict(selection.withheld)
        self.everybody = recipients(results, options)
        self._held = [one for one in self.everybody if one.result.submission in reasons]
        self._lines = [self._line(one, "", "", "", reasons[one.result.submission]) for one in self._held]

    def show_standing(self, mark_of: Callable[[Recipient], str]) -> None:
        """Fills in which mark stands there now of those whose results stay here."""
        for at, person in enumerate(self._held):
            line = self._lines[at]
            self._lines[at] = self._line(person, mark_of(person), "", "", line.reason)

    def hold(
        self,
        person: Recipient,
        reason: str,
        *,
        now: str = "",
        to_come: str = "",
        said: str = "",
        failed: bool = False,
    ) -> None:
        """A student whose mark stays here; `said` is what the list of the withheld says in place of id and reason."""
        self._withheld.append((person.result.submission, said or f"{person.shown}: {reason}"))
        self._lines.append(self._line(person, now, to_come, "", reason))
        self._failed += failed

    def go(self, person: Recipient, to_come: str, *, now: str = "", comment: str = "") -> None:
        """A student whose mark leaves."""
        self._lines.append(self._line(person, now, to_come, comment, ""))

    def _line(self, person: Recipient, now: str, to_come: str, comment: str, reason: str) -> Line:
        result = person.result
        standing = "" if now.strip() in _NOTHING else now.strip()
        return Line(
            result.submission,
            person.student.id,
            person.name,
            standing,
            to_come,
            comment,
            result.late,
            reason,
            late_words(result),
        )

    def needs_yes(self, now: str, to_come: str) -> str:
        """Why a mark may not be replaced without a yes; empty if it may, or if nothing is replaced."""
        if self.options.replace or now.strip() in _NOTHING or same_mark(now, to_come):
            return ""
        return f"the gradebook has {now.strip()} already; {to_come} would replace it: say --replace"

    def comment_state(self, standing: str, to_come: str) -> str:
        """What becomes of a comment cell: whatever stands there may have a person's words in it, and needs a yes."""
        if not to_come:
            return ""
        if not standing.strip():
            return "new"
        if standing.strip() == to_come.strip():
            return "same"
        return "replaced" if self.options.replace else "kept"

    def write(self, file: Path, content: bytes) -> None:
        """Writes a file, but for a preview."""
        if self.options.preview:
            return
        atomic_file.write(file, content)
        self._files.append(file)

    def report(self, *, absent: Sequence[str] = (), problems: Sequence[str] = ()) -> ExportReport:
        """The whole, in the order in which it was said; `absent` are added to those of the class list."""
        lines = tuple(self._lines)
        kept = sum(line.comment == "kept" for line in lines)
        more = (
            (f"{kept} comments of people stay as they are; --replace puts ours in their place",)
            if kept
            else ()
        )
        return ExportReport(
            files=tuple(self._files),
            rows=sum(not line.reason for line in lines),
            withheld=tuple(self._withheld),
            problems=(*self.problems, *problems, *more),
            lines=lines,
            absent=tuple(dict.fromkeys([*absent, *self._absent_members()])),
            failed=self._failed,
        )

    def _absent_members(self) -> list[str]:
        """Students of the class list that no result is of."""
        people = recipients_all(self._lines)
        return [
            f"{member.name} ({member.id})" if member.name else member.id
            for member in self.options.class_list
            if "test" not in member.keys
            and not people & {member.id.casefold(), member.email.casefold(), *member.keys.values()} - {""}
            and not self._is_here(member.id)
        ]

    def _is_here(self, identifier: str) -> bool:
        return any(person.member is not None and person.member.id == identifier for person in self.everybody)


def recipients_all(lines: Sequence[Line]) -> set[str]:
    """The identifiers of everybody a line is of, in lower case."""
    return {line.student.casefold() for line in lines if line.student}


def same_mark(one: str, other: str) -> bool:
    """Whether two cells hold the same mark: 8.50 is 8,5."""
    try:
        return abs(float(one.strip().replace(",", ".")) - float(other.strip().replace(",", "."))) < 5e-3
    except ValueError:
        return one.strip().casefold() == other.strip().casefold()
