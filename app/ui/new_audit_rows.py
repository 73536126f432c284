"""One of the ten questions of a new audit: number, words, inputs side by side."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.assessment.finding import Missing
from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.parse import Parsed
from app.forms.question import Card, Question, QuestionKind
from app.ui import theme, widgets
from app.ui.fields.edit import FieldState
from app.ui.fields.inputs import Input, create_input
from app.ui.fields.typed_input import TypedInput

# Widths of the fields, in px, as the answers need them.
_WIDTHS = {
    QuestionKind.TEXT: 226,
    QuestionKind.CREDIT_CODE: 180,
    QuestionKind.INDUSTRY: 250,
    QuestionKind.YEAR: 78,
    QuestionKind.MONTH: 100,
    QuestionKind.NUMBER: 136,
}
_NAMED_INSIDE = (QuestionKind.TEXT, QuestionKind.CREDIT_CODE, QuestionKind.INDUSTRY)


def _width(question: Question) -> int:
    """A text whose example is short gets a short field."""
    if question.kind is QuestionKind.TEXT and question.examples:
        return 40 + 14 * len(question.examples)
    return _WIDTHS.get(question.kind, 130)


class _Number(QWidget):
    """The number of a question: a ring, filled once it is answered."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._done = False
        self.setFixedSize(22, 22)

    def show_state(self, number: int, *, done: bool) -> None:
        self._number = number
        self._done = done
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("jade" if self._done else "border"), 1.4))
        painter.setBrush(theme.color("jade" if self._done else "surface"))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.setPen(theme.color("on_jade" if self._done else "ink2"))
        painter.setFont(theme.font("caption", bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class QuestionRow(QFrame):
    """One of the ten: number, words, inputs side by side.

    answered: (key, answer) of one of its questions. stepped: (key, +1 / -1), Enter was pressed in its input.
    """

    answered = Signal(str, object)
    stepped = Signal(str, int)

    def __init__(self, number: int, card: Card, industries: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.card = card
        self.is_done = False
        # A choice of one thing is no question.
        self.questions = [
            item for item in card.items if isinstance(item, Question) and len(item.options) != 1
        ]
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 8, 14, 8)
        box.setSpacing(14)
        self._number = _Number(number)
        box.addWidget(self._number)
        words = QWidget()
        words.setFixedWidth(172)
        words_box = QVBoxLayout(words)
        words_box.setContentsMargins(0, 0, 0, 0)
        words_box.setSpacing(0)
        words_box.addStretch(1)
        words_box.addWidget(widgets.label(card.title, wrap=True))
        if card.note:
            words_box.addWidget(widgets.label(card.note, "note", wrap=True))
        words_box.addStretch(1)
        box.addWidget(words)
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addStretch(1)
        holder = QWidget()
        flow = widgets.FlowLayout(holder, spacing=10)
        self.inputs: dict[str, Input] = {}
        self._parts: dict[str, QWidget] = {}
        for place, question in enumerate(self.questions):
            field = create_input(question)
            if question.kind is QuestionKind.INDUSTRY and isinstance(field, TypedInput):
                field.suggest(industries)
            field.set_name(question.title, self.tr("第 {n} 题").format(n=number))
            field.answered.connect(lambda parsed, key=question.id: self._take(key, parsed))
            field.step.connect(lambda way, key=question.id: self.stepped.emit(key, way))
            self.inputs[question.id] = field
            if question.kind is QuestionKind.MULTI_CHOICE:
                # Chips wrap by themselves and want the whole width.
                self._parts[question.id] = field
                side.addWidget(field)
                continue
            if question.kind is QuestionKind.LONG_TEXT:
                whole = QWidget()
                stack = QVBoxLayout(whole)
                stack.setContentsMargins(0, 2, 0, 0)
                stack.setSpacing(2)
                stack.addWidget(
                    widgets.label(f"{question.title}{question.help}", "note", wrap=True)
                )
                stack.addWidget(field)
                self._parts[question.id] = whole
                side.addWidget(whole)
                continue
            unit = QWidget()
            line = widgets.row(spacing=6)
            if isinstance(field, QLineEdit):
                field.setFixedWidth(_width(question))
                if question.kind in _NAMED_INSIDE:
                    field.setPlaceholderText(question.short)
                else:
                    line.addWidget(widgets.label(question.short, "note"))
            elif place:
                line.addWidget(widgets.label(question.short, "note"))
            line.addWidget(field)
            unit.setLayout(line)
            self._parts[question.id] = unit
            flow.addWidget(unit)
        if flow.count():
            side.addWidget(holder)
        else:
            holder.deleteLater()
        self._problems: dict[str, str] = {}
        self._problem = widgets.label("", "note", tone="error", wrap=True)
        self._problem.hide()
        side.addWidget(self._problem)
        side.addStretch(1)
        box.addLayout(side, 1)

    def _take(self, key: str, parsed: Parsed) -> None:
        problem = parsed.problem
        self.inputs[key].set_state(FieldState.MUST_MEND if problem else FieldState.NORMAL)
        self._problems.pop(key, None)
        if problem is not None:
            self._problems[key] = f"{problem.what}。{problem.remedy}"
        self._problem.setText("\n".join(self._problems.values()))
        self._problem.setVisible(bool(self._problems))
        self.answered.emit(key, parsed.answer)

    def is_asked(self, book: AnswerBook) -> bool:
        return holds(self.card.condition, book)

    def show_book(self, book: AnswerBook, number: int) -> bool:
        """Renew what is asked, the answers shown and the ring; True when every asked question is answered."""
        asked = [question for question in self.questions if holds(question.condition, book)]
        for question in self.questions:
            self._parts[question.id].setVisible(question in asked)
            self.inputs[question.id].show_answer(book.get(question.id))
        required = [question for question in asked if question.required] or asked
        done = (
            bool(required)
            and not self._problems
            and not any(isinstance(book.get(question.id), Missing) for question in required)
        )
        self._number.show_state(number, done=done)
        self.is_done = done
        return done

    def focus_open(self, book: AnswerBook) -> None:
        """Put the focus on the first question without an answer."""
        for question in self.questions:
            if not self._parts[question.id].isHidden() and isinstance(
                book.get(question.id), Missing
            ):
                self.inputs[question.id].focus_target().setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def commit(self) -> None:
        for field in self.inputs.values():
            field.commit()
