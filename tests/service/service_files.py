"""Small files of students, made here, and a submission in doubt that hands them in."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path

import msgspec
from PIL import Image, ImageDraw
from service_results import result  # type: ignore[import-not-found] # beside this file, see conftest

from grader.model import Chart, CheckResult, Evidence, FileInfo, FileKind, Series, Verdict
from grader.page_data import PageData
from grader.store import Ledger


def pdf(pages: int = 2) -> bytes:
    """A PDF whose pages say their number."""
    drawn = []
    for number in range(1, pages + 1):
        page = Image.new("RGB", (300, 400), "white")
        ImageDraw.Draw(page).text((40, 40), f"page {number}", fill="black")
        drawn.append(page)
    stream = io.BytesIO()
    drawn[0].save(stream, "PDF", save_all=True, append_images=drawn[1:])
    return stream.getvalue()


def png(colour: str = "navy") -> bytes:
    """A small picture."""
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(stream, "PNG")
    return stream.getvalue()


def notebook(*sources: str, evil: str = "", ran: bool = False) -> bytes:
    """A notebook of code cells; `ran`: as a run of ours leaves it, with a picture. `evil` stands in every kind of output."""
    cells = []
    for number, source in enumerate(sources):
        outputs: list[dict[str, object]] = [
            {
                "output_type": "stream",
                "name": "stdout",
                "text": f"old\rcell {number} {'ours' if ran else 'theirs'} {evil}\n",
            }
        ]
        if evil:
            outputs += [
                {
                    "output_type": "display_data",
                    "data": {"text/html": f"<table><tr><td>{number}</td></tr></table>{evil}"},
                },
                {
                    "output_type": "error",
                    "ename": "E",
                    "evalue": evil,
                    "traceback": [f"\x1b[31m{evil}\x1b[0m"],
                },
                {
                    "output_type": "display_data",
                    "data": {"image/png": base64.b64encode(evil.encode()).decode()},
                },
                {"output_type": "display_data", "data": {"image/svg+xml": evil, "text/plain": evil}},
            ]
        if ran:
            picture = base64.b64encode(png()).decode()
            outputs.append({"output_type": "display_data", "data": {"image/png": picture}})
        cells.append({"cell_type": "code", "metadata": {}, "source": source, "outputs": outputs})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def hand_in(
    ledger: Ledger,
    tmp_path: Path,
    name: str,
    files: dict[str, bytes],
    evidence: tuple[Evidence, ...],
    *,
    page: PageData | None = None,
    executed: bytes = b"",
    check_id: str = "q1.expression",
) -> None:
    """A submission with one check in doubt, on the evidence that is given."""
    made = result(name)
    checks = tuple(
        CheckResult(
            one.id, Verdict.REVIEW, 0.0, one.max, "A person looks.", "A doubt.", evidence, title=one.title
        )
        if one.id == check_id
        else one
        for one in made.questions[0].checks
    )
    chart = Chart("Time", "batch", "s", (Series("your figures", (1.0, 10.0), (2.0, 1.0)),))
    question = msgspec.structs.replace(
        made.questions[0], checks=checks, verdict=Verdict.REVIEW, charts=(chart,)
    )
    infos, originals, blobs = [], {}, {}
    for place, (own, data) in enumerate(files.items()):
        digest = hashlib.sha256(data).hexdigest()
        kind = FileKind.NOTEBOOK if own.endswith(".ipynb") else FileKind.REPORT
        infos.append(FileInfo(own, kind, digest))
        path = tmp_path / f"{name}-{place}"
        path.write_bytes(data)
        originals[digest] = path
    kept = page or PageData()
    if executed:
        digest = hashlib.sha256(executed).hexdigest()
        kept = msgspec.structs.replace(kept, notebook=digest)
        blobs[digest] = executed
    blobs |= {passage.picture: png("red") for passage in kept.passages if passage.picture}
    made = msgspec.structs.replace(made, questions=(question, *made.questions[1:]), files=tuple(infos))
    ledger.record(made, content=name, settings="", page=kept, blobs=blobs, originals=originals)
