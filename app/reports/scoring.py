"""The chapters about the level: comparison table, result, what holds the firm back, calculation sheet, sources."""

from collections.abc import Iterator
from fractions import Fraction

from app.assessment.finding import Measured, NotApplicable
from app.assessment.gap import gap_to
from app.assessment.indicator_system import (
    LEVELS,
    Category,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    LevelRule,
    Verification,
)
from app.assessment.indicator_system import (
    Table as SystemTable,
)
from app.assessment.numbers import brief, display
from app.assessment.result import Assessment, Judgement
from app.assessment.trace import Trace
from app.assessment.units import UNITS
from app.audit.charts.build import index_chart, share_chart
from app.audit.findings import inputs_of
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.audit.wording import finding_text, level_name, threshold_text
from app.forms.quantity import Factor
from app.forms.question import TableQuestion
from app.forms.visible import asked_items, asked_rows
from app.reports.answers import DASH, figure_title, formal, formal_sentence
from app.reports.digits import number, regrouped
from app.reports.document import (
    Align,
    Block,
    Cell,
    Chapter,
    Column,
    Figure,
    JoinLeft,
    LevelMark,
    LimitingMark,
    Open,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Section,
    Sheet,
    Size,
    StateMark,
    Sub,
    Table,
)

_CHINESE_NUMBERS = "一二三四五六七八九十"
STATE_NOTE = "状态：● 已与原文核对，◐ 转录自二手来源，◌ 凭记忆录入；后两种均待核对。"


def index_name(level: Level) -> Runs:
    return ("Y", Sub(level.symbol))


def unchecked_note(assessment: Assessment) -> str:
    """「（阈值待核对）」 behind a level that rests on anything nobody compared with the original."""
    return "" if assessment.verification is Verification.VERIFIED else "（基准值待核对）"


def system_table(project: AuditProject) -> SystemTable:
    """The table the firm is judged by. Call only with a system."""
    assert project.system is not None
    return project.system.table(project.table_id)


def _pairs(
    project: AuditProject, assessment: Assessment
) -> Iterator[tuple[int, Category, Indicator, Judgement]]:
    """Running number, category, indicator, judgement in the document's order."""
    by_id = {judgement.indicator_id: judgement for judgement in assessment.judgements}
    place = 0
    for category in system_table(project).categories:
        for indicator in category.indicators:
            place += 1
            if indicator.id in by_id:
                yield place, category, indicator, by_id[indicator.id]


def unit_text(indicator: Indicator) -> str:
    return UNITS[indicator.unit].symbol if indicator.unit else ""


def _weight_text(indicator: Indicator, judgement: Judgement, count: int) -> str:
    """ω as the document writes it: 「0.8/7」 for a shared weight, 「0.15」 else."""
    if indicator.share is not None and indicator.share.total is not None and count:
        return f"{brief(indicator.share.total)}/{count}"
    return "未收录" if judgement.weight_before is None else brief(judgement.weight_before)


def _shared_counts(table: SystemTable) -> dict[str, int]:
    counts: dict[str, int] = {}
    for indicator in table.indicators():
        if indicator.share is not None:
            counts[indicator.share.group] = counts.get(indicator.share.group, 0) + 1
    return counts


def _level_cell(judgement: Judgement) -> Cell:
    match judgement.state:
        case "not_applicable":
            return DASH
        case "missing":
            return Open()
        case _:
            return LevelMark(judgement.reached)


def _value_cell(judgement: Judgement) -> Cell:
    if judgement.state == "missing":
        return Open()
    if isinstance(judgement.finding, Measured):
        return number(judgement.finding.value, 2)
    return finding_text(judgement.finding)


def _group_row(place: int, category: Category) -> Row:
    weight = "未收录" if category.weight is None else brief(category.weight)
    head = _CHINESE_NUMBERS[place] if place < 10 else str(place + 1)
    return Row((f"{head}　{category.name}　　权重 w＝{weight}",), RowKind.GROUP)


# ------------------------------------------------------------------ comparison


def comparison_table(project: AuditProject, assessment: Assessment) -> Table:
    """Every indicator with its thresholds, their state, the firm's value and the level reached."""
    inputs = inputs_of(project)
    counts = _shared_counts(system_table(project))
    rows: list[Row] = []
    last: Category | None = None
    group = 0
    for place, category, indicator, judgement in _pairs(project, assessment):
        if category is not last:
            rows.append(_group_row(group, category))
            last, group = category, group + 1
        texts = [threshold_text(indicator, level, inputs) for level in LEVELS]
        cells: list[Cell] = [
            str(place),
            LimitingMark() if judgement.limiting else "",
            indicator.name,
            unit_text(indicator) or DASH,
            _weight_text(
                indicator, judgement, counts.get(indicator.share.group, 0) if indicator.share else 0
            ),
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
            cells += [_value_cell(judgement), _level_cell(judgement)]
        rows.append(Row(tuple(cells), bar=judgement.limiting))
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("限", 0.7, Align.CENTRE),
        Column("二级指标", 3.4),
        Column("单位", 1.1, Align.CENTRE),
        Column("权重 ω", 1.1, Align.CENTRE),
        Column("Ⅰ级", 4.0, group="基准值"),
        Column("Ⅱ级", 3.4, group="基准值"),
        Column("Ⅲ级", 3.4, group="基准值"),
        Column("状态", 0.9, Align.CENTRE, group="基准值"),
        Column("数值或情况", 3.6, group=f"企业（{project.base_year} 年）"),
        Column("级", 1.0, Align.CENTRE, group=f"企业（{project.base_year} 年）"),
    )
    assert project.system is not None
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


def _short(requirement: str) -> str:
    return requirement if len(requirement) <= 40 else requirement[:39] + "…"


# ------------------------------------------------------------------ result


def _condition(rule: LevelRule) -> str:
    parts = []
    if rule.min_index is not None:
        relation = "＝" if rule.min_index == 100 else "≥"
        parts.append(f"Y{rule.level.symbol} {relation} {brief(rule.min_index)}")
    if rule.limiting_level is not None:
        above = "" if rule.limiting_level is Level.I else "及以上"
        parts.append(f"限定性指标全部达到{rule.limiting_level.symbol}级{above}")
    if rule.others_level is not None:
        parts.append(f"其余指标全部达到{rule.others_level.symbol}级及以上")
    return "；".join(parts) or rule.rule_text


def decision_table(project: AuditProject, assessment: Assessment) -> Table:
    """Per level: what it asks, what the firm has, whether it is fulfilled."""
    assert project.system is not None
    names = {indicator.id: indicator.name for indicator in system_table(project).indicators()}
    rows = []
    for rule in sorted(project.system.method.levels, key=lambda one: one.level):
        interval = assessment.index_range.get(rule.level)
        index: Cell = DASH
        if interval is not None:
            index = display(interval.low, 2)
            if not interval.is_point:
                index = f"{display(interval.low, 2)}～{display(interval.high, 2)}"
        failed = assessment.limiting_failed.get(rule.level, ())
        held = "、".join(names[one] for one in failed) if failed else "无"
        rows.append(
            Row(
                (
                    LevelMark(rule.level),
                    rule.name,
                    _condition(rule),
                    index,
                    held,
                    _fulfilled(assessment, rule),
                )
            )
        )
    columns = (
        Column("级", 0.8, Align.CENTRE),
        Column("名称", 3.4),
        Column("要求", 3.2),
        Column("指数", 1.5, Align.CENTRE),
        Column("未达到该级的限定性指标", 2.6),
        Column("满足", 0.9, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (
        ("注：自上而下，第一个满足的等级为结果；逐项计算见", Ref("calculation"), "。"),
    )
    return Table("decision", "等级判定", columns, tuple(rows), notes, Size.SMALL)


def _fulfilled(assessment: Assessment, rule: LevelRule) -> Cell:
    """是, 否, or 未定 while it depends on something missing."""
    if assessment.level_range is None:
        return DASH
    best, worst = assessment.level_range
    if worst <= rule.level:
        # A better level met by the letter does not need the worse one; say what this level itself gives.
        return "是" if assessment.level is not None else "未定"
    if best > rule.level:
        return "否"
    return "未定"


def result_blocks(project: AuditProject, assessment: Assessment) -> list[Block]:
    """Text, index figure, decision table, categories; ranges while answers are missing."""
    assert project.system is not None
    blocks: list[Block] = [Section("清洁生产水平")]
    document = (
        f"{project.system.title}（{project.system.document_no}）{system_table(project).title}"
    )
    judged = sum(1 for one in assessment.judgements if one.state != "not_applicable")
    away = len(assessment.judgements) - judged
    start = f"依据{document}，以 {project.base_year} 年为基准年，参评指标 {judged} 项"
    start += (
        f"，不适用 {away} 项（理由见对照表，权重按该体系的规定分给同类指标）。" if away else "。"
    )
    chart = index_chart(project, assessment)
    refs: list[Ref | str] = ["见"]
    if chart is not None:
        refs += [Ref("index"), "、"]
    refs += [Ref("decision"), "和", Ref("comparison")]
    if assessment.level is None:
        best, worst = assessment.level_range or (None, None)
        said = f"还有 {len(assessment.missing)} 项指标未填，指数只能给出范围，等级未定"
        if best is not None and worst is not None:
            said += f"，可能为{level_name(best)}，也可能为{level_name(worst)}"
        if assessment.why_not_scored:
            said = f"按现有资料不能定级：{assessment.why_not_scored.rstrip('。')}"
        blocks.append(Paragraph((start, said, "。", *refs, "。")))
    else:
        said = f"判定为{level_name(assessment.level)}"
        said += f"，即{assessment.level_name}" if assessment.level_name else ""
        blocks.append(Paragraph((start, said, unchecked_note(assessment), "。", *refs, "。")))
    for warning in assessment.warnings:
        if assessment.missing and "没填" in warning:
            continue  # said above, with the range
        blocks.append(Paragraph((f"说明：{formal(warning).rstrip('。')}。",)))
    if chart is not None:
        notes: tuple[Runs, ...] = (
            ("注：实心为已确定的指数，斜线为未填项还可能带来的部分，竖线为该级要求。",),
        )
        blocks.append(Figure("index", "综合评价指数（审核前）", chart, notes))
    blocks.append(decision_table(project, assessment))
    return blocks


def gap_blocks(project: AuditProject, assessment: Assessment) -> list[Block]:
    """What keeps the firm from the next level; limiting indicators first, then by points."""
    assert project.system is not None
    gap = gap_to(project.system, assessment, inputs=inputs_of(project))
    if gap is None or not gap.items:
        return []
    table = system_table(project)
    by_id = {indicator.id: indicator for indicator in table.indicators()}
    inputs = inputs_of(project)
    rows = []
    total = Fraction(0)
    for item in gap.items:
        indicator, judgement = by_id[item.indicator_id], assessment.judgement(item.indicator_id)
        points = item.points
        total += points or 0
        distance = DASH if item.distance is None else number(item.distance, 2)
        rows.append(
            Row(
                (
                    LimitingMark() if judgement.limiting else "",
                    indicator.name,
                    _level_cell(judgement),
                    _value_cell(judgement),
                    _short(threshold_text(indicator, item.asked, inputs)),
                    distance,
                    "未收录" if points is None else display(points, 2),
                ),
                bar=judgement.limiting,
            )
        )
    rows.append(Row(("", "合计", "", "", "", "", display(total, 2)), RowKind.TOTAL))
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
            f"；Y{gap.target.symbol} 现为 {display(gap.index, 2)}，要求 {brief(gap.index_needed)}，相差 {display(gap.short, 2)} 分",
        )
    shares = share_chart(table, assessment, gap.target)
    blocks: list[Block] = [
        Section(f"与{gap.target.symbol}级的差距"),
        Paragraph(
            (
                said,
                *index,
                "。逐项见",
                Ref("gap"),
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
            f"注：可得分＝100×一级权重×调整后二级权重，即达到{gap.target.symbol}级时指数的增量。{check}",
        ),
    )
    blocks.append(
        Table("gap", f"未达{gap.target.symbol}级的指标", columns, tuple(rows), notes, Size.SMALL)
    )
    if shares is not None:
        blocks.append(Figure("shares", f"各一级指标在 Y{gap.target.symbol} 中的得分", shares))
    return blocks


# ------------------------------------------------------------------ appendices


def calculation_chapter(project: AuditProject, assessment: Assessment) -> Chapter:
    """The calculation sheet: value, level, membership, weights before and after, points; can be redone by hand."""
    counts = _shared_counts(system_table(project))
    applicable: dict[str, int] = {}
    for _, _, indicator, judgement in _pairs(project, assessment):
        if indicator.share is not None and judgement.state != "not_applicable":
            applicable[indicator.share.group] = applicable.get(indicator.share.group, 0) + 1
    rows: list[Row] = []
    last: Category | None = None
    sums = {level: Fraction(0) for level in LEVELS}
    total = Fraction(0)
    for place, category, indicator, judgement in _pairs(project, assessment):
        head = ""
        if category is not last:
            weight = "未收录" if category.weight is None else brief(category.weight)
            head = f"{category.name.removesuffix('指标')} {weight}"
            last = category
        before = _weight_text(
            indicator, judgement, counts.get(indicator.share.group, 0) if indicator.share else 0
        )
        if isinstance(judgement.finding, NotApplicable):
            cells: tuple[Cell, ...] = (
                head, str(place), LimitingMark() if judgement.limiting else "", indicator.name, before,
                f"不适用：{judgement.finding.reason}", *(JoinLeft() for _ in range(7)), StateMark(judgement.verification),
            )  # fmt: skip
            rows.append(Row(cells, bar=judgement.limiting))
            continue
        after = judgement.weight_after
        share = judgement.share
        total += share or 0
        members: list[Cell] = []
        for level in LEVELS:
            met = judgement.meets[level]
            members.append("?" if met is None else "100" if met else "0")
            if met and share is not None:
                sums[level] += share
        value: Cell = _value_cell(judgement)
        if not isinstance(judgement.finding, Measured) and judgement.state != "missing":
            value = "定性"
        shared = applicable.get(indicator.share.group, 0) if indicator.share else 0
        after_text = (
            "未收录"
            if after is None
            else _weight_text(indicator, judgement, shared)
            if shared
            else brief(after)
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
                    "未收录" if share is None else display(share, 3),
                    value,
                    _level_cell(judgement),
                    *members,
                    ""
                    if share is None
                    else display(share, 3)
                    if judgement.meets[Level.II]
                    else "0",
                    StateMark(judgement.verification),
                ),
                bar=judgement.limiting,
            )
        )
    points = [display(sums[level], 2) for level in LEVELS]
    rows.append(
        Row(
            (
                "",
                "",
                "",
                "合计　Y＝Σ 100·w·ω′ × Y(x)/100",
                "",
                "",
                display(total, 3),
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
            "指数按 0 与 100 两种情形给出范围。3　按分数精确计算，表中为修约值；合计行为未修约值之和再修约。4　"
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


def derivation_chapter(project: AuditProject, assessment: Assessment | None) -> Chapter | None:
    """How each measured value and the sums were worked out, down to what was typed; None when there is nothing yet."""
    table = _derivation_table(project, assessment) if assessment is not None else None
    totals = _totals_table(project)
    if table is None and totals is None:
        return None
    shown = [one for one in (table, totals) if one is not None]
    lead: list[str | Ref] = ["所用的数由账单、台账逐级算出，没有重复填报。"]
    if table is not None:
        lead += [Ref(table.key), "列出指标的算式和用到的数", "，" if totals is not None else ""]
    if totals is not None:
        lead += [Ref(totals.key), "列出汇总数的算式"]
    title = "指标数值的来历" if table is not None else "汇总数的来历"
    return Chapter(title, (Paragraph((*lead, "。")), *shown))


def _derivation_table(project: AuditProject, assessment: Assessment) -> Table | None:
    rows = []
    for place, _, indicator, judgement in _pairs(project, assessment):
        if not isinstance(judgement.finding, Measured):
            continue
        value = _derivation_of(judgement.trace)
        if value is None:
            continue
        leaves = [leaf for leaf in _leaves(value) if leaf.value is not None]
        origin = "；".join(
            dict.fromkeys(f"{leaf.label} {_trace_value(leaf)}" for leaf in leaves[:_MOST_LEAVES])
        )
        if len(leaves) > _MOST_LEAVES:
            origin += f"；共 {len(leaves)} 个数，其余见账单明细"
        formula = value.formula or "直接填报"
        unit = unit_text(indicator)
        rows.append(
            Row(
                (
                    str(place),
                    indicator.name,
                    regrouped(f"{formula}＝{number(judgement.finding.value, 2)} {unit}"),
                    regrouped(origin),
                )
            )
        )
    if not rows:
        return None
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("指标", 2.6),
        Column("算式", 4.6),
        Column("用到的数", 5.2),
    )
    return Table("derivation", "指标数值的来历", columns, tuple(rows), size=Size.SMALL)


_MOST_LEAVES = 24
# Sums that stand on the page of results and are no indicators, with their formulas.
_TOTALS = ("energy.total", "energy.co2", "energy.per_area", "energy.per_value", "water.reuse", "water.closing_error",
           "voc.generated", "voc.emitted", "packaging.one_way", "packaging.per_output", "env.hazardous")  # fmt: skip


def _totals_table(project: AuditProject) -> Table | None:
    rows = []
    for quantity_id in _TOTALS:
        if not is_asked(project, quantity_id):
            continue
        figure = project.derivation.figure(quantity_id)
        if figure.value is None:
            continue
        made = f"{figure.trace.formula}＝" if figure.trace.formula else ""
        said = f"{made}{number(figure.value, figure.decimals)} {figure.unit}"
        rows.append(Row((figure_title(project, figure), regrouped(said))))
    if not rows:
        return None
    columns = (Column("项目", 2.6), Column("算式", 9))
    notes: tuple[Runs, ...] = (("注：按未修约的数计算，算式中为修约值，末位可能相差。",),)
    return Table("totals", "汇总数的算式", columns, tuple(rows), notes, Size.SMALL)


def _derivation_of(trace: Trace) -> Trace | None:
    """The child of a judgement's trace that works the value out."""
    for child in trace.children:
        if child.formula and child.children:
            return child
    return next(iter(trace.children), None)


def _leaves(trace: Trace) -> Iterator[Trace]:
    if not trace.children:
        yield trace
    for child in trace.children:
        yield from _leaves(child)


def _trace_value(trace: Trace) -> str:
    value = trace.value
    shown = value if isinstance(value, str) else "" if value is None else brief(value)
    return f"{shown} {trace.unit}".strip()


def sources_chapter(project: AuditProject, assessment: Assessment | None) -> Chapter | None:
    """Where thresholds, limits and factors come from, how sure they are, and what the source did not show."""
    blocks: list[Block] = []
    if assessment is not None and project.system is not None:
        blocks += _system_sources(project.system, assessment)
    blocks += _limit_sources(project)
    blocks += _factor_sources(project)
    if not blocks:
        return None
    return Chapter(
        "基准值、限值和系数的来源" if project.system else "限值和系数的来源", tuple(blocks)
    )


def _system_sources(system: IndicatorSystem, assessment: Assessment) -> list[Block]:
    states = [judgement.verification for judgement in assessment.judgements]
    counted = "，".join(
        f"{word} {states.count(state)} 项"
        for state, word in (
            (Verification.VERIFIED, "已与原文核对"),
            (Verification.TRANSCRIBED, "转录待核"),
            (Verification.RECALLED, "凭记忆待核"),
        )
    )
    blocks: list[Block] = [
        Section("指标体系"),
        Paragraph(
            (
                f"{system.title}，{system.document_no}。该表 {len(states)} 项指标的基准值中，{counted}。基准值出处见",
                Ref("sources"),
                "。",
            )
        ),
    ]
    rows = [Row((source.what, source.url or DASH)) for source in system.sources.values()]
    blocks.append(
        Table(
            "sources",
            "基准值来源",
            (Column("内容", 5), Column("来源", 4)),
            tuple(rows),
            size=Size.SMALL,
        )
    )
    if system.missing:
        blocks.append(Paragraph(("未能取得原文的部分：" + "；".join(system.missing) + "。",)))
    return blocks


def _limit_sources(project: AuditProject) -> list[Block]:
    """Limits and lists of other documents that verdicts of tables rest on, each once."""
    rows: dict[str, Row] = {}
    for page in project.questionnaire.pages():
        for item in asked_items(page, project.book):
            if not isinstance(item, TableQuestion):
                continue
            for row_id in asked_rows(item, project.book, project.base_year):
                for column in item.columns:
                    if not column.derived or not project.derivation.quantities[column.derived].rule:
                        continue
                    trace = project.derivation.cell(item.id, row_id, column.id).trace
                    basis, _, read = formal_sentence(trace.source).partition("；")
                    if read and trace.verification is not None and basis not in rows:
                        cells = (formal(item.title), basis, read)
                        rows[basis] = Row((*cells, StateMark(trace.verification)))
    if not rows:
        return []
    columns = (
        Column("用于", 2.4),
        Column("依据", 4),
        Column("数值见于", 4),
        Column("状态", 0.9, Align.CENTRE),
    )
    table = Table(
        "limits", "判定所用限值的来源", columns, tuple(rows.values()), ((STATE_NOTE,),), Size.SMALL
    )
    lead = Paragraph(("各表中的判定所依据的限值见", Ref("limits"), "。"))
    return [Section("限值"), lead, table]


def _factor_sources(project: AuditProject) -> list[Block]:
    titles = _factors_in_use(project)
    used = [one for one in project.derivation.factors.values() if one.title in titles]
    if not used:
        return []
    rows = tuple(
        Row(
            (
                factor.title,
                brief(factor.value),
                factor.unit,
                _factor_source(factor),
                StateMark(factor.verification),
            )
        )
        for factor in used
    )
    columns = (
        Column("系数", 2.6),
        Column("数值", 1.4, Align.NUMBER),
        Column("单位", 1.8, Align.CENTRE),
        Column("来源", 4.4),
        Column("状态", 0.9, Align.CENTRE),
    )
    return [
        Section("折算系数"),
        Paragraph(("能源折标煤和二氧化碳所用系数见", Ref("factors"), "。")),
        Table("factors", "折算系数及来源", columns, rows, ((STATE_NOTE,),), Size.SMALL),
    ]


def _factor_source(factor: Factor) -> str:
    """「…电力二氧化碳排放因子公告（广东，2022 年）」."""
    year = str(factor.year or "")
    scope = "，".join(
        one for one in (factor.region, f"{year} 年" if year.isdigit() else year) if one
    )
    return f"{factor.source}（{scope}）" if scope else factor.source


def _factors_in_use(project: AuditProject) -> set[str]:
    """Titles of the factors by which an amount that is not zero was multiplied."""
    used: set[str] = set()
    for quantity_id in ("energy.total", "energy.co2"):
        if is_asked(project, quantity_id):
            _collect_factors(project.derivation.figure(quantity_id).trace, used)
    return used


def _collect_factors(trace: Trace, used: set[str]) -> None:
    """Leaves with a state are factors, behind what they multiply; nothing, or what is not known, used none."""
    if not trace.value:
        return
    amount: Fraction | str | None = Fraction(1)
    for child in trace.children:
        if child.verification is None or child.children:
            amount = child.value
            _collect_factors(child, used)
        elif amount:  # what stands before its factor
            used.add(child.label)


def limiting_rows(project: AuditProject, assessment: Assessment) -> list[Row]:
    """Limiting indicators for the page of results, with their level."""
    return [
        Row((str(place), indicator.name, _value_cell(judgement), _level_cell(judgement)), bar=False)
        for place, _, indicator, judgement in _pairs(project, assessment)
        if judgement.limiting and judgement.state != "not_applicable"
    ]
