"""「本企业用哪几张表」 on the indicator page: ticked, weighted, refused with a reason, undone; hidden where there is one table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.assessment.indicator_system import IndicatorSystem, Level
from app.forms.answer import Change, Given, indicator_key
from app.services.tables import available_tables
from app.standards.system_json import system_to_json
from app.standards.yaml_source import load_system_file
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.benchmark import BenchmarkPage
from app.ui.results.tables_panel import TablesPanel, chosen_after
from app.ui.session import SessionModel
from app.ui.tour import settle
from tests.helpers.forms import shipped_system
from tests.helpers.typing import press, type_text
from tests.helpers.windows import sample_session
from tests.ui.test_audit_screen import nameless

OPEN = load_system_file(Path(__file__).parents[1] / "cases/systems/open-tables.yaml").system
ANSWERS = {("one", "a1"): "1", ("one", "a2"): "5", ("two", "b1"): "1", ("management", "c1"): "30"}


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    audit = AuditScreen(SessionModel(sample_session(tmp_path)), side_open=True, help_open=True)
    qtbot.addWidget(audit)
    audit.resize(1366, 720)
    with qtbot.waitActive(audit):
        audit.show()
        audit.activateWindow()
    audit.go_to("benchmark")
    yield audit
    audit.commit_pending()
    audit.model.close()


def use(screen: AuditScreen, system: IndicatorSystem, table: str) -> TablesPanel:
    assert screen.model.act(
        lambda session: session.adopt(system.id, system_to_json(system), table, "改用")
    )
    settle()
    page = screen.findChild(BenchmarkPage)
    assert page is not None
    return page.tables


def test_several_tables_are_ticked_weighted_and_undone(screen: AuditScreen) -> None:
    panel = use(screen, OPEN, "one")
    model = screen.model
    model.record(
        [
            Change(indicator_key(*place), model.book.get(indicator_key(*place)), Given(text))
            for place, text in ANSWERS.items()
        ],
        "填",
    )
    settle()
    assert panel.isVisible()
    panel.ticks["two"].setFocus()
    press(Qt.Key.Key_Space)  # brings the table that always belongs to it
    assert model.project.table_id == "one+two+management"
    assert model.assessment is not None
    assert model.assessment.level is None
    panel.weights["one"].setFocus()
    type_text("40%")
    press(Qt.Key.Key_Tab)
    type_text("0.4")
    press(Qt.Key.Key_Return)
    settle()
    assert model.assessment.index[Level.I] == 90
    assert panel.said.text() == "工序一 0.4＋工序二 0.4＋管理 0.2"
    assert nameless(panel) == []
    assert model.undo() is not None
    settle()
    assert model.assessment.level is None
    assert panel.weights["two"].text() == ""


def test_what_does_not_go_is_said_and_not_recorded(screen: AuditScreen) -> None:
    panel = use(screen, OPEN, "one")
    panel.ticks["two"].click()
    panel.weights["one"].setFocus()
    type_text("0.9")
    press(Qt.Key.Key_Return)
    assert "加起来是 1.1" in panel.problems.text()
    assert "还没有记下" in panel.problems.text()
    assert screen.model.book.text("table_weight/one") == ""
    panel.ticks["management"].click()
    assert "没有这样合并" in panel.problems.text()
    assert screen.model.project.table_id == "one+two+management"


def test_one_table_asks_nothing_and_tables_that_stand_alone_replace_each_other(
    screen: AuditScreen,
) -> None:
    panel = use(screen, shipped_system("battery-2015"), "lead-acid")
    assert panel.isVisible() == (len(shipped_system("battery-2015").tables) > 1)
    beer = shipped_system("beer-hjt183-2006")
    assert len(beer.tables) == 1
    assert not use(screen, beer, beer.tables[0].id).isVisible()
    plating = available_tables(shipped_system("electroplating-2015"))
    assert chosen_after(plating, ["general-plating"], "anodizing") == ["anodizing"]
    many = available_tables(OPEN)
    assert chosen_after(many, ["one"], "two") == ["one", "two", "management"]
    assert chosen_after(many, ["one", "two", "management"], "two") == ["one", "management"]


def test_process_and_management_tables_of_a_coating_firm(screen: AuditScreen) -> None:
    panel = use(screen, shipped_system("coating-2016"), "spray-painting")
    panel.ticks["management"].click()
    settle()
    page = screen.findChild(BenchmarkPage)
    assert page is not None
    assert page.title() == "指标对标：涂装 2016 · 喷漆（涂覆） ＋ 清洁生产管理"
    assert screen.model.assessment is not None
    assert "各表合并的权重没有收录全" in page.result.why.text()
    panel.weights["spray-painting"].setFocus()
    type_text("0.7")
    press(Qt.Key.Key_Return)
    settle()
    assert "各表合并的权重没有收录全" not in page.result.why.text()
    assert "自己填的权重" in page.result.why.text()
