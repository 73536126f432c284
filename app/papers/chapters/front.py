"""The pages before the contents: cover, responsibility and signatures, results at a glance."""

from datetime import date

from app.audit.front_door import KIND
from app.audit.project import AuditProject
from app.papers.digits import told_days
from app.papers.document import (
    Block,
    Column,
    Cover,
    FrontPage,
    Paragraph,
    Picture,
    Purpose,
    Row,
    SealPlace,
    SealRow,
    SignatureBlock,
    SignatureLine,
    Signatures,
    Table,
)
from app.papers.template import Template, picture_size

_KINDS = {
    "voluntary": "自愿性审核",
    "exceeding": "强制性审核（双超）",
    "over_quota": "强制性审核（超能耗限额）",
    "toxic": "强制性审核（双有）",
}


_CHINESE_DIGITS = "〇一二三四五六七八九"


def _chinese_month(day: date) -> str:
    year = "".join(_CHINESE_DIGITS[int(digit)] for digit in str(day.year))
    month = (
        "十"
        if day.month == 10
        else f"十{_CHINESE_DIGITS[day.month - 10]}"
        if day.month > 10
        else _CHINESE_DIGITS[day.month]
    )
    return f"{year}年{month}月"


def _consultant(project: AuditProject) -> str:
    """Name of the consultant, "" when the firm audits alone."""
    return "" if project.book.text("team.mode") == "own" else project.book.text("team.consultant")


def last_planned_day(project: AuditProject) -> str:
    """The last day of the work plan, ISO; "" while none is told."""
    book = project.book
    days = [book.text(f"team.plan/{row}/end") for row in ("a", "b", "c", "d", "e")]
    return max((day for day in days if day), default="")


def audit_period(project: AuditProject, day: str) -> str:
    """「2026-05-10 至 2026-11-20（计划）」, "" while the start is not told. day: of the paper, ISO, "" = not told; a plan that ends
    behind it is named as one, a plan that had ended before it is left out: this paper was still to come."""
    started, ends = project.book.text("team.start"), last_planned_day(project)
    if not started or not ends or (day and ends < day):
        return f"{started} 起" if started else ""
    return f"{started} 至 {ends}{'（计划）' if ends > day else ''}"


def seal_places(project: AuditProject, name: str) -> tuple[SealPlace, ...]:
    """Of the firm and of its consultant, if it has one."""
    seals = [SealPlace("企业名称（盖章）", name)]
    consultant = _consultant(project)
    if consultant:
        seals.append(SealPlace("咨询机构（盖章）", consultant))
    return tuple(seals)


def cover(
    project: AuditProject,
    name: str,
    flow: str,
    today: date,
    purpose: Purpose = Purpose.AUDIT,
    template: Template | None = None,
) -> Cover:
    """today: printed as its month."""
    years = project.years
    industry = project.book.text("firm.industry")
    facts = [
        ("所属行业", industry or "未填"),
        ("所在地区", project.book.text("firm.place") or "未填"),
    ]
    if project.system is not None:
        facts.append(("评价依据", f"{project.system.title}"))
    period = audit_period(project, today.isoformat())
    if period:
        facts.append(("审核期间", told_days(period)))
    if years:
        facts.append(("数据年份", f"{years[0]} 年至 {years[-1]} 年（基准年 {years[-1]} 年）"))
    kind = _KINDS.get(project.book.text(KIND), "")
    version = "评估" if purpose is Purpose.EVALUATION else ""
    subtitle = " · ".join(part for part in (version, flow, kind) if part)
    title = "清洁生产审核验收报告" if purpose is Purpose.ACCEPTANCE else "清洁生产审核报告"
    logo = None
    if template is not None:
        facts += [*template.cover, *([("份数", template.copies)] if template.copies else [])]
        size = picture_size(template.logo) if template.logo else None
        logo = Picture(template.logo, *size) if size else None
    return Cover(
        name, title, subtitle, tuple(facts), seal_places(project, name), _chinese_month(today), logo
    )


def signatures(project: AuditProject, name: str) -> Signatures:
    """Names where they are known; the rest is written by hand."""
    book = project.book
    legal = book.text("firm.legal")
    members = [
        (
            book.text(f"team.members/{row}/name"),
            book.text(f"team.members/{row}/post"),
            book.text(f"team.members/{row}/role"),
        )
        for row in book.row_ids("team.members")
    ]
    head = next((one for one in members if one[2] == "head"), ("", "", ""))
    signers = [
        (
            duty,
            book.text(f"team.signers/{row}/name").strip(),
            book.text(f"team.signers/{row}/post").strip(),
        )
        for row, duty in (("write", "编制"), ("check", "审核"), ("approve", "批准"))
    ]
    lines = (
        SignatureLine("法定代表人", legal),
        SignatureLine("审核组长", head[0], head[1]),
        # Blank where nobody told: to be written by hand.
        *(SignatureLine(duty, who, post) for duty, who, post in signers),
    )
    blocks = [SignatureBlock("企　业", name, lines, "企业公章")]
    consultant = _consultant(project)
    if consultant:
        blocks.append(
            SignatureBlock("咨询机构", consultant, _of_consultant(project), "咨询机构公章")
        )
    who = "企业对本报告所用数据和资料的真实性负责"
    if consultant and book.text("team.mode") != "consultant":
        who += "，并对审核过程和结论负责；咨询机构对所提供的技术咨询负责。"
    elif consultant:
        who += "，咨询机构对审核过程、计算和结论负责。"
    else:
        who += "，并对审核过程、计算和结论负责。"
    return Signatures(who, tuple(blocks))


_DUTIES = {"lead": "项目负责人", "auditor": "审核人员", "check": "技术审核", "approve": "批准"}
_CONSULTANTS = "team.consultants"


def _of_consultant(project: AuditProject) -> tuple[SignatureLine, ...]:
    """Who of the consultant did what, with the number of the certificate; a line to be filled in for a duty nobody has."""
    book = project.book
    told: dict[str, list[SignatureLine]] = {}
    for row in book.row_ids(_CONSULTANTS):
        name = book.text(f"{_CONSULTANTS}/{row}/name").strip()
        role = book.text(f"{_CONSULTANTS}/{row}/role") or "auditor"
        if name:
            line = SignatureLine(
                _DUTIES[role], name, book.text(f"{_CONSULTANTS}/{row}/certificate").strip()
            )
            told.setdefault(role, []).append(line)
    if not told:
        told["auditor"] = [
            SignatureLine(_DUTIES["auditor"], one) for one in _people_of_consultant(project)
        ]
        told = {role: lines for role, lines in told.items() if lines}
    return tuple(
        line for role, duty in _DUTIES.items() for line in told.get(role, [SignatureLine(duty, "")])
    )


_PROMISE = (
    "本单位郑重承诺：提供给本次清洁生产审核的账单、台账、监测报告和其他资料真实、完整，没有隐瞒和伪造；"
    "方案的实施情况和绩效如实填报。如有不实，本单位承担相应的法律责任。"
)


def commitment(project: AuditProject) -> list[Block]:
    """The enterprise's promise, as a pointer to its page."""
    legal = project.book.text("firm.legal")
    who = f"法定代表人{legal}" if legal else "法定代表人"
    return [Paragraph((f"企业的真实性承诺书列于正文之前，由{who}签字并加盖公章。",))]


def promise_pages(
    project: AuditProject, name: str, template: Template | None = None
) -> tuple[FrontPage, ...]:
    """真实性承诺书, and with a consultant the page for its qualification."""
    lines = ("法定代表人（签字）", "日　期")
    promise = FrontPage(
        "真实性承诺书",
        (
            Paragraph((_PROMISE,)),
            SealRow((SealPlace("企业名称（盖章）", name),), lines),
            Paragraph(("注：文字为常用写法；主管部门有统一格式的，以其格式为准。",), indent=False),
        ),
    )
    consultant = _consultant(project)
    if not consultant:
        return (promise,)
    rules = project.law.title_of("audit-measures")
    people = [line for line in _of_consultant(project) if line.name]
    duties: dict[str, list[str]] = {}
    for line in people:
        duties.setdefault(line.name, []).append(line.duty)
    named = "；".join(f"{name}（{'、'.join(done)}）" for name, done in duties.items())
    numbers = "；".join(dict.fromkeys(f"{one.name} {one.post}" for one in people if one.post))
    rows = (
        Row(("机构名称", consultant)),
        Row(("人员和分工", named)),
        Row(("人员证书编号", numbers)),
        Row(("附件", f"人员证书复印件，《{rules}》对咨询机构所列条件的证明材料")),
    )
    by_hand = (
        () if named and numbers else (Paragraph(("注：空白处由咨询机构手写。",), indent=False),)
    )
    columns = (Column("项目", 2.6), Column("内容", 6))
    page = FrontPage(
        "咨询机构资质",
        (
            *(Paragraph((text,)) for text in (template.qualification if template else ())),
            Table("qualification", "咨询机构资质", columns, rows),
            *by_hand,
            SealRow((SealPlace("咨询机构（盖章）", consultant),), ("负责人（签字）", "日　期")),
        ),
    )
    return (promise, page)


def _people_of_consultant(project: AuditProject) -> list[str]:
    """Members whose post says they come from the consultant."""
    book = project.book
    return [
        book.text(f"team.members/{row}/name")
        for row in book.row_ids("team.members")
        if "咨询" in book.text(f"team.members/{row}/post")
    ]
