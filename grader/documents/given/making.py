"""An `Edition` out of a handout's file: what ``grader fingerprint`` and ``--handout`` make.

A cell of the handout that shows a student's answer as it is (a ready-made plot of figures filled in elsewhere) is tagged
``shows-answer`` by its author: it is left out, so that what it draws counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from grader.documents.core.document import Block, BlockKind, Document
from grader.documents.core.encoding import decode
from grader.documents.core.limits import DEFAULT_LIMITS
from grader.documents.given.edition import (
    Edition,
    code_hash,
    comment_hash,
    comments,
    fingerprints,
    from_json,
    hashes,
    picture_hash,
    text_hash,
)
from grader.documents.notebook_reader import joined_text, parse_notebook
from grader.documents.readers import read_document
from grader.errors import EditionError, UnreadableDocumentError

SHOWS_ANSWER: Final = "shows-answer"
_TEXT: Final = frozenset((BlockKind.PROSE, BlockKind.HEADING))
_OTHERS: Final = frozenset((BlockKind.MATHS, BlockKind.TABLE))


def editions_in(path: Path) -> tuple[Edition, ...]:
    """The editions in a file of fingerprints (``.json``), or the one that a handout of any format is.

    Raises `EditionError`, with a message for whoever named the file, for what cannot be read or says nothing.
    """
    try:
        if path.suffix.lower() == ".json":
            return from_json(path.read_bytes())
        made = edition_of(path)
    except OSError as problem:
        raise EditionError(f"{path}: {problem.strerror or problem}") from problem
    except (UnreadableDocumentError, EditionError) as problem:
        raise EditionError(f"{path}: {problem}") from problem
    if not (made.prose or made.code):
        raise EditionError(f"{path}: there is neither text nor code in it")
    return (made,)


def edition_of(path: Path) -> Edition:
    """The edition that one file is. Raises `UnreadableDocumentError`."""
    document = read_document(path, ocr="off")
    if document.format != "notebook":
        return of_document(document)
    cells = _cells(path)
    shown = {index for index, cell in enumerate(cells) if SHOWS_ANSWER in _tags(cell)}
    kept = tuple(block for block in document.blocks if block.place.cell not in shown)
    typed = tuple(
        joined_text(cell.get("source", "")) for cell in cells if cell.get("cell_type") == "markdown"
    )
    return of_document(msgspec.structs.replace(document, blocks=kept), typed)


def of_document(document: Document, raw: tuple[str, ...] = ()) -> Edition:
    """The edition that a document as read is. `raw` are its text cells as their author typed them.

    Shingles are taken of the text as read and as typed, for a link's address stands between words in one of them only.
    """
    code = [block.text for block in document.blocks if block.kind is BlockKind.CODE]
    headings = [block.text for block in document.blocks if block.kind is BlockKind.HEADING]
    figures = [block.figure for block in document.blocks if block.figure is not None]
    return Edition(
        name=document.name,
        prose=frozenset[str]().union(*map(fingerprints, (*raw, *_passages(document)))),
        code=hashes(map(code_hash, code)),
        lines=hashes(code_hash(line) for source in code for line in source.split("\n")),
        comments=hashes(
            comment_hash(comment)
            for comment in (*headings, *(one for source in code for one in comments(source)))
        ),
        others=hashes(text_hash(block.text) for block in document.blocks if block.kind in _OTHERS),
        pictures=frozenset(
            [picture_hash(figure.picture.data) for figure in figures if figure.picture]
            + [picture_hash(figure.address) for figure in figures if figure.address]
        ),
        outputs=hashes(text_hash(block.text) for block in document.blocks if block.kind is BlockKind.OUTPUT),
    )


def _passages(document: Document) -> list[str]:
    """The text between what is no text: one passage may run over several paragraphs."""
    passages: list[list[str]] = [[]]
    last: Block | None = None
    for block in document.blocks:
        if block.kind in _TEXT:
            if last is None or last.kind not in _TEXT:
                passages.append([])
            passages[-1].append(block.text)
        last = block
    return ["\n".join(passage) for passage in passages]


def _cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook as they stand in the file; what is no cell is an empty one."""
    cells = parse_notebook(decode(path.read_bytes()), DEFAULT_LIMITS).get("cells")
    return [cell if isinstance(cell, dict) else {} for cell in (cells if isinstance(cells, list) else ())]


def _tags(cell: dict[str, Any]) -> frozenset[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return frozenset(tag for tag in (tags if isinstance(tags, list) else ()) if isinstance(tag, str))
