"""An answer the firm's own data speak against: what was said, and what stands against it. Codes with arguments; the words
are made here alone."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.assessment.indicator_system import Level
from app.assessment.numbers import brief


class Against(enum.StrEnum):
    """What kind of data stands against an answer."""

    MONITORED = "monitored"
    TOTAL = "total"
    LEDGER = "ledger"
    PERMIT_ENDED = "permit-ended"
    AUDIT_OVERDUE = "audit-overdue"
    NEVER_AUDITED = "never-audited"
    WASTE_NOT_TAKEN = "waste-not-taken"
    NO_PLAN = "no-plan"


@dataclass(frozen=True)
class Fact:
    """One thing that stands against an answer. keys: the answers it rests on, the place to mend first. name: 「DW001 总排口
    COD」. value, limit: in `unit`. day: of a permit or an audit, as answered."""

    code: Against
    keys: tuple[str, ...]
    name: str = ""
    value: Fraction = Fraction(0)
    limit: Fraction = Fraction(0)
    unit: str = ""
    day: str = ""

    @property
    def text(self) -> str:
        """In Chinese, with its figures."""
        return _WORDS[self.code](self)


@dataclass(frozen=True)
class Doubt:
    """said: the level, or the points, that were answered, and with which words."""

    said: Level | Fraction
    statement: str
    facts: tuple[Fact, ...]

    @property
    def said_text(self) -> str:
        """「Ⅰ级」, 「2 分」."""
        return f"{self.said.symbol}级" if isinstance(self.said, Level) else f"{brief(self.said)} 分"

    @property
    def text(self) -> str:
        """「答的是Ⅰ级，和数据对不上：…」."""
        return f"答的是{self.said_text}，和数据对不上：{self.facts_text}"

    @property
    def facts_text(self) -> str:
        """Every fact, joined."""
        return "；".join(one.text for one in self.facts)


def _above(fact: Fact) -> str:
    unit = f" {fact.unit}" if fact.unit else ""
    word = "低于下限" if fact.value < fact.limit else "限值"
    return f"{fact.name}测得 {brief(fact.value)}{unit}，{word} {brief(fact.limit)}{unit}"


_WORDS: Mapping[Against, Callable[[Fact], str]] = {
    Against.MONITORED: _above,
    Against.TOTAL: lambda f: f"{f.name}全年排放 {brief(f.value)} t，许可 {brief(f.limit)} t",
    Against.LEDGER: lambda f: f"台账算出来 VOC 排放 {brief(f.value)} t，许可 {brief(f.limit)} t",
    Against.PERMIT_ENDED: lambda f: f"排污许可或登记 {f.day} 已经到期",
    Against.AUDIT_OVERDUE: lambda f: f"上一轮审核是 {f.day} 通过的，到这一轮启动超过 5 年",
    Against.NEVER_AUDITED: lambda _: "填的是以前没做过清洁生产审核",
    Against.WASTE_NOT_TAKEN: lambda f: (
        f"{f.name}产生了 {brief(f.value)} t，接收单位填的是「{f.day}」"
    ),
    Against.NO_PLAN: lambda _: "应急预案填的是不适用",
}
