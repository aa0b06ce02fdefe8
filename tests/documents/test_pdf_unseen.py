"""Text in a PDF that no reader of the page sees is marked so, whatever hides it; what looks like it, but is seen, is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from written_pdf import pdf, stroke, text

from grader.documents import Document

Read = Callable[..., Document]
ANSWER = "gradient = tape.gradient(loss, parameters)"
SEEN = text(50, 780, "Question 1") + text(50, 762, "I did not get to this one.")
HIDDEN = text(50, 740, ANSWER)
UNDER = text(50, 780, "Question 1")  # with a line at 762 that something lies over
OVER = text(50, 762, "I did not get to this one.")


class Made(NamedTuple):
    """A page and what its file has besides."""

    page: str
    resources: str = ""
    entries: str = ""
    catalog: str = ""
    media: str = "0 0 595 842"
    extra: Sequence[bytes] = ()

    def file(self) -> bytes:
        return pdf(
            [self.page],
            resources=self.resources,
            entries=self.entries,
            catalog=self.catalog,
            media=self.media,
            extra=self.extra,
        )


def stream(entries: str, content: str) -> bytes:
    return f"<< {entries} /Length {len(content)} >>\nstream\n{content}\nendstream".encode()


def state(entries: str) -> str:
    return f"/ExtGState << /G0 << {entries} >> >>"


def within(before: str, after: str = "Q") -> str:
    return f"{SEEN}q {before} {HIDDEN} {after}"


FORM = "/Type /XObject /Subtype /Form /Resources << /Font << /F1 3 0 R >> >>"
SPOT = "/DeviceGray << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>"
MASK = "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Group << /S /Transparency /CS /DeviceGray >>"
SQUARE = "/Type /Annot /Subtype /Square /Rect [40 730 500 755]"
ATTACKS = {
    "white": Made(within("1 g")),
    "white in CMYK": Made(within("0 0 0 0 k")),
    "nearly white": Made(within("0.97 g")),
    "cream": Made(within("1 1 0.9 rg")),
    "white of a spot colour": Made(
        within("/C0 cs 0 scn"), f"/ColorSpace << /C0 [/Separation /Spot {SPOT}] >>"
    ),
    "white of Lab": Made(
        within("/C0 cs 100 0 0 scn"), "/ColorSpace << /C0 [/Lab << /WhitePoint [0.95 1 1.09] >>] >>"
    ),
    "no such pattern": Made(within("/Pattern cs /P0 scn")),
    "white outlines": Made(within("1 G 1 Tr")),
    "no outlines": Made(within("3 Tr")),
    "only a clip": Made(within("7 Tr")),
    "transparent": Made(within("/G0 gs"), state("/ca 0")),
    "nearly transparent": Made(within("/G0 gs"), state("/ca 0.03")),
    "masked": Made(
        within("/G0 gs"),
        state("/SMask << /S /Luminosity /G {0} >>"),
        extra=[stream(MASK, "0 g 0 0 595 842 re f")],
    ),
    "size 0": Made(SEEN + text(50, 740, ANSWER, size=0)),
    "size 1": Made(SEEN + text(50, 740, ANSWER, size=1)),
    "a line as wide as a hair": Made(within("0.01 Tz")),
    "scaled to a hundredth": Made(within("0.01 0 0 0.01 50 700 cm")),
    "pressed flat": Made(within("1 0 0 0.01 0 732 cm")),
    "under white": Made(SEEN + HIDDEN + "1 g 40 735 500 20 re f"),
    "under black": Made(SEEN + HIDDEN + "0 g 40 735 500 20 re f"),
    "black on black": Made(SEEN + "0 g 40 735 500 20 re f " + HIDDEN),
    "white on a white ground": Made(SEEN + "1 g 40 735 500 20 re f " + HIDDEN),
    "under a picture": Made(
        SEEN + HIDDEN + "q 500 0 0 20 40 735 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID FF> EI Q"
    ),
    "white under other text": Made(f"{UNDER}q 1 g {text(50, 762, ANSWER)} Q {OVER}"),
    "under white and other text": Made(f"{UNDER}{text(50, 762, ANSWER)} 1 g 40 757 500 17 re f 0 g {OVER}"),
    "beside other text": Made(
        f"{UNDER}{text(50, 765, ANSWER)} 1 g 40 757 500 20 re f 0 g {text(48, 761, 'Nothing here, I am afraid: I had no time left')}"
    ),
    "clipped": Made(within("0 0 1 1 re W n")),
    "clipped to a sliver": Made(within("40 743 500 0.5 re W n")),
    "in a form without a place": Made(
        SEEN + "/X0 Do", "/XObject << /X0 {0} >>", extra=[stream(FORM + " /BBox [0 0 1 1]", HIDDEN)]
    ),
    "in a layer": Made(
        f"{SEEN}/OC /L BDC {HIDDEN} EMC",
        "/Properties << /L {0} >>",
        catalog="/OCProperties << /OCGs [{0}] /D << /OFF [{0}] >> >>",
        extra=[b"<< /Type /OCG /Name (x) >>"],
    ),
    "under a note": Made(
        SEEN + HIDDEN,
        entries=f"/Annots [ << {SQUARE} /AP << /N {{0}} >> >> ]",
        extra=[stream("/Type /XObject /Subtype /Form /BBox [40 730 500 755]", "1 g 40 730 460 25 re f")],
    ),
    "right of the page": Made(SEEN + text(900, 740, ANSWER)),
    "left of the page": Made(SEEN + text(-2000, 740, ANSWER)),
    "above the page": Made(SEEN + text(50, 900, ANSWER)),
    "cropped": Made(SEEN + text(50, 140, ANSWER), entries="/CropBox [0 500 595 842]"),
    "cropped and turned": Made(SEEN + text(50, 140, ANSWER), entries="/CropBox [0 500 595 842] /Rotate 90"),
    "white and turned": Made(within("1 g"), entries="/Rotate 270"),
}
TWINS = {
    "plain": Made(SEEN + HIDDEN),
    "grey": Made(within("0.6 g")),
    "light grey": Made(within("0.75 g")),
    "yellow": Made(within("1 1 0 rg")),
    "white on black": Made(SEEN + "0 g 40 735 500 20 re f 1 g " + HIDDEN),
    "pale on dark blue": Made(SEEN + "0.1 0.1 0.3 rg 40 735 500 20 re f 0.8 0.9 0.7 rg " + HIDDEN),
    "on a pale ground": Made(SEEN + "0.9 g 40 735 500 20 re f 0 g " + HIDDEN),
    "outlines": Made(within("0 G 0.3 w 1 Tr")),
    "half transparent": Made(within("/G0 gs"), state("/ca 0.5")),
    "a footnote": Made(SEEN + text(50, 740, ANSWER, size=5)),
    "marked by a highlighter": Made(
        f"{SEEN}{HIDDEN}q /G0 gs 1 1 0 rg 40 735 500 20 re f Q", state("/BM /Multiply")
    ),
    "marked by a transparent highlighter": Made(
        f"{SEEN}{HIDDEN}q /G0 gs 1 1 0 rg 40 735 500 20 re f Q", state("/ca 0.4")
    ),
    "underlined": Made(SEEN + HIDDEN + stroke(50, 738, 250, 738)),
    "over a watermark": Made(
        f"q 0.9 g BT /F1 90 Tf 0.7 0.7 -0.7 0.7 90 500 Tm (DRAFT) Tj ET Q {SEEN}{HIDDEN}"
    ),
    "over a picture": Made(
        "q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /RGB /BPC 8 /F /AHx ID DDEEFF> EI Q " + SEEN + HIDDEN
    ),
    "printed twice to look bold": Made(SEEN + HIDDEN + text(50.3, 740, ANSWER)),
    "in a form": Made(
        SEEN + "/X0 Do", "/XObject << /X0 {0} >>", extra=[stream(FORM + " /BBox [0 0 595 842]", HIDDEN)]
    ),
    "in a layer that is on": Made(
        f"{SEEN}/OC /L BDC {HIDDEN} EMC",
        "/Properties << /L {0} >>",
        catalog="/OCProperties << /OCGs [{0}] /D << /ON [{0}] >> >>",
        extra=[b"<< /Type /OCG /Name (x) >>"],
    ),
    "a small page": Made(f"q 0.1 0 0 0.1 0 0 cm {SEEN}{HIDDEN} Q", media="0 0 59.5 84.2"),
    "a huge page": Made(f"q 10 0 0 10 0 0 cm {SEEN}{HIDDEN} Q", media="0 0 5950 8420"),
    "a page that begins below 0": Made(SEEN + HIDDEN, media="-20 -30 595 842"),
    "cropped around it": Made(SEEN + HIDDEN, entries="/CropBox [20 400 595 842]"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_leaves_no_ink_is_unseen(read: Read, name: str) -> None:
    document = read("report.pdf", ATTACKS[name].file())
    seen = " ".join(block.text for block in document.blocks if not block.unseen)
    assert "tape" not in seen
    assert "Question 1" in seen
    assert ANSWER in [block.text for block in document.blocks if block.unseen]


@pytest.mark.parametrize("name", TWINS)
def test_what_is_seen_is_not_unseen(read: Read, name: str) -> None:
    document = read("report.pdf", TWINS[name].file())
    assert not any(block.unseen for block in document.blocks)
    assert ANSWER in [block.text for block in document.blocks]


def type_3(scale: float, size: float, width: float, drawing: str) -> bytes:
    """Words in a font whose signs are all one drawing."""
    letters = [chr(code) for code in range(97, 123)]
    font = (
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [{scale} 0 0 {scale} 0 0] "
        f"/FirstChar 97 /LastChar 122 /Widths [{' '.join([str(width)] * 26)}] /Encoding << /Differences "
        f"[97 {' '.join('/' + letter for letter in letters)}] >> "
        f"/CharProcs << {' '.join(f'/{letter} 9 0 R' for letter in letters)} >> >>"
    )
    page = SEEN + f"BT /T3 {size} Tf 50 740 Td (tape of something) Tj ET"
    made = pdf([page], extra=[stream("", drawing), font.encode()])
    return made.replace(b"/F4 6 0 R", b"/F4 6 0 R /T3 10 0 R")


@pytest.mark.parametrize(
    ("scale", "size", "width", "drawing", "is_seen"),
    [
        (0.001, 11, 600, "600 0 0 0 600 700 d1 50 0 500 700 re f", True),
        (1, 0.24, 25, "25 0 0 0 25 30 d1 2 0 21 29 re f", True),  # as TeX sets bitmaps: a size of its own
        (0.001, 11, 600, "600 0 0 0 600 700 d1", False),
    ],
)
def test_signs_that_a_font_draws_by_itself(
    read: Read, scale: float, size: float, width: float, drawing: str, *, is_seen: bool
) -> None:
    document = read("report.pdf", type_3(scale, size, width, drawing))
    assert is_seen == any("tape" in block.text for block in document.blocks if not block.unseen)


def renamed(shown: str, names: dict[str, str]) -> bytes:
    """A line whose letters are said to be others than they are."""
    pairs = "".join(
        f"<{ord(code):02x}> <{meant.encode('utf-16-be').hex()}>\n" for code, meant in names.items()
    )
    said = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        f"{len(names)} beginbfchar {pairs} endbfchar endcmap end"
    )
    font = (
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 9 0 R >>"
    )
    page = SEEN + f"BT /FX 11 Tf 50 740 Td ({shown}) Tj ET"
    made = pdf([page], extra=[stream("", said), font])
    return made.replace(b"/F4 6 0 R", b"/F4 6 0 R /FX 10 0 R")


def test_letters_that_are_said_to_be_others(read: Read) -> None:
    letters = sorted(set(ANSWER) - {" "})
    codes = {letter: chr(65 + index) for index, letter in enumerate(letters)}
    shown = "".join(codes.get(letter, " ") for letter in ANSWER)
    for made in (
        renamed(shown, {code: letter for letter, code in codes.items()}),
        renamed("x", {"x": ANSWER}),
    ):
        document = read("report.pdf", made)
        assert not any("tape" in block.text for block in document.blocks if not block.unseen)
    honest = renamed(ANSWER.replace("(", r"\(").replace(")", r"\)"), {letter: letter for letter in letters})
    assert not any(block.unseen for block in read("report.pdf", honest).blocks)


def test_what_is_unseen_stands_behind_the_paragraph_that_it_was_set_in(read: Read) -> None:
    page = (
        SEEN
        + "q 1 g "
        + HIDDEN
        + " Q "
        + text(50, 700, "Question 2")
        + text(50, 682, "784*128 + 128 = 100480")
    )
    blocks = read("report.pdf", pdf([page])).blocks
    assert [(block.text, bool(block.unseen)) for block in blocks] == [
        ("Question 1", False),
        ("I did not get to this one.", False),
        (ANSWER, True),
        ("Question 2", False),
        ("784*128 + 128 = 100480", False),
    ]


def test_a_paragraph_is_not_parted_by_what_is_unseen_in_it(read: Read) -> None:
    first = "The training loop changes the parameters so that the loss gets smaller and smaller, so that the"
    page = (
        text(72, 750, first)
        + "q 1 g "
        + text(72, 743, ANSWER, size=6)
        + " Q "
        + text(72, 736, "line is found.")
    )
    blocks = read("report.pdf", pdf([page])).blocks
    assert [(block.text, bool(block.unseen)) for block in blocks] == [
        (f"{first} line is found.", False),
        (ANSWER, True),
    ]
