"""What all tests share: the marker for the slow ones, counting work (`growth`), and no deadlines on a busy machine."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
sys.path.insert(0, str(Path(__file__).parent))  # for growth, postgres


settings.register_profile("grader", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("grader")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow: takes seconds (OCR, browsers, kernels); runs in CI all the same"
    )
