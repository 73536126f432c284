"""What a question set asks for given answers, and what each place still needs."""

from collections.abc import Iterator

from app.assessment.finding import Missing
from app.forms import unused
from app.forms.answer import AnswerBook, cell_key
from app.forms.condition import holds
from app.forms.question import Page, Question, TableQuestion
from app.forms.question_index import row_ids


def asked_items(page: Page, book: AnswerBook) -> Iterator[Question | TableQuestion]:
    """Questions and tables of the page whose conditions hold, in order."""
    for card in page.cards:
        if not holds(card.condition, book):
            continue
        for item in card.items:
            if isinstance(item, Question | TableQuestion) and holds(item.condition, book):
                yield item


def asked_columns(table: TableQuestion, book: AnswerBook) -> tuple[Question, ...]:
    """Columns of the table whose conditions hold."""
    return tuple(column for column in table.columns if holds(column.condition, book))


def asked_rows(table: TableQuestion, book: AnswerBook, base_year: int | None) -> tuple[str, ...]:
    """Rows that count: free rows in which nothing stands yet do not."""
    ids = row_ids(table, book, base_year)
    if table.rows.value != "free":
        return ids
    columns = [column.id for column in table.columns if not column.derived]
    return tuple(
        row_id
        for row_id in ids
        if any(
            not isinstance(book.get(cell_key(table.id, row_id, column)), Missing)
            for column in columns
        )
    )


def hidden_but_answered(page: Page, book: AnswerBook) -> tuple[str, ...]:
    """Ids of questions and tables that conditions hide although something was answered there, and the first such cell of
    every hidden column: never hidden silently. What the card of unused things answered nobody typed."""
    shown = {item.id for item in asked_items(page, book)}
    hidden = []
    for card in page.cards:
        for item in card.items:
            if not isinstance(item, Question | TableQuestion):
                continue
            if item.id in shown:
                if isinstance(item, TableQuestion):
                    hidden += _hidden_columns(item, book)
                continue
            if isinstance(item, Question):
                answered = not isinstance(book.get(item.id), Missing) and not unused.said(
                    book.get(item.id)
                )
            else:
                answered = any(not unused.said(one) for one in book.cells_of(item.id).values())
            if answered:
                hidden.append(item.id)
    return tuple(hidden)


def _hidden_columns(table: TableQuestion, book: AnswerBook) -> list[str]:
    """The first answered cell of every column that is not asked."""
    away = {c.id for c in table.columns if not c.derived and not holds(c.condition, book)}
    first: dict[str, str] = {}
    if away:
        for key, answer in book.cells_of(table.id).items():
            if (column := key.rsplit("/", 1)[-1]) in away and not unused.said(answer):
                first[column] = min(key, first.get(column, key))
    return list(first.values())


def can_fold(item: Question | TableQuestion, book: AnswerBook) -> bool:
    """True when nothing need be answered there and nothing is: a short view may fold it."""
    if isinstance(item, Question):
        unanswered = isinstance(book.get(item.id), Missing) and not item.unfolded
        return unanswered and not item.required and not item.derived
    typed = [column for column in item.columns if not column.derived]
    if not typed or any(column.required for column in typed):
        return False
    return item.id not in book.cells
