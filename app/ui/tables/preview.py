"""The paste preview: what would be written where, every guess open to change, every problem with its cell. Nothing is
written before 「写入」, and then as one act."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.forms.answer import SHORTEST_REASON, apply
from app.forms.grid import Grid, SheetGrid
from app.forms.paste import plan_paste
from app.forms.question import RowsKind, TableQuestion
from app.forms.reading.plan import UNUSED, PastePlan, SourceColumn
from app.ui import theme, widgets
from app.ui.fields.edit import LineField
from app.ui.messages import announce
from app.ui.session import SessionModel
from app.ui.tables.doubts import DoubtList
from app.ui.tables.preview_model import PADDING, PreviewDelegate, PreviewModel

_LARGE = 8000  # rows of a block that are read beside the window
_ROW = 24
_HEAD_ROW = 56  # the original head over the choice of the column
_MOST_PROBLEMS = 40
_MOST_ROWS = 16  # longer blocks scroll inside the card


def _beside(plan: Callable[[], PastePlan]) -> PastePlan:
    """A large block is read on a thread of its own; the window paints meanwhile and takes no input."""
    loop = QEventLoop()
    with ThreadPoolExecutor(max_workers=1) as pool:
        made = pool.submit(plan)
        look = QTimer()
        look.setInterval(20)
        look.timeout.connect(lambda: loop.quit() if made.done() else None)
        look.start()
        if not made.done():
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        look.stop()  # should the block break the reading, its traceback holds this timer for any thread to throw away
        return made.result()


class PastePreview(QWidget):
    """written(PastePlan): the user wants it. cancelled(): the user does not."""

    written = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        session: SessionModel,
        table: TableQuestion,
        year: int | None,
        top_left: tuple[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._table = table
        self._year = year
        self._top_left = top_left if top_left != ("", "") else None
        self._targets: dict[int, str] = {}
        self._factors: dict[int, Fraction] = {}
        self._decisions: dict[str, str] = {}
        self._remembered: frozenset[str] = frozenset()
        self._new_ids: list[str] = []
        self._grid = Grid(())
        self._sheets: Sequence[SheetGrid] = ()
        self.plan: PastePlan | None = None

        self._bar = widgets.frame("message", vertical=False, margins=(12, 4, 8, 4), spacing=9)
        self._bar.setProperty("tone", "warn")
        self._bar.setMinimumHeight(34)
        bar_box: QHBoxLayout = self._bar.layout()  # type: ignore[assignment]
        self._bar_icon = widgets.IconLabel("warning", "ochre", 16)
        bar_box.addWidget(self._bar_icon)
        self._bar_strong = widgets.label(self.tr("粘贴预览，还没写入。"), "table_strong")
        bar_box.addWidget(self._bar_strong)
        self._bar_text = widgets.label("", "table", wrap=True)
        bar_box.addWidget(self._bar_text, 1)
        self._forget = widgets.link(self.tr("忘掉上次的选择"), self._forget_choices)
        self._forget.hide()
        bar_box.addWidget(self._forget)
        self._year_label = widgets.label("", "table_strong")
        bar_box.addWidget(self._year_label)
        self.doubts = DoubtList()
        self.doubts.answered.connect(self._answer)

        self._card = widgets.Card(self.tr("剪贴板里的表"), icon="paste", padded=False)
        self._card.note_label.setText(
            self.tr("上面是原表的列名，下面是写到哪一列，可以改；浅蓝底是换算和计算的结果")
        )
        self._sheet_choice = QComboBox()
        self._sheet_choice.setAccessibleName(self.tr("工作表"))
        self._sheet_choice.activated.connect(self._choose_sheet)
        self._sheet_choice.hide()
        self._card.head.insertWidget(2, self._sheet_choice)
        self._model = PreviewModel(self)
        self._view = QTableView()
        self._view.setModel(self._model)
        self._view.setItemDelegate(PreviewDelegate(self._view))
        self._view.horizontalHeader().hide()
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._view.verticalHeader().setMinimumSectionSize(20)
        self._view.verticalHeader().setDefaultSectionSize(_ROW)
        self._view.setShowGrid(False)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setAccessibleName(self.tr("粘贴预览"))
        self._card.body.addWidget(self._view)

        self._reason = LineField()
        self._reason.setPlaceholderText(self.tr("写着「/」的格子为什么不适用，至少 4 个字"))
        self._reason.setAccessibleName(self.tr("不适用的原因"))
        self._reason.rested.connect(self._replan)
        self._reason.left.connect(self._replan)
        self._reason.accepted.connect(self._on_reason)
        self._reason.hide()

        self.write_button = widgets.button(
            "", self.write, role="primary", icon="check", keys="Enter"
        )
        self.cancel_button = widgets.button(
            self.tr("取消"), self.cancelled.emit, icon="close", keys="Esc"
        )
        self._effect = widgets.label("", "second", wrap=True)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(3)
        self._notes_card = widgets.Card(self.tr("要看一眼的"), icon="warning")
        self._notes_card.body.addLayout(self._notes)

        inner = QWidget()
        inner.setProperty("role", "plain")
        box = QVBoxLayout(inner)
        box.setContentsMargins(18, 0, 18, 16)
        box.setSpacing(12)
        box.addWidget(self._bar)
        box.addWidget(self.doubts)
        box.addWidget(self._card)
        box.addWidget(self._reason)
        box.addLayout(widgets.row(self.write_button, self.cancel_button, self._effect, spacing=8))
        box.addWidget(self._notes_card)
        box.addStretch(1)
        scroll = QScrollArea()
        scroll.setProperty("role", "canvas")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        for keys, act in (("Esc", self.cancelled.emit),):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self._view.installEventFilter(self)
        self._scroll = scroll

    # -------------------------------------------------------------- loading

    def load(self, grid: Grid, sheets: Sequence[SheetGrid] = (), chosen: int = 0) -> None:
        """Plan a block; `sheets` when it comes from a workbook, `chosen` the one that is shown first."""
        self._sheets = sheets
        self._sheet_choice.setVisible(len(sheets) > 1)
        self._sheet_choice.clear()
        self._sheet_choice.addItems([sheet.name for sheet in sheets])
        if sheets:
            self._sheet_choice.setCurrentIndex(chosen)
        self._take(grid)
        assert self.plan is not None
        announce(self, self.tr("粘贴预览，{0} 格可以写入").format(len(self.plan.cells)))
        self.focus_default()

    def show_year(self, year: int | None) -> None:
        """Months without a year are those of this one, from the same month on."""
        self._year = year
        if self._top_left is not None and year is not None and self._table.rows is RowsKind.MONTHS:
            row, column = self._top_left
            self._top_left = f"{year}{row[4:]}", column
        self._replan()

    def focus_default(self) -> None:
        """The first open question, else 写入; 取消 when there is nothing to write."""
        first = self.doubts.first_button
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)
            self._scroll.ensureWidgetVisible(first, 0, 60)
            return
        ready = self.plan is not None and self.plan.ready
        (self.write_button if ready else self.cancel_button).setFocus(Qt.FocusReason.TabFocusReason)

    def _take(self, grid: Grid) -> None:
        self._grid = grid
        self._targets.clear()
        self._factors.clear()
        self._decisions.clear()
        known = self._session.recall_reading(self._table.id, grid)
        self._decisions.update(known)
        self._remembered = frozenset(known)
        self._forget.setVisible(bool(known))
        self._replan()

    def _forget_choices(self) -> None:
        self._session.forget_reading(self._table.id, self._grid)
        self._take(self._grid)
        self.focus_default()

    def _choose_sheet(self, index: int) -> None:
        self._take(self._sheets[index].grid)

    def _ids(self, count: int) -> Sequence[str]:
        while len(self._new_ids) < count:
            self._new_ids.append(self._session.session.new_row_id(self._table.id))
        return self._new_ids[:count]

    def _replan(self) -> None:
        project = self._session.project
        if self._table.rows is RowsKind.FREE:
            self._ids(len(self._grid.rows))  # given here, on the thread of the session
        plan = partial(
            plan_paste,
            self._table,
            self._grid,
            project.book,
            base_year=project.base_year,
            year=self._year,
            top_left=self._top_left,
            targets=dict(self._targets),
            factors=dict(self._factors),
            reason=self._reason.text(),
            decisions=dict(self._decisions),
            new_ids=self._ids,
        )
        self.plan = plan() if len(self._grid.rows) <= _LARGE else _beside(plan)
        self._show(self.plan)

    def _answer(self, doubt: str, key: str) -> None:
        """An answer, or "" to ask again. The old buttons go; the next question, or 写入, has the focus."""
        self._remembered -= {doubt}
        if key:
            self._decisions[doubt] = key
        else:
            self._decisions.pop(doubt, None)
        self._replan()
        self.focus_default()

    @property
    def decisions(self) -> dict[str, str]:
        """What the user answered here, by question."""
        return dict(self._decisions)

    @property
    def grid(self) -> Grid:
        return self._grid

    # -------------------------------------------------------------- showing

    def _show(self, plan: PastePlan) -> None:
        project = self._session.project
        shown = {
            source: column.factor
            for source, column in enumerate(plan.columns)
            if column.factor != 1
        }
        future = project.derivation.with_book(apply(project.book, plan.changes))
        self._model.load(plan, shown, future)
        self._place_choices(plan)
        self._fit()
        self.doubts.show_doubts(plan.questions, plan.settled, self._remembered)
        self._show_bar(plan)
        self._show_notes(plan)
        rows = len(self._model.body)
        title = self.tr("{0}里的 {1} 行 × {2} 列").format(
            self._sheets[self._sheet_choice.currentIndex()].name
            if self._sheets
            else self.tr("剪贴板"),
            rows,
            plan.grid.width,
        )
        if self._card.title_label is not None:
            self._card.title_label.setText(title)
        self._reason.setVisible(bool(plan.reason_needed) or bool(self._reason.text()))
        self.write_button.setText(self.tr("写入 {0} 格").format(len(plan.cells)))
        self.write_button.updateGeometry()
        self.write_button.setEnabled(bool(plan.changes) or bool(plan.questions))
        self.write_button.setToolTip(
            self.tr("先把上面的问题定下来")
            if plan.questions
            else ""
            if plan.changes
            else self.tr("没有能写的格子")
        )
        role = "primary" if plan.ready else ""
        if self.write_button.property("role") != role:
            theme.set_property(self.write_button, "role", role)
        self._effect.setText(self._effect_words(plan))

    def _effect_words(self, plan: PastePlan) -> str:
        same = (
            self.tr("有 {0} 格和原来一样，不动。").format(plan.unchanged) if plan.unchanged else ""
        )
        return (
            self.tr(
                "写入后一次 Ctrl+Z 就能全部退回。已有的数不会被悄悄盖掉：这次会替换 {0} 格旧数。"
            ).format(plan.replaced)
            + same
        )

    def _show_bar(self, plan: PastePlan) -> None:
        tone = "warn" if plan.questions or plan.problems else "info"
        theme.set_property(self._bar, "tone", tone)
        self._bar_icon.set_icon(*(("warning", "ochre") if tone == "warn" else ("info", "indigo")))
        if plan.questions:
            text = self.tr("有 {0} 处看不准，先定下来：按数字键或点一下。").format(
                len(plan.questions)
            )
        elif plan.problems:
            text = self.tr("有 {0} 处要看一眼，都列在下面。").format(len(plan.problems))
        else:
            text = self.tr("对一下年份、列名和数，没错就写入。")
        self._bar_text.setText(text)
        years = self.tr("、").join(str(year) for year in plan.years)
        self._year_label.setText(self.tr("写入 {0} 年").format(years) if years else "")

    def _show_notes(self, plan: PastePlan) -> None:
        widgets.clear_layout(self._notes)
        for problem in plan.problems[:_MOST_PROBLEMS]:
            self._notes.addWidget(widgets.label(str(problem), "table", tone="error", wrap=True))
        if len(plan.problems) > _MOST_PROBLEMS:
            self._notes.addWidget(
                widgets.label(
                    self.tr("还有 {0} 处，改好前面的再看").format(
                        len(plan.problems) - _MOST_PROBLEMS
                    ),
                    "note",
                )
            )
        for text in plan.understood:
            self._notes.addWidget(widgets.label(text, "note", wrap=True))
        self._notes_card.setVisible(bool(plan.problems or plan.understood))
        if self._notes_card.title_label is not None:
            self._notes_card.title_label.setText(
                self.tr("要看一眼的 {0} 处").format(len(plan.problems))
                if plan.problems
                else self.tr("是这样看懂的")
            )

    def _place_choices(self, plan: PastePlan) -> None:
        """The choice of the column over each column of the block."""
        if plan.raw:
            return
        typed = [column for column in plan.table.columns if not column.derived]
        for place, view in enumerate(self._model.views):
            if view.kind != "source":
                continue
            column = plan.columns[view.source]
            combo = QComboBox()
            combo.addItem(self.tr("不要这一列"), UNUSED)
            for question in typed:
                unit = question.unit
                if question.id == column.target and view.source in self._model.factors:
                    unit = self._unit_words(plan, view.source, column)
                words = f"{question.title}，{unit}" if unit else question.title
                combo.addItem(words, question.id)
            combo.setCurrentIndex(max(0, combo.findData(column.target)))
            combo.setAccessibleName(
                self.tr("第 {0} 列{1}写到哪一列").format(
                    view.source + 1, f"「{column.heading}」" if column.heading else ""
                )
            )
            combo.setToolTip(column.heading)
            combo.activated.connect(
                lambda row, combo=combo, source=view.source: self._choose(
                    source, combo.itemData(row)
                )
            )
            combo.installEventFilter(self)
            holder = QWidget()
            box = QVBoxLayout(holder)
            box.setContentsMargins(4, 2, 4, 3)
            box.setSpacing(1)
            original = widgets.label(column.heading or self.tr("（没有列名）"), "caption")
            original.setToolTip(column.heading)
            original.setMinimumWidth(1)
            original.setAlignment(
                Qt.AlignmentFlag.AlignRight
                if view.question is not None and view.question.unit
                else Qt.AlignmentFlag.AlignLeft
            )
            box.addWidget(original)
            box.addWidget(combo)
            self._view.setIndexWidget(self._model.index(0, place), holder)

    def _unit_words(self, plan: PastePlan, source: int, column: SourceColumn) -> str:
        return column.unit

    def _fit(self) -> None:
        """Widths by content, the rest shared; height for all rows up to what a page shows."""
        views = self._model.views
        metrics = QFontMetrics(theme.font("table", bold=True))
        rows = self._model.rowCount()
        wanted = []
        for column, view in enumerate(views):
            texts = [self._model.text(row, column) for row in range(min(rows, 60))]
            texts.append(self._model.text(rows - 1, column) if rows else "")
            widest = max((metrics.horizontalAdvance(text[:40]) for text in texts), default=0)
            least = {"row": 64, "source": 118}.get(view.kind, 84)
            wanted.append(max(least, widest + 2 * PADDING + (14 if view.kind == "derived" else 2)))
        fits = rows - 1 <= _MOST_ROWS
        self._view.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )
        bar = 0 if fits else self._view.verticalScrollBar().sizeHint().width()
        spare = self._view.width() - bar - sum(wanted)
        for column, width in enumerate(wanted):
            self._view.setColumnWidth(column, width + max(0, spare) // max(1, len(wanted)))
        if views and spare > 0:
            last = len(views) - 1
            rest = spare - spare // len(views) * len(views)
            self._view.setColumnWidth(last, self._view.columnWidth(last) + rest)
        if rows:
            self._view.setRowHeight(0, _HEAD_ROW)
            scroll = self._view.horizontalScrollBar().sizeHint().height() if spare < 0 else 0
            self._view.setFixedHeight(_HEAD_ROW + min(rows - 1, _MOST_ROWS) * _ROW + scroll)

    # -------------------------------------------------------------- acting

    def _choose(self, source: int, target: str) -> None:
        for other, chosen in list(self._targets.items()):
            if chosen == target and target != UNUSED:
                self._targets[other] = UNUSED
        if self.plan is not None and target != UNUSED:
            for other, column in enumerate(self.plan.columns):
                if other != source and column.target == target:
                    self._targets[other] = UNUSED
        self._targets[source] = target
        self._factors.pop(source, None)
        self._replan()
        place = next((p for p, view in enumerate(self._model.views) if view.source == source), None)
        if place is not None:
            holder = self._view.indexWidget(self._model.index(0, place))
            if holder is not None:
                combo = holder.findChild(QComboBox)
                if combo is not None:
                    combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_reason(self, _step: int) -> None:
        """Enter after the reason shows the plan with it; the next Enter writes."""
        self._replan()
        if self.plan is not None and not self.plan.reason_needed:
            self.focus_default()

    def write(self) -> None:
        """Hand the plan over; an open question comes first."""
        if self.plan is None:
            return
        if self.plan.questions:
            self._bar_strong.setText(self.tr("先定下来，再写入。"))
            self.focus_default()
            return
        if not self.plan.changes:
            return
        if self.plan.reason_needed and 0 < len(self._reason.text().strip()) < SHORTEST_REASON:
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.written.emit(self.plan)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view:
            if event.type() == QEvent.Type.Resize:
                self._fit()
            return False
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(watched, QComboBox)
        ):
            self.write()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.write()
            return
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.text().isdigit() and plain and self.doubts.choose(int(event.text())):
            return
        if event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            bar = self._view.verticalScrollBar()
            bar.setValue(
                bar.value() + (1 if event.key() == Qt.Key.Key_PageDown else -1) * bar.pageStep()
            )
            return
        super().keyPressEvent(event)
