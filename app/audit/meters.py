"""Meters in a tree: what each one read, and how far the meters below it account for it."""

from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.forms.answer import AnswerBook, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion

_USUAL_PERCENT = 5  # habit of reviewers (recalled)


def gap(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """What a meter read less what the meters directly below it read (rows that name it in 上级表)."""
    if table is None:
        return Worked()
    below = _below(derivation.book, table.id, row_id)
    if not below:
        return Worked(not_applicable="下面没有分表")
    own = derivation.cell(table.id, row_id, "used")
    parts = [derivation.cell(table.id, row, "used") for row in below]
    missing = tuple(dict.fromkeys(key for part in (own, *parts) for key in part.missing))
    values = [part.value for part in parts if part.value is not None]
    if own.value is None or len(values) < len(parts):
        return Worked(missing=missing)
    children = (own.trace, *(part.trace for part in parts))
    return Worked(
        value=own.value - sum(values, Fraction(0)),
        formula="这只表 − 下面各表之和",
        children=children,
    )


def verdict(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """What is wrong with the place of a meter in the tree, else whether the difference stays within the usual 5 %."""
    if table is None:
        return Worked()
    fault = _fault(derivation.book, table.id, row_id)
    if fault:
        return Worked(fault, Tone.UNSURE, note="改「上级表」或「量什么」，减分表才算得对")
    said = gap(derivation, table, row_id)
    if said.value is None:
        return Worked(missing=said.missing, note=said.not_applicable or "表和分表的读数还没填全")
    own = derivation.cell(table.id, row_id, "used").value
    if not own:
        return Worked(note="这只表没走")
    percent = said.value * 100 / own
    within = abs(percent) <= _USUAL_PERCENT
    words = f"差 {display(percent, 1)}%，{'在' if within else '超'} ±5%"
    return Worked(words, Tone.GOOD if within else Tone.UNSURE, note="±5% 是习惯值（凭记忆）")


def _below(book: AnswerBook, table_id: str, row_id: str) -> tuple[str, ...]:
    """Rows that name this meter as the one above them."""
    name = _text(book, table_id, row_id, "name")
    rows = book.row_ids(table_id)
    return tuple(
        row
        for row in rows
        if name and row != row_id and _text(book, table_id, row, "above") == name
    )


def _fault(book: AnswerBook, table_id: str, row_id: str) -> str:
    rows = book.row_ids(table_id)
    name = _text(book, table_id, row_id, "name")
    named = [row for row in rows if _text(book, table_id, row, "name") == name]
    if name and len(named) > 1 and _below(book, table_id, row_id):
        return f"有 {len(named)} 只表都叫「{name}」"
    above = _text(book, table_id, row_id, "above")
    if not above:
        return ""
    if above == name:
        return "上级表写成了自己"
    over = [row for row in rows if _text(book, table_id, row, "name") == above]
    if not over:
        return f"表里没有「{above}」"
    if _text(book, table_id, over[0], "medium") != _text(book, table_id, row_id, "medium"):
        return "和上级表量的不是一种"
    seen = {row_id}
    while over and over[0] not in seen:
        seen.add(over[0])
        above = _text(book, table_id, over[0], "above")
        over = [row for row in rows if above and _text(book, table_id, row, "name") == above]
    return "上级表绕了一圈" if over else ""


def _text(book: AnswerBook, table_id: str, row_id: str, column: str) -> str:
    return book.text(cell_key(table_id, row_id, column)).strip()


def rate(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Meters there of those a level needs, %; a level that needs none has no rate."""
    assert table is not None
    known: dict[str, Fraction] = {}
    children = []
    for column in ("needed", "installed"):
        key = cell_key(table.id, row_id, column)
        answer = derivation.book.get(key)
        if isinstance(answer, NotApplicable):
            return Worked(not_applicable=answer.reason)
        value = derivation.book.number(key)
        if value is None:
            return Worked(missing=(key,))
        known[column] = value
        title = next(one.title for one in table.columns if one.id == column)
        children.append(Trace(title, value, "台", key=key))
    needed, installed = known["needed"], known["installed"]
    if not needed:
        return (
            Worked(not_applicable="这一级不用装")
            if not installed
            else Worked("应装是 0", Tone.UNSURE)
        )
    return Worked(
        value=installed * 100 / needed,
        formula=f"{brief(installed)} × 100 ÷ {brief(needed)}",
        children=tuple(children),
    )
