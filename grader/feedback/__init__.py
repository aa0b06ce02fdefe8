"""Results as people read them: pages for students and staff, the class page, and the terminal."""

from __future__ import annotations

from grader.feedback.class_page import render_index
from grader.feedback.extras import CellView, FeedbackExtras, Passage
from grader.feedback.page_frame import TemplatesMissingError
from grader.feedback.pair_page import by_page, render_pair, with_alike
from grader.feedback.submission_page import render_feedback
from grader.feedback.terminal import render_terminal

__all__ = [
    "CellView",
    "FeedbackExtras",
    "Passage",
    "TemplatesMissingError",
    "by_page",
    "render_feedback",
    "render_index",
    "render_pair",
    "render_terminal",
    "with_alike",
]
