"""The questions of a paste above its table: each with its answers as buttons, answered ones with a way back."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.forms.reading.plan import Doubt
from app.ui import widgets

_MOST_SHOWN = 4  # open questions that stand there at once
_MOST_SETTLED = 8


class _Line(QWidget):
    """One question: its text, then its answers in lines that wrap."""

    def __init__(self, doubt: Doubt, number: int, of: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons: list[widgets.ActionButton] = []
        self.doubt = doubt
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 3, 0, 3)
        box.setSpacing(5)
        top = QHBoxLayout()
        top.setSpacing(9)
        top.addWidget(widgets.IconLabel("warning", "ochre", 16), 0, Qt.AlignmentFlag.AlignTop)
        text = f"{number}/{of}  {doubt.text}" if of > 1 else doubt.text
        top.addWidget(widgets.label(text, "table_strong", wrap=True), 1)
        box.addLayout(top)
        holder = QWidget()
        flow = widgets.FlowLayout(holder, spacing=8, line_spacing=6)
        flow.setContentsMargins(25, 0, 0, 0)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        holder.setSizePolicy(policy)
        for place, choice in enumerate(doubt.choices):
            button = widgets.button(
                choice.label, role="small", keys=str(place + 1) if number == 1 and place < 9 else ""
            )
            button.setAccessibleName(f"{doubt.text} {choice.label}")
            flow.addWidget(button)
            self.buttons.append(button)
        box.addWidget(holder)


class DoubtList(QWidget):
    """answered(doubt id, key): the user chose; key "" takes an answer back. Digits choose for the first open question."""

    answered = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[_Line] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._settled: list[widgets.ActionButton] = []

    @property
    def first_button(self) -> widgets.ActionButton | None:
        """The first answer of the first open question."""
        return self._lines[0].buttons[0] if self._lines else None

    def buttons(self) -> list[widgets.ActionButton]:
        """All answers of open questions, then the ways back, in the order of Tab."""
        return [*(button for line in self._lines for button in line.buttons), *self._settled]

    def show_doubts(
        self, questions: Sequence[Doubt], settled: Sequence[Doubt], remembered: frozenset[str]
    ) -> None:
        """remembered: ids of answers taken over from the last time."""
        widgets.clear_layout(self._box)
        self._lines, self._settled = [], []
        for number, doubt in enumerate(questions[:_MOST_SHOWN], start=1):
            frame = widgets.frame("message", vertical=True, margins=(12, 4, 8, 6), spacing=0)
            frame.setProperty("tone", "warn")
            line = _Line(doubt, number, len(questions), frame)
            layout = frame.layout()
            assert layout is not None
            layout.addWidget(line)
            for button, choice in zip(line.buttons, doubt.choices, strict=True):
                button.clicked.connect(
                    lambda _=False, d=doubt.id, k=choice.key: self.answered.emit(d, k)
                )
            self._lines.append(line)
            self._box.addWidget(frame)
        if len(questions) > _MOST_SHOWN:
            self._box.addWidget(
                widgets.label(
                    self.tr("还有 {0} 处要定，定了上面的再看").format(len(questions) - _MOST_SHOWN),
                    "note",
                )
            )
        for doubt in settled[:_MOST_SETTLED]:
            chosen = next(
                (choice.label for choice in doubt.choices if choice.key == doubt.chosen), ""
            )
            how = self.tr("（照上次）") if doubt.id in remembered else ""
            change = widgets.link(self.tr("改"), name=self.tr("改：{0}").format(doubt.text))
            if doubt.id == "hidden":
                other = next(choice for choice in doubt.choices if choice.key != doubt.chosen)
                change.setText(other.label)
                change.clicked.connect(lambda _=False, k=other.key: self.answered.emit("hidden", k))
            else:
                change.clicked.connect(lambda _=False, d=doubt.id: self.answered.emit(d, ""))
            text = widgets.label(f"{doubt.text} → {chosen}{how}", "note", wrap=True)
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(text, 1)
            row.addWidget(change)
            self._box.addWidget(holder)
            self._settled.append(change)
        self.setVisible(bool(questions or settled))

    def choose(self, number: int) -> bool:
        """Press the answer with this number of the first open question; False when there is none."""
        if self._lines and 1 <= number <= len(self._lines[0].buttons):
            self._lines[0].buttons[number - 1].click()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from answer to answer."""
        buttons = self.buttons()
        step = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
        }.get(Qt.Key(event.key()))
        focus = next((n for n, button in enumerate(buttons) if button.hasFocus()), None)
        if step is not None and focus is not None:
            target = focus + step
            if 0 <= target < len(buttons):
                buttons[target].setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)
