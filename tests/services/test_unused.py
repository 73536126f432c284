"""What is not used is said once: every place of it becomes 不适用 in one act, follows the years, and is asked about on paste."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.assessment.finding import NotApplicable
from app.checkup.page_remarks import check_page
from app.forms.answer import MISSING, AnswerBook, Given, cell_key
from app.forms.grid import grid_from_text
from app.forms.paste import plan_paste
from app.forms.reading.plan import PastePlan
from app.services import acts
from app.services.session import AuditSession
from tests.helpers.open_audit import open_audit

MONTH = cell_key("energy.bills", "2025-03", "gas")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    model = open_audit(
        tmp_path,
        AnswerBook(
            {
                "audit.base_year": Given("2025"),
                cell_key("energy.bills", "2025-01", "gas"): Given("12500"),
                "water.units/r1/name": Given("镀锌线"),
            },
            {"water.units": ("r1",)},
        ),
    )
    yield model.session
    model.close()


def _say(session: AuditSession, options: str) -> None:
    after = Given(options) if options else MISSING
    session.do(acts.answer(session.project, "energy.unused", after))


def test_one_act_marks_every_open_place_and_undo_takes_all_back(session: AuditSession) -> None:
    before = session.book
    _say(session, "gas|coal|reclaimed")
    gas = [k for k in session.book.answers if k.startswith("energy.bills/") and "/gas" in k]
    assert len(gas) == 72
    assert session.book.get(MONTH) == NotApplicable("没有用（见「用了哪些能源和物料」）")
    assert isinstance(session.book.get("energy.coal"), NotApplicable)
    assert isinstance(session.book.get("energy.before/coal/y1"), NotApplicable)
    assert isinstance(session.book.get("water.units/r1/reclaimed"), NotApplicable)
    assert session.book.text("energy.bills/2025-01/gas") == "12500"  # a number stays
    assert session.book.get("energy.bills/2025-01/electricity") == MISSING
    session.undo()
    assert session.book.answers == before.answers


def test_a_number_where_nothing_is_used_is_remarked_on(session: AuditSession) -> None:
    page = next(p for p in session.project.questionnaire.pages() if p.id == "energy")

    def said() -> list[str]:
        return [
            remark.key
            for remark in check_page(page, session.book, session.project.derivation)
            if "没有用，这里却有数" in remark.what
        ]

    assert said() == []
    _say(session, "gas|coal")
    assert said() == ["energy.bills/2025-01/gas"]


def test_taking_it_back_opens_exactly_those_places(session: AuditSession) -> None:
    own = cell_key("energy.bills", "2025-02", "gas")
    session.do(acts.answer(session.project, own, NotApplicable("二月停产没有用气")))
    _say(session, "gas|coal")
    _say(session, "coal")
    assert session.book.get(MONTH) == MISSING
    assert session.book.get(own) == NotApplicable("二月停产没有用气")
    assert isinstance(session.book.get("energy.coal"), NotApplicable)
    _say(session, "")
    assert session.book.get("energy.coal") == MISSING


def test_another_base_year_and_new_rows_are_marked_too(session: AuditSession) -> None:
    _say(session, "gas|reclaimed")
    session.do(acts.answer(session.project, "audit.base_year", Given("2026")))
    assert isinstance(session.book.get("energy.bills/2026-11/gas"), NotApplicable)
    assert session.book.get("energy.bills/2023-11/gas") == MISSING
    session.do(acts.insert_row(session.project, "water.units", "r2", 1))
    assert isinstance(session.book.get("water.units/r2/reclaimed"), NotApplicable)


def test_numbers_for_what_is_not_used_are_asked_about_and_then_change_the_card(
    session: AuditSession,
) -> None:
    _say(session, "gas|coal")
    table = session.project.index.tables["energy.bills"]
    grid = grid_from_text("月份\t电量(kWh)\t天然气(m³)\n3月\t150000\t12800\n4月\t151000\t12900")

    def planned(answers: dict[str, str]) -> PastePlan:
        return plan_paste(table, grid, session.book, base_year=2025, year=2025, decisions=answers)

    plan = planned({})
    assert [question.id for question in plan.questions] == ["not-applicable:gas"]
    assert {cell.column_id for cell in plan.cells} == {"electricity"}
    skipped = planned({"not-applicable:gas": "skip"})
    assert skipped.ready
    assert {cell.column_id for cell in skipped.cells} == {"electricity"}
    session.do(acts.paste(planned({"not-applicable:gas": "write"}), session.project))
    assert session.book.text(MONTH) == "12800"
    assert session.book.text("energy.unused") == "coal"
    assert session.book.get("energy.bills/2025-05/gas") == MISSING
    session.undo()
    assert session.book.text("energy.unused") == "gas|coal"
    assert isinstance(session.book.get(MONTH), NotApplicable)
