"""Permits, outlets, monitoring and waste: what does not fit together or has run out."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from app.audit.compliance import TOTALS
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import compiled
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText

OUTLETS, MONITORING, WASTE, PROJECTS = "env.outlets", "env.monitoring", "env.waste", "env.projects"
_STREAMS = "balance.streams"
_CODE = re.compile(r"[A-Za-z]{2}\s?-?\d{2,4}")
_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?!\d)")
_UNTIL = re.compile(
    r"(?:有效期[^\d，。；]{0,8}|有效至|到期日?[^\d，。；]{0,4})(20\d\d)\s*[-.年/]\s*(\d{1,2})(?:\s*[-.月/]\s*(\d{1,2}))?\s*[月日]?"
    r"|(20\d\d)\s*[-.年/]\s*(\d{1,2})(?:\s*[-.月/]\s*(\d{1,2}))?\s*日?月?\s*(?:到期|过期|失效)"
)
_KG = 1000


@test_of_rule
def permit_needed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """No permit beside a process (`processes`) that cannot do without one."""
    chosen = facts.text("process.list").split("|")
    if facts.text("env.permit_kind") == "none" and any(
        one in chosen for one in rule.settings["processes"]
    ):
        yield Found(("env.permit_kind", "process.list"))


@test_of_rule
def permit_number(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A permit is the credit code and four more signs; a registration has one letter and a number more."""
    number = re.sub(r"\s", "", facts.text("env.permit_no"))
    kind = facts.text("env.permit_kind")
    if number and kind == "permit" and not re.fullmatch(r"[0-9A-Za-z]{18}\d{3}[A-Za-z]", number):
        yield Found(("env.permit_no",), {"said": number})


@test_of_rule
def text_expired(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """「有效期至 2025 年 3 月」 in words, with that day behind us."""
    for key, text in facts.texts:
        for found in _UNTIL.finditer(text):
            year, month, day = (int(part) if part else 0 for part in (found.groups()[:3] if found[1] else found.groups()[3:]))  # fmt: skip
            if not 1 <= month <= 12:
                continue
            last = (year + month // 12, month % 12 + 1, 1) if not day else (year, month, day)
            try:
                until = date(*last)
            except ValueError:
                continue
            if until < facts.today or (not day and until <= facts.today):
                yield Found((key,), {"said": found[0], "today": facts.today})


@test_of_rule
def plan_old(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The number of the emergency plan holds the year it was filed."""
    found = _YEAR.search(facts.text("env.plan_no"))
    if found and facts.today.year - int(found[0]) > setting(rule, "years"):
        yield Found(("env.plan_no",), {"year": int(found[0])})


@test_of_rule
def drill_old(facts: Facts, rule: RuleText) -> Iterator[Found]:
    day = facts.day("env.drill")
    if day is not None and facts.base_year is not None:
        years = facts.base_year - day.year
        if years >= setting(rule, "years"):
            yield Found(("env.drill",), {"day": day})


@test_of_rule
def acceptance_before_approval(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for row in facts.rows(PROJECTS):
        approved = facts.day(PROJECTS, row, "approved")
        years = [int(one) for one in _YEAR.findall(facts.text(PROJECTS, row, "acceptance"))]
        key = cell_key(PROJECTS, row, "approved")
        if approved is not None and years and max(years) < approved.year:
            where = cell_key(PROJECTS, row, "acceptance")
            yield Found((where, key), {"what": "验收", "year": max(years), "approved": approved})
        founded = facts.year("firm.founded")
        if approved is not None and founded is not None and approved.year < founded - 1:
            yield Found((key, "firm.founded"), {"what": "企业成立", "year": founded, "approved": approved}, Severity.WARN)  # fmt: skip


# --- outlets and monitoring -----------------------------------------------------------------------------------------


def is_same_outlet(one: str, other: str) -> bool:
    """Two ways to name an outlet: by its code where both have one, else one name within the other."""
    codes = [_CODE.findall(text.upper()) for text in (one, other)]
    if codes[0] and codes[1]:
        return bool(set(codes[0]) & set(codes[1]))
    plain = [re.sub(r"\W", "", text) for text in (one, other)]
    return bool(plain[0] and plain[1]) and (plain[0] in plain[1] or plain[1] in plain[0])


@test_of_rule
def outlet_unknown(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Measured at a place no list of outlets knows."""
    names = [facts.text(OUTLETS, row, "name") for row in facts.rows(OUTLETS)]
    for row in facts.rows(MONITORING):
        said = facts.text(MONITORING, row, "outlet")
        if said and names and not any(is_same_outlet(said, name) for name in names):
            yield Found((cell_key(MONITORING, row, "outlet"), OUTLETS), {"said": said})


@test_of_rule
def outlet_unmeasured(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An outlet nobody measured. `except`: those that need not be."""
    measured = [facts.text(MONITORING, row, "outlet") for row in facts.rows(MONITORING)]
    excepted = compiled(rule.settings["except"][0])
    for row in facts.rows(OUTLETS):
        name = facts.text(OUTLETS, row, "name")
        told = f"{name}{facts.text(OUTLETS, row, 'source')}"
        if not name or not measured or excepted.search(told):
            continue
        if not any(is_same_outlet(name, one) for one in measured):
            yield Found((cell_key(OUTLETS, row, "name"), MONITORING), {"name": name})


@test_of_rule
def monitoring_unit(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Units that belong to another medium: mg/m³ of water, mg/L of gas, noise without dB. `wrong`: 「kind pattern」."""
    wrong = dict(line.split(" ", 1) for line in rule.settings["wrong"])
    kinds = [
        (facts.text(OUTLETS, row, "name"), facts.text(OUTLETS, row, "kind"))
        for row in facts.rows(OUTLETS)
    ]
    for row in facts.rows(MONITORING):
        outlet, unit = (facts.text(MONITORING, row, column) for column in ("outlet", "unit"))
        kind = next((kind for name, kind in kinds if is_same_outlet(outlet, name)), "")
        if kind == "noise" and "噪" not in facts.text(MONITORING, row, "item"):
            continue  # dust at the boundary, where the noise is measured too
        if unit and kind in wrong and compiled(wrong[kind]).search(unit):
            yield Found((cell_key(MONITORING, row, "unit"),), {"name": outlet, "unit": unit})


@test_of_rule
def limit_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """One outlet, one item, one unit, two limits."""
    seen: dict[tuple[str, str, str], tuple[Fraction, str]] = {}
    for row in facts.rows(MONITORING):
        outlet, item, unit = (facts.text(MONITORING, row, c) for c in ("outlet", "item", "unit"))
        limit = facts.number(MONITORING, row, "limit")
        if limit is None or not outlet or not item:
            continue
        key = cell_key(MONITORING, row, "limit")
        before = seen.setdefault((re.sub(r"\s", "", outlet), item, unit), (limit, key))
        if before[0] != limit:
            yield Found((key, before[1]), {"name": f"{outlet} {item}", "one": before[0], "two": limit})  # fmt: skip


@test_of_rule
def report_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """One report for two days more than a month apart."""
    seen: dict[str, tuple[date, str]] = {}
    for row in facts.rows(MONITORING):
        day, report = facts.day(MONITORING, row, "date"), facts.text(MONITORING, row, "report")
        if day is None or not report:
            continue
        key = cell_key(MONITORING, row, "date")
        before = seen.setdefault(report, (day, key))
        if abs((day - before[0]).days) > 31:
            told: Told = {"report": report, "one": before[0], "two": day}
            yield Found((key, before[1]), told)


@test_of_rule
def limit_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A limit so far above a plain result that one of the two stands in another unit."""
    for row in facts.rows(MONITORING):
        result, limit = (facts.number(MONITORING, row, column) for column in ("result", "limit"))
        if result is None or limit is None or result < Fraction(1, 10):
            continue
        if limit > result * setting(rule, "times"):
            name = f"{facts.text(MONITORING, row, 'outlet')} {facts.text(MONITORING, row, 'item')}"
            keys = (cell_key(MONITORING, row, "limit"), cell_key(MONITORING, row, "result"))
            yield Found(keys, {"name": name, "value": result, "limit": limit})


@test_of_rule
def said_above_limit(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A highest value in the remark of a result that is above the limit, beside a mean that is not."""
    highest = compiled(rule.settings["pattern"][0])
    for row in facts.rows(MONITORING):
        limit = facts.number(MONITORING, row, "limit")
        key = cell_key(MONITORING, row, "result")
        for found in highest.finditer(facts.note(key)):
            value = Fraction(found[1])
            if limit is not None and value > limit:
                name = (
                    f"{facts.text(MONITORING, row, 'outlet')} {facts.text(MONITORING, row, 'item')}"
                )
                keys = (key, cell_key(MONITORING, row, "limit"))
                yield Found(keys, {"name": name, "value": value, "limit": limit})


@test_of_rule
def monitoring_implausible(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Results beyond what there can be: `most`: 「pattern of unit most」."""
    for row in facts.rows(MONITORING):
        unit, item = facts.text(MONITORING, row, "unit"), facts.text(MONITORING, row, "item")
        for line in rule.settings["most"]:
            pattern, most = line.rsplit(" ", 1)
            for column in ("result", "limit"):
                value = facts.number(MONITORING, row, column)
                if (
                    value is not None
                    and value > Fraction(most)
                    and compiled(pattern).search(f"{item} {unit}")
                ):
                    key = cell_key(MONITORING, row, column)
                    yield Found((key,), {"value": value, "unit": unit, "most": Fraction(most)})


# --- totals ---------------------------------------------------------------------------------------------------------


@test_of_rule
def voc_total(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The VOC emission worked out from the ledger against the total typed for the permit."""
    computed = facts.figure("voc.emitted")
    for row in facts.rows(TOTALS):
        # A negative one comes of shares beyond 100 %, which have their own remark: nothing can be compared with it.
        if (
            computed is None
            or computed < 0
            or not compiled(rule.settings["names"][0]).search(facts.text(TOTALS, row, "name"))
        ):
            continue
        amount = computed / _KG
        typed, permitted = facts.number(TOTALS, row, "y0"), facts.number(TOTALS, row, "permitted")
        key = cell_key(TOTALS, row, "y0")
        shown = Fraction(round(amount * 1000), 1000)
        told: Told = {"value": shown, "typed": "没填" if typed is None else typed}
        if permitted is not None and amount > permitted and (typed is None or typed <= permitted):
            yield Found((key, cell_key(TOTALS, row, "permitted")), {**told, "limit": permitted}, Severity.BLOCK)  # fmt: skip
        elif typed is not None and abs(amount - typed) * 100 > amount * setting(rule, "percent"):
            yield Found((key,), {**told, "limit": "没填" if permitted is None else permitted})


@test_of_rule
def removal_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The removal that was typed against what comes in and what goes out by the monitoring of one day. `inlet`: what an inlet
    is called; `items`: what is meant; `points`: how far apart they may be. A note at the removal settles nothing: the figure
    stands on the paper."""
    typed = facts.number("voc.treatment")
    inlet, items = (compiled(rule.settings[name][0]) for name in ("inlet", "items"))
    rows = [row for row in facts.rows(MONITORING) if items.search(facts.text(MONITORING, row, "item"))]  # fmt: skip
    for row in rows if typed is not None else ():
        before = facts.text(MONITORING, row, "outlet")
        came = facts.number(MONITORING, row, "result")
        if not inlet.search(before) or not came:
            continue
        for other in rows:
            after, left = facts.text(MONITORING, other, "outlet"), facts.number(MONITORING, other, "result")  # fmt: skip
            same_day = facts.text(MONITORING, row, "date") == facts.text(MONITORING, other, "date")
            if other == row or inlet.search(after) or left is None or not same_day:
                continue
            if not is_same_outlet(inlet.sub("", before), after):
                continue
            value = (came - left) * 100 / came
            if typed is not None and abs(value - typed) > setting(rule, "points"):
                told: Told = {
                    "typed": typed,
                    "value": Fraction(round(value * 10), 10),
                    "name": after,
                }
                yield Found(("voc.treatment", cell_key(MONITORING, row, "result")), told)


@test_of_rule
def carted_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """More is carted away as hazardous waste (`away`) by the balances of materials than the table of waste holds."""
    away = compiled(rule.settings["away"][0])
    rows = facts.rows(WASTE)
    hazardous = [
        facts.number(WASTE, row, "y0") for row in rows if facts.text(WASTE, row, "kind") == "hazardous"
    ]  # fmt: skip
    streams = [
        (row, facts.number(_STREAMS, row, "amount"))
        for row in facts.rows(_STREAMS)
        if facts.text(_STREAMS, row, "side") == "out"
        and away.search(facts.text(_STREAMS, row, "where_to"))
    ]
    known = [amount for _, amount in streams if amount is not None]
    if not hazardous or None in hazardous or not known:
        return
    whole = sum((one for one in hazardous if one is not None), Fraction(0))
    carted = sum(known, Fraction(0)) / _KG
    if carted > whole:
        told: Told = {"carted": carted, "whole": whole}
        yield Found((cell_key(_STREAMS, streams[0][0], "amount"), WASTE), told)


@test_of_rule
def swap_waste_beyond(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """More VOC leaves with the waste of one material than with that of all."""
    one, every = facts.number("voc.swap/waste/now"), facts.number("voc.with_waste")
    if one is not None and every is not None and one > every:
        yield Found(("voc.swap/waste/now", "voc.with_waste"), {"one": one, "every": every})


@test_of_rule
def water_total(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A yearly load far from concentration × metered water. `names`: items this is done for."""
    water = facts.number("water.outlet_meter")
    for row in facts.rows(TOTALS):
        name, typed = facts.text(TOTALS, row, "name"), facts.number(TOTALS, row, "y0")
        if not water or typed is None or not compiled(rule.settings["names"][0]).search(name):
            continue
        results = [
            value
            for r in facts.rows(MONITORING)
            if facts.text(MONITORING, r, "item") == name
            and "总排" in facts.text(MONITORING, r, "outlet")
            and facts.text(MONITORING, r, "unit").replace(" ", "").lower() == "mg/l"
            and (value := facts.number(MONITORING, r, "result")) is not None
        ]
        if not results:
            continue
        load = sum(results, Fraction(0)) / len(results) * water / 1_000_000
        times = setting(rule, "times")
        if load > typed * times or typed > load * times:
            shown = Fraction(round(load * 1000), 1000)
            keys = (cell_key(TOTALS, row, "y0"), "water.outlet_meter")
            yield Found(keys, {"name": name, "typed": typed, "value": shown})


# --- waste ----------------------------------------------------------------------------------------------------------


@test_of_rule
def no_hazardous_waste(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Processes (`processes`) and kinds of firm (`sets`) that always have hazardous waste, and none in the table."""
    rows = facts.rows(WASTE)
    chosen = facts.text("process.list").split("|")
    has = any(one in chosen for one in rule.settings["processes"])
    has = has or facts.project.questionnaire.id in rule.settings["sets"]
    kinds = [facts.text(WASTE, row, "kind") for row in rows]
    if has and rows and all(kinds) and "hazardous" not in kinds:
        yield Found((WASTE, cell_key(WASTE, rows[0], "kind")))


@test_of_rule
def hazardous_to_whom(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Hazardous waste handed to somebody who cannot hold a licence, or to the firm itself."""
    nobody = compiled(rule.settings["nobody"][0])
    own = facts.text("firm.name")
    for row in facts.rows(WASTE):
        receiver = facts.text(WASTE, row, "receiver")
        if facts.text(WASTE, row, "kind") != "hazardous" or not receiver:
            continue
        if receiver == own or nobody.search(receiver):
            name = facts.text(WASTE, row, "name")
            yield Found((cell_key(WASTE, row, "receiver"),), {"name": name, "receiver": receiver})


# --- toxic ----------------------------------------------------------------------------------------------------------


@test_of_rule
def toxic_denied(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Listed for toxic materials, or such chemicals ticked, and no toxic material in the audit."""
    if "materials.has_toxic" not in facts.asked or facts.text("materials.has_toxic") != "no":
        return
    if facts.text("front.kind") == "toxic":
        yield Found(("materials.has_toxic", "front.kind"), {"why": "审核类别是双有"})
    elif facts.text("front.chemicals") not in ("", "none"):
        yield Found(("materials.has_toxic", "front.chemicals"), {"why": "前面勾了优先控制化学品"})


@test_of_rule
def duty_possible(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Voluntary on the cover beside answers that may make it mandatory."""
    if facts.text("front.kind") != "voluntary":
        return
    if facts.text("front.chemicals") not in ("", "none"):
        yield Found(("front.kind", "front.chemicals"), {"why": "用着优先控制化学品，可能属于双有"})
    told = facts.text("env.penalties_text")
    if facts.text("env.penalties") == "yes" and re.search("超标|超总量|超过.{0,6}限值", told):
        yield Found(("front.kind", "env.penalties_text"), {"why": "近一年因超标受过处罚，可能属于双超"})  # fmt: skip
    if facts.text("front.list_date"):
        yield Found(("front.kind", "front.list_date"), {"why": "填过名单公布日期"})
