"""Appendix 账单明细: the bills of the base year month by month."""

from dataclasses import replace

from app.audit.project import AuditProject
from app.forms.question import RowsKind, TableQuestion
from app.papers.answer_tables import answers_tables
from app.papers.document import Block, Chapter, Paragraph, Ref, Table


def bills_chapter(project: AuditProject) -> Chapter | None:
    """The base year's bills month by month."""
    blocks: list[Block] = []
    year = project.base_year
    for table in project.index.tables.values():
        if table.rows is RowsKind.MONTHS and year is not None and _has_answers(project, table):
            months = [f"{year}-{month:02d}" for month in range(1, 13)]
            made = answers_tables(project, table, key=f"bills.{table.id}", rows=months)
            blocks += [_of_one_year(one, year) for one in made]
    if not blocks:
        return None
    refs: list[str | Ref] = []
    for place, block in enumerate(blocks):
        if isinstance(block, Table):
            refs += [Ref(block.key)] if place == 0 else ["、", Ref(block.key)]
    return Chapter("账单明细", (Paragraph((f"{year} 年各月账单见", *refs, "。")), *blocks))


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


def _has_answers(project: AuditProject, table: TableQuestion) -> bool:
    return any(key.startswith(f"{table.id}/") for key in project.book.answers)
