"""Electricity as 等价值 where an indicator system asks for it; 当量值 everywhere else."""

from fractions import Fraction

from app.assessment.numbers import brief
from app.assessment.trace import Trace
from app.forms.answer import Given
from app.forms.derive import Derivation
from app.forms.figure import Worked
from app.forms.question import TableQuestion

_ASKED, _FACTOR, _YEAR, _SOURCE = (
    "energy.by_equivalent",
    "energy.equivalent_factor",
    "energy.equivalent_year",
    "energy.equivalent_source",
)
_BY_HEAT = "electricity_kgce"  # 当量值, GB/T 2589


def equivalent_total(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
    """tce: the total with bought electricity at the 等价值 the user names, with its year and source. Without bought
    electricity it is the total itself."""
    total, bought = derivation.figure("energy.total"), derivation.figure("energy.electricity")
    if total.not_applicable:
        return Worked(not_applicable=total.not_applicable)
    children = (total.trace, bought.trace)
    if total.value is not None and (bought.value == 0 or bought.not_applicable):
        return Worked(value=total.value, note="没有外购电，和当量值一样", children=children)
    book = derivation.book
    wanted = [key for key in (_FACTOR, _YEAR, _SOURCE) if not book.text(key)]
    if wanted and book.text(_ASKED) != "yes":
        wanted = [_ASKED]  # the three are asked after it
    if total.value is None or bought.value is None or wanted:
        missing = tuple(dict.fromkeys((*total.missing, *bought.missing, *wanted)))
        return Worked(missing=missing, note="等价值要写明是多少、哪一年的、从哪来")
    factor, by_heat = Fraction(book.text(_FACTOR)), derivation.factors[_BY_HEAT].value
    answer = book.get(_FACTOR)
    said = f"{book.text(_YEAR)} 年，{book.text(_SOURCE)}"
    if isinstance(answer, Given) and answer.note:
        said = f"{said}；{answer.note}"
    used = Trace("电力等价值", factor, "kgce/kWh", note=said, key=_FACTOR)
    return Worked(
        value=total.value + bought.value * (factor - by_heat) / 1000,
        formula=f"当量值的合计 + {brief(bought.value)} kWh ×（{brief(factor)} − {brief(by_heat)}）÷ 1000",
        note=f"外购电按等价值 {brief(factor)} kgce/kWh（{said}）；热力和自发电仍按当量值",
        children=(*children, used),
    )
