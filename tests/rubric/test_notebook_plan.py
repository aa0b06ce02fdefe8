"""The lab's notebook is recognised by what its cells do: restart points, eras, the cell that fails on purpose."""

import json
from pathlib import Path

import pytest

from grader.execution import segments
from reference.lab.fashion_mnist import FILES
from reference.lab.notebook_plan import SAMPLE, claims, data_files, may_fail, plan, profile, restart, skip

HANDOUTS = Path(__file__).parents[1] / "golden" / "handout"


def cells(era: int) -> list[str | None]:
    notebook = json.loads((HANDOUTS / f"solved_{era}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) if cell["cell_type"] == "code" else None for cell in notebook["cells"]]


@pytest.mark.parametrize(("era", "name"), [(2019, "2019"), (2023, "2021-2023"), (2026, "today")])
def test_each_era_of_the_handout(era: int, name: str) -> None:
    sources = cells(era)
    code = [source for source in sources if source]
    assert profile(code) == name
    assert [i for i, source in enumerate(sources) if source and restart(source)] == [6, 27]
    assert [segment[0] for segment in segments(sources, plan("sample"))] == [2, 6, 27]
    assert may_fail(sources[14] or "")
    assert not any(may_fail(sources[i] or "") for i in (24, 29, 31))
    assert [i for i, source in enumerate(sources) if source and skip(source)] == [33]
    assert [i for i, source in enumerate(sources) if source and claims(source)] == [29]


def test_commented_lines_decide_nothing() -> None:
    assert not restart("# tf.enable_eager_execution()")
    assert skip("# model.add(Conv2D(8, 3))") is None


def test_the_sample_is_shipped_and_small() -> None:
    files = data_files("sample")
    assert [file.source for file in files] == [SAMPLE / name for name in FILES]
    assert sum(file.source.stat().st_size for file in files) < 400_000
    assert all(file.target.startswith(".keras/datasets/fashion-mnist/") for file in files)
