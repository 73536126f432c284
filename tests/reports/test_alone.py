"""ReportLab and PDFium are never in two threads at once: screens set, draw and read papers on several."""

import ast
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pypdfium2
import pytest
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen import canvas

from app.audit.charts.shapes import Chart, Line
from app.papers.document import Chapter, Paragraph
from app.reports import fonts
from app.reports.alone import alone
from app.reports.find_pages import box_of, pages_of
from app.reports.pdf import write_pdf
from app.reports.pictures import chart_png
from app.reports.sealed_file import lines_of
from tests.reports.example_document import example

REPORTS = Path(__file__).parents[2] / "app" / "reports"


def paper(path: Path) -> Path:
    words = tuple(Paragraph((f"第 {at} 段里的话",)) for at in range(3))
    small = replace(example(), cover=None, signatures=None, front=(), appendices=())
    write_pdf(replace(small, chapters=(Chapter("总论", words),)), path, invariant=True)
    return path


def test_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = paper(tmp_path / "一.pdf").read_bytes()
    inside = 0
    most = 0

    def slow(real: Callable[..., object]) -> Callable[..., object]:
        def entered(*arguments: object, **named: object) -> object:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            time.sleep(0.02)
            made = real(*arguments, **named)
            inside -= 1
            return made

        return entered

    monkeypatch.setattr(pypdfium2, "PdfDocument", slow(pypdfium2.PdfDocument))
    monkeypatch.setattr(canvas.Canvas, "save", slow(canvas.Canvas.save))
    monkeypatch.setattr(fonts, "missing_characters", slow(fonts.missing_characters))
    works: list[Callable[[], object]] = [
        lambda: pages_of(content),
        lambda: box_of(content, 0, "第 1 段里的话"),
        lambda: lines_of(content, range(2)),
        lambda: chart_png(Chart(200, 100, (Line(((0, 0), (100, 50))),), "")),
        lambda: paper(tmp_path / "二.pdf"),
    ]
    alone_each = [repr(work()) for work in works]
    together: dict[int, str] = {}
    threads = [
        threading.Thread(target=lambda at=at: together.update({at: repr(works[at]())}))
        for at in range(len(works))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == 1
    assert [together[at] for at in range(len(works))] == alone_each


def test_a_font_is_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second font of the same name in the middle of a paper would give its letters other codes."""
    made: list[str] = []

    class Slow:
        def __init__(self, name: str, *_: object, **__: object) -> None:
            time.sleep(0.02)
            made.append(name)
            self.face = self
            self.makeSubset = len

    known: dict[str, object] = {}
    monkeypatch.setattr(ttfonts, "TTFont", Slow)
    monkeypatch.setattr(pdfmetrics, "getRegisteredFontNames", lambda: list(known))
    monkeypatch.setattr(pdfmetrics, "registerFont", lambda font: known.update({made[-1]: font}))
    threads = [
        threading.Thread(target=fonts._register, args=(fonts.EMOJI, "CPAEmoji-Regular"))  # noqa: SLF001
        for _ in range(3)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert made == [fonts.EMOJI]


def test_one_inside_the_other() -> None:
    inner = alone(lambda: Fraction(1))
    assert alone(lambda: inner() + 1)() == 2


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.py")), ids=lambda path: path.stem)
def test_whoever_opens_a_pdf_waits(path: Path) -> None:
    """In this package, which runs in the program itself. What reads bills runs in a child process, by itself."""
    tree = ast.parse(path.read_text("utf-8"))
    opening = {
        function.name: [ast.unparse(one) for one in function.decorator_list]
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and "PdfDocument(" in ast.unparse(function)
    }
    assert all("alone" in decorators for decorators in opening.values()), opening
