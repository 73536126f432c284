"""What the tables about indicators share: the judged indicators in order, their cells, marks and notes."""

from collections.abc import Iterator
from fractions import Fraction

from app.assessment.doubt import Doubt
from app.assessment.finding import Measured, Missing, Reached
from app.assessment.indicator_system import (
    Category,
    Indicator,
    IndicatorSystem,
    Level,
    ShareRule,
    Verification,
)
from app.assessment.indicator_system import Table as SystemTable
from app.assessment.numbers import brief, places_apart
from app.assessment.result import Assessment, Interval, Judgement
from app.assessment.units import UNITS
from app.audit.edition_words import judged_text
from app.audit.project import AuditProject
from app.audit.self_check import is_reference
from app.audit.wording import finding_text
from app.papers.answers import formal_sentence
from app.papers.digits import number, places_to_the_end
from app.papers.document import Amount, Away, Cell, LevelMark, Open

STATE_NOTE = "状态：● 已与原文核对，◐ 转录自二手来源，◌ 未见原文、凭既有知识录入；后两种均待核对。"


def unchecked_note(assessment: Assessment) -> str:
    """「（阈值待核对）」 behind a level that rests on anything nobody compared with the original."""
    return "" if assessment.verification is Verification.VERIFIED else "（基准值待核对）"


def unchecked_words(project: AuditProject, assessment: Assessment, *, brief: bool = False) -> str:
    """How many thresholds of the level nobody compared with the original, and what a reviewer should do about it. brief:
    for the page of results, which is one page."""
    used = [one for one in assessment.judgements if one.state != "not_applicable"]
    states = [one.verification for one in used]
    away = len(assessment.judgements) - len(used)
    open_ones = len(states) - states.count(Verification.VERIFIED)
    counted = "，".join(
        f"{word} {count} 项"
        for state, word in (
            (Verification.TRANSCRIBED, "转录自二手来源"),
            (Verification.RECALLED, "未见原文、凭既有知识录入"),
        )
        if (count := states.count(state))
    )
    said = (
        f"判级所用的 {len(states)} 项基准值{f'（不含不适用的 {away} 项）' if away else ''}"
        f"{'均' if open_ones == len(states) else f'中，有 {open_ones} 项'}尚未与原文核对（{counted}）"
    )
    if brief:
        return f"{said}，等级以“待核对”标示，逐项状态见对照表。"
    return (
        f"{said}。核对完成前，本报告的等级以“待核对”标示；评审时请对照{document_name(project)}原文核对，"
        "逐项状态见对照表。"
    )


def document_name(project: AuditProject) -> str:
    """The name of the system the firm is judged by."""
    return "" if project.system is None else f"《{project.system.title}》"


def system_table(project: AuditProject) -> SystemTable:
    """The table the firm is judged by. Call only with a system."""
    assert project.system is not None
    return project.system.table(project.table_id)


def judged_indicators(
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


def weight_text(indicator: Indicator, judgement: Judgement, count: int = 0) -> str:
    """ω as the document writes it: 「0.8/n」 for a weight divided evenly, the whole where one row takes it or outputs
    divide it, 「0.15」 else. count: of the rows that apply, for 「0.8/3」."""
    share = indicator.share
    if share is not None and share.total is not None:
        evenly = share.rule is ShareRule.APPLICABLE_COUNT
        return f"{brief(share.total)}/{count or 'n'}" if evenly else weight(share.total)
    return "未收录" if judgement.weight_before is None else weight(judgement.weight_before)


def weight(value: Fraction) -> str:
    """「0.15」, 「0.40」, 「0.125」: two places at least, the rest as the document writes it."""
    return number(value, max(2, places_to_the_end(value)))


def level_cell(judgement: Judgement, system: IndicatorSystem | None = None) -> Cell:
    """What a row reaches: a mark of its level, 「2 级」 of a quota, 「达到」 in a reference table; open while it is not answered,
    a dash where it does not apply."""
    match judgement.state:
        case "not_applicable":
            return Away(getattr(judgement.finding, "reason", ""))
        case "missing":
            return Open("与数据不符") if _doubt(judgement) else Open()
        case _ if system is not None and is_reference(system):
            return formal_sentence(judged_text(system.kind, judgement))
        case _:
            return LevelMark(judgement.reached)


def value_cell(judgement: Judgement, system: IndicatorSystem | None = None) -> Cell:
    """The firm's value or statement; of a reference table without any word of levels."""
    finding = judgement.finding
    if judgement.state == "missing":
        doubt = _doubt(judgement)
        return Open() if doubt is None else f"填报{doubt.said_text}，与数据不符：{doubt.facts_text}"
    if isinstance(finding, Measured):
        return Amount(finding.value, judgement.places, "", f"indicator/{judgement.indicator_id}")
    bare = isinstance(finding, Reached) and not finding.statement
    if bare and system is not None and is_reference(system):
        return formal_sentence(judged_text(system.kind, judgement))
    return finding_text(finding)


def _doubt(judgement: Judgement) -> Doubt | None:
    finding = judgement.finding
    return finding.doubt if isinstance(finding, Missing) else None


def index_amount(level: Level, interval: Interval) -> Amount:
    """Y of a level, as a range while answers are open."""
    high = None if interval.is_point else interval.high
    ends = (interval.low, interval.high)
    places = max(places_apart(one, (Fraction(round(one)),)) for one in ends)
    return Amount(interval.low, places, "", f"index/{level.code}", high=high)
