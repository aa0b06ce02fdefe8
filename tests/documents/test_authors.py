"""Authors sign at the beginning, in many ways."""

import pytest

from grader.accounts import Accounts
from grader.documents.authors import authors
from grader.documents.core.document import Block, BlockKind, Document, Place
from grader.model import Student

LIU = Accounts(r"[a-z]{5}\d{3}")


def report(*texts: str, kind: BlockKind = BlockKind.PROSE) -> Document:
    return Document(
        "report.md", "markdown", tuple(Block(kind, text, Place("report.md", "line 1")) for text in texts)
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("TDDC17 Lab 6 Report.", "Anna Exempel (annex123)"), [("annex123", "Anna Exempel")]),
        (
            ("Anna Exempel annex123, Bo von Prov bovpr456",),
            [("annex123", "Anna Exempel"), ("bovpr456", "Bo von Prov")],
        ),
        (("annex123",), [("annex123", "")]),
        (
            ("Authors:\nÅsa Öberg-Ek <asaob111>\nErik Test <erite222>",),
            [("asaob111", "Åsa Öberg-Ek"), ("erite222", "Erik Test")],
        ),
        (("Question 1", "annex123 wrote this"), []),
        (("The variable dense123x and DENSE123 are no users",), []),
    ],
)
def test_signatures(texts: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert authors([report(*texts)], LIU) == tuple(Student(user, name) for user, name in expected)


def test_code_signs_nothing() -> None:
    assert authors([report("layer123 = 5", kind=BlockKind.CODE)], LIU) == ()


def test_without_a_pattern_nobody_is_named() -> None:
    assert authors([report("Anna Exempel (annex123)")], Accounts()) == ()


def test_another_universitys_user_names() -> None:
    signed = authors([report("Anna Exempel, s1234567", "Bo Prov s7654321")], Accounts(r"s\d{7}"))
    assert [student.id for student in signed] == ["s1234567", "s7654321"]
