"""Strict reading of a document tree: every deviation becomes a Problem with its place and remedy, none stops the reading.

Forms, factors and indicator systems use the same reader, so that all YAML of this program is refused alike.
"""

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from app.assessment.numbers import parse_exact
from app.errors import Problem, UserError
from app.standards.terms import IN_FILE, Terms
from app.standards.tree import Branch, Items, Leaf, Node

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

EnumType = TypeVar("EnumType", bound=StrEnum)


def exact_number(text: str) -> Fraction | None:
    """`8`, `-0.25`, `250/7` as an exact number; None for anything else (no units, commas, exponents, percent) and for what is
    too long to be one."""
    try:
        return parse_exact(text)
    except ValueError:
        return None


def quote(text: str) -> str:
    """Text of the document inside a message, cut to a readable length."""
    return f"「{text[:40]}…」" if len(text) > 41 else f"「{text}」"


class Reader:
    """Collects problems (the document is refused) and warnings (it is taken, and the user is told)."""

    def __init__(self, terms: Terms = IN_FILE) -> None:
        self.terms = terms
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def fail(self, place: str, what: str, remedy: str, code: str = "") -> None:
        self.problems.append(Problem(place, what, remedy, code))

    def warn(self, place: str, what: str, remedy: str) -> None:
        self.warnings.append(Problem(place, what, remedy))

    def raise_problems(self) -> None:
        """UserError with everything found; nothing when all is well."""
        if self.problems:
            raise UserError(*self.problems)

    def branch(self, node: Node, allowed: Iterable[str], required: Iterable[str] = ()) -> Branch:
        """`node` as a mapping with only `allowed` keys and all `required` ones; an empty mapping when it is none."""
        if not isinstance(node, Branch):
            self.fail(
                node.place,
                "这里应当是一组「键: 值」，写的却是" + _kind_name(node),
                "按模板把内容分行写成「键: 值」。",
            )
            return Branch(node.place, {}, {})
        known = tuple(allowed)
        for key in node.entries:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                self.fail(
                    node.place_of(key),
                    f"不认识的键「{key}」",
                    f"是不是要写「{close[0]}」？"
                    if close
                    else "可用的键：" + "、".join(known) + "。",
                )
        for key in required:
            if key not in node.entries:
                self.fail(node.place, f"缺少「{key}」", f"补上「{key}」这一项。")
        return node

    def items(self, branch: Branch, key: str) -> tuple[Node, ...]:
        """The nodes of a list; empty when the key is absent."""
        node = branch.entries.get(key)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self.fail(
                branch.place_of(key),
                f"「{key}」应当是列表，写的却是" + _kind_name(node),
                "每项一行，行首写「- 」；没有内容写 []。",
            )
            return ()
        return node.nodes

    def leaf(self, node: Node, key: str) -> str | None:
        """Text of a leaf, None for null or for a wrong type (reported)."""
        if isinstance(node, Leaf):
            return node.text
        self.fail(
            node.place,
            f"「{key}」应当是一个值，写的却是" + _kind_name(node),
            "改成一个值，写在同一行。",
        )
        return None

    def text(self, branch: Branch, key: str, *, required: bool = False) -> str:
        """Text of `key`; "" when absent or null. `required`: empty is a problem."""
        node = branch.entries.get(key)
        found = "" if node is None else (self.leaf(node, key) or "")
        if required and node is not None and not found.strip():
            self.fail(branch.place_of(key), f"「{key}」是空的", "填上内容。")
        return found

    def placed_texts(self, branch: Branch, key: str) -> tuple[tuple[str, str], ...]:
        """A list of non-empty texts, each with its place."""
        found = []
        for node in self.items(branch, key):
            text = self.leaf(node, key)
            if text:
                found.append((text, node.place))
            elif isinstance(node, Leaf):
                self.fail(node.place, f"「{key}」里有一项是空的", "删去这一项或填上内容。")
        return tuple(found)

    def texts(self, branch: Branch, key: str) -> tuple[str, ...]:
        """A list of non-empty texts."""
        return tuple(text for text, _ in self.placed_texts(branch, key))

    def slug(self, branch: Branch, key: str) -> str:
        """A stable ASCII id: lower-case words and digits joined by hyphens."""
        found = self.text(branch, key, required=True)
        if found and (not _SLUG.fullmatch(found) or len(found) > 80):
            self.fail(
                branch.place_of(key),
                f"编号{quote(found)}不合规则",
                "只用小写英文字母、数字和连字符，例如 rinse-water-intake，最长 80 个字符。",
            )
        return found

    def number(self, branch: Branch, key: str) -> Fraction | None:
        """An exact number; None when absent or null."""
        node = branch.entries.get(key)
        return None if node is None else self.number_of(node, key)

    def number_of(self, node: Node, key: str) -> Fraction | None:
        """An exact number written in a leaf; None when null or unreadable (reported)."""
        text = self.leaf(node, key)
        if text is None:
            return None
        value = exact_number(text)
        if value is None:
            self.fail(
                node.place,
                f"「{key}」应当是数值，写的是{quote(text)}",
                "只写半角数字，小数点用「.」，不写单位、百分号、千位逗号和 ≤ ≥ 号，例如 0.15。",
            )
        return value

    def whole(self, branch: Branch, key: str) -> int | None:
        """A whole number ≥ 0; None when absent or null."""
        value = self.number(branch, key)
        if value is None:
            return None
        if value.denominator != 1 or value < 0:
            self.fail(branch.place_of(key), f"「{key}」应当是不小于 0 的整数", "改成整数。")
            return None
        return value.numerator

    def boolean(self, branch: Branch, key: str, default: bool) -> bool:
        """true or false; `default` when absent."""
        found = self.maybe_boolean(branch, key, default)
        if found is None:
            self.fail(branch.place_of(key), f"「{key}」是空的", "写 true（是）或 false（否）。")
            return default
        return found

    def maybe_boolean(self, branch: Branch, key: str, default: bool | None) -> bool | None:
        """true, false or null; `default` when absent."""
        node = branch.entries.get(key)
        if node is None:
            return default
        text = self.leaf(node, key)
        if text is None:
            return None
        if text not in ("true", "false"):
            self.fail(
                node.place,
                f"「{key}」应当是 true 或 false，写的是{quote(text)}",
                "写 true（是）或 false（否）。",
            )
            return default
        return text == "true"

    def choice(
        self, branch: Branch, key: str, enum_type: type[EnumType], default: EnumType
    ) -> EnumType:
        """A member of a closed list; `default` when absent or wrong (reported)."""
        node = branch.entries.get(key)
        if node is None:
            return default
        text = self.leaf(node, key)
        try:
            return enum_type(text or "")
        except ValueError:
            allowed = "、".join(member.value for member in enum_type)
            self.fail(node.place, f"「{key}」没有{quote(text or '')}这个取值", f"可写：{allowed}。")
            return default

    def one_of(self, branch: Branch, key: str, allowed: Iterable[str], default: str) -> str:
        """One of a closed list of texts; `default` when absent or wrong (reported)."""
        node = branch.entries.get(key)
        if node is None:
            return default
        text = self.leaf(node, key) or ""
        options = tuple(allowed)
        if text not in options:
            self.fail(
                node.place,
                f"「{key}」没有{quote(text)}这个取值",
                "可写：" + "、".join(option for option in options if option) + "。",
            )
            return default
        return text

    def date(self, branch: Branch, key: str) -> str:
        """An ISO date as text; "" when absent or null."""
        text = self.text(branch, key)
        if text:
            try:
                if not _DATE.fullmatch(text):
                    raise ValueError(text)
                datetime.date.fromisoformat(text)
            except ValueError:
                self.fail(
                    branch.place_of(key),
                    f"「{key}」的日期{quote(text)}不对",
                    "写成 2015-10-28 的样子；不知道就写 null。",
                )
                return ""
        return text

    def text_map(self, branch: Branch, key: str) -> Mapping[str, str]:
        """Free keys with text values."""
        node = branch.entries.get(key)
        if node is None:
            return {}
        if not isinstance(node, Branch):
            self.fail(
                branch.place_of(key),
                f"「{key}」应当是一组「键: 值」，写的却是" + _kind_name(node),
                "按模板写成「键: 值」。",
            )
            return {}
        return {name: self.text(node, name, required=True) for name in node.entries}

    def unique(self, seen: dict[str, str], name: str, place: str, what: str) -> None:
        """Report a second use of `name`; `seen` maps names to the place of the first use."""
        if not name:
            return
        if name in seen:
            self.fail(place, f"{what}「{name}」重复，前一个在{seen[name]}", "给其中一个换个编号。")
        else:
            seen[name] = place


def _kind_name(node: Node) -> str:
    if isinstance(node, Branch):
        return "一组「键: 值」"
    if isinstance(node, Items):
        return "一个列表"
    return "空值" if node.text is None else quote(node.text)
