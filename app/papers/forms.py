"""Forms beside the report, each a paper of a few sheets: applications, basic data, notices, training record, site checklist,
list of papers to ask for, 绩效表. Fields and words: resources/design/paper_forms.json. What nobody answered stays blank, to be
written by hand."""

import functools
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from app import paths
from app.assessment.finding import NotApplicable
from app.assessment.result import Assessment
from app.audit.front_door import KIND
from app.audit.project import AuditProject
from app.audit.self_check import is_asked
from app.audit.wording import level_name
from app.forms.answer import AnswerBook, Given
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.visible import asked_items
from app.measures.model import measures_of, number_of
from app.measures.results import afterwards, counts, performance, proofs_of, reductions
from app.papers.answer_tables import answers_tables
from app.papers.answers import (
    computed_cell,
    exact_of,
    fact_of,
    figure_title,
    formal,
    places_typed,
)
from app.papers.chapters.front import audit_period
from app.papers.chapters.implementation import promised
from app.papers.chapters.judgements import unchecked_note
from app.papers.chapters.performance import done_money, performance_table
from app.papers.chapters.review_points import opinions_said
from app.papers.document import (
    Align,
    Amount,
    Block,
    Cell,
    Chapter,
    Column,
    Document,
    JoinUp,
    Open,
    Paragraph,
    Row,
    Runs,
    SealPlace,
    SealRow,
    Sheet,
    Size,
    SubSection,
    Table,
)
from app.papers.finish import dashed
from app.papers.measure_rows import codes_of, counted_by, in_order, is_costly
from app.papers.owner import OWNER_TITLE, SURPLUS_TITLE, owner_document, surplus_document
from app.papers.question_pages import page_blocks
from app.papers.single import NO_NAME, single_paper

_ROOM = "　\n　"
_BOX = "□"
_SIGN_IN_ROWS = 18


@functools.cache
def _words() -> Any:
    return json.loads((paths.resources_dir() / "design" / "paper_forms.json").read_text("utf-8"))


def forms_of(
    project: AuditProject, assessment: Assessment | None, today: date
) -> dict[str, Document]:
    """Every form this audit can fill, by file name without ending; a notice only for the case the audit is."""
    name = project.book.text("firm.name") or NO_NAME
    made: dict[str, Document] = {}

    def add(title: str, blocks: list[Block], sheet: Sheet = Sheet.PORTRAIT) -> None:
        made[title] = single_paper(project, title, _without_boxes(blocks), today, sheet)

    begun = any(one.is_done and is_costly(one.measure) for one in proofs_of(project))
    for key, words in _words()["applications"].items():
        if key == "evaluation" and begun:
            continue  # an evaluation comes before the costly measures, as its report does
        add(words["title"], _application(project, assessment, words, name))
    add("企业基本情况表", _basic(project))
    notice = _words()["notices"].get(project.book.text(KIND))
    if notice is not None:
        add(notice["title"], _notice(project, notice, name))
    found = performance(project)
    if found.rows:
        seals = (SealPlace("企业名称（盖章）", name),)
        lines = ("填表人", "审核人", "日　期")
        add(
            "清洁生产项目绩效表",
            [performance_table(project, found), SealRow(seals, lines)],
            Sheet.A3,
        )
    if project.book.row_ids("measures.list"):
        made[OWNER_TITLE] = owner_document(project, assessment, today)
        made[SURPLUS_TITLE] = surplus_document(project, today)
    add("宣传培训记录", _training(project))
    add("现场核查表", _site())
    add("资料清单", _papers_to_ask(project))
    blank = _blank_worksheets()
    title = "空白工作表"
    made[title] = replace(single_paper(project, title, (), today), chapters=blank)
    return made


@functools.cache
def _blank_worksheets() -> tuple[Chapter, ...]:
    """The worksheets the program does not fill: heads and empty rows, to be written by hand."""
    text = (paths.resources_dir() / "design" / "worksheets.json").read_text("utf-8")
    chapters = []
    for title, form in json.loads(text)["blanks"].items():
        heads = form["columns"]
        lines = form.get("lines") or [""] * form["rows"]
        columns = tuple(Column(head, _width_of(head, form)) for head in heads)
        rows = tuple(
            Row((line or "　", *("" for _ in heads[1:]))) if "lines" in form else _empty_row(heads)
            for line in lines
        )
        sheet = Sheet.LANDSCAPE if form.get("wide") else Sheet.PORTRAIT
        table = Table(f"blank.{title}", "", columns, rows, (), Size.SMALL, sheet)
        lead = Paragraph(("制表：　　　　　　　审核：　　　　　　　日期：",), indent=False)
        chapters.append(Chapter(title, (lead, table), sheet))
    return tuple(chapters)


def _empty_row(heads: list[str]) -> Row:
    return Row((_ROOM, *("" for _ in heads[1:])))


def _width_of(head: str, form: Any) -> float:
    """A heading of few characters heads a narrow column, but for the two of a list of lines."""
    return 3.0 if "lines" in form else 1.2 + 0.35 * min(len(head), 10)


_BY_HAND = ("sign-in", "site", "papers", "application", "notice")  # with room for a pen


def _without_boxes(blocks: Iterable[Block]) -> Iterable[Block]:
    """Blanks instead of 未填: a form is finished by hand. Tables say what they are: forms have no numbered captions."""
    for block in blocks:
        if isinstance(block, Table):
            if block.key not in _BY_HAND:
                block = dashed(block)
            if block.caption and block.sheet is Sheet.PORTRAIT:
                yield SubSection(block.caption)
            rows = tuple(
                Row(
                    tuple("" if isinstance(cell, Open) else _blank(cell) for cell in row.cells),
                    row.kind,
                    row.bar,
                )
                for row in block.rows
            )
            yield Table(block.key, block.caption, block.columns, rows, block.notes, block.size, block.sheet, block.width)  # fmt: skip
        elif isinstance(block, Paragraph):
            yield Paragraph(tuple("　　　　" if isinstance(one, Open) else one for one in block.runs), block.indent)  # fmt: skip
        else:
            yield block


def _blank(cell: Any) -> Any:
    if not isinstance(cell, tuple):
        return cell
    return tuple("　　　　" if isinstance(one, Open) else one for one in cell)


def _fields(
    project: AuditProject, assessment: Assessment | None, key: str, rows: list[list[str]]
) -> Table:
    made = tuple(
        Row((label, _value(project, assessment, source) or ("　",))) for label, source in rows
    )
    columns = (Column("项目", 2.6), Column("内容", 6))
    return Table(key, "", columns, made, size=Size.SMALL)


def _value(project: AuditProject, assessment: Assessment | None, source: str) -> Runs:
    """The runs of a field: an answer by its question, or one of `_SAID`; nothing while it is open."""
    if source.startswith("="):
        return _SAID[source[1:]](project, assessment)
    place = project.index.places.get(source)
    answer = project.book.get(source)
    if place is not None and not _is_asked(project, source):
        return ("不涉及",)
    if place is None or not isinstance(answer, Given) or not answer.text:
        return ()
    return fact_of(project, place.question)


def _is_asked(project: AuditProject, question: str) -> bool:
    """Whether what was answered elsewhere leaves the question to ask: a firm on no list has no day of a list."""
    return any(
        item.id == question
        for page in project.questionnaire.pages()
        for item in asked_items(page, project.book)
    )


def _targets(project: AuditProject, _assessment: Assessment | None) -> Runs:
    book = project.book
    runs: list[Any] = []
    for row in book.row_ids("targets.list"):
        name, unit, near, year = (
            book.text(f"targets.list/{row}/{one}") for one in ("name", "unit", "near", "near_year")
        )
        key = f"targets.list/{row}/near"
        value = exact_of(near)
        if not name or value is None:
            continue
        # As in the table of the targets: one number of decimals a target.
        places = max(places_typed(book.get(f"targets.list/{row}/{one}")) for one in ("now", "near"))
        amount = Amount(value, places, unit, key)
        runs += [
            "；" if runs else "",
            f"{name} ",
            amount,
            f" {unit}{f'（{year} 年）' if year else ''}",
        ]
    return tuple(runs)


def _measures(project: AuditProject, _assessment: Assessment | None) -> Runs:
    """What was proposed; what is carried out, with the investment its plan prints."""
    found = measures_of(project)
    if not found:
        return ()
    low = sum(not is_costly(one) for one in found)
    taken = performance(project)
    runs: Runs = (
        f"提出 {len(found)} 项，其中无/低费 {low} 项，中/高费 {len(found) - low} 项；"
        f"列入实施 {len(taken.rows)} 项，其中无/低费 {taken.low} 项，中/高费 {taken.high} 项",
    )
    cost = promised(project).get("cost")
    return runs if cost is None else (*runs, "，计划投资 ", cost, " 万元")


def _names(project: AuditProject, *, costly: bool, done: bool) -> Runs:
    found = [
        f"{one.code} {one.name}"
        for proof in sorted(proofs_of(project), key=lambda one: in_order(one.measure))
        for one in (proof.measure,)
        if is_costly(one) is costly and counts(proof) and proof.is_done is done
    ]
    return ("、".join(found),) if found else ()


def _done(project: AuditProject, _assessment: Assessment | None) -> Runs:
    done = [one.measure for one in proofs_of(project) if one.is_done]
    low = sum(not is_costly(one) for one in done)
    return (f"无/低费 {low} 项，中/高费 {len(done) - low} 项" if done else "没有已完成的方案",)


def _money(project: AuditProject, _assessment: Assessment | None) -> Runs:
    """Of finished measures, as measured."""
    runs = list(done_money(performance(project, only_done=True)))
    if runs and isinstance(runs[0], str):
        runs[0] = runs[0].removeprefix("，")
    return tuple(runs) or _unmeasured(project)


def _unmeasured(project: AuditProject) -> Runs:
    """What stands where nothing was measured, once there are measures."""
    return ("尚无实测",) if measures_of(project) else ()


def _reductions(project: AuditProject, _assessment: Assessment | None) -> Runs:
    runs: list[Any] = []
    for one in reductions(project, measured=True):
        amount = Amount(one.printed, one.places, one.unit, f"reductions/{one.id}/measured")
        runs += ["，" if runs else "", f"{one.title} ", amount, f" {one.unit}"]
    return tuple(runs) or _unmeasured(project)


def _targets_done(project: AuditProject, _assessment: Assessment | None) -> Runs:
    book = project.book
    if "targets.done" not in project.index.tables:
        return ()
    said = []
    for row in book.row_ids("targets.list"):
        words = project.derivation.cell("targets.done", row, "verdict").words
        if words:
            said.append(f"{book.text(f'targets.list/{row}/name')}：{formal(words)}")
    return ("；".join(said),) if said else _unmeasured(project)


def _low_done(project: AuditProject, _assessment: Assessment | None) -> Runs:
    """The 无/低费 that are finished; where there is none, those in hand."""
    done = _names(project, costly=False, done=True)
    doing = codes_of(
        one
        for one in measures_of(project)
        if not is_costly(one) and one.state == "doing" and one.row_id not in _finished(project)
    )
    if done or not measures_of(project):
        return done
    return (f"没有已完成的{f'，实施中 {doing}' if doing else ''}",)


def _finished(project: AuditProject) -> set[str]:
    return {one.measure.row_id for one in proofs_of(project) if one.is_done}


def _level(project: AuditProject, assessment: Assessment | None) -> Runs:
    if project.system is None:
        return ("没有选用能定级的指标体系，不评定等级",)
    if assessment is None or assessment.level is None:
        return ()
    name = f"（{assessment.level_name}）" if assessment.level_name else ""
    return (f"{level_name(assessment.level)}{name}{unchecked_note(assessment)}",)


def _level_after(project: AuditProject, _assessment: Assessment | None) -> Runs:
    after = afterwards(project)
    if project.system is None:
        return _level(project, after.assessment)
    found = _level(project, after.assessment) if after.counted else ()
    return (*found, f"，按{counted_by(after.counted)}核算") if found else ()


def _reports(project: AuditProject, _assessment: Assessment | None) -> Runs:
    book = project.book
    found = (
        book.text(f"env.monitoring/{row}/report").strip() for row in book.row_ids("env.monitoring")
    )
    names = "、".join(dict.fromkeys(one for one in found if one))
    return (names,) if names else ()


def _period(project: AuditProject, _assessment: Assessment | None) -> Runs:
    said = audit_period(project, project.book.text("team.report_date"))
    return (said,) if said else ()


def _who(project: AuditProject, assessment: Assessment | None) -> Runs:
    """How the audit was done, and with whom."""
    runs = _value(project, assessment, "team.mode")
    firm = project.book.text("team.consultant").strip()
    return (*runs, f"：{firm}") if runs and firm else runs


_SAID: dict[str, Callable[[AuditProject, Assessment | None], Runs]] = {
    "targets": _targets,
    "measures": _measures,
    "low_done": _low_done,
    "costly": lambda project, _: _names(project, costly=True, done=False),
    "done": _done,
    "money": _money,
    "reductions": _reductions,
    "targets_done": _targets_done,
    "level": _level,
    "level_after": _level_after,
    "opinions": lambda project, _: (opinions_said(project),),
    "reports": _reports,
    "period": _period,
    "who": _who,
}


def _application(
    project: AuditProject, assessment: Assessment | None, words: Any, name: str
) -> list[Block]:
    table = _fields(project, assessment, "application", words["rows"])
    rows = (*table.rows, *(Row((one, _ROOM)) for one in words["opinions"]))
    notes: tuple[Runs, ...] = ((_words()["unseen"],),)
    seals = SealRow((SealPlace("企业名称（盖章）", name),), ("填表人", "日　期"))
    return [Table(table.key, "", table.columns, rows, notes, Size.SMALL), seals]


def _basic(project: AuditProject) -> list[Block]:
    """The first page of the question set, with three years of output."""
    pages = {page.id: page for page in project.questionnaire.pages()}
    blocks: list[Block] = []
    for page_id in ("profile", "products"):
        if page_id in pages:
            blocks += [
                block
                for block in page_blocks(project, pages[page_id])
                if isinstance(block, Table | Paragraph)
            ]
    return blocks


def _notice(project: AuditProject, words: Any, name: str) -> list[Block]:
    rows = [
        ["企业名称", "firm.name"],
        ["法定代表人", "firm.legal"],
        ["企业所在地址", "firm.address"],
    ]
    blocks: list[Block] = [_fields(project, None, "notice", [*rows, *words.get("rows", [])])]
    figures = [
        Row((figure_title(project, figure), computed_cell(figure), figure.unit))
        for quantity in words.get("figures", ())
        if is_asked(project, quantity)
        for figure in (project.derivation.figure(quantity),)
        if figure.value is not None
    ]
    if figures:
        columns = (
            Column("项目", 4),
            Column(f"{project.base_year} 年", 2, Align.NUMBER),
            Column("单位", 1.6, Align.CENTRE),
        )
        blocks.append(
            Table("notice.figures", "主要能源品种、消耗量和单耗", columns, tuple(figures))
        )
    told = _until_published(_only(project, words.get("only", ())))
    for table_id in words.get("tables", ()):
        table = project.index.tables.get(table_id)
        if table is not None:
            blocks += answers_tables(told, table, key=f"notice.{table_id}")
    published = project.book.text(_PUBLISHED)
    later = any(project.book.text(f"{_MONITORING}/{r}/date") > published for r in project.book.row_ids(_MONITORING))  # fmt: skip
    if published and later and _MONITORING in words.get("tables", ()):
        blocks.append(Paragraph((f"监测结果列到公布日期 {published}。",), indent=False))
    day = f"公示日期　{published}" if published else "公示日期"
    blocks.append(SealRow((SealPlace("企业名称（盖章）", name),), ("公示方式", day)))
    return blocks


def _only(project: AuditProject, wanted: Iterable[Any]) -> AuditProject:
    """The audit with the rows a notice is about: [table, column, answers that stay, table/column that names the rows too]."""
    rows = dict(project.book.rows)
    for table_id, column, stay, also in wanted:
        held = project.book.row_ids(table_id)
        rows[table_id] = tuple(r for r in held if project.book.text(f"{table_id}/{r}/{column}") in stay)  # fmt: skip
        gone = {project.book.text(f"{table_id}/{r}/name") for r in held if r not in rows[table_id]}
        other, _, where = also.partition("/")
        if other:
            rows[other] = tuple(r for r in project.book.row_ids(other) if project.book.text(f"{other}/{r}/{where}") not in gone)  # fmt: skip
    book = AnswerBook(project.book.answers, rows)
    return replace(project, book=book, derivation=project.derivation.with_book(book))


_PUBLISHED, _MONITORING = "team.published", "env.monitoring"


def _until_published(project: AuditProject) -> AuditProject:
    """The audit with no result of monitoring that came after the day the firm published: the published text cannot hold it."""
    day = project.book.text(_PUBLISHED)
    held = project.book.row_ids(_MONITORING)
    kept = tuple(r for r in held if not day or project.book.text(f"{_MONITORING}/{r}/date") <= day)
    if kept == held:
        return project
    book = AnswerBook(project.book.answers, {**project.book.rows, _MONITORING: kept})
    return replace(project, book=book, derivation=project.derivation.with_book(book))


def _training(project: AuditProject) -> list[Block]:
    """What was held, then a sheet to sign on."""
    blocks: list[Block] = []
    table = project.index.tables.get("team.training")
    if table is not None:
        blocks += answers_tables(project, table, key="training")
    columns = (
        Column("序", 0.8, Align.CENTRE),
        Column("姓名", 2),
        Column("部门", 2.4),
        Column("签字", 2.4),
        Column("备注", 2),
    )
    rows = tuple(Row((Amount(Fraction(n), 0), "", "", "", "")) for n in range(1, _SIGN_IN_ROWS + 1))
    blocks.append(
        Paragraph(("主题：　　　　　　　　　　日期：　　　　　　　地点：",), indent=False)
    )
    blocks.append(Table("sign-in", "签到表", columns, rows))
    return blocks


def _site() -> list[Block]:
    rows: list[Row] = []
    number = 0
    for group, items in _words()["site"]:
        for place, item in enumerate(items):
            number += 1
            about: Cell = JoinUp() if place else group
            rows.append(Row((about, str(number), item, f"{_BOX} 是　{_BOX} 否　{_BOX} 不涉及", "")))
    columns = (
        Column("类别", 1.5),
        Column("序", 0.6, Align.CENTRE),
        Column("核查内容", 4.7),
        Column("结果", 3.6, Align.CENTRE),
        Column("情况和位置", 2.6),
    )
    notes: tuple[Runs, ...] = (("注：程序自拟的现场核查提纲，不是主管部门的表。",),)
    table = Table("site", "", columns, tuple(rows), notes, Size.SMALL)
    return [
        Paragraph(("核查人：　　　　　　　企业陪同人：　　　　　　　日期：",), indent=False),
        table,
    ]


def _is_left_open(project: AuditProject, item: Question | TableQuestion) -> bool:
    """Whether an optional question is of a special field and nobody has answered it, or the firm has nothing of what is asked
    (不适用, 0): its papers are not asked for."""
    if isinstance(item, TableQuestion):
        return False
    answer = project.book.get(item.id)
    if isinstance(answer, NotApplicable) or (item.kind is QuestionKind.NUMBER and number_of(answer) == 0):  # fmt: skip
        return True
    if item.id.partition(".")[0] not in _SPECIAL:
        return False
    return not item.required and not project.book.text(item.id)


_SPECIAL = ("trade",)  # questions of single trades, shown to all of a set


def _papers_to_ask(project: AuditProject) -> list[Block]:
    """Everything the questions name as evidence, once, with the pages that need it."""
    wanted: dict[str, dict[str, None]] = {}
    for page in project.questionnaire.pages():
        asked = list(asked_items(page, project.book))
        named = list(page.evidence) if asked else []
        for item in asked:
            if isinstance(item, Question | TableQuestion) and not _is_left_open(project, item):
                named += item.evidence
        for one in named:
            wanted.setdefault(one, {})[formal(page.short)] = None
    rows = tuple(
        Row((str(place), name, "；".join(used), f"{_BOX} 有　{_BOX} 无", ""))
        for place, (name, used) in enumerate(wanted.items(), start=1)
    )
    columns = (
        Column("序", 0.7, Align.CENTRE),
        Column("资料", 4.4),
        Column("用于", 2.6),
        Column("收到", 1.8, Align.CENTRE),
        Column("备注", 2),
    )
    return [Table("papers", "", columns, rows)]
