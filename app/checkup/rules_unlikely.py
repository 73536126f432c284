"""Amounts that are unlikely by themselves, or beside another amount that bounds them."""

import calendar
from collections.abc import Iterable, Iterator
from fractions import Fraction

from app.assessment.numbers import brief, to_places
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import compiled
from app.checkup.rules_slips import month_tables
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText

TARGETS, EQUIPMENT = "targets.list", "equipment.list"
_ZERO = Fraction(0)


@test_of_rule
def number_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Amounts beyond what is usual: `most`: 「place most」, a question or table/column."""
    for key, value, most in _beside(facts, rule.settings["most"]):
        if value > most:
            yield Found((key,), {"value": value, "most": most})


@test_of_rule
def number_low(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Amounts below what is usual: `least`: 「place least」, a question or table/column."""
    for key, value, least in _beside(facts, rule.settings["least"]):
        if value < least:
            yield Found((key,), {"value": value, "least": least})


def _beside(facts: Facts, lines: Iterable[str]) -> Iterator[tuple[str, Fraction, Fraction]]:
    """(key, amount, bound) of each amount without a note, of lines 「place bound」."""
    for line in lines:
        place, bound = line.split()
        for key in facts.keys_of(place):
            value = facts.number(key)
            if value is not None and not facts.note(key):
                yield key, value, Fraction(bound)


@test_of_rule
def beyond_places(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """More than there can be. `most`: 「place other times」: of each place against so many times the other's sum, a question,
    table/column, a column of the same row (/column) or =quantity."""
    for line in rule.settings["most"]:
        place, other, times = line.split()
        for key in facts.keys_of(place):
            beside = f"{key.rpartition('/')[0]}{other}" if other.startswith("/") else other
            used, there = facts.number(key), _there(facts, beside)
            if there and used is not None and used > there * Fraction(times) and not facts.note(key):  # fmt: skip
                told: Told = {"used": used, "there": there, "most": to_places(there * Fraction(times))}  # fmt: skip
                yield Found((key, beside.lstrip("=")), told)


def _there(facts: Facts, place: str) -> Fraction | None:
    """A number, a figure, or the sum of a column; None while any part of it is open."""
    if place.startswith("="):
        return facts.figure(place[1:])
    if place.count("/") != 1:
        return facts.number(place)
    numbers = [facts.number(key) for key in facts.keys_of(place)]
    known = [one for one in numbers if one is not None]
    return sum(known, _ZERO) if len(known) == len(numbers) else None


@test_of_rule
def days_of_year(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """More days than the base year has; hours (`hours`) beyond its working days; every day beside a feast (`rest`) in words."""
    days, year = facts.number("firm.days"), facts.base_year
    if days is None or year is None:
        return
    whole = 366 if calendar.isleap(year) else 365
    if whole < days <= 366:  # more is beyond the bounds of the question
        yield Found(("firm.days", "audit.base_year"), {"what": f"{year} 年只有 {whole} 天"})
    for key in rule.settings["hours"] if days else ():
        hours = facts.number(key)
        most = (days if days < whole else Fraction(whole)) * 24
        if hours is not None and key in facts.asked and most < hours <= 8784:
            yield Found((key, "firm.days"), {"what": f"一年做 {brief(days)} 天，最多 {brief(days * 24)} 小时"})  # fmt: skip
    for key, text in facts.texts if days >= 365 else ():
        if (found := compiled(rule.settings["rest"][0]).search(text)) is not None:
            yield Found(("firm.days", key), {"what": f"别处写着「{found[0]}」"})


@test_of_rule
def power_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A machine (`machines`) of no power; one that the year's electricity would drive for less than `hours`, unless it stands
    by (`except`)."""
    year = facts.figure("energy.electricity")
    grid = _transformers(facts)
    for row in facts.rows(EQUIPMENT):
        name, key = facts.text(EQUIPMENT, row, "name"), cell_key(EQUIPMENT, row, "power")
        power, count = facts.number(key), facts.number(EQUIPMENT, row, "count")
        if power is None or facts.note(key) or compiled(rule.settings["except"][0]).search(name):
            continue
        if power == 0 and compiled(rule.settings["machines"][0]).search(name):
            yield Found((key,), {"what": f"「{name}」的功率是 0"})
        elif year and count and year < power * count * setting(rule, "hours"):
            hours = to_places(year / (power * count))
            yield Found((key,), {"what": f"全年的电只够「{name}」开 {brief(hours)} 小时"})
        elif grid and count and power * count > grid:
            yield Found((key,), {"what": f"「{name}」一共 {brief(power * count)} kW，变压器才 {brief(grid)} kVA"})  # fmt: skip


def _transformers(facts: Facts) -> Fraction:
    """kVA of all that are listed, 0 where none is."""
    rows = [row for row in facts.rows(EQUIPMENT) if "变压器" in facts.text(EQUIPMENT, row, "name")]
    pairs = [(facts.number(EQUIPMENT, row, "power"), facts.number(EQUIPMENT, row, "count")) for row in rows]  # fmt: skip
    return sum(((power or _ZERO) * (1 if count is None else count) for power, count in pairs), _ZERO)  # fmt: skip


@test_of_rule
def machine_older(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """In use so many `years` before the firm was founded."""
    founded = facts.year("firm.founded")
    for key in facts.keys_of(f"{EQUIPMENT}/since"):
        since = facts.year(key)
        if since and founded and since < founded - setting(rule, "years") and not facts.note(key):
            yield Found((key, "firm.founded"), {"since": since, "founded": founded})


@test_of_rule
def series_denied(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A motor or transformer of a `series` that was eliminated beside words (`denied`) that there is nothing such."""
    said = compiled(rule.settings["denied"][0]).search(facts.text("env.policy"))
    for column in ("motor", "model") if said else ():
        for key in facts.keys_of(f"{EQUIPMENT}/{column}"):
            if compiled(rule.settings["series"][0]).match(facts.text(key)) and not facts.note(key):
                yield Found((key, "env.policy"), {"said": facts.text(key), "policy": said[0] if said else ""})  # fmt: skip


@test_of_rule
def months_made_up(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A year whose months all end in so many noughts (`noughts`), or whose whole amount stands in one month."""
    size = 10 ** int(setting(rule, "noughts"))
    for table in month_tables(facts):
        for column in table.columns:
            years: dict[str, dict[str, Fraction]] = {}
            for row in () if column.derived else facts.rows(table.id):
                if (amount := facts.number(table.id, row, column.id)) is not None:
                    years.setdefault(row[:4], {})[row] = amount
            for year, months in years.items():
                used = {row: amount for row, amount in months.items() if amount}
                first = cell_key(table.id, next(iter(used), ""), column.id)
                if len(months) < 12 or not used or facts.note(first):
                    continue
                if len(used) == 1 and max(used.values()) >= size:
                    yield Found((first,), {"what": f"{year} 年的{column.title}全在一个月里"})
                elif len(used) == 12 and all(one % size == 0 for one in used.values()):
                    yield Found((first,), {"what": f"{year} 年{column.title}每个月都是整千数"})


@test_of_rule
def nothing_lost(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Every unit (`least` of them) uses all it is given."""
    table = "balance.energy"
    pairs = [(facts.number(table, row, "input"), facts.number(table, row, "useful")) for row in facts.rows(table)]  # fmt: skip
    known = [(given, useful) for given, useful in pairs if given]
    if len(known) >= setting(rule, "least") and all(given == useful for given, useful in known):
        yield Found(tuple(facts.keys_of(f"{table}/useful")), {"count": len(known)})


@test_of_rule
def marks_alike(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """So many measures (`least`), and each has the same marks throughout."""
    table = "measures.screening"
    columns = ("technical", "environment", "economic", "ease", "product")
    marks = [tuple(facts.number(table, one.row_id, c) for c in columns) for one in facts.measures]
    given = [one for one in marks if None not in one]
    if len(given) >= setting(rule, "least") and len(set(given)) == 1:
        yield Found((table,), {"count": len(given)})


@test_of_rule
def target_in_fractions(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A share (`names`) in per cent whose every value is a fraction."""
    for row in facts.rows(TARGETS):
        if facts.text(TARGETS, row, "unit") not in ("%", "％"):
            continue
        name, keys = facts.text(TARGETS, row, "name"), [cell_key(TARGETS, row, one) for one in ("now", "near", "far")]  # fmt: skip
        known = [(key, value) for key in keys if (value := facts.number(key))]
        fractions = len(known) > 1 and all(0 < value <= 1 for _, value in known)
        if fractions and compiled(rule.settings["names"][0]).search(name):
            yield Found(tuple(key for key, _ in known), {"name": name})
