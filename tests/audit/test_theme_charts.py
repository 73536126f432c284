"""Charts of the theme pages against the figures of the packaging printer: parts add up, names lead to their rows."""

from fractions import Fraction

from app.audit.charts.build import chart_of
from app.audit.charts.shapes import Box, Chart, Words
from app.audit.project import AuditProject, build_project
from app.forms.answer import MISSING, AnswerBook, Change, Given, apply
from app.forms.derive import NO_RULES
from tests.helpers.forms import sample_project, shipped_forms, shipped_rules


def printer(*changes: Change) -> AuditProject:
    forms = shipped_forms()
    sample = forms.samples["huichuan"]
    book = apply(sample.book, changes) if changes else sample.book
    questionnaire = forms.questionnaires[sample.questionnaire_id]
    return build_project(
        book, questionnaire, forms.quantities, forms.factors, rules=shipped_rules()
    )


def drawn(project: AuditProject, chart_id: str) -> Chart:
    chart = chart_of(project, chart_id)
    assert chart is not None
    return chart


def words(chart: Chart) -> list[str]:
    return [item.text for item in chart.items if isinstance(item, Words)]


def test_before_and_after_the_substitution_add_up_to_what_is_generated() -> None:
    chart = drawn(printer(), "voc.swap")
    assert "产生 13,356，排到大气 6,091" in words(chart)
    assert "产生 1,097，排到大气 482" in words(chart)
    assert "现用 无组织 4,355， 排气筒 1,736， 治理去除 6,945， 随废物 320" in chart.spoken


def test_a_substitution_with_a_hole_is_not_drawn() -> None:
    key = "voc.swap/waste/new"
    before = printer().book.get(key)
    assert chart_of(printer(Change(key, before, MISSING)), "voc.swap") is None


def test_where_the_voc_of_the_ledger_goes() -> None:
    chart = drawn(printer(), "voc.flow")
    assert "产生 22,408，排到大气 10,356" in words(chart)
    too_much = Change("voc.with_waste", printer().book.get("voc.with_waste"), Given("99999"))
    assert chart_of(printer(too_much), "voc.flow") is None


def test_materials_stand_in_the_order_of_their_voc() -> None:
    chart = drawn(printer(), "voc.materials")
    keys = [item.key for item in chart.items if isinstance(item, Box) and item.key]
    assert keys[:2] == ["voc.materials/r2/name", "voc.materials/r1/name"]
    assert "7,100，占 31.7%" in words(chart)


def test_packaging_by_what_came_back() -> None:
    chart = drawn(printer(), "packaging.reuse")
    assert "发出 92,600，复用 10%" in words(chart)
    assert "五层瓦楞外箱 退回再用 9,300， 发出不回来 83,300， 报废 3,900" in chart.spoken
    box = next(i for i in chart.items if isinstance(i, Box) and i.key.startswith("packaging"))
    assert Fraction(box.width) > 0
    empty = AnswerBook({}, {})
    assert chart_of(build_empty(empty), "packaging.reuse") is None


def build_empty(book: AnswerBook) -> AuditProject:
    forms = shipped_forms()
    questionnaire = forms.questionnaires["industry"]
    return build_project(book, questionnaire, forms.quantities, forms.factors, rules=NO_RULES)


def test_a_material_by_where_it_went_with_its_difference() -> None:
    chart = drawn(printer(), "material.balance")
    said = words(chart)
    assert "297,350 kg" in said
    assert "262,000 kg，88.11%" in said
    assert "506 kg，0.17%" in said
    assert "软包装投入" in said


def test_the_water_picture_ends_below_its_lowest_flow() -> None:
    chart = drawn(sample_project(), "water.flow")
    lowest = min(item.y for item in chart.items if isinstance(item, Box | Words))
    assert 0 <= lowest < 30  # below it the line that leads reused water back
    assert chart.height < 300
