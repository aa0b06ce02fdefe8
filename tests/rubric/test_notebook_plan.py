"""The lab's notebook is recognised by what its cells do: restart points, eras, the cell that fails on purpose."""

import json
from pathlib import Path

import pytest

from grader.execution import segments
from reference.lab.fashion_mnist import FILES
from reference.lab.notebook_plan import SAMPLE, claims, data_files, may_fail, plan, profile, restart, skip

UNFIT = "InvalidArgumentError: {{function_node __wrapped__Mul_device}} Incompatible shapes: [2,2] vs. [2,3] [Op:Mul] name: "
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
    assert may_fail(sources[14] or "", UNFIT)
    assert not any(may_fail(sources[i] or "", UNFIT) for i in (20, 22, 24, 29, 31))
    assert [i for i, source in enumerate(sources) if source and skip(source)] == [33]
    assert [i for i, source in enumerate(sources) if source and claims(source)] == [29]


@pytest.mark.parametrize(
    "source",
    [
        "tf.constant(1.0, shape=[2,2]) * tf.constant(3.0, shape=[2,3])  # will not work",
        "tf.ones([2, 2]) * tf.constant([[1., 2., 3.], [4., 5., 6.]])",
        "tf.ones([2, 2]) \\\n    * tf.zeros([2, 3])",
        "tf.print('product:', (tf.ones([2, 2]) * tf.ones([2, 3])))",
        "a = tf.ones([2,2])\nb = tf.ones([2,3])\nprint(a*b)",
        "tf.multiply(tf.ones([2, 2]), tf.ones([2, 3]))",
        "tf.math.multiply(a, matrix)",
        "tf.matmul(tf.ones([3, 2]), tf.ones([3, 2]))",
        "rows[0] * columns['b']",
        "tf.ones([2,2])[0] * b",
        "c = tf.ones([2, 2])\nc *= tf.ones([2, 3])",
        "for other in (b, matrix):\n    print(a * other)",
        "# en sista gång\na * matrix # fel med flit: model, loss",
        "a @ np.ones((3, 3))",
        "a + matrix",
    ],
)
def test_the_lesson_on_shapes_in_other_spellings(source: str) -> None:
    assert may_fail(source, UNFIT)
    assert may_fail(source, "ValueError: operands could not be broadcast together with shapes (2,2) (2,3) ")
    assert may_fail(
        source, "ValueError: Dimensions must be equal, but are 2 and 3 for '{{node mul}} = Mul[T=DT_FLOAT]'"
    )
    assert not may_fail(source, "NameError: name 'a' is not defined")
    assert not may_fail(source, "InvalidArgumentError: slice index 5 of dimension 0 out of bounds.")


@pytest.mark.parametrize(
    "source",
    [
        "parameters = parameters - 0.01 * gradient",
        "def product(a, b):\n    return a * b\nproduct(a, matrix)",
        "network.fit(2 * train_images, train_labels)",
        "loss = training_loss(parameters) * 2",
        "tf.assign(counters, matrix)",
        "plt.plot(sizes * 2, times)",
        "a * b " + "+ 1 " * 1_000,
    ],
)
def test_unfit_shapes_elsewhere_are_failures(source: str) -> None:
    assert not may_fail(source, UNFIT)


def test_commented_lines_decide_nothing() -> None:
    assert not restart("# tf.enable_eager_execution()")
    assert skip("# model.add(Conv2D(8, 3))") is None


def test_the_sample_is_shipped_and_small() -> None:
    files = data_files("sample")
    assert [file.source for file in files] == [SAMPLE / name for name in FILES]
    assert sum(file.source.stat().st_size for file in files) < 400_000
    assert all(file.target.startswith(".keras/datasets/fashion-mnist/") for file in files)
