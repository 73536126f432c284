"""A text of several lines that grows with what is written."""

from PySide6.QtCore import (
    QEvent,
    QObject,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QWidget,
)

from app.forms.answer import Answer
from app.forms.parse import parse_answer
from app.forms.question import Question
from app.ui.fields.answer_words import answer_text
from app.ui.fields.edit import REST_MS, FieldState, paint_box


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
