"""Small pictures of the example paper's pages; `python -m tests.reports.golden_pages` renews them after a change that is meant."""

import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

from app.papers.document import State
from app.reports.pdf import write_pdf
from tests.reports.example_document import example

FOLDER = Path(__file__).parent / "golden"
_DPI = 40


def pictures() -> list[Image.Image]:
    """Every page of the 送审稿, grey, 40 dpi: a wrong font, place, line or break shows, another renderer's edges do not."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "paper.pdf"
        write_pdf(example(State.FOR_REVIEW), target, invariant=True)
        pdf = pypdfium2.PdfDocument(target.read_bytes())
        made = [page.render(scale=_DPI / 72).to_pil().convert("L") for page in pdf]
        pdf.close()
    return made


def main() -> int:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for number, picture in enumerate(pictures(), 1):
        picture.quantize(16).save(FOLDER / f"{number:02}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
