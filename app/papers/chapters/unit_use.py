"""What a unit of output value took of every material and carrier, year by year: worked out, never typed."""

from collections.abc import Iterator
from fractions import Fraction

from app.audit.compliance import YEAR_COLUMNS
from app.audit.project import AuditProject
from app.papers.answers import DASH, exact_of, figure_title, is_absent
from app.papers.chapters.prose import CARRIERS_USED
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Paragraph,
    Ref,
    Row,
    RowKind,
    Runs,
    Size,
    Table,
)

OUTPUT = "product.value"
_MATERIALS = "materials.list"
_FIGURES = 3  # that a column of a row shows at least


def unit_use(project: AuditProject) -> list[Block]:
    """Nothing while the output value of a year is not known, or neither a material nor a carrier is."""
    years = project.years
    if len(years) != len(YEAR_COLUMNS) or OUTPUT not in project.derivation.quantities:
        return []
    outputs = [project.derivation.figure(OUTPUT, year) for year in years]
    values = [one.value for one in outputs]
    if not all(values):
        return []
    unit = outputs[-1].unit
    rows: list[Row] = []
    for title, found in (("主要原辅材料", _materials(project)), ("能源", _carriers(project))):
        made = [
            Row((name, f"{of}/{unit}", *_cells(key, amounts, values)))
            for name, of, key, amounts in found
        ]
        if made:
            rows += [Row((title,), RowKind.GROUP), *made]
    if not rows:
        return []
    columns = (
        Column("项目", 3.6),
        Column("单位", 1.8, Align.CENTRE),
        *(Column(f"{year} 年", 1.6, Align.NUMBER) for year in years),
    )
    has_gaps = any(cell == DASH for row in rows for cell in row.cells)
    notes: tuple[Runs, ...] = (
        (
            "注：当年用量÷当年产值"
            + ("；“—”为当年没有填用量" if has_gaps else "")
            + "。综合能耗和取水的单位产值量见",
            Ref("years"),
            "。",
        ),
    )
    key = "unit.use"
    return [
        Paragraph(("主要原辅材料和能源的单位产值用量见", Ref(key), "。")),
        Table(key, "近三年单位产值用量", columns, tuple(rows), notes, Size.SMALL),
    ]


Found = tuple[str, str, str, list[Fraction | None]]
"""Name, unit, beginning of its keys, amount of each year."""


def _materials(project: AuditProject) -> Iterator[Found]:
    book = project.book
    for row in book.row_ids(_MATERIALS):
        name, unit = (book.text(f"{_MATERIALS}/{row}/{one}").strip() for one in ("name", "unit"))
        amounts = [exact_of(book.text(f"{_MATERIALS}/{row}/{one}")) for one in YEAR_COLUMNS]
        if name and unit and any(amounts):
            yield name, unit, f"unit.use/{row}", amounts


def _carriers(project: AuditProject) -> Iterator[Found]:
    for quantity_id in CARRIERS_USED:
        if quantity_id not in project.derivation.quantities or is_absent(project, quantity_id):
            continue
        figures = [project.derivation.figure(quantity_id, year) for year in project.years]
        amounts = [one.value for one in figures]
        if any(amounts):
            name = figure_title(project, figures[-1]).removeprefix("全年用")
            yield name, figures[-1].unit, f"unit.use/{quantity_id}", amounts


def _cells(key: str, amounts: list[Fraction | None], outputs: list[Fraction | None]) -> list[Cell]:
    worked = [
        None if amount is None or not output else amount / output
        for amount, output in zip(amounts, outputs, strict=True)
    ]
    least = min((one for one in worked if one), default=Fraction(1))
    places = 0
    while least * 10**places < 10 ** (_FIGURES - 1) and places < 6:
        places += 1
    return [
        DASH if one is None else Amount(one, places, "", f"{key}/{column}")
        for column, one in zip(YEAR_COLUMNS, worked, strict=True)
    ]
