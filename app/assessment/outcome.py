"""What a reference table says of the whole: its own conditions, each held, missed or still open. Never a level.

These tables ask for one thing an item; where several grades are printed, for the lowest. Every condition asks for enough items to be met, so what is open decides between all of it met and none of it met.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Method
from app.assessment.rows import Row

HEADING = "自评参考"
CONTROL = "控制项"


@dataclass(frozen=True)
class Condition:
    """One demand of the document. holds: None while open, or where only a person can say. is_grade: one of several
    grades, of which a firm gets one at most; missing it is no fault."""

    text: str
    holds: bool | None
    is_grade: bool = False


@dataclass(frozen=True)
class Outcome:
    """passed: False once a condition is missed, True when the document prints conditions and all hold, one of the
    grades among them, else None.
    recalled: the rule was never seen in print. met, missed, open: items."""

    passed: bool | None
    conditions: tuple[Condition, ...]
    met: int
    missed: int
    open: int
    recalled: bool


def outcome_of(method: Method, rows: Sequence[Row], graded: Sequence[Condition] = ()) -> Outcome:
    """Of a checklist, or of a table whose control items veto. graded: what the points add to it."""
    present = [row for row in rows if row.applies]
    conditions = []
    must = [row for row in present if row.indicator.mandatory]
    if must:
        conditions.append(_all_met("必选项全部达标", must))
    controls = [row for row in present if row.indicator.item_class == CONTROL]
    if controls:
        conditions.append(_all_met("控制项全部符合（一票否决）", controls))
    for group in method.pick_groups:
        members = [row for row in rows if row.indicator.pick_group == group.id]
        if members:
            conditions.append(_picked(group.title or group.id, group.pick, members))
    met = [row.meets_what_is_asked for row in present]
    if method.least_met is not None:
        sure, hoped = met.count(True), len(met) - met.count(False)
        conditions.append(
            Condition(
                f"合计至少 {method.least_met} 项达标：已达标 {sure} 项，最多 {hoped} 项",
                between(sure, hoped, method.least_met),
            )
        )
    conditions.extend(
        Condition(f"{rule.name}：{rule.rule_text}", None)
        for rule in method.levels
        if rule.rule_text and rule.level not in method.grades
    )
    conditions.extend(graded)
    answers = [condition.holds for condition in conditions if not condition.is_grade]
    grades = [condition.holds for condition in conditions if condition.is_grade]
    passed = None
    if False in answers:
        passed = False
    elif conditions and None not in answers and (not grades or True in grades):
        passed = True
    return Outcome(
        passed,
        tuple(conditions),
        met.count(True),
        met.count(False),
        met.count(None),
        bool({"rule", "levels.rule"} & set(method.recalled_parts)),
    )


def between(sure: Fraction | int, hoped: Fraction | int, asked: Fraction | int) -> bool | None:
    """Whether at least `asked` is there, of which `sure` is certain and `hoped` the most that can be."""
    if sure >= asked:
        return True
    return False if hoped < asked else None


def _all_met(text: str, rows: Sequence[Row]) -> Condition:
    answers = [row.meets_what_is_asked for row in rows]
    missed = [
        row.indicator.name for row, answer in zip(rows, answers, strict=True) if answer is False
    ]
    if missed:
        text += "，没达到：" + "、".join(missed)
    return Condition(text, between(answers.count(True), len(rows) - len(missed), len(rows)))


def _picked(title: str, pick: int, rows: Sequence[Row]) -> Condition:
    answers = [row.meets_what_is_asked for row in rows if row.applies]
    if len(answers) < pick:
        return Condition(f"{title} 整组不适用或适用的不够 {pick} 项，文件没有写怎么判", None)
    met, missed = answers.count(True), answers.count(False)
    holds = between(met, len(answers) - missed, pick)
    if met + missed < pick:
        holds = None  # what is open may still turn out not to apply, and too few be left
    return Condition(f"{title} 至少 {pick} 项达标", holds)
