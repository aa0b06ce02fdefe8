"""Text in a Word file that stands on no page: comments, parts of other files, settings, stored pieces of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree
from lxml import html as lxml_html

from grader.documents.blocks.ink import COMMENT, WHITE, Colour, hex_colour
from grader.documents.core.encoding import decode
from grader.documents.core.xml_guard import Archive
from grader.documents.office.docx_ink import Theme, is_on
from grader.documents.office.docx_package import Target, parts_of_kind
from grader.documents.office.docx_text import all_text
from grader.documents.office.office_xml import attribute, child, children, name_of, optional
from grader.errors import UnreadableDocumentError

_OFF_PAGE_PARTS: Final = {
    "glossaryDocument": "a stored piece of text",
    "settings": "a setting of the document",
    "customXml": "data of the document",
}
_MOST_CHARACTERS: Final = 20_000  # of one part


class TextBeside:
    """What the parts of a file hold besides its pages. `comments` are by id."""

    def __init__(self, archive: Archive, targets: Mapping[str, Target], root: etree._Element) -> None:
        self._archive = archive
        self._targets = dict(targets)
        self.comments: dict[str, str] = {}
        self._placed = {attribute(one, "id") for one in root.iter() if name_of(one) == "commentReference"}
        for part in parts_of_kind(self._targets, "comments"):
            comments = optional(archive, part)
            for number, comment in enumerate(children(comments, "comment")):
                self.comments[attribute(comment, "id") or f"{part} {number}"] = all_text(comment).strip("\n")
            if comments is not None and not self.comments:
                self.comments[part] = all_text(comments)[:_MOST_CHARACTERS].strip("\n")
        self._settings = next(
            (optional(archive, part) for part in parts_of_kind(self._targets, "settings")), None
        )

    def paper(self, root: etree._Element, theme: Theme) -> Colour:
        """The colour of the page, where the document asks for one to be shown."""
        background = child(root, "background")
        if background is None or not is_on(child(self._settings, "displayBackgroundShape")):
            return WHITE
        return (
            theme.of(background, "color", "themeColor") or hex_colour(attribute(background, "color")) or WHITE
        )

    def chunk(self, key: str) -> str:
        """The words of a part that was inserted from another file, by its relationship; its form is not kept."""
        target = self._targets.get(key)
        if target is None or target.external:
            return ""
        try:
            text = decode(self._archive.read(target.name) or b"")[:_MOST_CHARACTERS]
        except UnreadableDocumentError:
            return ""
        if "<" not in text:
            return text
        try:
            root = lxml_html.document_fromstring(text)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return ""
        body = root.find(".//body")
        words = (str(part).strip() for part in (root if body is None else body).itertext())
        return "\n".join(filter(None, words))

    def rest(self) -> Iterator[tuple[str, str]]:
        """Why it is not seen, and the words: comments that nothing refers to, and parts that are no pages."""
        loose = "\n".join(text for key, text in self.comments.items() if key not in self._placed)
        if loose.strip():
            yield COMMENT, loose
        for kind, reason in _OFF_PAGE_PARTS.items():
            for part in parts_of_kind(self._targets, kind):
                root = optional(self._archive, part)
                if root is None:
                    continue
                values = [attribute(one, "val") for one in root.iter() if name_of(one) == "docVar"]
                text = "\n".join([all_text(root), *values])[:_MOST_CHARACTERS].strip()
                if text:
                    yield reason, text
