"""Results as the grader makes them, some of them in doubt."""

from __future__ import annotations

import hashlib

from grader.model import (
    CheckResult,
    Evidence,
    Execution,
    ExecutionStatus,
    FileInfo,
    FileKind,
    GraderInfo,
    QuestionResult,
    Result,
    Status,
    Student,
    Verdict,
    question_verdict,
)

CHECKS = (
    ("q1", "q1.expression", 3.0),
    ("q2", "q2.derivation", 3.0),
    ("q3", "q3.choice", 0.5),
    ("q3", "q3.reasoning", 0.5),
)
Doubts = dict[str, tuple[str, str]]  # the reason and the passage of each check that waits


def result(
    name: str, doubts: Doubts | None = None, *, students: tuple[str, ...] = (), late: bool = False
) -> Result:
    questions = []
    for question in ("q1", "q2", "q3"):
        checks = []
        for own, check, most in CHECKS:
            if own != question:
                continue
            reason, passage = (doubts or {}).get(check, ("", ""))
            checks.append(
                CheckResult(
                    check,
                    Verdict.REVIEW if reason else Verdict.PASS,
                    0.0 if reason else most,
                    most,
                    "A person looks at this." if reason else "This is right.",
                    staff=reason,
                    evidence=(Evidence("report.md", "line 3", passage or "as it should be"),),
                    title=f"What {check} is about",
                )
            )
        questions.append(
            QuestionResult(
                question, question_verdict(checks), sum(one.points for one in checks), sum(one.max for one in checks),
                tuple(checks), f"Question {question[1]}",
            )
        )  # fmt: skip
    return Result(
        1,
        name,
        tuple(Student(one, one.title()) for one in students or (name,)),
        (FileInfo("report.md", FileKind.REPORT, hashlib.sha256(name.encode()).hexdigest()),),
        Status.REVIEW if doubts else Status.GRADED,
        sum(question.points for question in questions),
        7.0,
        tuple(questions),
        (),
        Execution(ExecutionStatus.SKIPPED),
        GraderInfo("0", "lab", "r"),
        late=late,
    )
