"""A result as its student reads it in another language. What is stored stays English."""

from __future__ import annotations

import msgspec

from grader.model import Chart, CheckResult, Evidence, QuestionResult, Result
from grader.translations.phrasebook import Phrasebook

_OWN_WORDS = 5  # words that an excerpt of ours has at least: shorter ones may be a student's


def translated(result: Result, book: Phrasebook) -> Result:
    """The result with every text for students in the language of `book`; what students wrote stays as it is."""
    return msgspec.structs.replace(
        result,
        language=book.language,
        files=tuple(msgspec.structs.replace(file, note=book.say(file.note)) for file in result.files),
        questions=tuple(_question(question, book) for question in result.questions),
        execution=msgspec.structs.replace(result.execution, note=book.say(result.execution.note)),
    )


def _question(question: QuestionResult, book: Phrasebook) -> QuestionResult:
    return msgspec.structs.replace(
        question,
        title=book.say(question.title),
        checks=tuple(_check(check, book) for check in question.checks),
        charts=tuple(_chart(chart, book) for chart in question.charts),
    )


def _check(check: CheckResult, book: Phrasebook) -> CheckResult:
    return msgspec.structs.replace(
        check,
        title=book.say(check.title),
        message=book.say(check.message),
        hint=book.say(check.hint),
        more_hints=tuple(map(book.say, check.more_hints)),
        evidence=tuple(_evidence(one, book) for one in check.evidence),
    )


def _evidence(evidence: Evidence, book: Phrasebook) -> Evidence:
    ours = len(evidence.excerpt.split()) >= _OWN_WORDS
    return msgspec.structs.replace(
        evidence,
        where=", ".join(book.say(part) for part in evidence.where.split(", ")),
        excerpt=book.exactly(evidence.excerpt) if ours else evidence.excerpt,
    )


def _chart(chart: Chart, book: Phrasebook) -> Chart:
    return msgspec.structs.replace(
        chart,
        title=book.say(chart.title),
        x_label=book.say(chart.x_label),
        y_label=book.say(chart.y_label),
        series=tuple(msgspec.structs.replace(one, label=book.say(one.label)) for one in chart.series),
    )
