"""Reading YAML by fields: every scalar stays the text that was written, every fault is collected with its place.

The file itself is read by yaml_tree, as indicator systems are; here is only another way through the tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Problem, UserError
from app.standards.reader import Reader
from app.standards.tree import Branch, Items, Node
from app.standards.yaml_tree import read_yaml_file


@dataclass(frozen=True)
class Mark:
    """A piece of a file: a mapping, a list or a text ("" for null), and where it stands."""

    value: "dict[str, Mark] | list[Mark] | str"
    where: str


class Faults:
    """The problems found so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, where: str, what: str, remedy: str) -> None:
        self.problems.append(Problem(where, what, remedy))


def read_marked(path: Path, faults: Faults) -> Mark | None:
    """The file as marks, None (with the problems noted) when it is not YAML or empty."""
    reader = Reader()
    try:
        tree = read_yaml_file(path, reader)
    except UserError as error:
        faults.problems += error.problems
        return None
    faults.problems += reader.problems
    return _mark(tree)


def _mark(node: Node) -> Mark:
    if isinstance(node, Branch):
        return Mark({key: _mark(entry) for key, entry in node.entries.items()}, node.place)
    if isinstance(node, Items):
        return Mark([_mark(item) for item in node.nodes], node.place)
    return Mark(node.text or "", node.place)


class Fields:
    """Reading one mapping: required and optional keys, and a complaint for every key nobody asked for."""

    def __init__(self, mark: Mark, faults: Faults, allowed: tuple[str, ...], what: str) -> None:
        self.mark = mark
        self.faults = faults
        self.what = what
        self.map: dict[str, Mark] = {}
        if not isinstance(mark.value, dict):
            faults.add(mark.where, f"{what}应是「键: 值」的写法", "对照旁边的写法改")
            return
        self.map = mark.value
        for key, value in self.map.items():
            if key not in allowed:
                known = "、".join(allowed)
                faults.add(value.where, f"{what}没有「{key}」这个键", f"可用的键：{known}")

    def text(self, key: str, default: str | None = None) -> str:
        """The text of `key`; without a default the key is required."""
        mark = self.map.get(key)
        if mark is None:
            if default is None:
                self.faults.add(self.mark.where, f"{self.what}缺「{key}」", "补上")
                return ""
            return default
        if isinstance(mark.value, str):
            return mark.value.strip()
        self.faults.add(mark.where, f"「{key}」应是一段文字", "对照旁边的写法改")
        return default or ""

    def flag(self, key: str, default: bool) -> bool:
        text = self.text(key, "true" if default else "false")
        if text not in ("true", "false"):
            self.faults.add(self.map[key].where, f"「{key}」只能写 true 或 false", "改成其中一个")
        return text == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        mark = self.map.get(key)
        if mark is None:
            return ()
        if isinstance(mark.value, str):
            return (mark.value.strip(),)
        result = []
        for child in self.items(key):
            if isinstance(child.value, str):
                result.append(child.value.strip())
            else:
                self.faults.add(child.where, f"「{key}」里应是文字", "对照旁边的写法改")
        return tuple(result)

    def items(self, key: str) -> list[Mark]:
        mark = self.map.get(key)
        if mark is None:
            return []
        if isinstance(mark.value, list):
            return mark.value
        self.faults.add(mark.where, f"「{key}」应是一个列表", "每项前面写「- 」")
        return []

    def pairs(self, key: str) -> Iterator[tuple[str, Mark]]:
        mark = self.map.get(key)
        if mark is None:
            return
        if isinstance(mark.value, dict):
            yield from mark.value.items()
        else:
            self.faults.add(mark.where, f"「{key}」应是「键: 值」的写法", "对照旁边的写法改")

    def where(self, key: str) -> str:
        return (self.map.get(key) or self.mark).where
