"""Targets: how far each was reached. Which way is better is told by the target itself against the present value."""

from fractions import Fraction

from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.audit.self_check import MORE_IS_BETTER
from app.forms.answer import Given, cell_key
from app.forms.derive import Derivation
from app.forms.figure import Figure, Tone, Worked
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


def today(derivation: Derivation, row_id: str) -> Figure | None:
    """The figure of the audit a target speaks of by its title; None when it speaks of none."""
    name = derivation.book.text(cell_key(TABLE, row_id, "name")).strip()
    unit = derivation.book.text(cell_key(TABLE, row_id, "unit")).strip()
    for quantity in derivation.quantities.values():
        if name and quantity.title == name and (not unit or quantity.unit == unit):
            figure = derivation.figure(quantity.id)
            if figure.value is not None:
                return figure
    return None


def check(derivation: Derivation, _table: TableQuestion | None, row_id: str) -> Worked:
    """The baseline against the audit's own figure, and whether the target is a step forward at all."""
    keys = [cell_key(TABLE, row_id, column) for column in ("now", "near", "far")]
    now, near, far = (_number(derivation, key) for key in keys)
    if now is None or near is None:
        return Worked(missing=tuple(key for key in keys[:2] if _number(derivation, key) is None))
    titles = zip(("现状", "近期目标", "远期目标"), (now, near, far), keys, strict=True)
    children = [Trace(title, value, key=key) for title, value, key in titles]
    figure = today(derivation, row_id)
    if figure is not None and figure.value is not None:
        children.append(figure.trace)
        if abs(figure.value - now) > Fraction(6, 10 ** (figure.decimals + 1)):
            said = f"现状和账单算的 {display(figure.value, figure.decimals)} 不一样"
            return Worked(
                said, Tone.BAD, note="照算出来的填，或写明为什么不同", children=tuple(children)
            )
        more = figure.quantity_id in MORE_IS_BETTER
        if (near < now) if more else (near > now):
            return Worked(
                "目标比现状还差", Tone.BAD, note="近期目标要比现状好", children=tuple(children)
            )
    if near == now:
        return Worked("和现状一样，等于没定", Tone.BAD, children=tuple(children))
    if far is not None and (far - now) * (near - now) > 0 and abs(far - now) < abs(near - now):
        return Worked("远期还不如近期", Tone.BAD, children=tuple(children))
    if far is not None and (far - now) * (near - now) < 0:
        return Worked("远期和近期方向相反", Tone.BAD, children=tuple(children))
    if not now:
        return Worked("", children=tuple(children))
    change = (near - now) / abs(now) * 100
    words = f"比现状{'高' if change > 0 else '低'} {display(abs(change), 1)}%"
    return Worked(words, children=tuple(children))
