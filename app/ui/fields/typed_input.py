"""A line in which an answer is typed: understood while typing, with suggestions and a calendar where they help."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QDate,
    QPoint,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCompleter,
    QToolButton,
    QWidget,
)

from app.forms.answer import MISSING, Answer
from app.forms.parse import parse_answer
from app.forms.question import Question, QuestionKind
from app.ui import theme
from app.ui.fields.answer_words import answer_text
from app.ui.fields.edit import LineField

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
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

    def ask(self, question: Question) -> None:
        """The same question in another unit."""
        self._question = question
        self.set_unit(question.unit)

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

    def is_being_typed(self) -> bool:
        return self.is_dirty

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
