"""Economic assessment: the handbooks' examples, what must hold of any case, and bad input said at the field."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.audit.measures import class_of
from app.bootstrap import load_catalogue
from app.errors import UserError
from app.measures.economics import (
    EconomicCase,
    accept,
    evaluate,
    least_benefit,
    sensitivity,
    textbook_irr,
)
from app.measures.roots import present_value, rates_of_return

VECTORS = yaml.load(
    (Path(__file__).parent / "vectors.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)
CLASSES = load_catalogue().economics().cost_classes


def case_of(vector: dict[str, str]) -> EconomicCase:
    flow = "F" in vector
    return EconomicCase(
        Fraction(vector["I"]),
        Fraction(vector["F" if flow else "P"]),
        int(vector["n"]),
        Fraction(0) if flow else Fraction(vector["t"]),
        Fraction(vector["i"]),
    )


@pytest.mark.parametrize("vector", VECTORS, ids=[one["id"] for one in VECTORS])
def test_the_examples_of_the_handbooks(vector: dict[str, Any]) -> None:
    result = evaluate(case_of(vector["in"]))
    for name, text in vector["out"].items():
        found = getattr(result, name)
        places = len(text.partition(".")[2])
        assert abs(found - Fraction(text)) <= Fraction(1, 10**places), (name, float(found))
    assert str(accept(result, CLASSES).acceptable).lower() == vector["acceptable"]
    if "textbook_irr" in vector:
        book = textbook_irr(result)
        assert book is not None
        assert round(float(book.rate * 100), 2) == float(vector["textbook_irr"])


MONEY = st.fractions(min_value=Fraction(1, 100), max_value=1000, max_denominator=100)
CASES = st.builds(
    EconomicCase,
    investment=MONEY,
    annual_benefit=st.fractions(min_value=-50, max_value=500, max_denominator=100).filter(bool),
    life=st.integers(1, 15),
    tax_rate=st.fractions(min_value=0, max_value=1, max_denominator=20),
    discount_rate=st.fractions(
        min_value=Fraction(-1, 2), max_value=Fraction(3, 2), max_denominator=50
    ),
)


@settings(max_examples=60, deadline=None)
@given(CASES, st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=100))
def test_what_holds_of_any_case(case: EconomicCase, more: Fraction) -> None:
    result = evaluate(case)
    if result.N is not None:
        assert case.cost == result.N * result.F
        higher = evaluate(replace(case, discount_rate=case.discount_rate + more))
        assert higher.NPV < result.NPV, "NPV falls as the rate rises"
    else:
        assert result.F <= 0
        assert not accept(result, CLASSES).acceptable
    assert present_value(result.flows, case.discount_rate) == result.NPV
    assert evaluate(replace(case, annual_benefit=case.annual_benefit + more)).NPV >= result.NPV
    if result.IRR is not None:
        step = Fraction(1, 1_000_000)
        low, high = (
            present_value(result.flows, result.IRR + sign * step)
            if result.IRR - step > -1
            else None
            for sign in (-1, 1)
        )
        assert low is None or high is None or low * high <= 0


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_the_least_benefit_is_where_npv_is_nothing(case: EconomicCase) -> None:
    least = least_benefit(case)
    assume(least is not None and least != 0)
    assert least is not None
    assert evaluate(replace(case, annual_benefit=least)).NPV == 0


def test_several_rates_none_and_a_double_one() -> None:
    flows = [Fraction(x) for x in (-100, 230, -132)]  # (x - 1.1)(x - 1.2)
    assert rates_of_return(flows) == (Fraction(1, 10), Fraction(1, 5))
    assert rates_of_return([Fraction(x) for x in (-100, 220, -121)]) == (Fraction(1, 10),)
    assert rates_of_return([Fraction(x) for x in (-100, 150, -150)]) == ()
    assert rates_of_return([Fraction(x) for x in (-100, -1, -1)]) == ()
    assert rates_of_return([Fraction(x) for x in (-100, 110)]) == (Fraction(1, 10),)
    said = evaluate(EconomicCase(Fraction(100), Fraction(-5), 3, Fraction(0), Fraction(1, 20)))
    assert said.irr == ()
    assert said.N is None
    assert any("没有内部收益率" in one for one in accept(said, CLASSES).reasons)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-40, 60), min_size=1, max_size=4, unique=True))
def test_rates_built_in_come_out_again(percents: list[int]) -> None:
    polynomial = [Fraction(1)]
    for percent in percents:
        root = 1 + Fraction(percent, 100)
        polynomial = [
            one - root * other
            for one, other in zip(
                [*polynomial, Fraction(0)], [Fraction(0), *polynomial], strict=True
            )
        ]
    assert rates_of_return(polynomial) == tuple(Fraction(p, 100) for p in sorted(percents))


def test_salvage_subsidy_and_a_shorter_depreciation_are_said() -> None:
    case = EconomicCase(Fraction(110), Fraction(30), 10, Fraction(1, 4), Fraction(8, 100))
    helped = evaluate(replace(case, subsidy=Fraction(10), salvage=Fraction(5)))
    assert Fraction(95, 10) == helped.D
    assert helped.flows[-1] == helped.F + 5
    short = evaluate(replace(case, depreciation_life=Fraction(5)))
    assert short.D == 22
    assert short.npv_by_years < short.NPV
    assert any("折旧 5 年提完" in one for one in accept(short, CLASSES).reasons)


def test_a_loss_pays_no_tax_and_says_so() -> None:
    result = evaluate(
        EconomicCase(Fraction(100), Fraction(5), 10, Fraction(1, 4), Fraction(5, 100))
    )
    assert result.T == result.E == -5
    assert any("E = T" in one for one in accept(result, CLASSES).reasons)


def test_classes_by_amount() -> None:
    named = {text: class_of(Fraction(text), CLASSES) for text in ("0", "9.99", "10", "99", "100")}
    titles = {text: one.title for text, one in named.items() if one is not None}
    assert titles == {"0": "无费", "9.99": "低费", "10": "中费", "99": "中费", "100": "高费"}


def test_sensitivity_moves_one_input_at_a_time() -> None:
    case = case_of(VECTORS[1]["in"])
    rows = sensitivity(case)
    assert {one.field for one in rows} == {"investment", "annual_benefit", "discount_rate"}
    for one in rows:
        changed = getattr(one.result.case, one.field)
        assert changed == getattr(case, one.field) * (1 + one.change)


BAD = {
    "life": {"life": -1},
    "discount_rate": {"discount_rate": -1},
    "annual_benefit": {"annual_benefit": 0},
    "tax_rate": {"tax_rate": 25},
    "investment": {"investment": -3},
    "salvage": {"salvage": 11},
    "depreciation_life": {"depreciation_life": 0},
}


@pytest.mark.parametrize("field", BAD)
def test_bad_input_is_refused_at_its_field(field: str) -> None:
    good = {
        "investment": 10,
        "annual_benefit": 2,
        "life": 10,
        "tax_rate": 0.25,
        "discount_rate": 0.08,
    }
    values = {key: Fraction(str(value)) for key, value in {**good, **BAD[field]}.items()}
    case = EconomicCase(**{**values, "life": int(values["life"])})  # type: ignore[arg-type]
    with pytest.raises(UserError) as caught:
        evaluate(case)
    assert len(caught.value.problems) == 1
    assert field in caught.value.problems[0].where


def run(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "app", "economics", str(file), "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")


def test_the_command(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "investment: 10\nannual_benefit: 1.58\nlife: 10\ntax_rate: 0.25\ndiscount_rate: 0.06\n",
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert list(said) == ["D", "T", "E", "F", "N", "NPV", "NPVR", "IRR", "acceptable", "reasons"]
    assert Fraction(said["F"]) == Fraction("1.435")
    assert Fraction(said["N"]) == Fraction(10) / Fraction("1.435")
    assert said["IRR"] == "0.071702"


def test_the_command_says_every_fault_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, "investment: ~\nannual_benefit: 1,5\nlife: 2.5\nrate: 3\n")
    assert done.returncode == 2
    assert done.stdout == ""
    for words in ("investment", "annual_benefit", "整数年", "不认识的键「rate」", "tax_rate"):
        assert words in done.stderr


def test_a_class_the_amount_contradicts_is_said() -> None:
    result = evaluate(
        EconomicCase(Fraction("12.6"), Fraction(5), 10, Fraction(1, 4), Fraction(8, 100))
    )
    free = next(one for one in CLASSES if one.id == "free")
    said = accept(result, CLASSES, free).reasons
    assert any("写的是无费，投资 12.6 万元按界限是中费" in one for one in said)
    assert not any("写的是" in one for one in accept(result, CLASSES).reasons)


def _worked_again(case: EconomicCase) -> dict[str, Fraction | None]:
    """From economics.yaml alone, without anything of the program's own."""
    years = case.depreciation_life or Fraction(case.life)
    written = (case.investment - case.salvage) / years
    taxed = case.annual_benefit - written
    profit = taxed * (1 - case.tax_rate) if taxed > 0 else taxed
    cash = profit + written
    flows = [-case.investment, *[cash] * case.life]
    flows[-1] += case.salvage

    def value(rate: Fraction) -> Fraction:
        return sum((flow / (1 + rate) ** year for year, flow in enumerate(flows)), Fraction(0))

    signs = [flow > 0 for flow in flows if flow]
    rate = None
    if sum(one != other for one, other in pairwise(signs)) == 1 and case.investment:
        low, high = Fraction(-999_999, 1_000_000), Fraction(1)
        while value(high) > 0:
            high *= 2
        if value(low) > 0:
            for _ in range(40 + high.numerator.bit_length()):
                middle = (low + high) / 2
                low, high = (middle, high) if value(middle) > 0 else (low, middle)
            rate = low
    npv = value(case.discount_rate)
    return {
        "D": written,
        "T": taxed,
        "E": profit,
        "F": cash,
        "N": case.investment / cash if cash > 0 else None,
        "NPV": npv,
        "NPVR": npv / case.investment * 100 if case.investment else None,
        "IRR": rate,
    }


HUNDREDTHS = st.integers(0, 20_000).map(lambda n: Fraction(n, 100))


@settings(max_examples=40, deadline=None)
@given(
    HUNDREDTHS,
    st.integers(-300, 6000).filter(bool).map(lambda n: Fraction(n, 100)),
    st.sampled_from((1, 2, 3, 7, 10, 15)),
    st.sampled_from((Fraction(0), Fraction(1, 20), Fraction(1, 4), Fraction(1))),
    st.sampled_from((Fraction(0), Fraction(8, 100), Fraction(-1, 2), Fraction(3, 2))),
    st.sampled_from((Fraction(0), Fraction(1, 10), Fraction(1))),
    st.sampled_from((None, Fraction(5, 2), Fraction(5), Fraction(20))),
)
def test_the_same_as_worked_out_again(
    investment: Fraction,
    benefit: Fraction,
    life: int,
    tax: Fraction,
    rate: Fraction,
    left: Fraction,
    written_off: Fraction | None,
) -> None:
    case = EconomicCase(investment, benefit, life, tax, rate, investment * left, written_off)
    result, again = evaluate(case), _worked_again(case)
    for name in ("D", "T", "E", "F", "N", "NPV", "NPVR"):
        assert getattr(result, name) == again[name], name
    if again["IRR"] is not None:
        assert result.IRR is not None
        assert abs(result.IRR - again["IRR"]) <= Fraction(1, 2_000_000) + Fraction(1, 10**9)
