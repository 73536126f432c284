"""Focus, targets, measures and people."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.numbers import brief, to_places
from app.assessment.units import times_between
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import NUMBER, compiled, number_of_words
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText
from app.forms.measure_data import Stream
from app.measures.model import Measure, whole_of

LIST, SAVINGS, TARGETS, RESULTS = (
    "measures.list", "measures.savings", "targets.list", "measures.results",
)  # fmt: skip
_ZERO = Fraction(0)


def measures_in(facts: Facts) -> list[Measure]:
    return [one for one in facts.measures if one.state != "dropped"]


@test_of_rule
def saving_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The measures together save, or are said to have been measured to save, more of a stream than a year has of it."""
    proofs = [one for one in facts.proofs if one.measure.state != "dropped"]
    for stream in facts.project.reference.streams:
        if stream.more:
            continue
        for table, amounts in (
            (SAVINGS, {one.measure.row_id: one.measure.savings.get(stream.id) for one in proofs}),
            (RESULTS, {one.measure.row_id: one.measured.get(stream.id) for one in proofs}),
        ):
            saved = {row: amount for row, amount in amounts.items() if amount}
            total = sum(saved.values(), _ZERO)
            if not saved or (whole := _whole(facts, stream, rule)) is None or total <= whole:
                continue
            keys = tuple(cell_key(table, row, stream.id) for row in saved)
            told: Told = {
                "stream": stream.title,
                "total": total,
                "whole": to_places(whole),
                "unit": stream.unit,
            }
            yield Found(keys, told)


def _whole(facts: Facts, stream: Stream, rule: RuleText) -> Fraction | None:
    """What a year has of the stream: by its quantity, its row of a table, or the table that `sums` names: 「stream table
    column size-of-unit pattern」, the rows whose name the pattern finds. None where one of them is open."""
    whole = whole_of(facts.project, stream)
    if whole is not None:
        return whole
    for place in stream.places:
        if place.table and place.row and place.table in facts.asked:
            return facts.number(place.table, place.row, place.column)
    for line in rule.settings["sums"]:
        name, table, column, size, pattern = line.split(" ", 4)
        if name != stream.id:
            continue
        rows = [r for r in facts.rows(table) if compiled(pattern).search(facts.text(table, r, "name"))]  # fmt: skip
        values = [_in_unit(facts, table, row, column, size) for row in rows]
        if values and None not in values:
            return sum((one for one in values if one is not None), _ZERO)
    return None


def _in_unit(facts: Facts, table: str, row: str, column: str, size: str) -> Fraction | None:
    """In the stream's unit: `size` of them make one of the table's, or "mass" for rows that name kg or t."""
    value = facts.number(table, row, column)
    if value is None:
        return None
    if size != "mass":
        return value * Fraction(size)
    unit = facts.text(table, row, "unit").lower()
    tonnes = {"kg": Fraction(1, 1000), "公斤": Fraction(1, 1000), "千克": Fraction(1, 1000), "t": Fraction(1), "吨": Fraction(1)}.get(unit)  # fmt: skip
    return None if tonnes is None else value * tonnes


@test_of_rule
def rinse_beyond_water(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A part of a measure's saving above the whole it belongs to."""
    for one in measures_in(facts):
        part, whole = one.savings.get("rinse"), one.savings.get("water")
        if part is not None and whole is not None and part > whole:
            keys = cell_key(SAVINGS, one.row_id, "rinse"), cell_key(SAVINGS, one.row_id, "water")
            yield Found(keys, {"name": one.name, "part": part, "whole": whole})


@test_of_rule
def money_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """What a measure is said to bring against its saving at the price of the bills, where it saves nothing else."""
    for one in measures_in(facts):
        typed = facts.number(LIST, one.row_id, "saving")
        if (
            typed is None
            or not one.savings
            or not set(one.savings) <= set(rule.settings["streams"])
        ):
            continue
        worked = facts.project.derivation.cell(SAVINGS, one.row_id, "money").value
        if worked is not None and worked > 0 and typed > worked * setting(rule, "times"):
            told: Told = {
                "name": one.name,
                "typed": typed,
                "worked": to_places(worked),
            }
            yield Found((cell_key(LIST, one.row_id, "saving"),), told)


@test_of_rule
def no_effect_said(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Measures of which nothing tells what they bring: no saving, no effect; or a dear one without its cost."""
    measures = measures_in(facts)
    for one in measures:
        texts = [facts.text(LIST, one.row_id, column) for column in ("effect", "formula", "raises")]
        if not any(texts) and not one.savings and one.saving is None:
            yield Found((cell_key(LIST, one.row_id, "effect"),), {"name": one.name})
        if facts.text(LIST, one.row_id, "level") == "high" and one.cost is None:
            yield Found((cell_key(LIST, one.row_id, "cost"),), {"name": one.name})


@test_of_rule
def no_savings_said(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A list of measures without one amount saved."""
    measures = measures_in(facts)
    if len(measures) > 1 and SAVINGS in facts.asked and not any(one.savings for one in measures):
        yield Found((SAVINGS, LIST))


@test_of_rule
def measure_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for one in measures_in(facts):
        key = cell_key(LIST, one.row_id, "name")
        plain = re.sub(r"\W", "", one.name)
        before = seen.setdefault(plain, key)
        if before != key:
            yield Found((key, before), {"name": one.name})


SCALE_WORDS = {"万": 10_000, "亿": 100_000_000}


def amount_in(unit: str, own: str) -> Fraction | None:
    """How many `own` one unit in words is, 1 where none is said; a tonne of water is a cubic metre. None for another thing."""
    if not unit or (own == "m³" and unit in ("吨", "t")):
        return Fraction(1)
    return times_between(unit, own)


@test_of_rule
def effect_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The effect in words names another amount than the table of savings, or one of a stream that the table leaves out.
    `words`: 「电 electricity」 …"""
    units = {stream.id: stream.unit for stream in facts.project.reference.streams}
    for one in measures_in(facts):
        text = facts.text(LIST, one.row_id, "effect")
        for pair in rule.settings["words"]:
            word, stream = pair.split()
            amount = one.savings.get(stream)
            match = compiled(rule.settings["pattern"][0].format(word=word, number=NUMBER)).search(text)  # fmt: skip
            if match is None or not one.savings or stream not in units:
                continue
            times = amount_in(match[3], units[stream])
            if times is None:
                continue  # money, a share, another thing
            said = number_of_words(match[1]) * SCALE_WORDS.get(match[2] or "", 1) * times
            # To the places it was typed with; 「约」 to a twentieth.
            step = (
                SCALE_WORDS.get(match[2] or "", 1) * times / 10 ** len(match[1].partition(".")[2])
            )
            about = (
                abs(said) / 20 if "约" in match[0] else step / 2 if match[2] or times != 1 else 0
            )
            if amount is None or abs(said - amount) > about:
                keys = cell_key(LIST, one.row_id, "effect"), cell_key(SAVINGS, one.row_id, stream)
                yield Found(
                    keys,
                    {"said": said, "amount": "空的" if amount is None else f" {brief(amount)}"},
                )


@test_of_rule
def target_base(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The present value of a target against what the audit works out or lists under that name: a figure, an indicator, a
    yearly total, waste. `words`: 「pattern =quantity」 for names people use."""
    for row in facts.rows(TARGETS):
        name = _plain_name(facts.text(TARGETS, row, "name"))
        now = facts.number(TARGETS, row, "now")
        quantity = figure_named(facts, row, rule)
        if now is None or quantity is None:
            continue
        value = facts.figure(quantity)
        places = len(facts.text(TARGETS, row, "now").partition(".")[2])
        if value is not None and abs(value - now) > Fraction(1, 2 * 10**places):
            value = to_places(value)
            yield Found(
                (cell_key(TARGETS, row, "now"),), {"name": name, "now": now, "value": value}
            )


def figure_named(facts: Facts, row: str, rule: RuleText) -> str | None:
    """The figure of the audit a target is about, by its title or by `words` of the rule, in the target's unit."""
    figures = facts.project.derivation.quantities
    named = {_plain_name(q.title): q.id for q in figures.values() if not q.rule}
    name, unit = _plain_name(facts.text(TARGETS, row, "name")), facts.text(TARGETS, row, "unit")
    quantity = named.get(name) if name else None
    for line in rule.settings["words"] if name and quantity is None else ():
        pattern, _, called = line.rpartition(" =")
        if compiled(pattern).search(name) and called in figures:
            quantity = called
            break
    return quantity if quantity is not None and figures[quantity].unit == unit else None


def _plain_name(name: str) -> str:
    return re.sub(r"[（(].*|\s", "", name)


@test_of_rule
def target_worse(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Near or far targets that are no better than today. Which way is better: by the words of its name (`up`, `down`), else by
    the way from today to the near target; a far one that turns back is worse in any case."""
    table = TARGETS
    for row in facts.rows(table):
        now, near, far = (facts.number(table, row, column) for column in ("now", "near", "far"))
        name = facts.text(table, row, "name")
        if now is None:
            continue
        up = _is_up(name, rule)
        if up is None and near is not None and near != now:
            up = near > now
        for column, aim, base_column, base in (
            ("near", near, "now", now),
            ("far", far, "near" if near is not None else "now", now if near is None else near),
        ):
            same = aim == base and (column == "near" or base_column == "now")
            if (
                aim is not None
                and base is not None
                and (same or (aim != base and (aim < base) == up))
            ):
                keys = cell_key(table, row, column), cell_key(table, row, base_column)
                yield Found(keys, {"name": name, "now": base, "aim": aim})


def _is_up(name: str, rule: RuleText) -> bool | None:
    """Whether more of it is better; of the words the one that ends furthest right decides, the
    longest of those (损失率, not 率)."""
    found = [
        (match.end(), len(match[0]), up)
        for up, words in ((True, "up"), (False, "down"))
        for match in compiled(rule.settings[words][0]).finditer(name)
    ]
    return max(found)[2] if found else None


@test_of_rule
def target_years(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Targets for a year that is over before the audit began, or a far year not after the near one."""
    for row in facts.rows(TARGETS):
        near, far = facts.year(TARGETS, row, "near_year"), facts.year(TARGETS, row, "far_year")
        name, key = facts.text(TARGETS, row, "name"), cell_key(TARGETS, row, "near_year")
        if near is not None and facts.base_year is not None and near <= facts.base_year:
            told: Told = {"name": name, "year": near, "before": f"基准年 {facts.base_year}"}
            yield Found((key, "audit.base_year"), told)
        if near is not None and far is not None and far <= near:
            keys = cell_key(TARGETS, row, "far_year"), key
            yield Found(keys, {"name": name, "year": far, "before": f"近期的 {near}"})


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


# --- results ----------------------------------------------------------------------------------------------------------


@test_of_rule
def plant_less(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The measures are said to have saved more than the whole plant uses less, and nothing says why."""
    table = facts.index.tables.get("after.plant")
    for option in () if table is None else table.fixed_rows:
        key = cell_key("after.plant", option.id, "after")
        if facts.number(key) is None or facts.text("after.plant", option.id, "note"):
            continue
        change, total = (
            facts.project.derivation.cell("after.plant", option.id, column).value
            for column in ("change", "sum")
        )
        if change is not None and total is not None and total > 0 and total > change:
            told: Told = {"name": option.label, "total": total, "change": to_places(change)}
            yield Found((key, cell_key("after.plant", option.id, "note")), told)


@test_of_rule
def output_base(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """The output before, in the results, against the tables of products: the sum or one row of the unit named."""
    said, unit = facts.number("after.output_before"), facts.text("after.output_unit")
    if said is None or not unit or facts.base_year is None:
        return
    known: list[Fraction] = []
    value = facts.number("product.years", str(facts.base_year), "value")
    if unit == "万元" and value is not None:
        known.append(value)
    for name, own in (("product.list", ""), ("plating.lines", "m²"), ("coating.lines", "m²")):
        rows = [row for row in facts.rows(name) if (own or facts.text(name, row, "unit")) == unit]
        amounts = [facts.number(name, row, "y0") for row in rows]
        known += [one for one in amounts if one is not None]
        if amounts and None not in amounts:
            known.append(sum((one for one in amounts if one is not None), _ZERO))
    if known and said not in known:
        yield Found(("after.output_before",), {"said": said, "unit": unit, "value": known[-1]})


@test_of_rule
def measured_copied(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Every measured saving is the predicted one to the last digit: copied, not measured."""
    pairs = [
        (one.measure.row_id, stream, one.measured[stream] == amount)
        for one in facts.proofs
        for stream, amount in one.measure.savings.items()
        if stream in one.measured
    ]
    if len(pairs) >= setting(rule, "least") and all(same for _, _, same in pairs):
        keys = tuple(cell_key(RESULTS, row, stream) for row, stream, _ in pairs)
        yield Found(keys, {"count": len(pairs)})


@test_of_rule
def done_without_result(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Once others have results: said to be done, with a saving predicted, and nothing measured and no day."""
    if not any(one.finished for one in facts.proofs):
        return
    for one in facts.proofs:
        silent = not one.finished and not one.measured and one.saving is None and not one.note
        if one.measure.state == "done" and silent:
            key = cell_key(RESULTS, one.measure.row_id, "finished")
            yield Found((key,), {"name": one.measure.name})


@test_of_rule
def cost_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The actual cost many times the planned one, without a word."""
    for one in facts.proofs:
        planned, actual = one.measure.cost, one.cost
        if not planned or actual is None or one.note.find("投资") >= 0:
            continue
        times = setting(rule, "times")
        if actual > planned * times or actual * times < planned:
            keys = (
                cell_key(RESULTS, one.measure.row_id, "cost"),
                cell_key(LIST, one.measure.row_id, "cost"),
            )
            yield Found(keys, {"name": one.measure.name, "planned": planned, "actual": actual})


@test_of_rule
def target_unreached(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A target not reached without a plan, or one that is worse than before the audit."""
    for row in facts.rows(TARGETS):
        key = cell_key("targets.done", row, "value")
        value = facts.number(key)
        if value is None:
            continue
        rate = facts.project.derivation.cell("targets.done", row, "rate").value
        name = facts.text(TARGETS, row, "name")
        if rate is not None and rate < 100 and not facts.text("targets.done", row, "note"):
            keys = cell_key("targets.done", row, "note"), key
            yield Found(keys, {"name": name, "rate": to_places(rate)})


@test_of_rule
def savings_below_target(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The measures together do not carry a figure to its near target (C53). `streams`: 「stream pattern of names」 for targets
    in the stream's own unit, as yearly amounts."""
    for row in facts.rows(TARGETS):
        now, near = facts.number(TARGETS, row, "now"), facts.number(TARGETS, row, "near")
        name, unit = facts.text(TARGETS, row, "name"), facts.text(TARGETS, row, "unit")
        for line in rule.settings["streams"]:
            stream, called, pattern = line.split(" ", 2)
            if now is None or near is None or near >= now or unit != called:
                continue
            if not compiled(pattern).fullmatch(_plain_name(name)):
                continue
            total = sum((one.savings.get(stream, _ZERO) for one in measures_in(facts)), _ZERO)
            if total and total < now - near:
                told: Told = {"name": name, "total": total, "wanted": now - near, "unit": unit}
                yield Found((cell_key(TARGETS, row, "near"), SAVINGS), told)


@test_of_rule
def low_cost_share(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Once there are results: too few of the no- and low-cost measures were carried out (C78)."""
    if not any(one.finished for one in facts.proofs):
        return
    low = [o for o in facts.proofs if facts.text(LIST, o.measure.row_id, "level") == "low" and o.measure.state != "dropped"]  # fmt: skip
    # One that is planned for a later day is no omission.
    low = [o for o in low if o.is_done or not _is_later(facts, o.measure.row_id)]
    done = [one for one in low if one.is_done]
    if low and len(done) * 100 < len(low) * setting(rule, "percent"):
        yield Found((LIST,), {"done": len(done), "all": len(low)})


def _is_later(facts: Facts, row: str) -> bool:
    day = facts.day(LIST, row, "done")
    return day is not None and (day.year, day.month) >= (
        facts.report_day.year,
        facts.report_day.month,
    )


@test_of_rule
def no_monitoring_after(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Once the measures are done: no monitoring after the first of them was finished (C83)."""
    finished = [day for one in facts.proofs if (day := facts.day(RESULTS, one.measure.row_id, "finished"))]  # fmt: skip
    rows = facts.rows("env.monitoring")
    days = [day for row in rows if (day := facts.day("env.monitoring", row, "date"))]
    all_done = finished and not any(one.measure.state in ("doing",) for one in facts.proofs)
    if all_done and days and max(days) < min(finished):
        yield Found(("env.monitoring", "measures.results"), {"day": max(days)})


@test_of_rule
def no_pair_of_monitoring(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """Measures are done and something was measured afterwards, but nothing at the same outlet both before and after (C83)."""
    finished = [day for one in facts.proofs if (day := facts.day(RESULTS, one.measure.row_id, "finished"))]  # fmt: skip
    if not finished:
        return
    first = min(finished)
    sides: dict[tuple[str, str], set[bool]] = {}
    for row in facts.rows("env.monitoring"):
        day = facts.day("env.monitoring", row, "date")
        what = tuple(facts.text("env.monitoring", row, one) for one in ("outlet", "item"))
        if day is not None and all(what):
            sides.setdefault((what[0], what[1]), set()).add(day >= first)
    if any(True in one for one in sides.values()) and not any(len(one) > 1 for one in sides.values()):  # fmt: skip
        yield Found(("env.monitoring", RESULTS), {"day": first})


@test_of_rule
def swap_energy_unsaid(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Another material costs more energy, but the measure that brings it says of no energy that more is used (C80). `row`: of
    the table of costs; `streams`: energies."""
    (row,) = rule.settings["row"]
    now, new = (facts.number("voc.swap_cost", row, one) for one in ("now", "new"))
    if "voc.swap_cost" not in facts.asked or now is None or new is None or new <= now:
        return
    swaps = [one for one in measures_in(facts) if one.savings.get("voc_made")]
    if not swaps:
        return
    swap = max(swaps, key=lambda one: one.savings["voc_made"])
    if not any((one.savings.get(s) or 0) < 0 for one in swaps for s in rule.settings["streams"]):
        key = cell_key(SAVINGS, swap.row_id, rule.settings["streams"][0])
        told: Told = {"name": swap.name, "more": to_places(new - now)}
        yield Found((key, cell_key("voc.swap_cost", row, "new")), told)


@test_of_rule
def reason_not_dealt_with(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A mandatory audit whose focus, targets and measures say nothing of why it was listed (C52). `words`: 「kind pattern」."""
    kind = facts.text("front.kind")
    words = dict(line.split(" ", 1) for line in rule.settings["words"])
    if kind not in words or not facts.rows(TARGETS):
        return
    keys = ("targets.list", "measures.list", "focus.")
    told = "".join(text for key, text in facts.texts if key.startswith(keys))
    if kind == "toxic":
        told += "".join(facts.text("focus.candidates", r, "must") for r in facts.rows("focus.candidates"))  # fmt: skip
    if not compiled(words[kind]).search(told):
        yield Found(("targets.list", "front.kind"), {"kind": _option(facts, "front.kind")})


@test_of_rule
def policy_against(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Measures that go against what policy asks (C79): `against`: patterns of names and effects; asked, not judged."""
    for one in measures_in(facts):
        said = f"{one.name}{facts.text(LIST, one.row_id, 'effect')}"
        if (found := compiled(rule.settings["against"][0]).search(said)) is not None:
            yield Found((cell_key(LIST, one.row_id, "name"),), {"name": one.name, "said": found[0]})


def _option(facts: Facts, key: str) -> str:
    question = facts.index.places[key].question if key in facts.index.places else None
    options = () if question is None else getattr(question, "options", ())
    return next((one.label for one in options if one.id == facts.text(key)), facts.text(key))
