"""Amounts that contradict each other: shares, balances, one amount typed twice, what was bought and what was kept."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.audit.balance import material_balances
from app.checkup.facts import Facts, Found, setting, test_of_rule
from app.checkup.patterns import compiled
from app.forms.answer import Given, cell_key
from app.forms.checkup_data import RuleText
from app.forms.question import FigureStrip, Question, QuestionKind, TableQuestion
from app.forms.visible import asked_columns

YEARS = ("y2", "y1", "y0")
_ZERO = Fraction(0)


def _amounts(text: str) -> dict[str, Fraction]:
    """「镀件 12 万 m²/年、喷涂 1500 t/年」 by name and unit."""
    found = {}
    for match in re.finditer(
        r"([\u4e00-\u9fff]*?)\s*([\d,]+(?:\.\d+)?)\s*(万|亿)?\s*([^\d、，；,;\s]*)", text
    ):
        scale = {"万": 10_000, "亿": 100_000_000}.get(match[3] or "", 1)
        found[match[1] + match[4]] = Fraction(match[2].replace(",", "")) * scale
    return found


@test_of_rule
def share_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Percentages below zero or above a hundred, typed or computed. `except`: words of shares that may be."""
    excepted = compiled(rule.settings["except"][0])
    for item in facts.asked.values():
        if isinstance(item, Question):
            cells = [(item, item.id)]
        else:
            cells = [
                (column, cell_key(item.id, row, column.id))
                for column in asked_columns(item, facts.book)
                if not column.derived
                for row in facts.rows(item.id)
            ]
        for question, key in cells:
            number = facts.number(key) if question.kind is QuestionKind.NUMBER else None
            if number is None or excepted.search(question.title):
                continue
            unit = question.unit or facts.text(f"{key.rpartition('/')[0]}/unit")
            # The page says it of questions with bounds of their own.
            bounded = question.check.maximum == "100" and number > 100
            bounded = bounded or (question.check.minimum == "0" and number < 0)
            if unit in ("%", "％") and (number < 0 or number > 100) and not bounded:
                yield Found((key,), {"value": number})
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
                        yield Found((f"override/{name}",), {"value": value})


def _typed_indicators(facts: Facts, excepted: re.Pattern[str]) -> Iterator[Found]:
    system = facts.project.system
    for part in () if system is None else system.parts(facts.project.table_id):
        for indicator in part.indicators():
            key = facts.project.indicator_key(indicator.id)
            number = facts.number(key) if isinstance(facts.book.get(key), Given) else None
            if number is None or excepted.search(indicator.name):
                continue
            if number < 0 or (indicator.unit in ("percent", "%") and number > 100):
                yield Found((key,), {"value": number})


@test_of_rule
def reuse_beyond_drain(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """More water used again than there is waste water to take it from."""
    used, drained = facts.figure("water.reclaimed"), facts.figure("water.plant_in")
    if used is not None and drained is not None and used > drained:
        keys = tuple(cell_key("water.units", r, "reclaimed") for r in facts.rows("water.units"))
        yield Found(keys, {"used": used, "drained": drained})


@test_of_rule
def balance_water(facts: Facts, rule: RuleText) -> Iterator[Found]:
    error = facts.figure("water.closing_error")
    if error is not None and abs(error) > setting(rule, "percent"):
        yield Found(
            ("water.bills", "water.units", "water.outlet_meter"), {"percent": _round(error)}
        )


@test_of_rule
def balance_material(facts: Facts, rule: RuleText) -> Iterator[Found]:
    if "balance.streams" not in facts.asked:
        return
    for one in material_balances(facts.project):
        if one.percent is not None and abs(one.percent) > setting(rule, "percent"):
            streams = (*one.inputs, *one.outputs)
            keys = tuple(cell_key("balance.streams", s.row_id, "amount") for s in streams)
            yield Found(keys, {"material": one.material, "percent": _round(one.percent)})


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
            keys, {"total": _round(total), "whole": _round(whole), "percent": _round(percent)}
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
            unit = facts.text(table, row, "unit") or "kg"
            called = re.sub(r"[（(].*?[)）]|\s", "", facts.text(table, row, "name"))
            if amount is None or unit.lower() not in ("kg", "公斤", "千克") or not called:
                continue
            key = cell_key(table, row, column)
            before = seen.setdefault(called, (key, amount))
            if before[1] != amount and before[0].partition("/")[0] != table:
                yield Found((key, before[0]), {"name": called, "one": before[1], "other": amount})
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


def _round(value: Fraction) -> Fraction:
    """To two places, for a sentence."""
    return Fraction(round(value * 100), 100)


@test_of_rule
def scale_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The actual scale of a project above the approved one, by the words of both."""
    for row in facts.rows("env.projects"):
        approved = _amounts(facts.text("env.projects", row, "scale"))
        actual = _amounts(facts.text("env.projects", row, "actual"))
        for name, amount in actual.items():
            if name in approved and amount > approved[name]:
                keys = (
                    cell_key("env.projects", row, "actual"),
                    cell_key("env.projects", row, "scale"),
                )
                yield Found(keys, {"amount": amount, "capacity": approved[name]})
