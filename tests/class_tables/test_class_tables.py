"""Tables as people save them, and class lists in six languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.accounts import Accounts
from grader.class_tables import is_ladok_id, members_in, read_csv, same_name
from grader.intake.entries import Placement
from grader.intake.roster import Roster, read_roster
from grader.model import Student

_CELL = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


@given(
    rows=st.lists(st.tuples(_CELL, _CELL, _CELL), max_size=6),
    encoding=st.sampled_from(_ENCODINGS),
    separator=st.sampled_from(",;\t"),
    told=st.booleans(),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
)
def test_a_table_is_read_as_it_was_saved(
    rows: list[tuple[str, str, str]], encoding: str, separator: str, told: bool, quoting: int
) -> None:
    rows = [("LiU-ID", "Namn", "E-post"), *rows]
    out = io.StringIO(newline="")
    if told:
        out.write(f"sep={separator}\r\n")
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    found = read_csv(out.getvalue().encode(encoding))
    assert found.rows == tuple(row for row in rows if any(cell.strip() for cell in row))
    assert (found.separator, found.told) == (separator, told)


@given(content=st.binary(max_size=200))
def test_no_bytes_are_too_odd_to_be_answered(content: bytes) -> None:
    table = read_csv(content)
    members_in(table, Accounts())


@pytest.mark.parametrize(
    "headings",
    [
        "Username,Full name,Email address,Group",
        "Användarnamn;Fullständigt namn;E-postadress;Grupp",
        "Benutzername;Vollständiger Name;E-Mail-Adresse;Gruppe",
        "Nom d'utilisateur;Nom complet;Adresse de courriel;Groupe",
        "Gebruikersnaam;Volledige naam;E-mailadres;Groep",
        "Brukernavn;Fullt navn;E-postadresse;Gruppe",
    ],
)
def test_class_lists_in_six_languages(headings: str, tmp_path: Path) -> None:
    separator = ";" if ";" in headings else ","
    path = tmp_path / "list.csv"
    path.write_text(f"{headings}\n{separator.join(('annex123', 'Anna Exempel', 'a@example.org', 'Lag 1'))}\n")
    (row,) = read_roster(path, Accounts()).rows
    assert (row.id, row.name, row.email, row.group) == ("annex123", "Anna Exempel", "a@example.org", "Lag 1")


def joined(tmp_path: Path, text: str, *placements: Placement) -> tuple[list[list[str]], list[str]]:
    path = tmp_path / "list.csv"
    path.write_text(text)
    roster: Roster = read_roster(path, Accounts())
    found, doubts = roster.join(placements)
    return [[student.id for student in one.students] for one in found], doubts


def handed_in(number: str, name: str, system: str) -> Placement:
    return Placement(
        label=f"{name}_{number}", entries=(), students=(Student(number, name),), lms={"system": system}
    )


def test_namesakes_are_joined_by_number_or_left_open(tmp_path: Path) -> None:
    two = handed_in("1011", "anderssonanna", "canvas"), handed_in("1012", "anderssonanna", "canvas")
    names = 'login,name\nannan666,"Andersson, Anna"\n'
    found, doubts = joined(tmp_path, names, *two)
    assert found == [["1011"], ["1012"]]
    assert len(doubts) == 2
    found, _ = joined(tmp_path, names, two[0])
    assert found == [["annan666"]]
    numbers = 'Student,ID,SIS Login ID,Section\n"Andersson, Anna",1012,annan777,A\n'
    found, doubts = joined(tmp_path, numbers, *two)
    assert found == [["1011"], ["annan777"]]
    assert len(doubts) == 1


def test_words_that_run_together_are_not_one_name(tmp_path: Path) -> None:
    found, _ = joined(
        tmp_path, "login,name\nannab111,Ann Aberg\n", handed_in("7", "Anna Berg", "brightspace")
    )
    assert found == [["7"]]


def test_names_lose_punctuation_and_order_and_stay_the_same() -> None:
    assert same_name("Mary OBrien", "Mary O'Brien")
    assert same_name("Exempel, Anna", "Anna Exempel")
    assert not same_name("Labbgrupp 7", "Jürgen Groß")
    assert not same_name("", "Anna")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("19990101-1234", True), ("990101-1234", True), ("9901011234", True), ("20000229T123", True),
        ("0a1b2c3d-1111-2222-3333-444455556666", True), ("annex123", False), ("12345", False), ("", False),
    ],
)  # fmt: skip
def test_what_ladok_takes(text: str, taken: bool) -> None:
    assert is_ladok_id(text) is taken
