"""Reports in TeX: the samples are read in full, nothing is expanded or followed, whatever the source is."""

from __future__ import annotations

from pathlib import Path

import pytest
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import read_tex

from grader.documents.core.document import Block, BlockKind, Document, FigureKind
from grader.errors import UnreadableDocumentError

FIXTURES = Path(__file__).parent / "fixtures"
ROWS = (
    ("1", "118", "0.8124"),
    ("10", "13", "0.8251"),
    ("100", "3", "0.8185"),
    ("1000", "1", "0.7097"),
    ("60000", "1", "0.1000"),
)
CHAINS = {
    "listings.tex": r"28 \times 28 \times 128 + 128 &= 784 \times 128 + 128 \\ &= 100\,352 + 128 = 100\,480",
    "pandoc.tex": r"28 \times 28 \times 128 + 128 = 784 \times 128 + 128 = 100352 + 128 = 100480",
}


def read(source: str, folder: Path | None = None) -> Document:
    return read_tex(source.encode(), "report.tex", folder)


def blocks(body: str) -> tuple[Block, ...]:
    return read(rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}").blocks


def only(body: str) -> Block:
    found = blocks(body)
    assert len(found) == 1, found
    return found[0]


def kinds(document: Document, kind: BlockKind) -> list[Block]:
    return [block for block in document.visible().blocks if block.kind is kind]


@pytest.mark.parametrize("name", sorted(CHAINS))
def test_samples_are_read_in_full(name: str) -> None:
    document = read_tex((FIXTURES / "tex" / name).read_bytes(), name, FIXTURES / "img")
    (code,) = kinds(document, BlockKind.CODE)
    assert (
        "\n\n        gradient = tape.gradient(loss, parameters) # QUESTION 1)\n        parameters.assign("
        in code.text
    )
    compile(code.text, "q1", "exec")
    assert kinds(document, BlockKind.MATHS)[0].text == CHAINS[name]
    layers, results = kinds(document, BlockKind.TABLE)
    assert layers.rows[2] == ("dense (Dense)", "(None, 128)", "100480")
    assert results.rows[1:] == ROWS
    (figure,) = kinds(document, BlockKind.FIGURE)
    assert figure.figure is not None
    assert figure.figure.picture is not None
    assert figure.figure.picture.data == (FIXTURES / "img" / "plot_good.png").read_bytes()
    assert "the batch size of 100 would be the best" in document.blocks[-1].text


def test_places_are_lines_of_the_file() -> None:
    document = read_tex((FIXTURES / "tex" / "pandoc.tex").read_bytes(), "pandoc.tex")
    lines = (FIXTURES / "tex" / "pandoc.tex").read_text().split("\n")
    for block in kinds(document, BlockKind.PROSE)[2:4] + kinds(document, BlockKind.MATHS):
        assert block.place.line is not None
        assert block.place.where == f"line {block.place.line}"
        assert block.text[:8].strip("\\[$ ") in lines[block.place.line - 1].replace(r"\textbf{", "")


def test_title_and_authors_stand_first() -> None:
    document = read(
        r"""\documentclass{article}
\title{Lab 6 \\ Deep learning}\author{Anna Exempel (annex123) \and \AA sa \"Ostberg (asaos456)}
\newcommand{\bomb}{\bomb\bomb}\begin{document}\maketitle Text.\end{document}"""
    )
    assert document.blocks[0].text.split("\n") == [
        "Lab 6 Deep learning",
        "Anna Exempel (annex123) Åsa Östberg (asaos456)",
    ]
    assert document.blocks[1].text == "Text."


@pytest.mark.parametrize(
    "environment",
    [
        r"\begin{verbatim}%s\end{verbatim}",
        r"\begin{lstlisting}[language=Python, caption={Our code, at last}]%s\end{lstlisting}",
        r"\begin{minted}[linenos]{python}%s\end{minted}",
        r"\begin{Verbatim}[frame=single]%s\end{Verbatim}",
        r"\begin{figure}[h]\begin{lstlisting}%s\end{lstlisting}\end{figure}",
    ],
)
def test_listings_keep_every_character(environment: str) -> None:
    code = "\nwith tf.GradientTape() as tape: # 100 % {of it}\n\n    loss = f(x) \\\n        + y\n    print(loss)\n"
    block = only(environment % code)
    assert (block.kind, block.text) == (BlockKind.CODE, code.strip("\n"))


@pytest.mark.parametrize("name", ["equation", "align*", "gather", "multline", "eqnarray*", "displaymath"])
def test_formulas_keep_their_source(name: str) -> None:
    block = only(
        rf"\begin{{{name}}} 784 \cdot 128 &= 100\,352 \label{{eq:a}} \nonumber \\ % no"
        + f"\n 2 \\end{{{name}}}"
    )
    assert (block.kind, block.text) == (BlockKind.MATHS, r"784 \cdot 128 &= 100\,352 \\ 2")


def test_short_formulas_stay_in_their_sentence_and_display_ones_do_not() -> None:
    found = blocks(
        r"We get $28^2$ and \(128\) in all. \[ 28^2+1 \] Then $$785\times128$$ is what it comes to."
    )
    assert [(block.kind.value, block.text) for block in found] == [
        ("prose", "We get $28^2$ and $128$ in all."),
        ("maths", "28^2+1"),
        ("prose", "Then"),
        ("maths", r"785\times128"),
        ("prose", "is what it comes to."),
    ]


def test_tables_are_cleaned() -> None:
    table = only(
        r"""\begin{table}[ht]\centering\rowcolors{2}{gray}{white}\begin{tabular}{|c|c|@{ }r|}\hline
\multicolumn{2}{|c|}{\textbf{Batch} size} & Time (s) \\ \cline{1-2}
\multirow{2}{*}{$60\,000$} & \SI{1}{\second} & 10\,\% \\[2pt] \cmidrule(lr){1-2}
 & a \& b & \texttt{x\_1} \\\hline
\end{tabular}\end{table}"""
    )
    assert table.rows == (
        ("Batch size", "", "Time (s)"),
        (r"60\,000", "1s", "10 %"),
        ("", "a & b", "x_1"),
    )


def test_headings_lists_and_macros_nobody_knows() -> None:
    found = blocks(
        r"""\section{Question 2 \label{q2}} \subsection*{a)}
\begin{enumerate}\item First \emph{words} here \item[b)] Second \mystery[opt]{kept} words\end{enumerate}
Text~with \verb|x_1 % y| and \lstinline{f(x)}, \textcolor{red}{red} \href{http://x.y}{link}.\footnote{A note.} % gone
\def\x#1{junk} \"Over \o re \textbackslash{} 50\% --- ``quoted''."""
    )
    assert [(block.text, block.level) for block in found[:2]] == [("Question 2", 1), ("a)", 2)]
    text = "\n".join(block.text for block in found[2:])
    assert "1. First words here" in text
    assert "b) Second" in text
    assert "kept words" in text
    assert "Text\u00a0with x_1 % y and f(x), red link. (A note.)" in text
    assert "Över øre \\ 50% — “quoted”." in text
    assert "junk" not in text
    assert "gone" not in text


def test_plots_drawn_in_tex_are_plots() -> None:
    figure = only(
        r"""\begin{tikzpicture}\begin{semilogxaxis}[xlabel={Batch size}, ylabel=Time (s), xtick={1,10,100,1000,60000}]
\addplot coordinates {(1,118) (10,13)};\addlegendentry{training time}\end{semilogxaxis}\end{tikzpicture}"""
    )
    assert figure.figure is not None
    assert figure.figure.kind is FigureKind.PLOT
    assert figure.figure.labelled
    assert figure.figure.ticks >= 6
    assert figure.figure.words == "Batch size Time (s) training time"
    other = only(r"\begin{tikzpicture}\draw (0,0) -- (1,1); \node at (0,0) {input};\end{tikzpicture}")
    assert other.figure is not None
    assert (other.figure.kind, other.figure.labelled) == (FigureKind.OTHER, False)


def test_nothing_outside_of_the_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    (folder / "img").mkdir(parents=True)
    picture = (FIXTURES / "img" / "notaplot.png").read_bytes()
    (tmp_path / "secret.png").write_bytes(picture)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "img" / "plot.png").write_bytes(picture)
    body = r"\graphicspath{{./img/}}\begin{document}" + "\n\n".join(
        rf"\includegraphics[width=1cm]{{{name}}}"
        for name in (
            "plot",
            "img/plot.png",
            "../secret.png",
            str(tmp_path / "secret.png"),
            "link",
            "~/secret.png",
            "a" * 5_000,
        )
    )
    figures = [block.figure for block in read(body, folder).blocks]
    assert [figure is not None and figure.picture is not None for figure in figures] == [True, True] + [
        False
    ] * 5
    assert all(
        figure is not None and figure.picture is None
        for figure in (block.figure for block in read(body).blocks)
    )


def test_other_files_are_noted_and_not_followed() -> None:
    document = read(
        r"\input{preamble}\begin{document}\include{chapter1} \lstinputlisting[firstline=2]{code.py}Text.\end{document}"
    )
    notes = "\n".join(document.notes)
    assert all(name in notes for name in ("preamble", "chapter1", "code.py"))
    assert [block.text for block in document.blocks] == ["Text."]


@pytest.mark.timeout(60)
def test_macro_bombs_are_never_expanded() -> None:
    bomb = "".join(rf"\def\b{chr(98 + n)}{{\b{chr(97 + n)}\b{chr(97 + n)}}}" for n in range(20))
    document = read(bomb + r"\begin{document}\bu We used the size 100.\end{document}")
    assert document.blocks[-1].text == "We used the size 100."


@pytest.mark.parametrize(
    "piece",
    ["{", "}", "$", "$$", "\\(", "\\[", "\\begin{a}", "\\end{a}", "\\begin{tabular}{c}", "\\verb|", "\\item", "\\\\", "&", "%", "\\", "\n\n",
     "\\begin{lstlisting}", "\\textbf{", "\\frac{", "x_{", "\\multicolumn{", "\\left(", "a ", "\\def\\a{", "\\includegraphics{a}", "\\\"{", "~"],
)  # fmt: skip
@pytest.mark.timeout(120)
def test_endless_repetition_costs_what_its_length_does(piece: str) -> None:
    assert is_linear(lambda pieces: read(piece * len(pieces)), range(40_000 // len(piece)))


def test_unclosed_brackets_do_not_swallow_the_rest() -> None:
    found = blocks(
        "We have \\textbf{100480 parameters.\n\nThe cost is $5 a piece.\n\n\\begin{center}Last words."
    )
    text = "\n".join(block.text for block in found)
    assert "100480 parameters." in text
    assert "a piece" in text
    assert "Last words." in text


def test_bytes_that_are_no_text_get_plain_words() -> None:
    with pytest.raises(UnreadableDocumentError, match="not text"):
        read_tex(bytes(range(256)) * 40, "report.tex")


def test_latin_1_is_understood() -> None:
    assert read_tex(
        "\\begin{document}Träningen är över på några sekunder.".encode("latin-1"), "a.tex"
    ).blocks[0].text == ("Träningen är över på några sekunder.")


PIECES = st.sampled_from(
    ["{", "}", "[", "]", "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\begin{tabular}{c}", "\\end{tabular}", "\\begin{align}", "\\end{align}",
     "\\begin{itemize}", "\\end{itemize}", "\\item", "\\begin{lstlisting}", "\\end{lstlisting}", "\\begin{document}", "\\end{document}", "\\verb",
     "|", "&", "\\\\", "\\hline", "\\multicolumn{2}{c}", "\\section", "\\caption", "\\includegraphics", "\\frac", "^", "_", "%", "\n", "\n\n", "#",
     "~", "\\\"", "\\'", "\\", "\\title", "\\author", "\\graderlisting{0}", "\\def", "\\x", "text", " ", "100480", "å", "\\begin{tikzpicture}",
     "\\begin{Highlighting}", "\\end{Highlighting}", "\\footnote", "\\item[", "\\multirow", "\\textsuperscript"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_source_gives_a_document(source: str) -> None:
    document = read(source)
    assert document.format == "tex"
    assert all(block.place.where for block in document.blocks)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_document_or_plain_words(data: bytes) -> None:
    try:
        document = read_tex(data, "report.tex")
    except UnreadableDocumentError:
        return
    assert document.name == "report.tex"
