"""What staff see of a plot that is not the table's: the figure cut out, with the table's points over it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from grader.checks.assignment_finding import load
from grader.feedback import render_feedback
from grader.feedback.extras import extras_of
from grader.grading.evidence_view import evidence_view
from grader.grading.grading import grade
from grader.model import FileKind, Submission, SubmittedFile
from grader.page_data import Overlay

ROWS = ((1, 118, 0.8124), (10, 13, 0.8251), (100, 3, 0.8185), (1000, 1, 0.7097), (60000, 1, 0.1))
OTHER = (90, 200, 330, 300, 60)  # heights of a curve of other figures


def _plot() -> bytes:
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 30, 620, 430), outline="black")
    places = [(100 + 120 * at, 430 - tall) for at, tall in enumerate(OTHER)]
    draw.line(places, fill="#1f77b4", width=3)
    for x, y in places:
        draw.ellipse((x - 6, y - 6, x + 6, y + 6), fill="#1f77b4")
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def staff_page(tmp_path: Path) -> tuple[Overlay | None, str]:
    """The overlay of the plot's passage, and the page for staff."""
    rows = "\n".join(f"| {size} | {time} | {share} |" for size, time, share in ROWS)
    (tmp_path / "plot.png").write_bytes(_plot())
    report = tmp_path / "report.md"
    report.write_text(
        f"# Question 3\n\n| Batch size | Time (s) | Accuracy |\n|---|---|---|\n{rows}\n\n"
        "![Time and accuracy by batch size](plot.png)\n\nBatch size 100, fast and accurate.\n"
    )
    judged = grade(
        Submission("one", (SubmittedFile("report.md", report, FileKind.REPORT),)), load(), rubric=""
    )
    view = evidence_view(judged, {"report.md": report})
    passage = next(one for one in view.page.passages if one.check_id == "q3.plot")
    extras = extras_of(view.page, lambda digest: view.blobs[digest])
    return passage.overlay, render_feedback(judged.result, extras=extras, staff=True)


def test_the_tables_points_stand_along_the_curve(staff_page: tuple[Overlay | None, str]) -> None:
    overlay, page = staff_page
    assert overlay is not None
    assert (overlay.width, overlay.height) == (640, 480)
    points = overlay.series[0].points
    assert [x for x, _ in points] == pytest.approx([100 + 120 * at for at in range(5)], abs=8)
    assert overlay.series[0].names == ("1", "10", "100", "1000", "60000")
    assert page.count("<circle") == sum(len(one.points) for one in overlay.series)
    assert '<image href="data:image/png;base64,' in page


def test_students_see_nothing_of_it(staff_page: tuple[Overlay | None, str], tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    judged = grade(
        Submission("one", (SubmittedFile("report.md", report, FileKind.REPORT),)), load(), rubric=""
    )
    view = evidence_view(judged, {"report.md": report})
    page = render_feedback(judged.result, extras=extras_of(view.page, lambda digest: view.blobs[digest]))
    assert "<circle" not in page
