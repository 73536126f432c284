"""Three years side by side."""

from dataclasses import replace

from app.audit.charts.build import year_chart
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.papers.answers import computed_cell, figure_key, figure_title, is_absent
from app.papers.bound import bound_runs
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Figure,
    Paragraph,
    Ref,
    Row,
    SubSection,
    Table,
)

# Quantities of the three-year table, in print order; those a question set does not ask for are left out.
YEARLY = (
    "product.value", "plating.area",
    "energy.electricity", "energy.gas", "energy.diesel_used", "energy.heat_used", "energy.lpg_used",
    "energy.gasoline_used", "energy.coal_used", "energy.total", "energy.co2", "energy.per_value", "energy.per_area",
    "water.intake", "water.per_value", "water.per_area", "env.hazardous", "env.general_waste",
)  # fmt: skip


CHARTED = ("energy.electricity", "energy.gas", "energy.total", "water.intake")


def _is_used(project: AuditProject, quantity_id: str) -> bool:
    """Whether the field asks for it and the firm does not say nought of it in every year."""
    figures = [project.derivation.figure(quantity_id, year) for year in project.years]
    return is_asked(project, quantity_id) and any(one.value != 0 for one in figures)


def three_years(project: AuditProject) -> list[Block]:
    """Output, energy, water and waste of three years with their unit values; every figure from the bills."""
    if not project.years:
        return []
    rows = []
    for quantity_id in YEARLY:
        if not is_asked(project, quantity_id) or is_absent(project, quantity_id):
            continue
        figures = [project.derivation.figure(quantity_id, year) for year in project.years]
        if all(figure.not_applicable or figure.value == 0 for figure in figures):
            continue
        places = max(one.decimals for one in figures)
        figures = [replace(one, decimals=places) for one in figures]
        change: Cell = "—"
        first, last = figures[0].value, figures[-1].value
        if first and last is not None:
            key = f"{quantity_id}/change"
            change = Amount((last - first) * 100 / first, 1, "%", key, signed=True)
        rows.append(
            Row(
                (
                    figure_title(project, figures[-1]),
                    figures[-1].unit,
                    *(
                        computed_cell(figure, figure_key(project, figure, year))
                        for figure, year in zip(figures, project.years, strict=True)
                    ),
                    change,
                )
            )
        )
    if not rows:
        return []
    years = project.years
    columns = (
        Column("项目", 3),
        Column("单位", 1.5, Align.CENTRE),
        *(Column(f"{year} 年", 1.8, Align.NUMBER) for year in years),
        Column("变化", 1.3, Align.NUMBER, "%"),
    )
    notes = (
        (
            f"注：变化为 {years[-1]} 年比 {years[0]} 年。综合能耗按当量值折标，系数及来源见附录；全为零或不适用的能源未列。",
        ),
    )
    table = Table("years", "近三年产出与能源、水消耗", columns, tuple(rows), notes)
    blocks: list[Block] = [SubSection("近三年产出与资源能源消耗")]
    chart = year_chart(project, tuple(one for one in CHARTED if _is_used(project, one)))
    refs: tuple[str | Ref, ...] = (
        (Ref("years.chart"), "和", Ref("years")) if chart is not None else (Ref("years"),)
    )
    blocks.append(Paragraph(("近三年的产出、能源和水消耗见", *refs, "。")))
    if chart is not None:
        blocks.append(
            Figure("years.chart", "近三年能源和水消耗", chart, (("注：实心为基准年。",),))
        )
    blocks.append(table)
    why = project.book.text("compare.note").strip()
    if why:
        blocks.append(Paragraph(("三年变化的说明：", *bound_runs(project, why))))
    return blocks
