"""Where a number on paper comes from: the trace behind its key (app.papers.document.Amount)."""

from dataclasses import replace
from fractions import Fraction

from app.assessment.finding import Measured
from app.assessment.gap import GapItem, gap_to
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.assessment.trace import Trace
from app.audit.balance import material_balances, water_balance
from app.audit.compliance import YEAR_COLUMNS, judged_results
from app.audit.findings import inputs_of
from app.audit.project import AuditProject
from app.errors import ProgramError
from app.forms.answer import Given
from app.forms.figure import Figure
from app.forms.question import RowsKind, TableQuestion
from app.measures.results import afterwards, expected, settings_of
from app.papers.answers import exact_of
from app.papers.chapters.unit_use import OUTPUT
from app.papers.measure_chains import measure_chain

_STATES = ("after", "expected")  # of the firm, behind the keys of indicators, indexes and gaps


def chain_of(project: AuditProject, assessment: Assessment | None, key: str) -> Trace | None:
    """The way from the number back to what was typed; None for keys nothing stands behind."""
    kind, _, rest = key.partition("/")
    if kind in ("indicator", "index", "gap") and assessment is not None:
        found = _of_level(project, assessment, kind, rest)
        if found is not None:
            return found
    if kind == "factor":
        return _factor(project, rest)
    if key == "monitoring/judged":
        return _judged(project)
    if kind == "unit.use":
        return _unit_use(project, *rest.split("/")) if rest.count("/") == 1 else None
    if kind == "monitoring":
        return _fall(project, *rest.split("/")) if rest.count("/") == 1 else None
    if kind == "settings":
        return _setting(project, rest)
    if kind == "balance.gap":
        return _material_gap(project, rest)
    quantity_id, _, year = kind.partition("@")
    if quantity_id in project.derivation.quantities:
        return _quantity(project, quantity_id, year, rest)
    if quantity_id.startswith("factor."):
        return _factor(project, quantity_id.removeprefix("factor."))
    found = measure_chain(project, key, lambda one: _answer(project, one))
    return found if found is not None else _answer(project, key)


def _factor(project: AuditProject, factor_id: str) -> Trace | None:
    factor = project.derivation.factors.get(factor_id)
    if factor is None:
        return None
    return Trace(
        factor.title,
        factor.value,
        factor.unit,
        source="，".join(filter(None, (factor.source, factor.region, factor.year))),
        verification=factor.verification,
        note=factor.note,
    )


# ------------------------------------------------------------------ levels


def _of_level(project: AuditProject, assessment: Assessment, kind: str, rest: str) -> Trace | None:
    """Of a value, an index or a gap, of the state its key names at its end."""
    *path, last = rest.split("/") if rest else [""]
    state = last if last in _STATES else path[0] if path and path[0] in _STATES else ""
    if kind == "gap" and last in _STATES:
        path, last = [], ""
    found = assessment
    if state:
        after = afterwards(project) if state == "after" else expected(project)
        if after is None or after.assessment is None:
            return None
        found, project = after.assessment, after.project
    match kind:
        case "indicator":
            return _indicator(found, path[0] if path else last, is_share=last == "share")
        case "index":
            return _index(found, path[0] if path and path[0] not in _STATES else last)
        case _:
            if last == "distance":
                return _gap(project, found, path[-1], last)
            return _gap(project, found, "" if last in _STATES else last)


def _indicator(assessment: Assessment, indicator_id: str, *, is_share: bool) -> Trace | None:
    try:
        trace = assessment.judgement(indicator_id).trace
    except KeyError:
        return None
    if not is_share:
        return trace
    return next((one for one in trace.children if one.label == _SHARE), None)


_SHARE = "占综合指数"


def _index(assessment: Assessment, code: str) -> Trace | None:
    """The step of the level's trace that works this index out; the level's own where none does."""
    level = next((one for one in assessment.index_range if one.code == code), None)
    if level is None:
        return assessment.trace
    interval = assessment.index_range[level]
    for one in assessment.trace.children:
        for below in one.children:
            if below.label.endswith(f"Y{level.symbol}") and below.value == interval.low:
                return replace(below, children=(*below.children, *_points(assessment, code)))
    return assessment.trace


def _points(assessment: Assessment, code: str) -> tuple[Trace, ...]:
    """What each indicator brings to the index, with how it was judged."""
    level = next(one for one in assessment.index_range if one.code == code)
    return tuple(
        Trace(one.trace.label, one.share if one.meets[level] else Fraction(0), "分", children=(one.trace,))
        for one in assessment.judgements
        if one.share is not None and one.meets[level] is not None
    )  # fmt: skip


def _gap(
    project: AuditProject, assessment: Assessment, indicator_id: str, of: str = ""
) -> Trace | None:
    """Points that an indicator would bring at the next level, all of them, or what the index lacks."""
    if project.system is None:
        return None
    gap = gap_to(project.system, assessment, inputs=inputs_of(project))
    if gap is None:
        return None
    if indicator_id == "index":
        if gap.short is None or gap.index is None or gap.index_needed is None:
            return None
        said = f"{brief(gap.index_needed)} − {display(gap.index, 2)}"
        below = _index(assessment, gap.target.code)
        children = () if below is None else (below,)
        return Trace("离要求的指数相差", gap.short, "分", formula=said, children=children)
    if of == "distance":
        item = next((one for one in gap.items if one.indicator_id == indicator_id), None)
        return None if item is None else _distance(assessment, item)
    parts = []
    for item in gap.items:
        judgement = assessment.judgement(item.indicator_id)
        if item.points is not None:
            share = _indicator(assessment, item.indicator_id, is_share=True)
            behind = tuple(one for one in (share, judgement.trace) if one is not None)
            parts.append((item.indicator_id, Trace(f"{judgement.trace.label} 可得分", item.points, "分", children=behind)))  # fmt: skip
    if indicator_id:
        return next((one for name, one in parts if name == indicator_id), None)
    traces = tuple(one for _, one in parts)
    values = [one.value for one in traces if isinstance(one.value, Fraction)]
    said = " + ".join(display(one, 2) for one in values)
    return Trace("可得分合计", sum(values, Fraction(0)), "分", formula=said, children=traces)


def _distance(assessment: Assessment, item: GapItem) -> Trace | None:
    """From the firm's value to what the next level asks."""
    finding = assessment.judgement(item.indicator_id).finding
    if item.distance is None or not isinstance(finding, Measured):
        return None
    trace = assessment.judgement(item.indicator_id).trace
    return Trace(f"{trace.label} 差距", item.distance, note=f"现状 {brief(finding.value)} 与上一级基准值之差", children=(trace,))  # fmt: skip


# ------------------------------------------------------------------ quantities


def _quantity(project: AuditProject, quantity_id: str, year: str, what: str) -> Trace | None:
    """A figure, or what is said of it: its change over the years, its share of all energy, its fee."""
    try:
        figure = project.derivation.figure(quantity_id, int(year) if year.isdigit() else None)
    except ProgramError:  # a quantity of a row has no figure of its own
        return None
    match what:
        case "change":
            return _trend(project, quantity_id)
        case "share" | "tce":
            return _of_energy(project, quantity_id, what)
        case "fee":
            return _fee(project, quantity_id)
        case "of_intake":
            return _of_intake(project, figure)
        case _:
            return figure.trace


def _trend(project: AuditProject, quantity_id: str) -> Trace | None:
    years = project.years
    if len(years) < 2:
        return None
    first, last = (project.derivation.figure(quantity_id, one) for one in (years[0], years[-1]))
    if not first.value or last.value is None:
        return None
    value = (last.value - first.value) * 100 / first.value
    was, now = (f"{brief(one.value or Fraction(0))} {one.unit}".strip() for one in (first, last))
    traces = tuple(
        replace(one.trace, label=f"{year} 年{one.trace.label}")
        for year, one in ((years[-1], last), (years[0], first))
    )
    said = f"（{now} − {was}） × 100 ÷ {was}"
    return Trace(f"{years[-1]} 年比 {years[0]} 年", value, "%", formula=said, children=traces)


_TCE = {"energy.electricity": "electricity_kgce", "energy.gas": "gas_kgce"}


def _of_energy(project: AuditProject, quantity_id: str, what: str) -> Trace | None:
    """Standard coal of a carrier, or its share of the plant's energy."""
    whole = project.derivation.figure("energy.total")
    figure = project.derivation.figure(quantity_id)
    if figure.value is None:
        return None
    part = figure.trace
    factor_id = (
        _TCE.get(quantity_id) or f"{quantity_id.removeprefix('energy.').removesuffix('_used')}_kgce"
    )
    factor = _factor(project, factor_id)
    if factor is not None and isinstance(factor.value, Fraction):
        amount = figure.value * factor.value / 1000
        said = f"{brief(figure.value)} {figure.unit} × {brief(factor.value)} {factor.unit} ÷ 1000"
        part = Trace(f"{figure.trace.label}折标煤", amount, "tce", formula=said, children=(figure.trace, factor))  # fmt: skip
    if what == "tce":
        return part if factor is not None else None
    if not whole.value or not isinstance(part.value, Fraction):
        return None
    said = f"{display(part.value, 2)} tce × 100 ÷ {display(whole.value, 2)} tce"
    share = part.value * 100 / whole.value
    note = "算式中的数已修约，按未修约的数计算"
    return Trace("占综合能耗", share, "%", formula=said, note=note, children=(part, whole.trace))


def _fee(project: AuditProject, quantity_id: str) -> Trace | None:
    """万元 of a year's bills."""
    column = f"{quantity_id.removeprefix('energy.')}_fee"
    table = project.index.tables.get("energy.bills")
    if table is None or project.base_year is None:
        return None
    bills = _column_sum(
        project, table, f"{project.base_year}-01", f"{project.base_year}-12", column
    )
    if bills is None or not isinstance(bills.value, Fraction):
        return None
    said = f"{display(bills.value, 2)} 元 ÷ 10000"
    return Trace("全年费用", bills.value / 10000, "万元", formula=said, children=(bills,))


def _material_gap(project: AuditProject, material: str) -> Trace | None:
    """What does not close in the balance of a material."""
    found = next((one for one in material_balances(project) if one.material == material), None)
    table = project.index.tables.get("balance.streams")
    if found is None or found.gap is None or table is None:
        return None
    book = project.book
    sides: dict[str, list[Trace]] = {"in": [], "out": []}
    for row in book.row_ids(table.id):
        side = book.text(f"{table.id}/{row}/side")
        if book.text(f"{table.id}/{row}/material").strip() == material and side in sides:
            one = _answer(project, f"{table.id}/{row}/amount")
            if one is not None:
                name = book.text(f"{table.id}/{row}/name").strip()
                sides[side].append(replace(one, label=name or one.label))
    children = (*sides["in"], *sides["out"])
    return Trace(f"{material} 差额", found.gap, formula="投入之和 − 产出之和", children=children)


def _of_intake(project: AuditProject, figure: Figure) -> Trace | None:
    """A part of what does not close in the water balance, in per cent of the intake."""
    intake = water_balance(project).intake
    if figure.value is None or not intake.value:
        return None
    value = figure.value * 100 / intake.value
    said = f"{brief(figure.value)} m³ × 100 ÷ {brief(intake.value)} m³"
    return Trace("占取水", value, "%", formula=said, children=(figure.trace, intake.trace))


def _unit_use(project: AuditProject, what: str, column: str) -> Trace | None:
    """A year's use of a material or a carrier by that year's output value."""
    if column not in YEAR_COLUMNS or len(project.years) != len(YEAR_COLUMNS):
        return None
    year = project.years[YEAR_COLUMNS.index(column)]
    output = project.derivation.figure(OUTPUT, year)
    if what in project.derivation.quantities:
        used: Trace | None = project.derivation.figure(what, year).trace
        unit = project.derivation.figure(what, year).unit
    else:
        used = _answer(project, f"materials.list/{what}/{column}")
        unit = project.book.text(f"materials.list/{what}/unit").strip()
    if used is None or not isinstance(used.value, Fraction) or not output.value:
        return None
    said = f"{brief(used.value)} {unit} ÷ {brief(output.value)} {output.unit}"
    value = used.value / output.value
    unit = f"{unit}/{output.unit}"
    return Trace(f"{year} 年单位产值用量", value, unit, formula=said, children=(used, output.trace))


def _fall(project: AuditProject, first: str, last: str) -> Trace | None:
    """How much lower a result is than an earlier one of the same item."""
    was, now = (_answer(project, f"env.monitoring/{row}/result") for row in (first, last))
    if was is None or now is None:
        return None
    if not isinstance(was.value, Fraction) or not isinstance(now.value, Fraction) or not was.value:
        return None
    value = (was.value - now.value) * 100 / was.value
    before, after = brief(was.value), brief(now.value)
    said = f"（{before} − {after}） × 100 ÷ {before}"
    return Trace("下降", value, "%", formula=said, children=(was, now))


def _setting(project: AuditProject, name: str) -> Trace | None:
    """The rates of the economic indexes, as chosen or by default."""
    found = settings_of(project)
    if found is None:
        return None
    title, value = {
        "tax": ("所得税率", found.tax_rate),
        "discount": ("贴现率", found.discount_rate),
    }.get(name, ("", Fraction(0)))
    note = "；".join(one for one in found.said if title[:3] in one)
    return Trace(title, value * 100, "%", note=note) if title else None


def _judged(project: AuditProject) -> Trace:
    """The results that were held against a limit."""
    found = judged_results(project.book)
    children = tuple(
        one
        for row in found
        if (one := _answer(project, f"env.monitoring/{row}/result")) is not None
    )
    said = "有结果、限值和执行标准的"
    return Trace("对照的监测结果", Fraction(len(found)), "项", note=said, children=children)


# ------------------------------------------------------------------ answers


def _answer(project: AuditProject, key: str) -> Trace | None:
    """An answer, a derived cell, or the sum of a column from one row to another (「table/first+last/column」)."""
    parts = key.split("/")
    if len(parts) == 3 and parts[0] in project.index.tables:
        table = project.index.tables[parts[0]]
        if "+" in parts[1]:
            first, _, last = parts[1].partition("+")
            return _column_sum(project, table, first, last, parts[2])
        column = next((one for one in table.columns if one.id == parts[2]), None)
        if column is not None and column.derived:
            return project.derivation.cell(*parts).trace
    answer = project.book.get(key)
    if not isinstance(answer, Given):
        return None
    try:
        label = project.index.label_of(key, project.book)
    except KeyError:
        return None
    typed = f"填的是「{answer.raw}」" if answer.raw and answer.raw != answer.text else ""
    note = "；".join(part for part in (typed, answer.note) if part)
    number = exact_of(answer.text)
    value = answer.text if number is None else number
    return Trace(label, value, _unit(project, key), source="企业填报", note=note, key=key)


def _unit(project: AuditProject, key: str) -> str:
    """Of the column, or the question, an answer is one of."""
    table_id, _, rest = key.partition("/")
    table = project.index.tables.get(table_id)
    if table is None:
        place = project.index.places.get(key)
        return place.question.unit if place is not None else ""
    column = rest.rpartition("/")[2]
    return next((one.unit for one in table.columns if one.id == column), "")


def _column_sum(
    project: AuditProject, table: TableQuestion, first: str, last: str, column_id: str
) -> Trace | None:
    """The sum of a column over the rows from one to another, as the table prints them."""
    parts = []
    for row in _rows(project, table, first, last):
        one = _answer(project, f"{table.id}/{row}/{column_id}")
        if one is not None and isinstance(one.value, Fraction):
            parts.append(one)
    values = [one.value for one in parts if isinstance(one.value, Fraction)]
    if not values:
        return None
    said = " + ".join(brief(one) for one in values)
    unit = parts[0].unit
    return Trace("各行相加", sum(values, Fraction(0)), unit, formula=said, children=tuple(parts))


def _rows(project: AuditProject, table: TableQuestion, first: str, last: str) -> list[str]:
    """Ids of the rows from one to another, in the order of the table."""
    if table.rows is RowsKind.MONTHS:
        year = first[:4]
        rows = [f"{year}-{month:02d}" for month in range(1, 13)]
    else:
        rows = list(project.book.row_ids(table.id)) or [one.id for one in table.fixed_rows]
    if first not in rows or last not in rows:
        return [first, last] if first != last else [first]
    return rows[rows.index(first) : rows.index(last) + 1]
