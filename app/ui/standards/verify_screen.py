"""阈值核对: the official text typed again row by row, blind; who, when and from which print is kept with the value."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.audit.wording import short_table
from app.errors import UserError
from app.services.checking import Item, Kind, Outcome, check_item, compare, fields_of, items_of
from app.services.prints import record_text
from app.services.systems import undo_last_change
from app.standards.verification import Check
from app.ui import problems, widgets
from app.ui.messages import Action, Message, MessageBar, announce
from app.ui.standards.check_list import CheckItems, CheckLine, signed_text
from app.ui.standards.print_pane import PrintPane
from app.ui.standards.typed_row import TypedRow
from app.ui.standards.words import tr

if TYPE_CHECKING:
    from app.services.services import Services

_SECONDS_PER_ROW = 20


class VerifyScreen(QWidget):
    """Enter: the next field, then the next line. PgUp and PgDn turn the print beside the typing. Ctrl+Z takes the last line back.

    changed: the library has other states now. take_over_wanted: the open audit should get the checked copy.
    sheet_wanted(system id, table ids): the 核对单 on paper.
    """

    changed = Signal()
    take_over_wanted = Signal()
    name_given = Signal(str)
    sheet_wanted = Signal(str, list)

    def __init__(
        self,
        services: "Services",
        system_id: str,
        table_id: str,
        *,
        who: str,
        today: date,
        in_audit: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._services = services
        self.system_id, self.table_id = system_id, table_id
        self._today = today
        self._in_audit = in_audit
        self._undo: list[str] = []
        self._fields: list[TypedRow] = []
        self._item: Item | None = None
        outer = widgets.ScreenLayout(self)
        outer.setContentsMargins(18, 14, 18, 12)
        outer.setSpacing(10)
        system = services.catalogue.system(system_id)
        outer.addWidget(
            widgets.label(f"{tr('指标体系库')} / {system.title} / {tr('阈值核对')}", "note")
        )
        self._segments = widgets.Segments(["", "", ""], name=tr("只看"))
        self._segments.set_current(0)
        self._segments.chosen.connect(lambda _: self._fill())
        self.undo_button = widgets.button(tr("撤销"), self.undo, icon="undo", keys="Ctrl+Z")
        self.sheet_button = widgets.button(
            tr("打印核对单"),
            lambda: self.sheet_wanted.emit(system_id, [table_id]),
            icon="print",
            keys="Ctrl+P",
            tip=tr("一张表一份 PDF，拿着纸和原文逐行勾，两个人签字"),
        )
        outer.addLayout(
            widgets.row(
                widgets.label(tr("阈值核对：照原文再打一遍，签上名"), "title"),
                None,
                self.undo_button,
                self._segments,
                self.sheet_button,
            )
        )
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(300)
        self._bar.setAccessibleName(tr("核对进度"))
        self._progress = widgets.label("", "second")
        outer.addLayout(widgets.row(self._bar, self._progress, None, spacing=16))
        self.messages = MessageBar()
        outer.addWidget(self.messages)
        body = QHBoxLayout()
        body.setSpacing(12)
        self._left = widgets.Card(short_table(system.table(table_id).title), padded=False)
        self._left.setFixedWidth(272)
        assert self._left.title_label is not None
        self._left.title_label.setToolTip(system.table(table_id).title)
        self.list = QListView()
        self.list.setAccessibleName(tr("要核对的行"))
        self.model = CheckItems(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(CheckLine(self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.selectionModel().currentChanged.connect(lambda now, _: self._on_line(now))
        self.list.activated.connect(lambda _: self.focus_first())
        self._left.body.addWidget(self.list)
        body.addWidget(self._left)
        self.pane = PrintPane(system_id)
        self.pane.message.connect(self.messages.show_message)
        body.addWidget(self.pane, 1)
        body.addWidget(self._build_form(system.document_no, who))
        outer.addLayout(body, 1)
        for keys, run in (
            ("Ctrl+Z", self.undo),
            ("F8", lambda: self._step_open(1)),
            ("Ctrl+Down", lambda: self._step(1)),
            ("Ctrl+Up", lambda: self._step(-1)),
            ("PgDown", lambda: self.pane.turn(1)),
            ("PgUp", lambda: self.pane.turn(-1)),
            ("Ctrl+O", self.pane.choose),
            ("Ctrl+P", self.sheet_button.click),
            ("Ctrl++", lambda: self.pane.zoom_by(1)),
            ("Ctrl+=", lambda: self.pane.zoom_by(1)),
            ("Ctrl+-", lambda: self.pane.zoom_by(-1)),
            ("Ctrl+0", self.pane.fit_width),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.pane.restore()
        self._fill()
        self._select(self._first_open(0))

    # -- building

    def _build_record(self, document_no: str, who: str) -> QWidget:
        """What goes into the record of every line: which print, where in it, who."""
        holder = widgets.frame("foot", margins=(14, 8, 14, 8), spacing=5)
        inner: QVBoxLayout = holder.layout()  # type: ignore[assignment]
        self.against = self._entry(tr("核对的原文"), document_no)
        self.page = self._entry(tr("原文在第几页"), "")
        self.row_no = self._entry(tr("第几行"), "")
        self.by = self._entry(tr("核对人"), who)
        self.by.editingFinished.connect(lambda: self.name_given.emit(self.by.text().strip()))
        for short in (self.page, self.row_no):
            short.setFixedWidth(46)
        first = widgets.label(tr("原文"), "table")
        second = widgets.label(tr("核对人"), "table")
        width = second.fontMetrics().horizontalAdvance(second.text()) + 6
        for name in (first, second):
            name.setFixedWidth(width)
        third = widgets.label(tr("位置"), "table")
        third.setFixedWidth(width)
        inner.addLayout(widgets.row(first, self.against))
        inner.addLayout(
            widgets.row(
                third,
                widgets.label(tr("第"), "table"),
                self.page,
                widgets.label(tr("页，第"), "table"),
                self.row_no,
                widgets.label(tr("行"), "table"),
                None,
            )
        )
        inner.addLayout(
            widgets.row(second, self.by, widgets.label(self._today.isoformat(), "note"))
        )
        return holder

    @staticmethod
    def _entry(name: str, text: str) -> QLineEdit:
        entry = QLineEdit(text)
        entry.setAccessibleName(name)
        entry.setCursorPosition(0)
        return entry

    def _build_form(self, document_no: str, who: str) -> QWidget:
        self.form = widgets.Card(" ", padded=False)
        self.form.setFixedWidth(356)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        holder.setProperty("role", "plain")
        self._form = QVBoxLayout(holder)
        self._form.setContentsMargins(16, 12, 16, 12)
        self._form.setSpacing(0)
        area.setWidget(holder)
        self.form.body.addWidget(area, 1)
        self._signed = widgets.label("", "note", wrap=True)
        self._signed.setContentsMargins(16, 0, 16, 8)
        self.form.body.addWidget(self._signed)
        self.form.body.addWidget(self._build_record(document_no, who))
        foot = widgets.frame("foot", vertical=False, margins=(12, 8, 12, 8), spacing=8)
        inner: QHBoxLayout = foot.layout()  # type: ignore[assignment]
        self.skip_button = widgets.link(tr("原文看不清，先放着"), self.skip)
        self.done_button = widgets.button(
            tr("这一行核好了"), self.accept_line, role="primary", icon="check", keys="Enter"
        )
        inner.addWidget(self.skip_button)
        inner.addStretch(1)
        inner.addWidget(self.done_button)
        self.form.body.addWidget(foot)
        return self.form

    # -- the list

    def _all(self) -> tuple[Item, ...]:
        return items_of(self._services.catalogue.system(self.system_id), self.table_id)

    def _fill(self) -> None:
        items = self._all()
        open_items = [one for one in items if not one.is_verified]
        disputed = [one for one in items if one.dispute is not None]
        done = len(items) - len(open_items)
        self._segments.set_texts(
            [
                tr("{n} 行").format(n=len(items)),
                tr("没核的 {n}").format(n=len(open_items)),
                tr("不一致 {n}").format(n=len(disputed)),
            ]
        )
        self._bar.setMaximum(max(len(items), 1))
        self._bar.setValue(done)
        minutes = -(-len(open_items) * _SECONDS_PER_ROW // 60)
        text = tr("已核 {done} / {all}。").format(done=done, all=len(items))
        if open_items:
            text += tr(
                "每行大约 20 秒，还要约 {n} 分钟。没核完也能出定稿，报告里标「待核对」；核过的不标。"
            ).format(n=minutes)
        else:
            text += tr("全部核过。")
        self._progress.setText(text)
        self._left.note_label.setText(tr("已核对 {n}").format(n=done))
        shown = (items, tuple(open_items), tuple(disputed))[self._segments.current() or 0]
        numbers, count = [], 0
        for one in items:
            if one.row is not None:
                count += 1
            if one in shown:
                numbers.append(str(count) if one.row is not None else "")
        chosen = self._item.id if self._item is not None else ""
        self.model.show(shown, tuple(numbers))
        at = next((n for n, one in enumerate(shown) if one.id == chosen), -1)
        if at >= 0:
            self._select(at)
        self.undo_button.setEnabled(bool(self._undo))
        self.undo_button.setToolTip(
            tr("撤销：{name}").format(name=self._undo[-1]) if self._undo else tr("没有可以撤销的")
        )

    def _first_open(self, start: int) -> int:
        count = len(self.model.items)
        for offset in range(count):
            at = (start + offset) % count
            if not self.model.items[at].is_verified:
                return at
        return min(start, count - 1)

    def _select(self, row: int) -> None:
        if 0 <= row < len(self.model.items):
            self.list.setCurrentIndex(self.model.index(row))

    def _step(self, step: int) -> None:
        self._select(self.list.currentIndex().row() + step)
        self.focus_first()

    def _step_open(self, step: int) -> None:
        self._select(self._first_open(self.list.currentIndex().row() + step))
        self.focus_first()

    def choose(self, item_id: str) -> None:
        """Show one line."""
        for number, item in enumerate(self.model.items):
            if item.id == item_id:
                self._select(number)
                self.focus_first()

    # -- the form

    def _on_line(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        item = self.model.items[index.row()]
        if self._item is not None and item.id == self._item.id and item == self._item:
            return
        self._item = item
        number = self.model.numbers[index.row()]
        head = tr("第 {n} 行：照原文再打一遍").format(n=number) if number else tr("照原文再打一遍")
        assert self.form.title_label is not None
        self.form.title_label.setText(head)
        widgets.clear_layout(self._form)
        self._form.addWidget(widgets.label(item.name, "card_title", wrap=True))
        self._form.addWidget(widgets.label(tr("先不给看库里的值。打完才比，免得照着抄。"), "note"))
        self._form.addSpacing(6)
        system = self._services.catalogue.system(self.system_id)
        self._fields = []
        for field in fields_of(system, item):
            typed = TypedRow(field)
            typed.changed.connect(self._compare)
            self._fields.append(typed)
            self._form.addWidget(typed)
        self._form.addStretch(1)
        order = [one.control for one in self._fields] + [self.skip_button, self.done_button]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        if number:
            self.row_no.setText(number)
        self._compare()
        signed = signed_text(item)
        if item.dispute is not None:
            one = item.dispute
            signed = tr("{on} {by} 打的和库里不一样，等另一个人打一遍").format(on=one.on, by=one.by)
        elif item.is_verified and not item.is_confirmed and item.row is not None:
            if item.alone:
                signed += tr("。录入的也是这个人")
            signed += tr("。另一个人再打一遍就是复核")
        self._signed.setText(signed)
        self._signed.setVisible(bool(signed))

    def _compare(self) -> None:
        if self._item is None:
            return
        others_typed = True
        for typed in self._fields:
            if typed.field.kind is Kind.READING:
                continue
            if typed.text.strip():
                typed.show_compared(compare(self._item, typed.field.id, typed.text))
            else:
                others_typed = False
                typed.hide_ours()
        for typed in self._fields:
            if typed.field.kind is Kind.READING:
                compared = compare(self._item, typed.field.id, typed.text)
                typed.show_words(compared.ours if others_typed else "")
                if typed.text:
                    typed.show_compared(compared)

    def focus_first(self) -> None:
        """The first empty field of the line."""
        for typed in self._fields:
            if not typed.text.strip() and typed.control.isEnabled():
                typed.control.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self.done_button.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_line()
            return
        super().keyPressEvent(event)

    def typed(self) -> dict[str, str]:
        return {one.field.id: one.text for one in self._fields}

    def accept_line(self) -> None:
        """Enter: the next empty field, or, once all are typed, the line is done."""
        item = self._item
        if item is None:
            return
        self._compare()
        for one in self._fields:
            if not one.text.strip() and one.control.isEnabled():
                one.control.setFocus(Qt.FocusReason.TabFocusReason)
                return
        against = record_text(
            self.against.text().strip(),
            self.page.text().strip(),
            self.row_no.text().strip() if item.row is not None else "",
            self.pane.print,
        )
        check = Check(self.by.text().strip(), self._today.isoformat(), against)
        try:
            outcome = check_item(
                self._services.catalogue,
                self.system_id,
                self.table_id,
                item.id,
                self.typed(),
                check,
            )
        except UserError as error:
            self.messages.show_message(problems.as_message(error))
            if not check.by:
                self.by.setFocus()
            return
        self._undo.append(item.name)
        self.messages.clear()
        self._say(outcome, item)
        row = self.list.currentIndex().row()
        self._item = None
        self._fill()
        self._select(self._first_open(row if self._segments.current() else row + 1))
        self.focus_first()
        self.changed.emit()

    def _say(self, outcome: Outcome, item: Item) -> None:
        take = (Action(tr("用进案卷"), self.take_over_wanted.emit),) if self._in_audit() else ()
        match outcome:
            case Outcome.VERIFIED | Outcome.CONFIRMED:
                done = tr("核对过") if outcome is Outcome.VERIFIED else tr("复核过")
                text = tr("「{name}」{done}。").format(name=item.name, done=done)
                now = next((one for one in self._all() if one.id == item.id), item)
                if now.alone:
                    text += tr(
                        "录入和核对都是 {who}，记下了，报告里会写；请另一个人再打一遍。"
                    ).format(who=self.by.text().strip())
                if take:
                    text += tr("打开的案卷还是原来那份，要用才用进去。")
                message = Message("warn" if now.alone else "ok", text, take)
            case Outcome.KEPT_BOTH:
                message = Message(
                    "warn",
                    tr(
                        "「{name}」打的和库里不一样，两个都记下了。请另一个人再打一遍，库里的值先不动。"
                    ).format(name=item.name),
                )
            case _:
                message = Message(
                    "warn",
                    tr(
                        "「{name}」两个人打的一样，库里的值已换成原文的。用到它的案卷到「版本对照」看变了什么。"
                    ).format(name=item.name),
                )
        self.messages.show_message(message)
        announce(self, message.text)

    def skip(self) -> None:
        """Leave this line open and go on."""
        self._select(self._first_open(self.list.currentIndex().row() + 1))
        self.focus_first()

    def undo(self) -> None:
        if not self._undo:
            return
        name = self._undo.pop()
        undo_last_change(self._services.catalogue, self.system_id)
        self._item = None
        self._fill()
        for number, item in enumerate(self.model.items):
            if item.name == name:
                self._select(number)
        self.messages.clear()
        self.messages.show_message(Message("info", tr("撤销了：{name}").format(name=name)))
        self.focus_first()
        self.changed.emit()

    def hint(self) -> str:
        return tr(
            "Enter 下一格、核好下一行 · PgUp/PgDn 翻原文 · Ctrl+↑↓ 换行 · F8 下一个没核的 · Ctrl+Z 撤销"
        )

    def sizeHint(self) -> QSize:
        return QSize(1180, 620)
