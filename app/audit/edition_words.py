"""What another edition does to an audit, in words: once for the screen and for the exported table."""

from app.assessment.editions import Pair
from app.assessment.indicator_system import DocumentKind, Level
from app.assessment.numbers import display
from app.assessment.result import Assessment, Judgement
from app.audit.wording import level_name


def verdict(pair: Pair) -> tuple[str, str]:
    """In a word what the other edition does to this indicator, and its tone: "", ok, warn or error."""
    if not pair.old_id:
        return "新增", "warn"
    if not pair.new_id:
        return "取消", ""
    if pair.ask_again:
        return pair.ask_again, "warn"
    before, after = pair.reached
    if before is not None and after is not None and before != after:
        return ("降级", "error") if after > before else ("升级", "ok")
    if pair.thresholds:
        return "阈值变了", "warn"
    if pair.limiting[0] != pair.limiting[1]:
        return "限定性变了", "warn"
    if pair.shares[0] != pair.shares[1]:
        return "分数变了", ""
    return "没变", ""


def index_text(assessment: Assessment) -> str:
    """「YⅠ 61.20　YⅡ 78.00～85.10」, "" where the document has no index."""
    parts = []
    for level, interval in assessment.index_range.items():
        ends = dict.fromkeys((display(interval.low, 2), display(interval.high, 2)))
        parts.append(f"Y{level.symbol} {'～'.join(ends)}")
    return "　".join(parts)


def level_text(assessment: Assessment) -> str:
    """「Ⅱ级」, 「未定（Ⅱ级到未达Ⅲ级）」 while answers are missing, 「不给等级」 where the document gives none."""
    if assessment.level is not None:
        return assessment.level_name or level_name(assessment.level)
    if assessment.level_range is None:
        return "不给等级"
    best, worst = assessment.level_range
    return f"未定（{level_name(best)}到{level_name(worst)}）"


def judged_text(kind: DocumentKind, judgement: Judgement) -> str:
    """「Ⅱ级」, 「2 级」 of a quota, 「达到」 in a reference table; 「未填」, 「不适用」, 「不能判定」."""
    match judgement.state:
        case "missing":
            doubt = getattr(judgement.finding, "doubt", None)
            return "未填" if doubt is None else f"未定（{doubt.text}）"
        case "not_applicable":
            return "不适用"
        case "unjudgeable":
            return "不能判定"
        case _:
            level = judgement.reached
    if kind is DocumentKind.REFERENCE_TABLE:
        return "没达到" if level is Level.NONE else "达到"
    if kind is DocumentKind.ENERGY_QUOTA and level is not None:
        return "超 3 级" if level is Level.NONE else f"{level.value} 级"
    return level_name(level)
