"""The sheets of the calculation workbook: how cells are put, the sheet of data with a trace behind every figure, where things stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from app.assessment.indicator_system import (
    Category,
    Indicator,
    ShareRule,
)
from app.assessment.result import Assessment, Judgement
from app.assessment.trace import Operands, Trace
from app.audit.findings import inputs_of
from app.audit.project import AuditProject
from app.forms.question import FigureStrip

DATA, ROWS, RESULT = "数据", "指标", "结果"
OPEN, OUT = "未填", "不适用"
# Differences below this are noise of the spreadsheet's binary numbers, never of the data: those have far fewer places.
PLACES = 9
_MOST_TEXT = 32_000  # of a cell; a spreadsheet takes 32,767
_Number = int | float
Stored = _Number | str | None

_DATA_HEAD = ("编号", "名称", "数值", "单位", "怎么算", "来源", "说明")
_ROW_HEAD = (
    "编号", "一级指标", "指标", "单位", "限定性", "本企业的值", "参加评价",
    "Ⅰ级", "Ⅱ级", "Ⅲ级", "单看Ⅰ级", "单看Ⅱ级", "单看Ⅲ级", "达到Ⅰ级", "达到Ⅱ级", "达到Ⅲ级",
    "附加项", "权重或分值", "组内分得", "调整后权重", "占指数的分", "最低得分", "最高得分", "说明",
)  # fmt: skip
COLUMN = {name: place for place, name in enumerate(_ROW_HEAD)}


@dataclass(frozen=True)
class Formula:
    """A cell's formula with the value the program has for it."""

    text: str
    value: Stored


class Sheets:
    """The sheets of one workbook, and where each thing stands on them."""

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
        self._write_heads()

    def _write_heads(self) -> None:
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

    def figures(self) -> None:
        """The other figures of the pages (energy, water, VOC …), for whoever checks the report against them."""
        derivation = self.project.derivation
        for page in self.project.questionnaire.pages():
            for card in page.cards:
                for item in card.items:
                    for quantity_id in item.quantities if isinstance(item, FigureStrip) else ():
                        figure = derivation.figure(quantity_id)
                        if figure.value is not None and not figure.not_applicable:
                            self.cell_of(figure.trace)

    def put(self, sheet: Worksheet, row: int, column: int, content: object) -> None:
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

    def cell_of(self, trace: Trace) -> str:
        """The cell on the sheet of data that holds this step; written when first asked for."""
        key: object = (
            ("answer", trace.key, trace.value) if trace.key and not trace.children else id(trace)
        )
        known = self._placed.get(key)
        if known is not None:
            return known
        text = self._formula(trace.operands) if not isinstance(trace.operands, Trace) else None
        if isinstance(trace.operands, Trace) and trace.operands is not trace:
            text = self.cell_of(trace.operands)
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
            self.put(self.data, row, column, one)
        place: str = f"{DATA}!{xl_rowcol_to_cell(row, 2, row_abs=True, col_abs=True)}"
        self._placed[key] = place
        return place

    def _formula(self, tree: Operands) -> str | None:
        """None where the tree has a piece no cell formula says."""
        match tree:
            case Trace():
                return self.cell_of(tree)
            case Fraction():
                return constant(tree)
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

    def is_live(self) -> bool:
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
                    if (
                        one.weight is None
                        and self.assessment.judgement(one.id).weight_before is None
                    ):
                        return False
                elif one.share.rule is not ShareRule.APPLICABLE_COUNT or one.share.total is None:
                    return False
        return True

    def points_live(self) -> bool:
        return "points" in self.assessment.scores and not any(
            one.item_class for _, one in self.indicators.values()
        )

    def category_row(self, category: Category) -> int:
        return 5 + self.table.categories.index(category)

    def category_cell(self, category: Category) -> str:
        cell: str = xl_rowcol_to_cell(self.category_row(category), 2, row_abs=True, col_abs=True)
        return cell

    def at(self, row: int, name: str) -> str:
        cell: str = xl_rowcol_to_cell(row, COLUMN[name], col_abs=True)
        return cell

    def in_category(self, category: Category, name: str) -> str:
        """The cells of one column in the rows of a category, which stand together."""
        places = [
            place for place, one in enumerate(self.judged, 1) if one.category_id == category.id
        ]
        first, last = (
            xl_rowcol_to_cell(at, COLUMN[name], row_abs=True, col_abs=True)
            for at in (places[0], places[-1])
        )
        return f"{first}:{last}"

    def span(self, name: str) -> str:
        first = xl_rowcol_to_cell(self.first, COLUMN[name], row_abs=True, col_abs=True)
        last = xl_rowcol_to_cell(self.last, COLUMN[name], row_abs=True, col_abs=True)
        return f"{ROWS}!{first}:{last}"


def code_of(answer: bool | None) -> Stored:
    return "?" if answer is None else int(answer)


def constant(value: Fraction) -> str:
    """A number in a formula: its decimals where they end, else a quotient of whole numbers."""
    if value.denominator == 1:
        return str(value.numerator) if value >= 0 else f"({value.numerator})"
    return f"({value.numerator}/{value.denominator})"


_MOST_ARGUMENTS = 200  # of one SUM; a spreadsheet takes 255


def _sum(cells: Sequence[str]) -> str:
    groups = [cells[at : at + _MOST_ARGUMENTS] for at in range(0, len(cells), _MOST_ARGUMENTS)]
    sums = [f"SUM({','.join(group)})" for group in groups]
    return sums[0] if len(sums) == 1 else f"({'+'.join(sums)})"
