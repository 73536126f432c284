"""The cards of a page: what they are made of, and how they stand one below the other or side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.audit.project import AuditProject
from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.question import Card, Question, QuestionKind, TableQuestion
from app.forms.visible import asked_columns
from app.ui import widgets

TWO_COLUMNS_FROM = 980  # width of the cards at which narrow ones stand side by side
_LEFT, _RIGHT = 43, 55  # percent of the width for a chart and for the cards at its right
_NARROW_TABLE = 4  # a table with more columns takes the whole width
_SHORT_KINDS = (
    QuestionKind.YES_NO,
    QuestionKind.CHOICE,
    QuestionKind.NUMBER,
    QuestionKind.YEAR,
    QuestionKind.MONTH,
    QuestionKind.DATE,
)


@dataclass
class Section:
    """One part of a card and how it is shown again. `show` returns whether anything of it is to be seen; `rule` parts it
    from what stands above. `says`: whether it has something to say while every question of the card is folded."""

    widget: QWidget
    show: Callable[[AuditProject], bool]
    says: Callable[[AuditProject], bool] = lambda _project: False
    rule: QWidget = field(default_factory=widgets.rule)


@dataclass
class CardBox:
    card: Card
    widget: QWidget
    fold: widgets.ActionButton
    folded_names: QLabel
    sections: list[Section] = field(default_factory=list)
    is_chart: bool = False


class CardColumn(QVBoxLayout):
    """Cards below one another; where there is room, a chart has the narrow cards that follow it at its right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(18, 0, 18, 16)
        self.setSpacing(12)
        self._groups: list[tuple[CardBox, ...]] = []

    def forget(self) -> None:
        """What stands beside what is decided again next time."""
        self._groups = []

    def arrange(self, boxes: Sequence[CardBox], width: int, book: AnswerBook) -> None:
        """Stack the cards in a page `width` pixels wide, chart and narrow cards side by side where there is room."""
        two = width >= TWO_COLUMNS_FROM
        groups: list[tuple[CardBox, ...]] = []
        for box in (box for box in boxes if box.sections):
            beside = two and groups and groups[-1][0].is_chart and not box.is_chart
            if beside and _is_narrow(groups[-1][0].card, book) and _is_narrow(box.card, book):
                groups[-1] = (*groups[-1], box)
            else:
                groups.append((box,))
        if groups == self._groups:
            return
        self._groups = groups
        focus = QApplication.focusWidget()
        while (item := self.itemAt(0)) is not None:
            inner = item.widget()
            if inner is None:
                self.takeAt(0)
                continue
            # Not takeAt: an item left to Python lives on, and Qt then never forgets the height it remembered in the next.
            self.removeWidget(inner)
            if inner.objectName() == "pair":
                inner.hide()
                inner.deleteLater()
        for group in groups:
            split = _split(group, width)
            if split:
                self.addWidget(_pair(group, split, self.parentWidget()))
            else:
                for box in group:
                    self.addWidget(box.widget)
        self.addStretch(1)
        around = self.parentWidget()
        if focus is not None and around is not None and around.isAncestorOf(focus):
            focus.setFocus()


def _is_narrow(card: Card, book: AnswerBook) -> bool:
    """True when what the card shows now fits beside a chart."""
    for item in card.items:
        if isinstance(item, Question):
            short = item.silences or item.kind in _SHORT_KINDS
            if not short and holds(item.condition, book):
                return False
        elif isinstance(item, TableQuestion):
            columns = asked_columns(item, book)
            if len(columns) > _NARROW_TABLE and holds(item.condition, book):
                return False
    return True


def _split(group: Sequence[CardBox], width: int) -> int:
    """How many cards after the chart stand at its right, so that both sides end about level; those that follow stand
    below the chart. 0: too little for a side of its own, all take the whole width."""
    heights = [
        _height(box.widget, width * (_RIGHT if place else _LEFT) // 100)
        for place, box in enumerate(group)
    ]
    sides = {
        count: sorted((sum(heights[1 : count + 1]), heights[0] + sum(heights[count + 1 :])))
        for count in range(1, len(group))
    }
    if not sides:
        return 0
    best = min(sides, key=lambda count: sides[count][1] - sides[count][0])
    low, high = sides[best]
    return best if low * 2 >= high else 0


def _pair(group: Sequence[CardBox], split: int, parent: QWidget) -> QWidget:
    pair = QWidget(parent)
    pair.setObjectName("pair")
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for share, boxes in (
        (_LEFT, (group[0], *group[split + 1 :])),
        (_RIGHT, group[1 : split + 1]),
    ):
        stack = QVBoxLayout()
        stack.setSpacing(10)
        for box in boxes:
            stack.addWidget(box.widget)
        stack.addStretch(1)
        row.addLayout(stack, share)
    return pair


def _height(card: QWidget, width: int) -> int:
    """The height a card takes at a width, 0 while it is hidden."""
    layout = card.layout()
    if card.isHidden() or layout is None:
        return 0
    if layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height()
