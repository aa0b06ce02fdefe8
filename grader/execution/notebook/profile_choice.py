"""Which of a plan's profiles a notebook is run with, told without loading any of Jupyter."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import PlanError
from grader.execution.notebook.notebook_file import read_notebook
from grader.execution.shared.limits import Limits
from grader.execution.shared.plan import NotebookPlan, Profile


def profile_of(data: bytes, plan: NotebookPlan, limits: Limits) -> Profile:
    """The profile for the notebook whose file holds `data`.

    Raises `UnreadableNotebookError` for what is no notebook, `PlanError` as `profile_for` does.
    """
    return profile_for([cell.source for cell in read_notebook(data, limits) if cell.kind == "code"], plan)


def profile_for(code: Sequence[str], plan: NotebookPlan) -> Profile:
    """The profile for the sources of all code cells. Raises `PlanError` if the plan chose one that it does not have."""
    name = plan.profile(code)
    profile = plan.profiles.get(name)
    if profile is None:
        raise PlanError(f"the plan chose the profile {name!r}; it has {sorted(plan.profiles)}")
    return profile
