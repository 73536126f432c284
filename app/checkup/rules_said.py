"""What single answers say, each by itself or beside one other: words that say nothing, ways nobody may go, penalties told elsewhere."""

import re
from collections.abc import Iterator

from app.checkup.facts import Facts, Found, setting, test_of_rule
from app.checkup.patterns import clause_of, compiled, sentence_of
from app.checkup.rules_plan import LIST
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText
from app.forms.question import Question, QuestionKind


@test_of_rule
def cell_says(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """An answer or cell that says too little, or what cannot be: `cells`: 「place pattern」 of the whole of it, a question or
    table/column, of a choice its id; `beside`: 「place pattern」 that has to fit too, a column of the same row or a question."""
    beside = [line.split(" ", 1) for line in rule.settings.get("beside", ())]
    for line in rule.settings["cells"]:
        place, pattern = line.split(" ", 1)
        for key in facts.keys_of(place):
            row = key.rpartition("/")[0]
            others = [(other if "." in other else f"{row}/{other}", p) for other, p in beside]
            fits = all(compiled(p).search(facts.text(other)) for other, p in others)
            if fits and not facts.note(key) and compiled(pattern).fullmatch(facts.text(key)):
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
    more than two before the report's."""
    if facts.text("env.penalties") != "no":
        return
    for key, text in facts.texts:
        for found in compiled("|".join(rule.settings["patterns"])).finditer(text):
            sentence = sentence_of(text, found.start())
            years = [int(one) for one in re.findall(r"(?:19|20)\d\d(?=\s*年)", sentence)]
            old = bool(years) and max(years) < facts.report_day.year - 1
            if not old and not compiled(rule.settings["not"][0]).search(sentence):
                yield Found(("env.penalties", key), {"said": found[0]})
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
