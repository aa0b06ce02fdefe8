"""What all tests share: nothing but the marker for the slow ones."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow: takes seconds (OCR, browsers, kernels); runs in CI all the same"
    )
