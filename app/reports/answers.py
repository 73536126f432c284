"""Answers as blocks of a report: facts, tables of the question sets, computed figures. Works for every question set.

A cell that is 未填 becomes an Open mark, which keeps a 送审稿 from being printed; 不适用 prints as 「—」 with its reason below.
"""

import functools
import json
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from app import paths
from app.assessment.finding import Missing, NotApplicable
from app.audit.charts.build import chart_of
from app.audit.project import AuditProject
from app.forms.answer import Answer, Given
from app.forms.condition import condition_keys, holds
from app.forms.derive import cell_answer, row_label
from app.forms.figure import Figure as ComputedFigure
from app.forms.question import (
    Card,
    ChartItem,
    FigureStrip,
    Page,
    Question,
    QuestionKind,
    RowsKind,
    TableQuestion,
)
from app.forms.visible import asked_columns, asked_rows
from app.reports.digits import number
from app.reports.document import (
    Align,
    Block,
    Cell,
    Column,
    Figure,
    Inline,
    Open,
    Paragraph,
    Row,
    RowKind,
    Runs,
    Sheet,
    Size,
    SubSection,
    Table,
)

DASH = "—"


@functools.cache
def _paper_words() -> dict[str, str]:
    file = paths.resources_dir() / "design" / "paper_words.json"
    words: dict[str, str] = json.loads(file.read_text("utf-8"))
    return words


def formal(words: str) -> str:
    """How a paper says what the screen says plainly: 「怎么处置」 becomes 「处置方式」; a hint behind a colon is dropped."""
    return _paper_words().get(words) or words.partition("：")[0]


_MOST_PLACES = 4
_TEXT_KINDS = (
    QuestionKind.TEXT,
    QuestionKind.LONG_TEXT,
    QuestionKind.MULTI_CHOICE,
    QuestionKind.INDUSTRY,
)


def _places(text: str) -> int:
    return min(_MOST_PLACES, len(text.partition(".")[2]))


def given_text(question: Question, answer: Given, places: int | None = None) -> str:
    """An answer in words: choices by their labels, numbers grouped."""
    labels = {option.id: option.label for option in question.options}
    match question.kind:
        case QuestionKind.NUMBER:
            try:
                value = Fraction(answer.text)
            except ValueError:
                return answer.text  # stored although it could not be read; the checks point at it
            return number(value, _places(answer.text) if places is None else places)
        case QuestionKind.YES_NO:
            return {"yes": "是", "no": "否"}.get(answer.text, answer.text)
        case QuestionKind.CHOICE:
            return formal(labels.get(answer.text, answer.text))
        case QuestionKind.MULTI_CHOICE:
            return "、".join(labels.get(one, one) for one in answer.text.split("|"))
        case _:
            return answer.text


def computed_cell(figure: ComputedFigure) -> Cell:
    """A computed figure; 「≥ 426.53」 while something is missing, 未填 when nothing can be said."""
    if figure.words:
        return formal(figure.words)
    if figure.value is not None:
        return number(figure.value, figure.decimals)
    if figure.not_applicable:
        return DASH
    if figure.at_least is not None:
        return (Open("≥ " + number(figure.at_least, figure.decimals)),)
    return Open()


def _fact_cell(question: Question, answer: Answer) -> Inline:
    match answer:
        case Missing():
            return Open() if question.required else DASH
        case NotApplicable(reason):
            return f"不适用：{reason}"
        case Given():
            text = given_text(question, answer)
            unit = f" {question.unit}" if question.unit else ""
            return f"{text}{unit}" + (f"（{answer.note}）" if answer.note else "")


def facts_table(
    project: AuditProject, key: str, caption: str, questions: Iterable[Question]
) -> Table | None:
    """Two columns: item and content. None when no question is asked."""
    rows = [
        Row(
            (
                formal(question.short or question.title),
                _fact_cell(question, project.book.get(question.id)),
            )
        )
        for question in questions
    ]
    if not rows:
        return None
    return Table(key, caption, (Column("项目", 2.2), Column("内容", 6)), tuple(rows))


_FEWEST_FACTS = 3


def _fact_sentences(project: AuditProject, questions: list[Question]) -> list[Block]:
    """One or two facts: a table of them would be all frame."""
    return [
        Paragraph(
            (
                f"{formal(question.short or question.title)}：",
                _fact_cell(question, project.book.get(question.id)),
                "。",
            )
        )
        for question in questions
    ]


def _opens_only(question: Question, page: Page, project: AuditProject) -> bool:
    """A 「是」 that only brings further questions: what they say stands on the paper."""
    if question.kind is not QuestionKind.YES_NO or project.book.text(question.id) != "yes":
        return False
    conditions = [card.condition for card in page.cards]
    for card in page.cards:
        for item in card.items:
            if isinstance(item, Question | TableQuestion):
                conditions.append(item.condition)
    return any(question.id in condition_keys(condition) for condition in conditions)


def answers_table(
    project: AuditProject, table: TableQuestion, *, key: str = "", rows: Iterable[str] | None = None
) -> Table | None:
    """A table of the question set as it was filled in. rows: only these row ids. None when there is no row."""
    book = project.book
    wanted = tuple(rows) if rows is not None else asked_rows(table, book, project.base_year)
    columns = [
        column
        for column in asked_columns(table, book)
        if _has_content(project, table, column, wanted)
    ]
    if not wanted or not columns:
        return None
    numbered = table.rows is RowsKind.FREE
    reasons: list[str] = []
    body = []
    for row_id in wanted:
        cells: list[Cell] = [] if numbered else [row_label(table, row_id, book)]
        for column in columns:
            cells.append(_cell(project, table, row_id, column, reasons, wanted))
        body.append(Row(tuple(cells)))
    total = _total_row(project, table, columns, wanted, numbered)
    rounded = total is not None and _is_off(body, total)
    if total is not None:
        body.append(total)
    offset = 0 if numbered else 1
    heads = []
    if not numbered:
        widest = max(_em(row_label(table, row_id, book)) for row_id in wanted)
        heads.append(Column(table.row_title or "项目", min(10.0, max(3.0, widest)) + 0.6))
    for place, column in enumerate(columns):
        heads.append(_head(column, [row.cells[place + offset] for row in body]))
    count = len(heads)
    em = sum(head.width for head in heads)
    size = Size.STANDARD if count <= 6 and em <= 40 else Size.SMALL if count <= 9 else Size.DENSE
    sheet = Sheet.PORTRAIT if count <= 11 else Sheet.LANDSCAPE
    said = [f"“—”为不适用。{'；'.join(dict.fromkeys(reasons))}。"] if reasons else []
    if rounded:
        said.append("合计由未修约的数相加后修约，末位与各行之和可能相差。")
    notes: tuple[Runs, ...] = (("注：" + "".join(said),),) if said else ()
    return Table(
        key or table.id, formal(table.title), tuple(heads), tuple(body), notes, size, sheet
    )


def _has_content(
    project: AuditProject, table: TableQuestion, column: Question, rows: tuple[str, ...]
) -> bool:
    """Optional columns nobody has used stay off the paper."""
    if column.derived and project.derivation.quantities[column.derived].rule:
        cells = [project.derivation.cell(table.id, row_id, column.id) for row_id in rows]
        return any(cell.words or cell.value is not None for cell in cells)
    if column.derived or column.required:
        return True
    return any(
        not isinstance(cell_answer(project.book, table, row_id, column.id), Missing)
        for row_id in rows
    )


def _is_voluntary(project: AuditProject, figure: ComputedFigure) -> bool:
    """A figure that is open only because optional questions were left: nothing is missing from the paper."""
    if figure.value is not None or figure.words or figure.not_applicable:
        return False
    if project.derivation.quantities[figure.quantity_id].rule and not figure.missing:
        return True
    return bool(figure.missing) and all(_is_optional(project, key) for key in figure.missing)


def _is_optional(project: AuditProject, key: str) -> bool:
    parts = key.split("/")
    place = project.index.places.get(f"{parts[0]}.{parts[2]}" if len(parts) == 3 else key)
    return place is not None and not place.question.required


def _em(text: str) -> float:
    """Rough width in em: Chinese 1, Latin and digits 0.55."""
    return sum(1.0 if ord(character) > 0x2000 else 0.55 for character in text)


def _head(column: Question, cells: list[Cell]) -> Column:
    """Width by what stands in the column: figures and dates whole, text up to a line of its own, heads over two lines."""
    widest = max((_em(cell) for cell in cells if isinstance(cell, str)), default=2.0)
    if column.kind is QuestionKind.NUMBER:
        head = max(_em(formal(column.title)) / 2, _em(column.unit) * 0.8)
        return Column(formal(column.title), max(2.0, head, widest) + 0.6, Align.NUMBER, column.unit)
    head = _em(formal(column.title)) / 2 + 0.6
    if column.kind in _TEXT_KINDS:
        # A sentence takes the root of its length, so that it does not starve the columns beside it.
        wide = widest if widest <= 8 else 8 + (widest - 8) ** 0.5 * 1.6
        return Column(formal(column.title), max(2.4, head, wide) + 0.6)
    return Column(formal(column.title), max(head, min(widest, 7.0)) + 0.8, Align.CENTRE)


def _cell(
    project: AuditProject,
    table: TableQuestion,
    row_id: str,
    column: Question,
    reasons: list[str],
    rows: tuple[str, ...],
) -> Cell:
    if column.derived:
        figure = project.derivation.cell(table.id, row_id, column.id)
        return "" if _is_voluntary(project, figure) else computed_cell(figure)
    answer = cell_answer(project.book, table, row_id, column.id)
    match answer:
        case Missing():
            return Open() if column.required else ""
        case NotApplicable(reason):
            reasons.append(f"{row_label(table, row_id, project.book)}：{reason}")
            return DASH
        case Given():
            if _has_units_of_rows(table) and not column.unit:
                return given_text(column, answer)  # different things: as measured, nothing padded
            places = _column_places(project, table, column, rows)
            return given_text(column, answer, places)


def _has_units_of_rows(table: TableQuestion) -> bool:
    """Whether each row names its own unit."""
    return any(column.id == "unit" for column in table.columns)


def _column_places(
    project: AuditProject, table: TableQuestion, column: Question, rows: tuple[str, ...]
) -> int:
    """One number of decimals for a column and its neighbours of the same unit (the years of a quantity)."""
    alike = [
        one.id
        for one in table.columns
        if one.kind is QuestionKind.NUMBER and not one.derived and one.unit == column.unit
    ]
    texts = [
        project.book.text(f"{table.id}/{row_id}/{one}")
        for row_id in rows
        for one in (alike if column.unit else [column.id])
    ]
    return max((_places(text) for text in texts), default=0)


def _total_row(
    project: AuditProject,
    table: TableQuestion,
    columns: list[Question],
    rows: tuple[str, ...],
    numbered: bool,
) -> Row | None:
    """Sums of the columns the question set names; 未填 while a cell is missing."""
    if not any(column.id in table.total for column in columns):
        return None
    cells: list[Cell] = [] if numbered else ["合计"]
    for place, column in enumerate(columns):
        if column.id not in table.total:
            cells.append("合计" if numbered and place == 0 else "")
            continue
        values: list[Fraction | None] = []
        places = _column_places(project, table, column, rows)
        for row_id in rows:
            if column.derived:
                figure = project.derivation.cell(table.id, row_id, column.id)
                places = figure.decimals
                values.append(Fraction(0) if figure.not_applicable else figure.value)
            else:
                answer = cell_answer(project.book, table, row_id, column.id)
                if isinstance(answer, Given):
                    values.append(Fraction(answer.text))
                else:
                    values.append(Fraction(0) if isinstance(answer, NotApplicable) else None)
        if any(value is None for value in values):
            cells.append(Open())
        else:
            cells.append(number(sum((v or Fraction(0) for v in values), Fraction(0)), places))
    return Row(tuple(cells), RowKind.TOTAL)


def _is_off(body: list[Row], total: Row) -> bool:
    """Whether a printed total differs from the sum of what is printed above it."""
    for place, cell in enumerate(total.cells):
        parts = [row.cells[place] for row in body]
        texts = [part for part in (cell, *parts) if isinstance(part, str) and part and part != DASH]
        if not isinstance(cell, str) or not cell or len(texts) < 2:
            continue
        try:
            whole, *rest = [
                Fraction(text.replace("\u2009", "").replace("−", "-")) for text in texts
            ]
        except ValueError:
            continue
        if whole != sum(rest):
            return True
    return False


def figures_table(
    project: AuditProject, key: str, caption: str, quantities: Iterable[str]
) -> Table | None:
    """Computed figures with unit; the basis of each formula below."""
    rows, notes = [], []
    for quantity_id in quantities:
        figure = project.derivation.figure(quantity_id)
        if figure.not_applicable or _is_voluntary(project, figure):
            continue
        rows.append(Row((figure.title, computed_cell(figure), figure.unit)))
        if figure.overridden:
            notes.append(f"{figure.title}为手改，原因：{figure.reason}")
    if not rows:
        return None
    lines: tuple[Runs, ...] = ((f"注：{'；'.join(notes)}。",),) if notes else ()
    columns = (
        Column("项目", 4),
        Column("数值", 2, Align.NUMBER),
        Column("单位", 1.4, Align.CENTRE),
    )
    return Table(key, caption, columns, tuple(rows), lines, width=0.72)


def page_blocks(project: AuditProject, page: Page) -> list[Block]:
    """A question page on paper: short answers as one table, then card by card the long answers, tables and charts, last
    the figures worked out from them."""
    asked = [card for card in page.cards if holds(card.condition, project.book)]
    blocks: list[Block] = []
    facts = [
        item
        for card in asked
        for item in card.items
        if isinstance(item, Question)
        and item.kind is not QuestionKind.LONG_TEXT
        and holds(item.condition, project.book)
        and not _opens_only(item, page, project)
    ]
    if len(facts) < _FEWEST_FACTS:
        blocks += _fact_sentences(project, facts)
    else:
        table = facts_table(project, f"{page.id}.facts", f"{page.short}基本情况", facts)
        if table is not None:
            blocks.append(table)
    made = [(card, _card_blocks(project, card)) for card in asked]
    several = sum(1 for _, inside in made if inside) > 1
    for card, inside in made:
        if inside and several:
            blocks.append(SubSection(formal(card.title)))
        blocks += inside
    quantities = [
        quantity_id
        for card in asked
        for item in card.items
        if isinstance(item, FigureStrip)
        for quantity_id in item.quantities
    ]
    figures = figures_table(
        project, f"{page.id}.figures", f"{page.short}：计算结果", dict.fromkeys(quantities)
    )
    if figures is not None:
        blocks.append(figures)
    return blocks


MONITORING = "env.monitoring"


def _with_verdicts(project: AuditProject, table: TableQuestion, printed: Table) -> Table:
    """Monitoring results with 达标 beside them; nothing is judged by a limit whose source is not named."""
    rows = []
    row_ids = asked_rows(table, project.book, project.base_year)
    for row_id, row in zip(row_ids, printed.rows, strict=True):
        share = project.derivation.cell(table.id, row_id, "share").value
        source = project.book.text(f"{table.id}/{row_id}/standard").strip()
        verdict = DASH if share is None or not source else "是" if share <= 100 else "否"
        rows.append(replace(row, cells=(*row.cells, verdict)))
    said = "注：按所列执行标准的限值判断；未写明执行标准的不作判断，以“—”表示。"
    return replace(
        printed,
        columns=(*printed.columns, Column("达标", 2.6, Align.CENTRE)),
        rows=tuple(rows),
        notes=(*printed.notes, (said,)),
        size=Size.SMALL,
    )


def _card_blocks(project: AuditProject, card: Card) -> list[Block]:
    """Long answers as paragraphs, tables and charts of a card. Month tables stand in the appendix."""
    blocks: list[Block] = []
    for item in card.items:
        if isinstance(item, Question | TableQuestion) and not holds(item.condition, project.book):
            continue
        match item:
            case Question(kind=QuestionKind.LONG_TEXT):
                lead = f"{formal(item.short)}：" if item.short else ""
                blocks.append(Paragraph((lead, _fact_cell(item, project.book.get(item.id)))))
            case TableQuestion() if item.rows is not RowsKind.MONTHS:
                table = answers_table(project, item)
                if table is not None:
                    judged = item.id == MONITORING
                    blocks.append(_with_verdicts(project, item, table) if judged else table)
            case ChartItem(chart, title):
                drawn = chart_of(project, chart)
                if drawn is not None:
                    blocks.append(Figure(f"chart.{chart}", formal(title), drawn))
            case _:
                pass
    return blocks
