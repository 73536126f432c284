"""Numbers that would go where 「不适用」 was said: asked about first, column by column."""

from app.assessment.finding import NotApplicable
from app.forms import unused
from app.forms.answer import AnswerBook, Change, Given
from app.forms.question import TableQuestion
from app.forms.reading.plan import SKIP, Draft, PlannedCell


def ask_not_applicable(
    table: TableQuestion, book: AnswerBook, planned: list[PlannedCell], draft: Draft
) -> tuple[list[PlannedCell], list[Change]]:
    """(cells that may be written, the answer of the card of what is not used where it was wrong)."""
    marked: dict[str, list[PlannedCell]] = {}
    for cell in planned:
        if isinstance(cell.before, NotApplicable) and isinstance(cell.after, Given):
            marked.setdefault(cell.column_id, []).append(cell)
    left = list(planned)
    undone: list[Change] = []
    for column_id, cells in marked.items():
        title = next(c.title for c in table.columns if c.id == column_id)
        first = cells[0].before
        reason = first.reason if isinstance(first, NotApplicable) else ""
        chosen = draft.ask(
            f"not-applicable:{column_id}",
            f"「{title}」有 {len(cells)} 格已经记成「不适用」（{reason}），贴来的有数：写进去吗？",
            (("write", "写进去，那几格改成有数的"), (SKIP, "不写这几格")),
            column=cells[0].column,
        )
        if chosen != "write":
            left = [cell for cell in left if cell not in cells]
        elif unused.said(first):
            change = unused.used_after_all(table, column_id, book)
            if change is not None and change.key not in {one.key for one in undone}:
                undone.append(change)
    return left, undone
