"""Every reader on damaged documents: a document or a plain message; `fuzzing.py` beside this file runs for longer."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.documents import Document


def _harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location("document_fuzzing", Path(__file__).with_name("fuzzing.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fuzzing = _harness()


@pytest.mark.parametrize("suffix", fuzzing.SEEDS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_a_damaged_document_gives_a_document_or_plain_words(suffix: str, seed: int, steps: int) -> None:
    data = fuzzing.sample(suffix, random.Random(seed), steps)
    came = fuzzing.read(data, suffix)
    if isinstance(came, Document):
        assert all(block.place.source == f"report.{suffix}" and block.place.where for block in came.blocks)
    else:
        assert 10 < len(str(came)) < 300
        assert "Traceback" not in str(came)


@pytest.mark.parametrize("suffix", fuzzing.SEEDS)
def test_the_originals_are_read(suffix: str) -> None:
    for path in fuzzing.SEEDS[suffix]:
        came = fuzzing.read(path.read_bytes(), suffix)
        assert isinstance(came, Document)
        assert "tape.gradient" in came.text()
