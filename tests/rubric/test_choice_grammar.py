"""Choices and reasons put together by a grammar, held against tables: none may be judged against what was generated.

A choice, some reasons, each true, false or beside the point by the table, in English and Swedish, in many orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.assignment import Assignment
from grader.checks.assignment_finding import load
from grader.grading.grading import grade
from grader.model import CheckResult, FileKind, Submission, SubmittedFile, Verdict
from reference.lab.batch_sizes import BATCH_SIZES

LAB: Assignment = load()
Table = dict[int, tuple[float, float]]
MOST_LEFT = 0.03


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Times and accuracies as honest students have them: 10 ahead of 100 in accuracy, four times as long."""
    quick = draw(st.integers(3, 5))
    return {
        1: (draw(st.integers(105, 190)), draw(st.integers(8100, 8180)) / 10_000),
        10: (quick * draw(st.integers(4, 6)), draw(st.integers(8260, 8400)) / 10_000),
        100: (quick, draw(st.integers(8140, 8195)) / 10_000),
        1000: (1, draw(st.integers(7100, 7300)) / 10_000),
        60000: (1, draw(st.integers(700, 1100)) / 10_000),
    }


WORDS = {"en": {10: "ten", 100: "one hundred"}, "sv": {10: "tio", 100: "hundra"}}
CHOICES = {
    "en": [
        "We would start with {o}",
        "I'd go for {o}",
        "Our choice is {o}",
        "We think {o} is the best",
        "A batch size of {o} is the best choice",
        "The optimal batch size is {o}",
        "{O} is the one to begin with",
        "We recommend a batch size of {o}",
        "I prefer {o}",
        "To begin with I would use a batch size of {o}",
        "{O} would be best to start the training with",
        "We pick {o}",
        "It should be {o}",
        "The winner is {o}",
        "We would not start with 1 but with {o}",
        "Instead of 1 we would use {o}",
        "We choose {o} rather than 60000",
    ],
    "sv": [
        "Vi skulle börja med {o}",
        "Jag väljer {o}",
        "Vårt val är {o}",
        "Vi tycker att {o} är bäst",
        "En batchstorlek på {o} är det bästa valet",
        "Den optimala batchstorleken är {o}",
        "Vi rekommenderar batchstorlek {o}",
        "Jag föredrar {o}",
        "{O} är bäst att börja med",
        "Vi skulle inte börja med 1 utan med {o}",
        "I stället för 1 skulle vi ta {o}",
    ],
}
# By option: reasons that hold of the chosen option in every table above. {t}, {a} are its figures.
TIME = {
    "en": {
        10: [
            "it takes only {t} seconds",
            "{t} s is a reasonable time",
            "it is much faster than 1",
            "the training time is still short",
            "it does not take long",
        ],
        100: [
            "it takes only {t} seconds",
            "it is much faster than 10",
            "training is quick",
            "the training time is short",
            "it is several times faster than 10",
            "it needs a quarter of the time of 10",
            "it is fast",
            "the time is low ({t} s)",
        ],
    },
    "sv": {
        10: [
            "den tar bara {t} sekunder",
            "{t} s är en rimlig tid",
            "den är mycket snabbare än 1",
            "det tar inte lång tid",
        ],
        100: [
            "den tar bara {t} sekunder",
            "den är mycket snabbare än 10",
            "träningen går snabbt",
            "träningstiden är kort",
            "den är flera gånger snabbare än 10",
        ],
    },
}
SHARE = {
    "en": {
        10: [
            "it has the highest accuracy",
            "it is the most accurate of all",
            "the accuracy is best",
            "the accuracy is higher than for 100",
            "it reaches {p} % accuracy",
            "the accuracy is {a}",
        ],
        100: [
            "the accuracy is almost the same as for 10",
            "it is nearly as accurate as 10",
            "the accuracy is high",
            "it is accurate",
            "the accuracy is only slightly lower than for 10",
            "it reaches {p} % accuracy",
            "it has a good accuracy",
            "the accuracy is much higher than for 1000",
            "the accuracy is only about one percentage point lower",
        ],
    },
    "sv": {
        10: [
            "den har högst noggrannhet",
            "noggrannheten är bäst",
            "noggrannheten är högre än för 100",
            "den når {p} % noggrannhet",
        ],
        100: [
            "noggrannheten är nästan densamma som för 10",
            "den är nästan lika noggrann som 10",
            "noggrannheten är hög",
            "den har bra träffsäkerhet",
            "noggrannheten är {a}",
            "noggrannheten är bara lite lägre än för 10",
        ],
    },
}
FALSE = {
    "en": {
        10: ["it is the fastest of all", "it takes less time than 100", "it is faster than 1000", "it has the lowest training time"],
        100: ["it has the highest accuracy of all", "it is more accurate than 10", "it has 97 % accuracy", "it is faster than 1000", "it takes the shortest time of all", "its accuracy is higher than that of 10"],
    },
    "sv": {
        10: ["den är snabbast av alla", "den är snabbare än 100"],
        100: ["den har högst noggrannhet av alla", "den är noggrannare än 10", "den är snabbare än 1000"],
    },
}  # fmt: skip
BESIDE = {
    "en": [
        "it is a nice round number",
        "the assistant told us",
        "that is the default",
        "it is in the middle",
        "everybody uses it",
    ],
    "sv": ["det är ett jämnt tal", "assistenten sa det", "det är standardvärdet", "den ligger i mitten"],
}
BECAUSE = {
    "en": [" because ", " since ", ", as ", ". The reason is that ", ": ", ", because "],
    "sv": [" eftersom ", ", eftersom ", " för att ", ": "],
}
AND = {"en": [" and ", ", and ", ", while "], "sv": [" och ", ", och ", ", medan "]}
BEFORE = {
    "en": [
        "",
        "",
        "The table is above. ",
        "The lab was fun. ",
        "If we had more time we would try more sizes. ",
        "At first we thought 1000 was best, but it is not. ",
        "Some would say 1, but we do not. ",
        "Well, ",
    ],
    "sv": [
        "",
        "",
        "Labben var rolig. ",
        "Först trodde vi att 1000 var bäst, men så är det inte. ",
        "Vissa skulle säga 1, men inte vi. ",
    ],
}
BEHIND = {
    "en": ["", "", " Thanks for a nice lab.", " We had fun.", " See the plot."],
    "sv": ["", "", " Tack för en bra labb.", " Se grafen."],
}
NO_CHOICE = [
    "Some would start with {o} since it is fast and accurate.",
    "My lab partner says {o} because it is fast and accurate, but I am not convinced.",
    "We would not start with {o}.",
    "{O} is not the best one.",
    "We are not sure whether {o} is the best.",
    "Is {o} the best, since it is fast and accurate?",
    "If {o} were faster we would have used it.",
    "One could think that {o} is best.",
    "According to our friend {o} is best since it is accurate and fast.",
    "First we thought {o} was best, but that was wrong.",
    "{O} has an accuracy of {a} and takes {t} s.",
    "Vissa skulle välja {o}.",
    "Vi skulle inte välja {o}.",
    "{O} är inte bäst.",
    "Vi vet inte om {o} är bäst.",
    "Min labbkamrat tycker att {o} är bäst.",
    "Är {o} bäst?",
]


@st.composite
def spellings(draw: st.DrawFn, language: str, option: int) -> str:
    return draw(
        st.sampled_from(
            [str(option)] * 4
            + [f"**{option}**", WORDS[language][option]]
            + (["10^2", "10²"] if option == 100 else [])
        )
    )


def filled(text: str, option: int, spelled: str, table: Table) -> str:
    seconds, share = table[option]
    text = text.replace("{o}", spelled).replace("{O}", spelled[0].upper() + spelled[1:])
    return (
        text.replace("{t}", f"{seconds:g}")
        .replace("{a}", f"{share:.4f}")
        .replace("{p}", f"{100 * share:.0f}")
    )


@st.composite
def answers(draw: st.DrawFn, kinds: tuple[str, ...]) -> tuple[str, Table]:
    """A choice with one reason of each of the kinds, in some order."""
    language = draw(st.sampled_from(["en", "en", "sv"]))
    option = draw(st.sampled_from([10, 100]))
    table = draw(tables())
    pools = {
        "time": TIME[language][option],
        "accuracy": SHARE[language][option],
        "false": FALSE[language][option],
        "beside": BESIDE[language],
    }
    reasons = [draw(st.sampled_from(pools[kind])) for kind in draw(st.permutations(kinds))]
    text = draw(st.sampled_from(BEFORE[language])) if kinds else ""
    text += draw(st.sampled_from(CHOICES[language]))
    if reasons:
        text += draw(st.sampled_from(BECAUSE[language])) + draw(st.sampled_from(AND[language])).join(reasons)
    text += "." + draw(st.sampled_from(BEHIND[language]))
    return filled(text, option, draw(spellings(language, option)), table), table


def judged(folder: Path, text: str, table: Table) -> dict[str, CheckResult]:
    rows = "\n".join(f"| {batch} | {table[batch][0]:g} | {table[batch][1]:.4f} |" for batch in BATCH_SIZES)
    path = folder / "report.md"
    path.write_text(
        f"# Lab report\n\n## Question 3\n\n| Batch size | Time (s) | Accuracy |\n|---|---|---|\n{rows}\n\n{text}\n",
        encoding="utf-8",
    )
    submission = Submission("stude001", (SubmittedFile(path.name, path, FileKind.REPORT),))
    result = grade(submission, LAB, rubric="").result
    return {check.id: check for question in result.questions for check in question.checks}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("answers")


@settings(max_examples=300, deadline=None)
@given(answer=answers(("time", "accuracy")))
def test_weighed_and_true(folder: Path, answer: tuple[str, Table]) -> None:
    checks = judged(folder, *answer)
    assert checks["q3.choice"].verdict in {Verdict.PASS, Verdict.REVIEW}, answer
    assert checks["q3.reasoning"].verdict in {Verdict.PASS, Verdict.REVIEW}, (
        answer,
        checks["q3.reasoning"].message,
    )


@settings(max_examples=150, deadline=None)
@given(answer=answers(("time",)) | answers(("accuracy",)))
def test_half(folder: Path, answer: tuple[str, Table]) -> None:
    checks = judged(folder, *answer)
    assert checks["q3.choice"].verdict in {Verdict.PASS, Verdict.REVIEW}, answer
    assert checks["q3.reasoning"].verdict in {Verdict.PARTIAL, Verdict.REVIEW}, answer


@settings(max_examples=150, deadline=None)
@given(answer=answers(()) | answers(("beside",)))
def test_without_a_reason(folder: Path, answer: tuple[str, Table]) -> None:
    checks = judged(folder, *answer)
    assert checks["q3.choice"].verdict in {Verdict.PASS, Verdict.REVIEW}, answer
    assert checks["q3.reasoning"].verdict in {Verdict.MISSING, Verdict.REVIEW}, answer


@settings(max_examples=300, deadline=None)
@given(
    answer=answers(("false", "time"))
    | answers(("false", "accuracy"))
    | answers(("false", "time", "accuracy"))
)
def test_refuted(folder: Path, answer: tuple[str, Table]) -> None:
    checks = judged(folder, *answer)
    assert checks["q3.choice"].verdict in {Verdict.PASS, Verdict.REVIEW}, answer
    assert checks["q3.reasoning"].verdict in {Verdict.FAIL, Verdict.REVIEW}, answer
    if checks["q3.reasoning"].verdict is Verdict.FAIL:
        assert not re.search(
            r"should (?:be|use|choose)|right answer|correct answer", checks["q3.reasoning"].message
        )


@settings(max_examples=120, deadline=None)
@given(text=st.sampled_from(NO_CHOICE), option=st.sampled_from([10, 100]), table=tables())
def test_no_choice(folder: Path, text: str, option: int, table: Table) -> None:
    checks = judged(folder, filled(text, option, str(option), table), table)
    assert checks["q3.choice"].verdict in {Verdict.MISSING, Verdict.REVIEW}, text
    assert checks["q3.reasoning"].verdict in {Verdict.MISSING, Verdict.REVIEW}, text


def every_choice() -> Iterator[tuple[str, str, int]]:
    """Each way to choose with each reason in time; the reasons in accuracy take turns."""
    for language, option in product(("en", "sv"), (10, 100)):
        shares, because = cycle(SHARE[language][option]), cycle(BECAUSE[language])
        for choice, time in product(CHOICES[language], TIME[language][option]):
            yield f"{choice}{next(because)}{time}{AND[language][0]}{next(shares)}.", language, option


def test_little_is_left_to_review(folder: Path) -> None:
    table: Table = {1: (118, 0.8124), 10: (13, 0.8251), 100: (3, 0.8185), 1000: (1, 0.7097), 60000: (1, 0.1)}
    texts = [filled(text, option, str(option), table) for text, _, option in every_choice()][::3]
    left = [text for text in texts if judged(folder, text, table)["q3.reasoning"].verdict is not Verdict.PASS]
    assert len(left) <= MOST_LEFT * len(texts), left
