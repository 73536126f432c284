"""Output of a firm that makes one kind of thing: the denominator of figures per tonne, kilolitre, metre."""

import unicodedata
from collections.abc import Mapping
from fractions import Fraction

from app.assessment.trace import Trace
from app.forms.answer import cell_key
from app.forms.derive import Derivation, Rule
from app.forms.figure import Worked
from app.forms.question import TableQuestion
from app.forms.question_index import row_label
from app.forms.reasons import Reason

_THOUSAND, _TEN_THOUSAND = Fraction(1000), Fraction(10_000)
# how people write a unit -> how many of the unit wanted it is
TONNES: Mapping[str, Fraction] = {
    "t": Fraction(1), "吨": Fraction(1), "kg": 1 / _THOUSAND, "千克": 1 / _THOUSAND, "公斤": 1 / _THOUSAND,
    "万t": _TEN_THOUSAND, "万吨": _TEN_THOUSAND,
}  # fmt: skip
KILOLITRES: Mapping[str, Fraction] = {
    "kl": Fraction(1), "千升": Fraction(1), "l": 1 / _THOUSAND, "升": 1 / _THOUSAND, "万kl": _TEN_THOUSAND,
    "万千升": _TEN_THOUSAND,
}  # fmt: skip
HUNDRED_METRES: Mapping[str, Fraction] = {
    "100m": Fraction(1), "百米": Fraction(1), "hm": Fraction(1), "m": Fraction(1, 100), "米": Fraction(1, 100),
    "km": Fraction(10), "千米": Fraction(10), "万m": Fraction(100), "万米": Fraction(100),
}  # fmt: skip
SQUARE_METRES: Mapping[str, Fraction] = {
    "m2": Fraction(1), "平方米": Fraction(1), "平米": Fraction(1), "㎡": Fraction(1), "万m2": _TEN_THOUSAND, "万平方米": _TEN_THOUSAND,
}  # fmt: skip
CUBIC_METRES: Mapping[str, Fraction] = {
    "m3": Fraction(1), "立方米": Fraction(1), "方": Fraction(1), "万m3": _TEN_THOUSAND, "万立方米": _TEN_THOUSAND,
}  # fmt: skip
_PRODUCTS = "product.list"


def output_in(units: Mapping[str, Fraction]) -> Rule:
    """The rule that adds up the products of the base year when all of them are counted in `units`. A firm that also makes
    other things cannot share its bills between them, so its indicators are answered directly."""

    def output(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
        table = derivation.index.tables.get(_PRODUCTS)
        book = derivation.book
        hidden, open_keys = (
            (True, ()) if table is None else derivation.index.not_asked(_PRODUCTS, book)
        )
        if table is None or (hidden and not open_keys) or book.row_ids("plating.lines"):
            return Worked(not_applicable=Reason.ANSWER_DIRECTLY)
        rows = book.row_ids(_PRODUCTS)
        if open_keys or not rows:
            return Worked(missing=open_keys or (_PRODUCTS,))
        unit_keys = [cell_key(_PRODUCTS, row, "unit") for row in rows]
        missing = tuple(key for key in unit_keys if not book.text(key))
        if missing:
            return Worked(missing=missing)
        scales = [units.get(_folded(book.text(key))) for key in unit_keys]
        total, parts, wanted = Fraction(0), [], []
        for row, scale in zip(rows, scales, strict=True):
            if scale is None:
                return Worked(not_applicable=Reason.ANSWER_DIRECTLY)
            key = cell_key(_PRODUCTS, row, "y0")
            text = book.text(key)
            if not text:
                wanted.append(key)
                continue
            total += Fraction(text) * scale
            unit = book.text(cell_key(_PRODUCTS, row, "unit"))
            parts.append(Trace(row_label(table, row, book), Fraction(text), unit, key=key))
        if wanted:
            return Worked(missing=tuple(wanted))
        return Worked(value=total, formula="基准年各产品的产量相加", children=tuple(parts))

    return output


def _folded(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).replace(" ", "").casefold()
