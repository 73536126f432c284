"""证据册: every kept paper, what it proves, what is still missing; a viewer with the places marked that were read."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QGuiApplication,
    QKeySequence,
    QPainter,
    QPen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.audit.evidence import GROUPS, Wanted, wanted
from app.errors import UserError
from app.services import evidence
from app.ui import problems, theme, widgets
from app.ui.messages import announce
from app.ui.page_picture import Mark, PagePicture
from app.ui.saving import ask_target
from app.ui.session import SessionModel
from app.ui.tasks import Task, Tasks
from app.ui.thumbnails import Thumbnails

if TYPE_CHECKING:
    from app.services.evidence import Kept

_TILE = QSize(168, 168)
_PICTURE = 112
_PAGE = 1500
_ALL, _MISSING = "", "missing"


class PaperModel(QAbstractListModel):
    """Papers of the binder, one a tile."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Kept, ...] = ()

    def show(self, rows: "tuple[Kept, ...]") -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.number} {row.paper.title}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.paper.name
        return None


class PaperTile(QStyledItemDelegate):
    """Picture above, number and title, what it proves and its size below. note: the words beside the size.
    asks_proof: whether a paper that proves nothing yet looks unfinished."""

    asks_proof = True

    def __init__(
        self,
        papers: PaperModel,
        thumbnails: Thumbnails,
        note: "Callable[[Kept], str]",
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.papers, self._thumbnails, self._note = papers, thumbnails, note

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return _TILE

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = self.papers.rows[index.row()]
        rect: QRect = option.rect.adjusted(5, 5, -5, -5)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("indigo" if chosen else "line2"), 2 if chosen else 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(rect, 6, 6)
        upper = QRect(rect.left() + 2, rect.top() + 2, rect.width() - 4, _PICTURE - 6)
        painter.fillRect(upper, theme.color("sunken"))
        pixmap = self._thumbnails.of(row)
        if pixmap is not None:
            shown = pixmap.size().scaled(
                upper.size() - QSize(12, 10), Qt.AspectRatioMode.KeepAspectRatio
            )
            place = QRect(0, 0, shown.width(), shown.height())
            place.moveCenter(upper.center())
            painter.drawPixmap(place, pixmap)
        else:
            painter.setPen(theme.color("ink3"))
            painter.setFont(theme.font("caption"))
            kind = row.paper.name.rpartition(".")[2].upper()
            painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, kind)
        text = rect.adjusted(8, _PICTURE, -8, -4)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font("table"))
        title = painter.fontMetrics().elidedText(
            row.paper.title, Qt.TextElideMode.ElideMiddle, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(theme.font("caption"))
        lacks = row.kept is None or (self.asks_proof and not row.paper.proves)
        painter.setPen(theme.color("ochre" if lacks else "ink3"))
        lower = text.adjusted(0, 21, 0, 0)
        painter.drawText(lower, Qt.AlignmentFlag.AlignTop, self._note(row))
        if row.kept is not None:
            painter.drawText(
                lower,
                Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight,
                size_text(row.kept.size),
            )
        painter.restore()


def tile_view(papers: PaperModel) -> QListView:
    """Tiles in lines that wrap; the delegate is the caller's."""
    view = QListView()
    view.setModel(papers)
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setMovement(QListView.Movement.Static)
    view.setUniformItemSizes(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setFrameShape(QListView.Shape.NoFrame)
    view.setStyleSheet("background: transparent;")
    return view


def size_text(size: int) -> str:
    """「0.4 MB」, 「65 KB」."""
    if not size:
        return "0"
    tenths = (size + 50_000) // 100_000
    return f"{tenths // 10}.{tenths % 10} MB" if tenths else f"{max(1, (size + 500) // 1000)} KB"


class EvidenceScreen(QWidget):
    """left: back to the audit. files_wanted: the user wants to add files. place_wanted(key): an answer a paper proves."""

    left = Signal()
    files_wanted = Signal()
    place_wanted = Signal(str)

    def __init__(self, model: SessionModel, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._tasks = tasks
        self._all: tuple[Kept, ...] = ()
        self._wanted: tuple[Wanted, ...] = ()
        self.thumbnails = Thumbnails(model, tasks, self)
        self.thumbnails.drawn.connect(lambda: self.view.viewport().update())
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._side())
        box.addWidget(self._middle(), 1)
        box.addWidget(self._detail())
        for keys, run in (
            ("Ctrl+O", self.files_wanted.emit), ("Escape", self.left.emit), ("F2", self.rename), ("Delete", self.take_out),
            ("Space", lambda: self.picture.show_marks()), ("Ctrl+Z", model.undo), ("Ctrl+Y", model.redo),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        model.answers_changed.connect(self._on_answers)
        self.refresh()

    # -- parts

    def _side(self) -> QWidget:
        side = widgets.frame("side", margins=(0, 10, 1, 8), spacing=6)
        side.setFixedWidth(theme.size("sidebar"))
        box: QVBoxLayout = side.layout()  # type: ignore[assignment]
        self.groups = QListWidget()
        self.groups.setFrameShape(QListWidget.Shape.NoFrame)
        self.groups.setAccessibleName(self.tr("证据册的组"))
        self.groups.setStyleSheet(
            "QListWidget { background: transparent; } QListWidget::item { padding-left: 12px; }"
        )
        self.groups.currentItemChanged.connect(lambda _now, _before: self._show_group())
        box.addWidget(self.groups, 1)
        self.volume = widgets.label("", "note", wrap=True)
        holder = QWidget()
        holder.setLayout(widgets.row(self.volume, margins=(14, 0, 14, 4)))
        box.addWidget(holder)
        return side

    def _middle(self) -> QWidget:
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(18, 14, 18, 12)
        box.setSpacing(10)
        self.add_button = widgets.button(
            self.tr("加文件"), self.files_wanted.emit, role="primary", icon="plus", keys="Ctrl+O"
        )
        self.list_button = widgets.button(self.tr("抄下还缺的"), self.copy_missing, icon="copy")
        self.list_button.setToolTip(self.tr("还缺哪些单据，抄成几行字，发给企业"))
        box.addLayout(
            widgets.row(
                widgets.label(self.tr("证据册：每一份证明什么"), "title"),
                None,
                self.list_button,
                self.add_button,
            )
        )
        self.hint = widgets.label("", "second", wrap=True)
        box.addWidget(self.hint)
        self.papers = PaperModel()
        self.view = tile_view(self.papers)
        self.view.setItemDelegate(
            PaperTile(self.papers, self.thumbnails, self.short_note, self.view)
        )
        self.view.setAccessibleName(self.tr("证据"))
        self.view.selectionModel().currentChanged.connect(lambda _now, _before: self._show_paper())
        box.addWidget(self.view, 1)
        return middle

    def _detail(self) -> QWidget:
        panel = widgets.frame("help", margins=(14, 12, 14, 12), spacing=8)
        panel.setFixedWidth(max(336, theme.size("sidebar") + 112))
        box: QVBoxLayout = panel.layout()  # type: ignore[assignment]
        self.name = widgets.label("", "card_title", wrap=True)
        self._rename = widgets.icon_button("pencil", self.tr("改名（F2）"), self.rename)
        box.addLayout(widgets.row(self.name, None, self._rename))
        self.picture = PagePicture()
        self.picture.page_wanted.connect(self._draw_page)
        box.addWidget(self.picture, 1)
        self.facts = widgets.label("", "second", wrap=True)
        box.addWidget(self.facts)
        self.group_choice = QComboBox()
        self.group_choice.addItems(list(GROUPS))
        self.group_choice.setAccessibleName(self.tr("放在哪一组"))
        self.group_choice.activated.connect(self._regroup)
        self._group_row = QWidget()
        self._group_row.setLayout(
            widgets.row(widgets.label(self.tr("组"), "note"), self.group_choice, None)
        )
        box.addWidget(self._group_row)
        self.proves = QVBoxLayout()
        self.proves.setSpacing(2)
        box.addLayout(self.proves)
        self._save = widgets.link(self.tr("另存原件"), self._save_copy, icon="export")
        self._out = widgets.link(self.tr("拿掉"), self.take_out, icon="trash")
        self._foot = QWidget()
        self._foot.setLayout(widgets.row(self._save, None, self._out))
        box.addWidget(self._foot)
        return panel

    # -- showing

    def _on_answers(self, keys: object) -> None:
        assert isinstance(keys, frozenset)
        self.refresh()

    def refresh(self) -> None:
        """Everything anew from the audit; the chosen paper stays chosen."""
        chosen = self._current()
        session = self._model.session
        self._all = evidence.binder(session)
        self._wanted = wanted(session.book, self._model.project.derivation.base_year)
        group = self.groups.currentItem()
        here = _ALL if group is None else group.data(Qt.ItemDataRole.UserRole)
        self.groups.blockSignals(True)
        self.groups.clear()
        self._group_line(self.tr("全部"), len(self._all), _ALL)
        for number, name in enumerate(GROUPS, 1):
            count = sum(1 for one in self._all if one.paper.group == name)
            if count:
                self._group_line(f"{number} {name}", count, name)
        if self._wanted:
            self._group_line(self.tr("还缺 {n} 份").format(n=len(self._wanted)), None, _MISSING)
        for at in range(self.groups.count()):
            if self.groups.item(at).data(Qt.ItemDataRole.UserRole) == here:
                self.groups.setCurrentRow(at)
        self.groups.blockSignals(False)
        inside, beside = evidence.volume(session)
        self.volume.setText(self.tr("案卷里 {a}，旁边 {b}").format(a=size_text(inside), b=size_text(beside)) if inside or beside else "")  # fmt: skip
        self.volume.setToolTip(evidence.where_kept(session))
        self.list_button.setEnabled(bool(self._wanted))
        self._show_group()
        if chosen is not None:
            self.choose(chosen.paper.sha256)

    def _group_line(self, text: str, count: int | None, group: str) -> None:
        item = QListWidgetItem(text if count is None else f"{text}　{count}")
        item.setData(Qt.ItemDataRole.UserRole, group)
        item.setSizeHint(QSize(0, 31))
        if group == _MISSING:
            item.setForeground(theme.color("ochre"))
        self.groups.addItem(item)

    def _show_group(self) -> None:
        item = self.groups.currentItem() or self.groups.item(0)
        group = item.data(Qt.ItemDataRole.UserRole)
        if group == _MISSING:
            self.papers.show(())
            lines = "\n".join(f"· {line}" for line in self.missing_lines())
            self.hint.setText(
                self.tr("这些月份还没有单据（数还没填，或者填了没有凭证）：\n") + lines
            )
        else:
            shown = tuple(one for one in self._all if group in (_ALL, one.paper.group))
            self.papers.show(shown)
            self.hint.setText(
                self.tr(
                    "照片、PDF、整个文件夹直接拖进窗口。照片不留拍摄地点。"
                    if self._all
                    else "还没有证据。把电费单、发票、检测报告或整个文件夹拖进窗口：能读的读出来填好，都留作凭证。"
                )
            )
        if self.papers.rows:
            self.view.setCurrentIndex(self.papers.index(0))
        self._show_paper()

    def group(self) -> str:
        """The group that is shown, "" for all."""
        item = self.groups.currentItem()
        group = _ALL if item is None else item.data(Qt.ItemDataRole.UserRole)
        return "" if group in (_ALL, _MISSING) else str(group)

    def missing_lines(self) -> list[str]:
        """「气费单：2025-04、2025-05」."""
        by_kind: dict[str, list[str]] = {}
        for one in self._wanted:
            by_kind.setdefault(one.what, []).append(one.month)
        return [f"{what}：{'、'.join(months)}" for what, months in by_kind.items()]

    def copy_missing(self) -> None:
        """Put the list of what is missing on the clipboard, as text to send to the firm."""
        text = "\n".join(
            [self.tr("还缺这些单据，麻烦找一下（拍照也可以）："), *self.missing_lines()]
        )
        QGuiApplication.clipboard().setText(text)
        announce(self, self.tr("抄好了，可以粘贴给企业"))

    def choose(self, sha256: str) -> None:
        """Show one paper; the first one for ""."""
        for at, row in enumerate(self.papers.rows):
            if not sha256 or row.paper.sha256 == sha256:
                self.view.setCurrentIndex(self.papers.index(at))
                self.view.setFocus()
                return

    def _current(self) -> "Kept | None":
        index = self.view.currentIndex() if hasattr(self, "view") else None
        if index is None or not index.isValid() or index.row() >= len(self.papers.rows):
            return None
        return self.papers.rows[index.row()]

    def short_note(self, row: "Kept") -> str:
        if row.kept is None:
            return self.tr("原件不在了")
        if not row.paper.proves:
            return self.tr("还没说证明什么")
        what = row.paper.month or self.tr("{n} 处").format(n=len(row.paper.proves))
        return f"{row.number} · {what}"

    def _show_paper(self) -> None:
        row = self._current()
        widgets.clear_layout(self.proves)
        there = row is not None
        for part in (self._rename, self._group_row, self._foot, self.facts):
            part.setVisible(there)
        if row is None:
            self.name.setText("")
            self.picture.clear("")
            return
        self.name.setText(f"{row.number}　{row.paper.title}")
        kept = row.kept
        lines = [self.tr("原件：{name}").format(name=row.paper.name)]
        if kept is not None:
            lines += [
                self.tr("{size}，{who} {when} 加").format(
                    size=size_text(kept.size),
                    who=kept.added_by,
                    when=kept.added_at[:16].replace("T", " "),
                ),
                self.tr("指纹：{hash}…").format(hash=kept.sha256[:16]),
            ]
        self.facts.setText("\n".join(lines))
        self.facts.setToolTip(row.paper.sha256)
        self.group_choice.setCurrentText(row.paper.group)
        names = evidence.place_names(self._model.project, [row])
        for proof in row.paper.proves[:6]:
            value = self._model.book.text(proof.key)
            text = f"{names[proof.key]} {value}".strip()
            self.proves.addWidget(self._place_link(text, proof.key))
        self.picture.clear(self.tr("正在画…"))
        boxed = [proof.page for proof in row.paper.proves if proof.box is not None]
        self._draw_page(boxed[0] if boxed else 0)

    def _place_link(self, text: str, key: str) -> QWidget:
        return widgets.link(text, lambda: self.place_wanted.emit(key), icon="link")

    def _draw_page(self, page: int) -> None:
        row = self._current()
        if row is None:
            return
        session, paper = self._model.session, row.paper

        def work(task: Task) -> tuple[bytes, int]:
            return evidence.draw_kept(session, paper, page, _PAGE, task.is_cancelled)

        def done(drawn: tuple[bytes, int]) -> None:
            if not isValid(self):  # left meanwhile
                return
            now = self._current()
            if now is not None and now.paper.sha256 == paper.sha256:
                self.picture.show_page(drawn[0], page, drawn[1], self._marks(now))

        def failed(error: BaseException) -> None:
            if not isValid(self):
                return
            words = error.problems[0].what if isinstance(error, UserError) else self.tr("画不出来")
            self.picture.clear(words)

        self._tasks.start("", work, done, failed)

    def _marks(self, row: "Kept") -> list[Mark]:
        names = evidence.place_names(self._model.project, [row])
        return [
            Mark(proof.page, proof.box, f"{names[proof.key]} {self._model.book.text(proof.key)}")
            for proof in row.paper.proves
            if proof.box is not None
        ]

    # -- acts

    def rename(self) -> None:
        """F2."""
        row = self._current()
        if row is None:
            return
        title, accepted = QInputDialog.getText(
            self, self.tr("改名"), self.tr("这一份叫什么："), text=row.paper.title
        )
        if accepted and title.strip():
            paper = evidence.renamed(row.paper, title)
            self._model.act(
                lambda session: evidence.change_paper(session, paper, self.tr("证据改名"))
            )

    def _regroup(self) -> None:
        row = self._current()
        if row is not None:
            paper = evidence.in_group(row.paper, self.group_choice.currentText())
            self._model.act(
                lambda session: evidence.change_paper(session, paper, self.tr("证据换组"))
            )

    def take_out(self) -> None:
        """Del: the chosen papers leave the binder; Ctrl+Z brings them back."""
        rows = [self.papers.rows[index.row()] for index in self.view.selectedIndexes()]
        if rows:
            self._model.act(lambda session: evidence.take_out(session, [one.paper for one in rows]))

    def _save_copy(self) -> None:
        row = self._current()
        if row is None:
            return
        from pathlib import Path

        ending = Path(row.paper.name).suffix
        target = ask_target(self, self.tr("另存原件"), row.paper.name, f"*{ending}", ending)
        if target is not None:
            try:
                evidence.save_copy(self._model.session, row.paper, target)
            except UserError as error:
                problems.show_user_error(self, self.tr("没有存成"), error)
