"""Who a result goes to, under the identifiers intake saw in the LMS's own download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.export.options import ExportOptions
from grader.model import Result, Student, Value

_NUMBERS = ("user_id", "participant")  # the LMS's own number of a student, where intake knew nothing better


class Recipient(Value, frozen=True):
    """One student of one result; `student.id` is empty where the submission's students are not known."""

    result: Result
    student: Student

    def lms(self, options: ExportOptions, key: str) -> str:
        """What `ExportOptions.identities` says of this student under `key`, or nothing.

        ``key:<student id>`` goes first. Plain `key` is said of the submission: it stands for a student only
        if the result has no other, or if this is the one whose number the LMS gave.
        """
        known = options.identities.get(self.result.submission, {})
        own = known.get(f"{key}:{self.student.id}")
        if own:
            return own
        numbers = {known.get(number) for number in _NUMBERS}
        alone = len(self.result.students) <= 1 or not self.student.id or self.student.id in numbers
        return known.get(key, "") if alone else ""

    def known_id(self, options: ExportOptions) -> str:
        """The student's own identifier; empty if it is only the LMS's number, which no other file knows."""
        numbers = {self.lms(options, number) for number in _NUMBERS}
        return "" if self.student.id in numbers else self.student.id


def recipients(results: Iterable[Result]) -> Iterator[Recipient]:
    """One recipient a student; a result without students has one."""
    for result in results:
        for student in result.students or (Student(id=""),):
            yield Recipient(result=result, student=student)
