"""One designed widget per question kind, and the registry that picks it.

Every input emits `answered(Parsed)` when the user has given something, and `step(+1 / -1)` for next and previous field.
To add a kind: a class with what all of `Input` have, its name there, and a line in `create_input`.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from PySide6.QtCore import (
    QDate,
    QEvent,
    QObject,
    QPoint,
    QSize,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.forms.answer import MISSING, Answer, Given
from app.forms.parse import Parsed, is_unread, parse_answer
from app.forms.question import Question, QuestionKind
from app.ui import theme
from app.ui.fields.edit import REST_MS, FieldState, LineField, paint_box
from app.ui.widgets import FlowLayout, Segments

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
NONE = "none"  # the option of a multiple choice that excludes the others
# Choices up to this many characters in all stand side by side; longer ones drop down.
_SEGMENT_CHARACTERS = 22


def is_zero(answer: Answer) -> bool:
    """True for the number nought, however it is written."""
    if not isinstance(answer, Given):
        return False
    try:
        return Fraction(answer.text) == 0
    except (ValueError, ZeroDivisionError):
        return False


def grouped(text: str) -> str:
    """Canonical decimal text with thousands commas and a true minus sign; anything else as it is."""
    body = text.removeprefix("-")
    whole, point, places = body.partition(".")
    if not whole.isascii() or not whole.isdigit() or (point and not places.isdigit()):
        return text
    return ("−" if text.startswith("-") else "") + f"{int(whole):,}" + point + places


def answer_text(question: Question, answer: Answer) -> str:
    """An answer as the user reads it: grouped figures, labels of choices."""
    if not isinstance(answer, Given):
        return ""
    if is_unread(answer):
        return answer.raw
    labels = {option.id: option.label for option in question.options}
    match question.kind:
        case QuestionKind.NUMBER:
            # an endless decimal (10 MJ in kW·h) is kept exactly as a quotient; people see what they typed
            return answer.raw if "/" in answer.text and answer.raw else grouped(answer.text)
        case QuestionKind.CHOICE:
            return labels.get(answer.text, answer.text)
        case QuestionKind.MULTI_CHOICE:
            return "、".join(labels.get(part, part) for part in answer.text.split("|") if part)
        case QuestionKind.YES_NO:
            return {"yes": "是", "no": "否"}.get(answer.text, answer.text)
        case _:
            return answer.text


_PLACEHOLDERS = {
    QuestionKind.NUMBER: "—",
    QuestionKind.YEAR: "2009",
    QuestionKind.MONTH: "2025-03",
    QuestionKind.DATE: "2026-10-31",
}


class TypedInput(LineField):
    """Text, numbers, years, months, dates and codes: typed, understood, shown in canonical form when left."""

    answered = Signal(object)
    step = Signal(int)

    def __init__(
        self, question: Question, *, small: bool = False, parent: QWidget | None = None
    ) -> None:
        number = question.kind is QuestionKind.NUMBER
        super().__init__(
            unit=question.unit if number and not small else "",
            small=small,
            slash=question.silences,
            parent=parent,
        )
        self._question = question
        self._answer: Answer = MISSING
        self._shown = ""
        self._keeps_text = False
        if number:
            self.setAlignment(RIGHT)
        example = f"如 {question.examples}" if question.examples else ""
        self.setPlaceholderText(example or _PLACEHOLDERS.get(question.kind, ""))
        self.rested.connect(self.commit)
        self.left.connect(self._on_left)
        self.accepted.connect(self._on_accepted)
        self._offered: Callable[[], Sequence[str]] | None = None
        if question.kind is QuestionKind.DATE:
            self._add_calendar()

    @property
    def is_dirty(self) -> bool:
        """True while the text differs from the recorded answer."""
        return self.text().strip() != self._shown

    def show_answer(self, answer: Answer) -> None:
        self._answer = answer
        text = answer_text(self._question, answer)
        if self.hasFocus() and self.isModified() and not self.isReadOnly():
            # The user is typing: keep the caret and the letters; the canonical form comes when the field is left.
            if parse_answer(self._question, self.text()).answer == answer:
                self._shown = self.text().strip()
                return
            if self.is_dirty:
                return
        self._shown = text
        if self.text() != text:
            self.setText(text)
            if not self.hasFocus():
                self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not self.is_dirty
            and (
                event.matches(QKeySequence.StandardKey.Undo)
                or event.matches(QKeySequence.StandardKey.Redo)
            )
        ):
            event.ignore()  # nothing is being typed: Ctrl+Z takes back the last act
            return True
        return super().event(event)

    def commit(self) -> None:
        """Emit what is typed, once, if it is new."""
        self.stop_timer()
        if self.isReadOnly() or not self.is_dirty:
            return
        typed = self.text().strip()
        self._shown = typed
        self.answered.emit(parse_answer(self._question, typed))

    def _on_left(self) -> None:
        self.commit()
        self.setModified(False)
        if not self.isReadOnly() and not self._keeps_text:
            self.show_answer(self._answer)
            self.home(False)  # what is longer than the field shows its beginning

    def drop_typed(self) -> None:
        """Forget what is being typed; the recorded answer shows again."""
        self.stop_timer()
        self.setModified(False)
        self.show_answer(self._answer)

    def keep_text(self, keep: bool) -> None:
        """While kept, what is typed stays as it is when the field is left (a figure typed over, its reason to come)."""
        self._keeps_text = keep

    def _on_accepted(self, direction: int) -> None:
        self.commit()
        self.step.emit(direction)

    def set_name(self, name: str, description: str) -> None:
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)

    def focus_target(self) -> QWidget:
        return self

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._offered is not None:
            self._add_completer()
        super().focusInEvent(event)

    def suggest(self, offered: Callable[[], Sequence[str]]) -> None:
        """Texts to choose from while typing any part of them; asked for when the field is first entered."""
        self._offered = offered

    def _add_completer(self) -> None:
        offered = self._offered
        self._offered = None
        completer = _Completer(list(offered()) if offered is not None else [], self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setMaxVisibleItems(10)
        completer.popup().setProperty("role", "offers")
        completer.activated.connect(lambda _text: QTimer.singleShot(0, self.commit))
        self.setCompleter(completer)

    def _add_calendar(self) -> None:
        action = self.addAction(theme.icon("calendar"), LineField.ActionPosition.TrailingPosition)
        action.setToolTip(self.tr("翻日历"))
        action.triggered.connect(self._open_calendar)
        for tool in self.findChildren(QToolButton):
            tool.setAccessibleName(self.tr("翻日历"))

    def _open_calendar(self) -> None:
        calendar = QCalendarWidget(self)
        calendar.setWindowFlag(Qt.WindowType.Popup)
        calendar.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar.setAccessibleName(self.tr("日历"))
        day = QDate.fromString(self.text().strip(), "yyyy-MM-dd")
        if day.isValid():
            calendar.setSelectedDate(day)

        def choose(chosen: QDate) -> None:
            calendar.close()
            self.setText(chosen.toString("yyyy-MM-dd"))
            self.commit()
            self.setFocus()

        calendar.activated.connect(choose)
        calendar.clicked.connect(choose)
        calendar.move(self.mapToGlobal(QPoint(0, self.height())))
        calendar.show()


class _Completer(QCompleter):
    """Offers what holds the typed characters, together first, then in their order with others between them: 「木家具」 finds
    「木质家具制造」."""

    def __init__(self, texts: Sequence[str], parent: QWidget) -> None:
        self._texts = texts
        self._shown = QStringListModel(list(texts))
        super().__init__(self._shown, parent)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def splitPath(self, path: str) -> list[str]:
        self._shown.setStringList(_holding(path, self._texts))
        return [""]  # the list is already what fits


def _holding(typed: str, texts: Sequence[str]) -> list[str]:
    wanted = "".join(typed.lower().split())
    together = [text for text in texts if typed.strip().lower() in text.lower()]
    spread = [text for text in texts if text not in together and _in_order(wanted, text.lower())]
    return together + spread if wanted else []


def _in_order(wanted: str, text: str) -> bool:
    rest = iter(text)
    return all(character in rest for character in wanted)


class LongTextInput(QFrame):
    """Several lines of text in the same painted box. Tab leaves it; Enter begins a new line."""

    answered = Signal(object)
    step = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self._shown = ""
        self._state = FieldState.NORMAL
        self._edit = QPlainTextEdit(self)
        self._edit.setTabChangesFocus(True)
        self._edit.setFrameShape(QFrame.Shape.NoFrame)
        self._edit.setStyleSheet(
            "QPlainTextEdit,QPlainTextEdit:focus{border:0;background:transparent;padding:0}"
        )
        self._edit.document().setDocumentMargin(2)
        self._edit.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._edit.installEventFilter(self)
        box = QHBoxLayout(self)
        box.setContentsMargins(7, 4, 4, 4)
        box.addWidget(self._edit)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.commit)
        self._edit.textChanged.connect(self._on_text_changed)
        self._fit()

    def _on_text_changed(self) -> None:
        self._fit()
        if self._edit.hasFocus():
            self._timer.start()

    def _fit(self) -> None:
        """Two to eight lines, as many as the text needs."""
        lines = 0
        block = self._edit.document().begin()
        while block.isValid():
            layout = block.layout()
            lines += max(1, layout.lineCount() if layout is not None else 1)
            block = block.next()
        line = self._edit.fontMetrics().lineSpacing()
        self.setFixedHeight(min(8, max(2, lines)) * line + 16)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
            self.update()
        elif event.type() == QEvent.Type.FocusOut:
            self.commit()
            self.left.emit()
            self.update()
        return False

    def show_answer(self, answer: Answer) -> None:
        text = answer_text(self._question, answer)
        if self._edit.hasFocus() and self._edit.toPlainText().strip() != self._shown:
            return
        self._shown = text.strip()
        if self._edit.toPlainText().strip() != self._shown:
            self._edit.setPlainText(text)

    def commit(self) -> None:
        self._timer.stop()
        typed = self._edit.toPlainText().strip()
        if typed == self._shown:
            return
        self._shown = typed
        self.answered.emit(parse_answer(self._question, typed))

    def set_state(self, state: FieldState) -> None:
        self._state = state
        self._edit.setReadOnly(state in (FieldState.COMPUTED, FieldState.READ_ONLY))
        self.update()

    def set_name(self, name: str, description: str) -> None:
        self._edit.setAccessibleName(name)
        self._edit.setAccessibleDescription(description)

    def focus_target(self) -> QWidget:
        return self._edit

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_box(painter, self.rect(), self._state, focused=self._edit.hasFocus())
        painter.end()


class _FocusWatch(QObject):
    """Tells a composite input that focus came into or left one of its buttons, and handles its keys."""

    def __init__(self, owner: "SegmentsInput | ChipsInput", clear: Callable[[], None]) -> None:
        super().__init__(owner)
        self._owner = owner
        self._clear = clear

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._owner.entered.emit()
        elif event.type() == QEvent.Type.FocusOut:
            self._owner.left.emit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
                event.modifiers() & Qt.KeyboardModifier.ControlModifier
            ):
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._owner.step.emit(-1 if back else 1)
                return True
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self._clear()
                return True
        return False


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
        watch = _FocusWatch(self, self._take_back)
        for tool in self.buttons:
            tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            tool.installEventFilter(watch)
        self.chosen.connect(self._on_chosen)

    def _on_chosen(self, index: int) -> None:
        self.answered.emit(Parsed(Given(self._ids[index])))

    def _take_back(self) -> None:
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
        watch = _FocusWatch(self, self._take_back)
        for option in question.options:
            tool = QPushButton(option.label)
            tool.setToolTip(option.hint)
            tool.setCheckable(True)
            tool.setProperty("role", "pill")
            tool.installEventFilter(watch)
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

    def _take_back(self) -> None:
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


Input = TypedInput | LongTextInput | SegmentsInput | ComboInput | ChipsInput


def create_input(question: Question, *, small: bool = False) -> Input:
    """The designed input of a question's kind."""
    match question.kind:
        case QuestionKind.LONG_TEXT:
            return LongTextInput(question)
        case QuestionKind.YES_NO:
            return SegmentsInput(question, (("yes", "是"), ("no", "否")))
        case QuestionKind.CHOICE:
            if sum(len(option.label) + 2 for option in question.options) <= _SEGMENT_CHARACTERS:
                return SegmentsInput(
                    question, tuple((option.id, option.label) for option in question.options)
                )
            return ComboInput(question)
        case QuestionKind.MULTI_CHOICE:
            return ChipsInput(question)
        case _:
            return TypedInput(question, small=small)
