"""Answers that are chosen: segments, a list that opens, chips of which several may be on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.forms.answer import MISSING, Answer, Given
from app.forms.parse import Parsed
from app.forms.question import Question
from app.ui import theme
from app.ui.fields.edit import FieldState
from app.ui.widgets import FlowLayout, Segments

NONE = "none"  # the option of a multiple choice that excludes the others


if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    _Button = object  # what follows is mixed into two kinds of button


class _Part(_Button):
    """A button of a composite input: tells it when focus comes or goes, and hands its keys on.

    Handlers, no event filter: a filter in Python is asked for every event of every button, which costs a page of
    choices more time than anything else in it.
    """

    owner: "SegmentsInput | ChipsInput"

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.owner.entered.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.owner.left.emit()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.owner.step.emit(-1 if back else 1)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.owner.take_back()
        else:
            super().keyPressEvent(event)


class _Segment(_Part, QToolButton):
    """One of a few side by side."""


class _Chip(_Part, QPushButton):
    """One of several that may be on together."""


class SegmentsInput(Segments):
    """A few short choices side by side. Space picks, arrows move, Delete takes the answer back."""

    answered = Signal(object)
    step = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(
        self,
        question: Question,
        options: tuple[tuple[str, str], ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__([words for _, words in options], parent=parent)
        self._ids = [option for option, _ in options]
        for tool in self.buttons:
            tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.chosen.connect(self._on_chosen)

    def make_button(self) -> QToolButton:
        button = _Segment()
        button.owner = self
        return button

    def _on_chosen(self, index: int) -> None:
        self.answered.emit(Parsed(Given(self._ids[index])))

    def take_back(self) -> None:
        if self.current() is not None:
            self.set_current(None)
            self.answered.emit(Parsed(MISSING))

    def show_answer(self, answer: Answer) -> None:
        text = answer.text if isinstance(answer, Given) else ""
        self.set_current(self._ids.index(text) if text in self._ids else None)

    def commit(self) -> None:
        """Choices are recorded when they are made."""

    def set_state(self, state: FieldState) -> None:
        self.setEnabled(state not in (FieldState.COMPUTED, FieldState.READ_ONLY))

    def set_name(self, name: str, description: str) -> None:
        self.setAccessibleName(name)
        for tool in self.buttons:
            tool.setAccessibleName(f"{name}：{tool.text()}")
            tool.setAccessibleDescription(description)

    def focus_target(self) -> QWidget:
        return self.buttons[self.current() or 0]


class ComboInput(QComboBox):
    """One choice of many."""

    answered = Signal(object)
    step = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids = [option.id for option in question.options]
        for option in question.options:
            self.addItem(option.label)
            if option.hint:
                self.setItemData(self.count() - 1, option.hint, Qt.ItemDataRole.ToolTipRole)
        self.setPlaceholderText(self.tr("选一个"))
        self.setCurrentIndex(-1)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda index: self.answered.emit(Parsed(Given(self._ids[index]))))

    def sizeHint(self) -> QSize:
        return QSize(140, theme.size("field"))

    def show_answer(self, answer: Answer) -> None:
        text = answer.text if isinstance(answer, Given) else ""
        self.setCurrentIndex(self._ids.index(text) if text in self._ids else -1)

    def commit(self) -> None:
        """Choices are recorded when they are made."""

    def set_state(self, state: FieldState) -> None:
        self.setEnabled(state not in (FieldState.COMPUTED, FieldState.READ_ONLY))

    def set_name(self, name: str, description: str) -> None:
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)

    def focus_target(self) -> QWidget:
        return self

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step.emit(-1 if back else 1)
            return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentIndex() >= 0:
            self.setCurrentIndex(-1)
            self.answered.emit(Parsed(MISSING))
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling the page must not change an answer

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


class ChipsInput(QWidget):
    """Several choices as chips that are pressed in or out."""

    answered = Signal(object)
    step = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids = [option.id for option in question.options]
        box = FlowLayout(self, spacing=6, line_spacing=6)
        self._buttons: list[QPushButton] = []
        self._labels = [option.label for option in question.options]
        for option in question.options:
            tool = _Chip(option.label)
            tool.owner = self
            tool.setToolTip(option.hint)
            tool.setCheckable(True)
            tool.setProperty("role", "pill")
            tool.clicked.connect(lambda _on, tool=tool: self._on_clicked(tool))
            self._buttons.append(tool)
            box.addWidget(tool)
        # Preferred: by its width it knows its height; its least height is that of the least width, far too much.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _on_clicked(self, clicked: QPushButton) -> None:
        if clicked.isChecked():
            # 「都没有」 and the rest put each other out.
            none = self._ids[self._buttons.index(clicked)] == NONE
            for option, tool in zip(self._ids, self._buttons, strict=True):
                if tool is not clicked and (none or option == NONE):
                    tool.setChecked(False)
        self._mark()
        picked = [i for i, tool in zip(self._ids, self._buttons, strict=True) if tool.isChecked()]
        self.answered.emit(Parsed(Given("|".join(picked)) if picked else MISSING))

    def take_back(self) -> None:
        if any(tool.isChecked() for tool in self._buttons):
            for tool in self._buttons:
                tool.setChecked(False)
            self._mark()
            self.answered.emit(Parsed(MISSING))

    def show_answer(self, answer: Answer) -> None:
        picked = answer.text.split("|") if isinstance(answer, Given) else []
        for option, tool in zip(self._ids, self._buttons, strict=True):
            tool.setChecked(option in picked)
        self._mark()

    def _mark(self) -> None:
        """A tick on what is picked, so that it shows without colour."""
        for words, tool in zip(self._labels, self._buttons, strict=True):
            tool.setText(f"✓ {words}" if tool.isChecked() else words)

    def commit(self) -> None:
        """Choices are recorded when they are made."""

    def set_state(self, state: FieldState) -> None:
        self.setEnabled(state not in (FieldState.COMPUTED, FieldState.READ_ONLY))

    def set_name(self, name: str, description: str) -> None:
        self.setAccessibleName(name)
        for words, tool in zip(self._labels, self._buttons, strict=True):
            tool.setAccessibleName(f"{name}：{words}")
            tool.setAccessibleDescription(description)

    def focus_target(self) -> QWidget:
        return self._buttons[0]
