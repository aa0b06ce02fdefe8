"""Values followed through code: what a call is given where it stands, and what cannot be reached."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.dataflow import read_flow
from grader.checks.flow_events import FlowCall, FlowReading, Interest
from grader.checks.listings import parse_listing, python_of_cell
from grader.checks.terms import (
    EitherTerm,
    FreeTerm,
    GroupTerm,
    InstanceTerm,
    LiteralTerm,
    ProductTerm,
    RecorderTerm,
    Term,
    walk,
)

INTEREST = Interest(frozenset(("measure", "store")), frozenset(("measure",)), frozenset(("Recording",)))


def followed(*cells: str) -> FlowReading:
    return read_flow([parse_listing(python_of_cell(cell)) for cell in cells], INTEREST)


def measured(*cells: str) -> list[FlowCall]:
    return [call for call in followed(*cells).calls if call.name == "measure" and not call.dormant]


def shown(term: Term | None) -> object:
    match term:
        case FreeTerm(name=name):
            return name
        case LiteralTerm(value=value):
            return value
        case GroupTerm(items=items):
            return [shown(item) for item in items]
        case _:
            return type(term).__name__


@pytest.mark.parametrize(
    ("code", "operands"),
    [
        ("r.measure(a, b)", ["a", "b"]),
        ("p = a\nq = p\nr.measure(q, [b])", ["a", ["b"]]),
        ("a, b = b, a\nr.measure(a, b)", ["b", "a"]),
        ("pair = (a, b)\nr.measure(*pair)", ["a", "b"]),
        ("d = dict(x=a)\nr.measure(d['x'], d.get('x'))", ["a", "a"]),
        ("f = r.measure\nf(a, b)", ["a", "b"]),
        ("getattr(r, 'measure')(a, b)", ["a", "b"]),
        ("def f(x, y=b):\n    return r.measure(x, y)\nf(a)", ["a", "b"]),
        ("g = lambda x: r.measure(x, b)\ng(a)", ["a", "b"]),
        ("if (n := a):\n    pass\nr.measure(n, b)", ["a", "b"]),
        ("r.measure(a if True else c, c and b if False else b)", ["a", "b"]),
        ("[r.measure(one, b) for one in [a]]", ["a", "b"]),
        ("import x\nr.measure(a,  # a comment (with a bracket\n          b)", ["a", "b"]),
    ],
)
def test_names_mean_what_they_mean_where_they_stand(code: str, operands: list[object]) -> None:
    (call,) = measured(code)
    assert [shown(one) for one in call.arguments] == operands
    assert call.sure


@pytest.mark.parametrize(
    "code",
    [
        "if False:\n    r.measure(a, b)",
        "while 0:\n    r.measure(a, b)",
        "for _ in []:\n    r.measure(a, b)",
        "for _ in range(0):\n    r.measure(a, b)",
        "x = 1 if True else r.measure(a, b)",
        "True or r.measure(a, b)",
        "False and r.measure(a, b)",
        "exit()\nr.measure(a, b)",
        "import sys\nsys.exit(0)\nr.measure(a, b)",
        "raise SystemExit\nr.measure(a, b)",
        "assert False\nr.measure(a, b)",
        "def f():\n    return 1\n    r.measure(a, b)\nf()",
        "for _ in range(3):\n    continue\n    r.measure(a, b)",
        "def f():\n    r.measure(a, b)",
        "f = lambda: r.measure(a, b)",
        "class C:\n    def f(self):\n        r.measure(a, b)",
        "'r.measure(a, b)'",
        "x = '''\nr.measure(a, b)\n'''",
        "# r.measure(a, b)",
        "%%html\nr.measure(a, b)",
        "%%writefile x.py\nr.measure(a, b)",
        "%%script false\nr.measure(a, b)",
        "[r.measure(a, b) for _ in ()]",
        "if 1 == 2:\n    r.measure(a, b)",
        "if not True:\n    r.measure(a, b)",
    ],
)
def test_what_is_never_reached_is_no_call(code: str) -> None:
    assert measured(code) == []


def test_a_cell_that_ends_does_not_end_the_next_one() -> None:
    (call,) = measured("exit()\nr.measure(x, y)", "%%time\nr.measure(a, b)")
    assert [shown(one) for one in call.arguments] == ["a", "b"]
    assert call.top == (1, 2)


def test_a_condition_that_cannot_be_decided_is_told() -> None:
    (call,) = measured("if c:\n    r.measure(a, b)")
    assert not call.sure
    (call,) = measured("if c:\n    p = a\nelse:\n    p = b\nr.measure(p, b)")
    assert isinstance(call.arguments[0], EitherTerm)
    assert call.sure


def test_functions_that_nothing_calls_are_dormant() -> None:
    (call,) = followed("def f(p):\n    return r.measure(p, b)").calls
    assert call.dormant
    assert shown(call.arguments[0]) == "p"


def test_receivers_and_recorders() -> None:
    code = "class Mine:\n    pass\nwith lib.Recording() as r:\n    v = f(a)\nr.measure(v, a)\nr = Mine()\nr.measure(v, a)"
    first, second = measured(code)
    assert isinstance(first.receiver, RecorderTerm)
    assert isinstance(second.receiver, InstanceTerm)
    (own,) = measured("class Recording:\n    pass\nwith Recording() as r:\n    pass\nr.measure(a, b)")
    assert isinstance(own.receiver, InstanceTerm)


def test_what_a_call_gives_is_followed_over_the_rounds_of_a_loop() -> None:
    reading = followed("g = 0\nfor i in range(9):\n    x.store(x - g)\n    g = r.measure(a, b)")
    stored = [call for call in reading.calls if call.name == "store"]
    held = [
        any(isinstance(part, ProductTerm) for one in call.arguments for part in walk(one)) for call in stored
    ]
    assert held[0] is False or len(held) == 1
    assert isinstance(reading.names["g"], EitherTerm | ProductTerm)


def test_attributes_of_others_and_code_made_at_run_time_are_told() -> None:
    reading = followed("lib.Recording.measure = f\nexec('a = 1')\nsetattr(lib, 'x', 1)")
    assert [one.source.split("(")[0] for one in reading.tampering] == [
        "lib.Recording.measure",
        "exec",
        "setattr",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "x = x + x\n" * 3_000,
        "r.measure(" * 200 + ")" * 200,
        "def f():\n    f()\n    f()\nf()",
        "".join(f"def f{i}():\n    f{i + 1}()\n    f{i + 1}()\n" for i in range(40)) + "f0()",
        "".join(" " * i + "for _ in a:\n" for i in range(60)) + " " * 60 + "r.measure(a, b)",
        "".join(" " * i + "if a:\n" for i in range(60)) + " " * 60 + "x = 1",
        "x = " + "-" * 50_000 + "1",
        "x = [" * 5_000,
        "if a:\n    x = 1\nelse:\n    x = 2\n" * 2_000,
    ],
)
def test_hostile_code_is_bounded(code: str) -> None:
    began = time.process_time()
    followed(code)
    assert time.process_time() - began < 3


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["for i in a:", "if a:", "    r.measure(a, b)", "  x = y", "else:", "return", "def f(a):", "with Recording() as r:",
             "???", "x, *y = z", "lambda", "try:", "    except:", "f(f(f))", "x[0] = 1", "del x", "global x", "@f", "''' ", "%%bash"]
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_code_is_followed_without_error(lines: list[str]) -> None:
    followed("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- old = 1\n+ new = r.measure(a, b)\n  x = 2", 2),
        ("12  x = 1\n13  r.measure(a, b)", 2),
        (">>> r.measure(a, b)", 1),
        ("In [5]: r.measure(a, b)", 1),
        ("x <- r.measure(a, b)", 1),
        ("Loss before: 12 13\nr.measure(a, b)", 2),
        ("for i in x:\nr.measure(a, b)", 2),
        ("r.measure(**a**, **b**)", 1),
        ("𝚛.𝚖𝚎𝚊𝚜𝚞𝚛𝚎(𝚊, 𝚋)", 1),
        ("r.measure(~~c~~ a, b)", 1),
    ],
)
def test_listings_as_reports_show_them(text: str, line: int) -> None:
    (call,) = measured(text)
    assert call.line == line
    assert [shown(one) for one in call.arguments] == ["a", "b"]
