"""The one line under a question: help, what was understood, what to look at again, what must be mended."""

import html
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.ui import theme

Tone = Literal["help", "ok", "warn", "error", "info"]
_COLOUR = {
    "ok": "jade",
    "warn": "ochre",
    "error": "cinnabar",
    "info": "indigo",
}
_ICON = {"ok": "check", "warn": "warning", "error": "error", "info": "info"}
_ICON_SIDE = 13


class MessageLine(QLabel):
    """Text with links at its end; emits `picked(link id)`. Links are reached with Tab. Hidden while empty."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, Tone, tuple[tuple[str, str], ...], str] | None = None
        self._tone: Tone = "help"
        self.setWordWrap(True)
        self.setFont(theme.font("caption"))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.linkActivated.connect(self.picked)
        self.hide()

    @property
    def tone(self) -> Tone:
        return self._tone

    def show_message(
        self, text: str, tone: Tone = "help", links: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Show `text`; links are (id, words). An empty text without links hides the line."""
        shown = (text, tone, tuple(links), theme.current())
        if shown == self._shown:
            return
        self._shown, self._tone = shown, tone
        if links:
            anchors = "　".join(
                f'<a href="{html.escape(link)}" style="text-decoration:none;'
                f'color:{theme.color("indigo").name()}">{html.escape(words)}</a>'
                for link, words in links
            )
            self.setTextFormat(Qt.TextFormat.RichText)
            self.setText(f"{html.escape(text)}{'　' if text else ''}{anchors}")
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.LinksAccessibleByKeyboard
                | Qt.TextInteractionFlag.LinksAccessibleByMouse
            )
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        else:
            self.setTextFormat(Qt.TextFormat.PlainText)
            self.setText(text)
            self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_property(self, "tone", tone)
        self.setContentsMargins(_ICON_SIDE + 4 if tone in _ICON else 0, 0, 0, 0)
        self.setAccessibleName(text)
        self.setVisible(bool(text or links))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            # Straight to the first (or last) link: one Tab fewer, and Enter follows it.
            self.focusNextPrevChild(event.reason() == Qt.FocusReason.TabFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._shown is not None:
            text, tone, links, shown_in = self._shown
            if shown_in != theme.current():
                visible = not self.isHidden()
                self.show_message(text, tone, links)
                self.setVisible(visible)

    def sizeHint(self) -> QSize:
        # The width comes from the column, never from the length of the sentence.
        return QSize(80, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._tone in _ICON:
            painter = QPainter(self)
            pixmap = theme.icon_pixmap(
                _ICON[self._tone],
                theme.color(_COLOUR[self._tone]).name(),
                _ICON_SIDE,
                self.devicePixelRatioF(),
            )
            one_line = self.height() < 1.8 * self.fontMetrics().lineSpacing()
            painter.drawPixmap(0, (self.height() - _ICON_SIDE) // 2 if one_line else 2, pixmap)
            painter.end()
