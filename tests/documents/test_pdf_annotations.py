"""What is typed onto a PDF: text boxes, stamps and form fields are read where the page shows them; what it does not show is unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from written_pdf import pdf, text

from grader.documents import Document
from grader.documents.pdf.pdf_annotations import NOT_EVERYWHERE, NOTE

Read = Callable[..., Document]
ANSWER = "gradient = tape.gradient(loss, parameters)"
FONTS = "/DR << /Font << /Helv 3 0 R >> >> /DA (/Helv 11 Tf 0 g)"


def appearance(colour: str = "0 g", size: int = 11) -> bytes:
    """A form that shows the answer."""
    content = f"BT {colour} /F2 {size} Tf 2 5 Td ({ANSWER.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj ET"
    return (
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 400 20] /Resources << /Font << /F2 4 0 R >> >> /Length {len(content)} >>"
        f"\nstream\n{content}\nendstream"
    ).encode()


def page(annotation: str, *extra: bytes, fields: str = "") -> bytes:
    """A page with a question above and the next below what is typed onto it."""
    escaped = ANSWER.replace("(", "\\(").replace(")", "\\)")
    whole = f"<< /Type /Annot /Rect [72 700 472 720] {annotation.replace('ANSWER', escaped)} >>".encode()
    return pdf(
        [text(72, 760, "Question 1", "F3", 14) + text(72, 660, "Question 2", "F3", 14)],
        extra=[whole, *extra],
        entries="/Annots [{0}]",
        catalog=f"/AcroForm << /Fields [{{0}}] {fields} {FONTS} >>"
        if fields or "/Widget" in annotation
        else "",
    )


SHOWN = {
    "text box": page("/Subtype /FreeText /F 4 /Contents (ANSWER) /DA (/Helv 11 Tf) /AP << /N {1} >>", appearance()),
    "stamp": page("/Subtype /Stamp /F 4 /AP << /N {1} >>", appearance()),
    "field": page("/Subtype /Widget /FT /Tx /T (a) /V (ANSWER) /F 4 /DA (/Helv 11 Tf 0 g) /AP << /N {1} >>", appearance()),
    "field without appearance": page(
        "/Subtype /Widget /FT /Tx /T (a) /V (ANSWER) /F 4 /DA (/Helv 11 Tf 0 g)", fields="/NeedAppearances true"
    ),
}  # fmt: skip
UNSEEN = {
    "hidden text box": (page("/Subtype /FreeText /F 2 /Contents (ANSWER) /DA (/Helv 11 Tf) /AP << /N {1} >>", appearance()), ""),
    "hidden field": (page("/Subtype /Widget /FT /Tx /T (a) /V (ANSWER) /F 2 /DA (/Helv 11 Tf 0 g) /AP << /N {1} >>", appearance()), ""),
    "text box that nothing draws": (page("/Subtype /FreeText /F 4 /Contents (ANSWER) /DA (/Helv 11 Tf)"), NOT_EVERYWHERE),
    "sticky note": (page("/Subtype /Text /F 4 /Contents (ANSWER)"), NOTE),
    "white text box": (page("/Subtype /FreeText /F 4 /DA (/Helv 11 Tf) /AP << /N {1} >>", appearance("1 g")), ""),
    "tiny text box": (page("/Subtype /FreeText /F 4 /DA (/Helv 11 Tf) /AP << /N {1} >>", appearance(size=1)), ""),
}  # fmt: skip


def linked(data: bytes) -> bytes:
    """The file with references between its extra objects filled in."""
    first = 3 + 4 + 2
    return data.replace(b"{1}", f"{first + 1} 0 R".encode())


@pytest.mark.parametrize("name", SHOWN)
def test_what_the_page_shows_is_read_in_its_place(name: str, read: Read) -> None:
    document = read("report.pdf", linked(SHOWN[name]))
    assert [block.text for block in document.blocks] == ["Question 1", ANSWER, "Question 2"]
    assert not any(block.unseen for block in document.blocks)
    assert document.blocks[1].place.box is not None


@pytest.mark.parametrize("name", UNSEEN)
def test_what_it_does_not_show_is_unseen(name: str, read: Read) -> None:
    data, reason = UNSEEN[name]
    document = read("report.pdf", linked(data))
    assert document.visible().text().split() == ["Question", "1", "Question", "2"]
    hidden = document.hidden()
    assert [block.text for block in hidden] == [ANSWER]
    assert hidden[0].unseen == reason or not reason


def test_links_change_nothing(read: Read, tmp_path: Path) -> None:
    plain = read("report.pdf", pdf([text(72, 760, ANSWER, "F2")]))
    link = "/Annots [ << /Type /Annot /Subtype /Link /Rect [72 700 472 780] /A << /S /URI /URI (https://example.org) >> >> ]"
    assert read("report.pdf", pdf([text(72, 760, ANSWER, "F2")], entries=link)) == plain


def test_a_thousand_of_them_are_not_looked_at_one_by_one(read: Read) -> None:
    many = pdf(
        [text(72, 760, "Question 1")],
        extra=[b"<< /Type /Annot /Subtype /Text /Rect [9 9 99 99] /Contents (a note of ten words) >>"],
        entries="/Annots [" + "{0} " * 50_000 + "]",
    )
    assert len(read("report.pdf", many).blocks) < 500
