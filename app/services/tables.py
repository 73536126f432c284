"""Which tables of a document a firm is assessed by, and with what parts: what can be chosen, what does not go, the answers to record."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from app.assessment.combination import part_weights
from app.assessment.indicator_system import Combination, IndicatorSystem, joined_id
from app.assessment.numbers import number_text, parse_exact
from app.assessment.weights import divide
from app.audit.findings import own_table_weights, table_weight_key
from app.audit.project import TABLE_KEY, AuditProject
from app.audit.wording import short_table
from app.errors import Problem, UserError
from app.forms.answer import MISSING, Answer, AnswerBook, Change, Given

_MOST_FREE = 5  # tables: 31 ways to put them together, more is no list to choose from


@dataclass(frozen=True)
class AvailableTable:
    """One table of a document.

    together: ids of the tables it can be put together with, empty when a firm is assessed by it alone. weight: its
    printed part of 1, None = not known or alone. always: chosen whenever tables are put together. printed: the document's
    words for how they go together.
    """

    id: str
    title: str
    indicators: int
    together: tuple[str, ...] = ()
    weight: Fraction | None = None
    always: bool = False
    printed: str = ""


@dataclass(frozen=True)
class ChosenTable:
    """printed: the document's part of 1, own: what the firm put in (asked for only where `asks`); part: what it counts
    with, before tables that do not apply at all are taken out; None = unknown, the index is a range then."""

    id: str
    title: str
    printed: Fraction | None
    own: Fraction | None
    part: Fraction | None
    asks: bool


def table_of(book: AnswerBook, system: IndicatorSystem, where: str = "") -> str:
    """The table (or tables) of an audit, the first of the document while none is chosen. UserError when the document
    has no such table or does not put these tables together."""
    table_id = book.text(TABLE_KEY) or system.tables[0].id
    try:
        part_weights(system, table_id, {})
    except KeyError:
        what = f"案卷选的表「{table_id}」体系里没有"
        raise UserError(Problem(where, what, "用备份恢复案卷；案卷没有改动。")) from None
    return table_id


def available_tables(system: IndicatorSystem) -> tuple[AvailableTable, ...]:
    """In the order of the document."""
    found = []
    for table in system.tables:
        rows = sum(1 for _ in table.indicators())
        way = next((one for one in system.combinations if table.id in one.weights), None)
        if way is None:
            found.append(AvailableTable(table.id, table.title, rows))
            continue
        others = tuple(name for name in way.weights if name != table.id)
        weight, always = way.weights[table.id], table.id in way.always
        printed = way.provenance.printed
        found.append(AvailableTable(table.id, table.title, rows, others, weight, always, printed))
    return tuple(found)


def table_choices(system: IndicatorSystem) -> tuple[tuple[str, str], ...]:
    """(table id, title) of what a firm can be assessed by: each table, then the ways to put some of them together.

    Where a document leaves very many ways, only each table with what always belongs to it, and all of them.
    """
    titles = {table.id: short_table(table.title) for table in system.tables}
    choices = [(table.id, table.title) for table in system.tables]
    for way in system.combinations:
        free = [name for name in way.weights if name not in way.always]
        sizes = range(len(free) + 1) if len(free) <= _MOST_FREE else (1, len(free))
        for size in sizes:
            for some in combinations(free, size):
                names = [name for name in titles if name in (*way.always, *some)]
                if len(names) > 1:
                    choices.append((joined_id(names), " ＋ ".join(titles[one] for one in names)))
    return tuple(choices)


def chosen_tables(project: AuditProject) -> tuple[ChosenTable, ...]:
    """In the order chosen; empty without a system. Weights that do not fit are not used (the assessment says so)."""
    system = project.system
    if system is None:
        return ()
    tables = system.parts(project.table_id)
    way = _way(system, project.table_id)
    own = own_table_weights(project)
    try:
        weights = part_weights(system, project.table_id, own)
    except UserError:
        weights = part_weights(system, project.table_id, {})
    names = list(weights)
    division = divide(
        list(weights.values()), [name in {table.id for table in tables} for name in names]
    )
    return tuple(
        ChosenTable(
            table.id,
            table.title,
            None if way is None else way.weights[table.id],
            own.get(table.id),
            division.share(names.index(table.id)),
            way is not None and way.weights[table.id] is None,
        )
        for table in tables
    )


def choice_problems(
    system: IndicatorSystem, table_ids: Sequence[str], weights: Mapping[str, str]
) -> tuple[Problem, ...]:
    """What stands against assessing a firm by these tables with these typed parts, everything at once; empty = it goes.

    weights: by table id as typed (「0.4」 「40%」), "" = not given. All may be empty: the document's own are used, and
    where it gives none the index is a range.
    """
    if not table_ids:
        return (Problem(system.title, "一张表也没有选", "至少选一张表"),)
    own, problems = _read(system, table_ids, weights)
    if not problems:
        try:
            part_weights(system, joined_id(table_ids), own)
        except UserError as error:
            problems = list(error.problems)
    return tuple(problems)


def choice_changes(
    project: AuditProject, table_ids: Sequence[str], weights: Mapping[str, str]
) -> tuple[Change, ...]:
    """The answers to record as one act. Parts of tables no longer chosen are taken out; answers to indicators stay,
    also of tables left out. UserError with `choice_problems`."""
    system = project.system
    assert system is not None
    problems = choice_problems(system, table_ids, weights)
    if problems:
        raise UserError(*problems)
    own, _ = _read(system, table_ids, weights)
    after: dict[str, Answer] = {table_weight_key(table.id): MISSING for table in system.tables}
    for name, weight in own.items():
        text, typed = number_text(weight), weights[name].strip()
        after[table_weight_key(name)] = Given(text, raw="" if typed == text else typed)
    after[TABLE_KEY] = Given(joined_id(table_ids))
    book = project.book
    return tuple(
        Change(key, book.get(key), answer)
        for key, answer in after.items()
        if book.get(key) != answer
    )


def _read(
    system: IndicatorSystem, table_ids: Sequence[str], weights: Mapping[str, str]
) -> tuple[dict[str, Fraction], list[Problem]]:
    titles = {table.id: table.title for table in system.tables}
    own, problems = {}, []
    for name, typed in weights.items():
        text = unicodedata.normalize("NFKC", typed).strip()
        if not text or name not in table_ids:
            continue
        number, percent = text.removesuffix("%").strip(), text.endswith("%")
        try:
            weight = parse_exact(number) / (100 if percent else 1)
        except ValueError:
            weight = None
        # A quotient has no plain decimal, and the parts would not add up to 1 any more.
        if weight is None or not 0 <= weight <= 1 or "/" in number:
            problems.append(
                Problem(
                    titles[name], f"权重「{typed.strip()}」不是 0 到 1 的数", "写成 0.4 或者 40%"
                )
            )
        else:
            own[name] = weight
    return own, problems


def _way(system: IndicatorSystem, table_id: str) -> Combination | None:
    return system.combination(table_id) if len(system.parts(table_id)) > 1 else None
