"""版本对照: the open audit under another system, table or edition, side by side; the user decides, nothing moves by itself."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.assessment.editions import EditionComparison, Pair
from app.assessment.finding import Measured
from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    IndicatorKind,
    Level,
    Verification,
    same_tables,
)
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.assessment.units import UNITS
from app.audit.edition_words import index_text, verdict
from app.audit.front_door import Suggestion, conclusions, gives_levels
from app.audit.wording import finding_text, short_title, threshold_text
from app.errors import UserError
from app.services.switching import (
    Switch,
    drop_system,
    export_comparison,
    newer_copy,
    open_another,
    switch_to,
    take_checked,
    take_over,
)
from app.services.tables import table_choices
from app.standards.library import SystemSummary
from app.ui import chips, problems, theme, widgets
from app.ui.messages import Action, Message, MessageBar, announce
from app.ui.results.indicator_table import kind_of, reached_chip
from app.ui.saving import ask_target
from app.ui.session import SessionModel
from app.ui.standards.systems_screen import other_editions
from app.ui.standards.words import status_name, tr, why_no_level

if TYPE_CHECKING:
    from app.services.services import Services

NO_SYSTEM = ("", "")  # the choice to go without a system


class EditionsScreen(QWidget):
    """adopted: the audit is scored by the other one from now on. audit_wanted(path): another audit should be opened."""

    adopted = Signal()
    audit_wanted = Signal(object)

    def __init__(self, services: "Services", model: SessionModel, *, today: date) -> None:
        super().__init__()
        self._today = today
        self._services = services
        self.model = model
        self.switch: Switch | None = None
        self._found: tuple[SystemSummary, ...] = ()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(18, 14, 18, 12)
        outer.setSpacing(10)
        outer.addWidget(widgets.label(tr("B1 指标对标 / 版本对照"), "note"))
        self.export_button = widgets.button(
            tr("导出对照表 .xlsx"), self.export, icon="table", keys="Ctrl+E"
        )
        outer.addLayout(
            widgets.row(
                widgets.label(tr("两版并排：阈值变了什么，等级会怎样"), "title"),
                None,
                self.export_button,
            )
        )
        self.messages = MessageBar()
        outer.addWidget(self.messages)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("找别的体系：名称、拼音首字母、行业、文号"))
        self.search.setAccessibleName(tr("找别的体系"))
        self.search.setFixedWidth(300)
        self.search.textChanged.connect(lambda _: self._offer())
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("和哪个体系对照"))
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.choice.currentIndexChanged.connect(lambda _: self._compare())
        outer.addLayout(
            widgets.row(widgets.label(tr("和哪一份对照"), "table"), self.search, self.choice)
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(tr("对照结果"))
        holder = QWidget()
        holder.setProperty("role", "plain")
        self._body = QVBoxLayout(holder)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(12)
        area.setWidget(holder)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(area, 1)
        body.addWidget(self._build_decision())
        outer.addLayout(body, 1)
        shortcut = QShortcut(QKeySequence("Ctrl+E"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.export_button.click)
        self._offer()

    def _build_decision(self) -> QWidget:
        """Right of the comparison: nothing moves by itself; a copy under the other edition, or this audit over to it."""
        card = widgets.Card(tr("换不换版"))
        card.body.setSpacing(6)

        def part(icon: str, title: str, *things: QWidget) -> None:
            if card.body.count():
                card.body.addSpacing(4)
                card.body.addWidget(widgets.rule())
                card.body.addSpacing(2)
            card.body.addLayout(
                widgets.row(widgets.IconLabel(icon), widgets.label(title, "table_strong"), None)
            )
            for thing in things:
                card.body.addWidget(thing)

        self._stays = widgets.label("", "second", wrap=True)
        part("lock", tr("旧的不会自己变"), self._stays)
        self.another_button = widgets.button(
            tr("另开一份"), self.open_another, icon="copy", role="primary"
        )
        self._another_note = widgets.label("", "note2", wrap=True)
        part("columns", tr("想换，就另开一份"), self.another_button, self._another_note)
        self.adopt_button = widgets.button(tr("本案卷改用这一版"), self.adopt, icon="check")
        self._adopt_note = widgets.label(tr("现在用的那份留在案卷里，能撤销。"), "note2", wrap=True)
        part("pencil", tr("就在这份里换"), self.adopt_button, self._adopt_note)
        self._doubts = widgets.label("", "second", wrap=True)
        part("warning", tr("换之前看清"), self._doubts)
        card.body.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFixedWidth(256)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(card)
        return area

    # -- choosing

    def _offer(self) -> None:
        """Tables to compare with: other editions and the newer copy first; what is typed narrows them."""
        project = self.model.project
        catalogue = self._services.catalogue
        wanted = self.search.text()
        systems = catalogue.find(wanted) if wanted else catalogue.systems()
        here = project.system.id if project.system is not None else ""
        summary = next((one for one in catalogue.systems() if one.id == here), None)
        near = (
            {one.id for one in other_editions(summary, catalogue.systems())} if summary else set()
        )
        fitting = {one.system_id for one in self._suggested()}
        groups: dict[str, list[SystemSummary]] = {
            tr("正在用的"): [one for one in systems if one.id == here],
            tr("同行业的别的版本"): [one for one in systems if one.id != here and one.id in near],
        }
        rest = [one for one in systems if one.id != here and one.id not in near]
        groups[tr("行业或工序对得上")] = [one for one in rest if one.id in fitting]
        rest = [one for one in rest if one.id not in fitting]
        groups[tr("别的行业，能定级")] = [one for one in rest if gives_levels(one)]
        groups[tr("别的行业，只作对照")] = [one for one in rest if not gives_levels(one)]
        self.choice.blockSignals(True)
        self.choice.clear()
        newer = newer_copy(project, catalogue)
        for title, members in groups.items():
            self._offer_group(title, members, here, renewed=newer is not None)
        if here:
            self._add_head(tr("不用体系"))
            self.choice.addItem(tr("不选体系，只和本企业近三年比（自评参考）"), NO_SYSTEM)
        first = next((n for n in range(self.choice.count()) if self.choice.itemData(n)), -1)
        self.choice.setCurrentIndex(first)
        self.choice.blockSignals(False)
        self._compare()

    def _suggested(self) -> tuple[Suggestion, ...]:
        """What fits the firm by its industry or its processes."""
        catalogue = self._services.catalogue
        front = conclusions(
            self.model.project.book,
            catalogue.systems(),
            catalogue.front_door_rules(),
            catalogue.reference(),
        )
        return front.suggestions

    def _offer_group(
        self, title: str, members: list[SystemSummary], here: str, *, renewed: bool
    ) -> None:
        """The tables of one group under its heading; nothing when none of them can be chosen."""
        project, catalogue = self.model.project, self._services.catalogue
        found = []
        for one in members:
            tables = one.tables
            if len(tables) > 1:
                tables = table_choices(catalogue.system(one.id))
            for table_id, name in tables:
                if one.id == here and same_tables(table_id, project.table_id):
                    if not renewed:
                        continue
                    name += tr("（库里现在的一份）")
                found.append((f"{one.title}　{one.document_no}　{name}", (one.id, table_id)))
        if found:
            self._add_head(title)
        for text, data in found:
            self.choice.addItem(text, data)

    def _add_head(self, title: str) -> None:
        """A heading in the list, which cannot be chosen."""
        self.choice.addItem(f"— {title} —")
        model = self.choice.model()
        if isinstance(model, QStandardItemModel):
            model.item(self.choice.count() - 1).setEnabled(False)

    def choose(self, system_id: str, table_id: str) -> None:
        """Compare with one table. Nothing happens when it is not offered."""
        for number in range(self.choice.count()):
            if tuple(self.choice.itemData(number) or ()) == (system_id, table_id):
                self.choice.setCurrentIndex(number)

    def _compare(self) -> None:
        widgets.clear_layout(self._body)
        self.switch = None
        chosen = self.choice.currentData()
        self.adopt_button.setEnabled(chosen is not None and not self.model.read_only)
        self.adopt_button.setToolTip(tr("这个案卷只能看") if self.model.read_only else "")
        self.another_button.setEnabled(chosen is not None)
        self.export_button.setEnabled(False)
        self._show_decision(None)
        if chosen is None:
            self._body.addWidget(widgets.label(tr("没有别的可对照。"), "second"))
            self._body.addStretch(1)
            return
        if tuple(chosen) == NO_SYSTEM:
            self._offer_none()
            return
        system_id, table_id = chosen
        switch = switch_to(
            self._services.projects,
            self.model.session,
            self._services.catalogue,
            system_id,
            table_id,
        )
        self.switch = switch
        summary = self._services.catalogue.summary(system_id)
        self._show_decision(summary)
        self.export_button.setEnabled(switch.comparison is not None)
        if switch.comparison is None:
            self._body.addWidget(
                widgets.label(
                    tr("案卷还没选体系。用这一份：能直接算出 {n} 项，要填 {m} 项。").format(
                        n=len(switch.carried), m=len(switch.again)
                    ),
                    "second",
                    wrap=True,
                )
            )
            self._body.addStretch(1)
            return
        self._body.addLayout(self._heads(switch, summary, switch.comparison))
        self._body.addWidget(self._pairs(switch, switch.comparison))
        self._body.addWidget(self._questions(switch))
        self._body.addStretch(1)

    # -- showing

    def _offer_none(self) -> None:
        """What it means to go without a system: the own three years, no level; the answers stay."""
        self.another_button.setEnabled(False)
        words = tr(
            "不选体系：只和本企业近三年比（自评参考），报告不写等级。指标的回答和那一份体系都留在案卷里，能撤销，也能随时换回来。"
        )
        self._body.addWidget(widgets.label(words, "second", wrap=True))
        self._body.addStretch(1)

    def _show_decision(self, summary: SystemSummary | None) -> None:
        """What stands at the right for the chosen edition, None = nothing is chosen."""
        system = self.model.project.system
        if system is None:
            self._stays.setText(tr("本案卷还没选体系。"))
        else:
            self._stays.setText(
                tr("本案卷钉在「{name}」。这里只是并排算给你看；旧的等级永远按当时那一版。").format(
                    name=short_title(system)
                )
            )
        switch = self.switch
        if switch is None or summary is None:
            self._another_note.setText("")
            self._doubts.setText("")
            return
        self._another_note.setText(
            tr("原案卷不动。新案卷带过来 {n} 项，要再问 {m} 项。").format(
                n=len(switch.carried), m=len(switch.again)
            )
        )
        doubts = []
        if summary.status != "in_force":
            doubts.append(tr("这一份是「{status}」。").format(status=status_name(summary.status)))
        if not summary.scorable:
            doubts.append(tr("它{why}，给不出清洁生产等级。").format(why=why_no_level(summary)))
        states = [row.trust for row in switch.table.indicators()]
        unchecked = sum(1 for state in states if state is not Verification.VERIFIED)
        if unchecked:
            doubts.append(
                tr("{all} 行里 {n} 行没核过原文，报告里会标「待核对」。").format(
                    all=len(states), n=unchecked
                )
            )
        self._doubts.setText("\n".join(doubts) or tr("现行文件，每一行都核过原文。"))

    def _heads(
        self, switch: Switch, summary: SystemSummary, comparison: EditionComparison
    ) -> QHBoxLayout:
        project = self.model.project
        assert project.system is not None
        old = self._head(
            tr("本案卷用的"),
            "ok",
            f"{project.system.title}　{project.system.document_no}",
            project.system.table(project.table_id).title,
            comparison.old,
        )
        old.setProperty("current", "true")
        new = self._head(
            status_name(summary.status),
            "ok" if summary.status == "in_force" else "warn",
            f"{switch.system.title}　{switch.system.document_no}",
            f"{switch.table.title}　{why_no_level(summary)}",
            comparison.new,
        )
        line = widgets.row(spacing=12)
        line.addWidget(old, 1)
        line.addWidget(new, 1)
        return line

    def _head(
        self, word: str, tone: str, title: str, below: str, assessment: Assessment
    ) -> QWidget:
        card = widgets.frame("card", vertical=False, margins=(14, 12, 14, 12), spacing=12)
        box: QHBoxLayout = card.layout()  # type: ignore[assignment]
        words = QVBoxLayout()
        words.setSpacing(4)
        first = widgets.row(chips.ChipLabel(chips.tag(word, tone)), None)  # type: ignore[arg-type]
        words.addLayout(first)
        words.addWidget(widgets.label(title, "table_strong", wrap=True))
        words.addWidget(widgets.label(below, "second", wrap=True))
        applicable = [one for one in assessment.judgements if one.state != "not_applicable"]
        said = tr("适用本企业 {n} 行").format(n=len(applicable))
        index = index_text(assessment)
        if index:
            said += f"；{index}"
        if assessment.why_not_scored:
            said += f"；{assessment.why_not_scored}"
        words.addWidget(widgets.label(said, "second", wrap=True))
        words.addStretch(1)
        box.addLayout(words, 1)
        if assessment.level_range is None:
            box.addWidget(chips.ChipLabel(chips.tag(tr("不给等级"))))
        else:
            box.addWidget(chips.ChipLabel(chips.level_chip(assessment.level, big=True)))
        return card

    def _pairs(self, switch: Switch, comparison: EditionComparison) -> QWidget:
        project = self.model.project
        assert project.system is not None
        changed = [pair for pair in comparison.pairs if pair.is_changed]
        both = [pair for pair in comparison.pairs if pair.old_id and pair.new_id]
        card = widgets.Card(
            tr("逐项看"),
            icon="columns",
            note=tr("同一项 {both} 项，有变化 {n} 项。下划线：两版不同").format(
                both=len(both), n=len(changed)
            ),
            padded=False,
        )
        grid = QGridLayout()
        grid.setContentsMargins(14, 8, 14, 10)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        heads = (
            tr("指标"),
            tr("企业值"),
            tr("旧版 Ⅰ Ⅱ Ⅲ"),
            tr("旧版"),
            tr("新版 Ⅰ Ⅱ Ⅲ"),
            tr("新版"),
            tr("变化"),
        )
        for column, head in enumerate(heads):
            grid.addWidget(widgets.label(head, "note"), 0, column)
        for column, stretch in ((0, 5), (1, 4), (2, 4), (4, 4), (6, 4)):
            grid.setColumnStretch(column, stretch)
            grid.setColumnMinimumWidth(column, 30 * stretch)
        old_rows = {row.id: row for row in project.system.table(project.table_id).indicators()}
        new_rows = {row.id: row for row in switch.table.indicators()}
        for number, pair in enumerate(sorted(changed or both, key=_order)):
            grid.addWidget(widgets.rule(), 2 * number + 1, 0, 1, len(heads))
            self._pair_line(grid, 2 * number + 2, pair, old_rows, new_rows, comparison)
        if not changed:
            card.note_label.setText(tr("两份的阈值、权重和判定都一样"))
        card.body.addLayout(grid)
        return card

    def _pair_line(
        self,
        grid: QGridLayout,
        number: int,
        pair: Pair,
        old_rows: dict[str, Indicator],
        new_rows: dict[str, Indicator],
        comparison: EditionComparison,
    ) -> None:
        old, new = old_rows.get(pair.old_id), new_rows.get(pair.new_id)
        row = new or old
        assert row is not None
        grid.addWidget(widgets.label(pair.name, "table", wrap=True), number, 0)
        source = comparison.old if pair.old_id else comparison.new
        finding = source.judgement(pair.old_id or pair.new_id).finding
        value = finding_text(finding)
        shown = old or row
        if isinstance(finding, Measured) and shown.unit:
            value = f"{display(finding.value, 2)} {UNITS[shown.unit].symbol}"
        grid.addWidget(widgets.label(value, "table", wrap=True), number, 1)
        assert self.switch is not None
        assert self.model.project.system is not None
        for column, one, result, identity, kind in (
            (2, old, comparison.old, pair.old_id, kind_of(self.model.project.system)),
            (4, new, comparison.new, pair.new_id, kind_of(self.switch.system)),
        ):
            if one is None:
                grid.addWidget(widgets.label(tr("没有这一项"), "note"), number, column)
                continue
            grid.addWidget(self._thresholds(one, pair), number, column)
            chip = reached_chip(kind, result.judgement(identity))
            grid.addWidget(chips.ChipLabel(chip), number, column + 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._verdict(pair), number, 6)

    @staticmethod
    def _thresholds(row: Indicator, pair: Pair) -> QLabel:
        """The numbers; requirements in words are too long to stand side by side: they are in the tooltip."""
        levels = [level for level in LEVELS if level in row.benchmarks]
        texts = [threshold_text(row, level) for level in levels]
        if row.kind is IndicatorKind.QUALITATIVE:
            label = widgets.label(tr("各级要求（文字）"), "table")
            named = [f"{level.symbol} {text}" for level, text in zip(levels, texts, strict=True)]
            label.setToolTip("\n".join(named))
            label.setAccessibleName("；".join(named))
        else:
            label = widgets.label("　".join(texts), "table", wrap=True)
        if pair.thresholds:
            font = theme.font("table", bold=True)
            font.setUnderline(True)
            label.setFont(font)
        return label

    @staticmethod
    def _verdict(pair: Pair) -> QLabel:
        text, tone = verdict(pair)
        return widgets.label(text, "table", tone=tone, wrap=True)

    def _questions(self, switch: Switch) -> QWidget:
        rows = {row.id: row for row in switch.table.indicators()}
        card = widgets.Card(
            tr("如果换版，问题怎么办"),
            icon="list",
            note=tr("能带过来 {n} 项，要再问 {m} 项").format(
                n=len(switch.carried), m=len(switch.again)
            ),
        )
        for indicator_id, why in switch.again.items():
            row = rows[indicator_id]
            asked = threshold_text(row, Level.III) if Level.III in row.benchmarks else ""
            line = widgets.row(
                widgets.label(row.name, "table"),
                widgets.label(why, "note"),
                None,
                widgets.label(tr("Ⅲ 级：{text}").format(text=asked) if asked else "", "note"),
                spacing=12,
            )
            card.body.addLayout(line)
        if not switch.again:
            card.body.addWidget(widgets.label(tr("没有要再问的。"), "second"))
        return card

    # -- acting

    def adopt(self) -> None:
        """「改用这个版本」: an act of the user, in the change record, with undo."""
        if tuple(self.choice.currentData() or ()) == NO_SYSTEM:
            if self.model.act(drop_system):
                self.adopted.emit()
            return
        switch = self.switch
        if switch is None:
            return
        if self.model.act(lambda session: take_over(session, switch)):
            self.adopted.emit()

    def open_another(self) -> None:
        """「另开一份」: the same audit under the other edition, as a file of its own."""
        if self.switch is None:
            return
        try:
            made = open_another(
                self._services.projects,
                self.model.session,
                self.switch,
                who=self.model.session.who,
            )
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return
        text = tr("另开了「{name}」，在项目库里；原案卷没有动。").format(name=made.stem)
        look = Action(tr("打开它"), lambda: self.audit_wanted.emit(made))
        self.messages.show_message(Message("ok", text, (look,)))
        announce(self, text)

    def export(self) -> None:
        """Ask where to, then write the workbook."""
        if self.switch is None or self.switch.comparison is None:
            return
        name = f"{self.model.session.path.stem} 两版对照.xlsx"
        start = self.model.session.path.with_name(name)
        kind = tr("Excel 工作簿 (*.xlsx)")
        target = ask_target(self, tr("导出对照表"), start, kind, ".xlsx")
        if target is not None:
            self.export_to(target)

    def export_to(self, target: Path) -> None:
        assert self.switch is not None
        try:
            export_comparison(self.switch, self.model.project, target, today=self._today)
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            return
        text = tr("存在 {place}").format(place=target)
        where = QUrl.fromLocalFile(str(target))
        look = Action(tr("打开看"), lambda: QDesktopServices.openUrl(where))
        self.messages.show_message(Message("ok", text, (look,)))
        announce(self, text)

    def take_checked(self) -> bool:
        """Take the library's checked copy of the same system over; only states may differ. False, and why, if not."""
        project = self.model.project
        newer = newer_copy(project, self._services.catalogue)
        if project.system is None or newer is None:
            self.messages.show_message(Message("info", tr("案卷里已经是这一份。")))
            return False
        text, differing = newer
        if differing:
            names = "、".join(differing[:3])
            self.messages.show_message(
                Message(
                    "warn",
                    tr(
                        "库里这一份有 {n} 处数值和案卷里的不同（{names}），不能只换核对状态。看过对照再决定。"
                    ).format(n=len(differing), names=names),
                )
            )
            return False
        return self.model.act(lambda session: take_checked(session, text))

    def hint(self) -> str:
        return tr("Tab 换格 · ↑↓ 换对照的体系 · Alt+← 回指标对标")


def _order(pair: Pair) -> tuple[bool, bool]:
    """Rows of both editions first, those judged differently on top of them."""
    before, after = pair.reached
    fell = before is not None and after is not None and before != after
    return not (pair.old_id and pair.new_id), not fell
