"""Appendix on sources: thresholds, limits and factors, and how sure they are."""

from collections.abc import Container
from fractions import Fraction

from app.assessment.indicator_system import IndicatorSystem, Verification
from app.assessment.numbers import brief
from app.assessment.result import Assessment
from app.assessment.trace import Trace
from app.audit.balance import USUAL_ERROR_PERCENT
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.forms.quantity import Factor
from app.forms.question import TableQuestion
from app.forms.visible import asked_items, asked_rows
from app.measures.model import measures_of
from app.papers.answers import formal, formal_sentence
from app.papers.chapters.judgements import STATE_NOTE, judged_indicators
from app.papers.digits import places_to_the_end
from app.papers.document import (
    Align,
    Amount,
    Block,
    Chapter,
    Column,
    Paragraph,
    Ref,
    Row,
    Section,
    Size,
    StateMark,
    Table,
)
from app.papers.measure_rows import is_costly
from app.standards.verification import ENTERED, NO_SECOND_LOOK, SECOND_LOOK, checked_alone


def sources_chapter(
    project: AuditProject,
    assessment: Assessment | None,
    shown: Container[str] = (),
    *,
    is_whole: bool = True,
) -> Chapter | None:
    """Where thresholds, limits and factors come from, how sure they are, and what the source did not show. shown: keys of
    the tables of the chapters; of a paper that is not the whole report only limits of these are listed."""
    blocks: list[Block] = []
    if assessment is not None and project.system is not None:
        blocks += _system_sources(project, project.system, assessment)
    blocks += _limit_sources(project, None if is_whole else shown, shown)
    blocks += _factor_sources(project)
    if not blocks:
        return None
    return Chapter(
        "基准值、限值和系数的来源" if project.system else "限值和系数的来源", tuple(blocks)
    )


def _system_sources(
    project: AuditProject, system: IndicatorSystem, assessment: Assessment
) -> list[Block]:
    states = [judgement.verification for judgement in assessment.judgements]
    counted = "，".join(
        f"{word} {states.count(state)} 项"
        for state, word in (
            (Verification.VERIFIED, "已与原文核对"),
            (Verification.TRANSCRIBED, "转录自二手来源"),
            (Verification.RECALLED, "未见原文、凭既有知识录入"),
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
    blocks += _who_looked(project, system, assessment)
    by_source: dict[tuple[str, Verification], list[int]] = {}
    for place, _, indicator, judgement in judged_indicators(project, assessment):
        kind = (indicator.provenance.source_id, judgement.verification)
        by_source.setdefault(kind, []).append(place)
    rows = [
        Row(
            (
                _numbers(places),
                Amount(Fraction(len(places)), 0, "项"),
                (system.sources[source].url if source in system.sources else "") or "未见原文",
                StateMark(state),
            )
        )
        for (source, state), places in by_source.items()
    ]
    columns = (
        Column("指标序号", 3.4),
        Column("项数", 0.9, Align.NUMBER),
        Column("录入所据的网址或文件", 4.6),
        Column("状态", 0.9, Align.CENTRE),
    )
    blocks.append(
        Table("sources", "基准值来源", columns, tuple(rows), ((STATE_NOTE,),), Size.SMALL)
    )
    return blocks


def _who_looked(
    project: AuditProject, system: IndicatorSystem, assessment: Assessment
) -> list[Block]:
    """Of a system somebody typed in: who, whether a second person looked, and which rows one person alone stands for."""
    entered = system.extras.get(ENTERED, "")
    if not entered:
        return []
    second = system.extras.get(SECOND_LOOK, "")
    said = f"该体系由使用者录入：{entered}；"
    said += "录入后没有第二人复核。" if second in ("", NO_SECOND_LOOK) else f"复核：{second}。"
    alone: dict[str, list[int]] = {}
    for place, _, indicator, _ in judged_indicators(project, assessment):
        if name := checked_alone(system, indicator):
            alone.setdefault(name, []).append(place)
    for name, places in alone.items():
        said += f"第 {_numbers(places)} 项由{name}一人录入并核对，没有第二人复核。"
    return [Paragraph((said,))]


def _numbers(places: list[int]) -> str:
    """「1～12、15」."""
    parts: list[list[int]] = []
    for place in places:
        if parts and place == parts[-1][-1] + 1:
            parts[-1].append(place)
        else:
            parts.append([place])
    return "、".join(
        str(one[0]) if len(one) == 1 else f"{one[0]}{'、' if len(one) == 2 else '～'}{one[-1]}"
        for one in parts
    )


def _limit_sources(
    project: AuditProject, shown: Container[str] | None, printed: Container[str]
) -> list[Block]:
    """Limits and lists of other documents that verdicts of tables rest on, each once, then those the firm typed. shown: keys
    of the tables of the paper; None = of the whole report. printed: keys of tables that can be named."""
    found: dict[tuple[str, str, Verification], dict[str, None]] = {}
    for page in project.questionnaire.pages():
        for item in asked_items(page, project.book):
            if not isinstance(item, TableQuestion) or (shown is not None and item.id not in shown):
                continue
            for row_id in asked_rows(item, project.book, project.base_year):
                for column in item.columns:
                    if not column.derived or not project.derivation.quantities[column.derived].rule:
                        continue
                    trace = project.derivation.cell(item.id, row_id, column.id).trace
                    basis, _, read = formal_sentence(trace.source).partition("；")
                    if read and trace.verification is not None:
                        where = (formal(item.title), read, trace.verification)
                        found.setdefault(where, {})[basis] = None
    rows = [
        Row((title, "；".join(bases), read, StateMark(state)))
        for (title, read, state), bases in found.items()
    ]
    rows += _habits(project, shown)
    own: list[str | Ref] = []
    for key in ("env.monitoring", "env.totals"):
        if key in printed:
            own += ["、" if own else "", Ref(key)]
    typed = ("监测结果的限值和许可量由企业按排污许可证和所列标准填报，见", *own)
    if not rows:
        return [Section("限值"), Paragraph((*typed, "。"))] if own else []
    columns = (
        Column("用于", 2.4),
        Column("依据", 4),
        Column("数值见于", 4),
        Column("状态", 0.9, Align.CENTRE),
    )
    table = Table(
        "limits", "判定所用限值的来源", columns, tuple(rows), ((STATE_NOTE,),), Size.SMALL
    )
    lead = Paragraph(
        (
            "程序判定所用的限值见",
            Ref("limits"),
            *(("；", *typed) if own else ()),
            "。",
        )
    )
    return [Section("限值"), lead, table]


def _habits(project: AuditProject, shown: Container[str] | None) -> list[Row]:
    """Limits of the method and of the trade that no document was read for."""
    rows = []
    if is_asked(project, "water.closing_error") and (shown is None or "water.units" in shown):
        said = f"闭合差不超过 ±{USUAL_ERROR_PERCENT}%（行业习惯）"
        rows.append(Row(("水平衡、物料平衡", said, "未见原文", StateMark(Verification.RECALLED))))
    rate = (
        project.derivation.figure("voc.rate_rule") if is_asked(project, "voc.rate_rule") else None
    )
    if rate is not None and rate.words and (shown is None or "voc.materials" in shown):
        said = "初始排放速率不低于 3 kg/h（重点地区 2 kg/h）应配置处理设施，效率 80 % 以上"
        basis = formal_sentence(rate.trace.source)
        rows.append(Row(("治理设施配置要求", said, basis, StateMark(Verification.TRANSCRIBED))))
    economics = project.reference.economics
    costly = any(is_costly(one) for one in measures_of(project))
    if economics is not None and costly and (shown is None or "economic" in shown):
        years = [one for one in economics.cost_classes if one.years is not None]
        said = "；".join(
            f"{one.title}偿还期小于 {brief(one.years)} 年" for one in years if one.years
        )
        said += "；净现值不小于零；内部收益率不低于贴现率"
        rows.append(
            Row(
                (
                    "中/高费方案经济评估",
                    said,
                    "审核手册，未见原文",
                    StateMark(Verification.RECALLED),
                )
            )
        )
    return rows


def _factor_sources(project: AuditProject) -> list[Block]:
    titles = _factors_in_use(project)
    used = [one for one in project.derivation.factors.values() if one.title in titles]
    if not used:
        return []
    rows = tuple(
        Row(
            (
                factor.title,
                Amount(
                    factor.value,
                    places_to_the_end(factor.value),
                    factor.unit,
                    f"factor/{factor.id}",
                ),
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
