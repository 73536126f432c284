"""What the firm's own data say against an answer: monitoring against limits, totals against the permit, days against days.

Which indicator is held against which of these is data (`held` in resources/forms/derivations, frozen with the audit). The
date of today steers nothing here: a result is the same whenever it is looked at.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

from app.assessment.doubt import Against, Doubt, Fact
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import Indicator, IndicatorKind, Level
from app.audit.compliance import (
    MONITORING,
    TOTALS,
    Exceedance,
    exceedances,
    known_number,
    measured_later,
)
from app.audit.emitted import permitted_voc
from app.audit.law import months_later
from app.audit.project import AuditProject
from app.forms.answer import cell_key, indicator_key
from app.forms.derive import Derivation
from app.forms.once import once

PENALTIES = "env.penalties"
_LEVELS = {"": Level.III, "I": Level.I, "II": Level.II}
_AUDITS_APART = 60  # months from one audit to the next of a firm with toxic substances, and where a document says 5 years
_FIRST_CLASS = re.compile(
    "总?汞|烷基汞|总?镉|总?铬|六价铬|总?砷|总?铅|总?镍|苯并|总?铍|总?银|[αβ]放射性"
)
_UNITS = {
    "water": re.compile(r"(?:mg|μg|ug)/L", re.I),
    "gas": re.compile(r"/(?:m3|m³|Nm3|Nm³|h)", re.I),
    "noise": re.compile("dB", re.I),
}
_NOBODY = re.compile(r"无|没有|不适用|未交|未委托|个人|废品站|废品回收.{0,2}")
_AT_HOME = re.compile("自行|厂内|本厂|内部|回用|回炉|自用|利用")


def held_against(
    project: AuditProject, table_id: str, indicator: Indicator, finding: Finding
) -> Finding:
    """The finding, or an open one with what stands against it. Only what is claimed by level or points can be doubted;
    who says that it is not met is believed."""
    tables = project.derivation_map
    subjects = () if tables is None else tables.held.get(table_id, {}).get(indicator.id, ())
    if not subjects or indicator.kind is not IndicatorKind.QUALITATIVE:
        return finding
    match finding:
        case Reached(level, statement) if level is not Level.NONE:
            said: Level | Fraction = level
        case Measured(points) if points > 0:
            said, statement = points, ""
        case _:
            return finding
    asked = [one.partition(" ") for one in subjects]
    names = [
        name for name, _, upto in asked if not isinstance(said, Level) or said <= _LEVELS[upto]
    ]
    raised = indicator_key(table_id, indicator.id) in project.raised
    if raised and not project.is_measured:
        return finding  # what a plan promises; nothing can be measured of it yet
    facts = facts_against(project.derivation, names, raised=raised)
    return Missing(Doubt(said, statement, facts)) if facts else finding


def facts_against(
    derivation: Derivation, subjects: Iterable[str], *, raised: bool = False
) -> tuple[Fact, ...]:
    """What the data say of these subjects (app.forms.quantity.SUBJECTS), each fact once."""
    found = (fact for one in subjects for fact in _FACTS[one](derivation, raised))
    return tuple(dict.fromkeys(found))


@once
def answers_in_doubt(derivation: Derivation) -> Mapping[str, tuple[Fact, ...]]:
    """By question: what stands against it. 「近一年没有处罚、超标」 beside a result above its limit."""
    if derivation.book.text(PENALTIES) != "no":
        return {}
    facts = (*_limits()(derivation, False), *_totals(derivation, False))
    return {PENALTIES: facts} if facts else {}


# -- monitoring and totals


def _limits(kind: str = "") -> Callable[[Derivation, bool], Iterator[Fact]]:
    """Results above their limit, of the base year and later. raised: a measure carried out says so now, and the last result
    of each outlet and substance counts."""

    def facts(derivation: Derivation, raised: bool) -> Iterator[Fact]:
        for one in exceedances(derivation.book):
            row = one.keys[0].split("/")[1]
            if one.kind != "monitoring" or not _is_of_now(derivation, row):
                continue
            if kind and not _is_of(derivation, row, kind):
                continue
            if raised and measured_later(derivation.book, row):
                continue
            yield Fact(Against.MONITORED, one.keys, one.name, one.value, one.limit, one.unit)

    return facts


def _cell(derivation: Derivation, row: str, column: str) -> str:
    return derivation.book.text(cell_key(MONITORING, row, column)).strip()


def _is_of_now(derivation: Derivation, row: str) -> bool:
    """What was measured before the base year says nothing of it."""
    year = _cell(derivation, row, "date")[:4]
    return not (year.isdigit() and derivation.base_year and int(year) < derivation.base_year)


def _is_of(derivation: Derivation, row: str, kind: str) -> bool:
    """By the outlet it names, else by its unit; what cannot be told may be of any."""
    if kind == "first":
        return _FIRST_CLASS.search(_cell(derivation, row, "item")) is not None
    outlet = _cell(derivation, row, "outlet")
    book = derivation.book
    for one in book.row_ids("env.outlets"):
        if outlet and book.text(cell_key("env.outlets", one, "name")).strip() == outlet:
            said = book.text(cell_key("env.outlets", one, "kind"))
            if said:
                return said == kind
    unit = _cell(derivation, row, "unit")
    known = [name for name, units in _UNITS.items() if units.search(unit)]
    return not known or kind in known


def _totals(derivation: Derivation, raised: bool) -> Iterator[Fact]:
    """Of the base year; a measure that was carried out later is not held against it."""
    if raised:
        return
    over: list[Exceedance] = [
        one for one in exceedances(derivation.book) if one.kind == "total" and one.back == 0
    ]
    for one in over:
        yield Fact(Against.TOTAL, one.keys, one.name, one.value, one.limit, "t")
    permit = permitted_voc(derivation.book)
    if over or permit is None or "voc.emitted" not in derivation.quantities:
        return
    emitted = derivation.figure("voc.emitted").value
    if emitted is not None and emitted > permit * 1000:
        yield Fact(Against.LEDGER, (TOTALS,), "VOC", emitted / 1000, permit, "t")


# -- papers and days


def _start(derivation: Derivation) -> date | None:
    """The day this audit began, else the end of its base year."""
    started = _day(derivation, "team.start")
    if started is not None:
        return started
    return None if derivation.base_year is None else date(derivation.base_year, 12, 31)


def _day(derivation: Derivation, key: str) -> date | None:
    text = derivation.book.text(key)
    try:
        return date.fromisoformat(f"{text}-01"[:10]) if len(text) in (7, 10) else None
    except ValueError:
        return None


def _permit(derivation: Derivation, _raised: bool) -> Iterator[Fact]:
    until, start = _day(derivation, "env.permit_until"), _start(derivation)
    asked = derivation.book.text("env.permit_kind") in ("permit", "registration")
    if asked and until is not None and start is not None and until < start:
        day = until.isoformat()
        yield Fact(Against.PERMIT_ENDED, ("env.permit_until",), day=day)


def _audit_interval(derivation: Derivation, _raised: bool) -> Iterator[Fact]:
    last, start = _day(derivation, "front.last_date"), _start(derivation)
    if derivation.book.text("front.had_audit") != "yes" or last is None or start is None:
        return
    if months_later(last, _AUDITS_APART) < start:
        day = derivation.book.text("front.last_date")
        yield Fact(Against.AUDIT_OVERDUE, ("front.last_date", "team.start"), day=day)


def _audit(derivation: Derivation, raised: bool) -> Iterator[Fact]:
    """「按要求开展清洁生产审核」: five years are asked of firms with toxic substances."""
    if derivation.book.text("front.kind") == "toxic":
        yield from _audit_interval(derivation, raised)


def _audit_done(derivation: Derivation, raised: bool) -> Iterator[Fact]:
    """This round finishes one, so what it raises is believed."""
    if derivation.book.text("front.had_audit") == "no" and not raised:
        yield Fact(Against.NEVER_AUDITED, ("front.had_audit",))


def _waste(derivation: Derivation, _raised: bool) -> Iterator[Fact]:
    """Hazardous waste of the base year for which nobody is named who took it, and that is not used up in the works."""
    book = derivation.book
    for row in book.row_ids("env.waste"):

        def key(column: str, row: str = row) -> str:
            return cell_key("env.waste", row, column)

        amount = known_number(book, key("y0"))
        if book.text(key("kind")) != "hazardous" or not amount or amount < 0:
            continue
        taker = book.get(key("receiver"))
        said = "不适用" if isinstance(taker, NotApplicable) else book.text(key("receiver")).strip()
        if _NOBODY.fullmatch(said) and not _AT_HOME.search(book.text(key("treatment"))):
            name = book.text(key("name"))
            keys = (key("receiver"), key("y0"))
            yield Fact(Against.WASTE_NOT_TAKEN, keys, name, amount, day=said)


def _plan(derivation: Derivation, _raised: bool) -> Iterator[Fact]:
    if isinstance(derivation.book.get("env.plan_no"), NotApplicable):
        yield Fact(Against.NO_PLAN, ("env.plan_no",))


_FACTS: Mapping[str, Callable[[Derivation, bool], Iterator[Fact]]] = {
    "limits": _limits(),
    "limits_water": _limits("water"),
    "limits_gas": _limits("gas"),
    "limits_noise": _limits("noise"),
    "limits_first": _limits("first"),
    "totals": _totals,
    "permit": _permit,
    "audit": _audit,
    "audit_done": _audit_done,
    "audit_interval": _audit_interval,
    "waste": _waste,
    "plan": _plan,
}
