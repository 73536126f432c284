"""The indicator page: a range while answers are missing, a level once they are there, answering by keyboard, trying without storing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from app.assessment.finding import Missing, NotApplicable
from app.assessment.indicator_system import Level
from app.forms.answer import MISSING, AnswerBook, Change, Given
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.benchmark import BenchmarkPage
from app.ui.results.indicator_panel import IndicatorPanel
from app.ui.results.indicator_table import Column, Filter, Kind, table_rows, target_level
from app.ui.session import SessionModel
from app.ui.tour import settle
from app.ui.widgets import ActionButton
from tests.helpers.forms import sample_book
from tests.helpers.painting import add_painted_last
from tests.helpers.windows import audit_session, sample_session

PLAN = "indicator/general-plating/emergency-plan"
BOUGHT = "plating.metals/nickel/bought"


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    model = SessionModel(sample_session(tmp_path))
    audit = AuditScreen(model, side_open=True, help_open=True)
    add_painted_last(qtbot, audit)
    audit.resize(1440, 830)
    with qtbot.waitActive(audit):
        audit.show()
        audit.activateWindow()
    audit.go_to("benchmark")
    QApplication.processEvents()
    yield audit
    audit.commit_pending()
    model.close()


@pytest.fixture
def page(screen: AuditScreen) -> BenchmarkPage:
    found = screen.findChild(BenchmarkPage)
    assert found is not None
    return found


def texts(page: BenchmarkPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def panel_of(page: BenchmarkPage) -> IndicatorPanel:
    panel = page.side_panel()
    assert panel is not None
    assert isinstance(panel[1], IndicatorPanel)
    return panel[1]


def panel_texts(page: BenchmarkPage) -> str:
    return " ".join(label.text() for label in panel_of(page).findChildren(QLabel))


def test_while_something_is_missing_there_is_a_range_and_no_level(page: BenchmarkPage) -> None:
    words = texts(page)
    assert "2 项没填：只给范围，不给等级" in words
    assert "补 2 项就能定级：" in words
    assert "单位产品每次清洗取水量 31.80，要 ≤ 24；YⅡ 最高 71.60" in words
    assert {link.text() for link in page.findChildren(QPushButton)} >= {"镍利用率", "环境应急预案"}


def test_limiting_indicators_stand_first_and_open_ones_on_top(page: BenchmarkPage) -> None:
    rows = page.rows.rows
    assert rows[0].title == "限定性指标 9 项"
    assert [row.title for row in rows[1:3]] == ["环境应急预案", "单位产品每次清洗取水量"]


def test_a_level_is_chosen_by_one_key_and_taken_back(
    screen: AuditScreen, page: BenchmarkPage
) -> None:
    page.show_indicator("emergency-plan")
    QTest.keyClick(page.table, Qt.Key.Key_1)
    QApplication.processEvents()
    assert page.model.book.get(PLAN) == Given("I")
    assessment = page.model.assessment
    assert assessment is not None
    assert assessment.missing == ("nickel-utilisation",)
    page.model.undo()
    QApplication.processEvents()
    assert isinstance(page.model.book.get(PLAN), Missing)


def test_the_level_appears_when_nothing_relevant_is_missing(page: BenchmarkPage) -> None:
    page.show_indicator("emergency-plan")
    QTest.keyClick(page.table, Qt.Key.Key_1)
    page.model.record([Change(BOUGHT, page.model.book.get(BOUGHT), Given("12845"))], "投入金属")
    QApplication.processEvents()
    assessment = page.model.assessment
    assert assessment is not None
    assert assessment.level is Level.III
    words = texts(page)
    assert "国内清洁生产基本水平（阈值待核对）" in words
    assert "项没填" not in words


def test_radio_buttons_name_what_each_level_asks(page: BenchmarkPage) -> None:
    page.show_indicator("heavy-metal-prevention")
    choices = panel_of(page).findChildren(QRadioButton)
    assert len(choices) == 4
    assert choices[0].accessibleName() == "Ⅰ 级：采用四项及以上减少镀液带出的措施"


def test_not_applicable_needs_a_reason(page: BenchmarkPage) -> None:
    page.show_indicator("emergency-plan")
    panel = panel_of(page)
    reason = next(
        field for field in panel.findChildren(QLineEdit) if field.accessibleName() == "不适用的原因"
    )
    button = next(b for b in panel.findChildren(QPushButton) if b.text() == "不适用")
    reason.setText("无")
    button.click()
    assert isinstance(page.model.book.get(PLAN), Missing)
    reason.setText("没有重大风险源")
    button.click()
    assert page.model.book.get(PLAN) == NotApplicable("没有重大风险源")


def test_what_if_shows_the_outcome_and_stores_nothing(page: BenchmarkPage) -> None:
    before = page.model.book
    page.show_indicator("rinse-water-intake")
    panel = panel_of(page)
    field = next(
        one for one in panel.findChildren(QLineEdit) if one.accessibleName().startswith("试一个数")
    )
    field.setFocus()
    QTest.keyClicks(field, "22.94")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "这一项：Ⅱ 级" in panel_texts(page)
    assert page.model.book is before


def test_a_typed_over_value_asks_for_a_reason_and_keeps_the_computed_one(
    page: BenchmarkPage,
) -> None:
    page.show_indicator("rinse-water-intake")
    panel = panel_of(page)
    next(b for b in panel.findChildren(QPushButton) if b.text() == "不用算的，手改").click()
    fields = {field.accessibleName(): field for field in panel.findChildren(QLineEdit)}
    use = next(b for b in panel.findChildren(QPushButton) if b.text() == "就用这个数")
    fields["手改的数"].setText("30")
    use.click()
    assert "override/plating.rinse_per_area" not in page.model.book.answers
    fields["手改的原因"].setText("按新装水表实测")
    use.click()
    QApplication.processEvents()
    assert page.model.book.get("override/plating.rinse_per_area") == Given(
        "30", note="按新装水表实测"
    )
    assert "算出来是 31.80" in panel_texts(page)


def test_the_source_and_state_of_every_threshold_are_shown(page: BenchmarkPage) -> None:
    page.show_indicator("rinse-water-intake")
    words = panel_texts(page)
    assert "2015年第25号" in words
    assert "还没有人拿原文核对" in words
    assert "41,600 m³ × 1000 ÷ 1,308,000" in words


def test_filters_count_what_they_show(page: BenchmarkPage) -> None:
    assessment = page.model.assessment
    system = page.model.project.system
    assert assessment is not None
    assert system is not None
    table, target = system.table("general-plating"), target_level(assessment)
    shown = {
        chosen: sum(
            1 for row in table_rows(table, assessment, chosen, target, Kind.LEVELS) if row.indicator
        )
        for chosen in Filter
    }
    assert shown == {
        Filter.ALL: 21,
        Filter.LIMITING: 9,
        Filter.BELOW_TARGET: 4,
        Filter.MISSING: 2,
        Filter.NOT_APPLICABLE: 4,
    }
    assert target_level(assessment) is Level.II


def test_enter_goes_to_the_answer_and_ctrl_e_to_the_bill(
    screen: AuditScreen, page: BenchmarkPage
) -> None:
    page.show_indicator("rinse-water-intake")
    went: list[str] = []
    page.model.page_requested.connect(lambda page_id, key: went.append(f"{page_id} {key}"))
    QTest.keyClick(page.table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert went
    assert went[0].startswith("water water.units/")


def test_the_cells_read_as_on_paper(page: BenchmarkPage) -> None:
    at = page.rows.row_of("rinse-water-intake")
    cells = [page.rows.index(at, column).data() for column in Column]
    assert cells[Column.VALUE] == "31.80"
    assert cells[Column.LEVEL_II] == "≤ 24"
    assert cells[Column.GAP] == "还差 7.80"
    assert cells[Column.WEIGHT] == "10.00"
    assert cells[Column.SHARE] == "0"
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert lines[0][1:4] == ["指标", "企业值（2025）", "Ⅰ"]
    copied = next(line for line in lines if "清洗取水" in "".join(line[:2]))
    assert [copied[place] for place in (2, 4, 6)] == ["31.80", "≤ 24", "Ⅲ 级"]
    assert len(lines) == page.rows.rowCount() + 1


def test_the_title_names_system_and_table(page: BenchmarkPage) -> None:
    assert page.title() == "指标对标：电镀 2015 · 表 1 综合电镀"


def test_without_a_system_the_page_compares_with_the_own_best_year_and_gives_no_level(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    book = sample_book()
    model = SessionModel(audit_session(tmp_path, AnswerBook(book.answers, book.rows)))
    audit = AuditScreen(model, side_open=True, help_open=True)
    add_painted_last(qtbot, audit)
    audit.show()
    audit.go_to("benchmark")
    page = audit.findChild(BenchmarkPage)
    assert page is not None
    assert page.title().startswith("自评参考")
    assert "不是清洁生产等级" in texts(page)
    assert "（2025 年）" in texts(page)
    assert not re.search("[ⅠⅡⅢ]", texts(page))
    opened: list[object] = []
    page.trace_requested.connect(opened.append)
    links = [one for one in page.findChildren(ActionButton) if "怎么来的" in one.accessibleName()]
    links[0].click()
    assert opened
    model.record(
        [Change("audit.system", model.book.get("audit.system"), Given("electroplating-2015"))], "选"
    )
    QApplication.processEvents()
    assert audit.page_widget("benchmark").title().startswith("指标对标：电镀 2015")
    model.close()


def test_many_open_indicators_do_not_widen_the_page(
    screen: AuditScreen, page: BenchmarkPage
) -> None:
    """What is missing and what holds the firm back wrap; the panel at the right is not pushed out."""
    changes = [
        Change(key, answer, MISSING)
        for key, answer in screen.model.book.answers.items()
        if key.startswith("indicator/") and key != PLAN
    ]
    screen.model.record([*changes, Change(PLAN, MISSING, Given("none"))], "清空")
    settle()
    assert "已不可能" in texts(page)
    assert "不影响等级：" in texts(page)
    assert page.minimumSizeHint().width() <= 880
