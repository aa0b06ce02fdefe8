"""One report in the hands of many programs: what is in its pictures counts like what is in its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.assignment_finding import load
from grader.documents.scans.ocr import available
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile, Verdict

FIXTURES = Path(__file__).parents[1] / "documents" / "fixtures"
IN_FULL = (
    "ipynb/report.ipynb",  # the plot is a cell's output, its code says little
    "html/nbconvert.html",
    "pdf/latex_vectorplot.pdf",  # the plot is strokes, not a picture
    "docx/word_codeimage_tableimage.docx",  # code and table are screenshots
    "pdf/scanned_150dpi.pdf",
)


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="the extra `ocr` is not installed")
@pytest.mark.parametrize("name", IN_FULL)
def test_it_gets_full_marks(name: str) -> None:
    path = FIXTURES / name
    kind = FileKind.NOTEBOOK if path.suffix == ".ipynb" else FileKind.REPORT
    result = grade(Submission("stude001", (SubmittedFile(path.name, path, kind),)), load(), rubric="").result
    lost = {
        check.id: (check.verdict, check.message)
        for question in result.questions
        for check in question.checks
        if check.max and check.verdict is not Verdict.PASS
    }
    assert lost == {}
    assert result.points == result.max
