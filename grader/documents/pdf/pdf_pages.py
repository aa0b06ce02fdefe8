"""Pages of pdfplumber that are interpreted within a budget: forms that hold each other twice double with every level."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent
from pdfplumber.utils.exceptions import PdfminerException

from grader.documents.core.limits import Budget

_MOST_DEEP: Final = 30  # forms in forms; programs nest three
_NESTED: Final = (
    10  # times as much is a form in a form charged as one on the page: a plot's markers are of the latter
)
_MOST_SIGNS: Final = 4  # times as many signs are followed as are read
_STEP: Final = 2_000  # operands between two looks at the clock


class PageTooLongError(Exception):
    """A page takes more steps to draw than are followed."""


class BoundedPage(Page):
    """A page whose content is followed as far as a budget allows. Its `layout` raises `PageTooLongError` beyond."""

    budget: Budget

    @classmethod
    def of(cls, page: Any, budget: Budget) -> BoundedPage:
        """The same page, with a budget."""
        made = cls(page.pdf, page.page_obj, page.page_number, page.initial_doctop)
        made.budget = budget
        return made

    def turned(self, degrees: int) -> BoundedPage:
        """The page read anew with its text turned to the right."""
        sheet = copy.copy(self.page_obj)
        sheet.rotate = (self.page_obj.rotate + degrees) % 360
        sheet.attrs = {**self.page_obj.attrs, "Rotate": sheet.rotate}
        made = type(self)(self.pdf, sheet, self.page_number)
        made.budget = self.budget
        return made

    @property
    def layout(self) -> Any:
        """What stands on the page, as pdfminer has it."""
        if not hasattr(self, "_layout"):
            work = _Work(self.budget)
            device = _Device(self.pdf.rsrcmgr, pageno=self.page_number, laparams=self.pdf.laparams)
            device.work = work
            interpreter = _Interpreter(self.pdf.rsrcmgr, device)
            interpreter.work = work
            try:
                interpreter.process_page(self.page_obj)
            except PageTooLongError:
                raise
            except Exception as problem:  # pdfminer raises whatever a damaged file makes it stumble over
                raise PdfminerException(problem) from problem
            self._layout = device.get_result()
        return self._layout


class _Work:
    """What one page has taken so far."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.forms = budget.limits.page_objects
        self.signs = _MOST_SIGNS * budget.limits.page_objects
        self.operands = 0
        self.depth = 0


class _Device(PDFPageAggregatorWithMarkedContent):
    work: _Work

    def render_char(self, *arguments: Any, **named: Any) -> Any:
        """Places one sign."""
        self.work.signs -= 1
        if self.work.signs < 0:
            raise PageTooLongError
        return super().render_char(*arguments, **named)


class _Interpreter(PDFPageInterpreter):
    work: _Work

    def dup(self) -> _Interpreter:
        """The interpreter of a form within."""
        made = type(self)(self.rsrcmgr, self.device)
        made.work = self.work
        return made

    def push(self, obj: Any) -> None:
        """Takes one operand."""
        self.work.operands += 1
        if not self.work.operands % _STEP and not self.work.budget.in_time():
            raise PageTooLongError
        super().push(obj)

    def execute(self, streams: Sequence[Any]) -> None:
        """Follows some content; a form that holds itself, which no program writes, keeps PDFium busy for ever."""
        if any(getattr(stream, "objid", None) in self.parent_stream_ids for stream in streams):
            raise PageTooLongError
        super().execute(streams)

    def do_Do(self, xobjid_arg: Any) -> None:  # noqa: N802 - the operator's name
        """Draws a form or a picture."""
        work = self.work
        work.forms -= _NESTED if work.depth else 1
        if work.forms < 0 or work.depth > _MOST_DEEP or (not work.forms % 100 and not work.budget.in_time()):
            raise PageTooLongError
        work.depth += 1
        super().do_Do(xobjid_arg)
        work.depth -= 1
