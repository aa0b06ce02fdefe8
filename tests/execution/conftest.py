"""Executors shared by the whole session: a zygote costs seconds, and one of TensorFlow at a time is enough."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for hostile_samples, which also runs as a program

from grader.execution import Executor, Limits, NotebookPlan, Profile, Settings

PLAIN = Profile("plain", preload=("numpy", "matplotlib", "matplotlib.pyplot"))
# The TensorFlow of 2019 under its own name, and the one beside which students of 2021 to 2023 wrote.
TF1 = Profile(
    "tf1",
    environment={"TF_USE_LEGACY_KERAS": "1"},
    preload=("numpy", "matplotlib.pyplot", "tensorflow", "tf_keras"),
    aliases={"tensorflow": "tensorflow.compat.v1"},
    startup="import tensorflow\ntensorflow.disable_eager_execution()",
)


@pytest.fixture(scope="session")
def notebook() -> Callable[..., bytes]:
    """Makes a notebook file of the sources of its code cells; a pair is (cell type, source)."""

    def make(*cells: Any) -> bytes:
        entries = []
        for cell in cells:
            kind, source = cell if isinstance(cell, tuple) else ("code", cell)
            entry = {"cell_type": kind, "source": source, "metadata": {}}
            entries.append(entry | ({"outputs": [], "execution_count": None} if kind == "code" else {}))
        return json.dumps({"cells": entries, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()

    return make


@pytest.fixture(scope="session")
def executor() -> Iterator[Executor]:
    """An executor as it is used, with short limits."""
    limits = Limits(cell_seconds=20, grace_seconds=1, notebook_seconds=60, memory_mb=2048)
    with Executor(Settings(limits=limits)) as shared:
        if shared.refusal():
            pytest.skip(shared.refusal())
        yield shared


def _plan(profile: Profile) -> Callable[..., NotebookPlan]:
    def make(**options: Any) -> NotebookPlan:
        return NotebookPlan(profile=lambda _: profile.name, profiles={profile.name: profile}, **options)

    return make


@pytest.fixture(scope="session")
def plain_plan() -> Callable[..., NotebookPlan]:
    """A plan without TensorFlow."""
    return _plan(PLAIN)


@pytest.fixture(scope="session")
def tf1_plan() -> Callable[..., NotebookPlan]:
    """A plan with the TensorFlow of 2019."""
    return _plan(TF1)


@pytest.fixture(scope="session")
def plain_profile() -> Profile:
    """NumPy and matplotlib."""
    return PLAIN


@pytest.fixture(scope="session")
def tf1_profile() -> Profile:
    """The profile of `tf1_plan`."""
    return TF1
