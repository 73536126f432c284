"""核对单: a system on paper, to be held against the official print by hand: every row with a box to tick and room to correct."""

from collections.abc import Iterator, Sequence
from datetime import date

from app.assessment.indicator_system import (
    LEVELS,
    Family,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    LevelRule,
    Verification,
)
from app.assessment.indicator_system import Table as SystemTable
from app.assessment.numbers import brief
from app.assessment.units import UNITS
from app.audit.wording import NOT_COLLECTED, sign, threshold_text, weight_text
from app.papers.document import (
    Align,
    Block,
    Cell,
    Chapter,
    Column,
    Document,
    JoinLeft,
    LimitingMark,
    Paragraph,
    Row,
    RowKind,
    Sheet,
    Size,
    State,
    StateMark,
    Table,
)

_BOX = "□"
_ROOM = "　\n　"  # two lines to write in
_STATES = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录待核",
    Verification.RECALLED: "凭记忆待核",
}


def check_sheet(
    system: IndicatorSystem, table_ids: Sequence[str], *, today: date, prints: Sequence[str] = ()
) -> Document:
    """The sheets for these tables of a system. prints: files with SHA-256 the user has opened as the official text."""
    return Document(
        title=f"核对单　{system.title}",
        enterprise="",
        state=State.FINAL,
        head_left=f"核对单　{system.title}",
        head_right=system.document_no,
        foot=f"清审通　{today.isoformat()} 打印",
        cover=None,
        signatures=None,
        front=(),
        chapters=tuple(
            Chapter(
                f"核对单：{system.table(table_id).title}",
                tuple(_blocks(system, system.table(table_id), prints)),
                Sheet.LANDSCAPE,
            )
            for table_id in table_ids
        ),
        appendices=(),
    )


def _blocks(system: IndicatorSystem, table: SystemTable, prints: Sequence[str]) -> Iterator[Block]:
    facts = [system.title, system.document_no]
    facts += [f"发布 {system.issued}"] if system.issued else []
    yield Paragraph(("　".join(fact for fact in facts if fact),), indent=False)
    yield Paragraph(
        (
            "拿着官方原文逐行看：一样的在「对」里打 √；不一样的在「改为」里写原文的值。"
            "最后两个人分别签字。核完到程序「逐行核对」里照原文打一遍，程序才算核过。",
        ),
        indent=False,
    )
    rules = [_rule_row(rule) for rule in system.method.levels]
    if rules:
        yield Table(
            f"rules-{table.id}",
            "评级规则",
            (
                Column("级别", 18, Align.CENTRE),
                Column("库里收的条件", 40),
                Column("状态", 5, Align.CENTRE),
                Column("对", 4, Align.CENTRE),
                Column("改为", 24),
            ),
            tuple(
                Row((*cells, StateMark(system.method.provenance.verification), _BOX, _ROOM))
                for cells in rules
            ),
            size=Size.SMALL,
            sheet=Sheet.LANDSCAPE,
        )
    yield _rows_table(system, table, prints)
    yield Table(
        f"signed-{table.id}",
        "签字",
        (
            Column("谁", 16, Align.CENTRE),
            Column("签名", 20),
            Column("日期", 14),
            Column("对照的原文（名称、文号、印次或网址）", 42),
        ),
        (
            Row(("核对人", _ROOM, _ROOM, _ROOM)),
            Row(("复核人（另一个人）", _ROOM, _ROOM, _ROOM)),
        ),
        sheet=Sheet.LANDSCAPE,
    )


def _rule_row(rule: LevelRule) -> tuple[Cell, ...]:
    parts = []
    if rule.min_index is not None:
        parts.append(f"指数 ≥ {brief(rule.min_index)}")
    if rule.limiting_level is not None:
        parts.append(f"限定性指标全到{rule.limiting_level.symbol}级")
    if rule.others_level is not None:
        parts.append(f"其他指标全到{rule.others_level.symbol}级")
    return rule.name or f"{rule.level.symbol}级", "，".join(parts) or rule.rule_text


def _rows_table(system: IndicatorSystem, table: SystemTable, prints: Sequence[str]) -> Table:
    family = system.method.family
    with_base = any(row.base is not None for row in table.indicators())
    with_levels = any(row.benchmarks for row in table.indicators())
    weight_name = "权重值" if family in (Family.P_INDEX, Family.POINTS) else "权重"
    columns = [
        Column("序号", 4, Align.CENTRE),
        Column("指标", 16),
        Column("单位", 6, Align.CENTRE),
        Column("方向", 5, Align.CENTRE),
    ]
    weighted = family in (Family.LEVEL_INDEX, Family.P_INDEX, Family.POINTS)
    if weighted:
        columns.append(Column(weight_name, 6, Align.CENTRE))
    columns.append(Column("限", 3, Align.CENTRE))
    if with_base:
        columns.append(Column("基准值", 8, Align.CENTRE))
    if with_levels:
        columns += [
            Column(f"{level.symbol} 级", 13, Align.CENTRE, group="库里收的值") for level in LEVELS
        ]
    columns += [
        Column("来源", 4, Align.CENTRE),
        Column("状态", 4, Align.CENTRE),
        Column("页", 4, Align.CENTRE),
        Column("对", 3, Align.CENTRE),
        Column("改为", 14),
    ]
    letters = _letters(system)
    rows: list[Row] = []
    number = 0
    for category in table.categories:
        head = category.name
        if family is Family.LEVEL_INDEX:
            head += f"　一级权重 {weight_text(category.weight)}　　对 {_BOX}　改为 ＿＿＿＿"
        rows.append(Row((head,), RowKind.GROUP))
        for row in category.indicators:
            number += 1
            cells: list[Cell] = [
                str(number),
                row.name,
                UNITS[row.unit].symbol if row.unit else "—",
                _direction(row),
            ]
            if weighted:
                cells.append(_weight(family, row))
            cells.append(_limiting(row))
            if with_base:
                cells.append("—" if row.base is None else brief(row.base))
            if with_levels:
                cells += _level_cells(row)
            cells += [
                letters.get(row.provenance.source_id, "—"),
                StateMark(row.trust),
                "",
                _BOX,
                _ROOM,
            ]
            rows.append(Row(tuple(cells), bar=bool(row.limiting)))
    words = "　".join(f"{_STATES[state]}" for state in Verification)
    notes: list[tuple[str | StateMark, ...]] = [
        (
            f"状态从满到空：{words}。粗竖线和「限」：限定性指标。「{NOT_COLLECTED}」：没有读到，请照原文补。",
        )
    ]
    doubts = [
        f"{row.name}：{row.provenance.doubt}" for row in table.indicators() if row.provenance.doubt
    ]
    notes += [
        (f"来源{letters[name]}　{source.what}　{source.url}".strip(),)
        for name, source in system.sources.items()
    ]
    notes += [(f"对照的文件　{line}",) for line in prints]
    notes += [(f"存疑　{line}",) for line in doubts]
    return Table(
        f"rows-{table.id}",
        table.title,
        tuple(columns),
        tuple(rows),
        notes=tuple(notes),
        size=Size.SMALL,
        sheet=Sheet.LANDSCAPE,
    )


def _direction(row: Indicator) -> str:
    if row.kind is IndicatorKind.QUALITATIVE:
        return "文字"
    return {"≤": "越低越好", "<": "越低越好", "≥": "越高越好", ">": "越高越好"}.get(
        sign(row), "区间"
    )


def _limiting(row: Indicator) -> Cell:
    if row.limiting is None:
        return "？"
    return LimitingMark() if row.limiting else ""


def _weight(family: Family, row: Indicator) -> str:
    if family is not Family.LEVEL_INDEX:
        return NOT_COLLECTED if row.points is None else brief(row.points)
    if row.share is not None:
        total = row.share.total
        return NOT_COLLECTED if total is None else f"{brief(total)}/n"
    return weight_text(row.weight)


def _level_cells(row: Indicator) -> list[Cell]:
    """The three levels; equal ones side by side as one cell."""
    texts = [threshold_text(row, level) for level in LEVELS]
    return [
        JoinLeft() if place and text == texts[place - 1] and len(text) > 2 else text
        for place, text in enumerate(texts)
    ]


def _letters(system: IndicatorSystem) -> dict[str, str]:
    """Sources by a short mark: 甲 乙 丙 …, then numbers."""
    marks = "甲乙丙丁戊己庚辛壬癸"
    return {
        source_id: marks[place] if place < len(marks) else str(place + 1)
        for place, source_id in enumerate(system.sources)
    }
