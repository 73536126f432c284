"""Rows of an own system tied to what the bills and ledgers give: which quantity a row takes its value from.

The tie stands in the row's extras, so that it travels with the system (file, pack, frozen copy) and needs no second place.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from app.assessment.indicator_system import Indicator, IndicatorKind, IndicatorSystem
from app.assessment.units import UNITS, find_unit
from app.audit.compliance import subjects_by_words
from app.forms.quantity import DerivationMap, Quantity
from app.forms.question import Questionnaire, TableQuestion

TAKES = "取数"


def scale(quantity: Quantity, row: Indicator) -> Fraction | None:
    """What a value of the quantity is multiplied by to stand in the unit of the row; None where they measure different
    things, or one has no unit we know."""
    own, asked = find_unit(quantity.unit), UNITS.get(row.unit)
    if own is None or asked is None or own.dimension != asked.dimension:
        return None
    return own.factor / asked.factor


def with_own_ties(
    shipped: DerivationMap | None, system: IndicatorSystem, quantities: Mapping[str, Quantity]
) -> DerivationMap | None:
    """The map of the system with the ties of its own rows on top. A tie to what this program does not know, or to another
    kind of unit, is left out: the row is then answered directly."""
    tied: dict[str, dict[str, str]] = {}
    for table in system.tables:
        for row in table.indicators():
            quantity = quantities.get(row.extras.get(TAKES, ""))
            if quantity is not None and scale(quantity, row) is not None:
                tied.setdefault(table.id, {})[row.id] = quantity.id
    if shipped is None:
        held = _held_by_words(system)
        shipped = DerivationMap(system.id, held=held) if held else None
    if not tied:
        return shipped
    base = shipped or DerivationMap(system.id)
    tables = dict.fromkeys((*base.indicators, *tied))
    return replace(
        base,
        indicators={one: {**base.indicators.get(one, {}), **tied.get(one, {})} for one in tables},
    )


def _held_by_words(system: IndicatorSystem) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """What the rows of a document no map is shipped for are held against."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for table in system.tables:
        for row in table.indicators():
            subjects = subjects_by_words(row)
            if subjects:
                found.setdefault(table.id, {})[row.id] = subjects
    return found


def whole_quantities(
    quantities: Mapping[str, Quantity], questionnaires: Iterable[Questionnaire]
) -> tuple[Quantity, ...]:
    """Those that are one figure of the firm: not of single rows of a table, and numbers."""
    of_rows = {
        column.derived
        for questionnaire in questionnaires
        for page in questionnaire.pages()
        for card in page.cards
        for item in card.items
        if isinstance(item, TableQuestion)
        for column in item.columns
    }
    return tuple(one for one in quantities.values() if one.id not in of_rows and one.unit)


def fitting(row: Indicator, quantities: Iterable[Quantity]) -> tuple[Quantity, ...]:
    """Quantities in a unit the row's can be made of, those named most like it first. None for rows answered in words."""
    if row.kind is not IndicatorKind.QUANTITATIVE:
        return ()
    fits = [one for one in quantities if scale(one, row) is not None]
    return tuple(sorted(fits, key=lambda one: (-_alike(row.name, one.title), one.title, one.id)))


def _alike(name: str, title: str) -> int:
    """How many letters two names share, less those they do not."""
    ours, theirs = Counter(name), Counter(title)
    return 2 * (ours & theirs).total() - (ours | theirs).total()


def tied_row(row: Indicator, quantity_id: str) -> Indicator:
    """The row with a tie, "" takes it away."""
    kept = {name: text for name, text in row.extras.items() if name != TAKES}
    return replace(row, extras={**kept, TAKES: quantity_id} if quantity_id else kept)
