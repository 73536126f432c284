"""Points by class of item (green construction): control items veto, general items are graded, preferred items add.

F of an element = 100 × Σ got / Σ due + Σ preferred; a round of assessment = Σ F × weight of the element; the whole
work W = Σ score of a phase × weight of the phase. What does not occur is in neither sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.finding import Measured, Reached
from app.assessment.indicator_system import (
    Category,
    Family,
    GradeRule,
    Indicator,
    IndicatorKind,
    Level,
    Method,
    Table,
)
from app.assessment.inputs import FirmInputs
from app.assessment.numbers import brief, parse_exact, total
from app.assessment.outcome import CONTROL, Condition, ConditionCode, Seen, SeenCode, between
from app.assessment.points import awards_points
from app.assessment.remarks import Code, Remark, remark
from app.assessment.result import ScoreRange
from app.assessment.rows import Row

GENERAL, PREFERRED = "一般项", "优选项"
_GRADED = (GENERAL, PREFERRED)
_ZERO = Fraction(0)
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Graded:
    """low, high: what the item brings; most: what it can bring at best."""

    row: Row
    low: Fraction
    high: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True)
class Element:
    """score None: nothing of it occurs, and the document does not say what then."""

    category: Category
    items: tuple[Graded, ...]
    score: ScoreRange | None


@dataclass(frozen=True, slots=True)
class ClassPoints:
    elements: tuple[Element, ...]
    scores: dict[str, ScoreRange]
    unknown: tuple[Remark, ...]


def amounts(method: Method, item_class: str) -> tuple[Fraction, ...]:
    """What one item of the class may be given: the document's 「每条 0/1/2(…)」. Empty when it does not say."""
    text = method.item_points.get(item_class, "").removeprefix("每条").strip()
    head = text.replace("（", "(").split("(", 1)[0].strip()
    try:
        return tuple(parse_exact(part) for part in head.split("/"))
    except ValueError:
        return ()


@dataclass(frozen=True, slots=True)
class Award:
    """What the auditor may give a row: any number from 0 to `most`, only `steps` where the document lists them."""

    most: Fraction
    steps: tuple[Fraction, ...] = ()

    def allows(self, value: Fraction) -> bool:
        return value in self.steps if self.steps else 0 <= value <= self.most

    @property
    def words(self) -> str:
        if self.steps:
            return "、".join(brief(step) for step in self.steps) + " 之一"
        return f"0 到 {brief(self.most)}"


def awarded(method: Method, indicator: Indicator) -> Award | None:
    """None where points are not the auditor's to give: rows with a threshold, control items, points not collected."""
    if method.family is not Family.POINTS:
        return None
    if not method.item_points:
        most = indicator.points
        return None if most is None or not awards_points(indicator) else Award(most)
    if indicator.kind is not IndicatorKind.QUALITATIVE:
        return None
    steps = amounts(method, indicator.item_class) if indicator.item_class in _GRADED else ()
    return Award(max(steps), steps) if steps else None


def met_by_points(method: Method, row: Row) -> bool | None:
    """A row that was given all its points is met, one that was given none is missed, as if somebody had said so in words."""
    award = awarded(method, row.indicator)
    if award is None or not isinstance(row.finding, Measured):
        return row.meets_what_is_asked
    return {award.most: True, _ZERO: False}.get(row.finding.value)


def sum_classes(
    method: Method, table: Table, rows: Sequence[Row], inputs: FirmInputs
) -> ClassPoints:
    """scores: `batch`, and `W` where the document weighs phases."""
    scale = {name: amounts(method, name) for name in (GENERAL, PREFERRED)}
    unknown = [
        remark(Code.STEPS_UNKNOWN, item_class=name) for name, steps in scale.items() if not steps
    ]
    unknown.extend(
        remark(Code.WEIGHT_UNKNOWN, name=category.name)
        for category in table.categories
        if category.weight is None
    )
    unknown.extend(
        remark(Code.CLASS_UNKNOWN, [row.indicator.id], name=row.indicator.name)
        for row in rows
        if row.applies and row.indicator.item_class not in (*scale, CONTROL)
    )
    if unknown:
        return ClassPoints((), {}, tuple(unknown))
    elements = tuple(
        _element(category, [row for row in rows if row.category is category], scale)
        for category in table.categories
    )
    scores = {}
    silent = [element.category.name for element in elements if element.score is None]
    if not silent:
        scores["batch"] = ScoreRange(
            total((e.category.weight or _ZERO) * e.score.low for e in elements if e.score),
            total(
                (e.category.weight or _ZERO) * (e.score.high or _ZERO) for e in elements if e.score
            ),
        )
    if method.phase_weights:
        scores["W"] = _whole(method, elements, inputs)
    return ClassPoints(
        elements,
        scores,
        tuple(remark(Code.ELEMENT_SILENT, name=name) for name in silent),
    )


def _element(
    category: Category, rows: Sequence[Row], scale: dict[str, tuple[Fraction, ...]]
) -> Element:
    items = tuple(
        _graded(row, max(scale[row.indicator.item_class]))
        for row in rows
        if row.applies and row.indicator.item_class in scale
    )
    general = [item for item in items if item.row.indicator.item_class == GENERAL]
    due = total(item.most for item in general)
    if not due:
        return Element(category, items, None)
    preferred = [item for item in items if item.row.indicator.item_class == PREFERRED]
    low = _HUNDRED * total(i.low for i in general) / due + total(i.low for i in preferred)
    high = _HUNDRED * total(i.high for i in general) / due + total(i.high for i in preferred)
    return Element(category, items, ScoreRange(low, high))


def _graded(row: Row, most: Fraction) -> Graded:
    match row.finding:
        case Reached(level):
            got = _ZERO if level is Level.NONE else most
            return Graded(row, got, got, most)
        case Measured(value) if row.indicator.kind is IndicatorKind.QUALITATIVE:
            return Graded(row, value, value, most)
        case _:
            met = row.meets_what_is_asked
            return Graded(row, most if met else _ZERO, _ZERO if met is False else most, most)


def _whole(method: Method, elements: Sequence[Element], inputs: FirmInputs) -> ScoreRange:
    """A phase still to come scores between nothing and everything with all preferred items."""
    most = total(
        (element.category.weight or _ZERO)
        * (
            _HUNDRED
            + total(
                item.most for item in element.items if item.row.indicator.item_class == PREFERRED
            )
        )
        for element in elements
    )
    lows, highs = [], []
    for phase, weight in method.phase_weights.items():
        score = inputs.variables.get(phase)
        lows.append(weight * (_ZERO if score is None else score))
        highs.append(weight * (most if score is None else score))
    return ScoreRange(total(lows), total(highs))


# ------------------------------------------------------------------------------------------------ grades


def grade_conditions(
    method: Method, rows: Sequence[Row], result: ClassPoints, inputs: FirmInputs
) -> tuple[Condition, ...]:
    """What the document's grades say: each held, missed or open, with the figures it rests on. Elements whose preferred
    items our copy does not have leave open what is asked of them."""
    conditions = []
    for rule in method.levels:
        grade = method.grades.get(rule.level)
        if grade is None:
            continue
        answers, said = _graded_by(grade, rows, result, inputs)
        holds = None
        if False in answers:
            holds = False
        elif None not in answers:
            holds = True
        arguments = {"name": rule.name, "rule": rule.rule_text, "fails": grade.fails, "seen": said}
        conditions.append(
            Condition(ConditionCode.GRADE, holds, arguments, is_grade=not grade.fails)
        )
    return tuple(conditions)


def _graded_by(
    grade: GradeRule, rows: Sequence[Row], result: ClassPoints, inputs: FirmInputs
) -> tuple[list[bool | None], list[Seen]]:
    """What a grade asks, one by one, and what is there. Of the grade of failing: that none of it is so."""
    controls = [
        row.meets_what_is_asked
        for row in rows
        if row.applies and row.indicator.item_class == CONTROL
    ]
    answers = [between(controls.count(True), len(controls) - controls.count(False), len(controls))]
    said = [Seen.of(SeenCode.CONTROLS, met=controls.count(True), of=len(controls))]
    whole = result.scores.get("W")
    if grade.least is not None or grade.below is not None:
        said.append(Seen.of(SeenCode.SCORE, score=whole))
    if grade.least is not None:
        answers.append(_at_least(whole, grade.least))
    if grade.below is not None:
        reaches = _at_least(whole, grade.below)
        answers.append(None if reaches is None else not reaches)
    if grade.phase_least is not None:
        score = inputs.variables.get(grade.phase)
        answers.append(None if score is None else score >= grade.phase_least)
        said.append(Seen.of(SeenCode.PHASE, name=grade.phase, score=score))
    if grade.preferred_each is not None or grade.preferred_sum is not None:
        _preferred(grade, rows, result, answers, said)
    return answers, said


def _preferred(
    grade: GradeRule,
    rows: Sequence[Row],
    result: ClassPoints,
    answers: list[bool | None],
    said: list[Seen],
) -> None:
    listed = {row.category.id for row in rows if row.indicator.item_class == PREFERRED}
    low, high, unlisted = _ZERO, _ZERO, []
    for element in result.elements:
        items = [item for item in element.items if item.row.indicator.item_class == PREFERRED]
        low += total(item.low for item in items)
        high += total(item.high for item in items)
        name = element.category.name
        if element.category.id not in listed:
            unlisted.append(name)
            continue
        sure = sum(item.low > 0 for item in items)
        hoped = sum(item.high > 0 for item in items)
        said.append(Seen.of(SeenCode.PREFERRED, element=name, sure=sure, hoped=hoped))
        if grade.preferred_each is not None:
            answers.append(between(sure, hoped, grade.preferred_each))
    if not result.elements or unlisted:
        answers.append(None if grade.preferred_sum is None or low < grade.preferred_sum else True)
        if grade.preferred_each is not None:
            answers.append(None)
        if unlisted:
            said.append(Seen.of(SeenCode.UNLISTED, elements=tuple(unlisted)))
    elif grade.preferred_sum is not None:
        answers.append(between(low, high, grade.preferred_sum))
    said.append(
        Seen.of(SeenCode.PREFERRED_SUM, score=ScoreRange(low, high), is_least=bool(unlisted))
    )


def _at_least(score: ScoreRange | None, least: Fraction) -> bool | None:
    if score is None or score.low >= least:
        return None if score is None else True
    return False if score.high is not None and score.high < least else None
