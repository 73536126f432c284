"""Standards, lists and laws cited in words that no longer hold, or that there never were."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from app.checkup.facts import Facts, Found, test_of_rule
from app.checkup.patterns import compiled
from app.checkup.rules_site import MONITORING
from app.forms.checkup_data import RuleText

_NUMBER = re.compile(
    r"(?<![A-Z0-9/])((?:GB|HJ|NY|SL|CJ|QB|FZ|JB|DB\d{2}/?|T/[A-Z]{3,8})(?:/?T)?\d+(?:\.\d+)?)-(\d{4}|\d{2})(?!\d)"
)
_HINT = re.compile("[GgＧHhＨDdＤNTSＴ][BbＢJjＪYL/／]|法|名录|目录|体系|环发")
_DASHES = re.compile(r"[-‐‑‒–—―－﹣]+")


@dataclass(frozen=True)
class Replaced:
    """name: as `plain` gives it, of an edition the number of the standard. since: ISO day from which `new` holds, "" = long ago."""

    name: str
    new: str
    since: str = ""
    recalled: bool = False


def plain(text: str) -> str:
    """One form for the ways of citing: no spaces or title marks, capitals, one kind of dash and bracket."""
    folded = unicodedata.normalize("NFKC", text).translate(str.maketrans("〔〕[]", "()()"))
    return re.sub(r"[\s《》「」]", "", _DASHES.sub("-", folded)).upper()


@lru_cache(maxsize=8)
def _listed(lines: tuple[str, ...]) -> tuple[Replaced, ...]:
    """「old > new；since；凭记忆」 of the rule's data, of an edition without the old one. new: a law by its id."""
    found = []
    for line in lines:
        old, replaced, rest = line.rpartition(" > ")
        new, *more = rest.split("；")
        since = next((one for one in more if one.startswith("20")), "")
        name = plain(old) if replaced else plain(new).rpartition("-")[0]
        found.append(Replaced(name, new, since, "凭记忆" in more))
    return tuple(found)


def _of_reference(facts: Facts) -> Iterator[Replaced]:
    """What the tables beside the questions say was replaced; laws go by the day the audit began."""
    reference = facts.project.reference
    for one in reference.standards:
        if one.until and one.replaced_by:
            yield Replaced(plain(one.id), one.replaced_by, one.until)
    for law in reference.law.laws:
        if law.until and law.replaced_by:
            yield Replaced(plain(law.short), reference.law.title_of(law.replaced_by), law.until)


@test_of_rule
def standard_replaced(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """`replaced`: 「old > new；since；凭记忆」; `editions`: the edition in force of a number: another year is an old one, or
    none at all. `history`: sentences that tell of the change."""
    titles = {law.id: law.title for law in facts.project.reference.law.laws}
    listed = [
        replace(one, new=titles.get(one.new, one.new)) for one in _listed(rule.settings["replaced"])
    ]
    replaced = (*listed, *_of_reference(facts))
    laws = {plain(law.short) for law in facts.project.reference.law.laws}
    editions = {one.name: one for one in _listed(rule.settings["editions"])}
    for key, text in facts.texts:
        for sentence in re.split(r"[。；;\n]", text) if _HINT.search(text) else ():
            if compiled(rule.settings["history"][0]).search(sentence):
                continue
            said, day = plain(sentence), _day(facts, key)
            for one in replaced:
                start = (facts.day("team.start") or day) if one.name in laws else day
                held = one.since and start < date.fromisoformat(one.since)
                if (
                    not held
                    and one.name in said
                    and _cites(said, one.name)
                    and plain(one.new) not in said
                ):
                    yield Found((key,), {"said": one.name, "why": _why(one)})
            for found in _NUMBER.finditer(said):
                yield from _edition(key, found, editions.get(found[1]), day)


def _edition(key: str, found: re.Match[str], known: Replaced | None, day: date) -> Iterator[Found]:
    year = int(found[2]) if len(found[2]) == 4 else 1900 + int(found[2])
    if year > day.year:
        yield Found((key,), {"said": found[0], "why": f"写的年号 {year} 还没到"})
    elif known is not None:
        current = int(known.new.rpartition("-")[2])
        held = known.since and day < date.fromisoformat(known.since)
        if year < current and not held:
            yield Found((key,), {"said": found[0], "why": _why(known)})


def _cites(said: str, name: str) -> bool:
    return re.search(rf"(?<![A-Z0-9/]){re.escape(name)}(?!\d)", said) is not None


def _why(one: Replaced) -> str:
    since = f"{one.since} 起" if one.since else ""
    recalled = "（凭记忆，先查一查）" if one.recalled else ""
    return f"{since}有效的是 {one.new}{recalled}"


def _day(facts: Facts, key: str) -> date:
    """A standard of a test report holds on the day of the sample, others on the day of the report."""
    sampled = facts.day(MONITORING, key.split("/")[1], "date") if key.startswith(f"{MONITORING}/") else None  # fmt: skip
    return sampled or facts.report_day
