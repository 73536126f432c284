"""Level or 自评参考, comparison, gap, balances."""

from dataclasses import replace
from fractions import Fraction

from app.assessment.result import Assessment
from app.audit.balance import (
    MATERIAL_TABLE,
    USUAL_ERROR_PERCENT,
    material_balances,
    water_balance,
)
from app.audit.caps import said_beside_the_level
from app.audit.project import AuditProject
from app.audit.self_check import CAUTION, HEADING, NO_LEVEL, is_asked, is_reference, self_check
from app.forms.figure import Figure as ComputedFigure
from app.forms.question import Page
from app.papers.answers import (
    DASH,
    computed_cell,
    figure_key,
    figure_title,
    formal,
    formal_sentence,
    is_absent,
)
from app.papers.chapters.comparison import comparison_table
from app.papers.chapters.gap import gap_blocks
from app.papers.chapters.level import result_blocks
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Inline,
    JoinLeft,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Section,
    Size,
    Table,
)
from app.papers.outline import with_lead
from app.papers.question_pages import page_blocks


def level(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """With a system the level, the comparison and the gap; without one the years of the firm itself."""
    if assessment is None or project.system is None:
        return [*_self_check_blocks(project), *_caps_blocks(project)]
    if is_reference(project.system):
        return [
            *_self_check_blocks(project),
            comparison_table(project, assessment),
            *_caps_blocks(project),
        ]
    caps = _caps_blocks(project)
    beside = _self_check_blocks(project, NO_LEVEL) if assessment.level_range is None else []
    return [
        *result_blocks(project, assessment),
        comparison_table(project, assessment),
        *gap_blocks(project, assessment),
        *caps,
        *beside,
    ]


def _caps_blocks(project: AuditProject) -> list[Block]:
    """Caps of discharge standards the firm held itself against, named beside the level as what they are."""
    said = [formal_sentence(one) for one in said_beside_the_level(project.derivation)]
    if not said:
        return []
    lead = "与排放标准单耗上限的对照（合规要求，不是清洁生产等级，不影响等级）："
    return [Paragraph((f"{lead}{'；'.join(said)}。",))]


def _self_check_blocks(project: AuditProject, caution: str = CAUTION) -> list[Block]:
    """Three years, the best of them and the distance to it; no level."""
    blocks: list[Block] = [Section(HEADING), Paragraph((formal_sentence(caution),))]
    rows = []
    for one in self_check(project):
        best: Cell = DASH if one.best is None else Amount(one.best, one.decimals, one.unit)
        behind: Cell = DASH
        if one.behind is not None:
            behind = "最好" if one.behind == 0 else Amount(one.behind, 1, "%")
        rows.append(
            Row(
                (
                    figure_title(project, one.figures[-1]),
                    one.unit,
                    *(
                        computed_cell(figure, figure_key(project, figure, year))
                        for figure, year in zip(one.figures, project.years, strict=True)
                    ),
                    best,
                    str(one.best_year or DASH),
                    behind,
                )
            )
        )
    if not rows:
        blocks.append(Paragraph(("三年的产出、能源和水还没有填，没有可比的数。",)))
        return blocks
    columns = (
        Column("项目", 3),
        Column("单位", 1.6, Align.CENTRE),
        *(Column(f"{year} 年", 1.6, Align.NUMBER) for year in project.years),
        Column("最好", 1.6, Align.NUMBER),
        Column("最好年份", 1.2, Align.CENTRE),
        Column("差距", 1.2, Align.NUMBER, "%"),
    )
    notes = (("注：差距为基准年比三年中最好一年差多少；单位产品、面积、人次的量越小越好。",),)
    blocks.append(Paragraph(("各项与三年中最好一年的距离见", Ref("self"), "。")))
    blocks.append(
        Table("self", "与本企业三年中最好一年比较", columns, tuple(rows), notes, Size.SMALL)
    )
    return blocks


def balances(project: AuditProject, page: Page | None) -> list[Block]:
    """The page of balances, the closing of the water balance in words before it."""
    if page is None:
        return []
    made = [_with_gaps(project, one) for one in page_blocks(project, page)]
    blocks = with_lead(made, formal(page.short))
    if not blocks or not is_asked(project, "water.closing_error"):
        return blocks  # no meter of what goes out: the balance cannot be closed
    balance = water_balance(project)
    if balance.closing_error.value is None or balance.gap.value is None:
        return blocks
    runs: list[Inline] = [
        "取水 ",
        _cubic_metres(balance.intake),
        " m³，去向合计 ",
        _cubic_metres(balance.out),
        " m³，差额 ",
        _cubic_metres(balance.gap),
        " m³，闭合差 ",
        Amount(balance.closing_error.value, 2, "%", balance.closing_error.quantity_id),
        f"%，在 ±{USUAL_ERROR_PERCENT}% 的习惯范围内。"
        if balance.within
        else f"%，超出 ±{USUAL_ERROR_PERCENT}% 的习惯范围。",
    ]
    shown = [
        part
        for part in balance.parts
        if part.figure.value is not None and not is_absent(project, part.figure.quantity_id)
    ]
    for place, part in enumerate(shown):
        runs += [
            "，" if place else "其中",
            f"{formal(part.title)} ",
            _cubic_metres(part.figure),
            " m³（",
            Amount(part.percent or Fraction(0), 2, "%", f"{part.figure.quantity_id}/of_intake"),
            "%）",
        ]
    runs.append("。差额照实列出，没有分摊。" if shown else "差额照实列出，没有分摊。")
    return [Paragraph(tuple(runs)), *blocks]


def _with_gaps(project: AuditProject, block: Block) -> Block:
    """The table of streams with what does not close, material by material."""
    if not isinstance(block, Table) or block.key != MATERIAL_TABLE:
        return block
    place = next((n for n, one in enumerate(block.columns) if one.align is Align.NUMBER), None)
    if place is None:
        return block
    places = max(
        (one.places for row in block.rows if isinstance(one := row.cells[place], Amount)), default=0
    )
    rows = list(block.rows)
    for found in material_balances(project):
        if found.gap is None:
            continue
        cells: list[Cell] = [""] * len(block.columns)
        cells[:place] = [f"{found.material} 差额（投入－产出）", *([JoinLeft()] * (place - 1))]
        key = f"balance.gap/{found.material}"
        cells[place] = Amount(found.gap, places, block.columns[place].unit, key)
        rows.append(Row(tuple(cells), RowKind.TOTAL))
    return replace(block, rows=tuple(rows))


def _cubic_metres(figure: ComputedFigure) -> Inline:
    """With its sign: more going out than in is said as it is."""
    return Amount(figure.value or Fraction(0), 0, "m³", figure.quantity_id)
