"""「本企业用哪几张表」: tables of the document ticked and weighted for this firm, at once in the result; what does not go is said."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.assessment.indicator_system import IndicatorSystem
from app.assessment.numbers import brief
from app.audit.wording import short_table
from app.services.acts import choose_tables
from app.services.tables import (
    AvailableTable,
    ChosenTable,
    available_tables,
    choice_problems,
    chosen_tables,
)
from app.ui import widgets
from app.ui.messages import announce
from app.ui.session import SessionModel


def chosen_after(available: Sequence[AvailableTable], now: Sequence[str], picked: str) -> list[str]:
    """The tables after `picked` was ticked or taken out, in the document's order.

    A table that is put together with others keeps those and brings the ones that always belong to them; one that stands
    alone replaces what was chosen.
    """
    tables = {table.id: table for table in available}
    if picked in now:
        kept = {name for name in now if name != picked}
    else:
        together = tables[picked].together
        kept = {picked, *(name for name in now if name in together)}
        kept |= {name for name in together if tables[name].always}
    return [name for name in tables if name in kept]


class TablesPanel(widgets.Card):
    """One line while closed. Every tick and every weight is an act of the user with undo; hidden where there is one table."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__(padded=False)
        self._model = model
        self._system: IndicatorSystem | None = None
        self._hash = ""
        self._draft: list[str] = []
        self.ticks: dict[str, QAbstractButton] = {}
        self.weights: dict[str, QLineEdit] = {}
        self._parts: dict[str, QLabel] = {}
        self._recorded: tuple[tuple[str, object], ...] = ()
        self.said = widgets.label("", "second", wrap=True)
        self.toggle = widgets.link("", self._on_toggle)
        self._title = widgets.label("", "table_strong")
        head = widgets.row(widgets.IconLabel("table"), self._title, margins=(14, 6, 12, 6))
        head.addWidget(self.said, 1)
        head.addWidget(self.toggle)
        self.body.addLayout(head)
        self._inside = QWidget()
        inner = QVBoxLayout(self._inside)
        inner.setContentsMargins(14, 0, 14, 10)
        inner.setSpacing(6)
        self._printed = widgets.label("", "note2", wrap=True)
        inner.addWidget(self._printed)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        inner.addLayout(self._grid)
        self.problems = widgets.label("", "second", tone="warn", wrap=True)
        inner.addWidget(self.problems)
        self.body.addWidget(self._inside)
        self._open(False)
        self.hide()

    # -- showing

    def show_project(self) -> None:
        """Renew what is shown from the audit; an unfinished choice stays until it goes or is taken back."""
        project = self._model.project
        system = project.system
        self.setVisible(system is not None and len(system.tables) > 1)
        if system is None or self.isHidden():
            self._system = None
            return
        chosen = chosen_tables(project)
        available = available_tables(system)
        if self._system is None or self._hash != project.system_hash:
            self._system, self._hash = system, project.system_hash
            self._draft = [table.id for table in chosen]
            lonely = len(chosen) == 1 and any(
                table.together for table in available if table.id == chosen[0].id
            )
            self._open(lonely)
            self._build(available)
        elif self._recorded != _recorded(chosen):
            self._draft = [table.id for table in chosen]
        self._recorded = _recorded(chosen)
        self._show_state(chosen)

    def _build(self, available: Sequence[AvailableTable]) -> None:
        widgets.clear_layout(self._grid)
        self.ticks, self.weights, self._parts = {}, {}, {}
        printed = dict.fromkeys(table.printed for table in available if table.printed)
        words = "；".join(printed)
        several = any(table.together for table in available)
        self._title.setText(self.tr("本企业用哪几张表") if several else self.tr("本企业用哪一张表"))
        self._printed.setText(self.tr("文件怎么说：{words}").format(words=words) if words else "")
        self._printed.setVisible(bool(words))
        for number, table in enumerate(available):
            tick: QAbstractButton = QCheckBox() if table.together else QRadioButton()
            tick.setText(self.tr("{title}（{n} 项）").format(title=table.title, n=table.indicators))
            tick.setAutoExclusive(False)
            tick.clicked.connect(partial(self._pick, table.id))
            tick.setEnabled(not self._model.read_only)
            self.ticks[table.id] = tick
            self._grid.addWidget(tick, number, 0)
            if not table.together:
                continue
            if table.weight is not None:
                text = self.tr("文件给的权重 {weight}").format(weight=brief(table.weight))
                self._grid.addWidget(widgets.label(text, "second"), number, 1)
            else:
                self._grid.addLayout(self._weight_line(table), number, 1)
            part = widgets.label("", "table_strong")
            part.setMinimumWidth(96)
            self._parts[table.id] = part
            self._grid.addWidget(part, number, 2, Qt.AlignmentFlag.AlignRight)

    def _weight_line(self, table: AvailableTable) -> QHBoxLayout:
        edit = QLineEdit()
        edit.setFixedWidth(84)
        edit.setPlaceholderText(self.tr("没有收录"))
        edit.setAccessibleName(self.tr("{title}的权重").format(title=table.title))
        edit.setToolTip(self.tr("照原文或主管部门认可的办法填，0.4 或 40% 都行；空着就只给范围"))
        edit.setReadOnly(self._model.read_only)
        edit.editingFinished.connect(self._record)
        self.weights[table.id] = edit
        return widgets.row(widgets.label(self.tr("权重"), "second"), edit)

    def _show_state(self, chosen: Sequence[ChosenTable]) -> None:
        parts = {table.id: table for table in chosen}
        several = len(self._draft) > 1
        for name, tick in self.ticks.items():
            widgets.set_checked_silently(tick, name in self._draft)
        for name, edit in self.weights.items():
            edit.setEnabled(name in self._draft and several)
            one = parts.get(name)
            own = "" if one is None or one.own is None else brief(one.own)
            if not edit.hasFocus() and not edit.isModified():
                edit.setText(own)
        for name, label in self._parts.items():
            found = parts.get(name)
            text = ""
            if found is not None and len(parts) > 1:
                text = (
                    self.tr("权重不知道")
                    if found.part is None
                    else self.tr("计 {part}").format(part=brief(found.part))
                )
            label.setText(text)
        said = []
        for one in chosen:
            part = ""
            if len(chosen) > 1:
                part = self.tr("（权重不知道）") if one.part is None else f" {brief(one.part)}"
            said.append(short_table(one.title) + part)
        self.said.setText("＋".join(said))
        self._say_problems()

    def _say_problems(self) -> None:
        assert self._system is not None
        problems = choice_problems(self._system, self._draft, self._typed())
        lines = [f"{problem}" for problem in problems]
        if lines:
            lines.append(self.tr("还没有记下，下面的结果还是原来那样选的。"))
        self.problems.setText("\n".join(lines))
        self.problems.setVisible(bool(lines))

    # -- acting

    def _typed(self) -> dict[str, str]:
        """Typed parts; a table chosen alone has none."""
        if len(self._draft) < 2:
            return {}
        return {name: edit.text() for name, edit in self.weights.items() if name in self._draft}

    def _pick(self, table_id: str) -> None:
        assert self._system is not None
        available = available_tables(self._system)
        self._draft = chosen_after(available, self._draft, table_id)
        self._record()

    def _record(self) -> None:
        """Record the choice as it stands; where it does not go, say why and leave the audit as it is."""
        system = self._system
        if system is None:
            return
        if not choice_problems(system, self._draft, self._typed()):
            act = choose_tables(self._model.project, self._draft, self._typed())
            for edit in self.weights.values():
                edit.setModified(False)
            if act.changes:
                names = "＋".join(short_table(system.table(name).title) for name in self._draft)
                if self._model.do(act):
                    announce(self, self.tr("现在用：{names}").format(names=names))
        self._show_state(chosen_tables(self._model.project))

    def _on_toggle(self) -> None:
        self._open(self._inside.isHidden())

    def _open(self, wanted: bool) -> None:
        self._inside.setVisible(wanted)
        self.toggle.setText(self.tr("收起") if wanted else self.tr("改"))
        self.toggle.setAccessibleName(
            self.tr("收起选表") if wanted else self.tr("改本企业用哪几张表")
        )


def _recorded(chosen: Sequence[ChosenTable]) -> tuple[tuple[str, object], ...]:
    return tuple((table.id, table.own) for table in chosen)
