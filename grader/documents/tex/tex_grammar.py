r"""What the macros of a report in TeX take and mean, beyond those that pylatexenc knows."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final

Node = Any  # pylatexenc has no types: a node is told apart by the attributes of its class

_MACROS: Final = {
    "phantom": "{",
    "hphantom": "{",
    "vphantom": "{",
    "sbox": "{{",
    "savebox": "{[[{",
    "typeout": "{",
    "message": "{",
    "gobble": "{",
    "gradergobble": "{",
    "gradergobbletwo": "{{",
    "graderfirstoftwo": "{{",
    "gradersecondoftwo": "{{",
    "special": "{",
    "glossary": "{",
    "pdfcomment": "[{",
    "pdfmargincomment": "[{",
    "pdftooltip": "{{",
    "censor": "{",
    "blackout": "{",
    "xblackout": "{",
    "todo": "[{",
    "texttransparent": "{{",
    "transparent": "{",
    "fontsize": "{{",
    "pagecolor": "[{",
    "definecolor": "{{{",
    "colorlet": "{{",
    "hl": "{",
    "st": "{",
    "sout": "{",
    "xout": "{",
    "cancel": "{",
    "index": "{",
    "ignore": "{",
    "comment": "{",
    "hide": "{",
    "omitted": "{",
    "errmessage": "{",
    "wlog": "{",
    "redact": "{",
    "ClassWarning": "{{",
    "PackageInfo": "{{",
    "AtEndDocument": "{",
    "pdfinfo": "{",
    "discretionary": "{{{",
    "style": "{{",
    "ifthenelse": "{{{",
    "pdfliteral": "{",
    "textpdfrender": "{{",
    "clipbox": "*{{",
    "llap": "{",
    "node": "[{",
    "PassOptionsToPackage": "{{",
    "geometry": "{",
    "newlength": "{",
    "newcounter": "{",
    "DeclareMathOperator": "*{{",
    "raisebox": "{[[{",
    "fcolorbox": "{{{",
    "textcolor": "[{{",
    "hspace": "*{",
    "vspace": "*{",
    "makebox": "[[{",
    "framebox": "[[{",
    "marginpar": "[{",
    "invisible": "{",
    "PackageWarning": "{{",
    "excludecomment": "{",
    "multicolumn": "{{{",
    "multirow": "[{[{[{",
    "href": "{{",
    "caption": "*[{",
    "subcaption": "{",
    "captionof": "{[{",
    "cmidrule": "[{",
    "cline": "{",
    "SI": "[{{",
    "qty": "[{{",
    "num": "[{",
    "si": "[{",
    "unit": "[{",
    "rowcolor": "[{",
    "rowcolors": "{{{",
    "arrayrulecolor": "{",
    "cellcolor": "[{",
    "columncolor": "[{",
    "color": "[{",
    "opacity": "{",
    "graphicspath": "{",
    "graderlisting": "{",
    "graderinline": "{",
    "lstinputlisting": "[{",
    "inputminted": "[{{",
    "verbatiminput": "{",
    "subfile": "{",
    "import": "{{",
    "addlinespace": "[",
    "newline": "",
    "linebreak": "[",
    "pagebreak": "[",
    "thanks": "{",
    "affil": "[{",
    "author": "[{",
    "title": "[{",
    "subtitle": "{",
    "setcounter": "{{",
    "addtocounter": "{{",
    "setlength": "{{",
    "addtolength": "{{",
    "lstset": "{",
    "hypersetup": "{",
    "pagestyle": "{",
    "thispagestyle": "{",
    "vskip": "",
    "rule": "[{{",
    "scalebox": "{[{",
    "resizebox": "*{{{",
    "rotatebox": "[{{",
    "fbox": "{",
    "colorbox": "[{{",
    "parbox": "[[[{{",
    "texorpdfstring": "{{",
    "hypertarget": "{{",
    "hyperlink": "{{",
    "hyperref": "[{",
    "autoref": "{",
    "cref": "{",
    "Cref": "{",
    "eqref": "{",
    "pageref": "{",
    "bibliography": "{",
    "bibliographystyle": "{",
    "fancyhead": "[{",
    "fancyfoot": "[{",
    "lhead": "[{",
    "rhead": "[{",
    "chead": "[{",
    "usetikzlibrary": "{",
    "pgfplotsset": "{",
    "textsuperscript": "{",
    "textsubscript": "{",
    "part": "*[{",
    "chapter": "*[{",
    "section": "*[{",
    "subsection": "*[{",
    "subsubsection": "*[{",
    "paragraph": "*[{",
    "subparagraph": "*[{",
    "includegraphics": "*[[{",
    "item": "[",
}
_ENVIRONMENTS: Final = {
    "tabular": "[{",
    "tabular*": "{[{",
    "tabularx": "{[{",
    "tabulary": "{[{",
    "longtable": "[{",
    "tabu": "{",
    "tblr": "[{",
    "minipage": "[[[{",
    "figure": "[",
    "figure*": "[",
    "table": "[",
    "table*": "[",
    "wrapfigure": "[{[{",
    "subfigure": "[{",
    "subtable": "[{",
    "Highlighting": "[",
    "multicols": "{",
    "thebibliography": "{",
    "adjustbox": "{",
    "itemize": "[",
    "enumerate": "[",
    "description": "[",
}
FORMULAS: Final = frozenset(
    name + star
    for name in (
        "equation",
        "align",
        "gather",
        "multline",
        "eqnarray",
        "displaymath",
        "flalign",
        "alignat",
        "math",
        "dmath",
    )
    for star in ("", "*")
)
TABLES: Final = frozenset(
    ("tabular", "tabular*", "tabularx", "tabulary", "longtable", "tabu", "tblr", "supertabular")
)
HEADINGS: Final = {
    "part": 1,
    "chapter": 1,
    "section": 1,
    "subsection": 2,
    "subsubsection": 3,
    "paragraph": 4,
    "subparagraph": 5,
}
SILENT: Final = frozenset(  # macros whose arguments are no words of the report
    (
        "label", "ref", "cite", "vspace", "hspace", "vskip", "setcounter", "addtocounter", "setlength", "addtolength",
        "lstset", "hypersetup", "pagestyle", "thispagestyle", "usepackage", "documentclass", "newcommand", "renewcommand",
        "providecommand", "DeclareMathOperator", "newenvironment", "renewenvironment", "rule", "rowcolor", "rowcolors",
        "arrayrulecolor", "cellcolor",
        "columncolor", "color", "bibliography", "definecolor", "colorlet", "pagecolor", "excludecomment", "transparent", "bibliographystyle", "cmidrule", "cline", "addlinespace", "usetikzlibrary",
        "pgfplotsset", "graphicspath", "pageref", "autoref", "cref", "Cref", "eqref", "linebreak",
        "pagebreak", "index", "nocite", "PassOptionsToPackage", "newlength", "newcounter", "geometry",
    )
)  # fmt: skip
LAST_ARGUMENT: Final = frozenset(  # macros of which only the last argument is words of the report
    (
        "textcolor",
        "fcolorbox",
        "raisebox",
        "texttransparent",
        "makebox",
        "framebox",
        "href",
        "colorbox",
        "parbox",
        "scalebox",
        "resizebox",
        "rotatebox",
        "hyperref",
        "hypertarget",
        "hyperlink",
        "affil",
        "captionof",
        "foreignlanguage",
    )
)
DEFINES: Final = frozenset(("def", "gdef", "edef", "xdef", "let", "catcode"))
BODIES: Final = frozenset(
    ("write", "setbox", "graderdblarg")
)  # what follows up to the next group is not set, nor is that
INCLUDES: Final = frozenset(
    ("input", "include", "subfile", "lstinputlisting", "inputminted", "verbatiminput", "import", "includepdf")
)
_SYMBOLS: Final = {
    # units as siunitx has them
    "second": "s",
    "minute": "min",
    "hour": "h",
    "percent": "%",
    "milli": "m",
    "micro": "µ",
    "_": "_", "&": "&", "%": "%", "#": "#", "$": "$", "{": "{", "}": "}", " ": " ", "-": "", "/": "", "@": "",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textgreater": ">", "textless": "<",
    "textbar": "|", "textquotesingle": "'", "textquotedbl": '"', "textunderscore": "_", "textbraceleft": "{",
    "textbraceright": "}", "textdollar": "$", "LaTeX": "LaTeX", "TeX": "TeX", "today": "", "quad": "  ", "qquad": "    ",
    "textdegree": "°", "euro": "€", "texteuro": "€", "S": "§", "checkmark": "✓", "textmu": "µ", "texttimes": "×",
    "enspace": " ", "thinspace": "\u2009", ",": "\u2009", ";": " ", ":": " ", "!": "", "slash": "/", "maketitle": "",
}  # fmt: skip


_LONGEST_ACCENT: Final = (
    12  # characters, such as \"{\i}; pylatexenc takes 2^n steps for n accents in one another
)


@functools.cache
def _context() -> Any:
    from pylatexenc import latexwalker, macrospec  # noqa: PLC0415 - half a tenth of a second, for TeX alone

    context = latexwalker.get_default_latex_context_db()
    context.add_context_category(
        "report",
        macros=[macrospec.std_macro(name, arguments) for name, arguments in _MACROS.items()],
        environments=[
            *(macrospec.std_environment(name, arguments) for name, arguments in _ENVIRONMENTS.items()),
            *(
                macrospec.std_environment(name, "", is_math_mode=True)
                for name in FORMULAS
                if not name.startswith("alignat")
            ),
            *(macrospec.std_environment(name, "{", is_math_mode=True) for name in ("alignat", "alignat*")),
        ],
        prepend=True,
    )
    return context


@functools.cache
def _to_unicode() -> Any:
    from pylatexenc import latex2text  # noqa: PLC0415

    return latex2text.LatexNodes2Text(keep_comments=False, strict_latex_spaces=True)


def parse(text: str) -> list[Node] | None:
    """Parse one chunk; None where pylatexenc gives up, which it does without a common class of error."""
    from pylatexenc import latexwalker  # noqa: PLC0415

    try:
        walker = latexwalker.LatexWalker(text, latex_context=_context(), tolerant_parsing=True)
        return list(walker.get_latex_nodes()[0])
    except Exception:  # its parser lets IndexError, AttributeError and others through on odd input
        return None


def kind(node: Node) -> str:
    """Give the sort of a node: ``Chars``, ``Macro``, ``Group``, ``Environment``, ``Math``, ``Specials`` and so on."""
    return type(node).__name__.removeprefix("Latex").removesuffix("Node")


def arguments(node: Node) -> list[Node]:
    """Give the arguments of a macro or environment that are there."""
    parsed = getattr(node, "nodeargd", None)
    return [one for one in (getattr(parsed, "argnlist", None) or []) if one is not None]


def required(node: Node) -> list[Node]:
    """Give the arguments in braces, or single characters that stand for them; no options, no stars."""
    return [
        one
        for one in arguments(node)
        if not (kind(one) == "Group" and one.delimiters[0] == "[") and not _is_star(one)
    ]


def _is_star(node: Node) -> bool:
    return kind(node) == "Chars" and node.chars == "*"


def inner(node: Node | None) -> list[Node]:
    """Give the nodes within a group, or the node itself."""
    if node is None:
        return []
    return list(node.nodelist or []) if kind(node) == "Group" else [node]


def source(nodes: Sequence[Node]) -> str:
    """Give nodes as they were written."""
    return "".join(node.latex_verbatim() for node in nodes if node is not None)


def symbol(node: Node) -> str | None:
    """Give the character that a macro such as ``\\aa`` or ``\\"{o}`` stands for; None if it is no symbol."""
    name = node.macroname
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    converter = _to_unicode()
    meaning = converter.latex_context.get_macro_spec(name)
    replacement = getattr(meaning, "simplify_repl", None)
    if isinstance(replacement, str) and "%" not in replacement and not arguments(node):
        return replacement
    if len(name) == 1 and arguments(node) and len(node.latex_verbatim()) <= _LONGEST_ACCENT:
        try:
            return str(converter.nodelist_to_text([node]))
        except Exception:  # an accent over what cannot bear one
            return None
    return None


def as_written(nodes: Sequence[Node]) -> str:
    """Give the text of code whose tokens are macros: blanks and line ends as they are."""
    parts: list[str] = []
    for node in nodes:
        match kind(node):
            case "Chars":
                parts.append(node.chars)
            case "Specials":
                parts.append(node.specials_chars)
            case "Group" | "Environment":
                parts.append(as_written(node.nodelist or []))
            case "Math":
                parts.append(node.latex_verbatim())
            case "Macro":
                shown = symbol(node)
                if shown is not None:
                    parts.append(shown)
                parts.append(as_written(required(node) if shown is None else []))
    return "".join(parts)
