"""Slips of the hand and copies: units a thousand off, years and months copied, rows of another trade, words in place of proof."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.numbers import to_places
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import NUMBER, compiled, number_of_words
from app.checkup.rules_plan import LIST, RESULTS, TARGETS
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText
from app.forms.question import RowsKind, TableQuestion

_ZERO = Fraction(0)
_YEARS = ("y2", "y1", "y0")
_KG = {"kg": Fraction(1), "公斤": Fraction(1), "千克": Fraction(1), "t": Fraction(1000), "吨": Fraction(1000)}  # fmt: skip


def _kg(facts: Facts, table: str, row: str) -> Fraction | None:
    """The amount of a row in kg, of the base year; None where it is open or its unit is not one of mass."""
    size, amount = _KG.get(facts.text(table, row, "unit").lower()), facts.number(table, row, "y0")
    return None if size is None or amount is None else amount * size


# --- money --------------------------------------------------------------------------------------------------------


@test_of_rule
def money_slip(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Money of a measure (万元) above a year's output value: yuan typed for 万元. `columns`: 「table/column」."""
    whole = facts.number("product.years", str(facts.base_year), "value")
    for place in rule.settings["columns"]:
        table, column = place.split("/")
        for row in facts.rows(table):
            typed = facts.number(table, row, column)
            if whole and typed is not None and abs(typed) > whole:
                yield Found((cell_key(table, row, column),), {"typed": typed, "whole": whole})


@test_of_rule
def value_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Output value of a year by head (万元): beyond `most`, below `least`."""
    staff = facts.number("firm.staff")
    for row in facts.rows("product.years"):
        value = facts.number("product.years", row, "value")
        if not staff or not value:
            continue
        head = value / staff
        if not setting(rule, "least") <= head <= setting(rule, "most"):
            yield Found((cell_key("product.years", row, "value"), "firm.staff"), {"year": row, "head": to_places(head)})  # fmt: skip


@test_of_rule
def material_cost(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Materials at their prices cost more than a year's output is worth; said at the dearest."""
    whole = facts.number("product.years", str(facts.base_year), "value")
    costs = {}
    for row in facts.rows("materials.list"):
        amount, price = (facts.number("materials.list", row, c) for c in ("y0", "price"))
        if amount is not None and price is not None:
            costs[row] = amount * price / 10_000
    total = sum(costs.values(), _ZERO)
    if whole and total > whole:
        row = max(costs, key=lambda one: costs[one])
        told: Told = {"name": facts.text("materials.list", row, "name"), "cost": to_places(costs[row]), "whole": whole}  # fmt: skip
        yield Found((cell_key("materials.list", row, "price"),), told)


# --- measures and results -------------------------------------------------------------------------------------------


@test_of_rule
def measure_copied(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Two measures with one effect, or one number in it and one saving, and one investment under two names."""
    seen: dict[tuple[str, ...], tuple[str, str]] = {}
    for one in facts.measures:
        effect = facts.text(LIST, one.row_id, "effect")
        said = [str(number_of_words(match[0])) for match in compiled(NUMBER).finditer(effect)]
        if one.state == "dropped" or not said:
            continue
        if one.cost and one.saving:
            what = (*sorted(said), str(one.cost), str(one.saving))
        else:
            what = effect, facts.text(LIST, one.row_id, "cost")
        key = cell_key(LIST, one.row_id, "effect")
        before = seen.setdefault(what, (key, one.name))
        if before[0] != key:
            yield Found((key, before[0]), {"name": one.name, "other": before[1], "effect": effect})


@test_of_rule
def done_without_day(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for one in facts.proofs:
        row = one.measure.row_id
        if one.measure.state == "done" and not facts.text(LIST, row, "done") and not one.finished:
            yield Found((cell_key(LIST, row, "done"),), {"name": one.measure.name})


@test_of_rule
def proof_vague(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A word where a paper has to be named. `columns`: 「table/column」; `words`: what is no proof."""
    for place in rule.settings["columns"]:
        table, column = place.split("/")
        for row in facts.rows(table):
            said = facts.text(table, row, column)
            if compiled(rule.settings["words"][0]).fullmatch(said):
                yield Found((cell_key(table, row, column),), {"said": said})


@test_of_rule
def owner_elsewhere(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A company that is not this one, nor its consultant, as who carries a measure out."""
    own = facts.text("firm.name") + facts.text("team.consultant")
    for place in rule.settings["columns"]:
        table, column = place.split("/")
        for row in facts.rows(table):
            said = facts.text(table, row, column)
            for name in re.findall(r"([\u4e00-\u9fff]{2,8}?)(?:公司|集团|厂)", said):
                if name not in own and name not in ("本", "我", "全", "各", "总", "分", "子"):
                    yield Found((cell_key(table, row, column),), {"said": said})
                    break


@test_of_rule
def measured_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Measured so many `times` what was expected, without a word."""
    for one in facts.proofs:
        for stream in one.measure.savings:
            ratio = one.ratio(stream)
            if ratio is not None and ratio > setting(rule, "times") and len(one.note) < 4:
                told: Told = {"name": one.measure.name, "times": to_places(ratio)}
                yield Found((cell_key(RESULTS, one.measure.row_id, stream),), told)
        planned, brought = one.measure.saving, one.saving
        if planned and planned > 0 and brought and brought > planned * setting(rule, "times") and len(one.note) < 4:  # fmt: skip
            told = {"name": one.measure.name, "times": to_places(brought / planned)}
            yield Found((cell_key(RESULTS, one.measure.row_id, "saving"),), told)


@test_of_rule
def after_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The plant after the measures against before: `times` more or less; worse without saying why; the output likewise."""
    times = setting(rule, "times")
    table = facts.index.tables.get("after.plant")
    for option in () if table is None or table.id not in facts.asked else table.fixed_rows:
        key = cell_key("after.plant", option.id, "after")
        after = facts.number(key)
        change = facts.project.derivation.cell("after.plant", option.id, "change").value
        if after is None or change is None:
            continue
        before = after + change
        note = facts.text("after.plant", option.id, "note")
        far = before > 0 and not before / times <= after <= before * times
        if far or (after > before and len(note) < 6):
            yield Found(
                (key,),
                {
                    "name": option.label,
                    "before": Fraction(round(before)),
                    "after": after,
                },
            )
    before_, after_ = facts.number("after.output_before"), facts.number("after.output")
    if before_ and after_ is not None and not before_ / times <= after_ <= before_ * times:
        yield Found(("after.output", "after.output_before"), {"name": "产量", "before": before_, "after": after_})  # fmt: skip


@test_of_rule
def after_without_period(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    if any(one.measured for one in facts.proofs) and not facts.text("after.period"):
        yield Found(("after.period",))


# --- targets ----------------------------------------------------------------------------------------------------------


@test_of_rule
def target_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A target, or what was reached, so many `times` today's value; one better by less than `least` per cent."""
    times, least = setting(rule, "times"), setting(rule, "least")
    for row in facts.rows(TARGETS):
        now, name = facts.number(TARGETS, row, "now"), facts.text(TARGETS, row, "name")
        if not now or now < 0:
            continue
        share = facts.text(TARGETS, row, "unit") in ("%", "％")
        for table, column in ((TARGETS, "near"), (TARGETS, "far"), ("targets.done", "value")):
            aim = facts.number(table, row, column)
            if aim is None or aim < 0 or table not in facts.asked:
                continue
            told: Told = {"name": name, "now": now, "aim": aim}
            key = cell_key(table, row, column)
            if share and aim > 100 and table != TARGETS:
                yield Found((key,), told, Severity.BLOCK)
            elif (
                not aim and not share and compiled(rule.settings["never"][0]).search(name)
            ) or (not now / times <= aim <= now * times and aim) or (
                column == "near" and aim != now and abs(aim - now) * 100 < now * least and not share
            ):  # fmt: skip
                yield Found((key,), told)


@test_of_rule
def target_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    yield from twice(facts, TARGETS, "name")


@test_of_rule
def target_unit(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A share (`names`) in a unit that is none (`units`)."""
    for row in facts.rows(TARGETS):
        name, unit = facts.text(TARGETS, row, "name"), facts.text(TARGETS, row, "unit")
        plain = re.sub(r"[（(].*", "", name)
        if compiled(rule.settings["names"][0]).search(plain) and unit and not compiled(rule.settings["units"][0]).search(unit):  # fmt: skip
            yield Found((cell_key(TARGETS, row, "unit"),), {"name": name, "unit": unit})


def twice(facts: Facts, table: str, column: str) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for row in facts.rows(table):
        text = facts.text(table, row, column)
        plain, key = re.sub(r"\W", "", text), cell_key(table, row, column)
        if plain and seen.setdefault(plain, key) != key:
            yield Found((key, seen[plain]), {"name": text})


# --- permits, monitoring, waste ---------------------------------------------------------------------------------------


@test_of_rule
def permit_far(facts: Facts, rule: RuleText) -> Iterator[Found]:
    until, years = facts.day("env.permit_until"), int(rule.settings["years"][0])
    if until is not None and (until.year, until.month, until.day) > (facts.today.year + years, facts.today.month, 31):  # fmt: skip
        yield Found(("env.permit_until",), {"until": until, "years": years})


@test_of_rule
def permit_letter(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The last letter of the number against what it is said to be. `letters`: 「kind letters」."""
    number, kind = facts.text("env.permit_no"), facts.text("env.permit_kind")
    if not re.fullmatch(r"[0-9A-Z]{21}[A-Z]", number):
        return
    for line in rule.settings["letters"]:
        said, letters, other = line.split()
        if said == kind and number[-1] not in letters:
            yield Found(("env.permit_no", "env.permit_kind"), {"letter": number[-1], "other": other})  # fmt: skip


@test_of_rule
def plan_elsewhere(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The emergency plan was filed in another city than the one the credit code names."""
    found = re.match(r"(\d{4})\d{2}\s*[-—–]", facts.text("env.plan_no"))
    code = facts.text("firm.credit_code")[2:6]
    if found is not None and code.isdigit() and found[1] != code:
        yield Found(("env.plan_no", "firm.credit_code"), {"said": found[0][:6], "code": code})


@test_of_rule
def limit_loose(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """One item of the waste gas with limits that are ten, a hundred or a thousand (`times`) apart at two chimneys: a slip of
    the point. Other distances are ordinary: a boiler has limits of its own."""
    table = "env.monitoring"
    least: dict[tuple[str, str], tuple[Fraction, str]] = {}
    rows = [r for r in facts.rows(table) if not compiled(rule.settings["except"][0]).search(facts.text(table, r, "outlet"))]  # fmt: skip
    places = {r: (facts.text(table, r, "item"), facts.text(table, r, "unit")) for r in rows if "/m" in facts.text(table, r, "unit")}  # fmt: skip
    for row, place in places.items():
        limit = facts.number(table, row, "limit")
        if limit and limit < least.get(place, (limit + 1, ""))[0]:
            least[place] = (limit, cell_key(table, row, "limit"))
    for row, place in places.items():
        limit = facts.number(table, row, "limit")
        slips = [least[place][0] * int(one) for one in rule.settings["times"]] if limit else []
        if limit and limit in slips:
            told: Told = {"name": place[0], "one": limit, "two": least[place][0]}
            yield Found((cell_key(table, row, "limit"), least[place][1]), told)


@test_of_rule
def called_general(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """What is on the list of hazardous waste (`words`) as general or household waste."""
    for row in facts.rows("env.waste"):
        name, kind = facts.text("env.waste", row, "name"), facts.text("env.waste", row, "kind")
        found = compiled(rule.settings["words"][0]).search(name)
        if kind in ("general", "living") and found is not None:
            yield Found((cell_key("env.waste", row, "kind"),), {"name": name})


@test_of_rule
def waste_beyond_inputs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Waste (t) that weighs so many `times` the materials bought: kilograms typed for tonnes."""
    bought = [_kg(facts, "materials.list", row) for row in facts.rows("materials.list")]
    if not bought or None in bought:
        return
    total = sum((one for one in bought if one is not None), _ZERO) / 1000
    for row in facts.rows("env.waste"):
        made = facts.number("env.waste", row, "y0")
        if made is not None and total and made > total * setting(rule, "times"):
            told: Told = {"made": made, "bought": to_places(total)}
            yield Found((cell_key("env.waste", row, "y0"),), told)


# --- VOC, packaging ---------------------------------------------------------------------------------------------------


@test_of_rule
def voc_content_low(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A solvent product whose VOC content is lower than such products have: `least`: 「pattern percent」, the first that fits."""
    table = "voc.materials"
    for row in facts.rows(table):
        named = facts.text(table, row, "name") + " " + facts.text(table, row, "category")
        percent = facts.number(table, row, "percent")
        for line in rule.settings["least"]:
            pattern, _, least = line.rpartition(" ")
            if compiled(pattern).search(named) is None:
                continue
            key = cell_key(table, row, "percent")
            if percent is not None and percent < Fraction(least) and not facts.note(key):
                told: Told = {"name": facts.text(table, row, "name"), "percent": percent, "least": Fraction(least)}  # fmt: skip
                yield Found((key,), told)
            break


@test_of_rule
def voc_called_low(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「低 VOC」 of a product that holds more than `percent`."""
    table = "voc.materials"
    for row in facts.rows(table):
        percent = facts.number(table, row, "percent")
        if facts.text(table, row, "low") == "yes" and percent is not None and percent >= setting(rule, "percent"):  # fmt: skip
            told: Told = {"name": facts.text(table, row, "name"), "percent": percent}
            yield Found((cell_key(table, row, "low"), cell_key(table, row, "percent")), told)


@test_of_rule
def voc_heavier(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """More VOC in a litre than the litre weighs."""
    table = "voc.materials"
    for row in facts.rows(table):
        grams, density = facts.number(table, row, "grams"), facts.number(table, row, "density")
        if grams is not None and density and grams > density * 1000:
            told: Told = {"grams": grams, "weight": density * 1000}
            yield Found((cell_key(table, row, "grams"), cell_key(table, row, "density")), told)


@test_of_rule
def voc_in_waste(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """So much goes with the waste that the emission is below nought."""
    waste, left = facts.number("voc.with_waste"), facts.figure("voc.emitted")
    if waste is not None and left is not None and left < 0:
        yield Found(("voc.with_waste",), {"waste": waste})


@test_of_rule
def share_fraction(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A share that is good when it is high (`names`), below one per cent: a fraction typed for per cent."""
    for question, key, value in facts.numbers:
        if question.unit == "%" and 0 < value < 1 and compiled(rule.settings["names"][0]).search(question.title):  # fmt: skip
            yield Found((key,), {"value": value, "likely": value * 100})


@test_of_rule
def packaging_gap(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Packaging that does not close by more than `percent` of what passed through, whatever is noted beside it."""
    table = "packaging.list"
    for row in facts.rows(table):
        amounts = {c: facts.number(table, row, c) for c in ("opening", "bought", "returned", "shipped", "scrapped", "closing")}  # fmt: skip
        if None in amounts.values():
            continue
        known = {name: one for name, one in amounts.items() if one is not None}
        came = known["opening"] + known["bought"] + known["returned"]
        gap = came - known["shipped"] - known["scrapped"] - known["closing"]
        if abs(gap) * 100 > came * setting(rule, "percent"):
            yield Found((cell_key(table, row, "bought"),), {"gap": gap, "came": came})


@test_of_rule
def output_elsewhere(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The output (t) the packaging is counted by against the products, where all of them are weighed."""
    typed = facts.number("packaging.output")
    made = [_kg(facts, "product.list", row) for row in facts.rows("product.list")]
    if typed is None or not made or None in made or "packaging.output" not in facts.asked:
        return
    total = sum((one for one in made if one is not None), _ZERO) / 1000
    if abs(total - typed) * 100 > total * setting(rule, "percent"):
        yield Found(("packaging.output",), {"typed": typed, "total": to_places(total)})


# --- water, lines -------------------------------------------------------------------------------------------------------


@test_of_rule
def cascade_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Water going round, or used again, so many `times` what a unit takes in."""
    table = "water.units"
    for row in facts.rows(table):
        fresh = facts.number(table, row, "fresh")
        for column in ("cascade", "reclaimed"):
            used = facts.number(table, row, column)
            if fresh and used is not None and used > fresh * setting(rule, "times"):
                yield Found((cell_key(table, row, column),), {"used": used, "fresh": fresh})


@test_of_rule
def metal_area(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A metal lies on more area than all lines plate."""
    areas = [facts.number("plating.lines", row, "y0") for row in facts.rows("plating.lines")]
    if not areas or None in areas or "plating.metals" not in facts.asked:
        return
    whole = sum((one for one in areas if one is not None), _ZERO)
    for row in facts.rows("plating.metals"):
        area = facts.number("plating.metals", row, "area")
        if area is not None and area > whole:
            first = facts.rows("plating.lines")[0]
            keys = cell_key("plating.lines", first, "y0"), cell_key("plating.metals", row, "area")
            yield Found(keys, {"area": area, "whole": whole})
            return


# --- copies -------------------------------------------------------------------------------------------------------------


@test_of_rule
def years_alike(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Every row of a table has one number for all three years."""
    for table in rule.settings["tables"]:
        rows = facts.rows(table)
        amounts = [[facts.number(table, row, column) for column in _YEARS] for row in rows]
        whole = [one for one in amounts if None not in one and any(one)]
        if len(whole) >= setting(rule, "least") and all(len(set(one)) == 1 for one in whole):
            title = facts.index.tables[table].title
            yield Found((cell_key(table, rows[0], "y1"),), {"title": title, "count": len(whole)})


@test_of_rule
def months_copied(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """So many months running with one amount, or a year that is another year's to the last digit."""
    least = int(setting(rule, "months"))
    for table in month_tables(facts):
        for column in table.columns:
            if column.derived:
                continue
            amounts = {row: facts.number(table.id, row, column.id) for row in facts.rows(table.id)}
            run: list[str] = []
            for row, amount in amounts.items():
                same = bool(run) and bool(amount) and amounts[run[-1]] == amount
                run = [*run, row] if same else [row]
                if len(run) == least and not facts.note(cell_key(table.id, row, column.id)):
                    told: Told = {"title": column.title, "months": f" {run[0]} 到 {run[-1]} "}
                    yield Found((cell_key(table.id, row, column.id),), told)
            yield from _copied_years(table, column.id, column.title, amounts)


def _copied_years(
    table: TableQuestion, column: str, title: str, amounts: dict[str, Fraction | None]
) -> Iterator[Found]:
    years: dict[str, dict[str, Fraction]] = {}
    for row, amount in amounts.items():
        if amount:
            years.setdefault(row[:4], {})[row[5:]] = amount
    seen: dict[tuple[Fraction, ...], str] = {}
    for year, months in years.items():
        if len(months) < 10 or len(set(months.values())) == 1:
            continue
        before = seen.setdefault(tuple(months.values()), year)
        if before != year:
            told: Told = {"title": title, "months": f" {year} 年和 {before} 年每个月"}
            yield Found((cell_key(table.id, f"{year}-01", column),), told)


def month_tables(facts: Facts) -> list[TableQuestion]:
    return [one for one in facts.asked.values() if isinstance(one, TableQuestion) and one.rows is RowsKind.MONTHS]  # fmt: skip


@test_of_rule
def other_trade(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Rows that belong to another trade: `trades`: 「processes|sets words」; `columns`: 「table/column」. Said only where the
    firm's processes are known and none of them has such words."""
    chosen = set(facts.text("process.list").split("|")) - {""}
    here = chosen | {facts.project.questionnaire.id}
    if not chosen and "process.list" in facts.asked:
        return
    for place in rule.settings["columns"]:
        table, column = place.split("/")
        for row in facts.rows(table):
            said = facts.text(table, row, column)
            for line in rule.settings["trades"]:
                owners, _, words = line.partition(" ")
                if here & set(owners.split("|")):
                    continue
                found = compiled(words).search(said)
                if found is not None and found[0][:2] not in _own_words(facts, row):
                    yield Found((cell_key(table, row, column),), {"said": found[0]})
                    break


def _own_words(facts: Facts, beside: str) -> str:
    """What the firm says of itself elsewhere: a word that stands there is of its trade."""
    steps = (r for r in facts.rows("process.steps") if r != beside)
    made = (facts.text("product.list", r, "name") for r in facts.rows("product.list"))
    return "".join((facts.text("firm.intro"), *(facts.text("process.steps", r, "name") for r in steps), *made))  # fmt: skip
