"""Where a small firm's energy goes: asked in the units of its bills, held against them, never in tce."""

from fractions import Fraction

import pytest

from app.audit.energy_users import CARRIERS, closings
from app.audit.project import AuditProject
from app.forms.answer import AnswerBook, Given, cell_key
from app.forms.question import Question, QuestionKind, TableQuestion
from app.forms.question_index import row_ids
from app.forms.visible import asked_columns, asked_items
from tests.helpers.fill import project_of
from tests.helpers.forms import shipped_forms
from tests.helpers.papers import printed, row, tables
from tests.papers.test_two_walks import paper, walked

SIMPLE = sorted(set(shipped_forms().questionnaires) - {"industry", "front_door"})
BESIDE = [
    "measures.savings.other_energy",
    "measures.results.other_energy",
]  # optional, what no bill has


def _asked(project: AuditProject) -> list[tuple[str, Question]]:
    found: list[tuple[str, Question]] = []
    for page in project.questionnaire.pages():
        for item in asked_items(page, project.book):
            if isinstance(item, TableQuestion):
                found += [(item.id, one) for one in asked_columns(item, project.book)]
            else:
                found.append((item.id, item))
    return found


@pytest.mark.parametrize("name", SIMPLE)
def test_no_small_firm_is_asked_for_coal_equivalent(name: str) -> None:
    project = project_of(shipped_forms().questionnaires[name], AnswerBook({}))
    wanted = [
        f"{where}.{one.id}"
        for where, one in _asked(project)
        if one.kind is QuestionKind.NUMBER and not one.derived and "tce" in one.unit
    ]
    assert wanted == BESIDE
    assert "balance.users" in {where for where, _ in _asked(project)}


def test_an_industrial_firm_may_take_its_own_units_and_loses_nothing() -> None:
    industry = shipped_forms().questionnaires["industry"]
    book = AnswerBook({"balance.energy_by": Given("units")})
    shown = {where for where, _ in _asked(project_of(industry, book))}
    assert "balance.users" in shown
    assert "balance.energy" not in shown
    shown = {where for where, _ in _asked(project_of(industry, AnswerBook({})))}
    assert "balance.energy" in shown
    assert "balance.users" not in shown


def test_what_an_older_audit_typed_in_tce_stays_in_sight() -> None:
    hotel = shipped_forms().questionnaires["hotel"]
    key = cell_key("balance.energy", "r1", "input")
    book = AnswerBook({key: Given("43")}, {"balance.energy": ("r1",)})
    shown = {where for where, _ in _asked(project_of(hotel, book))}
    assert {"balance.energy", "balance.users"} <= shown


def test_coal_equivalent_and_share_come_from_the_bill_and_its_factor() -> None:
    project = walked("restaurant")
    derivation = project.derivation
    gas = derivation.cell("balance.users", "r1", "tce")
    assert gas.value == 58000 * derivation.factors["gas_kgce"].value / 1000
    assert gas.trace.source
    share = derivation.cell("balance.users", "r1", "share").value
    assert share == Fraction(58000 * 100) / derivation.figure("energy.gas").value  # type: ignore[operator]
    assert [one.carrier.name for one in closings(derivation)] == ["电", "天然气"]
    said = derivation.figure("balance.users_said").words
    assert "电 各处 374,000 kWh，账单 374,166 kWh，差 0.0%" in said


def test_the_paper_prints_them_and_no_empty_balance() -> None:
    document = paper(walked("restaurant"))
    found = next(one for one in tables(document) if "用能的地方" in one.caption)
    assert "58000" in printed(row(found, "灶具").cells)
    assert "主要用能单元" not in [one.caption for one in tables(document)]


def test_every_carrier_has_a_bill_and_a_factor() -> None:
    project = walked("restaurant")
    options = next(
        one.options
        for table in (project.index.tables["balance.users"],)
        for one in table.columns
        if one.id == "carrier"
    )
    assert [one.id for one in options] == list(CARRIERS)
    for one in CARRIERS.values():
        assert one.bill in project.derivation.quantities
        assert project.derivation.factors[one.factor].unit.endswith(one.unit)


def test_a_kitchen_is_shown_no_row_of_voc_before_and_after() -> None:
    table = "after.plant"
    for name, there in (("restaurant", False), ("car_repair", True), ("industry", True)):
        book = AnswerBook({"audit.questionnaire": Given(name)})
        project = project_of(shipped_forms().questionnaires[name], book)
        rows = row_ids(project.index.tables[table], project.book, 2025)
        assert ("voc" in rows) is there, name
    kept = AnswerBook(
        {"audit.questionnaire": Given("restaurant"), "after.plant/voc/after": Given("3")}
    )
    project = project_of(shipped_forms().questionnaires["restaurant"], kept)
    assert "voc" in row_ids(project.index.tables[table], project.book, 2025), "what is typed shows"
