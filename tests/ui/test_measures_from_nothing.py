"""From a cause to results and what follows, with real widgets: a kitchen without a level, and the sample's raised level."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.bootstrap import load_catalogue
from app.forms.answer import Answer, AnswerBook, Given
from app.services.own_measures import OwnMeasures
from app.services.session import AuditSession
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.charts import ChartView
from app.ui.pages.measure_options import OptionsPage
from app.ui.pages.measure_path import PathPage
from app.ui.pages.owner import OwnerPage
from app.ui.session import SessionModel
from app.ui.tables.level_after import LevelAfter
from tests.helpers.forms import shipped_forms
from tests.helpers.typing import press, type_text
from tests.helpers.windows import audit_session, sample_session

MONTHS = tuple(f"2025-{month:02}" for month in range(1, 13))


def _kitchen() -> AnswerBook:
    answers: dict[str, Answer] = {
        "audit.base_year": Given("2025"),
        "audit.questionnaire": Given("restaurant"),
        "firm.industry": Given("6210"),
        "product.years/2025/covers": Given("200000"),
    }
    for month in MONTHS:
        answers[f"water.bills/{month}/intake"] = Given("1000")
        answers[f"water.bills/{month}/fee"] = Given("4300")
    return AnswerBook(answers)


@pytest.fixture
def screens(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[list[AuditScreen]]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    opened: list[AuditScreen] = []
    yield opened
    for one in opened:
        one.commit_pending()
        one.model.close()


def _open(
    qtbot: QtBot, screens: list[AuditScreen], session: AuditSession, folder: Path
) -> AuditScreen:
    catalogue = load_catalogue()
    own = OwnMeasures(folder / "own.json")
    model = SessionModel(session, options=lambda: catalogue.options, own_measures=own)
    screen = AuditScreen(model, side_open=True, help_open=False)
    qtbot.addWidget(screen)
    screens.append(screen)
    screen.resize(1366, 728)
    with qtbot.waitActive(screen):
        screen.show()
        screen.activateWindow()
    return screen


def _put(screen: AuditScreen, page: str, key: str, text: str) -> None:
    screen.go_to(page, key)
    QApplication.processEvents()
    type_text(text)
    press(Qt.Key.Key_Return)
    assert screen.model.book.text(key) == text, key


def _said(widget: object) -> str:
    QApplication.processEvents()
    assert isinstance(widget, PathPage | OwnerPage | LevelAfter)
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def test_a_kitchen_from_an_idea_to_results_without_a_level(
    qtbot: QtBot, screens: list[AuditScreen], tmp_path: Path
) -> None:
    screen = _open(qtbot, screens, audit_session(tmp_path, _kitchen()), tmp_path)
    model = screen.model
    _put(screen, "causes", "causes.aspects/process_control/cause", "没有操作规定")
    _put(screen, "causes", "causes.aspects/process_control/idea", "改池洗，冷藏解冻")
    screen.go_to("measure_options")
    options = screen.findChild(OptionsPage)
    assert options is not None
    options.sources.buttons[3].click()
    QTest.keyClick(options.search, Qt.Key.Key_Return)
    (row,) = model.book.row_ids("measures.list")
    assert model.book.text(f"measures.list/{row}/name") == "改池洗，冷藏解冻"
    _put(screen, "measures", f"measures.list/{row}/cost", "0.3")
    _put(screen, "measures", f"measures.list/{row}/saving", "0.9")
    _put(screen, "measures", f"measures.savings/{row}/water", "2400")
    screen.go_to("measure_path")
    path = screen.findChild(PathPage)
    assert path is not None
    qtbot.waitUntil(lambda: "每人次取水" in _said(path), timeout=60000)
    assert "60.0 48.0 −20.0" in _said(path)
    for column, text in (("started", "2026-11-05"), ("finished", "2026-11-12"), ("water", "2000")):
        _put(screen, "results", f"measures.results/{row}/{column}", text)
    after = screen.findChild(LevelAfter)
    assert after is not None
    qtbot.waitUntil(lambda: "60.0 48.0 −20.0 50.0 −16.7" in _said(after))
    screen.go_to("owner")
    owner = screen.findChild(OwnerPage)
    assert owner is not None
    assert "WD1 已经做完。没有剩下要做的。" in _said(owner)
    assert "5.16" in _said(owner)


def test_the_sample_s_raised_level_stands_on_the_page_of_results(
    qtbot: QtBot, screens: list[AuditScreen], tmp_path: Path
) -> None:
    screen = _open(qtbot, screens, sample_session(tmp_path, complete=True), tmp_path)
    screen.go_to("results")
    after = screen.findChild(LevelAfter)
    assert after is not None
    qtbot.waitUntil(lambda: "审核后水平待实测后核算" in _said(after))
    finished = shipped_forms().samples["chengling"].finished()
    for row in ("ZG1", "ZG2", "WD8"):
        for column in ("finished", "water", "rinse", "drain", "nickel"):
            key = f"measures.results/{row}/{column}"
            if text := finished.text(key):
                _put(screen, "results", key, text)
    qtbot.waitUntil(lambda: "YⅡ 86.80" in _said(after))
    assert "审核后为Ⅱ级" in _said(after)
    said = [one.accessibleName() for one in after.findChildren(ChartView)]
    assert any("YⅡ 从 66.80 到 86.80" in one for one in said)
