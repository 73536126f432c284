"""Every indicator beside its thresholds (对照表)."""

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import (
    LEVELS,
    Category,
    DocumentKind,
    IndicatorKind,
    IndicatorSystem,
    Level,
)
from app.assessment.indicator_system import Table as SystemTable
from app.assessment.result import Assessment
from app.audit.findings import inputs_of
from app.audit.project import AuditProject
from app.audit.self_check import is_reference
from app.audit.wording import threshold_text
from app.papers.answers import DASH
from app.papers.chapters.judgements import (
    STATE_NOTE,
    judged_indicators,
    level_cell,
    system_table,
    unit_text,
    value_cell,
    weight,
    weight_text,
)
from app.papers.document import (
    Align,
    Bold,
    Cell,
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

_CHINESE_NUMBERS = "一二三四五六七八九十"


def _group_row(place: int, category: Category) -> Row:
    said = "未收录" if category.weight is None else weight(category.weight)
    head = _CHINESE_NUMBERS[place] if place < 10 else str(place + 1)
    return Row((f"{head}　{category.name}　　权重 w＝{said}",), RowKind.GROUP)


def _levels(system: IndicatorSystem, table: SystemTable) -> tuple[Level, ...]:
    """The columns of thresholds: all three, of a reference table those it asks anything for."""
    if system.kind is not DocumentKind.REFERENCE_TABLE:
        return tuple(LEVELS)
    return tuple(
        level
        for level in LEVELS
        if any(level in indicator.benchmarks for indicator in table.indicators())
    )


def _head(system: IndicatorSystem, level: Level) -> str:
    """「Ⅰ级」, 「1 级」 as quotas number them, 「要求」 in a reference table."""
    if system.kind is DocumentKind.REFERENCE_TABLE:
        return "要求"
    return f"{level.value} 级" if system.kind is DocumentKind.ENERGY_QUOTA else f"{level.symbol}级"


def comparison_table(project: AuditProject, assessment: Assessment) -> Table:
    """Every indicator with its thresholds, their state, the firm's value and the level reached."""
    assert project.system is not None
    inputs = inputs_of(project)
    levels = _levels(project.system, system_table(project))
    rows: list[Row] = []
    last: Category | None = None
    group = 0
    for place, category, indicator, judgement in judged_indicators(project, assessment):
        if category is not last:
            rows.append(_group_row(group, category))
            last, group = category, group + 1
        texts = [threshold_text(indicator, level, inputs) for level in levels]
        cells: list[Cell] = [
            str(place),
            LimitingMark() if judgement.limiting else "",
            Bold(indicator.name) if judgement.limiting else indicator.name,
            unit_text(indicator) or DASH,
            weight_text(indicator, judgement),
        ]
        for column, text in enumerate(texts):
            same = (
                column > 0
                and text == texts[column - 1]
                and indicator.kind is IndicatorKind.QUALITATIVE
            )
            cells.append(JoinLeft() if same else text)
        cells.append(StateMark(judgement.verification))
        if isinstance(judgement.finding, NotApplicable):
            cells += [f"不适用：{judgement.finding.reason}", JoinLeft()]
        else:
            cells += [
                value_cell(judgement, project.system),
                level_cell(judgement, project.system),
            ]
        rows.append(Row(tuple(cells), bar=judgement.limiting))
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("限", 0.7, Align.CENTRE),
        Column("二级指标", 3.4),
        Column("单位", 1.1, Align.CENTRE),
        Column("权重 ω", 1.1, Align.CENTRE),
        *(
            Column(_head(project.system, level), 10.8 / len(levels), group="基准值")
            for level in levels
        ),
        Column("状态", 0.9, Align.CENTRE, group="基准值"),
        Column("数值或情况", 3.6, group=f"企业（{project.base_year} 年）"),
        Column(
            "结论" if is_reference(project.system) else "级",
            1.5 if is_reference(project.system) else 1.0,
            Align.CENTRE,
            group=f"企业（{project.base_year} 年）",
        ),
    )
    notes: tuple[Runs, ...] = (
        (
            f"资料来源：{project.system.title}（{project.system.document_no}）{system_table(project).title}。{STATE_NOTE}",
        ),
    )
    return Table(
        "comparison",
        f"{project.system.title}对照表",
        columns,
        tuple(rows),
        notes,
        Size.DENSE,
        Sheet.LANDSCAPE,
    )
