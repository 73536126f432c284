"""Shares and changes in words beside the tables; what a measure saves beside what its own place uses."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.numbers import to_places
from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import NUMBER, clause_of, compiled, number_of_words, sentence_of
from app.checkup.rules_claims import totals, ways_counted
from app.checkup.rules_plan import LIST, SAVINGS, SCALE_WORDS, amount_in
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText

_TENTHS = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_SHARE = rf"(?:{NUMBER}\s*[%％]|([一二两三四五六七八九])成([一二三四五六七八九半])?|(一半)|([二三四五六七八九十])分之([一二三四五六七八九]))"
_ABOUT = re.compile("约|近|余|左右|多|上下|以上|不到|超过|将近")


def _share(match: re.Match[str], first: int) -> tuple[Fraction, Fraction]:
    """(per cent, half of its last place) of a match of _SHARE whose groups begin with `first`."""
    number, tens, units, half, below, above = (match[first + at] for at in range(6))
    if number:
        return number_of_words(number), Fraction(1, 2 * 10 ** len(number.partition(".")[2]))
    if half:
        return Fraction(50), Fraction(5)
    if below:
        return Fraction(100 * _TENTHS[above], _TENTHS[below]), Fraction(2)
    more = Fraction(1, 2) if units == "半" else Fraction(_TENTHS.get(units or "零", 0), 10)
    return (_TENTHS[tens] + more) * 10, Fraction(1) if units else Fraction(5)


@test_of_rule
def shares_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「…占全厂取水的 98%」 that neither the amount before it, nor the rows it names, nor the measures together make. `wholes`:
    「=figure or table/column, unit, stream, parts, words」; parts: where the rows stand, 「table/column」 or
    「table/column~column=value」, 「-」 for none. `off`: how many points off is too much; `not`: other wholes."""
    pattern = compiled(
        rf"占(?:到了?|了)?([^，。；、\d]{{0,16}}?)的?\s*(?:约|近|将近|大约)?\s*{_SHARE}"
    )
    for line in rule.settings["wholes"]:
        place, unit, stream, parts, words = line.split(" ", 4)
        whole = _whole(facts, place)
        for key, text in facts.texts if whole else ():
            for found in pattern.finditer(text):
                clause, sentence = clause_of(text, found.start()), sentence_of(text, found.start())
                before = clause.partition(found[0])[0]
                if compiled(rule.settings["not"][0]).search(clause) or not _speaks_of(words, sentence.partition(found[0])[0], before, found[1]):  # fmt: skip
                    continue
                said, half = _share(found, 2)
                known = _known_shares(facts, whole, unit, stream, parts, before, sentence.partition(found[0])[0])  # fmt: skip
                if stream == "energy":
                    known += _carriers(facts, whole, rule.settings["carriers"], before)
                most = half + setting(rule, "off") * (3 if _ABOUT.search(clause) else 1)
                if known and not any(abs(one - said) <= most for one in known):
                    near = min(known, key=lambda one: abs(one - said))
                    yield Found((key,), {"said": f"{before.strip()}{found[0]}", "value": to_places(near, 1)})  # fmt: skip


def _speaks_of(words: str, lead: str, before: str, after: str) -> bool:
    """Whether the share is one of the whole: it stands behind 占, or before it where only 全厂 stands behind, or opens the
    sentence (「全厂取水中，……占」)."""
    if re.search(words, after):
        return True
    bare = re.fullmatch(r"(?:全|本|总|公司|[厂场年店院]|的|总?量)*", after) is not None
    opens = re.search(rf"(?:{words})[^，。；]{{0,3}}[中里内][，：]", lead) is not None
    return bare and (opens or re.search(words, before) is not None)


def _whole(facts: Facts, place: str) -> Fraction | None:
    if place.startswith("="):
        return facts.figure(place[1:])
    numbers = [facts.number(key) for key in facts.keys_of(place)]
    return None if None in numbers else sum((one for one in numbers if one is not None), Fraction(0))  # fmt: skip


def _known_shares(
    facts: Facts, whole: Fraction | None, unit: str, stream: str, parts: str, before: str, lead: str
) -> list[Fraction]:
    """Per cent the share may be: of the amount said before it; of what the measures save; of the rows it names."""
    if not whole:
        return []
    amounts = []
    for found in re.finditer(rf"{NUMBER}\s*(万|亿)?\s*([a-zA-Zμ]+[³3]?|吨|公斤|千克|度|千瓦时|立方米|方)(?![a-zA-Z]|/(?!a(?![a-z])|年))", lead):  # fmt: skip
        times = amount_in(found[3], unit)
        if times is not None:
            amounts.append(number_of_words(found[1]) * SCALE_WORDS.get(found[2] or "", 1) * times)
    if amounts:
        return [one * 100 / whole for one in amounts]
    if re.search("节|省|少[用耗排]|减少", before):
        sums = [total for group in ways_counted(facts) for total in totals(group, stream)]
        return [one * 100 / whole for one in sums if one]
    named = _named(facts, parts, before) if parts != "-" else []
    if not named:
        return []
    together = re.search("[两二三四五六]条|[两三]道|合计|共|都|加起来", before) is not None
    return [one * 100 / whole for one in (sum(named, Fraction(0)), *(() if together else named))]


def _carriers(
    facts: Facts, whole: Fraction | None, lines: tuple[str, ...], before: str
) -> list[Fraction]:
    """Of the energy used, what the carrier named last is. `lines`: 「figure words」."""
    for line in lines:
        figure, words = line.split(" ", 1)
        part = facts.figure(figure)
        if whole and part is not None and re.search(rf"(?:{words})$", before.strip()):
            return [part * 100 / whole]
    return []


_GENERIC = re.compile(
    "全厂|全场|车间|主要|设备|用电|用水|取水|用气|用能|生产|其他|系统|公用|部分|工序|办公|能耗|综合|耗|量"
)


def _named(facts: Facts, parts: str, words: str) -> list[Fraction]:
    """Amounts of the rows that share two characters with the words, common ones left out."""
    place, _, only = parts.partition("~")
    table, _, column = place.partition("/")
    column_of, _, wanted = only.partition("=")
    own = _GENERIC.sub(" ", words)
    pairs = {own[at : at + 2] for at in range(len(own) - 1) if " " not in own[at : at + 2]}
    found = []
    for row in facts.rows(table):
        name = _GENERIC.sub(" ", facts.text(table, row, "name"))
        amount = facts.number(table, row, column)
        fits = not only or facts.text(table, row, column_of) == wanted
        if amount is not None and fits and any(pair in name for pair in pairs):
            found.append(amount)
    return found


@test_of_rule
def growth_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「2025 年产值比 2023 年多 7.5%」 that the years of the table do not make. `of`: 「=figure or table/{Y}/column words」; `off`: how
    many points off is too much."""
    for line in rule.settings["of"]:
        place, words = line.split(" ", 1)
        number = rf"(?:了|约|近|大约)*\s*{NUMBER}\s*[%％]"
        way = r"(多用?|增[加长]?|上升|提高|涨|少用?|减少?|下降|降低?)"
        than = rf"(20\d\d)\s*年?[^，。；、\d]{{0,6}}(?:{words})量?[^，。；、\d]{{0,4}}(?:比|较)\s*(20\d\d)\s*年[^，。；、\d]{{0,3}}{way}{number}"
        last = rf"(20\d\d)\s*年[^。；\d]{{0,24}}(?:{words})量?(?:比上年|比前一年|同比|较上年)?{way}{number}"
        for key, text in facts.texts:
            for pattern, groups_of in ((than, (1, 2, 3, 4)), (last, (1, 0, 2, 3))):
                for found in compiled(pattern).finditer(text):
                    year = int(found[groups_of[0]])
                    base = int(found[groups_of[1]]) if groups_of[1] else year - 1
                    now, before = _of_year(facts, place, year), _of_year(facts, place, base)
                    if now is None or not before:
                        continue
                    if compiled(rule.settings["not"][0]).search(found[0]):
                        continue  # of a part of the firm, or of each product
                    typed = found[groups_of[3]]
                    said = number_of_words(typed) * (
                        -1 if found[groups_of[2]][0] in "少减下降" else 1
                    )
                    change = (now - before) * 100 / before
                    half = Fraction(1, 2 * 10 ** len(typed.partition(".")[2]))
                    if abs(change - said) > half + setting(rule, "off") * (3 if _ABOUT.search(found[0]) else 1):  # fmt: skip
                        yield Found((key,), {"said": found[0], "change": to_places(change, 1)})


def _of_year(facts: Facts, place: str, year: int) -> Fraction | None:
    base = facts.base_year
    if base is None or not base - 2 <= year <= base:
        return None
    if place.startswith("="):
        known = facts.project.derivation
        return known.figure(place[1:], year).value if place[1:] in known.quantities else None
    return facts.number(place.replace("{Y}", str(year)))


@test_of_rule
def saving_beyond_place(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A measure saves more than the place it is for uses. `places`: 「stream table/column only [figure/figure]」; only:
    「column=value」 of the rows or 「-」; the two figures make the unit of the stream of the cell's."""
    for line in rule.settings["places"]:
        stream, place, only, *figures = line.split(" ")
        table, column = place.split("/")
        column_of, _, wanted = only.partition("=")
        times = _ratio(facts, figures[0]) if figures else Fraction(1)
        for one in facts.measures:
            saved, where = one.savings.get(stream), facts.text(LIST, one.row_id, "where")
            if not saved or one.state == "dropped" or len(where) < 2:
                continue
            for row in facts.rows(table):
                name, used = facts.text(table, row, "name"), facts.number(table, row, column)
                fits = wanted == "" or facts.text(table, row, column_of) == wanted
                if not (fits and used and times and _same_place(where, name)):
                    continue
                if saved > used * times:
                    told: Told = {"name": one.name, "saved": saved, "place": name, "used": to_places(used * times)}  # fmt: skip
                    yield Found((cell_key(SAVINGS, one.row_id, stream), cell_key(table, row, column)), told)  # fmt: skip


def _ratio(facts: Facts, figures: str) -> Fraction | None:
    above, below = (facts.figure(one) for one in figures.split("/"))
    return above / below if above and below else None


def _same_place(where: str, name: str) -> bool:
    """One is the other's words; 「照明」 of 「照明、办公和其他」 too, where the whole bounds the part."""
    if where in name or name in where:
        return True
    parts = [part for part in re.split(r"[、，,和及（）()]", name) if len(part) >= 2]
    return any(part in where for part in parts)
