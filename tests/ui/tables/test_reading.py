"""Reading a wide table: verdicts with their reason by keyboard, names that stay, widths that are kept, the round before."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assessment.finding import NotApplicable
from app.audit.next_round import Earlier
from app.forms.answer import MISSING, Answer, AnswerBook, Change, Given, RowsChange
from app.ui import theme
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from app.ui.settings import Settings, load_settings, save_settings
from app.ui.tables.panel import TablePanel
from tests.helpers.forms import shipped_forms
from tests.helpers.open_audit import open_audit
from tests.helpers.pages import show_page
from tests.helpers.typing import press

LEDGER = "voc.materials"


@pytest.fixture
def model(tmp_path: Path, qapp: QApplication) -> Iterator[SessionModel]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    opened = open_audit(tmp_path, shipped_forms().samples["huichuan"].book)
    yield opened
    opened.close()


def panel(page: FormPage, table_id: str) -> TablePanel:
    return next(part for part in page.findChildren(TablePanel) if part.table.id == table_id)


RECALLED = "低VOC含量水基清洗剂（表2）"  # its limit is from memory, so nothing is judged by it


def recalled(model: SessionModel) -> None:
    """The sixth material is of a category nobody can judge."""
    key = f"{LEDGER}/r6/category"
    model.record([Change(key, model.book.get(key), Given(RECALLED))], "换类别")


def go_to(page: FormPage, row_id: str, column_id: str) -> TablePanel:
    """Make a cell, also a computed one, current as the arrow keys do."""
    part = panel(page, LEDGER)
    assert page.focus_key(f"{LEDGER}/{row_id}/amount")
    row = part.answers.rows.index(row_id)
    while part.view.currentIndex().column() < part.answers.column_of(column_id):
        press(Qt.Key.Key_Right)
    assert part.view.currentIndex().row() == row
    QApplication.processEvents()
    return part


def test_the_reason_of_a_verdict_is_read_by_keyboard_and_enter_opens_its_way(
    qtbot: QtBot, model: SessionModel
) -> None:
    recalled(model)
    page = show_page(qtbot, model, "voc", 900, 600)
    part = go_to(page, "r6", "verdict")
    said = part.bar.line.accessibleName()
    assert "不能判定" in said
    assert "凭记忆" in said
    assert part.bar.line.tone == "warn"
    rect = part.bar.rect().translated(part.bar.mapTo(page, QPoint(0, 0)))
    assert rect.bottom() <= page.height(), "the page scrolls so that the reason shows"
    with qtbot.waitSignal(part.trace_requested):
        press(Qt.Key.Key_Return)


def test_a_figure_that_cannot_be_worked_out_names_what_is_open(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "voc", 900, 600)
    key = f"{LEDGER}/r1/percent"
    model.record([Change(key, model.book.get(key), MISSING)], "清空")
    part = go_to(page, "r1", "share")
    assert "还差" in part.bar.line.accessibleName()
    asked: list[tuple[str, str]] = []
    model.page_requested.connect(lambda *place: asked.append(place))
    part.bar.picked.emit("missing")
    assert asked[0][0] == "voc"


def test_rows_keep_their_names_while_the_table_is_scrolled_sideways(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "voc", 900, 600)
    view = panel(page, LEDGER).view
    assert not view.pinned.isVisible()
    part = go_to(page, "r2", "listed")
    assert view.pinned.isVisible()
    assert view.pinned.width() == view.columnWidth(0)
    press(Qt.Key.Key_Left)
    left = view.visualRect(view.currentIndex()).left()
    assert left >= view.pinned.width(), "the current cell is not under the names"
    y = view.viewport().y() + view.rowViewportPosition(0) + 5
    QTest.mouseClick(view.pinned, Qt.MouseButton.LeftButton, pos=QPoint(10, y))
    assert (view.currentIndex().row(), view.currentIndex().column()) == (0, 0)
    assert not view.pinned.isVisible()
    assert part.current_key() == f"{LEDGER}/r1/name"


def test_a_drawn_width_is_kept_and_a_double_click_frees_it(
    qtbot: QtBot, model: SessionModel
) -> None:
    view = panel(show_page(qtbot, model, "voc", 900, 600), LEDGER).view
    before = view.columnWidth(0)
    head = view.horizontalHeader()
    edge = QPoint(view.columnWidth(0) - 1, 8)
    QTest.mousePress(head.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    QTest.mouseMove(head.viewport(), edge + QPoint(40, 0))
    QTest.mouseRelease(head.viewport(), Qt.MouseButton.LeftButton, pos=edge + QPoint(40, 0))
    drawn = model.column_widths[f"{LEDGER}/name"]
    assert drawn > before
    again = panel(show_page(qtbot, model, "voc", 900, 600), LEDGER).view
    assert again.columnWidth(0) == drawn
    again.horizontalHeader().sectionHandleDoubleClicked.emit(0)
    QApplication.processEvents()
    assert model.column_widths == {}
    assert again.columnWidth(0) == before


def test_widths_are_kept_between_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.settings.settings_file", lambda: tmp_path / "settings.json")
    save_settings(replace(Settings(), column_widths={"a/b": 120, "a/c": "wide"}))  # type: ignore[dict-item]
    assert load_settings().column_widths == {"a/b": 120}


def test_the_round_before_is_said_at_its_cell(qtbot: QtBot, model: SessionModel) -> None:
    answers: dict[str, Answer] = {
        f"{LEDGER}/r1/amount": Given("10400"),
        f"{LEDGER}/r2/amount": NotApplicable("没用过"),
    }
    model.session.earlier = Earlier(2024, AnswerBook(answers, {}))
    page = show_page(qtbot, model, "voc", 900, 600)
    part = panel(page, LEDGER)
    cells = part.answers
    tips = [cells.cell(row, cells.column_of("amount")).tip for row in range(3)]
    assert tips == ["上一轮（2024 年）10,400", "上一轮（2024 年）不适用：没用过", ""]
    assert page.focus_key(f"{LEDGER}/r1/amount")
    assert "上一轮（2024 年）10,400" in part.bar.line.accessibleName()


def test_a_long_text_is_whole_in_its_tip(qtbot: QtBot, model: SessionModel) -> None:
    recalled(model)
    cells = panel(show_page(qtbot, model, "voc", 900, 600), LEDGER).answers
    tip = cells.cell(2, cells.column_of("name")).tip
    assert tip == "水性柔印油墨（含兑入的乙醇）"
    verdict = cells.cell(5, cells.column_of("verdict"))
    assert verdict.tip.startswith("不能判定\n限值")


def test_a_total_that_may_still_fall_is_no_lower_bound(qtbot: QtBot, model: SessionModel) -> None:
    rows = ("x1", "x2")
    model.record(
        [
            RowsChange("measures.list", model.book.row_ids("measures.list"), rows),
            Change("measures.list/x1/saving", MISSING, Given("11.46")),
            Change("measures.list/x1/cost", MISSING, Given("36")),
        ],
        "加方案",
    )
    part = panel(show_page(qtbot, model, "measures", 900, 600), "measures.list")
    assert part.total is not None
    assert part.total.accessibleName() == "合计：投资 万元 ≥ 36，一年省 万元 已填 11.46"


def test_copied_verdicts_keep_their_words(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "voc", 900, 600)
    part = go_to(page, "r3", "verdict")
    part.copy()
    assert QApplication.clipboard().text().startswith("超 1.3 个百分点")


def test_a_difference_has_the_digits_of_what_is_typed(qtbot: QtBot, model: SessionModel) -> None:
    cells = panel(show_page(qtbot, model, "voc", 900, 600), "voc.swap_cost").answers
    row = cells.rows.index("material")
    assert [cells.cell(row, column).text for column in (1, 2, 3)] == [
        "29.44",
        "33.53",
        "4.09",
    ]


def test_a_verdict_has_a_mark_of_its_own_beside_its_colour(
    qtbot: QtBot, model: SessionModel
) -> None:
    recalled(model)
    part = panel(show_page(qtbot, model, "voc", 900, 600), LEDGER)
    column = part.answers.column_of("verdict")
    cells = [part.answers.cell(row, column) for row in range(part.answers.rowCount())]
    marks = {cell.text.rstrip("（待核）").split(" ")[0]: cell.icon for cell in cells}
    assert marks == {"没超": "check", "超": "error", "不能判定": "help", "无限值": ""}
    row = next(place for place, cell in enumerate(cells) if cell.icon == "check")
    rect = part.view.visualRect(part.answers.index(row, column))
    part.view.horizontalScrollBar().setValue(rect.left() - part.view.columnWidth(0))
    rect = part.view.visualRect(part.answers.index(row, column))
    marked = part.view.viewport().grab(rect).toImage()
    unmarked = replace(cells[row], icon="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part.answers, "cell", lambda _row, _column: unmarked)
        assert part.view.viewport().grab(rect).toImage() != marked


def test_a_head_does_not_say_its_unit_twice(qtbot: QtBot, model: SessionModel) -> None:
    key = "packaging.express_used"
    model.record([Change(key, model.book.get(key), Given("yes"))], "填")
    heads = panel(show_page(qtbot, model, "materials", 900, 600), "packaging.express").answers
    said = [heads.head(column) for column in range(heads.columnCount())]
    assert {"年发件", "层数", "年用量 kg"} <= set(said)
