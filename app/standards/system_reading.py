"""What every part of the reader of systems shares: the state of one reading, sources and marks, weights, levels."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from app.assessment.indicator_system import (
    LEVELS,
    Family,
    Level,
    Provenance,
    Source,
    Variable,
    Verification,
)
from app.assessment.numbers import number_text
from app.standards.reader import Reader, quote
from app.standards.tree import Branch, Leaf

_CHECKED = ("checked_by", "checked_on", "checked_against")
_CONFIRMED = ("confirmed_by", "confirmed_on")
MARKS = (
    "source",
    "verification",
    "doubt",
    "printed",
    "inferred",
    "cross_checked",
    *_CHECKED,
    *_CONFIRMED,
)
INHERITED = (*MARKS, "weight_source", "weight_verification")
# Stands for a source whose absence is reported already, so that the rows below do not repeat it.
_REPORTED = "?"
LEVEL_CODES = {level.code: level for level in LEVELS}

# Code of what rows that found no place may lead to: sums that do not come out, a category left empty.
CONSEQUENCE = "follows-from-lost-rows"


@dataclass(frozen=True)
class Inherited:
    """What a node hands down to the nodes below it."""

    source: str = ""
    verification: Verification | None = None
    weight_source: str = ""
    weight_verification: Verification | None = None


@dataclass
class Reading:
    """One document being read: where problems go, and what was read of it so far that later parts refer to.

    pick_groups: id -> place. weight_faults: weights reported as faulty; a sum with one in it is not worth a second report.
    """

    reader: Reader
    sources: dict[str, Source] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    family: Family = Family.LEVEL_INDEX
    pick_groups: dict[str, str] = field(default_factory=dict)
    weight_faults: int = 0


def read_sources(reading: Reading, top: Branch) -> None:
    """Fills the sources of the reading: id -> source."""
    node = top.entries.get("sources")
    if node is None:
        return
    if not isinstance(node, Branch):
        reading.reader.fail(
            top.place_of("sources"), "「sources」应当是一组「编号: 来源」", "按模板填写来源。"
        )
        return
    if not node.entries:
        reading.reader.fail(
            top.place_of("sources"), "没有任何来源", "至少写一个来源：看的是哪份文件、哪几页。"
        )
    for source_id, entry in node.entries.items():
        branch = reading.reader.branch(entry, ("what", "url", "quality"), ("what",))
        reading.sources[source_id] = Source(
            id=source_id,
            what=reading.reader.text(branch, "what", required=True),
            url=reading.reader.text(branch, "url"),
            quality=reading.reader.one_of(
                branch, "quality", ("complete", "partial", "snippet", ""), ""
            ),
        )


def read_source_id(reading: Reading, branch: Branch, key: str) -> str:
    """The id as written, "" when there is none; one that is not listed is a fault."""
    found = reading.reader.text(branch, key)
    if found and found not in reading.sources:
        known = "、".join(reading.sources)
        reading.reader.fail(
            branch.place_of(key),
            f"来源{quote(found)}没有在{reading.reader.terms.in_sources}登记",
            f"先在{reading.reader.terms.in_sources}写明它；已登记的有：{known}。",
        )
    return found


def read_state(reading: Reading, branch: Branch, key: str) -> Verification | None:
    if key not in branch.entries:
        return None
    return reading.reader.choice(branch, key, Verification, Verification.RECALLED)


def read_marks(
    reading: Reading,
    branch: Branch,
    above: Inherited,
    *,
    need_source: bool = True,
    defaults: Provenance | None = None,
) -> tuple[Inherited, Provenance]:
    """What the levels below inherit, and the provenance of this node.

    `defaults` (the row's own provenance) fills the marks a single value does not repeat.
    """
    own_state = read_state(reading, branch, "verification")
    source = read_source_id(reading, branch, "source") or (
        defaults.source_id if defaults else above.source
    )
    state = own_state or (defaults.verification if defaults else above.verification)
    # Nobody verifies by inheritance: what is below keeps the state it had.
    below = Inherited(
        source or (_REPORTED if need_source else ""),
        above.verification
        if state is Verification.VERIFIED
        else state or (Verification.RECALLED if need_source else None),
        read_source_id(reading, branch, "weight_source") or above.weight_source,
        read_state(reading, branch, "weight_verification") or above.weight_verification,
    )
    if need_source and not source:
        reading.reader.fail(
            branch.place,
            f"没有写{reading.reader.terms.source}",
            f"{reading.reader.terms.give_source}。",
        )
    if need_source and state is None:
        reading.reader.fail(
            branch.place,
            f"没有写{reading.reader.terms.state}",
            f"{reading.reader.terms.give_state}。",
        )
    checked = {key: reading.reader.text(branch, key) for key in (*_CHECKED, *_CONFIRMED)}
    if own_state is Verification.VERIFIED and not all(checked[key] for key in _CHECKED):
        reading.reader.fail(
            branch.place_of("verification"),
            f"{reading.reader.terms.wrote_verified}，却没有写全谁、哪天、对照哪份原文",
            f"{reading.reader.terms.name_checker}。",
        )
    if any(checked.values()) and own_state is not Verification.VERIFIED:
        key = next(key for key in checked if checked[key])
        reading.reader.fail(
            branch.place_of(key),
            f"写了「{key}」，状态却不是 verified",
            "在同一处写 verification: verified，或删去核对记录。",
        )
    for key in ("checked_on", "confirmed_on"):
        reading.reader.date(branch, key)
    if checked["confirmed_by"] and checked["confirmed_by"] == checked["checked_by"]:
        reading.reader.fail(
            branch.place_of("confirmed_by"),
            "复核的人与核对的人是同一个",
            "复核要另一个人做；没有复核就不填。",
        )
    base = defaults or Provenance(source, state or Verification.RECALLED)
    if own_state is None and defaults is not None:
        checked = {key: getattr(defaults, key) for key in checked}
    return below, Provenance(
        source_id=source,
        verification=state or Verification.RECALLED,
        doubt=reading.reader.text(branch, "doubt") or base.doubt,
        printed=reading.reader.text(branch, "printed") or base.printed,
        inferred=reading.reader.boolean(branch, "inferred", base.inferred),
        cross_checked=reading.reader.texts(branch, "cross_checked") or base.cross_checked,
        **checked,
    )


def read_weight(reading: Reading, branch: Branch, key: str) -> Fraction | None:
    """0 to 1; None when it is not known, and after a fault."""
    value = reading.reader.number(branch, key)
    if value is not None and not 0 <= value <= 1:
        reading.reader.fail(
            branch.place_of(key),
            f"权重 {number_text(value)} 不在 0 到 1 之间",
            "写成小数，例如 15% 写 0.15。",
        )
        reading.weight_faults += 1
    elif value is None and isinstance(node := branch.entries.get(key), Leaf) and node.text:
        reading.weight_faults += 1
    return value


# How far a sum of printed weights may be off because each was rounded.
ROUNDED = Fraction(1, 50)


def check_sum(reading: Reading, weights: Iterable[Fraction], place: str, what: str) -> None:
    total = sum(weights, Fraction(0))
    if total != 1:
        remedy = "对照原文核对每个数。"
        if abs(total - 1) <= ROUNDED:
            remedy += rounded_remedy(total)
        reading.reader.fail(
            place, f"{what}相加为 {number_text(total)}，应为 1", remedy, CONSEQUENCE
        )


def rounded_remedy(total: Fraction) -> str:
    """What to do where the print itself does not add up."""
    return f"原文就差 {number_text(abs(total - 1))} 的，多半是四舍五入：问发布单位哪一行照哪个数，改那一行并在「存疑」写明。"


def read_level(reading: Reading, branch: Branch, key: str) -> Level | None:
    """None when none is written, and after a fault."""
    if reader_text := reading.reader.text(branch, key):
        if reader_text not in LEVEL_CODES:
            reading.reader.one_of(branch, key, LEVEL_CODES, "III")
            return None
        return LEVEL_CODES[reader_text]
    return None
