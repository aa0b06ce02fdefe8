"""Marks, comments and feedback as each learning-management system imports them."""

from grader.errors import ExportError
from grader.export.options import ExportOptions, ExportReport, Letter, Line
from grader.export.plain import write_grades_csv
from grader.export.registry import export, systems

__all__ = [
    "ExportError",
    "ExportOptions",
    "ExportReport",
    "Letter",
    "Line",
    "export",
    "systems",
    "write_grades_csv",
]
