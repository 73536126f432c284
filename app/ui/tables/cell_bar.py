"""The line under a table: what the current cell needs said, asked where the hand already is."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QPushButton, QWidget

from app.ui.fields.edit import LineField
from app.ui.fields.message_line import MessageLine, Tone
from app.ui.widgets import button, frame


class CellBar(QWidget):
    """One sentence, links, and where needed a line to write in with a button.

    accepted(text): the button or Enter. refused(): Esc or the second button. picked(link): a link of the sentence.
    """

    accepted = Signal(str)
    refused = Signal()
    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inner = frame("foot", vertical=False, margins=(10, 4, 8, 4), spacing=8)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(inner)
        box: QHBoxLayout = inner.layout()  # type: ignore[assignment]
        self.line = MessageLine()
        self.line.picked.connect(self.picked)
        self.field = LineField(small=True)
        self.field.setMinimumWidth(220)
        self.field.accepted.connect(lambda _step: self._accept())
        self.yes = button("", self._accept, role="small")
        self.no = button("", self.refused.emit, role="small")
        box.addWidget(self.line, 1)
        box.addWidget(self.field, 1)
        box.addWidget(self.yes)
        box.addWidget(self.no)
        for part in (self.field, self.yes, self.no):
            part.installEventFilter(self)
        self._asking = False
        self.hide()

    @property
    def is_asking(self) -> bool:
        """True while an answer is waited for."""
        return self._asking

    def say(self, text: str, tone: Tone, links: Sequence[tuple[str, str]] = ()) -> None:
        """A sentence about the current cell; nothing hides the bar."""
        self._asking = False
        for part in (self.field, self.yes, self.no):
            part.hide()
        self.line.show_message(text, tone, links)
        self.setVisible(bool(text))

    def ask(
        self,
        text: str,
        yes: str,
        no: str,
        *,
        write: str = "",
        filled: str = "",
        offered: Sequence[str] = (),
        focus: bool = True,
    ) -> None:
        """A question. `write` names the line to write in ("" = only buttons); `offered` are earlier texts."""
        self._asking = focus
        self.line.show_message(text, "warn")
        self.yes.setText(yes)
        self.yes.updateGeometry()
        self.no.setText(no)
        self.no.setVisible(bool(no))
        self.yes.show()
        self.field.setVisible(bool(write))
        self.setVisible(True)
        if write:
            self.field.setText(filled)
            self.field.setPlaceholderText(write)
            self.field.setAccessibleName(f"{text}：{write}")
            self.field.setCompleter(QCompleter(list(offered), self.field) if offered else None)  # type: ignore[arg-type]
        self.yes.setAccessibleName(f"{text}：{yes}")
        if focus:
            target = self.field if write else self.yes
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _accept(self) -> None:
        self.accepted.emit(self.field.text().strip() if not self.field.isHidden() else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.refused.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
                watched, QPushButton
            ):
                watched.click()
                return True
        return False
