"""Each target of the audit beside what was reached."""

from app.audit.project import AuditProject
from app.papers.answers import DASH, computed_cell, exact_of, places_typed
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Column,
    Paragraph,
    Ref,
    Row,
    Runs,
    Size,
    Table,
)


def targets_done(project: AuditProject) -> list[Block]:
    """Each target with what was reached; before anything is measured, that it is not yet."""
    rows = project.book.row_ids("targets.list")
    if not rows:
        return [Paragraph(("没有设定清洁生产目标。",))]
    told = [reached for _, reached in target_rows(project)]
    if all(one is None for one in told):
        lead: Runs = (
            "方案尚未实施完成，各项目标的完成值待实测后填报；目标见",
            Ref("targets.done"),
            "。",
        )
        return [Paragraph(lead), _targets_table(project, rows)]
    done = told.count(True)
    missed = "、".join(name for name, reached in target_rows(project) if reached is False)
    said = f"近期目标 {len(rows)} 项，完成 {done} 项"
    said += f"，未完成的为{missed}" if missed else ""
    lead = (f"{said}；逐项见", Ref("targets.done"), "。")
    return [Paragraph(lead), _targets_table(project, rows)]


def target_rows(project: AuditProject) -> list[tuple[str, bool | None]]:
    """(name, whether it was reached) of every target; None while nothing was measured."""
    book = project.book
    known = "targets.done" in project.index.tables
    found: list[tuple[str, bool | None]] = []
    for row in book.row_ids("targets.list"):
        rate = project.derivation.cell("targets.done", row, "rate").value if known else None
        found.append((book.text(f"targets.list/{row}/name"), None if rate is None else rate >= 100))
    return found


def _targets_table(project: AuditProject, rows: tuple[str, ...]) -> Table:
    """Where it stood, where it should be, where it is; one number of decimals a target."""
    book = project.book

    def value(key: str, places: int, unit: str) -> Cell:
        number = exact_of(book.text(key)) if book.text(key) else None
        return DASH if number is None else Amount(number, places, unit, key)

    made = []
    for row, (name, reached) in zip(rows, target_rows(project), strict=True):
        keys = [f"targets.list/{row}/now", f"targets.list/{row}/near", f"targets.done/{row}/value"]
        places = max(places_typed(book.get(key)) for key in keys)
        unit = book.text(f"targets.list/{row}/unit")
        rate = project.derivation.cell("targets.done", row, "rate")
        made.append(
            Row(
                (
                    name,
                    unit,
                    *(value(key, places, unit) for key in keys),
                    DASH if rate.value is None else computed_cell(rate, f"targets.done/{row}/rate"),
                    "尚未测得" if reached is None else "完成" if reached else "未完成",
                    book.text(f"targets.done/{row}/note"),
                )
            )
        )
    columns = (
        Column("目标", 2.8),
        Column("单位", 1.4, Align.CENTRE),
        Column("现状", 1.2, Align.NUMBER),
        Column("近期目标", 1.2, Align.NUMBER),
        Column("完成值", 1.2, Align.NUMBER),
        Column("完成率", 1.1, Align.NUMBER, "%"),
        Column("结论", 1.2, Align.CENTRE),
        Column("说明", 2.6),
    )
    notes: tuple[Runs, ...] = (
        (
            "注：完成率＝（现状－完成值）÷（现状－近期目标），超过 100% 为优于目标；“—”为尚未测得或没有说明。",
        ),
    )
    return Table("targets.done", "清洁生产目标完成情况", columns, tuple(made), notes, Size.SMALL)
