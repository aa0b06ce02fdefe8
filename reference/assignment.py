"""The rubric of TDDC17's supervised deep learning lab. Read top to bottom: three questions, ten points.

Each check's docstring is what the student reads. The true figures are computed in this package, from the
lab's own data and network; nothing is typed in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.checks import Answer, Assignment, Finding
from reference.batches import batch_answers, choice_answers, plot_answers
from reference.gradient import gradient_answers
from reference.parameters import parameter_answers

if TYPE_CHECKING:
    from grader.checks.alignment import Handout
    from grader.execution import NotebookPlan

_PROMPTS: Mapping[str, list[str]] = json.loads(
    files("reference.lab").joinpath("prompts.json").read_text("utf-8")
)


def _facts() -> Mapping[str, Any]:
    """What ``grader reference`` prints."""
    from reference.facts import facts  # noqa: PLC0415 - the ranges are read only when asked for

    return facts()


def _notebook(dataset: str) -> NotebookPlan:
    from reference.lab.notebook_plan import plan  # noqa: PLC0415 - only where notebooks are run

    return plan(dataset)


def _handouts() -> Sequence[Handout]:
    from reference.lab.handouts import handouts  # noqa: PLC0415 - only for submissions with a notebook

    return handouts()


def _coincidence(title: str, points: Sequence[tuple[float, float]]) -> float:
    from reference.plausibility.coincidence import coincidence  # noqa: PLC0415 - only where two submissions agree

    return coincidence(title, points)


def _calibrate(out: Path, **options: Any) -> None:
    from reference.calibration.calibrating import calibrate  # noqa: PLC0415 - only for --calibrate

    calibrate(out, **options)


def _diagnose() -> Sequence[tuple[str, bool, str]]:
    """What ``grader doctor`` says of the lab."""
    from reference.lab.fashion_mnist import DatasetMissingError, find_dataset  # noqa: PLC0415 - only for the doctor

    try:
        return [("data set Fashion-MNIST", True, f"in full, in {find_dataset()}")]
    except DatasetMissingError as problem:
        return [
            ("data set Fashion-MNIST", False, f"{problem} Until then notebooks are run with a small sample.")
        ]


assignment = Assignment(
    "tddc17-deep-learning",
    title="TDDC17: supervised deep learning",
    instructions=(
        r"\b(?:your (?:lab )?report|if you get stuck|please (?:complete|fill|run|separately)|fill this in|you (?:can|have to|should|need to) (?:run|use|reset)"
        r"|here you will|remember, a neuron|question marks? with|which tensorflow node do we)\b"
    ),
    account=r"[a-z]{5}\d{3}",  # LiU-IDs
    facts=_facts,
    notebook=_notebook,
    handouts=_handouts,
    coincidence=_coincidence,
    calibrate=_calibrate,
    diagnose=_diagnose,
)

# --- Question 1: the gradient ---------------------------------------------------------------------------------

q1 = assignment.question(
    "q1",
    "The gradient computation",
    number=1,
    cues=(r"tape\.gradient", r"GradientTape", r"training_loss", r"gradient descent"),
    prompt_fingerprints=frozenset(_PROMPTS["q1"]),
)


@q1.check("q1.expression", points=3, hint="The gradient of which node, with regard to which variable?")
def gradient_expression(answer: Answer) -> Finding:
    """The gradient is computed of the right node, with regard to the right variable."""
    return gradient_answers.judge_expression(answer)


@q1.check("q1.figures", hint="Run the cell once more and copy its output as it stands.")
def gradient_figures(answer: Answer) -> Finding:
    """The printed loss and parameters belong together, and lie on the path of gradient descent."""
    return gradient_answers.judge_figures(answer)


# --- Question 2: the parameter count ---------------------------------------------------------------------------

q2 = assignment.question(
    "q2",
    "The parameters of the first Dense layer",
    number=2,
    cues=(r"100\W?480", r"\b784\b", r"param\w*\s*#", r"\bdense layer\b"),
    prompt_fingerprints=frozenset(_PROMPTS["q2"]),
)


@q2.check("q2.derivation", points=3, hint="What does one neuron need, and how many neurons are there?")
def parameter_derivation(answer: Answer) -> Finding:
    """The maths shows where the number of parameters comes from."""
    return parameter_answers.judge_derivation(answer)


@q2.check("q2.layers", hint="Run the cell that defines the network as it was handed out.")
def network_layers(answer: Answer) -> Finding:
    """The network in the notebook is the one that the question is about."""
    return parameter_answers.judge_layers(answer)


# --- Question 3: the batch sizes -------------------------------------------------------------------------------

q3 = assignment.question(
    "q3",
    "Batch sizes",
    number=3,
    cues=(r"batch\s?-?(?:size|storlek)", r"\b60\W?000\b.*\b1\W?000\b|\b1\W?000\b.*\b60\W?000\b"),
    prompt_fingerprints=frozenset(_PROMPTS["q3"]),
)


@q3.check("q3.table", points=1.5, hint="Five runs, each with its time in seconds and its training accuracy.")
def batch_table(answer: Answer) -> Finding:
    """Time and training accuracy are given for all five batch sizes."""
    return batch_answers.judge_table(answer)


@q3.check(
    "q3.plausible",
    points=0.5,
    depends=("q3.table",),
    hint="Were all parameters reset before each run, and is each figure copied from the right place?",
)
def batch_plausible(answer: Answer) -> Finding:
    """The figures are such as training from a fresh start gives."""
    return batch_answers.judge_plausibility(answer)


@q3.check("q3.plot", points=1, hint="Two curves over the batch sizes, with both axes labelled.")
def batch_plot(answer: Answer) -> Finding:
    """Both curves, time and accuracy, are plotted against the batch size."""
    return plot_answers.judge_plot(answer)


@q3.check("q3.choice", points=0.5, hint="Name the one batch size that you would start with.")
def batch_choice(answer: Answer) -> Finding:
    """One batch size is chosen, and it holds its own in the table."""
    return choice_answers.judge_choice(answer)


@q3.check(
    "q3.reasoning",
    points=0.5,
    hint="Weigh what the choice gains against what it costs, with your own figures.",
)
def batch_reasoning(answer: Answer) -> Finding:
    """The choice is reasoned from time and accuracy."""
    return choice_answers.judge_reasoning(answer)
