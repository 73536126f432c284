"""The first sheet of the calculation workbook: indexes, points and the level, as formulas over the rows of the indicators."""

from fractions import Fraction

from xlsxwriter.utility import xl_rowcol_to_cell

from app.assessment.indicator_system import (
    LEVELS,
    DocumentKind,
    Family,
    LevelRule,
)
from app.assessment.result import Judgement
from app.exchange.calculation_sheets import (
    OPEN,
    PLACES,
    ROWS,
    Formula,
    Sheets,
    constant,
)

_BELOW = "未达Ⅲ"


class Results:
    """What the indicators come to: weights of categories, indexes or points, the level at best and at worst."""

    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.project, self.assessment = sheets.project, sheets.assessment
        self.system, self.table, self.inputs = sheets.system, sheets.table, sheets.inputs
        self.judged, self.indicators = sheets.judged, sheets.indicators
        self.result, self.plain = sheets.result, sheets.plain
        self.head, self.strong = sheets.head, sheets.strong

    def write(self) -> None:
        sheet = self.result
        for column, width in enumerate((30, 16, 16, 16, 16, 40)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, self.sheets.title, self.strong)
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
        elif self.assessment.family is Family.POINTS and self.sheets.points_live():
            row = self._points(row)
        elif self.assessment.scores:
            row = self._stored_scores(row)
        self._level(row + 1)
        if self.assessment.why_not_scored:
            sheet.write_string(row + 4, 0, self.assessment.why_not_scored, self.plain)

    def _category_table(self) -> None:
        for column, text in enumerate(("一级指标", "权重", "调整后权重", "参加评价的权重和")):
            self.result.write_string(4, column, text, self.head)
        if not self.sheets.is_live():
            for category in self.table.categories:
                row = self.sheets.category_row(category)
                self.sheets.put(self.result, row, 0, category.name)
                self.sheets.put(
                    self.result, row, 1, OPEN if category.weight is None else category.weight
                )
            return
        weights = []
        present = {}
        for category in self.table.categories:
            row = self.sheets.category_row(category)
            parts = [one for one in self.judged if one.category_id == category.id]
            here = any(one.weight_after for one in parts)
            present[category.id] = here
            total = sum((self._portion(one) for one in parts), Fraction(0))
            self.sheets.put(self.result, row, 0, category.name)
            assert category.weight is not None
            self.sheets.put(self.result, row, 1, category.weight)
            text = f"SUM({ROWS}!{self.sheets.in_category(category, '组内分得')})"
            self.sheets.put(self.result, row, 3, Formula(f"={text}", float(total)))
            if not category.bonus:
                weights.append(category)
        whole = "+".join(
            f"IF({xl_rowcol_to_cell(self.sheets.category_row(one), 3)}>0,{xl_rowcol_to_cell(self.sheets.category_row(one), 1)},0)"
            for one in weights
        )
        known = sum(
            (one.weight for one in weights if present[one.id] and one.weight is not None),
            Fraction(0),
        )
        for category in self.table.categories:
            row = self.sheets.category_row(category)
            own, sum_cell = xl_rowcol_to_cell(row, 1), xl_rowcol_to_cell(row, 3)
            assert category.weight is not None
            value = category.weight if present[category.id] else Fraction(0)
            if category.bonus:
                text = f"=IF({sum_cell}>0,{own},0)"
            else:
                text = f"=IF({sum_cell}>0,{own}/({whole}),0)"
                value = value / known if known else Fraction(0)
            self.sheets.put(self.result, row, 2, Formula(text, float(value)))

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
        shares = self.sheets.span("占指数的分")
        live = all(one.share is not None for one in self.judged)
        for place, level in enumerate(LEVELS):
            at = row + 1 + place
            self.result.write_string(at, 0, f"Y{level.symbol}", self.plain)
            interval = self.assessment.index_range.get(level)
            if interval is None:
                self.result.write_string(at, 1, OPEN, self.plain)
                continue
            met = self.sheets.span(f"达到{level.symbol}级")
            sure, possible = f"({met}=1)", f"({met}<>0)*({self.sheets.span('参加评价')}=1)"
            for column, (end, taken) in enumerate(
                ((interval.low, sure), (interval.high, possible)), 1
            ):
                if live:
                    text = f"SUMPRODUCT({taken}*{shares})"
                    cap = self.system.method.index_cap
                    if cap is not None:
                        text = f"MIN({constant(cap)},{text})"
                    self.sheets.put(self.result, at, column, Formula(f"={text}", float(end)))
                else:
                    self.sheets.put(self.result, at, column, end)
        return row + 4

    def _points(self, row: int) -> int:
        for column, text in enumerate(("得分", "最低", "最高")):
            self.result.write_string(row, column, text, self.head)
        score = self.assessment.scores["points"]
        assert score.high is not None
        self.result.write_string(row + 1, 0, "总分", self.plain)
        self.sheets.put(
            self.result,
            row + 1,
            1,
            Formula(f"=SUM({self.sheets.span('最低得分')})", float(score.low)),
        )
        self.sheets.put(
            self.result,
            row + 1,
            2,
            Formula(f"=SUM({self.sheets.span('最高得分')})", float(score.high)),
        )
        return row + 2

    def _stored_scores(self, row: int) -> int:
        for column, text in enumerate(("得分（程序的数）", "最低", "最高")):
            self.result.write_string(row, column, text, self.head)
        for place, (name, score) in enumerate(self.assessment.scores.items(), 1):
            self.result.write_string(row + place, 0, name, self.plain)
            self.sheets.put(self.result, row + place, 1, score.low)
            self.sheets.put(
                self.result, row + place, 2, "没有上限" if score.high is None else score.high
            )
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
            self.sheets.put(sheet, row, column, Formula(f"={text}", level.symbol))
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
        taking, limiting, bonus = (
            self.sheets.span(name) for name in ("参加评价", "限定性", "附加项")
        )
        fails = {
            level: f"({self.sheets.span(f'达到{level.symbol}级')}{'<>1' if certain else '=0'})"
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
        elif self.assessment.family is Family.POINTS and self.sheets.points_live():
            row = 5
        else:
            names = list(self.assessment.scores)
            row = 4 + 1 + names.index("P" if "P" in names else names[-1])
        cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        enough = f"ROUND({cell}-{constant(rule.min_index)},{PLACES})>=0"
        # Both sides of OR are worked out, and words less a number are a fault.
        return enough if certain else f"IF(ISTEXT({cell}),TRUE,{enough})"
