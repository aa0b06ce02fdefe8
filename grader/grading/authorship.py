"""Whose submission it is: who handed it in, and whom the report names besides."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.accounts import Accounts
from grader.documents.authors import authors
from grader.documents.core.document import Document
from grader.model import Flag, Student, Submission


def with_authors(
    submission: Submission, documents: Sequence[Document], accounts: Accounts
) -> tuple[Submission, tuple[Flag, ...]]:
    """The submission with the co-authors that its report names.

    Whoever handed it in stays; a report that names only others is flagged, and nobody is added. What an LMS gave out
    without names is marked without names: nobody is added then, whoever signed it.
    """
    if submission.lms.get("system") and not submission.students:
        return submission, ()
    signed = authors(documents, accounts)
    known = {_account(student): student for student in submission.students}
    if not signed or (known and all(account.isdecimal() for account in known)):
        return submission, ()  # an LMS's own numbers cannot be compared with what stands in a report
    if known and not any(_account(student) in known for student in signed):
        names = ", ".join(student.id for student in signed)
        handed_in = ", ".join(student.id for student in submission.students)
        return submission, (
            Flag("other-author", f"The report is signed by {names}, but was handed in by {handed_in}."),
        )
    for student in signed:
        account = _account(student)
        if account not in known:
            known[account] = student
        elif not known[account].name:
            known[account] = msgspec.structs.replace(known[account], name=student.name)
    return msgspec.structs.replace(submission, students=tuple(known.values())), ()


def _account(student: Student) -> str:
    """What two ways to write one student have in common: ``annex123`` and ``annex123@student.example.se``."""
    return student.id.partition("@")[0].strip().casefold()
