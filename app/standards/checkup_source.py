"""resources/checkup/*.yaml -> the rules of the check-up and the table of checks, strictly."""

from collections.abc import Mapping
from pathlib import Path

from app.errors import UserError
from app.forms.checkup_data import Check, CheckupData, RuleText
from app.standards.fields import Fields
from app.standards.reader import Reader
from app.standards.tree import Branch
from app.standards.yaml_tree import read_or_note

_RULE = ("id", "severity", "title", "text", "remedy", "cause", "test", "checks", "with")
_CHECK = ("id", "area", "what", "how", "asks", "note")
_SEVERITIES = ("block", "warn", "info")
_WAYS = ("automatic", "asked", "later")


def load_checkup(folder: Path) -> CheckupData:
    """UserError with every problem, each with file and line."""
    faults = Reader()
    rules = tuple(
        _rule(item) for item in _items(folder / "rules.yaml", "rules", _RULE, "规则", faults)
    )
    checks = tuple(
        _check(item) for item in _items(folder / "checks.yaml", "checks", _CHECK, "检查", faults)
    )
    known = {check.id for check in checks}
    for rule in rules:
        if unknown := [name for name in rule.checks if name not in known]:
            faults.fail(rule.id, f"没有这项检查：{'、'.join(unknown)}", "照 checks.yaml 的编号写")
    for ids in ([rule.id for rule in rules], [check.id for check in checks]):
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            faults.fail(name, "编号用了两次", "换一个编号")
    if faults.problems:
        raise UserError(*faults.problems)
    return CheckupData(rules, checks)


def _items(
    path: Path, key: str, allowed: tuple[str, ...], what: str, faults: Reader
) -> list[Fields]:
    mark = read_or_note(path, faults)
    if mark is None:
        return []
    top = Fields(mark, faults, (key,), what)
    return [Fields(item, faults, allowed, what) for item in top.items(key)]


def _rule(item: Fields) -> RuleText:
    settings: Mapping[str, tuple[str, ...]] = {}
    if (mark := item.map.get("with")) is not None and isinstance(mark, Branch):
        own = Fields(mark, item.faults, tuple(mark.entries), "规则")
        settings = {name: own.texts(name) for name in mark.entries}
    rule_id = item.text("id")
    return RuleText(
        rule_id,
        _one_of(item, "severity", _SEVERITIES),
        item.text("title"),
        item.text("text"),
        item.text("remedy"),
        item.text("cause", ""),
        item.text("test", rule_id.replace(".", "_")),
        item.texts("checks"),
        settings,
    )


def _check(item: Fields) -> Check:
    return Check(
        item.text("id"),
        item.text("area"),
        item.text("what"),
        _one_of(item, "how", _WAYS),
        item.texts("asks"),
        item.text("note", ""),
    )


def _one_of(item: Fields, key: str, allowed: tuple[str, ...]) -> str:
    text = item.text(key)
    if text not in allowed:
        item.faults.fail(item.where(key), f"没有「{text}」", f"用：{'、'.join(allowed)}")
    return text
