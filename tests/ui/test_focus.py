"""A button that waits for its own work has the keyboard again afterwards."""

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.application import create_application
from app.ui.settings import Settings


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    create_application(Settings())
    window = QWidget()
    box = QHBoxLayout(window)
    for one in (QPushButton("项目库"), QLineEdit(), QPushButton("存成"), QPushButton("打印")):
        box.addWidget(one)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitActive(window)
    return window


def _work(window: QWidget) -> tuple[QPushButton, list[QPushButton]]:
    leave, save, print_ = window.findChildren(QPushButton)
    save.setFocus()
    for one in (save, print_):
        one.setEnabled(False)
    assert QApplication.focusWidget() is leave, "Qt goes round to the first of the window"
    return save, [save, print_]


def test_the_keyboard_comes_back_to_the_button_whose_work_is_done(window: QWidget) -> None:
    save, buttons = _work(window)
    for one in buttons:
        one.setEnabled(True)
    assert QApplication.focusWidget() is save


def test_who_went_elsewhere_in_the_meantime_stays_there(window: QWidget) -> None:
    _, buttons = _work(window)
    field = window.findChildren(QLineEdit)[0]
    field.setFocus()
    for one in buttons:
        one.setEnabled(True)
    assert QApplication.focusWidget() is field


def test_a_button_that_is_gone_is_not_asked_for(window: QWidget) -> None:
    save, buttons = _work(window)
    save.setParent(None)
    save.deleteLater()
    QApplication.processEvents()
    buttons[1].setEnabled(True)
    assert QApplication.focusWidget() is window.findChildren(QPushButton)[0]
