"""The section 清洁生产水平: what the level is and why, index figure, decision table."""

from dataclasses import replace

from app.assessment.indicator_system import Level, LevelRule, Verification
from app.assessment.numbers import brief
from app.assessment.remarks import WAITING
from app.assessment.result import Assessment
from app.audit.charts.build import index_chart
from app.audit.project import AuditProject
from app.audit.wording import level_name
from app.papers.answers import DASH, formal_sentence
from app.papers.chapters.judgements import (
    index_amount,
    system_table,
    unchecked_note,
    unchecked_words,
)
from app.papers.document import (
    Align,
    Block,
    Bold,
    Cell,
    Column,
    Figure,
    LevelMark,
    Paragraph,
    Ref,
    Row,
    Runs,
    Section,
    Size,
    Table,
)


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
    if assessment.level_range is not None:
        refs += [Ref("decision"), "和"]
    refs.append(Ref("comparison"))
    if assessment.level is None:
        best, worst = assessment.level_range or (None, None)
        said = f"{_what_is_open(assessment)}，指数只能给出范围，等级未定"
        if best is not None and worst is not None:
            said += f"，可能为{level_name(best)}，也可能为{level_name(worst)}"
        if assessment.why_not_scored:
            said = f"按现有资料不能定级：{assessment.why_not_scored.rstrip('。')}"
        blocks.append(Paragraph((start, said, "。", *refs, "。")))
    else:
        said = f"判定为{level_name(assessment.level)}"
        said += f"，即{assessment.level_name}" if assessment.level_name else ""
        blocks.append(Paragraph((start, said, unchecked_note(assessment), "。", *refs, "。")))
        if assessment.verification is not Verification.VERIFIED:
            blocks.append(Paragraph((Bold("提请评审注意　"), unchecked_words(project, assessment))))
    remarks = [
        formal_sentence(one.text).rstrip("。")
        for one in assessment.remarks
        if not (assessment.missing and one.code in WAITING)  # said above, with the range
    ]
    if remarks:
        last = blocks[-1]
        said = f"{'；'.join(remarks)}。"
        if isinstance(last, Paragraph) and isinstance(last.runs[0], Bold):
            blocks[-1] = replace(last, runs=(*last.runs, said))
        else:
            blocks.append(Paragraph((said,)))
    if chart is not None:
        notes: tuple[Runs, ...] = (
            ("注：实心为已确定的指数，斜线为未填项还可能带来的部分，竖线为该级要求。",),
        )
        blocks.append(Figure("index", "综合评价指数（审核前）", chart, notes))
    if assessment.level_range is not None:
        blocks.append(decision_table(project, assessment))
    return blocks


def _what_is_open(assessment: Assessment) -> str:
    """What keeps the level open: rows nobody answered, and answers the firm's own data speak against."""
    blank, doubts = len(assessment.blank), len(assessment.doubts)
    said = [f"还有 {blank} 项指标未填"] if blank else []
    said += [f"{doubts} 项指标的填报与数据不符"] if doubts else []
    return "，".join(said) or f"还有 {len(assessment.missing)} 项指标未填"


def decision_table(project: AuditProject, assessment: Assessment) -> Table:
    """Per level: what it asks, what the firm has, whether it is fulfilled."""
    assert project.system is not None
    names = {indicator.id: indicator.name for indicator in system_table(project).indicators()}
    rows = []
    for rule in sorted(project.system.method.levels, key=lambda one: one.level):
        interval = assessment.index_range.get(rule.level)
        index: Cell = DASH
        if interval is not None:
            index = index_amount(rule.level, interval)
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
