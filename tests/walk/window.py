"""The real window with a sample audit in it, for a walk by keys: entering, waiting, looking."""
# ruff: noqa: SLF001 - a walk looks into the parts of the window

import logging
import re
import sys
import time
import traceback
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QLocale, QPoint, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from app import clock
from app.bootstrap import build_services
from app.checkup.concern import Concern, Severity, say
from app.forms.answer import Answer, AnswerBook, Given
from app.forms.question import QuestionKind, RowsKind
from app.services.session import ImmediateExecutor
from app.ui import theme
from app.ui.application import create_application
from app.ui.fields.choice_inputs import ChipsInput, ComboInput, SegmentsInput
from app.ui.fields.control import QuestionControl
from app.ui.fields.long_text_input import LongTextInput
from app.ui.fields.typed_input import TypedInput
from app.ui.main_window import MainWindow
from app.ui.pages.form_page import FormPage
from app.ui.settings import Settings
from app.ui.tables.panel import TablePanel
from tests.helpers.typing import type_text

SIZE = (1366, 728)
NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
_PATIENCE_S = 25.0
_MOST_UNDOS = 80
# What a user must never read: ids of rows and answers, unfilled templates, names of code.
_RAW = re.compile(
    r"\{\w*\}|\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z]{2,}\b|\b[rx]\d+\b|None|Fraction|\bTrue\b|\bFalse\b|nan"
)


class Refused(Exception):
    """The window does not let this be entered; what it says."""


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        trace = "" if not record.exc_info else "".join(traceback.format_exception(*record.exc_info))
        self.seen.append(f"{record.getMessage()} {trace[-700:]}")


class Walker:
    """One window. `faults` collects what broke since it was last emptied: exceptions, dialogs nobody asked for."""

    def __init__(self, today: date) -> None:
        self.app = create_application(Settings())
        QLocale.setDefault(QLocale("zh_CN"))
        theme.load_fonts()
        theme.apply_theme(self.app, "light")
        morning = datetime(today.year, today.month, today.day, 9).astimezone()
        clock.now = lambda: morning  # the data of the lists have their day
        self.faults: list[str] = []
        self.pictures: Path | None = None
        self._log = _Errors()
        logging.getLogger().addHandler(self._log)
        sys.excepthook = lambda kind, error, trace: self.faults.append(
            "".join(traceback.format_exception(kind, error, trace))[-900:]
        )
        self.services = build_services(ImmediateExecutor())
        self.window = MainWindow(self.services, Settings(quick=False))
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()
        self._dialogs = QTimer()
        self._dialogs.setInterval(120)
        self._dialogs.timeout.connect(self._look_for_dialogs)
        self._dialogs.start()
        self.wait(400)

    # -- time

    def wait(self, ms: int = 60) -> None:
        end = time.monotonic() + ms / 1000
        while time.monotonic() < end:
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 15)
            time.sleep(0.003)

    def until(self, true: Callable[[], Any], seconds: float = _PATIENCE_S) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wait(25)
            if true():
                return True
        return False

    def _look_for_dialogs(self) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        words = " ".join(label.text() for label in dialog.findChildren(QLabel) if label.text())
        self.faults.append(f"dialog: {dialog.windowTitle()} {words}"[:600])
        dialog.close()

    # -- the audit

    def open(self, path: Path) -> None:
        assert self.window.open_file(path), path
        self.wait(300)
        self.settle()

    @property
    def model(self) -> Any:
        return self.window.model

    @property
    def screen(self) -> Any:
        return self.window.audit

    @property
    def book(self) -> AnswerBook:
        return self.model.book  # type: ignore[no-any-return]

    @property
    def check_up(self) -> Any:
        return self.model.check_up

    def settle(self) -> None:
        """Until the check-up has seen the latest answers."""
        up = self.check_up
        if not self.until(lambda: not up._soon.isActive() and not up._tasks.busy):
            self.faults.append("the check-up never came")

    def concerns(self) -> list[Concern]:
        """As the badge counts them: blocks and warnings."""
        return [one for one in self.check_up.concerns if one.severity is not Severity.INFO]

    def said(self, concern: Concern) -> Any:
        rule = self.check_up.data.rule(concern.rule)
        return say(concern, rule, self.model.project.index, self.book)

    def page(self) -> Any:
        return self.screen.page_widget(self.screen.current_page)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifier)
        self.wait(15)

    # -- entering

    def go(self, key: str) -> None:
        """To the place of an answer, as Ctrl+K and the links of the window lead there."""
        page_id = self.screen.outline.page_of_key(key)
        if not page_id:
            raise Refused("no page of the window asks this")
        self.screen.go_to(page_id, key)
        self.wait(30)

    def control(self, key: str) -> QuestionControl | None:
        page = self.page()
        return page.controls.get(key) if isinstance(page, FormPage) else None

    def panel(self, table: str) -> TablePanel | None:
        page = self.page()
        return page.tables.get(table) if isinstance(page, FormPage) else None

    def enter(self, key: str, text: str) -> str:
        """Type or choose `text` at a key; how it was done. Refused with what the window says when it does not take it."""
        self.go(key)
        control = self.control(key)
        if control is not None:
            how = self._in_field(control, text)
        elif key.count("/") == 2 and self.panel(key.split("/")[0]) is not None:
            how = self._in_cell(key, text)
        else:
            raise Refused("the page has no field for it")
        answer = self.book.get(key)
        if not (isinstance(answer, Given) and answer.text.strip()):
            raise Refused(self.message(key) or f"nothing was said, answer {answer}")
        return how

    def _in_field(self, control: QuestionControl, text: str) -> str:
        field = control.input
        if not field.isVisible() or not field.isEnabled():
            raise Refused("the field is not to be typed in")
        match field:
            case TypedInput():
                assert QApplication.focusWidget() is field, "the focus is not in the field"
                self.key(Qt.Key.Key_A, CTRL)
                type_text(text)
                self.key(Qt.Key.Key_Tab)
                return "typed"
            case LongTextInput():
                self.key(Qt.Key.Key_A, CTRL)
                self.key(Qt.Key.Key_Delete)
                type_text(text)
                self.key(Qt.Key.Key_Tab)
                if QApplication.focusWidget() is field.focus_target():
                    self.screen.stepper.setFocus()
                self.wait(30)
                return "typed"
            case SegmentsInput():
                QTest.mouseClick(field.buttons[field._ids.index(text)], Qt.MouseButton.LeftButton)
                return "clicked"
            case ComboInput():
                field.showPopup()
                self.wait(60)
                self._pick(field, field._ids.index(text))
                return "chosen"
            case ChipsInput():
                wanted = set(text.split("|"))
                for option, tool in zip(field._ids, field._buttons, strict=True):
                    if tool.isChecked() != (option in wanted):
                        QTest.mouseClick(tool, Qt.MouseButton.LeftButton)
                        self.wait(30)
                return "clicked"
        raise AssertionError(type(field))

    def _pick(self, combo: QComboBox, row: int) -> None:
        """The row of an open list, by keys."""
        view = combo.view()
        self.until(view.isVisible, 3)
        QTest.keyClick(view, Qt.Key.Key_Home)
        for _ in range(row):
            QTest.keyClick(view, Qt.Key.Key_Down)
        QTest.keyClick(view, Qt.Key.Key_Return)
        self.wait(60)

    def _in_cell(self, key: str, text: str) -> str:
        table = key.split("/")[0]
        panel = self.panel(table)
        assert panel is not None
        view = panel.view
        if panel.current_key() != key or QApplication.focusWidget() is not view:
            raise Refused("the cell is not shown")
        question = panel.answers.question_at(view.currentIndex().column())
        assert question is not None
        if not panel.answers.is_typed(view.currentIndex()):
            raise Refused("the cell is computed")
        if question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
            ids = ["yes", "no"] if question.kind is QuestionKind.YES_NO else [o.id for o in question.options]  # fmt: skip
            self.key(Qt.Key.Key_F2)
            combo = next(c for c in view.viewport().findChildren(QComboBox) if c.isVisible())
            self._pick(combo, ids.index(text))
            return "chosen in a cell"
        if question.kind is QuestionKind.MULTI_CHOICE:
            raise Refused("several choices in a cell")
        type_text(text)
        editor = QApplication.focusWidget()
        if not isinstance(editor, QLineEdit):
            raise Refused("the cell did not open")
        if (arrived := editor.text()) != text:
            editor.setText(text)
            editor.setModified(True)
            self.faults.append(f"lost while typing at {key}: {text!r} became {arrived!r}")
        self.key(Qt.Key.Key_Return)
        return "typed in a cell"

    def message(self, key: str) -> str:
        """What the field or the table says about it now."""
        control = self.control(key)
        if control is not None:
            return _plain(control.line.text())
        panel = self.panel(key.split("/")[0])
        if panel is None:
            return ""
        panel.focus_key(key)
        self.wait(30)
        return _plain(panel.bar.line.text()) if panel.bar.isVisible() else ""

    def clear(self, key: str) -> None:
        """Take an answer away with Delete."""
        if key not in self.book.answers:
            return
        self.go(key)
        control = self.control(key)
        if control is not None:
            field = control.input
            if isinstance(field, TypedInput | LongTextInput):
                self.key(Qt.Key.Key_A, CTRL)
            self.key(Qt.Key.Key_Delete)
            self.key(Qt.Key.Key_Tab)
        elif (panel := self.panel(key.split("/")[0])) is not None and panel.current_key() == key:
            self.key(Qt.Key.Key_Delete)
        else:
            raise Refused("no field to clear")
        answer = self.book.get(key)
        if isinstance(answer, Given) and answer.text:
            raise Refused(self.message(key))

    def empty(self, table: str) -> None:
        """All rows out with Ctrl+Del, or all cells where the rows are fixed."""
        self.go(table)
        panel = self.panel(table)
        if panel is None or not panel.isVisible():
            raise Refused("the table is not shown")
        panel.view.setFocus()
        panel.view.selectAll()
        self.key(Qt.Key.Key_Delete, CTRL if panel.table.rows is RowsKind.FREE else NO)

    def add(self, table: str) -> str:
        """A row with Insert; its id."""
        self.go(table)
        panel = self.panel(table)
        if panel is None or panel.table.rows is not RowsKind.FREE:
            raise Refused("no row can be put in")
        before = set(self.book.row_ids(table))
        if panel.view.isVisible() and panel.answers.rowCount():
            last = panel.answers.index(
                panel.answers.rowCount() - 1, panel.view.currentIndex().column()
            )
            panel.view.setCurrentIndex(last)
            panel.view.setFocus()
            self.key(Qt.Key.Key_Insert)
        else:
            tool = next(b for b in panel.findChildren(QAbstractButton) if "加一行" in b.text())
            QTest.mouseClick(tool, Qt.MouseButton.LeftButton)
            self.wait(30)
        new = set(self.book.row_ids(table)) - before
        if len(new) != 1:
            raise Refused("no row came")
        return new.pop()

    def undo_to(self, book: AnswerBook) -> bool:
        """Ctrl+Z until the audit is as it was."""
        for _ in range(_MOST_UNDOS):
            if same(self.book, book):
                return True
            QTest.keyClick(self.screen, Qt.Key.Key_Z, CTRL)
            self.wait(15)
        return same(self.book, book)

    # -- looking

    def badge(self) -> tuple[int, int]:
        """Blocks and warnings as the badge says them, in its text and its tip."""
        button = self.window.top.check_button
        blocks, warnings = map(int, re.findall(r"(\d+) 处", button.toolTip())[:2])
        text = button.text()
        shown = int((re.findall(r"\d+", text) or ["0"])[0])
        right = ("必改" in text and shown == blocks) or ("请确认" in text and shown == warnings)
        if not right and not ("没有问题" in text and not blocks and not warnings):
            self.faults.append(f"badge 「{text}」 beside {blocks}, {warnings}")
        return blocks, warnings

    def landed(self, concern: Concern) -> str:
        """ "" when the window shows the place of a concern with the focus in it, else what is wrong."""
        key, wanted = concern.key, self.check_up.page_of(concern)
        if self.screen.current_page != wanted:
            return f"on {self.screen.current_page}, not {wanted}"
        page = self.page()
        if not isinstance(page, FormPage):
            return ""
        control = page.controls.get(key)
        if control is not None:
            target = control.focus_target()
            if not in_sight(target):
                return f"{key} is not in sight"
            focus = QApplication.focusWidget()
            return "" if focus is not None and control.owns(focus) else f"the focus is not in {key}"
        table = key.split("/")[0]
        panel = page.tables.get(table)
        if panel is None:
            return "" if key.startswith("override/") else f"no place for {key}"
        if not panel.isVisible():
            return f"the table of {key} is hidden"
        if "/" not in key:
            return (
                ""
                if in_sight(panel) or in_sight(panel.view)
                else f"the table {key} is not in sight"
            )
        current, row = panel.view.currentIndex(), key.split("/")[1]
        wanted_row = key.count("/") == 1 and panel.answers.rows[current.row()] == row
        if current != panel.answers.index_of(key) and not wanted_row:
            return f"at {panel.current_key()}, not {key}"
        corner = panel.view.mapToGlobal(panel.view.current_rect().center())
        return "" if seen_at(panel.view, corner) else f"the cell {key} is not in sight"

    def arrived(self, concern: Concern) -> str:
        """As `landed`, once it holds or half a second is over; and still so a moment later, when the page has settled."""
        self.until(lambda: not self.landed(concern), 0.5)
        self.wait(20)
        return self.landed(concern)

    def looks(self) -> list[str]:
        """What is cut or scrolls sideways on the screen now."""
        found = self._looks()
        if found:
            self.wait(300)  # the layout may still be on its way
            found = self._looks()
        if found and self.pictures is not None:
            self.shot(
                self.pictures / f"cut-{abs(hash(found[0])) % 10000}-{self.screen.current_page}.png"
            )
        return found

    def _looks(self) -> list[str]:
        found = []
        for area in self.window.findChildren(QScrollArea):
            if area.isVisible() and area.horizontalScrollBar().maximum() > 0 and area.width() > 60:
                policy = area.horizontalScrollBarPolicy()
                if policy is not Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                    found.append(
                        f"scrolls sideways: {area.accessibleName() or type(area.parent()).__name__}"
                    )
                elif (
                    area.widget() is not None
                    and area.widget().width() > area.viewport().width() + 1
                ):
                    found.append(f"cut at the right: {type(area.parent()).__name__}")
        for label in self.window.findChildren(QLabel):
            if (
                not label.isVisible()
                or not label.text()
                or label.width() < 2
                or not label.pixmap().isNull()
            ):
                continue
            if label.visibleRegion().isEmpty():
                continue
            if label.wordWrap():
                cut = label.heightForWidth(label.width()) > label.height() + 2
            else:
                cut = label.sizeHint().width() > label.width() + 2 and type(label) is QLabel
            if cut:
                found.append(f"cut: {_plain(label.text())[:50]}")
        return found

    def shot(self, path: Path) -> None:
        self.wait(60)
        self.window.grab().save(str(path))


def same(one: AnswerBook, other: AnswerBook) -> bool:
    """Rows and answers agree, an empty answer being none."""
    return _rows(one) == _rows(other) and _answers(one) == _answers(other)


def _rows(book: AnswerBook) -> dict[str, tuple[str, ...]]:
    return {table: tuple(rows) for table, rows in book.rows.items() if rows}


def _answers(book: AnswerBook) -> dict[str, Answer]:
    return {k: a for k, a in book.answers.items() if not (isinstance(a, Given) and a == Given(""))}


def in_sight(widget: QWidget) -> bool:
    """Some of it can be seen."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()


def seen_at(widget: QWidget, place: QPoint) -> bool:
    """The point, in coordinates of the screen, lies in what every scroll area above lets through."""
    parent: QWidget | None = widget
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QAbstractItemView):
            view = parent.viewport()
            if not QRect(view.mapToGlobal(QPoint(0, 0)), view.size()).contains(place):
                return False
        parent = parent.parentWidget()
    return True


def raw_words(text: str) -> str:
    """The first piece of code in a text that people read, "" when there is none."""
    found = _RAW.search(re.sub(r"https?://\S+", "", text))
    return found[0] if found else ""


def _plain(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text).replace("\u3000", " ").strip()
