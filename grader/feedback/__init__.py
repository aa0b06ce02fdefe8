"""Results as people read them: pages for students and staff, the class page, and the terminal."""

from __future__ import annotations

from grader.feedback.extras import CellView, FeedbackExtras, Passage
from grader.feedback.pages import render_feedback, render_index
from grader.feedback.terminal import render_terminal

__all__ = ["CellView", "FeedbackExtras", "Passage", "render_feedback", "render_index", "render_terminal"]
