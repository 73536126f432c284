"""Appendix 账单明细: the bills of all years month by month."""

from dataclasses import replace

from app.audit.project import AuditProject
from app.forms.question import RowsKind, TableQuestion
from app.papers.answer_tables import answers_tables
from app.papers.answers import has_gas
from app.papers.document import Block, Chapter, Paragraph, Table
from app.papers.outline import ref_range


def bills_chapter(project: AuditProject) -> Chapter | None:
    """The bills of every year month by month, the base year first."""
    blocks: list[Block] = []
    years = sorted(project.years, reverse=True)
    for table in project.index.tables.values():
        if table.rows is not RowsKind.MONTHS:
            continue
        for year in years:
            months = [f"{year}-{month:02d}" for month in range(1, 13)]
            if not _has_answers(project, table, year):
                continue
            key = f"bills.{table.id}" if year == project.base_year else f"bills.{table.id}@{year}"
            made = answers_tables(project, table, key=key, rows=months)
            blocks += [_of_one_year(_named(project, one, year), year) for one in made]
    if not blocks:
        return None
    keys = [block.key for block in blocks if isinstance(block, Table)]
    return Chapter("账单明细", (Paragraph(("各年各月的账单见", *ref_range(keys), "。")), *blocks))


def _named(project: AuditProject, table: Table, year: int) -> Table:
    """The bills of a firm without gas are of electricity alone."""
    if not table.key.startswith(f"bills.{_ENERGY}"):
        return table
    return table if has_gas(project, year) else replace(table, caption="用电账单")


_ENERGY = "energy.bills"


def _of_one_year(table: Table, year: int) -> Table:
    """Months without their year, which the caption names."""
    before = f"{year} 年 "
    rows = tuple(
        replace(row, cells=(row.cells[0].removeprefix(before), *row.cells[1:]))
        if isinstance(row.cells[0], str)
        else row
        for row in table.rows
    )
    first = replace(table.columns[0], width=3.2)  # 「12 月」
    caption = f"{year} 年{table.caption}"
    return replace(table, caption=caption, rows=rows, columns=(first, *table.columns[1:]))


def _has_answers(project: AuditProject, table: TableQuestion, year: int) -> bool:
    return any(key.startswith(f"{table.id}/{year}-") for key in project.book.cells_of(table.id))
