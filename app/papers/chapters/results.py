"""Measures after they are carried out: state, results table (绩效表), targets, the level afterwards. Predicted and measured
stay apart: nothing predicted is called reached."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from app.assessment.finding import Reached
from app.assessment.indicator_system import Level
from app.assessment.numbers import round_half_up
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.wording import level_name
from app.measures.apply import rescored
from app.measures.changes import figure_changes, planned_measures
from app.measures.charts import level_chart
from app.measures.model import Measure, measures_of, stream_of
from app.measures.results import (
    PERFORMANCE,
    After,
    Performance,
    Proof,
    afterwards,
    counts,
    lacking_words,
    performance,
    printed_sum,
    proofs_of,
    reductions,
)
from app.papers.answers import DASH, computed_cell, exact_of, formal, places_of
from app.papers.chapters.judgements import (
    index_amount,
    judged_indicators,
    level_cell,
    system_table,
    unchecked_note,
    unit_text,
    value_cell,
)
from app.papers.chapters.options import in_order, is_costly, money, part_title, stream_places
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Chapter,
    Column,
    Figure,
    Inline,
    JoinUp,
    LevelMark,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Sheet,
    Size,
    Sub,
    Table,
    cell_text,
)
from app.papers.owner import change_blocks

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
    proofs.sort(key=lambda one: in_order(one.measure))
    if not proofs:
        return [Paragraph(("尚未确定列入实施的方案。",))]
    done = sum(one.is_done for one in proofs)
    so_far = f"已完成 {done} 项" if done else "均在计划或实施中"
    lead: Runs = (
        f"列入实施的方案 {len(proofs)} 项，{so_far}；计划和实际见",
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
    rows.append(
        total_row(
            rows,
            label=1,
            places=dict.fromkeys((5, 6, 7, 8), 2),
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
    notes: tuple[Runs, ...] = (("注：“—”为尚未投用或没有实测；合计为表中各数之和。",),)
    table = Table("implementation", "方案实施进度和资金", columns, tuple(rows), notes, Size.SMALL)
    return [Paragraph(lead), table]


def low_implemented(project: AuditProject) -> list[Block]:
    """What became of 无/低费 measures; of those that are done, money and what was measured."""
    found = [one for one in proofs_of(project) if not is_costly(one.measure)]
    if not found:
        return [Paragraph(("尚未提出无/低费方案。",))]
    done = sorted((one for one in found if one.is_done), key=lambda one: in_order(one.measure))
    doing = [one for one in found if not one.is_done and one.measure.state == "doing"]
    planned = sum(not one.is_done and one.measure.state == "feasible" for one in found)
    later = len(found) - len(done) - len(doing) - planned
    said = f"{len(found)} 项无/低费方案中，" + (
        f"已实施 {len(done)} 项" if done else "尚无实施完成的"
    )
    said += f"，正在实施 {len(doing)} 项" if doing else ""
    said += f"，计划实施 {planned} 项" if planned else ""
    said += f"，待研究或不实施 {later} 项" if later else ""
    if not done:
        return [Paragraph((f"{said}。",))]
    rows = []
    any_running = any(one.running is not None for one in done)
    for one in done:
        at = f"measures/{one.measure.row_id}"
        rows.append(
            Row(
                (
                    one.measure.code,
                    one.measure.name,
                    one.finished or DASH,
                    DASH if one.cost is None else money(one.cost, 2, f"{at}/actual_cost"),
                    *(
                        (DASH if one.running is None else money(one.running, 2, f"{at}/running"),)
                        if any_running
                        else ()
                    ),
                    DASH if one.saving is None else money(one.saving, 2, f"{at}/actual_saving"),
                    tuple(_measured(project, one)) or _raised(project, one.measure) or DASH,
                )
            )
        )
    money_places = (3, 4, 5) if any_running else (3, 4)
    rows.append(total_row(rows, label=1, places=dict.fromkeys(money_places, 2)))
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("方案名称", 3),
        Column("实施时间", 1.5, Align.CENTRE),
        Column("实际投资", 1.2, Align.NUMBER, "万元"),
        *((Column("运行费", 1.1, Align.NUMBER, "万元/a"),) if any_running else ()),
        Column("实测效益", 1.2, Align.NUMBER, "万元/a"),
        Column("实测环境效果", 3),
    )
    notes: tuple[Runs, ...] = (("注：“—”为没有实测；合计为表中各数之和。",),)
    return [
        Paragraph((f"{said}；实施效果见", Ref("low.done"), "。")),
        Table("low.done", "无/低费方案实施效果", columns, tuple(rows), notes, Size.SMALL),
    ]


def _raised(project: AuditProject, measure: Measure) -> str:
    """「废水、废气处理设施运行管理：达到要求」: what a measure does to indicators that are no numbers."""
    if project.system is None or not measure.raises:
        return ""
    names = {one.id: one.name for one in system_table(project).indicators()}
    found = [names[one] for one in measure.raises if one in names]
    return f"{'、'.join(found)}改善" if found else ""


def _measured(project: AuditProject, proof: Proof) -> list[Inline]:
    """「节电 38000 kWh，节水 900 m³」: what was measured, a year."""
    runs: list[Inline] = []
    for stream_id, amount in proof.measured.items():
        stream = stream_of(project, stream_id)
        value = Amount(
            amount,
            stream_places(amount),
            stream.unit,
            f"measures/{proof.measure.row_id}/{stream_id}/measured",
        )
        runs += ["，" if runs else "", f"{part_title(project, stream_id, proof.measured)} ", value]
        runs += [f" {stream.unit}"]
    return runs


def effects(project: AuditProject) -> list[Block]:
    """Predicted beside measured of every stream of every finished measure; nothing before anything was measured."""
    rows = []
    for one in sorted(proofs_of(project), key=lambda one: in_order(one.measure)):
        if not one.is_done or not one.measured:
            continue
        streams = list(dict.fromkeys((*one.measure.savings, *one.measured)))
        for place, stream_id in enumerate(streams):
            stream = stream_of(project, stream_id)
            predicted, real = one.measure.savings.get(stream_id), one.measured.get(stream_id)
            ratio = one.ratio(stream_id)
            at = f"measures/{one.measure.row_id}/{stream_id}"
            rows.append(
                Row(
                    (
                        JoinUp() if place else one.measure.code,
                        JoinUp() if place else one.measure.name,
                        part_title(project, stream_id, {**one.measure.savings, **one.measured}),
                        stream.unit,
                        _stream_cell(predicted, stream.unit, at),
                        _stream_cell(real, stream.unit, f"{at}/measured"),
                        DASH if ratio is None else Amount(ratio * 100, 1, "%", f"{at}/ratio"),
                    )
                )
            )
    if not rows:
        return []
    columns = (
        Column("编号", 1, Align.CENTRE),
        Column("方案名称", 3.4),
        Column("节约或削减", 2),
        Column("单位", 1, Align.CENTRE),
        Column("预计", 1.6, Align.NUMBER, "每年"),
        Column("实测", 1.6, Align.NUMBER, "每年"),
        Column("实测÷预计", 1.4, Align.NUMBER, "%"),
    )
    notes: tuple[Runs, ...] = (("注：实测不满一年的按说明折算成一年；“—”为没有实测或没有预计。",),)
    return [
        Paragraph(("已实施方案的环境效果，预计与实测对照见", Ref("effects"), "。")),
        Table("effects", "已实施方案环境效果对比", columns, tuple(rows), notes, Size.SMALL),
    ]


def _stream_cell(value: Fraction | None, unit: str, key: str) -> Cell:
    return DASH if value is None else Amount(value, stream_places(value), unit, key)


def plan(project: AuditProject) -> list[Block]:
    """When, by whom and for how much the costly measures will be carried out, year by year of the money."""
    found = [
        one
        for one in sorted(measures_of(project), key=in_order)
        if is_costly(one) and one.state in ("feasible", "doing", "done")
    ]
    if not found:
        return [Paragraph(("没有列入实施的中/高费方案。",))]
    book = project.book
    rows = [
        Row(
            (
                one.code,
                one.name,
                book.text(f"measures.list/{one.row_id}/owner") or DASH,
                book.text(f"measures.list/{one.row_id}/done") or DASH,
                money(one.cost, 2, f"measures/{one.row_id}/cost"),
                money(one.saving, 2, f"measures/{one.row_id}/saving"),
            )
        )
        for one in found
    ]
    sums = [
        Amount(sum((getattr(one, name) or Fraction(0) for one in found), Fraction(0)), 2, "万元")
        for name in ("cost", "saving")
    ]
    rows.append(Row(("", "合计", "", "", *sums), RowKind.TOTAL))
    columns = (
        Column("编号", 1.1, Align.CENTRE),
        Column("方案名称", 3.6),
        Column("负责部门和人", 2.4),
        Column("计划完成", 1.4, Align.CENTRE),
        Column("投资", 1.3, Align.NUMBER, "万元"),
        Column("预计效益", 1.3, Align.NUMBER, "万元/a"),
    )
    return [
        Paragraph(("中/高费方案的实施计划和资金见", Ref("plan"), "。")),
        Table("plan", "中/高费方案实施计划和资金", columns, tuple(rows), size=Size.SMALL),
    ]


def level_expected(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """What all measures are expected to bring, named as a forecast."""
    if assessment is None or project.system is None or assessment.level_range is None:
        return [Paragraph(("本报告不评定清洁生产等级，预期效果见方案汇总。",))]
    planned = [one for one in measures_of(project) if one.state in ("feasible", "doing", "done")]
    if not planned:
        return [Paragraph(("尚未确定列入实施的方案，没有可以预计的水平。",))]
    lead = f"可行方案（{_codes(planned)}）全部实施后，按预计节约量核算，预计"
    return [_level_sentence(lead, rescored(project, planned))]


def performance_summary(project: AuditProject, *, only_done: bool = False) -> list[Block]:
    """What was measured of finished measures, apart from what all are expected to bring; the plant as a whole. only_done: as
    an acceptance counts, see `performance`."""
    if not measures_of(project):
        return [Paragraph(("尚无方案。",))]
    found = performance(project)
    finished = performance(project, only_done=True)
    blocks: list[Block] = []
    if only_done:
        if finished.rows:
            said = f"已完成的方案 {len(finished.rows)} 项（无/低费 {finished.low} 项，中/高费 {finished.high} 项）"
            later = _later(project)
            runs: list[Inline] = [said, *done_money(finished), "，逐项见", Ref("performance"), "。"]
            runs += [f"列入实施、尚未完成的 {later}，不在其中。"] if later else []
            blocks.append(Paragraph(tuple(runs)))
    elif found.rows:
        runs = [
            f"列入绩效表的方案 {len(found.rows)} 项（无/低费 {found.low} 项，中/高费 {found.high} 项）"
        ]
        planned = promised(project)
        for column, name in (("cost", "计划投资"), ("saving", "预计经济效益")):
            if column in planned:
                runs += [f"，{name} ", planned[column], f" {planned[column].unit}"]
        if finished.rows:
            runs += [f"；其中已完成 {len(finished.rows)} 项", *done_money(finished)]
        runs += [
            "。绩效表中已完成的按实际，其余按计划，合计因此与以上两组数都不同，逐项见"
            if finished.rows
            else "，均为预计，逐项见",
            Ref("performance"),
            "。",
        ]
        blocks.append(Paragraph(tuple(runs)))
    rows = []
    measured = {one.id: one for one in reductions(project, measured=True)}
    for one in reductions(project, measured=False):
        real = measured.get(one.id)
        rows.append(
            Row(
                (
                    subscripted(one.title),
                    one.unit,
                    Amount(one.printed, one.places, one.unit, f"reductions/{one.id}"),
                    DASH
                    if real is None
                    else Amount(
                        real.printed, real.places, one.unit, f"reductions/{one.id}/measured"
                    ),
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
            (
                "注：同一处的几个方案节约同一种资源时不重复计算，因此可能小于绩效表中各行之和；没有重复的为绩效表各行修约后的数之和；负数为增加。",
            ),
        )
        table = Table("reductions", "节约和削减汇总", columns, tuple(rows), notes, width=0.8)
        blocks += [Paragraph(("节约和削减的合计见", Ref("reductions"), "。")), table]
    blocks += effects(project)
    blocks += _plant(project)
    return blocks or [Paragraph(("尚无方案。",))]


def done_money(finished: Performance) -> list[Inline]:
    """「，实际投资 42.10 万元，实测经济效益 26.99 万元/a（WD1 没有实测效益，未计入）」 of `performance(only_done=True)`."""
    totals = printed_totals(finished, DONE_SCOPE)
    runs: list[Inline] = []
    for column, name, unit in (("cost", "实际投资", "万元"), ("saving", "实测经济效益", "万元/a")):
        if column in totals:
            runs += [f"，{name} ", totals[column], f" {unit}"]
    lacking = lacking_words(finished)
    return [*runs, f"（{lacking}）"] if lacking else runs


def _later(project: AuditProject) -> str:
    return _codes(one.measure for one in proofs_of(project) if counts(one) and not one.is_done)


def promised(project: AuditProject) -> dict[str, Amount]:
    """Cost and saving of all that are carried out, as they were planned: the sums of the table of implementation."""
    chosen = [one.measure for one in proofs_of(project) if counts(one)]
    found = {}
    for name, unit in (("cost", "万元"), ("saving", "万元/a")):
        known = [getattr(one, name) for one in chosen]
        rounded = [Fraction(round_half_up(one, 2)) for one in known if one is not None]
        if rounded:
            whole = sum(rounded, Fraction(0))
            found[name] = Amount(whole, 2, unit, f"implementation/planned_{name}")
    return found


def subscripted(title: str) -> str:
    """「CO2」 as a paper writes it."""
    return title.replace("CO2", "CO₂").replace("SO2", "SO₂")


_PLANT = "after.plant"


def _plant(project: AuditProject) -> list[Block]:
    """The plant before and afterwards, line by line, as far as there is an afterwards."""
    table = project.index.tables.get(_PLANT)
    if table is None:
        return []
    book = project.book
    rows = []
    for row_id, label in ((one.id, one.label) for one in table.fixed_rows):
        if not book.text(f"{_PLANT}/{row_id}/after"):
            continue
        title, _, unit = formal(label).rstrip("）").partition("（")
        before = project.derivation.cell(_PLANT, row_id, "before")
        places = max(before.decimals, places_of(book.text(f"{_PLANT}/{row_id}/after")))
        cells: list[Cell] = [title, unit]
        for column in ("before", "after", "change", "sum"):
            key = f"{_PLANT}/{row_id}/{column}"
            value = (
                exact_of(book.text(key))
                if column == "after"
                else project.derivation.cell(_PLANT, row_id, column).value
            )
            cells.append(DASH if value is None else Amount(value, places, unit, key))
        rows.append(Row((*cells, book.text(f"{_PLANT}/{row_id}/note").strip() or DASH)))
    if not rows:
        return []
    columns = (
        Column("项目", 1.6),
        Column("单位", 0.9, Align.CENTRE),
        Column("审核前", 1.5, Align.NUMBER),
        Column("审核后", 1.5, Align.NUMBER, "折全年"),
        Column("按单耗算", 1.5, Align.NUMBER, "年节约"),
        Column("各方案之和", 1.5, Align.NUMBER, "实测"),
        Column("差异说明", 3.2),
    )
    said = []
    period = book.text("after.period").strip()
    if period:
        said.append(f"审核后取{period}")
    unit = book.text("after.output_unit").strip()
    amounts = [book.text(f"after.{name}").strip() for name in ("output_before", "output")]
    # A kitchen or a hotel has no works and makes no product.
    whole, size = (
        ("全厂", "产量或产值")
        if "industry" in project.questionnaire.fields
        else ("整体", "经营规模")
    )
    runs: list[Inline] = [f"{whole}审核前后的消耗见", Ref(_PLANT), "。"]
    if said:
        runs.append(f"{said[0].rstrip('。')}。")
    numbers = [exact_of(one) if one else None for one in amounts]
    if numbers[0] is not None and numbers[1] is not None:
        runs += [
            f"{size}由审核前的 ",
            Amount(numbers[0], places_of(amounts[0]), unit, "after.output_before"),
            f" {unit}变为 ",
            Amount(numbers[1], places_of(amounts[1]), unit, "after.output"),
            f" {unit}（折全年）。",
        ]
    notes: tuple[Runs, ...] = (
        (
            "注：按单耗算＝（审核前单耗－审核后单耗）×审核后产量，与各方案实测之和的差照实列出，不分摊。",
        ),
    )
    return [
        Paragraph(tuple(runs)),
        Table(_PLANT, f"{whole}审核前后", columns, tuple(rows), notes, Size.SMALL),
    ]


def plant_after(project: AuditProject) -> list[tuple[str, Amount]]:
    """(what, amount a year) of the plant afterwards, as the table before has them."""
    found = []
    for block in _plant(project):
        if isinstance(block, Table):
            for row in block.rows:
                title, amount = row.cells[0], row.cells[3]
                if isinstance(title, str) and isinstance(amount, Amount):
                    found.append((title, amount))
    return found


def targets_done(project: AuditProject) -> list[Block]:
    """Each target with what was reached; before anything is measured, that it is not yet."""
    rows = project.book.row_ids("targets.list")
    if not rows:
        return [Paragraph(("没有设定清洁生产目标。",))]
    told = [reached for _, reached in target_rows(project)]
    if all(one is None for one in told):
        lead: Runs = (
            "方案尚未实施完成，各项目标的完成值待实测后填报；目标见",
            Ref("targets.done"),
            "。",
        )
        return [Paragraph(lead), _targets_table(project, rows)]
    done = told.count(True)
    missed = "、".join(name for name, reached in target_rows(project) if reached is False)
    said = f"近期目标 {len(rows)} 项，完成 {done} 项"
    said += f"，未完成的为{missed}" if missed else ""
    lead = (f"{said}；逐项见", Ref("targets.done"), "。")
    return [Paragraph(lead), _targets_table(project, rows)]


def target_rows(project: AuditProject) -> list[tuple[str, bool | None]]:
    """(name, whether it was reached) of every target; None while nothing was measured."""
    book = project.book
    known = "targets.done" in project.index.tables
    found: list[tuple[str, bool | None]] = []
    for row in book.row_ids("targets.list"):
        rate = project.derivation.cell("targets.done", row, "rate").value if known else None
        found.append((book.text(f"targets.list/{row}/name"), None if rate is None else rate >= 100))
    return found


def _targets_table(project: AuditProject, rows: tuple[str, ...]) -> Table:
    """Where it stood, where it should be, where it is; one number of decimals a target."""
    book = project.book

    def value(key: str, places: int, unit: str) -> Cell:
        number = exact_of(book.text(key)) if book.text(key) else None
        return DASH if number is None else Amount(number, places, unit, key)

    made = []
    for row, (name, reached) in zip(rows, target_rows(project), strict=True):
        keys = [f"targets.list/{row}/now", f"targets.list/{row}/near", f"targets.done/{row}/value"]
        places = max(places_of(book.text(key)) for key in keys)
        unit = book.text(f"targets.list/{row}/unit")
        rate = project.derivation.cell("targets.done", row, "rate")
        made.append(
            Row(
                (
                    name,
                    unit,
                    *(value(key, places, unit) for key in keys),
                    DASH if rate.value is None else computed_cell(rate, f"targets.done/{row}/rate"),
                    "尚未测得" if reached is None else "完成" if reached else "未完成",
                    book.text(f"targets.done/{row}/note"),
                )
            )
        )
    columns = (
        Column("目标", 2.8),
        Column("单位", 1.4, Align.CENTRE),
        Column("现状", 1.2, Align.NUMBER),
        Column("近期目标", 1.2, Align.NUMBER),
        Column("完成值", 1.2, Align.NUMBER),
        Column("完成率", 1.1, Align.NUMBER, "%"),
        Column("结论", 1.2, Align.CENTRE),
        Column("说明", 2.6),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：完成率＝（现状－完成值）÷（现状－近期目标），超过 100% 为优于目标；“—”为尚未测得或没有说明。",
        ),
    )
    return Table("targets.done", "清洁生产目标完成情况", columns, tuple(made), notes, Size.SMALL)


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
        names = _codes(after.counted)
        blocks.append(
            _level_sentence(
                f"按已完成方案（{names}）的实测和投用情况重新核算，审核后", after.assessment
            )
        )
        blocks += _before_and_after(project, assessment, after)
        chart = level_chart(assessment, after.assessment, project.system.method.levels)
        if chart is not None:
            blocks.append(Figure("levels", "审核前后的综合评价指数", chart))
    else:
        blocks.append(
            Paragraph(("截至本稿，没有已完成并有实测结果的方案，审核后水平待实测后核算。",))
        )
    if after.unmeasured:
        names = _codes(after.unmeasured)
        blocks.append(Paragraph((f"{names} 已完成但没有实测，未计入。",)))
    if any(one.state in ("feasible", "doing", "done") for one in measures_of(project)):
        blocks += level_expected(project, assessment)
    return blocks


def _own_figures(project: AuditProject) -> list[Block]:
    """Where there is no level: the firm's own figures with the measures, predicted and measured apart."""
    blocks = change_blocks(figure_changes(project), has_measures=bool(measures_of(project)))
    tables = [one for one in blocks if isinstance(one, Table)]
    if not tables:
        return []
    codes = _codes(planned_measures(project))
    lead: Runs = (f"方案（{codes}）实施前后企业自身的单耗见", Ref(tables[0].key), "。")
    return [Paragraph(lead), *tables]


def _codes(measures: Iterable[Measure]) -> str:
    return "、".join(one.code for one in sorted(measures, key=in_order))


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
        Table("decision.after", "审核前后的等级判定", columns, rows, size=Size.SMALL),
    ]
    changed = _changed(project, before, later, after)
    if not changed:
        return [
            Paragraph(("审核前后的判定见", Ref("decision.after"), "，各项指标的级别没有变化。")),
            blocks[1],
        ]
    heads = (
        Column("序", 0.7, Align.CENTRE),
        Column("指标", 3.4),
        Column("单位", 1.2, Align.CENTRE),
        Column("审核前", 2.2, group="数值或情况"),
        Column("审核后", 2.2, group="数值或情况"),
        Column("审核前", 1, Align.CENTRE, group="级"),
        Column("审核后", 1, Align.CENTRE, group="级"),
    )
    return [
        *blocks,
        Table("indicators.after", "审核前后变化的指标", heads, changed, size=Size.SMALL),
    ]


def _changed(
    project: AuditProject, before: Assessment, later: Assessment, after: After
) -> tuple[Row, ...]:
    by_id = {judgement.indicator_id: judgement for judgement in later.judgements}
    rows = []
    for place, _, indicator, judgement in judged_indicators(project, before):
        other = by_id[indicator.id]
        was, now = value_cell(judgement, project.system), value_cell(other, project.system)
        if isinstance(now, Amount):
            now = replace(now, key=f"{now.key}/after")
        if judgement.reached is other.reached and cell_text(was) == cell_text(now):
            continue
        if other.finding != judgement.finding and isinstance(other.finding, Reached):
            by = [one for one in after.counted if indicator.id in one.raises]
            if by and not other.finding.statement:
                now = "；".join(f"{one.code} {one.name}已投用" for one in by)
        marks = [level_cell(one, project.system) for one in (judgement, other)]
        rows.append(
            Row((str(place), indicator.name, unit_text(indicator) or DASH, was, now, *marks))
        )
    return tuple(rows)


def _level_sentence(lead: str, assessment: Assessment) -> Paragraph:
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
        runs.append(Amount(amount.value, amount.places, high=amount.high))
    return Paragraph((*runs, "。"))


_TEXTS = ("number", "name", "content", "other")
DONE_SCOPE = "performance-done"  # keys of sums over finished measures as measured


def printed_totals(found: Performance, scope: str = "performance") -> dict[str, Amount]:
    """Sums of the cells as printed: in this table alone each cell is rounded first, so that a pocket calculator agrees.

    scope: beginning of the keys; another one for sums over other rows, since a key has one value on all papers.
    """
    totals = {}
    for column in PERFORMANCE:
        whole = None if column.id in _TEXTS else printed_sum(found, column.id)
        if whole is not None:
            totals[column.id] = Amount(whole, column.places, column.unit, f"{scope}/{column.id}")
    return totals


def _sums(found: Performance, *, only_done: bool) -> list[Row]:
    """The sum of all rows; where measured and predicted ones stand together, either kind by itself before it."""

    def line(name: str, chosen: Performance, scope: str) -> Row:
        totals = printed_totals(chosen, scope)
        cells = ["合计" if c.id == "name" else totals.get(c.id, "") for c in PERFORMANCE]
        cells[1] = name
        return Row(tuple(cells), RowKind.TOTAL)

    whole = line("合计", found, DONE_SCOPE if only_done else "performance")
    measured = tuple(row for row in found.rows if row.is_measured)
    promised = tuple(row for row in found.rows if not row.is_measured)
    if only_done or not measured or not promised:
        return [whole]
    return [
        line("其中实测", replace(found, rows=measured), "performance-measured"),
        line("其中预计", replace(found, rows=promised), "performance-expected"),
        whole,
    ]


def total_row(rows: Sequence[Row], *, label: int, places: Mapping[int, int]) -> Row:
    """合计 of the numbers that stand in some columns, as they are printed. label: the column of the word; places: column →
    decimals."""
    cells: list[Cell] = [""] * len(rows[0].cells)
    cells[label] = "合计"
    for column, decimals in places.items():
        known = [one for row in rows if isinstance(one := row.cells[column], Amount)]
        if known:
            whole = sum(
                (Fraction(round_half_up(one.value, decimals)) for one in known), Fraction(0)
            )
            cells[column] = Amount(whole, decimals, known[0].unit)
    return Row(tuple(cells), RowKind.TOTAL)


def performance_chapter(project: AuditProject, *, only_done: bool = False) -> Chapter | None:
    """清洁生产项目绩效表 on A3: 21 columns, one row a measure, totals of what is printed. only_done: see `performance`."""
    found = performance(project, only_done=only_done)
    return (
        None
        if not found.rows
        else Chapter(
            "清洁生产项目绩效表", (performance_table(found, only_done=only_done),), Sheet.A3
        )
    )


def performance_table(found: Performance, *, only_done: bool = False) -> Table:
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
                cells.append(DASH)
        rows.append(Row(tuple(cells)))
    rows += _sums(found, only_done=only_done)
    widths = {"number": 1.6, "name": 4.6, "content": 5.2, "other": 3.6}
    texts = tuple(found.rows[0].texts)
    columns = tuple(
        Column(
            subscripted(column.title),
            widths.get(column.id, 1.9),
            Align.TEXT if column.id in texts else Align.NUMBER,
            column.unit,
        )
        for column in PERFORMANCE
    )
    measured = sum(row.is_measured for row in found.rows)
    if only_done:
        lacking = lacking_words(found)
        said = f"只列已完成的方案和实测值{f'；{lacking}' if lacking else ''}"
    else:
        said = f"{measured} 项为实测值，其余为预计值" if measured else "均为预计值"
    notes: tuple[Runs, ...] = (
        (
            f"注：WD 为无/低费，ZG 为中/高费；{said}。负数为增加，“—”为不涉及或没有测算。本表各格先修约，合计为表中各数之和。",
        ),
    )
    return Table(
        "performance", "清洁生产项目绩效表", columns, tuple(rows), notes, Size.SMALL, Sheet.A3
    )
