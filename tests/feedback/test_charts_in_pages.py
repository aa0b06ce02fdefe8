"""Charts as they stand in a page."""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from grader.feedback.chart_points import curves, figure
from grader.feedback.charts import chart_svg
from grader.model import Chart, Series

SVG = "{http://www.w3.org/2000/svg}"
SIZES = (1.0, 10.0, 100.0, 1000.0, 60000.0)


def accuracy(label: str = "your figures", y: tuple[float, ...] = (0.81, 0.82, 0.82, 0.71, 0.1)) -> Chart:
    band = Series("plausible", SIZES, y, tuple(v - 0.02 for v in y), tuple(v + 0.02 for v in y))
    return Chart("Training accuracy", "batch size", "accuracy", (band, Series(label, SIZES, y)), log_x=True)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(svg).iter(f"{SVG}text")]


def test_the_sizes_are_the_ticks_and_the_curves_have_a_legend() -> None:
    found = texts(chart_svg(accuracy(), "c"))
    assert found[:5] == ["1", "10", "100", "1000", "60\u00a0000"]
    assert {"plausible", "your figures", "Training accuracy", "batch size", "accuracy"} <= set(found)


def test_a_logarithmic_axis_spaces_the_sizes_evenly() -> None:
    root = etree.fromstring(chart_svg(accuracy(), "c"))
    places = [float(element.get("x", "nan")) for element in root.iter(f"{SVG}text")][:4]
    gaps = [right - left for left, right in pairwise(places)]
    assert max(gaps) - min(gaps) < 0.01


def test_the_policy_of_the_page_lets_all_of_it_through() -> None:
    root = etree.fromstring(chart_svg(accuracy(), "c"))
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg",
            "g",
            "path",
            "defs",
            "use",
            "text",
            "clipPath",
            "rect",
        }
        assert "style" not in element.attrib
        assert all(
            str(value).startswith("#c-") for key, value in element.attrib.items() if "href" in str(key)
        )


def test_two_charts_on_a_page_share_no_id() -> None:
    ids = [
        {element.get("id") for element in etree.fromstring(chart_svg(accuracy(), name)).iter()} - {None}
        for name in ("one", "two")
    ]
    assert ids[0]
    assert ids[1]
    assert not ids[0] & ids[1]


def test_every_reference_within_a_chart_leads_somewhere() -> None:
    root = etree.fromstring(chart_svg(accuracy(), "c"))
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "href":
                assert str(value)[1:] in ids
            elif str(value).startswith("url("):
                assert str(value)[5:-1] in ids


def test_the_same_figures_give_the_same_bytes_in_another_process() -> None:
    code = (
        "from grader.feedback.charts import chart_svg\nfrom grader.model import Chart, Series\n"
        f"chart = Chart('t', 'x', 'y', (Series('a', {SIZES!r}, {SIZES!r}),), log_x=True)\n"
        "import sys\nsys.stdout.buffer.write(chart_svg(chart, 'c').encode())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout for _ in range(2)
    }
    assert len(runs) == 1
    assert runs.pop().startswith(b"<svg")


def test_a_label_is_text_and_nothing_else() -> None:
    label = "$x_{$ <b>\u202e&amp; \\frac 你好"
    assert "$x_{$ <b>⟨U+202E⟩&amp; \\frac 你好" in texts(chart_svg(accuracy(label), "c"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (118.0, "118"),
        (0.8124, "0.8124"),
        (60000.0, "60\u00a0000"),
        (1000.0, "1000"),
        (0.1, "0.1"),
        (1e-7, "1e-07"),
    ],
)
def test_a_figure_is_written_as_a_person_does(value: float, words: str) -> None:
    assert figure(value) == words


def test_what_cannot_be_drawn_is_left_out_and_counted() -> None:
    series = Series("a", (1.0, 0.0, 10.0, math.nan), (0.5, 0.5, math.inf, 1.0))
    (curve,) = curves(Chart("t", "x", "y", (series,), log_x=True))
    assert [point.x for point in curve.points] == [1.0]
    assert curve.left_out == 3


def test_without_any_figure_there_is_no_picture() -> None:
    assert chart_svg(Chart("t", "x", "y", (Series("a", (), ()),)), "c") == ""


ANY = st.floats() | st.sampled_from([0.0, -1.0, 1e-300, 1e300, 5e-324])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            Series,
            st.text(max_size=20),
            *[st.lists(ANY, max_size=6).map(tuple) for _ in range(4)],
        ),
        max_size=3,
    ),
    st.booleans(),
    st.booleans(),
)
def test_whatever_the_figures_are_there_is_a_picture_or_none(
    series: list[Series], log_x: bool, log_y: bool
) -> None:
    svg = chart_svg(Chart("t", "x", "y", tuple(series), log_x, log_y), "c")
    if svg:
        etree.fromstring(svg)
