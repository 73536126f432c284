"""Reading a mapping of a tree by its keys: what is asked for, what may be left out, and a complaint for every key nobody asked for.
Forms, factors, law, measures and reference tables are read so; documents of indicator systems by `Reader` itself.
"""

from collections.abc import Iterator, Mapping, Sequence

from app.standards.reader import Reader
from app.standards.tree import Branch, Items, Leaf, Node


def words_of(node: Node) -> str | None:
    """Text of a leaf ("" for null), None for a list or a mapping."""
    return (node.text or "") if isinstance(node, Leaf) else None


def entries_of(node: Node) -> Mapping[str, Node]:
    """Of a mapping; empty for anything else."""
    return node.entries if isinstance(node, Branch) else {}


class Fields:
    """Reading one mapping: required and optional keys, and a complaint for every key nobody asked for."""

    def __init__(self, node: Node, faults: Reader, allowed: tuple[str, ...], what: str) -> None:
        self.node = node
        self.faults = faults
        self.what = what
        self.map = entries_of(node)
        if not isinstance(node, Branch):
            faults.fail(node.place, f"{what}应是「键: 值」的写法", "对照旁边的写法改")
        for key, value in self.map.items():
            if key not in allowed:
                known = "、".join(allowed)
                faults.fail(value.place, f"{what}没有「{key}」这个键", f"可用的键：{known}")

    def text(self, key: str, default: str | None = None) -> str:
        """The text of `key`; without a default the key is required."""
        node = self.map.get(key)
        if node is None:
            if default is None:
                self.faults.fail(self.node.place, f"{self.what}缺「{key}」", "补上")
                return ""
            return default
        words = words_of(node)
        if words is not None:
            return words.strip()
        self.faults.fail(node.place, f"「{key}」应是一段文字", "对照旁边的写法改")
        return default or ""

    def flag(self, key: str, default: bool) -> bool:
        text = self.text(key, "true" if default else "false")
        if text not in ("true", "false"):
            self.faults.fail(self.map[key].place, f"「{key}」只能写 true 或 false", "改成其中一个")
        return text == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        node = self.map.get(key)
        if node is None:
            return ()
        if isinstance(node, Leaf):
            return ((node.text or "").strip(),)
        result = []
        for child in self.items(key):
            words = words_of(child)
            if words is None:
                self.faults.fail(child.place, f"「{key}」里应是文字", "对照旁边的写法改")
            else:
                result.append(words.strip())
        return tuple(result)

    def items(self, key: str) -> Sequence[Node]:
        node = self.map.get(key)
        if node is None:
            return ()
        if isinstance(node, Items):
            return node.nodes
        self.faults.fail(node.place, f"「{key}」应是一个列表", "每项前面写「- 」")
        return ()

    def pairs(self, key: str) -> Iterator[tuple[str, Node]]:
        node = self.map.get(key)
        if node is None:
            return
        if isinstance(node, Branch):
            yield from node.entries.items()
        else:
            self.faults.fail(node.place, f"「{key}」应是「键: 值」的写法", "对照旁边的写法改")

    def where(self, key: str) -> str:
        """The place of what stands at `key`, of the mapping when it is not there."""
        return (self.map.get(key) or self.node).place
