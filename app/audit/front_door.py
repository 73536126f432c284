"""What follows from the ten questions of a new audit: the way, the rules cited, systems that fit, papers, dates.

The program compares with what it has read and says where; it never decides in place of the bureau.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.assessment.indicator_system import DocumentKind, Verification
from app.assessment.triggers import Trigger
from app.audit.caps import fits
from app.audit.chemicals import asked_at_the_door, said, summary
from app.audit.duty import KIND as KIND
from app.audit.duty import triggers
from app.audit.law import LawEdition, due_days, edition_of
from app.forms.answer import AnswerBook
from app.forms.condition import holds
from app.forms.front_rules import FrontDoorRules, Statement
from app.forms.law import LIST_DATE as LIST_DATE
from app.forms.question import Questionnaire
from app.forms.reference import Reference, Sector

SIMPLIFIED = "front.simplified"
QUESTIONNAIRE, INDUSTRY = "audit.questionnaire", "firm.industry"
DEFAULT_QUESTIONNAIRE = "industry"
WORDS = {
    Verification.VERIFIED: "已核对",
    Verification.TRANSCRIBED: "转录",
    Verification.RECALLED: "凭记忆",
}
_GIVES_LEVELS = (DocumentKind.INDICATOR_SYSTEM, DocumentKind.CP_STANDARD)
_NEVER_A_LEVEL = {
    DocumentKind.ENERGY_QUOTA: ("能耗限额", "只对能耗：能看超没超限额，不评清洁生产等级"),
    DocumentKind.REFERENCE_TABLE: ("参考表", "逐条对照用，不评清洁生产等级"),
}


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
    """A table of a document. usable: it can lead to a cleaner-production level; the others serve for comparison only."""

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
    without_system: str
    papers: tuple[str, ...]
    deadlines: tuple[str, ...]
    triggers: tuple[Trigger, ...]
    listed_chemicals: tuple[str, ...]
    unmatched_chemicals: tuple[str, ...]


def gives_levels(system: ListedSystem) -> bool:
    """Whether the document can give a cleaner-production level, as far as it was collected."""
    return system.scorable and system.kind in _GIVES_LEVELS


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
    reference: Reference,
) -> FrontDoor:
    """Everything that can be said from the answers so far; nothing is assumed for what is not answered."""
    state, title, text = _verdict(book)
    law = edition_of(reference.law, book)
    cited = tuple(
        rule
        for each in rules.statements
        if each.condition is not None and holds(each.condition, book)
        for rule in _rules(each, law)
    )
    cited += _pilot(book, reference, law)
    papers = tuple(each.text for each in rules.papers if holds(each.condition, book))
    suggestions = _suggestions(book, systems, rules)
    listed, unknown = asked_at_the_door(book, reference.chemicals)
    return FrontDoor(
        state,
        title,
        text,
        cited,
        suggestions,
        _without_system(book, suggestions),
        papers,
        deadlines(book, law),
        triggers(book, summary(book, set(), reference), law, _quotas(book, systems)),
        tuple(_cited(said(one), one.chemical.verification) for one in listed),
        unknown,
    )


def _without_system(book: AnswerBook, suggestions: Sequence[Suggestion]) -> str:
    """What happens where no document gives the firm a level; "" where one does, or the industry is not known yet."""
    if any(each.usable for each in suggestions) or not industry_code(book.text(INDUSTRY)):
        return ""
    return (
        "没有收录能给这个行业定级的指标体系。照样能做：和本企业近三年比（自评参考），报告不写等级。"
        "有当地或行业的体系，可以在「指标体系」里录入或导入，再换上。"
    )


def minutes_of(questionnaire: Questionnaire) -> int:
    """How long the pages of a question set take when all papers lie ready."""
    return sum(page.minutes for page in questionnaire.pages())


def _quotas(book: AnswerBook, systems: Sequence[ListedSystem]) -> tuple[str, ...] | None:
    """Numbers of the energy quotas whose industry is the firm's, None while that is not known."""
    code = industry_code(book.text(INDUSTRY))
    if not code:
        return None
    return tuple(
        system.document_no
        for system in systems
        if system.kind is DocumentKind.ENERGY_QUOTA and _same_branch(code, system.industry_codes)
    )


def _same_branch(code: str, codes: Iterable[str]) -> bool:
    return bool(code) and any(code.startswith(each) or each.startswith(code) for each in codes)


def deadlines(book: AnswerBook, law: LawEdition) -> tuple[str, ...]:
    """「平台登记 2026-04-16 前」 for each clock that runs; nothing for a clock whose first day was not answered."""
    return tuple(f"{clock.text} {day} 前" for clock, day in due_days(law, book))


def sectors_of(book: AnswerBook, reference: Reference) -> tuple[Sector, ...]:
    """The pilot sectors a firm belongs to: by its processes, else by the longest industry code in common."""
    code = industry_code(book.text(INDUSTRY))
    processes = set(book.text("process.list").split("|")) - {""}
    by_process = tuple(one for one in reference.sectors if processes & set(one.processes))
    by_code = {
        one.id: max(len(own) for own in one.codes if code.startswith(own))
        for one in reference.sectors
        if len(code) > 1 and any(code.startswith(own) for own in one.codes)
    }
    both = tuple(one for one in by_process if one.id in by_code)
    if both:
        return both
    longest = max(by_code.values(), default=0)
    return tuple(one for one in reference.sectors if by_code.get(one.id) == longest)


def _pilot(book: AnswerBook, reference: Reference, law: LawEdition) -> tuple[Rule, ...]:
    """What the program has and lacks for a pilot sector of the province."""
    cited, code = law.cite("place.pilot"), industry_code(book.text(INDUSTRY))
    found = []
    for one in sectors_of(book, reference) if cited.text else ():
        caps = sum(fits(cap, code) for cap in reference.caps)
        has = [
            f"体系和限额 {len(one.systems)} 份" if one.systems else "",
            f"单耗上限 {caps} 条" if caps else "",
            f"带数字的技术（{'、'.join(one.technologies)}）" if one.technologies else "",
        ]
        have = "、".join(part for part in has if part) or "还没有"
        text = f"{one.title}：{cited.text}。收录了：{have}。还缺：{'、'.join(one.lacking)}"
        found.append(Rule("open", text, cited.marked))
    return tuple(found)


def _rules(statement: Statement, law: LawEdition) -> tuple[Rule, ...]:
    """One line: what the law of the day says about the matters of a statement, open where the law leaves it open."""
    cited = [one for role in statement.roles if (one := law.cite(role)).text]
    if statement.text:
        own = Rule(
            statement.state, statement.text, _cited(statement.source, statement.verification)
        )
        return (own,)
    if not cited:
        return ()
    opens = [one.open for one in cited if one.open and one.open != one.text]
    state = "open" if any(one.open for one in cited) else statement.state
    text = "；".join((*(one.text for one in cited), *dict.fromkeys(opens)))
    return (Rule(state, text, "；".join(one.marked for one in cited)),)


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
    found: list[tuple[tuple[bool, bool, int], Suggestion]] = []
    for system in systems:
        by_code = _same_branch(code, system.industry_codes)
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
            found.append(
                ((not suggestion.usable, system.kind not in _GIVES_LEVELS, -rank), suggestion)
            )
    found.sort(key=lambda item: item[0])
    return tuple(suggestion for _, suggestion in found)


def _suggestion(
    system: ListedSystem, table_id: str, table_title: str, by_code: bool, by_process: bool
) -> Suggestion:
    counts = "，".join(f"{WORDS[state]} {system.states.get(state, 0)}" for state in Verification)
    unchecked = system.states.get(Verification.VERIFIED, 0) < system.indicators
    usable = gives_levels(system)
    if system.kind in _NEVER_A_LEVEL:
        fit, end = _NEVER_A_LEVEL[system.kind]
        state = "open"
    elif not system.scorable:
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
    return Suggestion(system.id, table_id, title, fit, state, detail, usable)
