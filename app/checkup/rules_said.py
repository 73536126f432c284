"""What single answers say, each by itself or beside one other: words that say nothing, ways nobody may go, penalties told elsewhere."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.assessment.numbers import to_places
from app.checkup.concern import Severity
from app.checkup.facts import Facts, Found, setting, test_of_rule
from app.checkup.patterns import clause_of, compiled, sentence_of
from app.checkup.rules_plan import LIST
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText
from app.forms.question import Question, QuestionKind


@test_of_rule
def cell_says(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An answer or cell that says too little, or what cannot be: `cells`: 「place pattern」 of the whole of it, a question or
    table/column, of a choice its id; `beside`: 「place pattern」 that has to fit too, a column of the same row or a question; `unless`: words that deny it."""
    unless = compiled(rule.settings.get("unless", ("(?!)",))[0])
    beside = [line.split(" ", 1) for line in rule.settings.get("beside", ())]
    for line in rule.settings["cells"]:
        place, pattern = line.split(" ", 1)
        for key in facts.keys_of(place):
            row = key.rpartition("/")[0]
            others = [(other if "." in other else f"{row}/{other}", p) for other, p in beside]
            fits = all(compiled(p).search(facts.text(other)) for other, p in others)
            said = facts.text(key)
            if fits and not facts.note(key) and compiled(pattern).fullmatch(said) and not unless.search(said):  # fmt: skip
                yield Found((key,), {"said": facts.shown(key)})


@test_of_rule
def text_says(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Words that stand in any text (`patterns`), unless the sentence denies them or tells of before (`not`)."""
    denied = compiled(rule.settings["not"][0])
    for key, text in facts.texts:
        for found in compiled("|".join(rule.settings["patterns"])).finditer(text):
            if not denied.search(clause_of(text, found.start())):
                yield Found((key,), {"said": found[0]})
                break


@test_of_rule
def penalty_in_text(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A penalty in words (`patterns`) beside 「近一年没有」. Silent where the sentence denies it, names another firm, or a year
    more than one before the report's; asked of the year before."""
    if facts.text("env.penalties") != "no":
        return
    for key, text in facts.texts:
        for found in compiled("|".join(rule.settings["patterns"])).finditer(text):
            sentence = sentence_of(text, found.start())
            years = [int(one) for one in re.findall(r"(?:19|20)\d\d(?=\s*年)", sentence)]
            old = bool(years) and max(years) < facts.report_day.year - 1
            if not old and not compiled(rule.settings["not"][0]).search(sentence):
                before = bool(years) and max(years) < facts.report_day.year
                yield Found(("env.penalties", key), {"said": found[0]}, Severity.WARN if before else None)  # fmt: skip
                break


@test_of_rule
def none_beside_others(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """「没有」 chosen together with something that is there."""
    for key, item in facts.asked.items():
        if not isinstance(item, Question) or item.kind is not QuestionKind.MULTI_CHOICE:
            continue
        chosen = facts.text(key).split("|")
        if "none" in chosen and len(chosen) > 1:
            labels = [one.label for one in item.options if one.id in chosen and one.id != "none"]
            none = next(one.label for one in item.options if one.id == "none")
            yield Found((key,), {"none": none, "others": "、".join(labels)})


@test_of_rule
def dropped_unsaid(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A measure given up, and no word why, in a note or in a text that names it."""
    texts = [text for key, text in facts.texts if not key.startswith(f"{LIST}/")]
    for one in facts.measures:
        key = cell_key(LIST, one.row_id, "state")
        if one.state != "dropped" or facts.note(key):
            continue
        own = [facts.text(LIST, one.row_id, column) for column in ("effect", "evidence")]
        if any(compiled(rule.settings["why"][0]).search(text) for text in own):
            continue
        if not any(one.name in text or one.row_id in text for text in texts):
            yield Found((key,), {"name": one.name})


@test_of_rule
def proof_old(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """The proof of something done bears a year before the base year."""
    if facts.base_year is None:
        return
    done = {one.measure.row_id: one.measure.name for one in facts.proofs if one.is_done}
    for place in rule.settings["columns"]:
        for key in facts.keys_of(place):
            row = key.split("/")[1]
            for found in re.finditer(r"(20\d\d)\s*年", facts.text(key)):
                if row in done and int(found[1]) < facts.base_year:
                    yield Found((key,), {"name": done[row], "said": found[0]})
                    break


@test_of_rule
def waste_class(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A code whose class is none of those such a waste has. `classes`: 「pattern of the name, classes」; a name that fits several
    may have any of theirs."""
    for row in facts.rows("env.waste"):
        name = facts.text("env.waste", row, "name")
        key = cell_key("env.waste", row, "code")
        found = re.search(r"\d{3}-\d{3}-(\d\d)|HW(\d\d)", facts.text(key), re.IGNORECASE)
        if facts.text("env.waste", row, "kind") != "hazardous" or found is None or facts.note(key):
            continue
        lines = [line.rpartition(" ") for line in rule.settings["classes"]]
        allowed = {one for words, _, ids in lines if compiled(words).search(name) for one in ids.split(",")}  # fmt: skip
        if allowed and (found[1] or found[2]) not in allowed:
            yield Found((key,), {"name": name, "said": facts.text(key), "classes": "、".join(f"HW{one}" for one in sorted(allowed))})  # fmt: skip


def _substance(name: str) -> str:
    """Without strength, grade and brackets: 「浓盐酸（31%）」 is 盐酸."""
    return re.sub(r"[（(].*?[）)]|[\d.%％]|浓|稀|工业|试剂|级|溶液|液", "", name).strip()


@test_of_rule
def cas_twice(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """One number of a substance with two that are not the same, of pure ones only: two mixtures may have one chief component.
    `pure`: their names; `same`: groups of words for one thing."""
    pure = compiled(rule.settings["pure"][0])
    table, seen = "materials.toxic", dict[str, tuple[str, str]]()
    for row in facts.rows(table):
        name, key = facts.text(table, row, "name"), cell_key(table, row, "cas")
        for cas in re.findall(r"(?<![\d-])\d{2,7}-\d\d-\d(?![\d-])", facts.text(key)):
            other, first = seen.setdefault(cas, (name, key))
            alike = any(compiled(one).search(name) and compiled(one).search(other) for one in rule.settings["same"])  # fmt: skip
            both = pure.search(name) and pure.search(other)
            if both and not alike and _substance(name) != _substance(other):
                yield Found((key, first), {"one": other, "two": name, "cas": cas})


@test_of_rule
def replaceable_unplanned(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Toxic materials that could be replaced, and nothing speaks of replacing any (`swaps`)."""
    said = "".join(f"{one.name}{facts.text(LIST, one.row_id, 'effect')}" for one in facts.measures)
    said += "".join(text for key, text in facts.texts if key.startswith(("causes.", "voc.swap", "continuing.")))  # fmt: skip
    for key in facts.keys_of("materials.toxic/replaceable"):
        name = facts.text(f"{key.rpartition('/')[0]}/name")
        spoken = name[:2] in said or compiled(rule.settings["swaps"][0]).search(said)
        if facts.text(key) == "yes" and name and not spoken and not facts.note(key):
            yield Found((key,), {"name": name})


@test_of_rule
def opinion_unanswered(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An opinion of the evaluation, and no word (`none`) of what was done about it."""
    table = "evaluation.opinions"
    for row in facts.rows(table):
        said, answer = facts.text(table, row, "opinion"), facts.text(table, row, "answer")
        if said and (not answer or compiled(rule.settings["none"][0]).fullmatch(answer)):
            yield Found((cell_key(table, row, "answer"),), {"said": said})


@test_of_rule
def aspect_inside(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Within one aspect: a cause or an idea beside 「没有问题」 (`nothing`); two of the three in the same words."""
    table = "causes.aspects"
    for row in facts.rows(table):
        seen, cause, idea = (facts.text(table, row, c) for c in ("seen", "cause", "idea"))
        nothing = [compiled(rule.settings["nothing"][0]).fullmatch(one) for one in (seen, cause)]
        key = cell_key(table, row, "seen")
        if nothing[0] and cause and not nothing[1]:
            yield Found((key,), {"what": f"现象写「{seen}」，却有原因「{cause}」"})
        for one, other, names in ((seen, cause, "现象和原因"), (cause, idea, "原因和办法"), (seen, idea, "现象和办法")):  # fmt: skip
            if one and one == other and not compiled(rule.settings["nothing"][0]).fullmatch(one):
                yield Found((key,), {"what": f"{names}写了同一句「{one}」"})
                break


@test_of_rule
def texts_copied(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A long text (`least` characters) that stands whole in another one."""
    least = int(setting(rule, "least"))
    long = {key: facts.text(key) for key, item in facts.asked.items() if getattr(item, "kind", None) is QuestionKind.LONG_TEXT}  # fmt: skip
    keys = [key for key, text in long.items() if len(text) >= least]
    for at, key in enumerate(keys):
        for other in keys[at + 1 :]:
            one, two = long[key].rstrip("。"), long[other].rstrip("。")
            if one in two or two in one:
                yield Found((other, key), {"said": min(one, two, key=len)[:30]})


@test_of_rule
def duties_alike(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """So many (`least`) members of the team, and all have the same to do."""
    duties = [facts.text(key) for key in facts.keys_of("team.members/duty")]
    if len(duties) >= setting(rule, "least") and duties[0] and len(set(duties)) == 1:
        yield Found(tuple(facts.keys_of("team.members/duty")), {"said": duties[0]})


@test_of_rule
def balance_sides(facts: Facts, _rule: RuleText) -> Iterator[Found]:
    """A material that only comes in, or only goes out."""
    table, sides = "balance.streams", dict[str, dict[str, str]]()
    for row in facts.rows(table):
        material, side = facts.text(table, row, "material"), facts.text(table, row, "side")
        if material and side:
            sides.setdefault(material, {}).setdefault(side, cell_key(table, row, "side"))
    for material, known in sides.items():
        if len(known) == 1:
            side, key = next(iter(known.items()))
            yield Found((key,), {"name": material, "what": "进" if side == "in" else "出"})


_EXPRESSION = re.compile(
    r"(?<![\d.])((?:[\d,， ]*\d(?:\.\d+)?\s*[^\d\s×x*÷+＋−=＝，。；、（）()]{0,8}\s*[×x*÷+＋−]\s*){1,4}[\d,， ]*\d(?:\.\d+)?)"
    r"\s*([^\d=＝，。；、]{0,8})\s*[=＝]\s*([\d,， ]*\d(?:\.\d+)?)\s*(?![\d×x*÷/+＋−])"
)
_PART = re.compile(r"([×x*÷+＋−])?\s*([\d,， ]*\d(?:\.\d+)?)")


_LEAD = re.compile(r"[A-Za-z]+\d+|\d+\s*[年月日号]")  # DW001, 2025 年: no part of a sum
_MORE = re.compile(r"[\d/×x*÷+＋−()（）~～-]")


@test_of_rule
def arithmetic_wrong(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """「46500×0.74÷10000＝34.4」 that does not come out. Units nobody wrote out (mg × m³ in t) shift the point where nothing is
    divided by a power of ten; off by `percent`."""
    for key, text in facts.texts:
        for found in _EXPRESSION.finditer(text):
            value, shifted = _worked(found[1])
            said = _number(found[3])
            lead = _LEAD.sub("", re.split("[，。；：\n]", text[: found.start()])[-1])
            if value is None or not said or re.search("[%％]", found[0]) or _MORE.search(lead):
                continue
            half = Fraction(1, 2 * 10 ** len(found[3].partition(".")[2]))
            shifts = [Fraction(1)] if shifted else [Fraction(10) ** n for n in range(-9, 10)]
            most = [max(abs(value * one) * setting(rule, "percent") / 100, half) for one in shifts]
            if not any(abs(value * one - said) <= off for one, off in zip(shifts, most, strict=True)):  # fmt: skip
                yield Found((key,), {"said": found[0].strip(), "value": to_places(value, 2)})


@test_of_rule
def load_in_note(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A load in t whose note multiplies water (m³) by a concentration (mg/L) to something else, off by `percent`."""
    for place in rule.settings["columns"]:
        for key in facts.keys_of(place):
            value = facts.number(key)
            found = re.search(r"([\d,， ]*\d(?:\.\d+)?)\s*(?:m³|m3|立方米|吨)\s*[×x*]\s*([\d.]*\d)\s*mg/L", facts.note(key))  # fmt: skip
            if value is None or found is None:
                continue
            worked = _number(found[1]) * _number(found[2]) / 1_000_000
            half = Fraction(1, 2 * 10 ** len(facts.text(key).partition(".")[2]))
            if abs(worked - value) > max(half, worked * setting(rule, "percent") / 100):
                yield Found((key,), {"said": found[0].strip(), "value": to_places(worked, 4)})


def _number(words: str) -> Fraction:
    return Fraction(re.sub(r"[,，\s]", "", words))


def _worked(expression: str) -> tuple[Fraction | None, bool]:
    """The value, × before +; whether it multiplies or divides by a power of ten. None where something is divided by nought."""
    terms, shifted = [Fraction(0)], False
    for sign, words in _PART.findall(expression):
        number = _number(words)
        if sign in "÷×x*" and sign:
            shifted |= number in [Fraction(10) ** n for n in range(2, 7)]
            if sign == "÷" and not number:
                return None, shifted
            terms[-1] = terms[-1] / number if sign == "÷" else terms[-1] * number
        else:
            terms.append(-number if sign == "−" else number)
    return sum(terms, Fraction(0)), shifted


@test_of_rule
def period_short(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """What was measured over fewer `days` is said to be a year's."""
    said = facts.text("after.period")
    day = r"(?:(20\d\d)\s*年)?\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]"
    found = re.search(rf"{day}\s*(?:至|到|[-—–~～]+)\s*{day}", said)
    if found is None or not found[1]:
        return
    months = [(int(found[1]), int(found[2]), int(found[3])), (int(found[4] or found[1]), int(found[5]), int(found[6]))]  # fmt: skip
    first, last = (year * 360 + month * 30 + number for year, month, number in months)
    if 0 <= last - first < setting(rule, "days"):
        yield Found(("after.period",), {"said": found[0], "days": last - first + 1})
