"""What a measure with a price is worth: I, P, D, T, E, F, N, NPV, NPVR, IRR as the audit handbooks define them, exact.

    D = (I - S) / Y    T = P - D    E = T (1 - t), or T where T < 0    F = E + D
    N = I / F    NPV = sum of F / (1+i)^j for j = 1..n, less I    NPVR = NPV / I, in %    IRR: the rate with NPV = 0

A salvage value S lowers the depreciation and comes in at the end of the last year. The handbooks keep F for all n years
even where depreciation ends earlier; `Economics.npv_by_years` is the stricter value and `reasons` says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from app.assessment.numbers import brief, display
from app.audit.measures import class_of
from app.errors import Problem, UserError
from app.forms.measure_data import CostClass
from app.measures.roots import present_value, rates_of_return

LONGEST_LIFE = 100
_ZERO = Fraction(0)


@dataclass(frozen=True)
class EconomicCase:
    """Amounts in 万元, 万元/a; life and depreciation_life in years (None = as long as life); rates as parts of 1.

    investment: before `subsidy` is taken off. salvage: an amount, not a rate."""

    investment: Fraction
    annual_benefit: Fraction
    life: int
    tax_rate: Fraction
    discount_rate: Fraction
    salvage: Fraction = _ZERO
    depreciation_life: Fraction | None = None
    subsidy: Fraction = _ZERO

    @property
    def cost(self) -> Fraction:
        """I, 总投资费用."""
        return self.investment - self.subsidy

    @property
    def written_off_in(self) -> Fraction:
        """Y."""
        return Fraction(self.life) if self.depreciation_life is None else self.depreciation_life


@dataclass(frozen=True)
class Economics:
    """N None: never paid back. NPVR in %, None: nothing is invested. irr: every rate found, ascending, to six decimals.
    flows: by year, from 0 (the investment) to n."""

    case: EconomicCase
    D: Fraction
    T: Fraction
    E: Fraction
    F: Fraction
    N: Fraction | None
    NPV: Fraction
    NPVR: Fraction | None
    irr: tuple[Fraction, ...]
    npv_by_years: Fraction
    flows: tuple[Fraction, ...]

    @property
    def IRR(self) -> Fraction | None:
        """The rate of return where there is one and only one."""
        return self.irr[0] if len(self.irr) == 1 else None


@dataclass(frozen=True)
class Acceptance:
    """reasons: every test with its outcome, in plain Chinese; also what is odd and does not decide."""

    acceptable: bool
    cost_class: CostClass | None
    reasons: tuple[str, ...]


def faults_of(case: EconomicCase, where: Mapping[str, str] | None = None) -> tuple[Problem, ...]:
    """Everything with which nothing can be worked out. where: the place of each field as the user knows it."""
    names = where or {}
    found = []

    def fault(field: str, what: str, remedy: str) -> None:
        found.append(Problem(names.get(field, _FIELDS[field]), what, remedy))

    if case.investment < 0:
        fault(
            "investment",
            f"投资是负的（{brief(case.investment)} 万元）",
            "写大于 0 的金额；没花钱写 0。",
        )
    if case.subsidy < 0 or case.subsidy > max(case.investment, _ZERO):
        fault(
            "subsidy",
            f"补贴 {brief(case.subsidy)} 万元不在 0 和投资之间",
            "写实际拿到或批下来的补贴。",
        )
    if case.annual_benefit == 0:
        fault(
            "annual_benefit",
            "年效益是 0，没有可以和投资比的",
            "写一年净省的钱（省下的减去新增的运行费）；为达标而做、本来就不省钱的，不用做经济评估。",
        )
    if case.life <= 0:
        fault("life", f"计算期是 {case.life} 年", "写 1 年以上的整数年。")
    elif case.life > LONGEST_LIFE:
        fault(
            "life",
            f"计算期 {case.life} 年，太长了",
            f"写 {LONGEST_LIFE} 年以内；看看是不是多打了 0。",
        )
    if not 0 <= case.tax_rate <= 1:
        fault(
            "tax_rate", f"税率 {brief(case.tax_rate)} 不在 0 和 1 之间", "写成小数，25% 写 0.25。"
        )
    if case.discount_rate <= -1:
        fault(
            "discount_rate",
            f"贴现率 {brief(case.discount_rate)}，不能等于或低于 −1（−100%）",
            "写成小数，8% 写 0.08。",
        )
    if case.depreciation_life is not None and case.depreciation_life <= 0:
        fault(
            "depreciation_life",
            f"折旧年限是 {brief(case.depreciation_life)} 年",
            "写大于 0 的年数。",
        )
    if case.salvage > max(case.cost, _ZERO):
        fault(
            "salvage",
            f"残值 {brief(case.salvage)} 万元比投资还多",
            "残值写金额（万元），不超过投资。",
        )
    return tuple(found)


_FIELDS = {
    "investment": "投资 investment",
    "annual_benefit": "年效益 annual_benefit",
    "life": "计算期 life",
    "tax_rate": "税率 tax_rate",
    "discount_rate": "贴现率 discount_rate",
    "salvage": "残值 salvage",
    "depreciation_life": "折旧年限 depreciation_life",
    "subsidy": "补贴 subsidy",
}


@lru_cache(maxsize=256)  # the same measures are asked for by many a table of a paper
def evaluate(case: EconomicCase) -> Economics:
    """UserError with every fault of the case (`faults_of`)."""
    problems = faults_of(case)
    if problems:
        raise UserError(*problems)
    cost, benefit = case.cost, case.annual_benefit
    depreciation = (cost - case.salvage) / case.written_off_in
    taxable = benefit - depreciation
    profit = _after_tax(taxable, case.tax_rate)
    flow = profit + depreciation
    flows = [-cost, *[flow] * case.life]
    flows[-1] += case.salvage
    value = present_value(flows, case.discount_rate)
    by_years = [-cost, *_flows_by_years(case)]
    return Economics(
        case=case,
        D=depreciation,
        T=taxable,
        E=profit,
        F=flow,
        N=cost / flow if flow > 0 else None,
        NPV=value,
        NPVR=value / cost * 100 if cost else None,
        irr=rates_of_return(flows) if cost else (),
        npv_by_years=present_value(by_years, case.discount_rate),
        flows=tuple(flows),
    )


def _after_tax(profit: Fraction, rate: Fraction) -> Fraction:
    return profit * (1 - rate) if profit > 0 else profit


def _flows_by_years(case: EconomicCase) -> list[Fraction]:
    """Cash of each year with depreciation only while there is something to write off."""
    left = case.cost - case.salvage
    yearly = left / case.written_off_in
    flows = []
    for _ in range(case.life):
        written = min(yearly, left)
        left -= written
        flows.append(_after_tax(case.annual_benefit - written, case.tax_rate) + written)
    flows[-1] += case.salvage
    return flows


def accept(
    result: Economics, classes: Sequence[CostClass], chosen: CostClass | None = None
) -> Acceptance:
    """By N of the class, NPV >= 0 and IRR >= the discount rate. chosen: the class the user gave it; else by amount."""
    case = result.case
    cost_class = chosen or class_of(case.cost, tuple(classes))
    verdicts: list[tuple[bool, str]] = []
    said: list[str] = []
    if result.N is None:
        verdicts.append(
            (False, f"年净现金流 F 是 {display(result.F, 2)} 万元，收不回投资，没有偿还期")
        )
    elif cost_class is not None and cost_class.years is not None:
        holds = cost_class.years > result.N
        verdicts.append(
            (
                holds,
                f"{cost_class.title}要求偿还期小于 {brief(cost_class.years)} 年，"
                f"算出 {display(result.N, 2)} 年，{'达到' if holds else '没达到'}",
            )
        )
    verdicts.append(
        (
            result.NPV >= 0,
            f"净现值 {display(result.NPV, 2)} 万元，{'不小于 0，达到' if result.NPV >= 0 else '小于 0，没达到'}",
        )
    )
    rate = display(case.discount_rate * 100, 2)
    if len(result.irr) == 1:
        holds = result.irr[0] >= case.discount_rate or result.NPV >= 0
        verdicts.append(
            (
                holds,
                f"内部收益率 {display(result.irr[0] * 100, 2)}%，{'不低于' if holds else '低于'}贴现率 {rate}%，"
                f"{'达到' if holds else '没达到'}",
            )
        )
    elif result.irr:
        rates = "、".join(f"{display(one * 100, 2)}%" for one in result.irr)
        said.append(f"有 {len(result.irr)} 个内部收益率（{rates}），不能拿它判断，看净现值")
    elif not case.cost:
        said.append("没有投资，没有净现值率和内部收益率")
    else:
        said.append("没有内部收益率：收回的钱合计不够投资，或者每年都在贴钱")
    by_amount = class_of(case.cost, tuple(classes))
    if chosen is not None and by_amount is not None and chosen.id != by_amount.id:
        said.append(
            f"写的是{chosen.title}，投资 {brief(case.cost)} 万元按界限是{by_amount.title}，核一下；这里按{chosen.title}判断"
        )
    if result.T < 0:
        said.append(f"应税利润 T 是 {display(result.T, 2)} 万元，小于 0：按不缴税算，E = T")
    if case.salvage:
        said.append(f"残值 {brief(case.salvage)} 万元按金额算：少提折旧，最后一年收回")
    if case.written_off_in < case.life and result.npv_by_years != result.NPV:
        said.append(
            f"折旧 {brief(case.written_off_in)} 年提完，计算期 {case.life} 年：课本公式每年都用同一个 F，"
            f"提完以后不再抵税，逐年算净现值是 {display(result.npv_by_years, 2)} 万元"
        )
        if result.npv_by_years < 0 <= result.NPV:
            verdicts.append((False, "逐年算的净现值小于 0，没达到"))
    if case.discount_rate >= 1:
        said.append(f"贴现率 {rate}% 很高：8% 要写成 0.08")
    elif case.discount_rate < 0:
        said.append(f"贴现率 {rate}% 是负的，少见，核一下")
    if result.N is not None and result.N > 10 and result.NPV < 0 and not result.irr:
        said.append("偿还期超过 10 年、净现值小于 0 又没有内部收益率：经济上不可行")
    acceptable = all(holds for holds, _ in verdicts)
    return Acceptance(acceptable, cost_class, (*(text for _, text in verdicts), *said))


@dataclass(frozen=True)
class Interpolation:
    """The textbook's way: two whole per cents with the value just above and just below 0."""

    low_rate: Fraction
    high_rate: Fraction
    low_value: Fraction
    high_value: Fraction
    rate: Fraction


def textbook_irr(result: Economics) -> Interpolation | None:
    """i1 + NPV1 (i2 - i1) / (NPV1 + |NPV2|) between neighbouring whole per cents; None where the rate is not one."""
    if result.IRR is None:
        return None
    percent = (result.IRR * 100).__floor__()
    low, high = Fraction(percent, 100), Fraction(percent + 1, 100)
    if low <= -1:
        return None
    one, other = present_value(result.flows, low), present_value(result.flows, high)
    if one < 0 or other > 0:
        return None
    rate = low + one * (high - low) / (one - other)
    return Interpolation(low, high, one, other, rate)


@dataclass(frozen=True)
class Sensitivity:
    """What one input does when it is `change` (part of 1) more or less."""

    field: str
    title: str
    change: Fraction
    result: Economics


_SENSITIVE = {"investment": "投资", "annual_benefit": "年效益", "discount_rate": "贴现率"}
_STEPS = (Fraction(-1, 5), Fraction(-1, 10), Fraction(1, 10), Fraction(1, 5))


def sensitivity(case: EconomicCase) -> tuple[Sensitivity, ...]:
    """Each input alone, by each step. What makes no sense (an investment below the salvage) is left out."""
    found = []
    for field, title in _SENSITIVE.items():
        for step in _STEPS:
            changed = replace(case, **{field: getattr(case, field) * (1 + step)})
            if not faults_of(changed):
                found.append(Sensitivity(field, title, step, evaluate(changed)))
    return tuple(found)


def least_benefit(case: EconomicCase) -> Fraction | None:
    """The yearly benefit (万元/a) with which NPV is just 0: below it the money does not come back. None where every tax
    is taken (t = 1) and no benefit suffices."""
    growth = 1 + case.discount_rate
    annuity = sum((1 / growth**year for year in range(1, case.life + 1)), _ZERO)
    flow = (case.cost - case.salvage / growth**case.life) / annuity
    depreciation = (case.cost - case.salvage) / case.written_off_in
    if flow <= depreciation:
        return flow  # no taxable profit: P = F
    if case.tax_rate == 1:
        return None
    return (flow - case.tax_rate * depreciation) / (1 - case.tax_rate)
