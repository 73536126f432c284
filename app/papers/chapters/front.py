"""The pages before the contents: cover, responsibility and signatures, results at a glance."""

from collections.abc import Iterator
from datetime import date

from app.assessment.indicator_system import Verification
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.audit.front_door import KIND
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.forms.condition import holds
from app.forms.question import FigureStrip
from app.papers.answers import computed_cell, figure_title, is_voluntary
from app.papers.chapters.judgements import index_amount, limiting_rows, unchecked_note
from app.papers.document import (
    Align,
    Block,
    Bold,
    Column,
    Cover,
    FrontPage,
    LevelMark,
    Paragraph,
    Row,
    SealPlace,
    SealRow,
    SignatureBlock,
    SignatureLine,
    Signatures,
    Size,
    Sub,
    Table,
)

AT_A_GLANCE = (
    "energy.total", "energy.co2", "energy.per_area", "energy.per_value", "water.intake", "water.reuse",
    "water.closing_error", "voc.generated", "voc.emitted", "packaging.one_way", "packaging.per_output", "env.hazardous",
)  # fmt: skip


_COMPARE_PAGE = "compare"


def _compared(project: AuditProject) -> Iterator[str]:
    """What the field compares over three years: figures per guest, per night, per square metre coated."""
    for page in project.questionnaire.pages():
        for card in page.cards if page.id == _COMPARE_PAGE else ():
            if not holds(card.condition, project.book):
                continue
            for item in card.items:
                if isinstance(item, FigureStrip):
                    yield from item.quantities


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


def cover(project: AuditProject, name: str, flow: str, today: date) -> Cover:
    """today: printed as its month."""
    years = project.years
    industry = project.book.text("firm.industry")
    facts = [
        ("所属行业", industry or "未填"),
        ("所在地区", project.book.text("firm.place") or "未填"),
    ]
    if project.system is not None:
        facts.append(("评价依据", f"{project.system.title}"))
    if years:
        facts.append(("数据年份", f"{years[0]} 年至 {years[-1]} 年（基准年 {years[-1]} 年）"))
    seals = [SealPlace("企业名称（盖章）", name)]
    consultant = _consultant(project)
    if consultant:
        seals.append(SealPlace("咨询机构（盖章）", consultant))
    kind = _KINDS.get(project.book.text(KIND), "")
    subtitle = " · ".join(part for part in (flow, kind) if part)
    return Cover(
        name, "清洁生产审核报告", subtitle, tuple(facts), tuple(seals), _chinese_month(today)
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
    lines = (
        SignatureLine("法定代表人", legal),
        SignatureLine("审核组长", head[0], head[1]),
        # Nobody was asked who does these: to be written by hand.
        SignatureLine("编制", ""),
        SignatureLine("审核", ""),
        SignatureLine("批准", ""),
    )
    blocks = [SignatureBlock("企　业", name, lines, "企业公章")]
    consultant = _consultant(project)
    if consultant:
        duties = ("项目负责人", "审核人员", "技术审核", "批准")
        blank = tuple(SignatureLine(duty, "") for duty in duties)
        blocks.append(SignatureBlock("咨询机构", consultant, blank, "咨询机构公章"))
    who = "企业对本报告所用数据和资料的真实性负责"
    who += (
        "，咨询机构对审核过程、计算和结论负责。"
        if consultant
        else "，并对审核过程、计算和结论负责。"
    )
    return Signatures(who, tuple(blocks))


_PROMISE = (
    "本单位郑重承诺：提供给本次清洁生产审核的账单、台账、监测报告和其他资料真实、完整，没有隐瞒和伪造；"
    "方案的实施情况和绩效如实填报。如有不实，本单位承担相应的法律责任。"
)


def commitment(project: AuditProject) -> list[Block]:
    """The enterprise's promise, as a pointer to its page."""
    legal = project.book.text("firm.legal")
    who = f"法定代表人{legal}" if legal else "法定代表人"
    return [Paragraph((f"企业的真实性承诺书列于正文之前，由{who}签字并加盖公章。",))]


def promise_pages(project: AuditProject, name: str) -> tuple[FrontPage, ...]:
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
    people = _people_of_consultant(project)
    rules = project.law.title_of("audit-measures")
    rows = (
        Row(("机构名称", consultant)),
        Row(("参加本次审核的人员", people or "（由机构填写）")),
        Row(("人员证书编号", "（由机构填写，复印件附后）")),
        Row(("机构条件的证明", f"（《{rules}》对咨询机构的条件，证明材料附后）")),
    )
    columns = (Column("项目", 2.6), Column("内容", 6))
    page = FrontPage(
        "咨询机构资质",
        (
            Table("qualification", "咨询机构资质", columns, rows),
            SealRow((SealPlace("咨询机构（盖章）", consultant),), ("负责人（签字）", "日　期")),
        ),
    )
    return (promise, page)


def _people_of_consultant(project: AuditProject) -> str:
    """Members whose post says they come from the consultant."""
    book = project.book
    rows = book.row_ids("team.members")
    names = [
        book.text(f"team.members/{row}/name")
        for row in rows
        if "咨询" in book.text(f"team.members/{row}/post")
    ]
    return "、".join(names)


def results_page(project: AuditProject, assessment: Assessment | None) -> FrontPage:
    """Every figure an authority quotes, on one page."""
    lead = Paragraph(
        ("结论性数字集中列于本页，算式和用到的数见附录。",),
        indent=False,
    )
    rows: list[Row] = []
    if assessment is not None and assessment.level_range is not None:
        said = assessment.level_name if assessment.level is not None else "有未填项，只给范围"
        rows.append(
            Row(
                (
                    "清洁生产水平（审核前）",
                    LevelMark(assessment.level),
                    f"{said}{unchecked_note(assessment)}",
                )
            )
        )
        if project.system is not None:
            asked = {rule.level: rule.min_index for rule in project.system.method.levels}
            for level, interval in assessment.index_range.items():
                minimum = asked.get(level)
                note = "" if minimum is None else f"判定值 {display(minimum, 0)}"
                name = ("综合评价指数 Y", Sub(level.symbol))
                rows.append(Row((name, index_amount(level, interval), note)))
    for quantity_id in dict.fromkeys((*AT_A_GLANCE, *_compared(project))):
        if not is_asked(project, quantity_id):
            continue
        figure = project.derivation.figure(quantity_id)
        if figure.not_applicable or is_voluntary(project, figure):
            continue
        head = f"{figure_title(project, figure)}，{figure.unit}"
        rows.append(Row((head, computed_cell(figure), f"{project.base_year} 年")))
    blocks: list[Block] = [lead]
    if rows:
        columns = (Column("项目", 4), Column("结果", 2.4, Align.CENTRE), Column("说明", 4))
        blocks.append(Table("glance", "结果", columns, tuple(rows)))
    if assessment is not None:
        limiting = limiting_rows(project, assessment)
        if limiting:
            heads = (
                Column("序", 0.8, Align.CENTRE),
                Column("限定性指标", 4),
                Column("企业值或情况", 4),
                Column("级", 1, Align.CENTRE),
            )
            blocks.append(
                Table("glance.limiting", "限定性指标", heads, tuple(limiting), size=Size.SMALL)
            )
        if assessment.verification is not Verification.VERIFIED:
            words = "本稿判级所用的基准值尚未全部与原文核对。核对完成前，等级以“待核对”标示，不作为定稿。"
            blocks.append(Paragraph((Bold("基准值　"), words), indent=False))
    return FrontPage("审核结果一览", tuple(blocks))
