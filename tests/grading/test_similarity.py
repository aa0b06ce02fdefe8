"""What two submissions share and the class does not: shown to staff, with the passages and the odds."""

from __future__ import annotations

from pathlib import Path

from grader.checks.assignment_finding import load
from grader.documents.core.document import Block, BlockKind, Document, Place
from grader.grading.grading import grade
from grader.grading.likeness import similar, trace, with_flags
from grader.model import FileKind, Result, Student, Submission, SubmittedFile
from reference.plausibility.coincidence import coincidence

HANDOUT = (
    "The handout says to run the training with five batch sizes and to write down what is printed each time. "
    * 6
)
COPIED = (
    "What struck us first was how the seconds melt away while the network hardly notices, until a thousand images at "
    "once starve it of updates; between ten and a hundred the curve bends so gently that we would not pay thirteen "
    "seconds for what three can buy, and at the far end a single step leaves everything to chance, as ten classes do. "
    "Had we a faster machine the bend would sit elsewhere, yet the order of the five would be the same, we believe."
)


def document(*texts: str) -> Document:
    return Document(
        "report.md",
        "markdown",
        tuple(Block(BlockKind.PROSE, text, Place("report.md", "line 1")) for text in texts),
    )


def own(number: int) -> str:
    return " ".join(f"word{number}x{index} says{index % 7} thing{number * 31 % 17}" for index in range(120))


def test_a_copied_passage_is_found_and_the_handout_is_not() -> None:
    traces = {f"s{number}": trace([document(HANDOUT, own(number))]) for number in range(20)}
    traces["copy1"] = trace([document(HANDOUT, COPIED)])
    traces["copy2"] = trace([document(HANDOUT, "In our words. " + COPIED.replace("we believe", "I think"))])
    pairs = similar(traces, [])
    assert [(pair.one, pair.other, pair.kind) for pair in pairs] == [("copy1", "copy2", "text")]
    assert pairs[0].share > 0.6
    assert any("melt away" in passage for passage in pairs[0].passages)


def result(tmp_path: Path, name: str, shares: list[float], *students: str) -> Result:
    rows = "\n".join(
        f"| {batch} | {time} | {share} |"
        for batch, time, share in zip((1, 10, 100, 1000, 60000), (118, 13, 3, 1, 1), shares, strict=True)
    )
    path = tmp_path / f"{name}.md"
    path.write_text(
        f"# Question 3\n\n| Batch size | Time (s) | Accuracy |\n|---|---|---|\n{rows}\n", encoding="utf-8"
    )
    submission = Submission(
        name, (SubmittedFile(path.name, path, FileKind.REPORT),), tuple(map(Student, students))
    )
    return grade(submission, load(), rubric="test").result


def test_the_same_figures_are_flagged_with_the_odds(tmp_path: Path) -> None:
    table = [0.8124, 0.8251, 0.8185, 0.7097, 0.1]
    results = [
        result(tmp_path, "one", table, "aaaaa111"),
        result(tmp_path, "two", [*table[:4], 0.0934], "bbbbb222"),  # four of five
        result(tmp_path, "partner", table, "aaaaa111", "ccccc333"),
        result(tmp_path, "other", [0.8133, 0.8274, 0.8171, 0.7201, 0.09], "ddddd444"),
    ]
    pairs = similar({}, results, coincidence)
    assert {(pair.one, pair.other) for pair in pairs} == {("one", "two"), ("partner", "two")}
    assert all(pair.odds is not None and pair.odds < 1e-6 for pair in pairs)
    flagged = {one.submission: [flag.id for flag in one.flags] for one in with_flags(results, pairs)}
    assert flagged == {
        "one": ["same-figures"],
        "two": ["same-figures"] * 2,
        "partner": ["same-figures"],
        "other": [],
    }


def test_times_alone_prove_nothing() -> None:
    assert coincidence("time", [(1, 118), (10, 13), (100, 3), (1000, 1)]) > 1e-3
    assert coincidence("accuracy", [(10, 0.8251), (100, 0.8185), (1000, 0.7097), (60000, 0.1)]) < 1e-6
