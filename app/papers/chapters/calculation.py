"""Appendix 指标计算书."""

from dataclasses import dataclass, replace
from fractions import Fraction

from app.assessment.finding import Measured, NotApplicable
from app.assessment.indicator_system import LEVELS, Category, Family, Level, ShareRule
from app.assessment.result import Assessment, Judgement
from app.audit.project import AuditProject
from app.measures.results import afterwards, expected
from app.papers.answers import DASH
from app.papers.chapters.judgements import (
    STATE_NOTE,
    index_amount,
    judged_indicators,
    level_cell,
    value_cell,
    weight,
    weight_text,
)
from app.papers.document import (
    Align,
    Amount,
    Cell,
    Chapter,
    Column,
    JoinLeft,
    LimitingMark,
    Row,
    RowKind,
    Runs,
    Sheet,
    Size,
    StateMark,
    Table,
)


@dataclass(frozen=True)
class _Stand:
    """One state of the firm on the sheet. suffix: of the keys of its figures."""

    head: str
    assessment: Assessment
    suffix: str = ""


def calculation_chapter(project: AuditProject, assessment: Assessment) -> Chapter:
    """The calculation sheets: weights, value, level, membership before the measures and after them (or as expected); what is
    expected beside what was measured has a sheet of its own. Each can be redone by hand."""
    tables = []
    for key, stands in _sheets(project, assessment).items():
        state = _NAMES.get(stands[0].suffix)
        title = f"{_TITLE}（{state}）" if state else _TITLE
        tables.append(_sheet(project, key, title, stands))
    return Chapter("指标计算书", tuple(tables), Sheet.LANDSCAPE)


_TITLE = "综合评价指数计算书"


def sheet_of(project: AuditProject, assessment: Assessment, suffix: str) -> str:
    """Key of the sheet that works a state out, "/after" or "/expected"; "" where none does."""
    if project.system is None or project.system.method.family is not Family.LEVEL_INDEX:
        return ""
    for key, stands in _sheets(project, assessment).items():
        if suffix in [one.suffix for one in stands]:
            return key
    return ""


def _sheets(project: AuditProject, assessment: Assessment) -> dict[str, list[_Stand]]:
    before = _Stand("审核前", assessment)
    later = [
        one
        for one in _later(project)
        if one.assessment.index_range and _standing(one.assessment) != _standing(assessment)
    ]
    beside = later[:1] if later and _weights(later[0]) == _weights(before) else []
    more = {f"calculation{one.suffix.replace('/', '.')}": [one] for one in later[len(beside) :]}
    return {"calculation": [before, *beside], **more}


_NAMES = {"/after": "审核后", "/expected": "预计"}


def _later(project: AuditProject) -> list[_Stand]:
    """The states that follow: by what was measured, then as expected where that is another one."""
    found = []
    after, forecast = afterwards(project), expected(project)
    if after.counted and after.assessment is not None:
        found.append(_Stand("审核后", after.assessment, "/after"))
    promised = None if forecast is None else forecast.assessment
    if promised is not None and (
        not found or _standing(promised) != _standing(found[0].assessment)
    ):
        found.append(_Stand("预计", promised, "/expected"))
    return found


def _standing(assessment: Assessment) -> list[object]:
    """What a state is told apart by; the ways to it are long."""
    return [(one.finding, one.reached) for one in assessment.judgements]


def _weights(stand: _Stand) -> list[Fraction | None]:
    return [one.weight_after for one in stand.assessment.judgements]


def _sheet(project: AuditProject, key: str, caption: str, stands: list[_Stand]) -> Table:
    """stands: one, with what each row brings to YⅡ, or two beside each other; all of the same weights."""
    assessment = stands[0].assessment
    others = [{one.indicator_id: one for one in stand.assessment.judgements} for stand in stands]
    applicable: dict[str, int] = {}
    for _, _, indicator, judgement in judged_indicators(project, assessment):
        if indicator.share is not None and judgement.state != "not_applicable":
            applicable[indicator.share.group] = applicable.get(indicator.share.group, 0) + 1
    rows: list[Row] = []
    last: Category | None = None
    total = Fraction(0)
    is_single = len(stands) == 1
    behind = 7 if is_single else 2 + _OF_STAND * len(stands) - 1
    for place, category, indicator, judgement in judged_indicators(project, assessment):
        head = ""
        if category is not last:
            said = "未收录" if category.weight is None else weight(category.weight)
            head = f"{category.name.removesuffix('指标')} {said}"
            last = category
        before = weight_text(indicator, judgement)
        if isinstance(judgement.finding, NotApplicable):
            cells: tuple[Cell, ...] = (
                head, str(place), LimitingMark() if judgement.limiting else "", indicator.name, before,
                f"不适用：{judgement.finding.reason}", *(JoinLeft() for _ in range(behind)), StateMark(judgement.verification),
            )  # fmt: skip
            rows.append(Row(cells))
            continue
        after = judgement.weight_after
        share = judgement.share
        total += share or 0
        shared = applicable.get(indicator.share.group, 0) if indicator.share else 0
        after_text = (
            "未收录"
            if after is None
            else weight_text(indicator, judgement, shared)
            if shared and indicator.share and indicator.share.rule is ShareRule.APPLICABLE_COUNT
            else weight(after)
        )
        found = [other[indicator.id] for other in others]
        rows.append(
            Row(
                (
                    head,
                    str(place),
                    LimitingMark() if judgement.limiting else "",
                    indicator.name,
                    before,
                    after_text,
                    "未收录"
                    if share is None
                    else Amount(share, 3, "", f"indicator/{indicator.id}/share"),
                    *(
                        cell
                        for stand, one in zip(stands, found, strict=True)
                        for cell in _stand_cells(one, stand.suffix)
                    ),
                    *([_counted(share, found[0].meets[Level.II])] if is_single else []),
                    StateMark(judgement.verification),
                ),
            )
        )
    points = [_indexes(one) for one in stands]
    sums: Runs = ("合计　Y＝Σ 100·w·ω′·Y(x)/100",)
    rows.append(
        Row(
            (
                "", "", "", sums, "", "", Amount(total, 3),
                *(cell for some in points for cell in ("", "", *some)),
                *([points[0][1]] if is_single else []),
                "",
            ),
            RowKind.TOTAL,
        )
    )  # fmt: skip
    columns = (
        Column("一级指标、权重 w", 3.6),
        Column("序", 0.8, Align.CENTRE),
        Column("限", 0.8, Align.CENTRE),
        Column("二级指标", 4.6),
        Column("表列", 1.3, Align.CENTRE, "ω", "权重"),
        Column("调整后", 1.3, Align.CENTRE, "ω′", "权重"),
        Column("合成", 1.5, Align.NUMBER, "100·w·ω′", "权重"),
        *(
            [
                Column("数值", 2.0, Align.CENTRE),
                Column("级", 1.0, Align.CENTRE),
                *(Column(one.symbol, 1.2, Align.CENTRE, group="隶属函数 Y(x)") for one in LEVELS),
                Column("计入 YⅡ", 1.5, Align.NUMBER),
            ]
            if is_single
            else [
                one
                for stand in stands
                for one in (
                    Column("数值", 1.7, Align.CENTRE, group=stand.head),
                    Column("级", 1.0, Align.CENTRE, group=stand.head),
                    *(
                        Column(level.symbol, 1.2, Align.CENTRE, group=stand.head)
                        for level in LEVELS
                    ),
                )
            ]
        ),
        Column("状态", 0.9, Align.CENTRE),
    )
    beside = "" if is_single else "Ⅰ、Ⅱ、Ⅲ 列为"
    notes: tuple[Runs, ...] = (
        (
            f"注：1　ω′＝ω÷同一一级指标内适用指标 ω 之和；表列为“0.8/n”一类的，n 为适用的项数。2　{beside}隶属函数{' Y(x)' if beside else ''}：达到该级或更高级为 100，否则为 0；“?”为未填，"
            "指数按 0 与 100 两种情形给出范围，合计行随之为范围。3　按分数精确计算，表中为修约值；合计行为未修约值之和再修约。4　"
            + STATE_NOTE,
        ),
    )
    return Table(key, caption, columns, tuple(rows), notes, Size.TIGHT, Sheet.LANDSCAPE)


_OF_STAND = 5  # columns: value, level, membership of Ⅰ, Ⅱ, Ⅲ


def _stand_cells(judgement: Judgement, suffix: str) -> list[Cell]:
    members: list[Cell] = []
    for level in LEVELS:
        met = judgement.meets[level]
        members.append("?" if met is None else Amount(Fraction(100 if met else 0), 0))
    value: Cell = value_cell(judgement)
    if not isinstance(judgement.finding, Measured) and judgement.state != "missing":
        value = "定性"
    if isinstance(value, Amount):
        value = replace(value, key=f"{value.key}{suffix}")
    return [value, level_cell(judgement), *members]


def _indexes(stand: _Stand) -> list[Cell]:
    found: list[Cell] = []
    for level in LEVELS:
        interval = stand.assessment.index_range.get(level)
        if interval is None:
            found.append(DASH)
        else:
            amount = index_amount(level, interval)
            found.append(replace(amount, key=f"{amount.key}{stand.suffix}"))
    return found


def _counted(share: Fraction | None, met: bool | None) -> Cell:
    """What an indicator brings to YⅡ; a range while it is open whether it does."""
    if share is None:
        return ""
    if met is None:
        return Amount(Fraction(0), 3, high=share)
    return Amount(share if met else Fraction(0), 3 if met else 0)
