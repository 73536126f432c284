"""自评参考: where no indicator system fits, the firm's three years against its own best one. Never a level."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import DocumentKind, IndicatorSystem
from app.audit.project import AuditProject
from app.forms.derive import dependencies
from app.forms.figure import Figure
from app.forms.question import FigureStrip, RowsKind

HEADING = "自评参考"
CAUTION = "没有可以定级的指标体系：下面只和本企业近三年比，不是清洁生产等级。"
BESIDE = "只和本企业近三年比，供参考；不是清洁生产等级，不影响按体系定的级。"
NO_LEVEL = "按这份体系给不出等级：下面只和本企业近三年比，供参考，不是清洁生产等级。"
# Shares of which more is better, and less is better. Quantities per unit of product, area or person: less is better.
MORE_IS_BETTER = frozenset(
    (
        "plating.water_reuse", "plating.wastewater_treated", "plating.use_zinc", "plating.use_copper",
        "plating.use_nickel", "plating.use_decorative_chrome", "plating.use_hard_chrome", "plating.use_gold",
        "plating.use_silver", "water.reuse", "voc.low_share", "packaging.reuse", "construction.waste_use",
        "fleet.clean_share", "livestock.manure_use", "logistics.reusable", "planting.film_recovery",
        "planting.organic_share", "port.shore_share", "repair.wash_reuse", "aquaculture.tail_treated",
    )
)  # fmt: skip
_LESS_IS_BETTER = frozenset(
    ("construction.steel_loss", "laundry.rewash", "retail.refrigerant", "unit.meter_gap")
)


@dataclass(frozen=True)
class SelfRow:
    """One quantity over the audit's years. best: the best of the years that are known, best_year its year; behind: how
    much worse the base year is, in percent of the best; None while the base year or every other year is open."""

    quantity_id: str
    title: str
    unit: str
    decimals: int
    figures: tuple[Figure, ...]
    best: Fraction | None
    best_year: int | None
    behind: Fraction | None


def self_check(project: AuditProject) -> tuple[SelfRow, ...]:
    """Every quantity per unit of output and every share the question set asks for, with at least one year known."""
    return tuple(_rows(project)) if project.years else ()


def _rows(project: AuditProject) -> Iterator[SelfRow]:
    shown = {
        name
        for page in project.questionnaire.pages()
        for card in page.cards
        for item in card.items
        if isinstance(item, FigureStrip)
        for name in item.quantities
    }
    for quantity_id, quantity in project.derivation.quantities.items():
        per_unit = "/" in quantity.unit
        if not (per_unit or quantity_id in MORE_IS_BETTER or quantity_id in _LESS_IS_BETTER):
            continue
        if quantity_id not in shown or not is_asked(project, quantity_id):
            continue
        if not _is_by_year(project, quantity_id):
            continue
        figures = tuple(project.derivation.figure(quantity_id, year) for year in project.years)
        known = {
            year: figure.value
            for year, figure in zip(project.years, figures, strict=True)
            if figure.value is not None
        }
        if len(known) < 2 and not any(figure.missing for figure in figures):
            continue  # only asked for the base year: nothing to compare
        less = quantity_id not in MORE_IS_BETTER
        pick = min if less else max
        if not known:
            continue
        best_year = pick(known, key=lambda year: (known[year], -year if less else year))
        best = known[best_year]
        now = known.get(project.years[-1])
        behind = None
        if now is not None and len(known) > 1 and best:
            behind = (now - best if less else best - now) * 100 / best
        yield SelfRow(
            quantity_id,
            quantity.title,
            quantity.unit,
            quantity.decimals,
            figures,
            best if len(known) > 1 else None,
            best_year if len(known) > 1 else None,
            behind,
        )


def _is_by_year(project: AuditProject, quantity_id: str) -> bool:
    """Whether nothing it rests on is a list that is kept for the base year only."""
    quantities = project.derivation.quantities
    needed: set[str] = set()
    dependencies(quantities[quantity_id].expression, quantities, needed.add)
    tables = {
        place.table
        for name in needed
        if (place := project.index.places.get(name)) is not None and place.table is not None
    }
    return all(
        table.rows in (RowsKind.MONTHS, RowsKind.YEARS)
        or any(column.id in ("y1", "y2") for column in table.columns)
        for table in tables
    )


def is_reference(system: IndicatorSystem) -> bool:
    """Whether the document never gives a cleaner-production level: an energy quota, a reference table."""
    return system.kind in (DocumentKind.ENERGY_QUOTA, DocumentKind.REFERENCE_TABLE)


def is_asked(project: AuditProject, quantity_id: str) -> bool:
    """Whether the question set has what the quantity is worked out from."""
    quantities = project.derivation.quantities
    if quantity_id not in quantities:
        return False
    needed: set[str] = set()
    dependencies(quantities[quantity_id].expression, quantities, needed.add)
    asked = set(project.index.places) | set(project.index.tables)
    return all(name in asked or name in quantities or name.startswith("factor.") for name in needed)
