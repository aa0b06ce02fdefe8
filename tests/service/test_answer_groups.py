"""Which answers are decided together: the same for the rubric, and never two that a careful assistant tells apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_purity import Member, cases_of, groups_of, impure  # type: ignore[import-not-found] # as is the next
from service_results import result  # type: ignore[import-not-found] # beside this file, see conftest

from grader.marks import reported
from grader.service.answer_groups import doubts_of, kinds_of, part_of

CORPORA = Path(__file__).parents[1] / "corpora"


def kinds(*doubts: dict[str, tuple[str, str]]) -> list[tuple[str, int, int]]:
    """For each kind its check, its groups and its submissions."""
    results = [result(f"s{number}", own) for number, own in enumerate(doubts)]
    found = kinds_of(doubt for one in results for doubt in doubts_of(reported(one)))
    return [(kind.check, len(kind.groups), kind.count) for kind in found]


def test_the_same_answer_is_one_group_whatever_its_spacing_and_case() -> None:
    assert kinds(
        {"q1.expression": ("Not certain: 'a'.", "Tape.gradient( x , y )")},
        {"q1.expression": ("Not certain: 'b'.", "tape.gradient(x,y).")},
        {"q1.expression": ("Not certain: 'c'.", "tape.gradient(y,x)")},
    ) == [("q1.expression", 2, 3)]


def test_another_reason_is_another_kind_and_most_points_come_first() -> None:
    found = kinds(
        {"q3.choice": ("One reason.", "words here")},
        {"q3.choice": ("Another reason.", "words here")},
        {"q3.choice": ("Another reason.", "words here")},
        {"q1.expression": ("A third.", "code")},
    )
    assert found == [("q1.expression", 1, 1), ("q3.choice", 1, 2), ("q3.choice", 1, 1)]


def test_answers_without_a_passage_are_never_alike() -> None:
    assert kinds({"q1.expression": ("A doubt.", "picture")}, {"q1.expression": ("A doubt.", "picture")}) == [
        ("q1.expression", 2, 2)
    ]


def test_the_parts_of_the_queue_are_the_whole() -> None:
    results = [result(f"s{n}", {"q1.expression": ("A doubt.", f"passage {n}")}) for n in range(50)]
    groups = [
        group
        for kind in kinds_of(d for one in results for d in doubts_of(reported(one)))
        for group in kind.groups
    ]
    parts = [{group.key for group in part_of(groups, part, 3)} for part in (1, 2, 3)]
    assert set.union(*parts) == {group.key for group in groups}
    assert sum(map(len, parts)) == len(groups)


@pytest.mark.slow
def test_groups_are_pure_on_the_corpora(tmp_path: Path) -> None:
    """The members of a group have a verdict in common that is right for all, among all labelled answers of the tests."""
    for name in ("gradient-answers", "parameter-answers"):
        folder = tmp_path / name
        folder.mkdir()
        groups = groups_of(cases_of(CORPORA / f"{name}.jsonl"), folder)
        assert groups
        assert impure(groups.values()) == []


def test_a_group_without_a_verdict_for_all_is_not_pure() -> None:
    same, other = Member("a", frozenset({"pass", "review"})), Member("b", frozenset({"fail"}))
    assert impure([[same, other], [same, same], [other]]) == [[same, other]]
