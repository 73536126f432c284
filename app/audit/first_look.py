"""A first look from the limiting indicators alone: the best level that is still possible. Thresholds and rules are the
system's; nothing here scores.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.engine import assess_allowed
from app.assessment.finding import Finding, Measured, Missing, Reached
from app.assessment.indicator_system import (
    DocumentKind,
    Indicator,
    IndicatorKind,
    IndicatorSystem,
    Level,
    Requirement,
    Verification,
    weakest,
)
from app.assessment.numbers import display
from app.assessment.units import UNITS
from app.audit.findings import LEVEL_CODES
from app.audit.wording import finding_text, threshold_text
from app.forms.answer import Answer, AnswerBook, Given, indicator_key
from app.forms.front_rules import RoughRule
from app.forms.parse import is_unread
from app.forms.quantity import DerivationMap
from app.forms.question import Option, Question, QuestionKind

MOST = 8
_ESTIMATES = "front.look"  # front.look/<table>/<indicator>


@dataclass(frozen=True)
class LookRow:
    """One limiting indicator. question: asks for it under the key it keeps. is_estimate: the audit works it out from
    bills, so that the answer serves this look only; other answers are those of the audit."""

    indicator: Indicator
    question: Question
    is_estimate: bool


@dataclass(frozen=True)
class Looked:
    """An answered limiting indicator. reached: the best level it meets by itself, None while its threshold is open."""

    indicator: Indicator
    value: str
    reached: Level | None


@dataclass(frozen=True)
class FirstLook:
    """best: by the answered limiting indicators; None while none is answered. verification: the weakest threshold used."""

    best: Level | None
    answered: tuple[Looked, ...]
    total: int
    verification: Verification | None


def look_rows(
    system: IndicatorSystem, table_id: str, derivations: DerivationMap | None
) -> tuple[LookRow, ...]:
    """The limiting indicators of a table; empty when its document has none or gives levels without them."""
    if not _uses_limits(system):
        return ()
    rows = []
    for indicator in system.table(table_id).indicators():
        if not indicator.limiting:
            continue
        home = system.home(table_id, indicator.id)
        is_derived = derivations is not None and bool(derivations.quantity_of(home, indicator.id))
        key = indicator_key(home, indicator.id)
        if is_derived:
            key = f"{_ESTIMATES}/{home}/{indicator.id}"
        rows.append(LookRow(indicator, _question(indicator, key), is_derived))
    return tuple(rows)


def first_look(
    book: AnswerBook,
    system: IndicatorSystem,
    table_id: str,
    rows: Sequence[LookRow],
    rough: Sequence[RoughRule] = (),
) -> FirstLook:
    """rows: of `look_rows`. rough: two front-door figures may stand for an indicator that was not answered."""
    findings: dict[str, Finding] = {}
    for row in rows:
        finding = _finding(row.indicator, book.get(row.question.id))
        if isinstance(finding, Missing):
            finding = _rough(book, system.id, table_id, row.indicator, rough)
        if not isinstance(finding, Missing):
            findings[row.indicator.id] = finding
    if not findings:
        return FirstLook(None, (), len(rows), None)
    assessment = assess_allowed(system, table_id, findings)
    rules = sorted(system.method.levels, key=lambda rule: rule.level)
    best = next(
        (
            rule.level
            for rule in rules
            if rule.limiting_level is None or not assessment.limiting_failed[rule.limiting_level]
        ),
        Level.NONE,
    )
    answered = [row.indicator for row in rows if row.indicator.id in findings]
    return FirstLook(
        best,
        tuple(
            Looked(
                indicator,
                _value_text(indicator, findings[indicator.id]),
                assessment.judgement(indicator.id).reached,
            )
            for indicator in answered
        ),
        len(rows),
        weakest([_threshold_state(indicator) for indicator in answered]),
    )


def _threshold_state(indicator: Indicator) -> Verification:
    """The weakest state among its thresholds; its weight does not come in here."""
    states = [indicator.provenance_of(level).verification for level in indicator.benchmarks]
    return weakest(states) or indicator.provenance.verification


def without_other_tables(book: AnswerBook, tables: Collection[str]) -> AnswerBook:
    """The answers without what was said of limiting indicators of tables that were not chosen in the end."""
    kept = {
        key: answer
        for key, answer in book.answers.items()
        if not key.startswith(("indicator/", f"{_ESTIMATES}/")) or key.rsplit("/", 2)[1] in tables
    }
    return AnswerBook(kept, book.rows)


def _uses_limits(system: IndicatorSystem) -> bool:
    """Whether its limiting indicators bound a cleaner-production level: a quota's grades are something else."""
    gives_levels = system.kind in (DocumentKind.INDICATOR_SYSTEM, DocumentKind.CP_STANDARD)
    return gives_levels and any(rule.limiting_level is not None for rule in system.method.levels)


def _question(indicator: Indicator, key: str) -> Question:
    if indicator.kind is IndicatorKind.QUANTITATIVE:
        unit = UNITS[indicator.unit].symbol if indicator.unit else ""
        return Question(
            key,
            indicator.name,
            QuestionKind.NUMBER,
            short=indicator.name,
            unit=unit,
            required=False,
        )
    best = min(indicator.benchmarks, default=Level.I)
    options: list[Option] = []
    for level in sorted(indicator.benchmarks):
        text = threshold_text(indicator, level)
        if indicator.binary:
            # One requirement for every level: it is met or not.
            if level is best:
                options.append(Option(level.code, f"做到了：{text}"))
        else:
            options.append(Option(level.code, f"{level.symbol} 级：{text}"))
    options.append(Option(Level.NONE.code, "没做到" if indicator.binary else "都没到"))
    return Question(
        key,
        indicator.name,
        QuestionKind.CHOICE,
        short=indicator.name,
        options=tuple(options),
        required=False,
    )


def _finding(indicator: Indicator, answer: Answer) -> Finding:
    if not isinstance(answer, Given) or not answer.text or is_unread(answer):
        return Missing()
    if indicator.kind is IndicatorKind.QUALITATIVE:
        level = LEVEL_CODES.get(answer.text)
        return Missing() if level is None else Reached(level)
    return Measured(Fraction(answer.text))


def _rough(
    book: AnswerBook,
    system_id: str,
    table_id: str,
    indicator: Indicator,
    rules: Sequence[RoughRule],
) -> Finding:
    """The indicator from two rough figures, where a rule says how."""
    for rule in rules:
        if (rule.system, rule.table, rule.indicator) != (system_id, table_id, indicator.id):
            continue
        above, below = (
            _finding(indicator, book.get(key)) for key in (rule.numerator, rule.denominator)
        )
        if isinstance(above, Measured) and isinstance(below, Measured) and below.value:
            return Measured(rule.factor * above.value / below.value)
    return Missing()


def _value_text(indicator: Indicator, finding: Finding) -> str:
    if isinstance(finding, Measured):
        unit = UNITS[indicator.unit].symbol if indicator.unit else ""
        whole = finding.value.denominator == 1 or finding.value >= 100
        return f"{display(finding.value, 0 if whole else 2)} {unit}".strip()
    if isinstance(finding, Reached) and finding.level is not Level.NONE:
        benchmark = indicator.benchmarks.get(finding.level)
        if isinstance(benchmark, Requirement):
            return benchmark.text
    return finding_text(finding)
