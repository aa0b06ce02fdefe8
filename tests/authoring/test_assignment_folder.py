"""Mistakes in an assignment's folder are named with file, place and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.assignment_folder import read_assignment
from grader.errors import AssignmentError
from tests.authoring.conftest import Grader

ONE_FILE = '''
from grader.checks import Answer, Assignment, Finding, missing

lab = Assignment("one-file", title="One file")
q1 = lab.question("q1", "The question", number=1)


@q1.check("q1.answer", points=1, hint=("First step.", "Second step."))
def answer(answer: Answer) -> Finding:
    """The answer."""
    return missing("Nothing.")
'''


def test_one_file_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "lab.py"
    file.write_text(ONE_FILE)
    found = read_assignment(file)
    assert (found.id, found.points, found.reference) == ("one-file", 1, str(file))
    assert found.questions[0].checks[0].hints == ("First step.", "Second step.")


def test_what_decides_changes_the_rubric_and_samples_do_not(ovens: Path) -> None:
    before = read_assignment(ovens).rubric()
    (ovens / "samples" / "more.toml").write_text("")
    (ovens / "README.md").write_text("Another text.")
    assert read_assignment(ovens).rubric() == before
    (ovens / "data.json").write_text("{}")
    assert read_assignment(ovens).rubric() != before


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('title = "Ovens"', "", "title"),
        ('title = "Ovens"', 'title = "Ovens"\ncolour = "red"', "colour"),
        ("points = 2", 'points = "two"', "points are a number"),
        ("points = 2", "points = -2", "give 0 or more"),
        ('judge = "order"', 'judge = "oder"', "no function 'oder'"),
        ('judge = "order"', "", "say how it is judged"),
        ('judge = "order"', 'guess = "order"', "'guess' is neither"),
        ("cues = [", 'cues = ["(", ', "no regular expression"),
        ('title = "The order is chosen."', "", "give it a title"),
        ('hints = ["Name', 'hints = 5 # ["Name', "hints are texts"),
        ("[question.q1]", "[question.'q 1']", "no id"),
        ("[question.q1.check.order]", "[question.q1.check.order", "no valid TOML"),
        ("languages", 'notebook = "run_it"\nlanguages', "names no function"),
        ("languages = [", 'languages = ["xx", ', "'xx', of which there is no catalogue"),
    ],
)
def test_a_mistake_is_named(ovens: Path, was: str, now: str, said: str) -> None:
    file = ovens / "assignment.toml"
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now, 1))
    with pytest.raises(AssignmentError) as raised:
        read_assignment(ovens)
    assert said in str(raised.value)
    assert (
        "rubric.py" in str(raised.value)
        or "assignment.toml" in str(raised.value)
        or "check" in str(raised.value)
    )


def test_a_mistake_in_the_code_is_named_with_its_line(ovens: Path, grader: Grader) -> None:
    (ovens / "rubric.py").write_text("import nothing_like_it\n")
    done = grader("verify-assignment", ovens)
    assert done.status == 2
    assert "nothing_like_it" in done.out
    assert "rubric.py, line 1" in done.out


def test_what_is_no_assignment(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError, match="new-assignment"):
        read_assignment(tmp_path)
    with pytest.raises(AssignmentError, match="is not there"):
        read_assignment(tmp_path / "away")
