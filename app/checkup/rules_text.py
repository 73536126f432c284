"""What is written in words: leftovers of templates, and statements that the data do not bear out."""

import re
from collections.abc import Iterator

from app.assessment.indicator_system import Level
from app.checkup.facts import Facts, Found, test_of_rule
from app.checkup.patterns import compiled
from app.forms.checkup_data import RuleText

_LEVELS = {"Ⅰ": Level.I, "Ⅱ": Level.II, "Ⅲ": Level.III, "I": Level.I, "II": Level.II, "III": Level.III,
           "一": Level.I, "二": Level.II, "三": Level.III, "1": Level.I, "2": Level.II, "3": Level.III,
           "国际": Level.I, "国内先进": Level.II, "国内一般": Level.III, "国内基本": Level.III}  # fmt: skip


@test_of_rule
def text_matches(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Any text with something of `patterns` in it."""
    for key, text in facts.texts:
        for pattern in rule.settings["patterns"]:
            match = compiled(pattern).search(text)
            if match is not None:
                yield Found((key,), {"said": match[0]})
                break


@test_of_rule
def other_workshop(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A workshop or line that nothing else in the audit knows. `sources`: tables and questions that name the firm's own."""
    places = (*rule.settings["sources"], "process.list")
    own = [text for key, text in facts.texts if key.partition("/")[0] in places]
    process = facts.asked.get("process.list")
    chosen = facts.text("process.list").split("|")
    own += [one.label for one in getattr(process, "options", ()) if one.id in chosen]
    known = "、".join((*own, facts.text("firm.name"), facts.text("firm.industry")))
    for key, text in facts.texts:
        if key.partition("/")[0] in rule.settings["sources"]:
            continue
        for match in compiled(rule.settings["pattern"][0]).finditer(text):
            stem = match[1][-2:]
            if stem not in known and not any(word in match[1] for word in rule.settings["generic"]):
                yield Found((key,), {"said": f"{stem}{match[2]}"})


@test_of_rule
def level_name_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A level said to be reached that is not the computed one, or any where none is computed."""
    level = None if facts.assessment is None else facts.assessment.level
    computed = (
        "没有算出等级"
        if level is None
        else ("未达到Ⅲ级" if level is Level.NONE else f"{level.symbol} 级")
    )
    now = compiled(rule.settings["claims"][0])
    hopes = compiled(rule.settings["hopes"][0])  # anywhere before it in the sentence
    beside = compiled(rule.settings["beside"][0])  # in the same clause
    for key, text in facts.texts:
        for sentence in re.split(r"[。；;！!\n]", text):
            for match in now.finditer(sentence):
                said = _LEVELS[next(group for group in match.groups() if group)]
                before = sentence[: match.end()]
                clause = re.split(r"[，,：:]", before)[-1]
                if said is level or hopes.search(before) or beside.search(clause):
                    continue
                yield Found((key,), {"said": match[0], "computed": computed})


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
    for bar in rule.settings["bars"]:
        key, value = bar.split("=")
        if value in facts.text(key).split("|"):
            yield Found(("front.simplified", key), {"why": facts.index.label_of(key, facts.book)})
    if facts.exceedances:
        over = facts.exceedances[0]
        yield Found(("front.simplified", *over.keys), {"why": f"{over.name}超过限值"})


@test_of_rule
def permit_of_other(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A permit whose number begins with another firm's credit code."""
    code, number = facts.text("firm.credit_code"), facts.text("env.permit_no").replace(" ", "")
    if len(code) == 18 and re.fullmatch(r"[0-9A-Z]{18}\d{3}[A-Z]", number) and number[:18] != code:
        yield Found(("env.permit_no", "firm.credit_code"), {"said": number[:18], "code": code})
