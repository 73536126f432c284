"""Whether our copy of a document has all that a level needs: known before anything is answered."""

from app.assessment.indicator_system import (
    Category,
    DocumentKind,
    Family,
    Indicator,
    IndicatorSystem,
    Table,
)


def _weights_known(table: Table) -> bool:
    """Whether every weight a level-index table needs is known."""
    return all(
        category.weight is not None and not any(map(weight_unknown, category.indicators))
        for category in table.categories
    )


def weight_unknown(indicator: Indicator) -> bool:
    """Whether our copy lacks its weight, or that of its group."""
    if indicator.share is not None:
        return indicator.share.total is None
    return indicator.weight is None


def gives_a_level(system: IndicatorSystem) -> bool:
    """Whether full answers to one of its tables lead to a level (a quota: to a level per product). What our copy lacks too
    much of is here for comparison only, and an audit by it never gets a level."""
    return any(is_scorable(system, table) for table in system.tables)


def for_comparison_only(system: IndicatorSystem) -> bool:
    """True for a document that would give a level, of which our copy lacks weights or points."""
    adds_up = (Family.LEVEL_INDEX, Family.P_INDEX, Family.POINTS)
    if system.kind is DocumentKind.REFERENCE_TABLE or system.method.family not in adds_up:
        return False
    return not gives_a_level(system)


def is_scorable(system: IndicatorSystem, table: Table) -> bool:
    """Whether full answers to `table` give a level: not for profiles without weights, reference tables or unknown weights."""
    if system.kind is DocumentKind.REFERENCE_TABLE:
        return False
    match system.method.family:
        case Family.LEVEL_INDEX:
            return _weights_known(table)
        case Family.P_INDEX:
            return all(_points_known(category) for category in table.categories)
        case Family.POINTS:
            return all(row.points is not None for row in table.indicators())
        case Family.ENERGY_QUOTA:
            return True
        case Family.LEVEL_ONLY | Family.CHECKLIST:
            return False


def _points_known(category: Category) -> bool:
    return category.points is not None and all(
        row.points is not None for row in category.indicators
    )
