"""审核结果一览: every figure an authority quotes, on one page, before and after the measures."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from app.assessment.indicator_system import Verification
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.forms.condition import holds
from app.forms.question import FigureStrip
from app.measures.model import measures_of
from app.measures.results import (
    After,
    ResultRow,
    afterwards,
    counts,
    lacking_words,
    performance,
    proofs_of,
)
from app.papers.answers import DASH, computed_cell, figure_title, is_absent, is_voluntary
from app.papers.chapters.judgements import (
    index_amount,
    judged_indicators,
    level_cell,
    unchecked_note,
    unchecked_words,
    unit_text,
    value_cell,
)
from app.papers.chapters.performance import DONE_SCOPE, printed_totals
from app.papers.chapters.targets import target_rows
from app.papers.document import (
    Align,
    Amount,
    Block,
    Bold,
    Cell,
    Column,
    FrontPage,
    LevelMark,
    Row,
    RowKind,
    Runs,
    Size,
    Sub,
    Table,
)
from app.papers.measure_rows import counted_by, unbooked_words

AT_A_GLANCE = (
    "energy.total", "energy.co2", "energy.per_area", "energy.per_value", "water.intake", "water.reuse",
    "voc.generated", "voc.emitted", "packaging.one_way", "packaging.per_output", "env.hazardous",
)  # fmt: skip
_COMPARE_PAGE = "compare"
_REDUCTIONS = (
    "electricity",
    "tce",
    "co2",
    "water",
    "voc",
    "material",
    "solid",
    "liquid",
    "cod",
    "nh3n",
)


def results_page(
    project: AuditProject, assessment: Assessment | None, *, only_done: bool = False
) -> FrontPage:
    """Every figure an authority quotes, on one page. only_done: as an acceptance counts, see `performance`."""
    after = afterwards(project)
    blocks: list[Block] = []
    blocks += _level(project, assessment, after)
    blocks += _figures(project)
    blocks += _measures(project, only_done=only_done)
    if assessment is not None:
        blocks += _limiting(project, assessment, after)
    return FrontPage("审核结果一览", tuple(blocks))


def _level(project: AuditProject, assessment: Assessment | None, after: After) -> list[Block]:
    """Level, indexes and the figures that moved, before and by what was measured afterwards."""
    if assessment is None or assessment.level_range is None or project.system is None:
        return []
    later = after.assessment if after.counted else None
    if later is not None and later.level is None:
        later = None

    def row(title: Cell, was: Cell, now: Cell, said: Cell) -> Row:
        return Row((title, was, now, said) if later is not None else (title, was, said))

    named = assessment.level_name if assessment.level is not None else "有未填项，只给范围"
    if later is not None and later.level_name and later.level_name != named:
        named = f"{named}→{later.level_name}"
    rows = [
        row(
            "清洁生产水平",
            LevelMark(assessment.level),
            LevelMark(later.level) if later is not None else "",
            f"{named}{unchecked_note(assessment)}",
        )
    ]
    asked = {rule.level: rule.min_index for rule in project.system.method.levels}
    for level, interval in assessment.index_range.items():
        now: Cell = DASH
        if later is not None and level in later.index_range:
            amount = index_amount(level, later.index_range[level])
            now = Amount(amount.value, 2, "", f"{amount.key}/after", high=amount.high)
        minimum = asked.get(level)
        said = f"判定值 {display(minimum, 0)}" if minimum is not None else DASH
        title = ("综合评价指数 Y", Sub(level.symbol))
        rows.append(row(title, index_amount(level, interval), now, said))
    if later is not None:
        rows += _moved(project, assessment, later, row)
    by = f"按{counted_by(after.counted)}".removesuffix("情况")
    columns = (
        Column("项目", 3.6),
        Column("审核前", 1.6, Align.NUMBER, f"{project.base_year} 年"),
        *((Column("审核后", 1.6, Align.NUMBER, by),) if later is not None else ()),
        Column("说明", 4.4),
    )
    notes: tuple[Runs, ...] = ()
    if assessment.verification is not Verification.VERIFIED:
        notes = ((Bold("提请评审注意　"), unchecked_words(project, assessment, brief=True)),)
    return [Table("glance", "结果", columns, tuple(rows), notes, Size.SMALL)]


def _moved(
    project: AuditProject, before: Assessment, later: Assessment, row: Callable[..., Row]
) -> Iterator[Row]:
    """Indicators that are numbers and became others."""
    by_id = {one.indicator_id: one for one in later.judgements}
    for _, _, indicator, judgement in judged_indicators(project, before):
        other = by_id.get(judgement.indicator_id)
        was = value_cell(judgement, project.system)
        now = value_cell(other, project.system) if other is not None else DASH
        if not isinstance(was, Amount) or not isinstance(now, Amount) or was.value == now.value:
            continue
        unit = unit_text(indicator)
        asked = "限定性指标" if judgement.limiting else "非限定性指标"
        now = replace(now, key=f"{now.key}/after")
        yield row(f"{indicator.name}{f'，{unit}' if unit else ''}", was, now, asked)


def _compared(project: AuditProject) -> Iterator[str]:
    """What the field compares over three years: figures per guest, per night, per square metre coated."""
    for page in project.questionnaire.pages():
        for card in page.cards if page.id == _COMPARE_PAGE else ():
            if not holds(card.condition, project.book):
                continue
            for item in card.items:
                if isinstance(item, FigureStrip):
                    yield from item.quantities


def _figures(project: AuditProject) -> list[Block]:
    """The figures of the base year, two beside each other."""
    found: list[tuple[Cell, Cell]] = []
    for quantity_id in dict.fromkeys((*AT_A_GLANCE, *_compared(project))):
        if not is_asked(project, quantity_id) or is_absent(project, quantity_id):
            continue
        figure = project.derivation.figure(quantity_id)
        if figure.not_applicable or is_voluntary(project, figure):
            continue
        found.append((f"{figure_title(project, figure)}，{figure.unit}", computed_cell(figure)))
    if not found:
        return []
    half = (len(found) + 1) // 2
    pairs: list[tuple[Cell, Cell]] = [*found, ("", "")]
    rows = tuple(
        Row((*pairs[place], *(pairs[place + half] if place + half < len(found) else ("", ""))))
        for place in range(half)
    )
    columns = (
        Column(f"{project.base_year} 年", 3.7),
        Column("数值", 1.5, Align.NUMBER),
        Column(f"{project.base_year} 年", 3.7),
        Column("数值", 1.5, Align.NUMBER),
    )
    return [Table("glance.figures", "结果", columns, rows, size=Size.SMALL)]


def _measures(project: AuditProject, *, only_done: bool) -> list[Block]:
    """How many measures, for how much: those taken up, and apart from them those that are finished; what they save, summed as
    the 绩效表 sums."""
    measures = measures_of(project)
    if not measures:
        return []
    found, done = performance(project), performance(project, only_done=True)

    def count(name: str, costly: bool | None) -> Row:
        kind = {False: "low", True: "high", None: "all"}[costly]
        at = f"measures-sum/{kind}"

        def of_kind(rows: tuple[ResultRow, ...]) -> list[ResultRow]:
            return [
                r for r in rows if costly is None or r.texts["number"].startswith("ZG") is costly
            ]

        def planned() -> list[Cell]:
            cells: list[Cell] = []
            taken = [
                one.measure
                for one in proofs_of(project)
                if counts(one) and (costly is None or one.measure.code.startswith("ZG") is costly)
            ]
            for name, unit in (("cost", "万元"), ("saving", "万元/a")):
                known = [one for m in taken if (one := getattr(m, name)) is not None]
                whole = sum(map(_printed, known), Fraction(0))
                cells.append(Amount(whole, 2, unit, f"{at}/{name}") if known else DASH)
            return cells

        def money(rows: list[ResultRow]) -> list[Cell]:
            cells: list[Cell] = []
            for one, unit in (("cost", "万元"), ("saving", "万元/a")):
                known = [_printed(r.values[one]) for r in rows if one in r.values]
                whole = sum(known, Fraction(0))
                cells.append(Amount(whole, 2, unit, f"{at}/actual_{one}") if known else DASH)
            return cells

        chosen = [m for m in measures if costly is None or m.code.startswith("ZG") is costly]
        rows, finished = of_kind(found.rows), of_kind(done.rows)
        cells: list[Cell] = [
            name,
            _items(len(chosen), f"{at}/proposed"),
            _items(len(rows), f"{at}/taken"),
        ]
        cells += [] if only_done else planned()
        cells += [_items(len(finished), f"{at}/done"), *money(finished)] if done.rows else []
        return Row(tuple(cells), RowKind.NORMAL if costly is not None else RowKind.TOTAL)

    columns = [Column("方案", 2), Column("提出", 0.8, Align.NUMBER, "项")]
    if only_done:
        columns.append(Column("列入实施", 1.2, Align.NUMBER, "项"))
    else:
        columns += [
            Column("列入实施", 1.2, Align.NUMBER, "项"),
            Column("计划投资", 1.3, Align.NUMBER, "万元"),
            Column("预计效益", 1.3, Align.NUMBER, "万元/a"),
        ]
    if done.rows:
        columns += [
            Column("已完成", 1.1, Align.NUMBER, "项"),
            Column("实际投资", 1.3, Align.NUMBER, "万元"),
            Column("实测效益", 1.3, Align.NUMBER, "万元/a"),
        ]
    rows = (count("无/低费方案", False), count("中/高费方案", True), count("合计", None))
    notes = _targets(project, lacking_words(done, brief=True))
    blocks: list[Block] = [
        Table("glance.measures", "方案", tuple(columns), rows, notes, Size.SMALL)
    ]
    measured = printed_totals(done, DONE_SCOPE)
    lines = [("已完成，实测", measured)] if any(one in measured for one in _REDUCTIONS) else []
    if not only_done:
        promised = replace(found, rows=tuple(row for row in found.rows if not row.is_measured))
        if lines and promised.rows:
            lines.append(("其余，预计", printed_totals(promised, "performance-expected")))
        if promised.rows or not lines:
            lines.append((f"列入实施 {len(found.rows)} 项合计", printed_totals(found)))
    saved = [one for one in _REDUCTIONS if any(one in totals for _, totals in lines)]
    if saved:
        units = {one: totals[one].unit for _, totals in lines for one in saved if one in totals}
        heads = (
            Column("每年节约和削减", 2, Align.TEXT, "绩效表各行之和"),
            *(Column(_REDUCTION_NAMES[one], 1, Align.CENTRE, units[one]) for one in saved),
        )
        made = tuple(
            Row((name, *(totals.get(one, DASH) for one in saved))) for name, totals in lines
        )
        below = any(totals[one].value < 0 for _, totals in lines for one in saved if one in totals)
        words = f"{'负数为增加。' if below else ''}{unbooked_words(project)}"
        told: tuple[Runs, ...] = ((words,),) if words else ()
        blocks.append(Table("glance.saved", "方案", heads, made, told, Size.SMALL))
    return blocks


def _items(count: int, key: str) -> Amount:
    return Amount(Fraction(count), 0, "项", key)


def _printed(value: Fraction) -> Fraction:
    """As the 绩效表 prints it: cells are rounded first, so that the sums agree."""
    return Fraction(display(value, 2, grouping=False).replace("−", "-"))


_REDUCTION_NAMES = {
    "electricity": "节电", "tce": "折标煤", "co2": "减排 CO₂", "water": "节水", "voc": "减排 VOC", "material": "节约原辅料",
    "solid": "减少固废", "liquid": "减少废液", "cod": "减排 COD", "nh3n": "减排氨氮",
}  # fmt: skip


def _limiting(project: AuditProject, assessment: Assessment, after: After) -> list[Block]:
    """Limiting indicators with their level, before and afterwards; two beside each other, since levels take little room."""
    later = after.assessment if after.counted else None
    judged = (
        {}
        if later is None
        else {judgement.indicator_id: judgement for judgement in later.judgements}
    )
    found: list[tuple[Cell, ...]] = []
    for place, _, indicator, judgement in judged_indicators(project, assessment):
        if not judgement.limiting or judgement.state == "not_applicable":
            continue
        cells: list[Cell] = [str(place), indicator.name, level_cell(judgement, project.system)]
        if judged:
            cells.append(level_cell(judged[judgement.indicator_id], project.system))
        found.append(tuple(cells))
    if not found:
        return []
    marks = ("审核前", "审核后") if judged else ("级",)
    heads = (
        Column("序", 0.6, Align.CENTRE),
        Column("限定性指标", 3.6),
        *(Column(mark, 0.9, Align.CENTRE) for mark in marks),
    )
    half = (len(found) + 1) // 2
    blank = ("",) * len(heads)
    pairs = [*found, blank]
    rows = tuple(
        Row((*pairs[place], *(pairs[place + half] if place + half < len(found) else blank)))
        for place in range(half)
    )
    return [Table("glance.limiting", "限定性指标", (*heads, *heads), rows, size=Size.DENSE)]


def _targets(project: AuditProject, lacking: str) -> tuple[Runs, ...]:
    """「目标　近期目标 4 项，完成 3 项，尚未达到 1 项（…）。」"""
    rows = target_rows(project)
    tail = f"{lacking}。" if lacking else ""
    if not rows:
        return ((tail,),) if tail else ()
    done = [name for name, reached in rows if reached]
    missed = [name for name, reached in rows if reached is False]
    said = f"近期目标 {len(rows)} 项"
    if done or missed:
        said += f"，完成 {len(done)} 项"
        said += f"，尚未达到 {len(missed)} 项（{'、'.join(missed)}）" if missed else ""
        still = len(rows) - len(done) - len(missed)
        said += f"，尚未测得 {still} 项" if still else ""
    else:
        said += "，完成值待方案实施后实测"
    return ((Bold("目标　"), f"{said}。{tail}"),)
