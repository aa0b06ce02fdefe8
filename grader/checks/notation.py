"""Mathematical notation of every sort (TeX, Unicode, HTML, Markdown, typed text) to one plain form.

The plain form uses ``+ - * / ^ ( ) =``, digits, words and newlines; thousands groups are kept as they
were written, with every kind of space that may stand inside a number as U+2009. Nothing is evaluated.
All steps are linear in the length of the text, and nesting is bounded by `MAX_DEPTH`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

MAX_CHARACTERS: Final = 20_000  # of one passage; what comes after is not read
MAX_DEPTH: Final = 24  # of braces in TeX; deeper groups lose their contents
THIN_SPACE: Final = "\u2009"  # stands for every space that joins the groups of one number

_SUPERSCRIPTS: Final = {ord(high): low for high, low in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾", "0123456789+-()", strict=True)}
_SUPERSCRIPT_RUN: Final = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾]{1,12}")
_NUMBER_SPACES: Final = re.compile(r"(?<=\d)[\u00a0\u2007\u2008\u2009\u202f\u200a~](?=\d)")
_CHARACTERS: Final = str.maketrans(
    {
        **dict.fromkeys("×∗⋅∙•·✕✖⨯⨉╳∘・", "*"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("−–—‐‑‒﹣－", "-"),
        **dict.fromkeys("⇒→⟹⟶≈≅≃≡⇔⇨➔➜", "="),
        **dict.fromkeys("’‘ʼ´′", "'"),
        **dict.fromkeys("[{⟨", "("),
        **dict.fromkeys("]}⟩", ")"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\u2061\u2062\u2063", ""),
        "\t": " ",
        "\r": "\n",
        "\v": "\n",
        "\f": "\n",
    }
)
_ARROWS: Final = re.compile(r"(?:=>|-{1,3}>|<-{1,3}(?= )|:=|={2,3})")
_TIMES_LETTER: Final = re.compile(r"(?<=[\d)])[ ]{0,3}[xX][ ]{0,3}(?=[\d(])|(?<= )[xX][ ]{0,3}(?=[\d(])")
_TEX_SIGN: Final = re.compile(r"\\[A-Za-z]|\\[,;:!\\ ]|[$_^]\s*\{|\{[,.]\}")
_TEX_SYMBOLS: Final = {
    **dict.fromkeys(("times", "cdot", "ast", "star", "bullet", "cdotp", "centerdot"), "*"),
    **dict.fromkeys(("div", "slash"), "/"),
    **dict.fromkeys(
        (
            "Rightarrow",
            "rightarrow",
            "to",
            "implies",
            "Longrightarrow",
            "longrightarrow",
            "approx",
            "equiv",
            "iff",
        ),
        "=",
    ),
    **dict.fromkeys(("eq", "simeq", "cong", "Leftrightarrow"), "="),
    **dict.fromkeys(("quad", "qquad", "newline", "hspace", "space"), " "),
    **dict.fromkeys(
        ("left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "displaystyle", "textstyle"), ""
    ),
    **dict.fromkeys(
        ("limits", "nolimits", "centering", "nonumber", "notag", "hfill", "noindent", "rm", "bf", "it"), ""
    ),
    "lbrace": "(",
    "rbrace": ")",
    "lbrack": "(",
    "rbrack": ")",
    "lparen": "(",
    "rparen": ")",
    "plus": "+",
    "minus": "-",
    "thinspace": THIN_SPACE,
    "par": "\n",
    "cr": "\n",
}
_TEX_WRAPPERS: Final = frozenset(
    [
        "mathbf",
        "boldsymbol",
        "bm",
        "boxed",
        "underline",
        "overline",
        "mathit",
        "mathsf",
        "mathtt",
        "fbox",
        "framebox",
        "emph",
        "underbrace",
        "overbrace",
        "num",
        "bold",
        "textcolor",
        "color",
        "ensuremath",
        "cancel",
        "hbox",
    ]
)
_TEX_WORDS: Final = frozenset(
    [
        "text",
        "mathrm",
        "textrm",
        "textbf",
        "textit",
        "texttt",
        "mbox",
        "operatorname",
        "textsf",
        "textnormal",
        "textup",
        "label",
    ]
)
_TEX_SIGNS: Final = {
    **dict.fromkeys(",;:", THIN_SPACE),
    **dict.fromkeys("!()[]", ""),
    "\\": "\n",
}
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)\*?|\\(.)|\\", re.S)
_ONE_ARGUMENT: Final = re.compile(r"[^\W_]+|.", re.S)  # a power ends where an index begins: ``s^2_p``
_GREEK: Final = re.compile(
    r"\s(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega)\s$",
    re.I,
)  # as commands are written out
_INDEXED: Final = re.compile(
    r"\w(?:\^\([^()]{0,20}\))?$"
)  # what an index belongs to, its power perhaps between
_LABEL_OF_BRACE: Final = re.compile(r"\s*[_^]\s*(?=\{)")
_FRACTIONS: Final = frozenset(("frac", "dfrac", "tfrac", "cfrac"))


def plain(text: str) -> str:
    """The plain form of a passage; see the module's docstring. Never fails, whatever the text."""
    text = html.unescape(text[:MAX_CHARACTERS])
    typeset = _TEX_SIGN.search(text)
    opens, closes = ("^{", "}") if typeset else ("^(", ")")
    text = _SUPERSCRIPT_RUN.sub(lambda run: opens + run[0].translate(_SUPERSCRIPTS) + closes, text)
    if typeset:
        text = _Tex(text).read()
    text = _NUMBER_SPACES.sub(THIN_SPACE, text)
    text = "".join(
        part if part in (THIN_SPACE, "\n") else unicodedata.normalize("NFKC", part)
        for part in re.split(f"([{THIN_SPACE}\n])", text.translate(_CHARACTERS))
    )
    text = _markdown(text.translate(_CHARACTERS))
    return _TIMES_LETTER.sub("*", _ARROWS.sub("=", text))


def columns_joined(text: str) -> str:
    """A plain text with sums and products that are set out in columns written on one line."""
    signs = {"x": " * ", "X": " * "}
    return _RULED.sub(" = ", _UNDER.sub(lambda line: signs.get(line[1], f" {line[1]} "), text))


_POWER: Final = re.compile(r"(?<=[\w)])\*\*(?=[\d(])|(?<=[\w)]) \*\* (?=[\d(])")
# Sums and products set out in columns: a line with a sign and a number, and a ruler above what it comes to.
_UNDER: Final = re.compile(r"(?<=\d)[ ]{0,40}\n[ ]{0,40}([xX*+])[ ]{0,40}(?=\d{1,12}[ ]{0,40}$)", re.M)
_RULED: Final = re.compile(
    r"(?<=\d)[ ]{0,40}\n[ ]{0,40}[-_=]{2,60}[ ]{0,40}\n[ ]{0,40}(?=\d[\d ]{0,12}$)", re.M
)
_ESCAPED: Final = re.compile(r"\\([*_#()\[\]+\-.!=])")


def _markdown(text: str) -> str:
    """Markdown's marks off: emphasis, code ticks, escapes; a ``**`` between operands is a power."""
    text = _ESCAPED.sub(r"\1", text)
    return _POWER.sub("^", text).replace("**", " ").replace("`", " ").replace("$", " ")


class _Tex:
    """One pass over TeX source; groups are read recursively up to `MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> str:
        parts: list[str] = []
        while self.at < len(self.text):  # a stray closing brace ends an inner read, never the whole
            parts.append(self._until_close(0))
            self.at += 1
        return "".join(parts)

    def _until_close(self, depth: int) -> str:
        """Reads to the brace that closes this group (not consumed) or to the end."""
        out: list[str] = []
        text = self.text
        while self.at < len(text):
            char = text[self.at]
            if char == "}":
                break
            if char == "\\":
                out.append(self._command(depth))
            elif char == "{":
                inner = self._group(depth)
                out.append(inner if inner in {",", "."} else f" {inner} " if inner.isalpha() else inner)
            elif char in "^_":
                self.at += 1
                if char == "_":  # the index of a Greek letter, as of any other
                    base = len(out) - 2 if out and out[-1].startswith("^(") else len(out) - 1
                    if base >= 0 and _GREEK.search(out[base]):
                        out[base] = out[base].rstrip()
                argument = self._argument(depth)
                out.append(f"^({argument})" if char == "^" else "")
                if char == "_" and not argument.strip():
                    out.append("_")
                elif char == "_" and _INDEXED.search("".join(out[-3:])):
                    out.append("_" + re.sub(r"\W+", "", argument))
            elif char == "&":
                self.at += 1
                out.append(" ")
            else:
                self.at += 1
                out.append(char)
        return "".join(out)

    def _group(self, depth: int) -> str:
        """The contents of the group that opens here."""
        self.at += 1
        if depth >= MAX_DEPTH:
            level = 1
            while self.at < len(self.text) and level:
                level += {"{": 1, "}": -1}.get(self.text[self.at], 0)
                self.at += 1
            return ""
        inner = self._until_close(depth + 1)
        self.at += 1
        return inner

    def _argument(self, depth: int) -> str:
        """A command's argument: a group, a command or one character."""
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1
        if self.at >= len(self.text):
            return ""
        if self.text[self.at] == "{":
            return self._group(depth)
        if self.text[self.at] == "\\" and depth < MAX_DEPTH:
            return self._command(depth + 1)
        if self.text[self.at] in "}":
            return ""
        match = _ONE_ARGUMENT.match(self.text, self.at)
        found = match[0] if match else ""
        self.at += len(found)
        return found

    def _command(self, depth: int) -> str:
        found = _COMMAND.match(self.text, self.at)
        if found is None:  # cannot be: the caller saw a backslash
            self.at += 1
            return ""
        self.at = found.end()
        name, sign = found[1], found[2]
        if name is None:
            return _TEX_SIGNS.get(sign or "", sign or "")
        if name in _FRACTIONS:
            return f"(({self._argument(depth)})/({self._argument(depth)}))"
        if name in _TEX_WORDS:
            return f" {self._argument(depth)} "
        if name in _TEX_WRAPPERS:
            inner = self._argument(depth)
            following = _LABEL_OF_BRACE.match(self.text, self.at)
            if name in {"underbrace", "overbrace"} and following:  # the label below a brace is no maths
                self.at = following.end()
                self._argument(depth)
            return inner
        if name in {"begin", "end"}:
            self._argument(depth)
            return " "
        return _TEX_SYMBOLS.get(name, f" {name} ")
