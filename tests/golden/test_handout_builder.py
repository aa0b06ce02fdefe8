"""The handout's notebooks: made from their source, the lab's cells in their places, and no answer inside."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from reference.lab import handout_builder
from reference.lab.handout_builder import ERAS, HandoutCell, HandoutSourceError, cells, notebook_text

REFERENCE = Path(handout_builder.__file__).parent
SOLVED = Path(__file__).parent / "handout"
ANSWERS = ("loss", "parameters")


def parses(cell: HandoutCell) -> bool:
    try:
        ast.parse(cell.source)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize("era", ERAS)
def test_committed_notebooks_are_what_the_source_says(era: int) -> None:
    unsolved = REFERENCE / "handout" / f"handout_{era}.ipynb"
    assert unsolved.read_text(encoding="utf-8") == notebook_text(era)
    assert (SOLVED / f"solved_{era}.ipynb").read_text(encoding="utf-8") == notebook_text(era, ANSWERS)


def test_the_handout_is_that_of_the_main_era() -> None:
    assert (REFERENCE.parent / "handout.ipynb").read_text(encoding="utf-8") == notebook_text(
        handout_builder.MAIN_ERA
    )


@pytest.mark.parametrize("era", ERAS)
def test_cells_stand_where_the_lab_has_them(era: int) -> None:
    found = cells(era)
    tagged = {
        tag: [i for i, cell in enumerate(found) if tag in cell.tags] for cell in found for tag in cell.tags
    }
    assert len(found) == 35
    assert tagged == {
        "restart-point": [6, 27],
        "raises-exception": [14],
        "question:q1": [23],
        "answer:q1": [24],
        "question:q2": [30],
        "question:q3": [32],
        "optional": [33],
    }
    assert len({cell.id for cell in found}) == 35
    code = [i for i, cell in enumerate(found) if cell.kind == "code"]
    assert code == [2, 4, *range(6, 25, 2), 27, 29, 31, 33]


@pytest.mark.parametrize("era", ERAS)
def test_only_the_blanks_keep_the_handout_from_being_python(era: int) -> None:
    assert [i for i, cell in enumerate(cells(era)) if cell.kind == "code" and not parses(cell)] == [24]
    assert all(parses(cell) for cell in cells(era, ANSWERS) if cell.kind == "code")


@pytest.mark.parametrize("era", ERAS)
def test_no_answer_lies_in_the_handout(era: int) -> None:
    text = "".join(notebook_text(era).split())
    for answer in ("gradient(loss", "100352", "784", "28*28"):
        assert answer not in text


def test_each_era_has_its_own_interface() -> None:
    code = {era: "\n".join(cell.source for cell in cells(era) if cell.kind == "code") for era in ERAS}
    assert "compat" not in code[2019]
    assert code[2019].count("import tensorflow as tf\ntf.enable_eager_execution()") == 2
    assert code[2023].count("import tensorflow.compat.v1 as tf\ntf.enable_eager_execution()") == 2
    for older in ("tf.assign(", "tf.train.AdamOptimizer()"):
        assert older in code[2019]
        assert older in code[2023]
        assert older not in code[2026]
    assert "tf.keras.optimizers.Adam()" in code[2026]


def test_wrong_use_is_told() -> None:
    with pytest.raises(HandoutSourceError, match="no handout of 1999"):
        cells(1999)
    with pytest.raises(HandoutSourceError, match="2 blanks to fill in, 1 answers given"):
        cells(2023, ("loss",))


def test_command_writes_every_era(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert handout_builder.main(["--answers", *ANSWERS, "--out", str(tmp_path / "new")]) == 0
    written = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert written == [f"solved_{era}.ipynb" for era in ERAS]
    assert json.loads((tmp_path / "new" / written[0]).read_text(encoding="utf-8"))["nbformat"] == 4
    with pytest.raises(SystemExit) as stopped:
        handout_builder.main(["--answers", *ANSWERS])
    assert stopped.value.code == 2
    assert "--answers needs --out" in capsys.readouterr().err
