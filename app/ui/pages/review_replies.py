"""审阅意见: every opinion of the reviewers, what the paper says now, the reply, and the table of replies."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPen, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app import clock
from app.audit.evidence import numbered
from app.audit.review import REVIEW, Opinion, Reply, opinions
from app.services import review
from app.ui import theme, widgets
from app.ui.chips import ChipLabel, chip_size, paint_chip, tag
from app.ui.messages import MessageBar
from app.ui.session import SessionModel
from app.ui.tasks import Tasks

if TYPE_CHECKING:
    from app.papers.places import Place

_ROW = 62
_TONES = {Reply.OPEN: "warn", Reply.DOING: "info", Reply.DONE: "ok", Reply.DECLINED: "plain"}
_SHOWN = 260  # letters of a change that are shown at once


class _Line(QStyledItemDelegate):
    """Number or tick, two lines of the opinion, who and where, how far it is answered."""

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(200, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        number, opinion = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, theme.color("select" if chosen else "surface"))
        if chosen:
            painter.fillRect(
                QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("indigo")
            )
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        circle = QRect(rect.left() + 12, rect.top() + 11, 22, 22)
        self._number(painter, circle, number, opinion.is_settled)
        chip = tag(opinion.state.value, _TONES[opinion.state])  # type: ignore[arg-type]
        width = chip_size(chip).width()
        right = QRect(rect.right() - width - 12, rect.top() + 12, width, 20)
        paint_chip(painter, right, chip)  # type: ignore[arg-type]
        text = QRect(rect.left() + 46, rect.top() + 8, right.left() - rect.left() - 54, 38)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("table"))
        metrics = painter.fontMetrics()
        words = opinion.text.replace("\n", " ")
        painter.drawText(
            QRect(text.left(), text.top(), text.width(), 22),
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(words, Qt.TextElideMode.ElideRight, text.width()),
        )
        painter.setPen(theme.color("ink3"))
        painter.setFont(theme.font("caption"))
        page = f"p.{opinion.page}" if opinion.page else ""
        where = " · ".join(part for part in (opinion.author, opinion.where or "全文", page) if part)
        room = rect.right() - text.left() - 12
        painter.drawText(
            QRect(text.left(), rect.top() + 33, room, 20),
            Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(where, Qt.TextElideMode.ElideRight, room),
        )
        painter.restore()

    def _number(self, painter: QPainter, circle: QRect, number: int, settled: bool) -> None:
        painter.setPen(QPen(theme.color("jade" if settled else "border"), 1.2))
        painter.setBrush(theme.color("jade" if settled else "surface"))
        painter.drawEllipse(circle)
        painter.setPen(theme.color("surface" if settled else "ink"))
        painter.setFont(theme.font("caption"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, "✓" if settled else str(number))


class RepliesScreen(QWidget):
    """left: back to the audit. file_wanted: notes of a reviewer from a file. paste_wanted: opinions from the clipboard.
    table_wanted(suffix): the table of replies as .docx or .pdf. report_wanted: the report page."""

    left = Signal()
    file_wanted = Signal()
    paste_wanted = Signal()
    table_wanted = Signal(str)
    report_wanted = Signal()

    def __init__(self, model: SessionModel, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._tasks = model, tasks
        self.places: Mapping[str, Sequence[Place]] | None = None
        self._shown: Opinion | None = None
        box = widgets.ScreenLayout(self)
        box.setContentsMargins(18, 14, 18, 12)
        box.setSpacing(10)
        box.addLayout(self._head())
        self.messages = MessageBar()
        model.message_posted.connect(self.messages.show_message)
        box.addWidget(self.messages)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._empty())
        self._pages.addWidget(self._work())
        box.addLayout(self._pages, 1)
        for keys, run in (
            ("Escape", self._escape), ("Ctrl+Return", self.finish), ("Ctrl+O", self.file_wanted.emit),
            ("Alt+Up", lambda: self.step(-1)), ("Alt+Down", lambda: self.step(1)),
            ("Ctrl+Z", model.undo), ("Ctrl+Y", model.redo),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        model.answers_changed.connect(self._on_answers)
        self.refresh()
        self._read_paper()

    # -- parts

    def _head(self) -> QHBoxLayout:
        title = widgets.label(self.tr("审阅意见：一条一条答，修改对照表自己出来"), "title")
        self.filter = widgets.Segments(
            ["", "", self.tr("按人"), self.tr("按章节")], name=self.tr("看哪些")
        )
        self.filter.set_current(0)
        self.filter.chosen.connect(lambda _index: self.refresh())
        self.more = widgets.button(self.tr("收意见"), self._menu, icon="plus")
        self.table_button = widgets.button(self.tr("修改对照表"), self._table_menu, icon="print")
        return widgets.row(title, None, self.filter, self.more, self.table_button)

    def _empty(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        card = widgets.Card(self.tr("还没有审阅意见"))
        lines = (
            self.tr("评审人用清审通打开封存的报告（PDF），点「写审阅意见」，把存下的 .cpreview 文件发回来：拖进这个窗口就收下。"),
            self.tr("意见是 Word、微信里的文字也行：复制下来粘贴到这里，一行或一个序号算一条。"),
        )  # fmt: skip
        for line in lines:
            card.body.addWidget(widgets.label(line, "body", wrap=True))
        self.open_button = widgets.button(
            self.tr("打开意见文件"),
            self.file_wanted.emit,
            role="primary",
            icon="folder",
            keys="Ctrl+O",
        )
        paste = widgets.button(self.tr("粘贴意见"), self.paste_wanted.emit, icon="paste")
        card.body.addLayout(widgets.row(self.open_button, paste, None))
        card.setMaximumWidth(720)
        box.addWidget(card)
        box.addStretch(1)
        return page

    def _work(self) -> QWidget:
        page = QWidget()
        box = QHBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        self.card = widgets.Card(self.tr("意见"), note=" ", padded=False)
        self.list = QListWidget()
        self.list.setItemDelegate(_Line(self.list))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(self.tr("意见"))
        self.list.currentItemChanged.connect(lambda _now, _before: self._show_current())
        self.card.body.addWidget(self.list)
        self.card.setMinimumWidth(360)
        box.addWidget(self.card, 2)
        box.addWidget(self._detail(), 3)
        return page

    def _detail(self) -> QWidget:
        card = widgets.Card()
        body = card.body
        self.name = widgets.label("", "card_title")
        self.look = widgets.link(self.tr("看报告"), self.report_wanted.emit, icon="document")
        self.out = widgets.icon_button("trash", self.tr("拿掉这一条"), self._take_out)
        body.addLayout(widgets.row(self.name, None, self.look, self.out))
        body.addWidget(widgets.label(self.tr("意见（原话，改不了）"), "note"))
        self.text = widgets.label("", "body", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        holder = widgets.frame("box", margins=(12, 8, 12, 8))
        holder.layout().addWidget(self.text)  # type: ignore[union-attr]
        body.addWidget(holder)
        self.change_title = widgets.label("", "note", wrap=True)
        body.addWidget(self.change_title)
        self.change = QTextBrowser()
        self.change.setAccessibleName(self.tr("报告里怎么改的"))
        self.change.setOpenLinks(False)
        self.change.setMinimumHeight(70)
        body.addWidget(self.change, 2)
        body.addWidget(widgets.label(self.tr("回复（进修改对照表）"), "note"))
        self.reply = QPlainTextEdit()
        self.reply.setAccessibleName(self.tr("回复"))
        self.reply.setTabChangesFocus(True)
        self.reply.setPlaceholderText(self.tr("改了什么、在哪里；不采纳就写为什么"))
        self.reply.setMinimumHeight(64)
        self.reply.textChanged.connect(self._on_typed)
        body.addWidget(self.reply, 1)
        self.evidence_row = QWidget()
        self.evidence_box = widgets.FlowLayout()
        self.evidence_row.setLayout(self.evidence_box)
        body.addWidget(self.evidence_row)
        self.said = widgets.label("", "note", wrap=True)
        body.addWidget(self.said)
        self.decline = widgets.link(self.tr("标成：不采纳，写理由"), self.mark_declined)
        self.done = widgets.button(
            self.tr("改完了，下一条"), self.finish, role="primary", icon="check", keys="Ctrl+Enter"
        )
        body.addLayout(widgets.row(None, self.decline, self.done))
        return card

    # -- showing

    def _on_answers(self, keys: object) -> None:
        assert isinstance(keys, frozenset)
        if any(not key.startswith(REVIEW) for key in keys):
            self._read_paper()
        if any(key.startswith(REVIEW) for key in keys):
            self.refresh()

    def _read_paper(self) -> None:
        """The paper of now, off the screen's thread."""
        project, assessment = self._model.project, self._model.assessment
        today = clock.today()

        def take(places: "Mapping[str, Sequence[Place]]") -> None:
            self.places = places
            self._show_change()

        self._tasks.start(
            "",
            lambda _task: review.places_now(project, assessment, today),
            take,
            lambda _error: take({}),
        )

    def refresh(self) -> None:
        """Every opinion anew; the chosen one stays chosen."""
        found = opinions(self._model.book)
        open_ones = [one for one in found if not one.is_settled]
        self.filter.set_texts([
            self.tr("全部 {n}").format(n=len(found)), self.tr("没改完 {n}").format(n=len(open_ones)),
            self.tr("按人"), self.tr("按章节"),
        ])  # fmt: skip
        self._pages.setCurrentIndex(1 if found else 0)
        self.filter.setVisible(bool(found))
        self.table_button.setVisible(bool(found))
        self.more.setVisible(bool(found))
        numbers = {one.id: at for at, one in enumerate(found, 1)}
        way = self.filter.current()
        shown: list[Opinion] = list(open_ones if way == 1 else found)
        if way == 2:
            shown.sort(key=lambda one: one.author)
        if way == 3:
            papers = (self.places or {}).values()
            order = {one.id: at for some in papers for at, one in enumerate(some)}
            shown.sort(key=lambda one: order.get(one.place, -1))
        chosen = self._shown.id if self._shown is not None else ""
        self.list.blockSignals(True)
        self.list.clear()
        for one in shown:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, (numbers[one.id], one))
            said = f"{numbers[one.id]} {one.text} {one.author} {one.state.value}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(one.text)
            self.list.addItem(item)
            if one.id == chosen:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and shown:
            first = next((at for at, one in enumerate(shown) if not one.is_settled), 0)
            self.list.setCurrentRow(first)
        self.list.blockSignals(False)
        counted = [
            f"{state.value} {sum(1 for one in found if one.state is state)}"
            for state in Reply
            if any(one.state is state for one in found)
        ]
        self.card.note_label.setText(" · ".join(counted))
        self._show_current()

    def _show_current(self) -> None:
        item = self.list.currentItem()
        if item is None:
            self._shown = None
            return
        number, opinion = item.data(Qt.ItemDataRole.UserRole)
        typed = self._typed()
        if typed is not None and typed.id != opinion.id:
            self._shown = opinion  # what is renewed after the act shows this one
            if self._act(typed):
                return
        same = self._shown is not None and self._shown.id == opinion.id
        self._shown = opinion
        self.name.setText(
            self.tr("第 {n} 条　{author}　{day}").format(
                n=number, author=opinion.author, day=opinion.day
            )
        )
        self.text.setText(opinion.text)
        if not same or self.reply.toPlainText() != opinion.reply:
            self.reply.blockSignals(True)
            self.reply.setPlainText(opinion.reply)
            self.reply.blockSignals(False)
        for part in (self.reply, self.decline, self.done, self.out):
            part.setEnabled(not self._model.read_only)
        self.said.setText("")
        self._show_change()
        self._show_evidence()

    def _show_change(self) -> None:
        opinion = self._shown
        if opinion is None:
            return
        where = " ".join(
            part
            for part in (opinion.where, f"第 {opinion.page} 页" if opinion.page else "")
            if part
        )
        if not opinion.place:
            self.change_title.setText(self.tr("对全文的意见，没有指着某一处"))
            self.change.hide()
            return
        self.change.show()
        self.change_title.setText(
            self.tr("报告里怎么改的（自动比出来）　{where}").format(where=where)
        )
        if self.places is None:
            self.change.setHtml(html.escape(self.tr("正在比…")))
            return
        place = review.place_now(opinion, self.places)
        self.change.setHtml(_change_html(opinion.before, None if place is None else place.words))

    def _show_evidence(self) -> None:
        widgets.clear_layout(self.evidence_box)
        opinion = self._shown
        if opinion is None:
            return
        known = {one.paper.sha256: one for one in numbered(self._model.book)}
        for sha256 in opinion.evidence:
            paper = known.get(sha256)
            words = (
                self.tr("原件不在了") if paper is None else f"{paper.number} {paper.paper.title}"
            )
            self.evidence_box.addWidget(ChipLabel(tag(words, "plain")))
        if known:
            self.evidence_box.addWidget(
                widgets.link(self.tr("附证据"), self._evidence_menu, icon="clip")
            )

    # -- acts

    def _escape(self) -> None:
        self._keep_typed()
        self.left.emit()

    def _on_typed(self) -> None:
        self.said.setText(self.tr("还没标成改完；换一条时先存下"))

    def _typed(self) -> Opinion | None:
        """The shown opinion with what is being typed; None when nothing differs."""
        opinion = self._shown
        words = self.reply.toPlainText().strip()
        if opinion is None or words == opinion.reply or self._model.read_only:
            return None
        state = opinion.state
        if state is Reply.OPEN and words:
            state = Reply.DOING
        elif opinion.is_settled and not words:
            state = Reply.OPEN
        return replace(opinion, reply=words, state=state)

    def _keep_typed(self) -> None:
        """What is being typed is kept before anything else is shown."""
        typed = self._typed()
        if typed is not None:
            self._act(typed)

    def _act(self, opinion: Opinion) -> bool:
        return self._model.act(lambda session: review.answer(session, opinion))

    def finish(self) -> None:
        """改完: kept, then the next one that is not settled."""
        self._settle(Reply.DONE, self.tr("还没写怎么改的：写一句，再标成改完"))

    def mark_declined(self) -> None:
        """不采纳, with the reason that is typed."""
        self._settle(Reply.DECLINED, self.tr("不采纳要写理由：在上面写一句为什么，再点一次"))

    def _settle(self, state: Reply, lacking: str) -> None:
        opinion = self._shown
        if opinion is None or self._model.read_only:
            return
        typed = self.reply.toPlainText().strip()
        if not typed:
            self.said.setText(lacking)
            self.reply.setFocus()
            return
        row = self.list.currentRow()
        if not self._act(replace(opinion, reply=typed, state=state)):
            return
        for at in [*range(row, self.list.count()), *range(row)]:
            _number, one = self.list.item(at).data(Qt.ItemDataRole.UserRole)
            if not one.is_settled:
                self.list.setCurrentRow(at)
                self.reply.setFocus()
                return
        self.said.setText(self.tr("都答完了，可以出修改对照表"))

    def step(self, step: int) -> None:
        """So many opinions on; what is typed is kept."""
        row = self.list.currentRow() + step
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)

    def _take_out(self) -> None:
        opinion = self._shown
        if opinion is not None:
            self._shown = None
            self._model.act(lambda session: review.take_out(session, opinion))

    def _evidence_menu(self) -> None:
        menu = self._popup()
        for one in numbered(self._model.book):
            action = menu.addAction(
                f"{one.number} {one.paper.title}", self._toggler(one.paper.sha256)
            )
            action.setCheckable(True)
            action.setChecked(self._shown is not None and one.paper.sha256 in self._shown.evidence)
        menu.popup(self.evidence_row.mapToGlobal(self.evidence_row.rect().bottomLeft()))

    def _toggler(self, sha256: str) -> Callable[[], None]:
        def toggle() -> None:
            opinion = self._shown
            if opinion is None:
                return
            kept = tuple(one for one in opinion.evidence if one != sha256)
            if len(kept) == len(opinion.evidence):
                kept = (*kept, sha256)
            typed = self.reply.toPlainText().strip()
            self._act(replace(opinion, evidence=kept, reply=typed))

        return toggle

    def _menu(self) -> None:
        menu = self._popup()
        menu.addAction(self.tr("打开意见文件（.cpreview）"), self.file_wanted.emit)
        menu.addAction(self.tr("粘贴意见"), self.paste_wanted.emit)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _table_menu(self) -> None:
        self._keep_typed()
        menu = self._popup()
        menu.addAction(self.tr("Word 文件，可以接着改"), lambda: self.table_wanted.emit(".docx"))
        menu.addAction(self.tr("PDF"), lambda: self.table_wanted.emit(".pdf"))
        menu.popup(self.table_button.mapToGlobal(self.table_button.rect().bottomLeft()))

    def _popup(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu


def _change_html(before: str, after: str | None) -> str:
    """The change with colours and lines (struck out, underlined), so that it is read without colour, too."""
    from app.papers.places import pieces

    if after is None:
        return f"<p>{html.escape('这一处已经删去。原来是：')}</p><p><s>{_escaped(before)}</s></p>"
    if before == after:
        return f"<p>{html.escape('还没有改动。现在是：')}</p><p>{_escaped(after)}</p>"
    red, green = theme.color("cinnabar").name(), theme.color("jade").name()
    said = []
    for piece in pieces(before, after):
        text = _escaped(piece.text)
        if piece.kind == "out":
            said.append(f'<s style="color:{red}">{text}</s>')
        elif piece.kind == "in":
            said.append(f'<u style="color:{green}">{text}</u>')
        elif len(piece.text) > _SHOWN:
            half = _SHOWN // 2
            said.append(f"{_escaped(piece.text[:half])} … {_escaped(piece.text[-half:])}")
        else:
            said.append(text)
    return f"<p>{''.join(said)}</p>"


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
