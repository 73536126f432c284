"""A page of questions: cards of fields, rows, tables, figures and charts, with what is to be mended said at the top."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.audit.findings import found_indicators
from app.audit.progress import page_progress
from app.audit.project import AuditProject
from app.checkup.page_remarks import Remark, check_page, places_in_order
from app.forms.answer import override_key
from app.forms.folding import Folding
from app.forms.question import (
    Page,
    Question,
    RowsKind,
    TableQuestion,
)
from app.forms.question_index import keys_of_page
from app.forms.visible import hidden_but_answered
from app.ui import widgets
from app.ui.fields.control import QuestionControl
from app.ui.pages.base import BasePage
from app.ui.pages.cards import CardColumn
from app.ui.pages.form_cards import FormCards
from app.ui.pages.paste_flow import PasteFlow
from app.ui.pages.problem_bar import Place, ProblemBar
from app.ui.session import SessionModel
from app.ui.tables.panel import TablePanel


class FormPage(BasePage):
    """Cards of questions. Every accepted answer is one act; a new state of the answers is shown without moving the focus."""

    def __init__(self, model: SessionModel, page: Page, parent: QWidget | None = None) -> None:
        super().__init__(model, page, parent)
        self._remarks: tuple[Remark, ...] = ()
        self._folding = Folding(page)
        self._last_key = ""
        years = model.project.years
        self._year = years[-1] if years else None

        self._problems = ProblemBar()
        self._problems.picked.connect(self.focus_key)
        self._hidden_note = widgets.label("", "note", wrap=True)
        self._hidden_note.hide()
        self._years: widgets.Segments | None = None
        self._head = self._make_head()

        self._content = QWidget()
        self._content.setProperty("role", "plain")
        self._column = CardColumn(self._content)
        self._cards = FormCards(model, page, self._folding, self._content)
        self._scroll = QScrollArea()
        self._scroll.setProperty("role", "canvas")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._make_room_for_bar)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._scroll)
        self._flow = PasteFlow(model, self._stack, lambda: self._year)
        top = QWidget()
        top_box = QVBoxLayout(top)
        top_box.setContentsMargins(18, 0, 18, 0)
        top_box.setSpacing(6)
        top_box.addWidget(self._problems)
        top_box.addWidget(self._hidden_note)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(top)
        self._gap = QWidget()
        self._gap.setFixedHeight(12)
        outer.addWidget(self._gap)
        outer.addWidget(self._stack, 1)
        self._is_whole = False

    def build_more(self) -> bool:
        if self._is_whole or self._cards.make_next():
            return not self._is_whole
        self._is_whole = True
        self._cards.order_tabs()
        self._connect()
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.paste)
        self.follow(self.model.answers_changed)
        self.model.depth_changed.connect(self._on_depth)
        if self.model.check_up is not None:
            self.model.check_up.changed.connect(self._on_checked)
        self.refresh()
        return False

    def _connect(self) -> None:
        cards, flow = self._cards, self._flow
        cards.entered.connect(self._on_entered)
        cards.stepped.connect(self._step_from)
        cards.wanted.connect(self._go_to_answer)
        cards.unfold_wanted.connect(lambda card_id: self._unfold(card_id, focus=True))
        cards.trace_requested.connect(self.trace_requested)
        cards.help_opened.connect(self.help_opened)
        cards.pasted.connect(flow.paste)
        cards.file_wanted.connect(self._import_chosen)
        flow.opening.connect(self.commit_pending)
        flow.opened.connect(self._problems.hide)
        flow.opened.connect(self.status_changed)
        flow.closed.connect(self._on_preview_closed)
        flow.written.connect(self.focus_key)

    @property
    def controls(self) -> dict[str, QuestionControl]:
        """The fields by their keys."""
        return self._cards.controls

    @property
    def tables(self) -> dict[str, TablePanel]:
        """The tables by their ids."""
        return self._cards.tables

    # -------------------------------------------------------------- building

    def head_widget(self) -> QWidget | None:
        return self._head

    def _page_tables(self) -> list[TableQuestion]:
        return [
            item
            for card in self.page.cards
            for item in card.items
            if isinstance(item, TableQuestion)
            and any(not column.derived for column in item.columns)
        ]

    def _make_head(self) -> QWidget | None:
        tables = self._page_tables()
        if not tables:
            return None
        head = QWidget(self)
        head.hide()  # shown by the window, which takes it into its own head
        self.destroyed.connect(head.deleteLater)
        box = QHBoxLayout(head)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        if any(table.rows is RowsKind.MONTHS for table in tables) and self.model.project.years:
            years = self.model.project.years
            self._years = widgets.Segments([str(year) for year in years], name=self.tr("年份"))
            self._years.set_current(len(years) - 1)
            self._years.chosen.connect(self._on_year)
            box.addWidget(self._years)
        button = widgets.button(
            self.tr("从 Excel 粘贴"), self.paste, role="primary", icon="paste", keys="Ctrl+V"
        )
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.addWidget(button)
        return head

    # -------------------------------------------------------------- laying out

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.arrange(self._cards.boxes, self.width() - 36, self.model.book)

    def _make_room_for_bar(self, _least: int, most: int) -> None:
        """The cards keep their right edge in line with the head, with or without a scroll bar."""
        bar = self._scroll.verticalScrollBar().sizeHint().width() if most > 0 else 0
        self._column.setContentsMargins(18, 0, max(4, 18 - bar), 16)

    # -------------------------------------------------------------- showing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_problems()

    def _on_checked(self) -> None:
        if self.isVisible() and not self._flow.is_open:
            self._show_problems()

    def refresh(self) -> None:
        project = self.model.project
        self._remarks = check_page(self.page, project.book, project.derivation)
        self._folding.update(
            project.book, quick=self.model.quick, awaited=lambda: _awaited(project)
        )
        self._cards.show(project, self._remarks, self._year)
        if self.isVisible():  # else when the page gets its size
            self._column.arrange(self._cards.boxes, self.width() - 36, project.book)
        self._show_hidden(project)
        self._show_years(project)
        self._show_problems()

    def _unfold(self, card_id: str, *, focus: bool = False) -> None:
        """Show the optional questions of a card, and go to the first of them."""
        first = self._folding.open(card_id)
        self.refresh()
        if focus and first:
            self.focus_key(first)

    def _on_depth(self, _quick: bool) -> None:
        self._folding.start_again()
        self._column.forget()  # heights change
        self._on_change()

    def _show_hidden(self, project: AuditProject) -> None:
        hidden = hidden_but_answered(self.page, project.book)
        names = "、".join(f"「{project.index.label_of(key, project.book)}」" for key in hidden[:3])
        self._hidden_note.setVisible(bool(hidden))
        self._hidden_note.setText(
            self.tr("有 {0} 题按现在的回答不再问：{1}。答案还留着，改回去就又出来。").format(
                len(hidden), names
            )
            if hidden
            else ""
        )

    def _show_years(self, project: AuditProject) -> None:
        """Years of month tables, ticked when nothing is missing."""
        if self._years is None:
            return
        months = {table.id for table in self._page_tables() if table.rows is RowsKind.MONTHS}
        parts = [key.split("/") for key in page_progress(project, self.page).open_keys]
        open_years = {part[1][:4] for part in parts if part[0] in months}
        texts = []
        for year in project.years:
            base = year == project.base_year
            words = self.tr("{0} 年（基准年）") if base else self.tr("{0} 年")
            done = not base and str(year) not in open_years
            texts.append(words.format(year) + (" ✓" if done else ""))
        if len(texts) == len(self._years.buttons):
            self._years.set_texts(texts)

    def _show_problems(self) -> None:
        project = self.model.project
        found = []
        for key, severity in places_in_order(self._remarks, self._keys_in_order()):
            question = self.controls[key].question if key in self.controls else None
            if question is not None:
                short = question.number
                name = f"{question.number} {question.short or question.title}".strip()
            else:
                name = project.index.cell_name(key, project.book)
                short = name.split(" 年 ")[-1]
            found.append(Place(key, name, short or name, severity))
        before = self._stack.y()
        check_up = self.model.check_up
        waiting, first = 0, ""
        if not found and check_up is not None and (waiting := check_up.waiting_on(self.page.id)):
            first = check_up.first_on(self.page.id)
        self._problems.show_problems(found, waiting, first)
        top = not self._problems.isHidden() or not self._hidden_note.isHidden()
        self._gap.setVisible(top)
        self._hold_still(before)

    def _hold_still(self, before: int) -> None:
        """What stands under the pointer stays there when the bar above appears or grows: the page scrolls by as much."""
        outer = self.layout()
        if outer is None or not self.isVisible():
            return
        outer.activate()
        moved = self._stack.y() - before
        if moved:
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + moved)

    def _keys_in_order(self) -> list[str]:
        project = self.model.project
        return list(keys_of_page(self.page, project.book, project.base_year))

    def commit_pending(self) -> None:
        self._cards.commit()

    # -------------------------------------------------------------- focus

    def _on_entered(self, key: str, subject: Question | TableQuestion) -> None:
        changed = key.split("/")[0] != self._last_key.split("/")[0]
        self._last_key = key
        if changed:
            self.help_requested.emit(subject)
        self.status_changed.emit()
        focus = QApplication.focusWidget()
        if focus is not None and self._content.isAncestorOf(focus):
            QTimer.singleShot(0, self._content, self._keep_in_sight)  # not once the page is gone

    def _keep_in_sight(self) -> None:
        focus = QApplication.focusWidget()
        if focus is None or not self._content.isAncestorOf(focus):
            return
        if any(panel.isAncestorOf(focus) for panel in self.tables.values()):
            return  # tables keep their own cell in sight
        self._scroll.ensureWidgetVisible(focus, 0, 40)

    def _stops(self) -> list[tuple[str, QWidget]]:
        """Every question and table in reading order with the widget that takes the focus; hidden ones left out."""
        stops: list[tuple[str, QWidget]] = []
        for card in self.page.cards:
            for item in card.items:
                if isinstance(item, Question):
                    key = override_key(item.derived) if item.derived else item.id
                    control = self.controls[key]
                    if control.title_label.isVisibleTo(self) and not item.derived:
                        stops.append((key, control.focus_target()))
                elif isinstance(item, TableQuestion):
                    panel = self.tables[item.id]
                    if panel.isVisibleTo(self):
                        stops.append((item.id, panel.view))
        return stops

    def _step_from(self, control: QuestionControl, direction: int) -> None:
        stops = self._stops()
        keys = [key for key, _ in stops]
        if control.key not in keys:
            return
        place = keys.index(control.key) + direction
        if 0 <= place < len(stops):
            self._focus_stop(keys[place])

    def _focus_stop(self, key: str) -> None:
        if key in self.controls:
            self.controls[key].focus()
        elif key in self.tables:
            self.tables[key].view.setFocus(Qt.FocusReason.TabFocusReason)

    def current_key(self) -> str:
        focus = QApplication.focusWidget()
        if focus is not None:
            for key, control in self.controls.items():
                if control.owns(focus):
                    return key
            for panel in self.tables.values():
                if panel.isAncestorOf(focus):
                    return panel.current_key()
        return self._last_key if self._last_key.split("/")[0] in self._item_ids() else ""

    def _item_ids(self) -> set[str]:
        return {key.split("/")[0] for key in (*self.controls, *self.tables)}

    def focus_key(self, key: str) -> bool:
        self._flow.close()
        card_id = self._folding.folded.get(key.split("/")[0])
        if card_id is not None:
            self._unfold(card_id)
        control = self.controls.get(key)
        if control is not None:
            if not control.title_label.isVisibleTo(self):
                return False
            control.focus()
            self._scroll.ensureWidgetVisible(control.focus_target(), 0, 80)
            return True
        panel = self.tables.get(key.split("/")[0])
        if panel is None or not panel.isVisibleTo(self):
            return False
        if "/" not in key:
            panel.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(panel, 0, 20)
            return True
        if panel.table.rows is RowsKind.MONTHS:
            self._show_year_of(key)
        if not panel.focus_key(key):
            return False
        rect = panel.view.current_rect()
        corner = panel.view.mapTo(self._content, rect.center())
        self._scroll.ensureVisible(corner.x(), corner.y(), 0, 80)
        return True

    def _go_to_answer(self, key: str) -> None:
        if not self.focus_key(key):
            self.jump_requested.emit(key)

    def _show_year_of(self, key: str) -> None:
        year = key.split("/")[1][:4]
        years = [str(y) for y in self.model.project.years]
        if year in years and self._years is not None and str(self._year) != year:
            self._years.set_current(years.index(year))
            self._on_year(years.index(year))

    def focus_first_missing(self) -> bool:
        keys = page_progress(self.model.project, self.page).open_keys
        return any(self.focus_key(key) for key in keys)

    def focus_start(self) -> bool:
        stops = self._stops()
        if stops:
            self._focus_stop(stops[0][0])
        return bool(stops)

    def next_problem(self) -> bool:
        return self._go_to_problem(1)

    def previous_problem(self) -> bool:
        return self._go_to_problem(-1)

    def _go_to_problem(self, direction: int) -> bool:
        self.commit_pending()
        in_order = self._keys_in_order()
        keys = [key for key, _ in places_in_order(self._remarks, in_order)]
        if not keys:
            return False
        order = {key: place for place, key in enumerate(in_order)}
        here = order.get(self.current_key(), -1 if direction > 0 else len(order))
        if direction > 0:
            target = next((key for key in keys if order[key] > here), keys[0])
        else:
            target = next((key for key in reversed(keys) if order[key] < here), keys[-1])
        return self.focus_key(target)

    def status_keys(self) -> str:
        if self._flow.is_open:
            return self.tr("数字键选答案 · Enter 写入 · Esc 取消 · Tab 换列")
        focus = QApplication.focusWidget()
        in_table = focus is not None and any(
            panel.isAncestorOf(focus) for panel in self.tables.values()
        )
        if in_table or (focus is None and self.tables):
            return self.tr("Enter 下一格 · Tab 右移 · Ctrl+D 同上格 · / 不适用 · F1 帮助")
        return self.tr("F8 下一处问题 · Enter 下一格 · F7 快速或完整 · Ctrl+Z 撤销")

    # -------------------------------------------------------------- years, pasting, files

    def _on_year(self, index: int) -> None:
        years = self.model.project.years
        if index < len(years):
            self._year = years[index]
            self.refresh()
            self._flow.show_year(self._year)

    def _panel_for_paste(self) -> TablePanel | None:
        """The table with the focus, else the first one that is shown."""
        focus = QApplication.focusWidget()
        shown = [panel for panel in self.tables.values() if panel.isVisibleTo(self)]
        for panel in shown:
            if focus is not None and panel.isAncestorOf(focus):
                return panel
        last = self.tables.get(self._last_key.split("/")[0])
        if last is not None and last in shown:
            return last
        return shown[0] if shown else None

    def paste(self) -> None:
        """Ctrl+V and the button: preview what is on the clipboard."""
        panel = self._panel_for_paste()
        if panel is not None and not self._flow.is_open:
            panel.paste()

    def _import_chosen(self, panel: TablePanel) -> None:
        path = self._flow.chosen_file()
        if path is not None:
            self.import_file(panel.table.id, path)

    def import_file(self, table_id: str, path: Path) -> None:
        """Preview a workbook or CSV for a table; what cannot be read is said in the message bar."""
        self._flow.read_file(self.tables[table_id], path)

    def _on_preview_closed(self) -> None:
        self._problems.show_problems(())
        self._show_problems()
        self.status_changed.emit()


def _awaited(project: AuditProject) -> Iterator[str]:
    """Keys the indicators wait for."""
    for found in found_indicators(project).values():
        yield from found.missing
