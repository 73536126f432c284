"""The eleven pilot sectors of the province: each is found, speaks its language, and says what it has and lacks."""

import pytest

from app.audit.front_door import conclusions, sectors_of
from app.forms.answer import AnswerBook, Given
from app.forms.question import Question
from tests.helpers.cases import read_yaml
from tests.helpers.forms import RESOURCES, shipped_forms, shipped_reference

REFERENCE = shipped_reference()
FIRMS = {
    "steel": ("3120 炼钢", "steelmaking"),
    "petrochemical": ("2511 原油加工及石油制品制造", "refining"),
    "materials": ("3011 水泥制造", "kiln"),
    "nonferrous": ("3216 铝冶炼", "casting"),
    "dyeing": ("1762 针织或钩针编织物印染精加工", "dyeing"),
    "paper": ("2221 机制纸及纸板制造", "papermaking"),
    "pharmaceutical": ("2710 化学药品原料药制造", "synthesis"),
    "electroplating": ("3360 金属表面处理及热处理加工", "plating_nickel"),
    "food": ("1351 牲畜屠宰", "food"),
    "coating": ("2110 木质家具制造", "painting|woodworking"),
    "packaging": ("2319 包装装潢及其他印刷", "printing"),
}


def book(sector: str) -> AnswerBook:
    industry, processes = FIRMS[sector]
    return AnswerBook({"firm.industry": Given(industry), "process.list": Given(processes)})


def test_there_are_the_eleven_of_the_plan() -> None:
    assert [one.id for one in REFERENCE.sectors] == list(FIRMS)


@pytest.mark.parametrize("sector", FIRMS)
def test_a_firm_of_the_sector_hears_what_there_is_and_what_is_lacking(sector: str) -> None:
    found = sectors_of(book(sector), REFERENCE)
    assert [one.id for one in found] == [sector]
    front = conclusions(book(sector), (), shipped_forms().front_door, REFERENCE)
    (rule,) = [rule for rule in front.rules if "专栏 7" in rule.source]
    assert rule.state == "open"
    assert found[0].title in rule.text
    assert all(lack in rule.text for lack in found[0].lacking)


@pytest.mark.parametrize("sector", FIRMS)
def test_everything_a_sector_names_exists(sector: str) -> None:
    (one,) = [one for one in REFERENCE.sectors if one.id == sector]
    industry = shipped_forms().questionnaires["industry"]
    question = next(
        item
        for page in industry.pages()
        for card in page.cards
        for item in card.items
        if getattr(item, "id", "") == "process.list"
    )
    assert isinstance(question, Question)
    assert set(one.processes) <= {option.id for option in question.options}
    for system in one.systems:
        assert (RESOURCES / "indicator_systems" / f"{system}.yaml").is_file(), system
    listed = read_yaml(RESOURCES / "measures" / "technologies.yaml")
    assert set(one.technologies) <= {each["sector"] for each in listed["technologies"]}
    assert one.codes
    assert one.lacking


def test_a_plater_that_also_paints_belongs_to_both() -> None:
    both = AnswerBook(
        {
            "firm.industry": Given("3360 金属表面处理及热处理加工"),
            "process.list": Given("plating_nickel|painting"),
        }
    )
    assert {one.id for one in sectors_of(both, REFERENCE)} == {"electroplating", "coating"}


def test_a_restaurant_is_of_no_pilot_sector() -> None:
    assert sectors_of(AnswerBook({"firm.industry": Given("6210 正餐服务")}), REFERENCE) == ()
