"""Whether the output saved in a notebook is what its cells give: if not, it is old or made up."""

from __future__ import annotations

import math
import re

from grader.execution.notebook.colab_notes import colab_isms
from grader.execution.shared.run_types import CellRun, CellStatus, StaleOutput

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d{1,40}(?:\.\d{1,40})?(?:[eE][-+]?\d{1,3})?(?![\w])")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{1,16}")
_TIMING = re.compile(r"\d{1,12}(?:\.\d{1,12})?\s?(?:ns|us|µs|ms|s|min)(?:/\w{1,10})?\b")
_TOLERANCE = 1e-3  # relative: libraries of another year round the last digits otherwise
_SHORT = 3  # digits: shorter numbers count things and say nothing
_QUOTED = 400  # characters of each side


def stale(cell: CellRun, saved: str) -> StaleOutput | None:
    """The difference if saved numbers do not come out again, or an output was saved where none comes.

    Times and addresses are passed over. A cell that was not run to its end, builds on one that was not, or wants
    a package that is not here says nothing, and neither does one whose Colab commands are without effect here.
    """
    fresh = cell.text
    ended = cell.status is CellStatus.OK and not cell.ename and not cell.unsettled and not cell.lacks
    if not ended or not saved.strip() or colab_isms(cell.source):
        return None
    known = _numbers(fresh)
    missing = [number for number in _numbers(saved) if not any(_same(number, other) for other in known)]
    lost = not fresh.strip() and not cell.images
    if not missing and not lost:
        return None
    return StaleOutput(cell.index, _quote(saved), _quote(fresh))


def _numbers(text: str) -> list[float]:
    text = _TIMING.sub(" ", _ADDRESS.sub(" ", text))
    found = [match.group() for match in _NUMBER.finditer(text)]
    return [float(number) for number in found if sum(map(str.isdigit, number)) >= _SHORT][:200]


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-9)


def _quote(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _QUOTED else text[:_QUOTED].rstrip() + " …"
