"""Sentences the data say by themselves, before the tables they lead to. Every figure is a value with its key; what is not
known is left out, and nothing is explained here: reasons are people's to write."""

from collections.abc import Iterable
from fractions import Fraction

from app.audit.compliance import (
    MONITORING,
    Exceedance,
    exceedances,
    judged_results,
    measured_later,
)
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.forms.answer import AnswerBook
from app.papers.answers import DASH, computed_cell, exact_of, figure_key, figure_title, places_typed
from app.papers.digits import places_to_the_end
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Inline,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Size,
    Table,
)


def _of_year(project: AuditProject, quantity_id: str, year: int) -> list[Inline]:
    figure = project.derivation.figure(quantity_id, year)
    return [computed_cell(figure, figure_key(project, figure, year)), f" {figure.unit}"]


def _trend(project: AuditProject, quantity_id: str) -> list[Inline]:
    """「全年取水由 2023 年的 55480 m³ 变为 2025 年的 53620 m³（−3.4%）」; nothing while an end is open."""
    years = project.years
    if len(years) < 2 or not is_asked(project, quantity_id):
        return []
    ends = [project.derivation.figure(quantity_id, year) for year in (years[0], years[-1])]
    first, last = (one.value for one in ends)
    if not first or last is None:
        return []
    change = Amount((last - first) * 100 / first, 1, "%", f"{quantity_id}/change", signed=True)
    return [
        f"{figure_title(project, ends[-1])}由 {years[0]} 年的 ",
        *_of_year(project, quantity_id, years[0]),
        f"变为 {years[-1]} 年的 ",
        *_of_year(project, quantity_id, years[-1]),
        "（",
        change,
        "%）",
    ]


def _sentences(parts: list[list[Inline]]) -> list[Block]:
    """One paragraph of the parts that have something to say."""
    runs: list[Inline] = []
    for part in parts:
        if part:
            runs += ["；" if runs else "", *part]
    return [Paragraph((*runs, "。"))] if runs else []


def said_output(project: AuditProject) -> list[Block]:
    """How output went over the years."""
    return _sentences([_trend(project, one) for one in ("product.value", "plating.area")])


_CARRIERS = ("energy.tce_electricity", "energy.tce_gas", "energy.tce_other")


def said_energy(project: AuditProject) -> list[Block]:
    """The total, what it is made of, how it went."""
    year = project.base_year
    if year is None or not is_asked(project, "energy.total"):
        return []
    total = project.derivation.figure("energy.total")
    if not total.value:
        return []
    runs: list[Inline] = [f"{year} 年综合能耗 ", computed_cell(total), f" {total.unit}"]
    shares = []
    for quantity_id in _CARRIERS:
        part = project.derivation.figure(quantity_id).value
        if part:
            name = figure_title(project, project.derivation.figure(quantity_id))
            share = Amount(part * 100 / total.value, 1, "%", f"{quantity_id}/share")
            shares.append((name.removesuffix("折标煤"), share))
    for place, (name, share) in enumerate(shares):
        runs += ["，" if place else "，其中", f"{name}占 ", share, "%"]
    return _sentences([runs, _trend(project, "energy.total"), _trend(project, "energy.per_value")])


# (quantity of the year, factor of tce, quantity of its fee's column)
_USED = (
    ("energy.electricity", "electricity_kgce", "electricity_fee"), ("energy.gas", "gas_kgce", "gas_fee"),
    ("energy.diesel_used", "diesel_kgce", ""), ("energy.heat_used", "heat_kgce", ""), ("energy.lpg_used", "lpg_kgce", ""),
    ("energy.gasoline_used", "gasoline_kgce", ""), ("energy.coal_used", "coal_kgce", ""), ("energy.lng_used", "lng_kgce", ""),
    ("energy.fuel_oil_used", "fuel_oil_kgce", ""), ("energy.kerosene_used", "kerosene_kgce", ""),
    ("energy.solar_used", "electricity_kgce", ""),
)  # fmt: skip


CARRIERS_USED = tuple(quantity_id for quantity_id, _, _ in _USED)
_CALLED = {"energy.electricity": "电力"}


def carriers(project: AuditProject) -> list[Block]:
    """The carriers the firm used in the base year: amount, fee, factor, tce and share; their sum is the plant's."""
    if project.base_year is None or not is_asked(project, "energy.total"):
        return []
    whole = project.derivation.figure("energy.total")
    if not whole.value:
        return []
    rows: list[Row] = []
    added, paid = Fraction(0), Fraction(0)
    for quantity_id, factor_id, fee_column in _USED:
        if not is_asked(project, quantity_id) and quantity_id not in project.derivation.quantities:
            continue
        figure = project.derivation.figure(quantity_id)
        factor = project.derivation.factors.get(factor_id)
        if not figure.value or factor is None:
            continue
        tce = figure.value * factor.value / 1000
        fee = _fee(project, fee_column)
        name = figure_title(project, figure).removeprefix("全年用")
        added += tce
        paid += fee or 0
        rows.append(
            Row(
                (
                    _CALLED.get(quantity_id, name),
                    figure.unit,
                    computed_cell(figure),
                    DASH if fee is None else Amount(fee / 10000, 2, "万元", f"{quantity_id}/fee"),
                    Amount(
                        factor.value,
                        places_to_the_end(factor.value),
                        factor.unit,
                        f"factor/{factor.id}",
                    ),
                    Amount(tce, 2, "tce", f"{quantity_id}/tce"),
                    Amount(tce * 100 / whole.value, 1, "%", f"{quantity_id}/share"),
                )
            )
        )
    rest = whole.value - added
    if not rows or rest < 0:
        return []
    if rest:
        share = Amount(rest * 100 / whole.value, 1, "%")
        rows.append(
            Row(("其他能源", "tce", Amount(rest, 2), DASH, DASH, Amount(rest, 2, "tce"), share))
        )
    cost: Cell = Amount(paid / 10000, 2, "万元") if paid else ""
    hundred = Amount(Fraction(100), 1, "%")
    rows.append(Row(("合计", "", "", cost, "", computed_cell(whole), hundred), RowKind.TOTAL))
    columns = (
        Column("能源", 2),
        Column("单位", 1, Align.CENTRE),
        Column("用量", 1.6, Align.NUMBER),
        Column("费用", 1.4, Align.NUMBER, "万元"),
        Column("折标系数", 1.4, Align.NUMBER, "kgce/单位"),
        Column("折标煤", 1.4, Align.NUMBER, "tce"),
        Column("占比", 1.1, Align.NUMBER, "%"),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：电力按当量值折标，系数来源见附录；“—”为没有单独计费或没有填报；合计由未修约的数相加后修约。",
        ),
    )
    table = Table(
        "energy.used",
        f"{project.base_year} 年能源消耗构成",
        columns,
        tuple(rows),
        notes,
        Size.SMALL,
    )
    return [Paragraph(("能源消耗构成见", Ref("energy.used"), "。")), table]


def _fee(project: AuditProject, column: str) -> Fraction | None:
    """元 of the base year's bills; None where a month is open or nobody asks."""
    if not column or project.base_year is None:
        return None
    year = f"energy.bills/{project.base_year}-"
    texts = [project.book.text(f"{year}{month:02d}/{column}") for month in range(1, 13)]
    values = [exact_of(text) for text in texts if text]
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(texts) else None


def said_water(project: AuditProject) -> list[Block]:
    return _sentences([_trend(project, one) for one in ("water.intake", "water.per_value")])


def exceeded(project: AuditProject, over: Iterable[Exceedance]) -> list[Inline]:
    """「DA001 油烟 2025-11-12 为 2.6 mg/m³，限值 2.0 mg/m³；2026-02-25 复测为 1.1 mg/m³，未超过限值」: with what was measured there later."""
    book = project.book
    runs: list[Inline] = []
    all_over = {one.keys[0] for one in exceedances(book)}
    later_rows: set[str] = set()
    for one in over:
        row = one.keys[0].split("/")[1]
        if row in later_rows:
            continue  # said behind the result it came after
        runs += ["；" if runs else "", f"{one.name} ", *_result(book, row)]
        limit = exact_of(book.text(one.keys[1]))
        if limit is not None:
            places = places_typed(book.get(one.keys[1]))
            runs += [
                "，限值 ",
                Amount(limit, places, one.unit, one.keys[1]),
                f" {one.unit}".rstrip(),
            ]
        for later in measured_later(book, row):
            key = f"{MONITORING}/{later}/result"
            if exact_of(book.text(key)) is None:
                continue
            later_rows.add(later)
            verdict = "，仍超过限值" if key in all_over else "，未超过限值"
            runs += ["；", *_result(book, later, "复测"), verdict]
    return runs


def _result(book: AnswerBook, row: str, word: str = "") -> list[Inline]:
    """「2025-11-12 为 2.6 mg/m³」 of a row of monitoring."""
    day, unit = book.text(f"{MONITORING}/{row}/date"), book.text(f"{MONITORING}/{row}/unit")
    key = f"{MONITORING}/{row}/result"
    value = exact_of(book.text(key))
    shown: Inline = DASH if value is None else Amount(value, places_typed(book.get(key)), unit, key)
    return [f"{day} {word}为 " if day else f"{word}为 ", shown, f" {unit}".rstrip()]


def said_compliance(project: AuditProject) -> list[Block]:
    """How many results were held against their limits, and what was above one."""
    book = project.book
    judged = judged_results(book)
    found = exceedances(book)
    over = [one for one in found if one.kind == "monitoring"]
    runs: list[Inline] = []
    if judged:
        count = Amount(Fraction(len(judged)), 0, "项", "monitoring/judged")
        runs += ["按所列执行标准对照的监测结果 ", count, " 项，"]
        runs += ["其中超过限值的：", *exceeded(project, over)] if over else ["均未超过限值"]
    totals: list[Inline] = []
    if book.row_ids("env.totals"):
        above = [one for one in found if one.kind == "total"]
        totals.append(
            f"超过许可量的为{'、'.join(dict.fromkeys(one.name for one in above))}"
            if above
            else "三年各污染物的排放量均未超过许可量"
        )
    return _sentences([runs, totals])
