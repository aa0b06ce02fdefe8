"""A person decides by script: what is decided is kept, undone by a new row, released, and leaves with the export."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main

REPORT = """# Question 1

gradient = tape.gradient(loss, parameters)

# Question 2

784*128 + 128 = 100480

# Question 3

{figures}

{choice}
"""
FIGURES = "Batch size\tTime (s)\tAccuracy\n1\t118\t0.8124\n10\t13\t0.8251\n100\t3\t0.8185\n1000\t1\t0.7097\n60000\t1\t0.1000"
DOUBTFUL = "We plotted it. One could think of 10 or of 100, each in its own way; the batch size of choice depends on many things."


def grader(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    for name in ("annex123", "berni456"):
        (handed_in / f"{name}.md").write_text(
            REPORT.format(figures=FIGURES, choice=DOUBTFUL), encoding="utf-8"
        )
    assert grader("grade", handed_in, "--out", tmp_path / "graded", "--no-execute", "--quiet").exit_code == 0
    return tmp_path / "graded"


def line_of(folder: Path, name: str) -> dict[str, object]:
    lines = map(json.loads, (folder / "results.jsonl").read_text(encoding="utf-8").splitlines())
    found: dict[str, object] = next(line for line in lines if line["submission"] == name)
    return found


def open_ones(folder: Path, name: str) -> list[str]:
    questions = line_of(folder, name)["questions"]
    assert isinstance(questions, list)
    return [
        check["id"]
        for question in questions
        for check in question["checks"]
        if check["verdict"] == "review" and check["max"] > 0
    ]


def test_the_whole_story(graded: Path) -> None:
    doubts = open_ones(graded, "annex123")
    assert doubts, "the report is written to leave a doubt"
    before = float(str(line_of(graded, "annex123")["points"]))
    withheld = grader("export", graded, "--to", "csv")
    assert "withheld: annex123" in withheld.output

    for doubt in doubts:
        done = grader(
            "decide", graded, "annex123", doubt, "pass", "--comment", "Well argued.", "--by", "tina"
        )
        assert done.exit_code == 0, done.output
    after = line_of(graded, "annex123")
    assert after["status"] == "graded"
    assert float(str(after["points"])) > before
    assert open_ones(graded, "annex123") == doubts, "automatic verdicts stay beside what was decided"
    assert "Well argued." in (graded / "staff" / "annex123.html").read_text(encoding="utf-8")
    assert "Well argued." not in (graded / "feedback" / "annex123.html").read_text(encoding="utf-8")

    assert grader("release", graded, "annex123", "--by", "tina").exit_code == 0
    assert "Well argued." in (graded / "feedback" / "annex123.html").read_text(encoding="utf-8")
    exported = grader("export", graded, "--to", "csv")
    assert "withheld: berni456: not released" in exported.output
    table = (graded / "export" / "grades.csv").read_text(encoding="utf-8")
    (row,) = csv.DictReader(table.splitlines())
    assert float(row["total"]) == float(str(after["points"]))

    # A comment that comes after the release is read at the next one.
    grader("decide", graded, "annex123", "q1", "--comment", "One thing more.")
    assert "One thing more." not in (graded / "feedback" / "annex123.html").read_text(encoding="utf-8")
    grader("release", graded, "annex123")
    assert "One thing more." in (graded / "feedback" / "annex123.html").read_text(encoding="utf-8")

    rows = [json.loads(text) for text in grader("decisions", graded, "--json").output.splitlines()]
    assert [row["by"] for row in rows[: len(doubts)]] == ["tina"] * len(doubts)
    assert rows[0]["before"].startswith("review")
    assert grader("decide", graded, "--undo", str(rows[0]["id"])).exit_code == 0
    assert line_of(graded, "annex123")["status"] == "review"
    again = grader("decide", graded, "--undo", str(rows[0]["id"]))
    assert again.exit_code == 1
    assert "taken back already" in again.output
    assert len(grader("decisions", graded, "--json").output.splitlines()) == len(rows) + 1


def test_a_decision_outlives_grading_again_and_falls_with_its_evidence(graded: Path, tmp_path: Path) -> None:
    doubt = open_ones(graded, "annex123")[0]
    grader("decide", graded, "annex123", doubt, "fail")
    grader("grade", tmp_path / "in", "--out", graded, "--no-execute", "--quiet")
    decisions = line_of(graded, "annex123")["decisions"]
    assert isinstance(decisions, list)
    assert [one["valid"] for one in decisions] == [True]

    other = DOUBTFUL.replace("many things", "a great many things")
    (tmp_path / "in" / "annex123.md").write_text(
        REPORT.format(figures=FIGURES, choice=other), encoding="utf-8"
    )
    grader("grade", tmp_path / "in", "--out", graded, "--no-execute", "--quiet")
    decisions = line_of(graded, "annex123")["decisions"]
    assert isinstance(decisions, list)
    assert [one["valid"] for one in decisions] == [False]
    assert line_of(graded, "annex123")["status"] == "review"
    page = (graded / "staff" / "annex123.html").read_text(encoding="utf-8")
    assert "The work has changed since it was decided" in page


def test_decisions_from_a_table(graded: Path, tmp_path: Path) -> None:
    table = tmp_path / "decisions.csv"
    table.write_text(
        "submission,check,verdict,points,comment\n"
        'annex123,q3,partial,"2,5",From the table\n'
        "nobody,q3,pass,,\n"
        "berni456,q3.choice,perhaps,,\n"
        "berni456,q3.choice,pass,9,\n"
        "berni456,,,,A word to both\n",
        encoding="utf-8",
    )
    done = grader("decide", graded, "--from", table, "--by", "tina")
    assert done.exit_code == 1
    assert "line 3" in done.output
    assert "nobody" in done.output
    assert "perhaps" in done.output
    assert "9 points are not between 0 and 0.5" in done.output
    rows = [json.loads(text) for text in grader("decisions", graded, "--json").output.splitlines()]
    assert [(row["submission"], row["check"], row["points"]) for row in rows] == [
        ("annex123", "q3", 2.5),
        ("berni456", "", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("annex123", "q9", "pass"), "has no check 'q9'"),
        (("annex123", "q3.choice", "partial"), "needs its points"),
        (("annex123", "q3.choice", "review"), "not for a person to say"),
        (("annex123", "q3.choice", "pass", "--student", "carl"), "handed in by"),
        (("annex123", "", "pass"), "of the whole there is only a comment"),
        (("annex123", "q3.choice"), "say a verdict"),
        (("carl", "q3.choice", "pass"), "holds no submission 'carl'"),
    ],
)
def test_what_cannot_stand_is_refused_with_a_sentence(
    graded: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = grader("decide", graded, *arguments)
    assert done.exit_code == 1, done.output
    assert words in done.output
    assert grader("decisions", graded, "--json").output == ""


def test_release_of_all_lists_what_waits(graded: Path) -> None:
    done = grader("release", graded, "--all")
    assert done.exit_code == 0
    assert "withheld: annex123: a person has to decide on" in done.output
