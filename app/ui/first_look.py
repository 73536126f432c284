"""The limiting indicators of the chosen system at the end of the new audit's questions: a few inputs, all of them optional."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.assessment.indicator_system import LEVELS
from app.audit.first_look import MOST, LookRow
from app.audit.wording import threshold_text
from app.forms.answer import AnswerBook
from app.forms.parse import Parsed
from app.ui import chips, widgets
from app.ui.fields.edit import FieldState
from app.ui.fields.inputs import Input, create_input
from app.ui.fields.typed_input import TypedInput

_NUMBER_WIDTH = 150


class LookSection(QFrame):
    """answered: (key, answer). stepped: (key, +1 / -1), Enter was pressed in its input."""

    answered = Signal(str, object)
    stepped = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "row_last")
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 12)
        box.setSpacing(2)
        box.addLayout(
            widgets.row(
                widgets.IconLabel("flag"),
                widgets.label(self.tr("先看一眼到哪一级"), "strong"),
                None,
            )
        )
        box.addWidget(
            widgets.label(
                self.tr("可以不填。只问这个体系的限定性指标，知道哪个填哪个，进去不用再填。"),
                "note",
                wrap=True,
            )
        )
        self._body = QVBoxLayout()
        self._body.setSpacing(3)
        box.addLayout(self._body)
        self.inputs: dict[str, Input] = {}
        self._rows: tuple[LookRow, ...] = ()
        self._troubles: dict[str, QLabel] = {}

    def show_rows(self, rows: Sequence[LookRow], book: AnswerBook) -> None:
        """The inputs of these indicators; hidden when there are none. The same rows again keep what is being typed."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._build()
        self.setVisible(bool(rows))
        for key, field in self.inputs.items():
            field.show_answer(book.get(key))

    def commit(self) -> None:
        for field in self.inputs.values():
            field.commit()

    def _build(self) -> None:
        widgets.clear_layout(self._body)
        self.inputs, self._troubles = {}, {}
        for row in self._rows[:MOST]:
            self._add(row)
        more = len(self._rows) - MOST
        if more > 0:
            self._body.addWidget(
                widgets.label(self.tr("还有 {n} 项，进去再填").format(n=more), "note")
            )

    def _add(self, row: LookRow) -> None:
        question, indicator = row.question, row.indicator
        field = create_input(question)
        field.set_name(question.title, self.tr("限定性指标"))
        field.answered.connect(lambda parsed, key=question.id: self._take(key, parsed))
        field.step.connect(lambda way, key=question.id: self.stepped.emit(key, way))
        self.inputs[question.id] = field
        state = chips.ChipLabel(chips.verification_chip(indicator.provenance.verification))
        head = widgets.row(
            widgets.label(question.title, "table", wrap=True), None, spacing=8, margins=(0, 6, 0, 0)
        )
        head.setStretch(0, 1)
        head.addWidget(state)
        self._body.addLayout(head)
        if isinstance(field, TypedInput):
            field.setFixedWidth(_NUMBER_WIDTH)
            limits = "　".join(
                f"{level.symbol} {threshold_text(indicator, level)}" for level in LEVELS
            )
            said = self.tr("估个数，进去后按账单算。{limits}") if row.is_estimate else "{limits}"
            note = widgets.label(said.format(limits=limits), "note", wrap=True)
            line = widgets.row(field, note, spacing=10)
            line.setStretch(1, 1)
            self._body.addLayout(line)
        else:
            self._body.addWidget(field)
        trouble = widgets.label("", "note", tone="error", wrap=True)
        trouble.hide()
        self._troubles[question.id] = trouble
        self._body.addWidget(trouble)

    def _take(self, key: str, parsed: Parsed) -> None:
        problem = parsed.problem
        self.inputs[key].set_state(FieldState.MUST_MEND if problem else FieldState.NORMAL)
        trouble = self._troubles[key]
        trouble.setText(f"{problem.what}。{problem.remedy}" if problem is not None else "")
        trouble.setVisible(problem is not None)
        self.answered.emit(key, parsed.answer)
