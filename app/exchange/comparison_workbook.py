"""An audit under two editions as a workbook: what changes, row by row, with sources and states, and what must be asked again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from app.assessment.editions import EditionComparison, Pair
from app.assessment.finding import Measured
from app.assessment.indicator_system import (
    LEVELS,
    Indicator,
    IndicatorSystem,
    Level,
    Provenance,
    Table,
    Verification,
)
from app.assessment.numbers import round_half_up
from app.assessment.result import Assessment
from app.assessment.units import UNITS
from app.audit.edition_words import index_text, judged_text, level_text, verdict
from app.audit.wording import finding_text, threshold_text
from app.files import write_archive, written_beside

_STATES = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录待核",
    Verification.RECALLED: "凭记忆待核",
}
_HEAD = PatternFill("solid", fgColor="DCE9E4")
_CHANGED = PatternFill("solid", fgColor="FBF0D9")
_LINE = Border(bottom=Side("thin", color="B8C4BF"))
_TOP = Alignment(wrap_text=True, vertical="top")


@dataclass(frozen=True)
class Edition:
    """One side: the system, the table (or tables) of it, and the audit's result under it."""

    system: IndicatorSystem
    table: Table
    result: Assessment


def write_comparison(
    path: Path,
    comparison: EditionComparison,
    old: tuple[IndicatorSystem, Table],
    new: tuple[IndicatorSystem, Table],
    *,
    firm: str,
    base_year: str,
    again: Mapping[str, str],
    today: date,
) -> None:
    """again: ids of the new table that must be answered, with the reason. Written beside and then put in place."""
    editions = (Edition(*old, comparison.old), Edition(*new, comparison.new))
    book = Workbook()
    summary = cast(Worksheet, book.active)
    summary.title = "结论"
    _write_summary(summary, comparison, editions, firm, base_year, today)
    _write_rows(book.create_sheet("逐项对照"), comparison, editions)
    _write_questions(book.create_sheet("要再问的"), editions[1], again)
    _write_sources(book.create_sheet("来源"), editions)
    with written_beside(path, ".xlsx") as beside:
        write_archive(beside, book.save)


def _write_summary(
    sheet: Worksheet,
    comparison: EditionComparison,
    editions: Sequence[Edition],
    firm: str,
    base_year: str,
    today: date,
) -> None:
    _put(sheet, 1, 1, "两版对照：阈值变了什么，等级会怎样").font = Font(bold=True, size=14)
    _put(sheet, 2, 1, f"{firm}　基准年 {base_year}　{today.isoformat()} 导出")
    _put(sheet, 3, 1, "旧的等级不会自己变：案卷用哪一版由使用的人决定。")
    _heads(sheet, 5, ("项目", "本案卷用的", "对照的"), (22, 52, 52))
    changed = sum(1 for pair in comparison.pairs if pair.is_changed)
    lines: list[tuple[str, str, str]] = [
        (name, fact(editions[0]), fact(editions[1]))
        for name, fact in (
            ("文件", lambda one: one.system.title),
            ("文号", lambda one: one.system.document_no),
            ("表", lambda one: one.table.title),
            ("发布", lambda one: one.system.issued),
            ("施行", lambda one: one.system.effective),
            ("等级", lambda one: level_text(one.result)),
            ("指数", lambda one: index_text(one.result)),
            ("不能定级的原因", lambda one: one.result.why_not_scored),
            ("提醒", lambda one: "\n".join(one.result.warnings)),
            ("适用本企业的指标", _applicable),
            ("还没填的指标", lambda one: str(len(one.result.missing))),
            ("指标的状态", _states),
        )
    ]
    lines.append(("有变化的指标", "", str(changed)))
    for number, line in enumerate(lines, 6):
        for column, text in enumerate(line, 1):
            cell = _put(sheet, number, column, text)
            cell.border = _LINE
            if column == 1:
                cell.font = Font(bold=True)


def _applicable(one: Edition) -> str:
    return str(sum(1 for each in one.result.judgements if each.state != "not_applicable"))


def _states(one: Edition) -> str:
    rows = list(one.table.indicators())
    counted = {state: sum(1 for row in rows if row.trust is state) for state in Verification}
    return "，".join(f"{_STATES[state]} {count}" for state, count in counted.items() if count)


def _write_rows(
    sheet: Worksheet, comparison: EditionComparison, editions: Sequence[Edition]
) -> None:
    side = ("Ⅰ级", "Ⅱ级", "Ⅲ级", "限定性", "判定", "来源", "状态", "存疑")
    heads = (
        "序号",
        "指标",
        "企业值",
        "单位",
        *(f"旧版 {name}" for name in side),
        *(f"新版 {name}" for name in side),
        "变化",
    )
    widths = (6, 30, 14, 12, *((16, 16, 16, 8, 10, 24, 12, 24) * 2), 22)
    _heads(sheet, 1, heads, widths)
    sheet.freeze_panes = "C2"
    rows = [{row.id: row for row in one.table.indicators()} for one in editions]
    for number, pair in enumerate(comparison.pairs, 1):
        line = number + 1
        found = (rows[0].get(pair.old_id), rows[1].get(pair.new_id))
        _put(sheet, line, 1, number)
        _put(sheet, line, 2, pair.name)
        _write_value(sheet, line, pair, found, comparison)
        for place, (row, one, identity) in enumerate(
            zip(found, editions, (pair.old_id, pair.new_id), strict=True)
        ):
            first = 5 + place * len(side)
            texts = _side(row, one, identity)
            for column, text in enumerate(texts, first):
                cell = _put(sheet, line, column, text)
                level = LEVELS[column - first] if column - first < len(LEVELS) else None
                if level is not None and level in pair.thresholds:
                    cell.font = Font(bold=True, underline="single")
        cell = _put(sheet, line, len(heads), verdict(pair)[0])
        if pair.is_changed:
            cell.fill = _CHANGED


def _write_value(
    sheet: Worksheet,
    line: int,
    pair: Pair,
    found: tuple[Indicator | None, Indicator | None],
    comparison: EditionComparison,
) -> None:
    """The firm's figure in the unit of the edition it was given under."""
    source = comparison.old if pair.old_id else comparison.new
    finding = source.judgement(pair.old_id or pair.new_id).finding
    row = found[0] or found[1]
    assert row is not None
    if isinstance(finding, Measured):
        cell = _put(sheet, line, 3, round_half_up(finding.value, 2))
        cell.number_format = "#,##0.00"
        _put(sheet, line, 4, UNITS[row.unit].symbol if row.unit else "")
    else:
        _put(sheet, line, 3, finding_text(finding))


def _side(row: Indicator | None, one: Edition, identity: str) -> tuple[str, ...]:
    if row is None:
        return ("没有这一项", "", "", "", "", "", "", "")
    marks = list(
        dict.fromkeys([row.provenance, *(row.provenance_of(level) for level in row.benchmarks)])
    )
    return (
        *(threshold_text(row, level) for level in LEVELS),
        "不明" if row.limiting is None else "是" if row.limiting else "否",
        judged_text(one.system.kind, one.result.judgement(identity)),
        "；".join(dict.fromkeys(_source(one.system, mark) for mark in marks)),
        _STATES[row.trust],
        "；".join(dict.fromkeys(mark.doubt for mark in marks if mark.doubt)),
    )


def _source(system: IndicatorSystem, mark: Provenance) -> str:
    source = system.sources.get(mark.source_id)
    text = source.what if source is not None else "没有写明"
    return f"{text}（{mark.checked_on} {mark.checked_by} 核对）" if mark.checked_by else text


def _write_questions(sheet: Worksheet, new: Edition, again: Mapping[str, str]) -> None:
    _heads(sheet, 1, ("指标", "类别", "为什么要再问", "Ⅲ级要什么"), (34, 22, 36, 60))
    sheet.freeze_panes = "A2"
    line = 1
    for category in new.table.categories:
        for row in category.indicators:
            if row.id not in again:
                continue
            line += 1
            asked = threshold_text(row, Level.III) if Level.III in row.benchmarks else ""
            for column, text in enumerate((row.name, category.name, again[row.id], asked), 1):
                _put(sheet, line, column, text)
    if line == 1:
        _put(sheet, 2, 1, "没有要再问的")


def _write_sources(sheet: Worksheet, editions: Sequence[Edition]) -> None:
    _heads(sheet, 1, ("哪一版", "读自", "网址"), (52, 60, 60))
    line = 1
    for one in editions:
        for source in one.system.sources.values():
            line += 1
            name = f"{one.system.title}　{one.system.document_no}"
            for column, text in enumerate((name, source.what, source.url), 1):
                _put(sheet, line, column, text)


def _heads(sheet: Worksheet, line: int, names: Sequence[str], widths: Sequence[int]) -> None:
    for column, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        cell = _put(sheet, line, column, name)
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.border = _LINE
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.print_title_rows = f"1:{line}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _put(sheet: Worksheet, line: int, column: int, value: object) -> Cell:
    """Text stays text: a name that begins with = is not a formula."""
    cell = cast(Cell, sheet.cell(line, column))
    cell.value = value  # type: ignore[assignment]
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = _TOP
    return cell
