"""Thousands of ways to write question 1's code, by a grammar: no right one is called wrong, no wrong one right."""

from __future__ import annotations

import textwrap

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.dataflow import read_flow
from grader.checks.listings import parse_listing
from grader.documents.core.document import Block, BlockKind, Document, Place
from grader.grading.grading import judge
from grader.model import Verdict
from reference.assignment import assignment
from reference.gradient.code_evidence import INTEREST
from reference.gradient.gradient_call import judge_call

LOSSES = ["loss", "cost", "L", "current_loss", "value"]
PARAMETERS = ["parameters", "theta", "params", "p"]
TAPES = ["tape", "t", "g", "recorder"]


@st.composite
def listings(draw: st.DrawFn, *, right: bool) -> str:
    """A training loop; a wrong one differs from a right one in one place."""
    loss, tape, gradient = (
        draw(st.sampled_from(LOSSES)),
        draw(st.sampled_from(TAPES)),
        draw(st.sampled_from(["gradient", "grads", "d"])),
    )
    name = draw(st.sampled_from(PARAMETERS))
    alias = "" if name == "parameters" else f"{name} = parameters\n"
    how = draw(
        st.sampled_from(
            ["training_loss({p})", "tf.reduce_sum(tf.square(examples_y - model(examples_x, {p})))",
             "tf.reduce_mean((model(examples_x, {p}) - examples_y) ** 2)", "0.5 * training_loss({p})"]
        )
    ).format(p=name)  # fmt: skip
    first, second = loss, name
    spoilt = (
        ""
        if right
        else draw(st.sampled_from(["order", "first", "second", "after", "step", "name", "extra", "dead"]))
    )
    if spoilt == "order":
        first, second = second, first
    elif spoilt == "first":
        first = draw(
            st.sampled_from(
                ["training_loss", "model", "examples_y", "model(examples_x, parameters)", "3.0", "???", tape]
            )
        )
    elif spoilt == "second":
        second = draw(
            st.sampled_from(
                [
                    "examples_x",
                    "model",
                    "training_loss",
                    "0.01",
                    loss,
                    tape,
                    "???",
                    "[examples_x, examples_y]",
                ]
            )
        )
    style = draw(
        st.sampled_from(
            [
                "{r}({a}, {b})",
                "{r}(target={a}, sources={b})",
                "{r}(sources={b}, target={a})",
                "{r}({a},  # of\n    {b},\n)",
            ]
        )
    )
    call = style.format(r=f"{tape}.gradient", a=first, b=second)
    if spoilt == "extra":
        call = (
            call.rstrip(")").rstrip(",\n ") + ", output_gradients=tf.constant(-1.0))"
            if "\n" not in call
            else f"-{call}"
        )
    lines = [f"{gradient} = {call}"]
    if spoilt == "dead":
        lines = [
            "if False:\n" + textwrap.indent(lines[0], "    "),
            f"{gradient} = tf.constant([-491.42, -943.684])",
        ]
    if spoilt == "after":
        lines.append(
            f"{gradient} = {draw(st.sampled_from(['tf.zeros(2)', '0 * {g}', '-{g}', 'tf.zeros_like({g})', '[1.0, 2.0]']))}".format(
                g=gradient
            )
        )
    rate = draw(st.sampled_from(["0.01", "rate", "1e-3"]))
    good = [f"{name}.assign({name} - {rate} * {gradient})", f"{name}.assign_sub({rate} * {gradient})", f"tf.assign({name}, {name} - {rate} * {gradient})",
            f"optimizer.apply_gradients([({gradient}, {name})])"]  # fmt: skip
    bad = [
        f"{name}.assign({name} + {rate} * {gradient})",
        f"{name}.assign_add({rate} * {gradient})",
        f"{name}.assign_sub(-{rate} * {gradient})",
    ]
    lines.append(draw(st.sampled_from(bad if spoilt == "step" else good)))
    rebinding = ""
    if spoilt == "name":
        rebinding = draw(
            st.sampled_from(
                [
                    f"{loss} = examples_y\n",
                    f"{name} = tf.constant(examples_x)\n",
                    f"{loss}, {name} = {name}, {loss}\n",
                    f"{loss} = -{loss}\n",
                ]
            )
        )
    body = f"with tf.GradientTape() as {tape}:\n    {loss} = {how}\n{rebinding}" + "\n".join(lines)
    loop = draw(st.sampled_from(["for i in range(10):\n", "i = 0\nwhile i < 10:\n    i += 1\n", ""]))
    code = alias + (loop + textwrap.indent(body, "    ") if loop else body)
    if draw(st.booleans()):
        code = "def train():\n" + textwrap.indent(code, "    ") + "\ntrain()"
    return code


def verdict(code: str, *, notebook: bool) -> Verdict:
    place = Place("lab.ipynb", "cell 3", cell=3) if notebook else Place("report.md", "line 3", line=3)
    block = Block(BlockKind.CODE, code, place, language="python")
    document = Document(place.source, "notebook" if notebook else "markdown", (block,))
    questions, _ = judge([document], assignment)
    return next(check.verdict for part in questions for check in part.checks if check.id == "q1.expression")


@settings(max_examples=400, deadline=None)
@given(listings(right=True), st.booleans())
def test_no_right_listing_fails(code: str, notebook: bool) -> None:
    assert verdict(code, notebook=notebook) is Verdict.PASS, code


@settings(max_examples=400, deadline=None)
@given(listings(right=False), st.booleans())
def test_no_wrong_listing_passes(code: str, notebook: bool) -> None:
    assert verdict(code, notebook=notebook) is not Verdict.PASS, code


@settings(max_examples=1_500, deadline=None)
@given(listings(right=True))
def test_calls_of_right_listings_read_right(code: str) -> None:
    calls = [call for call in read_flow([parse_listing(code)], INTEREST).calls if call.name == "gradient"]
    assert calls
    assert all(judge_call(call).right for call in calls), code
