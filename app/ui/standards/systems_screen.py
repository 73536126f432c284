"""指标体系库: every system with kind, state of its values and whether it gives a level; one in full at the right."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from app.assessment.indicator_system import DocumentKind
from app.standards.library import SystemSummary
from app.ui import widgets
from app.ui.messages import MessageBar
from app.ui.standards.system_detail import SystemDetail
from app.ui.standards.systems_list import SUMMARY, SystemLine, SystemsModel
from app.ui.standards.words import kind_name, status_name

if TYPE_CHECKING:
    from app.services.services import Services

_STATUSES = ("in_force", "trial", "draft", "superseded")
_REST_MS = 80
_LIST, _NARROW_LIST = 432, 288  # px, the second where the screen is narrower than the third
_WIDE_FROM = 1330


class _Search(QLineEdit):
    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
            return
        super().keyPressEvent(event)


class SystemsScreen(QWidget):
    """The list and the detail. Typing finds; Down goes into the list, Enter begins to check the chosen one."""

    bring_in_wanted = Signal()
    choose_file_wanted = Signal()
    pack_wanted = Signal(str)

    def __init__(self, services: "Services", side: QWidget) -> None:
        super().__init__()
        self._services = services
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(side)
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(18, 14, 18, 14)
        box.setSpacing(12)
        self._count = widgets.label("", "second")
        box.addLayout(
            widgets.row(
                widgets.label(self.tr("指标体系库"), "title"), self._count, None, spacing=16
            )
        )
        self.search = _Search()
        self.search.setPlaceholderText(self.tr("名称、拼音首字母、行业代码或名称、文号、领域"))
        self.search.setAccessibleName(self.tr("找指标体系"))
        self.search.setMinimumWidth(220)
        self.search.setClearButtonEnabled(True)
        self.kind = QComboBox()
        self.kind.setAccessibleName(self.tr("种类"))
        self.kind.addItem(self.tr("全部种类"), None)
        for kind in DocumentKind:
            self.kind.addItem(kind_name(kind), kind)
        self.status = QComboBox()
        self.status.setAccessibleName(self.tr("状态"))
        self.status.addItem(self.tr("全部状态"), "")
        for status in _STATUSES:
            self.status.addItem(status_name(status), status)
        self.bring_in_button = widgets.button(
            self.tr("录入体系"),
            self.bring_in_wanted.emit,
            role="primary",
            icon="plus",
            keys="Ctrl+N",
        )
        self.open_button = widgets.button(
            self.tr("导入"), self.choose_file_wanted.emit, icon="folder", keys="Ctrl+O",
            tip=self.tr("体系包 .cppack、填好的模板 .xlsx、.yaml，拖进来也行"),
        )  # fmt: skip
        self.pack_button = widgets.button(
            self.tr("导出体系包"), lambda: self.pack_wanted.emit(""), icon="export"
        )
        box.addLayout(
            widgets.row(
                self.search,
                self.kind,
                self.status,
                None,
                self.open_button,
                self.pack_button,
                self.bring_in_button,
            )
        )
        self.messages = MessageBar()
        box.addWidget(self.messages)
        body = QHBoxLayout()
        body.setSpacing(12)
        card = self._card = widgets.frame("card", margins=(1, 1, 1, 1))
        card.setFixedWidth(_NARROW_LIST)
        card_box = card.layout()
        assert card_box is not None
        self.list = QListView()
        self.list.setAccessibleName(self.tr("找到的体系"))
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.model = SystemsModel(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(SystemLine(self.list))
        card_box.addWidget(self.list)
        self.nothing = widgets.label(
            self.tr("没有找到。换个词；库里没有的，用「录入体系」照原文录一份。"),
            "second",
            wrap=True,
        )
        self.nothing.setContentsMargins(14, 10, 14, 10)
        card_box.addWidget(self.nothing)
        body.addWidget(card)
        right = widgets.frame("card", margins=(1, 1, 1, 1))
        right_box = right.layout()
        assert right_box is not None
        self.detail = SystemDetail()
        right_box.addWidget(self.detail)
        body.addWidget(right, 1)
        box.addLayout(body, 1)
        outer.addWidget(page, 1)
        # The list keeps up with every key; the detail follows once the typing rests.
        self._detail_soon = QTimer(self)
        self._detail_soon.setSingleShot(True)
        self._detail_soon.setInterval(_REST_MS)
        self._detail_soon.timeout.connect(lambda: self._show(self.list.currentIndex()))
        self.search.textChanged.connect(lambda _: self._filter(typing=True))
        self.kind.currentIndexChanged.connect(lambda _: self._filter())
        self.status.currentIndexChanged.connect(lambda _: self._filter())
        self.search.down.connect(self._into_list)
        self.search.returnPressed.connect(self._into_list)
        self.list.selectionModel().currentChanged.connect(lambda now, _: self._show(now))
        self.list.activated.connect(lambda _: self.detail.verify_button.setFocus())
        self.detail.system_wanted.connect(self.choose)
        for keys, run in (
            ("Ctrl+N", self.bring_in_wanted.emit),
            ("Ctrl+O", self.choose_file_wanted.emit),
            ("/", self.focus_search),
            ("Ctrl+K", self.focus_search),
        ):
            _shortcut(self, keys, run)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._card.setFixedWidth(_LIST if self.width() >= _WIDE_FROM else _NARROW_LIST)

    def refresh(self) -> None:
        """Show the library as it is now, the same system chosen."""
        chosen = self.detail.summary.id if self.detail.summary is not None else ""
        self._filter(chosen)

    def choose(self, system_id: str) -> None:
        """Show one system, leaving filters that hide it."""
        if system_id not in {one.id for one in self.model.shown}:
            self.search.clear()
            self.kind.setCurrentIndex(0)
            self.status.setCurrentIndex(0)
        self._filter(system_id)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _into_list(self) -> None:
        self._show(self.list.currentIndex())
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def hint(self) -> str:
        return self.tr("打字就找 · ↓ 进列表 · Enter 到「逐行核对」 · Ctrl+N 录入 · Ctrl+O 导入")

    def _filter(self, chosen: str = "", *, typing: bool = False) -> None:
        catalogue = self._services.catalogue
        kind = self.kind.currentData()
        status = self.status.currentData()
        found = [
            one
            for one in catalogue.find(self.search.text())
            if (kind is None or one.kind == kind) and (not status or one.status == status)
        ]
        self.model.show(found)
        total = len(catalogue.systems())
        self._count.setText(
            self.tr("{n} 份").format(n=total)
            if len(found) == total
            else self.tr("{shown} / {n} 份").format(shown=len(found), n=total)
        )
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        at = next((n for n, one in enumerate(found) if one.id == chosen), 0)
        if found:
            selection = self.list.selectionModel()
            blocked = selection.blockSignals(True)
            self.list.setCurrentIndex(self.model.index(at))
            selection.blockSignals(blocked)
            self.list.viewport().update()
            if typing:
                self._detail_soon.start()
            else:
                self._show(self.model.index(at))
        self.detail.setEnabled(bool(found))

    def _show(self, index: QModelIndex) -> None:
        self._detail_soon.stop()
        if not index.isValid():
            return
        summary: SystemSummary = index.data(SUMMARY)
        catalogue = self._services.catalogue
        self.detail.show_system(
            summary,
            catalogue.system(summary.id),
            other_editions(summary, catalogue.systems()),
            [
                one
                for one in self._services.projects.audits.summaries()
                if one.system_id == summary.id
            ],
        )


def other_editions(summary: SystemSummary, systems: Sequence[SystemSummary]) -> list[SystemSummary]:
    """Documents that share an industry code of three digits or more, or that one names as replaced."""
    codes = {code for code in summary.industry_codes if len(code) >= 3}

    def related(other: SystemSummary) -> bool:
        named = other.document_no and any(other.document_no in text for text in summary.supersedes)
        naming = summary.document_no and any(
            summary.document_no in text for text in other.supersedes
        )
        return bool(named or naming or codes & set(other.industry_codes))

    return [other for other in systems if other.id != summary.id and related(other)]


def _shortcut(screen: QWidget, keys: str, run: Callable[[], object]) -> None:
    shortcut = QShortcut(QKeySequence(keys), screen)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(run)
