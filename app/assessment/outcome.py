"""What a reference table says of the whole: its own conditions, each held, missed or still open. Never a level.

These tables ask for one thing an item; where several grades are printed, for the lowest. Every condition asks for enough items to be met, so what is open decides between all of it met and none of it met.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from app.assessment.finding import Measured
from app.assessment.indicator_system import IndicatorKind, Method
from app.assessment.numbers import brief
from app.assessment.rows import Row

if TYPE_CHECKING:
    from app.assessment.result import ScoreRange  # which has an Outcome itself

HEADING = "自评参考"
CONTROL = "控制项"


class ConditionCode(enum.StrEnum):
    """To add one: a member here, its words in _WORDS."""

    MANDATORY_MET = "mandatory-met"
    CONTROLS_MET = "controls-met"
    PICKED = "picked"
    TOO_FEW_APPLY = "too-few-apply"
    LEAST_MET = "least-met"
    AS_PRINTED = "as-printed"
    GRADE = "grade"


@dataclass(frozen=True)
class Condition:
    """One demand of the document. holds: None while open, or where only a person can say. arguments: what its words need,
    by name; names and rules are the document's own. is_grade: one of several grades, of which a firm gets one at most;
    missing it is no fault."""

    code: ConditionCode
    holds: bool | None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_grade: bool = False

    @property
    def text(self) -> str:
        """In Chinese."""
        return _WORDS[self.code](self.arguments)


class SeenCode(enum.StrEnum):
    """What a grade rests on."""

    CONTROLS = "controls"
    SCORE = "score"
    PHASE = "phase"
    PREFERRED = "preferred"
    UNLISTED = "unlisted"
    PREFERRED_SUM = "preferred-sum"


@dataclass(frozen=True)
class Seen:
    """One of the figures a grade rests on, as they are now."""

    code: SeenCode
    arguments: Mapping[str, Any]

    @classmethod
    def of(cls, code: SeenCode, **arguments: object) -> "Seen":
        return cls(code, arguments)

    @property
    def text(self) -> str:
        """In Chinese."""
        return _SEEN[self.code](self.arguments)


def _range(score: "ScoreRange") -> str:
    if score.high is None or score.is_point:
        return brief(score.low)
    return f"{brief(score.low)}～{brief(score.high)}"


def _count(sure: int, hoped: int) -> str:
    return str(sure) if sure == hoped else f"{sure}～{hoped}"


_SEEN: Mapping[SeenCode, Callable[[Mapping[str, Any]], str]] = {
    SeenCode.CONTROLS: lambda a: f"控制项 {a['met']}/{a['of']} 项符合",
    SeenCode.SCORE: lambda a: "W 算不出" if a["score"] is None else f"W {_range(a['score'])}",
    SeenCode.PHASE: lambda a: f"{a['name']} {'没填' if a['score'] is None else brief(a['score'])}",
    SeenCode.PREFERRED: lambda a: f"{a['element']}优选项得分 {_count(a['sure'], a['hoped'])} 项",
    SeenCode.UNLISTED: lambda a: f"{'、'.join(a['elements'])}的优选项条文没有收录",
    SeenCode.PREFERRED_SUM: lambda a: (
        f"优选项共 {_range(a['score'])} 分{'以上' if a['is_least'] else ''}"
    ),
}


def _grade(a: Mapping[str, Any]) -> str:
    name = f"不属于「{a['name']}」" if a["fails"] else a["name"]
    return f"{name}：{a['rule']}。现在：{'；'.join(one.text for one in a['seen'])}"


def _missed(names: Sequence[str]) -> str:
    return f"，没达到：{'、'.join(names)}" if names else ""


_WORDS: Mapping[ConditionCode, Callable[[Mapping[str, Any]], str]] = {
    ConditionCode.MANDATORY_MET: lambda a: f"必选项全部达标{_missed(a['missed'])}",
    ConditionCode.CONTROLS_MET: lambda a: f"控制项全部符合（一票否决）{_missed(a['missed'])}",
    ConditionCode.PICKED: lambda a: f"{a['group']} 至少 {a['pick']} 项达标",
    ConditionCode.TOO_FEW_APPLY: lambda a: (
        f"{a['group']} 整组不适用或适用的不够 {a['pick']} 项，文件没有写怎么判"
    ),
    ConditionCode.LEAST_MET: lambda a: (
        f"合计至少 {a['least']} 项达标：已达标 {a['sure']} 项，最多 {a['hoped']} 项"
    ),
    ConditionCode.AS_PRINTED: lambda a: f"{a['name']}：{a['rule']}",
    ConditionCode.GRADE: lambda a: _grade(a),
}


@dataclass(frozen=True)
class Outcome:
    """passed: False once a condition is missed, True when the document prints conditions and all hold, one of the
    grades among them, else None.
    recalled: the rule was never seen in print. met, missed, open: items. partly: items that were given a part of their
    points, neither met nor missed."""

    passed: bool | None
    conditions: tuple[Condition, ...]
    met: int
    missed: int
    open: int
    recalled: bool
    partly: int = 0


def outcome_of(
    method: Method,
    rows: Sequence[Row],
    graded: Sequence[Condition] = (),
    is_met: Callable[[Row], bool | None] = lambda row: row.meets_what_is_asked,
) -> Outcome:
    """Of a checklist, or of a table whose control items veto. graded: what the points add to it. is_met: of a row that may
    have been given points."""
    present = [row for row in rows if row.applies]
    conditions = []
    must = [row for row in present if row.indicator.mandatory]
    if must:
        conditions.append(_all_met(ConditionCode.MANDATORY_MET, must))
    controls = [row for row in present if row.indicator.item_class == CONTROL]
    if controls:
        conditions.append(_all_met(ConditionCode.CONTROLS_MET, controls))
    for group in method.pick_groups:
        members = [row for row in rows if row.indicator.pick_group == group.id]
        if members:
            conditions.append(_picked(group.title or group.id, group.pick, members))
    met = [is_met(row) for row in present]
    partly = sum(
        one is None
        and isinstance(row.finding, Measured)
        and row.indicator.kind is IndicatorKind.QUALITATIVE
        for one, row in zip(met, present, strict=True)
    )
    if method.least_met is not None:
        sure, hoped = met.count(True), len(met) - met.count(False)
        conditions.append(
            Condition(
                ConditionCode.LEAST_MET,
                between(sure, hoped, method.least_met),
                {"least": method.least_met, "sure": sure, "hoped": hoped},
            )
        )
    conditions.extend(
        Condition(ConditionCode.AS_PRINTED, None, {"name": rule.name, "rule": rule.rule_text})
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
        met.count(None) - partly,
        bool({"rule", "levels.rule"} & set(method.recalled_parts)),
        partly,
    )


def between(sure: Fraction | int, hoped: Fraction | int, asked: Fraction | int) -> bool | None:
    """Whether at least `asked` is there, of which `sure` is certain and `hoped` the most that can be."""
    if sure >= asked:
        return True
    return False if hoped < asked else None


def _all_met(code: ConditionCode, rows: Sequence[Row]) -> Condition:
    answers = [row.meets_what_is_asked for row in rows]
    missed = [
        row.indicator.name for row, answer in zip(rows, answers, strict=True) if answer is False
    ]
    holds = between(answers.count(True), len(rows) - len(missed), len(rows))
    return Condition(code, holds, {"missed": tuple(missed)})


def _picked(title: str, pick: int, rows: Sequence[Row]) -> Condition:
    answers = [row.meets_what_is_asked for row in rows if row.applies]
    arguments = {"group": title, "pick": pick}
    if len(answers) < pick:
        return Condition(ConditionCode.TOO_FEW_APPLY, None, arguments)
    met, missed = answers.count(True), answers.count(False)
    holds = between(met, len(answers) - missed, pick)
    if met + missed < pick:
        holds = None  # what is open may still turn out not to apply, and too few be left
    return Condition(ConditionCode.PICKED, holds, arguments)
