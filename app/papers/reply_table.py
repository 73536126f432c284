"""修改对照表: every opinion of the reviewers with what stood there, what stands there now, the reply and the page."""

from collections.abc import Mapping, Sequence
from datetime import date

from app.audit.project import AuditProject
from app.audit.review import Opinion, Reply
from app.papers.document import (
    Column,
    Document,
    Paragraph,
    Row,
    SealPlace,
    SealRow,
    Sheet,
    Size,
    Table,
)
from app.papers.places import Place, shown_change
from app.papers.single import NO_NAME, single_paper

_TITLE = "审核报告修改对照表"
_MOST = 600  # characters of a side; the paper itself has the whole


def reply_table(
    project: AuditProject,
    opinions: Sequence[Opinion],
    there: Mapping[str, Place],
    pages: Mapping[str, str],
    today: date,
) -> Document:
    """The table as a paper. there, pages: by id of the opinion, its place and printed page in the paper of now."""
    name = project.book.text("firm.name") or NO_NAME
    rows = tuple(
        _row(at, one, there.get(one.id), pages.get(one.id, ""))
        for at, one in enumerate(opinions, 1)
    )
    columns = (
        Column("序号", 0.5),
        Column("审阅意见", 2.4),
        Column("修改前", 2.4),
        Column("修改后", 2.4),
        Column("修改说明", 2.2),
        Column("页码", 0.7),
    )
    open_ones = sum(1 for one in opinions if not one.is_settled)
    editions = sorted({one.edition for one in opinions if one.edition})
    lead = f"共 {len(opinions)} 条意见"
    lead += f"，其中 {open_ones} 条还没有改完。" if open_ones else "，已逐条答复。"
    if editions:
        lead += f"意见所依据的版本：{'、'.join(editions)}。"
    lead += f"「修改后」和页码取自 {today.isoformat()} 的报告。"
    seals = (SealPlace("编制单位（盖章）", project.book.text("team.consultant") or name),)
    blocks = (
        Paragraph((lead,), indent=False),
        Table("replies", "", columns, rows, size=Size.SMALL, sheet=Sheet.LANDSCAPE),
        SealRow(seals, ("填表人", "复核人", "日　期")),
    )
    return single_paper(project, _TITLE, blocks, today, Sheet.LANDSCAPE)


def _row(number: int, one: Opinion, place: Place | None, page: str) -> Row:
    said = (
        f"{one.text}\n（{'，'.join(part for part in (one.author, one.day, _where(one)) if part)}）"
    )
    before, after = _sides(one, place)
    reply = one.reply or one.state.value
    if one.state is Reply.DECLINED:
        reply = f"不采纳：{one.reply}"
    elif one.state is Reply.DOING and one.reply:
        reply = f"{one.reply}（在改）"
    return Row((str(number), said, before, after, reply, page or "—"))


def _where(one: Opinion) -> str:
    return f"{one.where}，第 {one.page} 页" if one.where and one.page else one.where


def _sides(one: Opinion, place: Place | None) -> tuple[str, str]:
    if not one.place:
        return "对全文的意见", "—"
    if place is None:
        return _short(one.before), "原处已删去"
    before, after = shown_change(one.before, place.words)
    if one.before == place.words:
        return _short(before), "未改动"
    return _short(before), _short(after)


def _short(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}……"
