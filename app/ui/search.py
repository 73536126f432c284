"""Ctrl+K: one field that finds pages, questions, tables and indicators by words, number or pinyin initials."""

import functools
import threading
from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import theme, widgets
from app.ui.outline import PAGE, Findable

_FOUND = Qt.ItemDataRole.UserRole
_LEAST_OF_NUMBER = 3  # characters from inside a number: 25323 of GB 25323-2023
_MOST = 12
_ROW = 31
_BY_WORDS = 10  # behind every fit of a name


@functools.lru_cache(maxsize=4096)
def initials(text: str) -> str:
    """Pinyin initials in lower case, other characters as they are: 「澄岭五金」 -> 「clwj」."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


@functools.lru_cache(maxsize=4096)
def pinyin(text: str) -> str:
    """The whole pinyin in lower case, to put names in order: 「澄岭」 -> 「cheng ling」."""
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(text)).lower()


def load_pinyin(texts: Iterable[str] = ("拼音",)) -> threading.Thread:
    """Find the pinyin of what may be looked for beside the window: half a second, with the import of what knows it, that the
    first letter typed would wait for. The thread is for those who want to wait for it."""

    def work() -> None:
        for text in texts:
            initials(text)
            pinyin(text)

    thread = threading.Thread(target=work, name="pinyin", daemon=True)
    thread.start()
    return thread


def rank(wanted: str, text: str, number: str = "") -> int | None:
    """How well `text` fits what was typed: lower is better, None = not at all. Empty fits everything."""
    wanted = wanted.strip().lower()
    plain = text.lower()
    if not wanted:
        return 0
    if wanted in (plain, number.lower()):
        return 0
    if plain.startswith(wanted):
        return 1
    bare, close = number.lower().replace(" ", ""), wanted.replace(" ", "")  # GB16780 for GB 16780
    if bare and bare.startswith(close):
        return 2
    if wanted in plain or (len(close) >= _LEAST_OF_NUMBER and close in bare):
        return 3
    if wanted.isascii():
        short = initials(text)
        if short.startswith(wanted):
            return 4
        if wanted in short:
            return 5
        syllables = pinyin(text).split(" ")
        if any("".join(syllables[at:]).startswith(wanted) for at in range(len(syllables))):
            return 6
    return None


def find(wanted: str, things: Iterable[Findable]) -> list[Findable]:
    """The best fits, best first, at most a dozen; nothing typed = the pages."""
    if not wanted.strip():
        return [thing for thing in things if thing.kind == PAGE][:_MOST]
    ranked = [
        (score, position, thing)
        for position, thing in enumerate(things)
        if (score := _score(wanted, thing)) is not None
    ]
    return [thing for _, _, thing in sorted(ranked, key=lambda entry: entry[:2])[:_MOST]]


def _score(wanted: str, thing: Findable) -> int | None:
    """By the short name and number; failing that, behind all those, by the whole question."""
    score = rank(wanted, thing.text, thing.number)
    if score is None and thing.words:
        by_words = rank(wanted, thing.words)
        score = None if by_words is None else _BY_WORDS + by_words
    return score


class _Found(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.things: list[Findable] = []

    def show(self, things: list[Findable]) -> None:
        self.beginResetModel()
        self.things = things
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.things)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        thing = self.things[index.row()]
        if role == _FOUND:
            return thing
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{thing.kind} {thing.number} {thing.text}，{thing.detail}"
        return None


class _Row(QStyledItemDelegate):
    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(100, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        thing: Findable = index.data(_FOUND)
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("select"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        middle = Qt.AlignmentFlag.AlignVCenter
        x = rect.left() + 12
        if thing.number:
            painter.setFont(theme.font("table"))
            painter.setPen(theme.color("ink3"))
            number = painter.fontMetrics().elidedText(
                thing.number, Qt.TextElideMode.ElideRight, rect.width() // 3
            )
            width = painter.fontMetrics().horizontalAdvance(number) + 10
            painter.drawText(QRect(x, rect.top(), width, rect.height()), middle, number)
            x += width
        painter.setFont(theme.font("caption"))
        kind_width = painter.fontMetrics().horizontalAdvance(thing.kind)
        painter.setPen(theme.color("ink3"))
        painter.drawText(
            rect.adjusted(0, 0, -12, 0), middle | Qt.AlignmentFlag.AlignRight, thing.kind
        )
        painter.setFont(theme.font("table", bold=thing.kind == PAGE))
        painter.setPen(theme.color("ink"))
        room = rect.right() - x - kind_width - 30
        text = painter.fontMetrics().elidedText(thing.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(x, rect.top(), room, rect.height()), middle, text)
        x += painter.fontMetrics().horizontalAdvance(text) + 12
        painter.setFont(theme.font("table"))
        painter.setPen(theme.color("ink2"))
        room = rect.right() - x - kind_width - 30
        if room > 30:
            detail = painter.fontMetrics().elidedText(
                thing.detail, Qt.TextElideMode.ElideRight, room
            )
            painter.drawText(QRect(x, rect.top(), room, rect.height()), middle, detail)
        painter.restore()


class _Field(QLineEdit):
    """Up, Down and Enter belong to the list below."""

    def __init__(self, palette: "SearchPalette") -> None:
        super().__init__()
        self._palette = palette

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self._palette.move_selection(1)
            case Qt.Key.Key_Up:
                self._palette.move_selection(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._palette.choose()
            case _:
                super().keyPressEvent(event)


class SearchPalette(QFrame):
    """A pop-up over the window. Esc closes it and the focus goes back to where it was."""

    def __init__(
        self, things: list[Findable], on_chosen: Callable[[Findable], object], parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "pop")
        self.setAccessibleName(self.tr("搜索"))
        self._window = parent.window()
        self._things = things
        self._on_chosen = on_chosen
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        self.field = _Field(self)
        self.field.setProperty("role", "bare")
        self.field.setPlaceholderText(self.tr("打字就找：问题、表号、指标；拼音首字母也行"))
        self.field.setAccessibleName(self.tr("搜索问题、指标、表号"))
        head = widgets.frame("row", vertical=False, margins=(12, 5, 10, 5), spacing=8)
        head_box = head.layout()
        assert head_box is not None
        head_box.addWidget(widgets.IconLabel("search", "ink2"))
        head_box.addWidget(self.field)
        head_box.addWidget(widgets.key_cap("Esc"))
        box.addWidget(head)
        self._model = _Found(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(self.tr("找到的"))
        self.list.clicked.connect(lambda index: self._choose_row(index.row()))
        box.addWidget(self.list)
        self._nothing = widgets.label(self.tr("没有找到。换个词，或打拼音首字母"), "second")
        self._nothing.setContentsMargins(14, 10, 14, 10)
        box.addWidget(self._nothing)
        self.setFixedWidth(560)
        self.field.textChanged.connect(self._search)
        self._search("")

    def popup(self) -> None:
        """Show it below the search field of the window."""
        window = self._window
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + max((window.width() - self.width()) // 2 - 120, 60), corner.y() + 46)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def move_selection(self, step: int) -> None:
        count = len(self._model.things)
        if count:
            row = (self.list.currentIndex().row() + step) % count
            self.list.setCurrentIndex(self._model.index(row))

    def choose(self) -> None:
        """Go to the selected line."""
        if self.list.currentIndex().isValid():
            self._choose_row(self.list.currentIndex().row())

    @property
    def found(self) -> list[Findable]:
        return self._model.things

    def _choose_row(self, row: int) -> None:
        thing = self._model.things[row]
        self.close()
        self._on_chosen(thing)

    def _search(self, wanted: str) -> None:
        things = find(wanted, self._things)
        self._model.show(things)
        self.list.setVisible(bool(things))
        self._nothing.setVisible(not things)
        self.list.setFixedHeight(_ROW * len(things) + 2)
        if things:
            self.list.setCurrentIndex(self._model.index(0))
        self.adjustSize()
