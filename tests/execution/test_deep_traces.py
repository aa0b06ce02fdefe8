"""Tracebacks of runaway recursion keep their ends, and only those."""

from __future__ import annotations

import traceback

from grader.execution.child.deep_traces import shorten


def deep(left: int) -> int:
    return deep(left - 1) if left else 1 // left


def caught(depth: int) -> BaseException:
    try:
        deep(depth)
    except ZeroDivisionError as problem:
        return problem
    raise AssertionError


def test_the_middle_is_left_out() -> None:
    problem = caught(800)
    shorten(problem, problem.__traceback__)
    frames = traceback.extract_tb(problem.__traceback__)
    assert 100 < len(frames) < 200
    assert frames[0].name == "caught"
    assert frames[-1].line == "return deep(left - 1) if left else 1 // left"


def test_a_short_one_stays_whole() -> None:
    problem = caught(30)
    shorten(problem, problem.__traceback__)
    assert len(traceback.extract_tb(problem.__traceback__)) == 32


def test_what_it_came_from_is_shortened_too() -> None:
    first = caught(800)
    second = ValueError("later")
    second.__context__ = first
    first.__context__ = second  # a ring ends, too
    shorten(second, None)
    assert len(traceback.extract_tb(first.__traceback__)) < 200
