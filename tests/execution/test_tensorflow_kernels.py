"""TensorFlow in a forked kernel: the same figures as in a cold one, and the eras under their own names."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from unittest import mock

import nbformat
import pytest
from nbclient import NotebookClient

from grader.execution import Executor, Limits, NotebookPlan, Profile
from grader.execution.host.sandbox import thread_environment
from grader.model import ExecutionStatus

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

TRAINING = (
    "import tensorflow.compat.v1 as tf\nimport numpy as np\ntf.enable_eager_execution()",
    """
tf.random.set_random_seed(1); np.random.seed(1)
x = tf.constant(np.linspace(0, 1, 50), dtype=tf.float32)
p = tf.Variable([0.0, 0.0])
for _ in range(10):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((3 * x + 2 - x * p[1] - p[0]) ** 2)
    tf.assign(p, p - 0.01 * tape.gradient(loss, p))
print(float(loss).hex(), [float(v).hex() for v in p.numpy()])
""",
    """
from tensorflow.compat.v1 import keras
import random; random.seed(2); tf.random.set_random_seed(2)
model = keras.Sequential([keras.layers.Flatten(input_shape=(8, 8)), keras.layers.Dense(16, activation='relu'),
                          keras.layers.Dense(3, activation='softmax')])
model.compile(optimizer=tf.train.AdamOptimizer(), loss='sparse_categorical_crossentropy', metrics=['accuracy'])
model.summary()
images, labels = np.random.rand(256, 8, 8).astype('float32'), np.random.randint(0, 3, 256)
history = model.fit(images, labels, epochs=2, batch_size=32, verbose=0)
print([float(value).hex() for value in history.history['loss']])
""",
    """
@tf.function
def f(a):
    return tf.reduce_sum(tf.matmul(a, a))
print(float(f(tf.constant(np.random.rand(64, 64).astype('float32')))).hex())
data = tf.data.Dataset.range(100).map(lambda v: v * v, num_parallel_calls=4).batch(10)
print(sum(int(tf.reduce_sum(batch)) for batch in data))
""",
)


def cold(data: bytes) -> list[str]:
    """What nbclient prints, cell by cell, with a kernel of its own."""
    book = nbformat.reads(data.decode(), as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types
    environment = {**thread_environment(1), "TF_USE_LEGACY_KERAS": "1"}
    with mock.patch.dict(os.environ, environment):
        client = NotebookClient(book, kernel_name="python3", timeout=120)
        asyncio.run(client.async_execute())
    outputs = [[output for output in cell.outputs if output.get("name") == "stdout"] for cell in book.cells]
    return ["".join(output.text for output in shown) for shown in outputs]


def test_a_forked_kernel_gives_the_very_bits_of_a_cold_one(
    executor: Executor, notebook: Callable[..., bytes], tf1_plan: Callable[..., NotebookPlan]
) -> None:
    data = notebook(*TRAINING)
    run = executor.run_notebook(data, tf1_plan(), Limits(cell_seconds=60))
    assert run.status is ExecutionStatus.OK, run.note
    forked = [cell.stdout for cell in run.cells]
    assert "Total params: 1091" in forked[2]
    assert "328350" in forked[3]
    for one, other in zip(forked, cold(data), strict=True):
        assert one.splitlines() == other.splitlines()


def test_the_interface_of_2019_has_its_own_name(
    executor: Executor, notebook: Callable[..., bytes], tf1_plan: Callable[..., NotebookPlan]
) -> None:
    cells = (
        "import tensorflow as tf\nfrom tensorflow import keras\ny = 3 * tf.ones([2])\nprint(tf.Session().run(y))",
        "# restart\nimport tensorflow as tf\ntf.enable_eager_execution()\nprint((tf.ones([2]) * 3).numpy())",
        "v = tf.Variable(1.0)\ntf.assign(v, 2.0)\nprint(v.numpy(), tf.__version__.split('.')[0])",
    )
    run = executor.run_notebook(notebook(*cells), tf1_plan(restart=lambda source: "# restart" in source))
    assert run.status is ExecutionStatus.OK, [cell.text for cell in run.cells]
    assert run.cells[0].stdout == "[3. 3.]\n"
    assert run.cells[1].stdout == "[3. 3.]\n"
    assert run.cells[2].stdout == "2.0 2\n"


def test_a_downloaded_data_set_is_looked_for_in_the_notebooks_own_home(
    executor: Executor, notebook: Callable[..., bytes], tf1_plan: Callable[..., NotebookPlan]
) -> None:
    source = "import os\nfrom tensorflow import keras\nkeras.datasets.mnist.load_data()"
    run = executor.run_notebook(notebook(source), tf1_plan())
    assert run.status is ExecutionStatus.FAILED
    assert "report-grader" not in json.dumps([cell.text + cell.traceback for cell in run.cells])


def test_a_probe_trains_with_the_answer_alone(executor: Executor, tf1_profile: Profile) -> None:
    cells = [
        "import tensorflow as tf\ntf.enable_eager_execution()",
        "p = tf.Variable(inputs['start'])\nwith tf.GradientTape() as tape:\n    loss = tf.reduce_sum(p * p)\n"
        "gradient = tape.gradient(loss, p)",
    ]
    run = executor.run_code(cells, "gradient", tf1_profile, inputs={"start": [1.5, -2.0]})
    assert run.value == [3.0, -4.0], run
