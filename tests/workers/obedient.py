"""An assignment whose check does what a submission says: wait for a file, end its process, end its worker. For tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.batch import BatchSettings
from grader.model import FileKind, Submission, SubmittedFile
from grader.workers import Job, JobSettings

RUBRIC = '''
"""Does what it is told."""

import os
import re
import signal
import time
from pathlib import Path

from grader.checks import Answer, Assignment, Finding, passed

assignment = Assignment("obedient", title="Obedient")
question = assignment.question("q", "Question", number=1, cues=(r"do",))


@question.check("q.done", points=1, hint="Do it.")
def done(answer: Answer) -> Finding:
    """It is done."""
    text = " ".join(block.text for block in answer.everything)
    here = Path(__file__).parents[1]
    name = re.search(r"name (\\w+)", text)[1]
    with (here / "begun.txt").open("a") as log:
        log.write(name + "\\n")
    if "wait" in text:
        until = time.monotonic() + 120
        while not (here / f"go-{name}").exists() and time.monotonic() < until:
            time.sleep(0.02)
    if "end yourself" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "end your worker" in text:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return passed("Done.")
'''


class Obedient:
    """The assignment in a folder, with submissions by name and what each asks for."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "assignment"
        self.folder.mkdir(parents=True)
        (self.folder / "rubric.py").write_text(RUBRIC, "utf-8")
        self.handed_in = place / "in"
        self.handed_in.mkdir()
        self.settings = JobSettings(str(self.folder), execute=False)
        self.rubric = self.settings.graded_with().rubric()

    def submission(self, name: str, wish: str = "") -> Submission:
        path = self.handed_in / f"{name}.md"
        path.write_text(f"# Question 1\n\ndo it: name {name} and {wish or 'nothing'}.\n", "utf-8")
        return Submission(name, (SubmittedFile(path.name, path, FileKind.REPORT),))

    def jobs(self, *submissions: Submission) -> list[Job]:
        return [Job.of(one, self.settings, "", self.rubric) for one in submissions]

    def batch(self) -> BatchSettings:
        return BatchSettings(str(self.folder), execute=False)

    def go(self, name: str) -> None:
        (self.place / f"go-{name}").touch()

    def begun(self) -> Sequence[str]:
        """The names in the order in which they were begun, once for each time."""
        path = self.place / "begun.txt"
        return path.read_text("utf-8").split() if path.exists() else []
