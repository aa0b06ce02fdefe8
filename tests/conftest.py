"""What all tests share: the marker for the slow ones, who runs beside whom, and no deadlines on a busy machine."""

import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("unhurried")
sys.path.insert(0, str(Path(__file__).parent))  # for growth, postgres

# Tests that kill processes and look at what is left of them, or fill the machine: one at a time, in whichever process has them.
ONE_AT_A_TIME: Final = (
    "execution",
    "workers",
    "in_notebook",
    "grading/test_hostile_batch.py",
    "grading/test_chaos.py",
    "grading/test_batch.py",
    "grading/test_faults_in_a_batch.py",
    "cli/test_endings.py",
    "cli/test_progress.py",
    "cli/test_watching.py",
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow: takes seconds (OCR, browsers, kernels); runs in CI all the same"
    )
    config.option.loadscopereorder = (
        False  # the order is that of the groups below, not the number of their tests
    )


@pytest.hookimpl(
    tryfirst=True
)  # before pytest-xdist writes the groups into the names by which it hands tests out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For `pytest -n 2 --dist loadgroup`: files stay whole, and those of `ONE_AT_A_TIME` are one group, which is begun first."""
    if not getattr(config.option, "loadgroup", False):  # as pytest-xdist has it in each of its processes
        return
    alone: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        place = item.path.relative_to(Path(__file__).parent).as_posix()
        together = place.startswith(ONE_AT_A_TIME)
        item.add_marker(pytest.mark.xdist_group("processes" if together else place))
        (alone if together else others).append(item)
    items[:] = alone + others
