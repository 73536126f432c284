"""Yearly emissions of one pollutant, as the page of compliance lists them: the numerator of emissions per product."""

import re
import unicodedata
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.trace import Trace
from app.audit.compliance import TOTALS, known_number
from app.forms.answer import AnswerBook, cell_key
from app.forms.derive import Derivation, Rule
from app.forms.figure import Worked
from app.forms.question import TableQuestion
from app.forms.reasons import Reason

# how people write a pollutant in a table of totals; a word that may be another one is not among them
COD = frozenset(("cod", "codcr", "化学需氧量"))
AMMONIA = frozenset(("氨氮", "nh3-n"))
SULPHUR_DIOXIDE = frozenset(("so2", "二氧化硫"))
NITROGEN_OXIDES = frozenset(("nox", "氮氧化物"))
DUST = frozenset(("颗粒物",))
VOC = frozenset(("voc", "vocs", "挥发性有机物", "总挥发性有机物"))
_BASE_YEAR = "y0"


def emitted(names: frozenset[str]) -> Rule:
    """The rule that adds up the rows of a pollutant in the base year, t. A firm whose set has no such table, or whose table
    has no such row, answers directly: not listed is not zero."""

    def total(derivation: Derivation, _table: TableQuestion | None, _row_id: str) -> Worked:
        book = derivation.book
        if TOTALS not in derivation.index.tables:
            return Worked(not_applicable=Reason.ANSWER_DIRECTLY)
        rows = [
            row
            for row in book.row_ids(TOTALS)
            if is_called(book.text(cell_key(TOTALS, row, "name")), names)
        ]
        if not rows:
            return Worked(not_applicable=Reason.ANSWER_DIRECTLY)
        amount, parts, missing = Fraction(0), [], []
        for row in rows:
            key = cell_key(TOTALS, row, _BASE_YEAR)
            answer, value = book.get(key), known_number(book, key)
            if isinstance(answer, NotApplicable):
                return Worked(not_applicable=answer.reason)
            if value is None:
                missing.append(key)
                continue
            amount += value
            parts.append(Trace(book.text(cell_key(TOTALS, row, "name")), value, "t", key=key))
        if missing:
            return Worked(missing=tuple(missing))
        return Worked(value=amount, formula="总量表基准年", children=tuple(parts))

    return total


def permitted_voc(book: AnswerBook) -> Fraction | None:
    """What the permit allows of VOC a year, t; None while no row says."""
    found = [
        known_number(book, cell_key(TOTALS, row, "permitted"))
        for row in book.row_ids(TOTALS)
        if is_called(book.text(cell_key(TOTALS, row, "name")), VOC)
    ]
    known = [one for one in found if one is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(found) else None


def is_called(text: str, names: frozenset[str]) -> bool:
    """Whether a name, without or within its brackets, is one of `names`: 「化学需氧量（CODcr）」."""
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").casefold()
    outside = re.sub(r"\(.*?\)", "", folded)
    inside = re.findall(r"\((.*?)\)", folded)
    return outside in names or (not outside and bool(inside) and inside[0] in names)
