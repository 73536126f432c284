"""The paste preview: what would be written where, every guess open to change, every problem with its cell. Nothing is
written before 「写入」, and then as one act."""

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.assessment.finding import NotApplicable
from app.assessment.numbers import display
from app.forms.answer import Given, apply
from app.forms.derive import Derivation
from app.forms.figure import Figure
from app.forms.grid import Grid, SheetGrid
from app.forms.paste import SHORTEST_REASON, plan_paste
from app.forms.paste_plan import (
    ROW_NAMES,
    UNUSED,
    PastePlan,
    PlannedCell,
    SourceColumn,
    UnitQuestion,
)
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import row_label
from app.forms.visible import asked_columns
from app.ui import theme, widgets
from app.ui.chips import answer_chip, paint_chip
from app.ui.fields.edit import LineField
from app.ui.fields.inputs import LEFT, RIGHT, grouped
from app.ui.messages import announce
from app.ui.session import SessionModel
from app.ui.tables.model import number_of

_ROW = 24
_PADDING = 8
_MOST_PROBLEMS = 40
_MOST_ROWS = 16  # longer blocks scroll inside the card
Index = QModelIndex | QPersistentModelIndex


class _View:
    """One column of the preview: where it comes from and what it shows."""

    def __init__(self, kind: str, source: int = -1, question: Question | None = None) -> None:
        self.kind = kind  # "row", "source", "converted", "derived"
        self.source = source
        self.question = question


class _PreviewModel(QAbstractTableModel):
    """Row 0 holds the choices of columns, then come the rows of the block and, where the table has sums, theirs."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.plan: PastePlan | None = None
        self.views: list[_View] = []
        self.body: list[int] = []
        self.by_place: dict[tuple[int, int], PlannedCell] = {}
        self.problem_at: dict[tuple[int, int], str] = {}
        self.future: Derivation | None = None
        self.factors: dict[int, Fraction] = {}

    def load(self, plan: PastePlan, factors: dict[int, Fraction], future: Derivation) -> None:
        """Show a plan. `factors` are the multipliers shown as 换算后, also those only proposed; `future`: figures as
        they would be."""
        self.beginResetModel()
        self.plan, self.factors, self.future = plan, factors, future
        self.body = [
            index
            for index in range(plan.head_rows, len(plan.grid.rows))
            if any(cell.text.strip() or cell.note for cell in plan.grid.rows[index])
        ]
        self.by_place = {(cell.row, cell.column): cell for cell in plan.cells}
        self.problem_at = {}
        for problem in plan.problems:
            self.problem_at.setdefault((problem.row, problem.column), problem.what)
        self.views = [_View("row")]
        for source, column in enumerate(plan.columns):
            if column.target == ROW_NAMES:
                continue
            question = self.question(column.target)
            self.views.append(_View("source", source, question))
            if source in factors and factors[source] != 1:
                self.views.append(_View("converted", source, question))
        typed = {column.target for column in plan.columns}
        if typed & {column.id for column in plan.table.columns}:
            self.views += [
                _View("derived", question=column)
                for column in asked_columns(plan.table, future.book)
                if column.derived
            ]
        self.endResetModel()

    def question(self, column_id: str) -> Question | None:
        assert self.plan is not None
        return next((c for c in self.plan.table.columns if c.id == column_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        if parent.isValid() or self.plan is None:
            return 0
        return len(self.body) + (2 if self.plan.table.total else 1)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.views)

    def flags(self, _index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.problem(index.row(), index.column()) or None
        return None

    def problem(self, row: int, column: int) -> str:
        """What is wrong with a cell, "" when nothing."""
        if self.plan is None or not 1 <= row <= len(self.body):
            return ""
        place = self.body[row - 1]
        view = self.views[column]
        if view.kind == "row":
            names = [i for i, c in enumerate(self.plan.columns) if c.target == ROW_NAMES]
            return next(
                (
                    self.problem_at[(place, i)]
                    for i in (*names, -1)
                    if (place, i) in self.problem_at
                ),
                "",
            )
        if view.kind != "source":
            return ""
        return self.problem_at.get((place, view.source), "")

    def is_written(self, row: int, column: int) -> bool:
        """True when this cell of the block would be written."""
        view = self.views[column]
        return (
            1 <= row <= len(self.body)
            and view.kind in ("source", "converted")
            and (self.body[row - 1], view.source) in self.by_place
        )

    def text(self, row: int, column: int) -> str:
        plan = self.plan
        if plan is None:
            return ""
        view = self.views[column]
        if row == 0:
            return self.head(view)
        if row == len(self.body) + 1:
            return self.total(view)
        place = self.body[row - 1]
        row_id = plan.rows[place]
        match view.kind:
            case "row":
                return self._row_text(plan, place, row_id)
            case "source":
                return plan.grid.rows[place][view.source].text.strip()
            case "converted":
                value = self._value(place, view.source)
                return "" if value is None else display(value, _places(value))
            case _:
                figure = self._figure(row_id, view.question)
                if figure is None or figure.value is None:
                    return "" if figure is None else figure.words
                return display(figure.value, figure.decimals)

    def _row_text(self, plan: PastePlan, place: int, row_id: str) -> str:
        if row_id and plan.table.rows is not RowsKind.FREE:
            assert self.future is not None
            label = row_label(plan.table, row_id, self.future.book)
            years = {r[:4] for r in plan.rows if r}
            if plan.table.rows is RowsKind.MONTHS and len(years) == 1:
                return label.split(" 年 ")[-1]
            return label
        names = [i for i, column in enumerate(plan.columns) if column.target == ROW_NAMES]
        if names:
            return plan.grid.rows[place][names[0]].text.strip() or "—"
        return str(self.body.index(place) + 1) if row_id else "不写"

    def _value(self, place: int, source: int) -> Fraction | None:
        cell = self.by_place.get((place, source))
        if cell is None or self.plan is None:
            return None
        value = number_of(cell.after)
        if value is None:
            return None
        done = self.plan.columns[source].factor
        return value / done * self.factors.get(source, done)

    def _figure(self, row_id: str, question: Question | None) -> Figure | None:
        if not row_id or question is None or self.future is None or self.plan is None:
            return None
        if self.plan.table.rows is RowsKind.FREE and row_id not in self.future.book.row_ids(
            self.plan.table.id
        ):
            return None
        return self.future.cell(self.plan.table.id, row_id, question.id)

    def head(self, view: _View) -> str:
        assert self.plan is not None
        match view.kind:
            case "row":
                return self.plan.table.row_title or "行"
            case "converted":
                return f"换算后 {view.question.unit if view.question else ''}"
            case "derived":
                return f"{view.question.title} {view.question.unit}" if view.question else ""
            case _:
                return ""

    def total(self, view: _View) -> str:
        if view.kind == "row":
            return "合计"
        if (
            self.plan is None
            or view.question is None
            or view.question.id not in self.plan.table.total
        ):
            return ""
        if view.kind == "derived":
            figures = [self._figure(self.plan.rows[place], view.question) for place in self.body]
            values = [f.value for f in figures if f is not None and f.value is not None]
            places = next((f.decimals for f in figures if f is not None), 0)
            return display(sum(values, Fraction(0)), places) if values else ""
        if view.question.kind is not QuestionKind.NUMBER:
            return ""
        numbers = []
        for place in self.body:
            value = self._value(place, view.source)
            if value is not None:
                if view.kind == "source":
                    value /= self.factors.get(view.source, self.plan.columns[view.source].factor)
                numbers.append(value)
        if not numbers:
            return ""
        return display(sum(numbers, Fraction(0)), max(map(_places, numbers)))


def _places(value: Fraction) -> int:
    return next((n for n in range(5) if (value * 10**n).denominator == 1), 4)


class _PreviewDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _PreviewModel)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        view = model.views[index.column()]
        row, last = index.row(), len(model.body) + 1  # the row of the sums, where there is one
        computed = view.kind in ("converted", "derived")
        problem = model.problem(row, index.column())
        written = model.is_written(row, index.column())
        ground = "derived" if computed else "raised" if row in (0, last) else "surface"
        if 0 < row < last and problem:
            ground = "cinnabar_bg"
        elif 0 < row < last and written and not computed:
            ground = "ochre_bg"
        painter.fillRect(rect, theme.color(ground))
        painter.setPen(QPen(theme.color("line2" if row in (0, last - 1) else "line"), 1))
        if row != last:
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if row == 0 and view.kind == "source":
            return  # the choice of the column stands here
        right = computed or _is_number(view.question)
        align = RIGHT if right else LEFT
        inner = QRect(rect).adjusted(_PADDING, 0, -_PADDING, 0)
        ink = "ink2" if row == 0 else "ink"
        if 0 < row < last:
            ink = "cinnabar" if problem else "ink" if written or view.kind != "source" else "ink3"
        cell = (
            model.by_place.get((model.body[row - 1], view.source))
            if 0 < row < last and view.kind == "source"
            else None
        )
        if cell is not None and isinstance(cell.after, NotApplicable):
            paint_chip(painter, QRectF(inner), answer_chip(cell.after), align)
            return
        role = "caption" if row == 0 else "table"
        painter.setFont(theme.font(role, bold=row == last))
        painter.setPen(theme.color(ink))
        if row == 0 and computed:
            italic = theme.font(role)
            italic.setItalic(True)
            painter.save()
            painter.setFont(italic)
            painter.setPen(theme.color("indigo"))
            painter.drawText(inner, int(RIGHT), "ƒ")
            painter.restore()
            inner.adjust(0, 0, -11, 0)
        text = model.text(row, index.column())
        if cell is not None and right and isinstance(cell.after, Given):
            text = grouped(text.replace(",", "")) if text.replace(",", "").isascii() else text
        painter.drawText(
            inner,
            int(align),
            QFontMetrics(painter.font()).elidedText(
                text.replace("\n", " "), Qt.TextElideMode.ElideRight, inner.width() + 1
            ),
        )


def _is_number(question: Question | None) -> bool:
    return question is not None and question.kind is QuestionKind.NUMBER


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
        self.convert_button = widgets.button("", self._convert, role="primary", icon="check")
        self.keep_button = widgets.button("", self._keep, role="small")
        bar_box.addWidget(self.convert_button)
        bar_box.addWidget(self.keep_button)

        self._card = widgets.Card(self.tr("剪贴板里的表"), icon="paste", padded=False)
        self._card.note_label.setText(self.tr("列是猜的，可以改；浅蓝底是换算和计算的结果"))
        self._sheet_choice = QComboBox()
        self._sheet_choice.setAccessibleName(self.tr("工作表"))
        self._sheet_choice.activated.connect(self._choose_sheet)
        self._sheet_choice.hide()
        self._card.head.insertWidget(2, self._sheet_choice)
        self._model = _PreviewModel(self)
        self._view = QTableView()
        self._view.setModel(self._model)
        self._view.setItemDelegate(_PreviewDelegate(self._view))
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
        for part in (self._view, self.write_button, self.convert_button, self.keep_button):
            part.installEventFilter(self)

    # -------------------------------------------------------------- loading

    def load(self, grid: Grid, sheets: Sequence[SheetGrid] = ()) -> None:
        """Plan a block; `sheets` when it comes from a workbook."""
        self._sheets = sheets
        self._sheet_choice.setVisible(len(sheets) > 1)
        self._sheet_choice.clear()
        self._sheet_choice.addItems([sheet.name for sheet in sheets])
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
        """An open question first, else 写入."""
        target = self.convert_button if self._question() is not None else self.write_button
        if self.plan is not None and not self.plan.cells:
            target = self.cancel_button
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def _take(self, grid: Grid) -> None:
        self._grid = grid
        self._targets.clear()
        self._factors.clear()
        self._replan()

    def _choose_sheet(self, index: int) -> None:
        self._take(self._sheets[index].grid)

    def _ids(self, count: int) -> Sequence[str]:
        while len(self._new_ids) < count:
            self._new_ids.append(self._session.session.new_row_id(self._table.id))
        return self._new_ids[:count]

    def _replan(self) -> None:
        project = self._session.project
        self.plan = plan_paste(
            self._table,
            self._grid,
            project.book,
            base_year=project.base_year,
            year=self._year,
            top_left=self._top_left,
            targets=self._targets,
            factors=self._factors,
            reason=self._reason.text(),
            new_ids=self._ids,
        )
        self._show(self.plan)

    def _question(self) -> UnitQuestion | None:
        return self.plan.questions[0] if self.plan is not None and self.plan.questions else None

    # -------------------------------------------------------------- showing

    def _show(self, plan: PastePlan) -> None:
        project = self._session.project
        shown = {
            source: column.factor
            for source, column in enumerate(plan.columns)
            if column.factor != 1
        }
        shown |= {question.column: question.factor for question in plan.questions}
        proposed = plan
        if plan.questions:
            proposed = plan_paste(
                self._table,
                self._grid,
                project.book,
                base_year=project.base_year,
                year=self._year,
                top_left=self._top_left,
                targets=self._targets,
                factors=self._factors | {q.column: q.factor for q in plan.questions},
                reason=self._reason.text(),
                new_ids=self._ids,
            )
        future = project.derivation.with_book(apply(project.book, proposed.changes))
        self._model.load(plan, shown, future)
        self._place_choices(plan)
        self._fit()
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
        self.write_button.setEnabled(bool(plan.cells))
        self.write_button.setToolTip("" if plan.cells else self.tr("没有能写的格子"))
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
        question = self._question()
        asking = question is not None
        self.convert_button.setVisible(asking)
        self.keep_button.setVisible(asking)
        tone = "warn" if asking or plan.problems else "info"
        theme.set_property(self._bar, "tone", tone)
        self._bar_icon.set_icon(*(("warning", "ochre") if tone == "warn" else ("info", "indigo")))
        if question is not None:
            self._bar_text.setText(question.text)
            smaller = question.factor < 1
            self.convert_button.setText(
                self.tr("除以 {0}").format(display(1 / question.factor, 0))
                if smaller
                else self.tr("按{0} 换算").format(question.unit)
            )
            self.convert_button.updateGeometry()
            self.keep_button.setText(self.tr("就是 {0}").format(question.own_unit))
            self.keep_button.updateGeometry()
        elif plan.problems:
            self._bar_text.setText(
                self.tr("有 {0} 处要看一眼，都列在下面。").format(len(plan.problems))
            )
        else:
            self._bar_text.setText(self.tr("对一下列名和数，没错就写入。"))

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
            if plan.table.rows is not RowsKind.FREE:
                combo.addItem(self.tr("行名（{0}）").format(plan.table.row_title), ROW_NAMES)
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
            box = QHBoxLayout(holder)
            box.setContentsMargins(4, 2, 4, 3)
            box.addWidget(combo)
            self._view.setIndexWidget(self._model.index(0, place), holder)

    def _unit_words(self, plan: PastePlan, source: int, column: SourceColumn) -> str:
        question = next((q for q in plan.questions if q.column == source), None)
        if question is not None and question.factor > 1:
            return question.unit
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
            wanted.append(max(least, widest + 2 * _PADDING + (14 if view.kind == "derived" else 2)))
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
            self._view.setRowHeight(0, 35)
            scroll = self._view.horizontalScrollBar().sizeHint().height() if spare < 0 else 0
            self._view.setFixedHeight(35 + min(rows - 1, _MOST_ROWS) * _ROW + scroll)

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

    def _convert(self) -> None:
        question = self._question()
        if question is not None:
            self._factors[question.column] = question.factor
            self._replan()
            self.focus_default()

    def _keep(self) -> None:
        question = self._question()
        if question is not None:
            self._factors[question.column] = Fraction(1)
            self._replan()
            self.focus_default()

    def _on_reason(self, _step: int) -> None:
        """Enter after the reason shows the plan with it; the next Enter writes."""
        self._replan()
        if self.plan is not None and not self.plan.reason_needed:
            self.focus_default()

    def write(self) -> None:
        """Hand the plan over; an open question comes first."""
        if self.plan is None or not self.plan.cells:
            return
        if self.plan.questions:
            self._bar_strong.setText(self.tr("先定单位，再写入。"))
            self.focus_default()
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
        ):
            if isinstance(watched, QComboBox):
                self.write()
            elif watched in (self.convert_button, self.keep_button, self.write_button):
                watched.click()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.write()
            return
        super().keyPressEvent(event)
