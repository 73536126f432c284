"""What a user can do, without a window: each act changes what it says, is named in undo, and undo takes the whole of it back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.assessment.finding import NotApplicable
from app.assessment.indicator_system import Indicator, IndicatorKind, Level
from app.audit.front_door import INDUSTRY, QUESTIONNAIRE
from app.audit.measures import TABLE
from app.audit.project import AuditProject
from app.forms.answer import (
    MISSING,
    Act,
    AnswerBook,
    Given,
    cell_key,
    differing,
    override_key,
    touched,
)
from app.services import acts
from app.services.session import AuditSession
from tests.helpers.forms import shipped_forms
from tests.helpers.open_audit import open_audit


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    model = open_audit(tmp_path)
    yield model.session
    model.close()


def _free_table(project: AuditProject) -> str:
    """A free table with three rows and more, followed by another one."""
    followed = {table.rows_of for table in project.index.tables.values()}
    return next(name for name in followed if len(project.book.row_ids(name)) >= 3)


def _qualitative(project: AuditProject) -> Indicator:
    assert project.system is not None
    return next(
        one
        for part in project.system.parts(project.table_id)
        for one in part.indicators()
        if one.kind is IndicatorKind.QUALITATIVE
    )


def _bill(project: AuditProject) -> str:
    return next(key for key in project.book.answers if key.startswith("energy.bills/2025-07/"))


def _rows(project: AuditProject) -> tuple[str, tuple[str, ...]]:
    table = _free_table(project)
    return table, project.book.row_ids(table)


ACTS: dict[str, Callable[[AuditProject], Act]] = {
    "填": lambda p: acts.answer(p, "firm.legal", Given("陈立")),
    "清空": lambda p: acts.answer(p, "firm.legal", MISSING),
    "不适用": lambda p: acts.answer(p, _bill(p), NotApplicable("停产检修")),
    "手改": lambda p: acts.answer(p, override_key("water.intake"), Given("9", note="水表坏了")),
    "几格": lambda p: acts.answer(p, ["firm.legal", "firm.name"], MISSING),
    "同上": lambda p: acts.repeat(p, [("firm.legal", Given("甲", note="只属于上一格")), ("", MISSING)]),
    "说明": lambda p: acts.note(p, "firm.legal", "工商变更中"),
    "加行": lambda p: acts.insert_row(p, _rows(p)[0], "r99", 1),
    "删行": lambda p: acts.delete_rows(p, _rows(p)[0], _rows(p)[1][:2]),
    "移行": lambda p: acts.move_rows(p, _rows(p)[0], _rows(p)[1][1:3], -1),
    "等级": lambda p: acts.choose_level(p, _qualitative(p), Level.NONE),
    "得分": lambda p: acts.award(p, _qualitative(p), Given("2"), "2 分"),
    "加方案": lambda p: acts.add_measure(p, "r98", {"name": "余热回用", "state": "idea"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_one_step_of_undo_with_its_own_name(name: str, session: AuditSession) -> None:
    before = session.book
    act = ACTS[name](session.project)
    session.do(act)
    assert session.undo_label == act.label
    assert session.book != before
    assert touched(act) == differing(before, session.book)
    session.undo()
    assert not differing(before, session.book)
    session.redo()
    assert differing(before, session.book) == touched(act)


def test_labels_say_what_was_done_where(session: AuditSession) -> None:
    project = session.project
    bill = _bill(project)
    name = acts.name_of(project, bill)
    assert name.startswith("2025 年 7 月")
    assert acts.answer(project, bill, Given("1")).label == f"填 {name}"
    assert acts.answer(project, bill, MISSING).label == f"清空 {name}"
    assert acts.answer(project, bill, NotApplicable("停产")).label == f"{name} 不适用"
    assert acts.answer(project, [bill, "firm.name"], MISSING).label == "清空 2 格"
    quantity = override_key("water.intake")
    title = project.derivation.quantities["water.intake"].title
    assert acts.answer(project, quantity, Given("9", note="表坏")).label == f"手改 {title}"
    assert acts.answer(project, quantity, MISSING).label == f"用回算出来的 {title}"
    indicator = _qualitative(project)
    key = project.indicator_key(indicator.id)
    assert acts.answer(project, key, MISSING).label == f"清空 {indicator.name}"
    session.do(acts.answer(project, key, NotApplicable("没有这种镀层")))
    again = acts.answer(session.project, key, MISSING)
    assert again.label == f"{indicator.name} 改成适用"


def test_what_is_there_already_is_no_act(session: AuditSession) -> None:
    project = session.project
    legal = project.book.get("firm.legal")
    assert acts.answer(project, "firm.legal", legal).changes == ()
    assert acts.answer(project, "firm.nowhere", MISSING).changes == ()
    assert acts.note(project, "firm.nowhere", "没有答案就没有说明").changes == ()
    table, rows = _rows(project)
    assert acts.move_rows(project, table, rows[:1], -1).changes == ()
    assert acts.move_rows(project, table, rows[-1:], 1).changes == ()
    assert acts.move_rows(project, table, (), 1).changes == ()


def test_a_row_goes_with_its_cells_in_every_table_that_has_its_rows(session: AuditSession) -> None:
    project = session.project
    table, rows = _rows(project)
    tables = [table, *(t.id for t in project.index.tables.values() if t.rows_of == table)]
    assert len(tables) > 1
    session.do(acts.delete_rows(project, table, rows[:1]))
    assert session.book.row_ids(table) == rows[1:]
    assert not [
        k for one in tables for k in session.book.answers if k.startswith(f"{one}/{rows[0]}/")
    ]


def test_the_answer_above_comes_without_its_remark(session: AuditSession) -> None:
    above = Given("12", "12 个", "抄表")
    session.do(acts.repeat(session.project, [(_bill(session.project), above)]))
    assert session.book.get(_bill(session.project)) == Given("12", "12 个")


def test_a_statement_stays_when_the_level_changes(session: AuditSession) -> None:
    indicator = _qualitative(session.project)
    key = session.project.indicator_key(indicator.id)
    session.do(acts.choose_level(session.project, indicator, Level.NONE))
    session.do(acts.note(session.project, key, "自动线占一半"))
    session.do(acts.choose_level(session.project, indicator, Level.III))
    given = session.book.get(key)
    assert isinstance(given, Given)
    assert given.note == "自动线占一半"
    assert given.text != Level.NONE.code


def test_an_option_of_the_library_is_a_row_of_the_list(session: AuditSession) -> None:
    cells = {"name": "余热回用", "state": "idea", "no_such_column": "x"}
    session.do(acts.add_measure(session.project, "r98", cells))
    assert session.book.row_ids(TABLE)[-1] == "r98"
    assert session.book.text(cell_key(TABLE, "r98", "name")) == "余热回用"
    assert not session.book.text(cell_key(TABLE, "r98", "no_such_column"))


def test_the_industry_chooses_the_questions_until_the_user_does() -> None:
    sets = tuple(shipped_forms().questionnaires.values())
    book = acts.answer_front_door(AnswerBook(), INDUSTRY, Given("6110 旅游饭店"), sets)
    hotel = book.text(QUESTIONNAIRE)
    assert hotel
    book = acts.answer_front_door(book, INDUSTRY, Given("3360 金属表面处理"), sets)
    assert book.text(QUESTIONNAIRE) != hotel
    kept = acts.answer_front_door(book, INDUSTRY, Given("6110 旅游饭店"))
    assert kept.text(QUESTIONNAIRE) == book.text(QUESTIONNAIRE)


def test_a_day_of_being_finished_makes_a_measure_done(session: AuditSession) -> None:
    row = session.project.book.row_ids(TABLE)[0]
    state, finished = cell_key(TABLE, row, "state"), cell_key("measures.results", row, "finished")
    session.do(acts.answer(session.project, [state], Given("feasible")))
    session.do(acts.answer(session.project, [finished], Given("2026-05-20")))
    assert session.project.book.text(state) == "done"
    session.undo()
    assert session.project.book.text(state) == "feasible"
    session.do(acts.answer(session.project, [state], Given("dropped")))
    session.do(acts.answer(session.project, [finished], Given("2026-05-20")))
    assert session.project.book.text(state) == "dropped", "what somebody dropped stays dropped"
