"""Questions of a card side by side in columns, or one below the other as lines."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.forms.question import Question, QuestionKind
from app.ui import widgets
from app.ui.fields.blocks import add_row, field_block
from app.ui.fields.choice_inputs import ChipsInput
from app.ui.fields.control import QuestionControl
from app.ui.fields.long_text_input import LongTextInput

_FIELD_WIDTH = 250  # a field of the grid is at least so wide


class FieldGrid(QWidget):
    """Fields in up to three columns, as many as fit; long ones take the whole line."""

    def __init__(self, controls: Sequence[QuestionControl], parent: QWidget) -> None:
        super().__init__(parent)
        self._controls = controls
        self._blocks = [field_block(control, self) for control in controls]
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 12, 14, 12)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(13)
        self._columns = 0
        self._arrange(3)

    def show_asked(self, asked: Callable[[Question], bool]) -> bool:
        """Show the questions whose conditions hold; True when any is shown."""
        changed = False
        for control, block in zip(self._controls, self._blocks, strict=True):
            visible = asked(control.question)
            if block.isHidden() == visible:
                block.setVisible(visible)
                changed = True
        if changed:
            columns, self._columns = self._columns, 0
            self._arrange(columns)
        return any(not block.isHidden() for block in self._blocks)

    def _span(self, control: QuestionControl, columns: int) -> int:
        if isinstance(control.input, LongTextInput | ChipsInput):
            return columns
        question = control.question
        if question.kind is QuestionKind.TEXT and (len(question.help) > 18 or question.width > 1):
            return min(2, columns)
        return 1

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        row = column = 0
        for control, block in zip(self._controls, self._blocks, strict=True):
            if block.isHidden() and block.testAttribute(
                Qt.WidgetAttribute.WA_WState_ExplicitShowHide
            ):
                self._grid.removeWidget(block)
                continue
            span = self._span(control, columns)
            if column + span > columns:
                row, column = row + 1, 0
            self._grid.addWidget(block, row, column, 1, span)
            column += span
        for place in range(3):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
            self._grid.setColumnMinimumWidth(place, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(max(1, min(3, (event.size().width() - 12) // _FIELD_WIDTH)))


class RowList(QWidget):
    """Questions as lines: number, words, silence switch, body, chip."""

    def __init__(self, controls: Sequence[QuestionControl], parent: QWidget) -> None:
        super().__init__(parent)
        self._controls = controls
        self._parts: list[list[QWidget]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 5, 14, 5)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        self._grid = grid
        row = 0
        for place, control in enumerate(controls):
            rule = widgets.rule(parent=self)
            if place:
                grid.addWidget(rule, row, 0, 1, 5)
            else:
                rule.hide()
            row += 1
            grid.setRowMinimumHeight(row, 36)
            first = grid.count()
            row = add_row(control, grid, row, self)
            parts = [
                item.widget()
                for index in range(first, grid.count())
                if (item := grid.itemAt(index)) is not None
            ]
            self._parts.append([rule, *(part for part in parts if part is not None)])
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 5)
        grid.setColumnMinimumWidth(4, 48)

    def show_asked(self, asked: Callable[[Question], bool]) -> bool:
        """Show the questions whose conditions hold; True when any is shown."""
        shown = False
        row = 0
        for control, parts in zip(self._controls, self._parts, strict=True):
            visible = asked(control.question)
            row += 1
            self._grid.setRowMinimumHeight(row, 36 if visible else 0)
            row += 2
            for part in parts:
                if part is control.line:
                    part.setVisible(visible and bool(control.line.text()))
                elif part is parts[0]:
                    part.setVisible(visible and shown)
                elif part is control.chip:
                    part.setVisible(visible and control.wants_chip)
                elif part is control.number_label:
                    part.setVisible(visible and bool(control.question.number))
                else:
                    part.setVisible(visible)
            shown = shown or visible
        return shown
