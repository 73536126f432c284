"""A person at the whole window: finds a question by its number, types, presses, clicks; nothing goes past keyboard and mouse."""

import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from types import TracebackType

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from app.assessment.finding import NotApplicable
from app.checkup.concern import Concern, Severity
from app.forms.answer import cell_key
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import row_ids
from app.forms.visible import asked_columns
from app.ui.audit_screen import AuditScreen
from app.ui.fields.control import QuestionControl
from app.ui.main_window import MainWindow
from app.ui.pages.form_page import FormPage
from app.ui.pages.measure_options import OptionsPage
from app.ui.search import SearchPalette
from app.ui.session import SessionModel
from app.ui.tables.panel import TablePanel
from tests.helpers.typing import press, type_text

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
_PATIENCE_S = 90.0


class Walker:
    """pictures: where a picture of every step is kept; None takes none. notes: what did not go as a person expects."""

    def __init__(self, window: MainWindow, pictures: Path | None = None) -> None:
        self.window = window
        self.pictures = pictures
        self.notes: list[str] = []
        self._taken = 0

    # -- what is open

    @property
    def screen(self) -> AuditScreen:
        assert self.window.audit is not None, "no audit is open"
        return self.window.audit

    @property
    def model(self) -> SessionModel:
        assert self.window.model is not None, "no audit is open"
        return self.window.model

    def settle(self, seconds: float = 0.02) -> None:
        QTest.qWait(round(seconds * 1000))

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Until the condition holds; AssertionError with `what` when it does not in a minute."""
        end = monotonic() + _PATIENCE_S
        while not condition():
            assert monotonic() < end, what
            QTest.qWait(30)

    def picture(self, name: str) -> None:
        """The whole screen as it stands, with lists and dialogs over the window."""
        if self.pictures is None:
            return
        self._taken += 1
        self.settle(0.15)
        target = self.pictures / f"{self._taken:02d}-{name}.png"
        self.window.screen().grabWindow(0).save(str(target))

    def pictures_of_page(self, name: str) -> None:
        """The page in the window, screen by screen from top to bottom."""
        if self.pictures is None:
            return
        page = self.screen.page_widget(self.screen.current_page)
        areas = [a for a in page.findChildren(QScrollArea) if a.isVisibleTo(page)]
        bar = areas[0].verticalScrollBar() if areas else None
        if bar is None or not bar.maximum():
            self.picture(name)
            return
        before = bar.value()
        at = 0
        part = 1
        while True:
            bar.setValue(at)
            self.picture(f"{name}-{part}")
            if at >= bar.maximum():
                break
            at += max(100, bar.pageStep() - 60)
            part += 1
        bar.setValue(before)

    # -- keyboard

    def keys(self, *keys: Qt.Key) -> None:
        for key in keys:
            press(key)

    def enter(self) -> None:
        press(Qt.Key.Key_Return)

    def next_page(self) -> None:
        """Ctrl+Enter."""
        press(Qt.Key.Key_Return, CONTROL)
        self.settle()

    def go(self, words: str) -> None:
        """Ctrl+K, words, Enter."""
        press(Qt.Key.Key_K, CONTROL)
        self.settle()
        type_text(words)
        press(Qt.Key.Key_Return)
        self.settle()

    # -- mouse

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A left click, after scrolling there."""
        area: QWidget | None = widget.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(widget, 20, 60)
            self.settle()
        assert widget.isVisible(), f"{widget.accessibleName()} is not to be seen"
        assert widget.isEnabled(), f"{widget.accessibleName()} is dead"
        QTest.mouseClick(
            widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at or QPoint()
        )
        self.settle()

    def button(self, words: str, within: QWidget | None = None) -> QAbstractButton:
        """The button that is to be seen and has these words."""
        root = within or QApplication.activeModalWidget() or self.window
        found = [
            one
            for one in root.findChildren(QAbstractButton)
            if one.isVisible() and words in (one.text() or one.accessibleName())
        ]
        assert found, f"no button 「{words}」"
        exact = [one for one in found if one.text() == words]
        return (exact or found)[0]

    def has(self, words: str, within: QWidget) -> bool:
        """Whether a button with these words is to be seen there."""
        return any(
            one.isVisible() and words in one.text() for one in within.findChildren(QAbstractButton)
        )

    def from_menu(
        self, button: str, steps: int, path: Path, done: Callable[[], object] | None = None
    ) -> None:
        """The entry `steps` below in the menu of a button, which asks where to write; until the file is there (or `done`)."""
        self.push(button)
        menu = QApplication.activePopupWidget()
        assert menu is not None, f"「{button}」 opens no menu"
        for _ in range(steps):
            QTest.keyClick(menu, Qt.Key.Key_Down)
        self.save_as(lambda: QTest.keyClick(menu, Qt.Key.Key_Return), path)
        self.wait(done or path.is_file, f"{path.name} was not written")

    def push(self, words: str, within: QWidget | None = None) -> None:
        self.click(self.button(words, within))

    def in_dialog(self, act: Callable[[], object], then: Callable[[QWidget], object]) -> None:
        """Do `act`, which opens a dialog that waits, and in it `then`."""
        failed: list[BaseException] = []
        end = monotonic() + _PATIENCE_S
        timer = QTimer()

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            focus = QApplication.focusWidget()
            ready = dialog is not None and focus is not None and dialog.isAncestorOf(focus)
            if not ready and monotonic() < end:  # typed sooner, a key would reach the window behind
                return
            timer.stop()
            if dialog is None:
                failed.append(AssertionError("no dialog came"))
                return
            try:
                then(dialog)
            except BaseException as error:  # noqa: BLE001 raised below, outside Qt's loop
                failed.append(error)
                dialog.close()

        timer.timeout.connect(look)
        timer.start(60)
        act()
        self.settle(0.2)
        timer.stop()
        if failed:
            raise failed[0]

    def save_as(self, act: Callable[[], object], path: Path) -> None:
        """Do `act`, which asks where to write, and type the place."""

        def name_it(dialog: QWidget) -> None:
            assert isinstance(dialog, QFileDialog), dialog
            (field,) = [f for f in dialog.findChildren(QLineEdit) if f.isVisible()][:1]
            field.selectAll()
            field.setFocus()
            self.settle(0.1)
            QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
            type_text(str(path))
            QTest.keyClick(field, Qt.Key.Key_Return)

        self.in_dialog(act, name_it)

    # -- questions

    def item(self, key: str) -> Question | TableQuestion:
        found = next(
            (
                item
                for page in self.model.project.questionnaire.pages()
                for card in page.cards
                for item in card.items
                if isinstance(item, Question | TableQuestion) and item.id == key
            ),
            None,
        )
        assert found is not None, f"no question {key}"
        return found

    def _page(self) -> FormPage:
        page = self.screen.page_widget(self.screen.current_page)
        assert isinstance(page, FormPage), self.screen.current_page
        return page

    def at(self, key: str) -> bool:
        """Whether the focus is in this question or table."""
        page = self.screen.page_widget(self.screen.current_page)
        focus = QApplication.focusWidget()
        if focus is None or not page.isAncestorOf(focus):
            return False
        for panel in page.findChildren(TablePanel):
            if panel.table.id == key:
                return panel.view is focus or panel.view.isAncestorOf(focus)
        return page.current_key().split("/")[0] == key

    def reach(self, key: str) -> None:
        """Put the focus on a question: it is there already, or by Ctrl+K and its number."""
        if self.at(key):
            return
        item = self.item(key)
        self.go(item.number)
        if not self.at(key) and isinstance(QApplication.activePopupWidget(), SearchPalette):
            press(Qt.Key.Key_Escape)
        assert self.at(key), (
            f"Ctrl+K {item.number} did not lead to {key}: {self.screen.current_page}"
        )

    def put(self, key: str, typed: str, *, note: str = "") -> None:
        """Answer a question: words are typed, a choice is taken by its words, several parted by 、; then Enter."""
        item = self.item(key)
        assert isinstance(item, Question), key
        self.reach(key)
        control = self.control(key)
        kind = item.kind
        if kind in (QuestionKind.CHOICE, QuestionKind.YES_NO, QuestionKind.MULTI_CHOICE):
            if isinstance(control.input, QComboBox):
                self._choose_in(control.input, typed)
                press(Qt.Key.Key_Return)
            else:
                for words in typed.split("、"):
                    (tool,) = [
                        one
                        for one in control.input.findChildren(QPushButton)
                        + [
                            b
                            for b in control.input.findChildren(QAbstractButton)
                            if not isinstance(b, QPushButton)
                        ]
                        if one.text().removeprefix("✓ ") == words
                    ]
                    self.click(tool)
                press(Qt.Key.Key_Return)
        else:
            press(Qt.Key.Key_A, CONTROL)
            type_text(typed)
            press(Qt.Key.Key_Tab if kind is QuestionKind.LONG_TEXT else Qt.Key.Key_Return)
        self._look(key, item, typed)

    def not_applicable(self, key: str, reason: str) -> None:
        """「不适用」 beside a question, by mouse, and why."""
        self.reach(key)
        control = self.control(key)
        assert control.switch is not None
        self.push("不适用", control.switch)
        self.settle(0.1)
        type_text(reason)
        press(Qt.Key.Key_Return)
        if not isinstance(self.model.book.get(key), NotApplicable):
            self.notes.append(f"{key}: 不适用 → {self.model.book.get(key)}")

    def _choose_in(self, combo: QComboBox, words: str) -> None:
        texts = [combo.itemText(n) for n in range(combo.count())]
        assert words in texts, f"「{words}」 is not offered: {texts}"
        combo.setFocus()
        steps = texts.index(words) - combo.currentIndex()
        press(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up, times=abs(steps))

    def _look(self, key: str, question: Question, typed: str) -> None:
        """Note where what is stored is not what was typed."""
        answer = self.model.book.get(key)
        text = getattr(answer, "text", None)
        if text is None:
            self.notes.append(f"{key}: 「{typed}」 → {answer}")
        elif not text or (
            question.kind is QuestionKind.NUMBER and _figures(text) != _figures(typed)
        ):
            self.notes.append(f"{key}: 「{typed}」 → 「{text}」")

    def pick(self, source: str, title: str) -> None:
        """Take an option of the library into the list of measures: its list by mouse, its name typed, Enter."""
        page = self.screen.page_widget(self.screen.current_page)
        assert isinstance(page, OptionsPage)
        self.push(source, page.sources)
        page.search.setFocus()
        press(Qt.Key.Key_A, CONTROL)
        press(Qt.Key.Key_Backspace)
        type_text(title[:6])
        press(Qt.Key.Key_Return)
        names = [
            self.model.book.text(cell_key("measures.list", row, "name"))
            for row in self.model.book.row_ids("measures.list")
        ]
        if title not in names:
            self.notes.append(f"「{title}」 did not come into the list of measures: {names}")

    # -- tables

    def panel(self, table: str) -> TablePanel:
        return next(one for one in self._page().findChildren(TablePanel) if one.table.id == table)

    def control(self, key: str) -> QuestionControl:
        """The question as it stands on the page."""
        return next(one for one in self._page().findChildren(QuestionControl) if one.key == key)

    def rows(self, table: str, rows: Sequence[Sequence[str]], *, first: str = "") -> None:
        """New rows of a free table, each by Insert, cell by cell with Tab. An empty text leaves its cell empty."""
        self.reach(table)
        for row in rows:
            view = self.panel(table).view
            if not view.hasFocus():  # Tab after the last cell leads out of the table
                view.setFocus()
            press(Qt.Key.Key_Insert)
            at = view.currentIndex().row()
            self._type_row(table, at, first, row)

    def fill(self, table: str, row: str, texts: Sequence[str], *, first: str = "") -> None:
        """A row there already, by its id or 「0」 for the first of a free table; from the column `first` on."""
        item = self.item(table)
        assert isinstance(item, TableQuestion)
        self.reach(table)
        panel = self.panel(table)
        at = int(row) if item.rows in (RowsKind.FREE, RowsKind.FOLLOWING) else -1
        if at < 0:
            at = panel.answers.rows.index(row)
        self._type_row(table, at, first, texts)

    def column(self, table: str, row: str, column: str, texts: Sequence[str]) -> None:
        """Down a column from a row on, Enter after each."""
        self.reach(table)
        panel = self.panel(table)
        panel.view.setFocus()
        at = panel.answers.rows.index(row)
        self._to_cell(panel, at, column)
        for n, text in enumerate(texts):
            key = cell_key(table, panel.answers.rows[at + n], column)
            here = panel.answers.key_at(panel.view.currentIndex())
            if here != key:
                self.notes.append(f"{table}: Enter led to {here}, not {key}")
                self._to_cell(panel, at + n, column)
            question = panel.answers.question_at(panel.view.currentIndex().column())
            assert question is not None
            type_text(text)
            press(Qt.Key.Key_Return)
            self._look(key, question, text)

    def year(self, year: int) -> None:
        """The year of the tables of months on this page, by the switch at its head."""
        self.push(str(year), self.screen.head)

    def clear_cell(self, table: str, row: str, column: str) -> None:
        """Empty a cell by Delete."""
        self.reach(table)
        panel = self.panel(table)
        panel.view.setFocus()
        self._to_cell(panel, panel.answers.rows.index(row), column)
        press(Qt.Key.Key_Delete)

    def delete_row(self, table: str, name: str) -> None:
        """Take a row of a free table out by Ctrl+Del."""
        at = row_of(self, table, name)
        self.reach(table)
        panel = self.panel(table)
        panel.view.setFocus()
        self._to_cell(panel, at, "name")
        press(Qt.Key.Key_Delete, CONTROL)

    def _type_row(self, table: str, at: int, first: str, texts: Sequence[str]) -> None:
        item = self.item(table)
        assert isinstance(item, TableQuestion)
        panel = self.panel(table)
        view = panel.view
        columns = [c.id for c in asked_columns(item, self.model.book) if not c.derived]
        columns = columns[columns.index(first) :] if first else columns
        assert len(texts) <= len(columns), f"{table}: {len(texts)} texts, columns {columns}"
        view.setFocus()
        self._to_cell(panel, at, columns[0])
        for n, text in enumerate(texts):
            row_id = panel.answers.rows[at]
            here = panel.answers.key_at(view.currentIndex())
            key = cell_key(table, row_id, columns[n])
            if here != key:
                self.notes.append(f"{table}: Tab led to {here}, not {key}")
                self._to_cell(panel, at, columns[n])
            question = panel.answers.question_at(view.currentIndex().column())
            assert question is not None
            if text:
                self._type_cell(panel, at, question, text)
                self._look(key, question, text)
            elif n + 1 < len(texts):
                press(Qt.Key.Key_Tab)

    def _to_cell(self, panel: TablePanel, row: int, column: str) -> None:
        """Arrow keys to a cell."""
        view = panel.view
        wanted = next(
            n
            for n in range(panel.answers.columnCount())
            if (q := panel.answers.question_at(n)) is not None and q.id == column
        )
        if not view.currentIndex().isValid():
            press(Qt.Key.Key_Down)
        for _ in range(400):
            index = view.currentIndex()
            if (index.row(), index.column()) == (row, wanted):
                return
            if index.row() != row:
                press(Qt.Key.Key_Down if index.row() < row else Qt.Key.Key_Up)
            else:
                press(Qt.Key.Key_Right if index.column() < wanted else Qt.Key.Key_Left)
        raise AssertionError(f"arrow keys do not lead to {row}/{column}")

    def _type_cell(self, panel: TablePanel, at: int, question: Question, text: str) -> None:
        if question.kind in (QuestionKind.CHOICE, QuestionKind.YES_NO):
            press(Qt.Key.Key_F2)
            self.settle()
            combo = next(c for c in panel.view.findChildren(QComboBox) if c.isVisible())
            texts = [combo.itemText(n) for n in range(combo.count())]
            assert text in texts, f"「{text}」 is not offered: {texts}"
            popup = combo.view()
            steps = texts.index(text) - max(0, popup.currentIndex().row())
            if combo.currentIndex() < 0 and popup.currentIndex().row() < 0:
                steps = texts.index(text) + 1
            for _ in range(abs(steps)):
                QTest.keyClick(popup, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)
            QTest.keyClick(popup, Qt.Key.Key_Return)
            self.wait(lambda: QApplication.focusWidget() is panel.view, "the list stays open")
            self._to_cell(panel, at, question.id)  # choosing leads down where there is a row below
            press(Qt.Key.Key_Tab)
            return
        type_text(text)
        press(Qt.Key.Key_Tab)


def _figures(text: str) -> str:
    return re.sub(r"\D|\.0+(?!\d)", "", unicodedata.normalize("NFKC", text))


def row_of(walker: Walker, table: str, name: str, column: str = "name") -> int:
    """Which row of a table has this name."""
    book = walker.model.book
    item = walker.item(table)
    assert isinstance(item, TableQuestion)
    ids = book.row_ids(table) if item.rows is RowsKind.FREE else row_ids(item, book, 2025)
    return [book.text(cell_key(table, one, column)) for one in ids].index(name)


def words_of(widget: QWidget) -> str:
    """Everything that can be read in a widget, in one line."""
    from PySide6.QtWidgets import QLabel

    return re.sub(
        r"<[^>]+>", "", " ".join(w.text() for w in widget.findChildren(QLabel) if w.isVisible())
    )


# Ways of a whole walk (tests/real_window/*_walk.py)


def explain(walker: Walker, reasons: Mapping[str, str]) -> None:
    """The check-up to nothing open: what is not to be mended gets its reason, as the list asks."""
    walker.go("E3")
    while found := _open(walker):
        blocks = [one for one in found if one.severity is Severity.BLOCK]
        assert not blocks, blocks
        _explain_first(walker, found[0], len(found), reasons)


def _open(walker: Walker) -> list[Concern]:
    check_up = walker.model.check_up
    assert check_up is not None
    walker.wait(lambda: not check_up.behind, "the check-up never ends")
    return [one for one in check_up.concerns if one.severity is not Severity.INFO]


def _explain_first(
    walker: Walker, concern: Concern, before: int, reasons: Mapping[str, str]
) -> None:
    def write(dialog: QWidget) -> None:
        (field,) = dialog.findChildren(QPlainTextEdit)
        field.setFocus()
        type_text(reasons.get(concern.rule, "已经核对过，情况属实"))
        walker.push("OK" if walker.has("OK", dialog) else "确定", dialog)

    walker.notes.append(f"explained: {concern.rule} {concern.arguments}")
    walker.wait(lambda: walker.has("写原因", walker.window), f"no reason can be given: {concern}")
    walker.in_dialog(lambda: walker.push("写原因"), write)
    walker.wait(lambda: len(_open(walker)) < before, f"the reason was not taken: {concern}")


def papers(walker: Walker) -> None:
    """送审稿, 定稿, Word, workbook, owner's page and 绩效表, each where the dialog is told."""
    folder = walker.model.session.path.parent
    walker.go("E3")
    for state in ("送审稿", "定稿"):
        walker.wait(lambda: walker.button("送审稿").isEnabled(), "no 送审稿 can be had")
        walker.push(state)
        target = folder / f"{state}.pdf"
        walker.save_as(lambda: press(Qt.Key.Key_S, CONTROL), target)
        walker.wait(target.is_file, f"{state} was not written")
        walker.settle(1)
        walker.picture(state)
    walker.from_menu("别的格式", 1, folder / "报告.docx")
    forms = folder / "表格"
    forms.mkdir(exist_ok=True)
    walker.from_menu("表格", 1, forms, lambda: any("绩效" in one.name for one in forms.rglob("*")))
    walker.go("E2")
    walker.save_as(lambda: press(Qt.Key.Key_S, CONTROL), folder / "一页.pdf")
    walker.wait((folder / "一页.pdf").is_file, "the owner's page was not written")


def walk(stages: Sequence[Callable[[Walker], None]], pictures: Path | None) -> None:
    """Start the program with an empty folder of its own and go through the stages."""
    os.environ["CLEANAUDIT_HOME"] = tempfile.mkdtemp(prefix="cleanaudit-walk-")
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    from app.bootstrap import build_services
    from app.ui.application import create_application
    from app.ui.main_window import MainWindow
    from app.ui.settings import load_settings

    settings = load_settings()
    app = create_application(settings)
    failed: list[BaseException] = []

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        failed.append(error)
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = note
    services = build_services()
    window = MainWindow(services, settings)
    window.showMaximized()
    window.start(None)
    walker = Walker(window, pictures)
    walker.wait(app.focusWidget, "the window has no keyboard")
    for stage in stages:
        stage(walker)
        assert not failed, f"{stage.__name__}: {failed}"
        sys.stdout.write(f"{stage.__name__} {walker.notes}\n")
        walker.notes.clear()
        walker.pictures_of_page(stage.__name__)
    window.close()
    services.close()
