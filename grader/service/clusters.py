"""Which submissions are alike, as clusters: one shared table among twenty is one line, not 190 pairs. For staff; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from grader.model import Value
from grader.page_data import Pair

_WORDS: Final = {"text": "text", "figures": "figures"}


class Cluster(Value, frozen=True):
    """Submissions that hang together by likeness, in order; `pairs` are the two of each that were found alike."""

    members: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def words(self) -> str:
        """What they have in common, as far as one line says it."""
        kinds = sorted({_WORDS.get(pair.kind, pair.kind) for pair in self.pairs})
        shares = [pair.share for pair in self.pairs if pair.kind == "text"]
        figures = [len(pair.figures) for pair in self.pairs if pair.kind == "figures"]
        said = {
            "text": f"up to {max(shares, default=0):.0%} of the text",
            "figures": f"up to {max(figures, default=0)} figures",
        }
        return " and ".join(said.get(kind, kind) for kind in kinds)

    @property
    def beside(self) -> tuple[tuple[str, str], ...]:
        """Each two to look at side by side, those that were found alike, each once."""
        return tuple(dict.fromkeys((pair.one, pair.other) for pair in self.pairs))


def clusters_of(pairs: Iterable[Pair]) -> tuple[Cluster, ...]:
    """The clusters, the largest first; whoever is alike to one of a cluster belongs to it."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while above.setdefault(name, name) != name:
            above[name] = name = above[above[name]]
        return name

    kept = list(pairs)
    for pair in kept:
        above[top(pair.one)] = top(pair.other)
    members: dict[str, set[str]] = {}
    own: dict[str, list[Pair]] = {}
    for pair in kept:
        members.setdefault(top(pair.one), set()).update((pair.one, pair.other))
        own.setdefault(top(pair.one), []).append(pair)
    found = [Cluster(tuple(sorted(names)), tuple(own[key])) for key, names in members.items()]
    return tuple(sorted(found, key=lambda cluster: (-len(cluster.members), cluster.members)))
