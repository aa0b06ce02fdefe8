"""The trusted way: code of the grader's with one answer in it, values checked outside."""

from __future__ import annotations

import random

import pytest

from grader.execution import Executor, Profile
from grader.model import ExecutionStatus

pytestmark = pytest.mark.slow


def test_values_come_back_as_json(executor: Executor, plain_profile: Profile) -> None:
    cells = ["import numpy as np\nx = np.array(inputs['x'], dtype='float32')", "print('working')\ny = x * 2"]
    probe = "{'y': y, 'total': y.sum(), 'shape': y.shape, 'kind': str(y.dtype), 'flag': np.bool_(True)}"
    run = executor.run_code(cells, probe, plain_profile, inputs={"x": [1.5, 2]})
    assert run.status is ExecutionStatus.OK, run
    expected = {"y": [3, 4], "total": 7, "shape": [2], "kind": "float32", "flag": True}
    assert run.value == expected
    assert run.printed == "working\n"
    assert run.error is None


def test_a_hard_coded_answer_is_found_out_by_fresh_inputs(executor: Executor, plain_profile: Profile) -> None:
    handout = "def slope(x, y):\n    return {answer}\n"
    random_inputs = random.Random(4)
    x = [random_inputs.uniform(1, 2) for _ in range(5)]
    inputs = {"x": x, "y": [3 * value for value in x]}
    right, wrong = "sum(y) / sum(x)", "2.96067"
    values = [
        executor.run_code(
            [handout.format(answer=answer)], "slope(**inputs)", plain_profile, inputs=inputs
        ).value
        for answer in (right, wrong)
    ]
    assert values[0] == pytest.approx(3)
    assert values[1] != pytest.approx(3)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("1 / 0", ExecutionStatus.FAILED),
        ("this is not Python", ExecutionStatus.FAILED),
        ("raise SystemExit", ExecutionStatus.FAILED),
        ("input('?')", ExecutionStatus.FAILED),
        ("import os; os._exit(0)", ExecutionStatus.DIED),
        ("import ctypes; ctypes.string_at(0)", ExecutionStatus.DIED),
        ("while True: pass", ExecutionStatus.TIMEOUT),
        ("import os, time\nif os.fork() == 0:\n    time.sleep(60)\nelse: os._exit(0)", ExecutionStatus.DIED),
        ("x = bytearray(8 << 30)", ExecutionStatus.MEMORY),
        ("import os; os.write(5, b'{\"value\": 1}'); os._exit(0)", ExecutionStatus.DIED),
        ("import os\nwhile True: os.write(5, b'x' * 65536)", ExecutionStatus.FLOOD),
        ("import os; os.write(5, b'[' * 100000); os._exit(0)", ExecutionStatus.DIED),
    ],
)
def test_how_a_hostile_answer_ends(
    executor: Executor, plain_profile: Profile, code: str, status: ExecutionStatus
) -> None:
    run = executor.run_code([code], "1", plain_profile, seconds=1.5)
    assert run.status is status, run
    assert run.value is None


def test_an_error_says_where_for_staff(executor: Executor, plain_profile: Profile) -> None:
    run = executor.run_code(["x = 1", "y = x + z"], None, plain_profile)
    assert run.error is not None
    assert (run.error.cell, run.error.name) == (1, "NameError")
    assert "<cell 1>" in run.error.trace
    probe = executor.run_code([], "object()", plain_profile)
    assert probe.error is not None
    assert (probe.error.cell, probe.error.name) == (-1, "NotPlainError")


def test_values_that_attack_their_reader_stay_inside(executor: Executor, plain_profile: Profile) -> None:
    trap = """
class Trap:
    def __reduce__(self):
        import os
        return os.system, ('touch /tmp/probe-trapped',)
    def __str__(self):
        raise KeyboardInterrupt
    def tolist(self):
        return self
"""
    assert executor.run_code([trap], "Trap()", plain_profile).status is ExecutionStatus.FAILED
    raised = executor.run_code([trap + "class Bad(Exception, Trap): pass\nraise Bad()"], "1", plain_profile)
    assert raised.status is ExecutionStatus.FAILED
    assert executor.run_code(["x = []\nx.append(x)"], "x", plain_profile).status is ExecutionStatus.FAILED


def test_each_probe_is_a_fresh_process(executor: Executor, plain_profile: Profile) -> None:
    executor.run_code(["import numpy\nnumpy.pi = 3\nopen('left-over', 'w').close()"], None, plain_profile)
    probe = "[numpy.pi, __import__('os').path.exists('left-over')]"
    assert executor.run_code(["import numpy"], probe, plain_profile).value == [
        pytest.approx(3.14159, 1e-5),
        False,
    ]
