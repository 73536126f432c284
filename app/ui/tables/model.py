"""The cells of a table of answers as Qt asks for them."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.assessment.finding import Missing, NotApplicable
from app.assessment.numbers import display, fraction_of
from app.audit.evidence import Numbered, proofs_of
from app.audit.next_round import Earlier
from app.audit.project import AuditProject
from app.checkup.page_remarks import Remark, Severity
from app.forms.answer import MISSING, Answer, Given, cell_key
from app.forms.condition import holds
from app.forms.figure import Figure, Tone
from app.forms.parse import is_unread
from app.forms.question import Question, QuestionKind, RowsKind, TableQuestion
from app.forms.question_index import cell_answer, row_ids, row_label
from app.forms.row_units import in_row
from app.forms.visible import asked_columns
from app.ui import chips
from app.ui.chips import Chip
from app.ui.fields.answer_words import answer_text, is_zero

Index = QModelIndex | QPersistentModelIndex
RIGHT_KINDS = (QuestionKind.NUMBER, QuestionKind.YEAR)


class CellState(enum.Enum):
    PLAIN = "plain"
    DERIVED = "derived"
    LOOK_AGAIN = "look_again"
    MUST_MEND = "must_mend"
    ROW_NAME = "row_name"


@dataclass(frozen=True)
class Cell:
    """What one cell shows. chip stands in place of text; spoken is the state in words. icon: a mark before the text that
    tells a verdict without its colour, `ink` the colour of both. proved: a paper of the binder proves it."""

    text: str
    state: CellState
    chip: Chip | None = None
    spoken: str = ""
    tip: str = ""
    icon: str = ""
    ink: str = ""
    proved: bool = False


_LONG = (
    12  # characters from which a text may be cut off in its cell, so that the tip holds it whole
)
_NAMED = 2  # missing answers named in a tip
# tone of a verdict -> (icon, colour)
_VERDICTS = {
    Tone.GOOD: ("check", "jade"),
    Tone.BAD: ("error", "cinnabar"),
    Tone.UNSURE: ("help", "ochre"),
}
_OF_A_QUOTIENT = 4  # decimals shown of an endless number
_SHOWN_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_TYPED_FLAGS = _SHOWN_FLAGS | Qt.ItemFlag.ItemIsEditable
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1


def number_of(answer: Answer) -> Fraction | None:
    """The number of an answer; None when there is none or it could not be read."""
    if not isinstance(answer, Given) or not answer.text:
        return None
    try:
        return fraction_of(answer.text)
    except (ValueError, ZeroDivisionError):
        return None


def _decimals(text: str) -> int:
    if "/" in text:
        return _OF_A_QUOTIENT
    return len(text.partition(".")[2])


def _fits(figure: Figure, places: int) -> bool:
    """Whether a figure loses nothing at so many decimal places."""
    return figure.value is not None and (figure.value * 10**places).denominator == 1


class AnswerTableModel(QAbstractTableModel):
    """Rows of one year (month tables) or all rows; columns in the order of the table, a row name first where rows have
    one. `load` takes over a new state of the audit; cells are worked out when they are first shown."""

    def __init__(self, table: TableQuestion, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self.named_rows = table.rows is not RowsKind.FREE
        self.columns: tuple[Question, ...] = table.columns
        self._project: AuditProject | None = None
        self._earlier: Earlier | None = None
        self._remarks: Mapping[str, Sequence[Remark]] = {}
        self._rows: tuple[str, ...] = ()
        self._year: int | None = None
        self._cells: dict[tuple[int, int], Cell] = {}
        self._places: dict[int, int] = {}
        self._proofs: Mapping[str, tuple[Numbered, ...]] = {}

    # -------------------------------------------------------------- state

    def load(
        self,
        project: AuditProject,
        year: int | None,
        remarks: Mapping[str, Sequence[Remark]],
        earlier: Earlier | None = None,
    ) -> None:
        """Show a state of the audit. The selection stays when the rows are the same. earlier: the round before."""
        rows = row_ids(self.table, project.book, project.base_year)
        if self.table.rows is RowsKind.MONTHS:
            rows = tuple(row_id for row_id in rows if row_id[:4] == str(year))
        columns = asked_columns(project.index.tables.get(self.table.id, self.table), project.book)
        same = rows == self._rows and [c.id for c in columns] == [c.id for c in self.columns]
        if not same:
            self.beginResetModel()
        self._project, self._year, self._remarks = project, year, remarks
        self._earlier = earlier
        self._proofs = proofs_of(project.book)
        self._rows, self.columns = rows, columns
        self._cells.clear()
        self._places.clear()
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(rows) - 1, self.columnCount() - 1)
            )

    @property
    def project(self) -> AuditProject | None:
        return self._project

    @property
    def rows(self) -> tuple[str, ...]:
        return self._rows

    @property
    def year(self) -> int | None:
        return self._year

    # -------------------------------------------------------------- places

    def options_at(self, index: Index) -> list[tuple[str, str]]:
        """Id and words of what a cell offers to choose from: what holds for this firm, and what stands there already."""
        question = self.question_at(index.column())
        if question is None or self._project is None:
            return []
        if question.kind is QuestionKind.YES_NO:
            return [("yes", "是"), ("no", "否")]
        answer = self.answer_at(index)
        chosen = answer.text if isinstance(answer, Given) else ""
        return [
            (option.id, option.label)
            for option in question.options
            if option.id == chosen or holds(option.condition, self._project.book)
        ]

    def question_at(self, column: int) -> Question | None:
        """The question of a view column, None for the row name."""
        place = column - 1 if self.named_rows else column
        return self.columns[place] if 0 <= place < len(self.columns) else None

    def asked_at(self, index: Index) -> Question | None:
        """The question of a cell as its row asks it: with the unit of the row."""
        question = self.question_at(index.column())
        if question is None or self._project is None or index.row() >= len(self._rows):
            return question
        return in_row(question, self.table, self._rows[index.row()], self._project.book)

    def column_of(self, column_id: str) -> int:
        place = next(i for i, column in enumerate(self.columns) if column.id == column_id)
        return place + 1 if self.named_rows else place

    def is_typed(self, index: Index) -> bool:
        """True for a cell one may type into."""
        return index.isValid() and self.is_typed_column(index.column())

    def is_typed_column(self, column: int) -> bool:
        """True for a column one may type into."""
        question = self.question_at(column)
        return question is not None and not question.derived

    def key_at(self, index: Index) -> str:
        """The answer key of a cell, "" for row names and computed cells."""
        return self._key(index.row(), index.column()) if index.isValid() else ""

    def _key(self, row: int, column: int) -> str:
        question = self.question_at(column)
        if question is None or question.derived or row >= len(self._rows):
            return ""
        return cell_key(self.table.id, self._rows[row], question.id)

    def index_of(self, key: str) -> QModelIndex:
        """The cell of an answer key; invalid when it is not among the rows shown."""
        parts = key.split("/")
        if len(parts) != 3 or parts[1] not in self._rows:
            return QModelIndex()
        if parts[2] not in {column.id for column in self.columns}:
            return QModelIndex()
        return self.index(self._rows.index(parts[1]), self.column_of(parts[2]))

    def answer_at(self, index: Index) -> Answer:
        return self.answer_in(index.row(), index.column())

    def answer_in(self, row: int, column: int) -> Answer:
        question = self.question_at(column)
        if question is None or question.derived or self._project is None:
            return MISSING
        return cell_answer(self._project.book, self.table, self._rows[row], question.id)

    def figure_at(self, index: Index) -> Figure | None:
        """The figure of a computed cell."""
        return self._figure(index.row(), index.column())

    def _figure(self, row: int, column: int) -> Figure | None:
        question = self.question_at(column)
        if question is None or not question.derived or self._project is None:
            return None
        return self._project.derivation.cell(self.table.id, self._rows[row], question.id)

    def earlier_at(self, index: Index) -> str:
        """「上一轮（2024 年）176,800」: what stood in a typed cell in the round before, "" when nothing did."""
        question, key = self.question_at(index.column()), self.key_at(index)
        if self._earlier is None or self._project is None or question is None or not key:
            return ""
        answer = self._earlier.beside(key, self._project.base_year)
        if isinstance(answer, NotApplicable):
            text = f"不适用：{answer.reason}"
        else:
            text = answer_text(question, answer)
        return f"上一轮（{self._earlier.year} 年）{text}" if text else ""

    def remarks_at(self, index: Index) -> Sequence[Remark]:
        return self._remarks.get(self.key_at(index), ())

    def row_name(self, row: int) -> str:
        """「7 月」 in a month table, else the row's own name."""
        row_id = self._rows[row]
        if self.table.rows is RowsKind.MONTHS:
            return f"{int(row_id[5:])} 月"
        if self._project is None:
            return row_id
        return row_label(self.table, row_id, self._project.book)

    def head(self, column: int) -> str:
        """A heading with its unit: 「电量 kWh」."""
        question = self.question_at(column)
        if question is None:
            return self.table.row_title
        if not question.unit.isascii() and question.unit in question.title:
            return question.title  # 「层数」 says its unit itself
        return f"{question.title} {question.unit}".strip()

    # -------------------------------------------------------------- cells

    def cell(self, row: int, column: int) -> Cell:
        known = self._cells.get((row, column))
        if known is None:
            known = self._cells[(row, column)] = self._make_cell(row, column)
        return known

    def _make_cell(self, row: int, column: int) -> Cell:
        question = self.question_at(column)
        if question is None:
            return Cell(self.row_name(row), CellState.ROW_NAME)
        index = self.index(row, column)
        if question.derived:
            figure = self.figure_at(index)
            if figure is None:
                return Cell("", CellState.DERIVED)
            return self._derived(figure, self.places(column))
        answer = self.answer_at(index)
        remarks = self.remarks_at(index)
        state, notes = CellState.PLAIN, []
        for severity, look in (
            (Severity.HINT, CellState.LOOK_AGAIN),
            (Severity.SHOULD, CellState.LOOK_AGAIN),
            (Severity.MUST, CellState.MUST_MEND),
        ):
            found = [remark for remark in remarks if remark.severity is severity]
            if found:
                state = look
                notes += [f"{remark.what}。{remark.remedy}" for remark in found]
        if before := self.earlier_at(index):
            notes.append(before)
        tip = "\n".join(notes)
        if is_unread(answer):
            return Cell(answer_text(question, answer), CellState.MUST_MEND, None, "看不懂", tip)
        match answer:
            case Missing():
                required = question.required and self.table.rows is not RowsKind.FREE
                chip = chips.answer_chip(MISSING) if required else None
                return Cell("", state, chip, "未填", tip)
            case NotApplicable(reason):
                spoken = f"不适用：{reason}"
                return Cell(
                    "",
                    state,
                    chips.answer_chip(answer),
                    spoken,
                    "\n".join(filter(None, (spoken, tip))),
                )
            case _:
                if question.kind is QuestionKind.NUMBER and is_zero(answer):
                    return Cell("", state, chips.answer_chip(answer, zero=True), "零", tip)
                value = number_of(answer) if question.kind is QuestionKind.NUMBER else None
                text = (
                    answer_text(question, answer)
                    if value is None
                    else display(value, self._places_of(answer, index))
                )
                note = answer.note if isinstance(answer, Given) else ""
                whole = text if question.kind is QuestionKind.TEXT and len(text) > _LONG else ""
                proofs = self.proofs_at(index)
                papers = "、".join(f"{one.number} {one.paper.title}" for one in proofs)
                said = f"凭证：{papers}" if papers else ""
                tip = "\n".join(filter(None, (whole, tip, note, said)))
                spoken = "，".join(filter(None, (note, said)))
                return Cell(text, state, None, spoken, tip, proved=bool(proofs))

    def proofs_at(self, index: Index) -> tuple[Numbered, ...]:
        """The papers of the binder that prove a cell."""
        return self._proofs.get(self.key_at(index), ())

    def proved(self) -> int:
        """How many of the cells a paper proves."""
        if not self._proofs:
            return 0
        return sum(
            bool(self._proofs.get(self._key(row, column)))
            for row in range(len(self._rows))
            for column in range(self.columnCount())
        )

    def _derived(self, figure: Figure, places: int) -> Cell:
        note = figure.trace.note
        if figure.words:
            state = CellState.MUST_MEND if figure.tone is Tone.BAD else CellState.DERIVED
            if figure.tone is Tone.UNSURE:
                state = CellState.LOOK_AGAIN
            tip = "\n".join(filter(None, (figure.words, note)))
            icon, ink = _VERDICTS.get(figure.tone, ("", ""))
            return Cell(figure.words, state, None, note, tip, icon, ink)
        if figure.value is not None:
            return Cell(display(figure.value, places), CellState.DERIVED, tip=note)
        if figure.not_applicable:
            spoken = f"不适用：{figure.not_applicable}"
            chip = chips.answer_chip(NotApplicable(figure.not_applicable))
            return Cell("", CellState.DERIVED, chip, spoken, spoken)
        missing = self.still_missing(figure)
        if figure.at_least:
            text = f"≥ {display(figure.at_least, places)}"
            return Cell(text, CellState.DERIVED, None, "还有没填的，先是下限", missing)
        return Cell("—", CellState.DERIVED, None, "还算不出来", missing)

    def still_missing(self, figure: Figure) -> str:
        """「还差：…」 with the first answers a figure needs; "" when it needs none."""
        if not figure.missing or self._project is None:
            return ""
        names = [
            self._project.index.label_of(key, self._project.book).split(" › ", 1)[-1]
            for key in figure.missing[:_NAMED]
        ]
        more = f" 等 {len(figure.missing)} 处" if len(figure.missing) > _NAMED else ""
        return f"还差：{'、'.join(names)}{more}"

    def is_explained(self, row: int) -> bool:
        """True when something in the row is unusual, so that its 说明 belongs to it."""
        return any(
            self._remarks.get(self._key(row, column)) for column in range(self.columnCount())
        )

    def places(self, column: int) -> int:
        """Decimal places of a column, so that points stand in line: as many as its longest number. Typed numbers and what is
        added up from them (the same unit, nothing lost at their places) have the same."""
        known = self._places.get(column)
        if known is not None:
            return known
        question = self.question_at(column)
        unit = question.unit if question is not None else ""
        alike = [
            place
            for place in range(self.columnCount())
            if unit not in ("", "%") and getattr(self.question_at(place), "unit", "") == unit
        ]
        typed = [place for place in alike if not self._is_derived(place)]
        places = max(map(self._typed_places, typed), default=0)
        worked_out = [
            figure
            for place in alike
            if self._is_derived(place)
            for figure in self._figures(place)
            if figure.value is not None
        ]
        if typed and worked_out and all(_fits(figure, places) for figure in worked_out):
            self._places.update(dict.fromkeys(alike, places))
        elif self._is_derived(column):
            self._places[column] = max((f.decimals for f in self._figures(column)), default=0)
        else:
            self._places[column] = self._typed_places(column)
        return self._places[column]

    def _places_of(self, answer: Answer, index: Index) -> int:
        """Those of the column; where each row has its own unit, as many as were typed: 168 mg/L beside 0.005 stays 168."""
        question, asked = self.question_at(index.column()), self.asked_at(index)
        of_row = question is not None and asked is not None and not question.unit
        if (
            isinstance(answer, Given)
            and asked is not None
            and of_row
            and (asked.unit or asked.unit_in)
        ):
            return _decimals(answer.text)
        return self.places(index.column())

    def _is_derived(self, column: int) -> bool:
        question = self.question_at(column)
        return question is not None and bool(question.derived)

    def _figures(self, column: int) -> list[Figure]:
        found = (self._figure(row, column) for row in range(len(self._rows)))
        return [figure for figure in found if figure is not None]

    def _typed_places(self, column: int) -> int:
        texts = [
            answer.text
            for row in range(len(self._rows))
            if isinstance(answer := self.answer_in(row, column), Given)
        ]
        longest = max(map(_decimals, texts), default=0)
        question = self.question_at(column)
        if longest == 1 and question is not None and question.unit == "元":
            longest = 2  # jiao are written with their fen
        return longest

    def total(self, column: int) -> tuple[Fraction | None, bool, int]:
        """Sum of a column, whether every row has its number, and the places to show. None when no row has one."""
        values: list[Fraction] = []
        complete = True
        for row in range(len(self._rows)):
            figure = self._figure(row, column)
            if figure is not None:
                value = figure.value if figure.value is not None else figure.at_least
                complete = complete and (figure.value is not None or bool(figure.not_applicable))
            else:
                answer = self.answer_in(row, column)
                value = number_of(answer)
                complete = complete and (value is not None or isinstance(answer, NotApplicable))
            if value is not None:
                values.append(value)
        return (sum(values, Fraction(0)) if values else None), complete, self.places(column)

    # -------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.columns) + self.named_rows

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _TYPED_FLAGS if self.is_typed(index) else _SHOWN_FLAGS

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        cell = self.cell(index.row(), index.column())
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text or (cell.chip.text if cell.chip is not None else "")
        if role == Qt.ItemDataRole.EditRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index, cell)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return cell.spoken
        return None

    def _spoken(self, index: Index, cell: Cell) -> str:
        """「7 月电量，kWh，必填，176,800」."""
        question = self.question_at(index.column())
        if question is None:
            return cell.text
        parts = [f"{self.row_name(index.row())}{question.title}", question.unit]
        if question.derived:
            parts.append("算出来的")
        elif question.required:
            parts.append("必填")
        parts += [cell.text, cell.spoken]
        return "，".join(part for part in parts if part)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.head(section)
        return str(section + 1)
