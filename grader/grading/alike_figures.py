"""Which submissions have more figures in common than honest work comes to.

Two of them can be a pair only if points of theirs that are enough by themselves are the same in both. So each submission is
filed under every smallest set of its points that would be enough, and only those that stand in one file are compared:
work grows with the class, not with its square. A file of more than `WIDE` ties each to the first ones and to its neighbour.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, pairwise, product
from math import comb, prod
from typing import Final, TypeAlias

from grader.checks.assignment import Coincidence
from grader.model import Value

FEW_FIGURES: Final = 4  # equal points in one chart from which a pair is shown
RARE: Final = 0.01  # expected pairs of the whole class that coincide so, below which figures are shown
CLUSTER: Final = 4  # submissions with all figures the same, up to which each is shown beside each
WIDE: Final = 12  # different sets of figures with enough in common, up to which each is compared with each
EACH_WITH_EACH: Final = 150  # different sets of figures in a class, up to which no files are needed
_HUBS: Final = 2
_SMALL_CHART: Final = 6  # points, up to which all sets of points are looked at
_MOST_KEYS: Final = 500  # files that one submission may stand in

Point: TypeAlias = tuple[str, float, float]
Points: TypeAlias = frozenset[Point]
_Part: TypeAlias = tuple[Point, ...]  # points of one chart, in order
_Numbers: TypeAlias = tuple[int, ...]  # the same by their numbers


class SharedFigures(Value, frozen=True):
    """Two submissions, by their places in the class: the points that tell, their `share`, and the `odds` where known."""

    one: int
    other: int
    share: float
    points: tuple[Point, ...]
    odds: float | None


def alike_figures(
    own: Sequence[Points],
    coincidence: Coincidence | None,
    *,
    related: Callable[[int, int], bool] = lambda _one, _other: False,
    each_with_each: int = EACH_WITH_EACH,
) -> Iterator[SharedFigures]:
    """All pairs of a class of which each submission has its `own` points.

    Where more than `CLUSTER` have all figures the same, each is tied to the first of them that it is not `related` to.
    """
    odds = _Odds(coincidence, len(own) * (len(own) - 1) / 2)
    members: dict[Points, list[int]] = {}
    for place, points in enumerate(own):
        if points:
            members.setdefault(points, []).append(place)
    for points, same in members.items():
        if len(same) > 1 and (found := odds.judged(points, points)):
            for one, other in _within(same, related):
                yield SharedFigures(one, other, *found)
    sets = list(members)
    few = sets if len(sets) <= each_with_each else None
    for left, right in (
        combinations(range(len(sets)), 2) if few is not None else sorted(_candidates(sets, odds))
    ):
        if found := odds.judged(sets[left], sets[right]):
            for one, other in product(_few(members[sets[left]]), _few(members[sets[right]])):
                yield SharedFigures(min(one, other), max(one, other), *found)


def _within(same: Sequence[int], related: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """Who is shown beside whom of those that have all figures the same."""
    if len(same) <= CLUSTER:
        yield from combinations(same, 2)
        return
    for number, one in enumerate(same[1:], 1):
        hub = next((hub for hub in same[: min(_HUBS, number)] if not related(hub, one)), same[0])
        yield hub, one


def _few(members: list[int]) -> list[int]:
    """All of a few that are the same, the first of many."""
    return members if len(members) <= CLUSTER else members[:1]


class _Odds:
    """What is more than chance allows among so many `pairs`; each set of points is asked about once."""

    def __init__(self, coincidence: Coincidence | None, pairs: float) -> None:
        self._coincidence = coincidence
        self._pairs = pairs
        self._known: dict[_Part, float] = {}
        self._sizes: dict[Points, Counter[str]] = {}

    def of(self, parts: Iterable[_Part]) -> float | None:
        """The chance of these same points in two honest submissions; None where the assignment does not know."""
        if self._coincidence is None:
            return None
        return prod(self.chance(part) for part in parts)

    def chance(self, part: _Part) -> float:
        """The same of the points of one chart; 0 where the assignment does not know."""
        if self._coincidence is None:
            return 0.0
        if part not in self._known:
            self._known[part] = self._coincidence(part[0][0], [(x, y) for _, x, y in part])
        return self._known[part]

    def enough(self, odds: float | None) -> bool:
        """Whether so small a chance is shown."""
        return odds is None or odds * self._pairs < RARE

    def judged(self, left: Points, right: Points) -> tuple[float, tuple[Point, ...], float | None] | None:
        """Share, points and odds of what both have in common, if it is more than chance allows."""
        common = left & right
        if len(common) < FEW_FIGURES:
            return None
        telling = [part for part in _by_chart(common) if len(part) >= FEW_FIGURES]
        if not telling or not self.enough(odds := self.of(telling)):
            return None
        ours, theirs = self._size(left), self._size(right)
        most = sum(max(ours[part[0][0]], theirs[part[0][0]]) for part in telling)
        return sum(map(len, telling)) / most, tuple(point for part in telling for point in part), odds

    def _size(self, points: Points) -> Counter[str]:
        """How many points there are of each chart."""
        if points not in self._sizes:
            self._sizes[points] = Counter(chart for chart, _, _ in points)
        return self._sizes[points]


def _by_chart(points: Points) -> list[_Part]:
    found: dict[str, list[Point]] = {}
    for point in sorted(points):
        found.setdefault(point[0], []).append(point)
    return [tuple(part) for part in found.values()]


def _candidates(sets: Sequence[Points], odds: _Odds) -> set[tuple[int, int]]:
    """Pairs of sets that stand in one file, as places in `sets`; the smaller one first."""
    seen = Counter(chain.from_iterable(sets))
    # Only points that two have can be in common; numbers in place of points are quickly compared. In order of rarity.
    points = sorted((point for point, count in seen.items() if count > 1), key=lambda one: (seen[one], one))
    numbers = {point: number for number, point in enumerate(points)}
    parts = [_numbered(own, numbers) for own in sets]
    charts = [[_subsets(part) for part in own] for own in parts]
    shared = Counter(subset for own in charts for chart in own for subset in chart)
    files: dict[object, list[int]] = defaultdict(list)
    keys = _Keys(points, odds)
    for place, own in enumerate(charts):
        telling = [chart for chart in ([one for one in chart if shared[one] > 1] for chart in own) if chart]
        for key in keys.of(telling):
            files[key].append(place)
        for part in parts[place]:  # of long charts not all sets of points were looked at
            for number in part[: 1 - FEW_FIGURES] if len(part) > _SMALL_CHART else ():
                if seen[points[number]] <= WIDE:
                    files[number].append(place)
    found: set[tuple[int, int]] = set()
    for places in files.values():
        if len(places) <= WIDE:
            found.update(combinations(places, 2))
            continue
        for hub in range(_HUBS):
            found.update((places[hub], later) for later in places[hub + 1 :])
        found.update(pairwise(places))
    return found


def _numbered(own: Points, numbers: Mapping[Point, int]) -> list[_Numbers]:
    """The points by their numbers, in order, chart by chart: of charts with enough of them."""
    found: dict[str, list[int]] = {}
    for point in own:
        if (number := numbers.get(point)) is not None:
            found.setdefault(point[0], []).append(number)
    return [tuple(sorted(part)) for _, part in sorted(found.items()) if len(part) >= FEW_FIGURES]


def _subsets(part: _Numbers) -> list[_Numbers]:
    """The sets of points of one chart that a pair may have in common, the smallest first."""
    if len(part) <= _SMALL_CHART:
        return [one for size in range(FEW_FIGURES, len(part) + 1) for one in combinations(part, size)]
    without = [part[:at] + part[at + 1 :] for at in range(len(part))] if len(part) <= _MOST_KEYS else []
    return [*combinations(part[:_SMALL_CHART], FEW_FIGURES), *without, part]


class _Keys:
    """The smallest sets of points that are enough to make a pair, of charts whose points go by their numbers."""

    def __init__(self, points: Sequence[Point], odds: _Odds) -> None:
        self._points = points
        self._odds = odds
        self._chances: dict[_Numbers, float] = {}

    def of(self, charts: Sequence[Sequence[_Numbers]]) -> list[tuple[_Numbers, ...]]:
        """Over all charts together; at most `_MOST_KEYS`."""
        enough: list[tuple[_Numbers, ...]] = []
        for count in range(1, len(charts) + 1):
            if comb(len(charts), count) > _MOST_KEYS:
                break
            held = [frozenset(chain.from_iterable(key)) for key in enough]
            left = [[one for one in chart if not any(less <= set(one) for less in held)] for chart in charts]
            for chosen in combinations(left, count):
                # Too many to look at each: of every chart the whole.
                few = chosen if prod(map(len, chosen)) <= _MOST_KEYS else tuple(one[-1:] for one in chosen)
                for parts in product(*few):
                    if self._odds.enough(prod(map(self._chance, parts))):
                        enough.append(parts)
                        if len(enough) >= _MOST_KEYS:
                            return enough
        return enough

    def _chance(self, part: _Numbers) -> float:
        found = self._chances.get(part)
        if found is None:
            found = self._odds.chance(tuple(sorted(self._points[number] for number in part)))
            self._chances[part] = found
        return found
