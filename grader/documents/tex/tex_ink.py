r"""How TeX sets text at a place: its colour, what is behind it, its size; and the colours that a source names."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from grader.documents.blocks.ink import (
    BLACK,
    CLIPPED,
    OFF_PAGE,
    SMALLEST_POINTS,
    TOO_SMALL,
    TRANSPARENT,
    WHITE,
    Colour,
    hex_colour,
    over,
    too_faint,
    why_unseen,
)
from grader.documents.core.document import STRUCK
from grader.model import Value

PHANTOM: Final = "set as a blank of its size"
DROPPED: Final = "given to a macro that does not set it"
_FAR: Final = 250.0  # points that type is moved by, from which it is off the page
_NAMED: Final = {
    "white": "FFFFFF", "black": "000000", "red": "FF0000", "green": "00FF00", "blue": "0000FF", "cyan": "00FFFF",
    "magenta": "FF00FF", "yellow": "FFFF00", "gray": "808080", "darkgray": "404040", "lightgray": "BFBFBF", "brown": "BF8040",
    "lime": "BFFF00", "olive": "808000", "orange": "FF8000", "pink": "FFBFBF", "purple": "BF0040", "teal": "008080",
    "violet": "800080", "White": "FFFFFF", "Snow": "FFFAFA", "Ivory": "FFFFF0", "GhostWhite": "F8F8FF", "WhiteSmoke": "F5F5F5",
    "FloralWhite": "FFFAF0", "Black": "000000", "Navy": "000080", "snow": "FFFAFA", "ivory": "FFFFF0",
}  # fmt: skip
_SIZES: Final = {
    "tiny": 5.0, "scriptsize": 7.0, "footnotesize": 8.0, "small": 9.0, "normalsize": 10.0, "large": 12.0, "Large": 14.4,
    "LARGE": 17.3, "huge": 20.7, "Huge": 24.9,
}  # fmt: skip
_POINTS: Final = {
    "pt": 1.0, "bp": 1.004, "mm": 2.845, "cm": 28.45, "in": 72.27, "ex": 4.3, "em": 10.0, "sp": 1 / 65536, "pc": 12.0,
}  # fmt: skip
_LENGTH: Final = re.compile(
    r"\s*([-+]?\s?(?:\d{1,7}(?:\.\d{0,7})?|\.\d{1,7}))\s*(pt|bp|mm|cm|in|ex|em|sp|pc)?"
)


class Ink(Value, frozen=True):
    """How type is set; `size` in points, `reason` why it is not seen whatever its colour."""

    colour: Colour = BLACK
    ground: Colour = WHITE
    size: float = 10.0
    scale: float = 1.0
    reason: str = ""

    @property
    def unseen(self) -> str:
        """Why type is not seen here; empty if it is."""
        if self.reason:
            return self.reason
        if self.size * self.scale < SMALLEST_POINTS:
            return TOO_SMALL
        return why_unseen(self.colour, self.ground)

    def hidden(self, reason: str) -> Ink:
        """The same, not seen for a reason; the first one stays."""
        return msgspec.structs.replace(self, reason=self.reason or reason)


class Palette:
    """The colours that a source may name, with those that it defines."""

    def __init__(self) -> None:
        self._named: dict[str, Colour] = {}

    def define(self, name: str, model: str, values: str) -> None:
        """Takes ``\\definecolor{name}{model}{values}``, or ``\\colorlet`` with an empty model."""
        found = self.of(values, model)
        if found is not None and len(self._named) < 500:
            self._named[name.strip()] = found

    def of(self, text: str, model: str = "") -> Colour | None:
        """A colour by name, by mixture (``white!90!black``) or by the values of a model; None for what is none."""
        text, model = text.strip()[:200], model.strip("[] ")
        if model:
            return _by_model(model, text)
        parts = text.split("!")
        found = self._plain(parts[0])
        for at in range(1, len(parts), 2):
            part = float(parts[at]) / 100 if re.fullmatch(r"\d{1,3}(?:\.\d{1,4})?", parts[at]) else 1.0
            other = self._plain(parts[at + 1]) if at + 1 < len(parts) else WHITE
            if found is not None and other is not None:
                found = over(Colour(*found[:3], min(part, 1.0)), other)
        return found

    def _plain(self, name: str) -> Colour | None:
        name = name.strip()
        if name.startswith("-"):
            found = self._plain(name[1:])
            return None if found is None else Colour(*(1 - part for part in found[:3]))
        written = name if name.startswith("#") else _NAMED.get(name, "")
        return self._named.get(name) or hex_colour(written)


def _by_model(model: str, text: str) -> Colour | None:
    if model.upper() == "HTML":
        return hex_colour(text)
    numbers = [float(one) for one in re.findall(r"\d{1,5}(?:\.\d{1,6})?|\.\d{1,6}", text)[:4]]
    if model == "RGB" and len(numbers) == 3:
        return Colour(*(min(one / 255, 1.0) for one in numbers))
    if model == "rgb" and len(numbers) == 3:
        return Colour(*(min(one, 1.0) for one in numbers))
    if model.lower() == "gray" and len(numbers) == 1:
        grey = min(numbers[0] / (15 if model == "Gray" else 1), 1.0)
        return Colour(grey, grey, grey)
    if model == "cmyk" and len(numbers) == 4:
        return Colour(*((1 - min(one, 1.0)) * (1 - min(numbers[3], 1.0)) for one in numbers[:3]))
    if model.lower() in {"hsb", "cmy"} and len(numbers) == 3:
        return (
            Colour(*(1 - one for one in numbers))
            if model == "cmy"
            else Colour(*(numbers[2] * (1 - numbers[1]),) * 3)
        )
    return None


def points(text: str) -> float | None:
    """A length in points; None for what is none, such as ``\\textwidth``."""
    found = _LENGTH.match(text[:60])
    if found is None or "\\" in text:
        return None
    number = float(found[1].replace(" ", ""))
    return number * _POINTS[found[2]] if found[2] else (0.0 if not number else None)


def changed(ink: Ink, macro: str, arguments: list[str], palette: Palette) -> Ink | None:
    """The ink behind a macro that changes it up to the end of its group; None for other macros."""
    first = arguments[-1] if arguments else ""
    match macro:
        case "color" | "normalcolor":
            model = arguments[0] if len(arguments) > 1 else ""
            found = BLACK if macro == "normalcolor" else palette.of(first, model)
            return ink if found is None else msgspec.structs.replace(ink, colour=found)
        case "pagecolor" | "cellcolor" | "rowcolor" | "columncolor":
            model = arguments[0] if len(arguments) > 1 and arguments[0].startswith("[") else ""
            found = palette.of(first, model)
            return ink if found is None else msgspec.structs.replace(ink, ground=found)
        case "fontsize":
            size = points(arguments[0]) if arguments else None
            if size is None and arguments and re.fullmatch(r"\s*\d{1,3}(?:\.\d{1,5})?\s*", arguments[0]):
                size = float(arguments[0])
            return ink if size is None else msgspec.structs.replace(ink, size=size)
        case "transparent" | "opacity":
            return ink.hidden(TRANSPARENT) if _is_faint(first) else ink
        case "hspace" | "hskip" | "kern" | "vspace":
            moved = points(first)
            return ink if moved is None or moved > -_FAR else ink.hidden(OFF_PAGE)
        case "nullfont":
            return ink.hidden(DROPPED)
        case "pdfliteral":
            return ink.hidden(TRANSPARENT) if re.search(r"\b3\s+Tr\b", first) else ink
        case _ if macro in _SIZES:
            return msgspec.structs.replace(ink, size=_SIZES[macro])
    return None


def within(ink: Ink, macro: str, arguments: list[str], palette: Palette) -> Ink | None:
    """The ink of the last argument of a macro that sets it in its own way; None for other macros.

    `arguments` are those before it, options in their brackets.
    """
    first = arguments[0] if arguments else ""
    match macro:
        case "textcolor":
            model = arguments[0] if len(arguments) > 1 else ""
            found = palette.of(arguments[-1], model) if arguments else None
            return ink if found is None else msgspec.structs.replace(ink, colour=found)
        case "colorbox" | "fcolorbox" | "hl":
            found = Colour(1, 1, 0) if macro == "hl" else palette.of(arguments[-1]) if arguments else None
            return ink if found is None else msgspec.structs.replace(ink, ground=found)
        case "phantom" | "hphantom" | "vphantom":
            return ink.hidden(PHANTOM)
        case "scalebox":
            factor = re.match(r"-?(\d{0,4}(?:\.\d{1,6})?)$", arguments[0].strip()) if arguments else None
            scale = float(factor[1]) if factor and factor[1] not in {"", "."} else 1.0
            return msgspec.structs.replace(ink, scale=ink.scale * min(scale, 1.0))
        case "resizebox":
            sides = [points(one) for one in arguments[-2:]]
            flat = any(side is not None and abs(side) < SMALLEST_POINTS for side in sides)
            return ink.hidden(TOO_SMALL) if flat else ink
        case "raisebox":
            moved = points(arguments[0]) if arguments else None
            return ink.hidden(OFF_PAGE) if moved is not None and abs(moved) > _FAR else ink
        case "texttransparent":
            return ink.hidden(TRANSPARENT) if arguments and _is_faint(arguments[0]) else ink
        case "textpdfrender":
            return ink.hidden(TRANSPARENT) if re.search(r"Invisible|=\s*[37]\b", first) else ink
        case "clipbox":
            return ink.hidden(CLIPPED)
        case "llap":
            return ink.hidden(OFF_PAGE)
        case "makebox":
            width = points(arguments[0].strip("[]")) if arguments else None
            return ink.hidden(OFF_PAGE) if width == 0 and "[r]" in arguments else ink
        case "node" | "draw" | "path":
            options = " ".join(arguments)
            if re.search(r"opacity\s*=\s*0?\.?0*(?![.\d])|transparent", options):
                return ink.hidden(TRANSPARENT)
            named = (palette.of(one.partition("=")[2] or one) for one in options.strip("[]").split(","))
            found = next((one for one in named if one is not None), None)
            return ink if found is None else msgspec.structs.replace(ink, colour=found)
        case "todo":
            disabled = any("disable" in one for one in arguments)
            return ink.hidden(DROPPED) if disabled else ink
        case "sout" | "st" | "xout" | "cancel" | "bcancel" | "xcancel":
            return ink.hidden(STRUCK)
        case _ if macro in NEVER_SET:
            return ink.hidden(DROPPED)
    return None


def _is_faint(text: str) -> bool:
    found = re.fullmatch(r"\s*(\d{0,2}(?:\.\d{1,6})?)\s*", text)
    return bool(found and found[1] not in {"", "."} and too_faint(float(found[1])))


NEVER_SET: Final = frozenset(  # macros whose last argument is not set on the page
    (
        "gobble", "gradergobble", "gradergobbletwo", "sbox", "savebox", "typeout", "message", "wlog", "errmessage", "special",
        "index", "glossary", "pdfcomment", "pdfmargincomment", "pdfinfo", "censor", "blackout", "xblackout", "redact", "ignore",
        "comment", "hide", "omitted", "discretionary", "ifthenelse", "style", "mathtip", "texttip", "PackageWarning", "ClassWarning", "PackageInfo", "AtEndDocument", "invisible",
    )
)  # fmt: skip
CHANGES: Final = frozenset(
    ("color", "normalcolor", "pagecolor", "cellcolor", "rowcolor", "columncolor", "fontsize", "transparent", "opacity",
     "hspace", "hskip", "kern", "vspace", "nullfont", "pdfliteral", *_SIZES)
)  # fmt: skip
SETS: Final = NEVER_SET | frozenset(
    ("textcolor", "colorbox", "fcolorbox", "hl", "phantom", "hphantom", "vphantom", "scalebox", "resizebox", "raisebox",
     "texttransparent", "textpdfrender", "clipbox", "llap", "makebox", "node", "draw", "path", "todo", "sout", "st", "xout", "cancel", "bcancel", "xcancel")
)  # fmt: skip
