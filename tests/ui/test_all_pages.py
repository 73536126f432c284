"""Every page of the sample audit in one window: named, made unseen, and within the smallest screens there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.standards.system_json import system_to_json
from app.ui import theme
from app.ui.audit_screen import AuditScreen
from app.ui.messages import Message
from app.ui.session import SessionModel
from app.ui.tour import settle
from tests.helpers.forms import shipped_system
from tests.helpers.windows import sample_session
from tests.ui.test_audit_screen import nameless

SIZES = ((1366, 768), (1280, 720))
FRAME = 108  # top bar, status bar, title of the window


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[AuditScreen]:
    theme.load_fonts()
    theme.apply_theme(qapp, "light")
    audit = AuditScreen(SessionModel(sample_session(tmp_path)), side_open=True, help_open=True)
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


class _Windows(QObject):
    """Notes every window that appears."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


def walk_unseen(screen: AuditScreen, qapp: QApplication) -> None:
    """Controls have names; no page is wider than the smallest window; none flashes up while it is made.

    A part shown before it has a parent would be a window of its own for a moment and take the focus. Nothing is painted
    meanwhile: the watch on every event would see each of them.
    """
    windows = _Windows()
    unnamed, wide = {}, {}
    screen.setUpdatesEnabled(False)
    qapp.installEventFilter(windows)
    try:
        for place in screen.outline.places:
            screen.go_to(place.page.id)
            QApplication.processEvents()
            assert screen.page_widget(place.page.id).page.id == place.page.id
            if missing := nameless(screen):
                unnamed[place.page.id] = sorted(set(missing))
            if screen.width() != 1180:
                wide[place.page.id] = screen.width()
    finally:
        qapp.removeEventFilter(windows)
        screen.setUpdatesEnabled(True)
    assert unnamed == {}
    assert wide == {}
    assert windows.shown == []
    assert screen.isActiveWindow()


def walk_small_screens(screen: AuditScreen, qtbot: QtBot, only: str = "") -> None:
    """With the help panel open, no page scrolls sideways, nor puts a second scroll bar beside its own."""
    area = QScrollArea()
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
        # The first once more: a page is no higher for those that were shown before it.
        for place in (*screen.outline.places, *screen.outline.places[:1]):
            if only and place.page.id != only:
                continue
            screen.go_to(place.page.id)
            screen.model.post(Message("ok", "写入 18 格。", strong="已粘贴 3 行 × 6 列，"))
            QApplication.processEvents()
            assert not screen.help.is_rail
            found = too_wide(area) + cut(screen.page_widget(place.page.id))
            if height == SIZES[0][1] and (over := area.verticalScrollBar().maximum()):
                found.append(f"{over} too high")
            if found:
                need = screen.minimumSizeHint().width()
                wrong[width, place.page.id] = (found, need)
        area.setUpdatesEnabled(False)  # painted once
    area.takeWidget()
    assert wrong == {}


def test_every_page_is_named_made_unseen_and_fits_small_screens(
    screen: AuditScreen, qtbot: QtBot, qapp: QApplication
) -> None:
    screen.resize(1440, 830)
    qtbot.addWidget(screen)
    with qtbot.waitActive(screen):
        screen.show()
        screen.activateWindow()
    screen.open_at_last_place()
    screen.resize(1180, 680)
    walk_unseen(screen, qapp)
    walk_small_screens(screen, qtbot)


def adopt(screen: AuditScreen, system_id: str) -> None:
    system = shipped_system(system_id)
    table = system.tables[0].id
    assert screen.model.act(
        lambda session: session.adopt(system.id, system_to_json(system), table, "改用")
    )


def test_the_page_of_indicators_of_any_document_fits_beside_the_help(
    screen: AuditScreen, qtbot: QtBot
) -> None:
    for system_id in ("energy-quota-cement-gb16780-2021", "steel-gd-benchmark-form"):
        adopt(screen, system_id)
        settle()
        walk_small_screens(screen, qtbot, only="benchmark")
