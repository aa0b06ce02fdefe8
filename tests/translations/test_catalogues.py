"""Every message that students read has a Swedish one, with the same places, and a Swedish report is answered in Swedish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from babel.messages.pofile import read_po as babel_read

import grader
from grader.checks.assignment_finding import load
from grader.feedback import render_feedback
from grader.grading.grading import grade
from grader.grading.student_view import for_student
from grader.model import FileKind, Result, Submission, SubmittedFile
from grader.translations import phrasebook, translated
from grader.translations.extract import PART, STAFF, messages
from grader.translations.po_file import read_po

TOP = Path(grader.__file__).parents[1]
FOLDERS = [TOP / "grader", TOP / "reference"]
REPORTS = sorted((TOP / "tests" / "golden" / "reports").iterdir())
# Words that no Swedish sentence has: what is left of English is seen by them.
ENGLISH = re.compile(r"\b(?:the|of|and|is|was|are|were|with|your|which|this|not|it)\b")


def catalogue(folder: Path) -> Path:
    return folder / "translations" / "sv" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_message_is_translated_or_for_staff_alone(folder: Path) -> None:
    with catalogue(folder).open("rb") as stream:
        known = babel_read(stream, locale="sv")
    found = messages(folder)
    assert len(found) > 200
    lacking = [
        message
        for message in found
        if message not in known or not (known[message].string or STAFF in known[message].flags)
    ]
    assert not lacking, f"python -m grader.translations.extract {folder.name} sv; then translate: {lacking}"
    left = [one.id for one in known if one.id and one.id not in found and PART not in one.flags]
    assert not left, f"no longer said anywhere: {left}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_translations_keep_the_places_and_what_is_code(folder: Path) -> None:
    for message, translation in read_po(catalogue(folder)).items():
        assert sorted(re.findall(r"\{\d\}", translation)) == sorted(re.findall(r"\{\d\}", message)), message
        assert re.findall(r"`[^`]+`", message) == re.findall(r"`[^`]+`", translation)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_small_reader_reads_what_babel_reads(folder: Path) -> None:
    with catalogue(folder).open("rb") as stream:
        whole = {one.id: one.string for one in babel_read(stream, locale="sv") if one.id and one.string}
    assert read_po(catalogue(folder)) == whole


def graded(folder: Path) -> Result:
    files = tuple(
        SubmittedFile(path.name, path, FileKind.NOTEBOOK if path.suffix == ".ipynb" else FileKind.REPORT)
        for path in sorted(folder.iterdir())
        if path.name != "expected.yaml"
    )
    lab = load("tddc17-deep-learning")
    return for_student(grade(Submission(folder.name, files), lab, rubric="").result, 3)


def told(result: Result) -> Iterator[str]:
    """What is ours of a result: not what the student wrote."""
    for question in result.questions:
        yield question.title
        for check in question.checks:
            yield from (check.title, check.message, check.hint, *check.more_hints)
            yield from (one.where for one in check.evidence)
        for chart in question.charts:
            yield from (chart.title, chart.x_label, chart.y_label, *(one.label for one in chart.series))
    yield from (file.note for file in result.files)
    yield result.execution.note


def bare(text: str) -> str:
    """A text without what is quoted in it, code and file names."""
    return re.sub(r"“[^”]*”|`[^`]*`|\b[\w-]+\.\w{2,5}\b", "", text)


def test_nothing_english_is_left_of_any_golden_report() -> None:
    book = phrasebook("sv")
    left = {
        text
        for folder in REPORTS
        for text in told(translated(graded(folder), book))
        if ENGLISH.search(bare(text))
    }
    assert not left


def test_a_swedish_report_is_answered_in_swedish(tmp_path: Path) -> None:
    (tmp_path / "rapport.md").write_text(
        "Fråga 1\n\ngradient = tape.gradient(parameters, loss)\n\nFråga 2\n\nAntalet är 784*128 = 100352, för varje "
        "neuron har en vikt.\n\nFråga 3\n\nVi valde 100 eftersom den är snabb och vi inte vill vänta.\n",
        encoding="utf-8",
    )
    result = graded(tmp_path)
    assert result.language == "sv"
    page = render_feedback(result)
    assert '<html lang="sv">' in page
    assert "“784*128 = 100352” räknar en vikt" in page
    assert "Återkoppling på din rapport" in page
    assert "Gradientberäkningen" in page
    staff = render_feedback(result, staff=True)
    assert '<html lang="en">' in staff
    assert "The gradient computation" in staff


def test_an_english_report_is_answered_in_english() -> None:
    result = graded(TOP / "tests" / "golden" / "reports" / "q1-prose-english")
    assert result.language == "en"
    assert '<html lang="en">' in render_feedback(result)


def test_another_language_than_these_is_answered_in_english() -> None:
    result = msgspec.structs.replace(
        graded(TOP / "tests" / "golden" / "reports" / "q1-prose-english"), language="tlh"
    )
    assert '<html lang="en">' in render_feedback(result)
