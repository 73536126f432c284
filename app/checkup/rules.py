"""The tests of the check-up's rules: each a small function that looks at the facts and says what it found.

Texts, severities, limits and words are data (resources/checkup/rules.yaml). To add a rule: a block there, and where none of
these tests fits, one more function here with the name the block gives as `test` (or its id with _ for .).
"""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from app.assessment.doubt import Against
from app.assessment.indicator_system import Level
from app.assessment.numbers import brief
from app.audit.compliance import YEAR_COLUMNS, settled, subjects_by_words
from app.audit.contradictions import facts_against
from app.audit.duty import KIND
from app.audit.front_door import LIST_DATE
from app.audit.law import due_days
from app.audit.progress import progress
from app.checkup.concern import Severity, Value
from app.checkup.facts import TESTS, WORDS, Facts, Found, setting, test_of_rule
from app.checkup.patterns import compiled, sentence_of
from app.forms.answer import cell_key, indicator_key
from app.forms.checkup_data import RuleText
from app.measures.model import problems_of
from app.measures.results import problems_of_results

__all__ = ["TESTS"]

_COMPLETE = "finish"  # the clock of law.yaml that ends with the finished audit


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
    """Tables no report can do without, which hold nothing though they are asked; or rows that only say 无."""
    for table_id in rule.settings["tables"]:
        table = facts.index.tables.get(table_id)
        if table is None or table_id not in facts.asked:
            continue
        rows = facts.rows(table_id)
        words = [column.id for column in table.columns if column.kind in WORDS]
        said = [facts.text(table_id, row, words[0]) if words else "" for row in rows]
        if not rows:
            yield Found((table_id,), {"table": table.title})
        elif all(one in rule.settings["nothing"] for one in said):
            yield Found((table_id,), {"table": table.title}, Severity.WARN)


@test_of_rule
def no_measures(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """None at all, or none that is not given up."""
    if "measures.list" in facts.asked and all(one.state == "dropped" for one in facts.measures):
        yield Found(("measures.list",))


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
                        "before": facts.text(keys[0]),
                        "after": facts.text(keys[1]),
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


_EXCEEDED = (Against.MONITORED, Against.TOTAL)


@test_of_rule
def limit_exceeded(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """What a 双超 firm was listed for, told of and measured again within the limit, is its history."""
    for one in facts.exceedances:
        if one.kind == "monitoring" and not (
            facts.text(KIND) == "exceeding" and settled(facts.book, one.keys[0].split("/")[1])
        ):
            yield Found(
                one.keys,
                {"name": one.name, "value": one.value, "limit": one.limit, "unit": one.unit},
            )


@test_of_rule
def total_exceeded(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    for one in facts.exceedances:
        if one.kind == "total":
            year = "" if facts.base_year is None else f"{facts.base_year - one.back} 年 "
            yield Found(
                one.keys, {"name": one.name, "year": year, "value": one.value, "limit": one.limit}
            )


@test_of_rule
def says_kept_but_exceeded(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Compliance asserted beside the firm's own exceedance: an indicator of keeping limits reached, or 「没有超标」."""
    if not facts.exceedances:
        return
    if facts.text("env.penalties") == "no":
        first = facts.exceedances[0]
        yield _kept_but(
            first.keys, first.name, first.value, first.limit, "env.penalties", "近一年没有超标"
        )
    system = facts.project.system
    if system is None:
        return
    for part in system.parts(facts.project.table_id):
        for indicator in part.indicators():
            key = indicator_key(part.id, indicator.id)
            if facts.text(key) in ("", Level.NONE.code):
                continue
            against = facts_against(facts.project.derivation, subjects_by_words(indicator))
            for one in against[:1]:
                yield _kept_but(one.keys, one.name, one.value, one.limit, key, indicator.name)


def _kept_but(
    keys: tuple[str, ...], name: str, value: Fraction, limit: Fraction, key: str, said: str
) -> Found:
    return Found((key, *keys), {"name": name, "value": value, "limit": limit, "said": said})


@test_of_rule
def indicator_in_doubt(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """An indicator answered by level that the firm's own data speak against; where they are exceedances the rule before
    says so."""
    if facts.assessment is None:
        return
    for indicator_id, doubt in facts.assessment.doubts.items():
        others = [one for one in doubt.facts if one.code not in _EXCEEDED]
        if others:
            keys = (facts.project.indicator_key(indicator_id), *others[0].keys)
            yield Found(keys, {"name": _name_of(facts, indicator_id), "why": doubt.text})


@test_of_rule
def kept_beside_trouble(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Limits, totals or the law said to be kept, beside a penalty or the list that names the firm for the contrary. It may
    have been put right since: a reason is asked."""
    tables = facts.project.derivation_map
    if tables is None or facts.project.system is None:
        return
    troubles = [
        (key, word)
        for key, value, word in (
            ("env.penalties", "yes", "近一年有处罚、超标或事故"),
            (KIND, "exceeding", "列入名单的原因是双超"),
            (KIND, "over_quota", "列入名单的原因是超能耗限额"),
        )
        if facts.text(key) == value
    ]
    for part in facts.project.system.parts(facts.project.table_id):
        for indicator_id, subjects in tables.held.get(part.id, {}).items():
            key = indicator_key(part.id, indicator_id)
            if facts.text(key) in ("I", "II", "III") and {"limits", "totals"} & set(subjects):
                for place, why in troubles:
                    yield Found((key, place), {"said": _name_of(facts, indicator_id), "why": why})


def _name_of(facts: Facts, indicator_id: str) -> str:
    system = facts.project.system
    assert system is not None
    rows = (row for part in system.parts(facts.project.table_id) for row in part.indicators())
    return next(row.name for row in rows if row.id == indicator_id)


@test_of_rule
def text_says_kept(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「四季达标」 in free text beside an exceedance, measured or told of in the penalties."""
    told: dict[str, Value] = {}
    keys: tuple[str, ...] = ()
    if facts.exceedances:
        first = facts.exceedances[0]
        told = {"name": f"{first.name} 是 {brief(first.value)}（限值 {brief(first.limit)}）"}
        keys = first.keys
    elif facts.text("env.penalties") == "yes" and compiled(rule.settings["exceeded"][0]).search(
        facts.text("env.penalties_text")
    ):
        told, keys = {"name": "处罚说明里写了超标"}, ("env.penalties_text",)
    words = compiled("|".join(rule.settings["patterns"]))
    for key, text in facts.texts if told else ():
        if key in keys or (found := words.search(text)) is None:
            continue
        if key.startswith("measures.list/"):
            continue  # what a measure is to bring
        if not compiled(rule.settings["before"][0]).search(sentence_of(text, found.start())):
            yield Found((key, *keys), {"said": found[0], **told})


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
    for question, key, value in facts.numbers:
        if value < 0 and question.check.minimum == "0":
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
    said = re.split("[。；;\n]", facts.text("compare.note"))
    for line in rule.settings["quantities"]:
        quantity_id, words = line.split(" ", 1)
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
            # A sentence that names the year and what it is about, or what moves everything.
            told = any(str(after) in one and compiled(words).search(one) for one in said)
            if abs(change) > most and not told:
                yield Found(
                    _typed_below(facts, quantity_id),
                    {
                        "title": quantity.title,
                        "before": before,
                        "after": after,
                        "change": Fraction(round(change * 10), 10),
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
                    "off": Fraction(round(off * 10), 10),
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
        # The last two digits are the category, HW01 to HW50.
        if not re.fullmatch(r"(HW\d\d\s*[（(]?)?\d{3}-\d{3}-(?:0[1-9]|[1-4]\d|50)[)）]?", code):
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


# --- measures, targets, results --------------------------------------------------------------------------------------


@test_of_rule
def measure_problem(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """What the measures and their results say of themselves. Savings above their stream are said by saving_beyond."""
    for problem in problems_of(facts.measures):
        if "还多" not in problem.what:
            yield Found(
                (_place_of(facts, problem.where, "measures.list"),),
                {"where": problem.where, "what": problem.what, "remedy": problem.remedy},
            )
    for problem in problems_of_results(facts.project):
        if problem.where.endswith("证明"):
            continue  # done_without_proof says it
        yield Found(
            (_place_of(facts, problem.where, "measures.results"),),
            {"where": problem.where, "what": problem.what, "remedy": problem.remedy},
        )


_COLUMN_OF = {"投用": "finished", "说明": "note", "指标做到几级": "raises"}


def _place_of(facts: Facts, where: str, table: str) -> str:
    """The cell a problem speaks of, by the name or number of its measure and of its column; the table when none is found."""
    who, _, column = where.partition("\u3000")
    for one in facts.measures:
        if who in (one.name, f"{one.code} {one.name}"):
            name = _COLUMN_OF.get(column, "")
            if name == "raises" or not name:
                return cell_key("measures.list", one.row_id, name or "name")
            return cell_key(table, one.row_id, name)
    return table


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
def aspect_without_cause(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A measure of one of the eight aspects of which it is said that there is nothing."""
    table = facts.index.tables.get("causes.aspects")
    if table is None or "causes.aspects" not in facts.asked:
        return
    labels = {option.id: option.label for option in table.fixed_rows}
    nothing = set(rule.settings["nothing"])
    told: set[str] = set()
    for row in facts.rows("measures.list"):
        aspect = facts.text("measures.list", row, "aspect")
        said = facts.text("causes.aspects", aspect, "cause").strip().rstrip("。")
        dropped = facts.text("measures.list", row, "state") == "dropped"
        if aspect in labels and aspect not in told and said in nothing and not dropped:
            told.add(aspect)
            keys = (
                cell_key("causes.aspects", aspect, "cause"),
                cell_key("measures.list", row, "aspect"),
            )
            name = facts.text("measures.list", row, "name")
            yield Found(keys, {"name": name, "aspect": labels[aspect], "said": said})


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
