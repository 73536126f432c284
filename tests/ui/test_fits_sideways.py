"""No page scrolls sideways with the help panel open, on the smallest screens there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.standards.system_json import system_to_json
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.session import SessionModel
from app.ui.tour import settle
from tests.helpers.forms import shipped_system
from tests.helpers.windows import sample_session

SIZES = ((1366, 768), (1280, 720))
FRAME = 100  # top bar, status bar, title of the window


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    audit = AuditScreen(SessionModel(sample_session(tmp_path)), side_open=False, help_open=False)
    yield audit
    audit.commit_pending()
    audit.model.close()


def too_wide(area: QScrollArea) -> list[str]:
    """What scrolls sideways: the whole, or a page of it."""
    found = [] if not area.horizontalScrollBar().maximum() else ["whole"]
    for one in area.findChildren(QScrollArea):
        bar = one.horizontalScrollBar()
        if one.isVisible() and bar.maximum() and bar.isVisible():
            found.append(f"{type(one).__name__} {bar.maximum()}")
    return found


def cut(page: QWidget) -> list[str]:
    """Areas of a page that hold more than they show, and have no bar: a card whose head had a long note took two columns
    wider than the page."""
    return [
        f"{type(area).__name__} {inner.width()} in {area.viewport().width()}"
        for area in page.findChildren(QScrollArea)
        if area.isVisible() and (inner := area.widget()) is not None
        and inner.width() > area.viewport().width()
    ]  # fmt: skip


@pytest.mark.parametrize(
    "system_id", ["", "energy-quota-cement-gb16780-2021", "steel-gd-benchmark-form"]
)
def test_no_page_scrolls_sideways_beside_the_help(
    screen: AuditScreen, qtbot: QtBot, system_id: str
) -> None:
    if system_id:
        system = shipped_system(system_id)
        table = system.tables[0].id
        assert screen.model.act(
            lambda session: session.adopt(system.id, system_to_json(system), table, "改用")
        )
        settle()
    area = QScrollArea()
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(screen)
    qtbot.addWidget(area)
    wrong = {}
    for width, height in SIZES:
        area.resize(width, height - FRAME)
        area.show()
        QApplication.processEvents()
        if screen.help.is_rail:
            screen.toggle_help()
        places = [
            one for one in screen.outline.places if not system_id or one.page.id == "benchmark"
        ]
        for place in places:
            screen.go_to(place.page.id)
            QApplication.processEvents()
            assert not screen.help.is_rail
            found = too_wide(area) + cut(screen.page_widget(place.page.id))
            if found:
                need = screen.minimumSizeHint().width()
                wrong[width, place.page.id] = (found, need)
    area.takeWidget()
    assert wrong == {}
