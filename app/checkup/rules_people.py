"""Who does the audit, and when: the team, its head, the consultant's people, who signs, training, phases of the plan."""

from collections.abc import Iterator
from datetime import date

from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import compiled
from app.checkup.rules_claims import claims
from app.checkup.rules_slips import twice
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText

MEMBERS, PLAN, TRAINING = "team.members", "team.plan", "team.training"
CONSULTANTS, SIGNERS = "team.consultants", "team.signers"


# --- the team ---------------------------------------------------------------------------------------------------------


@test_of_rule
def person_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    yield from twice(facts, MEMBERS, "name")


@test_of_rule
def team_small(facts: Facts, rule: RuleText) -> Iterator[Found]:
    rows = facts.rows(MEMBERS)
    if 0 < len(rows) < setting(rule, "least"):
        yield Found((MEMBERS,), {"count": len(rows)})


@test_of_rule
def team_parts(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A team of so many (`least`) in which nobody has to do with a part (`parts`: 「name words」)."""
    rows = facts.rows(MEMBERS)
    said = "".join(facts.text(MEMBERS, row, c) for row in rows for c in ("post", "speciality", "duty"))  # fmt: skip
    for line in rule.settings["parts"] if len(rows) >= setting(rule, "least") else ():
        name, words = line.split(" ", 1)
        if not compiled(words).search(said):
            yield Found((MEMBERS,), {"name": name})


def _heads(facts: Facts) -> list[tuple[str, str]]:
    """(row, name) of every head of the team."""
    heads = [row for row in facts.rows(MEMBERS) if facts.text(MEMBERS, row, "role") == "head"]
    return [(row, facts.text(MEMBERS, row, "name")) for row in heads]


@test_of_rule
def team_no_head(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    rows = facts.rows(MEMBERS)
    roles = [facts.text(MEMBERS, row, "role") for row in rows]
    if rows and all(roles) and "head" not in roles:
        yield Found((MEMBERS,))


@test_of_rule
def team_two_heads(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    first, *others = _heads(facts) or [("", "")]
    for row, name in others:
        keys = cell_key(MEMBERS, row, "role"), cell_key(MEMBERS, first[0], "role")
        yield Found(keys, {"one": first[1], "two": name})


@test_of_rule
def leader_differs(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Another head of the team in words than the table of members has."""
    heads = [name for _, name in _heads(facts)]
    for key, text in claims(facts, rule):
        for found in (f for one in rule.settings["pattern"] for f in compiled(one).finditer(text)):
            if heads and found[1] not in heads:
                yield Found((key, MEMBERS), {"said": found[0], "head": heads[0]})


@test_of_rule
def days_beyond(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """More days of work than the plan has."""
    start, end = facts.day("team.start"), facts.day(PLAN, "e", "end")
    if start is None or end is None or end <= start:
        return
    whole = (end - start).days + 1
    for row in facts.rows(MEMBERS):
        days = facts.number(MEMBERS, row, "days")
        if days is not None and days > whole:
            yield Found((cell_key(MEMBERS, row, "days"),), {"days": days, "whole": whole})


@test_of_rule
def training_crowd(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    staff = facts.number("firm.staff")
    for row in facts.rows(TRAINING):
        people = facts.number(TRAINING, row, "people")
        if staff is not None and people is not None and people > staff:
            keys = cell_key(TRAINING, row, "people"), "firm.staff"
            yield Found(keys, {"people": people, "staff": staff})


@test_of_rule
def training_twice(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """One topic on one day in two rows; groups that are taught one after the other say so in the topic."""
    seen: dict[tuple[str, str], str] = {}
    for row in facts.rows(TRAINING):
        topic, day = facts.text(TRAINING, row, "topic"), facts.text(TRAINING, row, "date")
        key = cell_key(TRAINING, row, "topic")
        if topic and day and seen.setdefault((topic, day), key) != key:
            yield Found((key, seen[topic, day]), {"name": topic, "day": day})


# --- the consultant, who signs ----------------------------------------------------------------------------------------


@test_of_rule
def consultant_unsaid(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An audit of its own with a consultant's people in the team."""
    if facts.text("team.mode") != "own":
        return
    for row in facts.rows(MEMBERS):
        post = facts.text(MEMBERS, row, "post")
        if compiled(rule.settings["words"][0]).search(post):
            told: Told = {"name": facts.text(MEMBERS, row, "name"), "post": post}
            yield Found((cell_key(MEMBERS, row, "post"), "team.mode"), told)


@test_of_rule
def certificate_odd(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """One certificate of two people; words in place of a number (`none`)."""
    owners: dict[str, tuple[str, str]] = {}
    for row in facts.rows(CONSULTANTS):
        name = facts.text(CONSULTANTS, row, "name")
        said = facts.text(CONSULTANTS, row, "certificate")
        key = cell_key(CONSULTANTS, row, "certificate")
        if compiled(rule.settings["none"][0]).fullmatch(said):
            yield Found((key,), {"what": f"{name}的证书编号写「{said}」"})
        elif said and (owner := owners.setdefault(said, (name, key)))[0] != name:
            yield Found(
                (key, owner[1]), {"what": f"{owner[0]}和{name}写了同一个证书编号「{said}」"}
            )


@test_of_rule
def signed_by_one(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Who wrote the paper has checked and approved it. A name of two characters is no placeholder (`least` of staff: in a
    shop of three nobody else is there)."""
    names = [facts.text(SIGNERS, row, "name") for row in ("write", "check", "approve")]
    staff = facts.number("firm.staff")
    small = staff is not None and staff < setting(rule, "least")
    if names[0] and len(set(names)) == 1 and not small:
        yield Found((cell_key(SIGNERS, "check", "name"),), {"name": names[0]})


# --- the plan ---------------------------------------------------------------------------------------------------------


@test_of_rule
def plan_long(facts: Facts, rule: RuleText) -> Iterator[Found]:
    start, end = facts.day("team.start"), facts.day(PLAN, "e", "end")
    years = int(setting(rule, "years"))
    if start is not None and end is not None and end > date(start.year + years, start.month, 28):
        yield Found(("team.plan/e/end", "team.start"), {"start": start, "end": end, "years": years})


@test_of_rule
def phases_alike(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """So many (`least`) phases begin, or end, on one day."""
    rows = ("a", "b", "c", "d", "e")
    for column, name in (("start", "开始"), ("end", "完成")):
        days = [facts.text(PLAN, row, column) for row in rows]
        day = max(days, key=days.count)
        if day and days.count(day) >= setting(rule, "least"):
            alike = [cell_key(PLAN, row, column) for row, one in zip(rows, days, strict=True) if one == day]  # fmt: skip
            yield Found(tuple(alike[1:]), {"count": len(alike), "what": name, "day": day})


@test_of_rule
def next_audit_far(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The next audit begins more than `years` after this one ends."""
    end, years = facts.day(PLAN, "e", "end"), int(setting(rule, "years"))
    for row in facts.rows("continuing.plan"):
        start = facts.day("continuing.plan", row, "start")
        if facts.text("continuing.plan", row, "kind") != "audit" or start is None or end is None:
            continue
        if start > date(end.year + years, end.month, 28):
            told: Told = {"start": facts.text("continuing.plan", row, "start"), "end": end, "years": years}  # fmt: skip
            yield Found((cell_key("continuing.plan", row, "start"),), told)
