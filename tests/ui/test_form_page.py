"""Question pages of the sample audit in a real window, by keyboard."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from openpyxl import Workbook
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.assessment.finding import NotApplicable
from app.audit.next_round import Earlier
from app.checkup.page_remarks import Severity
from app.forms.answer import MISSING, AnswerBook, Change, Given, RowsChange, override_key
from app.forms.question import Question
from app.forms.visible import asked_items, can_fold
from app.ui import pages, theme
from app.ui.charts import ChartView
from app.ui.chips import ChipLabel
from app.ui.fields.edit import LineField
from app.ui.fields.figures import FigureTile
from app.ui.messages import Message
from app.ui.pages.form_page import FormPage
from app.ui.pages.problem_bar import Place, ProblemBar
from app.ui.session import SessionModel
from app.ui.tables.panel import TablePanel
from app.ui.tables.preview import PastePreview
from app.ui.tour import settle
from app.ui.widgets import Card, Segments
from tests.helpers.open_audit import open_audit
from tests.helpers.painting import add_painted_last
from tests.helpers.typing import focused, press, press_in, type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
BILLS = "energy.bills"
TRAINING = "team.training"
MONTHS = "月份\t电量（kWh）\t天然气\n1月\t130,000\t10150\n2月\t97,000\t7,500\n"


@pytest.fixture
def model(tmp_path: Path, qapp: QApplication) -> Iterator[SessionModel]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    opened = open_audit(tmp_path)
    yield opened
    opened.close()


def show_page(qtbot: QtBot, model: SessionModel, page_id: str, width: int = 900) -> FormPage:
    page = next(p for p in model.project.questionnaire.pages() if p.id == page_id)
    shown = pages.create_page(model, page)
    shown.complete()
    assert isinstance(shown, FormPage)
    add_painted_last(qtbot, shown)
    shown.resize(width, 700)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


def words(page: QWidget) -> str:
    return "\n".join(part.text() for part in page.findChildren(QLabel) if part.isVisible())


def test_enter_walks_from_field_to_field_and_answers_are_recorded(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "profile")
    assert page.focus_key("firm.legal")
    press(Qt.Key.Key_A, CONTROL)
    type_text("梁启明")
    press(Qt.Key.Key_Return)
    assert model.book.text("firm.legal") == "梁启明"
    assert page.current_key() == "firm.industry"
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert page.current_key() == "firm.legal"


def test_text_that_is_being_typed_is_stored_before_the_page_is_left(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "profile")
    page.focus_key("firm.staff")
    press(Qt.Key.Key_A, CONTROL)
    type_text("131")
    page.commit_pending()
    assert model.book.text("firm.staff") == "131"


def test_undo_shows_the_old_answer_and_keeps_the_focus(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "profile")
    page.focus_key("firm.staff")
    press(Qt.Key.Key_A, CONTROL)
    type_text("131")
    page.commit_pending()
    field = focused()
    model.undo()
    assert isinstance(field, QLineEdit)
    assert field.text() == "128"
    assert field.hasFocus()


def test_nothing_jumps_when_the_bar_of_problems_appears(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "profile")
    page.focus_key("firm.credit_code")
    field = focused()
    assert isinstance(field, QLineEdit)
    before = field.mapTo(page, QPoint(0, 0)).y()
    press(Qt.Key.Key_A, CONTROL)
    type_text("91440605MA05T8K201")
    press(Qt.Key.Key_Return)
    bar = page.findChild(ProblemBar)
    assert bar is not None
    assert bar.isVisible()
    assert field.mapTo(page, QPoint(0, 0)).y() == before


def test_problems_are_counted_and_f8_goes_from_one_to_the_next(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "profile")
    bar = page.findChild(ProblemBar)
    assert bar is not None
    assert not bar.isVisible()
    page.focus_key("firm.credit_code")
    press(Qt.Key.Key_A, CONTROL)
    type_text("91440605MA05T8K201")
    press(Qt.Key.Key_Return)
    page.focus_key("firm.founded")
    press(Qt.Key.Key_A, CONTROL)
    type_text("20098")
    press(Qt.Key.Key_Return)
    assert "2 处要改" in words(bar)
    assert "末位对不上" in words(page)
    assert "年份是 4 位数" in words(page)
    page.focus_key("firm.name")
    assert page.next_problem()
    assert page.current_key() == "firm.credit_code"
    assert page.next_problem()
    assert page.current_key() == "firm.founded"
    assert page.next_problem()
    assert page.current_key() == "firm.credit_code"
    assert page.previous_problem()
    assert page.current_key() == "firm.founded"
    # the offered correction, by keyboard: Tab to the link under the field, Enter
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    assert model.book.text("firm.founded") == "2009"
    assert "1 处要改" in words(bar)


def test_a_hidden_question_that_was_answered_is_named(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "voc")
    assert "不再问" not in words(page)
    before = model.book.get("voc.used")
    assert before == Given("yes")
    model.record([Change("voc.used", before, Given("no"))], "填 有没有")
    shown = words(page)
    assert "不再问" in shown
    assert "答案还留着" in shown
    model.undo()
    assert "不再问" not in words(page)


def test_a_page_that_is_not_shown_takes_over_changes_when_it_comes_back(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "profile")
    page.hide()
    model.record([Change("firm.staff", model.book.get("firm.staff"), Given("140"))], "填")
    page.show()
    assert any(field.text() == "140" for field in page.findChildren(QLineEdit))


def test_the_first_missing_field_gets_the_focus(qtbot: QtBot, model: SessionModel) -> None:
    key = f"{BILLS}/2024-05/gas"
    from app.forms.answer import MISSING

    model.record([Change(key, model.book.get(key), MISSING)], "清空")
    page = show_page(qtbot, model, "energy")
    assert page.focus_first_missing()
    assert page.current_key() == key
    page = show_page(qtbot, model, "profile")
    assert not page.focus_first_missing()


def test_pasting_is_previewed_written_as_one_act_and_undone(
    qtbot: QtBot, model: SessionModel
) -> None:
    said: list[Message] = []
    model.message_posted.connect(said.append)
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText(MONTHS)
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    assert preview.write_button.text() == "写入 3 格"
    assert "替换 3 格旧数" in words(preview)
    assert "1 格和原来一样" in words(preview)
    assert model.book.text(f"{BILLS}/2025-01/electricity") == "128400"
    press(Qt.Key.Key_Return)
    assert model.book.text(f"{BILLS}/2025-01/electricity") == "130000"
    assert model.book.text(f"{BILLS}/2025-02/gas") == "7500"
    assert page.current_key() == f"{BILLS}/2025-01/electricity"
    assert said[-1].tone == "ok"
    model.undo()
    assert model.book.text(f"{BILLS}/2025-01/electricity") == "128400"
    assert model.book.text(f"{BILLS}/2025-02/gas") == "7380"


def test_a_preview_is_left_with_escape_and_nothing_is_written(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText(MONTHS)
    press(Qt.Key.Key_V, CONTROL)
    press(Qt.Key.Key_Escape)
    assert model.book.text(f"{BILLS}/2025-01/electricity") == "128400"
    panel = page.findChild(TablePanel)
    assert panel is not None
    assert panel.view.hasFocus()


def test_the_unit_question_comes_before_writing(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText("月份\t电量\n1月\t12.90\n2月\t9.62\n3月\t15.89")
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    assert "2024 年同列是 16.2 万" in words(preview)
    preview.write()
    assert model.book.text(f"{BILLS}/2025-01/electricity") == "128400"
    first = preview.doubts.first_button
    assert first is not None
    assert first.hasFocus()
    assert first.text() == "是万 kWh，乘 1 万"
    press(Qt.Key.Key_Return)
    assert preview.write_button.text() == "写入 1 格"
    assert preview.write_button.hasFocus()
    press(Qt.Key.Key_Return)
    assert model.book.text(f"{BILLS}/2025-01/electricity") == "129000"


def test_the_column_of_a_block_can_be_changed_by_keyboard(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText("月份\t甲\n1月\t5")
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    combo = next(c for c in preview.findChildren(QComboBox) if c.isVisible())
    combo.setFocus()
    before = combo.currentText()
    press(Qt.Key.Key_Down)
    QApplication.processEvents()
    combo = next(
        c for c in preview.findChildren(QComboBox) if c.isVisible() and c.parent() is not None
    )
    assert preview.plan is not None
    assert preview.plan.columns[1].guessed_by == "你选的"
    assert before != ""


def test_problems_of_a_paste_are_all_named_with_their_cell(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText(
        "月份\t电量\t天然气\n1月\t见附件\t-\n2月\t97000\t/\n13月\t1\t2"
    )
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    shown = words(preview)
    for part in ("第 2 行第 2 列", "见附件", "第 2 行第 3 列", "看不出是零", "13月", "写着「/」"):
        assert part in shown
    assert preview.write_button.text() == "写入 1 格"


def test_a_click_on_the_words_of_an_empty_table_says_where_the_paste_goes(
    qtbot: QtBot, model: SessionModel
) -> None:
    model.record([RowsChange(TRAINING, model.book.rows[TRAINING], ())], "清空")
    said: list[Message] = []
    model.message_posted.connect(said.append)
    page = show_page(qtbot, model, "team")
    page.focus_key("team.plan/a/start")
    table = next(part for part in page.findChildren(TablePanel) if part.table.id == TRAINING)
    assert table.empty.isVisible()
    QTest.mouseClick(table.empty, Qt.MouseButton.LeftButton)
    QApplication.clipboard().setText("喷漆房管理\t2026-03-06\t90\t30\t李卫国\t会议室\n")
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    assert preview.plan is not None
    assert preview.plan.table.id == TRAINING
    preview.write_button.click()
    assert len(model.book.rows[TRAINING]) == 1
    assert "原来有数" not in said[-1].text


def test_a_preview_follows_the_year_and_enter_after_the_reason_writes(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText("月份\t电量\t天然气\n1月\t97001\t/\n2月\t97002\t/")
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    shown = preview.findChild(QTableView)
    assert shown is not None
    heads = [shown.model().index(0, n).data() for n in range(shown.model().columnCount())]
    assert not any("按日分摊" in str(head) for head in heads)
    next(
        part for part in page.findChildren(QAbstractButton) if part.text().startswith("2024 年")
    ).click()
    reason = next(part for part in preview.findChildren(QLineEdit) if part.isVisible())
    reason.setFocus()
    type_text("没有接天然气")
    press(Qt.Key.Key_Return)
    assert preview.write_button.hasFocus()
    press(Qt.Key.Key_Return)
    assert model.book.get(f"{BILLS}/2024-02/electricity") == Given("97002")
    assert isinstance(model.book.get(f"{BILLS}/2024-02/gas"), NotApplicable)


def test_cells_left_out_for_want_of_a_reason_are_said_after_writing(
    qtbot: QtBot, model: SessionModel
) -> None:
    said: list[Message] = []
    model.message_posted.connect(said.append)
    page = show_page(qtbot, model, "energy")
    page.focus_key(f"{BILLS}/2025-01/electricity")
    QApplication.clipboard().setText("月份\t电量\t天然气\n1月\t97001\t/\n2月\t97002\t/")
    press(Qt.Key.Key_V, CONTROL)
    press(Qt.Key.Key_Return)
    assert "没写进去的 1 处：有 2 格写着「/」" in said[-1].text


def test_a_paste_shows_sums_only_where_the_table_has_them(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "team")
    page.focus_key("team.plan/a/start")
    QApplication.clipboard().setText("2026-03-02\t2026-04-10\t李卫国\t账单")
    press(Qt.Key.Key_V, CONTROL)
    preview = page.findChild(PastePreview)
    assert preview is not None
    shown = preview.findChild(QTableView)
    assert shown is not None
    assert shown.model().rowCount() == 2


def test_a_workbook_is_previewed_with_its_sheets(
    qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(["说明"])
    second = book.create_sheet("电费")
    second.append(["月份", "电量（kWh）"])
    second.append(["2025-01", 130000])
    path = tmp_path / "账单.xlsx"
    book.save(path)
    page = show_page(qtbot, model, "energy")
    page.import_file(BILLS, path)
    qtbot.waitUntil(lambda: page.findChild(PastePreview) is not None)
    preview = page.findChild(PastePreview)
    assert preview is not None
    sheets = next(c for c in preview.findChildren(QComboBox) if c.accessibleName() == "工作表")
    assert [sheets.itemText(i) for i in range(sheets.count())] == ["Sheet", "电费"]
    assert sheets.currentText() == "电费"  # the one that fits
    assert preview.write_button.text() == "写入 1 格"


def test_a_file_that_cannot_be_read_is_said_on_the_page(
    qtbot: QtBot, model: SessionModel, tmp_path: Path
) -> None:
    said: list[Message] = []
    model.message_posted.connect(said.append)
    path = tmp_path / "旧.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 100)
    show_page(qtbot, model, "energy").import_file(BILLS, path)
    qtbot.waitUntil(lambda: any(message.tone == "error" for message in said))
    said = [message for message in said if message.tone == "error"]
    assert "不是完好的 .xls" in said[0].text


def test_a_figure_opens_its_trace_and_is_typed_over_with_a_reason(
    qtbot: QtBot, model: SessionModel
) -> None:
    from app.forms.answer import override_key
    from app.ui.fields.figures import FigureTile

    page = show_page(qtbot, model, "energy")
    tile = next(t for t in page.findChildren(FigureTile) if "综合能耗" in t.accessibleName())
    assert "426.53" in tile.accessibleName()
    tile.setFocus()
    with qtbot.waitSignal(page.trace_requested):
        press(Qt.Key.Key_Return)
    press(Qt.Key.Key_F2)
    type_text("430")
    press(Qt.Key.Key_Return)
    type_text("气按实测热值")
    press(Qt.Key.Key_Return)
    answer = model.book.get(override_key("energy.total"))
    assert answer == Given("430", note="气按实测热值")
    assert "430.00" in tile.accessibleName()
    assert "算出来 426.53，改因：气按实测热值" in tile.accessibleDescription()


def test_the_year_is_changed_by_keyboard_and_ticks_show_complete_years(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "energy")
    head = page.head_widget()
    assert head is not None
    qtbot.addWidget(head)
    head.show()
    buttons = [b for b in head.findChildren(QAbstractButton) if "年" in b.text()]
    assert [b.text() for b in buttons] == ["2023 年 ✓", "2024 年 ✓", "2025 年（基准年）"]
    head.activateWindow()
    qtbot.waitUntil(head.isActiveWindow)
    buttons[2].setFocus()
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Space)
    assert "2024 年电和天然气账单" in words(page)


def test_an_industry_is_found_by_any_part_of_its_name(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "profile")
    page.focus_key("firm.industry")
    press(Qt.Key.Key_A, CONTROL)
    press(Qt.Key.Key_Delete)
    type_text("设备")
    field = focused()
    assert isinstance(field, QLineEdit)
    completer = field.completer()
    assert completer is not None
    assert completer.currentCompletion() == "34 通用设备制造业"
    popup = completer.popup()
    press_in(popup, Qt.Key.Key_Down)
    press_in(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: model.book.text("firm.industry") == "34 通用设备制造业")


def _parentless() -> list[QWidget]:
    return [
        part
        for part in gc.get_objects()
        if isinstance(part, QWidget) and shiboken6.isValid(part) and part.parentWidget() is None
    ]


def test_no_page_is_wider_than_its_space_or_leaves_a_widget_to_garbage_collection(
    model: SessionModel,
) -> None:
    """The space is what the side bars leave. A widget without a parent belongs to Python, which may delete it while Qt walks
    over all widgets: a crash."""
    before = _parentless()
    for page in model.project.questionnaire.pages():
        if page.kind == "form":
            shown = pages.create_page(model, page)
            shown.complete()
            assert isinstance(shown, FormPage)
            shown.resize(1066, 700)
            shown.setUpdatesEnabled(False)
            shown.show()
            for width in (1066, 892):
                shown.resize(width, shown.height())
                settle()
                assert shown.minimumSizeHint().width() <= width, page.id
                assert shown.width() == width, page.id
            shown.paste()
            alone = [part for part in _parentless() if part not in before and part is not shown]
            assert alone == [], page.id
            shiboken6.delete(shown)


def test_cards_are_as_high_as_what_they_hold_when_they_move_side_by_side_and_back(
    qtbot: QtBot, model: SessionModel
) -> None:
    for page_id in ("materials", "energy", "voc"):
        page = show_page(qtbot, model, page_id, width=900)
        for width in (1400, 1090, 900):
            page.resize(width, 700)
            settle()
            for card in page.findChildren(Card):
                layout = card.layout()
                if not card.isVisible() or layout is None or not layout.hasHeightForWidth():
                    continue
                needed = layout.totalHeightForWidth(card.width())
                assert card.height() == needed, (page_id, width, card.accessibleName())


def folds(page: FormPage) -> list[QAbstractButton]:
    return [
        button
        for button in page.findChildren(QAbstractButton)
        if button.text().startswith("还有 ") and button.isVisibleTo(page)
    ]


def empty_of(model: SessionModel, page_id: str) -> list[str]:
    """Optional questions of the page that are asked and have no answer."""
    page = next(p for p in model.project.questionnaire.pages() if p.id == page_id)
    return [item.id for item in asked_items(page, model.book) if can_fold(item, model.book)]


def test_the_short_view_folds_only_what_is_optional_and_empty(
    qtbot: QtBot, model: SessionModel
) -> None:
    model.set_quick(True)
    page = show_page(qtbot, model, "voc")
    hidden = empty_of(model, "voc")
    assert "voc.hours" in hidden
    said = "\n".join(
        part.text()
        for part in page.findChildren(QLabel)
        if part.isVisible() and part.objectName() != "folded"
    )
    for item in asked_items(page.page, model.book):
        if isinstance(item, Question):
            seen = item.title in said or (item.silences and item.short in said)
            assert seen == (item.id not in hidden), item.id
    assert [button.text() for button in folds(page)] == ["还有 3 项选填 ▸", "还有 1 项选填 ▸"]
    # search and links open what is folded; typing and clearing never makes it vanish
    assert page.focus_key("voc.hours")
    assert page.current_key() == "voc.hours"
    model.set_quick(False)
    assert folds(page) == []
    model.record([Change("voc.hours", model.book.get("voc.hours"), Given("4000"))], "填")
    model.set_quick(True)
    assert page.focus_key("voc.hours")
    model.undo()
    assert "产生废气的工序一年开多少小时" in words(page)


def test_a_page_of_nothing_but_optional_questions_is_not_folded_away(
    qtbot: QtBot, model: SessionModel
) -> None:
    model.set_quick(True)
    page = show_page(qtbot, model, "measures")
    tables = {table.table.id: table.isVisible() for table in page.findChildren(TablePanel)}
    assert tables["measures.list"]
    assert [button.text() for button in folds(page)] == ["还有 4 项选填 ▸"], "only the settings"


def test_a_fold_is_opened_by_keyboard(qtbot: QtBot, model: SessionModel) -> None:
    model.set_quick(True)
    page = show_page(qtbot, model, "voc")
    fold = folds(page)[0]
    fold.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    assert page.current_key() in empty_of(model, "voc")
    assert len(folds(page)) == 1


def test_the_round_before_stands_beside_and_is_taken_only_when_asked_for(
    qtbot: QtBot, model: SessionModel
) -> None:
    then = AnswerBook({"firm.staff": Given("120"), "audit.base_year": Given("2024")})
    model.session.__dict__["earlier"] = Earlier(2024, then)
    page = show_page(qtbot, model, "profile")
    assert "上一轮（2024 年）120 人" in words(page)
    assert "上一轮（2024 年）2024" not in words(page)
    assert model.book.text("firm.staff") == "128"
    page.focus_key("firm.staff")
    press(Qt.Key.Key_D, CONTROL)
    assert model.book.text("firm.staff") == "120"
    assert "上一轮（2024 年）120 人" not in words(page)
    model.undo()
    assert model.book.text("firm.staff") == "128"


def test_what_is_usual_is_offered_and_never_stored_by_itself(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "materials")
    assert page.focus_key("mfca.used")
    assert "常见是「否」" in words(page)
    assert model.book.text("mfca.used") == ""
    press(Qt.Key.Key_D, CONTROL)
    assert model.book.text("mfca.used") == "no"
    assert "常见是「否」" not in words(page)
    model.undo()
    assert model.book.text("mfca.used") == ""


def test_a_folded_card_keeps_its_results_and_names_what_waits(
    qtbot: QtBot, model: SessionModel
) -> None:
    given = {"packaging.box_price": "68", "packaging.one_way_cost": "5.4"}
    given |= {"packaging.return_cost": "1.9"}
    model.set_quick(True)
    page = show_page(qtbot, model, "materials")
    assert "周转箱价、一次性包装、回程和清洗" in words(page)

    def results() -> list[str]:
        tiles = [part for part in page.findChildren(FigureTile) if part.isVisible()]
        return [part.figure.title for part in tiles if part.figure is not None]

    assert "周转箱用多少次回本" not in results()  # nothing to say yet
    changes = [Change(override_key("packaging.break_even"), MISSING, Given("19", "按报价算的"))]
    model.record(changes, "手改")
    assert "周转箱用多少次回本" in results()
    assert "周转箱价、一次性包装、回程和清洗" in words(page)
    model.undo()
    model.record([Change(key, MISSING, Given(text)) for key, text in given.items()], "填")
    assert "周转箱用多少次回本" in results()
    assert "周转箱价、一次性包装" not in words(page)


def test_what_a_figure_still_needs_is_opened_and_focused_from_the_figure(
    qtbot: QtBot, model: SessionModel
) -> None:
    model.set_quick(True)
    page = show_page(qtbot, model, "voc")
    tile = next(
        part
        for part in page.findChildren(FigureTile)
        if part.figure is not None and part.figure.missing == ("voc.hours",)
    )
    assert tile.isVisible()
    assert "产生废气的工序一年开多少小时" not in words(page)
    tile.setFocus()
    press(Qt.Key.Key_E, CONTROL)
    assert page.current_key() == "voc.hours"
    assert "产生废气的工序一年开多少小时" in words(page)
    page.findChildren(QAbstractButton)[0].setFocus()
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(30, tile.height() - 14))
    assert page.current_key() == "voc.hours"


def test_an_optional_silence_nobody_answered_has_no_chip(qtbot: QtBot, model: SessionModel) -> None:
    page = show_page(qtbot, model, "voc")
    assert model.book.get("voc.with_waste") == MISSING
    assert "随废物运走" in words(page)
    shown = [chip.chip.text for chip in page.findChildren(ChipLabel) if chip.isVisible()]
    assert "未填" not in shown


def test_a_chart_of_months_follows_the_year_shown_and_names_it(
    qtbot: QtBot, model: SessionModel
) -> None:
    for page_id, of_2025 in (("energy", "39.7"), ("water", "5,040")):
        page = show_page(qtbot, model, page_id)
        assert isinstance(page, FormPage)
        head = page.head_widget()
        assert head is not None
        qtbot.addWidget(head)
        switch = head if isinstance(head, Segments) else head.findChildren(Segments)[0]
        chart = next(one for one in page.findChildren(ChartView) if "月" in one.accessibleName())
        shown = {}
        for place, year in enumerate((2023, 2024, 2025)):
            switch.buttons[place].click()
            settle()
            shown[year] = chart.accessibleName()
            assert f"{year} 年" in shown[year]
            labels = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
            assert any(text.startswith(f"{year} 年") for text in labels)
        assert len({text.split("：", 1)[1] for text in shown.values()}) == 3, page_id
        assert of_2025 in shown[2025]
        page.close()


def test_long_names_in_the_bar_of_problems_neither_widen_nor_swell_it(qtbot: QtBot) -> None:
    bar = ProblemBar()
    qtbot.addWidget(bar)
    long = "空气喷涂改HVLP、静电或往复机/机器人喷涂 要不要花钱"
    bar.show_problems([Place(f"k{n}", long, long, Severity.SHOULD) for n in range(7)])
    bar.resize(1066, bar.sizeHint().height())
    bar.show()
    assert bar.minimumSizeHint().width() <= 900
    assert bar.heightForWidth(1066) <= 60
    links = bar.findChildren(QAbstractButton)
    assert len(links) == 5
    assert {(one.toolTip(), one.accessibleName()) for one in links} == {(long, f"去改：{long}")}
    assert all(one.text().endswith("花钱") for one in links), "what is asked stays to be read"
    few = [Place("a", "1.2 统一社会信用代码", "1.2", Severity.MUST)]
    bar.show_problems(few)
    assert "不妨碍去别的页" in words(bar)


def test_what_was_kept_at_rest_in_a_cell_is_typed_on(qtbot: QtBot, model: SessionModel) -> None:
    """A pause stores 「1.」 as 1; the letters in the open cell stay, so that 5 makes 1.5 and not 15."""
    page = show_page(qtbot, model, "energy")
    for month, first, rest, stored in (
        ("03", "1.", "5", "1.5"),
        ("05", "12,", "500", "12500"),
        ("07", "1", "2 MWh", "12000"),
    ):
        key = f"{BILLS}/2025-{month}/electricity"
        assert page.focus_key(key)
        type_text(first)
        editor = focused()
        assert isinstance(editor, QLineEdit)
        editor.rested.emit()  # type: ignore[attr-defined]
        settle()
        assert editor.text() == first
        type_text(rest)
        press(Qt.Key.Key_Return)
        assert model.book.text(key) == stored, first + rest


def test_a_text_longer_than_its_field_says_so_and_is_read_whole_in_its_tip(
    qtbot: QtBot, model: SessionModel
) -> None:
    page = show_page(qtbot, model, "profile", 700)
    field = page.controls["firm.address"].input
    assert isinstance(field, LineField)
    long = (
        "广东省佛山市南海区某某镇某某工业园第三期创业路一百二十八号之二北座一楼至四楼及附属仓库" * 2
    )
    page.focus_key("firm.address")
    press(Qt.Key.Key_A, CONTROL)
    type_text(long)
    press(Qt.Key.Key_Return)
    settle()
    assert field.is_cut
    here = QHelpEvent(QEvent.Type.ToolTip, QPoint(20, 8), field.mapToGlobal(QPoint(20, 8)))
    QApplication.sendEvent(field, here)
    assert QToolTip.text() == long
    QToolTip.hideText()
    short = page.controls["firm.legal"].input
    assert isinstance(short, LineField)
    assert not short.is_cut


def test_the_cell_in_use_stays_in_sight_when_its_column_or_the_page_changes(
    qtbot: QtBot, model: SessionModel
) -> None:
    """A longer word a moment later, or a panel that opens beside the page, may push the last column out."""
    page = show_page(qtbot, model, "measures", 1066)
    row = model.book.row_ids("measures.list")[0]
    panel = page.tables["measures.savings"]
    view = panel.view
    assert page.focus_key(f"measures.savings/{row}/check")
    settle()

    def out() -> int:
        return view.visualRect(view.currentIndex()).right() - view.viewport().width()

    assert out() <= 0
    page.resize(760, page.height())
    settle()
    assert out() <= 0
    before = view.horizontalHeader().length()
    key = f"measures.savings/{row}/hazardous"
    model.record([Change(key, model.book.get(key), Given("9000"))], "填")
    qtbot.waitUntil(lambda: view.horizontalHeader().length() > before)
    settle()
    assert out() <= 0
