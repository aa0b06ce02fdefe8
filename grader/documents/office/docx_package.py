"""The parts of a Word file around its text: relationships, styles and the numbers of its lists."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from lxml import etree

from grader.documents.blocks.typed_paragraphs import code_style
from grader.documents.core.fonts import fixed_pitch
from grader.documents.core.xml_guard import Archive
from grader.documents.office.docx_ink import (
    Setting,
    Theme,
    run_setting,
    shade_of,
    why_paragraph_unseen,
)
from grader.documents.office.office_xml import (
    attribute,
    child,
    children,
    count_shown,
    number,
    optional,
    value,
)
from grader.model import Value

_MOST_BASES: Final = 20  # styles that a style may stand on; a circle ends here
_MOST_PARTS: Final = 40  # headers, footers and the like that are read
_TITLES: Final = frozenset(("title", "titel", "rubrik"))
_CAPTION: Final = re.compile(r"caption|bildtext|beskrivning|illustration", re.I)
_SUBTITLES: Final = frozenset(("subtitle", "underrubrik"))


class Target(Value, frozen=True):
    """Where a relationship leads: a member's name, or an address outside of the file."""

    kind: str
    name: str
    external: bool


def relationships(archive: Archive, part: str) -> dict[str, Target]:
    """Read the relationships of a part by id; those that leave the archive are marked, never followed."""
    folder, file = posixpath.split(part)
    root = optional(archive, posixpath.join(folder, "_rels", f"{file}.rels"))
    found: dict[str, Target] = {}
    for entry in children(root, "Relationship"):
        target = entry.get("Target", "")
        external = entry.get("TargetMode", "") == "External"
        name = target if external else posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        found[entry.get("Id", "")] = Target(entry.get("Type", "").rsplit("/", 1)[-1], name, external)
    return found


def parts_of_kind(targets: dict[str, Target], *kinds: str) -> list[str]:
    """Give the members that relationships of some kinds lead to, each once."""
    names = (target.name for target in targets.values() if target.kind in kinds and not target.external)
    return list(dict.fromkeys(names))[:_MOST_PARTS]


class Style(Value, frozen=True):
    """What a style says of its text: a heading's depth, a fixed-pitch font, a list, a caption."""

    level: int = 0
    monospace: bool = False
    list_id: str = ""
    list_level: int = 0
    caption: bool = False


class Styles:
    """The styles of a document by id; what a style stands on is followed. `theme` has its named colours."""

    def __init__(self, root: etree._Element | None, theme: etree._Element | None = None) -> None:
        self.theme = Theme(theme)
        self._styles = {attribute(style, "styleId"): style for style in children(root, "style")}
        self._known: dict[str, Style] = {}
        self._settings: dict[str, Setting] = {}
        self._defaults = run_setting(child(root, "docDefaults", "rPrDefault", "rPr"), self.theme)
        self._plain = next(
            (
                key
                for key, style in self._styles.items()
                if attribute(style, "type") == "paragraph" and attribute(style, "default") in {"1", "true"}
            ),
            "",
        )

    def of(self, key: str) -> Style:
        """Give the style of an id; a plain one for an unknown id."""
        if key not in self._known:
            self._known[key] = self._resolved(key)
        return self._known[key]

    def setting(self, key: str) -> Setting:
        """Give how a style sets its text, by itself and what it stands on; the shading of its paragraphs too."""
        if key not in self._settings:
            layers: list[Setting] = []
            current = key
            for _ in range(_MOST_BASES):
                style = self._styles.get(current)
                if style is None:
                    break
                layers.append(run_setting(child(style, "rPr"), self.theme))
                shade = shade_of(child(style, "pPr", "shd"), self.theme)
                layers.append({} if shade is None else {"paragraph": shade})
                reason = why_paragraph_unseen(child(style, "pPr"))
                layers.append({"unseen": reason} if reason else {})
                current = value(style, "basedOn")
            self._settings[key] = {name: said for layer in reversed(layers) for name, said in layer.items()}
        return self._settings[key]

    def of_paragraph(self, key: str) -> Setting:
        """Give how the text of a paragraph is set: the document's defaults, and its style or the plain one."""
        return {**self._defaults, **self.setting(key or self._plain)}

    def table_style(self, key: str) -> etree._Element | None:
        """Give the style of a table; None if there is none of that id."""
        return self._styles.get(key)

    def _resolved(self, key: str) -> Style:
        level, list_id, list_level = 0, "", 0
        monospace: bool | None = None
        caption = False
        current = key
        for _ in range(_MOST_BASES):
            style = self._styles.get(current)
            if style is None:
                break
            name = value(style, "name") or current
            caption = caption or bool(_CAPTION.search(name))
            level = level or heading_level(name, value(style, "pPr", "outlineLvl"))
            if monospace is None:
                monospace = (
                    True if code_style(name) or code_style(current) else font_is_fixed(child(style, "rPr"))
                )
            if not list_id:
                list_id = value(style, "pPr", "numPr", "numId")
                list_level = number(value(style, "pPr", "numPr", "ilvl"))
            current = value(style, "basedOn")
        if not self._styles and key:
            level, monospace = heading_level(key, ""), code_style(key)
        return Style(level, bool(monospace), list_id, list_level, caption)


def heading_level(name: str, outline: str) -> int:
    """Give the depth of a heading by its style's name and outline level; 0 for other text."""
    plain = name.strip().lower()
    if plain in _TITLES:
        return 1
    if plain in _SUBTITLES:
        return 2
    named = re.fullmatch(
        r"(?:heading|rubrik|überschrift|titre|otsikko|overskrift)\s?([1-9])(?:\s?char)?", plain
    )
    if named is not None:
        return int(named[1])
    return int(outline) + 1 if re.fullmatch(r"[0-8]", outline) else 0


def font_is_fixed(properties: etree._Element | None) -> bool | None:
    """Tell whether run properties set a fixed-pitch font; None if they name no font."""
    fonts = child(properties, "rFonts")
    if fonts is None:
        return None
    names = [attribute(fonts, which) for which in ("ascii", "hAnsi")]
    named = [name for name in names if name]
    return any(fixed_pitch(name) for name in named) if named else None


class _Level(Value, frozen=True):
    form: str
    text: str
    start: int


class Numbering:
    """Counts the entries of lists as Word does, so that ``1.`` stands before a question numbered by Word."""

    def __init__(self, root: etree._Element | None) -> None:
        abstract: dict[str, dict[int, _Level]] = {}
        for entry in children(root, "abstractNum"):
            abstract[attribute(entry, "abstractNumId")] = {
                number(attribute(level, "ilvl")): _Level(
                    value(level, "numFmt"), value(level, "lvlText"), number(value(level, "start"), 1)
                )
                for level in children(entry, "lvl")
            }
        self._levels = {
            attribute(entry, "numId"): abstract.get(value(entry, "abstractNumId"), {})
            for entry in children(root, "num")
        }
        self._counts: dict[str, dict[int, int]] = {}

    def marker(self, list_id: str, level: int) -> str:
        """Count one entry and give what stands before it; empty if the id is of no list."""
        levels = self._levels.get(list_id)
        if not levels or list_id == "0":
            return ""
        this = levels.get(level)
        if this is None or this.form in {"bullet", ""}:
            return "-"
        if this.form == "none":
            return ""
        counts = self._counts.setdefault(list_id, {})
        counts[level] = counts.get(level, this.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, this)
            return count_shown(counts.get(at, other.start), other.form)

        return re.sub(r"%([1-9])", shown, this.text[:40])
