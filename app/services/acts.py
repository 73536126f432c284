"""What a user does to the answers of an audit: each function says what one act changes and how undo and the change log name it.

An act is a value; `AuditSession.do` takes it over (the window through `SessionModel.do`), so that screens, commands and
tests do the same. Acts with more than answers have their own module here: bill_filling, check_up (reasons), editions,
evidence, newer_data and switching.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.assessment.finding import Missing, NotApplicable
from app.assessment.indicator_system import Indicator, Level
from app.assessment.result import Assessment
from app.audit import measures
from app.audit.front_door import INDUSTRY, QUESTIONNAIRE, questionnaire_of_industry
from app.audit.measures import Draft
from app.audit.project import BASE_YEAR, AuditProject, base_year_of
from app.audit.wording import short_table
from app.forms import carried, unused
from app.forms.answer import (
    MISSING,
    Act,
    Answer,
    AnswerBook,
    Change,
    Given,
    RowsChange,
    apply,
    cell_key,
)
from app.forms.question import Questionnaire
from app.forms.question_index import row_label
from app.measures.causes import draft_changes
from app.measures.options import row_changes
from app.services.measures import default_target
from app.services.tables import choice_changes

if TYPE_CHECKING:
    from app.forms.reading.plan import PastePlan
    from app.measures.path import Plan

_NOT_YET = ("", "idea", "dropped")  # states of a measure before anybody found it feasible


_FINISHED = re.compile(r"measures\.results/([^/]+)/finished")


def _changes(book: AnswerBook, answers: Mapping[str, Answer]) -> tuple[Change, ...]:
    return tuple(
        Change(key, book.get(key), after)
        for key, after in answers.items()
        if book.get(key) != after
    )


# Answers


def name_of(project: AuditProject, key: str) -> str:
    """How an act calls the place of an answer: 「2025 年 3 月电量」, the name of an indicator or of a quantity."""
    kind, _, rest = key.partition("/")
    if kind == "override" and rest in project.derivation.quantities:
        return project.derivation.quantities[rest].title
    if kind == "indicator" and project.system is not None:
        table_id, _, indicator_id = rest.partition("/")
        for table in project.system.parts(table_id):
            for one in table.indicators():
                if one.id == indicator_id:
                    return one.name
    return project.index.cell_name(key, project.book)


def answer(project: AuditProject, keys: str | Sequence[str], after: Answer, name: str = "") -> Act:
    """Give the same answer in one place or several (a computed figure typed over has its reason as note); Missing clears
    it. name: what the place is called, where the questions do not say it."""
    keys = (keys,) if isinstance(keys, str) else tuple(keys)
    book = project.book
    if len(keys) == 1:
        before, is_override = book.get(keys[0]), keys[0].startswith("override/")
        what = name or name_of(project, keys[0])
    else:
        before, is_override = MISSING, False
        what = f"{len(keys)} 格"
    match after:
        case Missing() if is_override:
            label = f"用回算出来的 {what}"
        case Missing() if isinstance(before, NotApplicable):
            label = f"{what} 改成适用"
        case Missing():
            label = f"清空 {what}"
        case NotApplicable():
            label = f"{what} 不适用"
        case _:
            label = f"手改 {what}" if is_override else f"填 {what}"
    changes: tuple[Change | RowsChange, ...] = _changes(book, dict.fromkeys(keys, after))
    if BASE_YEAR in keys or any(key in keys for key in unused.questions()):
        changes = _with_unused(project, changes)
    return Act(label, _with_carried(project, _with_done(project, changes)))


def _with_carried(
    project: AuditProject, changes: tuple[Change | RowsChange, ...]
) -> tuple[Change | RowsChange, ...]:
    """With the second places of amounts that are asked once."""
    year = base_year_of(apply(project.book, changes))
    more = carried.changes(project.index, project.book, changes, year, project.questionnaire.id)
    return (*changes, *more)


def _with_done(
    project: AuditProject, changes: tuple[Change | RowsChange, ...]
) -> tuple[Change | RowsChange, ...]:
    """A measure with a day of being finished is done: its state in the list follows, which nobody need say twice."""
    more = []
    for change in changes:
        if isinstance(change, RowsChange) or not (found := _FINISHED.fullmatch(change.key)):
            continue
        state = cell_key("measures.list", found[1], "state")
        before = project.book.get(state)
        open_still = not isinstance(before, Given) or before.text in (
            "",
            "idea",
            "feasible",
            "doing",
        )
        if isinstance(change.after, Given) and change.after.text and open_still:
            more.append(Change(state, before, Given("done")))
    taken = {one.key for one in changes if isinstance(one, Change)}
    return (*changes, *(one for one in more if one.key not in taken))


def _with_unused(
    project: AuditProject, changes: tuple[Change | RowsChange, ...]
) -> tuple[Change | RowsChange, ...]:
    """With what the card of what is not used says about the places as they are then."""
    book = apply(project.book, changes)
    return (*changes, *unused.changes(project.index, book, base_year_of(book)))


def note(project: AuditProject, key: str, text: str) -> Act:
    """Write a remark to a given answer; nothing where none is given."""
    before = project.book.get(key)
    after = {key: replace(before, note=text)} if isinstance(before, Given) else {}
    return Act(f"给 {name_of(project, key)} 写说明", _changes(project.book, after))


def repeat(project: AuditProject, pairs: Iterable[tuple[str, Answer]]) -> Act:
    """Ctrl+D: cells take the answer of the cell above. pairs: (cell, "" where none is
    typed; that answer); its remark stays where it is."""
    after = {
        key: Given(above.text, above.raw) if isinstance(above, Given) else above
        for key, above in pairs
        if key
    }
    changes = _changes(project.book, after)
    return Act(f"{len(changes)} 格同上", changes)


def paste(plan: "PastePlan", project: AuditProject) -> Act:
    """Write what was read of a pasted or imported table."""
    label = f"粘贴 {len({cell.row for cell in plan.cells})} 行"
    changes = _with_done(project, _with_unused(project, plan.changes))
    return Act(label, _with_carried(project, changes))


# Rows of free tables


def insert_row(project: AuditProject, table_id: str, row_id: str, at: int) -> Act:
    """A new row before the row at `at` (0 is the first). row_id: from `AuditSession.new_row_id`."""
    rows = project.book.row_ids(table_id)
    after = (*rows[:at], row_id, *rows[at:])
    title = project.index.tables[table_id].title
    return Act(f"加一行：{title}", _with_unused(project, (RowsChange(table_id, rows, after),)))


def delete_rows(project: AuditProject, table_id: str, row_ids: Sequence[str]) -> Act:
    """Take rows out with their cells, also those of tables that have the rows of this one."""
    book = project.book
    tables = [
        table_id, *(one.id for one in project.index.tables.values() if one.rows_of == table_id)
    ]  # fmt: skip
    cells = [
        Change(cell_key(table, row_id, column), before, MISSING)
        for row_id in row_ids
        for table in tables
        for column, before in book.row(table, row_id)
    ]
    rows = book.row_ids(table_id)
    left = tuple(row for row in rows if row not in set(row_ids))
    what = f"{len(row_ids)} 行"
    if len(row_ids) == 1:
        what = row_label(project.index.tables[table_id], row_ids[0], book)
    return Act(f"删掉 {what}", (*cells, RowsChange(table_id, rows, left)))


def move_rows(project: AuditProject, table_id: str, row_ids: Sequence[str], step: int) -> Act:
    """Move rows up (step -1) or down (1) by one; nothing where one would leave the table."""
    before = project.book.row_ids(table_id)
    rows, chosen = list(before), sorted(before.index(row_id) for row_id in row_ids)
    if chosen and chosen[0] + step >= 0 and chosen[-1] + step < len(rows):
        for row in chosen if step < 0 else reversed(chosen):
            rows[row], rows[row + step] = rows[row + step], rows[row]
    label = f"移动 {len(chosen)} 行"
    after = tuple(rows)
    return Act(label, (RowsChange(table_id, before, after),) if after != before else ())


# Indicators


def choose_level(project: AuditProject, indicator: Indicator, level: Level) -> Act:
    """The level a qualitative indicator reaches; the statement stays. Who meets a level whose better neighbour asks the
    same, word for word, meets that one too."""
    while level in (Level.II, Level.III) and _asks_the_same(indicator, level):
        level = Level(level - 1)
    said = "都没到" if level is Level.NONE else f"{level.symbol} 级"
    return award(project, indicator, Given(level.code), said)


def award(project: AuditProject, indicator: Indicator, given: Given, said: str) -> Act:
    """Points the auditor gives, or met and not met; the statement stays. said: the choice in words."""
    key = project.indicator_key(indicator.id)
    before = project.book.get(key)
    after = replace(given, note=before.note if isinstance(before, Given) else "")
    return Act(f"{indicator.name}：{said}", _changes(project.book, {key: after}))


def _asks_the_same(indicator: Indicator, level: Level) -> bool:
    asked = indicator.benchmarks.get(level)
    return asked is not None and asked == indicator.benchmarks.get(Level(level - 1))


def choose_tables(
    project: AuditProject, table_ids: Sequence[str], weights: Mapping[str, str]
) -> Act:
    """Be assessed by these tables of the document with these parts (as typed). UserError when it does not go."""
    changes = choice_changes(project, table_ids, weights)
    assert project.system is not None
    names = "＋".join(short_table(project.system.table(one).title) for one in table_ids)
    return Act(f"用的表：{names}", changes)


# Measures


def write_measure(project: AuditProject, row: Draft) -> Act:
    """Write the row a comparison makes, or bring it up to date; nothing while the comparison still needs answers."""
    label = "更新方案" if measures.is_written(project, row) else "写进方案"
    changes = () if row.missing else measures.changes(project, row)
    return Act(f"{label}：{row.name}", changes)


def add_measure(project: AuditProject, row_id: str, cells: Mapping[str, str]) -> Act:
    """An option of a library or an idea as a new row. row_id: from `AuditSession.new_row_id`."""
    return Act(f"加方案：{cells['name']}", row_changes(project, row_id, cells))


def adopt_plan(project: AuditProject, plan: "Plan") -> Act:
    """The measures of a plan are feasible; those further on stay as they are."""
    keys = [cell_key(measures.TABLE, one.row_id, "state") for one in plan.measures]
    after = {key: Given("feasible") for key in keys if project.book.text(key) in _NOT_YET}
    names = " + ".join(one.code for one in plan.measures)
    return Act(f"采用 {names}", _changes(project.book, after))


def draft_causes(project: AuditProject, assessment: Assessment | None) -> Act:
    """What the data say of the eight aspects, into empty cells only."""
    changes = draft_changes(project, assessment, default_target(assessment, project))
    return Act(f"起草 {len(changes)} 个方面的现象", changes)


# Before there is an audit


def answer_front_door(
    book: AnswerBook, key: str, after: Answer, sets: Sequence[Questionnaire] = ()
) -> AnswerBook:
    """The answers with one more. sets: the question sets the industry chooses among; empty once the user has chosen."""
    answers: dict[str, Answer] = {key: after}
    if key == INDUSTRY and sets:
        chosen = questionnaire_of_industry(after.text if isinstance(after, Given) else "", sets)
        answers[QUESTIONNAIRE] = Given(chosen)
    return apply(book, _changes(book, answers))
