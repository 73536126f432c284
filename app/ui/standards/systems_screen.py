"""指标体系库: every system with kind, state of its values and whether it gives a level; one in full at the right."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPen, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.assessment.indicator_system import DocumentKind, IndicatorSystem, Verification
from app.standards.library import FIELD_NAMES, SystemSummary
from app.ui import chips, theme, widgets
from app.ui.messages import MessageBar
from app.ui.standards.system_table import SystemView
from app.ui.standards.words import STATES, kind_name, status_name, why_no_level

if TYPE_CHECKING:
    from app.services.projects import AuditSummary
    from app.services.services import Services

_Index = QModelIndex | QPersistentModelIndex
_SUMMARY = Qt.ItemDataRole.UserRole
_REST_MS = 80
_STATUSES = ("in_force", "trial", "draft", "superseded")
_TONES = {
    Verification.VERIFIED: "jade",
    Verification.TRANSCRIBED: "jade_mid",
    Verification.RECALLED: "ochre_bg",
}


def states_text(summary: SystemSummary) -> str:
    """「已核对 2 · 转录 10 · 凭记忆 31」, only those that occur."""
    words = {
        Verification.VERIFIED: "已核对",
        Verification.TRANSCRIBED: "转录",
        Verification.RECALLED: "凭记忆",
    }
    return " · ".join(
        f"{words[state]} {summary.states[state]}" for state in STATES if summary.states[state]
    )


class _Systems(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.shown: tuple[SystemSummary, ...] = ()

    def show(self, summaries: Sequence[SystemSummary]) -> None:
        self.beginResetModel()
        self.shown = tuple(summaries)
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: _Index, role: int = 0) -> object:
        summary = self.shown[index.row()]
        if role == _SUMMARY:
            return summary
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = (
                summary.title,
                summary.document_no,
                kind_name(summary.kind),
                status_name(summary.status),
                states_text(summary),
                why_no_level(summary),
            )
            return "，".join(parts)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{summary.title}\n{summary.document_no}\n{states_text(summary)}"
        return None


class _Line(QStyledItemDelegate):
    """Two lines: title and number of rows; kind, status, bar of states, level or why not."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(100, 2 * option.fontMetrics.height() + 20)  # type: ignore[attr-defined]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        summary: SystemSummary = index.data(_SUMMARY)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("select"))
            painter.fillRect(
                QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("indigo")
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        half = rect.height() // 2
        upper = QRect(rect.left() + 12, rect.top() + 3, rect.width() - 24, half)
        lower = upper.translated(0, half - 5)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("ink3"))
        rows = self.tr("{n} 行").format(n=summary.indicators)
        painter.drawText(upper, right, rows)
        room = upper.width() - painter.fontMetrics().horizontalAdvance(rows) - 10
        painter.setFont(theme.font("table", bold=True))
        painter.setPen(theme.color("ink"))
        title = painter.fontMetrics().elidedText(summary.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(upper, middle, title)
        painter.setFont(theme.font("caption"))
        verdict = why_no_level(summary)
        painter.setPen(theme.color("jade" if summary.scorable else "ink3"))
        painter.drawText(lower, right, verdict)
        bar = QRectF(lower.right() - 190, lower.center().y() - 3, 84, 8)
        self._paint_bar(painter, bar, summary)
        words = f"{kind_name(summary.kind)} · {status_name(summary.status)}"
        if summary.own:
            words += self.tr(" · 自己的")
        painter.setPen(theme.color("ink2"))
        painter.drawText(
            lower,
            middle,
            painter.fontMetrics().elidedText(
                words, Qt.TextElideMode.ElideRight, lower.width() - 200
            ),
        )
        painter.restore()

    @staticmethod
    def _paint_bar(painter: QPainter, box: QRectF, summary: SystemSummary) -> None:
        """Solid = checked, pale = transcribed, dotted outline alone = recalled."""
        total = sum(summary.states.values()) or 1
        x = box.left()
        for state in STATES:
            width = box.width() * summary.states[state] / total
            if not width:
                continue
            part = QRectF(x, box.top(), width, box.height())
            painter.fillRect(part, theme.color(_TONES[state]))
            if state is Verification.RECALLED:
                painter.setPen(QPen(theme.color("ochre_line"), 1, Qt.PenStyle.DotLine))
                painter.drawRect(part.adjusted(0.5, 0.5, -0.5, -0.5))
            x += width
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawRect(box)


class _Search(QLineEdit):
    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
            return
        super().keyPressEvent(event)


def count_bar(summary: SystemSummary) -> QHBoxLayout:
    """The states of a system with their numbers."""
    box = widgets.row(spacing=12)
    for state in STATES:
        if summary.states[state]:
            box.addWidget(chips.ChipLabel(chips.verification_chip(state)))
            box.addWidget(widgets.label(str(summary.states[state]), "table_strong"))
    return box


class SystemDetail(QWidget):
    """One system: head, then its tables, its sources and gaps, its editions and the audits that use it."""

    verify_wanted = Signal(str, str)
    edit_wanted = Signal(str, str)
    export_wanted = Signal(str, str)  # id, ending
    pack_wanted = Signal(str)
    sheet_wanted = Signal(str, list)  # id, ids of the tables
    system_wanted = Signal(str)
    audit_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.summary: SystemSummary | None = None
        self._system: IndicatorSystem | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = widgets.frame("card_head", margins=(16, 12, 16, 10), spacing=5)
        inner: QVBoxLayout = head.layout()  # type: ignore[assignment]
        self._title = widgets.label("", "section", wrap=True)
        self._number = widgets.label("", "second", wrap=True)
        inner.addWidget(self._title)
        inner.addWidget(self._number)
        self._facts = widgets.row(spacing=10)
        inner.addLayout(self._facts)
        self.verify_button = widgets.button(
            self.tr("逐行核对"), self._verify, role="primary", icon="check"
        )
        self.edit_button = widgets.button(self.tr("改数值"), self._edit, icon="pencil")
        self.export_button = widgets.button(self.tr("导出"), self._export_menu, icon="export")
        self.sheet_button = widgets.button(
            self.tr("核对单"),
            self._sheet,
            icon="print",
            tip=self.tr("打印核对单：每张表一份 PDF，拿着纸和原文逐行勾，两个人签字"),
        )
        self.tabs = widgets.Segments(
            [self.tr("表"), self.tr("来源与缺口"), self.tr("版本与案卷")], name=self.tr("看")
        )
        self.tabs.set_current(0)
        self.table_choice = QComboBox()
        self.table_choice.setAccessibleName(self.tr("哪一张表"))
        self.table_choice.setMinimumWidth(120)
        self.table_choice.currentIndexChanged.connect(lambda _: self._show_table())
        inner.addSpacing(4)
        inner.addLayout(
            widgets.row(
                self.verify_button,
                self.edit_button,
                self.export_button,
                self.sheet_button,
                None,
                self.tabs,
            )
        )
        inner.addWidget(self.table_choice)
        box.addWidget(head)
        self.pages = QStackedWidget()
        self.table = SystemView()
        self.pages.addWidget(self.table)
        self._sources, source_page = self._page()
        self._uses, use_page = self._page()
        self.pages.addWidget(source_page)
        self.pages.addWidget(use_page)
        self.tabs.chosen.connect(self.pages.setCurrentIndex)
        box.addWidget(self.pages, 1)

    def _page(self) -> tuple[QVBoxLayout, QWidget]:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(self.tr("说明"))
        holder = QWidget()
        holder.setProperty("role", "plain")
        box = QVBoxLayout(holder)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(6)
        area.setWidget(holder)
        return box, area

    def show_system(
        self,
        summary: SystemSummary,
        system: IndicatorSystem,
        others: Sequence[SystemSummary],
        audits: Sequence["AuditSummary"],
    ) -> None:
        """others: other editions and documents for the same industry; audits: those that use it."""
        keep = (
            self.table_choice.currentIndex()
            if self.summary and self.summary.id == summary.id
            else 0
        )
        self.summary, self._system = summary, system
        self._title.setText(summary.title)
        dates = []
        if summary.issued:
            dates.append(self.tr("发布 {day}").format(day=summary.issued))
        if summary.effective:
            dates.append(self.tr("施行 {day}").format(day=summary.effective))
        self._number.setText("　".join((summary.document_no, *dates)))
        widgets.clear_layout(self._facts)
        for text, tone in (
            (kind_name(summary.kind), "info"),
            (status_name(summary.status), "ok" if summary.status == "in_force" else "warn"),
            (why_no_level(summary), "ok" if summary.scorable else "plain"),
        ):
            self._facts.addWidget(chips.ChipLabel(chips.tag(text, tone)))  # type: ignore[arg-type]
        if summary.own:
            self._facts.addWidget(chips.ChipLabel(chips.tag(self.tr("自己的"), "info")))
        self._facts.addLayout(count_bar(summary))
        self._facts.addStretch(1)
        self.edit_button.setToolTip(
            "" if summary.own else self.tr("改了存成自己的一份，程序带的那份还在")
        )
        blocked = self.table_choice.blockSignals(True)
        self.table_choice.clear()
        for table_id, title in summary.tables:
            self.table_choice.addItem(title, table_id)
        self.table_choice.setCurrentIndex(max(0, min(keep, self.table_choice.count() - 1)))
        self.table_choice.blockSignals(blocked)
        self.table_choice.setVisible(len(summary.tables) > 1)
        self._show_table()
        self._show_sources(summary, system)
        self._show_uses(summary, others, audits)

    @property
    def table_id(self) -> str:
        return str(self.table_choice.currentData() or "")

    def _show_table(self) -> None:
        if self._system is not None and self.table_id:
            self.table.show_table(self._system, self.table_id)

    def _show_sources(self, summary: SystemSummary, system: IndicatorSystem) -> None:
        box = self._sources
        widgets.clear_layout(box)
        self._part(
            box,
            self.tr("不能定级的原因") if not summary.scorable else self.tr("缺口"),
            summary.gaps
            or ((self.tr("没有缺口"),) if summary.scorable else (why_no_level(summary),)),
        )
        self._part(box, self.tr("没有查到的"), system.missing)
        self._part(box, self.tr("存疑"), _doubts(system))
        self._part(
            box,
            self.tr("值从哪里读来"),
            [f"{source.what}　{source.url}".strip() for source in system.sources.values()],
        )
        notes = [system.confidence_note, system.scope, system.status_note, *system.notes]
        self._part(box, self.tr("说明"), [note for note in notes if note])
        self._part(
            box, self.tr("记下的"), [f"{name}：{text}" for name, text in system.extras.items()]
        )
        box.addStretch(1)

    def _show_uses(
        self,
        summary: SystemSummary,
        others: Sequence[SystemSummary],
        audits: Sequence["AuditSummary"],
    ) -> None:
        box = self._uses
        widgets.clear_layout(box)
        self._part(box, self.tr("代替了"), summary.supersedes or (self.tr("没有记载"),))
        industries = [
            f"{code} {name}".strip()
            for code, name in zip(summary.industry_codes, summary.industry_names, strict=True)
        ]
        fields = "、".join(FIELD_NAMES.get(field, field) for field in summary.fields)
        self._part(box, self.tr("用在哪些行业"), industries or ([fields] if fields else ()))
        box.addWidget(widgets.label(self.tr("别的版本和同行业的文件"), "card_title"))
        for other in others:
            box.addWidget(
                widgets.link(
                    f"{other.title}　{other.document_no}",
                    partial(self.system_wanted.emit, other.id),
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        if not others:
            box.addWidget(widgets.label(self.tr("库里没有"), "second"))
        box.addSpacing(8)
        box.addWidget(widgets.label(self.tr("在用它的案卷"), "card_title"))
        for audit in audits:
            box.addWidget(
                widgets.link(audit.path.stem, partial(self.audit_wanted.emit, audit.path)),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        if not audits:
            box.addWidget(widgets.label(self.tr("这台电脑上打开过的案卷都没有用它"), "second"))
        box.addStretch(1)

    def _part(self, box: QVBoxLayout, title: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        box.addWidget(widgets.label(title, "card_title"))
        for line in lines:
            text = widgets.label(line, "second", wrap=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            box.addWidget(text)
        box.addSpacing(8)

    def _verify(self) -> None:
        if self.summary is not None:
            self.verify_wanted.emit(self.summary.id, self.table_id)

    def _edit(self) -> None:
        if self.summary is not None:
            self.edit_wanted.emit(self.summary.id, self.table_id)

    def _sheet(self) -> None:
        """All tables: what is printed is usually the whole document."""
        if self.summary is not None:
            self.sheet_wanted.emit(self.summary.id, [name for name, _ in self.summary.tables])

    def _export_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, ending in (
            (self.tr("Excel 工作簿（能再导入）"), ".xlsx"),
            (self.tr("YAML 文本"), ".yaml"),
            (self.tr("体系包（给别人用）"), ".cppack"),
        ):
            menu.addAction(text, lambda ending=ending: self._export(ending))
        menu.popup(self.export_button.mapToGlobal(self.export_button.rect().bottomLeft()))

    def _export(self, ending: str) -> None:
        if self.summary is None:
            return
        if ending == ".cppack":
            self.pack_wanted.emit(self.summary.id)
        else:
            self.export_wanted.emit(self.summary.id, ending)


def _doubts(system: IndicatorSystem) -> list[str]:
    return [
        f"{row.name}：{row.provenance.doubt}"
        for table in system.tables
        for row in table.indicators()
        if row.provenance.doubt
    ]


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
        self.search.setMinimumWidth(330)
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
        card = widgets.frame("card", margins=(1, 1, 1, 1))
        card.setFixedWidth(432)
        card_box = card.layout()
        assert card_box is not None
        self.list = QListView()
        self.list.setAccessibleName(self.tr("找到的体系"))
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.model = _Systems(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Line(self.list))
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
        summary: SystemSummary = index.data(_SUMMARY)
        catalogue = self._services.catalogue
        self.detail.show_system(
            summary,
            catalogue.system(summary.id),
            other_editions(summary, catalogue.systems()),
            [one for one in self._services.projects.summaries() if one.system_id == summary.id],
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
