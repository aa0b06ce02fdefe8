"""What all tests share: the marker for the slow ones, who runs beside whom, and no deadlines on a busy machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

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
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # as below, not by how many tests there are


def group_of(name: str) -> str:
    """What runs as a whole in one process: a file, or all that is in `ONE_AT_A_TIME`. `name` is a test's, as pytest writes it."""
    file = name.partition("::")[0].removeprefix("tests/")
    return "processes" if file.startswith(ONE_AT_A_TIME) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """For `pytest -n 2`. A scheduler of our own: pytest-xdist's groups are written into names that pytest 9 no longer takes."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Groups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that run one at a time are begun first: they take longest."""
    items.sort(key=lambda item: group_of(item.nodeid) != "processes")
