"""A damaged audit: what is wrong, the newest good backup with its date and differences, and what can be read of it."""

import enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app import clock
from app.errors import UserError
from app.ui import widgets
from app.ui.status import day_text

if TYPE_CHECKING:
    from app.services.damage import Compared


class Wish(enum.Enum):
    NOTHING = enum.auto()
    BACKUP = enum.auto()
    RESCUE = enum.auto()


class DamageDialog(QDialog):
    """`wish` says what the user wants. The damaged file stays as it is, whatever is chosen."""

    def __init__(
        self, name: str, error: UserError, backup: "Compared | None", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.wish = Wish.NOTHING
        self.setWindowTitle(self.tr("案卷损坏了"))
        self.setFixedWidth(640)
        box, inner = widgets.dialog_body(
            self,
            "cinnabar",
            self.tr("「{name}」损坏了，没有打开").format(name=name),
            error.problems[0].what,
        )
        self.backup_button = self._offer(
            inner,
            self.tr("用最近的好备份"),
            self._said(backup),
            self.tr("恢复成新案卷"),
            Wish.BACKUP,
        )
        self.backup_button.setEnabled(backup is not None)
        self.rescue_button = self._offer(
            inner,
            self.tr("把读得出的另存一份"),
            self.tr("从改动记录和回答里一条条读，读不出的那几条会空着；对不上的会列给你核。"),
            self.tr("救出来"),
            Wish.RESCUE,
        )
        inner.addWidget(
            widgets.label(self.tr("损坏的文件留在原处，不会改它、也不会删它。"), "note", wrap=True)
        )
        foot = widgets.frame("foot_bar", vertical=False, margins=(24, 12, 24, 12), spacing=8)
        foot_box: QHBoxLayout = foot.layout()  # type: ignore[assignment]
        foot_box.addStretch(1)
        close = widgets.button(self.tr("先不动"), self.reject, keys="Esc")
        foot_box.addWidget(close)
        box.addWidget(foot)
        first = self.backup_button if backup is not None else self.rescue_button
        first.setDefault(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _said(self, backup: "Compared | None") -> str:
        if backup is None:
            return self.tr("这台电脑上没有它的好备份。到打开过它的电脑上找找。")
        when = day_text(backup.backup.made_at, clock.now())
        count = len(backup.contents.book.answers)
        if backup.differing is None:
            compared = self.tr("损坏的文件读不出来，没法比")
        elif backup.differing:
            compared = self.tr("和损坏的文件里读得出的有 {n} 处不同").format(n=backup.differing)
        else:
            compared = self.tr("和损坏的文件里读得出的一样")
        return self.tr("{when} 的备份，{count} 个回答，核对过是好的；{compared}。").format(
            when=when, count=count, compared=compared
        )

    def _offer(
        self, box: QVBoxLayout, title: str, text: str, does: str, wish: Wish
    ) -> widgets.ActionButton:
        card = widgets.frame("box", vertical=False, margins=(14, 10, 14, 10), spacing=12)
        card_box: QHBoxLayout = card.layout()  # type: ignore[assignment]
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(widgets.label(title, "table_strong"))
        words.addWidget(widgets.label(text, "second", wrap=True))
        card_box.addLayout(words, 1)
        button = widgets.button(does, lambda: self._choose(wish))
        card_box.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addWidget(card)
        return button

    def _choose(self, wish: Wish) -> None:
        self.wish = wish
        self.accept()
