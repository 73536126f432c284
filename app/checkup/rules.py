"""The tests of the check-up's rules: each a small function that looks at the facts and says what it found.

Texts, severities, limits and words are data (resources/checkup/rules.yaml). To add a rule: a block there, and where none of
these tests fits, one more function here with the name the block gives as `test` (or its id with _ for .).
"""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from app.assessment.indicator_system import Level
from app.audit.balance import water_balance
from app.audit.compliance import YEAR_COLUMNS, asks_to_keep_limits
from app.audit.duty import KIND
from app.audit.front_door import LIST_DATE, SIMPLIFIED
from app.audit.law import due_days
from app.audit.progress import progress
from app.checkup.concern import Severity, Value
from app.checkup.facts import TESTS, Facts, Found, setting, test_of_rule
from app.forms.answer import Given, cell_key, indicator_key
from app.forms.checkup_data import RuleText
from app.forms.question import TableQuestion
from app.measures.model import measures_of, problems_of
from app.measures.results import problems_of_results

__all__ = ["TESTS"]

_COMPLETE = "finish"  # the clock of law.yaml that ends with the finished audit

_LEVEL_WORD = re.compile(r"(达到|达|评为|属于|处于|定为|为)?\s*([ⅠⅡⅢ]|[一二三]|I{1,3})\s*级")
_LEVELS_BY_WORD = {
    "Ⅰ": Level.I, "一": Level.I, "I": Level.I, "Ⅱ": Level.II, "二": Level.II, "II": Level.II,
    "Ⅲ": Level.III, "三": Level.III, "III": Level.III,
}  # fmt: skip
_FIRM = re.compile(r"[\u4e00-\u9fff（）()]{2,24}?(?:有限责任公司|股份有限公司|有限公司|集团公司)")
_DATE = re.compile(r"(20\d\d)[-.年/](\d{1,2})")


# --- what is empty ------------------------------------------------------------------------------------------------


@test_of_rule
def required_missing(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Page by page, what has to be filled and is not."""
    titles = {page.id: page.title for page in facts.project.questionnaire.pages()}
    for page in progress(facts.project).pages:
        if page.open_keys:
            yield Found(
                page.open_keys, {"page": titles[page.page_id], "count": len(page.open_keys)}
            )


@test_of_rule
def table_empty(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Tables no report can do without, which hold nothing though they are asked."""
    for table_id in rule.settings["tables"]:
        table = facts.index.tables.get(table_id)
        if table is not None and table_id in facts.asked and not facts.rows(table_id):
            yield Found((table_id,), {"table": table.title})


@test_of_rule
def no_measures(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    if "measures.list" in facts.asked and not facts.rows("measures.list"):
        yield Found(("measures.list",))


@test_of_rule
def placeholder(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Words that stand for something still to be written."""
    words = re.compile("|".join(rule.settings["patterns"]), re.IGNORECASE)
    for key, text in facts.texts:
        if (found := words.search(text)) is not None:
            yield Found((key,), {"text": found[0]})


# --- who and where --------------------------------------------------------------------------------------------------


@test_of_rule
def other_firm(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A company named in free text that this audit does not know: left over from another client's report?"""
    own = facts.text("firm.name")
    known = [
        own,
        *(
            one.text
            for key, one in facts.book.answers.items()
            if _names_someone(key) and isinstance(one, Given)
        ),
    ]
    known = [one for one in known if one]
    if not own:
        return
    short = re.sub(r"(有限责任公司|股份有限公司|有限公司|集团公司)$", "", own)
    for key, text in facts.texts:
        if _names_someone(key):
            continue
        for name in dict.fromkeys(_FIRM.findall(text)):
            cleaned = re.sub(
                r"^(?:委托|由|与|和|及|是|为|给|向|从|把|经|交|送|请|对|本|该|公司|我|在|至|到|以|被|将)+",
                "",
                name,
            )
            core = re.sub(r"(有限责任公司|股份有限公司|有限公司|集团公司)$", "", cleaned)
            if (
                core
                and core not in short
                and short not in core
                and not any(core in one for one in known)
            ):
                yield Found((key, "firm.name"), {"name": cleaned, "own": own})


def _names_someone(key: str) -> bool:
    """Answers in which another company stands by right: consultant, receivers of waste, laboratories, standards."""
    return key.endswith(
        ("/receiver", "/lecturer", "/standard", "/evidence", "/report", "/place", "/proof")
    ) or key in (
        "team.consultant",
        "firm.name",
    )


@test_of_rule
def unknown_place(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A workshop or line named in free text that stands in no table of this firm."""
    known = " ".join(text for key, text in facts.texts if key.endswith(_PLACES))
    places = re.compile("|".join(rule.settings["patterns"]))
    said: dict[str, list[str]] = {}
    for key, text in facts.texts:
        if not key.endswith(_PLACES):
            for name in dict.fromkeys(one.group() for one in places.finditer(text)):
                said.setdefault(name, []).append(key)
    for name, keys in said.items():
        # A name this firm uses in several places is its own way of speaking; one that stands alone came from elsewhere.
        if len(keys) == 1 and known and name not in known:
            yield Found((keys[0],), {"name": name})


_PLACES = ("/name", "/line", "/where", "/source", "/used_for")


# --- days -----------------------------------------------------------------------------------------------------------


@test_of_rule
def permit_expired(facts: Facts, rule: RuleText) -> Iterator[Found]:
    until = facts.day("env.permit_until")
    if until is not None and until < facts.today:
        yield Found(("env.permit_until",), {"until": until, "today": facts.today})
    del rule


@test_of_rule
def permit_soon(facts: Facts, rule: RuleText) -> Iterator[Found]:
    until = facts.day("env.permit_until")
    days = int(rule.settings["days"][0])
    if until is not None and 0 <= (until - facts.today).days <= days:
        yield Found(("env.permit_until",), {"until": until, "days": (until - facts.today).days})


@test_of_rule
def dates_order(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Pairs that must not run backwards: 「earlier < later」, each an answer or a column of a table."""
    for line in rule.settings["pairs"]:
        first, _, second = (part.strip() for part in line.partition("<"))
        for keys in _places(facts, first, second):
            before, after = (_day(facts, key) for key in keys)
            if before is not None and after is not None and before > after:
                yield Found(
                    (keys[1], keys[0]),
                    {
                        "first": _label(facts, keys[0]),
                        "second": _label(facts, keys[1]),
                        "before": before,
                        "after": after,
                    },
                )


def _places(facts: Facts, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Answers as they are; 「table/column」 for each row, both of one table row by row."""
    one, two = first.split("/"), second.split("/")
    if len(one) == len(two) == 2 and one[0] == two[0]:
        for row in _all_rows(facts, one[0]):
            yield cell_key(one[0], row, one[1]), cell_key(two[0], row, two[1])
        return
    firsts = (
        [first]
        if len(one) == 1
        else [cell_key(one[0], row, one[1]) for row in _all_rows(facts, one[0])]
    )
    seconds = (
        [second]
        if len(two) == 1
        else [cell_key(two[0], row, two[1]) for row in _all_rows(facts, two[0])]
    )
    for left in firsts:
        for right in seconds:
            yield left, right


def _all_rows(facts: Facts, table_id: str) -> tuple[str, ...]:
    table = facts.index.tables.get(table_id)
    if table is None:
        return ()
    if table.fixed_rows:
        return tuple(option.id for option in table.fixed_rows)
    return (
        facts.book.row_ids(table.rows_of) if getattr(table, "rows_of", "") else facts.rows(table_id)
    )


def _day(facts: Facts, key: str) -> date | None:
    return facts.day(*key.split("/"))


def _label(facts: Facts, key: str) -> str:
    try:
        return facts.index.label_of(key, facts.book)
    except KeyError:
        return key


@test_of_rule
def future_day(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Days on which something is said to have happened already."""
    for place in rule.settings["keys"]:
        parts = place.split("/")
        keys = (
            [place]
            if len(parts) == 1
            else [cell_key(parts[0], row, parts[1]) for row in _all_rows(facts, parts[0])]
        )
        for key in keys:
            day = _day(facts, key)
            if day is not None and day > facts.today:
                yield Found((key,), {"day": day, "today": facts.today})


@test_of_rule
def deadline_passed(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A mandatory audit that is not finished when the rules in force at its start ask for it (app.audit.law)."""
    if facts.text(KIND) in ("", "voluntary"):
        return
    for clock, day in due_days(facts.project.law_edition, facts.book):
        until = date.fromisoformat(day) if len(day) == 10 else None
        if clock.id == _COMPLETE and until is not None and facts.today > until:
            listed = facts.day(LIST_DATE) or until
            yield Found((LIST_DATE,), {"listed": listed, "until": until})


# --- limits and amounts ---------------------------------------------------------------------------------------------


@test_of_rule
def limit_exceeded(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for one in facts.exceedances:
        if one.kind == "monitoring":
            yield Found(
                one.keys,
                {"name": one.name, "value": one.value, "limit": one.limit, "unit": one.unit},
            )


@test_of_rule
def total_exceeded(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for one in facts.exceedances:
        if one.kind == "total":
            year = "" if facts.base_year is None else f"{facts.base_year - one.back} 年"
            yield Found(
                one.keys, {"name": one.name, "year": year, "value": one.value, "limit": one.limit}
            )


@test_of_rule
def says_kept_but_exceeded(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Compliance asserted beside the firm's own exceedance: an indicator of keeping limits reached, or 「没有超标」."""
    if not facts.exceedances:
        return
    first = facts.exceedances[0]
    told: dict[str, Value] = {"name": first.name, "value": first.value, "limit": first.limit}
    if facts.text("env.penalties") == "no":
        yield Found(("env.penalties", *first.keys), {**told, "said": "近一年没有超标"})
    system = facts.project.system
    if system is None:
        return
    for part in system.parts(facts.project.table_id):
        for indicator in part.indicators():
            key = indicator_key(part.id, indicator.id)
            if asks_to_keep_limits(indicator) and facts.text(key) in ("I", "II", "III"):
                yield Found((key, *first.keys), {**told, "said": indicator.name})


@test_of_rule
def text_says_kept(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「四季达标」 in free text beside an exceedance."""
    if not facts.exceedances:
        return
    words = re.compile("|".join(rule.settings["patterns"]))
    first = facts.exceedances[0]
    for key, text in facts.texts:
        if (found := words.search(text)) is not None:
            yield Found(
                (key, *first.keys),
                {"said": found[0], "name": first.name, "value": first.value, "limit": first.limit},
            )


@test_of_rule
def above_hundred(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Shares that cannot be above 100 %: answers in per cent and derived rates."""
    for key in rule.settings["keys"]:
        value = facts.number(key)
        if value is not None and not 0 <= value <= 100:
            yield Found((key,), {"title": _label(facts, key), "value": value})
    for quantity_id in rule.settings["quantities"]:
        value = facts.figure(quantity_id)
        if value is not None and not 0 <= value <= 100:
            quantity = facts.project.derivation.quantities[quantity_id]
            yield Found(_typed_below(facts, quantity_id), {"title": quantity.title, "value": value})


def _typed_below(facts: Facts, quantity_id: str) -> tuple[str, ...]:
    """The answers a quantity was worked out from, the place to mend it."""
    keys: list[str] = []

    def walk(trace: object) -> None:
        key = getattr(trace, "key", "")
        if key:
            keys.append(key)
        for child in getattr(trace, "children", ()):
            walk(child)

    walk(facts.project.derivation.figure(quantity_id).trace)
    return tuple(dict.fromkeys(keys))[:12] or (quantity_id,)


@test_of_rule
def negative(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Amounts below nought, which a file brings in past the field that would refuse them."""
    for item in facts.asked.values():
        if isinstance(item, TableQuestion):
            places = [
                (column, cell_key(item.id, row, column.id))
                for row in facts.rows(item.id)
                for column in item.columns
                if not column.derived
            ]
        else:
            places = [(item, item.id)]
        for question, key in places:
            value = facts.number(*key.split("/"))
            if value is not None and value < 0 and question.check.minimum == "0":
                yield Found((key,), {"value": value})


@test_of_rule
def output_zero(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A product or line that made nothing in the base year though it stands in the report."""
    for place in rule.settings["columns"]:
        table, column = place.split("/")
        rows = facts.rows(table)
        values = [facts.number(table, row, column) for row in rows]
        if rows and all(value == 0 for value in values):
            yield Found(
                (cell_key(table, rows[0], column),), {"table": facts.index.tables[table].title}
            )


@test_of_rule
def above_capacity(facts: Facts, rule: RuleText) -> Iterator[Found]:
    for table in rule.settings["tables"]:
        for row in facts.rows(table):
            capacity = facts.number(table, row, "capacity")
            if capacity is None:
                continue
            for back, column in zip((2, 1, 0), YEAR_COLUMNS, strict=True):
                made = facts.number(table, row, column)
                if made is not None and made > capacity:
                    year = "" if facts.base_year is None else f"{facts.base_year - back} 年"
                    yield Found(
                        (cell_key(table, row, column), cell_key(table, row, "capacity")),
                        {
                            "name": facts.text(table, row, "name"),
                            "year": year,
                            "value": made,
                            "capacity": capacity,
                        },
                    )


@test_of_rule
def scale_not_same(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for row in facts.rows("env.projects"):
        if facts.text("env.projects", row, "same") == "no":
            yield Found(
                (cell_key("env.projects", row, "same"),),
                {"name": facts.text("env.projects", row, "name")},
            )


@test_of_rule
def jump(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Year to year changes of the key figures that nobody explains."""
    most = setting(rule, "percent")
    explained = facts.text("compare.note")
    for quantity_id in rule.settings["quantities"]:
        quantity = facts.project.derivation.quantities.get(quantity_id)
        if quantity is None or facts.base_year is None:
            continue
        years = [facts.base_year - back for back in (2, 1, 0)]
        values = [
            (year, facts.project.derivation.figure(quantity_id, year).value) for year in years
        ]
        for (before, old), (after, new) in pairwise(values):
            if old is None or new is None or old == 0:
                continue
            change = (new - old) * 100 / old
            if abs(change) > most and str(after) not in explained:
                yield Found(
                    _typed_below(facts, quantity_id),
                    {
                        "title": quantity.title,
                        "before": before,
                        "after": after,
                        "change": Fraction(round(change * 10), 10),
                    },
                )


# --- balances, ledgers, twice typed -----------------------------------------------------------------------------------


@test_of_rule
def water_open(facts: Facts, rule: RuleText) -> Iterator[Found]:
    if "water.units" not in facts.asked:
        return
    balance = water_balance(facts.project)
    error = balance.closing_error.value
    notes = "".join(facts.text(key) for key in rule.settings["notes"])
    if error is not None and abs(error) > setting(rule, "percent") and not notes:
        yield Found(_typed_below(facts, balance.closing_error.quantity_id), {"error": error})


@test_of_rule
def material_open(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Material balances whose difference is beyond the usual, by material."""
    table = "balance.streams"
    sides: dict[str, dict[str, Fraction]] = {}
    keys: dict[str, list[str]] = {}
    for row in facts.rows(table):
        amount = facts.number(table, row, "amount")
        if amount is None:
            continue
        content = facts.number(table, row, "content")
        amount = amount if content is None else amount * content / 100
        name, side = facts.text(table, row, "material"), facts.text(table, row, "side")
        both = sides.setdefault(name, {})
        both[side] = both.get(side, Fraction(0)) + amount
        keys.setdefault(name, []).append(cell_key(table, row, "amount"))
    for name, both in sides.items():
        entered, left = both.get("in"), both.get("out")
        if not entered or left is None:
            continue
        gap = (entered - left) * 100 / entered
        if abs(gap) > setting(rule, "percent") and not facts.text("balance.material_note"):
            yield Found(tuple(keys[name]), {"name": name, "gap": gap})


@test_of_rule
def typed_twice(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """One quantity asked in two places with two values: 「key = key」, 「table/column/name = …」 rows matched by name."""
    for line in rule.settings["pairs"]:
        first, _, second = (part.strip() for part in line.partition("="))
        one, two = facts.number(first), facts.number(second)
        if one is not None and two is not None and one != two:
            yield Found(
                (first, second),
                {
                    "first": _label(facts, first),
                    "one": one,
                    "second": _label(facts, second),
                    "two": two,
                },
            )
    yield from _same_rows(facts, rule)


def _same_rows(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Rows of the same name in two tables with other amounts for the base year; units must be the same to compare."""
    for line in rule.settings["tables"]:
        first, _, second = (part.strip() for part in line.partition("="))
        (one_table, one_column), (two_table, two_column) = first.split("/"), second.split("/")
        others = {facts.text(two_table, row, "name"): row for row in facts.rows(two_table)}
        for row in facts.rows(one_table):
            other = others.get(facts.text(one_table, row, "name"))
            if other is None or facts.text(one_table, row, "unit") not in ("", "kg"):
                continue
            one, two = (
                facts.number(one_table, row, one_column),
                facts.number(two_table, other, two_column),
            )
            if one is not None and two is not None and one != two:
                keys = (
                    cell_key(one_table, row, one_column),
                    cell_key(two_table, other, two_column),
                )
                yield Found(
                    keys,
                    {
                        "first": _label(facts, keys[0]),
                        "one": one,
                        "second": _label(facts, keys[1]),
                        "two": two,
                    },
                )


@test_of_rule
def units_beyond_bills(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Energy users or water units that together use more, or much less, than the bills say."""
    for line in rule.settings["sums"]:
        place, _, quantity_id = (part.strip() for part in line.partition("~"))
        table, column = place.split("/")
        whole = facts.figure(quantity_id)
        parts = [facts.number(table, row, column) for row in facts.rows(table)]
        known = [one for one in parts if one is not None]
        if whole is None or not known or len(known) < len(parts):
            continue
        total = sum(known, Fraction(0))
        off = (total - whole) * 100 / whole if whole else Fraction(0)
        if abs(off) > setting(rule, "percent"):
            keys = tuple(cell_key(table, row, column) for row in facts.rows(table))
            quantity = facts.project.derivation.quantities[quantity_id]
            yield Found(
                keys,
                {
                    "table": facts.index.tables[table].title,
                    "total": total,
                    "title": quantity.title,
                    "whole": whole,
                    "off": off,
                },
            )


@test_of_rule
def waste_without_code(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    table = "env.waste"
    for row in facts.rows(table):
        if facts.text(table, row, "kind") != "hazardous":
            continue
        name = facts.text(table, row, "name")
        code = facts.text(table, row, "code")
        if not re.fullmatch(r"(HW\d\d\s*[（(]?)?\d{3}-\d{3}-\d{2}[)）]?", code):
            yield Found((cell_key(table, row, "code"),), {"name": name})
        if not facts.text(table, row, "receiver"):
            yield Found((cell_key(table, row, "receiver"),), {"name": name})


# --- duty, flow, level --------------------------------------------------------------------------------------------------


@test_of_rule
def duty_not_said(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The data make the audit mandatory, the cover says voluntary."""
    if facts.text(KIND) == "voluntary" and facts.exceedances:
        first = facts.exceedances[0]
        yield Found(
            (KIND, *first.keys), {"name": first.name, "value": first.value, "limit": first.limit}
        )


@test_of_rule
def list_without_day(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    if facts.text(KIND) not in ("", "voluntary") and facts.day(LIST_DATE) is None:
        yield Found((LIST_DATE,))


@test_of_rule
def simplified_not_allowed(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The simplified flow is for firms whose notice allows it; a mandatory audit whose notice does not."""
    if facts.text(SIMPLIFIED) != "yes":
        return
    if facts.text(KIND) in ("exceeding", "over_quota"):
        yield Found((SIMPLIFIED, KIND))


@test_of_rule
def text_claims_level(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A level in free text that is not the computed one, or any where none is computed."""
    assessment = facts.assessment
    level = None if assessment is None else assessment.level
    claimable = {level}
    for key, text in facts.texts:
        if not key.startswith(
            (
                "continuing.",
                "firm.intro",
                "compare.",
                "balance.",
                "team.",
                "mgmt.",
                "focus.",
                "env.",
            )
        ):
            continue
        for found in _LEVEL_WORD.finditer(text):
            said = _LEVELS_BY_WORD.get(found[2])
            sentence = _sentence(text, found.start(), found.end())
            after = text[found.end() : found.end() + 4]
            if said is None or said in claimable or not _claims(found[1] or "", sentence, after):
                continue
            own = "没有定级" if level is None else f"{level.symbol} 级"
            yield Found((key,), {"said": found[0].strip(), "own": own})


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence a match stands in."""
    first = max((text.rfind(mark, 0, start) for mark in "。；！？\n"), default=-1) + 1
    ends = [place for mark in "。；！？\n" if (place := text.find(mark, end)) >= 0]
    return text[first : min(ends, default=len(text))]


def _claims(verb: str, sentence: str, after: str) -> bool:
    """Said of this firm as it is: not a target, a requirement, a step to come or the level of a rule."""
    if _NOT_YET.search(sentence):
        return False
    return bool(verb) or "水平" in after or "现" in sentence


_NOT_YET = re.compile(
    "目标|要求|争取|计划|下一级|以后|之后|后能|升|提高|如果|若|标准|基准|指标体系|限定|做到|还差|离|可以|能到|能达|预计|将|实施|方案|完成后|审核后"
)


# --- measures, targets, results --------------------------------------------------------------------------------------


@test_of_rule
def measure_problem(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """What the measures say of themselves: a saving above its stream, a class its amount contradicts, two on one stream."""
    for problem in problems_of(measures_of(facts.project)):
        yield Found(
            (_key_of(facts, problem.where, "measures.list"),),
            {"where": problem.where, "what": problem.what, "remedy": problem.remedy},
        )
    for problem in problems_of_results(facts.project):
        yield Found(
            (_key_of(facts, problem.where, "measures.results"),),
            {"where": problem.where, "what": problem.what, "remedy": problem.remedy},
        )


def _key_of(facts: Facts, where: str, table: str) -> str:
    """The row a problem speaks of, by the name it stands under; the table when none is found."""
    for row in facts.book.row_ids("measures.list"):
        name = facts.text("measures.list", row, "name")
        if name and name in where:
            return cell_key("measures.list", row, "name")
    return table


@test_of_rule
def target_worse(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Near or far targets that are no better than today; the direction is that of near to far, or of the usual words."""
    table = "targets.list"
    for row in facts.rows(table):
        now, near, far = (facts.number(table, row, column) for column in ("now", "near", "far"))
        name = facts.text(table, row, "name")
        up = re.search(r"率(?!.*排放)|利用|回收|产值|合格", name) is not None
        for column, aim in (("near", near), ("far", far)):
            if now is None or aim is None:
                continue
            if aim == now or (aim < now) == up:
                yield Found(
                    (cell_key(table, row, column), cell_key(table, row, "now")),
                    {"name": name, "now": now, "aim": aim},
                )
        if (
            near is not None
            and far is not None
            and now is not None
            and near != far
            and (far < near) == up
        ):
            yield Found(
                (cell_key(table, row, "far"), cell_key(table, row, "near")),
                {"name": name, "now": near, "aim": far},
            )


@test_of_rule
def only_end_of_pipe(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    rows = facts.rows("measures.list")
    aspects = [facts.text("measures.list", row, "aspect") for row in rows]
    if rows and all(one in ("waste", "recycling", "wastes") for one in aspects):
        yield Found(("measures.list",))


@test_of_rule
def no_high_cost(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    rows = facts.rows("measures.list")
    levels = [facts.text("measures.list", row, "level") for row in rows]
    if rows and all(levels) and not {"high", "medium"} & set(levels):
        yield Found((cell_key("measures.list", rows[0], "level"), "measures.list"))


@test_of_rule
def done_without_proof(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for row in facts.rows("measures.list"):
        if facts.text("measures.list", row, "state") != "done":
            continue
        if not facts.text("measures.list", row, "evidence") and not facts.text(
            "measures.results", row, "proof"
        ):
            yield Found(
                (cell_key("measures.list", row, "evidence"),),
                {"name": facts.text("measures.list", row, "name")},
            )


@test_of_rule
def below_third_level(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    assessment = facts.assessment
    if assessment is not None and assessment.level is Level.NONE:
        failed = assessment.limiting_failed.get(Level.III, ())
        yield Found(tuple(f"indicator/{one}" for one in failed), {"count": len(failed)})


@test_of_rule
def not_scored_right(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """What the scoring itself warns of."""
    if facts.assessment is not None:
        for text in facts.assessment.warnings:
            yield Found((), {"text": str(text)}, Severity.INFO)


@test_of_rule
def aspects_copied(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The same sentence for several of the eight aspects."""
    table = facts.index.tables.get("causes.aspects")
    if table is None or "causes.aspects" not in facts.asked:
        return
    said: dict[str, str] = {}
    for option in table.fixed_rows:
        text = facts.text("causes.aspects", option.id, "cause")
        if len(text) < 8:
            continue
        if text in said:
            yield Found(
                (cell_key("causes.aspects", option.id, "cause"), said[text]), {"text": text[:30]}
            )
        said.setdefault(text, cell_key("causes.aspects", option.id, "cause"))


@test_of_rule
def monitoring_year(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Reports from before the audit's years."""
    if facts.base_year is None:
        return
    for row in facts.rows("env.monitoring"):
        day = facts.day("env.monitoring", row, "date")
        if day is not None and day.year < facts.base_year:
            yield Found(
                (cell_key("env.monitoring", row, "date"),), {"day": day, "year": facts.base_year}
            )
