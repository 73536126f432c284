"""A table of answers with its total row, its line for questions, and its row tools; records every act as one."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.assessment.finding import NotApplicable
from app.assessment.numbers import brief
from app.audit.project import BASE_YEAR, AuditProject
from app.checkup.page_remarks import Remark, Severity
from app.forms.answer import MISSING, SHORTEST_REASON, Answer, Given
from app.forms.grid import safe_line
from app.forms.parse import Parsed, is_unread, parse_answer
from app.forms.question import QuestionKind, RowsKind, TableQuestion
from app.services import acts
from app.ui import widgets
from app.ui.fields.answer_words import answer_text, is_zero
from app.ui.fields.message_line import Tone
from app.ui.session import SessionModel
from app.ui.tables.cell_bar import CellBar
from app.ui.tables.edges import TotalRow
from app.ui.tables.model import AnswerTableModel, CellState
from app.ui.tables.view import AnswerTableView
from app.ui.widgets import button, label, link

_ROOM = 8  # above and below what is kept in sight


class TablePanel(QWidget):
    """One TableQuestion on a page.

    paste_requested(text, row id, column id): the clipboard and the current cell. trace_requested(Trace).
    entered(): the focus came in. reasons: earlier reasons of 不适用, newest first.
    """

    paste_requested = Signal(str, str, str)
    trace_requested = Signal(object)
    entered = Signal()

    def __init__(
        self, session: SessionModel, table: TableQuestion, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.table = table
        self._session = session
        self._reasons: Sequence[str] = ()
        self._asked: list[QPersistentModelIndex] = []
        self._asking = ""
        self._understood: dict[str, Parsed] = {}
        self.answers = AnswerTableModel(table, self)
        self.view = AnswerTableView(
            self.answers, self, offered=session.offers, kept_widths=session.column_widths
        )
        self.bar = CellBar()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.view)
        self.total = TotalRow(self.view) if table.total else None
        if self.total is not None:
            box.addWidget(self.total)
        self.empty = QWidget()
        words, way = self._empty_words()
        self.empty.setLayout(widgets.row(label(words, "note"), *way, None, margins=(14, 8, 14, 8)))
        self.empty.hide()
        box.addWidget(self.empty)
        self._row_tools: list[QWidget] = []  # what is done to a row that is there
        if table.rows is RowsKind.FREE:
            box.addWidget(self._tools())
        box.addWidget(self.bar)

        view = self.view
        view.typed.connect(self._on_typed)
        view.rested.connect(self._on_rested)
        view.cleared.connect(self._clear)
        view.marked_not_applicable.connect(self._ask_reason)
        view.copied_from_above.connect(self._copy_from_above)
        view.copy_requested.connect(self.copy)
        view.pasted.connect(self.paste)
        view.inserted.connect(self.insert_row)
        view.deleted_rows.connect(self.delete_rows)
        view.rows_moved.connect(self.move_rows)
        view.opened.connect(self._open_trace)
        view.current_moved.connect(self._on_moved)
        view.focus_came.connect(self._on_focus)
        self.bar.accepted.connect(self._on_accepted)
        self.bar.refused.connect(self._on_refused)
        self.bar.picked.connect(self._on_link)

    def _empty_words(self) -> tuple[str, Sequence[QWidget]]:
        """Why there is no row, and the way to where that is mended."""
        if self.table.rows is RowsKind.FREE:
            return self.tr("还没有行。按 Insert 加一行，或从 Excel 粘贴。"), ()
        if self.table.rows is RowsKind.FOLLOWING:
            leader = self._session.project.index.tables.get(self.table.rows_of)
            named = "" if leader is None else leader.title
            said = self.tr("「{0}」里有了行，这里就有。").format(named)
            return said, () if leader is None else (self._way(self.tr("去填"), leader.id, named),)
        said = self.tr("先在「企业概况」填基准年，这里就有月份和年份。")
        return said, (self._way(self.tr("去填基准年"), BASE_YEAR, ""),)

    def _way(self, words: str, key: str, named: str) -> QWidget:
        def go() -> None:
            if page_id := self._session.project.index.page_of(key):
                self._session.go_to(page_id, key)

        return link(words, go, name=f"{words} {named}".strip())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A table without rows is meant, too, by a click on its words: what is pasted then belongs here."""
        self.view.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def _tools(self) -> QWidget:
        tools = QWidget()
        box = QHBoxLayout(tools)
        box.setContentsMargins(8, 4, 8, 4)
        box.setSpacing(4)
        title = self.table.title
        for words, keys, name, act in (
            (self.tr("加一行"), "Insert", "plus", self.insert_row),
            (self.tr("删掉这行"), "Ctrl+Del", "trash", self.delete_rows),
        ):
            tool = button(words, act, role="quiet", icon=name, keys=keys)
            tool.setAccessibleName(f"{title}：{words}")
            box.addWidget(tool)
            if act == self.delete_rows:
                self._row_tools.append(tool)
        for words, keys, step in (
            (self.tr("上移"), "Alt+↑", -1),
            (self.tr("下移"), "Alt+↓", 1),
        ):
            tool = button(words, partial(self.move_rows, step), role="quiet", keys=keys)
            tool.setAccessibleName(f"{title}：{words}")
            box.addWidget(tool)
            self._row_tools.append(tool)
        box.addStretch(1)
        return tools

    # -------------------------------------------------------------- showing

    def load(
        self,
        project: AuditProject,
        year: int | None,
        remarks: Mapping[str, Sequence[Remark]],
        reasons: Sequence[str],
    ) -> None:
        """Show a state of the audit."""
        self._reasons = reasons
        self.answers.load(project, year, remarks, self._session.session.earlier)
        has_rows = bool(self.answers.rows)
        self.empty.setVisible(not has_rows)
        for tool in self._row_tools:
            tool.setVisible(has_rows)
        if self.total is not None:
            self.total.setVisible(has_rows)
        self._show_current()

    def counts(self) -> tuple[int, int]:
        """Required typed cells of the rows shown: how many are answered, how many there are."""
        filled = asked = 0
        for column in range(self.answers.columnCount()):
            question = self.answers.question_at(column)
            if question is None or question.derived or not question.required:
                continue
            for row in range(self.answers.rowCount()):
                answer = self.answers.answer_in(row, column)
                asked += 1
                filled += answer != MISSING and not is_unread(answer)
        return filled, asked

    def focus_key(self, key: str) -> bool:
        """Make a cell current and focus it; False when it is not among the rows shown."""
        index = self.answers.index_of(key)
        if not index.isValid():
            return False
        # Not the view's own: with Ctrl held, as for Ctrl+Z, that would keep what was selected before.
        self.view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def current_key(self) -> str:
        return self.answers.key_at(self.view.currentIndex())

    def _show_current(self) -> None:
        """What stands to be said about the current cell."""
        if self.bar.is_asking:
            return
        index = self.view.currentIndex()
        here = self.view.hasFocus() or self.bar.isAncestorOf(QApplication.focusWidget() or self)
        if not here or not index.isValid():
            self.bar.say("", "help")
            return
        if not self.answers.is_typed(index):
            self._show_figure(index)
            return
        key = self.answers.key_at(index)
        question = self.answers.question_at(index.column())
        assert question is not None
        remarks = self.answers.remarks_at(index)
        must = next((r for r in remarks if r.severity is Severity.MUST), None)
        should = next((r for r in remarks if r.severity is Severity.SHOULD), None)
        place = f"{self.answers.row_name(index.row())} · {question.title}："
        remark = must or should
        if remark is not None:
            links = [(f"offer:{i}", offer.label) for i, offer in enumerate(remark.offers)]
            links += self._proof_links(index)
            text = f"{place}{remark.what}{'。' if remark.remedy else ''}{remark.remedy}"
            answer = self.answers.answer_at(index)
            if must is None and isinstance(answer, Given) and answer.text:
                self._asking = "note"
                self._asked = [QPersistentModelIndex(index)]
                self.bar.ask(
                    text,
                    self.tr("记下"),
                    "",
                    write=self.tr("写一句说明"),
                    filled=answer.note,
                    focus=False,
                )
            else:
                self.bar.say(text, "error" if must is not None else "warn", links)
            return
        parsed = self._understood.get(key)
        answer = self.answers.answer_at(index)
        hint = next(iter(remarks), None)
        proofs = self._proof_links(index)
        if hint is not None:
            self.bar.say(f"{place}{hint.what}。{hint.remedy}", "help", proofs)
        elif isinstance(answer, NotApplicable):
            self.bar.say(f"{place}{self.tr('不适用')}，{answer.reason}", "help")
        elif isinstance(answer, Given) and answer.note:
            self.bar.say(f"{place}{answer.note}", "help", proofs)
        elif parsed is not None and parsed.answer == answer and parsed.understood:
            self.bar.say(f"{place}{self.tr('看成')} {parsed.understood}", "ok", proofs)
        else:
            said = "　".join(filter(None, (self.answers.earlier_at(index), question.help)))
            said = said or (self.tr("有凭证") if proofs else "")
            self.bar.say(f"{place}{said}" if said else "", "help", proofs)

    def _proof_links(self, index: QModelIndex) -> list[tuple[str, str]]:
        """Links to the papers that prove a cell, at the place that was read."""
        return [
            (f"proof:{one.paper.sha256}", self.tr("看凭证 {number}").format(number=one.number))
            for one in self.answers.proofs_at(index)[:3]
        ]

    def _show_figure(self, index: QModelIndex) -> None:
        """What a computed cell says in full, why, and the way to where it comes from."""
        figure = self.answers.figure_at(index)
        question = self.answers.question_at(index.column())
        cell = self.answers.cell(index.row(), index.column())
        if figure is None or question is None or not (cell.text or cell.chip):
            self.bar.say("", "help")
            return
        said = cell.spoken if cell.chip is not None else f"{cell.text} {question.unit}".strip()
        note = self.answers.still_missing(figure) or (figure.trace.note if not cell.chip else "")
        tone: Tone = "help"
        if cell.state is not CellState.DERIVED:
            tone = "error" if cell.state is CellState.MUST_MEND else "warn"
        links = [("trace", self.tr("看来历 Enter"))]
        if figure.missing:
            links.insert(0, ("missing", self.tr("去填")))
        place = f"{self.answers.row_name(index.row())} · {question.title}："
        self.bar.say("。".join(filter(None, (f"{place}{said}", note))), tone, links)

    def _on_moved(self) -> None:
        self._show_current()
        if self.view.hasFocus():
            QTimer.singleShot(0, self, self._keep_in_sight)

    def _keep_in_sight(self) -> None:
        """Scroll the page so that the current cell shows, and if there is room what is said about it."""
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is None:
            return
        content = area.widget()
        for part in (self, content):  # the line below the table may just have come
            if (layout := part.layout()) is not None:
                layout.activate()
        if not self.view.currentIndex().isValid():
            area.ensureWidgetVisible(self, 0, 20)  # a table without rows
            return
        cell = self.view.current_rect()
        top = self.view.mapTo(content, cell.topLeft()).y()
        low = top + cell.height()
        if self.bar.isVisible():
            foot = self.bar.mapTo(content, self.bar.rect().bottomLeft()).y()
            if foot - top < area.viewport().height():
                low = foot
        bar = area.verticalScrollBar()
        height = area.viewport().height()
        bar.setValue(min(max(bar.value(), low + _ROOM - height), max(0, top - _ROOM)))

    def _on_focus(self) -> None:
        self._show_current()
        QTimer.singleShot(0, self, self._keep_in_sight)  # what is said may need room below
        self.entered.emit()

    def _open_trace(self, index: QModelIndex) -> None:
        figure = self.answers.figure_at(index)
        if figure is not None:
            self.trace_requested.emit(figure.trace)

    # -------------------------------------------------------------- recording

    def _name(self, index: QModelIndex | QPersistentModelIndex) -> str:
        question = self.answers.question_at(index.column())
        return f"{self.answers.row_name(index.row())}{question.title if question else ''}"

    def _record(
        self, indexes: Sequence[QModelIndex | QPersistentModelIndex], after: Answer
    ) -> None:
        keys = [key for key in map(self.answers.key_at, indexes) if key]
        if keys:
            self._session.do(acts.answer(self._session.project, keys, after))

    def _on_rested(self, index: QModelIndex, text: str) -> None:
        """Keep what is being typed; what needs a question waits for Enter."""
        question = self.answers.asked_at(index)
        if question is None or text.strip() in ("/", "／"):
            return
        parsed = parse_answer(question, text)
        if not (is_zero(parsed.answer) and question.silences):
            self._record([index], parsed.answer)

    def commit(self) -> None:
        """Hand over what is being typed in a cell. A typed nought is a nought: the cell shows 「零」."""
        self.view.commit_open()

    def _on_typed(self, index: QModelIndex, text: str) -> None:
        question = self.answers.asked_at(index)
        if question is None:
            return
        if question.kind is QuestionKind.NUMBER and text.strip() in ("/", "／", "不适用"):
            self._ask_reason([index])
            return
        before = self.answers.answer_at(index)
        if isinstance(before, Given) and text.strip() and text.strip() in (before.text, before.raw):
            return  # opened and left: what was read when it was typed stands
        parsed = parse_answer(question, text)
        self._understood[self.answers.key_at(index)] = parsed
        answer = parsed.answer
        if isinstance(answer, Given) and isinstance(before, Given) and answer.text == before.text:
            return
        self._record([index], answer)

    def _clear(self, indexes: list[QModelIndex]) -> None:
        self._record(indexes, MISSING)

    def _ask_reason(self, indexes: list[QModelIndex]) -> None:
        if not indexes:
            return
        self._asking = "reason"
        self._asked = [QPersistentModelIndex(index) for index in indexes]
        name = self._name(indexes[0])
        if len(indexes) > 1:
            name = self.tr("选中的 {0} 格").format(len(indexes))
        self.bar.ask(
            self.tr("{0}：不适用").format(name),
            self.tr("记下"),
            self.tr("算了"),
            write=self.tr("写原因，至少 4 个字"),
            offered=self._reasons,
        )

    def _copy_from_above(self, indexes: list[QModelIndex]) -> None:
        """Ctrl+D: every chosen cell takes the cell above the topmost chosen one of its column."""
        top: dict[int, int] = {}
        for index in indexes:
            top[index.column()] = min(index.row(), top.get(index.column(), index.row()))
        pairs = [
            (
                self.answers.key_at(index),
                self.answers.answer_at(self.answers.index(top[index.column()] - 1, index.column())),
            )
            for index in indexes
            if top[index.column()] > 0
        ]
        self._session.do(acts.repeat(self._session.project, pairs))

    def _on_accepted(self, text: str) -> None:
        indexes = [index for index in self._asked if index.isValid()]
        kind = self._asking
        if not indexes:
            self._on_refused()
            return
        if kind == "reason":
            if len(text) < SHORTEST_REASON:
                self.bar.line.show_message(self.tr("原因至少写 4 个字"), "error")
                self.bar.field.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            self._stop_asking()
            self._record(indexes, NotApplicable(text))
        elif kind == "note":
            self._stop_asking()
            key = self.answers.key_at(indexes[0])
            self._session.do(acts.note(self._session.project, key, text))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_current()

    def _on_refused(self) -> None:
        index = self._asked[0] if self._asked and self._asked[0].isValid() else None
        self._stop_asking()
        if index is not None:
            self.view.setCurrentIndex(self.answers.index(index.row(), index.column()))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_current()

    def _stop_asking(self) -> None:
        self._asking, self._asked = "", []
        self.bar.say("", "help")

    def _on_link(self, link: str) -> None:
        index = self.view.currentIndex()
        question = self.answers.asked_at(index)
        offers = [o for remark in self.answers.remarks_at(index) for o in remark.offers]
        kind, _, place = link.partition(":")
        figure = self.answers.figure_at(index)
        if kind == "trace" and figure is not None:
            self.trace_requested.emit(figure.trace)
        if kind == "proof":
            self._session.screen_requested.emit("evidence", place)
        if kind == "missing" and figure is not None and figure.missing:
            key = figure.missing[0]
            self._session.go_to(self._session.project.index.page_of(key), key)
        if kind == "offer" and question is not None and int(place) < len(offers):
            parsed = parse_answer(question, offers[int(place)].typed)
            self._record([index], parsed.answer)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # -------------------------------------------------------------- rows

    def insert_row(self) -> None:
        """A new row after the current one, focused in its first cell."""
        rows = self._session.book.row_ids(self.table.id)
        row_id = self._session.session.new_row_id(self.table.id)
        current = self.view.currentIndex()
        at = current.row() + 1 if current.isValid() and rows else len(rows)
        if self._session.do(acts.insert_row(self._session.project, self.table.id, row_id, at)):
            first = next(
                (
                    index
                    for column in range(self.answers.columnCount())
                    if self.answers.is_typed(index := self.answers.index(at, column))
                ),
                None,
            )
            if first is not None:
                self.view.clearSelection()
                self.view.setCurrentIndex(first)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chosen_rows(self) -> list[int]:
        rows = {index.row() for index in self.view.selectionModel().selectedIndexes()}
        if not rows and self.view.currentIndex().isValid():
            rows = {self.view.currentIndex().row()}
        return sorted(rows)

    def delete_rows(self) -> None:
        """Take the chosen rows out, with their cells, as one act; the next row becomes current."""
        chosen = self._chosen_rows()
        if not chosen:
            return
        going = [self.answers.rows[row] for row in chosen]
        act = acts.delete_rows(self._session.project, self.table.id, going)
        column = max(0, self.view.currentIndex().column())
        if self._session.do(act) and self.answers.rowCount():
            row = min(chosen[0], self.answers.rowCount() - 1)
            self.view.setCurrentIndex(self.answers.index(row, column))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def move_rows(self, step: int) -> None:
        """Move the chosen rows up or down by one."""
        chosen = self._chosen_rows()
        column = self.view.currentIndex().column()
        moving = [self.answers.rows[row] for row in chosen]
        act = acts.move_rows(self._session.project, self.table.id, moving, step)
        if act.changes and self._session.do(act):
            self.view.select([self.answers.index(row + step, column) for row in chosen])

    # -------------------------------------------------------------- clipboard

    def copy(self) -> None:
        """The chosen cells with row names and headings, as a spreadsheet takes them."""
        indexes = self.view.selectionModel().selectedIndexes() or [self.view.currentIndex()]
        rows = sorted({index.row() for index in indexes})
        columns = sorted({index.column() for index in indexes})
        if len(indexes) == 1:
            QGuiApplication.clipboard().setText(safe_line([self._plain(rows[0], columns[0])]))
            return
        if self.answers.named_rows and columns[0] != 0:
            columns.insert(0, 0)
        lines = [safe_line([self._copied_head(column) for column in columns])]
        lines += [safe_line([self._plain(row, column) for column in columns]) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _copied_head(self, column: int) -> str:
        question = self.answers.question_at(column)
        if question is None:
            return self.table.row_title
        return f"{question.title}（{question.unit}）" if question.unit else question.title

    def _plain(self, row: int, column: int) -> str:
        """A cell without thousands marks, so that a spreadsheet reads a number."""
        question = self.answers.question_at(column)
        index = self.answers.index(row, column)
        if question is None:
            return (
                self.answers.rows[row]
                if self.table.rows is RowsKind.MONTHS
                else self.answers.row_name(row)
            )
        number = question.kind is QuestionKind.NUMBER
        figure = self.answers.figure_at(index)
        if figure is not None and figure.words:
            return figure.words.replace("\n", " ")
        if figure is not None:
            return brief(figure.value).replace(",", "") if figure.value is not None else ""
        answer = self.answers.answer_at(index)
        if isinstance(answer, NotApplicable):
            return "/"
        if isinstance(answer, Given) and not is_unread(answer) and number:
            return answer.text
        return answer_text(question, answer).replace("\n", " ").replace("\t", " ")

    def paste(self) -> None:
        """Ask the page for a preview of what is on the clipboard."""
        index = self.view.currentIndex()
        row = self.answers.rows[index.row()] if index.isValid() else ""
        question = self.answers.question_at(index.column()) if index.isValid() else None
        column = question.id if question is not None and not question.derived else ""
        self.paste_requested.emit(QGuiApplication.clipboard().text(), row, column)
