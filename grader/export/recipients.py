"""Who a result goes to, under the identifiers intake saw in the LMS's own download, or that the class list has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from grader.class_tables import ClassMember, same_name
from grader.export.options import ExportOptions
from grader.model import Result, Student, Value

# The LMS's own number of a student, where intake knew nothing better, and the system whose number it is.
_NUMBERS = {"user_id": "canvas", "participant": "moodle", "brightspace_id": "brightspace", "usr_id": "ilias"}
_NAMES = frozenset(("gradescope", "teams"))  # downloads in which a name stands where no identifier is known
# What is only one system's: under the same word another system's download may have something else.
_OF = {
    **_NUMBERS, "anonymous_id": "canvas", "entry": "canvas", "group": "moodle", "flat": "moodle", "name": "moodle",
}  # fmt: skip


class Recipient(Value, frozen=True):
    """One student of one result; `student.id` is empty where the submission's students are not known.

    `alone`: the submission has no other student. `member` is the student's row of the class list.
    """

    result: Result
    student: Student
    alone: bool = True
    member: ClassMember | None = None

    def lms(self, options: ExportOptions, key: str) -> str:
        """What `ExportOptions.identities` says of this student under `key`, else the class list, or nothing.

        ``key:<student id>`` goes first. Plain `key` is said of the submission: it stands for a student only
        if the submission has no other, or if this is the one whose number the LMS gave.
        """
        known = options.identities.get(self.result.submission, {})
        own = known.get(f"{key}:{self.student.id}") if self.student.id else None
        if own:
            return own
        if key == "username" and known.get("system") == "github-classroom":
            return self.member.keys.get(key, "") if self.member is not None else ""
        if known.get("system", _OF.get(key, "")) == _OF.get(key, known.get("system", "")):
            numbers = {known.get(number) for number in _NUMBERS}
            if (self.alone or not self.student.id or self.student.id in numbers) and known.get(key):
                return known[key]
        if self.member is not None:
            return self.member.email if key == "email" else self.member.keys.get(key, "")
        return ""

    def known_id(self, options: ExportOptions) -> str:
        """The student's own identifier; empty if it is only the LMS's number or a name, which no other file knows."""
        if self.member is not None:
            return self.member.id
        known = options.identities.get(self.result.submission, {})
        numbers = {known.get(number) for number in _NUMBERS} | {self.lms(options, n) for n in _NUMBERS}
        system = known.get("system", "")
        if system == "github-classroom":  # anybody may call themselves there by another student's user name
            numbers |= {known.get("username")}
        is_name = self.student.id == self.student.name and (" " in self.student.id or system in _NAMES)
        if self.student.id in numbers or is_name:
            return ""
        return self.student.id

    @property
    def name(self) -> str:
        """The student's name, by the class list where it knows one."""
        return (self.member.name if self.member is not None else "") or self.student.name

    def comment(self, options: ExportOptions) -> str:
        """The text for the student: the one of a group's own, else the submission's."""
        own = options.comments.get(f"{self.result.submission}:{self.student.id}", "")
        return own or options.comments.get(self.result.submission, "")

    @property
    def shown(self) -> str:
        """How to speak of the student."""
        return self.student.id or "its student"


def recipients(results: Iterable[Result], options: ExportOptions) -> tuple[Recipient, ...]:
    """One recipient a student; a result without students has one."""
    listed = list(results)
    people: dict[str, set[str]] = defaultdict(set)
    for result in listed:
        people[result.submission] |= {student.id for student in result.students}
    find = _Members(options)
    return tuple(
        find.of(Recipient(result, student, len(people[result.submission]) <= 1))
        for result in listed
        for student in result.students or (Student(id=""),)
    )


class _Members:
    """The class list by identifier, and by the numbers of systems."""

    def __init__(self, options: ExportOptions) -> None:
        self._options = options
        self._by: Mapping[tuple[str, str], list[ClassMember]] = defaultdict(list)
        for member in options.class_list:
            keys = {("id", member.id.casefold()), ("email", member.email.casefold())}
            keys |= {(kind, value) for kind, value in member.keys.items()}
            for key in keys:
                if key[1]:
                    self._by[key].append(member)

    def of(self, person: Recipient) -> Recipient:
        """The recipient with the row of the class list that is certainly theirs."""
        if not self._by or not person.student.id:
            return person
        wanted = [(kind, number) for kind in _NUMBERS if (number := person.lms(self._options, kind))]
        own = person.known_id(self._options)
        if own:
            wanted += [("id", own.casefold()), ("email", own.casefold())]
        for key in wanted:
            rows = self._by.get(key, [])
            if len(rows) == 1 and (key[0] in {"id", "email"} or _agree(rows[0].name, person.student.name)):
                return Recipient(person.result, person.student, person.alone, rows[0])
        return person


def _agree(one: str, other: str) -> bool:
    return not one or not other or same_name(one, other)
