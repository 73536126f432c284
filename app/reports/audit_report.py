"""The audit report: which chapters, in which order, from one project and its assessment. Nothing here computes a figure.

To add a chapter: a function that returns a Chapter, and its line in `build_report`.
The outline is the program's own for the simplified flow (no bureau's form was read); see resources of the design.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from app import __version__
from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Family, Verification
from app.assessment.numbers import display
from app.assessment.result import Assessment
from app.audit.balance import USUAL_ERROR_PERCENT, water_balance
from app.audit.charts.build import year_chart
from app.audit.front_door import KIND, SIMPLIFIED
from app.audit.project import AuditProject
from app.audit.self_check import CAUTION, HEADING, is_asked, is_reference, self_check
from app.audit.wording import level_name
from app.errors import Problem, UserError
from app.forms.answer import Given
from app.forms.derive import row_label
from app.forms.question import Page, RowsKind, TableQuestion
from app.reports.answer_tables import answers_tables
from app.reports.answers import (
    DASH,
    computed_cell,
    figure_title,
    formal,
    formal_sentence,
    is_voluntary,
)
from app.reports.digits import number
from app.reports.document import (
    Align,
    Attachment,
    Block,
    Bold,
    Cell,
    Chapter,
    Column,
    Cover,
    Document,
    Figure,
    FrontPage,
    LevelMark,
    Paragraph,
    Ref,
    Row,
    SealPlace,
    Section,
    SignatureBlock,
    SignatureLine,
    Signatures,
    Size,
    State,
    Table,
)
from app.reports.question_pages import page_blocks
from app.reports.scoring import (
    calculation_chapter,
    comparison_table,
    derivation_chapter,
    gap_blocks,
    limiting_rows,
    result_blocks,
    sources_chapter,
    system_table,
    unchecked_note,
)
from app.reports.walk import open_places

# Quantities of the three-year table, in print order; those a question set does not ask for are left out.
YEARLY = (
    "product.value", "plating.area",
    "energy.electricity", "energy.gas", "energy.diesel_used", "energy.heat_used", "energy.lpg_used",
    "energy.gasoline_used", "energy.coal_used", "energy.total", "energy.co2", "energy.per_value", "energy.per_area",
    "water.intake", "water.per_value", "water.per_area", "env.hazardous", "env.general_waste",
)  # fmt: skip
AT_A_GLANCE = (
    "energy.total", "energy.co2", "energy.per_area", "energy.per_value", "water.intake", "water.reuse",
    "water.closing_error", "voc.generated", "voc.emitted", "packaging.one_way", "packaging.per_output", "env.hazardous",
)  # fmt: skip
CHARTED = ("energy.electricity", "energy.gas", "energy.total", "water.intake")
_KINDS = {
    "voluntary": "自愿性审核",
    "exceeding": "强制性审核（双超）",
    "over_quota": "强制性审核（超能耗限额）",
    "toxic": "强制性审核（双有）",
}
_CHINESE_DIGITS = "〇一二三四五六七八九"
_NOT_IN_CHAPTER_2 = ("profile", "team", "products")


def build_report(
    project: AuditProject, assessment: Assessment | None, *, state: State, today: date
) -> Document:
    """The report of one audit as plain data.

    assessment: None for a firm no indicator system fits; then nothing in it speaks of a level.
    UserError when `state` is 定稿 and the level rests on a threshold nobody has compared with the original.
    """
    if state is State.FINAL:
        _refuse_unverified(assessment)
    name = project.book.text("firm.name") or "（企业名称未填）"
    # Only what the list says; where it is not clear the paper names no flow.
    flow = {"yes": "简易流程", "no": "常规流程"}.get(project.book.text(SIMPLIFIED), "")
    paper = f"清洁生产审核报告（{flow}）" if flow else "清洁生产审核报告"
    document = Document(
        title=f"{name}{paper}{state.value}",
        enterprise=name,
        state=state,
        head_left=paper,
        head_right=name,
        foot=f"{state.value}　未封存",
        cover=_cover(project, name, flow, today),
        signatures=_signatures(project, name),
        front=(_results_page(project, assessment),),
        chapters=_chapters(project, assessment),
        appendices=_appendices(project, assessment),
        attachments=(_data_attachment(project, assessment),),
        keywords=("清洁生产审核", name, f"cleanaudit {__version__}"),
        author=name,
    )
    still_open = _open_chapter(document) if state is State.DRAFT else None
    if still_open is None:
        return document
    return replace(document, appendices=(*document.appendices, still_open))


def _refuse_unverified(assessment: Assessment | None) -> None:
    if assessment is None or assessment.level is None:
        raise UserError(Problem("定稿", "等级还没有定", "补齐没填的指标再出定稿"))
    unchecked = sum(
        1 for one in assessment.judgements if one.verification is not Verification.VERIFIED
    )
    if unchecked:
        raise UserError(
            Problem(
                "定稿",
                f"还有 {unchecked} 项基准值没有拿原文核对过",
                "逐行核对后再出定稿；现在可以出草稿或送审稿",
            )
        )


# ------------------------------------------------------------------ cover and signatures


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


def _cover(project: AuditProject, name: str, flow: str, today: date) -> Cover:
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


def _signatures(project: AuditProject, name: str) -> Signatures:
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
    return Signatures(who + "签字人已阅读全文。", tuple(blocks))


# ------------------------------------------------------------------ results at a glance


def _results_page(project: AuditProject, assessment: Assessment | None) -> FrontPage:
    lead = Paragraph(
        ("结论性数字集中列于本页。正文和附录中的同名数字由同一份数据生成，彼此一致。",),
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
                text = display(interval.low, 2)
                if not interval.is_point:
                    text = f"{display(interval.low, 2)}～{display(interval.high, 2)}"
                minimum = asked.get(level)
                note = "" if minimum is None else f"判定值 {display(minimum, 0)}"
                rows.append(Row((f"综合评价指数 Y{level.symbol}", text, note)))
    for quantity_id in AT_A_GLANCE:
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


# ------------------------------------------------------------------ chapters


def _chapters(project: AuditProject, assessment: Assessment | None) -> tuple[Chapter, ...]:
    pages = {page.id: page for page in project.questionnaire.pages()}
    drawn: set[str] = set()
    measures = _page_section(project, pages.get("measures"), "方案清单")
    return (
        Chapter("审核准备", _once(_preparation(project, pages), drawn)),
        Chapter("企业现状", _once(_present_state(project, pages), drawn)),
        Chapter("问题诊断与对标", _once(_diagnosis(project, assessment, pages), drawn)),
        *([Chapter("清洁生产方案", _once(measures, drawn))] if measures else []),
        Chapter("持续清洁生产与结论", _once(_closing(project, assessment, pages), drawn)),
    )


def _once(blocks: Iterable[Block], drawn: set[str]) -> tuple[Block, ...]:
    """The blocks without figures that stand earlier already (a page may show again what another shows); what refers to
    one then refers to the earlier. Adds to `drawn`."""
    kept = []
    for block in blocks:
        if isinstance(block, Figure):
            if block.key in drawn:
                continue
            drawn.add(block.key)
        kept.append(block)
    return tuple(kept)


def _page_section(project: AuditProject, page: Page | None, title: str = "") -> list[Block]:
    """A question page as a section; nothing when it has nothing to say."""
    if page is None or page.kind != "form":
        return []
    blocks = page_blocks(project, page)
    return [Section(title or formal(page.short)), *_with_lead(blocks, page)] if blocks else []


def _with_lead(blocks: list[Block], page: Page) -> list[Block]:
    """A sentence that names the tables of the section before they stand."""
    tables = [block.key for block in blocks if isinstance(block, Table)]
    figures = [block.key for block in blocks if isinstance(block, Figure)]
    if not tables and not figures:
        return blocks
    between = ("和",) if tables and figures else ()
    refs = (*_ref_range(tables), *between, *_ref_range(figures))
    return [Paragraph((f"{formal(page.short)}的情况见", *refs, "。")), *blocks]


def _ref_range(keys: list[str]) -> tuple[str | Ref, ...]:
    """「表 2-2～表 2-8」; the keys follow one another on the paper."""
    if len(keys) <= 1:
        return tuple(Ref(key) for key in keys)
    return (Ref(keys[0]), "、" if len(keys) == 2 else "～", Ref(keys[-1]))


def _preparation(project: AuditProject, pages: dict[str, Page]) -> list[Block]:
    against = "与行业清洁生产评价指标体系对照"
    if project.system is None:
        against = "与本企业近三年的水平比较；没有选用行业清洁生产评价指标体系"
    blocks: list[Block] = [
        Section("审核依据与说明"),
        Paragraph(
            (
                "本次审核按《中华人民共和国清洁生产促进法》和《清洁生产审核办法》开展，结合《广东省全面推行清洁生产实施方案（2023—2025年）》的要求，"
                f"对能源、水、原辅材料、挥发性有机物和包装逐项核算，并{against}。",
            )
        ),
        Paragraph(
            (
                "报告中的数字均由账单、台账和现场记录逐级算出，来历列于附录。未填、不适用和零分别标示；基准值的来源和核对情况列于附录。"
                "本报告的章节安排为软件自定版式，未经主管部门确认。",
            )
        ),
    ]
    blocks += _page_section(project, pages.get("team"), "审核小组、计划与培训")
    return blocks


def _present_state(project: AuditProject, pages: dict[str, Page]) -> list[Block]:
    blocks: list[Block] = []
    blocks += _page_section(project, pages.get("profile"), "企业概况")
    blocks += _page_section(project, pages.get("products"))
    blocks += _three_years(project)
    stage_a = project.questionnaire.stages[0].pages
    for page in stage_a:
        if page.id not in _NOT_IN_CHAPTER_2:
            blocks += _page_section(project, page)
    return blocks


def _three_years(project: AuditProject) -> list[Block]:
    """Output, energy, water and waste of three years with their unit values; every figure from the bills."""
    if not project.years:
        return []
    rows = []
    for quantity_id in YEARLY:
        if not is_asked(project, quantity_id):
            continue
        figures = [project.derivation.figure(quantity_id, year) for year in project.years]
        if all(figure.not_applicable for figure in figures) or all(
            figure.value == 0 for figure in figures
        ):
            continue
        change: Cell = "—"
        first, last = figures[0].value, figures[-1].value
        if first and last is not None:
            change = _signed_percent((last - first) * 100 / first)
        rows.append(
            Row(
                (
                    figure_title(project, figures[-1]),
                    figures[-1].unit,
                    *(computed_cell(figure) for figure in figures),
                    change,
                )
            )
        )
    if not rows:
        return []
    years = project.years
    columns = (
        Column("项目", 3),
        Column("单位", 1.5, Align.CENTRE),
        *(Column(f"{year} 年", 1.8, Align.NUMBER) for year in years),
        Column("变化", 1.3, Align.NUMBER, "%"),
    )
    notes = (
        (
            f"注：变化为 {years[-1]} 年比 {years[0]} 年。综合能耗按当量值折标，系数及来源见附录；全为零或不适用的能源未列。",
        ),
    )
    table = Table("years", "近三年产出与能源、水消耗", columns, tuple(rows), notes)
    blocks: list[Block] = [Section("近三年产出与资源能源消耗")]
    chart = year_chart(project, tuple(one for one in CHARTED if is_asked(project, one)))
    refs: tuple[str | Ref, ...] = (
        (Ref("years.chart"), "和", Ref("years")) if chart is not None else (Ref("years"),)
    )
    blocks.append(Paragraph(("三年的产出、能源和水消耗由各年账单逐月合计得到，见", *refs, "。")))
    if chart is not None:
        blocks.append(
            Figure("years.chart", "近三年能源和水消耗", chart, (("注：实心为基准年。",),))
        )
    return [*blocks, table]


def _signed_percent(value: Fraction) -> str:
    text = number(value, 1)
    return f"+{text}" if value > 0 else text


def _diagnosis(
    project: AuditProject, assessment: Assessment | None, pages: dict[str, Page]
) -> list[Block]:
    blocks: list[Block] = []
    if assessment is not None and project.system is not None and is_reference(project.system):
        blocks += _self_check(project)
        blocks.append(comparison_table(project, assessment))
    elif assessment is not None and project.system is not None:
        blocks += result_blocks(project, assessment)
        blocks.append(comparison_table(project, assessment))
        blocks += gap_blocks(project, assessment)
    else:
        blocks += _self_check(project)
    blocks += _balances(project, pages.get("balances"))
    blocks += _page_section(project, pages.get("causes"), "八个方面原因分析")
    blocks += _page_section(project, pages.get("focus"), "审核重点与清洁生产目标")
    return blocks


def _self_check(project: AuditProject) -> list[Block]:
    """Three years, the best of them and the distance to it; no level."""
    blocks: list[Block] = [Section(HEADING), Paragraph((formal_sentence(CAUTION),))]
    rows = []
    for one in self_check(project):
        best: Cell = DASH if one.best is None else number(one.best, one.decimals)
        behind: Cell = DASH
        if one.behind is not None:
            behind = "最好" if one.behind == 0 else number(one.behind, 1)
        rows.append(
            Row(
                (
                    figure_title(project, one.figures[-1]),
                    one.unit,
                    *map(computed_cell, one.figures),
                    best,
                    str(one.best_year or DASH),
                    behind,
                )
            )
        )
    if not rows:
        blocks.append(Paragraph(("三年的产出、能源和水还没有填，没有可比的数。",)))
        return blocks
    columns = (
        Column("项目", 3),
        Column("单位", 1.6, Align.CENTRE),
        *(Column(f"{year} 年", 1.6, Align.NUMBER) for year in project.years),
        Column("最好", 1.6, Align.NUMBER),
        Column("哪一年", 1.2, Align.CENTRE),
        Column("差距", 1.2, Align.NUMBER, "%"),
    )
    notes = (("注：差距为基准年比三年中最好一年差多少；单位产品、面积、人次的量越小越好。",),)
    blocks.append(Paragraph(("各项与三年中最好一年的距离见", Ref("self"), "。")))
    blocks.append(
        Table("self", "与本企业三年中最好一年比较", columns, tuple(rows), notes, Size.SMALL)
    )
    return blocks


def _balances(project: AuditProject, page: Page | None) -> list[Block]:
    blocks = _page_section(project, page, "水、物料和能量平衡")
    if not blocks or not is_asked(project, "water.closing_error"):
        return blocks  # no meter of what goes out: the balance cannot be closed
    balance = water_balance(project)
    if balance.closing_error.value is None or balance.gap.value is None:
        return blocks
    parts = "，".join(
        f"{formal(part.title)} {number(part.figure.value, 0)} m³（{display(part.percent or Fraction(0), 2)}%）"
        for part in balance.parts
        if part.figure.value is not None
    )
    within = "在" if balance.within else "超出"
    said = (
        f"取水 {number(balance.intake.value or Fraction(0), 0)} m³，去向合计 {number(balance.out.value or Fraction(0), 0)} m³，"
        f"差额 {number(balance.gap.value, 0)} m³，闭合差 {display(balance.closing_error.value, 2)}%，"
        f"{within} ±{USUAL_ERROR_PERCENT}% 的习惯范围内。其中{parts}。差额照实列出，没有分摊。"
    )
    return [blocks[0], Paragraph((said,)), *blocks[1:]]


def _closing(
    project: AuditProject, assessment: Assessment | None, pages: dict[str, Page]
) -> list[Block]:
    blocks = _page_section(project, pages.get("continuing"), "持续清洁生产")
    blocks.append(Section("结论"))
    if assessment is not None and assessment.level is not None:
        said = f"审核前清洁生产水平为{level_name(assessment.level)}"
        said += f"（{assessment.level_name}）" if assessment.level_name else ""
        indexes = "，".join(
            f"Y{level.symbol} {display(interval.low, 2)}"
            for level, interval in assessment.index_range.items()
            if interval.is_point
        )
        tail = f"；综合评价指数{indexes}" if indexes else ""
        blocks.append(Paragraph((said, unchecked_note(assessment), f"{tail}。")))
    elif assessment is not None and assessment.level_range is not None:
        best, worst = assessment.level_range
        said = f"还有 {len(assessment.missing)} 项指标未填，等级未定，介于{level_name(best)}与{level_name(worst)}之间。"
        blocks.append(Paragraph((said,)))
    else:
        blocks.append(Paragraph(("本报告不评定清洁生产等级。",)))
    figures = [
        f"{figure_title(project, figure)} {number(figure.value, figure.decimals)} {figure.unit}"
        for quantity_id in (
            "energy.total",
            "energy.co2",
            "water.intake",
            "voc.emitted",
            "env.hazardous",
        )
        if is_asked(project, quantity_id)
        for figure in (project.derivation.figure(quantity_id),)
        if figure.value is not None
    ]
    if figures:
        blocks.append(Paragraph((f"{project.base_year} 年{'，'.join(figures)}。",)))
    return blocks


# ------------------------------------------------------------------ appendices


def _appendices(project: AuditProject, assessment: Assessment | None) -> tuple[Chapter, ...]:
    chapters: list[Chapter] = []
    has_index = project.system is not None and project.system.method.family is Family.LEVEL_INDEX
    if assessment is not None and has_index:
        chapters.append(calculation_chapter(project, assessment))
    for made in (derivation_chapter(project, assessment), sources_chapter(project, assessment)):
        if made is not None:
            chapters.append(made)
    bills = _bills_chapter(project)
    if bills is not None:
        chapters.append(bills)
    reasons = _reasons_chapter(project)
    if reasons is not None:
        chapters.append(reasons)
    return tuple(chapters)


def _reasons_chapter(project: AuditProject) -> Chapter | None:
    """Everything said to be 不适用, with its reason; the cells of a row are one line."""
    lines: dict[tuple[str, str], None] = {}
    for key, answer in sorted(project.book.answers.items()):
        if not isinstance(answer, NotApplicable):
            continue
        parts = key.split("/")
        table = project.index.tables.get(parts[0])
        if key.startswith("indicator/") and len(parts) == 3 and project.system is not None:
            names = {one.id: one.name for one in system_table(project).indicators()}
            tables = {one.id for one in project.system.parts(project.table_id)}
            where = f"指标：{names.get(parts[2], parts[2])}" if parts[1] in tables else ""
        elif table is not None and len(parts) == 3:
            where = f"{formal(table.title)}：{row_label(table, parts[1], project.book)}"
        elif key in project.index.places:
            where = project.index.label_of(key, project.book)
        else:
            where = ""
        if where:
            lines[where, answer.reason] = None
    if not lines:
        return None
    columns = (Column("序", 0.7, Align.CENTRE), Column("项目", 5), Column("不适用的理由", 5))
    rows = tuple(
        Row((str(place), where, reason)) for place, (where, reason) in enumerate(lines, start=1)
    )
    table_of = Table("reasons", "不适用项及理由", columns, rows, size=Size.SMALL)
    return Chapter(
        "不适用项及理由", (Paragraph(("下列各项不适用，理由见", Ref("reasons"), "。")), table_of)
    )


def _open_chapter(document: Document) -> Chapter | None:
    """What a draft still lacks, place by place; None when nothing does."""
    counted = open_places(document)
    if not counted:
        return None
    rows = tuple(
        Row((str(place), where, str(count)))
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


def _bills_chapter(project: AuditProject) -> Chapter | None:
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


def _data_attachment(project: AuditProject, assessment: Assessment | None) -> Attachment:
    """Everything typed and what came out, as JSON, so that the figures can be checked without this program."""
    answers = {}
    for key, answer in sorted(project.book.answers.items()):
        if isinstance(answer, Given):
            answers[key] = {"value": answer.text, **({"note": answer.note} if answer.note else {})}
        elif isinstance(answer, NotApplicable):
            answers[key] = {"not_applicable": answer.reason}
    data: dict[str, object] = {"program": __version__, "answers": answers}
    if project.system is not None:
        data["system"] = {
            "id": project.system.id,
            "table": project.table_id,
            "sha256": project.system_hash,
        }
    if assessment is not None:
        data["index_range"] = {
            level.code: [str(interval.low), str(interval.high)]
            for level, interval in assessment.index_range.items()
        }
        data["level"] = assessment.level.code if assessment.level is not None else None
    content = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()
    return Attachment("清审数据.json", content, "application/json", "审核所用的全部回答和结果")
