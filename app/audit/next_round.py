"""The next round of an audit: what lasts is carried over, the figures move back a year, results start anew.

Carried: the firm, the team's members, processes, equipment, outlets, permits, meters, words and choices of the stage of facts.
Moved: bills by their month, yearly figures by their year; what was the base year becomes the year before it.
Left behind: indicators and typed-over figures, monitoring results, plans, causes, targets, conclusions, bare amounts.
"""

from app.audit.project import BASE_YEAR
from app.errors import Problem, UserError
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.question import Question, QuestionKind, Questionnaire, RowsKind, TableQuestion

_KEPT_KEYS = ("audit.questionnaire", "audit.system", "audit.table")
_DROPPED_KEYS = ("front.list_date", "front.simplified", "team.start", "team.support", "env.drill")
# Numbers that say what is there, not what was used or measured in a year.
_LASTING_PAGES = ("profile",)
_LASTING_TABLES = ("equipment.list", "env.outlets", "env.projects", "mgmt.meters")
_LASTING_COLUMNS = ("capacity", "rinses", "permitted", "density", "percent", "grams")
# Every row of these was an event of the last round.
_PAST_TABLES = ("env.monitoring", "team.plan", "team.training", "team.obstacles")
_YEARS_BACK = {"y2": "y1", "y1": "y0"}  # column of the next round -> column of this one
# Carriers whose base year is a question of its own, and the years before a table.
_BEFORE = "energy.before"


def next_round(book: AnswerBook, questionnaire: Questionnaire) -> AnswerBook:
    """The answers the next audit of this firm begins with. UserError while the base year is open.

    questionnaire: without years in its titles or with them, it does not matter.
    """
    year = book.text(BASE_YEAR)
    if not year.isdigit():
        raise UserError(
            Problem("基准年", "还没有填，不知道下一轮从哪年起", "打开案卷，先填企业概况里的基准年")
        )
    answers: dict[str, Answer] = {
        key: answer
        for key, answer in book.answers.items()
        if key in _KEPT_KEYS or (key.startswith("front.") and key not in _DROPPED_KEYS)
    }
    answers["front.had_audit"] = Given("yes")
    rows: dict[str, tuple[str, ...]] = {}
    facts = questionnaire.stages[0].pages
    for page in facts:
        for card in page.cards:
            for item in card.items:
                if isinstance(item, Question):
                    if page.id in _LASTING_PAGES or _lasts(item):
                        _carry(answers, book, item.id)
                elif isinstance(item, TableQuestion) and item.id not in _PAST_TABLES:
                    answers.update(_table(book, item, int(year) + 1))
                    if item.id in book.rows:
                        rows[item.id] = book.rows[item.id]
    answers[BASE_YEAR] = Given(str(int(year) + 1))
    return AnswerBook(answers, rows)


def _lasts(question: Question) -> bool:
    """Words, choices and dates last; amounts of a year and remarks about it do not."""
    return (
        question.kind not in (QuestionKind.NUMBER, QuestionKind.LONG_TEXT)
        and question.id not in _DROPPED_KEYS
    )


def _carry(answers: dict[str, Answer], book: AnswerBook, key: str, source: str = "") -> None:
    found = book.answers.get(source or key)
    if found is not None:
        answers[key] = found


def _table(book: AnswerBook, table: TableQuestion, base_year: int) -> dict[str, Answer]:
    """The cells of a table in the next round, whose base year is given."""
    answers: dict[str, Answer] = {}
    if table.rows in (RowsKind.MONTHS, RowsKind.YEARS):
        prefix = f"{table.id}/"
        for key, answer in book.answers.items():
            if key.startswith(prefix) and int(key.removeprefix(prefix)[:4]) >= base_year - 2:
                answers[key] = answer
        return answers
    row_ids = book.rows.get(table.id, ()) or tuple(option.id for option in table.fixed_rows)
    for row_id in row_ids:
        for column in table.columns:
            key = cell_key(table.id, row_id, column.id)
            if column.id in _YEARS_BACK:
                source = cell_key(table.id, row_id, _YEARS_BACK[column.id])
                if table.id == _BEFORE and column.id == "y1":
                    source = f"energy.{row_id}"
                _carry(answers, book, key, source)
            elif column.id != "y0" and _column_lasts(table, column):
                _carry(answers, book, key)
    return answers


def _column_lasts(table: TableQuestion, column: Question) -> bool:
    if column.derived:
        return False
    lasting = table.id in _LASTING_TABLES or column.id in _LASTING_COLUMNS
    return lasting or column.kind is not QuestionKind.NUMBER
