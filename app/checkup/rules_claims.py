"""What is claimed beside what the audit counts up: sums and paybacks in words, results nobody can have, papers that are not there."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from app.assessment.numbers import to_places
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, setting, test_of_rule
from app.checkup.patterns import NUMBER, compiled, number_of_words, sentence_of
from app.checkup.rules_plan import LIST, RESULTS, SCALE_WORDS, TARGETS, amount_in
from app.checkup.rules_site import MONITORING, OUTLETS, PROJECTS, WASTE, is_same_outlet
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText
from app.forms.reading.cells import cas_digit
from app.measures.results import Proof

_ZERO = Fraction(0)


# --- sums and paybacks in words -----------------------------------------------------------------------------------------


def ways_counted(facts: Facts, level: str = "") -> list[list[Proof]]:
    """Every way the measures may have been counted: all, kept, by how far they are, each for all levels or one."""
    groups: list[list[Proof]] = []
    for one_level in (level,) if level else ("", "low", "high"):
        of_level = [p for p in facts.proofs if not one_level or facts.text(LIST, p.measure.row_id, "level") == one_level]  # fmt: skip
        groups.append(of_level)
        groups.append([p for p in of_level if p.measure.state != "dropped"])
        groups.append([p for p in of_level if p.is_done])
        groups.append([p for p in of_level if p.is_done or p.measure.state == "doing"])
        states = {p.measure.state for p in of_level}
        groups += [[p for p in of_level if p.measure.state == state] for state in states]
        groups.append([p for p in of_level if not p.is_done and p.measure.state != "dropped"])
    return groups


@test_of_rule
def measures_counted(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A number of measures in words that no way of counting them gives. `counts`: 「level pattern」, level all, low or high;
    `not`: sentences about others."""
    for key, text in claims(facts, rule):
        for line in rule.settings["counts"]:
            level, pattern = line.split(" ", 1)
            known = {len(group) for group in ways_counted(facts, "" if level == "all" else level)}
            for found in compiled(pattern.replace("#", NUMBER)).finditer(text):
                if not said_elsewhere(rule, text, found) and number_of_words(found[1]) not in known:
                    yield Found((key, LIST), {"said": found[0], "count": len(facts.proofs)})


@test_of_rule
def sums_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A sum of all measures in words that no way of adding them up gives. `sums`: 「what unit pattern」, what: cost, saving or
    a stream; `about`: what the sentence has to speak of."""
    about = compiled(rule.settings["about"][0])
    for key, text in claims(facts, rule):
        for line in rule.settings["sums"]:
            what, unit, pattern = line.split(" ", 2)
            for found in compiled(pattern.replace("#", NUMBER)).finditer(text):
                times = amount_in(found[3], unit)
                if times is None or said_elsewhere(rule, text, found) or not about.search(sentence_of(text, found.start())):  # fmt: skip
                    continue
                step = Fraction(SCALE_WORDS.get(found[2] or "", 1)) * times
                said = number_of_words(found[1]) * step
                # To the places it was typed with, or to a hundredth.
                most = max(step / (2 * 10 ** len(found[1].partition(".")[2])), said / 100)
                known = [total for group in ways_counted(facts) for total in totals(group, what)]
                if known and not any(abs(total - said) <= most for total in known):
                    near = min(known, key=lambda total: abs(total - said))
                    yield Found((key, LIST), {"said": found[0], "value": to_places(near), "unit": unit})  # fmt: skip


def totals(group: list[Proof], what: str) -> tuple[Fraction, Fraction]:
    """As planned, and as measured where it was."""
    if what in ("cost", "saving"):
        pairs = [(getattr(one.measure, what), getattr(one, what)) for one in group]
    else:
        pairs = [(one.measure.savings.get(what), one.measured.get(what)) for one in group]
    planned = sum((plan or _ZERO for plan, _ in pairs), _ZERO)
    mixed = sum(((plan if real is None else real) or _ZERO for plan, real in pairs), _ZERO)
    return planned, mixed


def claims(facts: Facts, rule: RuleText) -> list[tuple[str, str]]:
    return [(key, text) for key, text in facts.texts if key in rule.settings["keys"]]


def said_elsewhere(rule: RuleText, text: str, found: re.Match[str]) -> bool:
    return compiled(rule.settings["not"][0]).search(sentence_of(text, found.start())) is not None


@test_of_rule
def payback_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A payback in words far from investment / yearly saving. `pattern`: with the years; `times`: how far."""
    for one in facts.measures:
        if not one.cost or not one.saving or one.cost < 0 or one.saving < 0:
            continue
        worked, times = one.cost / one.saving, setting(rule, "times")
        for column in ("effect", "formula", "evidence"):
            key = cell_key(LIST, one.row_id, column)
            pattern = compiled("|".join(rule.settings["pattern"]).replace("#", NUMBER))
            for text in (facts.text(key), facts.note(key)):
                for found in pattern.finditer(text):
                    said = number_of_words(next(part for part in found.groups() if part))
                    if not said or not worked / times <= said <= worked * times:
                        yield Found((key, cell_key(LIST, one.row_id, "cost")), {"said": found[0], "worked": to_places(worked)})  # fmt: skip


@test_of_rule
def money_without_amount(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A measure that brings more than `percent` of a year's output value and saves nothing that is counted."""
    whole = facts.number("product.years", str(facts.base_year), "value")
    for one in facts.measures:
        key = cell_key(LIST, one.row_id, "saving")
        if one.savings or not whole or one.saving is None or one.state == "dropped" or facts.note(key):  # fmt: skip
            continue
        if one.saving * 100 > whole * setting(rule, "percent"):
            yield Found((key,), {"name": one.name, "saving": one.saving, "whole": whole})


@test_of_rule
def measure_unplanned(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Neither who nor when, of a measure (`states`) that is to be carried out."""
    for one in facts.measures:
        if one.state in rule.settings["states"] and not any(facts.text(LIST, one.row_id, c) for c in ("owner", "done")):  # fmt: skip
            yield Found((cell_key(LIST, one.row_id, "owner"),), {"name": one.name})


# --- results ------------------------------------------------------------------------------------------------------------


@test_of_rule
def result_of_undone(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Measured results of a measure that is not (`states`) being carried out."""
    for one in facts.proofs:
        row = one.measure.row_id
        if one.measure.state in rule.settings["states"] and (one.finished or one.measured):
            keys = cell_key(LIST, row, "state"), cell_key(RESULTS, row, "finished")
            yield Found(keys, {"name": one.measure.name})


_MONTHS = re.compile(r"(20\d\d)\s*[-.年/]\s*(\d{1,2})(?!\d)\s*月?(?:\s*\d{1,2}\s*日)?(?:\s*(?:至|到|[-—–~～]+)\s*(\d{1,2})\s*月)?")  # fmt: skip


@test_of_rule
def period_elsewhere(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The months that were measured are to come, or over before anything was done."""
    said = facts.text("after.period")
    # What it is compared with is not when it was measured.
    parts = [part for part in re.split("[，。；;]", said) if not compiled(rule.settings["not"][0]).search(part)]  # fmt: skip
    months = [
        (int(found[1]), int(month))
        for part in parts
        for found in _MONTHS.finditer(part)
        for month in (found[2], found[3])
        if month and 1 <= int(month) <= 12
    ]
    days = [day for one in facts.proofs if (day := facts.day(RESULTS, one.measure.row_id, "finished"))]  # fmt: skip
    if not months:
        return
    if max(months) > (facts.today.year, facts.today.month):
        yield Found(("after.period",), {"said": said, "why": f"今天是 {facts.today}，还没到"})
    elif days and max(months) < (min(days).year, min(days).month):
        yield Found(("after.period",), {"said": said, "why": f"最早的方案 {min(days)} 才投用"})


# --- monitoring and papers ------------------------------------------------------------------------------------------------


@test_of_rule
def monitoring_flat(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Concentrations of nought, and so many (`least`) results that are their limits to the last digit."""
    at_limit = []
    for row in facts.rows(MONITORING):
        result, limit = (facts.number(MONITORING, row, one) for one in ("result", "limit"))
        key = cell_key(MONITORING, row, "result")
        if result == 0 and "g/" in facts.text(MONITORING, row, "unit"):
            yield Found((key,), {"what": "浓度填的是 0"})
        elif result is not None and result == limit:
            at_limit.append(key)
    if len(at_limit) >= setting(rule, "least"):
        yield Found(tuple(at_limit), {"what": f"{len(at_limit)} 个结果和限值一个不差"})


@test_of_rule
def night_limit(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """One place, and by night it may be as loud as by day."""
    limits: dict[str, dict[str, tuple[Fraction, str]]] = {"昼": {}, "夜": {}}
    for row in facts.rows(MONITORING):
        limit = facts.number(MONITORING, row, "limit")
        for time, known in limits.items():
            if limit is not None and time in facts.text(MONITORING, row, "item"):
                key = cell_key(MONITORING, row, "limit")
                known.setdefault(facts.text(MONITORING, row, "outlet"), (limit, key))
    for place, (night, key) in limits["夜"].items():
        day = limits["昼"].get(place)
        if day is not None and night >= day[0]:
            yield Found((key, day[1]), {"night": night, "day": day[0]})


@test_of_rule
def project_unapproved(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A project that says of its own approval or acceptance that there is none (`none`), or not yet (`later`)."""
    for row in facts.rows(PROJECTS):
        for column in ("approval", "acceptance"):
            said, key = facts.text(PROJECTS, row, column), cell_key(PROJECTS, row, column)
            if compiled(rule.settings["none"][0]).fullmatch(said):
                must = column == "approval" and facts.text("process.list")
                yield Found((key,), {"said": said}, Severity.BLOCK if must else None)
            elif compiled(rule.settings["later"][0]).search(said):
                yield Found((key,), {"said": said})


@test_of_rule
def obsolete_kept(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Something on the elimination lists is there (`there`), and nothing says until when (`until`)."""
    for key, text in claims(facts, rule):
        for found in compiled(rule.settings["there"][0]).finditer(text):
            sentence = sentence_of(text, found.start())
            denied = compiled(rule.settings["not"][0]).search(sentence)
            if not denied and not compiled(rule.settings["until"][0]).search(text):
                yield Found((key,), {"said": found[0]})
                break


@test_of_rule
def waste_at_home(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Hazardous waste that is burnt, buried or poured away (`ways`); a category beside a code of another one."""
    for row in facts.rows(WASTE):
        if facts.text(WASTE, row, "kind") != "hazardous":
            continue
        name, said = facts.text(WASTE, row, "name"), facts.text(WASTE, row, "treatment")
        if (found := compiled(rule.settings["ways"][0]).search(said)) is not None:
            yield Found((cell_key(WASTE, row, "treatment"),), {"what": f"「{name}」写着「{found[0]}」"})  # fmt: skip
        code = facts.text(WASTE, row, "code")
        both = re.search(r"HW(\d\d).*\d{3}-\d{3}-(\d\d)", code, re.IGNORECASE)
        if both is not None and both[1] != both[2]:
            yield Found(
                (cell_key(WASTE, row, "code"),), {"what": f"「{code}」大类和代码末两位不同"}
            )


# --- who and when ---------------------------------------------------------------------------------------------------------


@test_of_rule
def address_elsewhere(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Place and address name different cities."""
    place, address = facts.text("firm.place"), facts.text("firm.address")
    cities = [set(re.findall(r"[\u4e00-\u9fff]{2}市", text)) for text in (place, address)]
    if cities[0] and cities[1] and not cities[0] & cities[1]:
        yield Found(("firm.address", "firm.place"), {"address": address, "place": place})


@test_of_rule
def industry_elsewhere(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The class of GB/T 4754 is of another sector (`sectors`: first and last division) than the kind of firm the questions are
    for; sets for any industry know no classes."""
    questions, said = facts.project.questionnaire, facts.text("firm.industry")
    code = re.match(r"[A-T]?(\d{2})", said)
    sectors = [range(int(line[:2]), int(line[3:]) + 1) for line in rule.settings["sectors"]]
    own = [one for one in sectors if any(int(c[:2]) in one for c in questions.industry_codes)]
    if code is not None and own and not any(int(code[1]) in one for one in own):
        yield Found(("firm.industry",), {"said": said, "set": questions.title})


# --- two places that cannot both be ---------------------------------------------------------------------------------------


@test_of_rule
def text_denies(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A text says that there is none of what a table or a figure has. `denials`: 「where pattern」, where: =quantity above
    nought, or table/column~words of a cell."""
    for line in rule.settings["denials"]:
        where, pattern = line.split(" ", 1)
        place, _, words = where.partition("~")
        if where.startswith("="):
            there = (facts.figure(where[1:]) or 0) > 0
        else:
            table, column = place.split("/")
            there = any(compiled(words).search(facts.text(table, row, column)) for row in facts.rows(table))  # fmt: skip
        for key, text in claims(facts, rule) if there else ():
            found = compiled(pattern).search(text)
            if found is not None and not said_elsewhere(rule, text, found):
                yield Found((key,), {"said": found[0]})


@test_of_rule
def text_start(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Another day of the start in words, more than `days` off."""
    start = facts.day("team.start")
    for key, text in claims(facts, rule):
        for found in compiled(rule.settings["pattern"][0]).finditer(text):
            try:
                said = date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                yield Found((key, "team.start"), {"said": found[0], "start": start or "空着"})
                continue
            if start is not None and abs((said - start).days) > setting(rule, "days"):
                yield Found((key, "team.start"), {"said": found[0], "start": start})


@test_of_rule
def other_medium(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An item or a target that an outlet of this kind cannot have. `wrong`: 「table column kind pattern」."""
    kinds = [(facts.text(OUTLETS, row, "name"), facts.text(OUTLETS, row, "kind")) for row in facts.rows(OUTLETS)]  # fmt: skip
    for line in rule.settings["wrong"]:
        table, column, kind, pattern = line.split(" ", 3)
        for row in facts.rows(table):
            name = facts.text(table, row, "name" if table == OUTLETS else "outlet")
            said = facts.text(table, row, column)
            own = next((k for known, k in kinds if is_same_outlet(name, known)), "")
            if own == kind and compiled(pattern).search(said):
                yield Found((cell_key(table, row, column),), {"name": name, "said": said})


@test_of_rule
def cas_wrong(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A number of a substance whose last digit does not fit the others. `columns`: 「table/column」."""
    for place in rule.settings["columns"]:
        table, column = place.split("/")
        for row in facts.rows(table):
            for found in re.finditer(r"(?<![\d-])(\d{2,7})-(\d\d)-(\d)(?![\d-])", facts.text(table, row, column)):  # fmt: skip
                if cas_digit(found[1] + found[2]) != int(found[3]):
                    yield Found((cell_key(table, row, column),), {"said": found[0]})


@test_of_rule
def row_twice(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Two rows that are the same in every cell."""
    for table in rule.settings["tables"]:
        typed = [c.id for c in facts.index.tables[table].columns if not c.derived] if table in facts.index.tables else []  # fmt: skip
        seen: dict[tuple[str, ...], str] = {}
        for row in facts.rows(table):
            cells = tuple(facts.text(table, row, column) for column in typed)
            key = cell_key(table, row, typed[0])
            if sum(map(bool, cells)) > 2 and seen.setdefault(cells, key) != key:
                yield Found((key, seen[cells]), {"name": cells[0]})


@test_of_rule
def targets_copied(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """So many (`least`) targets, and each was reached to the last digit."""
    pairs = {row: (facts.number("targets.done", row, "value"), facts.number(TARGETS, row, "near")) for row in facts.rows(TARGETS)}  # fmt: skip
    done = {row: pair for row, pair in pairs.items() if pair[0] is not None}
    if len(done) >= setting(rule, "least") and all(one == aim for one, aim in done.values()):
        yield Found(tuple(cell_key("targets.done", row, "value") for row in done), {"count": len(done)})  # fmt: skip
