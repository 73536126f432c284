"""How long a person waits for question pages: first and later showing, an answer, a big paste, a big workbook."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from openpyxl import Workbook
from PySide6.QtWidgets import QApplication, QStackedWidget

from app.checkup.page_remarks import check_page
from app.forms.answer import AnswerBook, Change, Given, apply
from app.forms.derive import Derivation
from app.forms.grid import grid_from_text
from app.forms.paste import plan_paste
from app.forms.question import Card, Page, Question, QuestionKind, RowsKind, TableQuestion
from app.services.bills import read_bills
from app.ui import pages, theme
from app.ui.session import SessionModel
from tests.bench.measure import Measure, timed
from tests.helpers.forms import sample_project
from tests.helpers.open_audit import open_audit

PAGE_CHANGE = 0.080
ANSWER = (
    0.070  # 20 ms until it is in the file, 50 ms until everything that follows is on the screen
)
CARRIERS = 12
BILL_ROWS = 5000
READINGS = 50_000


def measures() -> list[Measure]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.load_fonts()
    theme.apply_theme(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        model = open_audit(Path(folder))
        shown = [p for p in model.project.questionnaire.pages() if p.kind == "form"]
        result = [
            _first_showing(model, shown),
            *_page_changes(model, shown),
            _paste(),
            _plan_of_months(),
            _workbook(Path(folder), BILL_ROWS, 0.5),
            _workbook(Path(folder), READINGS, 3.0),
        ]
        model.close()
    return result


def _stack() -> QStackedWidget:
    stack = QStackedWidget()
    stack.resize(1066, 640)
    stack.show()
    QApplication.processEvents()
    return stack


def _first_showing(model: SessionModel, shown: list[Page]) -> Measure:
    stack = _stack()

    def show(page: Page) -> None:
        widget = pages.create_page(model, page)
        widget.complete()
        stack.addWidget(widget)
        stack.setCurrentWidget(widget)
        QApplication.processEvents()

    samples = [sample for page in shown for sample in timed(lambda page=page: show(page), 3)]  # type: ignore[misc]
    return Measure(f"{len(shown)} 页第一次打开", tuple(samples), PAGE_CHANGE)


def _page_changes(model: SessionModel, shown: list[Page]) -> list[Measure]:
    stack = _stack()
    widgets = [pages.create_page(model, page) for page in shown]
    for widget in widgets:
        widget.complete()
        stack.addWidget(widget)
    place = iter(range(10**6))

    def change() -> None:
        widget = widgets[next(place) % len(widgets)]
        stack.setCurrentWidget(widget)
        QApplication.processEvents()

    changes = timed(change, 60, warm_up=len(widgets))
    stack.setCurrentWidget(widgets[[page.id for page in shown].index("energy")])
    QApplication.processEvents()
    key = "energy.bills/2025-07/electricity"

    def answer() -> None:
        value = Given(str(170000 + next(place)))
        model.record([Change(key, model.book.get(key), value)], "填 7 月电量")
        QApplication.processEvents()

    return [
        Measure("换页", changes, PAGE_CHANGE),
        Measure("一个回答写进文件，页上的数都跟着变", timed(answer, 40), ANSWER),
    ]


def _many_carriers() -> TableQuestion:
    columns = tuple(
        Question(f"c{n}", f"能源{n}", QuestionKind.NUMBER, unit="kWh") for n in range(CARRIERS)
    )
    names = tuple(column.id for column in columns)
    return TableQuestion("bills", "账单", RowsKind.MONTHS, columns, total=names, outliers=names)


def _paste() -> Measure:
    """36 months of 12 carriers: planned, applied, checked, and the sample's figures worked out anew."""
    project = sample_project()
    table = _many_carriers()
    page = Page("bench", "A9", "账单", "账单", "", cards=(Card("c", "账单", (table,)),))
    head = "\t".join(["月份", *(column.title for column in table.columns)])
    lines = [
        "\t".join(
            [f"{year}-{month:02d}", *(f"{100_000 + 137 * month + n:,}" for n in range(CARRIERS))]
        )
        for year in (2023, 2024, 2025)
        for month in range(1, 13)
    ]
    text = "\n".join([head, *lines])
    questionnaire = project.questionnaire
    first = questionnaire.stages[0]
    with_page = replace(
        questionnaire,
        stages=(replace(first, pages=(*first.pages, page)), *questionnaire.stages[1:]),
    )

    def paste() -> None:
        plan = plan_paste(table, grid_from_text(text), project.book, base_year=2025, year=2025)
        assert len(plan.cells) == 36 * CARRIERS
        book = apply(project.book, plan.changes)
        derivation = Derivation(
            book, with_page, project.derivation.quantities, project.derivation.factors, 2025
        )
        check_page(page, book, derivation)
        for quantity_id in ("energy.total", "energy.co2"):
            derivation.figure(quantity_id)

    return Measure("36 个月 × 12 种能源：粘贴、检查、算出来", timed(paste, 20), 0.300)


def _plan_of_months() -> Measure:
    """What the preview waits for: 36 months of 12 carriers, planned."""
    table = _many_carriers()
    head = "\t".join(["月份", *(f"{column.title}（kWh）" for column in table.columns)])
    lines = [
        "\t".join(
            [f"{year}-{month:02d}", *(str(100_000 + 137 * month + n) for n in range(CARRIERS))]
        )
        for year in (2023, 2024, 2025)
        for month in range(1, 13)
    ]
    grid = grid_from_text("\n".join([head, *lines]))
    book = AnswerBook()

    def plan() -> None:
        made = plan_paste(table, grid, book, base_year=2025, year=2025)
        assert len(made.cells) == 36 * CARRIERS

    return Measure("36 个月 × 12 种能源：看懂", timed(plan, 20), 0.100)


def _workbook(folder: Path, rows: int, limit: float) -> Measure:
    """Bills of many meters, or readings of every few minutes: read from the file and planned."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("账单")
    sheet.append(["日期", "户号", "电量（kWh）", "电费（元）", "备注"])
    for row in range(rows):
        sheet.append([f"2025-{row % 12 + 1:02d}", f"03{row:06d}", 1000 + row, 680 + row, ""])
    path = folder / f"账单{rows}.xlsx"
    book.save(path)
    table = next(
        item
        for page in sample_project().questionnaire.pages()
        for card in page.cards
        for item in card.items
        if isinstance(item, TableQuestion) and item.id == "energy.bills"
    )

    def read() -> None:
        plan_paste(table, read_bills(path)[0].grid, AnswerBook(), base_year=2025, year=2025)

    return Measure(f"{rows:,} 行账单从 .xlsx 读进来、看懂", timed(read, 3), limit)
