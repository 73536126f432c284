"""One thing that is wrong or odd with an audit, as a code with arguments; and how it is said in Chinese."""

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.assessment.numbers import brief
from app.forms.answer import AnswerBook, Given
from app.forms.checkup_data import RuleText
from app.forms.question_index import QuestionIndex

Value = str | int | Fraction | date
PAGE, PAPER, ELSEWHERE = "page", "paper", "elsewhere"  # rules that are not functions of app.checkup
REASONS = "checkup"  # answer keys of reasons: checkup/<rule>/<first key>


class Severity(enum.StrEnum):
    """BLOCK 必改 cannot be right: 送审稿 and 定稿 are refused. WARN 请确认 is unusual: they ask for a reason. INFO 提示."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True)
class Concern:
    """keys: the answers (or tables) it is about, the first being the place to go to. reason: what the user said to it; it
    is then INFO."""

    rule: str
    severity: Severity
    keys: tuple[str, ...]
    arguments: Mapping[str, Value]
    reason: str = ""

    @property
    def key(self) -> str:
        return self.keys[0] if self.keys else ""

    @property
    def id(self) -> str:
        """What a reason is kept under."""
        return f"{REASONS}/{self.rule}/{self.key}"


@dataclass(frozen=True)
class Said:
    """A concern in words. where: the place as the user knows it, "" for the audit as a whole."""

    title: str
    where: str
    what: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        stop = "" if self.what.endswith(("。", "？", "！")) or not self.remedy else "。"
        return f"{place}{self.what}{stop}{self.remedy}"


def say(concern: Concern, rule: RuleText, index: QuestionIndex, book: AnswerBook) -> Said:
    """The one Chinese rendering of a concern."""
    values = {name: _shown(value) for name, value in concern.arguments.items()}
    what = rule.text.format(**values)
    if concern.reason:
        what = f"{what}（已说明：{concern.reason}）"
    where = index.label_of(concern.key, book) if concern.key else ""
    if where == concern.key and "/" in where:
        where = ""  # a key of no question: the text names its place
    remedy = "" if concern.reason else rule.remedy.format(**values)
    return Said(rule.title, where, what, rule.cause, remedy)


def fingerprint(concern: Concern) -> str:
    """What a reason was given to: another value of any argument asks again."""
    parts = (f"{name}={_shown(value)}" for name, value in sorted(concern.arguments.items()))
    return "；".join(parts)


def alike(concern: Concern, others: Iterable[Concern]) -> tuple[Concern, ...]:
    """Warnings without a reason that say the same of other places: of one rule, and where a page says it, but for figures in
    the same words. What one reason may be given to; whether it fits is the user's to say."""
    return tuple(
        one
        for one in others
        if one.severity is Severity.WARN
        and one.rule == concern.rule
        and one.id != concern.id
        and _pattern(one) == _pattern(concern)
    )


def _pattern(concern: Concern) -> str:
    return re.sub(r"[\d.,，]*\d", "#", str(concern.arguments.get("what", "")))


def reason_for(concern: Concern, book: AnswerBook) -> str:
    """The reason kept in the audit, "" when there is none or the values have changed since."""
    answer = book.get(concern.id)
    if isinstance(answer, Given) and answer.note == fingerprint(concern):
        return answer.text
    return ""


def _shown(value: Value) -> str:
    if isinstance(value, Fraction):
        return brief(value)
    return value.isoformat() if isinstance(value, date) else str(value)
