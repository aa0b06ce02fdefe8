"""Which of a Canvas name's numbers is the user's: read from the whole download, or left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake import canvas, collect
from grader.intake.entries import Entry, Placed, Source


def placed(*names: str) -> Placed:
    return canvas.place(Source(label="x", entries=tuple(Entry(name=name, path=Path("x")) for name in names)))


@pytest.mark.parametrize(
    ("names", "users"),
    [
        (("grupp_12_1102_60002_rapport.md",), ["1102"]),
        (("grupp_12_1102_60002_r.md", "grupp_13_1103_60003_r.md"), ["1102", "1103"]),
        (("lab_5_grupp_12_1102_60002_r.md", "exempelanna_1001_50001_r.md"), ["1102", "1001"]),
        (("grupp_12_LATE_1102_60002_r.md", "exempelanna_LATE_1001_50001_r.md"), ["1102", "1001"]),
        (("grupp_12_1102_text.html",), ["1102"]),
        (("aigroup7_1006_50009_report.pdf",), ["1006"]),
        (("exempelanna_1001_50001_5_r.md",), ["1001"]),
        (("exempelanna_1001_50001_5_r.md", "bergbo_1002_50002_6_r.md"), ["1001", "1002"]),
        (("exempelanna_1001_50001_2026_r.md", "bergbo_1002_50002_2026_r.md"), ["1001", "1002"]),
        (("garcía_1006_50007_100480_svar.md", "exempelanna_1001_50001_r.md"), ["1006", "1001"]),
        (("शर्माराहुल_1004_50005_rapport.md",), ["1004"]),
    ],
)
def test_the_users_number(names: tuple[str, ...], users: list[str]) -> None:
    found = placed(*names)
    assert [one.lms["user_id"] for one in found.placements] == users
    assert found.unplaced == ()


def test_what_is_not_certain_is_left_open() -> None:
    found = placed("exempelanna_1001_50001_20261120_r.md")
    (one,) = found.placements
    assert (one.students, one.lms["candidates"]) == ((), "1001,50001")
    assert "left open" in found.problems[0]


def test_names_that_end_like_those_of_another_system_are_canvas_s(tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    for number in (1001, 1002):
        (folder / f"exempel_{number}_5000{number}_submission1.md").write_text("x")
    intake = collect([folder], tmp_path / "work")
    assert (intake.system, len(intake.submissions)) == ("canvas", 2)
