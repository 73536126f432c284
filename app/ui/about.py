"""「关于清审通」: version, data pack, and the licence of everything shipped, readable offline."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QTextBrowser, QVBoxLayout

from app import __version__, paths
from app.ui import widgets

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.services.services import Services

_SIZE = (860, 600)


class AboutDialog(QDialog):
    def __init__(self, services: "Services", parent: "QWidget | None" = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("关于清审通"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._papers = paths.papers()
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(14)
        logo = QLabel()
        picture = QIcon(str(paths.resources_dir() / "icons" / "logo.svg"))
        logo.setPixmap(picture.pixmap(QSize(48, 48), self.devicePixelRatioF()))
        head.addWidget(logo)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(widgets.label(self.tr("清审通 {v}").format(v=__version__), "dialog_title"))
        catalogue = services.catalogue
        facts = self.tr("数据包：{n} 个指标体系，指纹 {mark}").format(
            n=len(catalogue.systems()), mark=catalogue.source_fingerprint[:12]
        )
        words.addWidget(widgets.label(facts, "second"))
        folder = self.tr("设置、备份、日志：{folder}").format(folder=paths.user_data_dir())
        words.addWidget(widgets.label(folder, "second", wrap=True))
        head.addLayout(words, 1)
        box.addLayout(head)

        body = QHBoxLayout()
        body.setSpacing(12)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("许可文本"))
        self.list.setFixedWidth(220)
        self.list.addItems([self._title(paper) for paper in self._papers])
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("许可全文"))
        self.list.currentRowChanged.connect(self._show)
        body.addWidget(self.list)
        body.addWidget(self.text, 1)
        box.addLayout(body, 1)

        close = widgets.button(self.tr("关闭"), self.accept, keys="Esc")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        box.addLayout(foot)
        self.list.setCurrentRow(0)

    def _title(self, paper: Path) -> str:
        titles = {
            "LICENSE": self.tr("清审通的许可"),
            "THIRD-PARTY-NOTICES.md": self.tr("用到的别人的作品"),
        }
        return titles.get(paper.name, paper.stem.removeprefix("LICENSE-"))

    def _show(self, row: int) -> None:
        text = self._papers[row].read_text("utf-8")
        if self._papers[row].suffix == ".md":
            self.text.setMarkdown(text)
        else:
            self.text.setPlainText(text)
