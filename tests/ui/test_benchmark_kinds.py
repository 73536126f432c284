"""The indicator page under every kind of document: levels only, energy quotas with modifiers, reference tables, layers, outputs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from app.assessment.indicator_system import Indicator
from app.forms.answer import Change, Given
from app.standards.system_json import system_to_json
from app.standards.yaml_source import load_system_file
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.benchmark import BenchmarkPage
from app.ui.results.indicator_answer import Line
from app.ui.results.indicator_panel import IndicatorPanel
from app.ui.results.indicator_table import Column, IndicatorModel
from app.ui.session import SessionModel
from app.ui.tour import settle
from tests.helpers.forms import shipped_system
from tests.helpers.painting import add_painted_last
from tests.helpers.typing import press, type_text
from tests.helpers.windows import sample_session

_LEVEL_WORDS = re.compile(r"[ⅠⅡⅢ] ?级|未达")


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    audit = AuditScreen(SessionModel(sample_session(tmp_path)), side_open=True, help_open=True)
    add_painted_last(qtbot, audit)
    audit.resize(1366, 720)
    with qtbot.waitActive(audit):
        audit.show()
        audit.activateWindow()
    audit.go_to("benchmark")
    yield audit
    audit.commit_pending()
    audit.model.close()


def use(screen: AuditScreen, system_id: str, table: str = "") -> BenchmarkPage:
    system = shipped_system(system_id)
    table = table or system.tables[0].id
    assert screen.model.act(
        lambda session: session.adopt(system.id, system_to_json(system), table, "改用")
    )
    settle()
    page = screen.findChild(BenchmarkPage)
    assert page is not None
    return page


def rows(page: BenchmarkPage) -> tuple[Indicator, ...]:
    project = page.model.project
    assert project.system is not None
    return tuple(project.system.table(project.table_id).indicators())


def answer(page: BenchmarkPage, indicator_id: str, text: str) -> None:
    key = page.model.project.indicator_key(indicator_id)
    page.model.record([Change(key, page.model.book.get(key), Given(text))], "填")
    settle()


def shown(page: BenchmarkPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def reached(page: BenchmarkPage, indicator_id: str) -> str:
    index = page.rows.index(page.rows.row_of(indicator_id), Column.REACHED)
    return str(index.data(IndicatorModel.CHIP).text)


def panel_of(screen: AuditScreen) -> IndicatorPanel:
    panel = screen.findChild(IndicatorPanel)
    assert panel is not None
    return panel


def test_a_document_without_a_rule_for_the_whole_shows_how_many_reach_what(
    screen: AuditScreen,
) -> None:
    page = use(screen, "cotton-dyeing-hjt185-2006")
    for row in rows(page)[:2]:
        answer(page, row.id, "0.1")
    words = shown(page)
    assert "文件不给总等级" in words
    assert "未定" not in words
    assert "2 项" in words
    assert page.table.isColumnHidden(Column.WEIGHT)
    assert "就能定级" not in words


def test_a_quota_speaks_of_its_own_levels(screen: AuditScreen) -> None:
    page = use(screen, "energy-quota-beer-gb32047-2025")
    beer = rows(page)[0].id
    answer(page, beer, "30")
    assert reached(page, beer) == "2 级"
    answer(page, beer, "99")
    assert reached(page, beer) == "超 3 级"
    assert [page.rows.headerData(column, Qt.Orientation.Horizontal) for column in (3, 4, 5)] == [
        "1",
        "2",
        "3",
    ]
    assert "不是清洁生产等级" in page.subtitle()


def test_a_modifier_of_a_quota_is_asked_for_and_moves_the_threshold(screen: AuditScreen) -> None:
    page = use(screen, "energy-quota-building-ceramics-gb21252-2023")
    tile = rows(page)[0].id
    answer(page, tile, "5")
    assert reached(page, tile) == "不能判定"  # a blank correction is not "no correction"
    link = next(one for one in page.findChildren(QPushButton) if one.text().startswith("厚度总体"))
    link.click()
    settle()
    fields = {one.accessibleName(): one for one in panel_of(screen).findChildren(QLineEdit)}
    field = fields["厚度总体修正系数（表2）"]
    field.setFocus()
    type_text("1.2")
    press(Qt.Key.Key_Return)
    settle()
    assert reached(page, tile) == "1 级"
    screen.model.undo()
    settle()
    assert reached(page, tile) == "不能判定"


def test_layers_are_asked_for_where_a_threshold_hangs_on_them(screen: AuditScreen) -> None:
    page = use(screen, "pcb-hj450-2008")
    row = next(one for one in rows(page) if one.variables)
    answer(page, row.id, "0.9")
    assert reached(page, row.id) == "不能判定"
    link = next(
        one for one in page.findChildren(QPushButton) if one.text().startswith("印制板层数减2")
    )
    link.click()
    settle()
    fields = {one.accessibleName(): one for one in panel_of(screen).findChildren(QLineEdit)}
    field = next(field for name, field in fields.items() if name.startswith("印制板层数减2"))
    field.setFocus()
    type_text("4")
    press(Qt.Key.Key_Return)
    settle()
    assert reached(page, row.id).endswith("级")
    assert screen.model.assessment is not None
    assert screen.model.assessment.missing_inputs == ()


def test_outputs_are_asked_for_where_weights_hang_on_them(screen: AuditScreen) -> None:
    page = use(screen, "pcb-64-draft")
    assert screen.model.assessment is not None
    open_before = len(screen.model.assessment.missing_inputs)
    page.show_indicator("electricity-rigid-single")
    settle()
    name = next(
        one
        for one in panel_of(screen).findChildren(QLineEdit)
        if one.accessibleName().startswith("这种产品的年产量")
    )
    name.setFocus()
    type_text("12000")
    press(Qt.Key.Key_Return)
    settle()
    assert len(screen.model.assessment.missing_inputs) == open_before - 1


def test_a_reference_table_never_speaks_of_levels(screen: AuditScreen) -> None:
    for system_id in (
        "eco-industrial-park-hj274-2015",
        "green-industrial-park-miit-2016",
        "green-construction-gbt50640-2010",
        "eco-farm-check-2023",
    ):
        page = use(screen, system_id)
        for row in rows(page)[:6]:
            answer(page, row.id, "1" if row.kind == "quantitative" else "I")
        settle()
        words = [shown(page)]
        for number in range(page.rows.rowCount()):
            for column in Column:
                if not page.table.isColumnHidden(column):
                    index = page.rows.index(number, column)
                    chip = index.data(IndicatorModel.CHIP)
                    words.append(f"{index.data() or ''} {chip.text if chip is not None else ''}")
        for row in rows(page)[:3]:
            page.show_indicator(row.id)
            panel = panel_of(screen)
            words += [one.text() for one in panel.findChildren(QRadioButton)]
            words += [one.text() for one in panel.findChildren(QLabel)]
        assert [text for text in words if _LEVEL_WORDS.search(text)] == [], system_id
        assert "达到" in shown(page), system_id


def test_who_meets_a_level_that_asks_the_same_as_the_better_one_meets_that_too(
    screen: AuditScreen,
) -> None:
    page = use(screen, "electroplating-2015", "general-plating")
    page.show_indicator("emergency-plan")  # one requirement, printed for all three levels
    settle()
    page.table.setFocus()
    press(Qt.Key.Key_3)
    settle()
    assert reached(page, "emergency-plan") == "Ⅰ 级"
    page.show_indicator("water-saving-facilities")
    settle()
    page.table.setFocus()
    press(Qt.Key.Key_2)
    settle()
    assert reached(page, "water-saving-facilities") == "Ⅱ 级"


def test_the_focus_stays_with_a_number_that_was_typed(screen: AuditScreen) -> None:
    page = use(screen, "cotton-dyeing-hjt185-2006")
    row = next(one for one in rows(page) if not page.model.project.quantity_of(one.id))
    page.show_indicator(row.id)
    settle()
    panel_of(screen).focus_answer()
    type_text("1.5")
    press(Qt.Key.Key_Return)
    settle()
    focus = QApplication.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus.accessibleName().startswith(row.name)
    assert focus.text() == "1.5"


@pytest.mark.parametrize(("name", "total"), [("points", "总分"), ("vectors-p", "P2")])
def test_points_and_ratios_are_shown_as_the_document_counts_them(
    screen: AuditScreen, name: str, total: str
) -> None:
    system = load_system_file(Path(__file__).parents[1] / f"cases/systems/{name}.yaml").system
    assert screen.model.act(
        lambda session: session.adopt(
            system.id, system_to_json(system), system.tables[0].id, "改用"
        )
    )
    settle()
    page = screen.findChild(BenchmarkPage)
    assert page is not None
    for row in rows(page):
        value = row.base if row.base is not None else row.points
        answer(page, row.id, "I" if row.kind == "qualitative" else str(value))
    words = shown(page)
    assert total in words
    assert "≥" in words
    assert not page.table.isColumnHidden(Column.WEIGHT)
    assert page.table.isColumnHidden(Column.SHARE)
    assert screen.model.assessment is not None
    assert screen.model.assessment.level is not None
    chips = {reached(page, row.id) for row in rows(page)}
    assert chips <= {"达到", "没达到", "已填", "不适用"}


def use_points(screen: AuditScreen) -> BenchmarkPage:
    system = load_system_file(Path(__file__).parents[1] / "cases/systems/points.yaml").system
    assert screen.model.act(
        lambda session: session.adopt(
            system.id, system_to_json(system), system.tables[0].id, "改用"
        )
    )
    settle()
    page = screen.findChild(BenchmarkPage)
    assert page is not None
    return page


def points(screen: AuditScreen) -> tuple[str, str]:
    assert screen.model.assessment is not None
    score = screen.model.assessment.scores["points"]
    return str(score.low), str(score.high)


def test_the_auditor_gives_a_part_of_the_points(screen: AuditScreen) -> None:
    page = use_points(screen)
    page.show_indicator("measures")  # 40 points, no threshold
    settle()
    field = next(
        one
        for one in panel_of(screen).findChildren(QLineEdit)
        if one.accessibleName() == "方案实施率，得分"
    )
    field.setFocus()
    type_text("41")
    press(Qt.Key.Key_Return)
    settle()
    assert field.text() == "41"
    assert any(
        "得分 41 超出了这一项的分值。填 0 到 40" in one.text()
        for one in panel_of(screen).findChildren(QLabel)
    )
    assert points(screen) == ("0", "100")
    field.setFocus()
    field.selectAll()
    type_text("30")
    press(Qt.Key.Key_Return)
    settle()
    assert points(screen) == ("30", "90")
    value = page.rows.index(page.rows.row_of("measures"), Column.VALUE)
    assert value.data() == "30 分"
    page.show_indicator("measures")
    page.table.setFocus()
    press(Qt.Key.Key_1)
    settle()
    assert points(screen) == ("40", "100")
    assert reached(page, "measures") == "达到"
    page.show_indicator("measures")
    page.table.setFocus()
    press(Qt.Key.Key_0)
    settle()
    assert points(screen) == ("0", "60")


def test_points_just_below_what_a_level_asks_are_not_shown_as_reaching_it(
    screen: AuditScreen,
) -> None:
    page = use_points(screen)
    answer(page, "water", "5")
    answer(page, "measures", "29.999")
    for name in ("plan", "training"):
        answer(page, name, "I")
    assert points(screen) == ("89999/1000", "89999/1000")
    assert "总分 89.999" in shown(page)


def test_points_out_of_range_in_a_file_leave_the_row_open_and_are_named(
    screen: AuditScreen,
) -> None:
    page = use_points(screen)
    answer(page, "measures", "999")
    answer(page, "plan", "二十")
    assessment = screen.model.assessment
    assert assessment is not None
    assert {"measures", "plan"} <= set(assessment.missing)
    warnings = " ".join(assessment.warnings)
    assert "方案实施率：得分 999 超出了这一项的分值，没有算进去，当作没填。填 0 到 40" in warnings
    assert "持续清洁生产计划：填的「二十」看不懂" in warnings
    page.show_indicator("measures")
    settle()
    panel = panel_of(screen)
    assert "999" in [one.text() for one in panel.findChildren(QLineEdit)]
    assert any("超出了这一项的分值" in one.text() for one in panel.findChildren(QLabel))


def test_points_are_given_in_the_steps_of_the_document(screen: AuditScreen) -> None:
    page = use(screen, "green-construction-gbt50640-2010")
    page.show_indicator("staff-health")  # 一般项: 0, 1 or 2 points each
    settle()
    choices = panel_of(screen).findChildren(QRadioButton)
    assert [one.text() for one in choices] == ["0 分", "1 分", "2 分"]
    choices[1].click()
    settle()
    project = page.model.project
    assert project.book.text(project.indicator_key("staff-health")) == "1"
    page.show_indicator("staff-health")
    page.table.setFocus()
    press(Qt.Key.Key_3)  # not a step
    press(Qt.Key.Key_2)
    settle()
    project = page.model.project
    assert project.book.text(project.indicator_key("staff-health")) == "2"


def test_no_points_count_as_missed_and_phases_of_the_work_can_be_entered(
    screen: AuditScreen,
) -> None:
    page = use(screen, "green-construction-gbt50640-2010")
    for name, points in (("staff-health", "0"), ("dust-control", "1"), ("sewage", "2")):
        answer(page, name, points)
    counted = re.findall(r"达到 .*?还没定 \d+ 项", shown(page))
    assert counted == ["达到 1 项，没达到 1 项，得部分分 1 项，还没定 35 项"]
    page.show_indicator("staff-health")
    settle()
    for phase, score in (("地基与基础", "80"), ("结构工程", "59"), ("装饰装修与机电安装", "90")):
        field = next(one for one in lines(screen) if one.accessibleName().startswith(phase))
        enter(field, score)
    assert "单位工程得分 W 71.50" in shown(page)
    assert "结构工程 59" in shown(page)


# ------------------------------------------------------------------------------------------------ what people type

TYPED = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["abc", "12 箱", "-", "1,5", "1.2万件", "<5", "０．８５", "980", "1e400", "/", "三万五", "5 GWh"]),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
)  # fmt: skip


def lines(screen: AuditScreen) -> list[Line]:
    return panel_of(screen).findChildren(Line)


def line_of(screen: AuditScreen, row: Indicator) -> Line:
    return next(one for one in lines(screen) if one.accessibleName().startswith(row.name))


def enter(field: Line, text: str) -> None:
    field.setText(text)
    field.done.emit()
    settle()


def test_no_text_in_any_field_of_an_indicator_crashes(screen: AuditScreen) -> None:
    for system_id in (
        "energy-quota-cement-gb16780-2021",
        "hazardous-waste-incineration-zaepi-draft",
        "green-construction-gbt50640-2010",
        "electroplating-2015",
    ):
        type_anything(use(screen, system_id), screen)


def type_anything(page: BenchmarkPage, screen: AuditScreen) -> None:
    """Into each kind of field of each kind of indicator of the document in use."""
    kinds = {(one.kind, bool(one.modifiers), one.share is None): one for one in rows(page)}

    @given(st.sampled_from(list(kinds.values())), st.integers(0, 5), TYPED)
    @settings(
        max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def typed(row: Indicator, place: int, text: str) -> None:
        page.show_indicator(row.id)
        settle()
        found = lines(screen)
        if found:
            enter(found[place % len(found)], text)

    for part in (page.table, screen.stepper, screen.help):
        part.setUpdatesEnabled(False)
    screen.setUpdatesEnabled(True)  # the panel is painted with each text, the rest at the end
    typed()
    for part in (page.table, screen.stepper, screen.help):
        part.setUpdatesEnabled(True)
    settle()
    screen.setUpdatesEnabled(False)


def test_a_word_is_told_and_not_recorded(screen: AuditScreen) -> None:
    page = use(screen, "energy-quota-building-ceramics-gb21252-2023")
    row = rows(page)[0]
    key = screen.model.project.indicator_key(row.id)
    page.show_indicator(row.id)
    settle()
    for text, said in (("很多", "不是数"), ("12 箱", "看不懂"), ("1.2万件", "写的是 万件")):
        enter(line_of(screen, row), text)
        assert not screen.model.book.text(key)
        texts = [one.text() for one in panel_of(screen).findChildren(QLabel)]
        assert any(said in one for one in texts), text
    enter(line_of(screen, row), "0.005 吨标煤/平方米")
    assert screen.model.book.get(key) == Given("5", raw="0.005 吨标煤/平方米")


def test_a_number_that_can_hardly_be_right_is_asked_about(screen: AuditScreen) -> None:
    page = use(screen, "energy-quota-building-ceramics-gb21252-2023")
    row = rows(page)[0]
    key = screen.model.project.indicator_key(row.id)
    page.show_indicator(row.id)
    settle()
    enter(line_of(screen, row), "-8")
    assert not screen.model.book.text(key)
    (sure,) = [one for one in panel_of(screen).findChildren(QPushButton) if "没填错" in one.text()]
    sure.click()
    settle()
    assert screen.model.book.text(key) == "-8"
    assert screen.model.assessment is not None
    assert any("是负数" in one for one in screen.model.assessment.warnings)


def test_who_says_that_it_is_per_cent_is_not_asked_again(screen: AuditScreen) -> None:
    page = use(screen, "pcb-hj450-2008")
    row = next(one for one in rows(page) if one.id == "copper-recovery")
    key = screen.model.project.indicator_key(row.id)
    page.show_indicator(row.id)
    settle()
    enter(line_of(screen, row), "0.85")
    assert not screen.model.book.text(key)
    offers = [one for one in panel_of(screen).findChildren(QPushButton) if "0.85" in one.text()]
    offers[0].click()
    settle()
    assert screen.model.book.text(key) == "0.85"
