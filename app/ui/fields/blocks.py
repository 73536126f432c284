"""Where the parts of a question stand: as a field of a grid, or as a line of a card.

What holds them belongs to the window before they go into it: to take a widget out of a window, Qt walks over all the window has.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.fields.control import QuestionControl
from app.ui.fields.long_text_input import LongTextInput
from app.ui.fields.typed_input import TypedInput
from app.ui.widgets import Segments


def field_block(control: QuestionControl, parent: QWidget) -> QWidget:
    """The question as a field of a grid: words above, input, one line below."""
    block = QWidget(parent)
    box = QVBoxLayout(block)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(3)
    head = QHBoxLayout()
    head.setSpacing(8)
    if control.question.number:
        head.addWidget(control.number_label, 0, Qt.AlignmentFlag.AlignTop)
    else:
        control.number_label.hide()
    head.addWidget(control.title_label, 1)
    head.addWidget(control.chip, 0, Qt.AlignmentFlag.AlignTop)
    box.addLayout(head)
    holder = QWidget(block)
    line = QHBoxLayout(holder)
    line.setSpacing(8)
    line.setContentsMargins(0, 0, 0, 0)
    if control.switch is not None:
        line.addWidget(control.switch)
    stretchy = isinstance(control.input, TypedInput | LongTextInput) or not isinstance(
        control.input, Segments
    )
    line.addWidget(control.input, 1 if stretchy else 0)
    if not stretchy:
        line.addStretch(1)
    box.addWidget(holder)
    box.addWidget(control.line)
    box.addStretch(1)
    return block


def add_row(control: QuestionControl, grid: QGridLayout, row: int, parent: QWidget) -> int:
    """The question as a line of a card, whose grid `parent` has: number, words, silence switch, body, chip; the line below spans.

    Returns the next free grid row (two are used).
    """
    middle = Qt.AlignmentFlag.AlignVCenter
    grid.addWidget(control.number_label, row, 0, middle)
    grid.addWidget(control.title_label, row, 1, middle)
    if control.switch is not None:
        grid.addWidget(control.switch, row, 2, middle)
    holder = QWidget(parent)
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    line.addWidget(control.input, 0)
    if control.unit_label is not None:
        line.addWidget(control.unit_label)
    line.addStretch(1)
    control.input.setMinimumWidth(96)
    grid.addWidget(holder, row, 3)
    grid.addWidget(control.chip, row, 4, middle | Qt.AlignmentFlag.AlignRight)
    grid.addWidget(control.line, row + 1, 1, 1, 4)
    return row + 2
