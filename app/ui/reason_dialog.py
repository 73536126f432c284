"""Why a warning is all right, once for every like one that the user ticks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.checkup.concern import Concern
from app.ui import widgets

_MOST_LINES = 6  # of like ones before the list scrolls


class ReasonDialog(QDialog):
    """text: the reason, "" takes it back. chosen: which of the like ones it is meant for, too; none until ticked."""

    def __init__(
        self,
        what: str,
        reason: str,
        alike: Sequence[tuple[Concern, str]],
        parent: QWidget | None = None,
    ) -> None:
        """alike: like warnings and their words."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("写明原因"))
        self.resize(620, 300)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(10)
        box.addWidget(widgets.label(what, "body", wrap=True))
        ask = self.tr("为什么没有问题？这句话印进报告，数变了要重写；清空就是撤回。")
        box.addWidget(widgets.label(ask, "second", wrap=True))
        self.field = QPlainTextEdit(reason)
        self.field.setAccessibleName(self.tr("原因"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(72)
        box.addWidget(self.field)
        self.all = QCheckBox(self.tr("下面 {n} 处也是这个原因，全选").format(n=len(alike)))
        self.ticks: list[tuple[Concern, QCheckBox]] = []
        if alike:
            box.addWidget(self.all)
            box.addWidget(self._list(alike))
            self.all.clicked.connect(self._tick_all)
        else:
            self.all.hide()
        self.take_button = widgets.button(
            self.tr("确定"), self.accept, role="primary", keys="Ctrl+Enter"
        )
        leave = widgets.button(self.tr("不写了"), self.reject, keys="Esc")
        box.addLayout(widgets.row(None, leave, self.take_button))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self.field.setFocus()

    def _list(self, alike: Sequence[tuple[Concern, str]]) -> QScrollArea:
        inside = QWidget()
        inside.setProperty("role", "plain")
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(18, 0, 0, 0)
        lines.setSpacing(4)
        for concern, words in alike:
            tick = QCheckBox()
            tick.setAccessibleName(words)
            tick.clicked.connect(self._show_all)
            text = widgets.label(words, "table", wrap=True)
            line = widgets.row(tick, spacing=6)
            line.setAlignment(tick, Qt.AlignmentFlag.AlignTop)
            line.addWidget(text, 1)
            lines.addLayout(line)
            self.ticks.append((concern, tick))
        lines.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(self.tr("也是这个原因的"))
        area.setWidget(inside)
        area.setMinimumHeight(44 * min(len(alike), _MOST_LINES))
        return area

    def _tick_all(self, on: bool) -> None:
        for _, tick in self.ticks:
            tick.setChecked(on)

    def _show_all(self) -> None:
        self.all.setChecked(all(tick.isChecked() for _, tick in self.ticks))

    @property
    def text(self) -> str:
        return self.field.toPlainText().strip()

    @property
    def chosen(self) -> tuple[Concern, ...]:
        return tuple(concern for concern, tick in self.ticks if tick.isChecked())
