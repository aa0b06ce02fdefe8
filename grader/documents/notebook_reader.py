"""Notebooks of every version and origin, read leniently: what is broken or missing in one cell hides no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from grader.documents.blocks.collector import Collector
from grader.documents.blocks.ink import NOT_DISPLAYED
from grader.documents.blocks.picture_references import attached, from_base64, none_beside, picture
from grader.documents.core.document import BlockKind, Figure, FigureKind, Picture, Place
from grader.documents.core.encoding import clean
from grader.documents.core.limits import ReadingLimits
from grader.documents.html.html_reader import read_fragment
from grader.documents.tex.tex_maths_ink import seen_of_maths
from grader.documents.text.markdown_reader import read_markdown
from grader.errors import UnreadableDocumentError

_PICTURES: Final = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/svg+xml",
    "application/pdf",
)
_V3_PICTURES: Final = {"png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
_PROGRAM_OBJECT: Final = re.compile(
    r"\s*<(?:IPython|pandas|matplotlib|Figure|ipywidgets|tf|keras|function|class)\b[^>]{0,200}>\s*$"
)
_COLOUR_CODE: Final = re.compile(r"\x1b\[([0-9;]{0,30})m")
_BROKEN: Final = "Open it in Jupyter or Colab, download it again as .ipynb, and hand that in."


def read_notebook(text: str, source: str, collector: Collector) -> None:
    """Adds the blocks of a notebook. Raises `UnreadableDocumentError` if it is no notebook at all."""
    notebook = parse_notebook(text, collector.budget.limits)
    cells = list(_cells(notebook))
    limit = collector.budget.limits.cells
    if len(cells) > limit:
        collector.budget.cut(f"the notebook has {len(cells)} cells; the first {limit} were read")
    for index, cell in enumerate(cells[:limit]):
        if collector.full or not collector.budget.in_time():
            break
        if not isinstance(cell, dict):
            collector.budget.note(f"cell {index} is not a cell and was left out")
            continue
        _read_cell(cell, index, source, collector)


def parse_notebook(text: str, limits: ReadingLimits) -> dict[str, Any]:
    """The notebook's JSON. Raises `UnreadableDocumentError` in plain words for everything else."""
    if not text.strip():
        raise UnreadableDocumentError(f"The notebook is empty. {_BROKEN}")
    if _depth(text, limits.json_depth) > limits.json_depth:
        raise UnreadableDocumentError(f"The notebook is nested deeper than any notebook is. {_BROKEN}")
    try:
        notebook = json.loads(text, strict=False)
    except (ValueError, RecursionError) as problem:
        where = f" (line {problem.lineno})" if isinstance(problem, json.JSONDecodeError) else ""
        raise UnreadableDocumentError(
            f"The notebook is damaged: it is not valid JSON{where}. {_BROKEN}"
        ) from problem
    if not isinstance(notebook, dict) or not ({"cells", "worksheets"} & notebook.keys()):
        raise UnreadableDocumentError(f"The file is JSON, but no notebook: it has no cells. {_BROKEN}")
    return notebook


def _depth(text: str, enough: int) -> int:
    """How deeply brackets nest in JSON, strings left out; stops looking above `enough`."""
    depth = deepest = 0
    at = 0
    length = len(text)
    while at < length:
        char = text[at]
        if char == '"':
            at += 1
            while at < length and text[at] != '"':
                jump = text.find('"', at)
                slash = text.find("\\", at, jump if jump >= 0 else length)
                at = slash + 2 if slash >= 0 else (jump if jump >= 0 else length)
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > enough:
                return deepest
        elif char in "]}":
            depth -= 1
        at += 1
    return deepest


def _cells(notebook: Mapping[str, Any]) -> Iterator[Any]:
    cells = notebook.get("cells")
    if isinstance(cells, list):
        yield from cells
    worksheets = notebook.get("worksheets")  # nbformat 3 and before
    if isinstance(worksheets, list):
        for sheet in worksheets:
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
                yield from sheet["cells"]


def joined_text(value: object) -> str:
    """A multi-line string of the notebook format: a string, or a list of strings."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return ""


def _read_cell(cell: Mapping[str, Any], index: int, source: str, collector: Collector) -> None:
    kind = cell.get("cell_type")
    text = joined_text(cell.get("source", cell.get("input", "")))
    place = Place(source, f"cell {index}", cell=index)
    match kind:
        case "code":
            metadata = cell.get("metadata")
            language = cell.get("language") if isinstance(cell.get("language"), str) else "python"
            if isinstance(metadata, dict) and metadata.get("cellView") == "form":
                collector.budget.note(
                    f"cell {index} is folded to a form in Colab; its code was read all the same"
                )
            collector.add(BlockKind.CODE, text, place, language=str(language))
            outputs = cell.get("outputs")
            for output in outputs if isinstance(outputs, list) else ():
                if isinstance(output, dict):
                    _read_output(output, index, source, collector)
        case "heading":
            level = cell.get("level")
            collector.add(
                BlockKind.HEADING, text, place, level=level if isinstance(level, int) and 0 < level < 7 else 1
            )
        case "raw":
            collector.add_listing(text, place)
        case _:  # Markdown, HTML of nbformat 2, and what has lost its type
            pictures = attached(_attachments(cell.get("attachments"), collector))
            read_markdown(clean(text), collector, partial(_line_of_cell, source, index), pictures)


def _line_of_cell(source: str, cell: int, line: int) -> Place:
    return Place(source, f"cell {cell}", line=line + 1, cell=cell)


def _attachments(value: object, collector: Collector) -> dict[str, Picture]:
    found: dict[str, Picture] = {}
    if not isinstance(value, dict):
        return found
    for name, bundle in value.items():
        if isinstance(bundle, dict):
            for data in bundle.values():
                shown = from_base64(joined_text(data), collector.budget)
                if shown is not None:
                    found[str(name)] = shown
                    break
    return found


def _read_output(output: Mapping[str, Any], index: int, source: str, collector: Collector) -> None:
    place = Place(source, f"cell {index}, output", cell=index)
    kind = output.get("output_type")
    if kind == "stream":
        seen, concealed = _concealed(joined_text(output.get("text", "")))
        collector.add(BlockKind.OUTPUT, _last_state(seen), place)
        collector.add(BlockKind.OUTPUT, concealed, place, unseen=NOT_DISPLAYED)
    elif kind in {"error", "pyerr"}:
        name, value = (output.get(key) for key in ("ename", "evalue"))
        collector.add(BlockKind.OUTPUT, f"{name or 'Error'}: {value or ''}", place)
    else:
        _read_bundle(output, place, collector)


def _concealed(text: str) -> tuple[str, str]:
    """A terminal's text without what its codes conceal or set in white, and that."""
    if "\x1b[" not in text:
        return text, ""
    parts: dict[bool, list[str]] = {False: [], True: []}
    hidden = False
    at = 0
    for code in _COLOUR_CODE.finditer(text):
        parts[hidden].append(text[at : code.start()])
        at = code.end()
        for number in code[1].split(";"):
            if number in {"8", "97", "107"} or (number == "37" and "40" not in code[1]):
                hidden = number != "107"
            elif number in {"", "0", "28", "39"} or re.fullmatch(r"3[0-68]|9[0-6]|4[0-6]|10[0-6]", number):
                hidden = False
    parts[hidden].append(text[at:])
    return "".join(parts[False]), "".join(parts[True])


def _last_state(text: str) -> str:
    """What a terminal shows in the end: a carriage return overwrites the line (progress bars do it)."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        states = [state for state in line.split("\r") if state.strip()]
        while "\b" in (states[-1] if states else ""):
            states[-1] = states[-1].rsplit("\b", 1)[-1] if states[-1].rstrip("\b") else ""
        lines.append(states[-1] if states else "")
    return "\n".join(lines)


def _read_bundle(output: Mapping[str, Any], place: Place, collector: Collector) -> None:
    bundle = output.get("data")
    if not isinstance(bundle, dict):  # nbformat 3 keeps the data in the output itself
        bundle = {_V3_PICTURES.get(str(key), str(key)): value for key, value in output.items()}
        bundle.setdefault("text/html", bundle.get("html", ""))
        bundle.setdefault("text/plain", bundle.get("text", ""))
    plain = joined_text(bundle.get("text/plain", ""))
    for media in _PICTURES:
        if media in bundle:
            text = joined_text(bundle[media])
            if media == "image/svg+xml":
                shown = picture(text.encode("utf-8", "replace"), collector.budget)
            else:
                shown = from_base64(text, collector.budget)
            if shown is not None:
                collector.add(BlockKind.FIGURE, "", place, figure=Figure(FigureKind.UNKNOWN, shown))
                return
    html = joined_text(bundle.get("text/html", ""))
    latex = joined_text(bundle.get("text/latex", ""))
    markdown = joined_text(bundle.get("text/markdown", ""))
    before = len(collector.blocks)
    if html.strip() and not _PROGRAM_OBJECT.match(html):
        read_fragment(html, collector, place)
        if any(not block.unseen for block in collector.blocks[before:]) or "text/html" in bundle:
            _add_other(plain, collector, before, place)
            return
    if latex.strip():
        seen, unseen = seen_of_maths(latex.strip().strip("$"))
        collector.add(BlockKind.MATHS, seen, place)
        for reason, hidden in unseen.items():
            collector.add(BlockKind.MATHS, hidden, place, unseen=reason)
        _add_other(plain, collector, before, place)
    elif markdown.strip():
        read_markdown(clean(markdown), collector, lambda _: place, none_beside)
        _add_other(plain, collector, before, place)
    elif plain.strip():
        collector.add(BlockKind.OUTPUT, plain, place)


def _add_other(plain: str, collector: Collector, before: int, place: Place) -> None:
    """Keeps the plain form of an output that is shown in a richer one, where it says something else."""
    shown = {
        word
        for block in collector.blocks[before:]
        if not block.unseen
        for word in re.findall(r"\w+", block.text)
    }
    if plain.strip() and not _PROGRAM_OBJECT.match(plain) and not shown.issuperset(re.findall(r"\w+", plain)):
        collector.add(BlockKind.OUTPUT, plain, place, unseen="another form of an output, which is not shown")
