"""Measures after they are carried out: state, results table (绩效表), targets, the level afterwards. Predicted and measured
stay apart: nothing predicted is called reached."""

from fractions import Fraction

from app.assessment.numbers import round_half_up
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.wording import level_name
from app.measures.apply import rescored
from app.measures.changes import figure_changes
from app.measures.model import measures_of
from app.measures.results import (
    PERFORMANCE,
    Performance,
    afterwards,
    performance,
    proofs_of,
    reductions,
)
from app.papers.answer_tables import answers_tables
from app.papers.answers import DASH
from app.papers.chapters.judgements import index_amount, unchecked_note
from app.papers.chapters.options import money
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Chapter,
    Column,
    Inline,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Sheet,
    Size,
    Sub,
    Table,
)
from app.papers.owner import change_blocks
from app.papers.question_pages import page_blocks

_STATES = {
    "idea": "待研究",
    "feasible": "计划实施",
    "doing": "实施中",
    "done": "已完成",
    "dropped": "不实施",
}


def implementation(project: AuditProject) -> list[Block]:
    """Plan and state of each measure, planned beside actual money."""
    proofs = [
        one
        for one in proofs_of(project)
        if one.is_done or one.measure.state in ("feasible", "doing")
    ]
    if not proofs:
        return [Paragraph(("尚未确定列入实施的方案。",))]
    done = sum(one.is_done for one in proofs)
    lead: Runs = (
        f"列入实施的方案 {len(proofs)} 项，已完成 {done} 项；计划和实际见",
        Ref("implementation"),
        "。",
    )
    rows = []
    for one in proofs:
        book, row = project.book, one.measure.row_id
        at = f"measures/{row}"
        rows.append(
            Row(
                (
                    one.measure.code,
                    one.measure.name,
                    book.text(f"measures.list/{row}/owner") or DASH,
                    book.text(f"measures.list/{row}/done") or DASH,
                    one.finished or DASH,
                    money(one.measure.cost, 2, f"{at}/cost"),
                    DASH if one.cost is None else money(one.cost, 2, f"{at}/actual_cost"),
                    money(one.measure.saving, 2, f"{at}/saving"),
                    DASH if one.saving is None else money(one.saving, 2, f"{at}/actual_saving"),
                    "已完成" if one.is_done else _STATES.get(one.measure.state, "待研究"),
                )
            )
        )
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3),
        Column("负责人", 1.6),
        Column("计划完成", 1.3, Align.CENTRE),
        Column("实际投用", 1.4, Align.CENTRE),
        Column("计划", 1.1, Align.NUMBER, "万元", "投资"),
        Column("实际", 1.1, Align.NUMBER, "万元", "投资"),
        Column("预计", 1.1, Align.NUMBER, "万元/a", "效益"),
        Column("实测", 1.1, Align.NUMBER, "万元/a", "效益"),
        Column("进展", 1.3, Align.CENTRE),
    )
    notes: tuple[Runs, ...] = (("注：“—”为尚未投用或没有实测。",),)
    table = Table("implementation", "方案实施进度和资金", columns, tuple(rows), notes, Size.SMALL)
    return [Paragraph(lead), table]


def performance_summary(project: AuditProject) -> list[Block]:
    """What was measured of finished measures, apart from what all are expected to bring; the plant as a whole."""
    if not measures_of(project):
        return [Paragraph(("尚无方案。",))]
    found = performance(project)
    blocks: list[Block] = []
    if found.rows:
        runs: list[Inline] = [
            f"列入绩效表的方案 {len(found.rows)} 项（无/低费 {found.low} 项，中/高费 {found.high} 项）"
        ]
        for column, name in (("cost", "投资"), ("saving", "经济效益")):
            if column in found.totals:
                printed = printed_totals(found)[column]
                runs += [f"，{name} ", printed, f" 万元{'/a' if column == 'saving' else ''}"]
        runs += ["。已完成且有实测的按实测值，其余为预计值，逐项见", Ref("performance"), "。"]
        blocks.append(Paragraph(tuple(runs)))
    rows = []
    measured = {one.id: one for one in reductions(project, measured=True)}
    for one in reductions(project, measured=False):
        places = next(column.places for column in PERFORMANCE if column.id == one.id)
        real = measured.get(one.id)
        rows.append(
            Row(
                (
                    one.title,
                    one.unit,
                    Amount(one.together, places, one.unit, f"reductions/{one.id}"),
                    DASH
                    if real is None
                    else Amount(real.together, places, one.unit, f"reductions/{one.id}/measured"),
                )
            )
        )
    if rows:
        columns = (
            Column("项目", 2),
            Column("单位", 1.2, Align.CENTRE),
            Column("全部方案预计", 2, Align.NUMBER, "每年"),
            Column("已完成方案实测", 2, Align.NUMBER, "每年"),
        )
        notes: tuple[Runs, ...] = (
            ("注：同一处的几个方案节约同一种资源时不重复计算，因此可能小于绩效表中各行之和。",),
        )
        table = Table("reductions", "节约和削减汇总", columns, tuple(rows), notes, width=0.8)
        blocks += [Paragraph(("节约和削减的合计见", Ref("reductions"), "。")), table]
    blocks += _results_card(project, "results.plant")
    return blocks or [Paragraph(("尚无方案。",))]


def _results_card(project: AuditProject, card: str) -> list[Block]:
    page = next((one for one in project.questionnaire.pages() if one.id == "results"), None)
    if page is None:
        return []
    found = page_blocks(project, page, cards=[card])
    keys = [block.key for block in found if isinstance(block, Table)]
    if not keys:
        return found
    refs: list[Inline] = []
    for place, key in enumerate(keys):
        refs += ["、" if place else "", Ref(key)]
    return [Paragraph(("填报的前后数据见", *refs, "。")), *found]


def targets_done(project: AuditProject) -> list[Block]:
    """Each target with what was reached; before anything is measured, that it is not yet."""
    table = project.index.tables.get("targets.done")
    rows = project.book.row_ids("targets.list")
    if not rows:
        return [Paragraph(("没有设定清洁生产目标。",))]
    reached = [row for row in rows if project.book.text(f"targets.done/{row}/value")]
    if table is None or not reached:
        return [
            Paragraph(("方案尚未全部实施，各项目标的完成值待实测后填报；目标见清洁生产目标一节。",))
        ]
    tables = answers_tables(project, table, rows=reached)
    return [Paragraph(("目标完成情况见", Ref(tables[0].key), "。")), *tables]


def level_after(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """The level by what was measured, and, named as a forecast, by what all measures are expected to bring."""
    if assessment is None or project.system is None or assessment.level_range is None:
        return [
            Paragraph(("本报告不评定清洁生产等级，审核前后按单耗和排放量比较。",)),
            *_own_figures(project),
        ]
    after = afterwards(project)
    blocks: list[Block] = []
    if after.counted and after.assessment is not None:
        names = "、".join(one.code for one in after.counted)
        blocks.append(
            _level_sentence(f"按已完成方案（{names}）的实测结果重新核算，审核后", after.assessment)
        )
    else:
        blocks.append(
            Paragraph(("截至本稿，没有已完成并有实测结果的方案，审核后水平待实测后核算。",))
        )
    if after.unmeasured:
        names = "、".join(one.code for one in after.unmeasured)
        blocks.append(Paragraph((f"{names} 已完成但没有实测，未计入。",)))
    planned = [one for one in measures_of(project) if one.state in ("feasible", "doing", "done")]
    if planned:
        names = "、".join(one.code for one in planned)
        forecast = rescored(project, planned)
        blocks.append(
            _level_sentence(f"可行方案（{names}）全部实施后，按预计节约量核算，预计", forecast)
        )
    return blocks


def _own_figures(project: AuditProject) -> list[Block]:
    """Where there is no level: the firm's own figures with the measures, predicted and measured apart."""
    blocks = change_blocks(figure_changes(project), has_measures=bool(measures_of(project)))
    tables = [one for one in blocks if isinstance(one, Table)]
    if not tables:
        return []
    return [Paragraph(("各项方案实施前后企业自身的单耗见", Ref(tables[0].key), "。")), *tables]


def _level_sentence(lead: str, assessment: Assessment) -> Paragraph:
    runs: list[Inline] = [lead]
    if assessment.level is None:
        runs.append("等级未定")
    else:
        name = f"（{assessment.level_name}）" if assessment.level_name else ""
        runs.append(f"为{level_name(assessment.level)}{name}{unchecked_note(assessment)}")
    for place, (level, interval) in enumerate(assessment.index_range.items()):
        amount = index_amount(level, interval)
        runs += ["，" if place else "，综合评价指数 ", "Y", Sub(level.symbol), " "]
        runs.append(Amount(amount.value, amount.places, high=amount.high))
    return Paragraph((*runs, "。"))


def printed_totals(found: Performance) -> dict[str, Amount]:
    """Sums of the cells as printed: in this table alone each cell is rounded first, so that a pocket calculator agrees."""
    totals = {}
    for column in PERFORMANCE:
        values = [row.values[column.id] for row in found.rows if column.id in row.values]
        if values:
            whole = sum(
                (Fraction(round_half_up(one, column.places)) for one in values), Fraction(0)
            )
            totals[column.id] = Amount(
                whole, column.places, column.unit, f"performance/{column.id}"
            )
    return totals


def performance_chapter(project: AuditProject) -> Chapter | None:
    """清洁生产项目绩效表 on A3: 21 columns, one row a measure, totals of what is printed."""
    found = performance(project)
    return (
        None
        if not found.rows
        else Chapter("清洁生产项目绩效表", (performance_table(found),), Sheet.A3)
    )


def performance_table(found: Performance) -> Table:
    rows = []
    for row in found.rows:
        cells: list[Cell] = []
        for column in PERFORMANCE:
            if column.id in row.texts:
                cells.append(row.texts[column.id])
            elif column.id in row.values:
                value = row.values[column.id]
                cells.append(
                    Amount(value, column.places, column.unit, f"performance/{row.key}/{column.id}")
                )
            else:
                cells.append("")
        rows.append(Row(tuple(cells)))
    totals = printed_totals(found)
    rows.append(
        Row(
            tuple(
                "合计" if column.id == "name" else totals.get(column.id, "")
                for column in PERFORMANCE
            ),
            RowKind.TOTAL,
        )
    )
    widths = {"number": 1.6, "name": 4.6, "content": 5.2, "other": 3.6}
    texts = tuple(found.rows[0].texts)
    columns = tuple(
        Column(
            column.title,
            widths.get(column.id, 1.9),
            Align.TEXT if column.id in texts else Align.NUMBER,
            column.unit,
        )
        for column in PERFORMANCE
    )
    measured = sum(row.is_measured for row in found.rows)
    notes: tuple[Runs, ...] = (
        (
            f"注：WD 为无/低费，ZG 为中/高费；{measured} 项为实测值，其余为预计值。本表各格先修约，合计为表中各数之和。",
        ),
    )
    return Table(
        "performance", "清洁生产项目绩效表", columns, tuple(rows), notes, Size.SMALL, Sheet.A3
    )
