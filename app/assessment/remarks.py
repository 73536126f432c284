"""What a result has to say beside its figures: a code with arguments, and the one place that puts it into Chinese.

Code asks for `code`, never for words: a second language is a second renderer. To add one: a member here, its words in _WORDS.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from app.assessment.indicator_system import Level
from app.assessment.numbers import brief
from app.errors import Problem


class Code(enum.StrEnum):
    """Warnings first, then why there is no level or score."""

    OPEN_ROWS = "open-rows"
    OUTPUTS_OPEN = "outputs-open"
    VARIABLE_OPEN = "variable-open"
    CORRECTION_OPEN = "correction-open"
    BELOW_WORST = "below-worst"
    NOT_NESTED = "not-nested"
    LIMITING_UNKNOWN = "limiting-unknown"
    BEST_NOT_PRINTED = "best-not-printed"
    VALUE_WITHOUT_OUTPUT = "value-without-output"
    ONE_OF = "one-of"
    METHOD_RECALLED = "method-recalled"
    INCOMPLETE_COPY = "incomplete-copy"
    EMPTY_CATEGORY = "empty-category"
    ZERO_WEIGHT = "zero-weight"
    POINTS_SPREAD = "points-spread"
    POINTS_NOT_COUNTED = "points-not-counted"
    PART_SPREAD = "part-spread"
    OWN_TABLE_WEIGHTS = "own-table-weights"
    TABLES_LEFT_OUT = "tables-left-out"
    EMPTY_TABLE = "empty-table"
    TABLE_WEIGHTS_UNUSED = "table-weights-unused"
    NO_RATIO = "no-ratio"
    NO_LEADING_RATIO = "no-leading-ratio"
    UNMET_WITHOUT_RATIO = "unmet-without-ratio"
    INDEX_RECALLED = "index-recalled"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    CONTRADICTED = "contradicted"
    NEGATIVE = "negative"
    OVER_WHOLE = "over-whole"
    LIKE_FRACTION = "like-fraction"
    FAR_OFF = "far-off"
    INPUT_BEYOND = "input-beyond"
    LIKE_PERCENT = "like-percent"

    NOTHING_APPLIES = "nothing-applies"
    TABLE_WEIGHTS_UNKNOWN = "table-weights-unknown"
    CATEGORY_WEIGHTS_UNKNOWN = "category-weights-unknown"
    ROW_WEIGHTS_UNKNOWN = "row-weights-unknown"
    THRESHOLDS_UNKNOWN = "thresholds-unknown"
    LEVEL_NOT_PRINTED = "level-not-printed"
    VALUE_UNKNOWN = "value-unknown"
    SHARES_UNKNOWN = "shares-unknown"
    STEPS_UNKNOWN = "steps-unknown"
    CLASS_UNKNOWN = "class-unknown"
    WEIGHT_UNKNOWN = "weight-unknown"
    ELEMENT_SILENT = "element-silent"
    EACH_PRODUCT_BY_ITSELF = "each-product-by-itself"
    NO_RULE = "no-rule"
    NEVER_A_LEVEL = "never-a-level"
    COMPARISON_ONLY = "comparison-only"


WAITING = frozenset(
    (Code.OPEN_ROWS, Code.OUTPUTS_OPEN, Code.VARIABLE_OPEN, Code.CORRECTION_OPEN, Code.UNREADABLE)
)
"""What is over as soon as somebody fills it in."""


@dataclass(frozen=True)
class Remark:
    """indicators: ids of the rows it is about. arguments: what its words need, by name; names and meanings are the
    document's own."""

    code: Code
    arguments: Mapping[str, Any] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """In Chinese."""
        return _WORDS[self.code](self.arguments)


def remark(code: Code, indicators: Sequence[str] = (), **arguments: object) -> Remark:
    """A remark with its arguments by name."""
    return Remark(code, arguments, tuple(indicators))


def listed(names: Sequence[str], most: int = 3) -> str:
    """「甲」「乙」, with the rest as a count."""
    text = "".join(f"「{name}」" for name in names[:most])
    return text if len(names) <= most else f"{text}等 {len(names)} 项"


def _levels(levels: Sequence[Level]) -> str:
    return "、".join(f"{level.symbol}级" for level in levels)


def _number(value: Fraction | None) -> str:
    return "" if value is None else f" {brief(value)}"


def _refused(problem: Problem) -> str:
    return f"{problem.where}：{problem.what}，没有算进去，当作没填。{problem.remedy}"


_NOT_WRITTEN = "文件没有写这种情况，报告里要说明"

_WORDS: Mapping[Code, Callable[[Mapping[str, Any]], str]] = {
    Code.OPEN_ROWS: lambda a: (
        f"{a['count']} 项没填：{'不影响等级' if a['decided'] else '只给范围，不给等级'}"
    ),
    Code.CONTRADICTED: lambda a: f"「{a['name']}」{a['doubt'].text}。改成一致前这一项按没定算",
    Code.OUTPUTS_OPEN: lambda a: f"{listed(a['names'])}的产量没填，权重还分不出来",
    Code.VARIABLE_OPEN: lambda a: f"「{a['meaning']}」没填，有的基准值还算不出来",
    Code.CORRECTION_OPEN: lambda a: (
        f"「{a['meaning']}」没填，基准值还算不出来；不用修正的填 {brief(a['neutral'])}"
    ),
    Code.BELOW_WORST: lambda a: (
        f"按文件条文仍是{a['level'].symbol}级，但{listed(a['names'])}低于Ⅲ级"
    ),
    Code.NOT_NESTED: lambda a: (
        f"{listed(a['names'])}的官方基准值前后不顺：达到了较好一级，却不满足较差一级的数，按达到算"
    ),
    Code.LIMITING_UNKNOWN: lambda a: (
        f"来源没有写明{listed(a['names'])}是不是限定性指标，等级按两种可能给"
    ),
    Code.BEST_NOT_PRINTED: lambda a: (
        f"文件没有给{listed(a['names'])}的{_levels(a['levels'])}要求，按没达到这一级算"
    ),
    Code.VALUE_WITHOUT_OUTPUT: lambda a: f"「{a['name']}」填了数，产量却是 0，没有参评。核对产量",
    Code.ONE_OF: lambda a: f"{listed(a['names'])}只能有一项适用，别的标「不适用」",
    Code.METHOD_RECALLED: lambda a: "判级方法凭记忆，没有见到原文，用前要核对",
    Code.INCOMPLETE_COPY: lambda a: (
        "这份体系没有收录全：案卷按它只作对照、不评级，这里的数只供核算"
    ),
    Code.EMPTY_CATEGORY: lambda a: (
        f"「{a['name']}」整类不适用，它的权重{_number(a['weight'])} 按比例分给了其他类。{_NOT_WRITTEN}"
    ),
    Code.ZERO_WEIGHT: lambda a: (
        f"「{a['name']}」里适用的指标权重都是 0，这一类的权重{_number(a['weight'])} "
        f"按比例分给了其他类。{_NOT_WRITTEN}"
    ),
    Code.POINTS_SPREAD: lambda a: (
        f"「{a['name']}」整类不适用，它的{_number(a['points'])} 分按比例分给了其他类。{_NOT_WRITTEN}"
    ),
    Code.POINTS_NOT_COUNTED: lambda a: (
        f"「{a['name']}」整类不适用，它的{_number(a['points'])} 分没有算进去，总分因此偏低"
    ),
    Code.PART_SPREAD: lambda a: f"{a['part']}整个不适用，P 全部按另一部分算。{_NOT_WRITTEN}",
    Code.OWN_TABLE_WEIGHTS: lambda a: "各表怎么合并文件没有收录，用的是自己填的权重，报告里要说明",
    Code.TABLES_LEFT_OUT: lambda a: f"没有选的表的权重按比例分给了选的表。{_NOT_WRITTEN}",
    Code.EMPTY_TABLE: lambda a: f"「{a['title']}」整张表不适用，没有参加合并",
    Code.TABLE_WEIGHTS_UNUSED: lambda a: f"自己填的各表权重没有用上：{a['why']}",
    Code.NO_RATIO: lambda a: f"「{a['name']}」的值算不出与基准值的比",
    Code.NO_LEADING_RATIO: lambda a: (
        f"{listed(a['names'])}的值算不出与引领值的比，{a['index']} 只有下限"
    ),
    Code.UNMET_WITHOUT_RATIO: lambda a: (
        f"{listed(a['names'])}没达到，折成多少比值文件没有收录，{a['index']} 按 0 到 1 两头算"
    ),
    Code.INDEX_RECALLED: lambda a: f"{a['index']} 的算法凭记忆，没有见到原文，用前要核对",
    Code.REFUSED: lambda a: _refused(a["refusal"].problem),
    Code.UNREADABLE: lambda a: (
        f"{a['name']}：填的「{a['typed']}」看不懂，没有算进去，当作没填。重填"
    ),
    Code.NEGATIVE: lambda a: f"「{a['name']}」是负数{_number(a['value'])}，核对是不是填错了",
    Code.INPUT_BEYOND: lambda a: (
        f"「{a['name']}」只能在{_number(a['least'])} 到{_number(a['most'])} 之间，填的是{_number(a['value'])}，"
        "核对是不是填错了"
    ),
    Code.OVER_WHOLE: lambda a: (
        f"「{a['name']}」是{_number(a['value'])}{a['unit']}，比全部还多，核对是不是填错了"
    ),
    Code.LIKE_FRACTION: lambda a: (
        f"「{a['name']}」的单位是 {a['unit']}，填的是{_number(a['value'])}，核对是不是写成了小数"
    ),
    Code.FAR_OFF: lambda a: (
        f"「{a['name']}」填的是{_number(a['value'])} {a['unit']}，和文件的要求差了几百倍，核对单位和小数点"
    ),
    Code.LIKE_PERCENT: lambda a: (
        f"「{a['name']}」要的是小数，填的是{_number(a['value'])}，核对是不是写成了百分数"
    ),
    Code.NOTHING_APPLIES: lambda a: "没有一项适用，算不出综合指数",
    Code.TABLE_WEIGHTS_UNKNOWN: lambda a: "各表合并的权重没有收录全",
    Code.CATEGORY_WEIGHTS_UNKNOWN: lambda a: "一级权重没有收录全",
    Code.ROW_WEIGHTS_UNKNOWN: lambda a: f"{listed(a['names'])}的二级权重没有收录全",
    Code.THRESHOLDS_UNKNOWN: lambda a: f"{listed(a['names'])}的基准值没有收录全",
    Code.LEVEL_NOT_PRINTED: lambda a: (
        f"文件没有给{listed(a['names'])}的{_levels(a['levels'])}要求，现在的情况判不了这一级"
    ),
    Code.VALUE_UNKNOWN: lambda a: f"「{a['name']}」的{a['what']}没有收录",
    Code.SHARES_UNKNOWN: lambda a: "定量、定性两部分怎么合成没有收录",
    Code.STEPS_UNKNOWN: lambda a: f"{a['item_class']}每条给多少分没有收录",
    Code.CLASS_UNKNOWN: lambda a: f"「{a['name']}」是哪一类条文没有收录",
    Code.WEIGHT_UNKNOWN: lambda a: f"「{a['name']}」的权重没有收录",
    Code.ELEMENT_SILENT: lambda a: f"「{a['name']}」整个要素不发生，文件没有写怎么计分",
    Code.EACH_PRODUCT_BY_ITSELF: lambda a: "能耗限额逐个产品比，不合成总等级",
    Code.NO_RULE: lambda a: "文件没有写总等级怎么判，只列每项指标达到哪一级",
    Code.NEVER_A_LEVEL: lambda a: "参考表不给清洁生产水平，只作自评参考",
    Code.COMPARISON_ONLY: lambda a: "这份体系没有收录全，只作对照：逐项比基准值，不算指数，不评级",
}
