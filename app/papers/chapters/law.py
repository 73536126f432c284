"""The law an audit rests on: what was in force on the day it began, what changed afterwards, article by article."""

from collections.abc import Sequence

from app.audit.law import Citation, LawEdition, changes_meanwhile, crossed, in_force
from app.audit.project import AuditProject
from app.papers.answers import DASH, formal_sentence
from app.papers.document import Block, Column, Paragraph, Row, Section, Size, Table

# Matters of the law in the order of the table, with what they are called.
_MATTERS = (
    ("trigger.exceeding", "强制性审核：超标、超总量"),
    ("trigger.over_quota", "强制性审核：超能耗限额"),
    ("trigger.toxic", "强制性审核：有毒有害"),
    ("trigger.other", "强制性审核：其他情形"),
    ("interval.toxic", "审核间隔"),
    ("voluntary", "自愿审核"),
    ("agreement", "自愿协议"),
    ("waste.audit", "工业固体废物"),
    ("result.report", "结果报告和公开"),
    ("result.use", "结果的用途"),
    ("acceptance.fee", "评估验收费用"),
    ("audit.cost", "审核和培训费用"),
    ("fine.audit", "不实施审核的责任"),
    ("fine.publish", "不公布信息的责任"),
)
_VOC = (
    ("voc.low", "低 VOCs 原辅材料"),
    ("voc.closed", "VOCs 收集和治理"),
    ("fine.voc", "VOCs 方面的责任"),
)
_PACKAGING = (
    ("packaging.excess", "过度包装"),
    ("packaging.express", "电商、快递、外卖包装"),
    ("fine.packaging", "过度包装的责任"),
)


def rests_on(law: LawEdition) -> str:
    """「本次审核按《…》和《…》开展」; while the day of the start is open, with the days of either law."""
    named = [f"《{one.title}》" for one in law.base]
    if not named:
        return "本次审核所依据的法律没有收录"
    if law.is_settled:
        return f"本次审核按{'、'.join(named[:-1])}{'和' if named[:-1] else ''}{named[-1]}开展"
    dated = []
    for one, name in zip(law.base, named, strict=True):
        if one.until:
            dated.append(f"{name}（{one.until} 以前启动的审核）")
        else:
            dated.append(f"{name}（{one.starts} 起启动的审核）" if one.starts else name)
    return f"审核启动日期未填，适用的法律未定：{'、'.join(dated)}。本次审核"


def law_changes(project: AuditProject) -> list[Block]:
    """A sentence for each change of law between the start of the audit and its end."""
    return [
        Paragraph(
            (
                f"本次审核于 {project.law_edition.day} 启动，适用当时有效的《{change.before.title}》。自 {change.day} 起，"
                f"《{change.after.title}》施行，《{change.before.title}》废止；该日以后的报告、公开和评估验收，"
                "对应条文按新法核对，以主管部门要求为准。",
            )
        )
        for change in crossed(project.law_edition, project.book)
    ]


def law_doubts(law: LawEdition) -> list[Block]:
    """What of the bases the day of the audit may have left behind; nothing while all of them surely hold."""
    said = [
        f"《{one.title}》{one.doubt}"
        for one in law.base
        if one.doubt and (not law.day or law.day >= one.doubt_from)
    ]
    return [Paragraph((f"{'；'.join(said)}；以主管部门现行要求为准。",))] if said else []


def law_table(project: AuditProject) -> list[Block]:
    """What the law says about each matter of this audit; what is open says so."""
    law = project.law_edition
    industrial = project.questionnaire.id == "industry"
    matters = [one for one in _MATTERS if industrial or one[0] != "waste.audit"]
    if project.book.text("voc.used") == "yes":
        matters += _VOC
    if project.book.text("packaging.used") == "yes":
        matters += _PACKAGING
    named = [(role, name) for role, name in matters if law.cite(role).text]
    if not named:
        return []
    changes = changes_meanwhile(law, project.book)
    later = in_force(project.law, changes[-1].day) if changes else None
    new = {role: later.cite(role).marked for role, _ in named} if later is not None else {}
    has_new = any(new[role] and new[role] != law.cite(role).marked for role in new)
    rows = [
        Row(
            (
                name,
                _said(law.cite(role)),
                law.cite(role).marked or DASH,
                *((new[role] or DASH,) if has_new else ()),
            )
        )
        for role, name in named
    ]
    columns: tuple[Column, ...] = (
        Column("事项", 1.8),
        Column("要点", 4.4),
        Column("依据", 2.4),
        *((Column(f"{changes[-1].day} 起", 2.4),) if has_new else ()),
    )
    ended = _ended_meanwhile(project, [one[0] for one in matters])
    ended += _editions(law, [one[0] for one in matters])
    note = f"按 {law.day} 有效的文本摘要。" if law.day else "审核启动日期未填，两部法的条文都列出。"
    table = Table(
        "law",
        "适用的法律条文",
        columns,
        tuple(rows),
        notes=((f"{note}条文为摘要，以原文为准。{ended}",),),
        size=Size.SMALL,
    )
    return [Section("适用的法律条文"), table]


def _editions(law: LawEdition, roles: Sequence[str]) -> str:
    """The editions of every law cited, as far as they are known, as one sentence."""
    cited = {one.law for role in roles for one in law.all_of(role)}
    known = [f"{one.short}，{one.edition}" for one in law.laws if one.id in cited and one.edition]
    return f"所引版本：{'；'.join(known)}。" if known else ""


def _said(cited: Citation) -> str:
    text = formal_sentence(cited.text)
    if not cited.open or cited.open == cited.text:
        return text
    return f"{text}。待定：{cited.open}"


def _ended_meanwhile(project: AuditProject, roles: Sequence[str]) -> str:
    """Which of the laws cited beside the bases ended before the audit does, and what took their place; "" for none."""
    law = project.law_edition
    cited = {one.law for role in roles for one in law.all_of(role)} - {one.id for one in law.base}
    told: dict[tuple[str, str], list[str]] = {}
    for change in changes_meanwhile(law, project.book):
        if change.before.id in cited:
            place = (change.day, change.after.title)
            told.setdefault(place, []).append(f"《{change.before.title}》")
    return "".join(
        f"{'、'.join(names)}自 {day} 起废止，由《{after}》代替；“—”为未查得对应条文。"
        for (day, after), names in told.items()
    )
