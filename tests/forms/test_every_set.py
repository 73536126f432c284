"""Every question set, from nothing to everything answered: nothing breaks, nothing stays open, every figure comes."""

import pytest

from app.audit.balance import water_balance
from app.audit.progress import progress
from app.checkup.page_remarks import Severity, check_page
from app.forms.answer import AnswerBook, Given
from app.forms.condition import condition_keys, holds
from app.forms.parse import parse_answer
from app.forms.question import FigureStrip, Question, QuestionKind, TableQuestion
from app.forms.question_index import QuestionIndex
from app.forms.reasons import Reason
from app.forms.visible import asked_items, can_fold
from tests.helpers.fill import answer_to, filled, project_of
from tests.helpers.forms import shipped_forms

SETS = sorted(name for name in shipped_forms().questionnaires if name != "front_door")
FIELDS = {"industry", "agriculture", "services", "construction", "transport"}


def test_there_is_a_set_for_every_field_and_kind_of_firm() -> None:
    sets = shipped_forms().questionnaires
    assert {field for name in SETS for field in sets[name].fields} == FIELDS
    assert set(SETS) >= {
        "industry", "planting", "livestock", "aquaculture", "hotel", "restaurant", "retail", "hospital", "laundry",
        "car_repair", "logistics", "office", "construction", "fleet", "port", "station",
    }  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_an_empty_audit_is_all_open_and_says_nothing(name: str) -> None:
    project = project_of(shipped_forms().questionnaires[name], AnswerBook())
    state = progress(project)
    assert state.done == 0
    assert state.missing == state.total > 20
    assert state.minutes_left > 60
    for page in project.questionnaire.pages():
        assert check_page(page, project.book, project.derivation) == ()
        for card in page.cards:
            for item in card.items:
                if isinstance(item, FigureStrip):
                    for quantity_id in item.quantities:
                        assert project.derivation.figure(quantity_id).value is None


@pytest.mark.parametrize("name", SETS)
def test_a_filled_audit_is_done_and_every_figure_shown_is_there(name: str) -> None:
    questionnaire = shipped_forms().questionnaires[name]
    project = project_of(questionnaire, filled(questionnaire))
    state = progress(project)
    assert [page.open_keys for page in state.pages if page.missing] == []
    assert state.minutes_left == 0
    for page in project.questionnaire.pages():
        for remark in check_page(page, project.book, project.derivation):
            assert remark.severity is not Severity.MUST or "超过" in remark.what, remark
        for card in page.cards:
            if not holds(card.condition, project.book):
                continue
            for item in card.items:
                if isinstance(item, FigureStrip):
                    for quantity_id in item.quantities:
                        figure = project.derivation.figure(quantity_id)
                        assert figure.not_applicable != Reason.NOT_ASKED, quantity_id
                        assert figure.value is not None or figure.words or figure.trace.note, (
                            quantity_id
                        )
                if isinstance(item, TableQuestion):
                    for column in item.columns:
                        if column.derived:
                            row_id = "2025-01" if item.rows.value == "months" else "r1"
                            row_id = item.fixed_rows[0].id if item.fixed_rows else row_id
                            cell = project.derivation.cell(item.id, row_id, column.id)
                            said = cell.words or cell.trace.note
                            ruled = project.derivation.quantities[column.derived].rule
                            assert cell.value is not None or (ruled and said), column.derived
    water_balance(project)


@pytest.mark.parametrize("name", SETS)
def test_conditions_look_at_questions_asked_earlier_and_at_options_that_exist(name: str) -> None:
    questionnaire = shipped_forms().questionnaires[name]
    index = QuestionIndex(questionnaire)
    asked: list[str] = []
    for page in questionnaire.pages():
        for card in page.cards:
            for item in card.items:
                if not isinstance(item, Question | TableQuestion):
                    continue
                for condition in index.conditions[item.id]:
                    for key in condition_keys(condition):
                        front_door = ("audit.system", "audit.questionnaire")
                        kept = key == item.id  # a table that stays in sight while it has rows
                        assert key in asked or kept or key in front_door, (item.id, key)
                asked.append(item.id)


@pytest.mark.parametrize("name", SETS)
def test_every_question_is_complete_and_its_plain_answer_is_read(name: str) -> None:
    for page in shipped_forms().questionnaires[name].pages():
        for card in page.cards:
            for item in card.items:
                questions = item.columns if isinstance(item, TableQuestion) else (item,)
                for question in questions:
                    if not isinstance(question, Question) or question.derived:
                        continue
                    assert question.title
                    parsed = parse_answer(question, answer_to(question).text)
                    assert parsed.problem is None, question.id
                    if isinstance(item, Question) and len(question.title) > 14:
                        assert question.short, question.id


def test_wording_stays_short_and_blames_nobody() -> None:
    forbidden = ("请务必", "您", "！", "异常", "非法", "系统错误")
    for questionnaire in shipped_forms().questionnaires.values():
        for page in questionnaire.pages():
            texts = [page.title, page.subtitle, page.why, page.mistakes, *page.how]
            for card in page.cards:
                texts += [card.title, card.note]
                for item in card.items:
                    if isinstance(item, Question | TableQuestion):
                        texts += [item.title, item.help, item.why, item.mistakes, *item.how]
            for text in texts:
                assert not any(word in text for word in forbidden), text


def test_a_set_has_only_one_question_of_each_kind_of_code() -> None:
    for name in SETS:
        kinds = [
            item.kind
            for page in shipped_forms().questionnaires[name].pages()
            for card in page.cards
            for item in card.items
            if isinstance(item, Question)
        ]
        assert kinds.count(QuestionKind.CREDIT_CODE) == 1
        assert kinds.count(QuestionKind.INDUSTRY) == 1


@pytest.mark.parametrize("name", ["voc.capture_kind", "voc.treatment_kind", "voc.carbon_replaced"])
def test_what_the_rates_come_from_is_not_folded_away(name: str) -> None:
    """Optional, but without them no emission can be worked out: the short view keeps them in sight."""
    answers = {"voc.used": "yes", "voc.treatment_kind": "carbon"} if name == "voc.carbon_replaced" else {"voc.used": "yes"}  # fmt: skip
    book = AnswerBook({key: Given(text) for key, text in answers.items()})
    pages = shipped_forms().questionnaires["industry"].pages()
    item = next(i for p in pages for i in asked_items(p, book) if getattr(i, "id", "") == name)
    assert not can_fold(item, book)


def figures_asked(processes: str, system: str = "") -> set[str]:
    book = AnswerBook({"process.list": Given(processes), "audit.system": Given(system), "voc.used": Given("yes")})  # fmt: skip
    pages = shipped_forms().questionnaires["industry"].pages()
    cards = [card for page in pages for card in page.cards if holds(card.condition, book)]
    strips = [item for card in cards for item in card.items if isinstance(item, FigureStrip)]
    return {quantity for strip in strips for quantity in strip.quantities}


def test_the_energy_of_a_whole_plating_works_is_not_divided_by_what_it_coats() -> None:
    per_area = {"coating.energy_area", "coating.water_area", "coating.voc_area"}
    assert per_area <= figures_asked("painting|woodworking")
    assert per_area.isdisjoint(figures_asked("plating_zinc|powder"))
    assert "coating.area" in figures_asked("plating_zinc|powder")
    assert per_area <= figures_asked("plating_zinc|powder", "coating-2016")
