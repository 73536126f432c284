"""One system in full: what it is, how sure its values are, its tables as published, and what can be done with it."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.assessment.indicator_system import IndicatorSystem
from app.standards.library import FIELD_NAMES, SystemSummary
from app.ui import chips, widgets
from app.ui.standards.system_table import SystemView
from app.ui.standards.words import STATES, kind_name, status_name, why_no_level

if TYPE_CHECKING:
    from app.services.audit_list import AuditSummary


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
