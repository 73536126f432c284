"""清洁生产项目绩效表 with the sums of what it prints, and the summary in front of it. Predicted and measured stay apart: nothing
predicted is called reached."""

from dataclasses import replace

from app.assessment.numbers import round_half_up
from app.audit.project import AuditProject
from app.measures.model import measures_of, stream_of
from app.measures.results import (
    PERFORMANCE,
    Lack,
    Performance,
    Reduction,
    counts,
    lacking_words,
    others_of,
    others_said,
    performance,
    printed_sum,
    proofs_of,
    reductions,
)
from app.papers.answers import DASH
from app.papers.chapters.implementation import effects, promised
from app.papers.chapters.plant_after import plant_before_and_after
from app.papers.digits import number
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
    SealPlace,
    SealRow,
    Sheet,
    Size,
    Table,
)
from app.papers.measure_rows import (
    codes_of,
    in_order,
    part_title,
    stream_places,
    unbooked_words,
)


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
            "，均为预计，逐项见"
            if not finished.rows
            else "。绩效表中节约和效益均为预计，逐项见"
            if not _differs(found, planned)
            else "。绩效表中均为实际和实测，逐项见"
            if _is_finished(found, finished)
            else "。绩效表中已完成的按实际和实测，没有实测的和其余的按计划，合计因此与以上两组数不同，逐项见",
            Ref("performance"),
            "。",
        ]
        blocks.append(Paragraph(tuple(runs)))
    rows = []
    measured = {one.id: one for one in reductions(project, measured=True)}
    scope = "reductions-done" if only_done else "reductions"
    for one in reductions(project, measured=False, only_done=only_done):
        real = measured.get(one.id)
        rows.append(
            Row(
                (
                    subscripted(one.title),
                    one.unit,
                    Amount(one.printed, one.places, one.unit, f"{scope}/{one.id}"),
                    *((_measured_cell(real),) if finished.rows else ()),
                )
            )
        )
    scope_name = "已完成" if only_done else "列入实施"
    if rows:
        columns = (
            Column("项目", 2),
            Column("单位", 1.2, Align.CENTRE),
            Column(f"{scope_name}方案预计", 2, Align.NUMBER, "每年"),
            *((Column("已完成方案实测", 2, Align.NUMBER, "每年"),) if finished.rows else ()),
        )
        notes: tuple[Runs, ...] = (
            (
                f"注：预计为{scope_name}的各方案预计数修约后之和，"
                f"{'实测为已完成方案中有实测的各行之和，' if finished.rows else ''}"
                f"负数为增加{'；“—”为没有实测' if finished.rows else ''}。{unbooked_words(project)}",
                _beyond_words(project, only_done=only_done) if measured else "",
                *_overlaps(project, only_done=only_done),
            ),
        )
        table = Table("reductions", "节约和削减汇总", columns, tuple(rows), notes, width=0.8)
        blocks += [Paragraph(("节约和削减的合计见", Ref("reductions"), "。")), table]
    blocks += effects(project)
    blocks += plant_before_and_after(project)
    return blocks or [Paragraph(("尚无方案。",))]


def _beyond_words(project: AuditProject, *, only_done: bool) -> str:
    """「预计含没有实测的 WD1（镍 62 kg），实测没有这部分，两列不能直接相比。」 of measures one column has and the other has not."""
    said = []
    later = "" if only_done else _later(project)
    if later:
        said.append(f"尚未完成的 {later}")
    open_ones = []
    for one in sorted(proofs_of(project), key=lambda one: in_order(one.measure)):
        if not one.is_done:
            continue
        streams = [name for name in one.measure.savings if name not in one.measured]
        amounts = [
            f"{part_title(project, name, one.measure.savings)} "
            f"{number(amount, stream_places(amount))} {stream_of(project, name).unit}"
            for name in streams
            for amount in (one.measure.savings[name],)
        ]
        if amounts:
            open_ones.append(f"{one.measure.code}（{'，'.join(amounts)}）")
    if open_ones:
        said.append(f"没有实测的 {'、'.join(open_ones)}")
    return f"预计含{' 和'.join(said)}，实测不含，两列不能直接相比。" if said else ""


def _overlaps(project: AuditProject, *, only_done: bool) -> list[Inline]:
    """「同一处的几个方案节约同一种资源，扣除重复后：预计节电 3.47 万kWh。」: the one place where it is said; the level and the
    figures afterwards count without anything twice."""
    runs: list[Inline] = []
    for measured, word in ((False, "预计"), (True, "实测")):
        for one in reductions(project, measured=measured, only_done=only_done):
            if round_half_up(one.added, one.places) == round_half_up(one.together, one.places):
                continue
            key = f"reductions/{one.id}/together{'/measured' if measured else ''}"
            lead = "，" if runs else "同一处的几个方案节约同一种资源，扣除重复后："
            runs += [f"{lead}{word}{subscripted(one.title)} "]
            runs += [Amount(one.together, one.places, one.unit, key), f" {one.unit}"]
    return [*runs, "；审核后的水平和单耗按扣除重复的数核算。"] if runs else []


def done_money(finished: Performance) -> list[Inline]:
    """「，实际投资 42.10 万元，实测经济效益 26.99 万元/a（WD1 没有实测；没有实测的未计入）」 of `performance(only_done=True)`."""
    totals = printed_totals(finished, DONE_SCOPE)
    runs: list[Inline] = []
    for column, name, unit in (("cost", "实际投资", "万元"), ("saving", "实测经济效益", "万元/a")):
        if column in totals:
            runs += [f"，{name} ", totals[column], f" {unit}"]
    lacking = lacking_words(finished)
    return [*runs, f"（{lacking}）"] if lacking else runs


def _measured_cell(real: Reduction | None) -> Cell:
    if real is None:
        return DASH
    return Amount(real.printed, real.places, real.unit, f"reductions/{real.id}/measured")


def _differs(found: Performance, planned: dict[str, Amount]) -> bool:
    """Whether the sums of the 绩效表 are others than those of the plan."""
    sums = ((planned[one].value, printed_sum(found, one)) for one in ("cost", "saving") if one in planned)  # fmt: skip
    return any(row.is_measured for row in found.rows) or any(one != other for one, other in sums)


def _is_finished(found: Performance, finished: Performance) -> bool:
    """Whether nothing promised is left in the 绩效表."""
    sums = ((printed_sum(found, one), printed_sum(finished, one)) for one in ("cost", "saving"))
    return len(found.rows) == len(finished.rows) and all(one == other for one, other in sums)


def _later(project: AuditProject) -> str:
    return codes_of(one.measure for one in proofs_of(project) if counts(one) and not one.is_done)


def subscripted(title: str) -> str:
    """「CO2」 as a paper writes it."""
    return title.replace("CO2", "CO₂").replace("SO2", "SO₂")


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
        other = others_said(others_of(chosen.rows))
        blank = {"number": "", "content": "", "other": other or DASH}
        cells = ["合计" if c.id == "name" else totals.get(c.id, blank.get(c.id, DASH)) for c in PERFORMANCE]  # fmt: skip
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


_MOST_ROWS_SIGNED = 24  # with more the places for stamps would stand on a sheet alone


def performance_chapter(
    project: AuditProject, seals: tuple[SealPlace, ...], *, only_done: bool = False
) -> Chapter | None:
    """清洁生产项目绩效表 on A3: 21 columns, one row a measure, totals of what is printed; who signs it, below. only_done: see
    `performance`."""
    found = performance(project, only_done=only_done)
    if not found.rows:
        return None
    table = performance_table(project, found, only_done=only_done)
    signed = SealRow(seals, ("填表人", "审核人", "批准人", "填表日期"))
    is_short = len(found.rows) <= _MOST_ROWS_SIGNED
    return Chapter("清洁生产项目绩效表", (table, signed) if is_short else (table,), Sheet.A3)


def _measured_words(found: Performance) -> str:
    """「8 项为实测值（其中 WD8 环境效果没有可合计的实测数），其余为预计值」."""
    measured = [row for row in found.rows if row.is_measured]
    if not measured:
        paid = any(row.is_paid for row in found.rows)
        return "节约和效益均为预计值" if paid else "均为预计值"
    money = "、".join(row.texts["number"] for row in measured if Lack.EFFECT in row.lacking)
    told = f"（其中 {money} 环境效果没有可合计的实测数）" if money else ""
    if len(measured) == len(found.rows):
        return f"均为实测值{told}"
    return f"{len(measured)} 项为实测值{told}，其余为预计值"


def performance_table(
    project: AuditProject, found: Performance, *, only_done: bool = False
) -> Table:
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
            Align.CENTRE
            if column.id in ("number", "other")
            else Align.TEXT
            if column.id in texts
            else Align.NUMBER,
            column.unit,
        )
        for column in PERFORMANCE
    )
    if only_done:
        lacking = lacking_words(found)
        said = f"只列已完成的方案，数为实测值{f'；{lacking}' if lacking else ''}"
    else:
        said = _measured_words(found)
        said += "；已完成的投资额为实际值" if any(row.is_paid for row in found.rows) else ""
    notes: tuple[Runs, ...] = (
        (
            f"注：WD 为无/低费，ZG 为中/高费；{said}。负数为增加，“—”为不涉及或没有测算。本表各格先修约，合计为表中各数之和。"
            f"{'' if only_done else unbooked_words(project)}",
        ),
    )
    return Table(
        "performance", "清洁生产项目绩效表", columns, tuple(rows), notes, Size.SMALL, Sheet.A3
    )
