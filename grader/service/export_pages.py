"""What an LMS would get, before it gets anything: the mark that stands there, the one to come, who stays here and why.

A gradebook that was given once is kept beside the application until it ends, under its own digest, so that the file can be written
from the preview without giving it again. Nothing is sent from here: that is the command's.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from grader.accounts import Accounts
from grader.errors import ExportError, IntakeError
from grader.export import ExportReport, Line
from grader.exporting import export_folder
from grader.intake.roster import read_roster
from grader.service.rendering import class_now, page
from grader.service.visitors import Text, Visitor, Who, check_form
from grader.store import Ledger

router: Final = APIRouter()
# Those that write one file and send nothing, with what each wants besides.
SYSTEMS: Final = {
    "canvas": "Canvas: the gradebook",
    "canvas-feedback": "Canvas: feedback as a zip",
    "moodle": "Moodle: the grading worksheet",
    "moodle-feedback": "Moodle: feedback as a zip",
    "blackboard": "Blackboard: the Grade Center",
    "brightspace": "Brightspace: the grades export",
    "sakai": "Sakai: grades.csv",
    "ilias": "ILIAS: status.csv",
    "openolat": "OpenOLAT: bulk assessment",
    "aplus": "A+: batch assessment",
    "teams": "Microsoft Teams: a sheet to type from",
    "ladok": "Ladok: a report",
    "csv": "A plain table",
}
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOST_LINES: Final = 2_000
_TITLE: Final = 200  # characters


class Asked:
    """What stands in the form."""

    def __init__(
        self,
        request: Request,
        system: Text,
        token: Text,
        title: Text = "",
        number: Text = "",
        possible: Text = "",
        pass_mark: Text = "",
        course: Text = "",
        component: Text = "",
        replace: Annotated[bool, Form()] = False,
        book: Text = "",
        roster: Text = "",
        new_book: Annotated[UploadFile | None, File()] = None,
        new_roster: Annotated[UploadFile | None, File()] = None,
    ) -> None:
        if system not in SYSTEMS:
            raise HTTPException(422, f"There is no export to {system[:40]!r} here.")
        self.system, self.token, self.replace = system, token, replace
        self.title, self.number = title.strip()[:_TITLE], number.strip()[:40]
        self.possible, self.pass_mark = possible.strip(), pass_mark.strip()
        self.course, self.component = course.strip()[:40], component.strip()[:40]
        scratch: Path = request.app.state.scratch
        self.book, self.book_path = _kept(scratch, new_book, book)
        self.roster, self.roster_path = _kept(scratch, new_roster, roster)

    def said(self, problem: Exception) -> str:
        """What is wrong, of the tables by what they are: their paths here are nobody's business."""
        text = str(problem)
        for path, words in ((self.book_path, "The gradebook"), (self.roster_path, "The class list")):
            text = text.replace(str(path), words) if path is not None else text
        return text

    def chosen(self) -> dict[str, Any]:
        """The same as fields of the export's options."""
        return {
            "assignment": self.title,
            "assignment_id": self.number,
            "points_possible": _figure(self.possible, "The maximum"),
            "pass_mark": _figure(self.pass_mark, "The pass mark"),
            "gradebook": self.book_path,
            "class_list": read_roster(self.roster_path, Accounts()).rows
            if self.roster_path is not None
            else (),
            "settings": {
                key: value for key, value in (("course", self.course), ("component", self.component)) if value
            },
            "replace": self.replace,
        }


def _kept(scratch: Path, new: UploadFile | None, digest: str) -> tuple[str, Path | None]:
    """A table that came with this form, or with the one before; kept by its digest, never by a name of the user's."""
    if new is not None and new.filename:
        content = new.file.read()
        digest = hashlib.sha256(content).hexdigest()
        (scratch / f"table-{digest}.csv").write_bytes(content)
    if not _DIGEST.fullmatch(digest) or not (scratch / f"table-{digest}.csv").is_file():
        return "", None
    return digest, scratch / f"table-{digest}.csv"


def _figure(text: str, what: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError as problem:
        raise HTTPException(422, f"{what} is a number, not {text[:20]!r}.") from problem
    if not 0 < value < 1e6:
        raise HTTPException(422, f"{what} is above 0.")
    return value


@router.get("/export")
def show_form(request: Request, who: Who) -> Response:
    """The form alone."""
    return page(
        request,
        who,
        "service/export.html.j2",
        systems=SYSTEMS,
        asked=None,
        report=None,
        trouble="",
        rows=(),
        replaced=(),
    )


@router.post("/export/preview")
def show_preview(request: Request, who: Who, asked: Annotated[Asked, Depends()]) -> Response:
    """What would be, student by student. Nothing is written."""
    check_form(request, who, asked.token)
    return _shown(request, who, asked)


@router.post("/export")
def write_file(request: Request, who: Who, asked: Annotated[Asked, Depends()]) -> Response:
    """The file, to be imported. What would replace a mark is in it only with the form's yes."""
    check_form(request, who, asked.token)
    if who.blind:
        raise HTTPException(422, "The file bears names: show the names first.")
    out = Path(tempfile.mkdtemp(prefix="export-", dir=request.app.state.scratch))
    try:
        report = _exported(request, asked, out, preview=False)
    except (ExportError, IntakeError) as problem:
        return _shown(request, who, asked, asked.said(problem))
    if len(report.files) != 1 or not report.rows:
        return _shown(request, who, asked, "No mark can leave: below is why.")
    return FileResponse(report.files[0], filename=report.files[0].name)


def _exported(request: Request, asked: Asked, out: Path, *, preview: bool) -> ExportReport:
    ledger: Ledger = request.app.state.ledger
    return export_folder(
        request.app.state.folder, ledger, asked.system, out, preview=preview, **asked.chosen()
    )


def _shown(request: Request, who: Visitor, asked: Asked, trouble: str = "") -> Response:
    report = None
    try:
        report = _exported(request, asked, request.app.state.scratch / "none", preview=True)
    except (ExportError, IntakeError) as problem:
        trouble = trouble or asked.said(problem)
    state = class_now(request)
    rows: list[tuple[str, Line]] = []
    for line in (report.lines if report is not None else ())[:_MOST_LINES]:
        own = " ".join(dict.fromkeys(filter(None, (line.name, line.student)))) or line.submission
        shown = msgspec.structs.replace(
            line, reason=line.reason.replace("say --replace", "it needs the yes below")
        )
        rows.append((state.name(line.submission, blind=True) if who.blind else own, shown))
    replaced = [line for _, line in rows if line.now and line.to_come and line.now != line.to_come]
    return page(
        request,
        who,
        "service/export.html.j2",
        status=422 if report is None else 200,
        systems=SYSTEMS,
        asked=asked,
        report=report,
        rows=rows,
        replaced=replaced,
        trouble=trouble,
    )
