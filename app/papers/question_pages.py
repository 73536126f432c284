"""A page of the question set on paper: facts, long answers, tables, charts and the figures worked out, card by card."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from app.assessment.finding import Missing, NotApplicable
from app.audit.charts.build import printed_chart, unusual_months
from app.audit.project import AuditProject
from app.forms import unused
from app.forms.answer import Given
from app.forms.condition import condition_keys, holds
from app.forms.figure import Figure as ComputedFigure
from app.forms.question import (
    Card,
    ChartItem,
    FigureStrip,
    Page,
    Question,
    QuestionKind,
    RowsKind,
    TableQuestion,
)
from app.forms.visible import asked_items
from app.papers.answer_tables import answers_tables
from app.papers.answers import (
    computed_cell,
    exact_of,
    fact_of,
    fact_sentences,
    facts_table,
    figure_title,
    formal,
    formal_sentence,
    has_gas,
    is_absent,
    is_voluntary,
)
from app.papers.bound import bound_runs
from app.papers.document import (
    Align,
    Amount,
    Away,
    Block,
    Column,
    Figure,
    Inline,
    Open,
    Paragraph,
    Row,
    Runs,
    SubSection,
    Table,
    cell_text,
)

_FEWEST_ROWS = (
    3  # fewer facts or figures are said in a sentence: a table of them would be all frame
)


def page_blocks(
    project: AuditProject,
    page: Page,
    *,
    cards: Sequence[str] | None = None,
    left_out: Sequence[str] = (),
    items: Sequence[str] | None = None,
    without: Sequence[str] = (),
) -> list[Block]:
    """Short answers as one table, then card by card the long answers, tables, charts and figures worked out.

    cards, items: only these (all when None), by id; left_out: not these cards; without: not these items.
    """
    asked = [
        _with_items(card, items, without)
        for card in page.cards
        if holds(card.condition, project.book)
        and card.id not in left_out
        and (cards is None or card.id in cards)
    ]
    blocks: list[Block] = []
    headed = ""
    facts = [
        item
        for card in asked
        for item in card.items
        if isinstance(item, Question)
        and item.kind is not QuestionKind.LONG_TEXT
        and holds(item.condition, project.book)
        and not _opens_only(item, page, project)
        and _is_said(project, item)
    ]
    idle = [one for one in facts if _is_idle(project, page, one)]
    facts = [one for one in facts if one not in idle]
    if len(facts) < _FEWEST_ROWS:
        blocks += fact_sentences(project, facts)
        if blocks and cards is not None and all(one in asked[0].items for one in facts):
            headed = asked[0].id
    else:
        part = "" if cards is None else f"{cards[0]}."
        name = formal(page.short) if cards is None else formal(asked[0].title)
        caption = name if name.endswith("情况") or name == "企业概况" else f"{name}基本情况"
        table = facts_table(project, f"{page.id}.{part}facts", caption, facts)
        if table is not None:
            blocks.append(table)
            headed = asked[0].id
    if idle:
        blocks.append(_not_used(project, idle))
    told: set[str] = set()
    made = [(card, _card_blocks(project, card, page, told)) for card in asked]
    several = sum(1 for _, inside in made if inside) > 1
    for card, inside in made:
        first = next((n for n, one in enumerate(blocks) if _is_figures_table(one)), None)
        if first is not None and inside and all(_is_figures(one) for one in inside):
            blocks[first + 1 : first + 1] = inside  # a sentence of figures stands with the figures
            continue
        if several and _needs_heading(card, inside) and not _leads_itself(card, inside):
            if cards is not None and card.id == headed:  # its facts stand under it, too
                blocks.insert(0, SubSection(formal(card.title)))
            else:
                blocks.append(SubSection(formal(card.title)))
        blocks += inside
    return blocks


def _leads_itself(card: Card, inside: list[Block]) -> bool:
    """「能量平衡说明：…」 under a heading of the same words."""
    (first, *more) = inside
    return (
        not more and isinstance(first, Paragraph) and first.runs[:1] == (f"{formal(card.title)}：",)
    )


def _is_figures(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.is_figures


def _is_figures_table(block: Block) -> bool:
    return isinstance(block, Table) and block.key.endswith(_FIGURES)


_PROFILE = "profile."  # cards of what the firm is, whose facts stand in one table
_FIGURES = ".figures"  # how keys of tables of worked out figures end


def _is_idle(project: AuditProject, page: Page, question: Question) -> bool:
    """An energy the firm says it does not use: said in a sentence, since a table of noughts tells nothing."""
    if page.id != "energy":
        return False
    answer = project.book.get(question.id)
    if question.id in _WHETHER:
        return isinstance(answer, Given) and answer.text == "no"
    if question.kind is not QuestionKind.NUMBER:
        return False
    if isinstance(answer, NotApplicable):
        return True
    return isinstance(answer, Given) and exact_of(answer.text) == 0


_WHETHER = ("energy.has_more", "energy.own_used")  # further energies, in tables of their own
# How bills are read, of no matter where it is not done; what the card of the screen asks and other lines of the paper say.
_UNSAID = ("energy.by_day",)
_SAID_ELSEWHERE = ("energy.unused", "materials.unused", "water.quota_class")


def _not_used(project: AuditProject, questions: list[Question]) -> Paragraph:
    """「未使用的能源：柴油（叉车都是电动的）、煤（没有燃煤设备）；没有其他能源。」"""
    said, nothing_else = [], []
    for one in questions:
        if one.id in _WHETHER:  # said of a whole table, so no line of the reasons
            nothing_else.append(f"没有{formal(one.short or one.title)}")
            continue
        answer = project.book.get(one.id)
        why = answer.reason if isinstance(answer, NotApplicable) else getattr(answer, "note", "")
        why = (
            "" if unused.said(answer) else why
        )  # said once for all of them, on a card of the screen
        said.append(formal(one.short or one.title) + (f"（{why.rstrip('。')}）" if why else ""))
    if not has_gas(project):
        said.insert(0, "天然气")
    parts = [f"未使用的能源：{'、'.join(said)}"] if said else []
    return Paragraph((f"{'；'.join([*parts, *nothing_else])}。",))


def _with_items(card: Card, items: Sequence[str] | None, without: Sequence[str]) -> Card:
    """The card with only these questions and tables."""
    if items is None and not without:
        return card
    kept = tuple(
        item
        for item in card.items
        if (items is None or (isinstance(item, Question | TableQuestion) and item.id in items))
        and getattr(item, "id", "") not in without
    )
    return replace(card, items=kept)


def _needs_heading(card: Card, inside: list[Block]) -> bool:
    """A sentence of figures says itself what it is about, and so does a long answer about the firm."""
    if card.id.startswith(_PROFILE) and all(isinstance(one, Paragraph) for one in inside):
        return False
    if any(
        isinstance(item, Question) and item.kind is QuestionKind.LONG_TEXT for item in card.items
    ):
        return bool(inside)
    return any(not isinstance(block, Paragraph) for block in inside)


def _is_said(project: AuditProject, question: Question) -> bool:
    """An optional question nobody answered stays off the paper."""
    if question.id in _UNSAID and project.book.text(question.id) == "no":
        return False
    if question.id in _SAID_ELSEWHERE:
        return False
    return question.required or not isinstance(project.book.get(question.id), Missing)


def _opens_only(question: Question, page: Page, project: AuditProject) -> bool:
    """A 「是」 that only brings further questions: what they say stands on the paper."""
    if question.kind is not QuestionKind.YES_NO or project.book.text(question.id) != "yes":
        return False
    conditions = [card.condition for card in page.cards]
    for card in page.cards:
        for item in card.items:
            if isinstance(item, Question | TableQuestion):
                conditions.append(item.condition)
    return any(question.id in condition_keys(condition) for condition in conditions)


def _card_blocks(project: AuditProject, card: Card, page: Page, told: set[str]) -> list[Block]:
    """Long answers as paragraphs, tables and charts of a card, then its figures. Month tables stand in the appendix.

    told: quantities the page has given already; this card's are added.
    """
    blocks: list[Block] = []
    quantities: dict[str, None] = {}
    for item in card.items:
        if isinstance(item, Question | TableQuestion) and not holds(item.condition, project.book):
            continue
        match item:
            case Question(kind=QuestionKind.LONG_TEXT) if _is_said(project, item):
                lead = f"{formal(item.short)}：" if item.short else ""
                runs: list[Inline] = [lead]
                for one in fact_of(project, item):
                    runs += bound_runs(project, one) if isinstance(one, str) else [one]
                blocks.append(Paragraph(tuple(runs)))
            case TableQuestion() if item.rows is not RowsKind.MONTHS:
                blocks += [one for one in answers_tables(project, item) if not _is_nought(one)]
            case ChartItem(chart, title):
                drawn = printed_chart(project, chart)
                if drawn is not None:
                    name = _with_year(project, chart, formal(title))
                    notes = _unusual_months(project, chart)
                    blocks.append(Figure(f"chart.{chart}", name, drawn, notes))
            case FigureStrip(names):
                quantities.update(dict.fromkeys(one for one in names if one not in told))
                told.update(names)
            case _:
                pass
    named = formal(card.title)
    caption = f"{formal(page.short) if named == '计算结果' else named}：计算结果"
    return [*blocks, *figures_blocks(project, f"{card.id}{_FIGURES}", caption, quantities)]


def _is_nought(table: Table) -> bool:
    """Whether a table of energies of earlier years holds nothing but noughts."""
    if table.key != "energy.before":
        return False
    amounts = [cell for row in table.rows for cell in row.cells if isinstance(cell, Amount)]
    return all(one.value == 0 for one in amounts)


_ANY_YEAR = ("process.flow",)  # charts that show no figures of a year


def _with_year(project: AuditProject, chart: str, title: str) -> str:
    """A chart says which year it shows."""
    year = project.base_year
    return title if year is None or chart in _ANY_YEAR else f"{title}（{year} 年）"


def _unusual_months(project: AuditProject, chart: str) -> tuple[Runs, ...]:
    """「与全年中位数偏离较大的月份：1 月，春节停产」: what was said of months that stand out, or that nothing was said."""
    said = [f"{month} 月，{note or '未说明'}" for month, note in unusual_months(project, chart)]
    return ((f"注：与全年中位数偏离较大的月份：{'；'.join(said)}。",),) if said else ()


_OFFERS = (
    "caps.known",
)  # what the program could hold the figures against: help for the screen, not a finding


def figures_blocks(
    project: AuditProject, key: str, caption: str, quantities: Iterable[str]
) -> list[Block]:
    """Computed figures with unit as a table, a few of them as a sentence; what rules say in words below, with the reason."""
    rows: list[Row] = []
    notes: list[str] = []
    words: list[Block] = []
    for quantity_id in quantities:
        figure = project.derivation.figure(quantity_id)
        if figure.not_applicable or is_voluntary(project, figure):
            continue
        if quantity_id in _OFFERS or is_absent(project, quantity_id):
            continue
        if quantity_id.startswith("plating.") and not _is_asked(project, "plating.lines"):
            continue
        title = figure_title(project, figure)
        if figure.words:
            reason = formal_sentence(figure.trace.note).rstrip("。")
            said = formal_sentence(figure.words) + (f"（{reason}）" if reason else "")
            words.append(Paragraph((f"{title}：{said}。",)))
            continue
        rows.append(Row((title, _with_unjudged(project, figure), figure.unit)))
        if figure.overridden:
            notes.append(f"{title}为手改，原因：{figure.reason}")
    lines: tuple[Runs, ...] = ((f"注：{'；'.join(notes)}。",),) if notes else ()
    if not rows:
        return words
    if len(rows) < _FEWEST_ROWS and not notes:
        return [_sentence(rows, project.base_year), *words]
    columns = (
        Column("项目", 4),
        Column("数值", 2, Align.NUMBER),
        Column("单位", 1.4, Align.CENTRE),
    )
    return [Table(key, caption, columns, tuple(rows), lines, width=0.72), *words]


_LOW, _USED, _LEDGER = "voc.low_share", "voc.used_amount", "voc.materials"


def _with_unjudged(project: AuditProject, figure: ComputedFigure) -> Inline:
    """A figure; the share of low-VOC materials as a range while it is not known of some whether they are."""
    said = computed_cell(figure)
    if figure.quantity_id != _LOW or not isinstance(said, Amount):
        return said
    book = project.book
    amounts = (
        exact_of(book.text(f"{_LEDGER}/{row}/amount"))
        for row in book.row_ids(_LEDGER)
        if book.text(f"{_LEDGER}/{row}/low") == "unknown"
    )
    unjudged = sum((one for one in amounts if one is not None), Fraction(0))
    whole = project.derivation.figure(_USED).value
    if not unjudged or not whole:
        return said
    return replace(said, high=said.value + unjudged * 100 / whole)


def _is_asked(project: AuditProject, table_id: str) -> bool:
    """Whether the conditions of a table hold for this firm."""
    return any(
        isinstance(item, TableQuestion) and item.id == table_id
        for page in project.questionnaire.pages()
        for item in asked_items(page, project.book)
    )


def _sentence(rows: list[Row], year: int | None) -> Paragraph:
    """「2025 年危险废物产生量 18.60 t，一般固废产生量 229.90 t。」"""
    runs: list[Inline] = [f"{year} 年" if year else ""]
    for place, row in enumerate(rows):
        title, value, unit = row.cells
        runs += ["，" if place else "", f"{cell_text(title)} "]
        assert isinstance(value, str | Amount | Away | Open)
        runs += [value, f" {cell_text(unit)}" if unit else ""]
    return Paragraph((*runs, "。"), is_figures=True)
