"""The closed unit list: spellings people use, exact conversion, no conversion across dimensions."""

from fractions import Fraction

import pytest

from app.assessment.units import UNITS, UnitMismatchError, convert, find_unit


@pytest.mark.parametrize(
    ("text", "unit_id"),
    [
        ("m3", "m3"),
        ("m³", "m3"),
        ("㎥", "m3"),
        ("立方米", "m3"),
        ("kW·h", "kWh"),
        ("KWH", "kWh"),
        ("度", "kWh"),
        ("％", "%"),
        ("kgce/10⁴m²", "kgce/wan-m2"),
        ("kgoe/(t·能量因数)", "kgoe/t-factor"),
        ("吨", "t"),
        (" L / ㎡ ", "L/m2"),
        ("吨标准煤", "tce"),
    ],
)
def test_spellings(text: str, unit_id: str) -> None:
    unit = find_unit(text)
    assert unit is not None
    assert unit.id == unit_id


@pytest.mark.parametrize("text", ["", "斤两", "m4", "kgce per t"])
def test_what_is_not_in_the_list_is_not_guessed(text: str) -> None:
    assert find_unit(text) is None


def test_every_symbol_leads_back_to_its_unit() -> None:
    for unit in UNITS.values():
        assert find_unit(unit.id) is unit
        if unit.symbol:
            assert find_unit(unit.symbol) is unit


def test_each_dimension_has_one_base() -> None:
    dimensions = {unit.dimension for unit in UNITS.values()}
    assert {unit.dimension for unit in UNITS.values() if unit.factor == 1} == dimensions


def test_conversion_is_exact() -> None:
    assert convert(Fraction(1), "MJ", "kWh") == Fraction(5, 18)
    assert convert(Fraction(8), "L/m2", "m3/m2") == Fraction(1, 125)
    assert convert(Fraction("0.3"), "wan-kWh", "kWh") == 3000
    assert convert(Fraction(1), "tce/wan-kWh", "kgce/kWh") == Fraction(1, 10)


def test_coal_is_not_electricity() -> None:
    with pytest.raises(UnitMismatchError):
        convert(Fraction(1), "kWh", "kgce")
