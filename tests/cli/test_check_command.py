"""A student's own check of what is no report, or with a rubric that breaks: sentences, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeAlias

import pytest

from grader.cli import run
from grader.documents import readers

SEED = Path(__file__).parents[1] / "corpora" / "seed.md"
RENDERED = Path(__file__).parents[1] / "grading" / "renderings"
COOKING = '''
from grader.checks import Answer, Assignment, Finding, missing, passed

assignment = Assignment("cooking", title="Cooking")
oven = assignment.question("oven", "The oven", number=1)


@oven.check("oven.time", points=2)
def time(answer: Answer) -> Finding:
    """How long it takes."""
    {body}
'''


class Ended(NamedTuple):
    status: object
    out: str
    err: str


Command: TypeAlias = Callable[..., Ended]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """``grader check`` in this process, standing in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADER_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "400")

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["grader", "check", "--no-execute", *arguments])
        with pytest.raises(SystemExit) as ended:
            run()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return Ended(ended.value.code, shown.out, shown.err)

    return call


NOISE = Random(1)
DAMAGED = {
    "noise.pdf": NOISE.randbytes(3000),
    "torn.pdf": b"%PDF-1.4\n1 0 obj\n<<",
    "noise.docx": NOISE.randbytes(3000),
    "torn.docx": b"PK\x03\x04" + bytes(100),
    "noise.odt": NOISE.randbytes(3000),
    "torn.ipynb": b'{"cells": [',
    "other.ipynb": b'{"a": 1}',
    "noise.md": bytes(range(256)) * 20,
    "noise.tex": NOISE.randbytes(3000),
    "noise.html": bytes(3000),
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "rich.rtf": b"{\\rtf1 words}",
    "report.pages": b"PK\x03\x04" + bytes(100),
    "noise": NOISE.randbytes(3000),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_could_not_be_read(name: str, check: Command, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(DAMAGED[name])
    ended = check(name)
    assert ended.status == 1
    assert f"{name} could not be read: " in ended.out
    assert "one file could not be read" in ended.out
    assert "nothing to mend" not in ended.out
    assert ended.err == ""


@pytest.mark.parametrize("name", ["torn.pdf", "torn.ipynb", "empty.ipynb", "empty.md"])
def test_a_damaged_file_beside_a_good_report(name: str, check: Command, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(DAMAGED.get(name, b""))
    ended = check(str(SEED), name)
    assert ended.status == 1
    assert f"{name} could not be read: " in ended.out
    assert "9 of 10 points, one file could not be read" in ended.out
    assert "nothing to mend" not in ended.out
    whole = json.loads(check(str(SEED), name, "--json").out)
    assert {file["name"]: file["unread"] for file in whole["files"]} == {"seed.md": False, name: True}


@pytest.mark.parametrize("name", ["empty.md", "empty.pdf", "empty.docx", "empty.ipynb", "empty"])
def test_an_empty_file_is_said_to_be_empty(name: str, check: Command, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"")
    ended = check(name)
    assert ended.status == 1
    assert f"{name} could not be read: The file is empty." in ended.out


def test_what_is_no_file(check: Command, tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "loop.md").symlink_to("loop.md")
    for name, words in (
        ("folder.md", "is a folder"),
        ("pipe.md", "is no file"),
        ("loop.md", "is not there"),
        ("nowhere.md", "is not there"),
    ):
        ended = check(str(SEED), name)
        assert (ended.status, ended.out) == (2, "")
        assert re.fullmatch(rf"grader: {name} {words}\. .+\n", ended.err), ended.err


def test_a_file_that_may_not_be_read(check: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an ordinary user meets it; root may read everything."""
    (tmp_path / "report.md").write_text("words")
    opened = Path.open

    def refused(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "report.md":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refused)
    monkeypatch.setattr(readers, "sniff", lambda *_: refused(tmp_path / "report.md"))
    ended = check("report.md")
    assert ended.status == 2
    assert re.fullmatch(r"grader: \S*report\.md: Permission denied: .+\n", ended.err), ended.err


@pytest.mark.parametrize("name", ["\udcff.md", "two\nlines.md", "\x1b[31mred.md", "-.md"])
def test_a_strange_name(name: str, check: Command, tmp_path: Path) -> None:
    (tmp_path / name).write_text("words")
    ended = check(f"./{name}")
    assert ended.status == 1
    assert "\x1b[31m" not in ended.out
    assert json.loads(check(f"./{name}", "--json").out)["files"][0]["kind"] == "report"


def test_two_files_of_one_name_and_one_named_twice(check: Command, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.md").write_text(f"words of {folder}")
    whole = json.loads(
        check("a/report.md", "b/report.md", str(tmp_path / "b" / ".." / "a" / "report.md"), "--json").out
    )
    assert [file["name"] for file in whole["files"]] == ["a/report.md", "b/report.md"]


def test_a_page_that_cannot_be_written(check: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = check(str(SEED), "--quiet", "--html", "file/page.html")
    assert ended.status == 2
    assert ended.err.startswith("grader: file/page.html cannot be written")


def test_a_terminal_without_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    monkeypatch.setattr(sys, "argv", ["grader", "check", "--no-execute", str(SEED)])
    with pytest.raises(SystemExit) as ended:
        run()
    sys.stdout.flush()
    assert ended.value.code == 1
    assert b"9 of 10 points" in raw.getvalue()


@pytest.fixture
def cooking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Installs a course's assignment, given its module."""
    site = tmp_path / "site"
    about = site / "cooking-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: cooking\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[grader.assignments]\ncooking = cooking:assignment\n")
    (tmp_path / "report.md").write_text("# Question 1\n\nSome words.\n")
    monkeypatch.setattr("sys.path", [str(str(site)), *sys.path])
    monkeypatch.delitem(sys.modules, "cooking", raising=False)

    def install(module: str) -> None:
        (site / "cooking.py").write_text(module)

    yield install
    sys.modules.pop("cooking", None)


BROKEN = {
    "raises": "raise RuntimeError('a bug')",
    "never ends in itself": "return time(answer)",
    "returns nothing": "pass",
    "returns words": "return 'right'",
    "gives more than all": "return Finding('pass', 'Right.', 7.0)",
    "asserts": "assert answer.question == 'another'",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_check_that_breaks_is_our_error(body: str, cooking: Callable[[str], None], check: Command) -> None:
    cooking(COOKING.format(body=body))
    ended = check("report.md", "--assignment", "cooking")
    assert ended.status == 70
    assert "our error" in ended.out
    assert "nothing to mend" not in ended.out
    assert "cooking.py" not in ended.out


def test_a_check_that_breaks_is_explained_to_its_author(
    cooking: Callable[[str], None], check: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooking(COOKING.format(body="return 'right'"))
    monkeypatch.setenv("GRADER_DEBUG", "1")
    ended = check("report.md", "--assignment", "cooking")
    assert ended.status == 70
    assert "cooking.py" in ended.err


UNLOADABLE = {
    "syntax": ("def (:\n", r"SyntaxError.*cooking\.py, line 1"),
    "import": ("import no_such_thing\n", r"no_such_thing.*cooking\.py, line 1"),
    "raises": ("\n\n1 / 0\n", r"ZeroDivisionError.*cooking\.py, line 3"),
    "exits": ("raise SystemExit(3)\n", r"SystemExit.*cooking\.py, line 1"),
    "two alike": (
        COOKING.format(body="return missing('x')") + "assignment.question('oven', 'Again', number=2)\n",
        r"two questions are called 'oven'.*cooking\.py, line",
    ),
    "another thing": ("assignment = 5\n", r"is no Assignment"),
    "nothing": ("x = 5\n", r"assignment"),
}


@pytest.mark.parametrize("name", UNLOADABLE)
def test_a_broken_assignment(name: str, cooking: Callable[[str], None], check: Command) -> None:
    module, words = UNLOADABLE[name]
    cooking(module)
    ended = check("report.md", "--assignment", "cooking")
    assert (ended.status, ended.out) == (2, "")
    assert re.search(rf"^grader: .*{words}", ended.err), ended.err
    assert len(ended.err.splitlines()) == 1


RIGHT = {
    "1": "```python\ngradient = tape.gradient(loss, parameters)\n```",
    "2": "28*28*128 + 128 = 784*128 + 128 = 100480",
}


def test_nearer_hints_are_offered_where_one_was_shown_alone(check: Command) -> None:
    text = "\n\n".join(f"## Question {number}\n\n{answer}" for number, answer in RIGHT.items())
    Path("report.md").write_text(text, encoding="utf-8")
    open_ones = check("report.md")
    assert "There are nearer hints" in open_ones.out
    whole = check(str(RENDERED / "excellent" / "pdf-latex" / "report.pdf"))
    assert "nothing to mend" in whole.out
    assert "Hint:" not in whole.out
    assert "nearer hints" not in whole.out
