"""The message bar at the top of a page: it stays until done or closed, never covers anything, at most two at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui import widgets

Tone = Literal["ok", "info", "warn", "error"]
_ICONS = {
    "ok": ("check", "jade"),
    "info": ("info", "indigo"),
    "warn": ("warning", "ochre"),
    "error": ("error", "cinnabar"),
}
_MOST = 2


@dataclass(frozen=True)
class Action:
    """A verb of 2 to 6 characters and what it does. `keys` is the key that does the same."""

    label: str
    run: Callable[[], object] = field(compare=False)
    keys: str = ""


@dataclass(frozen=True)
class Message:
    """`strong` stands bold before the text; an action closes the message. `more`: the other problems, shown one after
    another in place of the text. `of_last_act`: tells of the last change and takes it back, so the next change ends it.
    `group`: a newer message of the same group takes its place."""

    tone: Tone
    text: str
    actions: tuple[Action, ...] = ()
    strong: str = ""
    more: tuple[str, ...] = ()
    of_last_act: bool = False
    group: str = ""

    @property
    def spoken(self) -> str:
        count = f"1/{len(self.more) + 1} " if self.more else ""
        return f"{count}{self.strong}{self.text}"


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Say something through the screen reader, without moving the focus."""
    event = QAccessibleAnnouncementEvent(widget, text)
    event.setPoliteness(
        QAccessible.AnnouncementPoliteness.Assertive
        if urgent
        else QAccessible.AnnouncementPoliteness.Polite
    )
    QAccessible.updateAccessibility(event)


class MessageBar(QWidget):
    """Shows messages; the newest replaces the oldest once there are two. An identical one is not stacked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._shown: list[tuple[Message, QWidget]] = []
        self.setVisible(False)

    @property
    def messages(self) -> tuple[Message, ...]:
        return tuple(message for message, _ in self._shown)

    def show_message(self, message: Message) -> None:
        for shown, _ in list(self._shown):
            if shown == message or (message.group and shown.group == message.group):
                self.dismiss(shown)
        while len(self._shown) >= _MOST:
            self.dismiss(self._shown[0][0])
        bar = self._build(message)
        self._shown.append((message, bar))
        self._box.addWidget(bar)
        self.setVisible(True)
        announce(self, message.spoken, urgent=message.tone == "error")

    def dismiss(self, message: Message) -> None:
        """Take a message away; nothing happens when it is gone already."""
        for entry in [entry for entry in self._shown if entry[0] == message]:
            self._shown.remove(entry)
            bar = entry[1]
            if bar.isAncestorOf(self.focusWidget() or self):
                bar.clearFocus()
            self._box.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self.setVisible(bool(self._shown))

    def clear(self) -> None:
        for message in self.messages:
            self.dismiss(message)

    def after_act(self) -> None:
        """Something was changed or taken back: what told of the act before is past."""
        for message in self.messages:
            if message.of_last_act:
                self.dismiss(message)

    def _build(self, message: Message) -> QWidget:
        bar = widgets.frame("message", vertical=False, margins=(12, 4, 6, 4), spacing=9)
        bar.setProperty("tone", message.tone)
        bar.setMinimumHeight(34)
        box: QHBoxLayout = bar.layout()  # type: ignore[assignment]
        name, role = _ICONS[message.tone]
        box.addWidget(widgets.IconLabel(name, role, 16))
        if message.strong:
            box.addWidget(widgets.label(message.strong, "table_strong"))
        text = widgets.label(message.text, "table", wrap=True)
        box.addWidget(text, 1)
        if message.more:
            self._add_pager(box, text, (message.text, *message.more))
        for action in message.actions:
            box.addWidget(self._button(message, action))
        close = widgets.icon_button(
            "close", self.tr("关闭提示"), lambda: self.dismiss(message), small=True
        )
        box.addWidget(close)
        return bar

    def _add_pager(self, box: QHBoxLayout, text: QLabel, texts: tuple[str, ...]) -> None:
        """「1/3」 and a button that shows the next of the texts."""
        count = widgets.label(f"1/{len(texts)}", "note")
        shown = 0

        def turn() -> None:
            nonlocal shown
            shown = (shown + 1) % len(texts)
            text.setText(texts[shown])
            count.setText(f"{shown + 1}/{len(texts)}")
            announce(self, f"{shown + 1}/{len(texts)} {texts[shown]}")

        box.addWidget(count)
        box.addWidget(widgets.button(self.tr("下一处"), turn, role="quiet"))

    def _button(self, message: Message, action: Action) -> QWidget:
        def act() -> None:
            self.dismiss(message)
            action.run()

        return widgets.button(action.label, act, role="quiet", keys=action.keys)
