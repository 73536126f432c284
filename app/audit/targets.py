"""Targets: how far each was reached. Which way is better is told by the target itself against the present value."""

from fractions import Fraction

from app.assessment.numbers import brief
from app.assessment.trace import Trace
from app.forms.answer import Given, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion

TABLE = "targets.list"
DONE = "targets.done"


def rate(derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
    """(before - after) / (before - target) in %, signs turned where more is better; 100 or more is reached."""
    keys = (
        cell_key(TABLE, row_id, "now"),
        cell_key(TABLE, row_id, "near"),
        cell_key(DONE, row_id, "value"),
    )
    now, near, value = (_number(derivation, key) for key in keys)
    missing = tuple(key for key in keys if _number(derivation, key) is None)
    if now is None or near is None or value is None:
        return Worked(missing=missing)
    if now == near:
        return Worked(not_applicable="目标和现状一样，没有完成率")
    children = tuple(
        Trace(title, number, key=key)
        for title, number, key in zip(
            ("现状", "近期目标", "完成值"), (now, near, value), keys, strict=True
        )
    )
    return Worked(
        value=(now - value) / (now - near) * 100,
        formula=f"（{brief(now)} − {brief(value)}）÷（{brief(now)} − {brief(near)}）",
        children=children,
    )


def verdict(derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
    """Reached, or not and by how much."""
    done = rate(derivation, table, row_id)
    if done.value is None:
        return Worked(missing=done.missing, not_applicable=done.not_applicable)
    if done.value >= 100:
        return Worked("完成", Tone.GOOD, children=done.children)
    said = derivation.book.text(cell_key(DONE, row_id, "note"))
    return Worked(
        "没完成", Tone.BAD, note="" if said else "写一句接着怎么办", children=done.children
    )


def _number(derivation: Derivation, key: str) -> Fraction | None:
    answer = derivation.book.get(key)
    return Fraction(answer.text) if isinstance(answer, Given) and answer.text else None
