"""Words of texts against single answers: names and numbers of papers, years, what is said to be done, money and hours in words."""

import re
from collections.abc import Iterator
from fractions import Fraction

from app.checkup.facts import Facts, Found, Told, setting, test_of_rule
from app.checkup.patterns import NUMBER, clause_of, compiled, number_of_words, sentence_of
from app.checkup.rules_plan import LIST, RESULTS, SCALE_WORDS
from app.forms.answer import cell_key
from app.forms.checkup_data import RuleText


@test_of_rule
def words_differ(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A word of a text that is the answer to a question, and another one. `words`: 「question pattern」, the word its group; an
    answer that begins with the word is the same. `not`: sentences about others or before."""
    for line in rule.settings["words"]:
        key, pattern = line.split(" ", 1)
        own = facts.text(key)
        for at, text in facts.texts if own else ():
            for found in compiled(pattern).finditer(text):
                sentence = sentence_of(text, found.start())
                if at == key or own.startswith(found[1]) or compiled(rule.settings["not"][0]).search(sentence):  # fmt: skip
                    continue
                yield Found((at, key), {"said": found[0], "own": own})
                break


@test_of_rule
def done_claimed(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """All measures done, or none (`all`, `nothing`), where the list has others; targets reached (`targets`) and papers passed
    (`passed`) where nothing says so. Sentences of hope are none (`hopes`)."""
    kept = [one for one in facts.proofs if one.measure.state != "dropped"]
    open_ones = [one.measure.name for one in kept if not one.is_done]
    done = [one.measure.name for one in kept if one.is_done]
    reached = [facts.number(key) for key in facts.keys_of("targets.done/value")]
    claims = (
        ("all", bool(open_ones), f"「{open_ones[0]}」还没做完" if open_ones else ""),
        ("nothing", bool(done), f"「{done[0]}」已经做完" if done else ""),
        ("targets", not any(one is not None for one in reached), "目标完成情况一个数也没有"),
        ("passed", not facts.text("evaluation.date"), "评估的日子没填"),
    )
    for name, wrong, why in claims:
        for key, text in facts.texts if wrong else ():
            found = compiled(rule.settings[name][0]).search(text)
            if found is not None and not compiled(rule.settings["hopes"][0]).search(sentence_of(text, found.start())):  # fmt: skip
                yield Found((key,), {"said": found[0], "why": why})


@test_of_rule
def money_said(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Another investment or saving in a measure's own words than in its cells. `cost`, `saving`: patterns with (number)."""
    for one in facts.measures:
        key = cell_key(LIST, one.row_id, "effect")
        for column in ("cost", "saving"):
            typed = facts.number(LIST, one.row_id, column)
            pattern = compiled(rule.settings[column][0].replace("#", NUMBER))
            found = pattern.search(facts.text(key))
            if typed is None or found is None:
                continue
            said = number_of_words(found[1])
            half = Fraction(1, 2 * 10 ** len(found[1].partition(".")[2]))
            if abs(said - typed) > max(half, abs(typed) * setting(rule, "percent") / 100):
                yield Found((key, cell_key(LIST, one.row_id, column)), {"said": found[0], "typed": typed})  # fmt: skip


@test_of_rule
def words_beyond_whole(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A part of the firm that uses more than all of it. `columns`: table/column of words; `wholes`: 「pattern of the amount, figures」,
    the largest of the figures bounds it."""
    for line in rule.settings["wholes"]:
        pattern, _, names = line.rpartition(" ")
        known = [value for name in names.split(",") if (value := facts.figure(name)) is not None]
        for place in rule.settings["columns"]:
            for key in facts.keys_of(place) if known else ():
                for found in compiled(pattern.replace("#", NUMBER)).finditer(facts.text(key)):
                    said = number_of_words(found[1]) * SCALE_WORDS.get(found[2] or "", 1)
                    if said > max(known) * Fraction(101, 100):
                        told: Told = {"said": found[0], "whole": max(known)}
                        yield Found((key,), told)


@test_of_rule
def shifts_beyond(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Shifts of so many hours that are more than a day."""
    count = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4}
    for key, text in facts.texts:
        for found in compiled(rule.settings["pattern"][0]).finditer(text):
            shifts = count.get(found[1]) or int(found[1])
            if shifts * int(found[2]) > 24:
                yield Found((key,), {"said": found[0], "hours": shifts * int(found[2])})


@test_of_rule
def note_before_done(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """A note that tells of measuring (`measured`) in months before the measure was in use; sentences that compare are none."""
    for key in facts.keys_of(f"{RESULTS}/note"):
        done = facts.day(RESULTS, key.split("/")[1], "finished")
        for found in re.finditer(r"(20\d\d)\s*年\s*(\d{1,2})\s*月", facts.text(key)):
            sentence = sentence_of(facts.text(key), found.start())
            clause = clause_of(facts.text(key), found.start())
            tells = compiled(rule.settings["measured"][0]).search(sentence)
            if done is None or not tells or compiled(rule.settings["not"][0]).search(clause):
                continue
            if (int(found[1]), int(found[2])) < (done.year, done.month):
                yield Found((key,), {"said": found[0], "done": done})
                break


@test_of_rule
def machines_counted(facts: Facts, rule: RuleText) -> Iterator[Found]:
    """Another number of a machine in the texts of `keys` than its row has."""
    rows = facts.rows("equipment.list")
    names = [facts.text("equipment.list", row, "name") for row in rows]
    for row, name in zip(rows, names, strict=True):
        key = cell_key("equipment.list", row, "count")
        count = facts.number(key)
        if count is None or names.count(name) > 1 or len(name) < 3:
            continue
        pattern = rf"{re.escape(name)}\s*(?:共|有)?\s*(\d+)\s*[台套条]"
        for at in rule.settings["keys"]:
            for found in re.finditer(pattern, facts.text(at)):
                if int(found[1]) != count:
                    yield Found((at, key), {"said": found[0], "count": count})
