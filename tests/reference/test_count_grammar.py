"""Generated answers to question 2: no right one is failed or left to a person, no wrong one passes.

A grammar of answers: forms, spellings, steps, words, names and distractors.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.documents.core.document import Block, BlockKind, Place
from reference.parameters.count_reading import CountOutcome
from reference.parameters.parameter_count import read_count

TIMES = st.sampled_from(["*", " * ", " x ", "×", " · ", " ⋅ ", " times ", " gånger ", " ∗ "])
PLUS = st.sampled_from([" + ", "+", " plus "])
INPUTS = st.sampled_from(["784", "784", "28*28", "(28*28)", "28^2", "28²", "(28 x 28)", "28 · 28"])
GROUPED = {
    100480: ["100480", "100 480", "100,480", "100.480", "100\u00a0480", "100'480"],
    100352: ["100352", "100 352", "100,352", "100\u2009352"],
}
ANSWERS = st.sampled_from(GROUPED[100480])
WEIGHTS = st.sampled_from(GROUPED[100352])
EQUALS = st.sampled_from(
    [" = ", "=", " => ", " → ", " which is ", ", which gives ", " gives ", " blir ", " ger "]
)
END = st.sampled_from([".", "", " parameters.", " parametrar."])
BETWEEN = st.sampled_from([". ", "; ", "\n", "\n\n", ", "])

BEFORE = st.sampled_from(
    [
        "",
        "",
        "",
        "The network has 118282 parameters in total.\n\n",
        "The images are 28x28 pixels. ",
        "Dense layers have weights and biases. ",
        "The summary lists 100480, 16512 and 1290. ",
        "Answer: ",
        "Svar: ",
        "Nätverket har 118 282 parametrar i allt.\n",
        "Flatten has no parameters.\n\n",
    ]
)
AFTER = st.sampled_from(
    [
        "",
        "",
        "",
        "\n\nThe other layers have 16512 and 1290 parameters.",
        "\n\nThe next layer has 128*128 + 128 = 16512 parameters, the last 128*10 + 10 = 1290.",
        "\n\nThis is what model.summary() says too.",
        "\n\n100480 + 16512 + 1290 = 118282 for the whole network.",
        "\n\nDe andra lagren har 16 512 och 1 290.",
    ]
)


@st.composite
def formulas(draw: st.DrawFn) -> str:
    """The right formula on one line, with or without words behind its numbers."""
    times, plus, inputs = draw(TIMES), draw(PLUS), draw(INPUTS)
    labelled = draw(st.booleans())
    a = inputs + (
        draw(st.sampled_from([" inputs", " pixels", " pixlar", " ingångar", " (inputs)", ""]))
        if labelled
        else ""
    )
    n = "128" + (
        draw(st.sampled_from([" neurons", " nodes", " neuroner", " units", " (neurons)"])) if labelled else ""
    )
    b = "128" + (draw(st.sampled_from([" biases", " bias", " (bias)", " bias terms"])) if labelled else "")
    if not labelled:
        n = draw(st.sampled_from(["128", "128", "128", "one hundred twenty-eight", "(128)"]))
    form = draw(st.integers(0, 6))
    return [
        f"{a}{times}{n}{plus}{b}",
        f"{n}{times}{a}{plus}{b}",
        f"({inputs}{plus}1){times}{n}",
        f"{n}{times}({inputs}{plus}1)",
        f"128({inputs}+1)",
        f"{b}{plus}{a}{times}{n}",
        f"{a}{times}{n}{plus}1{times}{n}",
    ][form]


@st.composite
def steps(draw: st.DrawFn) -> str:
    """The weights first, then the biases; or one neuron first, then all."""
    times, inputs, between, equals = draw(TIMES), draw(INPUTS), draw(BETWEEN), draw(EQUALS)
    weights, answer = draw(WEIGHTS), draw(ANSWERS)
    if draw(st.integers(0, 3)) == 0:
        neuron = draw(
            st.sampled_from(
                [
                    f"{inputs} + 1 = 785",
                    f"Each neuron has {inputs} + 1 = 785 parameters",
                    "Each neuron has 784 weights and one bias, 785 in all",
                    "Varje neuron har 784 vikter och en bias, alltså 785",
                ]
            )
        )
        second = draw(st.sampled_from([f"785{times}128", f"128{times}785", "128 neurons * 785"]))
        return f"{neuron}{between}{second}{equals}{answer}"
    first = f"{inputs}{times}128{equals}{weights}"
    noun = draw(st.sampled_from(["", "", " weights", " vikter", " connections"]))
    then = draw(
        st.sampled_from(
            [
                f"{weights} + 128 = {answer}",
                f"Adding 128 gives {answer}",
                f"adding the 128 biases gives {answer}",
                f"+ 128 = {answer}",
                f"plus 128 is {answer}",
                f"Then we add 128 biases and get {answer}",
                f"Each neuron also has a bias, so {weights} + 128 = {answer}",
                f"There is also one bias for each neuron, which makes {answer}",
                f"One more for each of the 128 neurons makes {answer}",
                f"The biases are 128, in total {answer}",
                f"Lägger vi till 128 får vi {answer}",
                f"Därtill kommer 128 bias, alltså {answer}",
                f"Varje neuron har dessutom en bias, totalt {answer}",
                f"biases: 128, total: {answer}",
            ]
        )
    )
    return f"{first}{noun}{between}{then}"


@st.composite
def named(draw: st.DrawFn) -> str:
    """Names for the numbers, in code or in a sentence."""
    a, b = draw(
        st.sampled_from(
            [
                ("inputs", "neurons"),
                ("n_in", "n_out"),
                ("n", "m"),
                ("input_size", "units"),
                ("I", "N"),
                ("antal_in", "antal_ut"),
            ]
        )
    )
    inputs = draw(st.sampled_from(["784", "28*28", "28 * 28"]))
    formula = draw(
        st.sampled_from([f"{a} * {b} + {b}", f"({a} + 1) * {b}", f"{b} * ({a} + 1)", f"{b} + {b} * {a}"])
    )
    return draw(
        st.sampled_from(
            [
                f"{a} = {inputs}\n{b} = 128\nprint({formula})",
                f"{a} = {inputs}\n{b} = 128\nparams = {formula}  # 100480",
                f"{a} = {inputs}\n{b} = 128\nw = {a} * {b}\nbias = {b}\nw + bias",
                f"{formula}, where {a} = {inputs} and {b} = 128",
                f"With {a} = {inputs} and {b} = 128 we get {formula} = 100480",
                f"{a} = {inputs}, {b} = 128: {formula} = 100480",
                f"{formula} = {inputs} * 128 + 128 = 100480",
            ]
        )
    )


@st.composite
def worded(draw: st.DrawFn) -> str:
    """No formula, or half of one: the numbers and what each of them counts."""
    answer = draw(ANSWERS)
    neuron, neurons = draw(st.sampled_from([("neuron", "neurons"), ("node", "nodes"), ("unit", "units")]))
    return draw(
        st.sampled_from(
            [
                f"Each of the 128 {neurons} has 784 weights and one bias, so 785 * 128 = {answer}.",
                f"Every one of the 128 {neurons} has a weight for each of the 784 inputs and a bias: 128 * (784 + 1) = {answer}.",
                f"784 weights per {neuron} times 128 {neurons} plus 128 biases is {answer}.",
                f"There are 784*128 weights, and a bias for each {neuron}, so {answer}.",
                f"There are 784*128 weights and 128 biases, which is {answer}.",
                f"128 {neurons}, each with 784 weights and 1 bias, is 128*785 = {answer}.",
                f"The 784 inputs are connected to 128 {neurons}, 784*128 weights, and every {neuron} has its own bias: {answer} in total.",
                f"Each {neuron} has 784 weights and 1 bias. With 128 {neurons} that is {answer}.",
                f"Var och en av de 128 neuronerna har 784 vikter och en bias, alltså 128*785 = {answer}.",
                f"784 vikter per neuron gånger 128 neuroner plus 128 bias blir {answer}.",
                f"W is 784x128 and b is 128, so {answer} in all.",
                f"W has shape (784, 128) and b has shape (128,), together {answer}.",
            ]
        )
    )


@st.composite
def right_answers(draw: st.DrawFn) -> str:
    """An answer that a careful assistant passes."""
    core = draw(
        st.one_of(
            st.builds(lambda f, e, r: f"{f}{e}{r}", formulas(), EQUALS, ANSWERS),
            formulas(),
            st.builds(lambda r, f: f"{r} = {f}", ANSWERS, formulas()),
            steps(),
            named(),
            worded(),
        )
    )
    return draw(BEFORE) + core + draw(AFTER)


WRONG_FORMULAS = st.sampled_from(
    [
        "{a}{t}128",
        "128{t}{a}",
        "{a}{t}129",
        "{a}{t}128 + {a}",
        "{a}{t}128 + 784",
        "{a}{t}128 + 1",
        "{a}{t}128 + 10",
        "{a}{t}128 + 28",
        "(784 + 1){t}129",
        "785{t}129",
        "(784 + 2){t}128",
        "784 + 128",
        "{a} + 128{t}128",
        "28{t}128 + 128",
        "56{t}128 + 128",
        "{a}{t}128{t}128",
        "{a}{t}128 + 128 + 128",
        "{a}{t}128 + 784 + 128",
        "{a}{t}10 + 10",
        "128{t}128 + 128",
        "{a}{t}3{t}128 + 128",
        "(784 + 128){t}128",
        "{a}{t}128 + 128{t}128",
    ]
)
WRONG_WORDS = st.sampled_from(
    [
        "100480",
        "The layer has 100480 parameters.",
        "I read 100480 in the summary of the model.",
        "100480/128 = 785, and 785*128 = 100480",
        "118282 - 16512 - 1290 = 100480",
        "320*314 = 100480",
        "It is not 784*128 + 128 but 784*128 = 100480.",
        "If there were biases it would be 784*128 + 128, but we count 784*128 = 100480.",
        "784*128 = 100352. Adding 784 gives 101136.",
        "784*128 = 100352. Adding 1 gives 100353.",
        "784*128 = 100352 weights and one bias for every input.",
        "784*128 = 100352 weights and 784 biases, together 100480.",
        "784*128 = 100352 and a single bias for the whole layer.",
        "inputs * neurons = 100480, with inputs = 784 and neurons = 128",
        "inputs = 784\nneurons = 128\nprint(inputs * neurons + inputs)",
        "W is 784x128 and b is 784, together 100480",
        "Varje ingång har en bias och 128 vikter, alltså 784*129 = 100480",
        "Det är inte 784*128 + 128, utan 784*129.",
        "My partner says 784*128 + 128 = 100480, but that is wrong: 784*128 = 100480.",
        "Either 784*128 + 128 or 784*129, we could not decide.",
        "Is it 784*128 + 128?",
    ]
)


@st.composite
def wrong_answers(draw: st.DrawFn) -> str:
    """An answer that no careful assistant passes."""
    if draw(st.booleans()):
        return draw(BEFORE) + draw(WRONG_WORDS) + draw(AFTER)
    formula = draw(WRONG_FORMULAS).format(a=draw(st.sampled_from(["784", "28*28", "(28*28)"])), t=draw(TIMES))
    result = draw(
        st.sampled_from(["", " = 100480", " ≈ 100480", " = 100 480", " which is 100480", " ger 100480"])
    )
    return draw(BEFORE) + formula + result + draw(AFTER)


WRONG = frozenset((CountOutcome.MISTAKE, CountOutcome.UNRELATED, CountOutcome.STATED, CountOutcome.NOTHING))


def outcome(text: str) -> CountOutcome:
    return read_count([Block(BlockKind.PROSE, text, Place("report.md", "line 1"))]).outcome


@settings(max_examples=400, deadline=None)
@given(right_answers())
def test_a_right_answer_is_right(text: str) -> None:
    assert outcome(text) is CountOutcome.RIGHT


@settings(max_examples=400, deadline=None)
@given(wrong_answers())
def test_a_wrong_answer_is_never_right(text: str) -> None:
    found = outcome(text)
    assert found is not CountOutcome.RIGHT
    assert found in WRONG or found in {CountOutcome.WITHDRAWN, CountOutcome.UNSURE}


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789+*x=()., \nabWN", max_size=120))
def test_any_text_is_read_without_error(text: str) -> None:
    assert outcome(text) in CountOutcome


@settings(max_examples=200, deadline=None)
@given(right_answers())
def test_blocks_are_read_as_one_text_is(text: str) -> None:
    """An answer cut into blocks at its blank lines is the same answer."""
    blocks = [
        Block(BlockKind.PROSE, part, Place("report.md", f"line {number}"))
        for number, part in enumerate(text.split("\n\n"))
    ]
    assert read_count(blocks).outcome is CountOutcome.RIGHT
