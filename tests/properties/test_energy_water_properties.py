"""What holds for any bills, meters, materials and water: nothing is lost in sharing, and both sides of a balance agree."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.assessment.trace import Trace
from app.audit.bill_periods import Period, faults, read_period, share, whole_month
from app.forms.answer import Answer, AnswerBook, Given, cell_key
from app.forms.derive import Derivation
from app.forms.parse import parse_answer
from tests.helpers.forms import derivation, shipped_forms

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
amounts = st.fractions(min_value=-10_000, max_value=1_000_000, max_denominator=1000)
counts = st.integers(min_value=0, max_value=1_000_000)
WRITTEN = ("{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y.%m.%d}", "{:%Y}年{:%m}月{:%d}日", "{:%Y%m%d}")
BETWEEN = ("至", "到", "–", "—", "~", "～", " 至 ", "--")


def book_of(texts: dict[str, object], rows: dict[str, tuple[str, ...]] | None = None) -> AnswerBook:
    answers: dict[str, Answer] = {key: Given(str(text)) for key, text in texts.items()}
    return AnswerBook({"audit.base_year": Given("2025"), **answers}, rows or {})


def value(made: Derivation, quantity_id: str) -> Fraction:
    found = made.figure(quantity_id).value
    assert found is not None, made.figure(quantity_id)
    return found


# ---- bills -----------------------------------------------------------------------------------------------------------


@given(amounts, days, st.integers(0, 800))
def test_the_parts_of_a_bill_add_up_to_the_bill(amount: Fraction, first: date, more: int) -> None:
    period = Period(first, first + timedelta(days=more))
    parts = share(amount, period)
    assert sum(parts.values()) == amount
    for month, part in parts.items():
        inside = whole_month(month)
        here = min(inside.last, period.last) - max(inside.first, period.first)
        assert part == amount * (here.days + 1) / period.days


@given(days, st.integers(0, 400), st.sampled_from(WRITTEN), st.sampled_from(BETWEEN))
def test_a_period_is_read_however_it_is_written(
    first: date, more: int, written: str, between: str
) -> None:
    last = first + timedelta(days=more)
    typed = between.join(written.format(day, day, day) for day in (first, last))
    assert read_period(typed, f"{last:%Y-%m}") == Period(first, last)


@given(days, st.integers(0, 60))
def test_days_without_a_year_take_the_year_of_their_row(first: date, more: int) -> None:
    last = first + timedelta(days=more)
    typed = f"{first.month}/{first.day}–{last.month}/{last.day}"
    for row in (first, last):
        assert read_period(typed, f"{row:%Y-%m}") == Period(first, last)


@given(
    st.lists(st.integers(1, 364), min_size=11, max_size=11, unique=True),
    st.lists(counts, min_size=12, max_size=12),
)
def test_sharing_bills_that_join_keeps_the_sum_of_the_year(
    cuts: list[int], readings: list[int]
) -> None:
    starts = [date(2025, 1, 1) + timedelta(days=cut) for cut in (0, *sorted(cuts))]
    ends = [start - timedelta(days=1) for start in starts[1:]] + [date(2025, 12, 31)]
    texts: dict[str, object] = {"energy.by_day": "yes"}
    for number, (start, end, reading) in enumerate(zip(starts, ends, readings, strict=True), 1):
        row = f"2025-{number:02d}"
        texts[cell_key("energy.bills", row, "period")] = f"{start}至{end}"
        texts[cell_key("energy.bills", row, "electricity")] = reading
    made = derivation(book_of(texts))
    assert value(made, "energy.shared_year") == sum(readings)
    assert value(made, "energy.shared_gap") == 0
    assert "首尾相接" in made.figure("energy.shared_year").trace.note
    cells = [made.cell("energy.bills", f"2025-{n:02d}", "shared").value for n in range(1, 13)]
    assert sum(cell for cell in cells if cell is not None) == sum(readings)


@given(days, st.integers(0, 40), st.integers(-5, 5), st.integers(0, 40))
def test_gaps_and_overlaps_are_counted_in_days(first: date, one: int, apart: int, two: int) -> None:
    before = Period(first, first + timedelta(days=one))
    start = before.last + timedelta(days=1 + apart)
    after = Period(start, start + timedelta(days=two))
    said = faults({"2025-01": before, "2025-02": after})
    if apart == 0:
        assert said == ()
    else:
        assert f"{'漏' if apart > 0 else '重'}了 {abs(apart)} 天" in said[0]


# ---- units -----------------------------------------------------------------------------------------------------------


@given(counts)
def test_ten_thousands_and_full_width_digits_are_the_same_electricity(kwh: int) -> None:
    question = derivation(AnswerBook()).index.places["energy.bills.electricity"].question
    wide = str(kwh).translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for typed in (wide, f"{kwh:,}", f"{kwh} kWh", f"{kwh} 度", f"{_decimal(kwh, 10_000)}万"):
        read = parse_answer(question, typed)
        assert read.problem is None, typed
        assert isinstance(read.answer, Given)
        assert Fraction(read.answer.text) == kwh, typed


@given(st.integers(1, 10**9), st.lists(st.integers(0, 9999), min_size=1, max_size=3))
def test_output_in_kilograms_and_in_tonnes_gives_the_same_intensity(
    kilograms: int, intakes: list[int]
) -> None:
    found = []
    for unit, scale in (("kg", 1), ("吨", 1000), ("万吨", 10_000_000)):
        texts: dict[str, object] = {
            "product.has_others": "yes",
            "product.list/r1/unit": unit,
            "product.list/r1/y0": _decimal(kilograms, scale),
        }
        for month in range(1, 13):
            texts[cell_key("water.bills", f"2025-{month:02d}", "intake")] = intakes[
                month % len(intakes)
            ]
        found.append(
            value(derivation(book_of(texts, {"product.list": ("r1",)})), "unit_tonne.water")
        )
    assert found[0] == found[1] == found[2]


def _decimal(number: int, scale: int) -> str:
    digits = len(str(scale)) - 1
    text = str(number).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}" if digits else text


@given(counts, counts)
def test_an_equivalent_value_like_the_heat_value_changes_nothing(kwh: int, gas: int) -> None:
    texts: dict[str, object] = {
        "energy.equivalent_factor": "0.1229", "energy.equivalent_year": "2023", "energy.equivalent_source": "表",
        "energy.diesel": 0, "energy.heat": 0, "energy.lpg": 0, "energy.gasoline": 0, "energy.coal": 0,
        "energy.has_more": "no",
    }  # fmt: skip
    for month in range(1, 13):
        texts[cell_key("energy.bills", f"2025-{month:02d}", "electricity")] = kwh
        texts[cell_key("energy.bills", f"2025-{month:02d}", "gas")] = gas
    made = derivation(book_of(texts))
    assert value(made, "energy.total_equivalent") == value(made, "energy.total")


# ---- balances --------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 100), counts), min_size=1, max_size=6),
    counts,
    counts,
    counts,
)
def test_what_is_lost_and_what_becomes_product_is_all_that_was_paid(
    materials: list[tuple[int, int, int]], energy: int, system: int, waste: int
) -> None:
    texts: dict[str, object] = {
        "mfca.used": "yes", "mfca.energy": energy, "mfca.system": system, "mfca.waste": waste,
    }  # fmt: skip
    rows = tuple(f"r{number}" for number in range(1, len(materials) + 1))
    for row, (amount, percent, cost) in zip(rows, materials, strict=True):
        lost = _decimal(amount * percent, 100)
        for column, text in (("input", amount), ("loss", lost), ("cost", cost)):
            texts[cell_key("mfca.materials", row, column)] = text
    made = derivation(book_of(texts, {"mfca.materials": rows}))
    paid = sum(cost for _, _, cost in materials) + energy + system + waste
    assert value(made, "mfca.loss_cost") + value(made, "mfca.product_cost") == paid
    assert 0 <= value(made, "mfca.loss_cost") <= paid


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 10**6)), min_size=1, max_size=8))
def test_the_differences_of_all_meters_and_the_last_meters_make_up_the_first(
    meters: list[tuple[int, int]],
) -> None:
    """Each meter hangs under an earlier one; the gaps and the meters without any below add up to the root."""
    texts: dict[str, object] = {"energy.has_meters": "yes"}
    rows = tuple(f"r{number}" for number in range(len(meters)))
    for number, (parent, read) in enumerate(meters):
        cells = {
            "name": f"表{number}",
            "medium": "water",
            "opening": 0,
            "closing": read,
            "ratio": 1,
        }
        if number:
            cells["above"] = f"表{parent % number}"
        for column, text in cells.items():
            texts[cell_key("energy.meters", rows[number], column)] = text
    made = derivation(book_of(texts, {"energy.meters": rows}))
    total = Fraction(0)
    for row in rows:
        gap = made.cell("energy.meters", row, "gap")
        used = made.cell("energy.meters", row, "used").value
        assert used is not None
        total += used if gap.not_applicable else gap.value or Fraction(0)
    assert total == meters[0][1]


@given(
    st.lists(st.tuples(st.booleans(), counts, st.integers(0, 100)), min_size=1, max_size=6),
    st.integers(1, 10**6),
)
def test_a_material_balance_is_in_less_out_of_the_component(
    streams: list[tuple[bool, int, int]], bought: int
) -> None:
    texts: dict[str, object] = {}
    expected = Fraction(bought)
    everything = [(True, bought, 100), *streams]
    rows = tuple(f"r{number}" for number in range(len(everything)))
    for row, (into, amount, percent) in zip(rows, everything, strict=True):
        cells = {
            "material": "锌",
            "side": "in" if into else "out",
            "amount": amount,
            "content": percent,
        }
        for column, text in cells.items():
            texts[cell_key("balance.streams", row, column)] = text
    for into, amount, percent in streams:
        expected += Fraction(amount * percent, 100) * (1 if into else -1)
    made = derivation(book_of(texts, {"balance.streams": rows}))
    trace: Trace = made.figure("balance.material_summary").trace.children[0]
    assert trace.value == expected


@given(st.lists(st.tuples(counts, counts, counts, counts), min_size=1, max_size=5), counts, counts)
def test_the_water_balance_is_intake_less_all_that_left(
    units: list[tuple[int, int, int, int]], lost: int, measured: int
) -> None:
    texts: dict[str, object] = {"water.plant_loss": lost, "water.outlet_meter": measured}
    rows = tuple(f"r{number}" for number in range(len(units)))
    living = 0
    for number, (row, cells) in enumerate(zip(rows, units, strict=True)):
        fresh, reclaimed, loss, drain = cells
        kind = "living" if number % 2 else "production"
        living += drain if number % 2 else 0
        for column, text in (
            ("kind", kind), ("fresh", fresh), ("reclaimed", reclaimed), ("cascade", 0), ("loss", loss), ("drain", drain)
        ):  # fmt: skip
            texts[cell_key("water.units", row, column)] = text
    for month in range(1, 13):
        texts[cell_key("water.bills", f"2025-{month:02d}", "intake")] = 1000
    made = derivation(book_of(texts, {"water.units": rows}))
    out = sum(loss for _, _, loss, _ in units) + lost + measured + living
    assert value(made, "water.gap") == 12_000 - out
    assert value(made, "water.closing_error") == Fraction((12_000 - out) * 100, 12_000)


# ---- carriers by month -----------------------------------------------------------------------------------------------

CARRIERS = (
    "diesel", "heat", "lpg", "gasoline", "coal", "lng", "fuel_oil", "kerosene", "solar",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(CARRIERS), st.lists(counts, min_size=12, max_size=12)))
def test_months_are_worth_what_their_sum_is_worth_in_whatever_order_they_are_chosen(
    months: dict[str, list[int]],
) -> None:
    texts: dict[str, object] = {
        "energy.has_more": "no", **{f"energy.{name}": 0 for name in CARRIERS[:5]},
    }  # fmt: skip
    for carrier, amounts in months.items():
        for month, amount in enumerate(amounts, start=1):
            texts[cell_key("energy.months", f"2025-{month:02d}", carrier)] = amount
    totals = set()
    for chosen in (sorted(months), sorted(months, reverse=True)):
        made = derivation(
            book_of({**texts, **({"energy.by_month": "|".join(chosen)} if chosen else {})})
        )
        for carrier, amounts in months.items():
            assert value(made, f"energy.{carrier}_used") == sum(amounts)
        totals.add(value(made, "energy.tce_other"))
    factor = {"solar": "electricity"}
    names = {name: f"{factor.get(name, name)}_kgce" for name in months}
    kgce = shipped_forms().factors
    wanted = sum((kgce[names[name]].value * sum(a) for name, a in months.items()), Fraction(0))
    assert totals == {wanted / 1000}
