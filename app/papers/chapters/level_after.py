"""The level after the measures: by what was measured, and, named as a forecast, by what they are expected to bring."""

from collections.abc import Sequence
from dataclasses import replace

from app.assessment.finding import Measured, Reached
from app.assessment.indicator_system import Family, IndicatorSystem, Level
from app.assessment.result import Assessment, Judgement
from app.audit.charts.build import share_pairs
from app.audit.project import AuditProject
from app.audit.wording import level_name
from app.measures.changes import figure_changes, planned_measures
from app.measures.charts import level_chart
from app.measures.model import Measure, measures_of
from app.measures.results import (
    After,
    afterwards,
    expected,
)
from app.papers.answers import DASH, formal
from app.papers.chapters.calculation import sheet_of
from app.papers.chapters.gap import gap_blocks
from app.papers.chapters.judgements import (
    index_amount,
    judged_indicators,
    level_cell,
    system_table,
    unchecked_note,
    unit_text,
    value_cell,
)
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Figure,
    Inline,
    LevelMark,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Sub,
    Table,
    cell_text,
)
from app.papers.measure_rows import codes_of, counted_by, is_feasible, unbooked_words
from app.papers.owner import change_blocks

NO_LEVEL = "本报告不评定清洁生产等级，方案实施前后按消耗、排放和单耗比较。"


def level_expected(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """What all measures are expected to bring, named as a forecast; what was measured stands for what was promised."""
    if assessment is None or project.system is None or assessment.level_range is None:
        return [Paragraph((NO_LEVEL,)), *_own_figures(project)]
    forecast = expected(project)
    if forecast is None or forecast.assessment is None:
        return [Paragraph(("尚未确定列入实施的方案，没有可以预计的水平。",))]
    planned, later = forecast.counted, forecast.assessment
    measured = afterwards(project).counted
    basis = "已实测和投用的按实测，其余按预计节约量" if measured else "按预计节约量"
    lead = f"可行方案（{codes_of(planned)}）全部实施后，{basis}核算，预计"
    sentence = _level_sentence(lead, later, "expected")
    sheet = sheet_of(project, assessment, "/expected")
    if sheet:
        sentence = replace(sentence, runs=(*sentence.runs, "逐项计算见", Ref(sheet), "。"))
    blocks: list[Block] = [sentence]
    changed = _changed(project, assessment, later, planned, "expected")
    if changed:
        blocks += [
            Paragraph(("预计变化的指标见", Ref("indicators.expected"), "。")),
            _changed_table("indicators.expected", "全部实施后预计变化的指标", "预计", changed),
        ]
    return blocks


def level_after(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """The level by what was measured, and, named as a forecast, by what all measures are expected to bring."""
    if assessment is None or project.system is None or assessment.level_range is None:
        return [
            Paragraph((NO_LEVEL,)),
            *_own_figures(project),
        ]
    after = afterwards(project)
    blocks: list[Block] = []
    if after.counted and after.assessment is not None:
        names = codes_of(after.counted)
        blocks.append(
            _level_sentence(
                f"按已完成方案（{names}）的{counted_by(after.counted)}重新核算，审核后",
                after.assessment,
                "after",
            )
        )
        blocks += _before_and_after(project, assessment, after)
        chart = level_chart(assessment, after.assessment, project.system.method.levels)
        if chart is not None:
            aimed = _above(project.system, assessment)
            table = system_table(project)
            shares = share_pairs(table, assessment, after.assessment, aimed) if aimed else None
            more: Runs = ()
            if shares is not None and aimed is not None:
                more = (f"，各一级指标达到{aimed.symbol}级的份额和得分见", Ref("shares.after"))
            blocks.append(Paragraph(("审核前后的综合评价指数见", Ref("levels"), *more, "。")))
            note = "注：斜线为审核前，实心为审核后；竖线为判定值。"
            blocks.append(Figure("levels", "审核前后的综合评价指数", chart, ((note,),)))
            if shares is not None and aimed is not None:
                title = f"各一级指标达到{aimed.symbol}级的份额与得分"
                note = "注：左图为达到该级的权重份额（%），虚线审核前，实线审核后；右图为审核后得分／权重分。"
                blocks.append(Figure("shares.after", title, shares, ((note,),)))
    else:
        blocks.append(
            Paragraph(("截至本稿，没有已完成并有实测结果的方案，审核后水平待实测后核算。",))
        )
    if after.unmeasured:
        names = codes_of(after.unmeasured)
        blocks.append(
            Paragraph((f"{names} 已完成但没有实测{'，未计入' if after.counted else ''}。",))
        )
    if any(is_feasible(one) for one in measures_of(project)):
        blocks += level_expected(project, assessment)
    if after.counted:
        blocks += _gap_after(assessment, after)
    return blocks


def _above(system: IndicatorSystem, before: Assessment) -> Level | None:
    """The level above that before the measures, the first for who has it; None where levels go by no index."""
    if system.method.family is not Family.LEVEL_INDEX or before.level_range is None:
        return None
    better = [rule.level for rule in system.method.levels if rule.level < before.level_range[1]]
    return max(better, default=Level.I)


def _own_figures(project: AuditProject) -> list[Block]:
    """Where there is no level: the firm's own figures with the measures, predicted and measured apart."""
    changes = figure_changes(project, _aimed_at(project))
    blocks = change_blocks(changes, has_measures=bool(measures_of(project)))
    tables = [_formal_rows(one) for one in blocks if isinstance(one, Table)]
    if not tables:
        return []
    codes = codes_of(planned_measures(project))
    lead: Runs = (
        f"方案（{codes}）实施前后企业自身的消耗、排放和单耗见",
        Ref(tables[0].key),
        f"。{unbooked_words(project)}",
    )
    return [Paragraph(lead), *tables]


def _aimed_at(project: AuditProject) -> list[str]:
    """Figures that a target is about, by the name papers give them."""
    book = project.book
    wanted = {book.text(f"targets.list/{row}/name").strip() for row in book.row_ids("targets.list")}
    return [
        one.id
        for one in project.derivation.quantities.values()
        if one.title in wanted or formal(one.title) in wanted
    ]


def _formal_rows(table: Table) -> Table:
    """The figures by the names other tables of the paper give them."""
    rows = (replace(one, cells=(formal(str(one.cells[0])), *one.cells[1:])) for one in table.rows)
    return replace(table, rows=tuple(rows))


def _before_and_after(project: AuditProject, before: Assessment, after: After) -> list[Block]:
    """The decision before and afterwards, then every indicator whose value or level is another one."""
    assert project.system is not None
    later = after.assessment
    if later is None:
        return []

    def decision(when: str, one: Assessment) -> Row:
        reached = [
            judgement.reached or Level.NONE
            for judgement in one.judgements
            if judgement.limiting and judgement.state != "not_applicable"
        ]
        lowest: Cell = LevelMark(max(reached)) if reached else DASH
        indexes = [index_amount(level, interval) for level, interval in one.index_range.items()]
        if one is later:
            indexes = [replace(amount, key=f"{amount.key}/after") for amount in indexes]
        return Row((when, lowest, *indexes, LevelMark(one.level)))

    columns = (
        Column("时间", 1.4),
        Column("限定性指标最低级", 2, Align.CENTRE),
        *(Column(f"Y{level.symbol}", 1.3, Align.NUMBER) for level in before.index_range),
        Column("判定", 1, Align.CENTRE),
    )
    rows = (decision("审核前", before), decision("审核后", later))
    sheet = sheet_of(project, before, "/after")
    notes: tuple[Runs, ...] = (("注：审核后逐项计算见", Ref(sheet), "。"),) if sheet else ()
    blocks: list[Block] = [
        Paragraph(
            (
                "审核前后的判定见",
                Ref("decision.after"),
                "，变化的指标见",
                Ref("indicators.after"),
                "。",
            )
        ),
        Table("decision.after", "审核前后的等级判定", columns, rows, notes, Size.SMALL),
    ]
    changed = _changed(project, before, later, after.counted, "after")
    if not changed:
        return [
            Paragraph(("审核前后的判定见", Ref("decision.after"), "，各项指标的级别没有变化。")),
            blocks[1],
        ]
    return [*blocks, _changed_table("indicators.after", "审核前后变化的指标", "审核后", changed)]


def _changed_table(key: str, caption: str, later: str, rows: tuple[Row, ...]) -> Table:
    heads = (
        Column("序", 0.7, Align.CENTRE),
        Column("指标", 3.4),
        Column("单位", 1.2, Align.CENTRE),
        Column("审核前", 2.2, group="数值或情况"),
        Column(later, 2.2, group="数值或情况"),
        Column("审核前", 1, Align.CENTRE, group="级"),
        Column(later, 1, Align.CENTRE, group="级"),
    )
    return Table(key, caption, heads, rows, size=Size.SMALL)


def _changed(
    project: AuditProject,
    before: Assessment,
    later: Assessment,
    measures: Sequence[Measure],
    when: str,
) -> tuple[Row, ...]:
    """Indicators whose value or level is another one with these measures; `when` tells the keys of their values apart."""
    by_id = {judgement.indicator_id: judgement for judgement in later.judgements}
    rows = []
    for place, _, indicator, judgement in judged_indicators(project, before):
        other = by_id[indicator.id]
        was, now = value_cell(judgement, project.system), value_cell(other, project.system)
        if isinstance(now, Amount):
            now = replace(now, key=f"{now.key}/{when}")
        if judgement.reached is other.reached and cell_text(was) == cell_text(now):
            continue
        now = _raised(judgement, other, measures, when) or now
        marks = [level_cell(one, project.system) for one in (judgement, other)]
        rows.append(
            Row((str(place), indicator.name, unit_text(indicator) or DASH, was, now, *marks))
        )
    return tuple(rows)


def _raised(
    before: Judgement, later: Judgement, measures: Sequence[Measure], when: str
) -> str | None:
    """What raised an indicator that is judged by words: 「WD8 … 已投用」; None where it is as it was or has words of its own."""
    if later.finding == before.finding or not isinstance(later.finding, Reached):
        return None
    by = [one for one in measures if later.indicator_id in one.raises]
    if not by or later.finding.statement:
        return None
    in_use = "已投用" if when == "after" else "投用"
    return "；".join(f"{one.code} {one.name}{in_use}" for one in by)


def _gap_after(before: Assessment, after: After) -> list[Block]:
    """What keeps the firm from the next level now."""
    if after.assessment is None:
        return []
    was = {one.indicator_id: one for one in before.judgements}
    stands: dict[str, Cell] = {}
    for one in after.assessment.judgements:
        said = _raised(was[one.indicator_id], one, after.counted, "after")
        if said is not None:
            stands[one.indicator_id] = said
        elif isinstance(one.finding, Measured):
            value = value_cell(one)
            if isinstance(value, Amount):
                stands[one.indicator_id] = replace(value, key=f"{value.key}/after")
    return gap_blocks(after.project, after.assessment, "/after", stands)


def _level_sentence(lead: str, assessment: Assessment, when: str) -> Paragraph:
    runs: list[Inline] = [lead]
    if assessment.level is None:
        runs.append("等级未定")
    else:
        name = f"（{assessment.level_name}）" if assessment.level_name else ""
        unchecked = unchecked_note(assessment)
        if name and unchecked:  # one pair of brackets
            name, unchecked = f"{name[:-1]}，{unchecked[1:]}", ""
        runs.append(f"为{level_name(assessment.level)}{name}{unchecked}")
    for place, (level, interval) in enumerate(assessment.index_range.items()):
        amount = index_amount(level, interval)
        runs += ["，" if place else "，综合评价指数 ", "Y", Sub(level.symbol), " "]
        runs.append(replace(amount, key=f"{amount.key}/{when}"))
    return Paragraph((*runs, "。"))
