"""VOC limits: which line of a standard a product belongs to, and whether it may be judged by it.

Nothing is called 没超 by a limit that nobody has read, that is not collected, or that another standard has replaced.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from app.assessment.indicator_system import Verification
from app.assessment.numbers import brief, display, places_apart, round_half_up
from app.assessment.trace import Trace
from app.audit.law import holds_on
from app.forms.answer import cell_key
from app.forms.derive import Derivation
from app.forms.figure import Tone, Worked
from app.forms.question import TableQuestion
from app.forms.reference import Reference, Standard, VocLimit, VocSubstance

CANNOT = "不能判定"
NO_LIMIT = "无限值"
WITHOUT_LIMIT = (
    "稀释剂",
    "稀料",
    "固化剂",
    "没有限值",
)  # parts of a mix: judged with the product they go into
DATE_KEY = "voc.judged_on"
_SEPARATORS = re.compile(r"[\s·•・\-—–/、，,;；:：（）()]+")
_SHOWN = 3  # categories named when a text fits several


@dataclass(frozen=True)
class Match:
    """What a category text stands for. limits: the lines it fits (one = found). no_limit: a part of a mix. empty: nothing written."""

    limits: tuple[VocLimit, ...]
    no_limit: bool = False
    empty: bool = False


def match_category(text: str, limits: tuple[VocLimit, ...]) -> Match:
    """The limits a category text fits: the same text, else every word of it begins a piece of the category, else every
    word stands somewhere in it. 「水性油墨·柔印·吸收性」 is not 非吸收性. A standard named in the text leaves its own only."""
    for number in {limit.standard for limit in limits if limit.standard in text}:
        limits = tuple(limit for limit in limits if limit.standard == number)
        text = text.replace(number, " ")
    words = [word for word in _SEPARATORS.split(text.strip()) if word]
    if not words:
        return Match((), empty=True)
    if words[0] in WITHOUT_LIMIT:
        return Match((), no_limit=True)
    same = tuple(limit for limit in limits if _pieces(limit.category) == words)
    if same:
        return Match(same)
    begun = tuple(
        limit
        for limit in limits
        if all(any(piece.startswith(word) for piece in _pieces(limit.category)) for word in words)
    )
    if begun:
        return Match(begun)
    return Match(tuple(limit for limit in limits if all(word in limit.category for word in words)))


def _pieces(category: str) -> list[str]:
    return [piece for piece in _SEPARATORS.split(category) if piece]


@dataclass(frozen=True)
class Content:
    """VOC content of a product as bought: percent by mass, grams per litre, density in kg/L; None = not known.

    thinner: kg added to 100 kg before use; thinner_percent: its VOC content by mass (None with thinner = not known).
    """

    percent: Fraction | None = None
    grams: Fraction | None = None
    density: Fraction | None = None
    thinner: Fraction | None = None
    thinner_percent: Fraction | None = None


@dataclass(frozen=True)
class Measured:
    """The content in the unit of the limit, with the arithmetic; value None and the reason in `why` when it cannot be had."""

    value: Fraction | None
    formula: str = ""
    why: str = ""


def content_in(unit: str, content: Content) -> Measured:
    """The content ready for use in "%", "g/kg" or "g/L"."""
    if unit == "g/L":
        return _per_litre(content)
    percent = _by_mass(content)
    if unit == "g/kg" and percent.value is not None:
        value = percent.value * 10
        return Measured(value, f"（{percent.formula}）× 10 = {brief(value)} g/kg")
    return percent


def _per_litre(content: Content) -> Measured:
    if content.thinner:
        return Measured(None, why="加了稀释剂，按体积算要即用状态的检测值")
    if content.grams is not None:
        return Measured(content.grams, f"{brief(content.grams)} g/L")
    if content.percent is None:
        return Measured(None, why="还没填 VOC 含量")
    if content.density is None:
        return Measured(None, why="限值按 g/L，还要填密度")
    value = content.percent * content.density * 10
    return Measured(
        value,
        f"{brief(content.percent)} % × {brief(content.density)} kg/L × 10 = {brief(value)} g/L",
    )


def _by_volumes(content: Content, limit: VocLimit) -> str:
    """「；按体积相加推算，稀释剂密度不低于 0.42 kg/L 就超过 400 g/L」 of a product with thinner whose limit is by volume: how heavy
    the thinner has to be for the mix to be beyond it, since nobody measured the mix. Empty where that cannot be had, and where the
    product alone has volume enough to stay within."""
    own = _by_mass(replace(content, thinner=None))
    if limit.unit != "g/L" or not limit.limit or not content.thinner or not content.density:
        return ""
    if own.value is None or content.thinner_percent is None:
        return ""
    # Of 100 kg of the product: kg of VOC in the mix, and the litres by which it would be at the limit.
    mass = own.value + content.thinner * content.thinner_percent / 100
    room = mass * 1000 / limit.limit - 100 / content.density
    if room <= 0:
        return ""
    heavy = Fraction(ceil(content.thinner / room * 100), 100)
    return f"；按体积相加推算，稀释剂密度不低于 {display(heavy, 2)} kg/L 就超过 {brief(limit.limit)} g/L"


def _by_mass(content: Content) -> Measured:
    if content.percent is not None:
        own, formula = content.percent, f"{brief(content.percent)} %"
    elif content.grams is None:
        return Measured(None, why="还没填 VOC 含量")
    elif not content.density:
        return Measured(None, why="限值按质量分数，只有 g/L 时还要填密度")
    else:
        own = content.grams / content.density / 10
        formula = f"{brief(content.grams)} g/L ÷ {brief(content.density)} kg/L ÷ 10"
    if not content.thinner:
        return Measured(own, formula)
    if content.thinner_percent is None:
        return Measured(None, why="加了稀释剂，还要填稀释剂的 VOC 含量")
    mixed = (own * 100 + content.thinner * content.thinner_percent) / (100 + content.thinner)
    return Measured(
        mixed,
        f"（{formula} × 100 + {brief(content.thinner_percent)} % × {brief(content.thinner)}）"
        f"÷（100 + {brief(content.thinner)}）= {brief(mixed)} %",
    )


def standard_state(standard: Standard, judged_on: str) -> str:
    """ "" when the standard may be used on that day; else why not. judged_on: ISO day, "" = not said."""
    if standard.starts and judged_on and judged_on < standard.starts:
        return f"{standard.id} {standard.starts} 起才有效"
    if not standard.until or (judged_on and judged_on < standard.until):
        return ""
    follower = f"{standard.until} 起由 {standard.replaced_by} 代替，新限值没收录"
    if not judged_on:
        return f"{follower}；{standard.until} 以前的判定，先填判定日期"
    return follower


def limits_on(
    limits: tuple[VocLimit, ...], standards: dict[str, Standard], judged_on: str
) -> tuple[VocLimit, ...]:
    """The lines in force on a day (ISO); all of them while the day is not said."""
    if not judged_on:
        return limits

    def now(limit: VocLimit) -> bool:
        standard = standards[limit.standard]
        return holds_on(limit.starts, limit.until, judged_on) and holds_on(
            standard.starts, standard.until, judged_on
        )

    return tuple(limit for limit in limits if now(limit))


def _look_up(standard: Standard, standards: dict[str, Standard], judged_on: str) -> str:
    """What to look up where a verdict cannot be given: the standard of the day, and where its print can be had."""
    late = standard.until and (not judged_on or judged_on >= standard.until)
    wanted = standards.get(standard.replaced_by, standard) if late else standard
    where = f"（{wanted.get}）" if wanted.get else ""
    return f"。要查：{wanted.id} 的限值表{where}"


def verdict(
    match: Match,
    content: Content,
    standards: dict[str, Standard],
    judged_on: str,
    beside: Sequence[VocSubstance] = (),
) -> Worked:
    """没超, 超 x, 无限值 or 不能判定, with the reason and the arithmetic. beside: what the standard limits besides."""
    if match.no_limit:
        return Worked(NO_LIMIT, note="稀释剂、固化剂没有单独的限值，和主剂合在一起按即用状态判")
    limit, why = _one(match)
    if limit is None:
        return Worked(CANNOT, Tone.UNSURE, note=why)
    standard = standards[limit.standard]
    why = standard_state(standard, judged_on)
    if not why and judged_on and not holds_on(limit.starts, limit.until, judged_on):
        why = f"{judged_on} 那天这一行不适用（{limit.starts or '…'} 至 {limit.until or '…'}）"
    source = f"{limit.standard} {limit.category}"
    if limit.low_voc_word == "always" and limit.limit is None and not why:
        said = limit.note or "标准没有给这一类数值"
        return Worked(NO_LIMIT, note=said, source=source, verification=limit.verification)
    if not why and limit.limit is None:
        why = "限值没收录"
    if not why and limit.verification is Verification.RECALLED:
        why = f"限值 ≤ {brief(limit.limit or Fraction(0))} {limit.unit} 凭记忆，没核过原文"
    if why:
        why += _look_up(standard, standards, judged_on)
    measured = content_in(limit.unit, content)
    if why or limit.limit is None or measured.value is None:
        said = why or measured.why + _by_volumes(content, limit)
        return Worked(
            CANNOT, Tone.UNSURE, note=said, source=source, verification=limit.verification
        )
    formula = f"{measured.formula}；限值 {limit_text(limit)}"
    trace = Trace(
        "限值", limit.limit, limit.unit, source=limit.source, verification=limit.verification,
        note=limit.note,
    )  # fmt: skip
    over = measured.value - limit.limit
    words, tone = (
        ("没超", Tone.GOOD)
        if over <= 0
        else (f"超 {_short(over)} {'个百分点' if limit.unit == '%' else limit.unit}", Tone.BAD)
    )
    return Worked(
        words + unchecked(limit.verification),
        tone,
        formula=formula,
        source=source,
        verification=limit.verification,
        note="；".join(
            part
            for part in (
                "限值抄自转录件，没拿原文核过"
                if limit.verification is Verification.TRANSCRIBED
                else "",
                f"加了稀释剂的即用状态是 {_short(measured.value)} {limit.unit}"
                if content.thinner
                else "",
                _also_limited(limit, beside),
            )
            if part
        ),
        children=(trace,),
    )


def _short(value: Fraction) -> str:
    """Two decimals at most, more where those would make nothing of it."""
    return brief(Fraction(round_half_up(value, places_apart(value, (Fraction(0),), 2))))


def _also_limited(limit: VocLimit, beside: Sequence[VocSubstance]) -> str:
    """What the standard limits for the category besides its VOC content; a cell nobody could read says so."""
    said = [
        f"{one.substance} ≤ {brief(one.limit)} {one.unit}"
        if one.limit is not None
        else f"{one.substance}（限值没有读清）"
        for one in beside
        if (one.standard, one.category) == (limit.standard, limit.category)
    ]
    return f"同一标准还限：{'、'.join(said)}，看检测报告" if said else ""


def low_voc(match: Match, judged: Worked) -> Worked:
    """Whether the product counts as low-VOC by its standard: 是, 否 or 不能判定."""
    if match.no_limit:
        return Worked("否", note="稀释剂本身不算低 VOC 物料")
    limit, why = _one(match)
    if limit is None:
        return Worked(CANNOT, Tone.UNSURE, note=why)
    source = f"{limit.standard} {limit.category}；{limit.source}"
    if limit.low_voc is False:
        mark = "（凭记忆）" if limit.verification is Verification.RECALLED else ""
        said = f"{limit.standard}：这一类达标也不算低 VOC"
        return Worked(f"否{mark}", note=said, source=source, verification=limit.verification)
    if limit.low_voc_word == "always":
        said = limit.note or f"{limit.standard}：这一类算低 VOC"
        state = limit.verification
        return Worked(
            "是" + unchecked(state), Tone.GOOD, note=said, source=source, verification=state
        )
    if judged.tone is Tone.BAD:
        return Worked("否", Tone.BAD, note="超了限值" + unchecked(limit.verification))
    if judged.tone is Tone.GOOD and limit.low_voc_word == "usually":
        return Worked(
            "通常算" + unchecked(limit.verification),
            note=f"{limit.standard} 只写这一型「通常」是低 VOC 型，没有写达标就算；以检测报告为准",
            source=source,
            verification=limit.verification,
        )
    if judged.tone is Tone.GOOD and limit.low_voc:
        return Worked(
            "是" + unchecked(limit.verification),
            Tone.GOOD,
            source=source,
            verification=limit.verification,
        )
    return Worked(CANNOT, Tone.UNSURE, note=judged.note or "标准没写这一类算不算")


def unchecked(state: Verification | None) -> str:
    """The mark behind a verdict by a value nobody has compared with the print."""
    return "" if state is Verification.VERIFIED else "（待核）"


def limit_text(limit: VocLimit) -> str:
    """「≤ 75 %」, with its state when nobody has read it; 没收录 when there is none."""
    if limit.limit is None:
        return "没收录"
    mark = "（凭记忆）" if limit.verification is Verification.RECALLED else ""
    return f"≤ {brief(limit.limit)} {limit.unit}{mark}"


def _one(match: Match) -> tuple[VocLimit | None, str]:
    if len(match.limits) == 1:
        return match.limits[0], ""
    if match.empty:
        return None, "还没填标准里的类别"
    if not match.limits:
        return None, "限值表里没有这一类，照标准里的名称写"
    names = "；".join(limit.category for limit in match.limits[:_SHOWN])
    more = "…" if len(match.limits) > _SHOWN else ""
    if len({limit.category for limit in match.limits}) == 1:
        numbers = "、".join(limit.standard for limit in match.limits)
        return None, f"这一类在几份标准里都有（{numbers}）：写上标准号，换版的先填判定日期"
    return None, f"这样写能对上 {len(match.limits)} 类，写细一点：{names}{more}"


class VocRules:
    """The rules of the VOC ledger over one reference."""

    def __init__(self, reference: Reference) -> None:
        self._limits = reference.voc_limits
        self._standards = {standard.id: standard for standard in reference.standards}
        self._substances = reference.voc_substances
        self._matches: dict[tuple[str, str, str], Match] = {}

    def limit(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """The limit of the row's category, as words."""
        match = self._match(derivation, table, row_id)
        if match is None or match.no_limit or len(match.limits) != 1:
            return Worked("" if match is None else NO_LIMIT if match.no_limit else "—")
        limit = match.limits[0]
        return Worked(
            limit_text(limit),
            source=f"{limit.standard} {limit.category}；{limit.source}",
            verification=limit.verification,
            note=limit.note,
        )

    def standard(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        """The number of the standard, and whether it still holds."""
        match = self._match(derivation, table, row_id)
        if match is None:
            return Worked("")
        if not match.limits:
            return Worked(note="没有对上限值表里的类别")
        numbers = dict.fromkeys(limit.standard for limit in match.limits)
        if len(numbers) > 1:
            return Worked("—")
        standard = self._standards[next(iter(numbers))]
        late = standard_state(standard, derivation.book.text(DATE_KEY))
        return Worked(f"{standard.id}（已代替）" if late else standard.id, note=late)

    def verdict(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        match = self._match(derivation, table, row_id)
        if match is None or table is None:
            return Worked("")
        content = _content(derivation, table, row_id)
        day = derivation.book.text(DATE_KEY)
        made = verdict(match, content, self._standards, day, self._substances)
        if self._is_undiluted(derivation, table, match, made, content):
            made = replace(made, words=CANNOT, tone=Tone.UNSURE, note=UNDILUTED)
        if made.children:  # judged: by the limit, and by what was typed of the product
            made = replace(made, children=(*made.children, *_typed(derivation, table, row_id)))
        if match.limits or match.no_limit:
            return made
        sort = derivation.book.text(cell_key(table.id, row_id, "sort"))
        return replace(made, note=f"{made.note}。{self._where_to_look(sort, day)}")

    def _is_undiluted(
        self,
        derivation: Derivation,
        table: TableQuestion,
        match: Match,
        made: Worked,
        content: Content,
    ) -> bool:
        """Whether a product with solvent was found within its limit as bought, though the ledger holds thinners and nobody
        said how much of them goes in: what is used may still be beyond it."""
        if made.tone is not Tone.GOOD or content.thinner is not None:
            return False
        mass = _by_mass(content).value
        if mass is None or mass < _BORNE_BY_SOLVENT:
            return False
        if self._standards[match.limits[0].standard].sort == _CLEANERS:
            return False
        others = (self._match(derivation, table, row) for row in derivation.book.row_ids(table.id))
        return any(one is not None and one.no_limit for one in others)

    def _where_to_look(self, sort: str, day: str) -> str:
        """Which standards of the sort are in force, and that the test report names the one that counts."""
        known = [
            one.id
            for one in self._standards.values()
            if one.sort == sort and (not day or holds_on(one.starts, one.until, day))
        ]
        of_sort = f"这一种料收录了 {'、'.join(known)}；" if known else ""
        return f"要查：{of_sort}检测报告或说明书上写的执行标准和它的限值表"

    def low(self, derivation: Derivation, table: TableQuestion | None, row_id: str) -> Worked:
        match = self._match(derivation, table, row_id)
        if match is None:
            return Worked("")
        return low_voc(match, self.verdict(derivation, table, row_id))

    def _match(
        self, derivation: Derivation, table: TableQuestion | None, row_id: str
    ) -> Match | None:
        """None when the row is empty."""
        if table is None or not any(True for _ in derivation.book.row(table.id, row_id)):
            return None
        text = derivation.book.text(cell_key(table.id, row_id, "category"))
        sort = derivation.book.text(cell_key(table.id, row_id, "sort"))
        day = derivation.book.text(DATE_KEY)
        if (text, sort, day) not in self._matches:
            self._matches[text, sort, day] = self._match_of(text, sort, day)
        return self._matches[text, sort, day]

    def _match_of(self, text: str, sort: str, day: str) -> Match:
        """Among the standards of the sort (ink, coating …) first; of a standard that is out of force the reason is said,
        and what to look up instead."""
        of_sort = tuple(one for one in self._limits if self._standards[one.standard].sort == sort)
        found = Match(())
        for limits in (of_sort, self._limits) if of_sort else (self._limits,):
            for there in (limits_on(limits, self._standards, day), limits):
                found = match_category(text, there)
                if found.limits or found.no_limit or found.empty:
                    return found
        return found


# Of a product that is within its limit as it is bought.
UNDILUTED = "台账里有稀释剂，没填加不加、加多少：即用状态不能判，填了再判，不加填 0"
_CLEANERS = "cleaner"
_BORNE_BY_SOLVENT = 10  # % VOC by mass: what has less is thinned with water
_OF_CONTENT = ("percent", "grams", "density", "thinner", "thinner_percent")


def _typed(derivation: Derivation, table: TableQuestion, row_id: str) -> tuple[Trace, ...]:
    """What was typed of the VOC content of a product, each with its key."""
    found = []
    for column in table.columns:
        key = cell_key(table.id, row_id, column.id)
        if column.id in _OF_CONTENT and (value := derivation.book.number(key)) is not None:
            found.append(Trace(column.title, value, column.unit, key=key))
    return tuple(found)


def _content(derivation: Derivation, table: TableQuestion, row_id: str) -> Content:
    def number(column: str) -> Fraction | None:
        return derivation.book.number(cell_key(table.id, row_id, column))

    return Content(*(number(column) for column in _OF_CONTENT))
