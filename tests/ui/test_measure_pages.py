"""The designed pages of measures: from the library into the audit, what one is worth, the cheapest path; all by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QRadioButton, QVBoxLayout
from pytestqt.qtbot import QtBot

from app.audit.findings import assess_project
from app.bootstrap import load_catalogue
from app.forms.answer import AnswerBook
from app.papers.chapters.level_after import level_after
from app.services.own_measures import OwnMeasures
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.pages.measure_economics import EconomicsPage
from app.ui.pages.measure_options import OptionsPage
from app.ui.pages.measure_path import PathPage
from app.ui.paper_view import add_block
from app.ui.session import SessionModel
from tests.helpers.forms import sample_project, shipped_forms
from tests.helpers.windows import audit_session, sample_session


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    catalogue = load_catalogue()
    model = SessionModel(
        sample_session(tmp_path, complete=True),
        options=lambda: catalogue.options,
        own_measures=OwnMeasures(tmp_path / "own.json"),
    )
    audit = AuditScreen(model, side_open=True, help_open=False)
    qtbot.addWidget(audit)
    audit.resize(1366, 728)
    with qtbot.waitActive(audit):
        audit.show()
        audit.activateWindow()
    yield audit
    audit.commit_pending()
    model.close()


def test_the_window_can_show_all_that_a_report_says_of_the_level_after(qapp: QApplication) -> None:
    project = sample_project(shipped_forms().samples["chengling"].finished())
    blocks = level_after(project, assess_project(project))
    box = QVBoxLayout()
    for block in blocks:
        add_block(box, block)
    assert box.count() >= len(blocks) > 5


def texts(page: OptionsPage | EconomicsPage | PathPage) -> str:
    QApplication.processEvents()
    return " ".join(one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page))


def shown(screen: AuditScreen, page_id: str, kind: type) -> object:
    screen.go_to(page_id)
    QApplication.processEvents()
    found = screen.findChild(kind)
    assert found is not None
    return found


def test_an_option_is_found_and_added_by_keyboard_and_taken_back(screen: AuditScreen) -> None:
    page = shown(screen, "measure_options", OptionsPage)
    assert isinstance(page, OptionsPage)
    model = page.model
    before = model.book
    page.sources.buttons[1].click()
    page.search.setFocus()
    QTest.keyClicks(page.search, "LED")
    assert "LED高效照明替换" in texts(page)
    assert "卖家说法，不计" in texts(page)
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    row = model.book.row_ids("measures.list")[-1]
    assert model.book.text(f"measures.list/{row}/name") == "LED高效照明替换"
    assert model.book.text(f"measures.list/{row}/formula") == "电=N*(P1-P2)*h/1000"
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert model.book.row_ids("measures.list")[-1] == row, "not twice"
    model.undo()
    assert model.book.answers == before.answers
    assert model.book.rows == before.rows


def test_offers_say_why_and_ideas_become_measures(screen: AuditScreen) -> None:
    page = shown(screen, "measure_options", OptionsPage)
    assert isinstance(page, OptionsPage)
    first = page.view.list.item(0)
    assert first is not None
    assert "设备表里有空压机" in first.text()
    page.sources.buttons[3].click()
    assert page.view.list.count() == 16
    page.view.list.setFocus()
    page.view.list.setCurrentRow(15)
    page.add_chosen()
    row = page.model.book.row_ids("measures.list")[-1]
    assert page.model.book.text(f"measures.list/{row}/aspect") == "staff"


def test_my_own_measures_are_kept_and_used_again(screen: AuditScreen) -> None:
    page = shown(screen, "measure_options", OptionsPage)
    assert isinstance(page, OptionsPage)
    page.sources.buttons[2].click()
    assert "还没有自己的方案" in texts(page)
    page.keep_all()
    assert page.view.list.count() == 12


def test_what_one_measure_is_worth(screen: AuditScreen) -> None:
    page = shown(screen, "measure_economics", EconomicsPage)
    assert isinstance(page, EconomicsPage)
    said = texts(page)
    for words in (
        "1.18 年",
        "59.16 万元",
        "84.70 %",
        "中费要 < 3 年",
        "中费要求偿还期小于 3 年",
        "贴现率没填，按 8%",
    ):
        assert words in said
    page.view.list.setFocus()
    QTest.keyClick(page.view.list, Qt.Key.Key_Down)
    assert "空压机查漏" in texts(page)


def test_the_cheapest_path_is_shown_and_taken_as_one_act(screen: AuditScreen, qtbot: QtBot) -> None:
    page = shown(screen, "measure_path", PathPage)
    assert isinstance(page, PathPage)
    qtbot.waitUntil(lambda: len(page.findChildren(QRadioButton)) == 3, timeout=60000)
    said = texts(page)
    for words in (
        "31.80 L/m²，Ⅱ 级要 ≤ 24，还差 7.80",
        "投资 万元 29.4 偿还期（合计）年 1.86 YⅡ，比 85 多 0.20 85.20",
        "ZG1 一年省新水 ≥ 10,450 m³（预计的 90.1%）",
        "ZG1 顺带",
    ):
        assert words in said
    radios = [one.text() for one in page.findChildren(QRadioButton)]
    assert radios == ["1　最省", "2　多 6.8 万元，顺手补一项", "3　比过的几条里最稳"]
    QTest.keyClick(page, Qt.Key.Key_3)
    assert page.findChildren(QRadioButton)[2].isChecked()
    assert "10,208 m³（预计的 88.0%）" in texts(page)
    QTest.keyClick(page, Qt.Key.Key_1)
    assert page.path is not None
    assert page.path.best is not None
    page.setFocus()
    take = next(one for one in page.findChildren(QPushButton) if one.text().startswith("采用"))
    take.setFocus()
    QTest.keyClick(take, Qt.Key.Key_Space)
    for _ in range(20):
        QTest.qWait(30)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert page.isAncestorOf(focus) or focus is page, f"the keyboard went to {focus}"
    page.model.undo()
    QTest.qWait(50)
    page.head_widget()
    page._choose(0)  # noqa: SLF001 - what the segments do when pressed
    qtbot.waitUntil(lambda: "到不了 Ⅰ 级" in texts(page), timeout=60000)


def test_an_audit_with_nothing_in_it_says_what_to_do(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    model = SessionModel(audit_session(tmp_path, AnswerBook()))
    audit = AuditScreen(model, side_open=True, help_open=False)
    qtbot.addWidget(audit)
    audit.resize(1366, 728)
    audit.show()
    economics = shown(audit, "measure_economics", EconomicsPage)
    assert isinstance(economics, EconomicsPage)
    assert "先在「方案」页写几个办法" in texts(economics)
    path = shown(audit, "measure_path", PathPage)
    assert isinstance(path, PathPage)
    qtbot.waitUntil(lambda: path.path is not None, timeout=60000)
    assert "没有选指标体系" in texts(path)
    assert path.title() == "方案做完会怎样：和自己比"
    assert "单耗还算不出来" in texts(path)
    model.close()
    assert shipped_forms().samples["chengling"].finished()
