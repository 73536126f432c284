"""Each target of the audit beside what was reached."""

from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Measured
from app.assessment.result import Assessment
from app.audit.findings import assess_project
from app.audit.project import AuditProject
from app.measures.apply import combine, with_measures
from app.measures.changes import planned_measures
from app.papers.answers import DASH, computed_cell, exact_of, formal, places_typed
from app.papers.chapters.judgements import judged_indicators
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Paragraph,
    Progress,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)


@dataclass(frozen=True)
class ExpectedTarget:
    """A near target beside what the measures taken up bring by what they promise. value None: the target is about nothing
    that is worked out here. reaches: whether it is as good as the target."""

    row_id: str
    name: str
    value: Fraction | None
    reaches: bool | None


def expected_targets(
    project: AuditProject, assessment: Assessment | None
) -> tuple[ExpectedTarget, ...]:
    """Every near target, found by the name of a figure of the audit or of an indicator."""
    measures = [one for one in planned_measures(project) if not one.problems]
    if combine(project, measures).overdrawn:
        measures = []
    later = with_measures(project, measures)
    figures = {formal(one.title): one.id for one in project.derivation.quantities.values()}
    indicators = {}
    if assessment is not None and project.system is not None:
        indicators = _measured_indicators(later)
    book, found = project.book, []
    for row in book.row_ids("targets.list"):
        name = book.text(f"targets.list/{row}/name").strip()
        now, near = (exact_of(book.text(f"targets.list/{row}/{one}")) for one in ("now", "near"))
        value = indicators.get(name)
        if value is None and formal(name) in figures:
            value = later.derivation.figure(figures[formal(name)]).value
        reaches = None
        if value is not None and now is not None and near is not None and measures:
            reaches = value <= near if near < now else value >= near
        found.append(ExpectedTarget(row, name, value if measures else None, reaches))
    return tuple(found)


def _measured_indicators(project: AuditProject) -> dict[str, Fraction]:
    """Numbers of the indicators of the audit, by name."""
    return {
        indicator.name: judgement.finding.value
        for _, _, indicator, judgement in judged_indicators(project, assess_project(project))
        if isinstance(judgement.finding, Measured)
    }


def targets_expected(project: AuditProject, assessment: Assessment | None) -> list[Block]:
    """Near targets beside what the measures are expected to bring: whether they are enough."""
    book, rows = project.book, []
    found = expected_targets(project, assessment)
    if not any(one.value is not None for one in found):
        return []
    for one in found:
        at = f"targets.list/{one.row_id}"
        places = max(places_typed(book.get(f"{at}/{column}")) for column in ("now", "near"))
        unit = book.text(f"{at}/unit")
        cells: list[Cell] = [one.name, unit]
        for key in (f"{at}/now", f"{at}/near"):
            value = exact_of(book.text(key))
            cells.append(DASH if value is None else Amount(value, places, unit, key))
        cells.append(DASH if one.value is None else Amount(one.value, places, unit, f"{at}/expected"))  # fmt: skip
        cells.append(DASH if one.reaches is None else "达到" if one.reaches else "达不到")
        rows.append(Row(tuple(cells)))
    columns = (
        Column("目标", 2.8),
        Column("单位", 1.4, Align.CENTRE),
        Column("现状", 1.2, Align.NUMBER),
        Column("近期目标", 1.2, Align.NUMBER),
        Column("全部做完（预计）", 2.2, Align.NUMBER),
        Column("与近期目标相比", 1.6, Align.CENTRE),
    )
    said = "注：“全部做完”按全年计，目标年份未必做满全年。"
    if any(one.value is None for one in found):
        said += "“—”为没有对应的核算量，由企业说明。"
    notes: tuple[Runs, ...] = ((said,),)
    return [
        Paragraph(("近期目标与列入实施的方案全部做完后的预计数对照见", Ref("targets.expected"), "。")),
        Table("targets.expected", "近期目标与方案预期", columns, tuple(rows), notes, Size.SMALL),
    ]  # fmt: skip


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
    said += f"，尚未达到的为{missed}" if missed else ""
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


def _conclusion(reached: bool | None, due: str) -> str:
    """due: the year of the near target, which may be still to come."""
    if reached is None:
        return "尚未测得"
    return "完成" if reached else f"尚未达到{f'（期限 {due} 年）' if due else ''}"


def _targets_table(project: AuditProject, rows: tuple[str, ...]) -> Table:
    """Where it stood, where it should be, where it is; one number of decimals a target."""
    book = project.book

    def value(key: str, places: int, unit: str) -> Cell:
        number = exact_of(book.text(key)) if book.text(key) else None
        return DASH if number is None else Amount(number, places, unit, key)

    made = []
    told: list[Runs] = []
    rates = [project.derivation.cell("targets.done", row, "rate").value for row in rows]
    drawn = any(rate is not None for rate in rates)
    for row, (name, reached) in zip(rows, target_rows(project), strict=True):
        keys = [f"targets.list/{row}/now", f"targets.list/{row}/near", f"targets.done/{row}/value"]
        places = max(places_typed(book.get(key)) for key in keys)
        unit = book.text(f"targets.list/{row}/unit")
        rate = project.derivation.cell("targets.done", row, "rate")
        made.append(
            Row(
                (
                    name,
                    unit,
                    *(value(key, places, unit) for key in keys),
                    *(
                        (DASH if rate.value is None else Progress(rate.value / 100),)
                        if drawn
                        else ()
                    ),
                    DASH if rate.value is None else computed_cell(rate, f"targets.done/{row}/rate"),
                    _conclusion(reached, book.text(f"targets.list/{row}/near_year")),
                )
            )
        )
        note = book.text(f"targets.done/{row}/note").strip()
        if note:
            told.append((f"{name}：{note.rstrip('。')}。",))
    columns = (
        Column("目标", 2.8),
        Column("单位", 1.4, Align.CENTRE),
        Column("现状", 1.2, Align.NUMBER),
        Column("近期目标", 1.2, Align.NUMBER),
        Column("完成值", 1.2, Align.NUMBER),
        *((Column("进展", 2.2, Align.CENTRE),) if drawn else ()),
        Column("完成率", 1.1, Align.NUMBER, "%"),
        Column("结论", 1.6, Align.CENTRE),
    )
    said = "注：完成率＝（现状－完成值）÷（现状－近期目标），按表列的数计算，超过 100% 为优于目标"
    said += "；进展从现状起，竖线为近期目标，空心圆为尚未达到" if drawn else ""
    said += "；“—”为尚未测得。" if None in rates else "。"
    notes: tuple[Runs, ...] = ((said,), *told)
    return Table("targets.done", "清洁生产目标完成情况", columns, tuple(made), notes, Size.SMALL)
