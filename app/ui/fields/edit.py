"""The typed field: one line of text in a painted box, with the unit at its right."""

import enum

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from app.ui import theme

_SHORTCUT_OVERRIDE = QEvent.Type.ShortcutOverride  # looked up once: every event comes by here
_TOOL_TIP = QEvent.Type.ToolTip
REST_MS = 1000  # text at rest for this long is committed


class FieldState(enum.Enum):
    NORMAL = "normal"
    COMPUTED = "computed"
    OVERRIDDEN = "overridden"
    READ_ONLY = "read_only"
    MUST_MEND = "must_mend"
    LOOK_AGAIN = "look_again"


# state -> (ground, outline, width of the outline)
_LOOKS = {
    FieldState.NORMAL: ("surface", "border", 1),
    FieldState.COMPUTED: ("derived", "line2", 1),
    FieldState.OVERRIDDEN: ("ochre_bg", "ochre_line", 1),
    FieldState.READ_ONLY: ("sunken", "line2", 1),
    FieldState.MUST_MEND: ("surface", "cinnabar", 2),
    FieldState.LOOK_AGAIN: ("surface", "ochre_line", 2),
}


def paint_box(painter: QPainter, rect: QRect, state: FieldState, *, focused: bool) -> None:
    """The ground and outline of a field."""
    ground, outline, width = _LOOKS[state]
    if focused and state is not FieldState.MUST_MEND:
        outline, width = "focus", 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = width / 2
    painter.setPen(QPen(theme.color(outline), width))
    painter.setBrush(theme.color(ground))
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), 4, 4)


class LineField(QLineEdit):
    """A line of text; `flat` shows the box only under the mouse or with focus.

    accepted(+1 / -1): Enter or Shift+Enter. rested: nothing typed for a second. left: focus went away.
    opened: a read-only computed field was clicked or Enter pressed. slashed: "/" typed into the empty field.
    """

    accepted = Signal(int)
    rested = Signal()
    left = Signal()
    entered = Signal()
    opened = Signal()
    slashed = Signal()

    def __init__(
        self,
        *,
        unit: str = "",
        flat: bool = False,
        small: bool = False,
        slash: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "bare")
        self._unit = unit
        self._flat = flat
        self._small = small
        self._slash = slash
        self._state = FieldState.NORMAL
        self._hovered = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self.rested)
        self.textEdited.connect(lambda _text: self._timer.start())
        self.setFont(theme.font("table" if small or flat else "body"))
        self.setFrame(False)
        self._set_margins()

    def set_unit(self, unit: str) -> None:
        """The unit inside the field, "" for none."""
        if unit != self._unit:
            self._unit = unit
            self._set_margins()
            self.update()

    def _set_margins(self) -> None:
        side = 6 if self._flat else (8 if self._small else 9)
        right = side
        if self._unit:
            right += QFontMetrics(theme.font("caption")).horizontalAdvance(self._unit) + 17
        self.setTextMargins(side, 0, right, 0)

    @property
    def state(self) -> FieldState:
        return self._state

    def set_state(self, state: FieldState) -> None:
        """Look, and whether it can be typed into."""
        if state is self._state:
            return
        self._state = state
        self.setReadOnly(state in (FieldState.COMPUTED, FieldState.READ_ONLY))
        self.setCursor(
            Qt.CursorShape.PointingHandCursor
            if state is FieldState.COMPUTED
            else Qt.CursorShape.IBeamCursor
        )
        self.update()

    def stop_timer(self) -> None:
        self._timer.stop()

    def sizeHint(self) -> QSize:
        height = theme.size("button_small" if self._small or self._flat else "field")
        width = (
            120
            if not self._flat
            else max(
                160,
                self.fontMetrics().horizontalAdvance(self.text() or self.placeholderText()) + 28,
            )
        )
        return QSize(width, max(height, self.fontMetrics().height() + (6 if self._small else 10)))

    def minimumSizeHint(self) -> QSize:
        return QSize(64, self.sizeHint().height())

    def is_being_typed(self) -> bool:
        """Whether the line has a history of its own at the moment."""
        return True

    def event(self, event: QEvent) -> bool:
        # A line with nothing of its own to take back leaves Ctrl+Z and Ctrl+Y to the window.
        if event.type() == _SHORTCUT_OVERRIDE and isinstance(event, QKeyEvent):
            own = self.is_being_typed()
            undo = event.matches(QKeySequence.StandardKey.Undo)
            redo = event.matches(QKeySequence.StandardKey.Redo)
            if (undo and not (own and self.isUndoAvailable())) or (
                redo and not (own and self.isRedoAvailable())
            ):
                event.ignore()
                return False
        if event.type() == _TOOL_TIP and isinstance(event, QHelpEvent) and self.is_cut:
            words = "\n".join(filter(None, (self.text(), self.toolTip())))
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            plain = event.modifiers() & ~(
                Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
            )
            if plain != Qt.KeyboardModifier.NoModifier:
                event.ignore()  # Ctrl+Enter is the page's
                return
            if self._state is FieldState.COMPUTED:
                self.opened.emit()
                return
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.accepted.emit(-1 if back else 1)
            return
        if self._slash and not self.text() and event.text() == "/":
            self.slashed.emit()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._state is FieldState.COMPUTED:
            self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._timer.stop()
            self.left.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        focused = self.hasFocus()
        bare = self._flat and not focused and self._state is FieldState.NORMAL
        if not bare or self._hovered:
            painter = QPainter(self)
            paint_box(painter, self.rect(), self._state, focused=focused)
            if self._unit:
                self._paint_unit(painter)
            if self._state is FieldState.COMPUTED:
                self._paint_f(painter)
            painter.end()
        super().paintEvent(event)
        if not focused and not bare and self.is_cut:
            self._paint_more()

    @property
    def is_cut(self) -> bool:
        """More stands in the field than it can show."""
        margins = self.textMargins()
        room = self.width() - margins.left() - margins.right() - 4
        return self.fontMetrics().horizontalAdvance(self.text()) > room

    def _paint_more(self) -> None:
        """「…」 after the last letter that has room."""
        painter = QPainter(self)
        ground, _outline, _width = _LOOKS[self._state]
        metrics, margins = self.fontMetrics(), self.textMargins()
        right = self.width() - margins.right()
        kept = metrics.elidedText(
            self.text(), Qt.TextElideMode.ElideRight, right - margins.left() - 4
        )
        left = margins.left() + 2 + metrics.horizontalAdvance(kept.removesuffix("…"))
        place = QRect(left, 3, right - left, self.height() - 6)
        painter.fillRect(place, theme.color(ground))
        painter.setPen(self.palette().text().color())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, "…")
        painter.end()

    def _paint_unit(self, painter: QPainter) -> None:
        width = self.textMargins().right() - (8 if self._small else 9)
        left = self.width() - width - (8 if self._small else 9) + 8
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawLine(left, 6, left, self.height() - 7)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink3"))
        painter.drawText(
            QRect(left + 9, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, self._unit
        )

    def _paint_f(self, painter: QPainter) -> None:
        """The mark of a computed figure, just before the figure."""
        font = theme.font("body")
        font.setItalic(True)
        painter.setFont(font)
        painter.setPen(theme.color("indigo"))
        if self.alignment() & Qt.AlignmentFlag.AlignRight:
            text = self.fontMetrics().horizontalAdvance(self.text())
            right = self.width() - self.textMargins().right() - text - 8
        else:
            right = self.width() - 12
        painter.drawText(
            QRect(right - 12, 0, 12, self.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            "ƒ",
        )
