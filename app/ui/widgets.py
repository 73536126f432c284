"""Small building blocks every page uses: text, cards, buttons with a key cap, links, segments, flowing rows."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme

_LINK_MARGIN = 4  # px: room for the focus ring of a link


def label(text: str, role: str = "", *, tone: str = "", wrap: bool = False) -> QLabel:
    """A text. Roles and tones are those of resources/design/style.qss; plain text, never HTML."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        result.setProperty("role", role)
    if tone:
        result.setProperty("tone", tone)
    result.setWordWrap(wrap)
    return result


class CutLabel(QLabel):
    """A text of one line that is cut with 「…」 where there is no room for it; it then stands whole in the tip, and never
    decides how wide the window must be."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip(self.text() if self.is_cut() else "")

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(self.text() if self.is_cut() else "")

    def is_cut(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_cut():
            super().paintEvent(event)
            return
        painter = QStylePainter(self)
        room = self.contentsRect()
        words = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        self.style().drawItemText(
            painter,
            room,
            self.alignment().value,
            self.palette(),
            self.isEnabled(),
            words,
            self.foregroundRole(),
        )


class CutToolButton(QToolButton):
    """A button of icon and words whose words are cut with 「…」 where there is no room; as many as `keep` are always seen."""

    keep = "四个字宽"

    def minimumSizeHint(self) -> QSize:
        whole = super().sizeHint()
        metrics = self.fontMetrics()
        kept = metrics.horizontalAdvance(f"{self.keep}…")
        spare = metrics.horizontalAdvance(self.text()) - kept
        return QSize(whole.width() - max(0, spare), whole.height())

    def is_cut(self) -> bool:
        return self.width() < self.sizeHint().width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        if self.is_cut():
            metrics = self.fontMetrics()
            lacking = self.sizeHint().width() - self.width()
            room = metrics.horizontalAdvance(self.text()) - lacking
            words = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, max(0, room))
            option.text = words  # type: ignore[attr-defined]
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)


def key_cap(keys: str) -> QLabel:
    """A key drawn as a cap."""
    result = label(keys, "kbd")
    result.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return result


def frame(
    role: str,
    *,
    vertical: bool = True,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = 0,
    parent: QWidget | None = None,
) -> QFrame:
    """A frame with a layout, ready to be filled through `.layout()`."""
    result = QFrame(parent)
    result.setProperty("role", role)
    box: QVBoxLayout | QHBoxLayout = QVBoxLayout(result) if vertical else QHBoxLayout(result)
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    return result


def rule(*, vertical: bool = False, parent: QWidget | None = None) -> QFrame:
    """A hairline."""
    result = QFrame(parent)
    result.setProperty("role", "rule_v" if vertical else "rule")
    return result


def row(
    *widgets: QWidget | None, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Widgets side by side; None is a stretch."""
    box = QHBoxLayout()
    box.setSpacing(spacing)
    box.setContentsMargins(*margins)
    for widget in widgets:
        if widget is None:
            box.addStretch(1)
        else:
            box.addWidget(widget)
    return box


class IconLabel(QWidget):
    """An icon beside text; follows the theme."""

    def __init__(
        self, name: str, role: str = "indigo", side: int = 15, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._role, self._side = name, role, side
        self.setFixedSize(side, side)

    def set_icon(self, name: str, role: str) -> None:
        self._name, self._role = name, role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = theme.color(self._role).name()
        painter.drawPixmap(
            0, 0, theme.icon_pixmap(self._name, shade, self._side, self.devicePixelRatioF())
        )
        painter.end()


class Card(QFrame):
    """A white panel with an optional head: icon, title, note, things at the right. Content goes into `body`."""

    def __init__(
        self,
        title: str = "",
        *,
        icon: str = "",
        note: str = "",
        padded: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.title_label: QLabel | None = None
        self.note_label = label(note, "note", wrap=True)
        self.note_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.note_label.setParent(self)
        self.note_label.setVisible(bool(title))
        if title:
            head = frame(
                "card_head", vertical=False, margins=(14, 0, 14, 0), spacing=8, parent=self
            )
            head.setMinimumHeight(theme.size("card_head"))
            self.head: QHBoxLayout = head.layout()  # type: ignore[assignment]
            if icon:
                self.head.addWidget(IconLabel(icon))
            self.title_label = label(title, "card_title")
            self.head.addWidget(self.title_label)
            self.head.addStretch(0)  # for a head without a note
            # Takes what the title leaves, and another line where that is little: a head never widens the page.
            self.head.addWidget(self.note_label, 1)
            outer.addWidget(head)
        self.body = QVBoxLayout()
        margin = (14, 12, 14, 12) if padded else (0, 0, 0, 0)
        self.body.setContentsMargins(*margin)
        self.body.setSpacing(8)
        outer.addLayout(self.body)


class ActionButton(QPushButton):
    """A button with icon, words and the key that does the same, drawn as a cap."""

    def __init__(
        self,
        text: str,
        *,
        icon: str = "",
        icon_after: bool = False,
        keys: str = "",
        role: str = "",
        on_click: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon_name = icon
        self._icon_after = icon_after
        self._keys = keys
        if role:
            self.setProperty("role", role)
        if keys:
            self.setAccessibleDescription(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if on_click is not None:
            self.clicked.connect(lambda: on_click())

    def _cap_width(self) -> int:
        return (
            QFontMetrics(theme.font("kbd")).horizontalAdvance(self._keys) + 10 if self._keys else 0
        )

    def sizeHint(self) -> QSize:
        plain = super().sizeHint()
        extra = (20 if self._icon_name else 0) + (self._cap_width() + 8 if self._keys else 0)
        text_width = self.fontMetrics().horizontalAdvance(self.text())
        if self.property("role") == "link":
            return QSize(text_width + extra + 2 * _LINK_MARGIN, plain.height())
        return QSize(max(plain.width() + extra, text_width + extra + 24), plain.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""  # type: ignore[attr-defined]
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        role = self._text_role()
        if self.hasFocus() and role == "on_indigo":
            # The ring of a filled button: a light line inside its own colour.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("on_indigo"), 1.2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5), 2.5, 2.5)
        text_width = self.fontMetrics().horizontalAdvance(self.text())
        cap = self._cap_width()
        total = text_width + (20 if self._icon_name else 0) + (cap + 8 if cap else 0)
        x = _LINK_MARGIN if self.property("role") == "link" else (self.width() - total) // 2
        if self._icon_name:
            pixmap = theme.icon_pixmap(
                self._icon_name, theme.color(role).name(), 14, self.devicePixelRatioF()
            )
            at = x + text_width + 6 if self._icon_after else x
            painter.drawPixmap(at, (self.height() - 14) // 2, pixmap)
            x += 0 if self._icon_after else 20
        painter.setFont(self.font())
        painter.setPen(theme.color(role))
        painter.drawText(
            QRect(x, 0, text_width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        x += text_width + 8
        if cap:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(x + 0.5, (self.height() - 16) / 2 + 0.5, cap - 1, 15)
            primary = self.property("role") == "primary" and self.isEnabled()
            painter.setPen(QPen(theme.color("on_indigo" if primary else "line2"), 1))
            painter.drawRoundedRect(box, 3, 3)
            painter.setFont(theme.font("kbd"))
            painter.setPen(theme.color("on_indigo" if primary else "ink3"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._keys)

    def _text_role(self) -> str:
        if not self.isEnabled():
            return "ink3"
        return {
            "primary": "on_indigo",
            "quiet": "indigo",
            "link": "indigo",
            "danger": "cinnabar",
        }.get(self.property("role") or "", "ink")


def button(
    text: str,
    on_click: Callable[[], object] | None = None,
    *,
    role: str = "",
    icon: str = "",
    keys: str = "",
    tip: str = "",
) -> ActionButton:
    """A button; roles: primary, quiet, danger, small, large, or none."""
    result = ActionButton(text, icon=icon, keys=keys, role=role, on_click=on_click)
    if tip:
        result.setToolTip(tip)
    return result


def link(
    text: str, on_click: Callable[[], object] | None = None, *, name: str = "", icon: str = ""
) -> ActionButton:
    """Words that go somewhere. `name` is the accessible name where the words alone do not say where."""
    result = ActionButton(text, icon=icon, role="link", on_click=on_click)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    result.setAccessibleName(name or text)
    return result


def icon_button(
    name: str, tip: str, on_click: Callable[[], object] | None = None, *, small: bool = False
) -> QToolButton:
    """A button that is an icon only; `tip` is its tooltip and its accessible name."""
    result = QToolButton()
    result.setProperty("role", "icon_small" if small else "icon")
    theme.set_icon(result, name, "ink3" if small else "ink2")
    result.setToolTip(tip)
    result.setAccessibleName(tip)
    if on_click is not None:
        result.clicked.connect(lambda: on_click())
    return result


class Segments(QFrame):
    """Exclusive choices side by side; emits `chosen(index)` when the user picks one. `role` silence = 填数/零/不适用."""

    chosen = Signal(int)

    def __init__(
        self,
        texts: Sequence[str],
        *,
        role: str = "segment",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "segments")
        box = QHBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        self.group = QButtonGroup(self)
        self.group.setExclusive(True)
        self.buttons: list[QToolButton] = []
        for index, text in enumerate(texts):
            tool = self.make_button()
            tool.setText(text)
            tool.setCheckable(True)
            tool.setProperty("role", role)
            tool.setProperty("first", "true" if index == 0 else "false")
            tool.setProperty("last", "true" if index == len(texts) - 1 else "false")
            tool.setAccessibleName(f"{name} {text}".strip())
            self.group.addButton(tool, index)
            self.buttons.append(tool)
            box.addWidget(tool)
        self.group.idClicked.connect(self.chosen)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def make_button(self) -> QToolButton:
        """One of the buttons, empty."""
        return QToolButton()

    def set_current(self, index: int | None) -> None:
        """Show a choice without emitting; None = nothing chosen."""
        if index is None:
            self.group.setExclusive(False)
            for tool in self.buttons:
                tool.setChecked(False)
            self.group.setExclusive(True)
        else:
            self.buttons[index].setChecked(True)

    def current(self) -> int | None:
        index = self.group.checkedId()
        return None if index < 0 else index

    def set_texts(self, texts: Sequence[str]) -> None:
        for tool, text in zip(self.buttons, texts, strict=True):
            tool.setText(text)


class ScreenLayout(QVBoxLayout):
    """Of a screen whose parts scroll by themselves: never asks for the height of all that they hold, else the window would
    scroll beside them."""

    def hasHeightForWidth(self) -> bool:
        return False


class FlowLayout(QLayout):
    """Items in lines that wrap, left to right."""

    def __init__(
        self, parent: QWidget | None = None, *, spacing: int = 8, line_spacing: int = 6
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}  # by width, until something in it changes
        self._line_spacing = line_spacing
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        self.invalidate()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._arrange(QRect(0, 0, width, 0), apply=False)
        return self._heights[width]

    def invalidate(self) -> None:
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, apply=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, apply: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        placed: list[tuple[QLayoutItem, int, QSize]] = []

        def settle(top: int, height: int) -> None:
            for item, left, hint in placed:
                if apply:
                    item.setGeometry(QRect(QPoint(left, top + (height - hint.height()) // 2), hint))
            placed.clear()

        for item in self._items:
            widget = item.widget()
            if widget is not None and widget.isHidden():
                continue
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                settle(y, line)
                x, y, line = rect.x(), y + line + self._line_spacing, 0
            placed.append((item, x, hint))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        settle(y, line)
        return y + line - rect.y()


def clear_layout(box: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while (item := box.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            # A layout shows what was just added a little later: without a parent that would be a window of its own.
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear_layout(inner)


def set_checked_silently(target: QAbstractButton, checked: bool) -> None:
    """Set a check without its signals."""
    blocked = target.blockSignals(True)
    target.setChecked(checked)
    target.blockSignals(blocked)


def dialog_body(
    dialog: QDialog, tone: str, title: str, said: str
) -> tuple[QVBoxLayout, QVBoxLayout]:
    """(the whole, its inside) of a dialog headed by a shield, a title and what is said of it."""
    box = QVBoxLayout(dialog)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    inner = QVBoxLayout()
    inner.setContentsMargins(24, 20, 24, 20)
    inner.setSpacing(12)
    box.addLayout(inner)
    head = QHBoxLayout()
    head.setSpacing(14)
    tile = frame("tile", vertical=False)
    tile.setFixedSize(40, 40)
    tile_box = tile.layout()
    assert tile_box is not None
    tile_box.addWidget(IconLabel("shield", tone, 20))
    tile_box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    head.addWidget(tile, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(3)
    words.addWidget(label(title, "dialog_title"))
    words.addWidget(label(said, "second", wrap=True))
    head.addLayout(words, 1)
    inner.addLayout(head)
    return box, inner
