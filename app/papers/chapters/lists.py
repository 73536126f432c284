"""Appendices that list what does not apply and what is still open."""

from collections.abc import Container, Iterable
from fractions import Fraction

from app.assessment.finding import NotApplicable
from app.audit.project import AuditProject
from app.checkup.concern import REASONS
from app.forms.answer import Answer, Given
from app.forms.question import RowsKind
from app.forms.question_index import row_label
from app.papers.answers import UNUSED, exact_of, formal, reason_said
from app.papers.chapters.judgements import system_table
from app.papers.document import (
    Align,
    Amount,
    Chapter,
    Column,
    Document,
    Paragraph,
    Ref,
    Row,
    Size,
    Table,
)
from app.papers.walk import open_places


def reasons_chapter(project: AuditProject, shown: Container[str] | None = None) -> Chapter | None:
    """Everything said to be 不适用, with its reason; the cells of a row are one line. shown: keys of the tables of a paper that
    is not the whole report: of other tables it says nothing."""
    lines: dict[tuple[str, str], None] = {}
    for key, answer in sorted(project.book.answers.items()):
        if not isinstance(answer, NotApplicable):
            continue
        parts = key.split("/")
        table = project.index.tables.get(parts[0])
        if table is not None and shown is not None and table.id not in shown:
            continue
        if key.startswith("indicator/") and len(parts) == 3 and project.system is not None:
            names = {one.id: one.name for one in system_table(project).indicators()}
            tables = {one.id for one in project.system.parts(project.table_id)}
            where = f"指标：{names.get(parts[2], parts[2])}" if parts[1] in tables else ""
        elif table is not None and len(parts) == 3 and table.rows is RowsKind.MONTHS:
            column = next((one for one in table.columns if one.id == parts[2]), None)
            where = f"{formal(table.title)}{f'：{formal(column.title)}' if column else ''}"
        elif table is not None and len(parts) == 3:
            where = f"{formal(table.title)}：{row_label(table, parts[1], project.book)}"
        elif key in project.index.places:
            where = project.index.label_of(key, project.book)
        else:
            where = ""
        if where:
            # The card of the screen says once for all that nothing of it is used.
            lines[where, reason_said(answer)] = None
    for key, answer in project.book.answers.items():
        why = _why_idle(project, key, answer)
        if why:
            lines[project.index.label_of(key, project.book), why] = None
    if not lines:
        return None
    lines = dict.fromkeys(one for one in lines if not _is_said_elsewhere(one, lines))
    columns = (Column("序", 0.7, Align.CENTRE), Column("项目", 5), Column("不适用的理由", 5))
    rows = tuple(
        Row((str(place), where, reason)) for place, (where, reason) in enumerate(lines, start=1)
    )
    table_of = Table("reasons", "不适用项及理由", columns, rows, size=Size.SMALL)
    return Chapter(
        "不适用项及理由",
        (Paragraph(("下列各项不适用或没有使用，理由见", Ref("reasons"), "。")), table_of),
    )


def _why_idle(project: AuditProject, key: str, answer: Answer) -> str:
    """The reason at the nought of an energy that is not used; "" of anything else."""
    if not key.startswith("energy.") or "/" in key or key not in project.index.places:
        return ""
    if not isinstance(answer, Given) or exact_of(answer.text) != 0:
        return ""
    return answer.note.strip().rstrip("。")


_BEHIND = "："  # of the table a row is of


def _is_said_elsewhere(line: tuple[str, str], lines: Iterable[tuple[str, str]]) -> bool:
    """「前两年的其他能源：煤 kg」 beside 「煤」 with the same reason."""
    where, reason = line
    return any(
        other != where
        and reason in (why, UNUSED)
        and where.split(" ")[0].endswith(f"{_BEHIND}{other}")
        for other, why in lines
    )


def explained_chapter(project: AuditProject) -> Chapter | None:
    """What the check-up warned of and the firm explained (app.checkup.concern: the answers under its REASONS)."""
    rows = tuple(
        Row((answer.raw or key, answer.text))
        for key, answer in sorted(project.book.answers.items())
        if key.startswith(f"{REASONS}/") and isinstance(answer, Given)
    )
    if not rows:
        return None
    columns = (Column("哪一处", 5), Column("企业的说明", 5))
    table = Table("explained", "需要说明的地方", columns, rows, size=Size.SMALL)
    return Chapter(
        "需要说明的地方",
        (Paragraph(("检查时提示、企业写明原因的，见", Ref("explained"), "。")), table),
    )


def open_chapter(document: Document) -> Chapter | None:
    """What a draft still lacks, place by place; None when nothing does."""
    counted = open_places(document)
    if not counted:
        return None
    rows = tuple(
        Row((str(place), where, Amount(Fraction(count), 0, "处")))
        for place, (where, count) in enumerate(counted.items(), start=1)
    )
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("所在章节和表", 8),
        Column("未填", 1.4, Align.NUMBER, "处"),
    )
    said = f"本稿共有 {sum(counted.values())} 处未填或因此不能确定，位置见"
    table = Table("open", "未填项清单", columns, rows, size=Size.SMALL)
    return Chapter(
        "未填项清单", (Paragraph((said, Ref("open"), "。补齐前不得作为送审稿。")), table)
    )
