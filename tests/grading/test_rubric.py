"""The rubric through the public door: every right answer passes, every wrong one is named, doubt is reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import CheckResult, FileKind, Result, Submission, SubmittedFile, Verdict

SEED = Path(__file__).parents[1] / "corpora" / "seed.md"
TABLE = "| Batch size | Time (s) | Accuracy |\n|---|---|---|\n| 1 | 118 | 0.8124 |\n| 10 | 13 | 0.8251 |\n| 100 | 3 | 0.8185 |\n| 1000 | 1 | 0.7097 |\n| 60000 | 1 | 0.1000 |\n"
REASONS = "\nI would start with 100, since it has nearly the accuracy of 10 in a quarter of the time.\n"


def report(tmp_path: Path, q1: str = "", q2: str = "", q3: str = "", name: str = "report.md") -> Result:
    path = tmp_path / name
    path.write_text(
        f"# Question 1\n\n{q1}\n\n# Question 2\n\n{q2}\n\n# Question 3\n\n{q3}\n", encoding="utf-8"
    )
    return grade(
        Submission("one", (SubmittedFile(name, path, FileKind.REPORT),)), load(), rubric="test"
    ).result


def check(result: Result, name: str) -> CheckResult:
    return next(check for question in result.questions for check in question.checks if check.id == name)


def fence(code: str) -> str:
    return f"```python\n{code}\n```"


def test_the_seed_report() -> None:
    """q1 and q2 pass; q3 is partial: all is there but the plot, and the student is told so."""
    result = grade(
        Submission("seed", (SubmittedFile("seed.md", SEED, FileKind.REPORT),)), load(), rubric="test"
    ).result
    assert [question.verdict for question in result.questions] == [
        Verdict.PASS,
        Verdict.PASS,
        Verdict.PARTIAL,
    ]
    q3 = {one.id: one.verdict for one in result.questions[2].checks}
    assert q3 == {
        "q3.table": Verdict.PASS,
        "q3.plausible": Verdict.PASS,
        "q3.plot": Verdict.MISSING,
        "q3.choice": Verdict.PASS,
        "q3.reasoning": Verdict.PASS,
    }
    assert "plot" in check(result, "q3.plot").message.lower()
    assert check(result, "q1.figures").verdict is Verdict.PASS
    assert result.points == 9.0
    assert result.flags == ()


RIGHT = [
    "gradient = tape.gradient(loss, parameters)",
    "gradient = tape.gradient(target=loss, sources=parameters)",
    "gradient = tape.gradient(sources=parameters, target=loss)",
    "gradient = tape.gradient(loss, [parameters])[0]",
    "gradient, = tape.gradient(loss, (parameters,))",
    "[gradient] = tape.gradient(loss, [parameters])",
    "grad = t.gradient(loss, parameters)",
    "p = parameters\nwith tf.GradientTape() as g:\n    l = training_loss(p)\nd = g.gradient(l, p)",
    "with tf.GradientTape() as tape:\n    cost = tf.reduce_sum(tf.square(examples_y - model(examples_x, parameters)))\ngradient = tape.gradient(cost, parameters)",
    "theta = tf.Variable([0.0, 0.0])\nwith tf.GradientTape() as tape:\n    err = training_loss(theta)\nprint(tape.gradient(err, theta))",
    "gradient = tape.gradient(loss,\n                         parameters)  # QUESTION 1)",
    "tf.assign(parameters, parameters - 0.01 * tape.gradient(loss, parameters))",
]


@pytest.mark.parametrize("code", RIGHT)
def test_every_way_to_write_the_call_passes(code: str, tmp_path: Path) -> None:
    found = check(report(tmp_path, q1=fence(code)), "q1.expression")
    assert (found.verdict, found.points) == (Verdict.PASS, 3.0)
    assert found.evidence


@pytest.mark.parametrize(
    "words",
    [
        "We compute the gradient of the loss with respect to the parameters.",
        "The gradient of `loss` with regard to the variable `parameters`.",
        "Gradienten av loss med avseende på parameters.",
        "tape.gradient(loss, parameters)",
        "loss, parameters",
    ],
)
def test_answers_in_words_pass(words: str, tmp_path: Path) -> None:
    assert check(report(tmp_path, q1=words), "q1.expression").verdict is Verdict.PASS


WRONG = {
    "tape.gradient(parameters, loss)": "swapped",
    "tape.gradient(training_loss, parameters)": "function",
    "tape.gradient(loss, examples_x)": "data",
    "tape.gradient(examples_y, examples_x)": "data",
    "tape.gradient(y, x)": "example",
    "tape.gradient(???, ???)": "not-filled-in",
    "tape.gradient(loss, ???)": "not-filled-in",
    "tape.gradient(model, parameters)": "model",
    "tape.gradient(loss, model)": "model",
    "tape.gradient(model(examples_x, parameters), parameters)": "prediction",
    "tape.gradient(loss, gradient)": "gradient",
    "tape.gradient(loss, 0.01)": "literal",
    "tape.gradient(loss, loss)": "same",
    "tape.gradient(loss)": "incomplete",
    "tape.gradient(parameters, training_loss)": "swapped",
}


@pytest.mark.parametrize(("call", "mistake"), WRONG.items())
def test_every_wrong_pair_fails_and_is_named(call: str, mistake: str, tmp_path: Path) -> None:
    found = check(report(tmp_path, q1=fence(f"gradient = {call}")), "q1.expression")
    assert found.verdict is Verdict.FAIL
    assert f"Mistake: {mistake}." in found.staff
    assert found.hint
    assert "loss, parameters" not in found.message + found.hint  # hints teach, they do not tell


def test_wrong_and_right_together_are_for_a_person(tmp_path: Path) -> None:
    code = fence("gradient = tape.gradient(parameters, loss)\n\ngradient = tape.gradient(loss, parameters)")
    assert check(report(tmp_path, q1=code), "q1.expression").verdict is Verdict.REVIEW


COUNTS = {
    "28*28*128 + 128 = 784 * 128 + 128 = 100352 + 128 = 100480": "pass",
    "$$(28^2 + 1)\\cdot 128 = 100\\,480$$": "pass",
    "784*128 = 100352 + 128 = 100480": "pass",  # run-on: a matter of style
    "28\\*28 = 784; 784\\*128 = 100352; 100352 + 128 = 100480": "pass",
    "784 weights plus 1 bias make 785; 785 * 128 = 100480": "pass",
    "320*314 = 100480": "fail",
    "118282 - 16512 - 1290 = 100480": "fail",
    "784 * 128 = 100480": "fail",
    "784 * 128 + 784 = 101136": "fail",
    "784 * 128 + 1 = 100353": "fail",
    "100480": "missing",
    "100352 + 128 = 100480": "review",
    "282 * 128 + 128 = 100480": "review",  # 28² that lost its superscript
    "28 28 128 + 128 = 784 128 + 128 = 100480": "review",
    "": "missing",
}


@pytest.mark.parametrize(("maths", "verdict"), COUNTS.items())
def test_parameter_count(maths: str, verdict: str, tmp_path: Path) -> None:
    found = check(report(tmp_path, q2=maths), "q2.derivation")
    assert found.verdict == verdict, found
    if verdict != "pass":
        assert found.hint
        assert found.points == 0
        assert "784 * 128 + 128" not in found.message + found.hint


def test_every_wrong_count_gets_its_own_hint(tmp_path: Path) -> None:
    wrong = ["320*314 = 100480", "784 * 128 = 100352", "784 * 128 + 784 = 101136", "100480"]
    hints = {check(report(tmp_path, q2=maths), "q2.derivation").hint for maths in wrong}
    assert len(hints) == len(wrong)


def q3(tmp_path: Path, times: list[object], shares: list[object], words: str = REASONS) -> Result:
    rows = "\n".join(
        f"| {batch} | {time} | {share} |"
        for batch, time, share in zip((1, 10, 100, 1000, 60000), times, shares, strict=True)
    )
    return report(tmp_path, q3=f"| Batch size | Time (s) | Accuracy |\n|---|---|---|\n{rows}\n\n{words}")


def test_an_honest_table_and_a_reasoned_choice(tmp_path: Path) -> None:
    result = q3(tmp_path, [131, 17, 4, 1, 1], ["82,0 %", "82,9 %", "81,6 %", "72,1 %", "9,3 %"])
    assert {one.id: one.verdict.value for one in result.questions[2].checks} == {
        "q3.table": "pass", "q3.plausible": "pass", "q3.plot": "missing", "q3.choice": "pass", "q3.reasoning": "pass",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("times", "shares", "flag"),
    [
        ([118, 13, 3, 1, 1], [0.81, 0.85, 0.87, 0.89, 0.89], "not-reset"),
        ([1, 1, 3, 13, 118], [0.8124, 0.8251, 0.8185, 0.7097, 0.1], "times-rising"),
        ([118, 13, 3, 1, 1], [0.8124, 1.8251, 0.8185, 0.7097, 0.1], ""),
        (["2000us", "220us", "40us", "20us", "16us"], [0.8124, 0.8251, 0.8185, 0.7097, 0.1], "time-unit"),
    ],
)
def test_implausible_tables_are_flagged_and_reviewed(
    times: list[object], shares: list[object], flag: str, tmp_path: Path
) -> None:
    result = q3(tmp_path, times, shares)
    found = check(result, "q3.plausible")
    assert found.verdict is Verdict.REVIEW
    assert result.flags
    if flag:
        assert flag in {one.id for one in result.flags}
    assert result.questions[2].charts[0].series[0].low  # the band is shown with the student's points


def test_a_choice_is_never_failed_by_the_program(tmp_path: Path) -> None:
    for words in (
        "I would start with 60000 since it is fast.",
        "Batch size 1 is best, it uses one image at a time.",
        "It depends.",
    ):
        result = q3(tmp_path, [118, 13, 3, 1, 1], [0.8124, 0.8251, 0.8185, 0.7097, 0.1], words)
        assert check(result, "q3.choice").verdict in {Verdict.REVIEW, Verdict.MISSING}
        assert check(result, "q3.reasoning").verdict in {Verdict.REVIEW, Verdict.MISSING}


def test_a_false_superlative_is_not_credited(tmp_path: Path) -> None:
    words = "The best choice is 100, because it has the highest accuracy and takes little time."
    result = q3(tmp_path, [118, 13, 3, 1, 1], [0.8124, 0.8251, 0.8185, 0.7097, 0.1], words)
    found = check(result, "q3.reasoning")
    assert found.verdict is Verdict.FAIL
    assert any("0.8251" in one.excerpt for one in found.evidence)  # the row that says otherwise


def test_the_questions_own_text_is_no_answer(tmp_path: Path) -> None:
    """The seed report copies all three questions; without its answers nothing of it may be credited."""
    text = SEED.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if line.startswith("**Question")]
    path = tmp_path / "copied.md"
    path.write_text("\n\n".join(kept), encoding="utf-8")
    result = grade(
        Submission("copied", (SubmittedFile("copied.md", path, FileKind.REPORT),)), load(), rubric="test"
    ).result
    assert [question.verdict for question in result.questions] == [Verdict.MISSING] * 3


def test_an_empty_report(tmp_path: Path) -> None:
    path = tmp_path / "empty.md"
    path.write_bytes(b"")
    result = grade(
        Submission("empty", (SubmittedFile("empty.md", path, FileKind.REPORT),)), load(), rubric="test"
    ).result
    assert [question.verdict for question in result.questions] == [Verdict.MISSING] * 3
    assert result.points == 0
