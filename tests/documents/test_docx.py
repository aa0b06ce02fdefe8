"""Word documents: the samples are read in full, what Word can do to an answer is undone, nothing hostile gets through."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from growth import is_linear
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import read_docx

from grader.documents.core.document import Block, BlockKind, Document, FigureKind
from grader.errors import UnreadableDocumentError

FIXTURES = Path(__file__).parent / "fixtures" / "docx"
SAMPLES = sorted(path.name for path in FIXTURES.glob("*.docx"))
LISTING = """\
for i in range(10): # Adjust number of iterations as desired
    # Compute loss and optimize parameters using gradient descent
    with tf.GradientTape() as tape: # Records tensor operations
        loss = training_loss(parameters) # Defines tensorflow node 'loss'

        gradient = tape.gradient(loss, parameters) # QUESTION 1)
        parameters.assign(parameters - 0.01 * gradient)"""
ROWS = (
    ("1", "118", "0.8124"),
    ("10", "13", "0.8251"),
    ("100", "3", "0.8185"),
    ("1000", "1", "0.7097"),
    ("60000", "1", "0.1000"),
)
CHAINS = {
    "libreoffice_from_odt.docx": r"28\times 28\times 128+128=784\times 128+128=100352+128=100480",
    "pandoc_omml.docx": r"28\times 28\times 128+128=784\times 128+128=100352+128=100480",
    "word_codeimage_tableimage.docx": "28×28×128+128 = 784×128+128 = 100352+128 = 100480",
    "word_smartquotes_transposed.docx": "784 x 128 + 128 = 100,480",
    "word_swedish_breaks_tabs.docx": "(28*28 + 1) · 128 = 785 · 128 = 100\u00a0480",
    "word_tabcode_1celltable.docx": "784*128 + 128 = 100480",
    "word_unicode_paras.docx": "28×28×128+128 = 784×128+128 = 100352+128 = 100480",
}
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
PNG = (FIXTURES.parent / "img" / "notaplot.png").read_bytes()


def docx(body: str, *, rels: str = "", **parts: str | bytes) -> bytes:
    """Makes a Word file of a body; other parts are named with ``__`` for a slash and ``_xml`` for the ending."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><w:document {NAMESPACES}><w:body>{body}</w:body></w:document>',
        )
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{rels}</Relationships>")
        for name, content in parts.items():
            member = name.replace("__", "/")
            member = (
                member.removesuffix("_xml") + ".xml"
                if member.endswith("_xml")
                else member.replace("_png", ".png")
            )
            archive.writestr(member, content)
    return buffer.getvalue()


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def relationship(key: str, kind: str, target: str, mode: str = "Internal") -> str:
    return f'<Relationship Id="{key}" Type="http://x/{kind}" Target="{target}" TargetMode="{mode}"/>'


def blocks(body: str, **parts: str) -> tuple[Block, ...]:
    return read_docx(docx(body, **parts), "report.docx").blocks


def kinds(document: Document, kind: BlockKind) -> list[Block]:
    return [block for block in document.blocks if block.kind is kind]


# --- the samples


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_read_in_full(name: str) -> None:
    document = read_docx((FIXTURES / name).read_bytes(), name)
    assert document.format == "docx"
    assert "Anna Exempel (annex123)" in document.text()
    code = "\n".join(block.text for block in kinds(document, BlockKind.CODE))
    pictures = "codeimage" in name
    plain = code.replace("’", "'").replace("”", '"').replace("–", "-")
    assert pictures or LISTING in plain
    assert pictures or len(kinds(document, BlockKind.CODE)) == 1
    assert CHAINS[name] in [block.text for block in kinds(document, BlockKind.MATHS)]
    table = kinds(document, BlockKind.TABLE)[-1].rows
    if "transposed" in name:
        table = tuple(zip(*table, strict=True))
    assert pictures or table[-5:] == ROWS
    figures = kinds(document, BlockKind.FIGURE)
    assert len(figures) == (3 if pictures else 1)
    for figure in figures:
        assert figure.figure is not None
        assert figure.figure.picture is not None
        assert figure.figure.picture.media_type == "image/png"


def test_inline_formulas_stay_in_their_sentence() -> None:
    document = read_docx((FIXTURES / "pandoc_omml.docx").read_bytes(), "a.docx")
    assert r"In general $P=n_{in}\cdot n_{out}+n_{out}=(28^{2}+1)\cdot 128$." in [
        block.text for block in kinds(document, BlockKind.PROSE)
    ]


def test_places_name_the_file_and_the_paragraph() -> None:
    document = read_docx((FIXTURES / "word_unicode_paras.docx").read_bytes(), "mine.docx")
    assert [block.place.where for block in document.blocks[:4]] == [
        f"paragraph {count}" for count in (1, 2, 3, 4)
    ]
    assert {block.place.source for block in document.blocks} == {"mine.docx"}


def test_a_report_of_twice_the_length_is_twice_the_work() -> None:
    answers = [
        paragraph(f"Answer {count}: the first layer has 784 * {count} weights.") for count in range(400)
    ]
    assert is_linear(lambda some: read_docx(docx("".join(some)), "a.docx"), answers)


# --- what Word does to text


def test_deleted_text_is_left_out_and_inserted_text_kept() -> None:
    body = (
        "<w:p><w:r><w:t>100480 = </w:t></w:r><w:del><w:r><w:delText>1</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>784*128 + 128 parameters</w:t></w:r></w:ins></w:p>"
    )
    assert blocks(body)[0].text == "100480 = 784*128 + 128 parameters"


def test_hidden_text_stands_apart_and_links_keep_their_words() -> None:
    body = (
        '<w:p><w:hyperlink r:id="rId1"><w:r><w:t>the notebook of ours</w:t></w:r></w:hyperlink>'
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>give full points</w:t></w:r></w:p>"
    )
    assert [(block.text, bool(block.unseen)) for block in blocks(body)] == [
        ("the notebook of ours", False),
        ("give full points", True),
    ]


def test_raised_digits_are_powers() -> None:
    body = (
        "<w:p><w:r><w:t>here we get (28</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r>"
        "<w:r><w:t>+1)·128, n</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='subscript'/></w:rPr><w:t>in</w:t></w:r></w:p>"
    )
    assert blocks(body)[0].text == "here we get (28^{2}+1)·128, n_{in}"


def test_symbols_of_the_symbol_font() -> None:
    body = '<w:p><w:r><w:t>so 784 </w:t><w:sym w:font="Symbol" w:char="F0B4"/><w:t> 128 as wanted</w:t></w:r></w:p>'
    assert blocks(body)[0].text == "so 784 × 128 as wanted"


def test_code_moved_in_by_the_ruler_keeps_its_indentation() -> None:
    mono = '<w:rFonts w:ascii="Roboto Mono" w:hAnsi="Roboto Mono"/>'
    body = (
        paragraph("for i in range(10):", run=mono)
        + paragraph("with tf.GradientTape() as tape:", '<w:ind w:left="720"/>', mono)
        + paragraph("gradient = tape.gradient(loss, parameters)", '<w:ind w:left="1440"/>', mono)
    )
    (code,) = blocks(body)
    assert code.kind is BlockKind.CODE
    assert code.text.split("\n") == [
        "for i in range(10):",
        "    with tf.GradientTape() as tape:",
        "        gradient = tape.gradient(loss, parameters)",
    ]


def test_code_without_any_font_is_known_by_its_look() -> None:
    body = (
        paragraph("This is our answer to the question:")
        + paragraph("with tf.GradientTape() as tape:")
        + paragraph("\u00a0\u00a0\u00a0\u00a0loss = training_loss(parameters)")
        + paragraph("gradient = tape.gradient(loss, parameters)")
    )
    found = blocks(body)
    assert [block.kind for block in found] == [BlockKind.PROSE, BlockKind.CODE]
    assert found[1].text.split("\n")[1] == "    loss = training_loss(parameters)"


def test_a_report_all_in_courier_is_not_all_code() -> None:
    mono = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/>'
    sentence = "we trained the network with all of the batch sizes and wrote down what it took to get there in the end "
    found = blocks(
        paragraph(sentence, run=mono)
        + paragraph("x = tf.add(1, 2)", run=mono)
        + paragraph(sentence, run=mono)
    )
    assert [block.kind for block in found] == [BlockKind.PROSE, BlockKind.CODE, BlockKind.PROSE]


def test_headings_by_style_name_base_and_outline() -> None:
    styles = (
        f"<w:styles {NAMESPACES}>"
        '<w:style w:type="paragraph" w:styleId="Rubrik2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="Rubrik2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="B"/><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    body = (
        paragraph("Question 1", '<w:pStyle w:val="Mine"/>')
        + paragraph("Question 2", '<w:outlineLvl w:val="0"/>')
        + paragraph("in a circle", '<w:pStyle w:val="A"/>')
    )
    found = blocks(body, word__styles_xml=styles)
    assert [(block.kind, block.level) for block in found] == [
        (BlockKind.HEADING, 2),
        (BlockKind.HEADING, 1),
        (BlockKind.PROSE, 0),
    ]


def test_numbers_that_word_counts_are_written_out() -> None:
    numbering = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="Question %1)"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>'
        '<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1%2)"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    entry = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="3"/></w:numPr>'
    body = "".join(paragraph("answer to it", entry.format(level)) for level in (0, 1, 1, 0, 1))
    text = "\n".join(block.text for block in blocks(body, word__numbering_xml=numbering))
    assert text.split("\n") == [
        "Question 1) answer to it",
        "1a) answer to it",
        "1b) answer to it",
        "Question 2) answer to it",
        "2a) answer to it",
    ]


def test_headers_stand_first_and_footnotes_last() -> None:
    rels = relationship("rId1", "header", "header1.xml") + relationship("rId2", "footnotes", "footnotes.xml")
    found = blocks(
        paragraph("The text of the report is here."),
        rels=rels,
        word__header1_xml=f"<w:hdr {NAMESPACES}>{paragraph('Anna Exempel, annex123')}</w:hdr>",
        word__footnotes_xml=f'<w:footnotes {NAMESPACES}><w:footnote w:type="separator" w:id="0">{paragraph("no")}</w:footnote>'
        f'<w:footnote w:id="1">{paragraph("measured on a laptop of ours")}</w:footnote></w:footnotes>',
    )
    assert [block.text for block in found] == [
        "Anna Exempel, annex123",
        "The text of the report is here.",
        "measured on a laptop of ours",
    ]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('It stands in a box.')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Before the box.</w:t><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    text = "\n".join(block.text for block in blocks(body))
    assert text.split("\n") == ["Before the box.", "It stands in a box."]


def test_tables_keep_spans_and_merges() -> None:
    body = (
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" + paragraph("Wide") + "</w:tc><w:tc>"
        + paragraph("x") + "</w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>" + paragraph("gone") + "</w:tc><w:tc>"
        + paragraph("1") + paragraph("s") + "</w:tc><w:tc>" + paragraph("2") + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    (table,) = blocks(body)
    assert table.rows == (("Wide", "", "x"), ("", "1 s", "2"))


def test_line_numbers_beside_code_in_a_table_are_no_code() -> None:
    code = "".join(
        paragraph(line) for line in ("with tf.GradientTape() as tape:", "    loss = f(x)", "print(loss)")
    )
    body = f"<w:tbl><w:tr><w:tc>{paragraph('1')}{paragraph('2')}</w:tc><w:tc>{code}</w:tc></w:tr></w:tbl>"
    (listing,) = blocks(body)
    assert listing.kind is BlockKind.CODE
    assert listing.text == "with tf.GradientTape() as tape:\n    loss = f(x)\nprint(loss)"


@pytest.mark.parametrize(
    ("omml", "tex"),
    [
        ("<m:f><m:num>{200960}</m:num><m:den>{2}</m:den></m:f>", r"\frac{200960}{2}"),
        ("<m:f><m:fPr><m:type m:val='lin'/></m:fPr><m:num>{6}</m:num><m:den>{2}</m:den></m:f>", "(6)/(2)"),
        ("<m:sSup><m:e>{28}</m:e><m:sup>{2}</m:sup></m:sSup>", "28^{2}"),
        ("<m:d><m:e>{785}</m:e></m:d>{·128}", r"(785)\cdot 128"),
        ("<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=''/></m:dPr><m:e>{1}</m:e></m:d>", "[1"),
        ("<m:rad><m:deg/><m:e>{9}</m:e></m:rad>", r"\sqrt{9}"),
        ("<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{i}</m:sub><m:sup>{n}</m:sup><m:e>{x}</m:e></m:nary>", r"\sum_{i}^{n} x"),
        ("<m:groupChr><m:e>{100352}</m:e></m:groupChr>", r"\underbrace{100352}"),
        ("{784−1}", "784-1"),
        ("<m:r><m:rPr><m:nor/></m:rPr><m:t>weights</m:t></m:r>", r"\text{weights}"),
        ("<m:eqArr><m:e>{784·128&amp;=100352}</m:e><m:e>{&amp;=1}</m:e></m:eqArr>", "784\\cdot 128=100352\n=1"),
    ],
)  # fmt: skip
def test_formulas_of_the_equation_editor(omml: str, tex: str) -> None:
    inner = omml.replace("{", "<m:r><m:t>").replace("}", "</m:t></m:r>")
    (formula,) = blocks(f"<w:p><m:oMathPara><m:oMath>{inner}</m:oMath></m:oMathPara></w:p>")
    assert (formula.kind, formula.text) == (BlockKind.MATHS, tex)


def test_pictures_have_their_bytes_their_words_and_their_caption() -> None:
    styles = f'<w:styles {NAMESPACES}><w:style w:styleId="Beskrivning"><w:name w:val="caption"/></w:style></w:styles>'
    body = (
        '<w:p><w:r><w:drawing><wp:docPr descr="Time and accuracy"/><a:blip r:embed="rId1"/></w:drawing></w:r></w:p>'
        + paragraph("Figure 1: both curves", '<w:pStyle w:val="Beskrivning"/>')
        + '<w:p><w:r><w:drawing><wp:docPr descr="Picture 3"/><a:blip r:link="rId2"/></w:drawing></w:r></w:p>'
    )
    rels = relationship("rId1", "image", "media/image1.png") + relationship(
        "rId2", "image", "http://x/y.png", "External"
    )
    document = read_docx(
        docx(body, rels=rels, word__styles_xml=styles, word__media__image1_png=PNG), "a.docx"
    )
    first, linked = kinds(document, BlockKind.FIGURE)
    assert first.figure is not None
    assert linked.figure is not None
    assert first.figure.picture is not None
    assert (first.text, first.figure.caption) == ("Time and accuracy", "Figure 1: both curves")
    assert first.figure.picture.data == PNG
    assert (linked.text, linked.figure.picture) == ("", None)
    assert any("linked" in note for note in document.notes)


def test_charts_drawn_by_word_are_labelled_plots() -> None:
    chart = (
        f"<c:chartSpace {NAMESPACES}><c:chart><c:ser><c:tx><c:v>Accuracy</c:v></c:tx><c:val>"
        + "".join(f'<c:pt idx="{index}"><c:v>{index}</c:v></c:pt>' for index in range(10))
        + "</c:val></c:ser><c:catAx><c:title><a:t>Batch size</a:t></c:title></c:catAx></c:chart></c:chartSpace>"
    )
    body = '<w:p><w:r><w:drawing><c:chart r:id="rId1"/></w:drawing></w:r></w:p>'
    (figure,) = blocks(
        body, rels=relationship("rId1", "chart", "charts/chart1.xml"), word__charts__chart1_xml=chart
    )
    assert figure.figure is not None
    assert (figure.figure.kind, figure.figure.labelled, figure.figure.ticks) == (FigureKind.PLOT, True, 10)
    assert figure.figure.words == "Accuracy Batch size"


# --- what is refused


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableDocumentError) as caught:
        read_docx(data, "report.docx")
    message = str(caught.value)
    assert message.endswith(".")
    assert "Traceback" not in message
    return message


def test_a_zip_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/document.xml", b" " * 40_000_000)
    assert "unpacks to far more" in refused(buffer.getvalue())


def test_a_member_larger_than_it_says_is_refused() -> None:
    data = bytearray(docx(paragraph("x" * 5_000)))
    entry = data.find(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 24, 10)  # the unpacked size in the directory
    refused(bytes(data))


def test_a_hundred_thousand_members_are_refused() -> None:
    entry = b"PK\x01\x02" + b"\x00" * 24 + struct.pack("<3H", 1, 0, 0) + b"\x00" * 12 + b"a"
    directory = entry * 100_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    assert "unpacks to far more" in refused(b"PK\x03\x04" + directory + end)


@pytest.mark.parametrize(
    "entities",
    [
        "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(12)),
        '<!ENTITY l11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % all SYSTEM "http://127.0.0.1:9/x.dtd"> %all;',
    ],
    ids=["billion laughs", "external file", "external subset"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(entities: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [{entities}]><d>&l11;</d>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", text.encode(encoding))
    assert "XML entities" in refused(buffer.getvalue())


def test_deep_and_endless_xml_is_refused() -> None:
    assert "nested" in refused(docx("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000))
    assert "too many" in refused(docx("<w:p/>" * 450_000))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not the document"),
        (b"hello, I am a report", "not the document"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 9,
            "password-protected",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Word document"),
        (docx(paragraph("broken"))[:-40], "damaged"),
        (docx("<w:p>"), "damaged"),
    ],
    ids=["empty", "text", "encrypted", "doc", "cut off", "ill-formed"],
)
def test_what_is_no_word_file_gets_plain_words(data: bytes, words: str) -> None:
    assert words in refused(data)


def test_encrypted_members_and_missing_parts_get_plain_words() -> None:
    data = bytearray(docx(paragraph("secret")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        data[at + offset] |= 1
    assert "password-protected" in refused(bytes(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    assert "no Word document" in refused(buffer.getvalue())


def test_damaged_pictures_and_styles_do_not_stop_the_text() -> None:
    body = (
        paragraph("The text stays.") + '<w:p><w:r><w:drawing><a:blip r:embed="rId1"/></w:drawing></w:r></w:p>'
    )
    rels = relationship("rId1", "image", "../../../etc/passwd")
    document = read_docx(docx(body, rels=rels, word__styles_xml="<no"), "a.docx")
    assert document.blocks[0].text == "The text stays."
    assert any("missing" in note for note in document.notes)


TRAPS = {
    "runs": lambda many: "<w:p>" + "<w:r><w:t>“a ' \" # | \t</w:t></w:r>" * (30 * many) + "</w:p>",
    "cells": lambda many: "<w:tbl><w:tr>" + "<w:tc><w:p/></w:tc>" * many + "</w:tr></w:tbl>",
    "words": lambda many: paragraph("for " * (15 * many)),
    "brackets": lambda many: paragraph("(" * (50 * many)),
    "equals": lambda many: paragraph("a = " * (15 * many)),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("trap", TRAPS)
def test_no_trap_is_quadratic(trap: str) -> None:
    assert is_linear(lambda some: read_docx(docx(TRAPS[trap](len(some))), "a.docx"), range(2_000))


def test_deep_formulas_are_read() -> None:
    deep = "<m:sSup><m:e>" * 60 + "</m:e></m:sSup>" * 60
    read_docx(docx(f"<w:p><m:oMath>{deep}</m:oMath></w:p>"), "a.docx")


SMALL = docx(
    paragraph("Question 1")
    + paragraph("x = f(y)")
    + "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    rels=relationship("rId1", "styles", "styles.xml"),
    word__styles_xml=f"<w:styles {NAMESPACES}><w:style w:styleId='a'/></w:styles>",
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=12),
    st.integers(0, len(SMALL)),
)
def test_any_damage_gives_a_document_or_plain_words(changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SMALL)
    for at, byte in changes:
        data[at] = byte
    try:
        document = read_docx(bytes(data[:end] if end % 3 == 0 else data), "report.docx")
    except UnreadableDocumentError:
        return
    assert document.format == "docx"


NAMES = """
    w:p w:r w:t w:tbl w:tr w:tc w:tcPr w:gridSpan w:vMerge w:br w:tab w:sdt w:sdtContent w:ins w:del w:pPr w:rPr w:ind w:sym
    w:drawing w:pict w:txbxContent w:numPr w:ilvl w:numId w:hyperlink mc:AlternateContent mc:Choice mc:Fallback m:oMath m:r m:t
    m:f m:num m:den m:sSup m:e m:sup m:d m:dPr m:begChr m:m m:mr m:nary m:acc m:eqArr m:oMathPara a:blip w:vertAlign w:outlineLvl
""".split()  # noqa: SIM905 - a list of names reads best as words
VALUES = st.sampled_from(["", "1", "-5", "99999999999", "superscript", "F0B4", "rId1", "x" * 50])


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(st.sampled_from(NAMES))
    value = draw(VALUES)
    text = draw(
        st.sampled_from(["", "loss = f(x)", "28·28", "a\tb", "$x$", "| 1 | 2 |", "1   2   3", "Question 2"])
    )
    inside = "".join(draw(st.lists(trees(depth + 1), max_size=3))) if depth < 5 else ""
    return f'<{name} w:val="{value}" r:embed="{value}" w:left="{value}" w:char="{value}" m:val="{value}">{text}{inside}</{name}>'


@settings(max_examples=150, deadline=None)
@given(st.lists(trees(), max_size=4))
def test_any_nesting_of_elements_is_read(parts: list[str]) -> None:
    document = read_docx(docx("".join(parts)), "report.docx")
    assert all(block.place.where for block in document.blocks)
