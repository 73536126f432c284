"""What follows from the ten questions of a new audit: the way, the rules cited, systems that fit, papers, dates.

The program compares with what it has read and says where; it never decides in place of the bureau.
"""

import calendar
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Protocol

from app.assessment.finding import Measured
from app.assessment.indicator_system import LEVELS, DocumentKind, IndicatorSystem, Verification
from app.assessment.membership import meets_levels, reached_level
from app.assessment.numbers import display
from app.assessment.units import UNITS
from app.audit.wording import level_name, threshold_text
from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.front_rules import FrontDoorRules
from app.forms.question import Questionnaire

KIND, LIST_DATE, SIMPLIFIED = "front.kind", "front.list_date", "front.simplified"
QUESTIONNAIRE, INDUSTRY = "audit.questionnaire", "firm.industry"
DEFAULT_QUESTIONNAIRE = "industry"
WORDS = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录",
    Verification.RECALLED: "凭记忆",
}
_USABLE = (DocumentKind.INDICATOR_SYSTEM, DocumentKind.CP_STANDARD)


class ListedSystem(Protocol):
    """What the library knows of a system (app.standards.library.SystemSummary)."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def document_no(self) -> str: ...
    @property
    def kind(self) -> DocumentKind: ...
    @property
    def industry_codes(self) -> tuple[str, ...]: ...
    @property
    def tables(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def indicators(self) -> int: ...
    @property
    def states(self) -> Mapping[Verification, int]: ...
    @property
    def scorable(self) -> bool: ...


@dataclass(frozen=True)
class Rule:
    """state: ok | open | no. source names the document and, when it was not read in print, says so."""

    state: str
    text: str
    source: str


@dataclass(frozen=True)
class Suggestion:
    """A table of a system. usable: it can lead to a level; the others serve for comparison only."""

    system_id: str
    table_id: str
    title: str
    fit: str
    fit_state: str
    detail: str
    usable: bool


@dataclass(frozen=True)
class FrontDoor:
    verdict_state: str
    verdict_title: str
    verdict_text: str
    rules: tuple[Rule, ...]
    suggestions: tuple[Suggestion, ...]
    papers: tuple[str, ...]
    deadlines: tuple[str, ...]


def questionnaire_for(book: AnswerBook) -> str:
    """Id of the question set the firm is asked with."""
    return book.text(QUESTIONNAIRE, DEFAULT_QUESTIONNAIRE)


def questionnaire_of_industry(industry: str, questionnaires: Iterable[Questionnaire]) -> str:
    """Id of the question set for an industry 「6110 旅游饭店」: the one with the longest code in common."""
    code = industry_code(industry)
    best, length = DEFAULT_QUESTIONNAIRE, 0
    if len(code) < 2:
        return best
    for each in questionnaires:
        for own in each.industry_codes:
            common = min(len(own), len(code))
            if own[:common] == code[:common] and common > length:
                best, length = each.id, common
    return best


def industry_code(industry: str) -> str:
    """「3360」 of 「C3360 金属表面处理及热处理加工」; empty when no code begins it."""
    return industry.split(" ")[0].lstrip("ABCDEFGHIJKLMNOPQRST")


def conclusions(
    book: AnswerBook,
    systems: Sequence[ListedSystem],
    rules: FrontDoorRules,
    read_system: Callable[[str], IndicatorSystem] | None = None,
) -> FrontDoor:
    """Everything that can be said from the answers so far; nothing is assumed for what is not answered.

    read_system: gives a whole system by id; with it, the limiting indicators that rough figures give away are judged.
    """
    state, title, text = _verdict(book)
    cited = tuple(
        Rule(each.state, each.text, _cited(each.source, each.verification))
        for each in rules.statements
        if each.condition is not None and holds(each.condition, book)
    )
    papers = tuple(each.text for each in rules.papers if holds(each.condition, book))
    suggestions = _suggestions(book, systems, rules)
    if read_system is not None and suggestions:
        cited += tuple(_rough(book, rules, suggestions[0], read_system))
    return FrontDoor(state, title, text, cited, suggestions, papers, deadlines(book, rules))


def _rough(
    book: AnswerBook,
    rules: FrontDoorRules,
    best: Suggestion,
    read_system: Callable[[str], IndicatorSystem],
) -> Iterator[Rule]:
    """One sentence per limiting indicator of the best fitting table that two rough figures give away."""
    for rule in rules.rough:
        if (rule.system, rule.table) != (best.system_id, best.table_id):
            continue
        above, below = book.text(rule.numerator), book.text(rule.denominator)
        if not above or not below or Fraction(below) == 0:
            continue
        value = rule.factor * Fraction(above) / Fraction(below)
        table = read_system(rule.system).table(rule.table)
        indicator = next(each for each in table.indicators() if each.id == rule.indicator)
        level = reached_level(meets_levels(indicator, Measured(value)))
        limits = "，".join(
            f"{each.symbol}级要 {threshold_text(indicator, each)}" for each in LEVELS
        )
        shown = f"{display(value, 0)} {UNITS[indicator.unit].symbol}"
        yield Rule(
            "open",
            f"先看一眼：{indicator.name}约 {shown}，{limits}。只看这一项，大概在{level_name(level)}",
            "粗估，不进报告；全部填完才定级",
        )


def deadlines(book: AnswerBook, rules: FrontDoorRules) -> tuple[str, ...]:
    """「登记 2026-04-16 前」 for each clock that runs; empty without a list date."""
    listed = book.text(LIST_DATE)
    if not listed:
        return ()
    start = date.fromisoformat(listed)
    return tuple(
        f"{each.text} {months_later(start, each.months).isoformat()} 前"
        for each in rules.deadlines
        if holds(each.condition, book)
    )


def months_later(day: date, months: int) -> date:
    """The same day some months on; the last of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _cited(source: str, verification: Verification) -> str:
    return (
        source if verification is Verification.VERIFIED else f"{source} · {WORDS[verification]}待核"
    )


def _verdict(book: AnswerBook) -> tuple[str, str, str]:
    kind = book.text(KIND)
    if not kind:
        return "open", "先答第 3 题：为什么做", "答了就知道走哪条路、几号前要做完。"
    decides = "程序只对照条文，不替主管部门作决定。"
    if kind == "voluntary":
        return "ok", "自愿审核：按标准流程的内容做", f"名单期限不适用。{decides}"
    match book.text(SIMPLIFIED):
        case "yes":
            return (
                "ok",
                "按简易流程做：名单通知已经写明",
                f"{decides}名单通知会作为依据附进报告。",
            )
        case "no":
            return "ok", "按标准流程做：名单通知没写简易流程", decides
        case "unclear":
            return (
                "open",
                "先按标准流程做，问清楚再改",
                f"名单看不出能不能简易，问主管部门。{decides}",
            )
        case _:
            return "open", "还差第 4 题：名单里写没写简易流程", decides


def _suggestions(
    book: AnswerBook, systems: Iterable[ListedSystem], rules: FrontDoorRules
) -> tuple[Suggestion, ...]:
    code = industry_code(book.text(INDUSTRY))
    processes = set(book.text("process.list").split("|")) - {""}
    found: list[tuple[tuple[bool, int], Suggestion]] = []
    for system in systems:
        if system.kind not in _USABLE:
            continue
        by_code = bool(code) and any(
            code.startswith(each) or each.startswith(code) for each in system.industry_codes
        )
        known = [fit for fit in rules.systems if fit.system == system.id]
        for table_id, table_title in system.tables:
            by_process = any(
                fit.table == table_id and processes & set(fit.processes) for fit in known
            )
            # once processes are named, a system whose processes are known goes by them alone
            if not by_process and not (by_code and not (processes and known)):
                continue
            suggestion = _suggestion(system, table_id, table_title, by_code, by_process)
            rank = 2 * by_process + by_code
            found.append(((not suggestion.usable, -rank), suggestion))
    found.sort(key=lambda item: item[0])
    return tuple(suggestion for _, suggestion in found)


def _suggestion(
    system: ListedSystem, table_id: str, table_title: str, by_code: bool, by_process: bool
) -> Suggestion:
    counts = "，".join(f"{WORDS[state]} {system.states.get(state, 0)}" for state in Verification)
    unchecked = system.states.get(Verification.VERIFIED, 0) < system.indicators
    if not system.scorable:
        fit, state, end = "只作对照", "open", "部分内容没收录：不算指数，不评级"
    elif by_code and by_process:
        fit, state, end = (
            "行业和工序都对上",
            "ok",
            "能做草稿；定稿前要拿原文逐行核对" if unchecked else "都核过",
        )
    else:
        fit = "行业对上" if by_code else "工序对上"
        state, end = "open", "看看适用范围再用"
    title = f"{system.title} · {table_title}" if len(system.tables) > 1 else system.title
    detail = f"{system.document_no}。{system.indicators} 行：{counts}。{end}"
    return Suggestion(system.id, table_id, title, fit, state, detail, system.scorable)
