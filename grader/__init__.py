"""Grades reports, their maths and their notebooks. It knows no lab: assignments are found by entry point."""

from importlib import import_module

__version__ = "0.1.0"


def load_ipython_extension(shell: object) -> None:
    """``%load_ext grader``: adds ``%check`` to a notebook, a student's own check of it."""
    import_module("grader.in_notebook.magic").load_ipython_extension(shell)  # only a notebook loads it
