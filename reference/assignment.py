"""The rubric of TDDC17's supervised deep learning lab. Read top to bottom: three questions, ten points.

Each check's docstring is what the student reads. What a check gives in part, and how much it overlooks, stands above
it. The true figures are computed in this package, from the lab's own data and network; nothing is typed in.
"""

from __future__ import annotations

from grader.checks import Answer, Assignment, Finding, Recognition
from reference import hooks
from reference.batches import batch_answers, choice_answers, plot_answers
from reference.gradient import gradient_answers, printed_figures
from reference.parameters import parameter_answers

assignment = Assignment(
    "tddc17-deep-learning",
    title="TDDC17: supervised deep learning",
    instructions=(
        r"\b(?:your (?:lab )?report|if you get stuck|please (?:complete|fill|run|separately)|fill this in|you (?:can|have to|should|need to) (?:run the|reset|use the first)"
        r"|here you will|remember, a neuron|question marks? with|which tensorflow node do we)\b"
    ),
    account=r"[a-z]{5}\d{3}",  # LiU-IDs
    languages=("en", "sv"),
    facts=hooks.facts,
    notebook=hooks.notebook,
    handouts=hooks.handouts,
    editions=hooks.editions,
    recognised_by=Recognition(
        signs=(
            r"\btensorflow\b|\bkeras\b|\btf\.\w",
            r"GradientTape|tape\.gradient|training_loss|examples_[xy]\b",
            r"\b100[\s.,~]?480\b",
            r"\b1[\s.,]?000\b.{1,60}\b60[\s.,]?000\b|\b60[\s.,]?000\b.{1,60}\b1[\s.,]?000\b",
        ),
        foreign=(
            r"^\s{0,20}(?:import|from)\s+(?:torch\w*|pytorch_lightning|lightning|jax|flax|mxnet|paddle|theano|caffe2?|sklearn|fastai)\b",
        ),
    ),
    coincidence=hooks.coincidence,
    calibrate=hooks.calibrate,
    diagnose=hooks.diagnose,
)

# --- Question 1: the gradient ---------------------------------------------------------------------------------

q1 = assignment.question(
    "q1",
    "The gradient computation",
    number=1,
    cues=(r"tape\.gradient", r"GradientTape", r"training_loss", r"gradient descent"),
    prompt_fingerprints=hooks.prompts("q1"),
)


@q1.check(
    "q1.expression",
    points=3,
    hint=(
        "The gradient of which node, with regard to which variable?",
        "What does the training change, step by step? And what single number says how well it is doing?",
        "Look at the worked example in the handout: what stands first between the brackets there, and what second?",
    ),
)
def gradient_expression(answer: Answer) -> Finding:
    """The gradient is computed of the right node, with regard to the right variable."""
    return gradient_answers.judge_expression(answer)


@q1.check(
    "q1.figures",
    hint=(
        "Run the cell once more and copy its output as it stands.",
        "Copy both numbers from the same line: a loss belongs to the parameters printed beside it.",
    ),
)
def gradient_figures(answer: Answer) -> Finding:
    """The printed loss and parameters belong together, and lie on the path of gradient descent."""
    return printed_figures.judge_figures(answer)


# --- Question 2: the parameter count ---------------------------------------------------------------------------

q2 = assignment.question(
    "q2",
    "The parameters of the first Dense layer",
    number=2,
    cues=(r"100\W?480", r"\b784\b", r"param\w*\s*#", r"\bdense layer\b"),
    prompt_fingerprints=hooks.prompts("q2"),
)


@q2.check(
    "q2.derivation",
    points=3,
    hint=(
        "What does one neuron need, and how many neurons are there?",
        "How many numbers does an image hold once it is flattened? What does a neuron have besides one weight for each?",
        "Write the working out with the numbers in it, and check that it comes to what the summary prints.",
    ),
)
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
    prompt_fingerprints=hooks.prompts("q3"),
)


TABLE = batch_answers.TableCriteria(
    share_a_figure=0.1,  # of the points, for each of the ten figures while some are lacking
    share_with_test_accuracies=0.5,  # of the points, with all figures there, but accuracies of the test set
    share_with_times_of_steps=0.5,  # of the points, with all figures there, but times of one step or sample
    least_figures=4,  # fewer that could be read are no table; what stands there otherwise is for a person
    least_sizes=4,  # of the five, named with as many accuracies in any form: a person looks at them
    repeated_within=0.011,  # of an accuracy in the table: prose repeats it, rounded to a per cent
)


@q3.check(
    "q3.table",
    points=1.5,
    hint=(
        "Five runs, each with its time in seconds and its training accuracy.",
        "A table with a row for each batch size, and a column for each of the two figures, is easiest to read.",
    ),
)
def batch_table(answer: Answer) -> Finding:
    """Time and training accuracy are given for all five batch sizes."""
    return batch_answers.judge_table(answer, TABLE)


PLAUSIBLE = batch_answers.PlausibilityCriteria(
    doubt=0.003,  # at most one honest table in two hundred is looked at by a person (docs/plausibility.md)
    least_accuracies=3,  # of five; with fewer only a part of the points
)


@q3.check(
    "q3.plausible",
    points=0.5,
    depends=("q3.table",),
    hint=(
        "Were all parameters reset before each run, and is each figure copied from the right place?",
        "Run the cell that defines the network again before each training, and copy the last line's training accuracy.",
    ),
)
def batch_plausible(answer: Answer) -> Finding:
    """The figures are such as training from a fresh start gives."""
    return batch_answers.judge_plausibility(answer, PLAUSIBLE)


PLOT = plot_answers.PlotCriteria(
    share_one_curve=0.5,  # of the points, for time or accuracy alone
    points=4,  # of the five figures, that a curve drawn by the notebook must have
    within=0.005,  # of a figure, relative: so near a drawn point is that figure
)


@q3.check(
    "q3.plot",
    points=1,
    hint=(
        "Two curves over the batch sizes, with both axes labelled.",
        "Do the points stand where your table says? A logarithmic axis keeps the small sizes apart.",
    ),
)
def batch_plot(answer: Answer) -> Finding:
    """Both curves, time and accuracy, are plotted against the batch size."""
    return plot_answers.judge_plot(answer, PLOT)


CHOICE = choice_answers.ChoiceCriteria(
    behind=0.05,  # in accuracy: a choice further below the best of the student's own table is for a person
    least_accuracies=3,  # fewer are no table to hold a choice against
)


@q3.check(
    "q3.choice",
    points=0.5,
    hint=(
        "Name the one batch size that you would start with.",
        "One sentence that begins with 'We would choose' is enough, as long as it names one of the five.",
    ),
)
def batch_choice(answer: Answer) -> Finding:
    """One batch size is chosen, and it holds its own in the table."""
    return choice_answers.judge_choice(answer, CHOICE)


REASONING = choice_answers.ReasoningCriteria(
    share_of_one=0.5,  # of the points, for reasons in time or accuracy alone
)


@q3.check(
    "q3.reasoning",
    points=0.5,
    hint=(
        "Weigh what the choice gains against what it costs, with your own figures.",
        "Compare it with a size next to it: what does the time come to, and what the accuracy?",
    ),
)
def batch_reasoning(answer: Answer) -> Finding:
    """The choice is reasoned from time and accuracy."""
    return choice_answers.judge_reasoning(answer, REASONING)
