"""Submissions that are alike as groups: whoever is like one of a group belongs to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from grader.model import Value
from grader.page_data import Pair

PAGES: Final = 20  # two submissions side by side, of one cluster; the most alike


class Cluster(Value, frozen=True):
    """Submissions that are alike, in order. `pairs` are what ties them, the most alike first.

    `key` names it by its first member, so that it stays what it is when another joins it.
    """

    key: str
    members: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def words(self) -> str:
        """What they have in common, as far as one line says it."""
        shares = [pair.share for pair in self.pairs if pair.kind == "text"]
        figures = [len(pair.figures) for pair in self.pairs if pair.kind == "figures"]
        said = {
            "text": f"up to {max(shares, default=0):.0%} of the text",
            "figures": f"up to {max(figures, default=0)} figures",
        }
        return " and ".join(said.get(kind, kind) for kind in sorted({pair.kind for pair in self.pairs}))

    @property
    def beside(self) -> tuple[tuple[str, str], ...]:
        """Each two of `shown`, once."""
        return tuple(dict.fromkeys((pair.one, pair.other) for pair in self.shown()))

    def shown(self) -> tuple[Pair, ...]:
        """The pairs that are shown side by side: those of the first `PAGES` two submissions."""
        chosen: set[tuple[str, str]] = set()
        for pair in self.pairs:
            if len(chosen) == PAGES:
                break
            chosen.add((pair.one, pair.other))
        return tuple(pair for pair in self.pairs if (pair.one, pair.other) in chosen)


def clusters(pairs: Sequence[Pair]) -> tuple[Cluster, ...]:
    """The groups that `pairs` make, in the order of the most alike of each."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        top = name
        while (above := parent.setdefault(top, top)) != top:
            top = above
        while parent[name] != top:
            parent[name], name = top, parent[name]
        return top

    for pair in pairs:
        one, other = sorted((root(pair.one), root(pair.other)))
        parent[other] = one
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        found.setdefault(root(pair.one), []).append(pair)
    return tuple(
        Cluster(
            f"cluster-{hashlib.sha256(first.encode(errors='replace')).hexdigest()[:12]}",
            tuple(sorted({name for pair in own for name in (pair.one, pair.other)})),
            tuple(own),
        )
        for first, own in found.items()
    )
