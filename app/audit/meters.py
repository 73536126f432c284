"""Meters in a tree: what each one read, and how far the meters below it account for it."""

from fractions import Fraction

from app.assessment.trace import Trace
from app.forms.answer import cell_key
from app.forms.derive import Derivation
from app.forms.question import TableQuestion
from app.forms.rule import Tone, Worked

_USUAL_PERCENT = 5  # habit of reviewers (recalled)


def gap(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """What a meter read less what the meters directly below it read (rows that name it in 上级表)."""
    if table is None:
        return Worked()
    name = derivation.book.text(cell_key(table.id, row_id, "name")).strip()
    below = [
        row
        for row in derivation.book.row_ids(table.id)
        if name and derivation.book.text(cell_key(table.id, row, "above")).strip() == name
    ]
    if not below:
        return Worked(not_applicable="下面没有分表")
    own = derivation.cell(table.id, row_id, "used")
    parts = [derivation.cell(table.id, row, "used") for row in below]
    missing = tuple(dict.fromkeys(key for part in (own, *parts) for key in part.missing))
    if own.value is None or any(part.value is None for part in parts):
        return Worked(missing=missing)
    total = sum((part.value or Fraction(0) for part in parts), Fraction(0))
    children: tuple[Trace, ...] = (own.trace, *(part.trace for part in parts))
    return Worked(value=own.value - total, formula="这只表 − 下面各表之和", children=children)


def verdict(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Whether the difference stays within the usual 5 %."""
    said = gap(derivation, table, row_id)
    if table is None or said.value is None:
        return Worked(note=said.not_applicable or "分表还没填全")
    own = derivation.cell(table.id, row_id, "used").value
    if not own:
        return Worked(note="这只表没走")
    within = abs(said.value) * 100 <= _USUAL_PERCENT * abs(own)
    note = "±5 % 是习惯值（凭记忆）"
    return Worked(
        "±5 % 内" if within else "超 5 %", Tone.GOOD if within else Tone.UNSURE, note=note
    )
