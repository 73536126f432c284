"""Focus, targets, measures and people."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.checkup.facts import Facts, Found, test_of_rule
from app.checkup.patterns import compiled
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText
from app.measures.model import Measure, measures_of, stream_of, whole_of

LIST, SAVINGS, TARGETS = "measures.list", "measures.savings", "targets.list"
_ZERO = Fraction(0)


def _measures(facts: Facts) -> list[Measure]:
    return [one for one in measures_of(facts.project) if one.state != "dropped"]


@test_of_rule
def saving_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The measures together save more of a stream than a year uses of it."""
    measures = _measures(facts)
    for stream in facts.project.reference.streams:
        rows = [one for one in measures if stream.id in one.savings]
        total = sum((one.savings[stream.id] for one in rows), _ZERO)
        whole = whole_of(facts.project, stream)
        if whole is None:
            whole = _from_places(facts, stream.id)
        if rows and whole is not None and total > whole and not stream.more:
            keys = tuple(cell_key(SAVINGS, one.row_id, stream.id) for one in rows)
            yield Found(
                keys,
                {"stream": stream.title, "total": total, "whole": whole, "unit": stream.unit},
            )


def _from_places(facts: Facts, stream_id: str) -> Fraction | None:
    """A stream answered in one row of a fixed table (a metal)."""
    for place in stream_of(facts.project, stream_id).places:
        if place.table and place.row and place.table in facts.asked:
            return facts.number(place.table, place.row, place.column)
    return None


@test_of_rule
def effect_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The effect in words names another amount than the table of savings. `words`: 「电 electricity」 …"""
    for one in _measures(facts):
        text = facts.text(LIST, one.row_id, "effect")
        for pair in rule.settings["words"]:
            word, stream = pair.split()
            amount = one.savings.get(stream)
            match = compiled(rf"少[用耗排]{word}[^\d]{{0,3}}([\d,]+(?:\.\d+)?)\s*(万)?").search(
                text
            )
            if match is None or amount is None:
                continue
            said = Fraction(match[1].replace(",", "")) * (10_000 if match[2] else 1)
            if said != amount:
                keys = cell_key(LIST, one.row_id, "effect"), cell_key(SAVINGS, one.row_id, stream)
                yield Found(keys, {"said": said, "amount": amount})


@test_of_rule
def target_base(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The present value of a target against the computed figure or indicator of the same name."""
    figures = facts.project.derivation.quantities
    named = {q.title.split("（")[0]: q for q in figures.values() if not q.rule}
    for row in facts.rows(TARGETS):
        name = facts.text(TARGETS, row, "name").split("（")[0]
        now = facts.number(TARGETS, row, "now")
        quantity = named.get(name)
        unit = facts.text(TARGETS, row, "unit")
        if now is None or quantity is None or quantity.unit != unit:
            continue
        value = facts.figure(quantity.id)
        places = len(facts.text(TARGETS, row, "now").partition(".")[2])
        if value is not None and abs(value - now) > Fraction(1, 2 * 10**places):
            key = cell_key(TARGETS, row, "now")
            value = Fraction(round(value * 100), 100)
            yield Found((key,), {"name": name, "now": now, "value": value})


@test_of_rule
def focus_not_listed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    chosen = facts.text("focus.chosen")
    rows = facts.rows("focus.candidates")
    names = [facts.text("focus.candidates", row, "name") for row in rows]
    if not chosen or not any(names):
        return
    parts = [part for part in re.split(r"[、，,；;和及]", chosen) if part]
    listed = any(chosen in n or n in chosen for n in names if n)
    if not listed and not all(any(part in n for n in names) for part in parts):
        yield Found(("focus.chosen", "focus.candidates"), {"chosen": chosen})


@test_of_rule
def team_no_head(facts: Facts, rule: RuleText) -> Iterator[Found]:
    rows = facts.rows("team.members")
    roles = [facts.text("team.members", row, "role") for row in rows]
    if rows and all(roles) and "head" not in roles:
        yield Found(("team.members",))


@test_of_rule
def training_crowd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    staff = facts.number("firm.staff")
    for row in facts.rows("team.training"):
        people = facts.number("team.training", row, "people")
        if staff is not None and people is not None and people > staff:
            keys = cell_key("team.training", row, "people"), "firm.staff"
            yield Found(keys, {"people": people, "staff": staff})
