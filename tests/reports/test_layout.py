"""What a page looks like, measured: golden pages, full pages, nothing cut, tables parted well, whole in one bit."""

import itertools
import re
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from app.bootstrap import build_services
from app.papers.audit_report import build_report
from app.papers.document import State
from app.reports.pdf import write_pdf
from app.services.session import ImmediateExecutor
from tests.reports.golden_pages import FOLDER, pictures

_DAY = date(2026, 11, 22)
_FORM = 5  # pdfium's number of a form object: the state word behind the text


def test_pages_look_as_they_did() -> None:
    """Renewed by `python -m tests.reports.golden_pages`."""
    now = pictures()
    kept = [Image.open(path).convert("L") for path in sorted(FOLDER.glob("*.png"))]
    assert [one.size for one in now] == [one.size for one in kept], "pages more, fewer or turned"
    for number, (one, other) in enumerate(zip(now, kept, strict=True), 1):
        apart = ImageChops.difference(one, other)
        assert ImageStat.Stat(apart).mean[0] < 2.5, f"page {number} as a whole"
        # A word moved by a line changes a small place wholly.
        places = apart.resize((apart.width // 10, apart.height // 10), Image.Resampling.BOX)
        assert max(places.tobytes()) < 60, f"page {number}, some place"


@pytest.fixture(scope="module", params=["plating", "printing"])
def sample(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[str]]:
    """The 送审稿 of a sample and the texts of its pages."""
    folder = tmp_path_factory.mktemp("sample")
    services = build_services(ImmediateExecutor())
    projects = services.projects
    plating = request.param == "plating"
    audit = projects.finished_sample(folder) if plating else projects.printer_sample(folder)
    project, assessment = projects.load(audit)
    target = folder / "paper.pdf"
    write_pdf(build_report(project, assessment, state=State.FOR_REVIEW, today=_DAY), target)
    services.close()
    pdf = pypdfium2.PdfDocument(target)
    texts = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdf]
    pdf.close()
    return target, texts


def _body(text: str) -> list[str]:
    """The lines of a page without head and foot."""
    lines = [one.strip() for one in text.split("\n") if one.strip()]
    return [
        one for one in lines[2:] if not re.match(r"送审稿|第 ?\d+ ?页|校验|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]+$", one)
    ]


def _boxes(page: Any) -> list[tuple[float, float, float, float]]:
    return [one.get_bounds() for one in page.get_objects(max_depth=1) if one.type != _FORM]


def test_no_page_is_under_a_third_full_but_before_a_chapter(
    sample: tuple[Path, list[str]],
) -> None:
    path, texts = sample
    pdf = pypdfium2.PdfDocument(path)
    for number, page in enumerate(pdf):
        width, height = page.get_size()
        top, low = (height - 76, 70.0) if height > width else (height - 85, 62.0)
        used = [box[1] for box in _boxes(page) if low - 2 < box[1] < top]
        full = (top - min(used, default=top)) / (top - low)
        following = _body(texts[number + 1])[:1] if number + 1 < len(texts) else ["附录"]
        opens = following and re.match(r"\d+　|附录|咨询机构资质|真实性承诺书|目　录", following[0])
        assert full > 0.33 or opens, (number + 1, round(full, 2), following)
    pdf.close()


def test_nothing_stands_beyond_the_text_area(sample: tuple[Path, list[str]]) -> None:
    path, _ = sample
    pdf = pypdfium2.PdfDocument(path)
    for number, page in enumerate(pdf):
        width, height = page.get_size()
        right = width - (47 if height > width else 40)
        for box in _boxes(page):
            assert box[0] > 40, (number + 1, box)
            assert box[2] < right, (number + 1, box)
            assert box[1] > 20, (number + 1, box)
            assert box[3] < height - 20, (number + 1, box)
    pdf.close()


def test_no_heading_ends_a_page_and_no_table_goes_on_from_nowhere(
    sample: tuple[Path, list[str]],
) -> None:
    _, texts = sample
    for number, text in enumerate(texts):
        body = _body(text)
        if number > 5 and body:
            assert not re.fullmatch(r"\d+\.\d+[\s　]+[^\s，。]{2,20}", body[-1]), (
                number + 1,
                body[-1],
            )
    for before, after in itertools.pairwise(texts):
        for found in re.findall(r"续表 ?(\S+?)　", after):
            assert re.search(rf"表 ?{re.escape(found)}　", before), f"{found} goes on from nowhere"


def test_a_page_reads_in_one_bit(sample: tuple[Path, list[str]]) -> None:
    """Office printers know black and white only: at 200 dpi every hairline is still there and no text is dots."""
    path, texts = sample
    number = next(
        n
        for n, text in enumerate(texts)
        if n > 8 and re.search("表 ?2-", text.replace("\u2009", " "))
    )
    pdf = pypdfium2.PdfDocument(path)
    page = pdf[number].render(scale=200 / 72).to_pil().convert("L")
    pdf.close()
    bits = page.point(lambda value: 255 if value > 160 else 0).crop(
        (240, 0, page.width - 190, page.height)
    )
    dots, wide = bits.tobytes(), bits.width
    rows = [dots.count(0, start, start + wide) for start in range(0, len(dots), wide)]
    lines = [y for y, black in enumerate(rows) if black > 0.9 * wide]
    assert len(lines) >= 5, "the rules between rows are whole lines"
