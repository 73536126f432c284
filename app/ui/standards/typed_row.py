"""What is typed from the print for one row, field by field, and how it compares."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.services.checking import Compared, Field, Kind
from app.ui import theme, widgets
from app.ui.standards.words import tr

_YES_NO = ("是", "否")


class _Entry(QLineEdit):
    """Ctrl+Z is the field's own while there is typing to take back, else the screen's."""

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Undo)
            and not self.isUndoAvailable()
        ):
            event.ignore()
            return False
        return super().event(event)


class TypedRow(QFrame):
    """One thing to type: label, field (or two choices), and beside it what the library has, once typed."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.setProperty("role", "row")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 5, 0, 5)
        box.setSpacing(3)
        line = QHBoxLayout()
        line.setSpacing(10)
        title = widgets.label(field.label, "table")
        title.setMinimumWidth(70)
        line.addWidget(title)
        self.edit: QLineEdit | None = None
        self.choice: widgets.Segments | None = None
        if field.kind is Kind.TEXT:
            self.edit = _Entry()
            self.edit.setAccessibleName(tr("原文里的{name}").format(name=field.label))
            self.edit.setFixedWidth(112)
            self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.edit.textEdited.connect(lambda _: self._on_typing())
            self.edit.editingFinished.connect(self.changed)
            line.addWidget(self.edit)
        elif field.kind is Kind.YES_NO:
            self.choice = widgets.Segments([tr("是"), tr("否")], name=tr("限定性指标"))
            self.choice.chosen.connect(lambda _: self.changed.emit())
            line.addWidget(self.choice)
        else:
            self.choice = widgets.Segments(
                [tr("意思一样"), tr("不一样")], name=tr("读了原文，各级要求")
            )
            self.choice.chosen.connect(lambda _: self.changed.emit())
            line.addWidget(self.choice)
        self._ours = widgets.label("", "second")
        self._verdict = widgets.label("", "table")
        line.addWidget(self._ours)
        line.addStretch(1)
        line.addWidget(self._verdict)
        box.addLayout(line)
        self._below = widgets.label("", "second", wrap=True)
        self._below.setVisible(False)
        box.addWidget(self._below)
        self.hide_ours()

    @property
    def text(self) -> str:
        if self.edit is not None:
            return self.edit.text()
        assert self.choice is not None
        chosen = self.choice.current()
        return "" if chosen is None else _YES_NO[chosen]

    @property
    def control(self) -> QWidget:
        if self.edit is not None:
            return self.edit
        assert self.choice is not None
        chosen = self.choice.current()
        return self.choice.buttons[0 if chosen is None else chosen]

    def _on_typing(self) -> None:
        """A value that is being changed is no longer compared."""
        self.hide_ours()

    def hide_ours(self) -> None:
        waiting = tr("选完显示") if self.field.kind is Kind.YES_NO else tr("打完显示")
        self._ours.setText("" if self.field.kind is Kind.READING else waiting)
        self._verdict.setText("")

    def show_compared(self, compared: Compared) -> None:
        if self.field.kind is not Kind.READING:
            self._ours.setText(compared.ours)
        if compared.problem:
            self._ours.setText(compared.problem)
            self._say(tr("看不懂"), "error")
        elif compared.same:
            self._say(tr("✓ 一样"), "ok")
        else:
            self._say(tr("≠ 不一样"), "warn")

    def show_words(self, words: str) -> None:
        """Our short words, for the reading; shown only after everything else is typed."""
        self._below.setText(words)
        self._below.setVisible(bool(words))
        assert self.choice is not None
        for button in self.choice.buttons:
            button.setEnabled(bool(words))
            button.setToolTip("" if words else tr("先把上面几格打完"))

    def _say(self, text: str, tone: str) -> None:
        self._verdict.setText(text)
        theme.set_property(self._verdict, "tone", tone)
