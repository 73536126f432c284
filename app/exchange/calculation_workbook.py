"""The calculation workbook: from the answers to the level with live formulas, so that a reviewer can work it out again.

Three sheets. 数据: every figure an indicator rests on, down to single answers, each a formula over the cells below it.
指标: value, thresholds, what is met, weights, points. 结果: indexes and level. Cells carry the program's own results
as stored values; recalculated by a spreadsheet they come out the same (tests/exchange/test_calculation_workbook.py has
LibreOffice do it). What no cell formula says (a rule, a weight that depends on outputs, a range over unknown weights) stands
as the program's number and says so in its note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from app.assessment.finding import Measured, NotApplicable, Reached
from app.assessment.indicator_system import (
    LEVELS,
    Category,
    Direction,
    DocumentKind,
    Family,
    Indicator,
    IndicatorKind,
    Level,
    LevelRule,
    NotApplicableRule,
    ShareRule,
    Span,
)
from app.assessment.inputs import FirmInputs
from app.assessment.membership import satisfies, threshold
from app.assessment.points import awards_points
from app.assessment.result import Assessment, Judgement
from app.assessment.trace import Operands, Trace
from app.assessment.units import UNITS
from app.audit.findings import inputs_of
from app.audit.project import AuditProject
from app.audit.wording import threshold_text
from app.forms.question import FigureStrip

DATA, ROWS, RESULT = "数据", "指标", "结果"
OPEN, OUT = "未填", "不适用"
# Differences below this are noise of the spreadsheet's binary numbers, never of the data: those have far fewer places.
_PLACES = 9
_MOST_TEXT = 32_000  # of a cell; a spreadsheet takes 32,767
_Number = int | float
_Result = _Number | str | None

_DATA_HEAD = ("编号", "名称", "数值", "单位", "怎么算", "来源", "说明")
_ROW_HEAD = (
    "编号", "一级指标", "指标", "单位", "限定性", "本企业的值", "参加评价",
    "Ⅰ级", "Ⅱ级", "Ⅲ级", "单看Ⅰ级", "单看Ⅱ级", "单看Ⅲ级", "达到Ⅰ级", "达到Ⅱ级", "达到Ⅲ级",
    "附加项", "权重或分值", "组内分得", "调整后权重", "占指数的分", "最低得分", "最高得分", "说明",
)  # fmt: skip
_COLUMN = {name: place for place, name in enumerate(_ROW_HEAD)}
_SYMBOLS = {Level.I: "Ⅰ", Level.II: "Ⅱ", Level.III: "Ⅲ", Level.NONE: "未达"}
_BELOW = "未达Ⅲ"


@dataclass(frozen=True)
class Formula:
    """A cell's formula with the value the program has for it."""

    text: str
    value: _Result


def write_calculation(
    path: Path, project: AuditProject, assessment: Assessment, *, title: str
) -> None:
    """Write the workbook. title: heads the sheet of results. OSError when it cannot be written; the caller
    writes beside the target and moves it."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_calc_mode("auto")
    _Writer(book, project, assessment, title).write()
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error  # the OSError it stands for


class _Writer:
    """One workbook in the making."""

    def __init__(
        self, book: xlsxwriter.Workbook, project: AuditProject, assessment: Assessment, title: str
    ) -> None:
        assert project.system is not None
        self.project, self.assessment, self.title = project, assessment, title
        self.system = project.system
        self.table = self.system.table(project.table_id)
        self.inputs = inputs_of(project)
        self.judged: Sequence[Judgement] = assessment.judgements
        self.indicators: Mapping[str, tuple[Category, Indicator]] = {
            one.id: (category, one)
            for category in self.table.categories
            for one in category.indicators
        }
        self.result, self.rows, self.data = (book.add_worksheet(n) for n in (RESULT, ROWS, DATA))
        base = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True}
        self.plain = book.add_format(base)
        self.number = book.add_format({**base, "num_format": "General", "align": "right"})
        self.head = book.add_format({**base, "bold": True, "bg_color": "#DCE9E4", "border": 1})
        self.strong = book.add_format({**base, "bold": True, "font_size": 12})
        self.first, self.last = 1, len(self.judged)
        self._placed: dict[object, str] = {}
        self._next = 1

    # -- sheets

    def write(self) -> None:
        for sheet, heads, widths in (
            (self.data, _DATA_HEAD, (7, 34, 16, 12, 50, 34, 30)),
            (self.rows, _ROW_HEAD, (7, 16, 30, 12, 7, 14, 8, *([13] * 3), *([8] * 6), 7, 10, 10, 11, 11, 10, 10, 40)),
        ):  # fmt: skip
            for column, (text, width) in enumerate(zip(heads, widths, strict=True)):
                sheet.write_string(0, column, text, self.head)
                sheet.set_column(column, column, width)
            sheet.freeze_panes(1, 3)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
        for place, judgement in enumerate(self.judged, 1):
            self._indicator(place, judgement)
        self._figures()
        self._results()
        self.result.activate()

    def _figures(self) -> None:
        """The other figures of the pages (energy, water, VOC …), for whoever checks the report against them."""
        derivation = self.project.derivation
        for page in self.project.questionnaire.pages():
            for card in page.cards:
                for item in card.items:
                    for quantity_id in item.quantities if isinstance(item, FigureStrip) else ():
                        figure = derivation.figure(quantity_id)
                        if figure.value is not None and not figure.not_applicable:
                            self._cell_of(figure.trace)

    def _put(self, sheet: Worksheet, row: int, column: int, content: object) -> None:
        match content:
            case Formula(text, value):
                stored = OPEN if value is None else value
                sheet.write_formula(row, column, text, self.number, stored)
            case Fraction():
                sheet.write_number(row, column, float(content), self.number)
            case int() | float():
                sheet.write_number(row, column, content, self.number)
            case _:
                sheet.write_string(row, column, str(content)[:_MOST_TEXT], self.plain)

    # -- data

    def _cell_of(self, trace: Trace) -> str:
        """The cell on the sheet of data that holds this step; written when first asked for."""
        key: object = (
            ("answer", trace.key, trace.value) if trace.key and not trace.children else id(trace)
        )
        known = self._placed.get(key)
        if known is not None:
            return known
        text = self._formula(trace.operands) if not isinstance(trace.operands, Trace) else None
        if isinstance(trace.operands, Trace) and trace.operands is not trace:
            text = self._cell_of(trace.operands)
        row = self._next
        self._next += 1
        value = trace.value
        content: object = value if isinstance(value, Fraction) else (value or OPEN)
        if text is not None and isinstance(value, Fraction):
            content = Formula(f"={text}", float(value))
        source = trace.source + (
            "" if trace.verification is None else f"（{trace.verification.value}）"
        )
        note = trace.note
        if trace.operands is None and trace.children and not note:
            note = "由程序的规则得出，这里不是公式"
        cells = (str(row), trace.label, content, trace.unit, trace.formula, source, note)
        for column, one in enumerate(cells):
            self._put(self.data, row, column, one)
        place: str = f"{DATA}!{xl_rowcol_to_cell(row, 2, row_abs=True, col_abs=True)}"
        self._placed[key] = place
        return place

    def _formula(self, tree: Operands) -> str | None:
        """None where the tree has a piece no cell formula says."""
        match tree:
            case Trace():
                return self._cell_of(tree)
            case Fraction():
                return _constant(tree)
            case (str(operator), tuple(operands)):
                parts = [self._formula(one) for one in operands]
                if any(part is None for part in parts):
                    return None
                texts = [str(part) for part in parts]
                if operator == "sum":
                    return _sum(texts)
                if operator == "neg":
                    return f"(-{texts[0]})"
                return f"({texts[0]}{operator}{texts[1]})"
            case _:
                return None

    # -- one indicator

    def _indicator(self, row: int, judgement: Judgement) -> None:
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
            "参加评价": Formula(f'=IF({self._at(row, "本企业的值")}="{OUT}",0,1)', int(applies)),
        }
        for level, text in zip(LEVELS, texts, strict=True):
            cells[f"{level.symbol}级"] = text
            cells[f"单看{level.symbol}级"] = self._alone(row, indicator, judgement, level)
        for place, level in enumerate(LEVELS):
            cells[f"达到{level.symbol}级"] = self._met(row, place, judgement.meets[level])
        self._weights(row, judgement, category, indicator, cells, notes)
        cells["说明"] = "；".join(notes)
        for name, content in cells.items():
            self._put(self.rows, row, _COLUMN[name], content)

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
                    return Formula(f"={self._cell_of(figure.trace)}", float(value))
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
        value = self._at(row, "本企业的值")
        rank = f'MATCH({value},{{"Ⅰ","Ⅱ","Ⅲ"}},0)'
        missed = '"?"' if indicator.benchmarks.get(level) is None and not indicator.binary else "0"
        reached = "1" if indicator.binary else f"IF({rank}<={int(level)},1,{missed})"
        as_text = f'IF({value}="未达",0,IF(ISNUMBER({rank}),{reached},"?"))'
        bound = threshold(indicator, level, self.inputs)
        compared = '"?"'
        if isinstance(bound, Span):
            low, high = (_constant(end) for end in (bound.low, bound.high))
            sign = ">" if indicator.strict else ">="
            inside = (
                f"AND(ROUND({value}-{low},{_PLACES}){sign}0,ROUND({high}-{value},{_PLACES}){sign}0)"
            )
            compared = f"IF({inside},1,0)"
        elif isinstance(bound, Fraction) and indicator.direction in (
            Direction.LOWER,
            Direction.HIGHER,
        ):
            limit = self._at(row, f"{level.symbol}级")
            first, second = (
                (limit, value) if indicator.direction is Direction.LOWER else (value, limit)
            )
            sign = ">" if indicator.strict else ">="
            compared = f"IF(ROUND({first}-{second},{_PLACES}){sign}0,1,0)"
        out = self._at(row, "参加评价")
        text = f'=IF({out}=0,"?",IF(ISNUMBER({value}),{compared},{as_text}))'
        return Formula(text, _code(_alone(indicator, judgement, level, self.inputs)))

    def _met(self, row: int, place: int, answer: bool | None) -> Formula:
        alone = [self._at(row, f"单看{level.symbol}级") for level in LEVELS]
        better = ",".join(f"{cell}=1" for cell in alone[: place + 1])
        worse = ",".join(f"{cell}=0" for cell in alone[place:])
        return Formula(f'=IF(OR({better}),1,IF(OR({worse}),0,"?"))', _code(answer))

    # -- weights and points

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
            if self._points_live():
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
        if not self._is_live():
            share = judgement.share
            cells["占指数的分"] = OPEN if share is None else share
            notes.append("权重由程序按文件的规则分配，这里不是公式")
            return
        group = indicator.share
        applies = self._at(row, "参加评价")
        if group is None:
            given = indicator.weight if indicator.weight is not None else judgement.weight_before
            assert given is not None
            cells["权重或分值"] = given
            cells["组内分得"] = Formula(
                f"=IF({applies}=1,{self._at(row, '权重或分值')},0)",
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
            count = "+".join(self._at(place, "参加评价") for place in members)
            present = sum(self.judged[place - 1].state != "not_applicable" for place in members)
            cells["权重或分值"] = group.total
            value = float(group.total / present) if judgement.state != "not_applicable" else 0
            cells["组内分得"] = Formula(
                f"=IF({applies}=1,{self._at(row, '权重或分值')}/({count}),0)", value
            )
            notes.append("同组参加评价的几行平分这个权重")
        whole = f"SUM({self._in_category(category, '组内分得')})"
        assert judgement.weight_after is not None
        assert judgement.share is not None
        cells["调整后权重"] = Formula(
            f"=IF({whole}=0,0,{self._at(row, '组内分得')}/{whole})", float(judgement.weight_after)
        )
        category_weight = f"{RESULT}!{self._category_cell(category)}"
        cells["占指数的分"] = Formula(
            f"=100*{category_weight}*{self._at(row, '调整后权重')}", float(judgement.share)
        )

    def _is_live(self) -> bool:
        """Weights of one table, all known, shared by counting at most: what cell formulas say."""
        if len(self.system.parts(self.project.table_id)) > 1:
            return False
        if any(one.weight_after is None or one.share is None for one in self.judged):
            return False
        for category in self.table.categories:
            if category.weight is None:
                return False
            for one in category.indicators:
                if one.share is None:
                    if one.weight is None and self._judgement(one.id).weight_before is None:
                        return False
                elif one.share.rule is not ShareRule.APPLICABLE_COUNT or one.share.total is None:
                    return False
        return True

    def _judgement(self, indicator_id: str) -> Judgement:
        return self.assessment.judgement(indicator_id)

    def _category_row(self, category: Category) -> int:
        return 5 + self.table.categories.index(category)

    def _category_cell(self, category: Category) -> str:
        cell: str = xl_rowcol_to_cell(self._category_row(category), 2, row_abs=True, col_abs=True)
        return cell

    # -- results

    def _results(self) -> None:
        sheet = self.result
        for column, width in enumerate((30, 16, 16, 16, 16, 40)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, self.title, self.strong)
        sheet.write_string(
            1, 0, f"{self.system.title}（{self.system.document_no}）{self.table.title}", self.plain
        )
        hint = "数据、指标两页的格子都是公式：改一个答案，这里跟着变。「？」是还不能说，「未填」「不适用」不是 0。"
        sheet.write_string(2, 0, hint, self.plain)
        row = 4
        if self.assessment.family is Family.LEVEL_INDEX:
            self._category_table()
            row = 6 + len(self.table.categories)
            row = self._indexes(row)
        elif self.assessment.family is Family.POINTS and self._points_live():
            row = self._points(row)
        elif self.assessment.scores:
            row = self._stored_scores(row)
        self._level(row + 1)
        if self.assessment.why_not_scored:
            sheet.write_string(row + 4, 0, self.assessment.why_not_scored, self.plain)

    def _category_table(self) -> None:
        for column, text in enumerate(("一级指标", "权重", "调整后权重", "参加评价的权重和")):
            self.result.write_string(4, column, text, self.head)
        if not self._is_live():
            for category in self.table.categories:
                row = self._category_row(category)
                self._put(self.result, row, 0, category.name)
                self._put(self.result, row, 1, OPEN if category.weight is None else category.weight)
            return
        weights = []
        present = {}
        for category in self.table.categories:
            row = self._category_row(category)
            parts = [one for one in self.judged if one.category_id == category.id]
            here = any(one.weight_after for one in parts)
            present[category.id] = here
            total = sum((self._portion(one) for one in parts), Fraction(0))
            self._put(self.result, row, 0, category.name)
            assert category.weight is not None
            self._put(self.result, row, 1, category.weight)
            text = f"SUM({ROWS}!{self._in_category(category, '组内分得')})"
            self._put(self.result, row, 3, Formula(f"={text}", float(total)))
            if not category.bonus:
                weights.append(category)
        whole = "+".join(
            f"IF({xl_rowcol_to_cell(self._category_row(one), 3)}>0,{xl_rowcol_to_cell(self._category_row(one), 1)},0)"
            for one in weights
        )
        known = sum(
            (one.weight for one in weights if present[one.id] and one.weight is not None),
            Fraction(0),
        )
        for category in self.table.categories:
            row = self._category_row(category)
            own, sum_cell = xl_rowcol_to_cell(row, 1), xl_rowcol_to_cell(row, 3)
            assert category.weight is not None
            value = category.weight if present[category.id] else Fraction(0)
            if category.bonus:
                text = f"=IF({sum_cell}>0,{own},0)"
            else:
                text = f"=IF({sum_cell}>0,{own}/({whole}),0)"
                value = value / known if known else Fraction(0)
            self._put(self.result, row, 2, Formula(text, float(value)))

    def _portion(self, judgement: Judgement) -> Fraction:
        if judgement.state == "not_applicable":
            return Fraction(0)
        category, indicator = self.indicators[judgement.indicator_id]
        if indicator.share is None:
            return indicator.weight or judgement.weight_before or Fraction(0)
        members = [
            one
            for one in self.judged
            if one.category_id == category.id
            and (other := self.indicators[one.indicator_id][1].share) is not None
            and other.group == indicator.share.group
            and one.state != "not_applicable"
        ]
        assert indicator.share.total is not None
        return indicator.share.total / len(members)

    def _indexes(self, row: int) -> int:
        for column, text in enumerate(("综合评价指数", "最低", "最高")):
            self.result.write_string(row, column, text, self.head)
        shares = self._span("占指数的分")
        live = all(one.share is not None for one in self.judged)
        for place, level in enumerate(LEVELS):
            at = row + 1 + place
            self.result.write_string(at, 0, f"Y{level.symbol}", self.plain)
            interval = self.assessment.index_range.get(level)
            if interval is None:
                self.result.write_string(at, 1, OPEN, self.plain)
                continue
            met = self._span(f"达到{level.symbol}级")
            sure, possible = f"({met}=1)", f"({met}<>0)*({self._span('参加评价')}=1)"
            for column, (end, taken) in enumerate(
                ((interval.low, sure), (interval.high, possible)), 1
            ):
                if live:
                    text = f"SUMPRODUCT({taken}*{shares})"
                    cap = self.system.method.index_cap
                    if cap is not None:
                        text = f"MIN({_constant(cap)},{text})"
                    self._put(self.result, at, column, Formula(f"={text}", float(end)))
                else:
                    self._put(self.result, at, column, end)
        return row + 4

    def _points_live(self) -> bool:
        return "points" in self.assessment.scores and not any(
            one.item_class for _, one in self.indicators.values()
        )

    def _points(self, row: int) -> int:
        for column, text in enumerate(("得分", "最低", "最高")):
            self.result.write_string(row, column, text, self.head)
        score = self.assessment.scores["points"]
        assert score.high is not None
        self.result.write_string(row + 1, 0, "总分", self.plain)
        self._put(
            self.result, row + 1, 1, Formula(f"=SUM({self._span('最低得分')})", float(score.low))
        )
        self._put(
            self.result, row + 1, 2, Formula(f"=SUM({self._span('最高得分')})", float(score.high))
        )
        return row + 2

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
            self._at(row, name) for name in ("参加评价", "本企业的值", "占指数的分", "达到Ⅲ级")
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
        given, present = (self._in_category(category, name) for name in ("权重或分值", "参加评价"))
        spread = f"SUMPRODUCT({given}*{present})"
        text = f"{applies}*{self._at(row, '权重或分值')}"
        if counted:
            text = f"IF({spread}=0,{text},{text}*{_constant(whole)}/{spread})"
        takes_part = judgement.state != "not_applicable"
        cells["占指数的分"] = Formula(f"={text}", float(points * repair) if takes_part else 0)
        awarded = awards_points(indicator)
        own = f"IF({spread}=0,1,{_constant(whole)}/{spread})*{value}" if counted else value
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

    def _stored_scores(self, row: int) -> int:
        for column, text in enumerate(("得分（程序的数）", "最低", "最高")):
            self.result.write_string(row, column, text, self.head)
        for place, (name, score) in enumerate(self.assessment.scores.items(), 1):
            self.result.write_string(row + place, 0, name, self.plain)
            self._put(self.result, row + place, 1, score.low)
            self._put(self.result, row + place, 2, "没有上限" if score.high is None else score.high)
        return row + 1 + len(self.assessment.scores)

    def _level(self, row: int) -> None:
        sheet = self.result
        bounds = self.assessment.level_range
        sheet.write_string(row, 0, "等级", self.strong)
        if bounds is None or self.system.kind is DocumentKind.REFERENCE_TABLE:
            sheet.write_string(row, 1, "这份文件不给等级", self.strong)
            return
        rules = sorted(
            (rule for rule in self.system.method.levels if self._asks(rule)),
            key=lambda rule: rule.level,
        )
        best, worst = f'"{_BELOW}"', f'"{_BELOW}"'
        for rule in reversed(rules):
            best = f'IF({self._rule(rule, certain=False)},"{rule.level.symbol}",{best})'
            worst = f'IF({self._rule(rule, certain=True)},"{rule.level.symbol}",{worst})'
        for column, (name, text, level) in enumerate(
            (("最好", best, bounds[0]), ("最差", worst, bounds[1])), 2
        ):
            sheet.write_string(row - 1, column, name, self.head)
            self._put(sheet, row, column, Formula(f"={text}", level.symbol))
        cells = [xl_rowcol_to_cell(row, column) for column in (2, 3)]
        said = bounds[0].symbol if bounds[0] is bounds[1] else "未定"
        sheet.write_formula(
            row, 1, f'=IF({cells[0]}={cells[1]},{cells[0]},"未定")', self.strong, said
        )

    def _asks(self, rule: LevelRule) -> bool:
        if rule.min_index is not None:
            return True
        applying = [one for one in self.judged if one.state != "not_applicable"]
        pairs = [self.indicators[one.indicator_id] for one in applying]
        return any(
            (rule.limiting_level is not None and indicator.limiting is not False)
            or (
                rule.others_level is not None
                and indicator.limiting is not True
                and not category.bonus
            )
            for category, indicator in pairs
        )

    def _rule(self, rule: LevelRule, *, certain: bool) -> str:
        """The rule as one condition: index enough, and no row that takes part stands against it."""
        conditions = [self._enough(rule, certain=certain)] if rule.min_index is not None else []
        taking, limiting, bonus = (self._span(name) for name in ("参加评价", "限定性", "附加项"))
        fails = {
            level: f"({self._span(f'达到{level.symbol}级')}{'<>1' if certain else '=0'})"
            for level in LEVELS
        }
        first = fails[rule.limiting_level] if rule.limiting_level is not None else None
        others = None
        if rule.others_level is not None:
            others = f'({bonus}="")*{fails[rule.others_level]}'
        if first is not None:
            conditions.append(f'SUMPRODUCT(({taking}=1)*({limiting}="是")*{first})=0')
        if others is not None:
            conditions.append(f'SUMPRODUCT(({taking}=1)*({limiting}="")*{others})=0')
        # Where it is not known whether a row limits: certainty asks both, possibility either.
        either: str | None = None
        if certain:
            either = "+".join(one for one in (first, others) if one is not None) or None
        elif first is not None and others is not None:
            either = f"{first}*{others}"
        if either is not None:
            conditions.append(f'SUMPRODUCT(({taking}=1)*({limiting}="不明")*(({either})>0))=0')
        return f"AND({','.join(conditions)})" if conditions else "TRUE"

    def _enough(self, rule: LevelRule, *, certain: bool) -> str:
        assert rule.min_index is not None
        column = 1 if certain else 2
        if self.assessment.family is Family.LEVEL_INDEX:
            row = 6 + len(self.table.categories) + 1 + LEVELS.index(rule.level)
        elif self.assessment.family is Family.POINTS and self._points_live():
            row = 5
        else:
            names = list(self.assessment.scores)
            row = 4 + 1 + names.index("P" if "P" in names else names[-1])
        cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        enough = f"ROUND({cell}-{_constant(rule.min_index)},{_PLACES})>=0"
        return enough if certain else f"OR(ISTEXT({cell}),{enough})"

    # -- places

    def _at(self, row: int, name: str) -> str:
        cell: str = xl_rowcol_to_cell(row, _COLUMN[name], col_abs=True)
        return cell

    def _in_category(self, category: Category, name: str) -> str:
        """The cells of one column in the rows of a category, which stand together."""
        places = [
            place for place, one in enumerate(self.judged, 1) if one.category_id == category.id
        ]
        first, last = (
            xl_rowcol_to_cell(at, _COLUMN[name], row_abs=True, col_abs=True)
            for at in (places[0], places[-1])
        )
        return f"{first}:{last}"

    def _span(self, name: str) -> str:
        first = xl_rowcol_to_cell(self.first, _COLUMN[name], row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(self.last, _COLUMN[name], row_abs=True, col_abs=True)
        return f"{ROWS}!{first}:{last}"


def _alone(
    indicator: Indicator, judgement: Judgement, level: Level, inputs: FirmInputs
) -> bool | None:
    finding = judgement.finding
    if judgement.state == "not_applicable" or not isinstance(finding, Measured | Reached):
        return None
    if isinstance(finding, Measured) and indicator.kind is IndicatorKind.QUALITATIVE:
        return None
    return satisfies(indicator, finding, level, inputs)


def _code(answer: bool | None) -> _Result:
    return "?" if answer is None else int(answer)


def _constant(value: Fraction) -> str:
    """A number in a formula: its decimals where they end, else a quotient of whole numbers."""
    if value.denominator == 1:
        return str(value.numerator) if value >= 0 else f"({value.numerator})"
    return f"({value.numerator}/{value.denominator})"


_MOST_ARGUMENTS = 200  # of one SUM; a spreadsheet takes 255


def _sum(cells: Sequence[str]) -> str:
    groups = [cells[at : at + _MOST_ARGUMENTS] for at in range(0, len(cells), _MOST_ARGUMENTS)]
    sums = [f"SUM({','.join(group)})" for group in groups]
    return sums[0] if len(sums) == 1 else f"({'+'.join(sums)})"
