"""The toolkit that assignments are written with. What is exported here is the interface for course authors."""

from grader.checks.answer import Answer
from grader.checks.assignment import Assignment, Check, Question, Recognition
from grader.checks.assignment_finding import load
from grader.checks.finding import Finding, failed, missing, partial, passed, review

__all__ = [
    "Answer",
    "Assignment",
    "Check",
    "Finding",
    "Question",
    "Recognition",
    "failed",
    "load",
    "missing",
    "partial",
    "passed",
    "review",
]
