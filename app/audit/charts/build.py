"""From an audit to its charts: which answers and figures a chart shows. The ids are those of resources/forms."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Level, Table
from app.assessment.numbers import brief, display, fraction_of
from app.assessment.result import Assessment
from app.audit.balance import material_balances, water_balance
from app.audit.charts import layouts
from app.audit.charts.layouts import (
    CategoryShare,
    IndexRow,
    MonthValue,
    SplitBar,
    YearPanel,
)
from app.audit.charts.process_flow import process_flow
from app.audit.charts.shapes import Chart, Fill, Role
from app.audit.charts.water_flow import WaterFlow, WaterUnit, water_flow
from app.audit.charts.water_trunk import water_trunk
from app.audit.processes import processes
from app.audit.project import AuditProject
from app.forms.answer import Answer, Given, cell_key
from app.forms.outliers import outliers


def amount(answer: Answer) -> Fraction | None:
    """A typed number; not applicable counts as nothing flowing, missing stays None."""
    if isinstance(answer, Given) and answer.text:
        return fraction_of(answer.text)
    return Fraction(0) if isinstance(answer, NotApplicable) else None


def _months(project: AuditProject, year: int | None = None) -> tuple[str, ...]:
    """Row ids of the months of a year, else of the base year."""
    year = year or project.base_year
    return () if year is None else tuple(f"{year}-{month:02d}" for month in range(1, 13))


def _odd_months(
    project: AuditProject, table_id: str, column_id: str, year: int | None = None
) -> tuple[str, ...]:
    """Months of a year outside median ± 5 MAD of their column in it."""
    values = {}
    for row_id in _months(project, year):
        value = amount(project.book.get(cell_key(table_id, row_id, column_id)))
        if value is not None:
            values[row_id] = value
    return outliers(values)


_MONTHLY = {
    "energy.monthly": ("energy.bills", ("electricity", "gas")),
    "water.monthly": ("water.bills", ("intake",)),
}


def unusual_months(project: AuditProject, chart_id: str) -> list[tuple[int, str]]:
    """(month, what was said of it) of the months a monthly chart marks; "" where nobody said why."""
    if chart_id not in _MONTHLY or _MONTHLY[chart_id][0] not in project.index.tables:
        return []
    table_id, columns = _MONTHLY[chart_id]
    odd: dict[str, dict[str, None]] = {}
    for column in columns:
        for row_id in _odd_months(project, table_id, column):
            said = odd.setdefault(row_id, {})
            answer = project.book.get(cell_key(table_id, row_id, column))
            notes = (answer.note if isinstance(answer, Given) else "",)
            row_note = project.book.text(cell_key(table_id, row_id, "note"))
            explained = _explained(project, f"{table_id}/{row_id}/")
            for note in (*notes, row_note, *([] if row_note else explained)):
                if note.strip():
                    said[note.strip().rstrip("。")] = None
    return [(int(row_id[5:]), "，".join(said)) for row_id, said in sorted(odd.items())]


def _explained(project: AuditProject, place: str) -> list[str]:
    """What was written to the check-up's question about a month (its answers are kept under checkup/<rule>/<answer>)."""
    return [
        answer.text
        for key, answer in sorted(project.book.answers.items())
        if key.startswith("checkup/") and key.partition("/")[2].partition("/")[2].startswith(place)
        and isinstance(answer, Given)
    ]  # fmt: skip


def _is_used(project: AuditProject, table_id: str, column: str, year: int | None) -> bool:
    """Whether any month has an amount, or may still get one: not where the firm says that it uses none."""
    answers = [project.book.get(cell_key(table_id, row, column)) for row in _months(project, year)]
    return not answers or not all(isinstance(one, NotApplicable) for one in answers)


def _monthly_energy(project: AuditProject, width: float, year: int | None = None) -> Chart | None:
    table = project.index.tables.get("energy.bills")
    if table is None or not _months(project, year):
        return None
    series = [
        column
        for column in table.columns
        if column.id in ("electricity", "gas")
        and (column.id == "electricity" or _is_used(project, table.id, column.id, year))
    ]
    odd = {row for column in series for row in _odd_months(project, table.id, column.id, year)}
    factors = {
        column.id: project.derivation.factors[f"{column.id}_kgce"].value / 1000 for column in series
    }
    months = []
    for row_id in _months(project, year):
        parts = []
        for column in series:
            value = amount(project.book.get(cell_key(table.id, row_id, column.id)))
            parts.append(None if value is None else value * factors[column.id])
        months.append(MonthValue(str(int(row_id[5:])), tuple(parts), row_id in odd))
    return layouts.monthly_bars(months, [column.title for column in series], "tce", width=width)


def _monthly_water(project: AuditProject, width: float, year: int | None = None) -> Chart | None:
    if "water.bills" not in project.index.tables or not _months(project, year):
        return None
    odd = set(_odd_months(project, "water.bills", "intake", year))
    months = [
        MonthValue(
            str(int(row_id[5:])),
            (amount(project.book.get(cell_key("water.bills", row_id, "intake"))),),
            row_id in odd,
        )
        for row_id in _months(project, year)
    ]
    return layouts.monthly_bars(months, ["取水"], "m³", width=width)


def _water_flow(project: AuditProject, width: float) -> Chart | None:
    flow = _flow_of_water(project)
    return None if flow is None else water_flow(flow, width=width)


def _water_trunk(project: AuditProject, width: float) -> Chart | None:
    flow = _flow_of_water(project)
    return None if flow is None else water_trunk(flow, width=width)


def _flow_of_water(project: AuditProject) -> WaterFlow | None:
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
    return WaterFlow(
        intake, tuple(units), works_in, outlet, plant_loss, reclaimed, gap_in, gap_works
    )


def _material(project: AuditProject, width: float) -> Chart | None:
    """Where the first balanced material went."""
    for balance in material_balances(project):
        streams = [(one.name, one.amount) for one in balance.outputs if one.amount is not None]
        if balance.total_in is None or not streams:
            continue
        total = balance.total_in
        parts = [*streams, ("差额", balance.gap)] if balance.gap else streams
        if total <= 0 or min(value for _, value in streams) < 0:
            continue
        bars = [
            SplitBar(f"{balance.material}投入", (Fraction(0), total), f"{brief(total)} kg"),
            *(
                SplitBar(
                    name,
                    (abs(value), Fraction(0)),
                    f"{brief(value)} kg，{display(value * 100 / total, 2)}%",
                )
                for name, value in parts
            ),
        ]
        fills = ((Fill.SOLID, Role.GOOD), (Fill.BLANK, Role.INK))
        return layouts.split_bars(bars, (), "kg", fills=fills, width=width)
    return None


_PATHS = ("无组织", "排气筒", "治理去除", "随废物")


def _voc_flow(project: AuditProject, width: float) -> Chart | None:
    """Where the VOC of the ledger went; what nobody says goes with the waste counts as not collected."""
    found = [
        project.derivation.figure(f"voc.{name}").value
        for name in ("generated", "collected", "removed", "fugitive", "emitted")
    ]
    values = [value for value in found if value is not None]
    if len(values) < len(found) or values[0] <= 0:
        return None
    generated, collected, removed, fugitive, emitted = values
    parts = (fugitive, collected - removed, removed, generated - collected - fugitive)
    if min(parts) < 0:
        return None
    words = f"产生 {display(generated, 0)}，排到大气 {display(emitted, 0)}"
    return layouts.split_bars([SplitBar("全部物料", parts, words)], _PATHS, "kg", width=width)


def _voc_materials(project: AuditProject, width: float) -> Chart | None:
    """VOC by material, the greatest first."""
    table = project.index.tables.get("voc.materials")
    total = project.derivation.figure("voc.generated").value
    if table is None or not total:
        return None
    bars = []
    for row_id in project.book.row_ids(table.id):
        value = project.derivation.cell(table.id, row_id, "generated").value
        if value is not None:
            name_key = cell_key(table.id, row_id, "name")
            words = f"{display(value, 0)}，占 {display(value * 100 / total, 1)}%"
            bars.append(SplitBar(project.book.text(name_key), (value,), words, name_key))
    bars.sort(key=lambda bar: -bar.parts[0])
    return layouts.split_bars(bars, ("VOC 产生",), "kg", fills=_ONE_WAY[1:], width=width)


def _voc_swap(project: AuditProject, width: float) -> Chart | None:
    """The VOC of a material and of its substitute, by where it goes."""
    bars = []
    for side, name in (("now", "现用"), ("new", "替代后")):
        figures = [
            project.derivation.figure(f"voc.swap_{side}_{path}").value
            for path in ("fugitive", "stack", "removed")
        ]
        waste = amount(project.book.get(cell_key("voc.swap", "waste", side)))
        parts = [part for part in (*figures, waste) if part is not None]
        if len(parts) != len(_PATHS) or min(parts) < 0:
            return None
        air = parts[0] + parts[1]
        words = f"产生 {display(sum(parts, Fraction(0)), 0)}，排到大气 {display(air, 0)}"
        bars.append(SplitBar(name, tuple(parts), words))
    return layouts.split_bars(bars, _PATHS, "kg", width=width)


_ONE_WAY = ((Fill.HATCH, Role.GOOD), (Fill.SOLID, Role.ENERGY), (Fill.DOTS, Role.INK))


def _packaging(project: AuditProject, width: float) -> Chart | None:
    """What came back, what did not, and what was thrown away here, by kind of packaging."""
    table = project.index.tables.get("packaging.list")
    if table is None:
        return None
    bars = []
    for row_id in project.book.row_ids(table.id):
        cells = [
            amount(project.book.get(cell_key(table.id, row_id, column)))
            for column in ("shipped", "returned", "scrapped")
        ]
        shipped, returned, scrapped = cells
        if shipped is None or returned is None or scrapped is None:
            continue
        name_key = cell_key(table.id, row_id, "name")
        back = min(returned, shipped)
        reuse = project.derivation.cell(table.id, row_id, "reuse").value
        words = f"发出 {display(shipped, 0)}"
        words += "" if reuse is None else f"，复用 {display(reuse, 0)}%"
        parts = (back, shipped - back, scrapped)
        bars.append(SplitBar(project.book.text(name_key), parts, words, name_key))
    if not bars:
        return None
    names = ("退回再用", "发出不回来", "报废")
    return layouts.split_bars(bars, names, "kg", fills=_ONE_WAY, width=width)


def _process(project: AuditProject, width: float) -> Chart | None:
    found = processes(project)
    return process_flow(found.lines, names=found.names, width=width) if found.lines else None


PAPER_WIDTH = 444  # points between the margins of a report page

_OF_A_YEAR: dict[str, Callable[[AuditProject, float, int | None], Chart | None]] = {
    "energy.monthly": _monthly_energy,
    "water.monthly": _monthly_water,
}
_CHARTS: dict[str, Callable[[AuditProject, float], Chart | None]] = {
    "water.flow": _water_flow,
    "material.balance": _material,
    "process.flow": _process,
    "voc.flow": _voc_flow,
    "voc.materials": _voc_materials,
    "voc.swap": _voc_swap,
    "packaging.reuse": _packaging,
}


def chart_of(
    project: AuditProject, chart_id: str, width: float = PAPER_WIDTH, *, year: int | None = None
) -> Chart | None:
    """A chart named in the question data, `width` points wide; None while too little is answered to draw it.

    year: of a chart that has one for every year (`has_years`); the base year when it is left out. KeyError for an unknown id.
    """
    if has_years(chart_id):
        return _OF_A_YEAR[chart_id](project, width, year)
    return _CHARTS[chart_id](project, width)


def printed_chart(project: AuditProject, chart_id: str) -> Chart | None:
    """The chart as papers show it: the balance of water in lines where the screen has broad bands."""
    if chart_id == "water.flow":
        return _water_trunk(project, PAPER_WIDTH)
    return chart_of(project, chart_id)


def has_years(chart_id: str) -> bool:
    """Whether a chart shows the months of one year, any of the three; the others are of the base year."""
    return chart_id in _OF_A_YEAR


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
    shares = _category_points(table, assessment, level)
    return layouts.category_shares(shares) if shares else None


def share_pairs(table: Table, before: Assessment, after: Assessment, level: Level) -> Chart | None:
    """The same before and after the measures; None where a weight is unknown."""
    old, new = (_category_points(table, one, level) for one in (before, after))
    later = {one.name: one.won for one in new or ()}
    if not old or {one.name for one in old} != set(later):
        return None
    return layouts.category_radar([replace(one, after=later[one.name]) for one in old])


def _category_points(
    table: Table, assessment: Assessment, level: Level
) -> list[CategoryShare] | None:
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
    return shares
