"""Late work from the command line: a deadline, who missed it, and a rule that costs nothing in silence."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main

REPORT = (
    "# Question 1\n\ngradient = tape.gradient(loss, parameters)\n\n# Question 2\n\n784*128 + 128 = 100480\n"
)
TIMES = {
    "annex123": "2026-11-20-23-58-00",
    "berni456": "2026-11-21-00-02-00",
    "carmo310": "2026-11-22-12-00-00",
}


def grader(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def download(tmp_path: Path) -> Path:
    """A download of Blackboard, whose names have the time in them, without a zone."""
    path = tmp_path / "gradebook.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, at in TIMES.items():
            archive.writestr(f"Lab 6_{name}_attempt_{at}_report.md", REPORT)
            archive.writestr(
                f"Lab 6_{name}_attempt_{at}.txt",
                f"Name: {name.title()} ({name})\nAssignment: Lab 6\n\nSubmission Field:\nThere is no student submission "
                "text data for this assignment.\n\nComments:\nThere are no student comments for this assignment.\n\n"
                f"Files:\n\tOriginal filename: report.md\n\tFilename: Lab 6_{name}_attempt_{at}_report.md\n",
            )
    return path


def table(folder: Path) -> dict[str, dict[str, str]]:
    text = (folder / "grades.csv").read_text(encoding="utf-8")
    return {row["submission"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_deadline_a_rule_and_what_it_costs_everywhere(download: Path, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    first = grader("grade", download, "--out", out, "--no-execute")
    assert first.exit_code == 0, first.output
    assert [row["late"] for row in table(out).values()] == ["no"] * 3

    again = grader("grade", download, "--out", out, "--no-execute", "--deadline", "2026-11-20T23:59+01:00")
    assert "0 graded, 3 unchanged" in again.output, "another deadline is no reason to grade anything again"
    assert "Late: berni456, carmo310" in again.output
    assert "Deadline: 2026-11-20 23:59 +01:00" in again.output
    before = table(out)
    assert [row["late"] for row in before.values()] == ["no", "yes", "yes"]
    assert "late_points" not in before["annex123"], "nothing is lost without a rule"
    line = json.loads((out / "results.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert line["late"] is True
    assert line["late_reason"].startswith("Handed in 2 minutes")

    # Without the option the folder's own deadline stands.
    grader("grade", download, "--out", out, "--no-execute", "--quiet")
    assert table(out) == before

    rule = grader("late", out, "--points", "-0.5", "--per", "day", "--at-most", "3", "--by", "tina")
    assert "0.5 points off for each begun day, 3 at most (by tina" in rule.output
    after = table(out)
    for name, lost in (("annex123", 0.0), ("berni456", 0.5), ("carmo310", 1.0)):
        assert float(after[name]["total"]) == float(before[name]["total"]) - lost
        assert float(after[name]["before_late"]) == float(before[name]["total"])
        assert float(after[name]["late_points"]) == -lost
        for page in ("feedback", "staff"):
            text = (out / page / f"{name}.html").read_text(encoding="utf-8")
            assert ("Late work loses points" in text) == bool(lost)
    index = (out / "index.html").read_text(encoding="utf-8")
    assert index.count("late: ") == 2
    assert re.search(r"late: (\d+) - 1 = \d+", index)
    exported = grader("export", out, "--to", "csv", "--include-review")
    assert "late: berni456: Handed in 2 minutes after the deadline" in exported.output
    assert "- 0.5 =" in exported.output

    # What was released leaves as the student reads it, whatever rule comes later, until it is released again.
    grader("decide", out, "berni456", "q3", "fail", "--quiet")
    grader("release", out, "berni456", "--quiet")
    released = (out / "feedback" / "berni456.html").read_bytes()
    grader("late", out, "--points", "2", "--quiet")
    grader("export", out, "--to", "csv", "--quiet")
    with (out / "export" / "grades.csv").open(encoding="utf-8") as stream:
        assert {row["late_points"] for row in csv.DictReader(stream)} == {"-0.5"}
    assert (out / "feedback" / "berni456.html").read_bytes() == released
    grader("release", out, "berni456", "--take-back", "--quiet")
    grader("late", out, "--points", "0.5", "--at-most", "3", "--quiet")
    after = table(out)

    # Graded again the same, and without the rule as it was.
    grader("grade", download, "--out", out, "--no-execute", "--quiet")
    assert table(out) == after
    grader("late", out, "--points", "0", "--quiet")
    assert {name: row["total"] for name, row in table(out).items()} == {
        name: row["total"] for name, row in before.items()
    }
    told = json.loads(grader("late", out, "--json").output)
    assert (told["rule"], [one["submission"] for one in told["late"]]) == (None, ["berni456", "carmo310"])


def test_what_the_lms_marks_late_costs_nothing_that_is_counted_by_time(tmp_path: Path) -> None:
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    for name in ("anderssonanna_LATE_1101_60001_report.md", "bergbo_1102_60002_report.md"):
        (handed_in / name).write_text(REPORT, encoding="utf-8")
    out = tmp_path / "graded"
    done = grader("grade", handed_in, "--from", "canvas", "--out", out, "--no-execute")
    late = [name for name, row in table(out).items() if row["late"] == "yes"]
    assert len(late) == 1, done.output
    rule = grader("late", out, "--points", "1")
    assert "How late is not" in rule.output
    assert "late_points" not in table(out)[late[0]]
    exported = grader("export", out, "--to", "csv", "--include-review")
    assert "it is not known how late these are" in exported.output
    grader("late", out, "--points", "10%", "--per", "once")
    assert float(table(out)[late[0]]["late_points"]) < 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--deadline", "tomorrow"), "is no deadline"),
        (("--deadline", "2026-11-20 23:59 Nowhere/Land"), "no time zone"),
    ],
)
def test_a_deadline_that_is_none_is_wrong_usage(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = grader("grade", tmp_path, *arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_requests_by_csv_become_items_and_a_decision_answers_them(download: Path, tmp_path: Path) -> None:
    out = tmp_path / "graded"
    grader("grade", download, "--out", out, "--no-execute", "--quiet")
    asked = tmp_path / "requests.csv"
    asked.write_bytes(
        "student;check;text\nannex123;q1.expression;Var snäll och titta igen\nBERNI456;;Alltihop\nnobody;;x\ncarmo310;q9;y\n"
        "carmo310;q2;\n".encode("cp1252")
    )
    done = grader("requests", out, "--from", asked, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["added"]) == (1, 2)
    assert [sentence.partition(": ")[0] for sentence in told["refused"]] == [
        "requests.csv, line 4", "requests.csv, line 5", "requests.csv, line 6",
    ]  # fmt: skip
    assert told["requests"][0]["text"] == "Var snäll och titta igen"
    assert json.loads(grader("requests", out, "--from", asked, "--json").stdout)["added"] == 0, "once"
    decided = grader("decide", out, "annex123", "q1.expression", "pass", "--json")
    number = json.loads(decided.stdout)["decided"][0]
    closed = json.loads(grader("requests", out, "--json").stdout)["requests"]
    assert [bool(one["closed"]) for one in closed] == [True, False]
    grader("decide", out, "--undo", str(number))
    opened = json.loads(grader("requests", out, "--json").stdout)["requests"]
    assert [bool(one["closed"]) for one in opened] == [False, False]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    assert "must name the columns" in grader("requests", out, "--from", wrong).output
