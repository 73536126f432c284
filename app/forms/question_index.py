"""Where each question of a set stands, and how its rows are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import ReferenceType

from app.assessment.finding import Missing, NotApplicable
from app.forms.answer import Answer, AnswerBook, cell_key
from app.forms.condition import Condition, condition_keys, holds
from app.forms.question import Page, Question, QuestionKind, Questionnaire, RowsKind, TableQuestion


@dataclass(frozen=True)
class Place:
    """A single question, or a column of a table."""

    question: Question
    page_number: str
    table: TableQuestion | None


class QuestionIndex:
    """Where each question and column of a questionnaire stands. Built once per questionnaire."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.places: dict[str, Place] = {}
        self.kinds: dict[str, QuestionKind | None] = {}  # by answer key, as far as asked for
        # What app.forms.readable looked through last, as long as somebody keeps it, and the keys it could not read.
        self.looked_through: tuple[ReferenceType[AnswerBook] | None, frozenset[str]] = (
            None,
            frozenset(),
        )
        self.tables: dict[str, TableQuestion] = {}
        self.pages: dict[str, str] = {}
        self.conditions: dict[str, tuple[Condition, ...]] = {}
        for page in questionnaire.pages():
            for card in page.cards:
                for item in card.items:
                    if isinstance(item, Question | TableQuestion):
                        conditions = (card.condition, item.condition)
                        self.conditions[item.id] = tuple(c for c in conditions if c is not None)
                    if isinstance(item, Question):
                        self.places[item.id] = Place(item, page.number, None)
                        self.pages[item.id] = page.id
                    elif isinstance(item, TableQuestion):
                        self.tables[item.id] = item
                        self.pages[item.id] = page.id
                        for column in item.columns:
                            if column.condition is not None:
                                above = self.conditions[item.id]
                                self.conditions[f"{item.id}.{column.id}"] = (
                                    *above,
                                    column.condition,
                                )
                            self.places[f"{item.id}.{column.id}"] = Place(column, page.number, item)

    def not_asked(self, item_id: str, book: AnswerBook) -> tuple[bool, tuple[str, ...]]:
        """(question, table or `table.column` is hidden, keys that must be answered before that is certain). An optional
        question left open asks for nothing: what depends on it is hidden for certain."""
        hidden = [c for c in self.conditions.get(item_id, ()) if not holds(c, book)]
        open_keys = tuple(
            key
            for condition in hidden
            for key in condition_keys(condition)
            if isinstance(book.get(key), Missing) and self._must_be_answered(key)
        )
        return bool(hidden), tuple(dict.fromkeys(open_keys))

    def _must_be_answered(self, key: str) -> bool:
        place = self.places.get(key)
        return place is None or place.question.required

    def page_of(self, key: str) -> str:
        """Id of the page where an answer key (or a table id) is asked, "" for keys asked on no page."""
        return self.pages.get(key.split("/", 1)[0], "")

    def label_of(self, key: str, book: AnswerBook) -> str:
        """How people call the place of an answer: 「电和天然气账单 › 2025 年 3 月 › 电量」."""
        parts = key.split("/")
        if len(parts) == 3 and (table := self.tables.get(parts[0])) is not None:
            place = self.places.get(f"{parts[0]}.{parts[2]}")
            column = place.question.title if place else parts[2]
            return f"{table.title} › {row_label(table, parts[1], book)} › {column}"
        if (table := self.tables.get(key)) is not None:
            return table.title
        if (place := self.places.get(key)) is not None:
            return place.question.short or place.question.title
        return key

    def cell_name(self, key: str, book: AnswerBook) -> str:
        """The same without the name of the table: 「2025 年 3 月电量」."""
        return self.label_of(key, book).split(" › ", 1)[-1].replace(" › ", "")


def row_ids(table: TableQuestion, book: AnswerBook, base_year: int | None) -> tuple[str, ...]:
    """Ids of the rows of `table` in order; month and year tables need the base year."""
    match table.rows:
        case RowsKind.FIXED:
            return tuple(
                one.id
                for one in table.fixed_rows
                if holds(one.condition, book) or any(book.row(table.id, one.id))
            )
        case RowsKind.FREE:
            return book.row_ids(table.id)
        case RowsKind.FOLLOWING:
            return book.row_ids(table.rows_of)
        case RowsKind.YEARS:
            return () if base_year is None else tuple(str(base_year - back) for back in (2, 1, 0))
        case RowsKind.MONTHS:
            years = () if base_year is None else tuple(base_year - back for back in (2, 1, 0))
            return tuple(f"{year}-{month:02d}" for year in years for month in range(1, 13))


def keys_of_page(page: Page, book: AnswerBook, base_year: int | None) -> Iterator[str]:
    """Every key of a page in reading order: a question, or a table followed by its cells row by row."""
    for card in page.cards:
        for item in card.items:
            if isinstance(item, Question):
                yield item.id
            elif isinstance(item, TableQuestion):
                yield item.id
                for row_id in row_ids(item, book, base_year):
                    for column in item.columns:
                        yield cell_key(item.id, row_id, column.id)


def row_label(table: TableQuestion, row_id: str, book: AnswerBook) -> str:
    """The name of a row as people see it: 「2025 年 3 月」, 「锌」, or the first text of a free row."""
    match table.rows:
        case RowsKind.MONTHS:
            year, month = row_id.split("-")
            return f"{year} 年 {int(month)} 月"
        case RowsKind.YEARS:
            return f"{row_id} 年"
        case RowsKind.FIXED:
            return next((o.label for o in table.fixed_rows if o.id == row_id), row_id)
        case RowsKind.FOLLOWING:
            order = book.row_ids(table.rows_of)
            name = book.text(cell_key(table.rows_of, row_id, table.named_by))
            return name or (f"第 {order.index(row_id) + 1} 行" if row_id in order else row_id)
        case RowsKind.FREE:
            for column in table.columns:
                text = book.text(cell_key(table.id, row_id, column.id))
                if text and column.kind is QuestionKind.TEXT:
                    return text
                if text and column.kind is QuestionKind.CHOICE:
                    return next((o.label for o in column.options if o.id == text), text)
            order = book.row_ids(table.id)
            return f"第 {order.index(row_id) + 1} 行" if row_id in order else row_id


def cell_answer(book: AnswerBook, table: TableQuestion, row_id: str, column_id: str) -> Answer:
    """The answer of a cell. In a fixed list, 不适用 in the first typed column stands for the whole row."""
    answer = book.get(cell_key(table.id, row_id, column_id))
    if isinstance(answer, Missing) and table.rows is RowsKind.FIXED:
        first = next((column for column in table.columns if not column.derived), None)
        if first is not None:
            lead = book.get(cell_key(table.id, row_id, first.id))
            if isinstance(lead, NotApplicable):
                return lead
    return answer
