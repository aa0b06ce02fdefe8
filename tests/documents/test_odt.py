"""OpenDocument texts: the sample is read in full, what writers do to an answer is undone, nothing hostile gets through."""

from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import read_odt

from grader.documents.core.document import Block, BlockKind, Document, FigureKind
from grader.errors import UnreadableDocumentError

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLE = (FIXTURES / "odt" / "pandoc.odt").read_bytes()
PNG = (FIXTURES / "img" / "notaplot.png").read_bytes()
ROWS = (
    ("1", "118", "0.8124"),
    ("10", "13", "0.8251"),
    ("100", "3", "0.8185"),
    ("1000", "1", "0.7097"),
    ("60000", "1", "0.1000"),
)
NAMESPACES = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in {
            "office": "office",
            "style": "style",
            "text": "text",
            "table": "table",
            "draw": "drawing",
            "fo": "xsl-fo-compatible",
            "svg": "svg-compatible",
            "chart": "chart",
            "number": "datastyle",
            "manifest": "manifest",
        }.items()
    )
    + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:math="http://www.w3.org/1998/Math/MathML"'
)


def content(body: str, styles: str = "") -> str:
    return (
        f"<office:document-content {NAMESPACES}><office:automatic-styles><number:date-style><number:text>-</number:text>"
        f"</number:date-style>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )


def odt(body: str, styles: str = "", parts: dict[str, str | bytes] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content(body, styles))
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def blocks(body: str, styles: str = "", parts: dict[str, str | bytes] | None = None) -> tuple[Block, ...]:
    return read_odt(odt(body, styles, parts), "report.odt").blocks


def kinds(document: Document, kind: BlockKind) -> list[Block]:
    return [block for block in document.blocks if block.kind is kind]


def test_the_sample_is_read_in_full() -> None:
    document = read_odt(SAMPLE, "pandoc.odt")
    assert document.format == "odt"
    (code,) = kinds(document, BlockKind.CODE)
    assert (
        "\n\n        gradient = tape.gradient(loss, parameters) # QUESTION 1)\n        parameters.assign("
        in code.text
    )
    compile(code.text, "q1", "exec")
    (formula,) = kinds(document, BlockKind.MATHS)
    assert formula.text == r"28\times 28\times 128+128=784\times 128+128=100352+128=100480"
    assert r"In general $P=n_{in}\cdot n_{out}+n_{out}=(28^{2}+1)\cdot 128$." in document.text()
    assert kinds(document, BlockKind.TABLE)[1].rows[1:] == ROWS
    (figure,) = kinds(document, BlockKind.FIGURE)
    assert figure.figure is not None
    assert figure.figure.picture is not None
    assert figure.figure.caption == "Training time and accuracy"
    assert document.blocks[0].level == 1


def test_blanks_tabs_and_breaks_are_those_of_the_format() -> None:
    styles = (
        '<style:style style:name="Preformatted_20_Text" style:family="paragraph"/>'
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Preformatted_20_Text"/>'
    )
    body = (
        '<text:p text:style-name="P1">for i in range(10):\n   <text:line-break/><text:s text:c="4"/>with tf.GradientTape() as t:'
        "<text:line-break/><text:tab/><text:tab/>gradient = t.gradient(loss, parameters)</text:p>"
    )
    (code,) = blocks(body, styles)
    assert code.kind is BlockKind.CODE
    assert [line.rstrip() for line in code.text.split("\n")] == [
        "for i in range(10):",
        "    with tf.GradientTape() as t:",
        "        gradient = t.gradient(loss, parameters)",
    ]


def test_fonts_and_indents_of_automatic_styles() -> None:
    styles = (
        '<style:style style:name="P1" style:family="paragraph"><style:text-properties fo:font-family="Menlo"/></style:style>'
        '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="P1">'
        '<style:paragraph-properties fo:margin-left="1.27cm"/></style:style>'
    )
    (code,) = blocks(
        '<text:p text:style-name="P1">with tf.GradientTape() as tape:</text:p>'
        '<text:p text:style-name="P2">loss = training_loss(parameters)</text:p>',
        styles,
    )
    assert code.text == "with tf.GradientTape() as tape:\n    loss = training_loss(parameters)"


def test_headings_lists_and_raised_digits() -> None:
    styles = (
        '<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix=")"/>'
        "</text:list-style>"
    )
    found = blocks(
        '<text:h text:outline-level="2">Question 2</text:h>'
        '<text:list text:style-name="L1"><text:list-item><text:p>we have 28<text:span text:style-name="T1">2</text:span> pixels in it'
        "</text:p></text:list-item><text:list-item><text:p>and a bias as well</text:p></text:list-item></text:list>",
        styles,
    )
    assert (found[0].kind, found[0].level) == (BlockKind.HEADING, 2)
    text = "\n".join(block.text for block in found[1:])
    assert text == "1) we have 28^{2} pixels in it\n2) and a bias as well"


def test_deleted_text_is_left_out_and_notes_come_last() -> None:
    found = blocks(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>100479</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes><text:p>We count the bias<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>one for each neuron</text:p></text:note-body></text:note>, too.</text:p>"
    )
    assert [block.text for block in found] == ["We count the bias, too.", "one for each neuron"]


def test_headers_stand_first() -> None:
    styles = (
        f"<office:document-styles {NAMESPACES}><office:master-styles><style:master-page><style:header><text:p>Anna Exempel annex123"
        "</text:p></style:header></style:master-page></office:master-styles></office:document-styles>"
    )
    found = blocks("<text:p>The text of it.</text:p>", parts={"styles.xml": styles})
    assert [block.text for block in found] == ["Anna Exempel annex123", "The text of it."]


def test_tables_with_spans_and_listings_in_a_single_cell() -> None:
    found = blocks(
        "<table:table><table:table-row><table:table-cell><text:p>with tf.GradientTape() as tape:</text:p>"
        '<text:p><text:s text:c="4"/>loss = training_loss(parameters)</text:p></table:table-cell></table:table-row></table:table>'
        '<table:table><table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>Wide</text:p></table:table-cell>'
        "<table:covered-table-cell/></table:table-row><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell>"
        "<table:table-cell><text:p>118</text:p></table:table-cell></table:table-row></table:table>"
    )
    assert found[0].text == "with tf.GradientTape() as tape:\n    loss = training_loss(parameters)"
    assert found[1].rows == (("Wide", ""), ("1", "118"))


def test_charts_formulas_and_pictures_in_frames() -> None:
    chart = (
        f"<office:document-content {NAMESPACES}><office:body><chart:chart><chart:axis><chart:title><text:p>Batch size</text:p>"
        "</chart:title></chart:axis></chart:chart></office:body></office:document-content>"
    )
    found = blocks(
        '<text:p>See<draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/1"/></draw:frame>'
        '</text:p><text:p><draw:frame><draw:object xlink:href="./Object 2"/></draw:frame></text:p>'
        '<text:p><draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:desc>both curves</svg:desc></draw:frame></text:p>'
        '<text:p><draw:frame><draw:image xlink:href="../../etc/passwd"/></draw:frame></text:p>',
        parts={
            "Object 1/content.xml": chart,
            "Object 2/content.xml": '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mn>6</mn></mrow>'
            '<annotation encoding="application/x-tex">\\frac{12}{2}</annotation></semantics></math>',
            "Pictures/a.png": PNG,
        },
    )
    assert [block.kind.value for block in found] == ["prose", "figure", "maths", "figure", "figure"]
    assert found[1].figure is not None
    assert (found[1].figure.kind, found[1].figure.labelled) == (FigureKind.PLOT, True)
    assert found[2].text == r"\frac{12}{2}"
    assert found[3].text == "both curves"
    assert found[3].figure is not None
    assert found[3].figure.picture is not None
    assert found[4].figure is not None
    assert found[4].figure.picture is None


def test_flat_files_are_read_alike() -> None:
    body = (
        "<text:p>The answer is below, as a picture of it.</text:p><text:p><draw:frame><draw:image><office:binary-data>"
        f"{base64.b64encode(PNG).decode()}</office:binary-data></draw:image></draw:frame></text:p>"
    )
    text, figure = read_odt(content(body).encode(), "report.fodt").blocks
    assert text.text.startswith("The answer")
    assert figure.figure is not None
    assert figure.figure.picture is not None
    assert figure.figure.picture.data == PNG


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not the document"),
        (SAMPLE[:-2_000], "damaged"),
        (odt("<text:p>"), "damaged"),
        (
            odt("", parts={"META-INF/manifest.xml": f"<manifest:manifest {NAMESPACES}><manifest:encryption-data/></manifest:manifest>"}),
            "password-protected",
        ),
        (odt("", parts={"encrypted-package": b"\x00"}), "password-protected"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "XML entities"),
        (b"<a/>", "no OpenDocument text"),
        (odt("<text:section>" * 3_000 + "</text:section>" * 3_000), "nested"),
        (odt("<text:p/>" * 420_000), "too many"),
    ],
    ids=["empty", "cut off", "ill-formed", "locked", "locked whole", "entities", "other XML", "deep", "endless"],
)  # fmt: skip
def test_what_cannot_be_read_gets_plain_words(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=words):
        read_odt(data, "report.odt")


def test_repeated_cells_and_blanks_stay_bounded() -> None:
    body = (
        '<text:p><text:s text:c="999999999"/>x</text:p><table:table><table:table-row><table:table-cell '
        'table:number-columns-repeated="16384"><text:p>a</text:p></table:table-cell><table:table-cell/></table:table-row>'
        "<table:table-row><table:table-cell/></table:table-row></table:table>"
    )
    text, table = blocks(body)
    assert len(text.text) < 300
    assert len(table.rows[0]) <= 60


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=12))
def test_any_damage_gives_a_document_or_plain_words(changes: list[tuple[int, int]]) -> None:
    data = bytearray(odt("<text:p>a</text:p><table:table><table:table-row/></table:table>"))
    for at, byte in changes:
        data[at % len(data)] = byte
    try:
        document = read_odt(bytes(data), "report.odt")
    except UnreadableDocumentError:
        return
    assert document.format == "odt"


NAMES = """
text:p text:h text:span text:s text:tab text:line-break text:list text:list-item text:list-header text:note text:note-body
text:section text:a table:table table:table-row table:table-cell table:covered-table-cell table:table-header-rows draw:frame
draw:image draw:object draw:text-box draw:custom-shape draw:g math:math math:mfrac math:msup math:mn math:mtable math:mtr math:mover
office:binary-data text:tracked-changes svg:desc
""".split()  # noqa: SIM905 - a list of names reads best as words


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(st.sampled_from(NAMES))
    value = draw(st.sampled_from(["", "1", "-3", "99999999999", "./Object 1", "P1", "AAAA"]))
    text = draw(st.sampled_from(["", "loss = f(x)", "28·28", "a  b", "$x$", "1   2   3"]))
    inside = "".join(draw(st.lists(trees(depth + 1), max_size=3))) if depth < 5 else ""
    return (
        f'<{name} text:c="{value}" text:style-name="{value}" xlink:href="{value}" text:outline-level="{value}" '
        f'table:number-columns-repeated="{value}" width="{value}">{text}{inside}</{name}>'
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(trees(), max_size=4))
def test_any_nesting_of_elements_is_read(parts: list[str]) -> None:
    document = read_odt(odt("".join(parts)), "report.odt")
    assert all(block.place.where for block in document.blocks)
