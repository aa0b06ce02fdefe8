"""What all tests share: the marker for the slow ones, and counting work (`growth`)."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for growth


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow: takes seconds (OCR, browsers, kernels); runs in CI all the same"
    )
