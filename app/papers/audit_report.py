"""The audit report: which chapters, in which order, from one project and its assessment. Nothing here computes a figure.

Chapters and sections of both flows stand in resources/design/paper_layouts.json. To add a section: a function in a module of
app.papers.chapters that gives its blocks, its name in `_MAKERS`, its place in the layout. An appendix: a function that gives
its Chapter, or None when it has nothing to say, and its line in `_appendices`. The outline of the simplified flow is the
program's own (no bureau's form was read).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app import __version__
from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Family
from app.assessment.remarks import Code
from app.assessment.result import Assessment
from app.audit.front_door import SIMPLIFIED
from app.audit.law import report_day
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.forms.answer import Given
from app.measures.results import proofs_of
from app.papers.bound import bound_runs
from app.papers.chapters.bills import bills_chapter
from app.papers.chapters.calculation import calculation_chapter
from app.papers.chapters.closing import conclusion
from app.papers.chapters.deadlines import deadlines_chapter
from app.papers.chapters.derivation import derivation_chapter
from app.papers.chapters.diagnosis import balances, level
from app.papers.chapters.duty import duty
from app.papers.chapters.economics import economic
from app.papers.chapters.evidence import evidence_chapter
from app.papers.chapters.feasibility import environmental, recommended, technical
from app.papers.chapters.focus import focus
from app.papers.chapters.front import commitment, cover, promise_pages, seal_places, signatures
from app.papers.chapters.glance import results_page
from app.papers.chapters.implementation import (
    implementation,
    low_implemented,
    low_planned,
    plan,
)
from app.papers.chapters.law import law_table
from app.papers.chapters.level_after import level_after, level_expected
from app.papers.chapters.lists import explained_chapter, open_chapter, reasons_chapter
from app.papers.chapters.options import low_options, options
from app.papers.chapters.performance import performance_chapter, performance_summary
from app.papers.chapters.preparation import basis
from app.papers.chapters.present_state import three_years
from app.papers.chapters.prose import (
    carriers,
    said_compliance,
    said_energy,
    said_output,
    said_water,
)
from app.papers.chapters.review_points import (
    monitoring_after,
    monitoring_pairs,
    opinions,
    review_chapters,
)
from app.papers.chapters.screening import screening
from app.papers.chapters.sources import sources_chapter
from app.papers.chapters.targets import targets_done, targets_expected
from app.papers.chapters.unit_use import unit_use
from app.papers.document import (
    Attachment,
    Chapter,
    Document,
    Paragraph,
    Picture,
    Purpose,
    State,
    Table,
)
from app.papers.finish import finished
from app.papers.measure_rows import is_costly
from app.papers.outline import Case, Maker, chapters_of
from app.papers.pictures import pictures_chapter
from app.papers.single import NO_NAME
from app.papers.template import Template, layout_of, template_of


def build_report(
    project: AuditProject,
    assessment: Assessment | None,
    *,
    state: State,
    today: date,
    purpose: Purpose = Purpose.AUDIT,
    pictures: Mapping[str, Picture] | None = None,
) -> Document:
    """The report of one audit as plain data. purpose: the whole audit, or what an 评估 or a 验收 looks at. pictures: of the
    papers it shows, by SHA-256; None = nobody looked for them, then they are left out.

    today: the day it is printed; its cover and its clocks bear the day of the report, where one was answered.
    assessment: None for a firm no indicator system fits; then nothing in it speaks of a level.
    UserError when `state` is 定稿 and the level is still open. Thresholds nobody has compared with the original do not keep
    a 定稿 back: the page of the level, the page of results and `verify` tell the reviewer.
    """
    if state is State.FINAL:
        _refuse_open_level(assessment)
    if purpose is Purpose.EVALUATION and state is not State.DRAFT:
        _refuse_costly_done(project)
    if purpose is Purpose.ACCEPTANCE and state is not State.DRAFT:
        _refuse_nothing_done(project)
    today = report_day(project.book, today)
    pages = {page.id: page for page in project.questionnaire.pages()}
    case = Case(project, assessment, pages, today, purpose)
    name = project.book.text("firm.name") or NO_NAME
    # Only what the list says; where it is not clear the paper names no flow.
    flow = {"yes": "简易流程", "no": "常规流程"}.get(project.book.text(SIMPLIFIED), "")
    about = _TITLES[purpose]
    inside = "，".join(one for one in (_VERSIONS.get(purpose, ""), flow) if one)
    paper = f"{about}（{inside}）" if inside else about
    template = template_of(project.book)
    chapters = chapters_of(case, _MAKERS)
    if template is not None:
        chapters = with_own_words(project, chapters, template)
    document = Document(
        title=f"{name}{paper}{state.value}",
        enterprise=name,
        state=state,
        head_left=f"{template.head}　{paper}" if template and template.head else paper,
        head_right=name,
        foot=f"{state.value}　未封存",
        cover=cover(project, name, flow, today, purpose, template),
        signatures=signatures(project, name),
        front=(
            results_page(project, assessment, only_done=purpose is Purpose.ACCEPTANCE),
            *promise_pages(project, name, template),
        ),
        chapters=chapters,
        appendices=(
            *_appendices(project, assessment, today, pictures, purpose, chapters),
            *review_chapters(case, chapters),
        ),
        attachments=(_data_attachment(project, assessment),),
        keywords=("清洁生产审核", name, f"cleanaudit {__version__}"),
        author=name,
        layout=layout_of(template),
    )
    still_open = open_chapter(document) if state is State.DRAFT else None
    if still_open is not None:
        document = replace(document, appendices=(*document.appendices, still_open))
    return finished(document)


_TITLES = {
    Purpose.AUDIT: "清洁生产审核报告",
    Purpose.EVALUATION: "清洁生产审核报告",
    Purpose.ACCEPTANCE: "清洁生产审核验收报告",
}
_VERSIONS = {Purpose.EVALUATION: "评估"}


def _refuse_nothing_done(project: AuditProject) -> None:
    if not any(one.is_done for one in proofs_of(project)):
        raise UserError(
            Problem(
                "验收报告",
                "还没有做完的方案，没有可以验收的",
                "在「实施与绩效」填上投用日期和实测；现在可以出草稿，或出评估用的报告",
            )
        )


def _refuse_costly_done(project: AuditProject) -> None:
    """An evaluation comes before the 中/高费 measures; planned and measured would contradict each other in it."""
    done = [one for one in proofs_of(project) if one.is_done and is_costly(one.measure)]
    if done:
        codes = "、".join(one.measure.code for one in done)
        raise UserError(
            Problem(
                "评估用的报告",
                f"中/高费方案 {codes} 已经投用，评估是在中/高费方案实施之前做的",
                "现在出完整的审核报告或验收报告；要评估当时的报告，打开当时封存的那一稿",
            )
        )


def with_own_words(
    project: AuditProject, chapters: tuple[Chapter, ...], template: Template
) -> tuple[Chapter, ...]:
    """The consultant's paragraphs before the first section of the chapters they are written for."""
    return tuple(
        replace(
            chapter,
            blocks=(
                *(
                    Paragraph(bound_runs(project, text))
                    for text in template.chapters.get(chapter.title, ())
                ),
                *chapter.blocks,
            ),
        )
        for chapter in chapters
    )


def _refuse_open_level(assessment: Assessment | None) -> None:
    if assessment is None or assessment.level_range is None:
        return  # a paper that names no level has none to be unsure of
    if assessment.level is None:
        raise UserError(Problem("定稿", "等级还没有定", "补齐没填的指标再出定稿"))


_MAKERS: dict[str, Maker] = {
    "basis": lambda case: basis(
        case.project, case.pages, in_report=case.purpose is not Purpose.ACCEPTANCE
    ),
    "commitment": lambda case: commitment(case.project),
    "duty": lambda case: duty(case.project, case.assessment),
    "law": lambda case: law_table(case.project),
    "said_output": lambda case: said_output(case.project),
    "said_energy": lambda case: said_energy(case.project),
    "carriers": lambda case: carriers(case.project),
    "unit_use": lambda case: unit_use(case.project),
    "said_water": lambda case: said_water(case.project),
    "said_compliance": lambda case: said_compliance(case.project),
    "years": lambda case: three_years(case.project),
    "level": lambda case: level(case.project, case.assessment),
    "balances": lambda case: balances(case.project, case.pages.get("balances")),
    "focus": lambda case: focus(case.project),
    "options": lambda case: options(case.project),
    "screening": lambda case: screening(case.project),
    "low_options": lambda case: low_options(case.project),
    "low_implemented": lambda case: low_implemented(case.project),
    "low_planned": lambda case: low_planned(case.project),
    "technical": lambda case: technical(case.project),
    "environmental": lambda case: environmental(case.project),
    "economic": lambda case: economic(case.project),
    "recommended": lambda case: recommended(case.project),
    "implementation": lambda case: implementation(case.project),
    "performance": lambda case: performance_summary(
        case.project, only_done=case.purpose is Purpose.ACCEPTANCE
    ),
    "targets_done": lambda case: targets_done(case.project),
    "targets_expected": lambda case: targets_expected(case.project, case.assessment),
    "level_after": lambda case: level_after(case.project, case.assessment),
    "plan": lambda case: plan(case.project),
    "level_expected": lambda case: level_expected(case.project, case.assessment),
    "opinions": lambda case: opinions(case.project),
    "monitoring_pairs": lambda case: monitoring_pairs(case.project),
    "monitoring_after": lambda case: monitoring_after(case.project),
    "conclusion": lambda case: conclusion(
        case.project, case.assessment, only_done=case.purpose is Purpose.ACCEPTANCE
    ),
}


def _is_comparison_only(assessment: Assessment) -> bool:
    return any(one.code is Code.COMPARISON_ONLY for one in assessment.reasons)


def _appendices(
    project: AuditProject,
    assessment: Assessment | None,
    today: date,
    pictures: Mapping[str, Picture] | None,
    purpose: Purpose,
    body: tuple[Chapter, ...],
) -> tuple[Chapter, ...]:
    chapters: list[Chapter] = []
    shown = dict.fromkeys(
        one.key for chapter in body for one in chapter.blocks if isinstance(one, Table)
    )
    is_whole = purpose is Purpose.AUDIT
    has_index = project.system is not None and project.system.method.family is Family.LEVEL_INDEX
    # A document our copy of which is not whole gives no index: there is nothing to calculate.
    if assessment is not None and has_index and not _is_comparison_only(assessment):
        chapters.append(calculation_chapter(project, assessment))
    for made in (
        derivation_chapter(project, assessment, None if is_whole else shown),
        sources_chapter(project, assessment, shown, is_whole=is_whole),
    ):
        if made is not None:
            chapters.append(made)
    bills = bills_chapter(project)
    if bills is not None:
        chapters.append(bills)
    printed = [
        *shown,
        *(one.key for made in chapters for one in made.blocks if isinstance(one, Table)),
    ]
    for more in (
        reasons_chapter(project, None if is_whole else shown),
        explained_chapter(project),
        deadlines_chapter(project, today),
        evidence_chapter(project, printed),
        pictures_chapter(project, pictures),
        performance_chapter(
            project,
            seal_places(project, project.book.text("firm.name") or NO_NAME),
            only_done=purpose is Purpose.ACCEPTANCE,
        ),
    ):
        if more is not None:
            chapters.append(more)
    return tuple(chapters)


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
