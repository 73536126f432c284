"""The section about the next level: what keeps the firm from it."""

from collections.abc import Mapping
from fractions import Fraction

from app.assessment.gap import gap_to, row_gaps
from app.assessment.indicator_system import Family, IndicatorSystem
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment
from app.audit.charts.build import share_chart
from app.audit.findings import inputs_of
from app.audit.project import AuditProject
from app.audit.wording import sign, threshold_text
from app.papers.answers import DASH
from app.papers.chapters.judgements import level_cell, system_table, value_cell
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Figure,
    LimitingMark,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Section,
    Size,
    StateMark,
    Table,
)

_SCORES = {Family.P_INDEX: "P", Family.POINTS: "总分"}
_NOTES = {
    Family.P_INDEX: "注：可得分为达到评价基准值（定性项为满足要求）时 P 的增量，比基准值更好的不计。",
    Family.POINTS: "注：可得分＝调整后分值－现得分，未填的现得分按 0。",
}


def gap_blocks(
    project: AuditProject,
    assessment: Assessment,
    suffix: str = "",
    stands: Mapping[str, Cell] | None = None,
) -> list[Block]:
    """What keeps the firm from the next level; limiting indicators first, then by points. suffix: "/after" for the state
    after the measures. stands: by indicator, what is said of it instead of its value."""
    assert project.system is not None
    when = "审核后" if suffix else ""
    if assessment.level_range is None:
        return _row_gap_blocks(project, project.system, assessment)
    gap = gap_to(project.system, assessment, inputs=inputs_of(project))
    if gap is None or not gap.items:
        return []
    key = f"gap{suffix.replace('/', '.')}"
    table = system_table(project)
    by_id = {indicator.id: indicator for indicator in table.indicators()}
    inputs = inputs_of(project)
    rows = []
    total = Fraction(0)
    by_level = assessment.family not in (Family.P_INDEX, Family.POINTS)
    score = _SCORES.get(assessment.family, f"Y{gap.target.symbol}")
    for item in gap.items:
        indicator, judgement = by_id[item.indicator_id], assessment.judgement(item.indicator_id)
        points = item.points
        total += points or 0
        distance: Cell = DASH
        if item.distance is not None:
            distance = Amount(item.distance, 2, "", f"gap{suffix}/{item.indicator_id}/distance")
        rows.append(
            Row(
                (
                    LimitingMark() if judgement.limiting else "",
                    indicator.name,
                    level_cell(judgement),
                    (stands or {}).get(item.indicator_id, value_cell(judgement)),
                    (
                        f"{sign(indicator)} {brief(item.needed)}（评价基准值）"
                        if assessment.family is Family.P_INDEX and isinstance(item.needed, Fraction)
                        else threshold_text(indicator, item.asked, inputs)
                    ),
                    distance,
                    "未收录"
                    if points is None
                    else Amount(points, 2, "分", f"gap{suffix}/{item.indicator_id}"),
                ),
                bar=judgement.limiting,
            )
        )
    rows.append(
        Row(("", "合计", "", "", "", "", Amount(total, 2, "分", f"gap{suffix}")), RowKind.TOTAL)
    )
    columns = (
        Column("限", 0.7, Align.CENTRE),
        Column("指标", 3.2),
        Column("现级", 0.9, Align.CENTRE),
        Column("现状", 2.4),
        Column(f"{gap.target.symbol}级要求", 3.6),
        Column("差距", 1.1, Align.CENTRE),
        Column("可得分", 1.1, Align.NUMBER, "分"),
    )
    stops = [by_id[i].name for i in assessment.limiting_failed.get(gap.target, ())]
    said = (
        f"限定性指标“{'”“'.join(stops)}”未达{gap.target.symbol}级"
        if stops
        else f"限定性指标均达到{gap.target.symbol}级或尚未填报"
    )
    index: Runs = ()
    if gap.index is not None and gap.index_needed is not None:
        index = (
            f"；{when}{score} 为 " if when else f"；{score} 现为 ",
            Amount(gap.index, 2, "", f"index/{gap.target.code}{suffix}"),
            f"，要求 {brief(gap.index_needed)}，相差 ",
            Amount(gap.short, 2, "分", f"gap{suffix}/index"),
            " 分",
        )
    shares = share_chart(table, assessment, gap.target) if by_level and not suffix else None
    blocks: list[Block] = [
        Section(f"{when}与{gap.target.symbol}级的差距"),
        Paragraph(
            (
                said,
                *index,
                "。逐项见",
                Ref(key),
                "，限定性指标在前，其余按可得分排列",
                *(("；各一级指标的得分见", Ref("shares")) if shares is not None else ()),
                "。",
            )
        ),
    ]
    check = ""
    if gap.index is not None and all(item.points is not None for item in gap.items):
        whole = gap.index + total
        check = f"核对：{display(gap.index, 2)}＋{display(total, 2)}＝{display(whole, 2)}。"
    notes: tuple[Runs, ...] = (
        (
            f"{_NOTES[assessment.family]}{check}"
            if not by_level
            else f"注：可得分＝100×一级权重×调整后二级权重，即达到{gap.target.symbol}级时指数的增量。{check}",
        ),
    )
    blocks.append(
        Table(
            key,
            f"{when}未达{gap.target.symbol}级的指标" if by_level else f"{when}还能得分的指标",
            columns,
            tuple(rows),
            notes,
            Size.SMALL,
        )
    )
    if shares is not None:
        blocks.append(Figure("shares", f"各一级指标在 Y{gap.target.symbol} 中的得分", shares))
    return blocks


def _row_gap_blocks(
    project: AuditProject, system: IndicatorSystem, assessment: Assessment
) -> list[Block]:
    """Where the whole gets no level: what each row lacks to the next one."""
    inputs = inputs_of(project)
    by_id = {one.id: one for one in system_table(project).indicators()}
    rows = []
    for gap in row_gaps(system, assessment, inputs):
        indicator, judgement = by_id[gap.indicator_id], assessment.judgement(gap.indicator_id)
        rows.append(
            Row(
                (
                    LimitingMark() if judgement.limiting else "",
                    indicator.name,
                    level_cell(judgement),
                    value_cell(judgement),
                    gap.asked.symbol,
                    threshold_text(indicator, gap.asked, inputs),
                    DASH if gap.distance is None else Amount(gap.distance, 2),
                    StateMark(judgement.verification),
                ),
                bar=judgement.limiting,
            )
        )
    if not rows:
        return []
    columns = (
        Column("限", 0.7, Align.CENTRE),
        Column("指标", 3.2),
        Column("现级", 0.9, Align.CENTRE),
        Column("现状", 2.2),
        Column("上一级", 0.9, Align.CENTRE),
        Column("要求", 3.2),
        Column("差距", 1.1, Align.CENTRE),
        Column("状态", 0.8, Align.CENTRE),
    )
    left = len(assessment.missing)
    still = f"；另有 {left} 项未填，未列入" if left else ""
    return [
        Section("逐项差距"),
        Paragraph(("不作等级判定，仅列各项指标与上一级基准值的差距，见", Ref("gap"), still, "。")),
        Table("gap", "与上一级基准值的差距", columns, tuple(rows), (), Size.SMALL),
    ]
