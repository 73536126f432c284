"""One firm's findings under two editions: what changes. No old score moves; both are worked out side by side."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.engine import assess_allowed
from app.assessment.finding import Finding, Measured, Missing, NotApplicable
from app.assessment.indicator_system import (
    LEVELS,
    Benchmark,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    Limit,
    Linear,
    Span,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs
from app.assessment.result import Assessment
from app.assessment.units import UnitMismatchError, convert

_MISSING = Missing()


@dataclass(frozen=True)
class Pair:
    """One indicator in both editions; the id is "" where an edition does not have it.

    thresholds: levels whose requirement differs, old (in the new unit) and new. shares: points of the index.
    ask_again: why the old answer could not be taken over, "" when it was (or there was none).
    """

    old_id: str
    new_id: str
    name: str
    thresholds: Mapping[Level, tuple[Benchmark | None, Benchmark | None]]
    limiting: tuple[bool | None, bool | None]
    shares: tuple[Fraction | None, Fraction | None]
    reached: tuple[Level | None, Level | None]
    ask_again: str

    @property
    def is_changed(self) -> bool:
        return bool(
            self.thresholds
            or self.ask_again
            or not self.old_id
            or not self.new_id
            or self.limiting[0] != self.limiting[1]
            or self.shares[0] != self.shares[1]
            or self.reached[0] != self.reached[1]
        )


@dataclass(frozen=True)
class EditionComparison:
    """pairs: in the order of the new edition, then what it dropped."""

    old: Assessment
    new: Assessment
    pairs: tuple[Pair, ...]

    @property
    def ask_again(self) -> tuple[str, ...]:
        """Ids of the new edition whose answer must be given anew."""
        return tuple(pair.new_id for pair in self.pairs if pair.ask_again)


def compare_editions(
    old: tuple[IndicatorSystem, str],
    new: tuple[IndicatorSystem, str],
    findings: Mapping[str, Finding],
    inputs: tuple[FirmInputs, FirmInputs] = (NO_INPUTS, NO_INPUTS),
    same: Mapping[str, str] | None = None,
    known: Mapping[str, Finding] | None = None,
) -> EditionComparison:
    """`old` and `new`: system and table id. `same`: new id -> old id; without it, equal ids are the same indicator.

    A number is taken over (converted where the unit changed) and judged by the new thresholds. A level reached is
    taken over only where the requirements read the same: otherwise somebody must look again. `known`: what the firm has
    for rows of the new edition already (worked out from its bills); it goes before what is taken over.
    """
    old_rows = {row.id: row for row in old[0].table(old[1]).indicators()}
    new_rows = {row.id: row for row in new[0].table(new[1]).indicators()}
    origin = {
        new_id: old_id
        for new_id in new_rows
        if (old_id := new_id if same is None else same.get(new_id, "")) in old_rows
    }
    taken: dict[str, Finding] = {}
    reasons: dict[str, str] = {}
    for new_id, row in new_rows.items():
        before = old_rows.get(origin.get(new_id, ""))
        taken[new_id], reasons[new_id] = _take_over(before, row, findings)
        own = (known or {}).get(new_id, _MISSING)
        if not isinstance(own, Missing):
            taken[new_id], reasons[new_id] = own, ""
    old_result = assess_allowed(old[0], old[1], findings, inputs[0])
    new_result = assess_allowed(new[0], new[1], taken, inputs[1])
    pairs = [
        _pair(old_rows.get(origin.get(new_id, "")), row, old_result, new_result, reasons[new_id])
        for new_id, row in new_rows.items()
    ]
    kept = set(origin.values())
    pairs.extend(
        _pair(row, None, old_result, new_result, "")
        for old_id, row in old_rows.items()
        if old_id not in kept
    )
    return EditionComparison(old_result, new_result, tuple(pairs))


def _take_over(
    before: Indicator | None, row: Indicator, findings: Mapping[str, Finding]
) -> tuple[Finding, str]:
    """The finding for the new row, and why it must be asked again ("" = it need not)."""
    if before is None:
        return _MISSING, "新版才有这一项"
    finding = findings.get(before.id, _MISSING)
    if isinstance(finding, Missing | NotApplicable):
        return finding, ""
    if before.kind is not row.kind:
        return _MISSING, "新版改了考核方式（定量、定性）"
    if isinstance(finding, Measured):
        try:
            return Measured(_in_unit(finding.value, before.unit, row.unit)), ""
        except UnitMismatchError:
            return _MISSING, "新版换了单位，算不过去"
    if row.kind is IndicatorKind.QUALITATIVE and before.benchmarks != row.benchmarks:
        return _MISSING, "新版的要求改了，要再看一次"
    return finding, ""


def _in_unit(value: Fraction, old_unit: str, new_unit: str) -> Fraction:
    return value if old_unit == new_unit else convert(value, old_unit, new_unit)


def _pair(
    before: Indicator | None,
    row: Indicator | None,
    old: Assessment,
    new: Assessment,
    reason: str,
) -> Pair:
    was = None if before is None else old.judgement(before.id)
    now = None if row is None else new.judgement(row.id)
    either = row or before
    assert either is not None
    return Pair(
        old_id="" if before is None else before.id,
        new_id="" if row is None else row.id,
        name=either.name,
        thresholds={} if before is None or row is None else _changed_thresholds(before, row),
        limiting=(
            None if before is None else before.limiting,
            None if row is None else row.limiting,
        ),
        shares=(None if was is None else was.share, None if now is None else now.share),
        reached=(None if was is None else was.reached, None if now is None else now.reached),
        ask_again=reason,
    )


def _changed_thresholds(
    before: Indicator, row: Indicator
) -> dict[Level, tuple[Benchmark | None, Benchmark | None]]:
    changed = {}
    for level in LEVELS:
        old = before.benchmarks.get(level)
        with suppress(UnitMismatchError):  # then shown as printed: they cannot be compared
            old = _converted(old, before.unit, row.unit)
        new = row.benchmarks.get(level)
        if old != new:
            changed[level] = (old, new)
    return changed


def _converted(benchmark: Benchmark | None, old_unit: str, new_unit: str) -> Benchmark | None:
    match benchmark:
        case Limit(value):
            return Limit(_in_unit(value, old_unit, new_unit))
        case Span(low, high):
            return Span(_in_unit(low, old_unit, new_unit), _in_unit(high, old_unit, new_unit))
        case Linear(base, slope, variable):
            return Linear(
                _in_unit(base, old_unit, new_unit), _in_unit(slope, old_unit, new_unit), variable
            )
        case _:
            return benchmark
