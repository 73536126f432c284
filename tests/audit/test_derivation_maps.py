"""Which indicator comes from which figure: the names exist, the units agree, and coal equivalent follows the document."""

from fractions import Fraction

import pytest

from app.assessment.finding import Measured, Missing
from app.assessment.trace import Trace
from app.assessment.units import UNITS
from app.audit.findings import FoundIndicator, found_indicators
from app.audit.project import AuditProject, build_project
from app.forms.answer import Answer, AnswerBook, Given, cell_key, indicator_key
from app.forms.derive import dependencies
from tests.helpers.forms import shipped_forms, shipped_rules, shipped_system

MAPPED = sorted(shipped_forms().derivations)
EQUIVALENT = "hazardous-waste-incineration-zaepi-draft"
NO_WORD = "energy-quota-cement-gb16780-2021"
# the same unit, written differently in a document and in the questions
ALIKE = (("kW·h", "kWh"), ("百米", "100m"), ("吞吐量", ""), ("万吨", "万t"), ("kgce", "kg"))
WATER = {"t/t": "m³/t"}  # 1 m³ of water is 1 t


def unit(text: str) -> str:
    for one, other in ALIKE:
        text = text.replace(one, other)
    return WATER.get(text, text)


@pytest.mark.parametrize("system_id", MAPPED)
def test_a_map_names_indicators_of_the_system_in_their_unit(system_id: str) -> None:
    forms, system = shipped_forms(), shipped_system(system_id)
    for table_id, names in forms.derivations[system_id].indicators.items():
        indicators = {indicator.id: indicator for indicator in system.table(table_id).indicators()}
        for indicator_id, quantity_id in names.items():
            asked = UNITS[indicators[indicator_id].unit].symbol
            assert unit(asked) == unit(forms.quantities[quantity_id].unit), (indicator_id, asked)


@pytest.mark.parametrize("system_id", MAPPED)
def test_coal_equivalent_follows_the_word_of_the_document(system_id: str) -> None:
    forms = shipped_forms()
    basis = shipped_system(system_id).method.energy_basis
    for names in forms.derivations[system_id].indicators.values():
        for quantity_id in names.values():
            needed: set[str] = set()
            dependencies(forms.quantities[quantity_id].expression, forms.quantities, needed.add)
            if basis == "等价值":
                assert "energy.total" not in needed, quantity_id
            else:
                assert "energy.total_equivalent" not in needed, quantity_id


def project(
    system_id: str, texts: dict[str, str], rows: dict[str, tuple[str, ...]]
) -> AuditProject:
    forms = shipped_forms()
    answers: dict[str, Answer] = {
        "audit.base_year": Given("2025"), "product.has_others": Given("yes"), "energy.has_more": Given("no"),
    }  # fmt: skip
    for fuel in ("diesel", "heat", "lpg", "gasoline", "coal"):
        answers[f"energy.{fuel}"] = Given("0")
    for month in range(1, 13):
        answers[cell_key("energy.bills", f"2025-{month:02d}", "electricity")] = Given("100000")
        answers[cell_key("energy.bills", f"2025-{month:02d}", "gas")] = Given("0")
        answers[cell_key("water.bills", f"2025-{month:02d}", "intake")] = Given("500")
    answers |= {key: Given(text) for key, text in texts.items()}
    return build_project(
        AnswerBook(answers, rows),
        forms.questionnaires["industry"],
        forms.quantities,
        forms.factors,
        system=shipped_system(system_id),
        system_hash="test",
        table_id=next(iter(forms.derivations[system_id].indicators)),
        derivation_map=forms.derivations[system_id],
        rules=shipped_rules(),
    )


def one_product(amount: str, measure: str) -> dict[str, str]:
    return {
        "product.list/r1/name": "产品",
        "product.list/r1/unit": measure,
        "product.list/r1/y0": amount,
    }


ONE: dict[str, tuple[str, ...]] = {"product.list": ("r1",)}
FACTOR = {
    "energy.equivalent_factor": "0.28498",
    "energy.equivalent_year": "2023",
    "energy.equivalent_source": "草案的实现",
}


def words(trace: Trace) -> str:
    return " ".join((trace.label, trace.note, *(words(child) for child in trace.children)))


def found(system_id: str, indicator_id: str, texts: dict[str, str]) -> FoundIndicator:
    return found_indicators(project(system_id, texts, ONE))[indicator_id]


def test_a_document_that_asks_for_the_equivalent_value_asks_for_the_factor_first() -> None:
    indicator = found(EQUIVALENT, "energy-per-tonne", one_product("12000", "t"))
    assert indicator.finding == Missing()
    assert indicator.missing == ("energy.by_equivalent",)
    said_yes = one_product("12000", "t") | {"energy.by_equivalent": "yes"}
    assert set(found(EQUIVALENT, "energy-per-tonne", said_yes).missing) == set(FACTOR)


def test_the_equivalent_value_counts_and_the_trace_says_which_year_and_whence() -> None:
    indicator = found(EQUIVALENT, "energy-per-tonne", one_product("12000", "t") | FACTOR)
    # 1,200,000 kWh × 0.28498 kgce/kWh ÷ 12,000 t
    assert indicator.finding == Measured(Fraction(1_200_000 * 28498, 100_000) / 12_000)
    said = words(indicator.trace)
    assert "外购电按等价值 0.28498 kgce/kWh（2023 年，草案的实现）" in said
    assert "体系没写" not in said


def test_a_document_without_a_word_is_taken_by_heat_value_and_says_so() -> None:
    indicator = found(NO_WORD, "cement-01", one_product("1.2", "万吨") | FACTOR)
    assert indicator.finding == Measured(Fraction(1_200_000 * 1229, 10_000) / 12_000)
    assert "体系没写按当量值还是等价值，这里按当量值" in indicator.trace.note


def test_what_does_not_rest_on_energy_says_nothing_about_coal_equivalent() -> None:
    indicator = found(EQUIVALENT, "water-per-tonne", one_product("12000", "t"))
    assert indicator.finding == Measured(Fraction(6000, 12_000))
    assert "当量" not in words(indicator.trace)


def test_a_firm_with_products_in_several_units_answers_directly() -> None:
    texts = one_product("100", "t") | {
        "product.list/r2/name": "布",
        "product.list/r2/unit": "百米",
        "product.list/r2/y0": "5",
    }
    rows: dict[str, tuple[str, ...]] = {"product.list": ("r1", "r2")}
    indicators = found_indicators(project("cotton-dyeing-hjt185-2006", texts, rows))
    own = indicators["water-intake-woven"]
    assert own.finding == Missing()
    assert own.missing == (indicator_key("cotton", "water-intake-woven"),)
    typed = texts | {indicator_key("cotton", "water-intake-woven"): "2.1"}
    indicators = found_indicators(project("cotton-dyeing-hjt185-2006", typed, rows))
    assert indicators["water-intake-woven"].finding == Measured(Fraction(21, 10))


def test_woven_by_the_metre_and_knitted_by_the_tonne_are_never_mixed() -> None:
    woven = found_indicators(project("cotton-dyeing-hjt185-2006", one_product("300", "万米"), ONE))
    assert woven["water-intake-woven"].finding == Measured(Fraction(6000, 30_000))
    assert woven["water-intake-knitted"].missing == (
        indicator_key("cotton", "water-intake-knitted"),
    )


BOARDS = {
    "process.list": "etching",
    "pcb.boards/r1/kind": "multilayer", "pcb.boards/r1/base": "rigid", "pcb.boards/r1/area": "8000",
    "pcb.boards/r1/power": "900000", "pcb.boards/r1/fresh": "16000", "pcb.boards/r1/drain": "14000",
    "pcb.boards/r1/copper": "320", "pcb.boards/r1/cod": "2400", "pcb.boards/r1/laminate": "10000",
    "pcb.boards/r2/kind": "multilayer", "pcb.boards/r2/base": "flex", "pcb.boards/r2/area": "2000",
    "pcb.boards/r2/power": "300000", "pcb.boards/r2/fresh": "5000", "pcb.boards/r2/drain": "4000",
    "pcb.boards/r2/copper": "60", "pcb.boards/r2/cod": "700", "pcb.boards/r2/laminate": "2500",
}  # fmt: skip


@pytest.mark.parametrize(
    ("system_id", "indicator_id", "value"),
    [
        ("pcb-hj450-2008", "electricity-multilayer", Fraction(1_200_000, 10_000)),
        ("pcb-hj450-2008", "fresh-water-multilayer", Fraction(21_000, 10_000)),
        ("pcb-hj450-2008", "wastewater-copper-multilayer", Fraction(380_000, 10_000)),
        ("pcb-hj450-2008", "laminate-utilisation-multilayer", Fraction(10_000 * 100, 12_500)),
        ("pcb-64-draft", "electricity-rigid-multilayer", Fraction(900_000, 8000)),
        ("pcb-64-draft", "electricity-flex-multilayer", Fraction(300_000, 2000)),
        ("pcb-64-draft", "laminate-utilisation-flex-multilayer", Fraction(2000 * 100, 2500)),
        ("pcb-64-draft", "wastewater-cod-multilayer", Fraction(3_100_000, 10_000)),
    ],
)
def test_boards_of_a_kind_are_added_up_and_the_trace_leads_to_the_cells(
    system_id: str, indicator_id: str, value: Fraction
) -> None:
    indicator = found_indicators(project(system_id, BOARDS, {"pcb.boards": ("r1", "r2")}))[
        indicator_id
    ]
    assert indicator.finding == Measured(value)
    assert "pcb.boards/r" in keys_of(indicator.trace)


def test_a_kind_of_board_nobody_makes_stays_open_until_it_is_said_not_to_apply() -> None:
    made = found_indicators(project("pcb-hj450-2008", BOARDS, {"pcb.boards": ("r1", "r2")}))
    assert made["fresh-water-hdi"].finding == Missing()


def keys_of(trace: Trace) -> str:
    return " ".join((trace.key, *(keys_of(child) for child in trace.children)))


def test_painted_area_is_the_denominator_of_the_coating_system() -> None:
    texts = {
        "process.list": "painting", "voc.used": "yes",
        "coating.lines/r1/y0": "20000", "voc.materials/r1/amount": "3000", "voc.materials/r1/percent": "40",
    }  # fmt: skip
    rows: dict[str, tuple[str, ...]] = {"coating.lines": ("r1",), "voc.materials": ("r1",)}
    made = found_indicators(project("coating-2016", texts, rows))
    assert made["voc-per-area-other"].finding == Measured(Fraction(1_200_000, 20_000))
    assert made["water-per-area"].finding == Measured(Fraction(6000 * 1000, 20_000))
    assert made["energy-per-area"].finding == Measured(Fraction(1_200_000 * 1229, 10_000) / 20_000)


def test_at_least_a_hundred_indicators_follow_from_questions() -> None:
    maps = shipped_forms().derivations.values()
    assert sum(len(ids) for one in maps for ids in one.indicators.values()) >= 99
