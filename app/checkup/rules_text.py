"""What is written in words: leftovers of templates, other firms, and statements that the data do not bear out."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.indicator_system import Level
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, Told, test_of_rule
from app.checkup.patterns import (
    NUMBER,
    clause_of,
    compiled,
    matches,
    number_of_words,
    sentence_of,
)
from app.forms.answer import Given
from app.forms.checkup_data import RuleText
from app.forms.question import QuestionKind
from app.measures.results import afterwards

_LEVELS = {"Ⅰ": Level.I, "Ⅱ": Level.II, "Ⅲ": Level.III, "I": Level.I, "II": Level.II, "III": Level.III,
           "一": Level.I, "二": Level.II, "三": Level.III, "1": Level.I, "2": Level.II, "3": Level.III,
           "领先": Level.I, "先进": Level.II, "一般": Level.III, "基本": Level.III}  # fmt: skip
_PLACES = ("/name", "/line", "/where", "/source", "/used_for")
_SCALES = {"万": 10_000, "亿": 100_000_000}
_ABOUT = re.compile("约|近|余|左右|多|上下|以上")


@test_of_rule
def placeholder(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Words and signs that stand for something still to be written."""
    words = "|".join(f"(?:{one})" for one in rule.settings["patterns"])
    alone = compiled(rule.settings["alone"][0])  # a dash in a table says that there is none
    short = compiled(rule.settings["short"][0])  # no sentence at all
    for key, text in facts.texts:
        if told := matches(words, text):
            yield Found((key,), {"text": told[0][0].strip() or "空白"})
            continue
        found = alone.fullmatch(text.strip()) if "/" not in key else None
        if getattr(facts.asked.get(key), "kind", None) is QuestionKind.LONG_TEXT:
            found = found or short.fullmatch(text.strip())
        if found is not None:  # it may mean that there is none
            yield Found((key,), {"text": found[0]}, Severity.WARN)


# --- other firms ------------------------------------------------------------------------------------------------------


@test_of_rule
def other_firm(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A firm named in free text that this audit does not know and nothing in the sentence says who it is: left over from
    another client's report?"""
    own = facts.text("firm.name")
    if not own:
        return
    known = [
        own,
        *(
            one.text
            for key, one in facts.book.answers.items()
            if _names_someone(key, rule) and isinstance(one, Given) and one.text
        ),
    ]
    names = "|".join(rule.settings["names"])
    related = compiled(rule.settings["related"][0])
    not_firms = compiled(rule.settings["no_firm"][0])
    short = _core(own, rule)
    for key, text in facts.texts:
        if _names_someone(key, rule):
            continue
        for found in matches(names, text):
            name = found[0]
            for lead in rule.settings["before"]:
                shorter = compiled(lead).sub("", name)
                name = shorter if len(_core(shorter, rule)) >= 2 else name
            # What stands before it tells who it is: 「参观学习了……」.
            rest = related.split(name)[-1]
            name = rest if len(_core(rest, rule)) >= 4 else name
            core = _core(name, rule)
            if len(core) < 2 or core in short or short in core or not_firms.search(name):
                continue
            if any(core in one for one in known):
                continue
            sentence, clause = sentence_of(text, found.start()), clause_of(text, found.start())
            is_subject = sentence.lstrip().startswith(name[:4])
            if not related.search((clause if is_subject else sentence).replace(name, "")):
                yield Found((key, "firm.name"), {"name": name, "own": own})


def _core(name: str, rule: RuleText) -> str:
    return compiled(f"(?:{rule.settings['kinds'][0]})$").sub("", name)


def _names_someone(key: str, rule: RuleText) -> bool:
    """Answers in which another company stands by right: consultant, receivers of waste, laboratories, standards."""
    return key.endswith(tuple(rule.settings["theirs"]))


@test_of_rule
def other_town(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「位于……」 of the firm in words, with no place of its own address in it."""
    known = "".join(facts.text(key) for key in ("firm.place", "firm.address", "firm.name"))
    if not facts.text("firm.place"):
        return
    for key, text in facts.texts:
        if key not in rule.settings["keys"]:
            continue
        for found in compiled(rule.settings["pattern"][0]).finditer(text):
            parts = [
                part
                for part in re.findall(r"[\u4e00-\u9fff]{1,7}?(?:省|市|区|县|镇|乡|街道)", found[1])
                if not compiled(rule.settings["except"][0]).search(part)
            ]
            theirs = compiled(rule.settings["related"][0]).search(clause_of(text, found.start()))
            if parts and not theirs and not any(part in known for part in parts):
                yield Found(
                    (key, "firm.place"), {"said": found[1], "place": facts.text("firm.place")}
                )


@test_of_rule
def other_workshop(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A workshop or line that nothing else in the audit knows. `sources`: tables and questions that name the firm's own."""
    places = (*rule.settings["sources"], "process.list")
    own = [
        text
        for key, text in facts.texts
        if key.partition("/")[0] in places
        or (key.endswith(_PLACES) and not key.startswith("measures."))
    ]
    process = facts.asked.get("process.list")
    chosen = facts.text("process.list").split("|")
    own += [one.label for one in getattr(process, "options", ()) if one.id in chosen]
    own += [facts.text("firm.name"), facts.text("firm.industry")]
    known = re.sub(r"\s", "", "、".join(own))
    theirs = compiled(rule.settings["related"][0])
    # 「切磨工段」 of the steps 切料 and 磨形.
    steps = "".join(facts.text("process.steps", row, "name") for row in facts.rows("process.steps"))
    for key, text in facts.texts:
        if key.partition("/")[0] in rule.settings["sources"]:
            continue
        for match in matches(rule.settings["pattern"][0], text):
            stem = match[1][-2:]
            if stem in known or set(stem) <= set(steps):
                continue
            if any(word in match[1] for word in rule.settings["generic"]):
                continue
            if not theirs.search(sentence_of(text, match.start())):
                yield Found((key,), {"said": f"{stem}{match[2]}"})
        for match in matches(rule.settings["numbered"][0], text):
            name = re.sub(r"\s", "", match[0])
            if name not in known and not theirs.search(sentence_of(text, match.start())):
                yield Found((key,), {"said": name})


# --- levels and indexes -----------------------------------------------------------------------------------------------


@test_of_rule
def level_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A level said to be reached by the firm that is not the computed one, or any where none is computed; after the
    measures, one above what the measured results come to."""
    own = None if facts.assessment is None else facts.assessment.level
    hopes, beside, of_part, firm = (
        compiled(rule.settings[name][0]) for name in ("hopes", "beside", "part", "firm")
    )
    later, skipped = compiled(rule.settings["later"][0]), tuple(rule.settings["skip"])
    after: Level | None = None
    asked_after = False
    for key, text in facts.texts:
        if key.endswith(skipped):
            continue
        for pattern in (*rule.settings["claims"], *rule.settings["sure"]):
            for match in matches(pattern, text):
                said = next(one for group in match.groups()[::-1] if (one := _LEVELS.get((group or "").upper())))  # fmt: skip
                sentence, clause = sentence_of(text, match.start()), clause_of(text, match.start())
                # 「已符合……的要求」 of the firm is a claim, of its indicators none.
                sure = pattern in rule.settings["sure"] and not of_part.search(clause)
                if not sure and (beside.search(clause) or (of_part.search(clause) and not firm.search(clause))):  # fmt: skip
                    continue
                place = max(sentence.find(match[0]), 0)
                before = sentence[: place + len(match[0])]
                if later.search(before) and _has_results(facts):
                    if not asked_after:
                        result = afterwards(facts.project).assessment
                        after, asked_after = None if result is None else result.level, True
                    if after is not None and (after is Level.NONE or said.value < after.value):
                        told: Told = {
                            "said": match[0].strip(),
                            "own": f"审核后按实测算是{_named(after)}",
                        }
                        yield Found((key,), told)
                    continue
                if said is own or hopes.search(before) or hopes.search(clause):
                    continue
                told = {"said": match[0].strip(), "own": f"按指标算是{_named(own)}"}
                yield Found((key,), told)


def _named(level: Level | None) -> str:
    if level is None:
        return "没有定级"
    return "未达到 Ⅲ 级" if level is Level.NONE else f"{level.symbol} 级"


def _has_results(facts: Facts) -> bool:
    return any(
        facts.text("measures.results", row, "finished") for row in facts.rows("measures.list")
    )


@test_of_rule
def index_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An index in words that is none of the computed ones."""
    hopes = compiled(rule.settings["hopes"][0])
    for key, text in facts.texts:
        for match in matches(rule.settings["pattern"][0], text):
            said = Fraction(match[1])
            if hopes.search(sentence_of(text, match.start())):
                continue
            if not any(_rounds_to(value, match[1]) for value in _indexes(facts)):
                shown = "、".join(f"{float(v):.2f}" for v in _indexes(facts)) or "没有指数"
                yield Found((key,), {"said": said, "computed": shown})


def _indexes(facts: Facts) -> list[Fraction]:
    if facts.assessment is None:
        return []
    values = [one for one in facts.assessment.index.values() if one is not None]
    points = [one.low for one in facts.assessment.scores.values() if one.is_point]
    return [*values, *points]


@test_of_rule
def kind_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A text that calls the audit mandatory or voluntary, against its kind."""
    kind = facts.text("front.kind")
    if not kind:
        return
    name = "voluntary" if kind == "voluntary" else "mandatory"
    for key, text in facts.texts:
        match = compiled(rule.settings[f"not_{name}"][0]).search(text)
        if match is not None:
            said = "自愿" if kind == "voluntary" else "强制"
            yield Found((key, "front.kind"), {"said": match[0], "kind": said})


@test_of_rule
def simplified_not_for(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The simplified flow beside an answer (`bars`: key=value) that bars it."""
    if facts.text("front.simplified") != "yes" or "front.simplified" not in facts.asked:
        return
    whys: list[str] = []
    keys = ["front.simplified"]
    for bar in rule.settings["bars"]:
        key, value = bar.split("=")
        if value in facts.text(key).split("|"):
            place = facts.index.places.get(key)
            options = () if place is None else place.question.options
            said = next((one.label for one in options if one.id == value), "有")
            whys.append(f"{facts.index.label_of(key, facts.book)}：{said}")
            keys.append(key)
    if facts.exceedances:
        over = facts.exceedances[0]
        whys.append(f"{over.name}超过限值")
        keys += over.keys
    if whys:
        yield Found(tuple(keys), {"why": "」「".join(whys)})


@test_of_rule
def permit_of_other(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A permit whose number begins with another firm's credit code."""
    code, number = facts.text("firm.credit_code"), facts.text("env.permit_no").replace(" ", "")
    if len(code) == 18 and re.fullmatch(r"[0-9A-Z]{18}\d{3}[A-Z]", number) and number[:18] != code:
        yield Found(("env.permit_no", "firm.credit_code"), {"said": number[:18], "code": code})


# --- figures and years in words ---------------------------------------------------------------------------------------


def _rounds_to(value: Fraction, typed: str) -> bool:
    """Whether `value` is what was typed, to the places it was typed with."""
    places = len(typed.partition(".")[2])
    return abs(value - Fraction(typed)) <= Fraction(1, 2 * 10**places)


@test_of_rule
def text_figures(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A figure in words that is not the one of its table. `figures`: 「where size-of-unit pattern」; where: a question, a
    cell of a year (table/{Y}/column), =quantity, #table (its rows) or +table/column (their sum); the pattern has (number) and
    (万|亿)."""
    not_whole = compiled(rule.settings["not"][0])
    for line in rule.settings["figures"]:
        where, size, pattern = line.split(" ", 2)
        pattern = pattern.replace("#", NUMBER)
        for key, text in facts.texts:
            if key == where:
                continue
            for match in matches(pattern, text):
                sentence, clause = (
                    sentence_of(text, match.start()),
                    clause_of(text, match.start()),
                )
                if not_whole.search(clause):
                    continue
                # A year of the whole sentence counts for figures of years, not for 「2015 年成立，职工 86 人」.
                yearly = where.startswith("=") or "{Y}" in where
                value = _figure_of(facts, where, (sentence if yearly else clause).partition(match[0])[0])  # fmt: skip
                if value is None:
                    continue
                typed = match[1]
                scale = Fraction(_SCALES.get(match[2] or "", 1)) / Fraction(size)
                said = number_of_words(typed) * scale
                about = _ABOUT.search(clause) is not None
                place = len(typed.partition(".")[2])
                most = abs(value) / 20 if about else max(scale / (2 * 10**place), abs(value) / 200)
                if abs(said - value) > most:
                    yield Found((key, where.lstrip("=#+")), {"said": match[0], "value": value})


def _figure_of(facts: Facts, where: str, before: str) -> Fraction | None:
    """The value of the last year named in the sentence before it, else of the base year; None while it is open."""
    if facts.base_year is None:
        return None
    if where.startswith("#"):
        return Fraction(len(facts.rows(where[1:]))) or None
    if where.startswith("+"):
        numbers = [facts.number(key) for key in facts.keys_of(where[1:])]
        return None if None in numbers else sum((one for one in numbers if one), Fraction(0)) or None  # fmt: skip
    years = re.findall(r"(20\d\d)\s*年(?!成立|创办|创建|建|投产|开业|注册|搬)", before)
    year = int(years[-1]) if years else facts.base_year
    if not facts.base_year - 2 <= year <= facts.base_year:
        return None
    if where.startswith("="):
        name = where[1:]
        if name not in facts.project.derivation.quantities:
            return None
        return facts.project.derivation.figure(name, year).value
    return facts.number(where.replace("{Y}", str(year)))


@test_of_rule
def text_material(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An amount of a material or a product in words that no table of them has."""
    known: dict[str, set[Fraction]] = {}
    for table, columns in (("materials.list", ("y2", "y1", "y0")), ("product.list", ("y2", "y1", "y0")), ("voc.materials", ("amount",)), ("materials.toxic", ("amount",))):  # fmt: skip
        for row in facts.rows(table):
            unit = facts.text(table, row, "unit").lower() or "kg"
            size = {"kg": 1, "公斤": 1, "千克": 1, "t": 1000, "吨": 1000}.get(unit)
            name = re.sub(r"[（(].*?[)）]", "", facts.text(table, row, "name"))
            metal = re.search(r"折(.)", facts.text(table, row, "name"))
            values = [facts.number(table, row, column) for column in columns]
            if size is None:
                continue
            for one in [*re.split("[、,，/]", name), *([metal[1]] if metal else [])]:
                if one:
                    known.setdefault(one, set()).update(v * size for v in values if v is not None)
    if not known:
        return
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    pattern = re.compile(rf"({names})\s*(?:共|用|合计|一年)?\s*{NUMBER}\s*(kg|公斤|千克|t|吨)(?![\w/·])")  # fmt: skip
    not_whole, capacity = (compiled(rule.settings[name][0]) for name in ("not", "capacity"))
    for key, text in facts.texts:
        if not any(
            key == place or (key.startswith(f"{place.partition('/')[0]}/") and key.endswith(f"/{place.partition('/')[2]}"))
            for place in rule.settings["keys"]
        ):  # fmt: skip
            continue
        for match in pattern.finditer(text):
            start = match.start()
            if (
                capacity.search(sentence_of(text, start))
                or not_whole.search(clause_of(text, start))
                or (start and re.match(r"[\u4e00-\u9fff]", text[start - 1]) and len(match[1]) == 1)
            ):
                continue
            size = 1000 if match[3] in ("t", "吨") else 1
            said = number_of_words(match[2]) * size
            mine = known[match[1]]
            if mine and not any(abs(said - one) * 200 <= one for one in mine):
                one = max(mine, key=lambda value: -abs(value - said))
                yield Found((key,), {"said": match[0], "value": one})


@test_of_rule
def text_founded(facts: Facts, rule: RuleText) -> Iterator[Found]:
    founded = facts.year("firm.founded")
    text = facts.text("firm.intro")
    for match in compiled(rule.settings["pattern"][0]).finditer(text):
        year = int(match[1] or match[2])
        if founded is not None and year != founded:
            yield Found(("firm.intro", "firm.founded"), {"said": match[0], "year": founded})


@test_of_rule
def text_years(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Three years named in words that are not the three of this audit."""
    about = compiled(rule.settings["about"][0])
    for key, text in facts.texts:
        for match in matches(rule.settings["pattern"][0], text):
            first, last = int(match[1]), int(match[2])
            if facts.base_year is None or last - first != 2 or first >= facts.base_year:
                continue
            if last != facts.base_year and about.search(sentence_of(text, match.start())):
                years = f"{facts.base_year - 2}—{facts.base_year}"
                yield Found((key, "audit.base_year"), {"said": match[0], "years": years})
