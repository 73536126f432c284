"""The next round of an audit: what lasts is carried over, the figures move back, results start anew.

The system, the tables chosen with their weights, and what its thresholds hang on are carried.
Of the stage of facts, by kind, unless the question, table or card says `keep`:
carried are words, choices, dates and the rows of tables; amounts are not, for they are those of one year.
Moved are months and years by their name, the three years of a row (y2, y1, y0), and a closing stock or reading to the opening.
Left behind: indicators and typed-over figures, causes, targets, plans, conclusions. All of it stays readable as `Earlier`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.assessment.finding import NotApplicable
from app.audit.project import BASE_YEAR
from app.errors import Problem, UserError
from app.forms.answer import MISSING, Answer, AnswerBook, Given, cell_key
from app.forms.question import Card, Question, QuestionKind, Questionnaire, RowsKind, TableQuestion

_KEPT_KEYS = ("audit.questionnaire", "audit.system", "audit.table")
_YEARS = {"y2": 2, "y1": 1, "y0": 0}  # column of a row -> years before the base year
_YEAR_DIGITS = 4


@dataclass(frozen=True)
class Earlier:
    """The answers of the round before, as an audit file keeps them. year: their base year."""

    year: int
    book: AnswerBook

    def beside(self, key: str, base_year: int | None) -> Answer:
        """What was answered to the same question then; in a table of months or years, to the same month of that round.

        base_year: of the audit the key belongs to.
        """
        parts = key.split("/")
        if len(parts) == 3 and base_year is not None and _is_year(parts[1][:_YEAR_DIGITS]):
            then = int(parts[1][:_YEAR_DIGITS]) - base_year + self.year
            key = cell_key(parts[0], f"{then}{parts[1][_YEAR_DIGITS:]}", parts[2])
        return self.book.get(key)


def _is_year(text: str) -> bool:
    return len(text) == _YEAR_DIGITS and text.isascii() and text.isdigit()


def earlier_to_text(earlier: Earlier) -> str:
    """For the audit file; `earlier_from_text` reads it."""
    answers = {
        key: [answer.reason] if isinstance(answer, NotApplicable) else [answer.text, answer.note]
        for key, answer in earlier.book.answers.items()
        if isinstance(answer, Given | NotApplicable)
    }
    plain = {"year": earlier.year, "answers": answers, "rows": dict(earlier.book.rows)}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def earlier_from_text(text: str) -> Earlier:
    """Back from what the file keeps under `meta`. KeyError and ValueError for anything else."""
    plain = json.loads(text)
    answers: dict[str, Answer] = {
        key: NotApplicable(*parts) if len(parts) == 1 else Given(parts[0], note=parts[1])
        for key, parts in plain["answers"].items()
    }
    rows = {table_id: tuple(row_ids) for table_id, row_ids in plain["rows"].items()}
    return Earlier(plain["year"], AnswerBook(answers, rows))


def last_base_year(book: AnswerBook) -> int:
    """UserError while it is open."""
    year = book.text(BASE_YEAR)
    if not _is_year(year):
        raise UserError(
            Problem("基准年", "还没有填，不知道下一轮从哪年起", "打开案卷，先填企业概况里的基准年")
        )
    return int(year)


def next_round(
    book: AnswerBook,
    questionnaire: Questionnaire,
    front: Questionnaire,
    base_year: int | None = None,
    variables: Collection[str] = (),
) -> AnswerBook:
    """The answers the next audit of this firm begins with.

    questionnaire: the set of the next round; front: the questions of a new audit. base_year: of the next round, the year
    after the last one when None. variables: ids of what thresholds hang on and the firm stays the same in (layers); what
    a threshold is corrected by (scrap, heats, grades) is of one year. UserError while the last base year is open, or when
    base_year is not later.
    """
    last = last_base_year(book)
    year = last + 1 if base_year is None else base_year
    if year <= last:
        raise UserError(
            Problem("基准年", f"{year} 年不比上一轮的 {last} 年晚", f"填 {last + 1} 年或以后")
        )
    answers: dict[str, Answer] = {}
    for key in book.answers:
        kind, _, name = key.partition("/")
        lasts = kind == "variable" and name.rpartition("/")[2] in variables
        if key in _KEPT_KEYS or kind == "table_weight" or lasts:
            _carry(answers, book, key)
    rows: dict[str, tuple[str, ...]] = {}
    for card in (*_cards_of_facts(front), *_cards_of_facts(questionnaire)):
        for item in card.items:
            if isinstance(item, Question):
                if _lasts(item, card.keep):
                    _carry(answers, book, item.id)
            elif isinstance(item, TableQuestion) and _first(item.keep, card.keep) is not False:
                answers.update(_table(book, item, card, year, year - last))
                if item.id in book.rows:
                    rows[item.id] = book.rows[item.id]
    answers["front.had_audit"] = Given("yes")
    answers[BASE_YEAR] = Given(str(year))
    return AnswerBook(answers, rows)


def earlier_of(book: AnswerBook, following: AnswerBook) -> Earlier:
    """What the file of the next round keeps of this one. following: the answers it begins with.

    Rows that were not carried are left out: a new row with the same id would be another thing. UserError as above.
    """
    gone = {
        f"{table_id}/{row_id}"
        for table_id, row_ids in book.rows.items()
        for row_id in row_ids
        if row_id not in following.row_ids(table_id)
    }
    kept = {
        key: answer for key, answer in book.answers.items() if key.rpartition("/")[0] not in gone
    }
    rows = {
        table_id: row_ids for table_id, row_ids in book.rows.items() if table_id in following.rows
    }
    return Earlier(last_base_year(book), AnswerBook(kept, rows))


def _cards_of_facts(questionnaire: Questionnaire) -> list[Card]:
    return [card for page in questionnaire.stages[0].pages for card in page.cards]


def _first(*said: bool | None) -> bool | None:
    return next((each for each in said if each is not None), None)


def _lasts(question: Question, *above: bool | None) -> bool:
    """Amounts of a year and remarks about it do not last, words, choices and dates do."""
    if question.derived:
        return False
    said = _first(question.keep, *above)
    by_kind = question.kind not in (QuestionKind.NUMBER, QuestionKind.LONG_TEXT)
    return by_kind if said is None else said


def _carry(answers: dict[str, Answer], book: AnswerBook, key: str, source: str = "") -> None:
    found = book.get(source or key)
    if found != MISSING:
        answers[key] = found


def _table(
    book: AnswerBook, table: TableQuestion, card: Card, base_year: int, passed: int
) -> Mapping[str, Answer]:
    """The cells of a table in the next round. passed: years from the last base year to this one."""
    answers: dict[str, Answer] = {}
    if table.rows in (RowsKind.MONTHS, RowsKind.YEARS):
        prefix = f"{table.id}/"
        for key, answer in book.answers.items():
            year = key.removeprefix(prefix)[:_YEAR_DIGITS]
            if key.startswith(prefix) and _is_year(year) and int(year) >= base_year - 2:
                answers[key] = answer
        return answers
    columns = {column.id for column in table.columns}
    row_ids = book.rows.get(table.id, ()) or tuple(option.id for option in table.fixed_rows)
    for row_id in row_ids:
        for column in table.columns:
            key = cell_key(table.id, row_id, column.id)
            if column.id in _YEARS:
                _carry(
                    answers, book, key, _source(table, row_id, columns, _YEARS[column.id] - passed)
                )
            elif column.id == "opening" and "closing" in columns:
                # Only the year after begins where the last one ended.
                if passed == 1:
                    _carry(answers, book, key, cell_key(table.id, row_id, "closing"))
            elif _lasts(column, table.keep, card.keep):
                _carry(answers, book, key)
    return answers


def _source(table: TableQuestion, row_id: str, columns: set[str], years_back: int) -> str:
    """Where the last round has a row's figure of so many years before its base year; a key without answer if nowhere."""
    if years_back == 0 and "y0" not in columns:
        # A table of the two years before: the base year of each row is a question beside it.
        return f"{table.id.partition('.')[0]}.{row_id}"
    name = next((name for name, back in _YEARS.items() if back == years_back), "")
    return cell_key(table.id, row_id, name)
