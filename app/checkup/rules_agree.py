"""Facts told in two places that a reviewer lays side by side: process and waste, outlets and loads, words and indicators,
measures with their targets, prices and days."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from app.assessment.numbers import brief, to_places
from app.audit.compliance import TOTALS
from app.audit.processes import TABLE as STEPS
from app.audit.processes import kind_of_waste, parts_of
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import compiled
from app.checkup.rules_plan import LIST, RESULTS, SAVINGS, TARGETS, figure_named, measures_in
from app.checkup.rules_site import MONITORING, OUTLETS, WASTE, is_same_outlet
from app.forms.answer import cell_key, indicator_key
from app.forms.checkup_data import RuleText
from app.measures.apply import combine, with_measures
from app.measures.model import Measure

METERS, STREAMS, MATERIALS, PLAN = "mgmt.meters", "balance.streams", "materials.list", "team.plan"
_LEVELS = ("I", "II", "III")
_ZERO = Fraction(0)


# --- process, waste, outlets ----------------------------------------------------------------------------------------


@test_of_rule
def step_without_water(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A step that sends off waste water and takes none in. `water`: what brings water with it."""
    water = compiled(rule.settings["water"][0])
    for row in facts.rows(STEPS):
        waste = [one for one in parts_of(facts.text(STEPS, row, "waste")) if kind_of_waste(one) == "W"]  # fmt: skip
        inputs = facts.text(STEPS, row, "inputs")
        if waste and inputs and not water.search(inputs):
            told: Told = {"name": facts.text(STEPS, row, "name"), "waste": "、".join(waste)}
            yield Found((cell_key(STEPS, row, "inputs"), cell_key(STEPS, row, "waste")), told)


@test_of_rule
def waste_not_listed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Solid waste of a step, or a loss of a balance that is carted away (`away`), which no row of the waste table names.
    Two names are one waste where they share two characters that say something (`empty` do not), or by `same`: 「one = other」."""
    rows = facts.rows(WASTE)
    listed = [facts.text(WASTE, row, "name") for row in rows]
    if not any(listed):
        return
    named = [
        (cell_key(STEPS, row, "waste"), one)
        for row in facts.rows(STEPS)
        for one in parts_of(facts.text(STEPS, row, "waste"))
        if kind_of_waste(one) == "S"
    ]
    away = compiled(rule.settings["away"][0])
    named += [
        (cell_key(STREAMS, row, "name"), facts.text(STREAMS, row, "name"))
        for row in facts.rows(STREAMS)
        if facts.text(STREAMS, row, "side") == "out" and away.search(facts.text(STREAMS, row, "where_to"))
    ]  # fmt: skip
    for key, name in named:
        if name and not any(_is_same_waste(name, one, rule) for one in listed):
            yield Found((key, WASTE), {"name": name})


def _is_same_waste(one: str, other: str, rule: RuleText) -> bool:
    empty = set(rule.settings["empty"])
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} - empty for text in (one, other)]
    if one in other or other in one or not pairs[0].isdisjoint(pairs[1]):
        return True
    for line in rule.settings["same"]:
        left, _, right = line.partition(" = ")
        if compiled(left).search(one) and compiled(right).search(other):
            return True
    return False


@test_of_rule
def pollutant_unmeasured(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A main pollutant of an outlet that is measured, but not for this, and no note says why. `same`: names of one thing."""
    excepted = compiled(rule.settings["except"][0])
    rows = facts.rows(MONITORING)
    measured = [(facts.text(MONITORING, r, "outlet"), facts.text(MONITORING, r, "item")) for r in rows]  # fmt: skip
    for row in facts.rows(OUTLETS):
        name, key = facts.text(OUTLETS, row, "name"), cell_key(OUTLETS, row, "pollutants")
        items = [_pollutant(item, rule) for outlet, item in measured if is_same_outlet(name, outlet)]  # fmt: skip
        if not items or facts.note(key) or excepted.search(f"{name}{facts.text(OUTLETS, row, 'source')}"):  # fmt: skip
            continue
        missing = [
            one
            for one in parts_of(facts.text(key))
            if (said := _pollutant(one, rule)) and not any(said in item or item in said for item in items)
        ]  # fmt: skip
        if missing:
            yield Found((key, MONITORING), {"name": name, "missing": "、".join(missing)})


def _pollutant(name: str, rule: RuleText) -> str:
    """One name for each, without brackets; "" for words that name none (等)."""
    plain = re.sub(r"[（(].*?[）)]|\s|等$", "", name).lower()
    for line in rule.settings["same"]:
        called, _, pattern = line.partition(" ")
        if compiled(pattern).search(plain):
            return called
    return plain


@test_of_rule
def load_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A yearly load against the water of its outlets × their concentration, and against what the balance of that substance
    sends out with the water (`out`)."""
    flows = {row: flow for row in facts.rows(OUTLETS) if (flow := facts.number(OUTLETS, row, "flow"))}  # fmt: skip
    most = setting(rule, "percent")
    for row in facts.rows(TOTALS):
        name, typed = facts.text(TOTALS, row, "name"), facts.number(TOTALS, row, "y0")
        if not name or not typed:
            continue
        key = cell_key(TOTALS, row, "y0")
        others = [
            (f"{told} {brief(to_places(value, 5))} t", other)
            for told, value, other in (*_by_flow(facts, name, flows), *_by_balance(facts, name, rule))
            if abs(value - typed) * 100 > typed * most and not _rounds_to(value, facts.text(key))
        ]  # fmt: skip
        if others:
            shown: Told = {
                "name": name,
                "typed": typed,
                "told": "，".join(one for one, _ in others),
            }
            yield Found((key, *(other for _, other in others)), shown)


def _by_flow(
    facts: Facts, name: str, flows: Mapping[str, Fraction]
) -> Iterator[tuple[str, Fraction, str]]:
    """Nothing unless every outlet measured for the item has its flow."""
    loads = []
    for row in facts.rows(OUTLETS):
        results = [
            value
            for r in facts.rows(MONITORING)
            if facts.text(MONITORING, r, "item") == name
            and is_same_outlet(facts.text(OUTLETS, row, "name"), facts.text(MONITORING, r, "outlet"))
            and facts.text(MONITORING, r, "unit").replace(" ", "").lower() == "mg/l"
            and (day := facts.day(MONITORING, r, "date")) is not None
            and day.year == facts.base_year
            and (value := facts.number(MONITORING, r, "result")) is not None
        ]  # fmt: skip
        if not results:
            continue
        if row not in flows:
            return
        loads.append((sum(results, _ZERO) / len(results) * flows[row] / 1_000_000, row))
    if loads:
        total = sum((load for load, _ in loads), _ZERO)
        yield "年排水量 × 浓度", total, cell_key(OUTLETS, loads[0][1], "flow")


def _by_balance(facts: Facts, name: str, rule: RuleText) -> Iterator[tuple[str, Fraction, str]]:
    out = compiled(rule.settings["out"][0])
    for balance in facts.balances:
        if balance.material not in (name, name.removeprefix("总")):
            continue
        rows = [one for one in balance.outputs if out.search(one.name)]
        amounts = [one.amount for one in rows]
        if rows and None not in amounts:
            total = sum((one for one in amounts if one is not None), _ZERO) / 1000
            yield "物料平衡", total, cell_key(STREAMS, rows[0].row_id, "amount")


def _rounds_to(value: Fraction, typed: str) -> bool:
    """The typed number is the value, rounded as far as it was typed."""
    places = len(typed.partition(".")[2])
    return abs(value - Fraction(typed.replace(",", ""))) <= Fraction(1, 2 * 10**places)


# --- what indicators claim ------------------------------------------------------------------------------------------


@test_of_rule
def meters_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The indicator of meters is met while the table of meters lacks some, and no note of the table says of what. `least`:
    「row percent」."""
    for key, name in _claims(facts, rule.settings["indicators"][0], _LEVELS):
        for line in rule.settings["least"]:
            row, least = line.split()
            needed, working = (facts.number(METERS, row, column) for column in ("needed", "working"))  # fmt: skip
            notes = [facts.note(cell_key(METERS, row, c)) for c in ("needed", "installed", "working")]  # fmt: skip
            if not needed or working is None or any(notes):
                continue
            share = working * 100 / needed
            if share < Fraction(least):
                told: Told = {"name": name, "share": to_places(share, 1), "row": _label(facts, row)}
                yield Found((cell_key(METERS, row, "working"), key), told)


@test_of_rule
def words_against_indicator(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """What was seen in the works against the level an indicator claims. `claims`: 「levels name-of-indicator what-contradicts」."""
    where = tuple(rule.settings["keys"])
    for line in rule.settings["claims"]:
        levels, called, pattern = line.split(" ", 2)
        for key, name in _claims(facts, called, levels.split(",")):
            for place, text in facts.texts:
                inside = place.startswith(where) and not place.endswith(("/idea", "/solution"))
                if inside and (found := compiled(pattern).search(text)):
                    level = {"I": "Ⅰ", "II": "Ⅱ", "III": "Ⅲ"}[facts.text(key)]
                    yield Found((key, place), {"name": name, "level": level, "said": found[0]})


def _claims(facts: Facts, called: str, levels: tuple[str, ...] | list[str]) -> Iterator[tuple[str, str]]:  # fmt: skip
    """(answer key, name) of the indicators called so whose answer is one of the levels."""
    system = facts.project.system
    for part in () if system is None else system.parts(facts.project.table_id):
        for indicator in part.indicators():
            key = indicator_key(part.id, indicator.id)
            if compiled(called).search(indicator.name) and facts.text(key) in levels:
                yield key, indicator.name


def _label(facts: Facts, row: str) -> str:
    fixed = facts.index.tables[METERS].fixed_rows
    return next((one.label for one in fixed if one.id == row), row)


# --- targets and the measures that carry them -----------------------------------------------------------------------


@test_of_rule
def target_carried(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Targets on a figure of the audit against that figure with the measures carried out: none moves it; those finished in
    time do not bring it to the near target though all together do; the far target asks for less than all of them bring.
    Nothing is said where the measures save more than there is."""
    measures = [one for one in measures_in(facts) if not one.problems and one.state != "idea"]
    if not any(one.savings for one in measures) or combine(facts.project, measures).overdrawn:
        return
    for row in facts.rows(TARGETS):
        figure = figure_named(facts, row, rule)
        now, near, far = (facts.number(TARGETS, row, column) for column in ("now", "near", "far"))
        if figure is None or now is None or near is None or now == near:
            continue
        name = facts.text(TARGETS, row, "name")
        if facts.note(cell_key(TARGETS, row, "near")) or facts.note(cell_key(TARGETS, row, "far")):
            continue
        sign = 1 if near > now else -1
        whole, start = _with(facts, figure, measures), facts.figure(figure)
        if whole is None or start is None:
            continue
        if whole == start:
            yield Found((cell_key(TARGETS, row, "near"), SAVINGS), {"name": name, "what": "没有一个方案动到它"})  # fmt: skip
            continue
        year = facts.year(TARGETS, row, "near_year")
        if year is not None and (whole - near) * sign >= 0:
            timely = _with(facts, figure, [one for one in measures if not _is_after(facts, one, year)])  # fmt: skip
            if timely is not None and (timely - near) * sign < 0:
                shown = to_places(timely, 2)
                what = f"{year} 年底前做完的方案只到 {brief(shown)}，近期目标 {brief(near)} 到不了"
                yield Found((cell_key(TARGETS, row, "near_year"), LIST), {"name": name, "what": what})  # fmt: skip
        if far is not None and (whole - far) * sign * 100 > abs(far) * setting(rule, "percent"):
            what = f"方案都做完能到 {brief(to_places(whole, 2))}，远期目标只写 {brief(far)}"
            yield Found((cell_key(TARGETS, row, "far"), LIST), {"name": name, "what": what})


def _with(facts: Facts, figure: str, measures: list[Measure]) -> Fraction | None:
    return with_measures(facts.project, measures).derivation.figure(figure).value


def _is_after(facts: Facts, measure: Measure, year: int) -> bool:
    day = facts.day(LIST, measure.row_id, "done")
    return day is not None and day.year > year


# --- prices and days ------------------------------------------------------------------------------------------------


@test_of_rule
def price_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """One thing saved, and money that makes another price of it than the bills or the table of materials. Silent where the
    measure saves other money too or a note says what is in it; far too much is another rule's (`times`)."""
    for proof in facts.proofs:
        one = proof.measure
        other = facts.number(SAVINGS, one.row_id, "extra") or facts.text(LIST, one.row_id, "raises")
        if one.state == "dropped" or other:
            continue
        for table, saving, amounts in (
            (LIST, facts.number(LIST, one.row_id, "saving"), one.savings),
            (RESULTS, proof.saving, proof.measured),
        ):
            key = cell_key(table, one.row_id, "saving")
            found = _one_price(facts, amounts, rule)
            if not saving or saving < 0 or found is None or facts.note(key):
                continue
            amount, price, where = found
            implied = saving * 10_000 / amount
            more = table == LIST or not set(amounts).isdisjoint(rule.settings["parts"])
            if more and implied > price * setting(rule, "times"):
                continue
            if _is_rounding(saving, amount, price):
                continue
            if abs(implied - price) * 100 > price * setting(rule, "percent"):
                told: Told = {
                    "name": one.name,
                    "implied": to_places(implied, 2),
                    "price": to_places(price, 2),
                    "where": where,
                }
                yield Found((key,), told)


def _one_price(
    facts: Facts, amounts: Mapping[str, Fraction], rule: RuleText
) -> tuple[Fraction, Fraction, str] | None:
    """(amount, price, where the price stands) of the one thing saved; None where there is more than one, or no price."""
    own = {k: v for k, v in amounts.items() if v and k not in rule.settings["parts"]}
    if len(own) != 1:
        return None
    ((stream, amount),) = own.items()
    price, where = _price(facts, stream)
    return (amount, price, where) if price and amount > 0 else None


def _is_rounding(saving: Fraction, amount: Fraction, price: Fraction) -> bool:
    """Small sums in 万元 with two places: half a place either way."""
    return abs(saving - amount * price / 10_000) <= Fraction(1, 100)


def _price(facts: Facts, stream_id: str) -> tuple[Fraction | None, str]:
    """元 per unit of the stream, and where it stands: bills, else the one material that names the metal."""
    stream = next((one for one in facts.project.reference.streams if one.id == stream_id), None)
    if stream is None:
        return None, ""
    if stream.price:
        return facts.figure(stream.price), "账单"
    if len(stream.title) != 1:
        return None, ""
    rows = [r for r in facts.rows(MATERIALS) if f"折{stream.title}" in facts.text(MATERIALS, r, "name")]  # fmt: skip
    if len(rows) != 1 or facts.text(MATERIALS, rows[0], "unit").lower() != stream.unit:
        return None, ""
    return facts.number(MATERIALS, rows[0], "price"), "原辅材料表"


@test_of_rule
def measure_phase(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A measure that is to be finished after the last phase and is not in the plan for later; a dear one finished before its
    study was (the end of the phase of options). `all`: how a plan names all that is left."""
    whole = compiled(rule.settings["all"][0])
    end, studied = facts.day(PLAN, "e", "end"), facts.day(PLAN, "c", "end")
    later = "".join(facts.text("continuing.plan", row, "content") for row in facts.rows("continuing.plan"))  # fmt: skip
    for one in measures_in(facts):
        day, key = facts.day(LIST, one.row_id, "done"), cell_key(LIST, one.row_id, "done")
        if day is None or one.state == "idea":
            continue
        if end is not None and (day.year, day.month) > (end.year, end.month):
            known = one.name in later or (one.code and one.code in later) or whole.search(later)
            if not known and one.state != "done":
                what = f"{day:%Y-%m} 做完，工作计划到 {end} 就结束"
                yield Found((key, "continuing.plan"), {"name": one.name, "what": what})
        high = facts.text(LIST, one.row_id, "level") == "high"
        if high and one.state == "done" and studied is not None and (day.year, day.month) < (studied.year, studied.month):  # fmt: skip
            what = f"{day:%Y-%m} 就做完了，方案和可行性分析要到 {studied} 才完成"
            yield Found((key, cell_key(PLAN, "c", "end")), {"name": one.name, "what": what})
