"""Amounts that contradict each other: shares, balances, one amount typed twice, what was bought and what was kept."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.numbers import to_places
from app.audit import energy_users
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import NUMBER, compiled, number_of_words
from app.forms.answer import Given, cell_key
from app.forms.checkup_data import RuleText
from app.forms.question import FigureStrip, TableQuestion

YEARS = ("y2", "y1", "y0")
_ZERO = Fraction(0)


def _amounts(text: str) -> dict[str, Fraction]:
    """「镀件 12 万 m²/年、喷涂 1500 t/年」 by name and unit."""
    found = {}
    for match in re.finditer(
        rf"([\u4e00-\u9fff]*?)\s*{NUMBER}\s*(万|亿)?\s*([^\d、，；,;\s]*)", text
    ):
        scale = {"万": 10_000, "亿": 100_000_000}.get(match[3] or "", 1)
        found[f"{match[1]} {match[4]}"] = number_of_words(match[2]) * scale
    return found


@test_of_rule
def share_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Percentages below zero or above a hundred, typed or computed. `except`: words of shares that may be."""
    excepted = compiled(rule.settings["except"][0])
    for question, key, number in facts.numbers:
        if 0 <= number <= 100 or excepted.search(question.title):
            continue
        unit = question.unit or facts.text(f"{key.rpartition('/')[0]}/unit")
        # The page says it of questions with bounds of their own.
        bounded = question.check.maximum == "100" and number > 100
        bounded = bounded or (question.check.minimum == "0" and number < 0)
        if unit in ("%", "％") and not bounded:
            yield Found((key,), {"name": "", "value": number})
    yield from _computed_shares(facts, excepted)
    yield from _typed_indicators(facts, excepted)


def _computed_shares(facts: Facts, excepted: re.Pattern[str]) -> Iterator[Found]:
    derivation = facts.project.derivation
    for page in facts.project.questionnaire.pages():
        for card in page.cards:
            for strip in card.items:
                if not isinstance(strip, FigureStrip):
                    continue
                for name in strip.quantities:
                    quantity = derivation.quantities[name]
                    if quantity.unit != "%" or quantity.maximum or excepted.search(quantity.title):
                        continue
                    value = facts.figure(name)
                    if value is not None and (value < 0 or value > 100):
                        yield Found(
                            (f"override/{name}",), {"name": f"「{quantity.title}」", "value": value}
                        )


def _typed_indicators(facts: Facts, excepted: re.Pattern[str]) -> Iterator[Found]:
    system = facts.project.system
    for part in () if system is None else system.parts(facts.project.table_id):
        for indicator in part.indicators():
            key = facts.project.indicator_key(indicator.id)
            number = facts.number(key) if isinstance(facts.book.get(key), Given) else None
            if number is None or excepted.search(indicator.name):
                continue
            if number < 0 or (indicator.unit in ("percent", "%") and number > 100):
                yield Found((key,), {"name": f"「{indicator.name}」", "value": number})


@test_of_rule
def reuse_beyond_drain(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """More water used again than there is waste water to take it from."""
    used, drained = facts.figure("water.reclaimed"), facts.figure("water.plant_in")
    if used is not None and drained is not None and used > drained:
        keys = tuple(cell_key("water.units", r, "reclaimed") for r in facts.rows("water.units"))
        yield Found(keys, {"used": used, "drained": drained})


_WATER_NOTE = "balance.water_note"


@test_of_rule
def balance_water(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Only where all that leaves is asked; for others units_beyond_bills compares the bills with the units."""
    if "water.outlet_meter" not in facts.asked:
        return
    error = facts.figure("water.closing_error")
    if error is not None and abs(error) > setting(rule, "percent"):
        # The note is printed beside the balance: it is the reason, and the place for one.
        # No note explains away a third of the water.
        noted = facts.text(_WATER_NOTE) and abs(error) <= setting(rule, "noted")
        severity = Severity.INFO if noted else None
        keys = (_WATER_NOTE, "water.bills", "water.units", "water.outlet_meter", "water.plant_loss")
        yield Found(keys, {"percent": to_places(error)}, severity)


@test_of_rule
def balance_material(facts: Facts, rule: RuleText) -> Iterator[Found]:
    for one in facts.balances:
        if one.percent is not None and abs(one.percent) > setting(rule, "percent"):
            streams = (*one.inputs, *one.outputs)
            keys = tuple(cell_key("balance.streams", s.row_id, "amount") for s in streams)
            yield Found(keys, {"material": one.material, "percent": to_places(one.percent)})


@test_of_rule
def balance_beside(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """An input of the balance against the material of that name, the product against the output of that name; rows that are
    parts of a content are left alone."""
    table = "balance.streams"
    bought = _by_name(facts, "materials.list")
    made = _by_name(facts, "product.list")
    for row in facts.rows(table):
        amount = facts.number(table, row, "amount")
        name = _plain(facts.text(table, row, "name"))
        if amount is None or not name or facts.text(table, row, "content"):
            continue
        is_in = facts.text(table, row, "side") == "in"
        is_product = facts.text(table, row, "goes") == "product"
        for known, where, counts in ((bought, "原辅材料表", is_in), (made, "产品表", is_product)):
            if not counts:
                continue
            for called, (key, other) in known.items():
                same = called == name or (is_product and name.endswith(called))
                if same and abs(other - amount) * 200 > amount:
                    told: Told = {"name": name, "one": amount, "other": other, "where": where}
                    yield Found((cell_key(table, row, "amount"), key), told)


_MASS: dict[str, int | Fraction] = {"kg": 1, "公斤": 1, "千克": 1, "t": 1000, "吨": 1000, "g": Fraction(1, 1000), "克": Fraction(1, 1000)}  # fmt: skip


def _by_name(facts: Facts, table: str) -> dict[str, tuple[str, Fraction]]:
    """Amounts of the base year in kg by plain name, where the unit is one of mass."""
    found = {}
    for row in facts.rows(table):
        amount = facts.number(table, row, "y0")
        size = _MASS.get(facts.text(table, row, "unit").lower())
        name = _plain(facts.text(table, row, "name"))
        if amount is not None and size is not None and name:
            found[name] = (cell_key(table, row, "y0"), amount * size)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[（(].*?[)）]|\s", "", name)


@test_of_rule
def balance_energy(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The energy units of the balance against the bills."""
    table = "balance.energy"
    amounts = [facts.number(table, row, "input") for row in facts.rows(table)]
    whole = facts.figure("energy.total")
    if not amounts or None in amounts or not whole:
        return
    total = sum((amount for amount in amounts if amount is not None), _ZERO)
    percent = (total - whole) * 100 / whole
    if abs(percent) > setting(rule, "percent"):
        keys = tuple(cell_key(table, row, "input") for row in facts.rows(table))
        yield Found(
            keys,
            {"total": to_places(total), "whole": to_places(whole), "percent": to_places(percent)},
        )


@test_of_rule
def balance_users(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Where energy is used against the bills, carrier by carrier in the bill's own unit."""
    if energy_users.TABLE not in facts.asked:
        return
    for one in energy_users.closings(facts.project.derivation):
        if one.billed is None or (one.percent is None and not one.listed):
            continue
        if one.percent is None or abs(one.percent) > setting(rule, "percent"):
            of = one.carrier
            yield Found(
                one.keys,
                {"name": of.name, "listed": one.listed, "billed": one.billed, "unit": of.unit},
            )


@test_of_rule
def amount_twice(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """One material's yearly amount typed in several lists (`lists`: table.column by name) with different values."""
    seen: dict[str, tuple[str, Fraction]] = {}
    for name in rule.settings["lists"]:
        table, _, column = name.rpartition(".")
        if not isinstance(facts.asked.get(table), TableQuestion):
            continue
        for row in facts.rows(table):
            amount = facts.number(table, row, column)
            size = _MASS.get((facts.text(table, row, "unit") or "kg").lower())
            called = _plain(facts.text(table, row, "name"))
            if amount is None or size is None or not called:
                continue
            key = cell_key(table, row, column)
            before = seen.setdefault(called, (key, amount * size))
            if before[1] != amount * size and before[0].partition("/")[0] != table:
                told: Told = {"name": called, "one": before[1], "other": amount * size}
                yield Found((key, before[0]), told)
    yield from _metals(facts)


def _metals(facts: Facts) -> Iterator[Found]:
    """A metal's input: in the table of metals, in the balance and among the materials (折锌)."""
    names = {"zinc": "锌", "copper": "铜", "nickel": "镍", "gold": "金", "silver": "银"}
    for row, metal in names.items():
        key = cell_key("plating.metals", row, "bought")
        bought = facts.number(key)
        if bought is None or "plating.metals" not in facts.asked:
            continue
        ins = [
            r
            for r in facts.rows("balance.streams")
            if facts.text("balance.streams", r, "material") == metal
            and facts.text("balance.streams", r, "side") == "in"
        ]
        amounts = [facts.number("balance.streams", r, "amount") for r in ins]
        if ins and None not in amounts:
            total = sum((a for a in amounts if a is not None), _ZERO)
            if total != bought:
                keys = (cell_key("balance.streams", ins[0], "amount"), key)
                yield Found(keys, {"name": metal, "one": bought, "other": total})
        for r in facts.rows("materials.list"):
            amount = facts.number("materials.list", r, "y0")
            if f"折{metal}" in facts.text("materials.list", r, "name") and amount not in (
                None,
                bought,
            ):
                assert amount is not None
                keys = (cell_key("materials.list", r, "y0"), key)
                yield Found(keys, {"name": metal, "one": bought, "other": amount})


@test_of_rule
def ledger_below_bought(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The VOC ledger against what was bought: purchases whose purpose (`words`) lies with it."""
    words = rule.settings["words"]
    if "voc.materials" not in facts.asked:
        return
    bought: list[tuple[str, Fraction]] = []
    for row in facts.rows("materials.list"):
        name = facts.text("materials.list", row, "name")
        amount = facts.number("materials.list", row, "y0")
        unit = facts.text("materials.list", row, "unit").lower()
        counts = any(word in name for word in words)
        counts = counts and not any(word in name for word in rule.settings["except"])
        if counts and amount is not None and unit == "kg":
            bought.append((cell_key("materials.list", row, "y0"), amount))
    rows = facts.rows("voc.materials")
    ledger = [facts.number("voc.materials", row, "amount") for row in rows]
    if not bought or not ledger or None in ledger:
        return
    total = sum((amount for _, amount in bought), _ZERO)
    kept = sum((amount for amount in ledger if amount is not None), _ZERO)
    if kept < total * (100 - setting(rule, "percent")) / 100:
        keys = (
            *(cell_key("voc.materials", r, "amount") for r in rows),
            *(key for key, _ in bought),
        )
        yield Found(keys, {"kept": kept, "bought": total})


@test_of_rule
def voc_denied(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """No VOC materials beside a process (`processes`) that uses them."""
    chosen = facts.text("process.list").split("|")
    if facts.text("voc.used") == "no" and any(one in chosen for one in rule.settings["processes"]):
        yield Found(("voc.used", "process.list"))


@test_of_rule
def scale_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The actual scale of a project, or the output of the product of that name, above the approved one, by the words."""
    approved_in_all: dict[str, tuple[str, Fraction]] = {}
    for row in facts.rows("env.projects"):
        approved = _amounts(facts.text("env.projects", row, "scale"))
        actual = _amounts(facts.text("env.projects", row, "actual"))
        key = cell_key("env.projects", row, "scale")
        for name, amount in actual.items():
            if name in approved and amount > approved[name]:
                keys = (cell_key("env.projects", row, "actual"), key)
                yield Found(keys, _scale(name, amount, approved[name]))
        for name, amount in approved.items():
            before = approved_in_all.get(name, ("", _ZERO))
            approved_in_all[name] = (key, before[1] + amount)
    for name, (key, amount) in approved_in_all.items():
        made = _made(facts, name)
        if made is not None and made[1] > amount:
            yield Found((made[0], key), _scale(name, made[1], amount))


def _scale(name: str, amount: Fraction, capacity: Fraction) -> Told:
    called, _, unit = name.partition(" ")
    return {"name": called, "amount": amount, "capacity": capacity, "unit": unit}


@test_of_rule
def actual_scale(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The actual scale in words, all projects together, against the output of the product of that name."""
    actual_in_all: dict[str, tuple[str, Fraction]] = {}
    for row in facts.rows("env.projects"):
        key = cell_key("env.projects", row, "actual")
        for name, amount in _amounts(facts.text("env.projects", row, "actual")).items():
            before = actual_in_all.get(name, (key, _ZERO))
            actual_in_all[name] = (key, before[1] + amount)
    for name, (key, amount) in actual_in_all.items():
        made = _made(facts, name)
        if made is not None and abs(made[1] - amount) * 100 > amount:
            told: Told = {
                "said": f"{name.split(' ')[0]} {_shown(amount)}",
                "name": made[2],
                "value": made[1],
            }
            yield Found((key, made[0]), told)


def _shown(value: Fraction) -> str:
    return f"{float(value):g}"


def _made(facts: Facts, called: str) -> tuple[str, Fraction, str] | None:
    """(key, output of the base year, name) of the one product whose name begins with, or is, `called` 「name unit」."""
    name, _, unit = called.partition(" ")
    unit = re.sub("/年|/a|每年|年", "", unit)
    found = [
        (cell_key("product.list", row, "y0"), value, facts.text("product.list", row, "name"))
        for row in facts.rows("product.list")
        if name
        and facts.text("product.list", row, "name").startswith(name)
        and facts.text("product.list", row, "unit") == unit
        and (value := facts.number("product.list", row, "y0")) is not None
    ]
    return found[0] if len(found) == 1 else None


@test_of_rule
def meters_more(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    table = facts.index.tables.get("mgmt.meters")
    for option in () if table is None else table.fixed_rows:
        needed, installed = (
            facts.number("mgmt.meters", option.id, column) for column in ("needed", "installed")
        )
        if needed is not None and installed is not None and installed > needed:
            keys = (
                cell_key("mgmt.meters", option.id, "installed"),
                cell_key("mgmt.meters", option.id, "needed"),
            )
            yield Found(keys, {"installed": installed, "needed": needed})


@test_of_rule
def price_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Money by amount of the base year's bills, the year as a whole and each month, out of what is usual: `bills`: 「table
    amount money unit low high」."""
    for line in rule.settings["bills"]:
        table, amount, money, unit, low, high = line.split()
        columns = {c.id: c.title for c in facts.index.tables[table].columns} if table in facts.asked else {}  # fmt: skip
        if not {amount, money} <= set(columns):
            continue
        pairs = []
        for row in facts.rows(table):
            used, paid = facts.number(table, row, amount), facts.number(table, row, money)
            if used and paid is not None and not facts.note(cell_key(table, row, money)):
                pairs.append((row, paid / used))
        usual = sorted(price for _, price in pairs)[len(pairs) // 2] if pairs else _ZERO
        times = setting(rule, "times")
        odd = [
            (row, price)
            for row, price in pairs
            if not Fraction(low) <= price <= Fraction(high)
            or (len(pairs) > 6 and not usual / times <= price <= usual * times)
        ]
        if odd:
            # One place for a whole column in another unit, else the months.
            for row, price in odd[:1] if len(odd) > 6 else odd:
                told: Told = {"title": columns[amount], "unit": unit, "price": to_places(price), "low": Fraction(low), "high": Fraction(high)}  # fmt: skip
                yield Found((cell_key(table, row, money), cell_key(table, row, amount)), told)
