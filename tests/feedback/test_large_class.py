"""A large class: the list goes on over several pages, and those who are all alike are one group on one page."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from lxml import html

from grader.feedback import render_cluster
from grader.feedback.class_page import ROWS, ClassView
from grader.feedback.cluster_page import TIED
from grader.grading.clusters import PAGES, clusters
from grader.model import Result
from grader.page_data import Pair

Class = Callable[[int], list[Result]]
MOST_BYTES = 1_000_000


def view_of(results: list[Result]) -> ClassView:
    view = ClassView()
    for result in sorted(results, key=lambda result: result.submission):
        view.add(result)
    return view


def listed(page: str) -> list[str]:
    return [
        str(row.xpath("string(./th)")).split()[0]
        for row in html.fromstring(page).xpath("//table[@id='class']/tbody/tr")
    ]


@pytest.mark.parametrize("count", [ROWS - 1, ROWS, ROWS + 1, 3 * ROWS])
def test_every_submission_is_on_one_page_of_the_list(class_of: Class, count: int) -> None:
    view = view_of(class_of(count))
    pages = {shown.name: view.render(shown, title="A lab") for shown in view.pages()}
    assert len(pages) == -(-count // ROWS)
    names = [name for page in pages.values() for name in listed(page)]
    assert names == sorted(names)
    assert len(set(names)) == count
    assert all(len(page.encode()) < MOST_BYTES for page in pages.values())


def test_pages_of_the_list_lead_to_each_other(class_of: Class) -> None:
    view = view_of(class_of(2 * ROWS + 1))
    first, second, third = (view.render(shown, title="A lab") for shown in view.pages())
    names = [shown.name for shown in view.pages()]
    for own, page in zip(names, (first, second, third), strict=True):
        links = {str(link).partition("#")[0] for link in html.fromstring(page).xpath("//nav//a/@href")}
        assert links == set(names) - {own}
    assert view_of(class_of(ROWS)).links() == ()
    (_, _, last) = view.links()
    assert last.first == last.last == listed(third)[0]


def test_a_group_names_each_member_once_and_opens_the_most_alike() -> None:
    count = TIED + 25
    names = [f"stude{number:04d}" for number in range(count)]
    pairs = [
        Pair(one, other, "text", 1 - at / (2 * count), (f"passage {at} <b>",))
        for at, (one, other) in enumerate(itertools.pairwise(names))
    ]
    (group,) = clusters(pairs)
    assert group.members == tuple(names)
    page = html.fromstring(render_cluster(group, {names[0]: "Ada <i>Lind</i>"}, title="A lab"))
    assert len(page.xpath("//section[@aria-labelledby='opened']//li")) == PAGES
    tied = [str(row.xpath("string(./th)")) for row in page.xpath("//table/tbody/tr")]
    others = [str(link.xpath("string()")) for link in page.xpath("//p[@class='members']/a")]
    assert len(tied) == TIED
    assert sorted([*tied, *others]) == names
    assert "Ada <i>Lind</i>" in page.text_content()  # as text, whatever it holds
    assert not page.xpath("//i | //b[text()]")


def test_two_groups_stay_two_until_somebody_joins_them() -> None:
    apart = [Pair("a", "b", "text", 0.9), Pair("c", "d", "text", 0.8)]
    assert [one.members for one in clusters(apart)] == [("a", "b"), ("c", "d")]
    (joined,) = clusters([*apart, Pair("b", "c", "figures", 1.0)])
    assert joined.members == ("a", "b", "c", "d")
    assert joined.key == clusters(apart)[0].key  # it stays what it is
