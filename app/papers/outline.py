"""The outline of the audit report: chapters and sections as data (resources/design/paper_layouts.json), filled from the audit.

A part of a section is a page of the question set (some of its cards or items) or something made here by name. A page the
layout does not name stands where it says `rest`, so that no question set loses one.
"""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app import paths
from app.assessment.result import Assessment
from app.audit.front_door import SIMPLIFIED
from app.audit.project import AuditProject
from app.forms.question import Page
from app.papers.answers import formal
from app.papers.document import (
    Amount,
    Block,
    Chapter,
    Figure,
    Open,
    Paragraph,
    Purpose,
    Ref,
    Section,
    SubSection,
    Table,
)
from app.papers.question_pages import page_blocks


@dataclass(frozen=True)
class Case:
    """What a paper is made from. pages: of the question set, by id."""

    project: AuditProject
    assessment: Assessment | None
    pages: Mapping[str, Page]
    today: date
    purpose: Purpose = Purpose.AUDIT


Maker = Callable[[Case], list[Block]]


@functools.cache
def _layouts() -> Any:
    return json.loads((paths.resources_dir() / "design" / "paper_layouts.json").read_text("utf-8"))


def layout_of(project: AuditProject) -> str:
    """simplified or standard: what the list says; the shorter where it does not say."""
    return "standard" if project.book.text(SIMPLIFIED) == "no" else "simplified"


def chapters_of(case: Case, makers: Mapping[str, Maker]) -> tuple[Chapter, ...]:
    """Every chapter of the layout. KeyError for a layout that names what nobody makes: a fault of ours."""
    chosen = _chapters(case)
    named = {
        part["page"]
        for chapter in chosen
        for section in chapter["sections"]
        for part in section["parts"]
        if "page" in part
    }
    drawn: set[str] = set()
    chapters = []
    for chapter in chosen:
        blocks: list[Block] = []
        for section in chapter["sections"]:
            inside = _section(case, section, makers, named)
            if inside is not None:
                blocks += [Section(_title(case, section)), *inside]
        if blocks:
            kept = _without_repeated_figures(_once(blocks, drawn))
            chapters.append(Chapter(chapter["title"], kept))
    return tuple(chapters)


def _title(case: Case, section: Any) -> str:
    """As the layout has it, or as the field calls the page the section is `named_by` (a restaurant makes no 产品)."""
    page = case.pages.get(section.get("named_by", ""))
    title: str = section["title"]
    return title if page is None or page.short.startswith(title) else formal(page.short)


def _chapters(case: Case) -> list[Any]:
    """The chapters of the flow, or those of an 评估 or 验收 report, which take chapters and sections of the flow by title."""
    flow = layout_of(case.project)
    base = _layouts()[flow]["chapters"]
    if case.purpose is Purpose.AUDIT:
        return list(base)
    wanted = _layouts()[
        {Purpose.EVALUATION: "evaluation", Purpose.ACCEPTANCE: "acceptance"}[case.purpose]
    ]
    sections = {section["title"]: section for chapter in base for section in chapter["sections"]}
    chapters = []
    for chapter in wanted.get(flow, wanted.get("chapters")):
        if "like" in chapter:
            chapters.append(next(one for one in base if one["title"] == chapter["like"]))
            continue
        inside = [
            sections[one["like"]] if "like" in one else one
            for one in chapter["sections"]
            if "like" not in one or one["like"] in sections
        ]
        chapters.append({**chapter, "sections": inside})
    return chapters


def _section(
    case: Case, section: Any, makers: Mapping[str, Maker], named: set[str]
) -> list[Block] | None:
    """The blocks of a section, with the sentence that names its tables. None when the question set asks nothing of it; a
    place to be filled when it does and nothing is answered."""
    blocks: list[Block] = []
    is_asked = False
    for part in section["parts"]:
        if part.get("make") == "rest":
            blocks += _rest(case, named)
            continue
        if "make" in part:
            made = makers[part["make"]](case)
            is_asked = is_asked or bool(made)
            if not blocks and _says_the_same(made, _title(case, section)):
                made = made[1:]
            blocks += _lower(made)
            continue
        page = case.pages.get(part["page"])
        if page is None or page.kind != "form":
            continue
        found = page_blocks(
            case.project,
            page,
            cards=part.get("cards"),
            left_out=part.get("except", ()),
            items=part.get("items"),
            without=part.get("without", ()),
        )
        is_asked = is_asked or any(card.id in part.get("cards", ()) for card in page.cards)
        is_asked = is_asked or "items" in part
        name = _title(case, section)
        several = sum("page" in one for one in section["parts"]) > 1
        if several:
            titles = [card.title for card in page.cards if card.id in part.get("cards", ())]
            name = formal(titles[0] if titles else page.short)
        made_before = (
            section["parts"].index(part)
            and "make" in section["parts"][section["parts"].index(part) - 1]
        )
        if blocks and found and several and not made_before:
            blocks.append(SubSection(name))
        blocks += with_lead(found, name)
    if not blocks and is_asked:
        return [Paragraph((Open(),))]
    return _without_label(blocks, section["title"]) or None


def _without_label(blocks: list[Block], title: str) -> list[Block]:
    """The section's own name before its first paragraph says nothing."""
    first = blocks[0] if blocks else None
    if (
        isinstance(first, Paragraph)
        and first.runs
        and first.runs[0] in (f"{title}：", f"清洁生产{title}：")
    ):
        return [replace(first, runs=first.runs[1:]), *blocks[1:]]
    return blocks


def _says_the_same(blocks: list[Block], title: str) -> bool:
    """Whether blocks begin with a heading the section's own already is."""
    first = blocks[0] if blocks else None
    return isinstance(first, Section | SubSection) and first.title in title


def _rest(case: Case, named: set[str]) -> list[Block]:
    """Pages of the first stage no section names, each under its own name."""
    blocks: list[Block] = []
    for page in case.project.questionnaire.stages[0].pages:
        if page.id in named or page.kind != "form":
            continue
        found = page_blocks(case.project, page)
        if found:
            title = formal(page.short)
            blocks += [SubSection(title), *with_lead(_without_subheads(found), title)]
    return blocks


def _without_subheads(blocks: list[Block]) -> list[Block]:
    return [block for block in blocks if not isinstance(block, SubSection)]


def _lower(blocks: Iterable[Block]) -> list[Block]:
    """Headings inside a section are headings without number."""
    return [SubSection(one.title) if isinstance(one, Section) else one for one in blocks]


def with_lead(blocks: list[Block], title: str) -> list[Block]:
    """A sentence that names the tables of the section before they stand."""
    tables = [block.key for block in blocks if isinstance(block, Table)]
    figures = [block.key for block in blocks if isinstance(block, Figure)]
    if not tables and not figures:
        return blocks
    between = ("和",) if tables and figures else ()
    refs = (*ref_range(tables), *between, *ref_range(figures))
    return [Paragraph((f"{title}见", *refs, "。")), *blocks]


def ref_range(keys: list[str]) -> tuple[str | Ref, ...]:
    """「表 2-2～表 2-8」; the keys follow one another on the paper."""
    if len(keys) <= 1:
        return tuple(Ref(key) for key in keys)
    return (Ref(keys[0]), "、" if len(keys) == 2 else "～", Ref(keys[-1]))


_KEPT = ("env.hazardous", "env.general_waste")  # sums of a table that has no sum of its own


def _without_repeated_figures(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Without sentences of nothing but figures that a table of the chapter before them has already."""
    known: set[str] = set()
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                known |= {cell.key for cell in row.cells if isinstance(cell, Amount) and cell.key}
        if isinstance(block, Paragraph) and block.is_figures:
            keys = {one.key for one in block.runs if isinstance(one, Amount)}
            if keys <= known and not keys & set(_KEPT):
                continue
            last = kept[-1] if kept else None
            if isinstance(last, Paragraph) and last.is_figures:
                kept[-1] = replace(last, runs=(*last.runs[:-1], "，", *block.runs[1:]))
                continue
        kept.append(block)
    return tuple(kept)


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
