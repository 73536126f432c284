"""What the list of indicator systems shows and how it is searched: by name, pinyin initials, industry, field, document number."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.assessment.indicator_system import (
    DocumentKind,
    Family,
    Indicator,
    IndicatorSystem,
    Table,
    Verification,
    weakest,
)
from app.assessment.scorable import gives_a_level, weight_unknown

FIELD_NAMES = {
    "industry": "工业",
    "agriculture": "农业",
    "services": "服务业",
    "construction": "建筑业",
    "transport": "交通运输业",
    "park": "园区",
}


@dataclass(frozen=True)
class SystemSummary:
    """One line of the library. states: indicators per state of their thresholds; gaps: what cannot be judged, and why.

    scorable: a table of it leads to a level (a quota: to a level per product) once everything is answered.
    """

    id: str
    title: str
    document_no: str
    kind: DocumentKind
    family: Family
    status: str
    jurisdiction: str
    issued: str
    effective: str
    fields: tuple[str, ...]
    industry_codes: tuple[str, ...]
    initials: str
    tables: tuple[tuple[str, str], ...]  # id, title
    indicators: int
    states: Mapping[Verification, int]
    scorable: bool
    gaps: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    own: bool = False
    sha256: str = ""
    supersedes: tuple[str, ...] = ()
    industry_names: tuple[str, ...] = ()


def threshold_state(indicator: Indicator) -> Verification:
    """The least trusted state among the thresholds of one indicator."""
    states = [indicator.provenance_of(level).verification for level in indicator.benchmarks]
    return weakest(states) or indicator.provenance.verification


def table_gaps(table: Table, family: Family) -> tuple[str, ...]:
    """What is unknown in a table and so cannot be scored, in plain words; empty when nothing is."""
    gaps = []
    if family is Family.LEVEL_INDEX:
        unknown = [category.name for category in table.categories if category.weight is None]
        if unknown:
            gaps.append(f"一级权重未知：{'、'.join(unknown)}")
        for category in table.categories:
            count = sum(1 for indicator in category.indicators if weight_unknown(indicator))
            if count:
                gaps.append(f"「{category.name}」有 {count} 项二级权重未知")
    for indicator in table.indicators():
        empty = [level.symbol for level, item in indicator.benchmarks.items() if item is None]
        if empty:
            gaps.append(f"「{indicator.name}」的{'、'.join(empty)}级要求未查到")
    return tuple(gaps)


def summarise(
    system: IndicatorSystem,
    *,
    initials: str,
    sha256: str,
    warnings: Iterable[str] = (),
    own: bool = False,
    industries: Mapping[str, str] | None = None,
) -> SystemSummary:
    """The library line of `system`; `industries` gives the names of industry codes."""
    states = Counter(
        threshold_state(indicator) for table in system.tables for indicator in table.indicators()
    )
    several = len(system.tables) > 1
    gaps = tuple(
        f"{table.title}：{gap}" if several else gap
        for table in system.tables
        for gap in table_gaps(table, system.method.family)
    )
    return SystemSummary(
        id=system.id,
        title=system.title,
        document_no=system.document_no,
        kind=system.kind,
        family=system.method.family,
        status=system.status,
        jurisdiction=system.jurisdiction,
        issued=system.issued,
        effective=system.effective,
        fields=system.fields,
        industry_codes=system.industry_codes,
        initials=initials,
        tables=tuple((table.id, table.title) for table in system.tables),
        indicators=sum(states.values()),
        states={state: states[state] for state in Verification},
        scorable=gives_a_level(system),
        gaps=gaps,
        warnings=tuple(warnings),
        own=own,
        sha256=sha256,
        supersedes=system.supersedes,
        industry_names=tuple(
            industry_name(industries or {}, code) for code in system.industry_codes
        ),
    )


def pinyin_initials(text: str) -> str:
    """First letters of the Chinese, other letters and digits as they are: 重庆电镀 2015 -> cqdd2015."""
    import pypinyin  # 0.26 s to import, and only needed when a system is added

    letters = pypinyin.lazy_pinyin(text, style=pypinyin.Style.FIRST_LETTER)
    return "".join(character for character in "".join(letters).lower() if character.isalnum())


def find_systems(summaries: Iterable[SystemSummary], query: str) -> tuple[SystemSummary, ...]:
    """Those that match every word of `query`, best first: code, id or number, title, initials, table, industry name.

    An industry code matches from both ends: 3360 finds a system for 336, and 33 finds it too.
    """
    words = query.casefold().split()
    found = []
    for order, summary in enumerate(summaries):
        ranks = [_rank(summary, word) for word in words]
        if all(rank is not None for rank in ranks):
            found.append((max((rank or 0 for rank in ranks), default=0), order, summary))
    return tuple(summary for _, _, summary in sorted(found, key=lambda item: item[:2]))


def _rank(summary: SystemSummary, word: str) -> int | None:
    if word.isdigit() and len(word) <= 4:
        for code in summary.industry_codes:
            if code.startswith(word) or (len(word) > len(code) and word.startswith(code)):
                return 0
    if word in summary.id or _compact(word) in _compact(summary.document_no):
        return 1
    if word in summary.title.casefold():
        return 2
    if word in summary.initials:
        return 3
    if any(word in title.casefold() for _, title in summary.tables):
        return 4
    if any(word in name for name in summary.industry_names):
        return 5
    if any(word in FIELD_NAMES.get(field, field) for field in summary.fields):
        return 6
    return None


def _compact(text: str) -> str:
    return "".join(text.casefold().split())


def industry_name(names: Mapping[str, str], code: str) -> str:
    """The name of a code, or of the nearest code above it; "" when none is known."""
    for length in range(len(code), 1, -1):
        if code[:length] in names:
            return names[code[:length]]
    return ""
