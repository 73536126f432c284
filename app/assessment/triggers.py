"""What a result means for the cases of the law: pure, from assessments already made.

Unit energy consumption above the limit standard; whether that obliges to an audit is for the law of the day to say
(app.audit.duty). For planned 两高 projects the quota's level 2 (准入值) and level II of the sector's system are the bar;
no form for this was found in any source, so it is a screening and says so.
"""

from dataclasses import dataclass

from app.assessment.energy_quota import quota_outcomes
from app.assessment.indicator_system import Level
from app.assessment.result import Assessment


@dataclass(frozen=True)
class Trigger:
    """applies: None while it cannot be said. case: the name of the case (「双超」), "" where it has none; found: what the data
    say of it. indicator_ids: the rows behind it. source: where the bar stands."""

    id: str
    applies: bool | None
    case: str
    found: str
    source: str
    indicator_ids: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return f"{self.case}：{self.found}" if self.case else self.found


_TWO_HIGH = "两高项目"


def mandatory_triggers(
    *, quota: Assessment | None, system: Assessment | None, is_two_high_project: bool
) -> tuple[Trigger, ...]:
    """`quota`: against an energy quota; `system`: against the sector's indicator system. None = none chosen: then what
    depends on it cannot be said."""
    triggers = [_over_quota(quota)]
    if is_two_high_project:
        triggers.append(_access_value(quota))
        triggers.append(_access_level(system))
    return tuple(triggers)


def _over_quota(quota: Assessment | None) -> Trigger:
    source = "能耗限额 3 级（限定值）"
    outcomes = () if quota is None else quota_outcomes(quota)
    over = tuple(item.indicator_id for item in outcomes if item.is_over_level_3)
    if over:
        text = f"{len(over)} 种产品的单位产品能耗超过限额 3 级"
        return Trigger("energy-over-limit", True, "", text, source, over)
    if not outcomes or any(item.is_over_level_3 is None for item in outcomes):
        text = "单位产品能耗有没有超过限额，还不能说"
        return Trigger("energy-over-limit", None, "", text, source)
    text = "填了的产品，单位产品能耗都没有超过限额 3 级"
    return Trigger("energy-over-limit", False, "", text, source)


def _access_value(quota: Assessment | None) -> Trigger:
    source = "能耗限额 2 级（准入值）；筛查口径，以主管部门要求为准"
    outcomes = () if quota is None else quota_outcomes(quota)
    missed = tuple(item.indicator_id for item in outcomes if item.meets_level_2 is False)
    if missed:
        text = f"{len(missed)} 种产品没有达到能耗限额 2 级（准入值）"
        return Trigger("two-high-energy", True, _TWO_HIGH, text, source, missed)
    if not outcomes or any(item.meets_level_2 is None for item in outcomes):
        return Trigger("two-high-energy", None, _TWO_HIGH, "能不能达到能耗准入值，还不能说", source)
    return Trigger("two-high-energy", False, _TWO_HIGH, "能耗达到准入值", source)


def _access_level(system: Assessment | None) -> Trigger:
    source = "行业清洁生产评价指标体系Ⅱ级；筛查口径，以主管部门要求为准"
    bounds = None if system is None else system.level_range
    if bounds is None:
        text = "没有可以判级的指标体系，能不能达到Ⅱ级还不能说"
        return Trigger("two-high-level", None, _TWO_HIGH, text, source)
    best, worst = bounds
    if best > Level.II:
        return Trigger("two-high-level", True, _TWO_HIGH, "没有达到清洁生产Ⅱ级", source)
    if worst <= Level.II:
        return Trigger("two-high-level", False, _TWO_HIGH, "达到清洁生产Ⅱ级", source)
    return Trigger("two-high-level", None, _TWO_HIGH, "能不能达到清洁生产Ⅱ级，还不能说", source)
