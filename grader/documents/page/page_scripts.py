"""Powers, indices and fractions on a PDF page, told by the size and place of their characters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from grader.documents.page.page_glyphs import Glyph, Rule, size_of

SMALL: Final = (
    0.86  # a script's size, as a share of the line's, is below this (TeX 0.7, Word 0.65, MathML 0.71)
)


def without_fractions(rows: list[list[Glyph]], rules: Sequence[Rule]) -> list[list[Glyph]]:
    """Rewrites displayed fractions of full size, found by their stroke and the line that stands level with it."""
    for rule in [rule for rule in rules if 4 <= rule.x1 - rule.x0 <= 260][:60]:
        above = _nearest(rows, rule, up=True)
        below = _nearest(rows, rule, up=False)
        level = next(
            (
                row
                for row in rows
                if row is not above
                and row is not below
                and 0 < row[0].base - rule.y < 0.5 * size_of(row)
                and any(
                    -1 < rule.x0 - glyph.x1 < glyph.size * 1.2 or -1 < glyph.x0 - rule.x1 < glyph.size * 1.2
                    for glyph in row
                )
            ),
            None,
        )
        if above is None or below is None or level is None:
            continue
        top, bottom = _within(above, rule), _within(below, rule)
        if not top or not bottom or size_of(top) < SMALL * size_of(level):
            continue  # small fractions are attached as scripts are
        for row, part in ((above, top), (below, bottom)):
            row[:] = [glyph for glyph in row if glyph not in part]
        text = f"({_plain(top)})/({_plain(bottom)})"
        sample = level[0]
        level.append(
            Glyph(text, rule.x0, rule.x1, top[0].top, bottom[0].bottom, sample.base, sample.size, sample.font)
        )
        level.sort(key=lambda entry: entry.x0)
        rows = [row for row in rows if row]
    return rows


def _nearest(rows: list[list[Glyph]], rule: Rule, *, up: bool) -> list[Glyph] | None:
    best, least = None, 1e9
    for row in rows:
        part = _within(row, rule)
        if not part:
            continue
        gap = rule.y - part[0].base if up else part[0].base - rule.y
        size = part[0].size
        if (-0.1 * size < gap < 1.0 * size if up else 0.4 * size < gap < 1.7 * size) and gap < least:
            best, least = row, gap
    return best


def _within(row: Sequence[Glyph], rule: Rule) -> list[Glyph]:
    return [glyph for glyph in row if glyph.x0 > rule.x0 - 2 and glyph.x1 < rule.x1 + 2]


def _plain(row: Sequence[Glyph]) -> str:
    return "".join(glyph.text for glyph in row)


class Script(NamedTuple):
    """A run of small glyphs above (`up`) or below the line."""

    glyphs: tuple[Glyph, ...]
    up: bool

    @property
    def x0(self) -> float:
        """Its left edge."""
        return self.glyphs[0].x0

    @property
    def x1(self) -> float:
        """Its right edge."""
        return self.glyphs[-1].x1


def scripts_attached(rows: list[list[Glyph]]) -> tuple[list[list[Glyph]], dict[int, list[Script]]]:
    """Gives small glyphs to the line that they stand beside, as powers or indices."""
    sizes = [size_of(row) for row in rows]
    rest = [list(row) for row in rows]
    attached: dict[int, list[Script]] = defaultdict(list)
    for index, row in enumerate(rows):
        hosts = [
            other
            for other in range(max(0, index - 6), min(len(rows), index + 7))
            if other != index
            and sizes[index] < SMALL * sizes[other]
            and -0.75 * sizes[other] < row[0].base - rows[other][0].base < 0.45 * sizes[other]
        ]
        if not hosts:
            continue
        hosts.sort(key=lambda other: abs(row[0].base - rows[other][0].base))
        for run in _runs(row):
            for other in hosts:
                if _beside(run, rows[other], sizes[other]):
                    attached[other].append(Script(tuple(run), row[0].base < rows[other][0].base))
                    rest[index] = [glyph for glyph in rest[index] if glyph not in run]
                    break
        for run in _runs(rest[index]):  # the lower half of a fraction stands beside nothing but the upper one
            for other in hosts:
                if any(
                    min(run[-1].x1, script.x1) - max(run[0].x0, script.x0) > 0.4
                    and script.up != (row[0].base < rows[other][0].base)
                    for script in attached[other]
                ):
                    attached[other].append(Script(tuple(run), row[0].base < rows[other][0].base))
                    rest[index] = [glyph for glyph in rest[index] if glyph not in run]
                    break
    return rest, attached


def _runs(row: Sequence[Glyph]) -> list[list[Glyph]]:
    runs: list[list[Glyph]] = []
    for glyph in row:
        if runs and glyph.x0 - runs[-1][-1].x1 < 0.35 * glyph.size:
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return runs


def _beside(run: Sequence[Glyph], host: Sequence[Glyph], size: float) -> bool:
    """Whether a run of small glyphs stands close behind, or between, the glyphs of a line."""
    behind = any(
        -0.35 * size < run[0].x0 - glyph.x1 < 0.5 * size for glyph in host if glyph.size > run[0].size
    )
    before = any(-0.2 * size < glyph.x0 - run[-1].x1 < 0.6 * size for glyph in host)
    return behind or (before and host[0].x0 < run[0].x0)


def script_pieces(
    scripts: Sequence[Script], rules: Sequence[Rule], size: float
) -> list[tuple[float, float, str, bool, float, float]]:
    """Scripts as (left, right, text, whether it hangs on what stands before, top, bottom); fractions as ``(a)/(b)``."""
    pieces = []
    used: set[int] = set()
    for index, script in enumerate(scripts):
        if index in used:
            continue
        text = _plain(script.glyphs)
        partner = next(
            (
                other
                for other in range(len(scripts))
                if other != index
                and other not in used
                and scripts[other].up != script.up
                and min(script.x1, scripts[other].x1) - max(script.x0, scripts[other].x0) > 0.4
            ),
            None,
        )
        top, bottom = min(glyph.top for glyph in script.glyphs), max(glyph.bottom for glyph in script.glyphs)
        if partner is not None:
            other = scripts[partner]
            x0, x1 = min(script.x0, other.x0), max(script.x1, other.x1)
            if any(
                rule.x0 < x0 + 2 and rule.x1 > x1 - 2 and abs(rule.y - script.glyphs[0].base) < size
                for rule in rules
            ):
                used |= {index, partner}
                upper, lower = (script, other) if script.up else (other, script)
                text = f"({_plain(upper.glyphs)})/({_plain(lower.glyphs)})"
                pieces.append((x0, x1, text, False, top, bottom))
                continue
        used.add(index)
        sign = "^" if script.up else "_"
        text = f"{sign}{text}" if len(text) == 1 or (script.up and text.isdigit()) else f"{sign}{{{text}}}"
        pieces.append((script.x0, script.x1, text, True, top, bottom))
    return pieces
