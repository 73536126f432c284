"""From an audit to its charts: which answers and figures a chart shows. The ids are those of resources/forms."""

from collections.abc import Callable
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Level, Table
from app.assessment.result import Assessment
from app.audit.balance import material_balances, water_balance
from app.audit.charts import layouts
from app.audit.charts.layouts import (
    CategoryShare,
    IndexRow,
    MonthValue,
    WaterFlow,
    WaterUnit,
    YearPanel,
)
from app.audit.charts.process_flow import process_flow
from app.audit.charts.shapes import Chart
from app.audit.processes import processes
from app.audit.project import AuditProject
from app.forms.answer import Answer, Given, cell_key
from app.forms.checks import outliers


def amount(answer: Answer) -> Fraction | None:
    """A typed number; not applicable counts as nothing flowing, missing stays None."""
    if isinstance(answer, Given) and answer.text:
        return Fraction(answer.text)
    return Fraction(0) if isinstance(answer, NotApplicable) else None


def _months(project: AuditProject) -> tuple[str, ...]:
    year = project.base_year
    return () if year is None else tuple(f"{year}-{month:02d}" for month in range(1, 13))


def _odd_months(project: AuditProject, table_id: str, column_id: str) -> tuple[str, ...]:
    """Base-year months outside median ± 5 MAD of their column."""
    values = {}
    for row_id in _months(project):
        value = amount(project.book.get(cell_key(table_id, row_id, column_id)))
        if value is not None:
            values[row_id] = value
    return outliers(values)


def _monthly_energy(project: AuditProject, width: float) -> Chart | None:
    table = project.index.tables.get("energy.bills")
    if table is None or not _months(project):
        return None
    series = [column for column in table.columns if column.id in ("electricity", "gas")]
    odd = {row for column in series for row in _odd_months(project, table.id, column.id)}
    factors = {
        column.id: project.derivation.factors[f"{column.id}_kgce"].value / 1000 for column in series
    }
    months = []
    for row_id in _months(project):
        parts = []
        for column in series:
            value = amount(project.book.get(cell_key(table.id, row_id, column.id)))
            parts.append(None if value is None else value * factors[column.id])
        months.append(MonthValue(str(int(row_id[5:])), tuple(parts), row_id in odd))
    return layouts.monthly_bars(months, [column.title for column in series], "tce", width=width)


def _monthly_water(project: AuditProject, width: float) -> Chart | None:
    if "water.bills" not in project.index.tables or not _months(project):
        return None
    odd = set(_odd_months(project, "water.bills", "intake"))
    months = [
        MonthValue(
            str(int(row_id[5:])),
            (amount(project.book.get(cell_key("water.bills", row_id, "intake"))),),
            row_id in odd,
        )
        for row_id in _months(project)
    ]
    return layouts.monthly_bars(months, ["取水"], "m³", width=width)


def _water_flow(project: AuditProject, width: float) -> Chart | None:
    """None until every figure of the balance is there: a picture with holes would look like a closed balance."""
    if "water.units" not in project.index.tables:
        return None
    balance = water_balance(project)
    units = []
    for unit in balance.units:
        cells = [
            amount(a) for a in (unit.fresh, unit.reclaimed, unit.cascade, unit.loss, unit.drain)
        ]
        if None in cells:
            return None
        fresh, back, internal, loss, drain = (cell or Fraction(0) for cell in cells)
        to_works = unit.kind != "living"
        units.append(WaterUnit(unit.name, fresh, back, internal, loss, drain, to_works))
    outlet, plant_loss = amount(balance.outlet), amount(balance.plant_loss)
    figures = [
        figure.value
        for figure in (
            balance.intake,
            balance.plant_in,
            balance.reclaimed,
            balance.parts[0].figure,
            balance.parts[1].figure,
        )
    ]
    if not units or outlet is None or plant_loss is None or None in figures:
        return None
    intake, works_in, reclaimed, gap_in, gap_works = (value or Fraction(0) for value in figures)
    return layouts.water_flow(
        WaterFlow(intake, tuple(units), works_in, outlet, plant_loss, reclaimed, gap_in, gap_works),
        width=width,
    )


def _material(project: AuditProject, width: float) -> Chart | None:
    """Where the first balanced material went."""
    for balance in material_balances(project):
        streams = [(one.name, one.amount) for one in balance.outputs if one.amount is not None]
        if balance.total_in is None or not streams:
            continue
        panels = [CategoryShare(name, balance.total_in, value) for name, value in streams]
        if balance.gap:
            panels.append(CategoryShare("差额", balance.total_in, abs(balance.gap)))
        return layouts.category_shares(
            panels, legend=f"{balance.material}，kg；框 投入，实心 去向", width=width
        )
    return None


def _process(project: AuditProject, width: float) -> Chart | None:
    found = processes(project)
    return process_flow(found.lines, names=found.names, width=width) if found.lines else None


PAPER_WIDTH = 444  # points between the margins of a report page

_CHARTS: dict[str, Callable[[AuditProject, float], Chart | None]] = {
    "energy.monthly": _monthly_energy,
    "water.monthly": _monthly_water,
    "water.flow": _water_flow,
    "material.balance": _material,
    "process.flow": _process,
}


def chart_of(project: AuditProject, chart_id: str, width: float = PAPER_WIDTH) -> Chart | None:
    """A chart named in the question data, `width` points wide; None while too little is answered to draw it.

    KeyError for an unknown id.
    """
    return _CHARTS[chart_id](project, width)


def year_chart(project: AuditProject, quantities: tuple[str, ...]) -> Chart | None:
    """Small multiples of three years, one per quantity that has a figure in the base year."""
    panels = []
    for quantity_id in quantities:
        figures = [project.derivation.figure(quantity_id, year) for year in project.years]
        if figures and figures[-1].value is not None:
            panels.append(
                YearPanel(
                    figures[-1].title,
                    figures[-1].unit,
                    tuple(str(year) for year in project.years),
                    tuple(figure.value for figure in figures),
                    figures[-1].decimals,
                )
            )
    return layouts.year_panels(panels) if panels else None


def index_chart(project: AuditProject, assessment: Assessment) -> Chart | None:
    """The indexes with what each level asks; None for documents without an index."""
    if project.system is None or not assessment.index_range:
        return None
    asked = {rule.level: rule.min_index for rule in project.system.method.levels}
    return layouts.index_bars(
        [
            IndexRow(level.symbol, interval.low, interval.high, asked.get(level))
            for level, interval in assessment.index_range.items()
        ]
    )


def share_chart(table: Table, assessment: Assessment, level: Level) -> Chart | None:
    """Points won at `level` by category; None where a weight is unknown."""
    by_id = {judgement.indicator_id: judgement for judgement in assessment.judgements}
    shares = []
    for category in table.categories:
        judged = [by_id[one.id] for one in category.indicators if one.id in by_id]
        if any(one.share is None for one in judged):
            return None
        full = sum((one.share or Fraction(0) for one in judged), Fraction(0))
        won = sum((one.share or Fraction(0) for one in judged if one.meets[level]), Fraction(0))
        if full:
            shares.append(CategoryShare(category.name.removesuffix("指标"), full, won))
    return layouts.category_shares(shares) if shares else None
