"""The plant as a whole before and after the audit."""

from app.audit.project import AuditProject
from app.forms.answer import Answer, Given
from app.papers.answers import DASH, exact_of, formal, places_typed
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Inline,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)

_PLANT = "after.plant"


def plant_before_and_after(project: AuditProject) -> list[Block]:
    """The plant before and afterwards, line by line, as far as there is an afterwards."""
    table = project.index.tables.get(_PLANT)
    if table is None:
        return []
    book = project.book
    rows = []
    reckoned: list[Runs] = []
    for row_id, label in ((one.id, one.label) for one in table.fixed_rows):
        if not book.text(f"{_PLANT}/{row_id}/after"):
            continue
        title, _, unit = formal(label).rstrip("）").partition("（")
        before = project.derivation.cell(_PLANT, row_id, "before")
        places = max(before.decimals, places_typed(book.get(f"{_PLANT}/{row_id}/after")))
        cells: list[Cell] = [title, unit]
        for column in ("before", "after", "change", "sum"):
            key = f"{_PLANT}/{row_id}/{column}"
            value = (
                exact_of(book.text(key))
                if column == "after"
                else project.derivation.cell(_PLANT, row_id, column).value
            )
            cells.append(DASH if value is None else Amount(value, places, unit, key))
        rows.append(Row((*cells, book.text(f"{_PLANT}/{row_id}/note").strip() or DASH)))
        reckoned += _reckoned(book.get(f"{_PLANT}/{row_id}/after"), title)
    if not rows:
        return []
    columns = (
        Column("项目", 1.6),
        Column("单位", 0.9, Align.CENTRE),
        Column("审核前", 1.5, Align.NUMBER),
        Column("审核后", 1.5, Align.NUMBER, "折全年"),
        Column("按单耗算", 1.5, Align.NUMBER, "年节约"),
        Column("各方案之和", 1.5, Align.NUMBER, "实测"),
        Column("差异说明", 3.2),
    )
    said = []
    period = book.text("after.period").strip()
    if period:
        said.append(f"审核后取{period}")
    unit = book.text("after.output_unit").strip()
    amounts = [book.get(f"after.{name}") for name in ("output_before", "output")]
    # A kitchen or a hotel has no works and makes no product.
    whole, size = (
        ("全厂", "产出") if "industry" in project.questionnaire.fields else ("整体", "经营规模")
    )
    runs: list[Inline] = [f"{whole}审核前后的消耗见", Ref(_PLANT), "。"]
    if said:
        runs.append(f"{said[0].rstrip('。')}。")
    numbers = [exact_of(one.text) if isinstance(one, Given) else None for one in amounts]
    if numbers[0] is not None and numbers[1] is not None:
        runs += [
            f"{size}由审核前的 ",
            Amount(numbers[0], places_typed(amounts[0]), unit, "after.output_before"),
            f" {unit}变为 ",
            Amount(numbers[1], places_typed(amounts[1]), unit, "after.output"),
            f" {unit}（折全年）。",
        ]
    notes: tuple[Runs, ...] = (
        (
            "注：按单耗算＝（审核前单耗－审核后单耗）×审核后产量，与各方案实测之和的差照实列出，不分摊。",
        ),
        *_reckoned(amounts[1], f"审核后{size}"),
        *reckoned,
    )
    return [
        Paragraph(tuple(runs)),
        Table(_PLANT, f"{whole}审核前后", columns, tuple(rows), notes, Size.SMALL),
    ]


def _reckoned(answer: Answer, what: str) -> list[Runs]:
    """How a year's amount came about, as it was noted at it."""
    note = answer.note.strip().rstrip("。") if isinstance(answer, Given) else ""
    return [(f"{what}折全年：{note}。",)] if note else []


def plant_after(project: AuditProject) -> list[tuple[str, Amount]]:
    """(what, amount a year) of the plant afterwards, as the table before has them."""
    found = []
    for block in plant_before_and_after(project):
        if isinstance(block, Table):
            for row in block.rows:
                title, amount = row.cells[0], row.cells[3]
                if isinstance(title, str) and isinstance(amount, Amount):
                    found.append((title, amount))
    return found
