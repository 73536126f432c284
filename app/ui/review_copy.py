"""The reviewer's copy: a sealed report opened for reading only, its places at the left, its pages, and the reviewer's notes."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import clock
from app.errors import UserError
from app.papers.places import Kind
from app.services import review
from app.ui import problems, theme, widgets
from app.ui.page_picture import Mark, PagePicture
from app.ui.tasks import Tasks

if TYPE_CHECKING:
    from app.papers.places import Place
    from app.services.review import Copy, Note, Notes

_PAGE = 1600  # dots of the longer side of a page


class ReviewCopyScreen(QWidget):
    """left: the reviewer is done. Every note is in its file before the next one is begun; the report is never written."""

    left = Signal()

    def __init__(
        self, copy: "Copy", notes: "Notes", file: Path, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.report, self._tasks, self._file = copy, tasks, file
        self.notes = notes
        self.places = {one.id: one for one in copy.places}
        self._sheet = -1
        self._editing = ""
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._side())
        self.picture = PagePicture()
        self.picture.page_wanted.connect(self._turn)
        middle = QWidget()
        middle_box = QVBoxLayout(middle)
        middle_box.setContentsMargins(12, 10, 12, 10)
        middle_box.addWidget(self.picture)
        split.addWidget(middle)
        split.addWidget(self._right())
        split.setSizes([320, 620, 400])
        split.setStretchFactor(1, 1)
        box.addWidget(split)
        for keys, run in (
            ("Ctrl+Return", self.keep), ("Ctrl+F", self._search), ("Escape", self._escape),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self._fill("")
        self._show_notes()
        self._turn(0)

    # -- parts

    def _side(self) -> QWidget:
        side = widgets.frame("side", margins=(10, 10, 10, 8), spacing=8)
        side.setMinimumWidth(260)
        box: QVBoxLayout = side.layout()  # type: ignore[assignment]
        verdict = self.report.verdict
        box.addWidget(widgets.label(verdict.firm, "card_title", wrap=True))
        facts = f"{verdict.state}　{verdict.day}\n{verdict.number}"
        box.addWidget(widgets.label(facts, "note", wrap=True))
        same = self.tr("核验一致：和封存时一个字不差") if verdict.same else self.tr("核验不一致：{n} 处，先问编制单位").format(n=len(verdict.differences))  # fmt: skip
        state = widgets.label(same, "second", wrap=True)
        theme.set_property(state, "tone", "ok" if verdict.same else "error")
        state.setToolTip("\n".join(verdict.differences[:20]))
        box.addWidget(state)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("找一段、一张表、一个指标（Ctrl+F）"))
        self.search.setAccessibleName(self.tr("找报告里的地方"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        box.addWidget(self.search)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setAccessibleName(self.tr("报告里的地方"))
        self.tree.setStyleSheet("background: transparent;")
        self.tree.currentItemChanged.connect(lambda _now, _before: self._show_place())
        box.addWidget(self.tree, 1)
        return side

    def _right(self) -> QWidget:
        panel = widgets.frame("help", margins=(14, 12, 14, 12), spacing=8)
        panel.setMinimumWidth(320)
        box: QVBoxLayout = panel.layout()  # type: ignore[assignment]
        self.where = widgets.label("", "card_title", wrap=True)
        box.addWidget(self.where)
        self.quote = widgets.label("", "second", wrap=True)
        self.quote.setMaximumHeight(110)
        box.addWidget(self.quote)
        self.edit = QPlainTextEdit()
        self.edit.setPlaceholderText(self.tr("对这里的意见"))
        self.edit.setAccessibleName(self.tr("对这里的意见"))
        self.edit.setTabChangesFocus(True)
        self.edit.setMaximumHeight(130)
        box.addWidget(self.edit)
        self.whole = widgets.link(self.tr("改成对全文的意见"), self.about_whole)
        self.keep_button = widgets.button(
            self.tr("记下"), self.keep, role="primary", icon="check", keys="Ctrl+Enter"
        )
        box.addLayout(widgets.row(self.whole, None, self.keep_button))
        self.count = widgets.label("", "card_title")
        box.addWidget(self.count)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("我的意见"))
        self.list.itemActivated.connect(lambda _item: self._edit_note())
        self.list.itemClicked.connect(lambda _item: self._edit_note())
        box.addWidget(self.list, 1)
        self.file_label = widgets.label("", "note", wrap=True)
        box.addWidget(self.file_label)
        folder = widgets.link(
            self.tr("打开所在文件夹"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._file.parent))),
            icon="folder",
        )
        self.drop = widgets.link(self.tr("拿掉这一条"), self.take_out, icon="trash")
        box.addLayout(widgets.row(folder, None, self.drop))
        return panel

    # -- places

    def _fill(self, wanted: str) -> None:
        """The places as a tree by section; with words to look for, those that have them."""
        words = "".join(wanted.split()).lower()
        self.tree.blockSignals(True)
        self.tree.clear()
        heads: dict[str, QTreeWidgetItem] = {}
        table: QTreeWidgetItem | None = None
        for place in self.report.places:
            table = table if place.kind is Kind.ROW else None
            if words and words not in "".join(place.words.split()).lower():
                continue
            section = "|".join(place.id.split("|")[:2])
            head = heads.get(section)
            if head is None:
                head = heads[section] = QTreeWidgetItem(self.tree, [place.section])
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            over = head if table is None else table
            line = place.words.split("\n")[0]
            item = QTreeWidgetItem(over, [line[:60]])
            item.setToolTip(0, line[:300])
            item.setData(0, Qt.ItemDataRole.UserRole, place.id)
            if place.kind is Kind.TABLE:
                table = item
        if words:
            self.tree.expandAll()
        else:
            for head in heads.values():
                head.setExpanded(True)
        self.tree.blockSignals(False)

    def _search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _place(self) -> "Place | None":
        item = self.tree.currentItem()
        return None if item is None else self.places.get(item.data(0, Qt.ItemDataRole.UserRole))

    def choose(self, place_id: str) -> None:
        """Go to a place of the report."""
        found = self.tree.findItems("", Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive)
        for item in found:
            if item.data(0, Qt.ItemDataRole.UserRole) == place_id:
                self.tree.setCurrentItem(item)
                return

    def _show_place(self) -> None:
        place = self._place()
        if place is None:
            return
        sheet, label = self.report.pages.get(place.id, (None, ""))
        page = self.tr("　第 {page} 页").format(page=label) if label else ""
        self.where.setText(f"{place.where}{page}")
        quote = place.words.split("\n")[0]
        self.quote.setText(quote if len(quote) <= 160 else f"{quote[:160]}…")
        if sheet is not None:
            self._draw(sheet, place.mark)

    def about_whole(self) -> None:
        """The next note is about the paper as a whole."""
        self.tree.setCurrentIndex(QModelIndex())
        self.where.setText(self.tr("对全文的意见"))
        self.quote.setText("")
        self.edit.setFocus()

    # -- pages

    def _turn(self, sheet: int) -> None:
        self._draw(sheet, "")
        if not self.where.text():
            self.where.setText(self.tr("对全文的意见"))

    def _draw(self, sheet: int, words: str) -> None:
        copy = self.report
        self._sheet = sheet

        def show(drawn: "tuple[bytes, int, tuple[int, int, int, int] | None]") -> None:
            png, pages, box = drawn
            if self._sheet == sheet:
                marks = [] if box is None else [Mark(sheet, box, words)]
                self.picture.show_page(png, sheet, pages, marks, whole=True)

        self._tasks.start(
            "",
            lambda task: review.draw(copy, sheet, words, _PAGE, task.is_cancelled),
            show,
            lambda _error: None,
        )

    # -- notes

    def keep(self) -> None:
        """Keep what is written as a note on the chosen place."""
        text = self.edit.toPlainText().strip()
        if not text:
            self.edit.setFocus()
            return
        today = clock.today()
        place = self._place()
        label = "" if place is None else self.report.pages.get(place.id, (0, ""))[1]
        note = review.new_note(text, today, place, label)
        kept = list(self.notes.notes)
        at = next((at for at, one in enumerate(kept) if one.id == self._editing), None)
        if at is None:
            kept.append(note)
        else:
            kept[at] = review.reworded(kept[at], text)
        if self._write(kept):
            self.edit.clear()
            self._editing = ""
            self._show_notes()

    def _write(self, notes: "list[Note]") -> bool:
        changed = replace(self.notes, notes=tuple(notes))
        try:
            review.write_notes(self._file, changed)
        except UserError as error:
            problems.show_user_error(self, self.tr("意见没有存下"), error)
            return False
        self.notes = changed
        return True

    def _show_notes(self) -> None:
        self.list.clear()
        for at, one in enumerate(self.notes.notes, 1):
            where = self.tr("全文") if not one.where else one.where
            page = f"　p.{one.page}" if one.page else ""
            item = QListWidgetItem(f"{at}　{one.text}\n{where}{page}")
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            self.list.addItem(item)
        count = len(self.notes.notes)
        self.count.setText(self.tr("我的意见 {n} 条").format(n=count) if count else self.tr("还没有意见：左边选一处，写一句，按 Ctrl+Enter"))  # fmt: skip
        self.count.setWordWrap(True)
        self.file_label.setText(
            self.tr("每一条都已存进「{name}」。写完把这个文件发给编制单位。").format(
                name=self._file.name
            )
            if count
            else ""
        )
        self.drop.setEnabled(bool(count))

    def _current_note(self) -> "Note | None":
        item = self.list.currentItem()
        wanted = "" if item is None else item.data(Qt.ItemDataRole.UserRole)
        return next((one for one in self.notes.notes if one.id == wanted), None)

    def _edit_note(self) -> None:
        note = self._current_note()
        if note is not None:
            if note.place:
                self.choose(note.place)
            else:
                self.about_whole()
            self._editing = note.id
            self.edit.setPlainText(note.text)
            self.edit.setFocus()

    def take_out(self) -> None:
        """Take the chosen note out of the file."""
        note = self._current_note()
        if note is not None and self._write([one for one in self.notes.notes if one is not note]):
            self._editing = ""
            self.edit.clear()
            self._show_notes()

    def _escape(self) -> None:
        if self.edit.toPlainText().strip():
            self.keep()
        self.left.emit()
