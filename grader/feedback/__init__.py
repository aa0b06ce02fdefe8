"""Results as people read them: pages for students and staff, the class page, and the terminal."""

from __future__ import annotations

from grader.errors import TemplatesMissingError
from grader.feedback.class_page import ClassView, ListPage, render_index
from grader.feedback.cluster_page import render_cluster
from grader.feedback.extras import FeedbackExtras, ShownCell, ShownPassage, extras_of
from grader.feedback.pair_lines import by_page, page_name, page_of
from grader.feedback.pair_page import render_pair
from grader.feedback.submission_page import ChartView, chart_views, render_feedback
from grader.feedback.terminal import render_terminal

__all__ = [
    "ChartView",
    "ClassView",
    "FeedbackExtras",
    "ListPage",
    "ShownCell",
    "ShownPassage",
    "TemplatesMissingError",
    "by_page",
    "chart_views",
    "extras_of",
    "page_name",
    "page_of",
    "render_cluster",
    "render_feedback",
    "render_index",
    "render_pair",
    "render_terminal",
]
