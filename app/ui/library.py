"""Home: all audits with progress, level and deadline."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import clock
from app.ui import theme, widgets
from app.ui.audit_list import AUDIT, PRESSING_DAYS, AuditCells, AuditTable, AuditView, sort_key
from app.ui.dropping import DropZone, dropped_audit
from app.ui.first_start import FirstStart
from app.ui.outline import short_name
from app.ui.search import rank
from app.ui.side_nav import SideNav
from app.ui.status import BackupLike, day_text

if TYPE_CHECKING:
    # For types only: what it stands on is not needed to show the list.
    from app.services.audit_list import AuditSummary

_MOST_BACKUPS = 12
_SOON_DAYS = 60  # 快到期
_WITH_RIGHT = 1320  # the right column is shown from here


class _Search(QLineEdit):
    """A field with a lens. Down goes into the list, Enter opens its current row."""

    down = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTextMargins(22, 0, 0, 0)
        self._lens = widgets.IconLabel("search", "ink3", 14, self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lens.move(10, (self.height() - 14) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
            return
        super().keyPressEvent(event)


class LibraryScreen(QWidget):
    """new_wanted, choose_wanted (a file dialog), sample_wanted, printer_wanted; open_wanted(path); forget_wanted(path);
    next_round_wanted(path); restore_wanted(path, backup); password_wanted, no_password_wanted, anonymous_wanted(path)."""

    new_wanted = Signal()
    choose_wanted = Signal()
    sample_wanted = Signal()
    printer_wanted = Signal()
    backups_wanted = Signal()
    open_wanted = Signal(object)
    forget_wanted = Signal(object)
    hint_changed = Signal(str)
    next_round_wanted = Signal(object)
    restore_wanted = Signal(object, object)
    relocate_wanted = Signal(object)
    folder_wanted = Signal()
    second_place_wanted = Signal()
    password_wanted = Signal(object)
    no_password_wanted = Signal(object)
    anonymous_wanted = Signal(object)
    systems_wanted = Signal()

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._rows: list[AuditSummary] = []
        self._order: int | None = None  # column the list is sorted by, None = latest first
        self._is_descending = False
        # The checked backups of a file, asked for when the menu of its row opens.
        self.backups_of: Callable[[Path], Sequence[BackupLike]] = lambda _path: ()
        self.table = AuditView()
        self.setAcceptDrops(True)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._build_side())
        self._stack = QStackedWidget()
        self.first_start = FirstStart(
            self.new_wanted.emit,
            self.sample_wanted.emit,
            self.printer_wanted.emit,
            self.choose_wanted.emit,
        )
        self._stack.addWidget(self.first_start)
        self._stack.addWidget(self._build_list())
        outer.addWidget(self._stack, 1)
        for keys, run in (
            ("Ctrl+N", self.new_wanted.emit),
            ("Ctrl+O", self.choose_wanted.emit),
            ("/", self.focus_search),
            ("Ctrl+K", self.focus_search),
            ("Ctrl+D", self._copy_current),
            ("Shift+F10", self._menu_of_current),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        self.show_rows(())

    # -- building

    def _build_side(self) -> QWidget:
        side = widgets.frame("side")
        side.setFixedWidth(196)
        box: QVBoxLayout = side.layout()  # type: ignore[assignment]
        box.setContentsMargins(0, 8, 1, 0)
        self.nav = SideNav("home")
        self.nav.chosen.connect(self._on_nav)
        box.addWidget(self.nav)
        box.addStretch(1)
        safe = widgets.frame("foot", margins=(14, 12, 14, 12), spacing=3)
        safe_box: QVBoxLayout = safe.layout()  # type: ignore[assignment]
        safe_box.addLayout(
            widgets.row(
                widgets.IconLabel("shield", "jade", 14),
                widgets.label(self.tr("数据都在这台电脑上"), "table_strong"),
                None,
                spacing=6,
            )
        )
        safe_box.addWidget(
            widgets.label(
                self.tr("不上网。每个案卷打开和关闭时都备份，备份打开核对过才算数。"),
                "note2",
                wrap=True,
            )
        )
        for words, wanted, name in (
            (self.tr("看备份"), self.backups_wanted, self.tr("打开备份所在的文件夹")),
            (self.tr("备份再存一处…"), self.second_place_wanted, self.tr("选第二个放备份的文件夹")),
            (
                self.tr("加一个文件夹的案卷…"),
                self.folder_wanted,
                self.tr("把一个文件夹里的案卷都列进来"),
            ),
        ):
            safe_box.addWidget(
                widgets.link(words, wanted.emit, name=name), 0, Qt.AlignmentFlag.AlignLeft
            )
        box.addWidget(safe)
        return side

    def _on_nav(self, name: str) -> None:
        if name == "systems":
            self.systems_wanted.emit()
        else:
            self.focus_search()

    def _build_list(self) -> QWidget:
        page = QWidget()
        box = QHBoxLayout(page)
        box.setContentsMargins(18, 14, 18, 14)
        box.setSpacing(18)
        left = QVBoxLayout()
        left.setSpacing(12)
        self._summary = widgets.label("", "second")
        left.addLayout(
            widgets.row(widgets.label(self.tr("项目库"), "title"), self._summary, None, spacing=16)
        )
        self.search = _Search()
        self.search.setPlaceholderText(self.tr("找企业：打「clwj」就是澄岭五金"))
        self.search.setAccessibleName(self.tr("找企业，可打拼音首字母"))
        self.search.setFixedWidth(292)
        self.search.textChanged.connect(lambda _: self._filter())
        self.search.returnPressed.connect(self._open_current)
        self.search.down.connect(lambda: self.table.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.filter = widgets.Segments([self.tr("全部"), self.tr("快到期")], name=self.tr("看"))
        self.filter.set_current(0)
        self.filter.chosen.connect(lambda _: self._filter())
        self.new_button = widgets.button(
            self.tr("新建审核"), self.new_wanted.emit, role="primary", icon="plus", keys="Ctrl+N"
        )
        self.sample_button = widgets.button(self.tr("打开示例"), self._choose_sample, icon="eye")
        self.choose_button = widgets.button(
            self.tr("打开"), self.choose_wanted.emit, icon="folder", keys="Ctrl+O"
        )
        left.addLayout(
            widgets.row(
                self.search,
                self.filter,
                None,
                self.sample_button,
                self.choose_button,
                self.new_button,
            )
        )
        card = widgets.frame("card", margins=(1, 1, 1, 1))
        card_box: QVBoxLayout = card.layout()  # type: ignore[assignment]
        self.model = AuditTable(self._today, self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(AuditCells(self.table))
        self.table.setAccessibleName(self.tr("所有案卷"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setMouseTracking(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.size("table_row_list"))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.sort_by)
        for column, width in enumerate((150, 132, 98, 112, 74, 92, 74, 92)):
            self.table.setColumnWidth(column, width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(72)
        self.table.doubleClicked.connect(
            lambda index: self.open_wanted.emit(index.data(AUDIT).path)
        )
        self.table.opened.connect(lambda row: self.open_wanted.emit(row.path))
        self.table.forgotten.connect(lambda row: self.forget_wanted.emit(row.path))
        self.table.moved.connect(self._show_foot)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu_at)
        card_box.addWidget(self.table, 1)
        self._foot = widgets.label("", "note", wrap=True)
        foot = widgets.frame("foot", vertical=False, margins=(12, 6, 12, 6))
        foot_box = foot.layout()
        assert foot_box is not None
        self._foot.setMinimumHeight(self._foot.sizeHint().height())
        foot_box.addWidget(self._foot)
        card_box.addWidget(foot)
        left.addWidget(card, 1)
        box.addLayout(left, 1)

        self._right = QWidget()
        self._right.setFixedWidth(256)
        right = QVBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(12)
        self._drop = DropZone()
        right.addWidget(self._drop)
        self._due = widgets.Card(self.tr("快到期"), icon="clock", padded=False)
        right.addWidget(self._due)
        right.addStretch(1)
        box.addWidget(self._right)
        return page

    # -- showing

    def show_rows(self, rows: Sequence["AuditSummary"]) -> None:
        """Renew the list; without any audit the first start is shown."""
        self._rows = list(rows)
        self._stack.setCurrentIndex(1 if rows else 0)
        soon = self._soon()
        weekday = "一二三四五六日"[self._today.weekday()]
        self._summary.setText(
            self.tr("{n} 个案卷 · 今天 {day} 星期{weekday}").format(
                n=len(rows), day=self._today.isoformat(), weekday=weekday
            )
        )
        self.filter.set_texts(
            [
                self.tr("全部 {n}").format(n=len(rows)),
                self.tr("快到期 {n}").format(n=len(soon)),
            ]
        )
        self._show_due(soon)
        self._filter(keep=True)
        self.hint_changed.emit(self.hint())

    def focus_search(self) -> None:
        """The list: its search field. The first start: the button to begin."""
        if self._rows:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()
        else:
            self.first_start.new_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def hint(self) -> str:
        """The keys, for the status bar."""
        if self._rows:
            return self.tr("↑↓ 选择 · Enter 打开 · Ctrl+N 新建 · / 查找 · Shift+F10 更多")
        return self.tr("Tab 换按钮 · Enter 按下")

    def _soon(self) -> list["AuditSummary"]:
        dated = [
            (left, row) for row in self._rows if (left := row.days_left(self._today)) is not None
        ]
        return [
            row for left, row in sorted(dated, key=lambda entry: entry[0]) if left <= _SOON_DAYS
        ]

    def _show_due(self, soon: Sequence["AuditSummary"]) -> None:
        widgets.clear_layout(self._due.body)
        self._due.body.setSpacing(0)
        self._due.setVisible(bool(soon))
        for row in soon[:6]:
            left = row.days_left(self._today) or 0
            line = widgets.frame("row", margins=(14, 7, 14, 7), spacing=1)
            line_box: QVBoxLayout = line.layout()  # type: ignore[assignment]
            days = widgets.label(
                self.tr("过了 {n} 天").format(n=-left)
                if left < 0
                else self.tr("{n} 天").format(n=left),
                "table_strong",
                tone="error" if left <= PRESSING_DAYS else "",
            )
            when = widgets.label(f"{row.deadline:%m-%d}" if row.deadline else "", "note")
            line_box.addLayout(
                widgets.row(
                    days, _elided(short_name(row.path.stem, row.name)), None, when, spacing=12
                )
            )
            line_box.addWidget(
                widgets.label(self.tr("已做 {n}%").format(n=int(row.done * 100)), "note")
            )
            self._due.body.addWidget(line)

    def sort_by(self, column: int) -> None:
        """Order by a column; again the other way round, a third time latest first."""
        if self._order != column:
            self._order, self._is_descending = column, False
        elif not self._is_descending:
            self._is_descending = True
        else:
            self._order = None
        header = self.table.horizontalHeader()
        header.setSortIndicatorShown(self._order is not None)
        if self._order is not None:
            way = (
                Qt.SortOrder.DescendingOrder if self._is_descending else Qt.SortOrder.AscendingOrder
            )
            header.setSortIndicator(self._order, way)
        self._filter(keep=True)

    def _sorted(self, rows: "Sequence[AuditSummary]") -> "list[AuditSummary]":
        """Rows with nothing in the column come last, whichever way it goes."""
        column = self._order
        if column is None:
            return list(rows)
        keyed = [(sort_key(row, column, self.model), row) for row in rows]
        filled = [one for one in keyed if one[0] is not None]
        filled.sort(key=lambda one: one[0] or (), reverse=self._is_descending)
        return [row for _, row in filled] + [row for key, row in keyed if key is None]

    def _filter(self, *, keep: bool = False) -> None:
        """Show what fits the search. keep: the row that was current stays so; else the best fit is."""
        before = self._current()
        pool = self._soon() if self.filter.current() == 1 else self._rows
        wanted = self.search.text()
        ranked = [
            (score, position, row)
            for position, row in enumerate(self._sorted(pool))
            if (
                score := rank(
                    wanted,
                    f"{short_name(row.path.stem, row.name)} {row.name} {row.place} {row.industry} {row.path.stem}",
                )
            )
            is not None
        ]
        shown = [row for _, _, row in sorted(ranked, key=lambda entry: entry[:2])]
        self.model.show(shown)
        if shown:
            paths = [row.path for row in shown]
            at = (
                paths.index(before.path)
                if keep and before is not None and before.path in paths
                else 0
            )
            self.table.setCurrentIndex(self.model.index(at, 0))
        self._show_foot()

    def select(self, path: Path) -> None:
        """Make the row of a file the current one."""
        for place, row in enumerate(self.model.rows):
            if row.path == path:
                self.table.setCurrentIndex(self.model.index(place, 0))

    def _current(self) -> "AuditSummary | None":
        index = self.table.currentIndex()
        return index.data(AUDIT) if index.isValid() else None

    def _show_foot(self) -> None:
        row = self._current()
        if row is not None and row.trouble:
            words = self.tr("{name}：{trouble}。Delete 从列表移走").format(
                name=short_name(row.path.stem, row.name), trouble=row.trouble
            )
        elif row is not None and row.twin:
            words = self.tr("{name}：{twin}。多的那份用 Delete 从列表移走").format(
                name=short_name(row.path.stem, row.name), twin=row.twin
            )
        elif not self.model.rows:
            words = self.tr("没有找到。换几个字，或清空了再找")
        else:
            words = self.tr(
                "显示 {shown} / {all}　↑↓ 选择　Enter 打开　Ctrl+D 复制为下一轮　Delete 从列表移走（文件不删）"
            ).format(shown=len(self.model.rows), all=len(self._rows))
        self._foot.setText(words)

    def _copy_current(self) -> None:
        row = self._current()
        if row is not None and not row.trouble:
            self.next_round_wanted.emit(row.path)

    def _menu_at(self, point: QPoint) -> None:
        index = self.table.indexAt(point)
        if index.isValid():
            self.table.setCurrentIndex(index)
            self._show_menu(self.table.viewport().mapToGlobal(point))

    def _menu_of_current(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            corner = self.table.visualRect(index).bottomLeft()
            self._show_menu(self.table.viewport().mapToGlobal(corner))

    def _show_menu(self, where: QPoint) -> None:
        menu = self.row_menu()
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(where)

    def sample_menu(self) -> QMenu:
        """Which sample to open."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("打开示例"))
        menu.addAction(self.tr("澄岭五金：电镀，有行业体系"), self.sample_wanted.emit)
        menu.addAction(self.tr("绘川包装：印刷，看 VOC 替代和包装"), self.printer_wanted.emit)
        return menu

    def _choose_sample(self) -> None:
        below = self.sample_button.rect().bottomLeft()
        self.sample_menu().popup(self.sample_button.mapToGlobal(below))

    def row_menu(self) -> QMenu | None:
        """What can be done with the current row; None when there is none."""
        row = self._current()
        if row is None:
            return None
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("这个案卷"))
        if not row.trouble:
            menu.addAction(self.tr("打开\tEnter"), lambda: self.open_wanted.emit(row.path))
            menu.addAction(
                self.tr("复制为下一轮\tCtrl+D"), lambda: self.next_round_wanted.emit(row.path)
            )
        else:
            menu.addAction(self.tr("指到新位置…"), lambda: self.relocate_wanted.emit(row.path))
        kept = menu.addMenu(self.tr("用备份恢复成新案卷"))
        now = clock.now()
        for backup in self.backups_of(row.path)[:_MOST_BACKUPS]:
            kept.addAction(day_text(backup.made_at, now), self._restorer(row.path, backup.path))
        if kept.isEmpty():
            kept.setTitle(self.tr("这台电脑上没有它的备份"))
            kept.setEnabled(False)
        if not row.trouble:
            secret = menu.addMenu(self.tr("保密"))
            secret.addAction(
                self.tr("加密码或改密码…"), lambda: self.password_wanted.emit(row.path)
            )
            secret.addAction(self.tr("去掉密码…"), lambda: self.no_password_wanted.emit(row.path))
            secret.addAction(self.tr("存成匿名副本…"), lambda: self.anonymous_wanted.emit(row.path))
        order = menu.addMenu(self.tr("排序"))
        for column, head in enumerate(self.model.heads):
            order.addAction(head, self._sorter(column))
        menu.addAction(
            self.tr("打开所在文件夹"),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(row.path.parent))),
        )
        menu.addSeparator()
        menu.addAction(
            self.tr("从列表移走（文件不删）\tDelete"), lambda: self.forget_wanted.emit(row.path)
        )
        return menu

    def _restorer(self, path: Path, backup: Path) -> Callable[[], None]:
        return lambda: self.restore_wanted.emit(path, backup)

    def _sorter(self, column: int) -> Callable[[], None]:
        return lambda: self.sort_by(column)

    def _open_current(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.open_wanted.emit(index.data(AUDIT).path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._right.setVisible(self.width() >= _WITH_RIGHT)

    def sizeHint(self) -> QSize:
        return QSize(1180, 620)

    def minimumSizeHint(self) -> QSize:
        # Without the right column, which goes first; below this the window scrolls.
        return QSize(1040, 480)

    # -- dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_audit(event) is not None:
            event.acceptProposedAction()
            self._light(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._light(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._light(False)
        path = dropped_audit(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_wanted.emit(path)

    def _light(self, lit: bool) -> None:
        self._drop.light(lit)
        self.first_start.drop.light(lit)


def _elided(text: str) -> QLabel:
    words = widgets.label(text, "table")
    words.setMinimumWidth(10)
    words.setToolTip(text)
    return words
