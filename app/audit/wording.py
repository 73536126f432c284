"""How thresholds, findings and gaps are said, once for screens and papers. Short Chinese, exact figures, no judging."""

import re
from fractions import Fraction

from app.assessment.doubt import Doubt
from app.assessment.finding import Finding, Measured, Missing, NotApplicable, Reached
from app.assessment.indicator_system import (
    Direction,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    Linear,
    Requirement,
    Span,
)
from app.assessment.inputs import NO_INPUTS, FirmInputs
from app.assessment.membership import threshold
from app.assessment.numbers import brief, display
from app.assessment.outcome import Outcome
from app.assessment.result import Judgement

NOT_COLLECTED = "未收录"
_SCORES = {"points": "总分", "batch": "这一批的得分", "W": "单位工程得分 W"}


def level_name(level: Level | None) -> str:
    """「Ⅱ级」, 「未达Ⅲ级」, 「未定」."""
    if level is None:
        return "未定"
    return f"{level.symbol}级"


def score_name(name: str) -> str:
    """「总分」; what a document calls by a letter of its own keeps it."""
    return _SCORES.get(name, name)


def counts_text(outcome: Outcome) -> str:
    """「达到 11 项，没达到 6 项，还没定 0 项」."""
    part = f"，得部分分 {outcome.partly} 项" if outcome.partly else ""
    return f"达到 {outcome.met} 项，没达到 {outcome.missed} 项{part}，还没定 {outcome.open} 项"


def sign(indicator: Indicator) -> str:
    """≤ ≥ < > as the table prints it; "" for ranges."""
    match indicator.direction:
        case Direction.LOWER:
            return "<" if indicator.strict else "≤"
        case Direction.HIGHER:
            return ">" if indicator.strict else "≥"
        case _:
            return ""


def threshold_text(indicator: Indicator, level: Level, inputs: FirmInputs = NO_INPUTS) -> str:
    """「≤ 24」, 「10～20」, 「10＋5n」 while n is unknown, the requirement's words; 「—」 where the document has none,
    「未收录」 where our source has a gap."""
    if level not in indicator.benchmarks:
        if not indicator.binary or not indicator.benchmarks:
            return "—"
        level = next(iter(indicator.benchmarks))  # one requirement for all levels
    benchmark = indicator.benchmarks.get(level)
    if benchmark is None:
        return NOT_COLLECTED
    if isinstance(benchmark, Requirement):
        return benchmark.text
    if isinstance(benchmark, Span):
        return f"{brief(benchmark.low)}～{brief(benchmark.high)}"
    value = threshold(indicator, level, inputs)
    if isinstance(value, Fraction):
        return f"{sign(indicator)} {brief(value)}".strip()
    if isinstance(benchmark, Linear):
        joined = "−" if benchmark.slope < 0 else "＋"
        slope = f"{brief(abs(benchmark.slope))}{benchmark.variable}"
        return f"{sign(indicator)} {brief(benchmark.base)}{joined}{slope}"
    return f"{sign(indicator)} {brief(benchmark.value)} 待修正"


def finding_text(finding: Finding, places: int = 2) -> str:
    """The firm's value or statement; 「未填」; 「不适用：原因」."""
    match finding:
        case Missing(Doubt() as doubt):
            return doubt.text
        case Missing():
            return "未填"
        case NotApplicable(reason):
            return f"不适用：{reason}"
        case Measured(value):
            return display(value, places)
        case Reached(level, statement):
            return statement or (
                "各级要求都没达到" if level is Level.NONE else f"达到{level.symbol}级要求"
            )


def gap_text(
    indicator: Indicator, judgement: Judgement, level: Level, inputs: FirmInputs = NO_INPUTS
) -> str:
    """What is missing to `level`: a number for quantities, the requirement for the rest, "" when it is met."""
    if isinstance(judgement.finding, Missing) and judgement.state == "missing":
        return "填了才定级" if judgement.finding.doubt is None else "一致了才定级"
    if judgement.state == "not_applicable" or judgement.meets[level]:
        return ""
    value = threshold(indicator, level, inputs)
    finding = judgement.finding
    if isinstance(finding, Measured) and isinstance(value, Fraction):
        return f"还差 {display(abs(finding.value - value), judgement.places)}"
    if judgement.meets[level] is None:
        return "不能判定"
    if indicator.kind is IndicatorKind.QUALITATIVE:
        return threshold_text(indicator, level, inputs)
    return f"要 {threshold_text(indicator, level, inputs)}"


def weight_text(value: Fraction | None) -> str:
    """A weight as the document writes it: 「0.15」; 「未收录」 when unknown."""
    return NOT_COLLECTED if value is None else brief(value) if value else "—"


def short_title(system: IndicatorSystem) -> str:
    """「电镀 2015」 of 「电镀行业清洁生产评价指标体系」, issued 2015."""
    words = system.title.replace("清洁生产评价指标体系", "").replace("行业", "").strip("《》 ")
    return f"{words or system.title} {system.issued[:4]}".strip()


def short_table(title: str) -> str:
    """「表 1 综合电镀」 of 「表1 综合电镀清洁生产评价指标项目、权重及基准值」."""
    words = re.split("清洁生产评价|清洁生产指标|评价指标", title, maxsplit=1)[0].strip() or title
    return re.sub(r"^表\s*(\d+)\s*", r"表 \1 ", words)
