"""Renders the reports under ``renderings/sources`` to every format that students hand in.

Run where pandoc, LibreOffice, pdfLaTeX and Chromium are installed: ``python tests/grading/render_everywhere.py``.
What it writes, ``renderings/<report>/<rendering>/``, is committed, so that the tests need none of them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "renderings"
PICTURE = "curves.png"
PANDOC = (
    "report.md markdown commonmark_x",
    "report.html html-mathml html",
    "report.html html-mathjax html",
    "report.docx docx docx",
    "report.odt odt odt",
    "report.tex tex latex",
    "report.ipynb ipynb ipynb",
    "report.txt text plain",
)
OPTIONS = {
    "html-mathml": ("--mathml", "--self-contained"),
    "html-mathjax": ("--mathjax=https://example.invalid/mathjax.js",),
}
WITH_FILES = {"markdown", "html-mathjax", "tex"}  # their picture is a file beside them


def run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=180)


def render(source: Path, out: Path) -> None:
    """All renderings of one report; each is a folder as a student would hand it in."""
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        shutil.copy(source, work / "source.md")
        shutil.copy(HERE / "sources" / PICTURE, work)
        for line in PANDOC:
            name, rendering, writer = line.split()
            run(
                "pandoc",
                "source.md",
                "--standalone",
                f"--to={writer}",
                *OPTIONS.get(rendering, ()),
                "-o",
                name,
                cwd=work,
            )
            keep(work / name, out / rendering)
            if rendering in WITH_FILES and PICTURE in source.read_text(encoding="utf-8"):
                shutil.copy(work / PICTURE, out / rendering)
        for rendering, original in (("pdf-word", "docx/report.docx"), ("docx-office", "odt/report.odt")):
            shutil.copy(out / original, work / Path(original).name)
            kind = rendering.partition("-")[0]
            run("soffice", "--headless", "--convert-to", kind, Path(original).name, cwd=work)
            keep(work / f"report.{kind}", out / rendering)
        run("pdflatex", "-interaction=nonstopmode", "report.tex", cwd=work)
        keep(work / "report.pdf", out / "pdf-latex")
        shutil.copy(out / "html-mathml" / "report.html", work)
        run(
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"),
            *("--print-to-pdf=report.pdf", "report.html"),
            cwd=work,
        )
        keep(work / "report.pdf", out / "pdf-browser")


def keep(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder)


def draw(path: Path) -> None:
    """The picture of the two curves that the reports show."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    sizes = (1, 10, 100, 1000, 60000)
    figure, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(5, 5), dpi=90)
    above.plot(sizes, (141, 18, 4, 2, 1), "o-")
    above.set(xscale="log", ylabel="training time (s)")
    below.plot(sizes, (0.8203, 0.8318, 0.8141, 0.7166, 0.0963), "s-")
    below.set(xlabel="batch size", ylabel="training accuracy")
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    """Renders every source."""
    draw(HERE / "sources" / PICTURE)
    for source in sorted((HERE / "sources").glob("*.md")):
        render(source, HERE / source.stem)
        print(source.stem, *sorted(path.name for path in (HERE / source.stem).iterdir()))


if __name__ == "__main__":
    main()
