"""The calculation workbook: from the answers to the level with live formulas, so that a reviewer can work it out again.

Three sheets. 数据: every figure an indicator rests on, down to single answers, each a formula over the cells below it.
指标: value, thresholds, what is met, weights, points. 结果: indexes and level. Cells carry the program's own results
as stored values; recalculated by a spreadsheet they come out the same (tests/exchange/test_calculation_workbook.py has
LibreOffice do it). What no cell formula says (a rule, a weight that depends on outputs, a range over unknown weights) stands
as the program's number and says so in its note.
"""

import io
from fractions import Fraction
from pathlib import Path

import xlsxwriter

from app.assessment.finding import Measured, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Category,
    Direction,
    Family,
    Indicator,
    IndicatorKind,
    Level,
    NotApplicableRule,
    Span,
)
from app.assessment.inputs import FirmInputs
from app.assessment.membership import satisfies, threshold
from app.assessment.points import awards_points
from app.assessment.result import Assessment, Judgement
from app.assessment.units import UNITS
from app.audit.project import AuditProject
from app.audit.wording import threshold_text
from app.exchange.calculation_results import Results
from app.exchange.calculation_sheets import (
    COLUMN,
    OPEN,
    OUT,
    PLACES,
    RESULT,
    Formula,
    Sheets,
    code_of,
    constant,
)
from app.files import write_archive

_SYMBOLS = {Level.I: "Ⅰ", Level.II: "Ⅱ", Level.III: "Ⅲ", Level.NONE: "未达"}


def write_calculation(
    path: Path, project: AuditProject, assessment: Assessment, *, title: str
) -> None:
    """Write the workbook. title: heads the sheet of results. OSError when it cannot be written; the caller
    writes beside the target and moves it."""
    write_archive(path, lambda stream: _write(stream, project, assessment, title))


def _write(stream: io.BytesIO, project: AuditProject, assessment: Assessment, title: str) -> None:
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_calc_mode("auto")
    sheets = Sheets(book, project, assessment, title)
    indicators = _Indicators(sheets)
    for place, judgement in enumerate(assessment.judgements, 1):
        indicators.write(place, judgement)
    sheets.figures()
    Results(sheets).write()
    sheets.result.activate()
    book.close()


class _Indicators:
    """The sheet of indicators: a row each, with its value, thresholds, answers and weights as formulas."""

    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.project, self.assessment = sheets.project, sheets.assessment
        self.system, self.table, self.inputs = sheets.system, sheets.table, sheets.inputs
        self.judged, self.indicators = sheets.judged, sheets.indicators

    def write(self, row: int, judgement: Judgement) -> None:
        category, indicator = self.indicators[judgement.indicator_id]
        notes: list[str] = []
        value = self._value(judgement, notes)
        applies = judgement.state != "not_applicable"
        texts = [self._threshold(indicator, level) for level in LEVELS]
        cells: dict[str, object] = {
            "编号": str(row),
            "一级指标": category.name,
            "指标": indicator.name,
            "单位": UNITS[indicator.unit].symbol if indicator.unit else "",
            "限定性": {True: "是", False: "", None: "不明"}[indicator.limiting],
            "附加项": "是" if category.bonus else "",
            "本企业的值": value,
            "参加评价": Formula(
                f'=IF({self.sheets.at(row, "本企业的值")}="{OUT}",0,1)', int(applies)
            ),
        }
        for level, text in zip(LEVELS, texts, strict=True):
            cells[f"{level.symbol}级"] = text
            cells[f"单看{level.symbol}级"] = self._alone(row, indicator, judgement, level)
        for place, level in enumerate(LEVELS):
            cells[f"达到{level.symbol}级"] = self._met(row, place, judgement.meets[level])
        self._weights(row, judgement, category, indicator, cells, notes)
        cells["说明"] = "；".join(notes)
        for name, content in cells.items():
            self.sheets.put(self.sheets.rows, row, COLUMN[name], content)

    def _value(self, judgement: Judgement, notes: list[str]) -> object:
        if judgement.state == "not_applicable":
            if isinstance(judgement.finding, NotApplicable):
                notes.append(f"不适用：{judgement.finding.reason}")
            else:
                notes.append("这一行不参加评价（没有产量，或同组另一行适用）")
            return OUT
        match judgement.finding:
            case Reached(level):
                return _SYMBOLS[level]
            case Measured(value):
                quantity_id = self.project.quantity_of(judgement.indicator_id)
                figure = self.project.derivation.figure(quantity_id) if quantity_id else None
                if figure is not None and figure.value == value:
                    return Formula(f"={self.sheets.cell_of(figure.trace)}", float(value))
                return value
            case _:
                return OPEN

    def _threshold(self, indicator: Indicator, level: Level) -> object:
        bound = threshold(indicator, level, self.inputs)
        return (
            bound if isinstance(bound, Fraction) else threshold_text(indicator, level, self.inputs)
        )

    def _alone(self, row: int, indicator: Indicator, judgement: Judgement, level: Level) -> Formula:
        """Does the value satisfy the threshold of this one level: 1, 0 or "?"."""
        value = self.sheets.at(row, "本企业的值")
        rank = f'MATCH({value},{{"Ⅰ","Ⅱ","Ⅲ"}},0)'
        missed = '"?"' if indicator.benchmarks.get(level) is None and not indicator.binary else "0"
        reached = "1" if indicator.binary else f"IF({rank}<={int(level)},1,{missed})"
        as_text = f'IF({value}="未达",0,IF(ISNUMBER({rank}),{reached},"?"))'
        bound = threshold(indicator, level, self.inputs)
        compared = '"?"'
        if isinstance(bound, Span):
            low, high = (constant(end) for end in (bound.low, bound.high))
            sign = ">" if indicator.strict else ">="
            inside = (
                f"AND(ROUND({value}-{low},{PLACES}){sign}0,ROUND({high}-{value},{PLACES}){sign}0)"
            )
            compared = f"IF({inside},1,0)"
        elif isinstance(bound, Fraction) and indicator.direction in (
            Direction.LOWER,
            Direction.HIGHER,
        ):
            limit = self.sheets.at(row, f"{level.symbol}级")
            first, second = (
                (limit, value) if indicator.direction is Direction.LOWER else (value, limit)
            )
            sign = ">" if indicator.strict else ">="
            compared = f"IF(ROUND({first}-{second},{PLACES}){sign}0,1,0)"
        out = self.sheets.at(row, "参加评价")
        text = f'=IF({out}=0,"?",IF(ISNUMBER({value}),{compared},{as_text}))'
        return Formula(text, code_of(_alone(indicator, judgement, level, self.inputs)))

    def _met(self, row: int, place: int, answer: bool | None) -> Formula:
        alone = [self.sheets.at(row, f"单看{level.symbol}级") for level in LEVELS]
        better = ",".join(f"{cell}=1" for cell in alone[: place + 1])
        worse = ",".join(f"{cell}=0" for cell in alone[place:])
        return Formula(f'=IF(OR({better}),1,IF(OR({worse}),0,"?"))', code_of(answer))

    def _weights(
        self,
        row: int,
        judgement: Judgement,
        category: Category,
        indicator: Indicator,
        cells: dict[str, object],
        notes: list[str],
    ) -> None:
        family = self.assessment.family
        if family is Family.LEVEL_INDEX:
            self._index_weights(row, judgement, category, indicator, cells, notes)
        elif family in (Family.POINTS, Family.P_INDEX):
            cells["权重或分值"] = OPEN if indicator.points is None else indicator.points
            if self.sheets.points_live():
                self._point_columns(row, judgement, category, indicator, cells)

    def _index_weights(
        self,
        row: int,
        judgement: Judgement,
        category: Category,
        indicator: Indicator,
        cells: dict[str, object],
        notes: list[str],
    ) -> None:
        if not self.sheets.is_live():
            share = judgement.share
            cells["占指数的分"] = OPEN if share is None else share
            notes.append("权重由程序按文件的规则分配，这里不是公式")
            return
        group = indicator.share
        applies = self.sheets.at(row, "参加评价")
        if group is None:
            given = indicator.weight if indicator.weight is not None else judgement.weight_before
            assert given is not None
            cells["权重或分值"] = given
            cells["组内分得"] = Formula(
                f"=IF({applies}=1,{self.sheets.at(row, '权重或分值')},0)",
                float(given) if judgement.state != "not_applicable" else 0,
            )
        else:
            assert group.total is not None
            members = [
                place
                for place, one in enumerate(self.judged, 1)
                if one.category_id == category.id
                and (other := self.indicators[one.indicator_id][1].share) is not None
                and other.group == group.group
            ]
            count = "+".join(self.sheets.at(place, "参加评价") for place in members)
            present = sum(self.judged[place - 1].state != "not_applicable" for place in members)
            cells["权重或分值"] = group.total
            value = float(group.total / present) if judgement.state != "not_applicable" else 0
            cells["组内分得"] = Formula(
                f"=IF({applies}=1,{self.sheets.at(row, '权重或分值')}/({count}),0)", value
            )
            notes.append("同组参加评价的几行平分这个权重")
        whole = f"SUM({self.sheets.in_category(category, '组内分得')})"
        assert judgement.weight_after is not None
        assert judgement.share is not None
        cells["调整后权重"] = Formula(
            f"=IF({whole}=0,0,{self.sheets.at(row, '组内分得')}/{whole})",
            float(judgement.weight_after),
        )
        category_weight = f"{RESULT}!{self.sheets.category_cell(category)}"
        cells["占指数的分"] = Formula(
            f"=100*{category_weight}*{self.sheets.at(row, '调整后权重')}", float(judgement.share)
        )

    def _point_columns(
        self,
        row: int,
        judgement: Judgement,
        category: Category,
        indicator: Indicator,
        cells: dict[str, object],
    ) -> None:
        """Full points after repair (K' = K·A1/A2 inside the category), and the lowest and highest the row brings."""
        applies, value, full, met = (
            self.sheets.at(row, name)
            for name in ("参加评价", "本企业的值", "占指数的分", "达到Ⅲ级")
        )
        points = indicator.points or Fraction(0)
        members = [one for one in self.judged if one.category_id == category.id]
        of = {one.indicator_id: self.indicators[one.indicator_id][1].points for one in members}
        whole = category.points
        if whole is None:
            whole = sum((one or Fraction(0) for one in of.values()), Fraction(0))
        assessed = sum(
            (
                of[one.indicator_id] or Fraction(0)
                for one in members
                if one.state != "not_applicable"
            ),
            Fraction(0),
        )
        counted = self.system.method.not_applicable is not NotApplicableRule.NOT_COUNTED
        repair = whole / assessed if counted and assessed else Fraction(1)
        given, present = (
            self.sheets.in_category(category, name) for name in ("权重或分值", "参加评价")
        )
        spread = f"SUMPRODUCT({given}*{present})"
        text = f"{applies}*{self.sheets.at(row, '权重或分值')}"
        if counted:
            text = f"IF({spread}=0,{text},{text}*{constant(whole)}/{spread})"
        takes_part = judgement.state != "not_applicable"
        cells["占指数的分"] = Formula(f"={text}", float(points * repair) if takes_part else 0)
        awarded = awards_points(indicator)
        own = f"IF({spread}=0,1,{constant(whole)}/{spread})*{value}" if counted else value
        numbers = (own, own) if awarded else (f"IF({met}=1,{full},0)", f"IF({met}=0,0,{full})")
        for name, number, open_ in zip(("最低得分", "最高得分"), numbers, ("0", full), strict=True):
            words = f'IF({value}="{OPEN}",{open_},IF({value}="未达",0,{full}))'
            cells[name] = Formula(
                f"=IF({applies}=0,0,IF(ISNUMBER({value}),{number},{words}))",
                float(self._brings(judgement, indicator, points, name == "最高得分") * repair),
            )

    def _brings(
        self, judgement: Judgement, indicator: Indicator, points: Fraction, highest: bool
    ) -> Fraction:
        if judgement.state == "not_applicable":
            return Fraction(0)
        match judgement.finding:
            case Reached(level):
                return Fraction(0) if level is Level.NONE else points
            case Measured(value) if awards_points(indicator):
                return value
            case Measured():
                met = judgement.meets[Level.III]
                return points if met or (highest and met is None) else Fraction(0)
            case _:
                return points if highest else Fraction(0)


def _alone(
    indicator: Indicator, judgement: Judgement, level: Level, inputs: FirmInputs
) -> bool | None:
    finding = judgement.finding
    if judgement.state == "not_applicable" or not isinstance(finding, Measured | Reached):
        return None
    if isinstance(finding, Measured) and indicator.kind is IndicatorKind.QUALITATIVE:
        return None
    return satisfies(indicator, finding, level, inputs)
