"""What the grader adds inside a kernel, tried outside of one: values, drawings, Colab's ways."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from growth import calls
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from grader.execution.child import drawing
from grader.execution.notebook.colab_notes import colab_isms
from grader.execution.shared.plain_values import NotPlainError, plain

mpl.use("agg")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(1.5), 1.5),
        (np.arange(3), [0, 1, 2]),
        ((1, {2: np.bool_(True)}), [1, {"2": True}]),
        (None, None),
        ({"a": {1}}, {"a": [1]}),
    ],
)
def test_values_that_become_json(value: Any, expected: Any) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize("value", [object(), b"bytes", lambda: 0, np.zeros(300_000)])
def test_values_that_do_not(value: Any) -> None:
    with pytest.raises(NotPlainError):
        plain(value)


def test_endless_values_end() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotPlainError):
        plain(endless)


def test_a_drawing_is_bounded_and_says_so() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    for _ in range(25):
        axes.plot(range(3000), label="x" * 500)
    axes.hist([1, 2, 2, 3])
    axes.imshow(np.zeros((2, 2)))
    figure.suptitle("all")
    found = drawing.describe(figure)
    (one,) = found["axes"]
    assert found["cut"] is True
    assert found["title"] == "all"
    assert len(one["series"]) == drawing.MAX_SERIES
    assert len(one["series"][0]["x"]) == drawing.MAX_POINTS
    assert len(one["series"][0]["label"]) == drawing.MAX_TEXT
    assert one["images"] == 1


def test_a_drawing_of_odd_values() -> None:
    figure = Figure()
    figure.add_subplot().plot(["1", "10", "100"], [float("inf"), np.nan, 3])
    found = drawing.describe(figure)
    assert found["axes"][0]["series"][0]["x"] == [0, 1, 2]
    assert found["axes"][0]["series"][0]["y"] == [None, None, 3]
    assert found["axes"][0]["x_ticks"] == ["1", "10", "100"]
    assert found["cut"] is False


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("%tensorflow_version 2.x", 1),
        ("  !pip install tensorflow==1.15\n%pip install x", 1),
        ("from google.colab import drive\ndrive.mount('/content')", 2),
        ("# !pip install x", 0),
        ("print('!pip install x')", 0),
        ("!ls", 0),
        ("!sudo apt-get install graphviz", 1),
    ],
)
def test_what_belongs_to_colab(source: str, count: int) -> None:
    assert len(colab_isms(source)) == count


@given(st.text())
def test_any_text_is_looked_through(source: str) -> None:
    colab_isms(source)


@pytest.mark.timeout(60)
def test_long_lines_are_looked_through_at_their_beginning() -> None:
    for text in ("!" + " " * 500_000 + "pip", "%pip" * 200_000, "import " * 200_000, "drive.mount" * 100_000):
        assert calls(lambda text=text: colab_isms(text)) < 100


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, grader.execution\n"
        "from grader.execution import Executor, Limits, NotebookPlan, Profile, Settings, isolation_report\n"
        "heavy = ('tensorflow', 'nbclient', 'zmq', 'IPython', 'matplotlib', 'numpy', 'jupyter_client', 'psutil')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_limit_is_described_with_its_default() -> None:
    from grader.execution import Limits

    description = Limits.__doc__ or ""
    for name, default in zip(Limits.__struct_fields__, Limits.__struct_defaults__, strict=True):
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        assert f"``{name}``" in description
        assert f"``{name}`` ({shown})" in description, name
