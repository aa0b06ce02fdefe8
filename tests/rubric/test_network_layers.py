"""`network-changed` needs a network: what a kernel claims of one is looked at before it is believed."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import Answer
from grader.documents.sections import Sections
from grader.execution import CellRun, CellStatus, NotebookRun
from grader.model import ExecutionStatus, Verdict
from reference.parameters.parameter_answers import judge_layers

LAB = [["Flatten", 0], ["Dense", 100480], ["Dense", 16512], ["Dense", 1290]]
WIDE = [["Flatten", 0], ["Dense", 200960], ["Dense", 2570]]


def answer(*claims: Any) -> Answer:
    cells = tuple(
        CellRun(number, "network = Sequential()", CellStatus.OK, 0, claims={"layers": claim})
        for number, claim in enumerate(claims)
    )
    run = NotebookRun(ExecutionStatus.OK, cells=cells)
    return Answer("q2", (), Sections({}, ()), {}, {}, run, None)


@pytest.mark.parametrize(
    "claim",
    [{"error": "NameError"}, {"error": "ValueError"}, [], [["Dense", "many"]], "x" * 9_000, [[1]], [["Dense", -1]], None, [["Flatten", 0]]],
)  # fmt: skip
def test_what_is_no_network_is_none(claim: Any) -> None:
    finding = judge_layers(answer(claim))
    assert (finding.verdict, finding.flags) == (Verdict.MISSING, ())


def test_the_labs_network_and_another() -> None:
    assert judge_layers(answer(LAB)).verdict is Verdict.PASS
    other = judge_layers(answer(WIDE))
    assert other.verdict is Verdict.REVIEW
    assert [flag.id for flag in other.flags] == ["network-changed"]
    assert "200960" in other.message


@pytest.mark.parametrize("claims", [(LAB, WIDE), (WIDE, LAB), (LAB, {"error": "NameError"})])
def test_an_experiment_beside_the_labs_network_changes_nothing(claims: tuple[Any, ...]) -> None:
    assert judge_layers(answer(*claims)).verdict is Verdict.PASS
