"""What the grader's machine withholds from a notebook, and which cells go without it.

A package that is not installed here, and a cell that the plan leaves out, take names away from later cells. Which
those are is read off the cells' sources, in the order in which they ran on one kernel. A cell that fails for want of
such a name is no failure of the student's; and whatever builds on a cell that did not run to its end says nothing
about output that was saved elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from grader.execution.notebook.cell_names import StatementNames, statement_names
from grader.execution.notebook.missing_packages import absent, is_refused_install, wanted_by
from grader.execution.shared.run_types import CellRun, CellStatus

_UNKNOWN_NAME = re.compile(r"name '(\w{1,100})' is not defined")
_STUDENTS_OWN = frozenset(("SyntaxError", "IndentationError", "TabError", "KeyboardInterrupt"))
_MOST_NAMED = 6  # packages, or cells, in one sentence


class Withheld:
    """Follows the cells of one kernel."""

    def __init__(self) -> None:
        self._packages: dict[str, frozenset[str]] = {}  # by withheld name; none where a cell was left out
        self._unsettled: set[str] = set()  # names that have not the value that the whole notebook gives them
        self._modules: set[str] = set()  # names of modules: to use one does not change it

    def leave_out(self, source: str) -> None:
        """Notes a cell that the plan skips."""
        for statement in statement_names(source):
            self._withhold(statement, frozenset())

    def settle(self, run: CellRun, saved: str) -> CellRun:
        """The cell with what it went without. Where `saved`, its saved output, shows the same error, it is not ours."""
        statements = statement_names(run.source)
        if run.status is CellStatus.OK and not run.ename:
            return self._settle_ended(run, statements)
        packages = self._cause(run, statements)
        at = self._culprit(run, statements, packages or frozenset())
        for statement in statements[:at]:
            self._follow(statement)
        for statement in statements[at:]:
            if packages is not None:
                self._withhold(statement, packages)
            self._unsettled |= (statement.bound | statement.touched) - self._modules
        ours = packages is not None and run.ename not in saved
        return msgspec.structs.replace(run, lacks=tuple(sorted(packages or ())), ours=ours, unsettled=True)

    def _settle_ended(self, run: CellRun, statements: Sequence[StatementNames]) -> CellRun:
        lacks: set[str] = set()
        unsettled = False
        for statement in statements:
            lacks.update(absent(module.name for module in statement.modules if module.guarded))
            unsettled = self._follow(statement) or unsettled
        return msgspec.structs.replace(run, lacks=tuple(sorted(lacks)), unsettled=unsettled)

    def _follow(self, statement: StatementNames) -> bool:
        """Takes a statement that ran; true if what it gives is not settled."""
        lacking = absent(module.name for module in statement.modules if not module.direct)
        inherited = [self._packages[name] for name in statement.used if name in self._packages]
        unsettled = bool(lacking or inherited) or not statement.used.isdisjoint(self._unsettled)
        if lacking or inherited:
            self._withhold(statement, frozenset(lacking).union(*inherited))
        else:
            self._modules |= statement.imported
            for name in statement.bound:
                self._packages.pop(name, None)
        if unsettled:
            self._unsettled |= (statement.bound | statement.touched) - self._modules
        else:
            self._unsettled -= statement.bound
        return unsettled

    def _withhold(self, statement: StatementNames, packages: frozenset[str]) -> None:
        self._modules -= statement.imported
        self._unsettled |= statement.bound
        self._packages |= dict.fromkeys(statement.bound, packages)

    def _cause(self, run: CellRun, statements: Sequence[StatementNames]) -> frozenset[str] | None:
        """The packages for want of which a cell failed, none of them for a cell left out; None if it failed by itself."""
        if run.status is not CellStatus.ERROR or not run.ename or run.ename in _STUDENTS_OWN:
            return None
        if wanted := wanted_by(run.ename, run.evalue):
            return frozenset(wanted)
        if is_refused_install(run.ename, run.evalue):
            return frozenset()
        if (unknown := _UNKNOWN_NAME.search(run.evalue)) is not None:
            return self._packages.get(unknown[1])
        set_anew: set[str] = set()
        found: list[frozenset[str]] = []
        for statement in statements:
            found += [self._packages[name] for name in statement.used - set_anew if name in self._packages]
            set_anew |= statement.bound - statement.used
        return frozenset().union(*found) if found else None

    def _culprit(self, run: CellRun, statements: Sequence[StatementNames], packages: frozenset[str]) -> int:
        """The number of the first statement that can have failed: what stands before it ran."""
        unknown = _UNKNOWN_NAME.search(run.evalue)
        tops = {package.partition(".")[0] for package in packages}
        for number, statement in enumerate(statements):
            if unknown is not None and unknown[1] in statement.used:
                return number
            if any(module.name.partition(".")[0] in tops for module in statement.modules):
                return number
        return 0


def packages_missing(runs: Iterable[CellRun]) -> tuple[str, ...]:
    """The packages for want of which cells failed, or went another way, here and not where they were saved."""
    return tuple(
        dict.fromkeys(
            package for run in runs if run.ours or run.status is CellStatus.OK for package in run.lacks
        )
    )


def remarks(runs: Sequence[CellRun]) -> tuple[str, ...]:
    """What a student should know of it, in whole sentences."""
    found = []
    packages = packages_missing(runs)
    stopped = [run.index for run in runs if run.ours and run.lacks]
    if packages:
        which = (
            f"The package {packages[0]} is" if len(packages) == 1 else f"The packages {_listed(packages)} are"
        )
        found.append(
            f"{which} not installed on the machine that ran this notebook: that is the machine's lack, no fault of "
            "yours, and costs you nothing."
            + (f" For want of it {_cells(stopped)} stopped." if stopped else "")
        )
    if left_out := [run.index for run in runs if run.ours and not run.lacks]:
        found.append(
            f"{_cells(left_out).capitalize()} stopped for want of what is left out here; that is no fault of yours."
        )
    for run in runs:
        if run.lacks and run.status is CellStatus.ERROR and not run.ours:
            found.append(
                f"Cell {run.index} asks for {_listed(run.lacks)}, which is not installed here, and was not where the "
                "notebook was saved either: is the name right?"
            )
    return tuple(found)


def _cells(numbers: Sequence[int]) -> str:
    return (
        f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {_listed([str(number) for number in numbers])}"
    )


def _listed(words: Sequence[str]) -> str:
    words = [*words[:_MOST_NAMED], "others"] if len(words) > _MOST_NAMED else list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
