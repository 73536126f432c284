"""Tables on a page of the sample audit, by keyboard: typing, silences, rows, clipboard, undo."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assessment.finding import Missing, NotApplicable
from app.forms.answer import MISSING, Change, Given
from app.ui.fields import edit
from app.ui.pages.form_page import FormPage
from app.ui.session import SessionModel
from app.ui.tables.model import CELL_ROLE, Cell, CellState
from app.ui.tables.panel import TablePanel
from tests.helpers.pages import show_page
from tests.helpers.typing import focused, press, type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
BILLS = "energy.bills"


def panel(page: FormPage, table_id: str) -> TablePanel:
    return next(part for part in page.findChildren(TablePanel) if part.table.id == table_id)


def cell(part: TablePanel, key: str) -> Cell:
    found = part.answers.data(part.answers.index_of(key), CELL_ROLE)
    assert isinstance(found, Cell)
    return found


def at(page: FormPage, key: str) -> None:
    assert page.focus_key(key)
    QApplication.processEvents()


def test_typing_replaces_enter_goes_down_and_tab_right(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    at(page, f"{BILLS}/2025-07/electricity")
    type_text("1.8")
    press(Qt.Key.Key_Backspace)
    type_text("9万")
    press(Qt.Key.Key_Return)
    assert model.book.text(f"{BILLS}/2025-07/electricity") == "19000"
    assert part.current_key() == f"{BILLS}/2025-08/electricity"
    press(Qt.Key.Key_Tab)
    assert part.current_key() == f"{BILLS}/2025-08/electricity_fee"
    press(Qt.Key.Key_Backtab)
    press(Qt.Key.Key_Return, SHIFT)
    assert part.current_key() == f"{BILLS}/2025-07/electricity"


def test_text_that_is_not_composed_loses_no_character(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    for month, typed, kept in (("01", "１２３４", "1234"), ("02", "−5", "-5")):
        key = f"energy.bills/2025-{month}/electricity"
        at(page, key)
        for character in typed:
            event = QInputMethodEvent()
            event.setCommitString(character)
            QApplication.sendEvent(focused(), event)
        press(Qt.Key.Key_Return)
        answer = model.book.get(key)
        assert isinstance(answer, Given)
        assert answer.text == kept


def test_tab_skips_computed_cells_and_leaves_at_the_end(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    at(page, f"{BILLS}/2025-12/gas_fee")
    press(Qt.Key.Key_Tab)
    assert part.current_key() == f"{BILLS}/2025-12/note"
    press(Qt.Key.Key_Tab)
    assert not part.view.hasFocus()


def test_a_change_moves_the_computed_cells_and_the_total_and_can_be_undone(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    tce = part.answers.index(6, part.answers.column_of("tce"))
    assert part.answers.data(tce) == "39.18"
    at(page, f"{BILLS}/2025-07/electricity")
    type_text("200000")
    press(Qt.Key.Key_Return)
    assert part.answers.data(tce) == "42.03"
    assert part.total is not None
    assert "1,885,600" in part.total.accessibleName()
    model.undo()
    assert part.answers.data(tce) == "39.18"
    assert part.view.hasFocus()


def test_delete_clears_to_missing_and_the_total_becomes_a_lower_bound(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    at(page, f"{BILLS}/2025-07/electricity")
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_Delete)
    for month in ("07", "08"):
        key = f"{BILLS}/2025-{month}/electricity"
        assert isinstance(model.book.get(key), Missing)
        assert cell(part, key).chip is not None
        assert part.answers.data(part.answers.index_of(key)) == "未填"
    assert part.total is not None
    assert "≥ 1,506,300" in part.total.accessibleName()
    model.undo()
    assert model.book.text(f"{BILLS}/2025-08/electricity") == "179300"


def test_a_typed_nought_is_a_nought_and_moves_no_focus(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    key = f"{BILLS}/2025-07/gas"
    at(page, key)
    type_text("0")
    press(Qt.Key.Key_Tab)
    assert model.book.get(key) == Given("0")
    assert part.answers.data(part.answers.index_of(key)) == "零"
    assert part.view.hasFocus()
    assert not part.bar.is_asking


def test_a_column_that_is_not_used_is_said_once_with_a_reason(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    keys = [f"{BILLS}/2025-{month}/gas" for month in ("03", "04")]
    model.record([Change(key, model.book.get(key), MISSING) for key in keys], "清空")
    at(page, f"{BILLS}/2025-01/gas")
    press(Qt.Key.Key_Slash, CONTROL)
    assert part.bar.is_asking
    type_text("没有接天然气")
    press(Qt.Key.Key_Return)
    assert all(model.book.get(key) == NotApplicable("没有接天然气") for key in keys)
    assert model.book.text(f"{BILLS}/2025-01/gas") == "10150"
    model.undo()
    assert all(isinstance(model.book.get(key), Missing) for key in keys)


def test_a_slash_marks_the_chosen_cells_not_applicable_with_a_reason(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    at(page, f"{BILLS}/2025-01/gas")
    press(Qt.Key.Key_Down, SHIFT)
    type_text("/")
    type_text("没通气")
    press(Qt.Key.Key_Return)
    assert model.book.text(f"{BILLS}/2025-01/gas") == "10150"
    type_text("的月份")
    press(Qt.Key.Key_Return)
    for month in ("01", "02"):
        key = f"{BILLS}/2025-{month}/gas"
        assert model.book.get(key) == NotApplicable("没通气的月份")
        assert part.answers.data(part.answers.index_of(key)) == "不适用"


def test_same_as_above(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    at(page, f"{BILLS}/2025-03/electricity")
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_D, CONTROL)
    assert model.book.text(f"{BILLS}/2025-03/electricity") == "96200"
    assert model.book.text(f"{BILLS}/2025-04/electricity") == "96200"
    model.undo()
    assert model.book.text(f"{BILLS}/2025-04/electricity") == "156300"


def test_an_outlier_is_ochre_and_its_word_is_kept(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    assert cell(part, f"{BILLS}/2025-02/electricity").state is CellState.LOOK_AGAIN
    key = f"{BILLS}/2025-09/electricity"
    at(page, key)
    type_text("60000")
    press(Qt.Key.Key_Return)
    at(page, key)
    assert cell(part, key).state is CellState.LOOK_AGAIN
    assert "低很多" in part.bar.line.text()
    part.bar.field.setFocus()
    type_text("检修半个月")
    press(Qt.Key.Key_Return)
    answer = model.book.get(key)
    assert isinstance(answer, Given)
    assert answer == Given("60000", note="检修半个月")


def test_copying_several_cells_brings_heads_and_row_names(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    at(page, f"{BILLS}/2025-01/electricity")
    press(Qt.Key.Key_Right, SHIFT)
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == (
        "月份\t电量（kWh）\t电费（元）\n2025-01\t128400\t95138.24\n2025-02\t96200\t70569.63"
    )


def test_computed_cells_cannot_be_typed_into_and_open_their_trace(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    index = part.answers.index(0, part.answers.column_of("tce"))
    part.view.setFocus()
    part.view.setCurrentIndex(index)
    type_text("5")
    assert part.answers.data(index) == "29.28"
    with qtbot.waitSignal(page.trace_requested):
        press(Qt.Key.Key_Return)


def test_cells_are_read_out_with_row_column_unit_and_state(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    index = part.answers.index_of(f"{BILLS}/2025-07/electricity")
    spoken = part.answers.data(index, int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == "7 月电量，kWh，必填，176,800"
    name = QAccessible.queryAccessibleInterface(part.view).text(QAccessible.Text.Name)
    assert name == "电和天然气账单"


def test_rows_are_added_moved_and_deleted_each_as_one_act(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "products")
    lines = "plating.lines"
    part = panel(page, lines)
    before = model.book.row_ids(lines)
    at(page, f"{lines}/{before[0]}/name")
    press(Qt.Key.Key_Insert)
    rows = model.book.row_ids(lines)
    assert len(rows) == len(before) + 1
    new = rows[1]
    assert new not in before
    assert part.current_key() == f"{lines}/{new}/name"
    type_text("挂镀线")
    press(Qt.Key.Key_Return)
    at(page, f"{lines}/{new}/name")
    press(Qt.Key.Key_Up, ALT)
    assert model.book.row_ids(lines)[0] == new
    press(Qt.Key.Key_Delete, CONTROL)
    assert model.book.row_ids(lines) == before
    assert model.book.text(f"{lines}/{new}/name") == ""
    model.undo()
    assert model.book.text(f"{lines}/{new}/name") == "挂镀线"
    model.undo()
    model.undo()
    model.undo()
    assert model.book.row_ids(lines) == before


def test_choices_in_cells_are_made_by_keyboard(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "products")
    lines = "plating.lines"
    key = f"{lines}/{model.book.row_ids(lines)[0]}/automatic"
    assert model.book.text(key) == "manual"
    at(page, key)
    press(Qt.Key.Key_F2)
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Return)
    assert model.book.text(key) == "auto"


def test_what_cannot_be_read_is_kept_and_marked(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    key = f"{BILLS}/2025-07/electricity"
    at(page, key)
    type_text("见附件")
    press(Qt.Key.Key_Return)
    assert model.book.get(key) == Given("", raw="见附件")
    shown = cell(part, key)
    assert shown.text == "见附件"
    assert shown.state is CellState.MUST_MEND


def test_what_is_typed_in_a_cell_is_kept_at_rest_and_before_the_page_is_left(
    qtbot: QtBot, model: SessionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit, "REST_MS", 100)
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    key = f"{BILLS}/2025-07/electricity"
    at(page, key)
    type_text("177000")
    with qtbot.waitSignal(model.answers_changed):
        pass
    assert model.book.text(key) == "177000"
    type_text("0")
    page.commit_pending()
    assert model.book.text(key) == "1770000"
    assert part.view.hasFocus()


def test_a_nought_at_rest_is_not_asked_about_while_typing(
    qtbot: QtBot, model: SessionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit, "REST_MS", 100)
    page = show_page(qtbot, model, "energy")
    part = panel(page, BILLS)
    key = f"{BILLS}/2025-07/gas"
    at(page, key)
    type_text("0")
    qtbot.wait(300)
    assert not part.bar.is_asking
    assert model.book.text(key) == "13120"
    page.commit_pending()
    assert model.book.get(key) == Given("0")


def test_results_of_other_units_keep_their_own_decimals_and_say_what_was_not_detected(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "compliance")
    part = panel(page, "env.monitoring")
    first, second, third = (
        f"env.monitoring/{row}/result" for row in model.book.row_ids("env.monitoring")[:3]
    )
    for key, text in ((first, "168"), (second, "<0.01"), (third, "ND")):
        at(page, key)
        type_text(text)
        press(Qt.Key.Key_Return)
    assert cell(part, first).text == "168"
    assert cell(part, second).text == "0.005"
    chip = cell(part, third).chip
    assert chip is not None
    assert chip.text == "未检出"


def test_rows_that_say_their_own_unit_keep_their_own_decimals(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "results")
    part = panel(page, "after.plant")
    typed = {"electricity": "180.5万度", "water": "40980吨", "hazardous": "87.6"}
    for row, text in typed.items():
        at(page, f"after.plant/{row}/after")
        type_text(text)
        press(Qt.Key.Key_Return)
    shown = [cell(part, f"after.plant/{row}/after").text for row in typed]
    assert shown == ["1,805,000", "40,980", "87.6"]
