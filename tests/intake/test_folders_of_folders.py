"""Folders of folders: each person's work reaches one submission, and nobody's is laid to another's unsaid."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.accounts import Accounts
from grader.cli import run
from grader.intake import Intake, IntakeError, collect
from grader.intake.people import is_part

LIU = Accounts(r"[a-z]{5}\d{3}")
Take = Callable[..., Intake]


@pytest.fixture
def term(tmp_path: Path) -> Path:
    return tmp_path / "term"


@pytest.fixture
def take(tmp_path: Path, term: Path) -> Take:
    def run(*names: str, empty: tuple[str, ...] = (), **options: object) -> Intake:
        for name in names:
            (term / name).parent.mkdir(parents=True, exist_ok=True)
            (term / name).write_text(name)
        for name in empty:
            (term / name).mkdir(parents=True)
        return collect([term], tmp_path / "work", accounts=LIU, **options)  # type: ignore[arg-type]  # passed through

    return run


def found(intake: Intake) -> dict[str, set[str]]:
    return {one.id: {file.name for file in one.files} for one in intake.submissions}


def test_two_groups_of_two(take: Take) -> None:
    intake = take(
        "groupA/anna/report.md", "groupA/bo/report.md", "groupB/cia/report.md", "groupB/dan/report.md"
    )
    assert found(intake) == {
        f"group{group}-{name}": {"report.md"}
        for group, name in (("A", "anna"), ("A", "bo"), ("B", "cia"), ("B", "dan"))
    }
    assert intake.problems == ()


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        # shelves by seminar group, with students' user names in them
        (("g1/annex123/r.md", "g1/bovpr456/r.md", "g2/ciaex789/r.md"), {"annex123", "bovpr456", "ciaex789"}),
        (("g1/annex123/r.md", "g1/bovpr456/r.md", "evaex111/r.md"), {"annex123", "bovpr456", "evaex111"}),
        # a shelf within a shelf, and one that only wraps
        (("2026/A/anna/r.md", "2026/A/bo/r.md", "2026/B/cia/r.md", "2026/B/dan/r.md"), {"A-anna", "A-bo", "B-cia", "B-dan"}),
        (("A/handed in/anna/r.md", "A/handed in/bo/r.md", "B/cia/r.md"), {"A-anna", "A-bo", "B-cia"}),
        # notebooks alone, archives alone, pictures beside
        (("A/anna/lab.ipynb", "A/bo/lab.ipynb"), {"anna", "bo"}),
        (("A/anna/r.md", "A/anna/figures/x.png", "A/bo/r.md", "A/bo/code/a.py", "B/cia/r.md"), {"A-anna", "A-bo", "B-cia"}),
        # one shelf has only one, or somebody with nothing to read
        (("A/anna/r.md", "A/bo/r.md", "B/cia/r.md"), {"A-anna", "A-bo", "B-cia"}),
        (("A/anna/r.md", "A/bo/r.md", "B/cia/r.md", "B/dan/photo.jpg"), {"A-anna", "A-bo", "B-cia", "B-dan"}),
        # files named by their students in each shelf
        (("A/annex123.pdf", "A/bovpr456.pdf", "B/ciaex789.pdf"), {"annex123", "bovpr456", "B"}),
        (("A/README.md", "A/anna/r.md", "A/bo/r.md", "B/cia/r.md", "B/dan/r.md"), {"A-anna", "A-bo", "B-cia", "B-dan"}),
    ],
)  # fmt: skip
def test_shelves_are_taken_apart(take: Take, names: tuple[str, ...], wanted: set[str]) -> None:
    assert set(found(take(*names))) == wanted


@pytest.mark.parametrize(
    "names",
    [
        ("anna/report.pdf", "anna/figures/plot.png", "anna/code/lab.ipynb"),
        ("anna/src/lab.ipynb", "anna/latex/report.tex", "anna/attachments/readme.txt"),
        ("anna/latex/report.tex", "anna/latex/report.pdf", "anna/pdf/report.pdf"),
        ("anna/draft/report.md", "anna/final version/report.md"),
        ("anna/Question 1/q1.pdf", "anna/Question 2/q2.pdf", "anna/del 3/svar.pdf"),
        ("anna/lab3/report.md", "anna/lab3/code/lab.ipynb"),
        ("anna/My project/deep/report.md",),
        ("anna/report.md", "anna/colab/lab.ipynb", "anna/data/notes.txt"),
        ("annex123/theory/report.md", "annex123/practice/report.md"),
        ("annex123/report.md", "annex123/annex123 lab/lab.ipynb"),
        ("annex123-bovpr456/annex123/report.md", "annex123-bovpr456/bovpr456/report.md"),
        ("Anna Ek/Anna Ek rapport.pdf", "Anna Ek/Anna Ek extra.pdf"),
        ("anna/rapport.pdf", "anna/rapport v2.docx", "anna/svar lab 3.pdf"),
    ],
)
def test_a_students_own_folder_stays_whole(take: Take, names: tuple[str, ...]) -> None:
    intake = take(*names, "other/report.md", "third/report.md")
    (label,) = {name.partition("/")[0] for name in names}
    (own,) = (one for one in intake.submissions if one.lms.get("original", one.id) == label)
    assert {file.name for file in own.files} == {name.partition("/")[2] for name in names}
    assert own.remarks == ()
    assert intake.problems == ()


@pytest.mark.parametrize(
    ("names", "named"),
    [
        (("A/anna.pdf", "A/bo.pdf"), "anna and bo"),
        (("A/anna/report.pdf", "A/bo/lab.ipynb"), "anna and bo"),
        (("A/report.pdf", "A/bo/report.pdf"), "bo and report"),
        (("A/reports/anna.pdf", "A/reports/bo.pdf", "A/code/lab.ipynb"), "reports/anna and reports/bo"),
        (("annex123/report.pdf", "annex123/bovpr456/report.pdf"), "bovpr456"),
        (("A/anna/report.pdf", "A/dan/photo.jpg"), "anna and dan"),
        (("A/report annex123.pdf", "A/lab bovpr456.ipynb"), "lab bovpr456 and report annex123"),
        (("A/anna.zip", "A/bo.zip"), "anna and bo"),
    ],
)
def test_what_may_be_several_peoples_is_said(take: Take, names: tuple[str, ...], named: str) -> None:
    intake = take(*names, "eva/report.pdf", "fia/report.pdf", "gun/report.pdf")
    (told,) = (one for one in intake.submissions if one.remarks)
    assert len(told.files) == len(names)
    assert f"but {named} in it may be different people's" in told.remarks[0]
    assert intake.problems == told.remarks


def test_a_groups_archive_with_two_peoples_work_is_said(take: Take, term: Path) -> None:
    term.mkdir()
    with zipfile.ZipFile(term / "A.zip", "w") as archive:
        archive.writestr("anna/report.md", "x")
        archive.writestr("bo/report.md", "x")
    intake = take("eva.md")
    (told,) = intake.problems
    assert "anna" in told
    assert "bo" in told


@pytest.mark.parametrize(
    "names",
    [
        ("A/report.md", "A/anna/report.md", "A/bo/report.md", "eva/report.md"),
        ("A/anna/report.md", "A/bo/report.md", "eva/report.md", "fia/report.md", "gun/report.md"),
    ],
)
def test_where_only_a_person_can_say_it_is_asked(take: Take, names: tuple[str, ...]) -> None:
    with pytest.raises(IntakeError) as told:
        take(*names)
    for words in ("term/A", "anna and bo", "--depth 1", "--depth 2", "'term/A/anna' 'term/A/bo'"):
        assert words in str(told.value)
    one = take(*names, depth=1)
    assert len(one.submissions) == len({name.partition("/")[0] for name in names})
    assert len(one.problems) == 1
    two = take(*names, depth=2)
    assert {"A-anna", "A-bo"} <= set(found(two))
    assert not any("may be different" in problem for problem in two.problems)


def test_depth_goes_before_what_it_looks_like(take: Take) -> None:
    names = ("A/anna/lab/report.md", "A/bo/report.md", "B/cia/report.md", "eva/report.md", "loose.md")
    assert set(found(take(*names, depth=1))) == {"A", "B", "eva", "loose"}
    assert set(found(take(*names, depth=2))) == {"A-anna", "A-bo", "B-cia", "eva", "loose"}
    with pytest.raises(IntakeError, match="depth of 0"):
        take(*names, depth=0)


def test_the_folders_that_were_asked_for_keep_their_names(term: Path, tmp_path: Path, take: Take) -> None:
    take("A/anna/report.md", "A/anna/figures/x.png", "A/dan/rapport.docx", "A/dan/lab.ipynb", depth=1)
    intake = collect([term / "A/anna", term / "A/dan"], tmp_path / "again", accounts=LIU)
    assert found(intake) == {"anna": {"report.md", "figures/x.png"}, "dan": {"rapport.docx", "lab.ipynb"}}


def test_the_command_asks_and_takes_a_depth(
    term: Path,
    take: Take,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = ("A/report.md", "A/anna/report.md", "A/bo/report.md")
    take(*names, depth=1)
    arguments = ["grader", "grade", str(term), "--out", str(tmp_path / "out"), "--no-execute"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as asked:
        run()
    assert asked.value.code == 2
    assert "--depth 2" in capsys.readouterr().err


def test_what_lies_beside_the_submissions_of_a_shelf_is_listed(take: Take) -> None:
    intake = take(
        "A/anna/r.md",
        "A/bo/r.md",
        "A/figures/x.png",
        "A/roster.csv",
        "B/cia/r.md",
        "B/dan/r.md",
        empty=("B/eva",),
    )
    assert {one.path for one in intake.unplaced} == {"A/figures/x.png", "A/roster.csv"}
    assert found(intake)["B-eva"] == set()


@pytest.mark.parametrize(
    "name", ["anna", "My", "Mina", "Del", "Åsa", "bo vik", "group 1", "Grupp B", "lab anna", "1", ""]
)
def test_names_of_people_and_groups(name: str) -> None:
    assert not is_part(name)


PEOPLE = (
    "anna",
    "Bo",
    "cia",
    "Dan Ek",
    "eva_lund",
    "Fia",
    "gun",
    "Hugo",
    "ida",
    "Joel",
    "annex123",
    "bovpr456",
    "ciaex789",
)
SHELVES = ("A", "groupA", "Group 2", "monday", "seminar-3", "term", "handins")
PARTS = ("figures", "code", "src", "latex", "attachments", "Lab 3", "my code")


@st.composite
def works(draw: st.DrawFn, person: str) -> list[str]:
    """What one person handed in: a report, perhaps a notebook and a part, in a folder of their own or loose."""
    shape = draw(st.sampled_from(("loose", "folder", "folder", "deep")))
    if shape == "loose":
        return [f"{person}.md", *([f"{person}.ipynb"] if draw(st.booleans()) else [])]
    part = draw(st.sampled_from(PARTS))
    names = [f"{person}/{part}/report.md" if shape == "deep" else f"{person}/report.md"]
    if draw(st.booleans()):
        names.append(f"{person}/{part}/{draw(st.sampled_from(('plot.png', 'lab.ipynb', 'a.py')))}")
    return names


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """Files of several people by name, each with its owner, on shelves of up to three levels."""
    tree: dict[str, str] = {}
    people = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=8, unique=True))
    shelves = draw(st.lists(st.lists(st.sampled_from(SHELVES), max_size=3), min_size=1, max_size=4))
    for person in people:
        shelf = draw(st.sampled_from(shelves))
        for name in draw(works(person)):
            tree["/".join([*shelf, name])] = person
    return tree


def placed(intake: Intake) -> Iterator[Path]:
    for one in intake.submissions:
        yield from (file.path for file in one.files)


@example(tree={"groupA/anna.md": "anna", "groupA/groupA/Bo.md": "Bo"}, depth=None, packed=False)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees(), depth=st.none() | st.integers(1, 3), packed=st.booleans())
def test_nobodys_work_is_laid_to_another_unsaid(
    tree: dict[str, str], depth: int | None, packed: bool
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch) / "class"
        source = top
        for name, owner in tree.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(owner)
        if packed:
            source = Path(scratch) / "class.zip"
            with zipfile.ZipFile(source, "w") as archive:
                for name, owner in tree.items():
                    archive.writestr(name, owner)
        try:
            intake = collect([source], Path(scratch) / "work", accounts=LIU, depth=depth)
        except IntakeError:
            assert depth is None
            return
        assert len(list(placed(intake))) + len(intake.unplaced) == len(tree)
        owners = Counter(path.read_text() for path in placed(intake) if path.suffix == ".md")
        assert owners == Counter(owner for name, owner in tree.items() if name.endswith(".md"))
        for one in intake.submissions:
            reports = {file.path.read_text() for file in one.files if file.path.suffix == ".md"}
            if len(reports) > 1:
                assert one.remarks, (sorted(tree), one.id)
                assert one.remarks[0] in intake.problems
