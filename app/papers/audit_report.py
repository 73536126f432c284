"""The audit report: which chapters, in which order, from one project and its assessment. Nothing here computes a figure.

To add a chapter: a module in app.papers.chapters with a function that gives its blocks (an appendix: its Chapter, or None
when it has nothing to say), and its line in `_chapters` or `_appendices`.
The outline is the program's own for the simplified flow (no bureau's form was read); see resources of the design.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app import __version__
from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Family, Verification
from app.assessment.result import Assessment
from app.audit.front_door import SIMPLIFIED
from app.audit.project import AuditProject
from app.errors import Problem, UserError
from app.forms.answer import Given
from app.papers.chapters.bills import bills_chapter
from app.papers.chapters.calculation import calculation_chapter
from app.papers.chapters.closing import closing
from app.papers.chapters.derivation import derivation_chapter
from app.papers.chapters.diagnosis import diagnosis
from app.papers.chapters.front import cover, results_page, signatures
from app.papers.chapters.lists import open_chapter, reasons_chapter
from app.papers.chapters.preparation import preparation
from app.papers.chapters.present_state import present_state
from app.papers.chapters.section import page_section
from app.papers.chapters.sources import sources_chapter
from app.papers.document import Attachment, Block, Chapter, Document, Figure, State


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
        cover=cover(project, name, flow, today),
        signatures=signatures(project, name),
        front=(results_page(project, assessment),),
        chapters=_chapters(project, assessment),
        appendices=_appendices(project, assessment),
        attachments=(_data_attachment(project, assessment),),
        keywords=("清洁生产审核", name, f"cleanaudit {__version__}"),
        author=name,
    )
    still_open = open_chapter(document) if state is State.DRAFT else None
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


def _chapters(project: AuditProject, assessment: Assessment | None) -> tuple[Chapter, ...]:
    pages = {page.id: page for page in project.questionnaire.pages()}
    drawn: set[str] = set()
    measures = page_section(project, pages.get("measures"), "方案清单")
    return (
        Chapter("审核准备", _once(preparation(project, assessment, pages), drawn)),
        Chapter("企业现状", _once(present_state(project, pages), drawn)),
        Chapter("问题诊断与对标", _once(diagnosis(project, assessment, pages), drawn)),
        *([Chapter("清洁生产方案", _once(measures, drawn))] if measures else []),
        Chapter("持续清洁生产与结论", _once(closing(project, assessment, pages), drawn)),
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


def _appendices(project: AuditProject, assessment: Assessment | None) -> tuple[Chapter, ...]:
    chapters: list[Chapter] = []
    has_index = project.system is not None and project.system.method.family is Family.LEVEL_INDEX
    if assessment is not None and has_index:
        chapters.append(calculation_chapter(project, assessment))
    for made in (derivation_chapter(project, assessment), sources_chapter(project, assessment)):
        if made is not None:
            chapters.append(made)
    bills = bills_chapter(project)
    if bills is not None:
        chapters.append(bills)
    reasons = reasons_chapter(project)
    if reasons is not None:
        chapters.append(reasons)
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
