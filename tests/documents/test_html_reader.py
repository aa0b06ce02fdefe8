"""Pages from browsers, Google Docs, notebooks and pandoc."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.documents import Document, UnreadableDocumentError
from grader.documents.core.document import BlockKind, FigureKind

Read = Callable[..., Document]
PNG = (Path(__file__).parent / "fixtures" / "img" / "notaplot.png").read_bytes()
URL = "data:image/png;base64," + base64.b64encode(PNG).decode()


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in document.blocks]


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>Not text</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<math><mfrac><mn>200960</mn><mn>2</mn></mfrac></math>", r"\frac{200960}{2}"),
        (
            "<math display='block'><semantics><msup><mn>28</mn><mn>2</mn></msup><annotation encoding='application/x-tex'>28^2</annotation></semantics></math>",
            "28^2",
        ),
        ("<span class='math display'>\\[28 \\times 28\\]</span>", r"28 \times 28"),
        (
            "<span class='MathJax_Preview'>x</span><span class='MathJax'>x²</span><script type='math/tex'>x^2</script>",
            "x^2",
        ),
        ("<script type='math/tex; mode=display'>784 \\cdot 128</script>", r"784 \cdot 128"),
        (
            "<span class='katex'><span class='katex-mathml'><math><semantics><mn>5</mn><annotation "
            "encoding='application/x-tex'>28^2</annotation></semantics></math></span><span class='katex-html'>282</span></span>",
            "28^2",
        ),
        (
            "<mjx-container class='MathJax' display='true'><svg></svg><mjx-assistive-mml><math><msup><mn>28</mn><mn>2</mn></msup></math>"
            "</mjx-assistive-mml></mjx-container>",
            "28^{2}",
        ),
        ("<img src='https://www.google.com/chart?cht=tx&chl=28%20%5Ctimes%2028'>", r"28 \times 28"),
        ("<img src='https://latex.codecogs.com/png.latex?\\dpi{120}&space;28^2'>", "&space;28^2"),
        (
            "<img class='mwe-math-fallback-image-inline' alt='28^2' src='https://wikimedia.org/api/rest_v1/media/math/render/svg/1f'>",
            "28^2",
        ),
        ("<p>$$28 \\times 28$$</p>", r"28 \times 28"),
    ],
)
def test_formulas_come_from_their_source(read: Read, body: str, expected: str) -> None:
    assert kinds(read("report.html", page(body))) == [("maths", expected)]


def test_formulas_in_sentences_stay_there(read: Read) -> None:
    body = "<p>In <span class='math inline'>\\(28^2\\)</span> pixels, 28<sup>2</sup> = 784 and x<sub>1</sub>.</p>"
    assert kinds(read("report.html", page(body))) == [("prose", "In $28^2$ pixels, 28^2 = 784 and x_1.")]


GOOGLE = (
    "<p class='c1'><span class='c0'>for i in range(10):</span></p>"
    "<p class='c1'><span class='c0'>&nbsp; &nbsp; with tf.GradientTape() as tape:</span></p>"
    "<p class='c1'><span class='c0'></span></p>"
    "<p class='c1'><span class='c0'>&nbsp; &nbsp; gradient = tape.gradient(loss, parameters)</span></p>"
    "<p class='c1'><span class='c2'>That is the answer.</span></p>"
)


@pytest.mark.parametrize(
    "head", ['<style>.c0{color:#000;font-family:"Courier New"}</style>', ""], ids=["styled", "plain"]
)
def test_paragraphs_of_code_are_one_listing_with_its_indentation(read: Read, head: str) -> None:
    document = read("report.html", page(GOOGLE, head))
    assert kinds(document) == [
        (
            "code",
            "for i in range(10):\n    with tf.GradientTape() as tape:\n\n    gradient = tape.gradient(loss, parameters)",
        ),
        ("prose", "That is the answer."),
    ]


def test_listings_and_their_languages(read: Read) -> None:
    body = (
        "<div class='sourceCode'><pre class='sourceCode python'><code>x = f(1)<br>    y = 2</code></pre></div>"
        "<pre>Loss before training: 6234.28564\nLoss after training: 248.048981</pre>"
        "<table><tr><td class='gutter'><pre>1\n2</pre></td><td class='code'><pre>gradient = tape.gradient(loss, parameters)\nz = 1</pre></td></tr></table>"
    )
    document = read("report.html", page(body))
    assert kinds(document) == [
        ("code", "x = f(1)\n    y = 2"),
        ("output", "Loss before training: 6234.28564\nLoss after training: 248.048981"),
        ("code", "gradient = tape.gradient(loss, parameters)\nz = 1"),
    ]
    assert document.blocks[0].language == "python"


def test_cells_of_an_exported_notebook_are_counted(read: Read) -> None:
    body = (
        "<div class='jp-Cell jp-MarkdownCell'><h2>Lab<a class='anchor-link'>¶</a></h2></div>"
        "<div class='jp-Cell jp-CodeCell'><div class='jp-InputPrompt'>In [3]:</div>"
        "<div class='jp-InputArea'><div class='highlight'><pre>x = 1</pre></div></div>"
        "<div class='jp-OutputArea-output'><pre>1 is printed</pre></div></div>"
    )
    document = read("report.html", page(body))
    assert [(block.kind.value, block.text, block.place.cell) for block in document.blocks] == [
        ("heading", "Lab", 0),
        ("code", "x = 1", 1),
        ("output", "1 is printed", 1),
    ]


def test_a_cell_that_reaches_down_moves_none_out_of_its_column(read: Read) -> None:
    body = (
        "<table><tr><th rowspan=2>Batch size<th colspan=2>Training</tr><tr><th>Time<th>Accuracy</tr>"
        "<tr><td rowspan='2'>1<td>118<td>0.81</tr><tr><td>119<td>0.82</tr><tr><td>10<td>13<td>0.83</tr></table>"
    )
    assert read("report.html", page(body)).blocks[0].rows == (
        ("Batch size", "Training", ""),
        ("", "Time", "Accuracy"),
        ("1", "118", "0.81"),
        ("", "119", "0.82"),
        ("10", "13", "0.83"),
    )


def test_tables_with_spans_and_tables_that_only_lay_out(read: Read) -> None:
    body = (
        "<table><thead><tr><th colspan='2'>Batch <b>size</b></th><th>Time</th></tr></thead>"
        "<tbody><tr><td>1</td><td></td><td>118<br>s</td></tr></tbody></table>"
        "<table><tr><td><p>All in one cell.</p><p>gradient = tape.gradient(loss, parameters)</p></td></tr></table>"
    )
    document = read("report.html", page(body))
    assert document.blocks[0].rows == (("Batch size", "", "Time"), ("1", "", "118 s"))
    assert kinds(document)[1:] == [
        ("prose", "All in one cell."),
        ("code", "gradient = tape.gradient(loss, parameters)"),
    ]
    assert [block.place.where for block in document.blocks] == ["table 1", "paragraph 2", "paragraph 3"]


def test_pictures_and_captions(read: Read) -> None:
    body = f"<figure><img src='{URL}'><figcaption>Time and accuracy</figcaption></figure><p>Text <img src='http://example.org/a.png' alt='b'></p>"
    document = read("report.html", page(body))
    assert [block.kind for block in document.blocks] == [BlockKind.FIGURE, BlockKind.PROSE, BlockKind.FIGURE]
    first, second = document.blocks[0].figure, document.blocks[2].figure
    assert first is not None
    assert second is not None
    assert first.picture is not None
    assert first.picture.data == PNG
    assert first.caption == "Time and accuracy"
    assert second.picture is None


def test_a_drawn_plot_is_one(read: Read) -> None:
    ticks = "".join(f"<text>{number}</text>" for number in ("0.1", "0.2", "0.4", "0.8"))
    body = f"<svg width='400' height='300'>{'<line/>' * 9}{ticks}<text>accuracy</text></svg><svg width='16' height='16'><path/></svg>"
    document = read("report.html", page(body))
    assert [block.figure.kind for block in document.blocks if block.figure] == [FigureKind.PLOT]


def test_nothing_of_a_script_or_a_style_is_text(read: Read) -> None:
    body = "<script>alert('x')</script><style>p{}</style><p onclick='x()'>Words</p><div style='display: none'>hidden</div><template>t</template>"
    assert kinds(read("report.html", page(body)).visible()) == [("prose", "Words")]


def test_lists_are_numbered_as_shown(read: Read) -> None:
    document = read(
        "report.html", page("<ol start='3'><li>a first</li><li>a second<ul><li>inner</li></ul></li></ol>")
    )
    assert kinds(document) == [("prose", "3. a first"), ("prose", "4. a second"), ("prose", "- inner")]


def test_the_encoding_that_a_page_names_counts(read: Read) -> None:
    data = page("<p>Fråga 1: förlusten</p>", "<meta charset='iso-8859-1'>").encode("iso-8859-1")
    assert kinds(read("report.html", data)) == [("prose", "Fråga 1: förlusten")]


def test_an_external_entity_is_not_resolved(read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the answer is 42")
    content = f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><html><body><p>A &x; B</p></body></html>"
    assert "42" not in read("report.html", content).text()


def test_more_elements_than_any_report_has_are_refused(read: Read) -> None:
    from grader.documents import ReadingLimits

    with pytest.raises(UnreadableDocumentError, match="elements"):
        read("report.html", page("<b>x</b>" * 5_000), ReadingLimits(xml_elements=1_000))
