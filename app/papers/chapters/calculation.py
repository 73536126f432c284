"""Appendix 指标计算书."""

from fractions import Fraction

from app.assessment.finding import Measured, NotApplicable
from app.assessment.indicator_system import LEVELS, Category, Level, ShareRule
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.papers.answers import DASH
from app.papers.chapters.judgements import (
    STATE_NOTE,
    index_amount,
    judged_indicators,
    level_cell,
    shared_counts,
    system_table,
    value_cell,
    weight,
    weight_text,
)
from app.papers.document import (
    Align,
    Amount,
    Cell,
    Chapter,
    Column,
    JoinLeft,
    LimitingMark,
    Row,
    RowKind,
    Runs,
    Sheet,
    Size,
    StateMark,
    Table,
)


def calculation_chapter(project: AuditProject, assessment: Assessment) -> Chapter:
    """The calculation sheet: value, level, membership, weights before and after, points; can be redone by hand."""
    counts = shared_counts(system_table(project))
    applicable: dict[str, int] = {}
    for _, _, indicator, judgement in judged_indicators(project, assessment):
        if indicator.share is not None and judgement.state != "not_applicable":
            applicable[indicator.share.group] = applicable.get(indicator.share.group, 0) + 1
    rows: list[Row] = []
    last: Category | None = None
    total = Fraction(0)
    for place, category, indicator, judgement in judged_indicators(project, assessment):
        head = ""
        if category is not last:
            said = "未收录" if category.weight is None else weight(category.weight)
            head = f"{category.name.removesuffix('指标')} {said}"
            last = category
        before = weight_text(
            indicator, judgement, counts.get(indicator.share.group, 0) if indicator.share else 0
        )
        if isinstance(judgement.finding, NotApplicable):
            cells: tuple[Cell, ...] = (
                head, str(place), LimitingMark() if judgement.limiting else "", indicator.name, before,
                f"不适用：{judgement.finding.reason}", *(JoinLeft() for _ in range(7)), StateMark(judgement.verification),
            )  # fmt: skip
            rows.append(Row(cells))
            continue
        key = f"indicator/{indicator.id}"
        after = judgement.weight_after
        share = judgement.share
        total += share or 0
        members: list[Cell] = []
        for level in LEVELS:
            met = judgement.meets[level]
            members.append("?" if met is None else Amount(Fraction(100 if met else 0), 0))
        value: Cell = value_cell(judgement)
        if not isinstance(judgement.finding, Measured) and judgement.state != "missing":
            value = "定性"
        shared = applicable.get(indicator.share.group, 0) if indicator.share else 0
        after_text = (
            "未收录"
            if after is None
            else weight_text(indicator, judgement, shared)
            if shared and indicator.share and indicator.share.rule is ShareRule.APPLICABLE_COUNT
            else weight(after)
        )
        rows.append(
            Row(
                (
                    head,
                    str(place),
                    LimitingMark() if judgement.limiting else "",
                    indicator.name,
                    before,
                    after_text,
                    "未收录" if share is None else Amount(share, 3, "", f"{key}/share"),
                    value,
                    level_cell(judgement),
                    *members,
                    _counted(share, judgement.meets[Level.II]),
                    StateMark(judgement.verification),
                ),
            )
        )
    points: list[Cell] = [
        index_amount(level, assessment.index_range[level])
        if level in assessment.index_range
        else DASH
        for level in LEVELS
    ]
    rows.append(
        Row(
            (
                "",
                "",
                "",
                "合计　Y＝Σ 100·w·ω′·Y(x)/100",
                "",
                "",
                Amount(total, 3),
                "",
                "",
                *points,
                points[1],
                "",
            ),
            RowKind.TOTAL,
        )
    )
    columns = (
        Column("一级指标、权重 w", 3.6),
        Column("序", 0.8, Align.CENTRE),
        Column("限", 0.8, Align.CENTRE),
        Column("二级指标", 4.6),
        Column("表列", 1.3, Align.CENTRE, "ω", "权重"),
        Column("调整后", 1.3, Align.CENTRE, "ω′", "权重"),
        Column("合成", 1.5, Align.NUMBER, "100·w·ω′", "权重"),
        Column("数值", 2.0, Align.CENTRE),
        Column("级", 1.0, Align.CENTRE),
        Column("Ⅰ", 1.2, Align.CENTRE, group="隶属函数 Y(x)"),
        Column("Ⅱ", 1.2, Align.CENTRE, group="隶属函数 Y(x)"),
        Column("Ⅲ", 1.2, Align.CENTRE, group="隶属函数 Y(x)"),
        Column("计入 YⅡ", 1.5, Align.NUMBER),
        Column("状态", 0.9, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：1　ω′＝ω÷同一一级指标内适用指标 ω 之和；按镀种等分摊的权重由适用项均分。2　隶属函数：达到该级或更高级为 100，否则为 0；“?”为未填，"
            "指数按 0 与 100 两种情形给出范围，合计行随之为范围。3　按分数精确计算，表中为修约值；合计行为未修约值之和再修约。4　"
            + STATE_NOTE,
        ),
    )
    table = Table(
        "calculation",
        "综合评价指数计算书",
        columns,
        tuple(rows),
        notes,
        Size.TIGHT,
        Sheet.LANDSCAPE,
    )
    return Chapter("指标计算书", (table,), Sheet.LANDSCAPE)


def _counted(share: Fraction | None, met: bool | None) -> Cell:
    """What an indicator brings to YⅡ; a range while it is open whether it does."""
    if share is None:
        return ""
    if met is None:
        return Amount(Fraction(0), 3, high=share)
    return Amount(share if met else Fraction(0), 3 if met else 0)
