"""Pictures are read in rounds, the likeliest first, and no more of them than leave something open."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import pytest

from grader.documents.core.curve import Curve, CurveSource
from grader.documents.core.document import Block, BlockKind, Document, Figure, FigureKind, Picture, Place
from grader.documents.core.limits import ReadingLimits
from grader.documents.sections import Sections
from grader.grading.picture_choice import with_pictures
from grader.model import CheckResult, QuestionResult, Verdict

CURVE = Curve(((0.0, 0.0), (1.0, 1.0)), CurveSource.PIXELS)


class Reader:
    """Reads words in pictures: `read` are the pictures of each round, by the text that the made-up ones hold."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, wordless: bool = False) -> None:
        self.read: list[list[str]] = []
        self.left: list[int] = []
        self._wordless = wordless
        monkeypatch.setattr("grader.documents.scans.scan_reading.read_pictures", self._words)
        monkeypatch.setattr(
            "grader.documents.scans.curve_reading.read_curves", lambda document, *, only: document
        )

    def _words(self, document: Document, limits: ReadingLimits, *, only: Collection[Block]) -> Document:
        self.left.append(limits.ocr_pictures)
        self.read.append([block.text for block in only])
        blocks: list[Block] = []
        for (
            block
        ) in document.blocks:  # made anew, as what comes from another process, and with what was read behind
            assert block.figure is not None
            if any(block is one for one in only):
                words = "" if self._wordless else block.text
                figure = msgspec.structs.replace(block.figure, kind=FigureKind.OTHER, words=words)
                blocks += [
                    msgspec.structs.replace(block, figure=figure),
                    msgspec.structs.replace(block, ocr=True),
                ]
            else:
                blocks.append(msgspec.structs.replace(block))
        return msgspec.structs.replace(document, blocks=tuple(blocks))


def _picture(name: str, **known: object) -> Block:
    figure = msgspec.structs.replace(Figure(picture=Picture("image/png", b"")), **known)
    return Block(BlockKind.FIGURE, name, Place("a.docx", name), figure=figure)


def _questions(verdict: Verdict) -> tuple[QuestionResult, ...]:
    check = CheckResult("q.plot", verdict, 0.0, 1.0, "")
    return (QuestionResult("q", verdict, 0.0, 1.0, (check,)),)


def _looked(document: Document, until: str | None, under: Sequence[str] = ()) -> Document:
    """What comes back if the question is open until the words of one picture are read."""

    def judged(found: tuple[Document, ...], _: object = None) -> tuple[Sections, Sequence[QuestionResult]]:
        blocks = [block for block in found[0].blocks if not block.ocr]
        settled = any(block.figure is not None and block.figure.words == until for block in blocks)
        own = tuple(block for block in blocks if block.text in under)
        rest = tuple(block for block in blocks if block.text not in under)
        return Sections({"q": own}, rest), _questions(Verdict.PASS if settled else Verdict.REVIEW)

    sections, questions = judged((document,))
    return with_pictures((document,), sections, questions, judged)[0]


def test_what_settles_the_question_is_the_last_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"picture {at}" for at in range(9)]
    reader = Reader(monkeypatch)
    found = _looked(Document("a.docx", "docx", tuple(map(_picture, names))), until="picture 2")
    assert reader.read == [names[:1], names[1:3]]
    assert [block.text for block in found.blocks if block.ocr] == names[:3]


def test_pictures_with_curves_come_first_and_mosaics_last(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(monkeypatch)
    pictures = (
        _picture("mosaic", mosaic=True),
        _picture("elsewhere"),
        _picture("under"),
        _picture("plot", curves=(CURVE,)),
    )
    _looked(Document("a.docx", "docx", pictures), until=None, under=("mosaic", "under"))
    assert reader.read == [["plot"], ["under", "elsewhere"], ["mosaic"]]


def test_a_picture_without_words_is_read_once_and_the_limit_holds_over_all_rounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"picture {at}" for at in range(20)]
    reader = Reader(monkeypatch, wordless=True)
    _looked(Document("a.docx", "docx", tuple(map(_picture, names))), until="never")
    assert [name for names in reader.read for name in names] == names
    assert reader.left == [12, 11, 9, 5, 0]  # nothing is left for the last ones, and the reader says so


def test_nothing_open_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(monkeypatch)
    document = Document("a.docx", "docx", (_picture("picture 0"),))
    sections = Sections({}, document.blocks)
    assert (
        with_pictures((document,), sections, _questions(Verdict.PASS), lambda *_: pytest.fail("judged"))[0]
        is document
    )
    assert not reader.read
