"""What is to be mended on a page, said at its top."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.checkup.page_remarks import Severity
from app.ui import theme, widgets

_ROOM, _ROOM_WITH_TEXT = (
    44,
    24,
)  # characters of all links together; so few that the sentence beside them has room
_LEAST = 5


@dataclass(frozen=True)
class Place:
    """Something to mend: its key, its name, and a short form of it where room is scarce."""

    key: str
    name: str
    short: str
    severity: Severity


class ProblemBar(QFrame):
    """「这一页有 2 处要改，3 处请看一眼」 with links to each. Not there while nothing was wrong; once there it stays."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "message")
        self.setMinimumHeight(34)
        box = QHBoxLayout(self)
        box.setContentsMargins(12, 3, 8, 3)
        box.setSpacing(9)
        self._icon = widgets.IconLabel("warning", "ochre", 16)
        self._strong = widgets.label("", "table_strong")
        self._text = widgets.label("", "table", wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        box.addWidget(self._icon)
        box.addWidget(self._strong)
        box.addStretch(0)  # keeps the links at the right where there is no room for more words
        box.addWidget(self._text, 1)
        self._links = QHBoxLayout()
        self._links.setSpacing(4)
        box.addLayout(self._links)
        box.addWidget(widgets.key_cap("F8 下一处"))
        self._shown: tuple[tuple[Place, ...], int, str] = (), 0, ""
        self.hide()

    def show_problems(self, problems: Sequence[Place], waiting: int = 0, first: str = "") -> None:
        """Everything to mend or to look at, in the order of the page. waiting: what the check-up has found on it, which is said
        in place of 「都改好了」, with the first of it in words."""
        if (tuple(problems), waiting, first) == self._shown:
            return
        self._shown = tuple(problems), waiting, first
        must = sum(place.severity is Severity.MUST for place in problems)
        should = len(problems) - must
        if not problems:
            if self.isVisible():
                # it keeps its place: nothing below jumps under the pointer when the last problem is mended
                theme.set_property(self, "tone", "warn" if waiting else "ok")
                self._icon.set_icon(*(("warning", "ochre") if waiting else ("check", "jade")))
                left = self.tr("体检在这一页还有 {0} 处。").format(waiting)
                self._strong.setText(left if waiting else self.tr("都改好了。"))
                self._text.setText(first if waiting else "")
                self._text.setVisible(True)
                widgets.clear_layout(self._links)
            return
        self.show()
        theme.set_property(self, "tone", "error" if must else "warn")
        self._icon.set_icon(*(("error", "cinnabar") if must else ("warning", "ochre")))
        parts = []
        if must:
            parts.append(self.tr("{0} 处要改").format(must))
        if should:
            parts.append(self.tr("{0} 处请看一眼").format(should))
        self._strong.setText(self.tr("这一页有 {0}。").format("，".join(parts)))
        self._text.setText(self.tr("都已存下来，不妨碍去别的页；打印前会再提醒。"))
        widgets.clear_layout(self._links)
        names = [
            place.name if count < 2 else place.short for count, place in enumerate(problems[:5])
        ]
        self._text.setVisible(sum(map(len, names)) <= _ROOM_WITH_TEXT)
        for place, name in zip(problems, names, strict=False):
            link = widgets.link(
                _shortened(name, max(_LEAST, _ROOM // len(names))),
                partial(self.picked.emit, place.key),
                name=self.tr("去改：{0}").format(place.name),
            )
            link.setToolTip(place.name)
            self._links.addWidget(link)
        if len(problems) > 5:
            self._links.addWidget(widgets.label(self.tr("等 {0} 处").format(len(problems)), "note"))


def _shortened(name: str, most: int) -> str:
    """The end of a name says what is asked of the row, so the middle goes: 「空气喷涂…要不要花钱」."""
    if len(name) <= most:
        return name
    begin = (most - 1) // 2
    return f"{name[:begin]}…{name[len(name) - (most - 1 - begin) :]}"
