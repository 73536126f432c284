"""Which earlier audit the new one begins with: the list of the library, found by name or pinyin, or any file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import widgets
from app.ui.search import rank

if TYPE_CHECKING:
    from app.services.audit_list import AuditSummary

_PATH = Qt.ItemDataRole.UserRole


class EarlierPicker(QDialog):
    """`path` is the audit chosen once the dialog was accepted."""

    def __init__(
        self, audits: "Sequence[AuditSummary]", folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("从以前的审核带过来"))
        self.resize(560, 420)
        self.path: Path | None = None
        self._folder = folder
        self._audits = [one for one in audits if not one.trouble]
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(8)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("找企业，可打拼音首字母"))
        self.search.setAccessibleName(self.tr("找以前的审核"))
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._take)
        self.search.installEventFilter(self)
        box.addWidget(self.search)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("以前的审核"))
        self.list.itemActivated.connect(lambda _: self._take())
        box.addWidget(self.list, 1)
        self._note = widgets.label("", "note", wrap=True)
        box.addWidget(self._note)
        self.file_button = widgets.button(self.tr("打开别的文件"), self._choose_file, icon="folder")
        self.take_button = widgets.button(
            self.tr("带过来"), self._take, role="primary", keys="Enter"
        )
        box.addLayout(
            widgets.row(
                self.file_button,
                None,
                widgets.button(self.tr("不带"), self.reject, keys="Esc"),
                self.take_button,
            )
        )
        self._filter()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _filter(self) -> None:
        wanted = self.search.text()
        ranked = [
            (score, place, one)
            for place, one in enumerate(self._audits)
            if (score := rank(wanted, f"{one.path.stem} {one.name} {one.place} {one.industry}"))
            is not None
        ]
        self.list.clear()
        for _, _, one in sorted(ranked, key=lambda entry: entry[:2]):
            words = "　".join(part for part in (one.path.stem, one.industry) if part)
            item = QListWidgetItem(words)
            item.setData(_PATH, one.path)
            item.setToolTip(str(one.path))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.take_button.setEnabled(self.list.count() > 0)
        if not self._audits:
            words = self.tr("这台电脑上还没有打开过案卷。有文件就点「打开别的文件」")
        elif not self.list.count():
            words = self.tr("没有找到。换几个字，或点「打开别的文件」")
        else:
            words = self.tr("原来的案卷不改动")
        self._note.setText(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down move in the list while the search has the focus."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            step = (event.key() == Qt.Key.Key_Down) - (event.key() == Qt.Key.Key_Up)
            if step and self.list.count():
                row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
                self.list.setCurrentRow(row)
                return True
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.path = item.data(_PATH)
            self.accept()

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("以前的审核"), str(self._folder), self.tr("案卷 (*.cpaudit)")
        )
        if chosen:
            self.path = Path(chosen)
            self.accept()
