"""「这个数怎么来的」: a Trace as a tree down to what somebody typed, with formula, source and state of each step."""

from fractions import Fraction

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.assessment.numbers import brief, display, fraction_text
from app.assessment.trace import Trace
from app.forms.grid import safe_cell
from app.ui import chips, theme, widgets

_TRACE = Qt.ItemDataRole.UserRole
# A figure that is not whole is shown with two places, as everywhere; the exact fraction stands below.
_PLACES = 2


def value_text(trace: Trace) -> str:
    """The value as shown: two places unless it is whole or below one (factors need theirs all), 「未填」 while something is
    missing, with its unit."""
    match trace.value:
        case None:
            return "未填"
        case str():
            return trace.value
        case Fraction() as value:
            places = 0 if value.denominator == 1 else _PLACES
            shown = brief(value) if 0 < abs(value) < 1 else display(value, places)
            return f"{shown} {trace.unit}".strip()


def exact_text(trace: Trace) -> str:
    """The exact fraction where the shown figure is rounded, else ""."""
    if not isinstance(trace.value, Fraction):
        return ""
    rounded = trace.value * 10**_PLACES
    return "" if rounded.denominator == 1 else fraction_text(trace.value)


class _Row(QStyledItemDelegate):
    """Label at the left in as many lines as it needs, value at the right in bold, source below the label in grey."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        trace: Trace = index.data(_TRACE)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        view: QWidget = option.widget  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("select"))
        painter.setPen(theme.color("line2"))
        if index.parent().isValid():
            painter.drawLine(rect.left() - 10, rect.top() + 12, rect.left() - 3, rect.top() + 12)
        value = value_text(trace)
        font = theme.font("table", bold=True)
        value_width = min(QFontMetrics(font).horizontalAdvance(value) + 4, rect.width() // 2)
        painter.setFont(font)
        painter.setPen(theme.color("ochre" if trace.value is None else "ink"))
        value_box = QRect(
            rect.right() - value_width - 4, rect.top(), value_width + 2, rect.height()
        )
        painter.drawText(
            value_box.adjusted(0, 3, 0, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap,
            value,
        )
        painter.setFont(theme.font("table"))
        painter.setPen(theme.color("ink"))
        label_box = rect.adjusted(2, 3, -value_width - 12, 0)
        taken = painter.boundingRect(
            label_box, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, trace.label
        )
        painter.drawText(
            label_box, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, trace.label
        )
        if trace.source:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("ink3"))
            below = rect.adjusted(2, taken.height() + 3, -value_width - 12, 0)
            painter.drawText(
                below,
                Qt.AlignmentFlag.AlignTop,
                painter.fontMetrics().elidedText(
                    trace.source, Qt.TextElideMode.ElideRight, below.width()
                ),
            )
        if state & QStyle.StateFlag.State_HasFocus and view.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -1))
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        trace: Trace = index.data(_TRACE)
        view: QTreeWidget = option.widget  # type: ignore[attr-defined]
        depth, above = 0, index.parent()
        while above.isValid():
            depth, above = depth + 1, above.parent()
        width = view.viewport().width() - view.indentation() * (
            depth + (1 if view.rootIsDecorated() else 0)
        )
        value_width = min(
            QFontMetrics(theme.font("table", bold=True)).horizontalAdvance(value_text(trace)) + 4,
            max(width // 2, 40),
        )
        metrics = QFontMetrics(theme.font("table"))
        wrap = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        label = metrics.boundingRect(
            QRect(0, 0, max(width - value_width - 14, 40), 2000), wrap, trace.label
        )
        value = QFontMetrics(theme.font("table", bold=True)).boundingRect(
            QRect(0, 0, value_width + 2, 2000), wrap, value_text(trace)
        )
        below = QFontMetrics(theme.font("caption")).height() if trace.source else 0
        return QSize(width, max(label.height() + below, value.height()) + 7)


class _Tree(QTreeWidget):
    wanted = Signal(object)  # the trace of the row, by Enter, Ctrl+E or double click

    def keyPressEvent(self, event: QKeyEvent) -> None:
        go = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (
            event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        )
        if go and self.currentItem() is not None:
            self.wanted.emit(self.currentItem().data(0, _TRACE))
            return
        super().keyPressEvent(event)


class TracePanel(QScrollArea):
    """jump_requested: the answer key behind the chosen step (Ctrl+E, Enter or the link)."""

    jump_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._trace: Trace | None = None
        inner = QWidget()
        inner.setProperty("role", "surface")
        box = QVBoxLayout(inner)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        self._title = widgets.label("", "table_strong", wrap=True)
        self._value = widgets.label("", "table_strong")
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        head = widgets.row(self._title, self._value)
        head.setStretch(0, 1)
        box.addLayout(head)
        self._formula = widgets.label("", "formula", wrap=True)
        self._formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(self._formula)
        self.tree = _Tree()
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(1)
        self.tree.setIndentation(14)
        self.tree.setRootIsDecorated(True)
        self.tree.setItemDelegate(_Row(self.tree))
        self.tree.setAccessibleName(self.tr("这个数一步步怎么来的"))
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.currentItemChanged.connect(lambda *_: self._show_step())
        self.tree.itemExpanded.connect(lambda _: self._fit())
        self.tree.itemCollapsed.connect(lambda _: self._fit())
        self.tree.wanted.connect(self._jump)
        self.tree.itemDoubleClicked.connect(lambda item, _: self._jump(item.data(0, _TRACE)))
        box.addWidget(self.tree)
        self._step = widgets.frame("box", margins=(12, 9, 12, 9), spacing=4)
        box.addWidget(self._step)
        box.addStretch(1)
        self.setWidget(inner)
        self._empty = widgets.label(
            self.tr(
                "点一个带 ƒ 的数，或在数上按 Ctrl+I，这里就一步步写出它怎么来的，一直到账单那一行。"
            ),
            "second",
            wrap=True,
        )
        box.insertWidget(0, self._empty)
        self._show_nothing(True)

    @property
    def trace(self) -> Trace | None:
        return self._trace

    def show_trace(self, trace: Trace) -> None:
        """Show another figure; the tree opens down to what was typed."""
        self._trace = trace
        self._show_nothing(False)
        self._title.setText(trace.label)
        self._value.setText(value_text(trace))
        lines = [f"= {trace.formula}"] if trace.formula else []
        if exact := exact_text(trace):
            lines.append(self.tr("精确值 {exact}，显示时才取两位").format(exact=exact))
        self._formula.setText("\n".join(lines))
        self._formula.setVisible(bool(lines))
        self.tree.clear()
        self.tree.addTopLevelItems([self._item(child) for child in trace.children])
        self._expand(self.tree.invisibleRootItem(), 3)
        self.tree.setVisible(bool(trace.children))
        if trace.children:
            self.tree.setCurrentIndex(self.tree.model().index(0, 0))
        self._show_step()
        self._fit()
        self.verticalScrollBar().setValue(0)

    def text(self) -> str:
        """The whole trace as indented text, for the clipboard."""
        if self._trace is None:
            return ""
        return "\n".join(map(safe_cell, _as_text(self._trace, 0).split("\n")))

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _show_nothing(self, nothing: bool) -> None:
        self._empty.setVisible(nothing)
        for widget in (self._title, self._value, self._formula, self.tree, self._step):
            widget.setVisible(not nothing)

    def _item(self, trace: Trace) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(0, _TRACE, trace)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{trace.label}，{value_text(trace)}")
        item.setToolTip(0, trace.formula or trace.source)
        item.addChildren([self._item(child) for child in trace.children])
        return item

    def _expand(self, item: QTreeWidgetItem, depth: int) -> None:
        for row in range(item.childCount()):
            child = item.child(row)
            # Twelve months under one meter stay folded until asked for.
            child.setExpanded(depth > 1 and child.childCount() <= 8)
            self._expand(child, depth - 1)

    def _fit(self) -> None:
        """The tree is as tall as its rows; the panel scrolls, not the tree."""
        height = 0
        item = self.tree.topLevelItem(0)
        self.tree.doItemsLayout()
        while item is not None:
            height += self.tree.visualItemRect(item).height()
            item = self.tree.itemBelow(item)
        self.tree.setFixedHeight(height + 4)

    def _show_step(self) -> None:
        box: QVBoxLayout = self._step.layout()  # type: ignore[assignment]
        widgets.clear_layout(box)
        item = self.tree.currentItem()
        step: Trace | None = item.data(0, _TRACE) if item is not None else self._trace
        if step is None:
            self._step.hide()
            return
        top = widgets.label(step.label, "table_strong", wrap=True)
        box.addWidget(top)
        if step.formula and step is not self._trace:
            self._line(box, f"= {step.formula}", "table")
        if step is not self._trace and (exact := exact_text(step)):
            self._line(box, self.tr("精确值 {exact}").format(exact=exact), "note")
        if step.source:
            self._line(box, self.tr("出处：{source}").format(source=step.source), "note2")
        if step.verification is not None:
            chip = chips.ChipLabel(chips.verification_chip(step.verification))
            box.addWidget(chip, 0, Qt.AlignmentFlag.AlignLeft)
        if step.note:
            self._line(box, step.note, "note2")
        if step.key:
            go = widgets.link(
                self.tr("去改这个数（Ctrl+E）"),
                lambda: self.jump_requested.emit(step.key),
                name=self.tr("去改：{label}").format(label=step.label),
            )
            box.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
        self._step.setVisible(box.count() > 1)

    def _line(self, box: QVBoxLayout, text: str, role: str) -> QLabel:
        line = widgets.label(text, role, wrap=True)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(line)
        return line

    def _jump(self, trace: Trace) -> None:
        if trace.key:
            self.jump_requested.emit(trace.key)


def _as_text(trace: Trace, depth: int) -> str:
    parts = ["  " * depth + f"{trace.label}：{value_text(trace)}"]
    if trace.formula:
        parts[0] += f" = {trace.formula}"
    if exact := exact_text(trace):
        parts[0] += f"（精确值 {exact}）"
    if trace.source:
        parts[0] += f"　{trace.source}"
    return "\n".join([*parts, *(_as_text(child, depth + 1) for child in trace.children)])
