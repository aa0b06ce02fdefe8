"""Every file that may hold an answer is read; where one cannot be, a person looks, and nothing is taken for missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.assignment_finding import load
from grader.documents.scans.ocr import available
from grader.grading.grading import grade
from grader.intake import collect
from grader.model import Result, Status, Verdict

CURVES = Path(__file__).parent / "renderings" / "sources" / "curves.png"
REPORT = """# Question 1

```python
gradient = tape.gradient(loss, parameters)
```

# Question 2

28 * 28 * 128 + 128 = 100480
"""


def graded(folder: Path, **files: bytes | str) -> Result:
    own = folder / "in" / "stude001"
    own.mkdir(parents=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (own / name.replace("__", ".")).write_bytes(data)
    (submission,) = collect([own.parent], folder / "work", accounts=load().accounts).submissions
    return grade(submission, load(), rubric="test").result


def verdicts(result: Result) -> dict[str, Verdict]:
    return {check.id: check.verdict for question in result.questions for check in question.checks}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report__doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 4_000),
        ("report__docx", b"PK\x03\x04 cut off in the middle"),
        ("report__pdf", b"%PDF-1.7 nothing that a reader could use"),
        ("report__pages", b"PK\x03\x04 what a Mac saves"),
        ("report__rar", b"Rar!\x1a\x07\x00 something"),
    ],
)
def test_a_report_that_cannot_be_opened_is_for_a_person(tmp_path: Path, name: str, content: bytes) -> None:
    result = graded(tmp_path, **{name: content})
    assert result.status is Status.REVIEW
    assert {question.verdict for question in result.questions} == {Verdict.REVIEW}
    assert "unread-file" in {flag.id for flag in result.flags}
    (file,) = result.files
    assert file.note


def test_what_the_readable_file_shows_stays_judged(tmp_path: Path) -> None:
    result = graded(tmp_path, report__md=REPORT, appendix__docx=b"PK\x03\x04 cut off")
    found = verdicts(result)
    assert found["q1.expression"] is Verdict.PASS
    assert found["q2.derivation"] is Verdict.PASS
    assert found["q3.table"] is Verdict.REVIEW


def test_an_empty_file_leaves_nothing_open(tmp_path: Path) -> None:
    result = graded(tmp_path, report__txt="  \n\n")
    assert result.status is Status.GRADED
    assert {question.verdict for question in result.questions} == {Verdict.MISSING}
    assert "empty" in result.files[0].note


def test_code_handed_in_as_a_script_counts(tmp_path: Path) -> None:
    result = graded(
        tmp_path,
        report__txt="Question 1: see the script.\n",
        lab__py="gradient = tape.gradient(loss, parameters)\n",
    )
    assert verdicts(result)["q1.expression"] is Verdict.PASS


@pytest.mark.skipif(not available(), reason="the extra `ocr` is not installed")
def test_a_plot_beside_a_report_that_cannot_hold_pictures_counts(tmp_path: Path) -> None:
    text = REPORT + "\n# Question 3\n\nThe curves are in the picture.\n"
    alone = verdicts(graded(tmp_path / "alone", report__txt=text))
    beside = verdicts(graded(tmp_path / "beside", report__txt=text, curves__png=CURVES.read_bytes()))
    assert alone["q3.plot"] is Verdict.MISSING
    assert beside["q3.plot"] is Verdict.PASS


def test_a_picture_that_the_report_shows_is_read_once(tmp_path: Path) -> None:
    shown = REPORT + "\n# Question 3\n\n![curves](curves.png)\n"
    result = graded(tmp_path, report__md=shown, curves__png=CURVES.read_bytes())
    places = [
        evidence.source
        for question in result.questions
        for check in question.checks
        if check.id == "q3.plot"
        for evidence in check.evidence
    ]
    assert places == ["report.md"]
