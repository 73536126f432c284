"""The bar along the bottom: saved mark, backups, last check | keys of this page | system and data pack; long work."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app import clock
from app.ui import theme, widgets

_MOST_BACKUPS = 8


class BackupLike(Protocol):
    """A checked copy of the audit file."""

    @property
    def path(self) -> Path: ...
    @property
    def made_at(self) -> datetime: ...


class _Dot(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.role = "jade"
        self.setFixedSize(8, 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(self.role))
        painter.drawEllipse(QRectF(self.rect()))
        painter.end()


def day_text(when: datetime, today: datetime) -> str:
    """「今天 09:12」, 「昨天 18:02」, 「11-17 17:40」."""
    days = (today.date() - when.date()).days
    clock = f"{when:%H:%M}"
    if days == 0:
        return f"今天 {clock}"
    if days == 1:
        return f"昨天 {clock}"
    return f"{when:%m-%d} {clock}" if when.year == today.year else f"{when:%Y-%m-%d} {clock}"


class StatusBar(QFrame):
    cancel_wanted = Signal()
    restore_wanted = Signal(object)  # path of a backup

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "status")
        self.setFixedHeight(theme.size("status_bar"))
        self._backups: tuple[BackupLike, ...] = ()
        box = QHBoxLayout(self)
        box.setContentsMargins(14, 0, 14, 0)
        box.setSpacing(6)
        self._dot = _Dot()
        self.saved_button = widgets.CutToolButton()
        self.saved_button.setStyleSheet("font-size: 9pt; min-height: 20px; padding: 0 2px;")
        self.saved_button.clicked.connect(self._show_backups)
        self._writing = QTimer(self)
        self._writing.setSingleShot(True)
        self._writing.setInterval(300)
        self._writing.timeout.connect(lambda: self._say(self.tr("正在写…"), "ochre_line"))
        self._hint = widgets.CutLabel()
        self._right = widgets.CutLabel()
        self._work = widgets.CutLabel()
        self._cancel = widgets.link(
            self.tr("停下"), self.cancel_wanted.emit, name=self.tr("停下正在做的事")
        )
        box.addWidget(self._dot)
        box.addWidget(self.saved_button)
        box.addStretch(1)
        box.addWidget(self._hint)
        box.addStretch(1)
        box.addWidget(self._work)
        box.addWidget(self._cancel)
        box.addWidget(self._right)
        self.show_plain("")
        self.show_work("")

    def show_plain(self, text: str) -> None:
        """No audit is open: a word on the left, no saved mark."""
        self._writing.stop()
        self._dot.hide()
        self._backups = ()
        self._state = text
        self.saved_button.setText(text)
        self.saved_button.setVisible(bool(text))
        self.saved_button.setEnabled(False)

    def show_saved(self, clock: str) -> None:
        """The time of the last commit; called only after it."""
        self._writing.stop()
        self._say(self.tr("已保存 {clock}").format(clock=clock), "jade")

    def show_writing(self) -> None:
        """An answer waits to be written; said only if it takes longer than 0.3 s."""
        if not self._writing.isActive():
            self._writing.start()

    def show_not_saved(self, waiting: int) -> None:
        """Writing fails; stays until it works again."""
        self._writing.stop()
        self._say(self.tr("{n} 个回答还没写进去").format(n=waiting), "cinnabar")

    def show_opened(self, text: str) -> None:
        """An audit is open and nothing was changed yet."""
        self._say(text, "jade")

    def show_backups(self, backups: Sequence[BackupLike]) -> None:
        self._backups = tuple(backups)
        self._put()

    def show_hint(self, text: str) -> None:
        self._hint.setText(text)

    def show_right(self, text: str) -> None:
        self._right.setText(text)

    def show_work(self, text: str) -> None:
        """Long work: what is being done, "" when nothing is."""
        self._work.setText(text)
        self._work.setVisible(bool(text))
        self._cancel.setVisible(bool(text))

    def _say(self, text: str, role: str) -> None:
        self._state = text
        self._dot.role = role
        self._dot.show()
        self._dot.update()
        self.saved_button.setEnabled(True)
        self.saved_button.setVisible(True)
        self._put()

    def _put(self) -> None:
        text = self._state
        if self._backups:
            latest = day_text(self._backups[0].made_at, clock.now())
            text += self.tr(" · 备份 {n} 份 · 最近验证 {when}").format(
                n=len(self._backups), when=latest
            )
        self.saved_button.keep = self._state
        self.saved_button.setText(text)
        self.saved_button.setAccessibleName(text)
        self.saved_button.setToolTip(self.tr("看备份"))

    def _show_backups(self) -> None:
        panel = BackupsPanel(self._state, self._backups, self.window())
        panel.restore_wanted.connect(self.restore_wanted)
        panel.adjustSize()
        corner = self.saved_button.mapTo(self.window(), QPoint(0, 0))
        panel.move(corner.x(), corner.y() - panel.height() - 6)
        panel.show()
        panel.setFocus(Qt.FocusReason.PopupFocusReason)


class BackupsPanel(QFrame):
    """The list above the saved mark: copies with time, check and size, each to be brought back. Esc closes it."""

    restore_wanted = Signal(object)

    def __init__(self, state: str, backups: Sequence[BackupLike], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "pop")
        self.setAccessibleName(self.tr("备份"))
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 8)
        box.setSpacing(0)
        head = widgets.frame("row", vertical=False, margins=(12, 8, 12, 8), spacing=16)
        head_box = head.layout()
        assert head_box is not None
        head_box.addWidget(widgets.label(state, "table_strong"))
        head_box.addWidget(widgets.label(self.tr("每答一题就写进硬盘"), "note"))
        box.addWidget(head)
        now = clock.now()
        for backup in backups[:_MOST_BACKUPS]:
            line = widgets.frame("row", vertical=False, margins=(12, 5, 12, 5), spacing=16)
            line_box = line.layout()
            assert line_box is not None
            line_box.addWidget(widgets.label(day_text(backup.made_at, now), "table"))
            line_box.addWidget(widgets.label(self.tr("✓ 打开核对过"), "table", tone="ok"))
            line_box.addWidget(widgets.label(_size_text(backup.path), "note"))
            when = day_text(backup.made_at, now)
            line_box.addWidget(
                widgets.link(
                    self.tr("恢复成新案卷"),
                    self._restorer(backup.path),
                    name=self.tr("把 {when} 的备份恢复成新案卷").format(when=when),
                )
            )
            box.addWidget(line)
        if backups:
            folder = backups[0].path.parent
            open_folder = widgets.link(
                self.tr("打开备份所在文件夹"),
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))),
            )
            box.addWidget(open_folder, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            box.addWidget(widgets.label(self.tr("　还没有备份：写进第一个回答后就有"), "note"))

    def _restorer(self, backup: Path) -> Callable[[], None]:
        def restore() -> None:
            self.close()
            self.restore_wanted.emit(backup)

        return restore

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(340, 80))


def _size_text(path: Path) -> str:
    try:
        size = path.stat().st_size
    except OSError:
        return ""
    if size < 1024 * 1024:
        return f"{-(-size // 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"
