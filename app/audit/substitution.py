"""What the VOC ledger says of a material and of its substitute, so that the comparison needs nothing typed twice."""

from fractions import Fraction

from app.assessment.numbers import brief, display
from app.assessment.trace import Trace
from app.audit.offers import VOC_LEDGER as LEDGER
from app.forms.answer import cell_key
from app.forms.derive import Derivation, Rule
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion

SIDES = {"now": "现用", "new": "替代"}
_HUNDRED = Fraction(100)
# row of the comparison -> words and unit
_KNOWN = {
    "amount": ("年用量", "kg", 0),
    "percent": ("VOC 质量分数", "%", 1),
    "solids": ("固体分", "%", 1),
    "solvent": ("另加溶剂（折 VOC）", "kg", 0),
}
# A substitute's amount follows from the solids: what is used of it elsewhere says nothing.
TAKEN = (*(("now", row) for row in _KNOWN), ("new", "percent"), ("new", "solids"))


def from_ledger(side: str, row: str) -> Rule:
    """The rule that takes one figure of the comparison from the ledger's row of the same name: row is one of amount (kg),
    percent (mass fraction, %), solids (%), solvent (VOC of the thinner added, kg). Missing where the ledger has no such row,
    two of them, or not this figure."""

    def known(derivation: Derivation, _table: TableQuestion | None, _row: str) -> Worked:
        return _known(derivation, side, row)

    return known


def said(derivation: Derivation, _table: TableQuestion | None, _row: str) -> Worked:
    """In words: what the ledger gives for both materials."""
    book = derivation.book
    lines = []
    for side, title in SIDES.items():
        name = book.text(_name_key(side)).strip()
        if not name:
            continue
        if _row_of(derivation, side) is None:
            continue
        # Only what stands in for an empty cell: beside a typed one a second figure would only be read as another.
        values = {
            row: _known(derivation, side, row).value
            for where, row in TAKEN
            if where == side and not book.text(cell_key("voc.swap", row, side)).strip()
        }
        parts = [
            f"{words} {display(value, places)} {unit}"
            for row, (words, unit, places) in _KNOWN.items()
            if (value := values.get(row)) is not None
        ]
        if parts:
            lines.append(f"{title}「{name}」{'，'.join(parts)}")
    if not lines:
        return Worked(not_applicable="台账里没有这两个名字，或比选表都填了")
    return Worked("；".join(lines), Tone.PLAIN, note="比选表没填的，用台账里的")


def _name_key(side: str) -> str:
    return f"voc.swap_{side}_name"


def _row_of(derivation: Derivation, side: str) -> str | None:
    name = derivation.book.text(_name_key(side)).strip()
    rows = [
        row
        for row in derivation.book.row_ids(LEDGER)
        if name and derivation.book.text(cell_key(LEDGER, row, "name")).strip() == name
    ]
    return rows[0] if len(rows) == 1 else None


def _known(derivation: Derivation, side: str, row: str) -> Worked:
    found = _row_of(derivation, side)
    typed = cell_key("voc.swap", row, side)
    if found is None:
        return Worked(missing=(typed,))
    words, unit, _places = _KNOWN[row]
    name = derivation.book.text(_name_key(side)).strip()

    def number(column: str) -> Fraction | None:
        return derivation.book.number(cell_key(LEDGER, found, column))

    if row == "percent":
        share = derivation.cell(LEDGER, found, "share")
        if share.value is None:
            return Worked(missing=(typed,))
        return Worked(value=share.value, formula="VOCs 物料台账", children=(share.trace,))
    if row == "solvent":
        amount, per, share_of = (number(c) for c in ("amount", "thinner", "thinner_percent"))
        if amount is None or per is None or share_of is None:
            return Worked(missing=(typed,))
        value = amount * per * share_of / _HUNDRED / _HUNDRED
        formula = f"{brief(amount)} × {brief(per)} ÷ 100 × {brief(share_of)} %"
    else:
        own = number(row)
        if own is None:
            return Worked(missing=(typed,))
        value, formula = own, "VOCs 物料台账"
    key = cell_key(LEDGER, found, "thinner" if row == "solvent" else row)
    return Worked(
        value=value, formula=formula, children=(Trace(f"{name} {words}", value, unit, key=key),)
    )
