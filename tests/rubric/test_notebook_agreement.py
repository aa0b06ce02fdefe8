"""Report and notebook together: the last training log is one of the table's runs, or staff are told."""

from __future__ import annotations

import pytest

from grader.documents.core.document import Block, BlockKind, Document, Place
from reference.batches.batch_table import read_batch_table
from reference.batches.notebook_agreement import disagreement

REPORT = "Batch size\tTime (s)\tAccuracy\n1\t118\t0.8124\n10\t13\t0.8251\n100\t3\t0.8185\n1000\t1\t0.7097\n60000\t1\t0.1000"
PER_STEP = "600/600 [==============================] - 1s 2ms/step - loss: 0.5461 - accuracy: {}"
PER_SAMPLE = "60000/60000 [==============================] - 3s 42us/sample - loss: 0.5461 - acc: {}"


def table_block(name: str, text: str, kind: BlockKind = BlockKind.TABLE) -> Block:
    rows = tuple(tuple(line.split("\t")) for line in text.split("\n"))
    return Block(kind, text, Place(name, "line 3"), rows=rows)


def documents(log: str, report: str = REPORT) -> list[Document]:
    output = Block(BlockKind.OUTPUT, log, Place("lab.ipynb", "cell 24, output", cell=24))
    return [
        Document("report.md", "markdown", (table_block("report.md", report),)),
        Document("lab.ipynb", "notebook", (output,)),
    ]


def flags(given: list[Document]) -> list[str]:
    table = read_batch_table(given[0].blocks)
    return [flag.message for flag in disagreement(given, table)]


@pytest.mark.parametrize("log", [PER_STEP.format("0.8185"), PER_SAMPLE.format("0.7097"), "", "no log at all"])
def test_a_log_of_one_of_the_runs_is_as_it_should_be(log: str) -> None:
    assert flags(documents(log)) == []


def test_figures_rounded_in_the_report_agree() -> None:
    rounded = REPORT.replace("0.8124", "81 %").replace("0.8251", "83 %").replace("0.8185", "82 %")
    assert flags(documents(PER_STEP.format("0.8185"), rounded)) == []


def test_a_log_of_another_run_is_told_with_both_passages() -> None:
    given = documents(PER_STEP.format("0.8811"))
    (flag,) = disagreement(given, read_batch_table(given[0].blocks))
    assert "batch size 100" in flag.message
    assert "0.8811" in flag.message
    assert [evidence.source for evidence in flag.evidence] == ["lab.ipynb", "report.md"]


def test_the_same_accuracy_at_another_size_is_no_agreement() -> None:
    assert flags(documents(PER_STEP.format("0.7097")))


def test_evaluation_and_other_training_say_nothing() -> None:
    evaluated = "313/313 [==============================] - 0s 1ms/step - loss: 0.5 - accuracy: 0.8051"
    other = "1875/1875 [==============================] - 9s 5ms/step - loss: 0.1 - accuracy: 0.9612"
    assert flags(documents(f"{evaluated}\n{other}")) == []
